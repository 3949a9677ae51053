"""How far grading is: counts now and then without a terminal, a bar in one."""

import io
import re
import sys

import pytest

from gmcourse.grading import progress
from gmcourse.grading.progress import Progress


class Terminal(io.StringIO):
    """What claims to be one."""

    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is set."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_progress_says_a_tenth_at_a_time(clock):
    said = []
    with Progress(300, said.append) as bar:
        for k in range(1, 124):
            clock[0] += 0.5
            bar.broken(f"s{k}", "why\n") if k in (7, 8, 9) else bar.graded(f"s{k}")
    counts = [line for line in said if not line.startswith("NOT")]
    assert [line for line in said if line.startswith("NOT")] == [f"NOT GRADED s{k}: why" for k in (7, 8, 9)]
    assert [line.split(" [")[0] for line in counts] == [
        "graded 27, broken 3, waiting 270",
        "graded 57, broken 3, waiting 240",
        "graded 87, broken 3, waiting 210",
        "graded 117, broken 3, waiting 180",
        "graded 120, broken 3, waiting 177",
    ]
    assert counts[0].endswith("[00:15<02:15, 2.00/s]")


def test_progress_says_something_every_half_minute(clock):
    said = []
    bar = Progress(1000, said.append)
    for _ in range(4):
        clock[0] += 16
        bar.graded("ann")
    bar.close()
    assert [line.split(" [")[0] for line in said] == [
        "graded 2, broken 0, waiting 998",
        "graded 4, broken 0, waiting 996",
    ]


def test_progress_of_nothing_says_nothing(capsys):
    said = []
    for say in (said.append, None):
        with Progress(0, say):
            pass
    assert (said, capsys.readouterr().err) == ([], "")


def test_progress_without_a_terminal_is_plain_lines(capsys):
    with Progress(3) as bar:
        bar.note("a \x1b[31mnote")
        bar.graded("ann")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0] == "a \N{REPLACEMENT CHARACTER}[31mnote"
    assert err.splitlines()[1].startswith("graded 1, broken 0, waiting 2 [00:00<")
    assert "\r" not in err


def test_progress_in_a_terminal_is_a_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with Progress(0):
        pass
    assert sys.stderr.getvalue() == ""
    with Progress(3) as bar:
        bar.graded("ann")
        bar.broken("bob", "why")
    shown = sys.stderr.getvalue()
    assert "NOT GRADED bob: why\n" in shown
    assert re.search(r"graded 1, broken 1, waiting 1 .*\[00:00<.*/s\]\s*$", shown.split("\r")[-1])
