"""Try the answers beside a lesson: the solution and every right answer pass, every wrong one is refused in words.

    python -m gmcourse.answers 02-fvsbn-nade-made made_masks

An answers file, lessons/UNIT/answers/EXERCISE.py, holds complete answer cells under markers:

    # %% wrong: strict everywhere | "something is too strict"
    # %% right: loops over units
"""

import argparse
import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gmcourse import lesson
from gmcourse.errors import CourseError

MARKER = re.compile(r'^# %% (?P<kind>wrong|right): (?P<title>[^|\n]+?)(?: \| "(?P<message>.+)")?$')


@dataclass(frozen=True)
class Answer:
    """One way to fill an answer cell. message: a piece of what a wrong answer must be told, None for a right one."""

    exercise: str
    title: str
    source: str
    message: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What became of an answer. told: the first failure's message, None when all passed. at: the cell that failed."""

    answer: Answer
    told: str | None
    at: str | None

    @property
    def as_expected(self):
        if self.answer.message is None:
            return self.told is None
        return self.told is not None and self.answer.message in self.told

    def __str__(self):
        mark = "ok  " if self.as_expected else "FAIL"
        wanted = "" if self.as_expected or self.answer.message is None else f"\n       expected {self.answer.message!r}"
        told = f"{self.at} -> {self.told}" if self.at else "passes"
        return f"{mark} {self.answer.exercise}: {self.answer.title}\n       {told}{wanted}"


def read(path):
    """The answers in one file. CourseError names the line that is no marker of an answer."""
    found, lines = [], []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("# %%"):
            mark = MARKER.match(line)
            if not mark or (mark["kind"] == "wrong") != bool(mark["message"]):
                raise CourseError(
                    f"{path}: line {number}: expected '# %% wrong: title | \"message\"' or '# %% right: title'"
                )
            found.append((mark["kind"] + ": " + mark["title"], mark["message"], lines := []))
        else:
            lines.append(line)
    return [Answer(Path(path).stem, title, "\n".join(text).strip("\n"), message) for title, message, text in found]


class InProcess:
    """The cells of one lesson, run here, as a notebook would: keep a place, go back to it, run a cell."""

    def __init__(self, cells):
        self.namespace, self.kept = {"__name__": "__main__"}, []
        for cell in cells:
            self.kept.append(dict(self.namespace))
            if cell.kind != "test":
                self.run(cell, cell.source)

    def back(self, position):
        self.namespace = dict(self.kept[position])

    def run(self, cell, source):
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, f"<{cell.id}>", "exec"), self.namespace)

    def close(self):
        pass


def verdicts(unit: Path, exercise: str | None = None, repeat: int = 1, isolated: bool = False) -> Iterator[Verdict]:
    """Try all answers of the lessons in folder `unit`, or of one exercise. Right ones run their tests `repeat` times.

    Each lesson runs once in one namespace with its solutions, without its demo cells. At an answer cell every other
    answer is tried from where the namespace was then, up to the next answer cell; tests of the exercise further down
    follow from where it is there. isolated: as grading does it, in the sandbox, instead of in this process.
    """
    lessons = {path: lesson.read(path) for path in sorted(unit.glob("*.py"))}
    withhold = sorted({module for cells in lessons.values() for cell in cells for module in cell.withhold})
    for path in lessons:
        cells = [c for c in lessons[path] if c.is_code and c.kind not in ("demo", "install")]
        wanted = {c.id: _answers(unit, c) for c in cells if c.kind == "answer" and exercise in (None, c.id)}
        last = max((k for k, c in enumerate(cells) if c.exercise in wanted), default=-1)
        if last < 0:
            continue
        room = _isolated(cells[: last + 1], withhold) if isolated else InProcess(cells[: last + 1])
        try:
            for start, cell in enumerate(cells):
                for answer in wanted.get(cell.id, ()):
                    with _hidden_inputs("wrong answers" if answer.message else None):
                        verdict = _try(answer, cells, start, room, repeat)
                    yield verdict
        finally:
            room.close()


def _isolated(cells, withhold):
    from gmcourse.grading.trial import Trial

    return Trial(cells, withhold)


@contextlib.contextmanager
def _hidden_inputs(key):
    """Key the fresh inputs of hidden tests for the time of a `with`; None makes them new each time.

    A wrong answer meets the same ones in every run, so that its message repeats itself; a right one meets new ones.
    """
    before = os.environ.pop("GM_GRADING_KEY", None)
    if key is not None:
        os.environ["GM_GRADING_KEY"] = key
    try:
        yield
    finally:
        os.environ.pop("GM_GRADING_KEY", None)
        if before is not None:
            os.environ["GM_GRADING_KEY"] = before


def _answers(unit, cell):
    path = unit / "answers" / f"{cell.id}.py"
    return [Answer(cell.id, "solution", cell.source), *(read(path) if path.exists() else [])]


def _try(answer, cells, start, room, repeat):
    following = next((k for k in range(start + 1, len(cells)) if cells[k].kind == "answer"), len(cells))
    for _ in range(repeat if answer.message is None else 1):
        at = cells[start].id
        try:
            room.back(start)
            room.run(cells[start], answer.source)
            for k in range(start + 1, len(cells)):
                at, cell = cells[k].id, cells[k]
                if cell.exercise == answer.exercise and k >= following:
                    room.back(k)
                    room.run(cells[start], answer.source)
                if cell.exercise == answer.exercise or (k < following and cell.kind == "given"):
                    room.run(cell, cell.source)
        except AssertionError as error:
            return Verdict(answer, str(error), at)
        except Exception as error:  # a student would read the traceback of whatever it is
            return Verdict(answer, f"{type(error).__name__}: {error}", at)
    return Verdict(answer, None, None)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("unit", help="a folder of lessons/, for example 01-chain-rule")
    parser.add_argument("exercise", nargs="?", help="one exercise; all by default")
    parser.add_argument("--isolated", action="store_true", help="as grading does it, in the sandbox")
    parser.add_argument("--repeat", type=int, default=1, help="how often right answers run their tests (default 1)")
    options = parser.parse_args(arguments)
    os.environ["TQDM_DISABLE"] = "1"
    unit = Path("lessons") / options.unit
    if not unit.is_dir():
        print(f"{unit}: no such folder; run this where lessons/ is", file=sys.stderr)
        return 2
    tried = []
    for verdict in verdicts(unit, options.exercise, options.repeat, options.isolated):
        tried.append(verdict)
        print(verdict, flush=True)
    missed = sum(not verdict.as_expected for verdict in tried)
    print(f"{len(tried)} answers, {missed} not as expected")
    return 1 if missed or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
