"""Flows: test nats on two moons and on grey digits, and seconds, beside zuko's flows with the same sizes.

All three tables: `python -m benchmarks.flows`; one of them with `moons`, `digits` or `speed` after it. The
chosen settings beside others, on what makes no table: `select digits`, or `select moons` (half an hour).
"""

from benchmarks.flows import digits, moons, speed


def run():
    """Print all tables; returns whether every target was reached."""
    return all([moons.table(), digits.table(), speed.table()])
