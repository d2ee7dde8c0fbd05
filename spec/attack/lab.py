"""What every attack needs: a row of the table, which counts, and the list of all attacks."""

import collections
import resource
import signal
import time

Attack = collections.namedtuple("Attack", "name function memory_limit in_short")
ATTACKS = []
SHOWN_FAILURES = 20  # of one row
LONGEST = 240        # seconds that an attack may take


class Row:
    """One line of the table: what was tried and what came of it."""

    def __init__(self, name, is_short, memory_limit):
        self.name, self.is_short, self.memory_limit = name, is_short, memory_limit
        self.outcomes, self.failures = collections.Counter(), []
        self.peak, self.seconds = 0.0, 0.0

    def pick(self, full, short):
        """A count, or the smaller one of a short run."""
        return short if self.is_short else full

    def note(self, outcome, count=1):
        self.outcomes[str(outcome)] += count

    def fail(self, message):
        self.failures.append(message)

    def check(self, truth, message):
        """A thing tried: it is either as it should be or a failure."""
        if not truth:
            self.fail(message)
        return truth

    def note_memory(self, mib, of):
        """The most that a process under attack had resident."""
        self.peak = max(self.peak, mib)
        self.check(mib < self.memory_limit, "%s took %.1f MiB, %d are allowed" % (of, mib, self.memory_limit))

    def columns(self):
        outcomes = ", ".join("%s: %d" % pair for pair in sorted(self.outcomes.items()))
        return (self.name, str(sum(self.outcomes.values())), outcomes, str(len(self.failures)),
                "%.1f" % self.seconds, "%.1f" % self.peak)


def attack(name, memory_limit, in_short=True):
    """Makes a function(row) one of the attacks.

    memory_limit: MiB that the process under attack may have resident. in_short: whether a short run has it."""
    def add(function):
        ATTACKS.append(Attack(name, function, memory_limit, in_short))
        return function
    return add


def give_up(*_):
    raise RuntimeError("it took more than %d s" % LONGEST)


def run(index, is_short):
    """Carries out an attack; whatever it raises is a failure of its row."""
    chosen, begin = ATTACKS[index], time.monotonic()
    row = Row(chosen.name, is_short, chosen.memory_limit)
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LONGEST)
    try:
        chosen.function(row)
    except Exception as error:  # the other attacks go on
        row.fail("the attack broke off: %s: %s" % (type(error).__name__, error))
    signal.alarm(0)
    row.seconds = time.monotonic() - begin
    return row


def raise_descriptor_limit():
    """Returns how many descriptors this process may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


HEADINGS = ("attack", "tried", "outcomes", "failures", "seconds", "peak MiB")


def print_table(rows):
    lines = [HEADINGS] + [row.columns() for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    for line in lines:
        cells = [cell.rjust(width) if i in (1, 3, 4, 5) else cell.ljust(width)
                 for i, (cell, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())
