"""The command line of this folder."""

import sys

import torch

from benchmarks import flows, report

COMMANDS = {
    (): flows.run,
    ("moons",): flows.moons.table,
    ("digits",): flows.digits.table,
    ("speed",): flows.speed.table,
    ("select", "moons"): flows.moons.select,
    ("select", "digits"): flows.digits.select,
}


def main(names):
    if tuple(names) not in COMMANDS:
        ways = ", ".join(repr(" ".join(words)) for words in COMMANDS)
        print(f"benchmarks.flows: got {' '.join(names)!r}, expected one of {ways}", file=sys.stderr)
        return 2
    torch.set_num_threads(1)
    print(report.machine())
    COMMANDS[tuple(names)]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
