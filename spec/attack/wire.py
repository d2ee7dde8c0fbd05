"""Clients of a listener that do what they like, side by side in one loop; each wait ends."""

import asyncio
import contextlib
import itertools
import selectors
import socket
import struct
import time

PATIENCE = 20  # seconds
numbers = itertools.count(1)


def new_id():
    """A sale_id that no other ping bears."""
    return "s%d" % next(numbers)


async def connect(port):
    reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), PATIENCE)
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return reader, writer


async def read_response(reader):
    """The status of the next response, whose body is read, too; None where the connection ends before."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        for line in head.decode("latin-1").lower().split("\r\n"):
            if line.startswith("content-length:"):
                await reader.readexactly(int(line[15:]))
        return int(head.split()[1])
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, IndexError, ValueError):
        return None


async def request(port, data, patience=PATIENCE):
    """What a request on a connection of its own gets: its status (None: none) and after how many seconds."""
    begin, writer, status = time.monotonic(), None, None
    try:
        reader, writer = await connect(port)
        writer.write(data)
        status = await asyncio.wait_for(read_response(reader), patience)
    except (OSError, asyncio.TimeoutError):
        pass
    if writer:
        writer.close()
    return status, time.monotonic() - begin


async def read_first(reader, patience=PATIENCE):
    """What comes first, and whether that is the connection's end."""
    try:
        got = await asyncio.wait_for(reader.read(65536), patience)
        return got, not got
    except asyncio.TimeoutError:  # an OSError, too
        return b"", False
    except OSError:
        return b"", True


async def read_until_end(reader, patience=PATIENCE):
    """All that comes until the connection ends, and whether it ended in time."""
    got = bytearray()
    try:
        while True:
            part = await asyncio.wait_for(reader.read(65536), patience)
            if not part:
                return bytes(got), True
            got += part
    except asyncio.TimeoutError:  # an OSError, too
        return bytes(got), False
    except OSError:
        return bytes(got), True


def statuses(data):
    """The statuses of the responses in some bytes."""
    found = []
    while data.startswith(b"HTTP/1."):
        head, _, rest = data.partition(b"\r\n\r\n")
        found.append(int(head.split()[1]))
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line[15:])
        data = rest[length:]
    return found


def reset(writer):
    """Ends a connection by RST, if it has not ended."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def side_by_side(count, work):
    """Runs work(i) for many i at once."""
    return await asyncio.gather(*(work(i) for i in range(count)))


class Burst:
    """Many requests, each on a fresh connection that speaks as soon as it is open, as a client of its own would."""

    def __init__(self, port, requests):
        self.poll, self.statuses = selectors.DefaultSelector(), [None] * len(requests)
        for i, data in enumerate(requests):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
            self.poll.register(client, selectors.EVENT_WRITE, (i, data, bytearray()))
            if i % 50 == 0:
                self.step(0)

    def step(self, seconds):
        for key, _ in self.poll.select(seconds):
            i, data, got = key.data
            try:
                if data:
                    key.fileobj.sendall(data)
                    self.poll.modify(key.fileobj, selectors.EVENT_READ, (i, None, got))
                elif not self.read(key.fileobj, i, got):
                    self.drop(key.fileobj)
            except BlockingIOError:
                pass
            except OSError:
                self.drop(key.fileobj)

    def read(self, client, i, got):
        """Whether more is to come."""
        part = client.recv(65536)
        got += part
        found = statuses(bytes(got)) if b"\r\n\r\n" in got else []
        self.statuses[i] = found[0] if found else None
        return part and not found

    def drop(self, client):
        self.poll.unregister(client)
        client.close()

    def finish(self, patience=PATIENCE):
        """Waits until all have ended; their statuses, None for those that got no response."""
        until = time.monotonic() + patience
        while self.poll.get_map() and time.monotonic() < until:
            self.step(0.1)
        for key in list(self.poll.get_map().values()):
            self.drop(key.fileobj)
        return self.statuses
