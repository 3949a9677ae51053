"""One run of `gmcourse grade`: from what was handed in to the gradebook.

Each notebook of each submission is a job; its result becomes a file, and once a submission has all of them it is filed:
gradebook, autograded notebooks, feedback, and last a mark that says so. A run that is stopped, at whatever moment, is
taken up by the next one: what has a result is not graded again, what has its mark is not filed again.
"""

import contextlib
import time
from collections import defaultdict
from pathlib import Path

import nbformat

from gmcourse.errors import CourseError
from gmcourse.grading import feedback, gradebook, intake, results
from gmcourse.grading.pages import Pages
from gmcourse.grading.progress import Progress
from gmcourse.grading.report import Report

# seconds: of a cell, of a call of a student's function, of all calls of a test, of a notebook
LIMITS = {"cell": 30.0, "call": 30.0, "test": 60.0, "total": 300.0}
STUB, NOT_ANSWERED = "NotImplementedError: Your answer goes here", "not answered"


class Run:
    """Grades what is new. place: the Place, locked; grader: jobs -> (tag, result) as they come, from `schedule`."""

    def __init__(self, place, submitted, grader, jobs, limits=None, say=None):
        self.place, self.submitted, self.grader, self.say = place, Path(submitted).resolve(), grader, say
        self.count, self.limits = jobs, LIMITS | (limits or {})
        self.sources = {path.name: nbformat.read(path, as_version=4) for path in place.solutions}
        released = {name: place.folder("release") / name for name in self.sources}
        self.released = {name: nbformat.read(path, as_version=4) for name, path in released.items()}
        self.withhold = sorted({module for notebook in self.sources.values() for module in withheld(notebook)})
        self.results = results.Results(place.root / "results" / place.unit)
        self.found = intake.collect(self.submitted, place.unit, self.sources)
        self.open, self.unchanged = {}, []  # {student: what is on its way}
        self.lost, self.notes = {}, defaultdict(list)

    def report(self):
        """Grade and file all that is new; returns the Report."""
        began = time.monotonic()
        with (
            gradebook.Writer(self.place) as self.book,
            Progress(len(self.found.submissions), self.say) as self.progress,
            Pages(self.place, self.count if len(self.found.submissions) > 20 else 0) as self.pages,
            contextlib.closing(self.grader(self._jobs())) as graded,
        ):
            self.recorded = self.book.recorded()
            for (student, stem), result in graded:
                if student in self.open:
                    self._graded(self.open[student], stem, result)
            self._pages(wait=True)
            return self._report(time.monotonic() - began)

    def _jobs(self):
        """((student, notebook), job) of all notebooks without a result; what needs none is filed on the way."""
        for handed in self.found.submissions:
            try:
                submission = intake.read(handed, self.sources, self.released)
            except CourseError as error:
                self._broken(handed.student, str(error))
                continue
            one = Open(self, submission)
            for stem in one.jobs:
                stored = self.results.find(one.student, stem, one.digests[stem])
                if stored:
                    one.results[stem] = stored
            if self.results.filed(one.student) == one.digest and one.student in self.recorded and one.is_complete():
                self._leave(one)
                continue
            self.open[one.student] = one
            if one.is_complete():
                self._file(one)
            for stem in one.jobs.keys() - one.results.keys():
                yield (one.student, stem), one.jobs[stem]

    def _leave(self, one):
        """Nothing to do for a student but to bring what was graded by hand meanwhile onto the pages."""
        self._remember(one)
        self.unchanged.append(one.student)
        self.progress.unchanged()
        marks = self.book.marks(one.student)
        if not feedback.is_current(self.place, one.student, marks):
            self.pages.write(one.student, marks, None)

    def _graded(self, one, stem, result):
        if result["fault"]:
            if one.student not in self.found.broken:
                self._broken(one.student, f"{stem}: the grader failed: {result['fault']}; run the command again")
            return
        self.results.keep(one.student, stem, one.digests[stem], result)
        one.results[stem] = result
        if one.is_complete():
            self._file(one)

    def _file(self, one):
        """Everything of one student into its place; the mark comes last, when the pages are there."""
        del self.open[one.student]
        if self.submitted != self.place.root / "submitted":
            gradebook.keep_submission(self.place, one.student, one.submission.files, one.submission.timestamp)
        releases = {Path(name).stem: notebook for name, notebook in self.released.items()}
        self.book.record(gradebook.filed(one.student, one.submission.timestamp, one.rebuilt, one.results, releases))
        self._remember(one)
        self.pages.write(one.student, self.book.marks(one.student), one.digest)
        self._pages(wait=False)

    def _pages(self, wait):
        for student, digest in self.pages.written(wait):
            if digest:
                self.results.set_filed(student, digest)
                self.progress.graded(student)

    def _broken(self, student, why):
        self.found.broken[student] = why
        self.progress.broken(student, why)

    def _remember(self, one):
        """What the report says of a student: the first message of each exercise, and what is worth a look."""
        said = self.lost.setdefault(one.student, {})
        for stem, result in one.results.items():
            self.notes[one.student] += [f"{stem}: {note}" for note in one.rebuilt[stem].notes + result["notes"]]
            for name, grade in result["grades"].items():
                if grade["message"]:
                    said.setdefault(name.split("--")[0], NOT_ANSWERED if STUB in grade["message"] else grade["message"])

    def _report(self, seconds):
        most, scores, waiting = self.book.scores({Path(name).stem: nb for name, nb in self.released.items()})
        lacking = {h.student: sorted(set(self.sources) - set(h.names)) for h in self.found.submissions}
        return Report(
            unit=self.place.unit,
            most=most,
            scores=scores,
            broken=self.found.broken,
            csv=self.book.export(),
            feedback=self.place.root / "feedback",
            folder=self.place.root,
            waiting=waiting,
            unchanged=sorted(self.unchanged),
            absent=self.found.absent,
            partly={student: names for student, names in lacking.items() if names},
            lost=self.lost,
            notes={student: lines for student, lines in self.notes.items() if lines},
            seconds=seconds,
        )


class Open:
    """A submission that is on its way: its jobs and results by notebook."""

    def __init__(self, run, submission):
        self.submission, self.student, self.results = submission, submission.student, {}
        self.rebuilt = {Path(name).stem: rebuilt for name, rebuilt in submission.notebooks.items()}
        self.jobs = {stem: self._job(run, stem, rebuilt) for stem, rebuilt in self.rebuilt.items()}
        self.digests = {stem: results.of_job(job) for stem, job in self.jobs.items()}
        texts = [text for stem in sorted(self.rebuilt) for part in self.rebuilt[stem].texts for text in part]
        parts = [part for stem in sorted(self.digests) for part in (stem, self.digests[stem])]
        self.digest = results.digest([*parts, *texts, submission.timestamp or ""])

    def _job(self, run, stem, rebuilt):
        texts = results.digest([cell["source"] for cell in rebuilt.cells if cell["kind"] in ("answer", "extra")])
        return {
            "unit": run.place.unit,
            "student": self.student,
            "notebook": stem,
            "cells": rebuilt.cells,
            "withhold": run.withhold,
            "key": run.place.key(run.place.unit, self.student, stem, texts),
            "gmlib": results.fingerprint(),
            "limits": run.limits,
        }

    def is_complete(self):
        return self.results.keys() == self.jobs.keys()


def withheld(notebook):
    """The modules of gmlib that answer a notebook's exercises."""
    for cell in notebook.cells:
        yield from cell.metadata.get("gmcourse", {}).get("withhold", [])
