"""The program that grades, with small notebooks made by hand."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import torch

from gmcourse.grading import checker, results

pytestmark = [
    pytest.mark.grading,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap (Linux)"),
]
# the worker itself, but quick to see that a checker is stuck
PROGRAM = "from gmcourse.grading import worker; worker.SLACK = 1.0; worker.main([])"
START = "import os\nimport time\nimport torch\nfrom gmlib import checks"


class Grader:
    """The worker as a program, answering job after job."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert json.loads(self.process.stdout.readline()) == {"ready": self.process.pid}

    def send(self, job):
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()

    def __call__(self, *cells, **more):
        self.send(job(*cells, **more))
        return json.loads(self.process.stdout.readline())["result"]


@pytest.fixture(scope="module")
def grade():
    grader = Grader()
    yield grader
    grader.process.stdin.close()
    assert grader.process.wait(20) == 0


def job(*cells, **more):
    limits = {"cell": 4.0, "call": 2.0, "test": 3.0, "total": 300.0}
    plan = [
        cell | {"index": k, "source": textwrap.dedent(cell["source"])} for k, cell in enumerate([given(START), *cells])
    ]
    about = {"unit": "u", "student": "s", "notebook": "n", "cells": plan, "withhold": [], "key": "ab" * 16}
    return about | {"gmlib": results.fingerprint(), "limits": limits | more.pop("limits", {})} | more


def given(source, name=None):
    return {"kind": "given", "id": name, "source": source}


def extra(source):
    return {"kind": "extra", "id": None, "source": source}


def demo(source):
    return {"kind": "demo", "id": None, "source": source}


def answer(exercise, source, model=None):
    model = model or f"def {exercise}(x):\n    return 2 * x"
    return {"kind": "answer", "id": exercise, "exercise": exercise, "source": source, "model": model}


def check(name, source=None, points=2.0):
    exercise = name.split("--")[0]
    source = source or f"x = torch.ones(3)\nchecks.close({exercise}(x), 2 * x, 'twice x', 'double it')"
    return {"kind": "test", "id": name, "exercise": exercise, "source": source, "points": points}


def pair(exercise, source, test=None, model=None):
    return [answer(exercise, source, model), check(f"{exercise}--t", test)]


def short(result):
    return {name.removesuffix("--t"): (g["points"], g["outcome"]) for name, g in result["grades"].items()}


FRESH = """
    ### BEGIN HIDDEN TESTS
    x = torch.rand(9, generator=checks.generator("{0}--fresh", fresh=True))
    checks.close({0}(x), 2 * x, "twice x", "double it")
    ### END HIDDEN TESTS
"""
SAYS = [
    *pair(
        "right",
        "def right(x):\n    return x + x",
        "print('said'); checks.close(right(torch.ones(2)), torch.full((2,), 2.0))",
    ),
    *pair("wrong", "def wrong(x):\n    return x", FRESH.format("wrong")),
    *pair("none", "def none(x):\n    2 * x"),
    *pair("raises", "def raises(x):\n    raise KeyError('no such key')"),
    *pair("own", "class Own(Exception): pass\ndef own(x):\n    raise Own('mine')"),
    *pair("syntax", "def syntax(x)\n    return x"),
    *pair("stops", "y = undefined_here\ndef stops(x):\n    return 2 * x"),
    *pair("renamed", "def rennamed(x):\n    return 2 * x"),
    *pair("number", "number = 5"),
    *pair("uses", "from gmlib.autoregressive.made import MADE\ndef uses(x):\n    return MADE(3)(x)"),
    *pair(
        "changes",
        "def changes(x):\n    return x.mul_(2)",
        "checks.close(changes(torch.ones(2)), torch.full((2,), 2.0))",
    ),
    *pair(
        "loud",
        "def loud(x):\n    print('z' * 10**7)\n    return 2 * x",
        "print('y' * 10**6); loud(torch.ones(1)).sum()",
    ),
    *pair(
        "cell", "print('x' * 10**7)\nimport sys\nprint('e' * 10**6, file=sys.stderr)\ndef cell(x):\n    return 2 * x"
    ),
    *pair("quiet", "def quiet(x):\n    torch.manual_seed(0)\n    return 2 * x"),
    *pair("exits", "def exits(x):\n    raise SystemExit"),
    *pair("explores", "from gmlib.explore import made\ndef explores(x):\n    return made.draw_made(x)"),
    *pair("nan", "def nan(x):\n    return x * float('nan')"),
]


@pytest.fixture(scope="module")
def said(grade):
    return grade(*SAYS, withhold=["autoregressive.made"])


def test_right_answers_get_their_points_and_wrong_ones_none(said):
    assert said["fault"] is None
    assert said["notes"] == []
    right = {"right", "loud", "cell", "quiet"}
    assert short(said) == {
        cell["exercise"]: (2.0, "right") if cell["exercise"] in right else (0.0, "wrong")
        for cell in SAYS
        if cell["kind"] == "test"
    }
    assert said["grades"]["right--t"] | {"passed": 1} == said["grades"]["right--t"]
    assert said["grades"]["right--t"]["message"] == ""
    assert said["grades"]["right--t"]["printed"] == "said\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none", "twice x is None: is the last line of your function a `return`?"),
        ("raises", "KeyError: 'no such key'"),
        ("own", "Own: mine"),
        ("syntax", "your answer cell stopped: SyntaxError: expected ':'"),
        ("stops", "your answer cell stopped: NameError: name 'undefined_here' is not defined"),
        ("renamed", "there is no renamed: the answer cell should define a function of this name"),
        ("number", "TypeError: 'int' object is not callable"),
        ("uses", "gmlib's own MADE is not there when this exercise is graded: write it yourself"),
        ("changes", "your function changed a tensor or list that it was given"),
        ("exits", "SystemExit"),
        ("explores", "write it yourself"),
        ("nan", "twice x contains NaN or infinity in 3 of its 3 entries"),
    ],
)
def test_a_student_reads_what_is_wrong(said, name, message):
    found = said["grades"][f"{name}--t"]["message"]
    assert message in found
    assert "Traceback" not in found
    if "is None" in message or "NaN" in message:
        assert found == message  # a check's sentence alone


def test_a_failure_names_the_seed_of_fresh_inputs(said):
    said = said["grades"]["wrong--t"]["message"]
    start, _, seed = said.partition("(fresh inputs of wrong--fresh: seed ")
    assert start.startswith("twice x is off by ")
    assert start.endswith("entries are off: double it ")
    x = torch.rand(9, generator=torch.Generator().manual_seed(int(seed.removesuffix(")"))))
    worst = (x / (2 * x).clamp(min=1)).argmax()
    assert f"by {x[worst]:.3g} at [{worst}]" in start  # the distance of x from 2 x


def test_what_is_printed_is_cut(said):
    assert len(said["grades"]["loud--t"]["printed"]) == 5000
    place = next(
        k for k, cell in enumerate([None, *SAYS]) if cell and cell["id"] == "cell" and cell["kind"] == "answer"
    )
    out = said["outputs"][str(place)]
    assert 1000 < len(out["stdout"]) <= 60_000
    assert 1000 < len(out["stderr"]) <= 60_000


def test_the_same_job_has_the_same_result(grade, said):
    again = grade(*SAYS, withhold=["autoregressive.made"])
    assert again.pop("seconds")["total"] > 0
    assert again == {name: part for name, part in said.items() if name != "seconds"}


def test_partial_credit_is_a_number_at_the_end(grade):
    def points(expression):
        return check(f"f--{len(tests)}", f"y = f(torch.ones(1))\n{expression}")

    tests = []
    expressions = [
        "1.5",
        "1",
        "99",
        "-3",
        "0",
        "float('nan')",
        "float('inf')",
        "True",
        "torch.ones(())",
        "'1'",
        "None",
        "y",
    ]
    for expression in expressions:
        tests.append(points(expression))
    result = grade(answer("f", "def f(x):\n    return 2 * x"), *tests)
    assert [g["points"] for g in result["grades"].values()] == [1.5, 1, 2, 0, 0, 2, 2, 2, 2, 2, 2, 2]


LOSES = [
    *pair("before", "def before(x):\n    return 2 * x"),
    *pair("exits", "def exits(x):\n    os._exit(3)"),
    *pair("slow", "def slow(x):\n    time.sleep(60)"),
    *pair("endless", "while True:\n    pass\ndef endless(x):\n    return 2 * x"),
    *pair("dies", "os.kill(os.getpid(), 9)\ndef dies(x):\n    return 2 * x"),
    *pair("counts", "def counts(x):\n    return 10**17", "for _ in range(counts(1)): pass"),
    *pair("kills", "def kills(x):\n    return 9", "import os\nos.kill(os.getpid(), kills(1))"),
    *pair("after", "def after(x):\n    return 2 * x"),
]


def test_an_exercise_that_ends_or_hangs_a_process_costs_that_exercise_alone(grade):
    result = grade(*LOSES)
    assert result["fault"] is None
    assert short(result) == {
        "before": (2.0, "right"),
        "exits": (0.0, "crashed"),
        "slow": (0.0, "timed out"),
        "endless": (0.0, "timed out"),
        "dies": (0.0, "crashed"),
        "counts": (0.0, "timed out"),
        "kills": (0.0, "crashed"),
        "after": (2.0, "right"),
    }
    message = {name.removesuffix("--t"): g["message"] for name, g in result["grades"].items()}
    assert message["exits"] == "it crashed: the Python process ended"
    assert message["slow"] == "it did not come to an end in time"
    assert message["endless"] == "your answer cell timed out: it did not come to an end in time"
    assert message["dies"] == "your answer cell crashed: the Python process ended"
    assert message["kills"] == "it crashed: what your code returned could not be checked: is it huge?"
    for name in (
        "exits--t: crashed",
        "slow--t: timed out",
        "endless: timed out",
        "dies: crashed",
        "counts--t: timed out",
    ):
        assert any(note.startswith(name) for note in result["notes"]), name
    assert any(note.startswith("kills--t: crashed") and "worth a look" in note for note in result["notes"])
    shown = [out["error"][0] for out in result["outputs"].values() if out["error"]]
    assert shown == ["Timed out", "Crashed"]


def test_the_time_for_a_whole_notebook_is_bounded(grade):
    began = time.monotonic()
    slow = [check(f"f--{k}", "f(1)") for k in range(9)]
    result = grade(answer("f", "def f(x):\n    time.sleep(60)"), *slow, limits={"total": 5.0, "call": 1.0})
    assert time.monotonic() - began < 15
    outcomes = [g["outcome"] for g in result["grades"].values()]
    assert outcomes[0] == "timed out"
    assert outcomes[-1] == "not reached"
    assert any("stopped after 5 s in all" in note for note in result["notes"])


@pytest.mark.parametrize("cells", [[given("import no_such_module")], [check("f--t", "f(1")]], ids=["given", "test"])
def test_a_slip_of_ours_is_a_fault_and_no_zero(grade, cells):
    result = grade(answer("f", "def f(x):\n    return 2 * x"), *cells)
    assert "Error" in result["fault"]


def test_another_version_of_the_course_is_a_fault_in_words(grade):
    result = grade(check("f--t"), gmlib="0" * 64)
    assert result["fault"] == "this machine has another version of the course than the one that sends the notebooks"
    assert result["grades"] == {}


def test_demonstrations_run_only_where_an_answer_needs_them(grade):
    cells = [demo("trained = 2\nprint('trained')"), *pair("f", "def f(x):\n    return 2 * x")]
    result = grade(*cells)
    assert short(result) == {"f": (2.0, "right")}
    assert "1" not in result["outputs"]
    result = grade(*cells[:1], *pair("f", "def f(x):\n    return trained * x"))
    assert short(result) == {"f": (2.0, "right")}
    assert result["outputs"]["1"]["stdout"] == "trained\n"
    assert result["notes"] == ["an answer uses a name of a demonstration: those ran, too"]


def test_given_cells_are_ours_here_and_the_students_there(grade):
    result = grade(
        given("def aim(x):\n    return 2 * x\nscale = 2.0"),
        extra("aim = lambda x: 0 * x\nscale = 0.0\ntorch.ones = torch.zeros\nchecks.close = lambda *a, **k: None"),
        answer("f", "def f(x):\n    return scale * x"),
        check("f--t", "x = torch.ones(2)\nchecks.close(f(x), aim(x))\nassert scale == 2.0"),
        given("doubled = f(torch.full((1,), 3.0))"),  # with the student's f: there alone
        check("f--given", "checks.close(doubled, torch.zeros(1))"),
    )
    assert short(result) == {"f": (0.0, "wrong"), "f--given": (2.0, "right")}


def test_tests_without_points_are_not_run(grade):
    result = grade(*pair("f", "def f(x):\n    return 2 * x"), check("f--devices", "raise ValueError", points=0.0))
    assert result["grades"]["f--devices"]["outcome"] == "not run"
    assert short(result)["f"] == (2.0, "right")


def test_an_answer_that_is_right_only_for_what_is_shown_keeps_no_points(grade):
    table = "def {0}(x):\n    return torch.full((3,), 2.0) if x.shape == (3,) else 0 * x"
    both = "def {0}(x):\n    return 2 * x"
    result = grade(
        *(answer("t", table.format("t")), check("t--seen"), check("t--fresh", FRESH.format("t"))),
        *(answer("b", both.format("b")), check("b--seen"), check("b--fresh", FRESH.format("b"))),
        *(answer("z", both.format("z")), check("z--seen"), check("z--fresh", FRESH.format("z"), points=0.0)),
    )
    assert {name: g["points"] for name, g in result["grades"].items()} == {
        **{"t--seen": 0.0, "t--fresh": 0.0, "b--seen": 2.0, "b--fresh": 2.0, "z--seen": 2.0, "z--fresh": 0.0}
    }
    assert result["grades"]["t--seen"]["message"] == checker.ONLY_SHOWN


def test_the_seed_of_fresh_inputs_is_not_told(grade):
    """The process learns a seed for its own global random numbers; from it nothing of a test's inputs follows."""
    guess = """
        def f(x):
            for seed in (torch.initial_seed(), torch.initial_seed() - 1, torch.initial_seed() + 1):
                if torch.equal(x, torch.rand(9, generator=torch.Generator().manual_seed(seed))):
                    return 2 * x
            return 0 * x
    """
    result = grade(answer("f", guess), check("f--fresh", FRESH.format("f")))
    assert short(result) == {"f--fresh": (0.0, "wrong")}


def forging(reply):
    """An extra cell after which every question about cells and names is answered by `reply`, as bytes of a frame."""
    return extra(
        "import gc, json, struct\n"
        "peer = next(x for x in gc.get_objects() if type(x).__name__ == 'Student')\n"
        "def send(message, deadline=0, reply=" + repr(reply) + ", sock=peer.channel.sock):\n"
        "    text = reply.replace('NONCE', json.dumps(message['re'])).encode()\n"
        "    sock.sendall(struct.pack('<II', len(text), 0) + text)\n"
        "peer.channel.send = send"
    )


def test_no_forged_message_makes_a_fault(grade):
    """A request whose name json reads, but cannot write into the answer: it nests nearly too deep."""
    result = grade(
        forging('{"op": "call", "id": ' + "[" * 960 + "]" * 960 + "}"), *pair("f", "def f(x):\n    return x")
    )
    assert result["fault"] is None
    assert short(result) == {"f": (0.0, "crashed")}
    assert [note.partition(" crashed: what came back was not an answer")[0] for note in result["notes"]] == [
        "f:",
        "f--t:",
    ]


def descendants(pid):
    found = [pid]
    for p in found:
        for path in Path(f"/proc/{p}/task").glob("*/children"):
            found += [int(child) for child in path.read_text().split()]
    return found[1:]


def test_when_nobody_waits_for_it_any_more_all_of_it_ends():
    grader = Grader()
    cells = pair("f", "def f(x):\n    time.sleep(60)")
    grader.send(job(*cells, limits={"call": 60.0, "test": 60.0}))
    until = time.monotonic() + 20
    while len(below := descendants(grader.process.pid)) < 4 and time.monotonic() < until:
        time.sleep(0.05)  # checker, bubblewrap, its child, the student's process
    time.sleep(0.5)
    grader.process.stdin.close()
    assert grader.process.wait(10) == 0
    assert grader.process.stdout.read() == ""
    until = time.monotonic() + 5
    while alive(below) and time.monotonic() < until:
        time.sleep(0.02)
    assert len(below) >= 4
    assert not alive(below)


def alive(pids):
    return [pid for pid in pids if os.path.exists(f"/proc/{pid}")]
