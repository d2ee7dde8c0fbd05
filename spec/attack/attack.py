"""What the attacks of this folder share: the listener they are aimed at, and clients that are bounded and
never leave loopback. Each attack is a program that prints one line of JSON: what it did and what came of it."""

import asyncio
import json
import os
import resource
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FORM = "application/x-www-form-urlencoded"


def ping(number, fields=""):
    """The bytes of a good ping whose key is its own."""
    body = "resource_name=sale&sale_id=s%s%s" % (number, fields)
    return post(body.encode())


def post(body, target="/hook", headers=""):
    head = "POST %s HTTP/1.1\r\nHost: shop.example.com\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n"
    return (head % (target, FORM, headers, len(body))).encode() + body


def raise_descriptor_limit():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Listener:
    """listener.lua in a process of its own, by $LUA (lua5.4)."""

    def __init__(self, **options):
        words = ["%s=%s" % pair for pair in options.items() if pair[1] is not None]
        self.process = subprocess.Popen([os.environ.get("LUA", "lua5.4"), os.path.join(HERE, "listener.lua")] + words,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def memory(self):
        """Resident memory now, and the most so far, in MiB."""
        with open("/proc/%d/status" % self.process.pid) as file:
            lines = dict(line.split(":", 1) for line in file)
        return tuple(round(int(lines[name].split()[0]) / 1024, 1) for name in ("VmRSS", "VmHWM"))

    def cpu(self):
        """Seconds of processor time so far."""
        with open("/proc/%d/stat" % self.process.pid) as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        """Ends it; what it says came of the pings."""
        self.process.stdin.close()
        words = self.process.stdout.read().decode().split()
        self.process.wait(timeout=60)
        return dict(zip(words[::2], map(int, words[1::2])))


async def connect(port):
    return await asyncio.open_connection("127.0.0.1", port)


async def read_status(reader):
    """The status of the next response, whose body is read, too; None where the connection ends before."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        for line in head.decode("latin-1").lower().split("\r\n"):
            if line.startswith("content-length:"):
                await reader.readexactly(int(line[15:]))
        return int(head.split()[1])
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError, IndexError, ValueError):
        return None


async def request(port, data, patience=60):
    """What one request on a connection of its own gets: its status (None: none) and after how long."""
    begin = time.monotonic()
    writer = None
    try:
        reader, writer = await asyncio.wait_for(connect(port), patience)
        writer.write(data)
        status = await asyncio.wait_for(read_status(reader), patience)
    except (OSError, asyncio.TimeoutError):
        status = None
    if writer:
        writer.close()
    return status, time.monotonic() - begin


def percentile(values, part):
    values = sorted(values)
    return round(values[min(len(values) - 1, int(len(values) * part))], 3) if values else None


def tally(statuses):
    counts = {}
    for status in statuses:
        counts[str(status)] = counts.get(str(status), 0) + 1
    return counts


def report(name, **values):
    print(json.dumps(dict(attack=name, **values)), flush=True)
