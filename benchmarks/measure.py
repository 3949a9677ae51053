"""Seconds and bytes of a run of `gmcourse grade`, measured from outside."""

import contextlib
import functools
import threading
import time
from collections import defaultdict
from pathlib import Path
from unittest import mock

from gmcourse import course
from gmcourse.grading import feedback, grade, gradebook, intake, watch

UNIT = "02-fvsbn-nade-made"
ONE = f"{UNIT}-b"  # of its notebooks, where one is enough


def timed(call, *arguments, **options):
    """(seconds, result)"""
    began = time.perf_counter()
    result = call(*arguments, **options)
    return time.perf_counter() - began, result


def graded(folder, **options):
    """(seconds, Report) of `gmcourse grade` on FOLDER/submitted."""
    url = options.pop("url", f"sqlite:///{folder}/grades/gradebook.db")
    quiet = {"say": lambda line: None, "output": folder / "grades"}
    return timed(grade, UNIT, folder / "submitted", url, course.find().root, **quiet, **options)


@contextlib.contextmanager
def timers():
    """{name: seconds in all} of the parts of a run that this process does, as they pass."""
    spent, parts = defaultdict(float), [
        ("reading", intake, "read"),
        ("filing", gradebook.Writer, "record"),
        ("filing", gradebook, "keep_submission"),
        ("pages", feedback, "write_feedback"),
    ]  # fmt: skip
    with contextlib.ExitStack() as patches:
        for name, where, what in parts:
            patches.enter_context(mock.patch.object(where, what, _counting(getattr(where, what), spent, name)))
        yield spent


def _counting(call, spent, name):
    @functools.wraps(call)
    def counting(*arguments, **options):
        seconds, result = timed(call, *arguments, **options)
        spent[name] += seconds
        return result

    return counting


@contextlib.contextmanager
def memory(pids):
    """[most bytes] that the tree of any of the processes that `pids()` lists took meanwhile, shared pages shared."""
    most, over = [0], threading.Event()

    def look():
        while not over.wait(0.1):
            for pid in pids():
                most[0] = max(most[0], sum(proportional(one) for one in watch.tree(pid)))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield most
    finally:
        over.set()
        looking.join()


def proportional(pid):
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
    return 0
