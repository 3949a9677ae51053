"""The trusted side: runs a notebook's own test cells, in which what the student defines is a proxy to their process.

The checker goes through the notebook once. The student's process runs given, answer and extra cells; the checker runs
the given cells that need nothing of the student's, and all tests. What it finds it reports as it goes, message by
message, so that nothing is lost when the student's process, or the checker itself, does not survive a cell.
"""

import ast
import contextlib
import functools
import hmac
import io
import itertools
import math
import time

import torch

from gmcourse.grading.protocol import described
from gmcourse.grading.proxies import Checker, Remote, StudentError, as_kind
from gmcourse.grading.wire import Lost, clean
from gmlib import checks

START_SECONDS = 60
MOST_MESSAGE, MOST_PRINTED, MOST_TEXT, MOST_SHOWN = 2000, 5000, 60_000, 20
SHOWN = {"text/plain": MOST_TEXT, "image/png": 1_000_000}  # what is taken of a cell's outputs, up to what length
HIDDEN = "### BEGIN HIDDEN TESTS"
ONLY_SHOWN = "right for the inputs that the notebook shows, but not for others of their kind"
CHANGED = (
    "your function changed a tensor or list that it was given: work with a new one, since the caller needs the old one"
)


def assigned(source, imports=True):
    """The names that a cell binds at top level, with or without those that it imports."""
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names if imports}
        else:
            names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return names


def used(source):
    """The names that a cell mentions."""
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def codes(source):
    """{name: code} of the functions that a cell defines at top level."""
    constants = compile(source, "<answer>", "exec").co_consts
    return {c.co_name: c for c in constants if hasattr(c, "co_name")}


class Tally:
    """Counts the comparisons of gmlib.checks that pass, those that hold values to what is right."""

    COMPARE = (
        *("area_is_one", "causal", "close", "count", "dependencies", "draws_from", "edges", "factors"),
        *("integrates_to_one", "inverts", "levels_sum_to_one", "links_are", "log_det", "parents", "sampler", "spread"),
        *("summands", "sums_to_one", "unbiased"),
    )

    def __init__(self):
        self.passed = 0
        for name in self.COMPARE:
            setattr(checks, name, self._counted(getattr(checks, name)))

    def _counted(self, compare):
        @functools.wraps(compare)
        def counted(*args, **kwargs):
            result = compare(*args, **kwargs)
            self.passed += 1
            return result

        return counted


def is_hidden(cell):
    """Whether a test cell has hidden tests."""
    return HIDDEN in cell["source"]


@contextlib.contextmanager
def drawn_anew():
    """For the time of a `with`, the generators of visible tests are seeded as those of hidden ones are."""
    fixed = checks.generator
    checks.generator = lambda part, fresh=True: fixed(part, fresh=True)
    try:
        yield
    finally:
        checks.generator = fixed


tally = functools.cache(Tally)  # one a process: it wraps the functions of a module


def run_test(cell, namespace):
    """Run a test cell: (points, message, printed); an empty message means right. Lost goes through."""
    tree, out = ast.parse(cell["source"]), io.StringIO()
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    name, value, most = f"<{cell['id']}>", None, cell["points"]
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(tree, name, "exec"), namespace)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), name, "eval"), namespace)
    except (Lost, KeyboardInterrupt):
        raise
    except BaseException as error:
        return 0.0, told(error)[:MOST_MESSAGE], out.getvalue()[:MOST_PRINTED]
    is_part = type(value) is int or (type(value) is float and math.isfinite(value))
    return float(min(max(value, 0), most)) if is_part else most, "", out.getvalue()[:MOST_PRINTED]


def told(error):
    """What a student reads of an exception: a check's sentence alone, or the class and the text."""
    name, text = described(error)
    return text if isinstance(error, AssertionError) and text else f"{name}: {text}" if text else name


class Walk:
    """One way through a notebook with one student's process.

    skip: positions of cells that ended a process before; grades: {id: grade} of tests that have been run.
    """

    def __init__(self, job, box, report, skip=(), grades=None):
        self.cells, self.limits, self.report, self.skip = job["cells"], job["limits"], report, skip
        self.grades = dict(grades or {})
        self.demos, self.key = job.get("demos", False), job["key"]
        self.tally = tally()
        for cell in self.cells:
            if cell["kind"] == "test":
                ast.parse(cell["source"])  # a slip of ours is the grader's fault, found before a student's code runs
        self.namespace, self.shared, self.alive = {"__name__": "__main__"}, {}, []
        self.peer = Checker(box, self.shared, self.limits["call"])
        self.exported = {}  # name that is the student's: position of the answer cell that binds it, or None
        self.codes = {}
        self.failed = dict(job.get("failed", {}))  # position of an answer cell: [outcome, why it has no functions]

    def _own(self, op, value=None, seconds=None, **message):
        """Ask what our own part of the student's process answers: an error there means that it was tampered with."""
        try:
            return self.peer.ask(op, value, seconds, **message)
        except StudentError as error:
            raise Lost("crashed", f"the Python process is broken ({told(error)})") from None

    def run(self):
        started = time.monotonic()
        self._own("names", [], START_SECONDS)
        self.report({"started": time.monotonic() - started})
        for position, cell in enumerate(self.cells):
            self.report({"at": position})
            if cell["kind"] == "test":
                if cell["id"] not in self.grades:
                    self.test(cell)
            elif position in self.skip:
                self._bind(position, cell)
            elif cell["kind"] != "demo" or self.demos:
                self.execute(position, cell)
        for position, cell in enumerate(self.cells):
            if cell["kind"] == "test" and self.is_doubtful(cell):
                self.report({"at": position})
                self.test_again(cell)

    def is_doubtful(self, cell):
        """Whether an answer that passes a visible test, which draws its inputs, is wrong at a hidden one."""
        draws, exercise = "checks.generator(" in cell["source"], cell["id"].split("--")[0]
        hidden = [c["id"] for c in self.cells if c["kind"] == "test" and is_hidden(c) and c["points"]]
        missed = any(self.grades[name]["outcome"] != "right" for name in hidden if name.split("--")[0] == exercise)
        return draws and missed and not is_hidden(cell) and bool(self.grades[cell["id"]]["points"])

    def test_again(self, cell):
        """Run a visible test with other inputs than those that the notebook shows, which a table would know."""
        shown = self.grades[cell["id"]]
        with drawn_anew():
            self.test(cell)
        again = self.grades[cell["id"]]
        if again["outcome"] == "right":
            self._grade(cell, shown)
        else:
            self._grade(cell, again | {"message": f"{ONLY_SHOWN}: {again['message']}"[:MOST_MESSAGE]})

    def _grade(self, cell, grade):
        self.grades[cell["id"]] = grade
        self.report({"grade": cell["id"], "is": grade})

    def execute(self, position, cell):
        """Run a cell in the student's process and, where it needs nothing of the student's, here."""
        began = time.monotonic()
        self._bind(position, cell)
        self.report({"output": position, "is": (out := self._outputs(cell["source"]))})
        if cell["kind"] == "answer" and out["error"]:
            name, text = out["error"][:2]
            self.failed[position] = ["wrong", f"your answer cell stopped: {name}: {text}"]
        self.report({"spent": "student", "seconds": time.monotonic() - began})

    def _bind(self, position, cell):
        kind, source = cell["kind"], cell["source"]
        if kind == "answer":
            self.exported |= dict.fromkeys(assigned(cell["model"], imports=False), position)
            self.codes |= codes(cell["model"])
        elif kind == "given" and used(source) & self.exported.keys():
            self.exported |= dict.fromkeys(assigned(source) - self.exported.keys(), None)
        elif kind == "given":
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(source, "<given>", "exec"), self.namespace)
            for name in assigned(source) & self.namespace.keys():
                self.alive.append(thing := self.namespace[name])  # or its id would be another's later
                self.shared[id(thing)] = name

    def _outputs(self, source):
        """The outputs of a cell, made of plain text whatever came."""
        came = self._own("exec", source, self.limits["cell"])
        came = came if type(came) is dict else {}
        error, shown = came.get("error"), came.get("shown")
        whole = isinstance(error, list) and len(error) == 3 and all(isinstance(text, str) for text in error)
        shown = [one for one in shown[:MOST_SHOWN] if isinstance(one, dict)] if isinstance(shown, list) else []
        return {
            "stdout": _text(came.get("stdout")),
            "stderr": _text(came.get("stderr")),
            "shown": [
                {kind: _text(one.get(kind), most) for kind, most in SHOWN.items() if kind in one} for one in shown
            ],
            "error": [text[:10_000] for text in error] if whole else None,
        }

    def test(self, cell):
        """Run a test cell and report its grade."""
        began = time.monotonic()
        self._own("seed", self._seed(f"the student's process at {cell['id']}"))
        torch.manual_seed(self._seed(f"the checker at {cell['id']}"))
        grade = self._without_answer(names := sorted(self.exported.keys() & used(cell["source"])))
        if grade is None:
            self.peer.changed, self.tally.passed = False, 0
            for name in names:
                self.namespace[name] = self._fetched(name)
            points, message, printed = run_test(cell, self.namespace)
            if not message and self.peer.changed:
                points, message = 0.0, CHANGED
            grade = {"points": points, "outcome": "wrong" if message else "right"}
            self.peer.tapes.clear()
            grade |= {"message": clean(message), "printed": clean(printed), "passed": self.tally.passed}
        self._grade(cell, grade)
        self.report({"spent": "checks", "seconds": time.monotonic() - began})

    def _seed(self, part):
        """Of PyTorch's global random numbers, for those who draw from them: a re-grade repeats itself.

        The student's process learns its own, so `part` is never a name that `checks.generator` is called with.
        """
        return int.from_bytes(hmac.digest(self.key.encode(), part.encode(), "sha256")[:6], "big")

    def _fetched(self, name):
        found = self._own("get", target=["n", name])
        if isinstance(found, Remote):
            object.__setattr__(found, "_code", self.codes.get(name))
        return found

    def _without_answer(self, names):
        """The grade of a test that lacks a name, since the answer cell did not get so far; None where all are there."""
        there = {name for name in as_kind(self._own("names", names), list) if type(name) is str}
        for name in names:
            self.namespace.pop(name, None)
        missing = [name for name in names if name not in there]
        for name in missing:
            outcome, why = self.failed.get(self.exported[name], ("wrong", None))
            why = why or f"there is no {name}: the answer cell should define a function of this name"
            return {"points": 0.0, "outcome": outcome, "message": clean(why)[:MOST_MESSAGE], "printed": ""}
        return None


def _text(x, most=MOST_TEXT):
    return x[:most] if isinstance(x, str) else ""


def demo_names(cells):
    """The names that only demonstrations bind, which are skipped when grading."""
    sources = {kind: [c["source"] for c in cells if c["kind"] == kind] for kind in ("demo", "given")}
    bound = {kind: set(itertools.chain(*map(assigned, texts))) for kind, texts in sources.items()}
    return bound["demo"] - bound["given"]
