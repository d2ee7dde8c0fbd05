"""Random JSON, some of it broken, and what Python's json makes of it: json_python.py [doubles] SEED COUNT.

What is said of values in src/json_lua.c holds here: null is absent, the last of two members with one name
counts, a whole number is an integer; with "doubles", for a Lua without integers, one that a double cannot
hold is the text of its digits. See compare.lua for what is printed."""
import json
import math
import random
import re
import sys

DOUBLES = sys.argv[1] == "doubles"
SEED, COUNT = map(int, sys.argv[-2:])
random.seed(SEED)
WORDS = ["a", "b", "name", "", "é", "price_cents", "😀", "a\"b", "\\", "\u0000", "\n", "x" * 70, "1", "\u2028"]
MOST_DIGITS = 4000


class Number:
    def __init__(self, kind, value):
        self.kind, self.value = kind, value


def whole(value):
    return Number("i", int(value))


def fraction(text):
    value = float(text)
    if value == value and abs(value) != float("inf") and value == int(value) and -(2.0 ** 63) <= value < 2.0 ** 63:
        return whole(value)
    return Number("d", value)


def integer(text):
    if not DOUBLES:
        value = int(text)
        return whole(value) if -(2 ** 63) <= value < 2 ** 63 else fraction(text)
    value = float(text)
    if abs(value) == float("inf") or int(value) != int(text):
        return text
    return fraction(text)


def refuse(text):
    raise ValueError(text)


def mend(text):
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def members(pairs):
    return {mend(name): value for name, value in pairs}


def canonical_fraction(value):
    if math.isinf(value):
        return "d%s" % value
    bits, exponent = math.frexp(value)
    return "d%dp%d" % (bits * 2 ** 53, exponent)


def canonical(value):
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        return "i%d" % value.value if value.kind == "i" else canonical_fraction(value.value)
    if isinstance(value, str):
        return "s" + mend(value).encode().hex()
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value if item is not None) + "]"
    there = sorted((name.encode(), item) for name, item in value.items() if item is not None)
    inner = ",".join(name.hex() + ":" + canonical(item) for name, item in there)
    return "{" + inner + "}" if there else "[]"


def decode(text):
    if text.startswith("\ufeff"):
        text = text[1:]
    return json.loads(text, strict=False, object_pairs_hook=members, parse_int=integer, parse_float=fraction,
                      parse_constant=refuse)


def space():
    return random.choice(["", "", "", "", " ", "\n\t", "\r\n  "])


def escape(char):
    units = char.encode("utf-16-be", "surrogatepass")
    codes = [units[i:i + 2].hex() for i in range(0, len(units), 2)]
    return "".join("\\u" + (code if random.random() < 0.5 else code.upper()) for code in codes)


def write_char(char):
    short = {"\"": "\\\"", "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\r": "\\r"}
    if char in short and random.random() < 0.7:
        return short[char]
    if ord(char) < 32 or char in "\"\\" or random.random() < 0.05:
        return escape(char)
    return "\\/" if char == "/" else char


def write_text(text):
    if random.random() < 0.02:
        text += chr(random.choice([0xd83d, 0xdc00, 0xdbff]))  # half a pair
    return "\"" + "".join(escape(c) if 0xd800 <= ord(c) < 0xe000 else write_char(c) for c in text) + "\""


def random_text():
    if random.random() < 0.6:
        return random.choice(WORDS)
    letters = [random.choice([32, 34, 47, 92, 97, 98, 122, 233, 0x7ff, 0x20ac, 0xffff, 0x1f600, 1, 31, 127])
               for _ in range(random.choice([1, 3, 10, 60]))]
    return "".join(map(chr, letters))


def digits(most):
    count = random.choice([1, 1, 2, 3, 8, 15, 16, 17, 18, 19, 20, 25, most])
    return random.choice("123456789") + "".join(random.choice("0123456789") for _ in range(random.randrange(count)))


NEAR = [2 ** 53, 2 ** 63, 2 ** 64, 2 ** 31, 10 ** 15, 2 ** 1024]


def random_number():
    if random.random() < 0.2:
        text = str(random.choice(NEAR) + random.randrange(-3, 4))
    else:
        text = random.choice(["0", digits(40), digits(400 if random.random() < 0.1 else 20)])
    text = random.choice(["", "", "-"]) + text
    if random.random() < 0.3:
        text += "." + "".join(random.choice("0059" + "1234567890") for _ in range(random.choice([1, 2, 5, 17, 60])))
    if random.random() < 0.2:
        text += random.choice("eE") + random.choice(["", "+", "-"]) + random.choice(
            [str(random.randrange(25)), str(random.randrange(400)), "0", "00", "007"])
    return text


def write_members(depth):
    names = []
    for _ in range(random.choice([0, 1, 2, 3, 8])):
        names.append(random.choice(names) if names and random.random() < 0.15 else random_text())
    return ("," + space()).join(
        space() + write_text(name) + space() + ":" + space() + write(depth + 1) + space() for name in names)


def write(depth):
    kind = random.random()
    if depth > 0 and (depth > 30 or kind < 0.2 + 0.15 * depth):
        return random.choice([lambda: write_text(random_text()), random_number, random_number,
                              lambda: random.choice(["null", "null", "true", "false"])])()
    if kind < 0.7:
        items = [space() + write(depth + 1) + space() for _ in range(random.choice([0, 1, 2, 4, 9]))]
        return "[" + ",".join(items) + (space() if not items else "") + "]"
    return "{" + (write_members(depth) or space()) + "}"


def write_document():
    text = write(random.choice([0, 0, 0, 0, 1]))
    if random.random() < 0.1:
        nested = random.randrange(40)
        text = "[" * nested + text + "]" * nested
    return random.choice(["", "", "", "\ufeff"]) + space() + text + space()


def broken(text):
    at = random.randrange(len(text) + 1)
    piece = random.choice(list("{}[]\",:\\0-+.eE1 ntu") + ["null", "\\u", "true", "01", "//", "1.5", "\\ud83d"])
    return random.choice([text[:at] + text[at + 1:], text[:at] + piece + text[at:], text[:at] + piece + text[at + 1:],
                          text[:at]])


def value_of(text):
    try:
        return canonical(decode(text))
    except (ValueError, RecursionError):
        return "!"


for _ in range(COUNT):
    document = write_document()
    for _ in range(random.choice([0, 0, 0, 1, 2])):
        document = broken(document)
    print(document.encode("utf-8", "surrogatepass").hex(), value_of(document))
