"""What leaves the grader: feedback pages without hidden tests, and the table of grades as CSV."""

import copy
import os
import re

from gmcourse.grading.place import run

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def without_hidden_tests(notebook, release):
    """The graded notebook with its test cells as students know them, in sources and in tracebacks."""
    known = {c.metadata.nbgrader.grade_id: c.source for c in release.cells if "nbgrader" in c.metadata}
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if not about.get("grade") or about.get("solution") or cell.cell_type != "code":
            continue
        hidden = [line.strip() for line in cell.source.splitlines() if line.strip() not in known[about["grade_id"]]]
        cell.source = known[about["grade_id"]]
        for output in cell.outputs:
            if output.output_type == "error":
                output.traceback = [f for f in output.traceback if not _shows(f, cell.execution_count, hidden)]
    return notebook


def _shows(frame, count, hidden):
    """Whether this part of a traceback is of the cell with execution count `count`, or quotes a hidden line."""
    text = ANSI.sub("", frame)
    return f"In[{count}]" in text or any(line in text for line in hidden if len(line) > 3)


def write_feedback(place, student):
    """feedback/STUDENT/UNIT/*.html, by nbgrader."""
    run(place.api().generate_feedback, place.unit, student, doing=f"write the feedback for {student}")


def export(place):
    """nbgrader's CSV of the unit's grades; returns its path."""
    from nbgrader.plugins import CsvExportPlugin

    path = place.root / f"{place.unit}.csv"
    part = path.with_suffix(".part")
    with place.gradebook() as book:
        CsvExportPlugin(to=str(part), assignment=[place.unit]).export(book)
    os.replace(part, path)
    return path
