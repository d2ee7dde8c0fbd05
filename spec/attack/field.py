"""A client under attack, the hostile server that it calls, and good servers that it calls next.

Whatever a server does: the call ends in time with an error of a fitting kind, which shows neither the token nor
more than one bounded, printable line; no POST arrives twice; memory is bounded, and the next call to a good
server works at once."""

import contextlib
import itertools
import re
import time

import lab
import processes
import servers

MEMORY_LIMIT = 96  # MiB, resident
SOON = 1           # seconds in which a call to a good server ends
TOKEN = "token-that-nobody-else-may-see"  # as client.lua has it
LONGEST_TEXT = 1000
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

numbers = itertools.count(1)


def new_path():
    """A path that no other call has."""
    return "/v2/a%d" % next(numbers)


class Field:
    """context: of TLS, of the hostile servers; scheme: of their URL, where it does not follow from that."""

    def __init__(self, row, client, good, context):
        self.row, self.client, self.good, self.context, self.scheme = row, client, good, context, None
        self.hostile, self.errors = servers.Server(context=context), []

    def renew(self, behave):
        """Another hostile server, to which the client has no connection yet."""
        self.close_hostile()
        self.hostile = servers.Server(behave, self.context, self.scheme)

    def close_hostile(self):
        self.hostile.close()
        self.errors += self.hostile.errors

    def check_texts(self, name, result):
        text = result.get("text", "")
        self.row.check(TOKEN not in text, "%s: the message shows the token: %s" % (name, text[:300]))
        self.row.check(len(text) <= LONGEST_TEXT, "%s: a message of %d bytes: %s" % (name, len(text), text[:100]))
        self.row.check(not UNPRINTABLE.search(text), "%s: the message is not printable: %r" % (name, text[:300]))

    def check_result(self, name, result, kinds, path):
        kind = result["kind"]
        self.row.note(kind)
        fits = kind in kinds or (kind == "outcome_unknown" and result.get("cause") in kinds)
        self.row.check(fits, "%s: %s instead of %s: %s"
                       % (name, kind, " or ".join(kinds), result.get("text", "")[:300]))
        self.row.check(result.get("path") in (None, path), "%s: %s got the response of %s"
                       % (name, path, result.get("path")))
        self.check_texts(name, result)

    def check_arrivals(self, name, server):
        for (method, path), count in list(server.requests.items()):
            if method == "POST" and count > 1:
                self.row.fail("%s: POST %s arrived %d times" % (name, path, count))
        server.requests.clear()

    def check_good(self, name, good=None):
        """A call to a good server, right after what was done."""
        good, path, begin = good or self.good, new_path(), time.monotonic()
        result = self.client.call({"url": good.url, "path": path}, timeout=5, retries=0)[0]
        seconds = time.monotonic() - begin
        self.row.check(result["kind"] == "ok" and result.get("path") == path and seconds < SOON,
                       "%s: the next call to a good server: %s after %.1f s" % (name, result, seconds))

    def attack(self, name, behave, kinds, method="GET", timeout=0.8, retries=0, url=None):
        """One call to a hostile server that does as `behave` says. kinds: words, those that fit."""
        self.renew(behave)
        path, begin = new_path(), time.monotonic()
        call = {"url": url or self.hostile.url, "path": path, "method": method}
        result = self.client.call(call, timeout=timeout, retries=retries)[0]
        seconds = time.monotonic() - begin
        name = "%s, %s" % (name, method)
        self.check_result(name, result, kinds.split(), path)
        self.row.check(seconds < (timeout + 1) * (retries + 1), "%s: took %.1f s" % (name, seconds))
        self.check_arrivals(name, self.hostile)
        self.check_good(name)
        return result

    def attack_both(self, name, behave, kinds, **options):
        """By GET and, in a full run, by POST."""
        for method in self.row.pick(("GET", "POST"), ("GET",)):
            self.attack(name, behave, kinds, method, **options)


@contextlib.contextmanager
def field(row, context=None, good=None, **env):
    """context: of TLS, for the hostile servers; good: a server to call next."""
    own = None if good else servers.Server()
    client = processes.Client(**env)
    one = Field(row, client, good or own, context)
    try:
        yield one
        row.note_memory(client.peak(), "the client")
        row.check(client.end() == 0, "the client failed: " + client.said())
    finally:
        client.kill()
        one.close_hostile()
        for error in one.errors:
            row.fail("a mistake of the attack's server: " + error)
        if own:
            own.close()


def attack(name):
    """Makes a function(field) an attack over plain HTTP."""
    def add(function):
        def run(row):
            with field(row) as one:
                function(one)
        lab.attack(name, MEMORY_LIMIT)(run)
        return function
    return add
