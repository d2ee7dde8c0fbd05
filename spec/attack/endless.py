"""Heads, trailers, chunks and bodies without an end, as fast as they are taken: each connection is to be closed
in time, memory stays bounded, and real pings get in meanwhile.

    endless.py [--connections 20] [--seconds 14] [--kind KIND]      connections: of each kind"""

import argparse
import asyncio
import multiprocessing
import selectors
import socket
import time

import attack

POST = b"POST /hook HTTP/1.1\r\nHost: shop.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
KINDS = {
    "target": (b"GET /", b"a" * 4096),
    "query": (b"GET /?", b"a=b&" * 1024),
    "headers": (POST, b"X: y\r\n" * 512),
    "header": (POST + b"X: ", b"y" * 4096),
    "cookie": (POST + b"Cookie: ", b"a=b; " * 800),
    "blank lines": (b"", b"\r\n" * 2048),
    "body": (POST + b"Content-Length: 1000000\r\n\r\n", b"a" * 4096),
    "chunks": (CHUNKED, b"1\r\na\r\n" * 512),
    "chunk": (CHUNKED + b"fffffff\r\n", b"a" * 4096),
    "chunk size": (CHUNKED, b"0" * 4096),
    "chunk extension": (CHUNKED + b"1;", b"a" * 4096),
    "trailers": (CHUNKED + b"0\r\n", b"X: y\r\n" * 512),
    "refused chunks": (CHUNKED.replace(b"/hook", b"/"), b"1\r\na\r\n" * 512),
}


def open_floods(port, kinds, count):
    floods = selectors.DefaultSelector()
    for kind in kinds:
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", port))
            client.sendall(KINDS[kind][0])
            client.setblocking(False)
            floods.register(client, selectors.EVENT_READ | selectors.EVENT_WRITE, kind)
    return floods


def move_on(client, kind, events):
    """Returns whether the connection is still open."""
    try:
        if events & selectors.EVENT_READ and client.recv(65536) == b"":
            return False
        if events & selectors.EVENT_WRITE:
            client.send(KINDS[kind][1])
    except BlockingIOError:
        pass
    except OSError:
        return False
    return True


def flood(port, kinds, count, seconds, results):
    """Tells when the last connection of each kind was closed, or how many are open when the time is over."""
    floods, begin = open_floods(port, kinds, count), time.monotonic()
    closed = {}
    while floods.get_map() and time.monotonic() - begin < seconds:
        for key, events in floods.select(0.1):
            if not move_on(key.fileobj, key.data, events):
                closed[key.data] = round(time.monotonic() - begin, 1)
                floods.unregister(key.fileobj)
                key.fileobj.close()
        time.sleep(0.002)
    results.put((closed, attack.tally(key.data for key in floods.get_map().values())))


async def ping(port, number):
    return await attack.request(port, attack.ping(number), 10)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=14)
    parser.add_argument("--kind", choices=list(KINDS))
    args = parser.parse_args()
    listener, results, pings = attack.Listener(), multiprocessing.Queue(), []
    kinds = [args.kind] if args.kind else list(KINDS)
    child = multiprocessing.Process(target=flood, args=(listener.port, kinds, args.connections, args.seconds, results))
    child.start()
    while child.is_alive() and results.empty():
        pings.append(asyncio.run(ping(listener.port, len(pings))))
        time.sleep(0.05)
    closed, still_open = results.get(timeout=10)
    child.join()
    peak, cpu = listener.memory()[1], listener.cpu()
    attack.report("endless", connections=args.connections * len(kinds), closed_after=closed, still_open=still_open,
                  pings=attack.tally(p[0] for p in pings), slowest=attack.percentile([p[1] for p in pings], 1), cpu=cpu,
                  peak_mib=peak, **listener.close())


if __name__ == "__main__":
    main()
