"""What grading costs: against nbgrader's own autograde, by parts, with the size of the class, through a cluster.

`python -m benchmarks.grading --long` also grades a thousand submissions and passes ten thousand through the cluster
(an hour or two); without it the same is done with few.
"""

import contextlib
import json
import os
import statistics
import sys
import tempfile
import warnings
from pathlib import Path

import nbformat

from benchmarks import report, scale
from benchmarks.measure import ONE, UNIT, graded, memory, timed, timers
from benchmarks.submissions import hand_in
from gmcourse import course
from gmcourse.grading import place, schedule, watch

JOBS = 2
AT_MOST = 1 / 6  # of nbgrader's time


def stock(folder, skip, students):
    """Seconds a submission of `nbgrader autograde`, for the first few students.

    skip: whether it passes over the demonstrations, as ours does.
    """
    here = place.place(UNIT, f"sqlite:///{folder}/nbgrader/gradebook.db", course.find().root)
    here.register()
    sources = [nbformat.read(path, as_version=4) for path in here.solutions]
    demos = {cell.source for nb in sources for cell in nb.cells if "demo" in cell.metadata.get("tags", [])}
    seconds = []
    for submitted in sorted((folder / "submitted").iterdir())[:students]:
        target = here.folder("submitted", submitted.name)
        target.mkdir(parents=True)
        for path in (submitted / UNIT).glob("*.ipynb"):
            notebook = nbformat.read(path, as_version=4)
            for cell in notebook.cells:
                if skip and cell.source in demos:
                    cell.metadata["tags"] = ["skip-execution"]
            nbformat.write(notebook, target / path.name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own code
            took, result = timed(here.api().autograde, UNIT, submitted.name)
        if not result["success"]:
            raise RuntimeError(result["error"])
        seconds.append(took)
    return statistics.mean(seconds)


def programs():
    """The grading programs that this process has started."""
    found = []
    for pid in watch.children(os.getpid()):
        with contextlib.suppress(OSError):
            if b"gmcourse.grading.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def against_nbgrader(students=12, theirs=2):
    """Print how long nbgrader and ours take a submission, and what ours is made of; returns bytes.

    students: how many ours grades in one run, of which nbgrader gets the first `theirs`: all are the same.
    """
    with tempfile.TemporaryDirectory(prefix="gmcourse-bench-") as folder:
        folder = Path(folder)
        hand_in(folder / "submitted", UNIT, students, kinds=["all-right"])
        seconds = {skip: stock(_inside(folder, str(skip)), skip, theirs) for skip in (False, True)}
        start = _start()
        with timers() as spent, memory(programs) as most:
            ours, found = graded(folder, jobs=JOBS)
        assert not found.broken, found.broken
        assert {found.total(student) for student in found.scores} == {max(found.totals)}
        stored = [
            json.loads(path.read_bytes())["result"]["seconds"] for path in folder.glob("grades/results/*/*/*.json")
        ]
    rows = []
    lines = ("nbgrader autograde", seconds[False], AT_MOST), ("the same, demonstrations skipped", seconds[True], None)
    for what, its, target in lines:
        ratio = ours / students / its
        verdict = report.reached(ratio, target, at_most=True)
        wanted = "<= 1/6" if target else ""
        rows.append([what, f"{its:.2f}", f"{ours / students:.2f}", f"1/{1 / ratio:.1f}", wanted, verdict])
    header = ["", "its seconds", f"ours, {JOBS} at a time", "ours / its", "target", ""]
    report.table(f"Seconds a submission of {UNIT}, all of its notebooks, {students} students", header, rows)
    print(
        "\nours: with start-up, gradebook, feedback pages. nbgrader's: autograde alone, the assignment is registered."
    )

    def mean(part):
        return sum(seconds[part] for seconds in stored) / students

    parts = {
        "start of a student's process: sandbox, import of torch": mean("start"),
        "student's cells": mean("student"),
        "checks": mean("checks"),
        "the rest of grading": mean("total") - mean("start") - mean("student") - mean("checks"),
        "reading and rebuilding": spent["reading"] / students,
        "filing: gradebook, autograded, submitted": spent["filing"] / students,
        "feedback pages": spent["pages"] / students,
    }
    rows = [[what, f"{seconds:.3f}"] for what, seconds in parts.items()]
    rows.append(["once a run: a grading program is ready (torch imported)", f"{start:.3f}"])
    report.table(
        f"What a submission costs: seconds of work, {len(stored) // students} notebooks", ["", "seconds"], rows
    )
    print(f"\nMemory of a grading program with its checker and sandbox: at most {most[0] / 2**20:.0f} MiB.")
    return most[0]


def _inside(folder, name):
    """A folder of its own that shares the submissions."""
    (folder / name).mkdir()
    (folder / name / "submitted").symlink_to(folder / "submitted")
    return folder / name


def _start():
    """Seconds until a grading program is ready."""
    program = schedule.Program(*schedule.grader(True))
    try:
        return timed(program.start)[0]
    finally:
        program.close()


def growth(sizes):
    """Print seconds a submission for classes of these sizes, one notebook each; core-seconds of the largest."""
    rows, first = [], None
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="gmcourse-bench-") as folder:
            hand_in(Path(folder) / "submitted", UNIT, size, [f"{ONE}.ipynb"])
            seconds, found = graded(Path(folder), jobs=JOBS)
            assert len(found.scores) + len(found.broken) == size
        each = seconds / size
        first = first or each
        rows.append([f"{size:,}", f"{seconds:.1f}", f"{each:.3f}", f"{each / first:.2f}", str(len(found.broken))])
        print(f"  {size:,} submissions: {seconds:.1f} s", file=sys.stderr, flush=True)
    header = ["submissions", "seconds", "a submission", "to the first line", "broken"]
    report.table(f"Classes of several sizes, {ONE}, {JOBS} at a time", header, rows)
    return each * JOBS


def run(long=False):
    """Print all tables."""
    most = against_nbgrader(30 if long else 12)
    core_seconds = growth((10, 100, 1000) if long else (10, 30))
    number = 10_000 if long else 200
    figures = scale.through_a_cluster(number)
    if servers := scale.postgres():
        with servers.server(()) as server:
            scale.through_a_cluster(number, server.create("grades"), "PostgreSQL")
    scale.sizing(core_seconds, figures, most)


if __name__ == "__main__":
    run("--long" in sys.argv[1:])
