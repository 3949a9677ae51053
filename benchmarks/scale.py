"""Ten thousand submissions through Dask's scheduler and the one writer, and what classes of several sizes need."""

import contextlib
import functools
import importlib
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

from benchmarks import cluster, report
from benchmarks.measure import ONE, UNIT, graded, timers
from benchmarks.submissions import hand_in
from gmcourse.grading import run as runs
from gmcourse.grading import schedule

SAMPLE = 100  # pages are written for one student in so many


def through_a_cluster(number, url=None, name="SQLite"):
    """Pass so many submissions with recorded results through scheduler and writer, and print what it took.

    Returns seconds a submission in the slowest tenth ("serial"), those in which this process works ("writer"), "bytes".
    """
    with tempfile.TemporaryDirectory(prefix="gmcourse-bench-") as folder, cluster.cluster(2) as (address, _):
        folder = Path(folder)
        (one := folder / "one").mkdir()
        hand_in(one / "submitted", UNIT, 1, [f"{ONE}.ipynb"], ["half-right"])
        graded(one, jobs=1)
        (recorded,) = one.glob("grades/results/*/*/*.json")
        hand_in(folder / "submitted", UNIT, number, [f"{ONE}.ipynb"], ["half-right"])
        passed = functools.partial(schedule.cluster, task=functools.partial(cluster.stored, str(recorded)))
        times = [time.perf_counter()]

        class Sampled(runs.Pages):
            def write(self, student, marks, tag):
                times.append(time.perf_counter())
                if len(times) % SAMPLE == 2:
                    super().write(student, marks, tag)
                else:
                    self.waiting.append((None, student, marks, tag))

        with (
            timers() as spent,
            mock.patch.object(schedule, "cluster", passed),
            mock.patch.object(runs, "Pages", Sampled),
        ):
            seconds, found = graded(folder, scheduler=address, **({"url": url} if url else {}))
        assert len(found.scores) == number, found.broken
        begins = [(times[k * number // 10 + 1], times[(k + 1) * number // 10]) for k in (0, 4, 9)]
        tenths = [1000 * (end - begin) / (number // 10 - 1) for begin, end in begins]
        stored_bytes = {
            part: size(folder / "grades" / part) / number for part in ("results", "autograded", "submitted")
        }
        stored_bytes["feedback"] = size(folder / "grades/feedback") / len(range(0, number, SAMPLE))
        if not url:
            stored_bytes["gradebook"] = (folder / "grades/gradebook.db").stat().st_size / number
    rows = [[name, f"{number:,}", *(f"{ms:.1f}" for ms in tenths), f"{1000 * seconds / number:.1f}"]]
    rows[0] += [f"{1000 * spent[part] / number:.1f}" for part in ("reading", "filing")]
    header = ["", "submissions", "first tenth", "fifth", "last", "all", "of it reading", "filing"]
    report.table("Recorded results through Dask (2 workers) and the writer: ms a submission", header, rows)
    print(
        f"\nPages for one student in {SAMPLE}. Storage of a submission, kB: "
        + ", ".join(f"{part} {count / 1000:.1f}" for part, count in stored_bytes.items())
    )
    busy = (spent["reading"] + spent["filing"]) / number
    return {"serial": max(tenths) / 1000, "writer": busy, "bytes": sum(stored_bytes.values())}


def size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def sizing(core_seconds, figures, memory):
    """Print what classes of three sizes need. core_seconds: of one notebook; figures: of `through_a_cluster`."""
    rows = []
    first = "the writer" if figures["writer"] > figures["serial"] / 2 else "Dask's scheduler"
    for number in (300, 10_000, 100_000):
        hours = [max(number * core_seconds / cores, number * figures["serial"]) / 3600 for cores in (2, 16, 64)]
        storage = number * figures["bytes"] / 1e9
        work = number * core_seconds / 3600
        rows.append([f"{number:,}", f"{work:.1f}", *(f"{h:.2f}" for h in hours), f"{storage:.2f} GB"])
    header = ["submissions", "core-hours", "hours on 2 cores", "16", "64", "storage"]
    report.table(f"Sizing, submissions of one notebook like {ONE}", header, rows)
    print(
        f"\nFirst to saturate: {first}, at {core_seconds / figures['serial']:.0f} cores. "
        f"Memory: {memory / 1e9:.2f} GB a core."
    )


def postgres():
    """The module of the tests that starts a PostgreSQL server, or None where there is none."""
    sys.path.append(str(Path(__file__).parents[1] / "tests"))
    with contextlib.suppress(ImportError):
        module = importlib.import_module("postgres")
        return module if module.binaries() else None
