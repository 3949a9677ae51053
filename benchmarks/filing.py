"""What it costs to file a graded submission, as the gradebook fills.

    python -m benchmarks.filing [STUDENTS [URL [FOLDER]]]

files unit 02's own solution for STUDENTS students (default 1,000) into a gradebook (default: a new SQLite file) and
prints milliseconds a submission for each tenth of them. Nothing is graded: the result is made up.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import nbformat

from gmcourse import course
from gmcourse.grading import feedback, gradebook, place, rebuild, shown

UNIT = "02-fvsbn-nade-made"


def submission(here):
    """The Filed of a student who handed in the solutions of the unit at Place `here` and lost every third test."""
    rebuilt, results, releases = {}, {}, {}
    for path in here.solutions:
        source = nbformat.read(path, as_version=4)
        release = nbformat.read(here.folder("release") / path.name, as_version=4)
        cells = [
            rebuild.Cell(cell.cell_type, cell.source, cell.metadata.get("nbgrader", {}).get("grade_id"), cell.id)
            for cell in source.cells
        ]
        made = rebuild.rebuild(source, release, cells)
        rebuilt[path.stem], results[path.stem], releases[path.stem] = made, _result(made, source), release
    return shown.filed("student", "2026-03-01 12:00:00 UTC", rebuilt, results, releases), releases


def _result(rebuilt, source):
    grades, outputs, stored = {}, {}, {cell.id: cell.get("outputs", []) for cell in source.cells}
    for number, cell in enumerate(rebuilt.cells):
        if cell["kind"] == "test":
            wrong = {
                "points": 0.0,
                "outcome": "wrong",
                "message": "the shape is (3,), expected (4,): which axis is summed?",
            }
            right = {"points": cell["points"], "outcome": "right", "message": ""}
            grades[cell["id"]] = (right if len(grades) % 3 else wrong) | {"printed": ""}
            continue
        found = stored[rebuilt.notebook.cells[cell["index"]].id]
        printed = "".join(output.text for output in found if output.output_type == "stream")
        pictures = [dict(output.data) for output in found if "data" in output]
        outputs[str(number)] = {"stdout": printed, "stderr": "", "shown": pictures, "error": None}
    return {"grades": grades, "outputs": outputs, "notes": [], "seconds": {}, "fault": None}


def filing(here, students, pages=10):
    """Milliseconds a submission: [(students before, record, marks)] for each tenth, and the other costs by name."""
    here.register()
    filed, releases = submission(here)
    rows, others, step = [], {}, max(1, students // 10)
    with gradebook.Writer(here) as book:
        for before in range(0, students, step):
            record = marks = 0.0
            for number in range(before, before + step):
                one = replace(filed, student=f"student{number:06d}")
                began = time.perf_counter()
                book.record(one)
                then = time.perf_counter()
                found = book.marks(one.student)
                record, marks = record + then - began, marks + time.perf_counter() - then
            rows.append((before, 1000 * record / step, 1000 * marks / step))
        for name, call in {"all scores": lambda: book.scores(releases), "CSV": book.export}.items():
            began = time.perf_counter()
            call()
            others[name] = 1000 * (time.perf_counter() - began) / students
    feedback.write_feedback(here, one.student, found)
    began = time.perf_counter()
    for _ in range(pages):
        feedback.write_feedback(here, one.student, found)
    others["feedback pages"] = 1000 * (time.perf_counter() - began) / pages
    return rows, others


def main(students="1000", url=None, folder=None):
    with tempfile.TemporaryDirectory(prefix="gmcourse-filing-", dir=folder) as root:
        here = place.place(UNIT, url or f"sqlite:///{root}/gradebook.db", course.find().root, Path(root))
        rows, others = filing(here, int(students))
    print("students before   record   marks   (ms a submission)")
    for before, record, marks in rows:
        print(f"{before:>15} {record:>8.1f} {marks:>7.1f}")
    for name, cost in others.items():
        print(f"{name}: {cost:.1f} ms a submission")


if __name__ == "__main__":
    main(*sys.argv[1:])
