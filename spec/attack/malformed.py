"""Requests that are malformed, or that two programs may read in two ways.

In a text '|' is CRLF, and these words stand for something:
    {post}      request line and headers of a ping, up to where its body's length would be said
    {length}    that header, right;  {body}, {size}, {hex}: the body of a ping and its length
    {chunks}    the body as one chunk and the last chunk
    {other}     a whole other ping. Whoever handles it took the end of the first for somewhere else.
"""

REFUSED = "refused"  # no 200, and neither is handled
TAKEN = "taken"      # 200, and the first is handled
EITHER = "either"    # one of the two
BOTH = "both"        # both are good pings, and both are handled
UNENDED = "unended"  # refused, too; but its end has not come, so the listener may wait for it

CHUNKED = "{post}Transfer-Encoding: chunked||"

TABLE = [
    # two ways to say where the body ends
    ("both lengths", REFUSED, "{post}{length}Transfer-Encoding: chunked||{chunks}{other}"),
    ("both lengths, the other way round", REFUSED, "{post}Transfer-Encoding: chunked|{length}|{chunks}{other}"),
    ("both lengths in lower case", REFUSED, "{post}content-length: {size}|transfer-encoding: chunked||{chunks}{other}"),
    ("no length and chunked", REFUSED, "{post}Content-Length: 0|Transfer-Encoding: chunked||{chunks}{other}"),
    ("both lengths, one of them with a blank", REFUSED,
     "{post}{length}Transfer-Encoding : chunked||{chunks}{other}"),
    ("both lengths, one of them with a tab", REFUSED,
     "{post}{length}Transfer-Encoding\t: chunked||{chunks}{other}"),
    ("both lengths, one of them folded", REFUSED, "{post}{length}Transfer-Encoding:| chunked||{chunks}{other}"),
    ("both lengths, one of them behind a bare CR", REFUSED,
     "{post}X: y\rTransfer-Encoding: chunked|{length}|{chunks}{other}"),
    ("both lengths, one of them behind a bare LF", REFUSED,
     "{post}X: y\nTransfer-Encoding: chunked|{length}|{chunks}{other}"),
    ("both lengths, the coding in another case", REFUSED,
     "{post}{length}Transfer-Encoding: cHuNkEd||{chunks}{other}"),
    ("both lengths, the coding unknown", REFUSED, "{post}{length}Transfer-Encoding: x||{body}{other}"),
    ("both lengths, the coding empty", REFUSED, "{post}{length}Transfer-Encoding:||{body}{other}"),
    ("both lengths by HTTP/1.0", REFUSED,
     "POST /hook HTTP/1.0|{headers}Connection: keep-alive|{length}Transfer-Encoding: chunked||{chunks}{other}"),
    ("two lengths", REFUSED, "{post}{length}Content-Length: 0||{body}{other}"),
    ("two lengths, the wrong one first", REFUSED, "{post}Content-Length: 0|{length}|{body}{other}"),
    ("two lengths, one of them longer", REFUSED, "{post}Content-Length: 9{size}|{length}|{body}{other}"),
    ("two lengths, one of them with a blank", REFUSED, "{post}{length}Content-Length : 0||{body}{other}"),
    ("two lengths, one of them folded", REFUSED, "{post}{length}Content-Length:| 0||{body}{other}"),
    ("the same length twice", EITHER, "{post}{length}{length}|{body}"),
    ("a list of equal lengths", EITHER, "{post}Content-Length: {size}, {size}||{body}"),
    ("a list of lengths", REFUSED, "{post}Content-Length: {size}, 0||{body}{other}"),

    # a length that is no number
    ("a length with a plus", REFUSED, "{post}Content-Length: +{size}||{body}{other}"),
    ("a length with a minus", REFUSED, "{post}Content-Length: -{size}||{body}{other}"),
    ("a length of minus nothing", REFUSED, "{post}Content-Length: -0||{body}{other}"),
    ("a length in hex", REFUSED, "{post}Content-Length: 0x{hex}||{body}{other}"),
    ("a length with a letter", REFUSED, "{post}Content-Length: {size}a||{body}{other}"),
    ("a length with a fraction", REFUSED, "{post}Content-Length: {size}.0||{body}{other}"),
    ("a length with an exponent", REFUSED, "{post}Content-Length: {size}e0||{body}{other}"),
    ("a length with an underscore", REFUSED, "{post}Content-Length: 0_{size}||{body}{other}"),
    ("a length in quotes", REFUSED, '{post}Content-Length: "{size}"||{body}{other}'),
    ("two numbers in a length", REFUSED, "{post}Content-Length: {size} 0||{body}{other}"),
    ("an empty length", REFUSED, "{post}Content-Length: ||{body}{other}"),
    ("a length of 2^63", REFUSED, "{post}Content-Length: 9223372036854775808||{body}{other}"),
    ("a length of 2^64", REFUSED, "{post}Content-Length: 18446744073709551616||{body}{other}"),
    ("a length beyond 2^64", REFUSED, "{post}Content-Length: 184467440737095516160||{body}{other}"),
    ("a length that is right modulo 2^64", REFUSED, "{post}Content-Length: {wrapped}||{body}{other}"),
    ("a length behind a vertical tab", REFUSED, "{post}Content-Length: \v{size}||{body}{other}"),
    ("a length behind a form feed", REFUSED, "{post}Content-Length:\f{size}||{body}{other}"),
    ("a length and a NUL", EITHER, "{post}Content-Length: {size}\0||{body}"),
    ("a length with zeros in front", EITHER, "{post}Content-Length: 000{size}||{body}"),
    ("a length with blanks around it", EITHER, "{post}Content-Length: \t {size} \t||{body}"),

    # a length under a name that is not quite its own
    ("a blank behind the length's name", REFUSED, "{post}Content-Length : {size}||{body}{other}"),
    ("a tab behind the length's name", REFUSED, "{post}Content-Length\t: {size}||{body}{other}"),
    ("a NUL behind the length's name", REFUSED, "{post}Content-Length\0: {size}||{body}"),
    ("an underscore in the length's name", REFUSED, "{post}Content_Length: {size}||{body}"),
    ("a blank before the length's name", REFUSED, "{post}X: y| Content-Length: {size}||{body}"),
    ("a folded length", EITHER, "{post}Content-Length:| {size}||{body}"),

    # codings
    ("an unknown coding", REFUSED, "{post}Transfer-Encoding: x||{chunks}{other}"),
    ("gzip as the coding", REFUSED, "{post}Transfer-Encoding: gzip||{body}{other}"),
    ("gzip before chunked", REFUSED, "{post}Transfer-Encoding: gzip, chunked||{chunks}{other}"),
    ("identity as the coding", REFUSED, "{post}Transfer-Encoding: identity||{body}{other}"),
    ("identity before chunked", REFUSED, "{post}Transfer-Encoding: identity, chunked||{chunks}{other}"),
    ("chunked before identity", REFUSED, "{post}Transfer-Encoding: chunked, identity||{chunks}{other}"),
    ("chunked twice in a list", REFUSED, "{post}Transfer-Encoding: chunked, chunked||{chunks}{other}"),
    ("chunked twice", REFUSED, "{post}Transfer-Encoding: chunked|Transfer-Encoding: chunked||{chunks}{other}"),
    ("chunked and identity apart", REFUSED,
     "{post}Transfer-Encoding: chunked|Transfer-Encoding: identity||{chunks}{other}"),
    ("a coding that only ends so", REFUSED, "{post}Transfer-Encoding: xchunked||{chunks}{other}"),
    ("a coding that only begins so", REFUSED, "{post}Transfer-Encoding: chunkedx||{chunks}{other}"),
    ("a coding behind a vertical tab", REFUSED, "{post}Transfer-Encoding: \vchunked||{chunks}{other}"),
    ("a coding in quotes", REFUSED, '{post}Transfer-Encoding: "chunked"||{chunks}{other}'),
    ("a coding with a parameter", REFUSED, "{post}Transfer-Encoding: chunked;q=1||{chunks}{other}"),
    ("a coding and a comma", REFUSED, "{post}Transfer-Encoding: chunked,||{chunks}{other}"),
    ("a coding and a NUL", EITHER, "{post}Transfer-Encoding: chunked\0||{chunks}"),
    ("an empty coding", REFUSED, "{post}Transfer-Encoding:||{chunks}{other}"),
    ("a blank behind the coding's name", REFUSED, "{post}Transfer-Encoding : chunked||{chunks}{other}"),
    ("an underscore in the coding's name", REFUSED, "{post}Transfer_Encoding: chunked||{chunks}"),
    ("a folded coding", EITHER, "{post}Transfer-Encoding:| chunked||{chunks}"),
    ("a coding in another case", EITHER, "{post}Transfer-Encoding: Chunked||{chunks}"),
    ("chunks by HTTP/1.0", EITHER, "POST /hook HTTP/1.0|{headers}Transfer-Encoding: chunked||{chunks}"),

    # chunks
    ("one chunk", TAKEN, CHUNKED + "{chunks}"),
    ("a chunk and trailers", TAKEN, CHUNKED + "{hex}|{body}|0|X: y|Z: w||"),
    ("a chunk with an extension", TAKEN, CHUNKED + '{hex};a=b;c="d"|{body}|0||'),
    ("a chunk's size with zeros in front", EITHER, CHUNKED + "0000{hex}|{body}|000||"),
    ("a chunk's size with a blank behind", EITHER, CHUNKED + "{hex} |{body}|0||"),
    ("a chunk's size with a blank in front", REFUSED, CHUNKED + " {hex}|{body}|0||{other}"),
    ("a chunk's size with 0x", REFUSED, CHUNKED + "0x{hex}|{body}|0||{other}"),
    ("a chunk's size with a plus", REFUSED, CHUNKED + "+{hex}|{body}|0||{other}"),
    ("a chunk's size with a minus", REFUSED, CHUNKED + "-{hex}|{body}|0||{other}"),
    ("a chunk's size that is not a number", REFUSED, CHUNKED + "G|{body}|0||{other}"),
    ("a chunk's size that is empty", REFUSED, CHUNKED + "|{body}|0||{other}"),
    ("a chunk's size that is right modulo 2^64", REFUSED, CHUNKED + "1{hex16}|{body}|0||{other}"),
    ("a chunk's size of 2^64 - 1", UNENDED, CHUNKED + "FFFFFFFFFFFFFFFF|{body}|0||{other}"),
    ("a chunk's size and a NUL", REFUSED, CHUNKED + "{hex}\0|{body}|0||{other}"),
    ("a chunk's size of thousands of digits", UNENDED, CHUNKED + "0" * 40000 + "{hex}|{body}|0||{other}"),
    ("a chunk's size that a bare CR ends", REFUSED, CHUNKED + "{hex}\r{body}|0||{other}"),
    ("a chunk's size that a bare LF ends", EITHER, CHUNKED + "{hex}\n{body}|0||"),
    ("a chunk's extension that a bare LF ends", EITHER, CHUNKED + "{hex};a\n{body}|0||"),
    ("a chunk's extension with a line end in quotes", EITHER, CHUNKED + '{hex};a="|b"|{body}|0||'),
    ("a chunk longer than its size", REFUSED, CHUNKED + "5|{body}|0||{other}"),
    ("a chunk that nothing ends", REFUSED, CHUNKED + "{hex}|{body}0||{other}"),
    ("a chunk that two letters end", REFUSED, CHUNKED + "{hex}|{body}xx0||{other}"),
    ("a chunk that a bare LF ends", EITHER, CHUNKED + "{hex}|{body}\n0||"),
    ("a last chunk of minus nothing", REFUSED, CHUNKED + "{hex}|{body}|-0||{other}"),
    ("a last chunk of 0x0", REFUSED, CHUNKED + "{hex}|{body}|0x0||{other}"),
    ("no chunk before the last", REFUSED, CHUNKED + "0||"),
    ("a trailer that says a length", EITHER, CHUNKED + "{hex}|{body}|0|Content-Length: 5||"),
    ("a trailer that says a coding", EITHER, CHUNKED + "{hex}|{body}|0|Transfer-Encoding: x||"),
    ("a trailer with a NUL", EITHER, CHUNKED + "{hex}|{body}|0|X: \0||"),
    ("a trailer without a colon", EITHER, CHUNKED + "{hex}|{body}|0|X||"),

    # request lines
    ("HTTP/0.9", REFUSED, "POST /hook|{body}|"),
    ("HTTP/0.9 by GET", REFUSED, "GET /hook|"),
    ("HTTP/0.9, said so", REFUSED, "POST /hook HTTP/0.9|{headers}{length}|{body}"),
    ("HTTP/2's preface", REFUSED, "PRI * HTTP/2.0||SM||\0\0\0\4\0\0\0\0\0"),
    ("HTTP/2.0", REFUSED, "POST /hook HTTP/2.0|{headers}{length}|{body}"),
    ("HTTP/3.0", REFUSED, "POST /hook HTTP/3.0|{headers}{length}|{body}"),
    ("HTTP/1.2", EITHER, "POST /hook HTTP/1.2|{headers}{length}|{body}"),
    ("HTTP/1.10", REFUSED, "POST /hook HTTP/1.10|{headers}{length}|{body}"),
    ("HTTP/11.1", REFUSED, "POST /hook HTTP/11.1|{headers}{length}|{body}"),
    ("HTTP/1.", REFUSED, "POST /hook HTTP/1.|{headers}{length}|{body}"),
    ("HTTP/1.1.1", REFUSED, "POST /hook HTTP/1.1.1|{headers}{length}|{body}"),
    ("HTTP/1.x", REFUSED, "POST /hook HTTP/1.x|{headers}{length}|{body}"),
    ("HTTP/-1.1", REFUSED, "POST /hook HTTP/-1.1|{headers}{length}|{body}"),
    ("http/1.1", REFUSED, "POST /hook http/1.1|{headers}{length}|{body}"),
    ("another protocol", REFUSED, "POST /hook ICAP/1.0|{headers}{length}|{body}"),
    ("words behind the version", REFUSED, "POST /hook HTTP/1.1 x|{headers}{length}|{body}"),
    ("two blanks in the request line", EITHER, "POST  /hook  HTTP/1.1|{headers}{length}|{body}"),
    ("tabs in the request line", EITHER, "POST\t/hook\tHTTP/1.1|{headers}{length}|{body}"),
    ("a blank at the request line's end", EITHER, "POST /hook HTTP/1.1 |{headers}{length}|{body}"),
    ("a blank before the request line", REFUSED, " POST /hook HTTP/1.1|{headers}{length}|{body}"),
    ("a bare LF behind the request line", EITHER, "POST /hook HTTP/1.1\n{headers}{length}|{body}"),
    ("a bare CR behind the request line", REFUSED, "POST /hook HTTP/1.1\r{headers}{length}|{body}"),
    ("an empty line before the request line", EITHER, "|POST /hook HTTP/1.1|{headers}{length}|{body}"),
    ("a NUL in the method", REFUSED, "PO\0ST /hook HTTP/1.1|{headers}{length}|{body}"),
    ("a NUL behind the method", EITHER, "POST\0 /hook HTTP/1.1|{headers}{length}|{body}"),
    ("a method in lower case", REFUSED, "post /hook HTTP/1.1|{headers}{length}|{body}"),
    ("a method of 10,000 letters", REFUSED, "P" * 10000 + " /hook HTTP/1.1|{headers}{length}|{body}"),
    ("no method", REFUSED, "/hook HTTP/1.1|{headers}{length}|{body}"),
    ("no target", REFUSED, "POST HTTP/1.1|{headers}{length}|{body}"),
    ("GET with a body", REFUSED, "GET /hook HTTP/1.1|{headers}{length}|{other_body}"),
    ("CONNECT", REFUSED, "CONNECT shop.example.com:443 HTTP/1.1|{headers}|"),
    ("TRACE", REFUSED, "TRACE /hook HTTP/1.1|{headers}|"),

    ("an open bracket in the method", REFUSED, "P(ST /hook HTTP/1.1|{headers}{length}|{body}"),
    ("a NUL behind the version", REFUSED, "POST /hook HTTP/1.1\0|{headers}{length}|{body}"),
    ("a bare CR and a header in the request line", REFUSED, "POST /hook HTTP/1.1\rX: y|{headers}{length}|{body}"),
    ("HTTP/1.0 and no length", REFUSED, "POST /hook HTTP/1.0|{headers}|{body}"),
    ("HTTP/1.0 and an unknown coding", REFUSED, "POST /hook HTTP/1.0|{headers}Transfer-Encoding: x||{body}"),
    ("empty lines and another protocol", REFUSED, "|||POST /hook HTTP/9|{headers}{length}|{body}"),

    # targets
    ("a blank in the target", REFUSED, "POST /hook x HTTP/1.1|{headers}{length}|{body}"),
    ("a NUL in the target", REFUSED, "POST /hook\0 HTTP/1.1|{headers}{length}|{body}"),
    ("a NUL and more in the target", REFUSED, "POST /hook\0x HTTP/1.1|{headers}{length}|{body}"),
    ("an escaped NUL in the target", REFUSED, "POST /hook%00 HTTP/1.1|{headers}{length}|{body}"),
    ("an escape cut short", REFUSED, "POST /hook% HTTP/1.1|{headers}{length}|{body}"),
    ("a query that was not asked for", REFUSED, "POST /hook?x HTTP/1.1|{headers}{length}|{body}"),
    ("a question mark escaped", REFUSED, "POST /hook%3F HTTP/1.1|{headers}{length}|{body}"),
    ("another case", REFUSED, "POST /Hook HTTP/1.1|{headers}{length}|{body}"),
    ("a longer target", REFUSED, "POST /hook/ HTTP/1.1|{headers}{length}|{body}"),
    ("a shorter target", REFUSED, "POST /hoo HTTP/1.1|{headers}{length}|{body}"),
    ("a backslash", REFUSED, "POST \\hook HTTP/1.1|{headers}{length}|{body}"),
    ("a star", REFUSED, "POST * HTTP/1.1|{headers}{length}|{body}"),
    ("dots that leave", REFUSED, "POST /../../hook/.. HTTP/1.1|{headers}{length}|{body}"),
    ("bytes beyond ASCII", REFUSED, "POST /h\u00f6\u00f6k HTTP/1.1|{headers}{length}|{body}"),
    ("a target of 100,000 bytes", REFUSED, "POST /" + "a" * 100000 + " HTTP/1.1|{headers}{length}|{body}"),
    ("a query of 3,000 fields", REFUSED, "POST /hook?" + "a=b&" * 3000 + " HTTP/1.1|{headers}{length}|{body}"),
    ("a target without a slash", REFUSED, "POST hook HTTP/1.1|{headers}{length}|{body}"),
    ("a question mark alone", REFUSED, "POST ? HTTP/1.1|{headers}{length}|{body}"),
    ("a URL without a host", EITHER, "POST http:///hook HTTP/1.1|{headers}{length}|{body}"),
    ("two slashes", EITHER, "POST //hook HTTP/1.1|{headers}{length}|{body}"),
    ("DEL in the target", REFUSED, "POST /hook\x7f HTTP/1.1|{headers}{length}|{body}"),
    ("an escape that is not hexadecimal", REFUSED, "POST /%zzhook HTTP/1.1|{headers}{length}|{body}"),
    ("a NUL and a query of 3,000 fields", REFUSED,
     "POST /\0?" + "a&" * 3000 + " HTTP/1.1|{headers}{length}|{body}"),
    ("OPTIONS", REFUSED, "OPTIONS * HTTP/1.1|{headers}|"),
    ("a whole URL", EITHER, "POST http://shop.example.com/hook HTTP/1.1|{headers}{length}|{body}"),
    ("an escaped letter", TAKEN, "POST /%68ook HTTP/1.1|{headers}{length}|{body}"),
    ("dots that stay", TAKEN, "POST /x/.././hook HTTP/1.1|{headers}{length}|{body}"),

    # headers
    ("a header without a colon", EITHER, "{post}X|{length}|{body}"),
    ("a header without a name", EITHER, "{post}: x|{length}|{body}"),
    ("a blank in a header's name", EITHER, "{post}X Y: z|{length}|{body}"),
    ("a NUL in a header's name", EITHER, "{post}X\0Y: z|{length}|{body}"),
    ("a NUL in a header", EITHER, "{post}X: y\0z|{length}|{body}"),
    ("a bare CR in a header", EITHER, "{post}X: y\rz|{length}|{body}"),
    ("a folded header", EITHER, "{post}X: y| z|{length}|{body}"),
    ("a blank before the first header", EITHER, "POST /hook HTTP/1.1| X: y|{headers}{length}|{body}"),
    ("a header whose name is 10,000 bytes", EITHER, "{post}" + "x" * 10000 + ": y|{length}|{body}"),
    ("a header of 100,000 bytes", REFUSED, "{post}X: " + "y" * 100000 + "|{length}|{body}"),
    ("10,000 headers", REFUSED, "{post}" + "X: y|" * 10000 + "{length}|{body}"),
    ("3,000 empty headers", REFUSED, "{post}" + "X:|" * 3000 + "{length}|{body}"),
    ("a cookie of 5,000 semicolons", EITHER, "{post}Cookie: " + ";" * 5000 + "|{length}|{body}"),
    ("a cookie of 5,000 quotes", EITHER, "{post}Cookie: a=" + '"' * 5000 + "|{length}|{body}"),
    ("a control character in a header", EITHER, "{post}X: a\x01b|{length}|{body}"),
    ("bytes beyond ASCII in a header", EITHER, "{post}X: \xff\xfe|\xe4: y|{length}|{body}"),
    ("bare LFs as line ends", EITHER, "POST /hook HTTP/1.1\nHost: a\n{type}\nContent-Length: {size}\n\n{body}"),
    ("bare CRs as line ends", UNENDED, "POST /hook HTTP/1.1\rHost: a\r{type}\rContent-Length: {size}\r\r{body}"),
    ("no Host", EITHER, "POST /hook HTTP/1.1|{type}|{length}|{body}"),
    ("two Hosts", EITHER, "{post}Host: other.example.com|{length}|{body}"),
    ("an empty Host", EITHER, "{post}Host:|{length}|{body}"),
    ("a compressed body", EITHER, "{post}Content-Encoding: gzip|{length}|{body}"),
    ("no type", REFUSED, "POST /hook HTTP/1.1|Host: a|{length}|{body}"),
    ("a type that is no form", REFUSED, "POST /hook HTTP/1.1|Host: a|Content-Type: text/html|{length}|{body}"),
    ("a length that Connection takes out", EITHER, "{post}Connection: Content-Length|{length}|{body}"),
    ("an upgrade to HTTP/2", EITHER,
     "{post}Connection: Upgrade, HTTP2-Settings|Upgrade: h2c|HTTP2-Settings: AAMAAABk|{length}|{body}"),
    ("an expectation that nobody knows", EITHER, "{post}Expect: nonsense|{length}|{body}"),
    ("an expectation", TAKEN, "{post}Expect: 100-continue|{length}|{body}"),

    # bodies
    ("two pings", BOTH, "{post}{length}|{body}{other}"),
    ("two pings, the first in chunks", BOTH, CHUNKED + "{chunks}{other}"),
    ("a ping and garbage", TAKEN, "{post}{length}|{body}garbage||"),
    ("a ping and NULs", TAKEN, "{post}{length}|{body}" + "\0" * 1000),
    ("a ping in a ping's field", EITHER, "{post}Content-Length: {both}||{body}{other}"),
    ("a ping in a refused body", REFUSED, "POST /wrong HTTP/1.1|{headers}Content-Length: {other_size}||{other}"),
    ("a ping in a refused body, with an expectation", REFUSED,
     "POST /wrong HTTP/1.1|{headers}Expect: 100-continue|Content-Length: {other_size}||{other}"),
    ("a ping in a refused chunk", REFUSED,
     "POST /wrong HTTP/1.1|{headers}Transfer-Encoding: chunked||{other_hex}|{other}|0||"),
    ("a ping in the body of a GET", REFUSED, "GET /hook HTTP/1.1|{headers}Content-Length: {other_size}||{other}"),
    ("a ping in a body too large", UNENDED, "{post}Content-Length: 100000000||{other}"),
    ("a body shorter than said", UNENDED, "{post}Content-Length: 1000||{body}"),
    ("a chunk shorter than said", UNENDED, CHUNKED + "FFF|{body}"),
    ("no body", REFUSED, "{post}Content-Length: 0||"),
    ("a body of NULs", REFUSED, "{post}Content-Length: 1000||" + "\0" * 1000),
    ("a body of ampersands", REFUSED, "{post}Content-Length: 1000||" + "&" * 1000),

    # other protocols
    ("TLS", UNENDED, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "\x5a" * 500),
    ("SSH", UNENDED, "SSH-2.0-OpenSSH_9.2p1|"),
    ("SMTP", UNENDED, "EHLO shop.example.com|MAIL FROM:<a@example.com>|"),
    ("a proxy's word in front", EITHER, "PROXY TCP4 192.0.2.1 192.0.2.2 5 80|{post}{length}|{body}"),
    ("lines that are empty", UNENDED, "|" * 5000),
    ("NULs", UNENDED, "\0" * 50000),
    ("nothing", UNENDED, ""),
]

HEADERS = "Host: shop.example.com|{type}|"
TYPE = "Content-Type: application/x-www-form-urlencoded"


def build(text, body, other):
    """The bytes of a request. body: of the first ping; other: the whole second one."""
    inner = other.split(b"\r\n\r\n", 1)[1]
    numbers = {"size": len(body), "both": len(body) + len(other), "other_size": len(other),
               "wrapped": 2 ** 64 + len(body)}
    words = {name: str(number) for name, number in numbers.items()}
    words.update(hex="%x" % len(body), hex16="%016x" % len(body), other_hex="%x" % len(other))
    text = text.replace("{post}", "POST /hook HTTP/1.1|{headers}").replace("{headers}", HEADERS)
    text = text.replace("{chunks}", "{hex}|{body}|0||").replace("{length}", "Content-Length: {size}|")
    text = text.replace("{type}", TYPE).replace("|", "\r\n")
    for name, word in words.items():
        text = text.replace("{%s}" % name, word)
    data = text.encode("latin-1")
    for name, value in (("body", body), ("other_body", inner), ("other", other)):
        data = data.replace(b"{%s}" % name.encode(), value)
    return data
