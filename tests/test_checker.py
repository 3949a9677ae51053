"""The trusted side: what it takes from a test and an answer, and what it tells a student's process."""

import ast
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
import torch

from gmcourse.grading import checker, withhold, worker
from gmcourse.grading.checker import (
    Walk,
    assigned,
    codes,
    demo_names,
    run_test,
    told,
    used,
)
from gmcourse.grading.proxies import StudentError, student_error
from gmcourse.grading.rebuild import _planned
from gmcourse.grading.sandbox import Sandbox
from gmcourse.grading.wire import Lost

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "solutions" / "02-fvsbn-nade-made" / "02-fvsbn-nade-made.ipynb"
needs_sandbox = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap (Linux)")


# --- what is read from cells ---


def test_the_names_that_a_cell_binds_and_uses():
    source = (
        "import a.b as c, d.e\nfrom f import g as h\ni, (j, *k) = l\nfor m in n: o = 1\nwith p as q: pass\nr: int = 1\n"
    )
    source += "class S:\n    t = 1\ndef u(v):\n    w = 1\nx[y] = z"
    assert assigned(source) == set("cdhijkmoqrSu")
    assert used("a.b(c, d=e)\nf'{g}'\nlambda h: i\nj = 1") == {"a", "c", "e", "g", "i", "j"}


def test_the_arguments_of_our_own_answers_are_known():
    code = codes("import torch\ndef f(x, y=1):\n    def inner(z): return z\n    return inner(x)\nclass A: pass")["f"]
    assert code.co_varnames[: code.co_argcount] == ("x", "y")


def test_names_that_only_demonstrations_bind():
    cells = [{"kind": "demo", "source": "a = 1\nb = 2"}, {"kind": "given", "source": "b = 3"}]
    assert demo_names(cells) == {"a"}


# --- errors ---


@pytest.mark.parametrize(
    ("name", "kind"),
    [("ValueError", ValueError), ("KeyError", KeyError), ("OSError", OSError), ("AssertionError", AssertionError)],
)
def test_an_error_of_the_students_is_of_its_class(name, kind):
    error = student_error(name, "it's")
    assert isinstance(error, kind)
    assert isinstance(error, StudentError)
    assert str(error) == "it's"
    assert type(error).__name__ == name


@pytest.mark.parametrize(
    "name",
    ["KeyboardInterrupt", "SystemExit", "GeneratorExit", "BaseException", "StopIteration", "StopAsyncIteration", "Lost"]
    + [
        "UnicodeDecodeError",
        "ExceptionGroup",
        "BaseExceptionGroup",
        "type",
        "print",
        "",
        "a b",
        "__import__",
        "StudentError",
    ],
)
def test_no_name_makes_an_error_that_means_something_to_the_grader(name):
    error = student_error(name, "text")
    assert isinstance(error, StudentError)
    assert isinstance(error, Exception)
    assert not isinstance(error, StopIteration | StopAsyncIteration | Lost)
    assert "text" in str(error)


def test_every_builtin_name_makes_an_error():
    import builtins

    for name in dir(builtins):
        assert isinstance(student_error(name, "text"), StudentError)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (AssertionError("a sentence"), "a sentence"),
        (AssertionError(), "AssertionError"),
        (ValueError("bad"), "ValueError: bad"),
        (KeyError("k"), "KeyError: 'k'"),
        (RuntimeError(), "RuntimeError"),
        (student_error("AssertionError", "x\x1b[31m"), "x\ufffd[31m"),
    ],
)
def test_what_a_student_reads_of_an_error(error, text):
    assert told(error) == text


# --- test cells ---


def ran(source, points=2.0, **names):
    return run_test({"id": "f--t", "source": source, "points": points}, names)


@pytest.mark.parametrize(
    ("last", "points"),
    [
        *[
            ("x = 1.0", 2),
            ("1", 1),
            ("1.5", 1.5),
            ("0", 0),
            ("-1", 0),
            ("3", 2),
            ("1e9", 2),
            ("10**400", 2),
            ("-(10**400)", 0),
            ("None", 2),
        ],
        *[("float('nan')", 2), ("float('inf')", 2), ("-float('inf')", 2), ("True", 2), ("False", 2), ("'1'", 2)],
        *[("torch.ones(())", 2), ("np.float64(0.5)", 2), ("[1]", 2), ("print('x')", 2), ("1; x = 2", 2), ("", 2)],
    ],
)
def test_partial_credit_is_an_ordinary_number_at_the_end(last, points):
    import numpy as np

    found, message, _ = ran(f"y = 5\n{last}", torch=torch, np=np)
    assert message == ""
    assert found == points
    assert type(found) is float


@pytest.mark.parametrize(
    "source",
    [
        "raise AssertionError('a sentence')",
        "raise SystemExit",
        "raise MemoryError",
        "f()",
        "class E(BaseException): pass\nraise E",
    ]
    + ["def f(): f()\nf()", "print(1)\n1 / 0", "raise GeneratorExit"],
)
def test_whatever_a_test_raises_is_no_right_answer(source):
    points, message, _ = ran(source)
    assert points == 0.0
    assert message


@pytest.mark.parametrize("kind", [Lost("crashed", "gone"), KeyboardInterrupt()])
def test_a_lost_process_is_not_the_tests_affair(kind):
    def f():
        raise kind

    with pytest.raises(type(kind)):
        ran("try:\n    f()\nexcept Exception:\n    pass", f=f)


def test_what_a_test_prints_and_says_is_cut():
    points, message, printed = ran("print('x' * 10**6)\nraise ValueError('y' * 10**6)")
    assert points == 0.0
    assert len(message) == checker.MOST_MESSAGE
    assert len(printed) == checker.MOST_PRINTED


# --- what is withheld ---


def test_explorers_are_withheld_from_every_unit_since_they_compute_what_is_asked():
    found = withhold.stand_ins([])
    assert {"explore/__init__.py", "explore/made.py"} <= found.keys()
    assert all(path.startswith("explore/") for path in found)


def test_a_withheld_module_keeps_its_names_and_says_why_it_is_of_no_use():
    stand_ins = withhold.stand_ins(["autoregressive.made"])
    assert "autoregressive/made.py" in stand_ins
    assert "autoregressive/_sweep.py" in stand_ins
    assert "autoregressive/__init__.py" not in stand_ins
    assert "autoregressive/nade.py" not in stand_ins
    near = {"__name__": "gmlib.autoregressive.made"}
    exec(stand_ins["autoregressive/made.py"], near)
    thing = near["__getattr__"]("MADE")
    for use in (lambda: thing(3), lambda: thing.from_masks, lambda: type("Own", (thing,), {})()):
        with pytest.raises(NotImplementedError, match="write it yourself"):
            use()
    with pytest.raises(AttributeError):
        near["__getattr__"]("__path__")


# --- what goes to a student's process ---


@pytest.fixture(scope="module")
def sent():
    """(messages that the checker sent over a whole notebook, its cells, grades)"""
    source = nbformat.read(NOTEBOOK, as_version=4)
    cells = [_planned(cell, cell.source, k) for k, cell in enumerate(source.cells) if cell.cell_type == "code"]
    limits, messages, grades = {"cell": 30, "call": 30, "test": 60, "total": 300}, [], {}
    plan = {"cells": cells, "limits": limits, "key": "0123456789abcdef" * 2}
    withheld = sorted({m for cell in source.cells for m in cell.metadata.get("gmcourse", {}).get("withhold", [])})
    box = Sandbox(*worker.student_program(withheld), True)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GM_GRADING_KEY", plan["key"])
            walk = Walk(plan, box, lambda m: grades.update({m["grade"]: m["is"]} if "grade" in m else {}))
            dump = walk.peer.codec.dump
            walk.peer.codec.dump = lambda message: messages.append(frame := dump(message)) or frame
            walk.run()
    finally:
        box.kill()
    return messages, cells, grades


@pytest.mark.grading
@needs_sandbox
def test_a_solution_gets_all_points(sent):
    _, cells, grades = sent
    tests = {cell["id"]: cell["points"] for cell in cells if cell["kind"] == "test"}
    assert len(tests) > 10
    assert {name: grade["points"] for name, grade in grades.items()} == tests, grades


@pytest.mark.grading
@needs_sandbox
def test_no_test_and_no_key_goes_to_a_students_process(sent):
    messages, cells, _ = sent
    assert len(messages) > 100
    shown = "\n".join(cell["source"] for cell in cells if cell["kind"] != "test")
    structures = [frame[8 : 8 + int.from_bytes(frame[:4], "little")] for frame in messages]
    known = {json.dumps(text)[1:-1] for cell in cells if cell["kind"] != "test" for text in [cell["source"]]}
    told = "\n".join(text.decode() for text in structures)
    for source in known:  # what it may know: the cells that it runs
        told = told.replace(source, "")
    assert "0123456789abcdef" not in told
    assert b"0123456789abcdef" not in b"".join(messages)
    for cell in cells:
        if cell["kind"] != "test":
            continue
        assert cell["id"] not in told
        for line in cell["source"].splitlines():
            if len(line.strip()) > 15 and line not in shown:
                assert json.dumps(line.strip())[1:-1] not in told, line
        for text in (n.value for n in ast.walk(ast.parse(cell["source"])) if isinstance(n, ast.Constant)):
            if isinstance(text, str) and len(text) > 8 and text not in shown:
                assert json.dumps(text)[1:-1] not in told, text
    for word in ("points", "expected", "HIDDEN", "hidden", "checks", "fresh", "grade", "exercise"):
        assert not re.search(rf"\b{word}\b", told), word


@pytest.mark.grading
@needs_sandbox
def test_requests_are_of_few_kinds(sent):
    messages, *_ = sent
    heads = [json.loads(frame[8 : 8 + int.from_bytes(frame[:4], "little")]) for frame in messages]
    assert {head["op"] for head in heads if "op" in head} <= {
        "exec",
        "seed",
        "names",
        "get",
        "call",
        "vjp",
        "iter",
        "next",
        "len",
    }
    known = {"id", "re", "op", "value", "grad", "target", "moved", "drew", "tape", "create", "leaves", "error"}
    assert set().union(*heads) <= known


@pytest.mark.grading
@needs_sandbox
def test_no_seed_that_is_told_is_one_of_a_tests_inputs(sent, monkeypatch):
    messages, cells, _ = sent
    heads = [json.loads(frame[8 : 8 + int.from_bytes(frame[:4], "little")]) for frame in messages]
    seeds = {head["value"] for head in heads if head.get("op") == "seed"}
    assert len(seeds) > 10
    monkeypatch.setenv("GM_GRADING_KEY", "0123456789abcdef" * 2)
    for cell in (cell for cell in cells if cell["kind"] == "test"):
        for fresh in (True, False):
            own = checker.checks.generator(cell["id"], fresh=fresh).initial_seed()
            assert not seeds & {own - 1, own, own + 1}
