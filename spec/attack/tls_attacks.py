"""Hostile servers against the client, over TLS: certificates that do not hold, handshakes that go nowhere."""

import os
import socket
import ssl
import time

import lab
import servers
from certificates import authority, wrong_contexts
from field import MEMORY_LIMIT, field


def trusting(row, context=None, good=None):
    """A field whose client trusts our authority."""
    return field(row, context, good, GUMROAD_CA_BUNDLE=authority().path("authority.pem"))


def attack(name):
    """Makes a function(field) an attack on a client whose next good server speaks TLS."""
    def add(function):
        def run(row):
            good = servers.Server(context=authority().context())
            with trusting(row, good=good) as one:
                function(one)
            good.close()
        lab.attack(name, MEMORY_LIMIT)(run)
        return function
    return add


def attack_unseen(one, name, kinds, context=None, behave=servers.be_good, **options):
    """An attack by a server that must not see a request."""
    for method in one.row.pick(("GET", "POST"), ("GET",)):
        one.context, one.scheme = context, "https"
        one.attack(name, behave, kinds, method, **options)
        one.row.check(not one.hostile.heads, "%s: the request was sent" % name)
        one.hostile.heads.clear()


@attack("certificates that do not hold")
def certificates(one):
    for name, context in wrong_contexts().items():
        attack_unseen(one, "a certificate " + name, "tls", context)


def speak_old(version):
    context = authority().load("good")
    context.minimum_version = context.maximum_version = version
    return context


def say(data):
    def behave(connection):
        connection.receive()
        connection.send(data)
        connection.hang()
    return behave


ALERTS = bytes((21, 3, 3, 0, 2, 2))
HELLO = bytes((22, 3, 3))
HANDSHAKES = [
    ("plain HTTP", say(servers.response("{}")), "tls"),
    ("nothing", lambda connection: connection.hang(), "timeout"),
    ("an end", lambda connection: None, "tls network"),
    ("an end behind the hello", lambda connection: (connection.receive(), None), "tls network"),
    ("a reset", lambda connection: (connection.receive(), connection.reset()), "tls network"),
    ("NULs", say(bytes(10000)), "tls"),
    ("noise", say(bytes(range(256)) * 100), "tls"),
    ("a record that never ends", say(HELLO + b"\x40\x00" + b"\x02\x00\x3f\xfc" + bytes(100)), "timeout tls"),
    ("a record that is too long", say(HELLO + b"\xff\xff" + bytes(70000)), "tls"),
    ("empty records", say((HELLO + b"\0\0") * 100000), "tls timeout"),
    ("warnings", say(bytes((21, 3, 3, 0, 2, 1, 90)) * 100000), "tls timeout"),
    ("the hello back", lambda connection: (connection.send(connection.receive()), connection.hang()), "tls timeout"),
    ("a trickle", lambda connection: (connection.receive(), connection.trickle(HELLO + bytes(1000))), "timeout tls"),
]


def handshakes_of(row):
    for name, behave, kinds in HANDSHAKES:
        yield name, behave, kinds
    for code in row.pick(range(0, 121), (0, 10, 40, 42, 70, 80, 112)):
        yield "alert %d" % code, say(ALERTS + bytes((code,))), "tls network"


@attack("handshakes that go nowhere")
def handshakes(one):
    for name, behave, kinds in handshakes_of(one.row):
        attack_unseen(one, name, kinds, behave=behave, timeout=0.7)
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        attack_unseen(one, "old " + version.name, "tls network", speak_old(version))


# == Over a good connection ==

def half_a_body(connection):
    connection.read_request()
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")


def body_until_the_end(connection):
    """A body that the end of the connection ends, which somebody in between brought about."""
    connection.read_request()
    connection.send(b"HTTP/1.1 200 OK\r\n\r\n" + b'{"success":true}')
    shut_below(connection)


def shut_below(connection):
    """Ends the connection without TLS's own end."""
    with socket.socket(fileno=os.dup(connection.peer.fileno())) as below:
        below.shutdown(socket.SHUT_RDWR)


def garbage_below(connection):
    connection.read_request()
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    with socket.socket(fileno=os.dup(connection.peer.fileno())) as below:
        below.sendall(b"garbage" * 1000)
    connection.hang()


def continue_without_end(connection):
    connection.read_request()
    connection.flood(b"HTTP/1.1 100 Continue\r\n\r\n")


def half_a_record(connection):
    connection.read_request()
    with socket.socket(fileno=os.dup(connection.peer.fileno())) as below:
        below.sendall(b"\x17\x03\x03\x40\x00" + bytes(100))
    connection.hang()


INSIDE = [
    ("half a body", half_a_body, "network"),
    ("a body that anybody may have cut off", body_until_the_end, "ok network tls"),  # JSON shows its own end
    ("garbage between records", garbage_below, "network tls"),
    ("half a record", half_a_record, "timeout"),
    ("100 Continue without an end", continue_without_end, "too_large timeout"),
    ("a reset", lambda connection: (connection.read_request(), connection.reset()), "network tls"),
]


@attack("TLS connections that break")
def inside(one):
    one.context = authority().context()
    for case in INSIDE:
        one.attack_both(*case)


@attack("TLS side by side")
def side_by_side(one):
    one.context = authority().context()
    one.renew(servers.be_good)
    for round in range(2):
        calls = [{"url": one.hostile.url, "path": "/v2/t%d-%d" % (round, i), "method": "GET"} for i in range(50)]
        for call, result in zip(calls, one.client.call(*calls, timeout=10, retries=0)):
            one.check_result("one of 50", result, ["ok"], call["path"])
        one.check_arrivals("50 calls", one.hostile)
    time.sleep(0.2)
    one.row.check(one.hostile.open <= 32, "%d connections stay open" % one.hostile.open)
