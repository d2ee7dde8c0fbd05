"""Large bodies, many at once: the memory of the listener stays bounded, and who has the right path is handled.

    bodies.py [--count 250] [--bytes 1000000] [--max-memory 16777216] [--target /hook] [--chunked]
              [--max-connections N]"""

import argparse
import asyncio
import time

import attack


def body(number, size):
    return (b"resource_name=sale&sale_id=s%d" % number) + b"&a=" * 2 + b"&" * (size - 60)


async def send(port, number, args):
    """In parts, so that many are under way together."""
    data = body(number, args.bytes)
    if args.chunked:
        head = attack.post(b"", args.target).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
        data = b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)
    else:
        head, data = attack.post(data, args.target)[:-len(data)], data
    writer, status = None, None
    try:
        reader, writer = await attack.connect(port)
        writer.write(head)
        response = asyncio.ensure_future(attack.read_status(reader))
        for i in range(0, len(data), 65536):
            writer.write(data[i:i + 65536])
            await writer.drain()
        status = await asyncio.wait_for(response, 60)
    except (OSError, asyncio.TimeoutError):
        status = response.result() if writer and response.done() and not response.cancelled() else None
    if writer:
        writer.close()
    return status


async def run(listener, args):
    return await asyncio.gather(*(send(listener.port, i, args) for i in range(args.count)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=250)
    parser.add_argument("--bytes", type=int, default=1000000)
    parser.add_argument("--max-memory", type=int, default=16777216)
    parser.add_argument("--max-connections", type=int)
    parser.add_argument("--target", default="/hook")
    parser.add_argument("--chunked", action="store_true")
    args = parser.parse_args()
    attack.raise_descriptor_limit()
    listener = attack.Listener(max_memory=args.max_memory, max_connections=args.max_connections)
    before, begin = listener.memory()[0], time.monotonic()
    statuses = asyncio.run(run(listener, args))
    seconds, peak = time.monotonic() - begin, listener.memory()[1]
    attack.report("bodies", count=args.count, bytes=args.bytes, target=args.target, chunked=args.chunked,
                  seconds=round(seconds, 2), statuses=attack.tally(statuses), before_mib=before, peak_mib=peak,
                  **listener.close())


if __name__ == "__main__":
    main()
