"""Attacks the listener and the client on loopback, and prints a table of what came of it.

    run.py [--short] [--list] [WORD ...]      WORDs: only attacks whose name has one of them

Ends with status 1 where something went wrong."""

import argparse
import sys

import lab
import client_attacks  # noqa: F401, its attacks
import http2_attacks  # noqa: F401, its attacks
import listener_attacks  # noqa: F401, its attacks
import proxy_attacks  # noqa: F401, its attacks
import tls_attacks  # noqa: F401, its attacks


def chosen(args):
    return [entry for entry in lab.ATTACKS
            if not args.words or any(word in entry[0] for word in args.words)]


def report_failures(row):
    for message in row.failures[:lab.SHOWN_FAILURES]:
        print("%s: %s" % (row.name, message), file=sys.stderr)
    if len(row.failures) > lab.SHOWN_FAILURES:
        print("%s: and %d more" % (row.name, len(row.failures) - lab.SHOWN_FAILURES), file=sys.stderr)
    sys.stderr.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="fewer of everything, under a minute")
    parser.add_argument("--list", action="store_true", help="print the names of the attacks")
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    attacks = chosen(args)
    if args.list:
        print("\n".join(name for name, _, _ in attacks))
        return 0
    lab.raise_descriptor_limit()
    rows = []
    for entry in attacks:
        rows.append(lab.run(*entry, args.short))
        report_failures(rows[-1])
    lab.print_table(rows)
    return 1 if any(row.failures for row in rows) or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
