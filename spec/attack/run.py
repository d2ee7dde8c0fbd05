"""Attacks the listener and the client on loopback, and prints a table of what came of it.

    run.py [--short] [--list] [WORD ...]      WORDs: only attacks whose name has one of them

Ends with status 1 where something went wrong."""

import argparse
import multiprocessing
import sys

import lab
import client_attacks  # noqa: F401, its attacks
import http2_attacks  # noqa: F401
import listener_attacks  # noqa: F401
import proxy_attacks  # noqa: F401
import tls_attacks  # noqa: F401

SIDE_BY_SIDE = 4  # attacks of a short run; most of them wait most of the time


def chosen(args):
    """The indices of the attacks that are asked for."""
    return [i for i, one in enumerate(lab.ATTACKS)
            if (one.in_short or not args.short) and (not args.words or any(word in one.name for word in args.words))]


def report_failures(row):
    for message in row.failures[:lab.SHOWN_FAILURES]:
        print("%s: %s" % (row.name, message), file=sys.stderr)
    if len(row.failures) > lab.SHOWN_FAILURES:
        print("%s: and %d more" % (row.name, len(row.failures) - lab.SHOWN_FAILURES), file=sys.stderr)
    sys.stderr.flush()


def run_all(indices, is_short):
    """Each attack in a process of its own, so that none meets what another left behind."""
    rows = []
    with multiprocessing.Pool(SIDE_BY_SIDE if is_short else 1, maxtasksperchild=1) as pool:
        pending = [pool.apply_async(lab.run, (index, is_short)) for index in indices]
        for one in pending:
            rows.append(one.get())
            report_failures(rows[-1])
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="fewer of everything, in less than a minute")
    parser.add_argument("--list", action="store_true", help="print the names of the attacks")
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    indices = chosen(args)
    if args.list:
        print("\n".join(lab.ATTACKS[i].name for i in indices))
        return 0
    lab.raise_descriptor_limit()
    rows = run_all(indices, args.short)
    lab.print_table(rows)
    return 1 if any(row.failures for row in rows) or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
