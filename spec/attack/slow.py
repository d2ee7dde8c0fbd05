"""Slow connections that send a byte of a head a second and come back when they are closed; meanwhile real
pings on fresh connections: all are to get in soon.

    slow.py [--count 1200] [--seconds 15] [--pings 10] [--max-connections N]     pings: a second"""

import argparse
import asyncio
import time

import attack

HEAD = b"POST /hook HTTP/1.1\r\nHost: shop.example.com\r\nX-Filler: " + b"a" * 10000


class Slow:
    def __init__(self, port):
        self.port, self.closed, self.is_over = port, 0, False

    async def connection(self):
        while not self.is_over:
            try:
                reader, writer = await attack.connect(self.port)
                for i in range(len(HEAD)):
                    writer.write(HEAD[i:i + 1])
                    if await self.is_closed(reader):
                        break
                writer.close()
            except OSError:
                pass
            self.closed += not self.is_over
            await asyncio.sleep(0.01)

    async def is_closed(self, reader):
        """Waits a second, or for the end of the connection."""
        done, waiting = await asyncio.wait([asyncio.ensure_future(reader.read(1))], timeout=1)
        for task in waiting:
            task.cancel()
        return self.is_over or bool(done)


async def run(listener, args):
    slow = Slow(listener.port)
    connections = [asyncio.ensure_future(slow.connection()) for _ in range(args.count)]
    await asyncio.sleep(2)
    begin, pings = time.monotonic(), []
    while time.monotonic() - begin < args.seconds:
        pings.append(asyncio.ensure_future(attack.request(listener.port, attack.ping(len(pings)), 20)))
        await asyncio.sleep(1 / args.pings)
    results = await asyncio.gather(*pings)
    slow.is_over = True
    await asyncio.wait(connections, timeout=10)
    return results, slow.closed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1200)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--pings", type=float, default=10)
    parser.add_argument("--max-connections", type=int)
    args = parser.parse_args()
    attack.raise_descriptor_limit()
    listener = attack.Listener(max_connections=args.max_connections)
    results, closed = asyncio.run(run(listener, args))
    seconds = [result[1] for result in results]
    peak, cpu = listener.memory()[1], listener.cpu()
    attack.report("slow", connections=args.count, closed=closed, pings=len(results),
                  statuses=attack.tally(r[0] for r in results), median=attack.percentile(seconds, 0.5),
                  slowest=attack.percentile(seconds, 1), cpu=cpu, peak_mib=peak, **listener.close())


if __name__ == "__main__":
    main()
