"""Print all tables: `python -m benchmarks`; or some of the parts below: `python -m benchmarks speed importance`.

About half an hour, most of it training on one thread. Exit code 0 whatever is reached: the tables say it.
"""

import sys

import torch

from benchmarks import flows, grading, importance, mixtures, quality, report, speed

PARTS = {
    "speed": speed.run,
    "quality": quality.run,
    "grading": grading.run,
    "importance": importance.run,
    "mixtures": mixtures.run,
    "flows": flows.run,
}


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
