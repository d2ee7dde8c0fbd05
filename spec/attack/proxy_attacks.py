"""Hostile proxies against the client: they refuse, lie and hang. None of them may see the token."""

import itertools
import struct

import lab
import servers
from certificates import authority
from client_attacks import say, say_and_hang, say_without_end, trickle
from field import MEMORY_LIMIT, TOKEN, field, new_path

PASSWORD = "password-of-the-proxy"
ports = itertools.count(10000)
OPEN = "HTTP/1.1 200 Connection established||"


def tunnel(context=None, then=servers.be_good, before=OPEN):
    """A behaviour: opens the tunnel and is the server behind it."""
    def behave(connection):
        say(before)(connection)
        if context:
            connection.peer = context.wrap_socket(connection.peer, server_side=True)
        then(connection)
    return behave


def contexts():
    own = authority()
    return (own.context("proxied", "proxied"), own.context("good"),
            own.context("stranger_proxied", "proxied", "stranger"))


def cases():
    right, other_host, strange = contexts()
    return [
        ("opens", tunnel(right), "ok"),
        ("opens with a length", tunnel(right, before="HTTP/1.1 200 OK|Content-Length: 5||"), "ok"),
        ("opens with chunks", tunnel(right, before="HTTP/1.1 200 OK|Transfer-Encoding: chunked||"), "ok"),
        ("opens after 100 Continue", tunnel(right, before="HTTP/1.1 100 Continue||" + OPEN), "ok network"),
        ("opens by HTTP/1.0", tunnel(right, before="HTTP/1.0 200 OK||"), "ok"),
        ("opens with 204", tunnel(right, before="HTTP/1.1 204 No Content||"), "ok network"),
        ("is another host", tunnel(other_host), "tls"),
        ("is a stranger", tunnel(strange), "tls"),
        ("says nothing that is TLS", tunnel(None), "tls timeout"),
        ("opens and says noise", say_and_hang(OPEN + "noise" * 1000), "tls network timeout"),
        ("opens and sends a response", say_and_hang(OPEN + "HTTP/1.1 200 OK|Content-Length: 16||{\"success\":true}"),
         "tls network timeout"),
        ("opens and hangs", tunnel(None, lambda connection: connection.hang()), "timeout"),
        ("opens and ends", say(OPEN), "tls network"),
        ("opens and resets", tunnel(None, lambda connection: connection.reset()), "tls network"),
        ("refuses", say("HTTP/1.1 403 Forbidden|Content-Length: 2||no"), "network"),
        ("refuses and hangs", say_and_hang("HTTP/1.1 403 Forbidden|Content-Length: 20||no"), "network timeout"),
        ("refuses with a page", say("HTTP/1.1 502 Bad Gateway|Content-Type: text/html||<title>\x1b]0;x\x07"),
         "network"),
        ("refuses without an end", say_without_end("HTTP/1.1 503 X||", "x"), "network timeout too_large"),
        ("refuses in chunks without an end",
         say_without_end("HTTP/1.1 503 X|Transfer-Encoding: chunked||", "3e8|" + "x" * 1000 + "|"),
         "network timeout too_large"),
        ("refuses with words", say("HTTP/1.1 403 " + "\x1b]0;x\x07" * 100 + "|Content-Length: 0||"), "network"),
        ("wants a password", say("HTTP/1.1 407 X|Proxy-Authenticate: Basic realm=\"x\"|Content-Length: 0||"),
         "network"),
        ("wants another password", say("HTTP/1.1 407 X|Proxy-Authenticate: NTLM|Content-Length: 0||"), "network"),
        ("wants a password without an end", say_without_end("HTTP/1.1 407 X|Proxy-Authenticate: Basic||", "x"),
         "network timeout too_large"),
        ("redirects", say("HTTP/1.1 302 Found|Location: http://127.0.0.1:1/|Content-Length: 0||"), "network"),
        ("answers 200 x", say("HTTP/1.1 2000 OK||"), "network tls"),
        ("says noise", say(bytes(range(1, 256)) * 100), "network too_large"),
        ("says NULs", say_and_hang(bytes(10000)), "network timeout too_large"),
        ("says nothing", say_and_hang(""), "timeout"),
        ("ends", say(""), "network"),
        ("resets", lambda connection: (connection.read_request(), connection.reset()), "network"),
        ("says half a head", say_and_hang("HTTP/1.1 200 OK|X: "), "timeout"),
        ("is slow", trickle("HTTP/1.1 200 OK|" + "X: y|" * 1000), "timeout"),
        ("sends headers without an end", say_without_end("HTTP/1.1 200 OK|", "X: y|"), "network too_large timeout"),
        ("sends a header without an end", say_without_end("HTTP/1.1 200 OK|X: ", "y"), "network too_large timeout"),
        ("sends 100 Continue without an end", say_without_end("", "HTTP/1.1 100 Continue||"),
         "network too_large timeout"),
        ("sends line ends without an end", say_without_end("", "|"), "network too_large timeout"),
    ]


def new_url():
    """A server to which there is no tunnel yet."""
    return "https://shop.example.com:%d" % next(ports)


def attack_by(one, name, behave, kinds, url=None, timeout=0.7):
    """Calls through the hostile server, which is the client's proxy. It stays at its port."""
    one.hostile.behave = behave
    for method in one.row.pick(("GET", "POST"), ("GET",)):
        path = new_path()
        call = {"url": url or new_url(), "path": path, "method": method}
        result = one.client.call(call, timeout=timeout, retries=0)[0]
        one.check_result("%s, %s" % (name, method), result, kinds.split(), path)
        one.row.check(PASSWORD not in result.get("text", ""), "%s: the message shows the proxy's password" % name)
        one.check_arrivals(name, one.hostile)
        one.check_good(name)


def check_unseen(one, name):
    """The proxy itself must not have seen the token; inside the tunnel to the right server it is right."""
    for head in one.hostile.heads:
        is_inside = not head.startswith(b"CONNECT ")
        one.row.check(is_inside or TOKEN.encode() not in head, "%s: the proxy saw the token" % name)
    one.hostile.heads.clear()


def behind(row, variable, form):
    """A field whose client has the hostile server as its proxy. form: its URL, with %d for the port."""
    proxy = servers.Server()
    one = field(row, None, None, GUMROAD_CA_BUNDLE=authority().path("authority.pem"),
                **{variable: form % proxy.port})
    return proxy, one


def attack(name, variable, form):
    def add(function):
        def run(row):
            proxy, entered = behind(row, variable, form)
            with entered as one:
                one.close_hostile()
                one.hostile = proxy
                function(one)
        lab.attack(name, MEMORY_LIMIT)(run)
        return function
    return add


@attack("proxies", "https_proxy", "http://bob:" + PASSWORD + "@127.0.0.1:%d")
def proxies(one):
    for name, behave, kinds in cases():
        attack_by(one, "a proxy that " + name, behave, kinds)
        check_unseen(one, name)


def socks(*answers, then=lambda connection: connection.hang()):
    """A behaviour: sends one answer to each message of a SOCKS client."""
    def behave(connection):
        for answer in answers:
            connection.receive()
            connection.send(answer)
        then(connection)
    return behave


def socks_cases():
    right, other_host, _ = contexts()
    opened = b"\5\0\0\1\x7f\0\0\1\0\x50"

    def server(context):
        def then(connection):
            connection.peer = context.wrap_socket(connection.peer, server_side=True)
            servers.be_good(connection)
        return then
    yield "opens", socks(b"\5\0", opened, then=server(right)), "ok"
    yield "is another host", socks(b"\5\0", opened, then=server(other_host)), "tls"
    yield "hangs", socks(), "timeout"
    yield "hangs after its greeting", socks(b"\5\0"), "timeout"
    yield "hangs in its answer", socks(b"\5\0", opened[:5]), "timeout"
    yield "ends", socks(then=lambda connection: None), "network"
    yield "ends after its greeting", socks(b"\5\0", then=lambda connection: None), "network"
    yield "wants a password", socks(b"\5\2"), "network timeout"
    yield "knows no way", socks(b"\5\xff"), "network"
    yield "speaks HTTP", socks(b"HTTP/1.1 400 X\r\n\r\n"), "network"
    yield "speaks SOCKS 4", socks(b"\0\x5a" + bytes(6)), "network"
    yield "says noise", socks(b"\5\0", bytes(range(256)) * 100), "network tls timeout"
    yield "sends a name without an end", socks(b"\5\0", b"\5\0\0\3\xff" + b"a" * 100), "timeout network"
    for code in range(1, 10):
        yield "refuses with %d" % code, socks(b"\5\0", struct.pack("BBBB", 5, code, 0, 1) + bytes(6)), "network"


@attack("SOCKS proxies", "all_proxy", "socks5h://127.0.0.1:%d")
def socks_proxies(one):
    for name, behave, kinds in socks_cases():
        attack_by(one, "a SOCKS proxy that " + name, behave, kinds)


LOOPBACK = ["127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.1", "127.0.0.2", "2130706433", "0x7f000001",
            "017700000001", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::]", "a.localhost", "127.0.0.1."]


@attack("proxies of loopback", "http_proxy", "http://127.0.0.1:%d")
def loopback(one):
    good = servers.Server()
    for host in LOOPBACK:
        url = "http://%s:%d" % (host, good.port)
        attack_by(one, "a proxy of " + host, servers.be_good, "ok config network", url)
        one.row.check(one.hostile.connections == 0, "the proxy was asked for " + url)
        one.hostile.connections = 0
    for host in ("shop.example.com", "192.0.2.1", "127.0.0.1.example.com", "localhost.example.com", "[2001:db8::1]"):
        attack_by(one, "no TLS to " + host, servers.be_good, "config", "http://%s:%d" % (host, good.port))
        one.row.check(one.hostile.connections == 0, "the token went to a proxy of " + host)
        one.hostile.connections = 0
    good.close()


FORMS = [
    "http://bob:%s@127.0.0.1:99999", "http://bob:%s@127.0.0.1:1", "http://bob:%s@127.0.0.1:x",
    "ftp://bob:%s@127.0.0.1", "http://bob:%s/x@127.0.0.1:1", "http://bob:%s@[::1", "http://bob:%s@",
    "bob:%s@127.0.0.1:1", "x://bob:%s@127.0.0.1", "socks5://bob:%s@127.0.0.1:1", "http://bob:%s@@127.0.0.1:1",
    "http://bob:%s @127.0.0.1:1", "http://%s@127.0.0.1:1", "http://bob:%s@127.0.0.1:1/\x1b]0;x\x07",
    "https://bob:%s@127.0.0.1:1",
]


def misspelt(row):
    for form in FORMS:
        with field(row, None, None, https_proxy=form % PASSWORD) as one:
            attack_by(one, "a proxy written " + form, servers.be_good, "network config tls")


lab.attack("misspelt proxy URLs", MEMORY_LIMIT)(misspelt)
