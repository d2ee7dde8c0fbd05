"""Servers on loopback that do to their clients what they like; each wait ends."""

import collections
import contextlib
import re
import socket
import ssl
import struct
import threading
import time

LONGEST = 10          # seconds that a connection may take
MAX_FLOOD = 1 << 36   # bytes of one flood; the time is over before
PATH = re.compile(rb"^(\S+) (\S+) HTTP/1\.1\r\n")


class Gone(Exception):
    """The client has gone, or the time is over."""


class Connection:
    """A client's connection to a server."""

    def __init__(self, server, peer):
        self.server, self.peer = server, peer
        self.until = time.monotonic() + LONGEST
        self.buffer, self.path = b"", None

    def receive(self):
        self.check_time()
        try:
            data = self.peer.recv(65536)
        except (OSError, ssl.SSLError) as error:
            raise Gone from error
        if not data:
            raise Gone
        return data

    def check_time(self):
        left = self.until - time.monotonic()
        if left <= 0:
            raise Gone
        self.peer.settimeout(left)

    def read_request(self):
        """Reads a request with its body; its path. It counts from its head on."""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.receive()
        head, _, rest = self.buffer.partition(b"\r\n\r\n")
        method, path = PATH.match(head + b"\r\n").groups()
        self.path = path.decode()
        self.server.note(method.decode(), self.path, head)
        length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
        length = int(length.group(1)) if length else 0
        while len(rest) < length:
            rest += self.receive()
        self.buffer = rest[length:]
        return self.path

    def send(self, data):
        self.check_time()
        try:
            self.peer.sendall(data)
        except (OSError, ssl.SSLError) as error:
            raise Gone from error

    def flood(self, data, limit=MAX_FLOOD):
        """Sends the same bytes until the client has gone."""
        data *= max(1, 65536 // len(data))
        sent = 0
        while sent < limit:
            self.send(data)
            sent += len(data)

    def trickle(self, data, pause=0.05):
        for byte in data:
            self.send(bytes((byte,)))
            time.sleep(pause)

    def hang(self):
        """Says nothing until the client has gone."""
        while True:
            self.receive()

    def reset(self):
        with contextlib.suppress(OSError):
            self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def close(self):
        with contextlib.suppress(OSError):
            self.peer.close()


def response(body, status="200 OK", headers=""):
    body = body.encode() if isinstance(body, str) else body
    return ("HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n"
            % (status, headers, len(body))).encode() + body


def good_body(path):
    """Says which path was asked for, so that no response can be taken for another's."""
    return '{"success":true,"path":"%s"}' % path


def be_good(connection):
    while True:
        path = connection.read_request()
        connection.send(response(good_body(path)))


class Server:
    """Serves each client in a thread of its own, by `behave`, a function(connection) that may be changed.

    Counts the requests of each method and path: `requests`. `heads`: their heads."""

    def __init__(self, behave=be_good, context=None, scheme=None):
        self.behave, self.context = behave, context
        self.requests, self.heads, self.lock = collections.Counter(), [], threading.Lock()
        self.connections, self.open = 0, 0  # so far, and now
        self.errors = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self.port = self.listener.getsockname()[1]
        self.url = "%s://127.0.0.1:%d" % (scheme or ("https" if context else "http"), self.port)
        threading.Thread(target=self.accept, daemon=True).start()

    def note(self, method, path, head):
        with self.lock:
            self.requests[method, path] += 1
            self.heads.append(head)

    def accept(self):
        with contextlib.suppress(OSError):  # the server was closed
            while True:
                peer, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        with self.lock:
            self.connections += 1
            self.open += 1
        try:
            peer.settimeout(LONGEST)
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context:
                peer = self.context.wrap_socket(peer, server_side=True)
            self.behave(Connection(self, peer))
        except (Gone, OSError, ssl.SSLError):
            pass
        except Exception as error:  # a mistake of ours, which must not look like the client's
            self.errors.append("%s: %r" % (getattr(self.behave, "__name__", self.behave), error))
        finally:
            with contextlib.suppress(OSError):
                peer.close()
            with self.lock:
                self.open -= 1

    def close(self):
        # a thread may wait for a client, and would go on to do so
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
