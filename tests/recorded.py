"""A grader that starts nothing and counts what it was asked, and jobs and processes for tests of who grades when."""

import contextlib
import ctypes
import io
import os
import time
from pathlib import Path

from gmcourse.grading import results, watch
from gmcourse.grading.run import LIMITS

PR_SET_CHILD_SUBREAPER = 36
MODEL = "def double(x):\n    return 2 * x"


class Recorded:
    """In place of schedule.local: answers of ours run in this process. asked: [(student, notebook)] of all jobs."""

    def __init__(self):
        self.asked, self.stop_after = [], None

    def __call__(self, jobs, count, isolated=True):
        for tag, job in jobs:
            if self.stop_after == len(self.asked):
                raise KeyboardInterrupt
            self.asked.append(tag)
            yield tag, ran(job)

    def since(self):
        """What was asked since the last look, in order."""
        asked, self.asked = sorted(self.asked), []
        return asked


def ran(job):
    """The result of a job of the small unit."""
    os.environ["GM_GRADING_KEY"], names, grades = job["key"], {}, {}
    for cell in job["cells"]:
        message = ""
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(cell["source"], names)
        except Exception as error:
            message = str(error) or type(error).__name__
        if cell["kind"] == "test":
            points, outcome = (0.0, "wrong") if message else (cell["points"], "right")
            grades[cell["id"]] = {"points": points, "outcome": outcome, "message": message, "printed": ""}
    del os.environ["GM_GRADING_KEY"]
    return {"grades": grades, "outputs": {}, "notes": [], "seconds": {}, "fault": None}


def job(number, answer=MODEL, **others):
    """A real job with one test; `number` tells it from others."""
    test = f"assert double({number}) == {2 * number}, 'not doubled'\nprint({number})"
    return {
        "unit": "09-small",
        "student": f"student-{number}",
        "notebook": "09-small",
        "cells": [
            {"kind": "answer", "id": "double", "source": answer, "index": 0, "exercise": "double", "model": MODEL},
            {"kind": "test", "id": "double--it", "source": test, "index": 1, "points": 2.0, "exercise": "double"},
        ],
        "withhold": [],
        "key": "00",
        "gmlib": results.fingerprint(),
        "limits": LIMITS,
    } | others


@contextlib.contextmanager
def no_strays(seconds=20):
    """Whatever was started within must have ended soon after, what was left without a parent included."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    before = set(watch.children(os.getpid()))
    try:
        yield
        until = time.monotonic() + seconds
        while left := [pid for pid in watch.children(os.getpid()) if pid not in before and not _is_over(pid)]:
            assert time.monotonic() < until, [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in left]
            time.sleep(0.05)
    finally:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0)


def _is_over(pid):
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return True


def below(pid, word):
    """The processes below `pid` with `word` on their command line."""
    found = []
    for one in watch.tree(pid)[1:]:
        with contextlib.suppress(OSError):
            if word.encode() in Path(f"/proc/{one}/cmdline").read_bytes():
                found.append(one)
    return found


def wait_for(condition, seconds=60):
    """What the function `condition` gives, once it gives something."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.01)
    return found
