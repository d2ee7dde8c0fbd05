"""Clients of a listener that do what they like, side by side in one loop; each wait ends."""

import asyncio
import contextlib
import itertools
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


async def read_until_end(reader, patience=PATIENCE):
    """All that comes until the connection ends, and whether it ended in time."""
    got = bytearray()
    try:
        while True:
            part = await asyncio.wait_for(reader.read(65536), patience)
            if not part:
                return bytes(got), True
            got += part
    except OSError:
        return bytes(got), True
    except asyncio.TimeoutError:
        return bytes(got), False


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
