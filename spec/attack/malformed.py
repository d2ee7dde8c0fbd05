"""Requests that are malformed or could be read in two ways, each on a connection of its own. Each is to get
a response or a closed connection at once; none is to be held; nothing hidden behind one is to be handled.

    malformed.py [--patience 3] [--show]"""

import argparse
import asyncio
import time

import attack

BODY = b"sale_id=hidden"
TYPE = b"Content-Type: application/x-www-form-urlencoded\r\n"
HOST = b"Host: shop.example.com\r\n"
TIMEOUT = 10  # seconds that the listener gives a request
HIDDEN = attack.post(BODY)  # a good ping that is not to be seen


def line(request_line):
    return request_line + b"\r\n" + HOST + b"\r\n"


def head(*headers):
    return b"POST /hook HTTP/1.1\r\n" + HOST + TYPE + b"".join(h + b"\r\n" for h in headers) + b"\r\n"


def length(value):
    return head(b"Content-Length:" + value) + HIDDEN


def coding(value):
    return head(b"Transfer-Encoding:" + value) + b"0\r\n\r\n" + HIDDEN


def chunks(*parts):
    return head(b"Transfer-Encoding: chunked") + b"".join(parts)


LINES = [b"", b"GET", b"GET ", b"GET /", b"GET  /", b"GET /hook HTTP", b"GET /hook HTTP/", b"GET /hook HTTP/1",
         b"GET /hook HTTP/1.", b"GET /hook HTTP/9", b"GET /hook HTTP/2.0", b"GET /hook HTTP/1.10",
         b"GET /hook HTTP/01.1", b"GET /hook http/1.1", b"GET /hook HTTP/1.1 ", b"GET /hook HTTP/1.1 x",
         b"GET /hook XTTP/1.1", b"GET /hook HTTPS/1.1", b" GET /hook HTTP/1.1", b"GET\t/hook\tHTTP/1.1",
         b"GET /ho ok HTTP/1.1", b"GET /hook\0 HTTP/1.1", b"GET /\0hook HTTP/1.1", b"GE\0T /hook HTTP/1.1",
         b"GET /hook HTTP/1.1\0", b"GET /hook\x7f HTTP/1.1", b"GET /\xff\xfe HTTP/1.1", b"GET /%zz HTTP/1.1",
         b"GET /% HTTP/1.1", b"GET /hook?% HTTP/1.1", b"GET ? HTTP/1.1", b"GET hook HTTP/1.1", b"GET * HTTP/1.1",
         b"OPTIONS * HTTP/1.1", b"GET http:///hook HTTP/1.1", b"GET http://a/hook HTTP/1.1", b"GET //hook HTTP/1.1",
         b"CONNECT a:1 HTTP/1.1", b"TRACE /hook HTTP/1.1", b"get /hook HTTP/1.1", b"G(T /hook HTTP/1.1",
         b"X" * 8000 + b" /hook HTTP/1.1", b"X" * 20000 + b" /hook HTTP/1.1", b"GET /" + b"a" * 14000 + b" HTTP/1.1",
         b"GET /" + b"a" * 17000 + b" HTTP/1.1", b"GET /?" + b"a=1&" * 3000 + b" HTTP/1.1",
         b"GET /?" + b"a&" * 6000 + b" HTTP/1.1", b"GET /\0?" + b"a&" * 6000 + b" HTTP/1.1",
         b"GET /hook HTTP/1.1\rX: y", b"PRI * HTTP/2.0\r\n\r\nSM", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
         b"\0\0\0\0", b"\xff" * 100, b"\r\n\r\n\r\nGET /hook HTTP/9"]

HEADERS = [b"no colon", b": no name", b"X : y", b"X\t: y", b"X: a\0b", b"X\0: y", b"X: a\rb", b"X: a\x01b",
           b" folded: y", b"X: y\r\n folded", b"X: y\r\n\tfolded", b"Host: other.example.com", b"Host:", b"X" * 15000,
           b"X: " + b"y" * 15000, b"X: " + b"y" * 100000, b"\r\n".join([b"X: y"] * 1000),
           b"\r\n".join([b"X:"] * 3000), b"Cookie: " + b"a=b; " * 2000, b"Cookie: " + b";" * 8000,
           b"Cookie: \"a=\"b\";;=;=", b"Cookie: a=" + b"\"" * 9000, b"Expect: 200-ok", b"Expect: 100-continue",
           b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
           b"Connection: close, keep-alive", b"Connection: Content-Length", b"Content-Type: text/plain",
           b"Authorization: " + b"\xff" * 100, b"\xc3\xa4: y", b"X: \xc3\xa4", b"Content-Encoding: gzip"]

LENGTHS = [b"", b" ", b" x", b" +3", b" -3", b" -0", b" 0x3", b" 3 4", b" 3,3", b" 3, 4", b" 3;", b" 3.0", b" 1e3",
           b" 18446744073709551615", b" 18446744073709551616", b" 9223372036854775808", b" 99999999999999999999999",
           b" \xef\xbc\x93", b" 3\r\nContent-Length: 3", b" 3\r\nContent-Length: 4",
           b" 3\r\ncontent-length : 4", b" 3\r\nTransfer-Encoding: chunked", b" 3\r\nTransfer-Encoding: x",
           b" 0\r\nTransfer-Encoding: chunked", b" 3\r\nTransfer-Encoding : chunked", b" 99999999"]

CODINGS = [b"", b" x", b" identity", b" gzip", b" gzip, chunked", b" chunked, chunked", b" chunked, identity",
           b" chunked,", b" ,chunked", b" chunked;q=1", b" \"chunked\"", b" chunkedx", b" xchunked", b" chun ked",
           b" \x0bchunked", b" chunked\r\nTransfer-Encoding: chunked", b" x\r\nTransfer-Encoding: chunked",
           b" chunked\r\nContent-Length: 5", b" chunked\r\nContent-Length: 0", b" chunked\r\n folded"]

CHUNKS = [b"x\r\n", b"\r\n", b"-1\r\n", b"+1\r\na\r\n", b"0x1\r\na\r\n", b" 1\r\na\r\n", b"1 \r\na\r\n", b"1\ra\r\n",
          b"1\na\n0\n\n", b"1\r\nab\r\n0\r\n\r\n", b"1\r\na0\r\n\r\n",
          b"10000000000000000\r\n", b"00000000000000000000001\r\na\r\n0\r\n\r\n", b"1" * 100000, b"0\r\n" + b"X: y\r\n" * 10000,
          b"0\r\nX: " + b"y" * 100000, b"0\r\nno colon\r\n\r\n", b"0\r\nContent-Length: 5\r\n\r\n",
          b"0\r\nX: a\0b\r\n\r\n", b"0\r\n folded\r\n\r\n", b"1\r\na\r\n0\r\n\r\n" + b"GET", b"3;a=b\r\nabc\r\n0;c\r\n\r\n"]

HTTP_1_0 = [b"POST /hook HTTP/1.0\r\n" + TYPE + more + b"\r\n\r\n" for more in (
    b"X: y", b"Transfer-Encoding: x", b"Content-Length: 3\r\nTransfer-Encoding: chunked", b"Connection: keep-alive")]

REQUESTS = ([line(l) for l in LINES] + [head(h) for h in HEADERS] + [length(v) for v in LENGTHS]
            + [coding(v) for v in CODINGS] + [chunks(c) for c in CHUNKS] + HTTP_1_0
            + [line(b"GET /hook HTTP/1.1").replace(b"\r\n", b"\n"), line(b"GET /hook HTTP/1.1").replace(HOST, b""),
               head(b"Content-Length: 3\0") + b"a=b", head(b"Transfer-Encoding: chunked\0") + b"0\r\n\r\n"])

# Their end has not come: the client closes its side, and the listener is to close, too, when their time is up.
UNENDED = [b"", b"\r\n", b"GET", line(b"GET /hook HTTP/1.1").replace(b"\r\n", b"\r"), HIDDEN[:20], HIDDEN[:-1],
           head(b"Content-Length: 1000") + b"a=b", head(b"Expect: 100-continue", b"Content-Length: 3"),
           chunks(), chunks(b"1"), chunks(b"1\r\na"), chunks(b"1\r\na\r\n0\r\n"), chunks(b"1\r\na\r\n0\r\nX: y\r\n"),
           chunks(b"ffffffffffffffff\r\n"), chunks(b"7fffffffffffffff\r\na"), chunks(b"fffffff\r\n"),
           chunks(b"1;" + b"x" * 100000)]


async def outcome(port, data, is_ended, patience):
    """A status, "closed", or "held"; and after how long."""
    begin = time.monotonic()
    reader, writer = await attack.connect(port)
    try:
        writer.write(data)
        if not is_ended:
            writer.write_eof()
        got = await asyncio.wait_for(reader.read(65536), patience)
        words = got.split(None, 2)
        result = words[1].decode("latin-1") if len(words) > 1 and got.startswith(b"HTTP/") else "closed"
    except asyncio.TimeoutError:
        result = "held"
    except OSError:
        result = "closed"
    writer.close()
    return result, time.monotonic() - begin


async def run(listener, args):
    outcomes, pings = [], []
    unended = asyncio.gather(*(outcome(listener.port, data, False, TIMEOUT + 2) for data in UNENDED))
    for number, data in enumerate(REQUESTS):
        outcomes.append(await outcome(listener.port, data, True, args.patience))
        if args.show:
            print(data[:70], len(data), outcomes[-1])
        pings.append((await attack.request(listener.port, attack.ping(number)))[0])
    return outcomes, await unended, pings


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patience", type=float, default=3)
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    listener = attack.Listener()
    outcomes, unended, pings = asyncio.run(run(listener, args))
    cpu, peak = listener.cpu(), listener.memory()[1]
    attack.report("malformed", count=len(outcomes), outcomes=attack.tally(o[0] for o in outcomes),
                  slowest=attack.percentile([o[1] for o in outcomes], 1), unended=attack.tally(o[0] for o in unended), pings=attack.tally(pings), cpu=cpu,
                  peak_mib=peak, **listener.close())


if __name__ == "__main__":
    main()
