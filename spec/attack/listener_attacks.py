"""Hostile clients against the listener: a shop's watch, and the bare receiver.

Whatever they do: what was answered 200 was handled, nothing was handled twice, and nothing that was not sent
whole; memory is bounded, and right after it a good ping gets in within a second."""

import asyncio
import contextlib
import signal
import time

import lab
import malformed
import processes
import wire

MAX_MEMORY = 16 * 1024 * 1024  # of bodies, as the listener is told
MEMORY_LIMIT = 64              # MiB, resident
LARGEST = 1000000              # bytes of a large ping, which is still taken
SOON = 1                       # seconds in which a good ping gets in
AT_ONCE = 3                    # seconds in which a whole request is answered, among two hundred others
TIMEOUT = 10                   # seconds that the listener gives a client for a request
TARGETS = ("watch", "receiver")


class Book:
    """Which pings were sent whole, and which of them were answered 200."""

    def __init__(self):
        self.sent, self.answered = set(), set()

    def compare(self, row, handled):
        for sale_id, count in handled.items():
            row.check(count == 1, "%s was handled %d times" % (sale_id, count))
            row.check(sale_id in self.sent, "%s was handled and not sent whole" % sale_id)
        for sale_id in sorted(self.answered - set(handled)):
            row.fail("%s was answered 200 and not handled" % sale_id)


class Attack:
    """A listener, the clients that attack it, and what they know."""

    def __init__(self, row, listener):
        self.row, self.listener, self.port, self.book = row, listener, listener.port, Book()

    def new_ping(self, more=""):
        """A new id and the bytes of a ping with it, which counts as sent."""
        sale_id = wire.new_id()
        self.book.sent.add(sale_id)
        return sale_id, self.listener.ping(sale_id, more)

    async def send_ping(self, more=""):
        """Sends a good ping; its status, and the seconds it took."""
        sale_id, data = self.new_ping(more)
        status, seconds = await wire.request(self.port, data)
        if status == 200:
            self.book.answered.add(sale_id)
        return status, seconds

    async def check_responsive(self):
        status, seconds = await self.send_ping()
        self.row.check(status == 200 and seconds < SOON,
                       "a ping right after it got %s after %.1f s" % (status, seconds))


@contextlib.contextmanager
def listening(script):
    listener = processes.Listener(script + ".lua", max_memory=MAX_MEMORY)
    try:
        yield listener
    finally:
        listener.discard()


def attack(name, in_short=True):
    """Makes an async function(attack) an attack on both targets; a short run has the first alone."""
    def add(function):
        for target in TARGETS:
            is_short = in_short and target == "watch"
            lab.attack("%s, %s" % (name, target), MEMORY_LIMIT, is_short)(lambda row, t=target: run(row, t, function))
        return function
    return add


async def play(against, function):
    await function(against)
    await against.check_responsive()


def run(row, target, function):
    with listening(target) as listener:
        against = Attack(row, listener)
        asyncio.run(play(against, function))
        row.note_memory(listener.peak(), target)
        against.book.compare(row, listener.end())


# == Many ==

@attack("connections at once")
async def connections_at_once(against):
    row = against.row
    count = min(row.pick(5000, 1500), lab.raise_descriptor_limit() - 200)
    pings = [against.new_ping() for _ in range(count)]
    begin = time.monotonic()
    statuses = wire.Burst(against.port, [data for _, data in pings]).finish()
    seconds = time.monotonic() - begin
    for (sale_id, _), status in zip(pings, statuses):
        row.note(status)
        if row.check(status == 200, "a ping got %s" % status):
            against.book.answered.add(sale_id)
    row.check(seconds < 10, "the last ping was answered after %.1f s" % seconds)


async def ping_many(against, count):
    """Sends pings over one connection, one after the other."""
    reader, writer = await wire.connect(against.port)
    for _ in range(count):
        sale_id, data = against.new_ping()
        writer.write(data)
        status = await asyncio.wait_for(wire.read_response(reader), wire.PATIENCE)
        against.row.note(status)
        if against.row.check(status == 200, "a ping got %s" % status):
            against.book.answered.add(sale_id)
    writer.close()


@attack("pings over 50 connections")
async def pings_over_kept(against):
    await wire.side_by_side(50, lambda i: ping_many(against, against.row.pick(100, 40)))


@attack("pings while a handler works")
async def slow_handler(against):
    """The handler of the first of them takes longer than the listener gives a client for a request."""
    seconds = against.row.pick(TIMEOUT + 1, 2)
    first = asyncio.ensure_future(against.send_ping("&delay=%d" % seconds))
    await asyncio.sleep(0.1)
    await wire.side_by_side(50, lambda i: ping_many(against, 20))
    status, took = await first
    against.row.check(status == 200 and took >= seconds, "the slow ping got %s after %.1f s" % (status, took))


async def ping_in_a_row(against, count):
    """Sends pings over one connection without waiting."""
    reader, writer = await wire.connect(against.port)
    pings = [against.new_ping() for _ in range(count)]
    writer.write(b"".join(data for _, data in pings))
    for sale_id, _ in pings:
        status = await asyncio.wait_for(wire.read_response(reader), wire.PATIENCE)
        against.row.note(status)
        if against.row.check(status == 200, "a ping got %s" % status):
            against.book.answered.add(sale_id)
    writer.close()


@attack("pipelined pings over 50 connections")
async def pipelined(against):
    await wire.side_by_side(50, lambda i: ping_in_a_row(against, against.row.pick(100, 40)))


# == Ended in the middle ==

async def ping_until_end(against):
    """Sends pings over one connection until the listener ends it."""
    with contextlib.suppress(OSError, asyncio.TimeoutError):
        reader, writer = await wire.connect(against.port)
        while True:
            sale_id, data = against.new_ping()
            writer.write(data)
            status = await asyncio.wait_for(wire.read_response(reader), wire.PATIENCE)
            against.row.note(status)
            if status == 200:
                against.book.answered.add(sale_id)
            elif status is None:
                return


def end_in_the_middle(row, name):
    async def play_on(against):
        tasks = [asyncio.ensure_future(ping_until_end(against)) for _ in range(50)]
        await asyncio.sleep(0.5)
        row.note_memory(against.listener.peak(), "watch")
        against.listener.process.send_signal(signals[name])
        await asyncio.gather(*tasks)
    for _ in range(row.pick(5, 1)):
        with listening("watch") as listener:
            against = Attack(row, listener)
            asyncio.run(play_on(against))
            row.check(listener.wait() == 0, "it ended with a failure: " + listener.said())
            against.book.compare(row, listener.handled())


signals = {"SIGTERM": signal.SIGTERM, "SIGINT": signal.SIGINT}
for each in signals:
    lab.attack("%s among pings, watch" % each, MEMORY_LIMIT)(lambda row, name=each: end_in_the_middle(row, name))


# == Slow ==

async def again_and_again(work, until):
    """Attacks until the time is over, however often the listener closes."""
    while time.monotonic() < until:
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            await work(until)
        await asyncio.sleep(0.01)


async def trickle(reader, writer, data, until):
    """Sends a byte a second until the time is over, or the listener ends the connection."""
    for byte in data:
        writer.write(bytes((byte,)))
        with contextlib.suppress(asyncio.TimeoutError):
            if await asyncio.wait_for(reader.read(1000), 1) == b"":
                return
        if time.monotonic() > until:
            return


async def ping_for(against, seconds, each_second):
    """Sends good pings at a steady rate; each has to get in soon."""
    begin, tasks = time.monotonic(), []
    while time.monotonic() - begin < seconds:
        tasks.append(asyncio.ensure_future(against.send_ping()))
        await asyncio.sleep(1 / each_second)
    for status, took in await asyncio.gather(*tasks):
        against.row.note(status)
        against.row.check(status == 200 and took < SOON, "a ping got %s after %.2f s" % (status, took))


async def ping_among(against, work):
    """Sends good pings while 1,200 clients are at work, more than there may be connections."""
    seconds = against.row.pick(15, 5)
    until = time.monotonic() + 2 + seconds

    async def pings():
        await asyncio.sleep(2)
        await ping_for(against, seconds, 10)
    await asyncio.gather(pings(), wire.side_by_side(1200, lambda i: again_and_again(work, until)))


def head_of(length):
    return malformed.build("{post}%s||" % length, b"", b"\r\n\r\n")


SLOW_HEAD = head_of("X: " + "a" * 1000)
SLOW_BODY_HEAD = head_of("Content-Length: 1000")


@attack("1,200 slow heads")
async def slow_heads(against):
    async def work(until):
        reader, writer = await wire.connect(against.port)
        await trickle(reader, writer, SLOW_HEAD, until)
        against.row.note("slow connections")
        writer.close()
    await ping_among(against, work)


@attack("1,200 slow bodies", in_short=False)
async def slow_bodies(against):
    async def work(until):
        reader, writer = await wire.connect(against.port)
        writer.write(SLOW_BODY_HEAD)
        await trickle(reader, writer, b"a" * 1000, until)
        against.row.note("slow connections")
        writer.close()
    await ping_among(against, work)


@attack("1,200 silent connections", in_short=False)
async def silent(against):
    async def work(until):
        reader, writer = await wire.connect(against.port)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(reader.read(1), max(0, until - time.monotonic()))
        against.row.note("silent connections")
        writer.close()
    await ping_among(against, work)


async def never_read(against):
    """Sends pings without ever reading what they get."""
    _, writer = await wire.connect(against.port)
    writer.transport.pause_reading()
    with contextlib.suppress(OSError, asyncio.TimeoutError):
        for _ in range(200):
            writer.write(b"".join(against.new_ping()[1] for _ in range(50)))
            await asyncio.wait_for(writer.drain(), 5)
    against.row.note("deaf connections")
    await asyncio.sleep(TIMEOUT)
    wire.reset(writer)


@attack("deaf connections")
async def deaf(against):
    async def many():
        await wire.side_by_side(against.row.pick(20, 4), lambda i: never_read(against))
    await asyncio.gather(many(), ping_for(against, TIMEOUT, 5))


# == Cut off ==

ENDINGS = ("reset", "closed", "half closed")


async def cut_off(against, data, at, ending):
    """Sends the first bytes of a request and ends the connection."""
    reader, writer = await wire.connect(against.port)
    writer.write(data[:at])
    await asyncio.sleep(0.01)
    if ending == "half closed":
        writer.write_eof()
        await wire.read_until_end(reader, TIMEOUT + 5)
        writer.close()
    elif ending == "closed":
        writer.close()
    else:
        wire.reset(writer)
    against.row.note(ending)


async def cut_everywhere(against, make, step):
    """Cuts a request off at any byte. make(sale_id) -> its bytes; it is whole at the last of them alone."""
    size = len(make(wire.new_id()))
    for ending in ENDINGS:
        for first in range(0, size + 1, step * 50):
            cuts = range(first, min(first + step * 50, size + 1), step)
            ids = {at: wire.new_id() for at in cuts}
            against.book.sent.update(ids[at] for at in cuts if at >= len(make(ids[at])))
            await asyncio.gather(*(cut_off(against, make(ids[at]), at, ending) for at in cuts))


def chunked(listener, sale_id):
    body = ("sale_id=%s&%s" % (sale_id, listener.fields())).encode()
    return malformed.build("{post}Transfer-Encoding: chunked||{hex}|{body}|0|X: y||", body, b"\r\n\r\n")


@attack("resets at any byte")
async def resets(against):
    step = against.row.pick(1, 5)
    await cut_everywhere(against, lambda sale_id: against.listener.ping(sale_id), step)
    await cut_everywhere(against, lambda sale_id: chunked(against.listener, sale_id), step)


@attack("resets behind a whole ping")
async def resets_behind(against):
    async def once():
        _, data = against.new_ping()
        await cut_off(against, data + b"POST /hook", len(data) + 10, "reset")
    for _ in range(against.row.pick(20, 4)):
        await wire.side_by_side(50, lambda i: once())


# == Malformed ==

async def send_malformed(against, name, expected, text):
    row, listener = against.row, against.listener
    first, second = wire.new_id(), wire.new_id()
    body = ("sale_id=%s&%s" % (first, listener.fields())).encode()
    reader, writer = await wire.connect(against.port)
    begin = time.monotonic()
    with contextlib.suppress(OSError):
        writer.write(malformed.build(text, body, listener.ping(second)))
    got, has_ended = await wire.read_first(reader, TIMEOUT + 5)
    seconds = time.monotonic() - begin
    if not has_ended:
        more, has_ended = await wire.read_until_end(reader, TIMEOUT + 5)
        got += more
    writer.close()
    row.check(has_ended, "%s: the connection did not end" % name)
    row.check(seconds < AT_ONCE or expected == malformed.UNENDED, "%s: nothing came for %.1f s" % (name, seconds))
    return name, expected, first, second, wire.statuses(got)


def judge_malformed(row, handled, name, expected, first, second, statuses):
    taken = statuses.count(200)
    ids = [sale_id for sale_id in (first, second) if handled[sale_id] > 0]
    row.note("refused" if taken == 0 else "taken")
    row.check(taken == len(ids), "%s: %s were handled, the responses were %s" % (name, ids, statuses))
    allowed = {malformed.TAKEN: ([first],), malformed.EITHER: ([], [first]), malformed.BOTH: ([first, second],)}
    row.check(ids in allowed.get(expected, ([],)), "%s: to be %s, but the responses were %s and %d of 2 were handled"
              % (name, expected, statuses, len(ids)))


def attack_malformed(row, target):
    results = []

    async def send_all(against):
        results.extend(await asyncio.gather(*(send_malformed(against, *case) for case in malformed.TABLE)))
        await against.check_responsive()
    with listening(target) as listener:
        asyncio.run(send_all(Attack(row, listener)))
        row.note_memory(listener.peak(), target)
        handled = listener.end()
    for sale_id, count in handled.items():
        row.check(count == 1, "%s was handled %d times" % (sale_id, count))
    for result in results:
        judge_malformed(row, handled, *result)


for each in TARGETS:
    lab.attack("malformed requests, %s" % each, MEMORY_LIMIT, each == "watch")(
        lambda row, t=each: attack_malformed(row, t))


# == Without an end ==

START = head_of("X: y")[:-2]
CHUNKS = head_of("Transfer-Encoding: chunked")
MAX_FLOOD = 64 * 1024 * 1024  # bytes of one client
ENDLESS = [  # name, how it begins, what follows again and again
    ("request line", b"POST /", b"a" * 1000),
    ("method", b"", b"P" * 1000),
    ("query", b"POST /hook?", b"a=b&" * 250),
    ("header", START + b"X: ", b"y" * 1000),
    ("header's name", START, b"x" * 1000),
    ("headers", START, b"X: y\r\n" * 200),
    ("folded header", START + b"X: y\r\n", b" z\r\n" * 200),
    ("empty lines", b"", b"\r\n" * 500),
    ("chunk's size", CHUNKS, b"0" * 1000),
    ("chunk's extension", CHUNKS + b"1;", b"a" * 1000),
    ("chunks", CHUNKS, (b"3e8\r\n" + b"a" * 1000 + b"\r\n")),
    ("chunks of a byte", CHUNKS, b"1\r\na\r\n" * 200),
    ("chunk", CHUNKS + b"FFFFFFFFFFFFFF\r\n", b"a" * 1000),
    ("trailers", CHUNKS + b"1\r\na\r\n0\r\n", b"X: y\r\n" * 200),
    ("trailer", CHUNKS + b"1\r\na\r\n0\r\nX: ", b"y" * 1000),
    ("body", START + b"Content-Length: 9000000000000000\r\n\r\n", b"a" * 1000),
    ("body to a wrong path", START.replace(b"/hook", b"/wrong") + b"Content-Length: 9000000000000000\r\n\r\n",
     b"a" * 1000),
    ("chunks to a wrong path", CHUNKS.replace(b"/hook", b"/wrong"), (b"3e8\r\n" + b"a" * 1000 + b"\r\n")),
    ("noise", b"", bytes(range(256)) * 4),
]


async def flood(against, name, start, part):
    """Sends without an end; the listener has to bring one about, in time and before too many bytes."""
    reader, writer = await wire.connect(against.port)
    begin, sent = time.monotonic(), 0
    part = part * 16
    with contextlib.suppress(OSError, asyncio.TimeoutError):
        writer.write(start)
        while sent < MAX_FLOOD and time.monotonic() - begin < 2 * TIMEOUT and not reader.at_eof():
            writer.write(part)
            await asyncio.wait_for(writer.drain(), TIMEOUT)
            sent += len(part)
            await asyncio.sleep(0.01)  # the pings meanwhile are ours, too
    _, has_ended = await wire.read_until_end(reader, TIMEOUT + 5)
    seconds = time.monotonic() - begin
    wire.reset(writer)
    against.row.note("ended by the listener" if has_ended else "not ended")
    against.row.check(has_ended, "%s: no end after %d bytes and %.1f s" % (name, sent, seconds))


@attack("floods without an end")
async def floods(against):
    cases = [case for case in ENDLESS for _ in range(against.row.pick(5, 1))]
    await asyncio.gather(ping_for(against, TIMEOUT, 5), *(flood(against, *case) for case in cases))


async def send_part(against, name, start, part):
    """Sends what never ends a little at a time."""
    reader, writer = await wire.connect(against.port)
    begin = time.monotonic()
    with contextlib.suppress(OSError):
        writer.write(start)
        while time.monotonic() - begin < 2 * TIMEOUT + 5 and not reader.at_eof():
            writer.write(part[:20])
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(reader.read(1000), 0.5)
    seconds = time.monotonic() - begin
    writer.close()
    against.row.note("ended by the listener" if reader.at_eof() else "not ended")
    against.row.check(reader.at_eof(), "%s: no end after %.1f s" % (name, seconds))


@attack("trickles without an end")
async def trickles(against):
    """Bodies without a known length may wait for memory first, behind as many of their kind as fit into it."""
    cases = [case for case in ENDLESS for _ in range(against.row.pick(2, 1))]
    await asyncio.gather(ping_for(against, TIMEOUT, 5), *(send_part(against, *case) for case in cases))


# == Large ==

async def send_refused(against, data):
    status, _ = await wire.request(against.port, data)
    against.row.note(status)
    against.row.check(status is not None and 400 <= status < 500, "a stranger got %s" % status)


@attack("bodies to a wrong path")
async def strangers(against):
    data = processes.post(b"a" * 1000000, "/wrong")
    await wire.side_by_side(against.row.pick(500, 250), lambda i: send_refused(against, data))


async def send_large(against, size):
    status, _ = await against.send_ping("&x=" + "&x=".join(["a" * 60000] * (size // 60000)))
    against.row.note(status)
    against.row.check(status == 200, "a ping of %d bytes got %s" % (size, status))


@attack("large pings at once")
async def large(against):
    await wire.side_by_side(against.row.pick(200, 40), lambda i: send_large(against, LARGEST))


async def announce_large(against):
    """Announces a large body, and sends nothing of it."""
    reader, writer = await wire.connect(against.port)
    writer.write(head_of("Content-Length: %d" % LARGEST))
    await wire.read_until_end(reader, TIMEOUT)
    wire.reset(writer)
    against.row.note("announced")


@attack("large pings that never come")
async def never_come(against):
    """They may have all the memory that is there for large ones, and many more wait for it."""
    await asyncio.gather(wire.side_by_side(100, lambda i: announce_large(against)), ping_for(against, TIMEOUT, 10))


FORMS = [  # name, more fields of a good ping
    ("16,000 fields", "&a=b" * 16000),
    ("20,000 fields", "".join("&a%d=b" % i for i in range(20000))),
    ("a million empty fields", "&" * 1000000),
    ("a name of a million bytes", "&" + "a" * 1000000),
    ("a value of a million bytes", "&a=" + "b" * 1000000),
    ("depth of 30", "&a" + "[b]" * 30 + "=c"),
    ("depth of 100,000", "&a" + "[b]" * 100000 + "=c"),
    ("100,000 open brackets", "&a" + "[" * 100000 + "=c"),
    ("100,000 escapes cut short", "&a=" + "%" * 100000),
    ("an index of a billion", "&a[1000000000]=b&a[]=c"),
    ("8 MB of one list", "&a[]=b" * 1300000),
    ("8 MB of names with brackets", "".join("&a[%d][b]=c" % i for i in range(500000))),
]


async def send_form(against, name, more):
    status, seconds = await against.send_ping(more)
    against.row.note(status)
    against.row.check(status in (200, 400, 413), "%s: the response was %s" % (name, status))
    against.row.check(seconds < 5, "%s: took %.1f s" % (name, seconds))


@attack("forms")
async def forms(against):
    for case in FORMS:
        await send_form(against, *case)
