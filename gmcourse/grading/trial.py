"""A lesson's cells as grading runs them, in the sandbox and the checker; for `gmcourse.answers`.

All answers of a notebook share one student's process, which goes back to where it was before each of them.
"""

from gmcourse.grading import worker
from gmcourse.grading.checker import Walk
from gmcourse.grading.run import LIMITS
from gmcourse.grading.sandbox import Sandbox
from gmcourse.grading.wire import Lost


class Trial:
    """The counterpart of `answers.InProcess`: keep a place, go back to it, run a cell."""

    def __init__(self, cells, withhold):
        self.cells, self.withhold = cells, withhold
        self.kept, self.walk, self.box = {}, None, None
        self.prepare()

    def prepare(self):
        """Run all cells but the tests once, in a new process, and keep the place before each."""
        self.close()
        self.box = Sandbox(*worker.student_program(self.withhold))
        job = {"cells": [], "limits": LIMITS, "key": "answers"}
        self.walk = Walk(job, self.box, self._hear)
        for position, cell in enumerate(self.cells):
            self.keep(position)
            if cell.kind != "test":
                self.run(cell, cell.source)

    def _hear(self, message):
        if "grade" in message:
            self.graded = message["is"]
        elif "output" in message:
            self.output = message["is"]

    def keep(self, position):
        self.walk._own("keep", position)
        self.kept[position] = [dict(held) for held in self._held()]

    def back(self, position):
        """To the place before a cell; after an answer that ended the process, in a new one."""
        if self.box.sock.fileno() < 0:
            self.prepare()
        self.walk._own("back", position)
        for held, before in zip(self._held(), self.kept[position], strict=True):
            held.clear()
            held.update(before)

    def _held(self):
        return self.walk.namespace, self.walk.exported, self.walk.codes, self.walk.failed

    def run(self, cell, source):
        """Run a cell with this source; AssertionError with what a student would read when it fails."""
        plan = {"kind": cell.kind, "id": cell.id, "source": source, "model": cell.source, "points": cell.points}
        try:
            if cell.kind == "test":
                self.walk.test(plan)
            else:
                self.walk.execute(0, plan)
        except Lost as lost:
            self.close()
            raise AssertionError(str(lost)) from None
        told = self._told(cell)
        if told:
            raise AssertionError(told)

    def _told(self, cell):
        if cell.kind == "test":
            return self.graded["message"]
        error = self.output["error"]
        return error and f"{error[0]}: {error[1]}"

    def close(self):
        if self.box is not None:
            self.box.kill()
