"""The processes under attack: what is started, looked at and ended here is all in Lua."""

import collections
import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LUA = os.environ.get("LUA", "lua5.4")
PATIENCE = 30  # seconds until a process counts as hung

libc = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def end_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A Lua program of this folder. It cannot outlive us."""

    def __init__(self, script, words=(), env=None):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen([LUA, os.path.join(HERE, script), *words], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors, preexec_fn=end_with_parent,
                                        env=dict(os.environ, **(env or {})))

    def read_line(self, patience=PATIENCE):
        """The next line of its output; raises where none comes in time."""
        ready, _, _ = select.select([self.process.stdout], [], [], patience)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            raise RuntimeError("no line came in time from a process that said: " + self.said())
        return line.decode()

    def said(self):
        """What it wrote to stderr, at most the last 2,000 bytes."""
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace")[-2000:]

    def peak(self):
        """The most that was resident so far, in MiB."""
        with open("/proc/%d/status" % self.process.pid) as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
        raise RuntimeError("it is gone, and said: " + self.said())

    def wait(self):
        """Its exit status; what does not end is killed."""
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()


class Listener(Process):
    """watch.lua or receiver.lua, and the log of what it handled."""

    def __init__(self, script, **options):
        handle, self.log = tempfile.mkstemp()
        os.close(handle)
        super().__init__(script, [self.log] + ["%s=%d" % pair for pair in options.items()])
        port, self.seller = self.read_line().split()
        self.port = int(port)

    def ping(self, sale_id, more=""):
        """The bytes of a good ping."""
        return post("sale_id=%s&%s%s" % (sale_id, self.fields(), more))

    def fields(self):
        """What every ping says."""
        return "seller_id=%s&resource_name=sale&price=500&email=buyer%%40example.com" % self.seller

    def end(self):
        """Ends it by a ping; how often each id was handled."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as client:
            client.sendall(self.ping("stop"))
            client.settimeout(10)
            client.recv(1000)
        if self.wait() != 0:
            raise RuntimeError("it failed: " + self.said())
        return self.handled()

    def handled(self):
        """How often each id was handled, once it has ended."""
        with open(self.log) as file:
            return collections.Counter(file.read().split())

    def discard(self):
        self.kill()
        os.remove(self.log)


FORM = "application/x-www-form-urlencoded"


def post(body, target="/hook", headers=""):
    head = "POST %s HTTP/1.1\r\nHost: shop.example.com\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n"
    body = body.encode() if isinstance(body, str) else body
    return (head % (target, FORM, headers, len(body))).encode() + body


class Client(Process):
    """client.lua: makes the calls that it is told."""

    def __init__(self, **env):
        super().__init__("client.lua", env=env)

    def call(self, *calls, **options):
        """Makes calls side by side; a table of what came of each."""
        message = json.dumps(dict(options, calls=calls)) + "\n"
        self.process.stdin.write(message.encode())
        self.process.stdin.flush()
        return json.loads(self.read_line())

    def end(self):
        self.process.stdin.close()
        return self.wait()
