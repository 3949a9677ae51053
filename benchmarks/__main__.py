"""Print both tables: `python -m benchmarks`; or one: `python -m benchmarks speed`, `python -m benchmarks quality`.

About ten minutes on one thread, nearly all of it training. Exit code 0 whatever is reached: the tables say it.
"""

import sys

import torch

from benchmarks import quality, report, speed

PARTS = {"speed": speed.run, "quality": quality.run}


def main(names):
    unknown = sorted(set(names) - set(PARTS))
    if unknown:
        print(f"benchmarks: got {', '.join(unknown)}, expected {' or '.join(PARTS)}", file=sys.stderr)
        return 2
    torch.set_num_threads(1)
    print(report.machine())
    for name in names or PARTS:
        PARTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
