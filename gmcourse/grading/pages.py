"""Feedback pages, written by programs of their own while grading goes on: rendering takes longer than filing a grade.

    python -m gmcourse.grading.pages

reads one JSON object a line, {"root": nbgrader's folder, "unit", "student", "marks": {notebook: fields of its Marks}},
and answers each with a line.
"""

import contextlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from gmcourse.grading import feedback
from gmcourse.grading.grades import Marks
from gmcourse.grading.place import Place
from gmcourse.grading.schedule import Programs

MOST_WAITING = 200  # students: filing grades is quicker and would leave pages behind


class Pages:
    """Writes pages, in this process (count = 0) or by `count` programs. To be used in a `with`."""

    def __init__(self, place, count):
        self.place, self.waiting = place, []
        self.programs = Programs(count, "gmcourse.grading.pages") if count else None

    def write(self, student, marks, tag):
        """Write the pages of one student; `written` gives (student, tag) once they are there."""
        future = None
        if self.programs:
            texts = {notebook: asdict(one) for notebook, one in marks.items()}
            task = {"root": str(self.place.root), "unit": self.place.unit, "student": student, "marks": texts}
            future = self.programs.submit(task)
        else:
            feedback.write_feedback(self.place, student, marks)
        self.waiting.append((future, student, marks, tag))
        if future and len(self.waiting) > MOST_WAITING:
            self.waiting[0][0].result()

    def written(self, wait=False):
        """(student, tag) of each whose pages are there by now; with `wait`, of all."""
        still = []
        for future, student, marks, tag in self.waiting:
            if future is None or wait or future.done():
                if future is not None and future.result() is None:  # died of it: say here why
                    feedback.write_feedback(self.place, student, marks)
                yield student, tag
            else:
                still.append((future, student, marks, tag))
        self.waiting = still

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.programs:
            self.programs.__exit__(*error)


def write(task):
    """Write the pages that one line asks for."""
    place = Place(Path(task["root"]), "", task["unit"], Path())
    feedback.write_feedback(place, task["student"], {name: Marks(**marks) for name, marks in task["marks"].items()})


def main():
    """Write pages until the input ends."""
    print(json.dumps({"ready": True}), flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        for line in sys.stdin:
            write(json.loads(line))
            print(json.dumps({"result": True}), flush=True)


if __name__ == "__main__":
    main()
