"""Small bytes that become large: compressed responses, and JSON of many values."""

import functools
import gzip
import struct
import zlib

import brotli

SIZE = 1 << 28  # bytes that a bomb becomes
BLOCK = 128 * 1024


@functools.lru_cache
def zlib_bomb(bits):
    packer, zeros = zlib.compressobj(1, zlib.DEFLATED, bits), bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(SIZE >> 20)) + packer.flush()


def gzip_bomb():
    return zlib_bomb(31)


@functools.lru_cache
def brotli_bomb():
    packer, zeros = brotli.Compressor(quality=1), bytes(1 << 20)
    return b"".join(packer.process(zeros) for _ in range(SIZE >> 20)) + packer.finish()


def zstd_block(kind, size, is_last=False):
    return struct.pack("<I", size << 3 | kind << 1 | is_last)[:3]


def zstd_bomb(window=0x50):
    """A frame of blocks that each repeat a byte. window: its descriptor; 0x50 is 1 MiB, 0xA8 2 GiB."""
    block = zstd_block(1, BLOCK) + b"\0"
    return b"\x28\xb5\x2f\xfd\0" + bytes((window,)) + block * (SIZE // BLOCK) + zstd_block(0, 0, True)


def zstd_of(data):
    """A frame that holds some bytes as they are."""
    parts = [data[i:i + BLOCK] for i in range(0, len(data), BLOCK)] or [b""]
    frame = b"\x28\xb5\x2f\xfd\0\x50"
    for i, part in enumerate(parts):
        frame += zstd_block(0, len(part), i == len(parts) - 1) + part
    return frame


PACKERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=5),
    "zstd": zstd_of,
}

BOMBS = {  # content coding -> a bomb of it
    "gzip": gzip_bomb,
    "x-gzip": gzip_bomb,
    "deflate": lambda: zlib_bomb(15),
    "br": brotli_bomb,
    "zstd": zstd_bomb,
    "gzip, gzip": lambda: gzip.compress(gzip_bomb()),
    "br, gzip": lambda: gzip.compress(brotli_bomb()),
    "gzip, gzip, gzip": lambda: gzip.compress(gzip.compress(gzip_bomb())),
}

LIMIT = 10 * 1024 * 1024  # bytes of a response that are taken


def repeat(start, part, end, size=LIMIT - 1000):
    """A text of about a size."""
    return start + part * ((size - len(start) - len(end)) // len(part) - 1) + part.rstrip(",") + end


def long_texts():
    """Name -> JSON that is nearly as long as a response may be."""
    return {
        "arrays": repeat("[", "[1],", "]"),
        "empty arrays": repeat("[", "[],", "]"),
        "objects": repeat("[", '{"a":1},', "]"),
        "empty objects": repeat("[", "{},", "]"),
        "numbers": repeat("[", "1,", "]"),
        "floats": repeat("[", "1.5,", "]"),
        "strings": repeat("[", '"a",', "]"),
        "nulls": repeat("[", "null,", "]"),
        "nulls in objects": repeat("[", '{"a":null},', "]"),
        "names": "{" + ",".join('"%x":1' % i for i in range(1000000)) + "}",
        "the same name": repeat("{", '"a":1,', "}"),
        "arrays in objects": repeat("[", '{"a":[{"b":[]}]},', "]"),
        "depth": "[" * 5000000 + "]" * 5000000,
        "depth that never ends": "[" * 10000000,
        "objects in depth": '{"a":' * 1900000,
        "digits": "[" + "1" * 10000000 + "]",
        "digits behind the point": "[1." + "1" * 10000000 + "]",
        "an exponent": "[1e" + "9" * 10000000 + "]",
        "a long text": '{"success":true,"a":"' + "a" * 10000000 + '"}',
        "a text of escapes": '{"success":true,"a":"' + "\\u0061" * 1600000 + '"}',
        "a text that never ends": '{"a":"' + "\\" * 10000000,
        "whitespace": "{" + " " * 10000000 + "}",
        "a long name": '{"' + "a" * 10000000 + '":1}',
    }
