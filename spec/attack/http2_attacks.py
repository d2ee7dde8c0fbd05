"""Hostile servers against the client, over HTTP/2. What is allowed is sent by h2, what is not by hand."""

import itertools
import struct
import time

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import hpack

import lab
import servers
from certificates import authority
from field import MEMORY_LIMIT
from servers import Gone, good_body
from tls_attacks import trusting

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
REFUSED_STREAM = 7
FLOOD_SECONDS = 1.5  # libcurl 7.88 reads on, past the call's time, as long as frames come that are no data
RESPONSE = [(":status", "200"), ("content-type", "application/json")]


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def encoded(headers):
    """Headers without the dynamic table, so that any connection can read them."""
    return hpack.Encoder().encode([hpack.NeverIndexedHeaderTuple(*pair) for pair in headers], huffman=False)


def head(stream, headers=RESPONSE, flags=END_HEADERS):
    return frame(HEADERS, flags, stream, encoded(headers))


class Stream:
    """A connection that speaks HTTP/2, and its latest request."""

    def __init__(self, connection):
        self.connection, self.path, self.id = connection, None, 0
        self.paths, self.ended = {}, []
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))

    def start(self):
        self.h2.initiate_connection()
        self.flush()

    def flush(self):
        data = self.h2.data_to_send()
        if data:
            self.connection.send(data)

    def receive(self):
        try:
            events = self.h2.receive_data(self.connection.receive())
        except h2.exceptions.ProtocolError as error:  # its answer to what we sent by hand
            raise Gone from error
        self.flush()
        return events

    def read_request(self):
        """Waits for a whole request; notes it when its head comes. Requests that come together come in turn."""
        while not self.ended:
            for event in self.receive():
                self.take(event)
        self.id, self.path = self.ended.pop(0)
        return self.path

    def take(self, event):
        if isinstance(event, h2.events.RequestReceived):
            headers = dict(event.headers)
            self.paths[event.stream_id] = headers[":path"]
            self.connection.server.note(headers[":method"], headers[":path"], repr(headers).encode())
        elif isinstance(event, h2.events.StreamEnded):
            self.ended.append((event.stream_id, self.paths[event.stream_id]))
        elif isinstance(event, h2.events.ConnectionTerminated):
            raise Gone

    def send(self, *frames):
        self.connection.send(b"".join(frames))

    def respond(self):
        body = good_body(self.path).encode()
        self.h2.send_headers(self.id, RESPONSE + [("content-length", str(len(body)))])
        self.h2.send_data(self.id, body, end_stream=True)
        self.flush()

    def flood(self, *frames):
        """Sends the same frames until the client has gone; what it says is not read."""
        self.connection.until = time.monotonic() + FLOOD_SECONDS
        self.connection.flood(b"".join(frames))

    def hang(self):
        self.connection.hang()


def serve(then, before=None):
    """A behaviour: before(stream) in place of the settings, then(stream) once a request is there."""
    def behave(connection):
        stream = Stream(connection)
        (before or Stream.start)(stream)
        if stream.h2.state_machine.state == h2.connection.ConnectionState.IDLE:
            stream.h2.initiate_connection()  # 'before' has sent settings of its own
            stream.h2.data_to_send()
        stream.read_request()
        then(stream)
    return behave


def either(behave):
    """Does so with a client that speaks HTTP/2, and is good to one that does not, as for a POST."""
    def choose(connection):
        is_http2 = connection.peer.selected_alpn_protocol() == "h2"
        (behave if is_http2 else servers.be_good)(connection)
    return choose


def be_good(connection):
    stream = Stream(connection)
    stream.start()
    while True:
        stream.read_request()
        stream.respond()


def send(*make):
    """A behaviour: sends frames, each made from the stream's id, then waits for the client's end."""
    def then(stream):
        stream.send(*(one(stream.id) for one in make))
        stream.hang()
    return serve(then)


def flood(*make):
    def then(stream):
        stream.flood(*(one(stream.id) for one in make))
    return serve(then)


def start_and_flood(start, *make):
    def then(stream):
        stream.send(*(one(stream.id) for one in start))
        stream.flood(*(one(stream.id) for one in make))
    return serve(then)


def settings(*pairs):
    """Settings of our own, in place of h2's."""
    payload = b"".join(struct.pack(">HI", *pair) for pair in pairs)
    return lambda stream: stream.send(frame(SETTINGS, payload=payload))


def say_first(data):
    return lambda stream: stream.send(data)


def number(value):
    return struct.pack(">I", value)


def rst(code):
    return lambda i: frame(RST_STREAM, 0, i, number(code))


def goaway(last, code=0):
    return lambda i: frame(GOAWAY, 0, 0, number(last) + number(code))


def data(payload, flags=0):
    return lambda i: frame(DATA, flags, i, payload)


def plain(kind, flags=0, payload=b"", stream=0):
    return lambda i: frame(kind, flags, stream, payload)


def on_stream(kind, flags=0, payload=b""):
    return lambda i: frame(kind, flags, i, payload)


def promise(i):
    return frame(PUSH_PROMISE, END_HEADERS, i, number(2) + encoded(
        [(":method", "GET"), (":scheme", "https"), (":authority", "127.0.0.1"), (":path", "/pushed")]))


BIG = encoded([("x", "y" * 16000)])
BODY = b'{"success":true}'
# a header of 4 KB in the table, then a reference to it for each byte
TABLE_BOMB = bytes((0x88, 0x40, 1)) + b"x" + b"\x7f\x81\x1e" + b"y" * 4000 + b"\xbe" * 12000

GONE = "network timeout"
CASES = [
    ("a push", send(promise, head, data(BODY, END_STREAM)), "network"),
    ("a push that is answered", send(promise, lambda i: head(2), data(b"x")), "network"),
    ("window update of nothing", send(on_stream(WINDOW_UPDATE, payload=number(0))), GONE),
    ("window update of nothing, connection", send(plain(WINDOW_UPDATE, payload=number(0))), "network"),
    ("window update beyond all", send(*[on_stream(WINDOW_UPDATE, payload=number(2 ** 31 - 1))] * 3), GONE),
    ("window update beyond all, connection", send(*[plain(WINDOW_UPDATE, payload=number(2 ** 31 - 1))] * 3), "network"),
    ("window update of a stream that is not", send(plain(WINDOW_UPDATE, 0, number(1), 99)), GONE),
    ("a frame longer than allowed", send(head, data(b"x" * 100000)), "network decode"),
    ("a head longer than a frame", send(lambda i: frame(HEADERS, END_HEADERS, i, encoded(RESPONSE) + BIG * 5)),
     "network"),
    ("a head over many frames", send(
        lambda i: head(i, RESPONSE, 0), *[on_stream(CONTINUATION, payload=BIG)] * 20,
        on_stream(CONTINUATION, END_HEADERS, BIG)), "network too_large"),
    ("headers that the table makes large", send(on_stream(HEADERS, END_HEADERS, TABLE_BOMB)), "network too_large"),
    ("a reference to what is not in the table", send(on_stream(HEADERS, END_HEADERS, b"\xff\xff\xff\xff\x0f")),
     "network"),
    ("noise for a head", send(on_stream(HEADERS, END_HEADERS, bytes(range(256)))), "network"),
    ("no status", send(lambda i: head(i, [("x", "y")])), "network"),
    ("a status that is not a number", send(lambda i: head(i, [(":status", "x")]), data(BODY, END_STREAM)), "network"),
    ("a status of 0", send(lambda i: head(i, [(":status", "000")]), data(BODY, END_STREAM)),
     "network ok decode invalid"),
    ("two statuses", send(lambda i: head(i, RESPONSE[:1] * 2), data(BODY, END_STREAM)), "network"),
    ("a status behind a header", send(lambda i: head(i, RESPONSE[::-1]), data(BODY, END_STREAM)), "network"),
    ("a request for a response", send(lambda i: head(i, [(":method", "GET"), (":path", "/")])), "network"),
    ("a name in upper case", send(lambda i: head(i, RESPONSE + [("Upper", "a")]), data(BODY, END_STREAM)),
     "network ok"),
    ("line ends in a header", send(lambda i: head(i, RESPONSE + [("x", "a\r\nforged: b")]), data(BODY, END_STREAM)),
     "network ok"),
    ("a NUL in a header", send(lambda i: head(i, RESPONSE + [("x", "a\0b")]), data(BODY, END_STREAM)), "network ok"),
    ("a header of a connection", send(lambda i: head(i, RESPONSE + [("transfer-encoding", "chunked")]),
                                      data(BODY, END_STREAM)), "network ok"),
    ("a body longer than its length", send(lambda i: head(i, RESPONSE + [("content-length", "2")]),
                                           data(BODY, END_STREAM)), "network ok decode"),
    ("a body shorter than its length", send(lambda i: head(i, RESPONSE + [("content-length", "99")]),
                                            data(BODY, END_STREAM)), "network"),
    ("a length of minus one", send(lambda i: head(i, RESPONSE + [("content-length", "-1")]), data(BODY, END_STREAM)),
     "network ok"),
    ("a body before its head", send(data(BODY, END_STREAM)), "network"),
    ("a body without a stream", send(head, plain(DATA, payload=b"x")), GONE),
    ("a body of another stream", send(head, plain(DATA, 0, b"x", 99)), GONE),
    ("more behind the end", send(head, data(BODY, END_STREAM), data(BODY)), "ok network"),
    ("a second head behind the end", send(head, data(BODY, END_STREAM), head), "ok network"),
    ("padding longer than the frame", send(head, data(b"\xff" + b"x", PADDED)), GONE),
    ("settings of another stream", send(on_stream(SETTINGS)), "network"),
    ("settings of a wrong length", send(plain(SETTINGS, payload=b"x")), "network"),
    ("settings acknowledged with a payload", send(plain(SETTINGS, ACK, b"xxxxxx")), "network"),
    ("settings that nobody asked to acknowledge", send(*[plain(SETTINGS, ACK)] * 100), GONE),
    ("a ping of a wrong length", send(plain(PING, payload=b"x")), "network"),
    ("a reset of a wrong length", send(on_stream(RST_STREAM, payload=b"x")), "network"),
    ("a reset of no stream", send(plain(RST_STREAM, 0, number(0))), "network"),
    ("a reset of another stream", send(plain(RST_STREAM, 0, number(0), 99)), GONE),
    ("a stream that depends on itself", send(lambda i: frame(PRIORITY, 0, i, number(i) + b"\0")), GONE),
    ("a continuation of nothing", send(on_stream(CONTINUATION, END_HEADERS)), "network"),
    ("a head that another frame interrupts", send(lambda i: head(i, RESPONSE, 0), data(BODY)), "network"),
    ("a head that does not end", send(lambda i: head(i, RESPONSE, 0)), "timeout"),
    ("an unknown frame", send(plain(99, 255, b"x" * 1000), head, data(BODY, END_STREAM)), "ok"),
    ("half a frame", send(head, lambda i: data(BODY)(i)[:-5]), "timeout"),
    ("half a body", send(head, data(BODY[:5])), "timeout"),
    ("HTTP/1.1 in place of frames", send(lambda i: servers.response("{}")), "network"),
    ("noise", send(lambda i: bytes(range(256)) * 100), "network"),
    ("an end", serve(lambda stream: None), "network"),
    ("an end behind the head", serve(lambda stream: stream.send(head(stream.id))), "network"),
    ("an end in the body", serve(lambda stream: stream.send(head(stream.id), data(BODY[:5])(stream.id))), "network"),
    ("a reset below", serve(lambda stream: stream.connection.reset()), "network"),
    ("a whole response and a reset", send(head, data(BODY), rst(0)), "network ok"),
    ("window of nothing, then silence", serve(Stream.hang, settings((4, 0))), "timeout"),
    ("window beyond all", serve(Stream.hang, settings((4, 2 ** 31))), "network timeout"),
    ("frames of a byte", serve(Stream.hang, settings((5, 1))), "network timeout"),
    ("no streams", serve(Stream.hang, settings((3, 0))), "timeout network"),
    ("a table of 4 GiB", serve(Stream.respond, settings((1, 2 ** 32 - 1))), "ok"),
    ("push turned on by the server", serve(Stream.hang, settings((2, 1))), "network timeout"),
    ("settings by the thousand", serve(Stream.hang, settings(*[(99, i) for i in range(2000)])), "network timeout"),
    ("HTTP/1.1 in place of settings", serve(Stream.hang, say_first(servers.response("{}"))), "network"),
    ("a response before the settings", serve(Stream.hang, say_first(head(1) + frame(DATA, END_STREAM, 1, BODY))),
     "network ok"),
    ("nothing in place of settings", lambda connection: connection.hang(), "timeout"),
    ("an end in place of settings", lambda connection: None, "network"),
]
FLOODS = [
    ("settings", flood(plain(SETTINGS)), GONE),
    ("pings", flood(plain(PING, payload=b"12345678")), GONE),
    ("priorities", flood(lambda i: frame(PRIORITY, 0, i, number(0) + b"\0")), GONE),
    ("window updates", flood(plain(WINDOW_UPDATE, 0, number(1))), GONE),
    ("resets of other streams", flood(plain(RST_STREAM, 0, number(8), 2)), GONE),
    ("unknown frames", flood(plain(99, 0, b"x" * 100)), GONE),
    ("empty frames", start_and_flood([head], data(b"")), GONE),
    ("padding", start_and_flood([head], data(b"\xff" + bytes(255), PADDED)), GONE),
    ("a body", start_and_flood([head], data(b" " * 16000)), "network too_large"),
    ("a head", start_and_flood([lambda i: head(i, RESPONSE, 0)], on_stream(CONTINUATION, payload=BIG)),
     "network too_large"),
    ("empty continuations", start_and_flood([lambda i: head(i, RESPONSE, 0)], on_stream(CONTINUATION)), GONE),
    ("103 Early Hints", flood(lambda i: head(i, [(":status", "103"), ("link", "a" * 1000)])), GONE + " too_large"),
    ("trailers", start_and_flood([head, data(BODY)], lambda i: head(i, [("x", "y" * 1000)])), GONE + " too_large"),
    ("goodbyes", flood(goaway(2 ** 31 - 1)), GONE),
    ("promises", flood(promise), GONE),
    ("alternative services", flood(on_stream(10, payload=b"\0\0" + b"x" * 1000)), GONE),
]


def attack(name):
    """Makes a function(field) an attack by a server that speaks HTTP/2, as does the next good one."""
    def add(function):
        def run(row):
            context = authority().context("http2")
            context.set_alpn_protocols(["h2", "http/1.1"])
            good = servers.Server(either(be_good), context)
            with trusting(row, context, good) as one:
                function(one)
            good.close()
        lab.attack(name, MEMORY_LIMIT)(run)
        return function
    return add


def attack_both(one, name, behave, kinds, **options):
    """A GET meets the server's HTTP/2. A POST has to arrive once whatever the server refuses, so it uses none."""
    one.attack(name, either(behave), kinds, **options)
    one.attack(name, either(behave), "ok", "POST", **options)


@attack("HTTP/2 misbehaviour")
def misbehaviour(one):
    for case in CASES:
        attack_both(one, *case, timeout=0.7)


@attack("HTTP/2 without an end")
def without_end(one):
    for case in FLOODS:
        attack_both(one, *case, timeout=1)


@attack("HTTP/2 resets")
def resets(one):
    before = [("before a head", []), ("behind a head", [head]), ("in a body", [head, data(BODY[:5])])]
    for code in one.row.pick(range(0, 15), (0, 2, REFUSED_STREAM, 8)):
        for where, frames in before:
            attack_both(one, "reset %d %s" % (code, where), send(*frames, rst(code)), "network ok decode")


@attack("HTTP/2 goodbyes")
def goodbyes(one):
    for code in one.row.pick(range(0, 15), (0, 2)):
        for last in (0, 1, 2 ** 31 - 1):
            for frames in ([], [head], [head, data(BODY[:5])]):
                def then(stream, frames=frames, last=last, code=code):
                    stream.send(*(make(stream.id) for make in frames), goaway(last, code)(0))
                name = "goodbye %d, last %d, behind %d frames" % (code, last, len(frames))
                attack_both(one, name, serve(then), "network")
    polite = serve(lambda stream: (stream.send(goaway(1)(0)), stream.respond()))
    attack_both(one, "a goodbye and the response", polite, "ok")
    late = serve(lambda stream: (stream.respond(), stream.send(goaway(1)(0)), stream.hang()))
    attack_both(one, "the response and a goodbye", late, "ok")


# == Many streams of one connection ==

def serve_many(choose):
    """Serves well, but for the requests for which choose(n) gives frames to send in place of a response."""
    def behave(connection):
        stream = Stream(connection)
        stream.start()
        for n in itertools.count():
            stream.read_request()
            frames = choose(n)
            if frames is None:
                stream.respond()
            else:
                stream.send(*(make(stream.id) for make in frames))
    return behave


SIDE_BY_SIDE = [  # what happens to every third request, and what may come of it; the others have to be ok
    ("resets", [rst(2)], "network", "ok"),
    ("resets in the body", [head, data(BODY[:5]), rst(8)], "network", "ok"),
    ("broken heads", [lambda i: head(i, [("x", "y")])], "network", "ok"),
    ("silence", [], "timeout", "ok"),
    ("a goodbye", [goaway(1)], "network timeout ok", "network timeout ok"),
    ("a broken connection", [plain(RST_STREAM, 0, b"x")], "network ok", "network ok"),
]


def attack_streams(one, name, frames, kinds, others):
    one.renew(serve_many(lambda n: frames if n % 3 == 2 else None))
    calls = [{"url": one.hostile.url, "path": "/v2/s-%s-%d" % (name.replace(" ", "-"), i), "method": "GET"}
             for i in range(30)]
    begin = time.monotonic()
    results = one.client.call(*calls, timeout=2, retries=0)
    one.row.check(time.monotonic() - begin < 4, "%s: too slow" % name)
    for call, result in zip(calls, results):
        one.check_result(name, result, (kinds + " " + others).split(), call["path"])
    bad = sum(result["kind"] != "ok" for result in results)
    if others == "ok":
        one.row.check(bad <= len(calls) // 3, "%s: %d of %d failed" % (name, bad, len(calls)))
    one.hostile.requests.clear()
    one.check_good(name)


@attack("HTTP/2 streams side by side")
def streams(one):
    for case in SIDE_BY_SIDE:
        attack_streams(one, *case)
