"""Flows: test nats on two moons and on grey digits, and seconds, beside zuko's flows with the same sizes.

python -m benchmarks.flows                all three tables
python -m benchmarks.flows moons          two moons; or: digits, speed
python -m benchmarks.flows select moons   nats of every setting on what makes no table; or: select digits
"""

from benchmarks.flows import digits, moons, speed


def run():
    """Print all tables; returns whether every target was reached."""
    return all([moons.table(), digits.table(), speed.table()])
