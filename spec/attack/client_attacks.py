"""Hostile servers against the client, over plain HTTP."""

import gzip
import itertools
import json
import socket
import time

import bombs
import servers
from field import attack, new_path
from servers import Server, good_body, response

# == What a server may do ==


def say(data):
    """Reads a request, sends some bytes and closes."""
    data = data.replace("|", "\r\n").encode("latin-1") if isinstance(data, str) else data

    def behave(connection):
        connection.read_request()
        connection.send(data)
    return behave


def say_and_hang(data):
    def behave(connection):
        say(data)(connection)
        connection.hang()
    return behave


def say_without_end(start, part):
    start, part = (text.replace("|", "\r\n").encode("latin-1") for text in (start, part))

    def behave(connection):
        connection.read_request()
        connection.send(start)
        connection.flood(part)
    return behave


def trickle(data, pause=0.05):
    data = data.replace("|", "\r\n").encode("latin-1")

    def behave(connection):
        connection.read_request()
        connection.trickle(data, pause)
        connection.hang()
    return behave


OK = "HTTP/1.1 200 OK|"
TYPED = OK + "Content-Type: application/json|"
CHUNKED = TYPED + "Transfer-Encoding: chunked||"

# == Heads, trailers, bodies ==

LIBCURL_ENDS = "network too_large"  # it does not show a line before its end, and calls a long one out of memory

HEADS = [
    ("headers", say_without_end(OK, "X: y|"), "too_large"),
    ("a header", say_without_end(OK + "X: ", "y"), LIBCURL_ENDS),
    ("a header's name", say_without_end(OK, "x"), LIBCURL_ENDS),
    ("folded lines", say_without_end(OK + "X: y|", " z|"), "too_large"),
    ("empty headers", say_without_end(OK, ":|"), "too_large"),
    ("cookies", say_without_end(OK, "Set-Cookie: a=b|"), "too_large"),
    ("a status line", say_without_end("HTTP/1.1 200 ", "O"), LIBCURL_ENDS),
    ("a status", say_without_end("HTTP/1.1 2", "0"), "too_large network"),
    ("a version", say_without_end("HTTP/1", "1"), "too_large network"),
    ("100 Continue", say_without_end("", "HTTP/1.1 100 Continue||"), "too_large timeout"),
    ("103 Early Hints", say_without_end("", "HTTP/1.1 103 Early Hints|Link: <a>||"), "too_large timeout"),
    ("100 Continue with headers", say_without_end("", "HTTP/1.1 100 Continue|X: " + "y" * 1000 + "||"),
     "too_large timeout"),
    ("line ends", say_without_end("", "|"), "network too_large"),
    ("NULs", say_without_end("", "\0"), "network too_large"),
    ("noise", say_without_end("", "".join(map(chr, range(256)))), "network too_large"),
]
TRAILERS = [
    ("trailers", say_without_end(CHUNKED + "2|{}|0|", "X: y|"), "too_large"),
    ("a trailer", say_without_end(CHUNKED + "2|{}|0|X: ", "y"), "too_large network"),
    ("a chunk's extension", say_without_end(CHUNKED + "2;", "a"), "too_large timeout network"),
    ("a chunk's size", say_without_end(CHUNKED, "0"), "network too_large"),
    ("blanks behind a chunk's size", say_without_end(CHUNKED + "2", " "), "network too_large timeout"),
    ("chunks of a byte", say_without_end(CHUNKED, "1| |"), "too_large timeout"),
    ("chunks", say_without_end(CHUNKED, "3e8|" + " " * 1000 + "|"), "too_large"),
    ("chunks with extensions", say_without_end(CHUNKED, "1;" + "a" * 1000 + "| |"), "too_large timeout"),
]
BODIES = [
    ("a body until the end", say_without_end(TYPED + "|", " "), "too_large"),
    ("a body of a known length", say_without_end(TYPED + "Content-Length: 9000000000000||", " "), "too_large"),
    ("a page without an end", say_without_end("HTTP/1.1 500 Error|Content-Type: text/html||", "<title>"), "too_large"),
    ("a redirect without an end", say_without_end("HTTP/1.1 302 Found|Location: /x||", " "), "too_large redirect"),
    ("a HTTP/1.0 body", say_without_end("HTTP/1.0 200 OK||", " "), "too_large"),
    ("bytes behind a body", say_without_end(TYPED + "Content-Length: 2||{}", "x"), "ok network"),
    ("bytes behind no body", say_without_end("HTTP/1.1 204 No Content||", "x"), "ok decode network"),
]


def attack_all(field, table, **options):
    for name, behave, kinds in table:
        field.attack_both(name, behave, kinds, **options)


@attack("heads without an end")
def heads(field):
    attack_all(field, HEADS, timeout=field.row.pick(3, 1))


@attack("trailers and chunks without an end")
def trailers(field):
    attack_all(field, TRAILERS, timeout=field.row.pick(3, 1))


@attack("bodies without an end")
def bodies(field):
    attack_all(field, BODIES, timeout=3)


# == Lengths that lie, malformed status lines ==

LIES = [
    ("no body", say(TYPED + "Content-Length: 2||"), "network"),
    ("half a body", say(TYPED + "Content-Length: 20||{}"), "network"),
    ("a length of minus one", say(TYPED + "Content-Length: -1||{}"), "network decode ok"),
    ("a length beyond 2^64", say(TYPED + "Content-Length: 99999999999999999999999||{}"), "too_large network"),
    ("a length that is not a number", say(TYPED + "Content-Length: x||{}"), "network decode"),
    ("two lengths", say(TYPED + "Content-Length: 2|Content-Length: 1||{}"), "network decode"),
    ("both lengths", say(TYPED + "Content-Length: 1|Transfer-Encoding: chunked||2|{}|0||"), "ok network"),
    ("an empty length", say(TYPED + "Content-Length:||{}"), "ok network decode"),
    ("half a chunk", say(CHUNKED + "20|{}"), "network"),
    ("no last chunk", say(CHUNKED + "2|{}|"), "network"),
    ("a chunk's size that is not a number", say(CHUNKED + "x|{}|0||"), "network"),
    ("a chunk's size of minus one", say(CHUNKED + "-1|{}|0||"), "network"),
    ("a chunk's size of 2^64 + 2", say(CHUNKED + "10000000000000002|{}|0||"), "network too_large"),
    ("a chunk that is too long", say(CHUNKED + "1|{}|0||"), "network"),
    ("an unknown coding", say(TYPED + "Transfer-Encoding: x||{}"), "network ok decode"),
    ("chunked twice", say(TYPED + "Transfer-Encoding: chunked, chunked||2|{}|0||"), "network ok decode"),
    ("a NUL in a header", say(TYPED + "X: a\0b|Content-Length: 2||{}"), "ok network"),
    ("a bare CR in a header", say(TYPED + "X: a\rb|Content-Length: 2||{}"), "ok network"),
    ("bare LFs", say("HTTP/1.1 200 OK\nContent-Length: 2\n\n{}"), "ok network"),
    ("a header without a colon", say(TYPED + "X|Content-Length: 2||{}"), "ok network"),
    ("a folded first header", say("HTTP/1.1 200 OK| X: y|Content-Length: 2||{}"), "ok network"),
    ("nothing", say(""), "network"),
    ("nothing, and no end", say_and_hang(""), "timeout"),
    ("half a head, and no end", say_and_hang(TYPED), "timeout"),
    ("half a body, and no end", say_and_hang(TYPED + "Content-Length: 20||{}"), "timeout"),
    ("no last chunk, and no end", say_and_hang(CHUNKED + "2|{}|"), "timeout"),
    ("half a trailer, and no end", say_and_hang(CHUNKED + "2|{}|0|X: y"), "timeout"),
    ("100 Continue, and no end", say_and_hang("HTTP/1.1 100 Continue||"), "timeout"),
    ("a reset", lambda connection: (connection.read_request(), connection.reset()), "network"),
    ("a reset before the request", lambda connection: connection.reset(), "network"),
    ("an end before the request", lambda connection: None, "network"),
]


@attack("lengths that lie")
def lies(field):
    attack_all(field, LIES)


STATUS_LINES = [
    "", " ", "\0", "HTTP", "HTTP/", "HTTP/1", "HTTP/1.", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 OK", "HTTP/1.1 2",
    "HTTP/1.1 20", "HTTP/1.1 20x OK", "HTTP/1.1 2000 OK", "HTTP/1.1 -200 OK", "HTTP/1.1 +200 OK", "HTTP/1.1 0200 OK",
    "HTTP/1.1 000 OK", "HTTP/1.1 099 OK", "HTTP/1.1 999 OK", "HTTP/1.1 99999999999 OK", "HTTP/1.1\t200\tOK",
    "HTTP/1.1  200 OK", "HTTP/9.9 200 OK", "HTTP/0.9 200 OK", "HTTP/1.9 200 OK", "HTTP/-1 200 OK", "HTTP/2 200",
    "HTTP/2.0 200 OK", "HTTP/3 200", "http/1.1 200 OK", "ICY 200 OK", "RTSP/1.0 200 OK", "SIP/2.0 200 OK", "220 ready",
    "SSH-2.0-x", "200 OK", "<html>", "{}", "HTTP/1.1 101 Switching Protocols", "HTTP/1.1 200 " + "\x1b]0;x\x07" * 10,
    "HTTP/1.1 200 " + "x" * 60000, "\xef\xbb\xbfHTTP/1.1 200 OK", "|||HTTP/1.1 200 OK",
]


@attack("malformed status lines")
def status_lines(field):
    for line in STATUS_LINES:
        behave = say(line + "|Content-Type: application/json|Content-Length: 16||{\"success\":true}")
        field.attack_both("status line %r" % line[:40], behave,
                          "network decode ok invalid too_large server timeout redirect")


# == What does not fit into memory ==

@attack("compression bombs")
def compression_bombs(field):
    for coding, make in bombs.BOMBS.items():
        bomb = make()
        field.attack_both(coding, say(response(bomb, headers="Content-Encoding: %s\r\n" % coding)), "too_large",
                          timeout=20)
        failing = response(bomb, status="502 Bad Gateway", headers="Content-Encoding: %s\r\n" % coding)
        field.attack_both(coding + ", failing", say(failing), "too_large", timeout=20)


def broken_codings():
    """Compressed responses that are damaged: name, coding, bytes."""
    body = b'{"success":true,"x":"' + b"a" * 100000 + b'"}'
    for coding, pack in bombs.PACKERS.items():
        packed = pack(body)
        yield "cut short", coding, packed[:-10]
        yield "a byte", coding, packed[:1]
        yield "nothing", coding, b""
        yield "plain", coding, body
        yield "noise", coding, bytes(range(256)) * 100
        yield "damaged", coding, packed[:20] + bytes(byte ^ 0x55 for byte in packed[20:40]) + packed[40:]
        yield "garbage behind", coding, packed + b"garbage" * 1000
        yield "another one behind", coding, packed + packed
    yield "a window of 2 GiB", "zstd", bombs.zstd_bomb(0xA8)
    yield "an unknown coding", "x-unknown", body
    yield "ten codings", ", ".join(["gzip"] * 10), body
    yield "thousands of codings", ", ".join(["identity"] * 5000), body


@attack("broken compression")
def broken_compression(field):
    for name, coding, data in broken_codings():
        behave = say(response(data, headers="Content-Encoding: %s\r\n" % coding))
        field.attack_both("%s of %s" % (name, coding[:20]), behave, "decode ok network too_large")


@attack("JSON of many values")
def long_json(field):
    for name, text in bombs.long_texts().items():
        kinds = "ok" if name == "a long text" else "too_large decode ok"
        packed = gzip.compress(text.encode(), 1)
        field.attack_both(name, say(response(packed, headers="Content-Encoding: gzip\r\n")), kinds, timeout=20)
        failing = response(packed, "404 Not Found", "Content-Encoding: gzip\r\n")
        field.attack(name + ", failing", say(failing), "not_found too_large decode", timeout=20)


WORDS = [
    "\x1b]0;x\x07", "\r\nforged: line", "a\u2028b", "\u202egnp.exe", "\0", "\x9b31m", "x" * 1000000, "\t" * 1000,
    "%s%n%d", "\ud83d\ude00" * 100000, " " * 2000 + "x",
]
PAGES = [
    "<title>" + " " * 100000, "<title>" * 100000, "<title>\x1b[31m\r\nforged</title>", "<" * 1000000,
    "<title " * 100000, "<title>a" + " " * 2000 + "b" * 100000, "<TITLE\n>" + "\n" * 100000, "\x1b]0;x\x07",
]
VALUES = [
    ("Retry-After", " " * 50000 + "x"), ("Retry-After", "9" * 50000), ("Retry-After", "-1"),
    ("Retry-After", "Mon, 99 Foo 0000 99:99:99 GMT"), ("Content-Type", "\x1b[31m" * 1000),
    ("WWW-Authenticate", 'error_description="\x1b]0;' + "x" * 50000), ("X-Request-Id", "\x1b" * 50),
]


@attack("words of a server")
def words(field):
    for text in WORDS:
        for status in ("200 OK", "404 Not Found", "401 Unauthorized", "422 X", "500 X"):
            body = json.dumps({"success": False, "message": text})
            field.attack("message %r" % text[:10], say(response(body, status)), "invalid not_found auth server")
    for text in PAGES:
        for status in ("200 OK", "502 X", "403 Forbidden"):
            page = ("HTTP/1.1 %s|Content-Type: text/html|Content-Length: %d||%s" % (status, len(text), "%s"))
            data = page.replace("|", "\r\n").encode() % text.encode()
            field.attack("page %r" % text[:10], say(data), "decode server scope network invalid")
    for name, value in VALUES:
        for status in ("200 OK", "401 X", "429 X", "503 X"):
            data = response("{", status, "%s: %s\r\n" % (name, value))
            field.attack("%s %r" % (name, value[:10]), say(data), "decode auth rate_limit server")


# == Slow ==

SLOW = [
    ("a head", trickle(TYPED + "X: y|" * 1000), "timeout"),
    ("a body", trickle(TYPED + "Content-Length: 1000||" + " " * 1000, 0.02), "timeout"),
    ("chunks", trickle(CHUNKED + "1| |" * 1000), "timeout"),
    ("trailers", trickle(CHUNKED + "2|{}|0|" + "X: y|" * 1000), "timeout"),
    ("100 Continue", trickle("HTTP/1.1 100 Continue||" * 100), "timeout"),
    ("no request is read", lambda connection: connection.hang(), "timeout"),
]


@attack("slow servers")
def slow(field):
    attack_all(field, SLOW, timeout=0.7)


@attack("a server that accepts nobody")
def accepts_nobody(field):
    deaf = socket.create_server(("127.0.0.1", 0), backlog=1)
    url = "http://127.0.0.1:%d" % deaf.getsockname()[1]
    fillers = [socket.socket() for _ in range(5)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(deaf.getsockname())
    for method in ("GET", "POST"):
        field.attack("a full backlog", None, "timeout", method, timeout=0.7, url=url)
    for one in fillers + [deaf]:
        one.close()
    for method in ("GET", "POST"):
        field.attack("a closed port", None, "network", method, url=url)


# == Redirects ==

@attack("redirects")
def redirects(field):
    elsewhere = Server()
    places = [elsewhere.url + "/v2/user", "//127.0.0.1:%d/v2/user" % elsewhere.port, "/v2/user", "?x", "",
              "/v2/user\0", "file:///etc/passwd", "javascript:alert(1)", "http://[",
              "http://bob:secret@127.0.0.1:%d/" % elsewhere.port,
              "https://127.0.0.1:1/", "\x1b]0;x\x07", "x" * 60000, "http://" + "a." * 20000]
    for status in (300, 301, 302, 303, 304, 307, 308, 399):
        for place in field.row.pick(places, places[:3]):
            line = "HTTP/1.1 %d X|Location: %s|Content-Length: 0||" % (status, place)
            kinds = "network" if "\0" in place else "redirect"  # libcurl takes no NUL
            field.attack_both("%d to %r" % (status, place[:30]), say(line), kinds)
    for header in ('Alt-Svc: h2="127.0.0.1:%d"', "Refresh: 0; url=http://127.0.0.1:%d/", "Location: //127.0.0.1:%d/",
                   "Content-Location: http://127.0.0.1:%d/", "Set-Cookie: a=b; Domain=127.0.0.1; Port=%d"):
        header %= elsewhere.port
        field.attack_both(header[:12], say(response('{"success":true}', headers=header + "\r\n")), "ok")
    field.row.check(elsewhere.connections == 0, "a redirect was followed")
    elsewhere.close()


# == Kept connections that die ==

def keep_then(then):
    """Serves well but for the first connection, which goes on by then(connection) after its first response."""
    seen = itertools.count()

    def behave(connection):
        if next(seen) > 0:
            return servers.be_good(connection)
        connection.send(response(good_body(connection.read_request())))
        return then(connection)
    return behave


def die_after(count, ending):
    """Serves the first connection well but for its second response, which ends after some bytes."""
    seen = itertools.count()

    def behave(connection):
        if next(seen) > 0:
            return servers.be_good(connection)
        connection.send(response(good_body(connection.read_request())))
        path = connection.read_request()
        connection.send(response(good_body(path))[:count])
        return connection.reset() if ending == "reset" else None
    return behave


def call(field, method):
    path = new_path()
    one = {"url": field.hostile.url, "path": path, "method": method}
    return field.client.call(one, timeout=3, retries=1)[0], path


def die_at(field, count, ending):
    """Calls over one connection; the second finds it dying: a GET is repeated, a POST is not."""
    for method in ("GET", "POST"):
        name = "%s after %d bytes, %s" % (ending, count, method)
        field.renew(die_after(count, ending))
        for one in ("GET", method):
            result, path = call(field, one)
            field.check_result(name, result, ["ok"], path)
        field.check_arrivals(name, field.hostile)


@attack("kept connections that die at any byte")
def kept_die(field):
    whole = len(response(good_body("/v2/a1000")))
    for ending in ("closed", "reset"):
        for count in range(0, whole, field.row.pick(1, 20)):
            die_at(field, count, ending)
    field.check_good("after that")


def post_that_dies(count, ending):
    def behave(connection):
        path = connection.read_request()
        connection.send(response(good_body(path))[:count])
        return connection.reset() if ending == "reset" else None
    return behave


@attack("POSTs whose connections die at any byte")
def posts_die(field):
    whole = len(response(good_body("/v2/a1000")))
    for ending in ("closed", "reset"):
        for count in range(0, whole, field.row.pick(1, 20)):
            field.attack("%s after %d bytes" % (ending, count), post_that_dies(count, ending), "network ok", "POST",
                         retries=2)


# A server may say what it likes to a request, also before it comes: libcurl before 8.2 does not see that there is
# something to read on the connection that it uses again. The path would tell that from a mix-up here.
FORGED = response('{"success":true}')
IDLE = [
    ("closed", lambda connection: None),
    ("reset", lambda connection: connection.reset()),
    ("a forged response", lambda connection: (connection.send(FORGED), connection.hang())),
    ("half a forged response", lambda connection: (connection.send(FORGED[:-5]), connection.hang())),
    ("408", lambda connection: connection.send(response("", "408 Request Timeout"))),
    ("noise", lambda connection: (connection.send(b"x" * 1000), connection.hang())),
    ("never again", lambda connection: connection.hang()),
]


@attack("what comes on an idle connection")
def idle(field):
    for name, then in IDLE:
        for method in ("GET", "POST"):
            field.renew(keep_then(then))
            for one in ("GET", method):
                time.sleep(0.1)  # what came behind the response before is there
                result, path = call(field, one)
                kinds = ["ok"] if name != "never again" or one == "POST" else ["ok", "timeout"]
                field.check_result(name, result, kinds, path)
                field.check_arrivals(name, field.hostile)


@attack("many calls side by side, then idle")
def side_by_side(field):
    field.renew(servers.be_good)
    for method in ("GET", "POST"):
        calls = [{"url": field.hostile.url, "path": new_path(), "method": method} for _ in range(300)]
        results = field.client.call(*calls, timeout=10, retries=0)
        for one, result in zip(calls, results):
            field.check_result("one of 300", result, ["ok"], one["path"])
        field.check_arrivals("300 calls", field.hostile)
    field.check_good("after that")
    time.sleep(0.2)
    field.row.check(field.hostile.open <= 32, "%d connections stay open" % field.hostile.open)
