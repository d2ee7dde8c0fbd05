"""Connections that are reset after each byte of a good ping in turn, or once the response begins: a ping whose
end has come is handled once, one whose end has not is not, and the next client is served at once.

    resets.py [--step 1]"""

import argparse
import asyncio
import socket
import struct

import attack

NOW = struct.pack("ii", 1, 0)  # SO_LINGER: close() resets


def reset_after(port, data):
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(data)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOW)
    client.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", type=int, default=1)
    args = parser.parse_args()
    listener = attack.Listener()
    whole = attack.ping("-reset", "&a=" + "b" * 300)
    ends, slowest, statuses = range(0, len(whole) + 1, args.step), 0, []
    for end in ends:
        reset_after(listener.port, attack.ping("-reset%d" % end, "&a=" + "b" * 300)[:end])
        status, seconds = asyncio.run(attack.request(listener.port, attack.ping(end), 5))
        statuses.append(status)
        slowest = max(slowest, seconds)
    peak = listener.memory()[1]
    attack.report("resets", count=len(ends), pings=attack.tally(statuses), slowest=round(slowest, 3), peak_mib=peak,
                  **listener.close())


if __name__ == "__main__":
    main()
