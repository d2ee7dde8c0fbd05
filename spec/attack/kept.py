"""Pings over kept connections, each sending its next one when it has its response: all are to be handled, each
once. With a handler that takes its time all of them arrive while it works, and none is to be lost.

    kept.py [--pings 5000] [--connections 50] [--handler SECONDS]"""

import argparse
import asyncio
import time

import attack


async def connection(port, numbers):
    reader, writer = await attack.connect(port)
    statuses = []
    for number in numbers:
        writer.write(attack.ping(number))
        statuses.append(await attack.read_status(reader))
        if statuses[-1] is None:
            break
    writer.close()
    return statuses


async def run(port, args):
    shares = [range(i, args.pings, args.connections) for i in range(args.connections)]
    return await asyncio.gather(*(connection(port, share) for share in shares))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pings", type=int, default=5000)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--handler", type=float)
    args = parser.parse_args()
    listener = attack.Listener(handler=args.handler)
    begin = time.monotonic()
    statuses = [status for share in asyncio.run(run(listener.port, args)) for status in share]
    seconds, peak = time.monotonic() - begin, listener.memory()[1]
    attack.report("kept", pings=args.pings, connections=args.connections, seconds=round(seconds, 2),
                  statuses=attack.tally(statuses), peak_mib=peak, **listener.close())


if __name__ == "__main__":
    main()
