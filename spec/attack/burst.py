"""Many fresh connections at once, each with one ping: all are to be handled, each once.

    burst.py [--count 5000] [--max-connections N]"""

import argparse
import asyncio
import time

import attack


async def run(listener, count):
    begin = time.monotonic()
    results = await asyncio.gather(*(attack.request(listener.port, attack.ping(i)) for i in range(count)))
    return results, time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--max-connections", type=int)
    args = parser.parse_args()
    attack.raise_descriptor_limit()
    listener = attack.Listener(max_connections=args.max_connections)
    results, seconds = asyncio.run(run(listener, args.count))
    peak = listener.memory()[1]
    attack.report("burst", count=args.count, seconds=round(seconds, 2), statuses=attack.tally(r[0] for r in results),
                  slowest=attack.percentile([r[1] for r in results], 1), peak_mib=peak, **listener.close())


if __name__ == "__main__":
    main()
