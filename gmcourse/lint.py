"""Read the lessons of a unit and say what breaks the conventions, before anything is run.

The rules of test cells are in `lint_tests`. Here: the size and rhythm of a notebook, its ids, what each exercise must
have, and which cell may use what another binds.
"""

import ast
import re
from statistics import median

from gmcourse.lint_tests import problems
from gmcourse.names import names

CELLS, LINES, MEDIAN, WIDTH = 60, 40, 12, 75
POINTS = re.compile(r"^#{2,4} Exercise\b.*\((\d+(?:\.\d+)?) points?\b", re.MULTILINE)


def lint(lessons):
    """One line for each thing that is wrong: file:line: cell, rule."""
    found = []
    for lesson in lessons:
        trees = _trees(lesson, found)
        found += _size(lesson) + _rhythm(lesson) + _exempt(lesson, trees)
        found += _bindings(lesson, trees) + _tests(lesson, trees)
    return found + _ids(lessons) + _exercises(lessons) + _install(lessons)


def _line(lesson, cell, message, line=1):
    return f"{lesson.path}:{cell.line + line - 1}: cell {cell.id}: {message}"


def _trees(lesson, found):
    """{cell id: syntax tree} of the code cells; a magic or a slip of syntax goes into `found`."""
    trees = {}
    for cell in lesson:
        if not cell.is_code:
            continue
        try:
            trees[cell.id] = ast.parse(cell.source)
        except SyntaxError as error:
            magic = re.search(r"^\s*[%!].*", cell.source, re.MULTILINE)
            what = f"{magic[0].strip()!r} is a magic: write plain Python" if magic else f"not Python: {error.msg}"
            found.append(_line(lesson, cell, what, error.lineno or 1))
    return trees


def _length(source):
    return sum(bool(line.strip()) for line in source.split("\n"))


def _size(lesson):
    """How long a notebook, its cells and its lines may be."""
    found = []
    if len(lesson) > CELLS:
        found.append(f"{lesson.path}: {len(lesson)} cells, at most {CELLS}: make another notebook of a part")
    code = [cell for cell in lesson if cell.is_code and cell.kind != "install"]
    for cell in code:
        if _length(cell.source) > LINES:
            found.append(_line(lesson, cell, f"{_length(cell.source)} lines of code, at most {LINES}"))
        for number, text in enumerate(cell.source.split("\n"), 1):
            if len(text) > WIDTH:
                found.append(_line(lesson, cell, f"a line of {len(text)} characters, at most {WIDTH}", number))
    seen = [_length(cell.visible) for cell in code if _length(cell.visible)]
    if seen and median(seen) >= MEDIAN:
        found.append(f"{lesson.path}: the median code cell has {median(seen):g} lines, expected under {MEDIAN}")
    return found


def _rhythm(lesson):
    """Text stands between any two code cells but an answer and its tests."""
    pairs = zip(lesson.cells, lesson.cells[1:], strict=False)
    return [
        _line(lesson, cell, f"follows the code cell {before.id}: put a sentence between them")
        for before, cell in pairs
        if before.is_code and cell.is_code and not (cell.kind == "test" and before.kind in ("answer", "test"))
    ]


def _exempt(lesson, trees):
    """A number that nbval does not compare is asserted within a tolerance where it is made."""
    return [
        _line(lesson, cell, "exempt from comparison: assert its numbers within a tolerance in this cell")
        for cell in lesson
        if cell.exempt and cell.id in trees and not any(isinstance(n, ast.Assert) for n in ast.walk(trees[cell.id]))
    ]


def _bindings(lesson, trees):
    """What a test or a demo cell binds is used by no later cell that runs without it."""
    found, binder = [], {}
    for cell in lesson:
        if cell.id not in trees:
            continue
        binds, needs = names(trees[cell.id])
        for name in sorted(needs):
            kind, id = binder.get(name, (None, None))
            if kind == "test":
                found.append(
                    _line(lesson, cell, f"uses {name}, which the test {id} binds: a test binds nothing for others")
                )
            elif kind == "demo" and cell.kind != "demo":
                found.append(
                    _line(lesson, cell, f"uses {name}, which the demo cell {id} binds: demos are skipped when grading")
                )
        binder |= {name: (cell.kind, cell.id) for name in binds}
    return found


def _tests(lesson, trees):
    """The conventions of test cells."""
    random_functions = {}
    for cell in lesson:
        tree = trees.get(cell.id) if cell.kind == "answer" else None
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.FunctionDef):
                listed = [argument.arg for argument in node.args.args]
                if "generator" in listed:
                    random_functions[node.name] = listed.index("generator")
                elif "generator" in [argument.arg for argument in node.args.kwonlyargs]:
                    random_functions[node.name] = len(listed)
    return [
        _line(lesson, cell, message, line)
        for cell in lesson
        if cell.kind == "test" and cell.id in trees
        for line, message in problems(cell, trees[cell.id], random_functions)
    ]


def _ids(lessons):
    """Ids are unique in the unit; a test is called EXERCISE--part, after its answer."""
    found, seen, answers = [], {}, set()
    for lesson in lessons:
        for cell in lesson:
            if cell.exercise is None:
                continue
            if cell.id in seen:
                found.append(_line(lesson, cell, f"this id is there already in {seen[cell.id]}"))
            seen[cell.id] = lesson.path.name
            if cell.kind == "answer":
                answers.add(cell.id)
            if cell.kind != "test" and "--" in cell.id:
                found.append(_line(lesson, cell, "only tests have -- in their id"))
            if cell.kind == "test" and not re.fullmatch(r"\w+--[\w-]+", cell.id):
                found.append(_line(lesson, cell, "expected a test's id to be EXERCISE--part"))
            elif cell.kind == "test" and cell.exercise not in answers and not cell.id.startswith("gmlib_"):
                found.append(_line(lesson, cell, f"no answer cell {cell.exercise} stands before this test"))
    return found


def _exercises(lessons):
    """Every exercise has points, hidden tests, and where gmlib answers it a test that the work is the student's own."""
    found = []
    for lesson in lessons:
        heading = ""
        for cell in lesson:
            if cell.kind == "markdown":
                heading = cell.source
            elif cell.kind == "answer":
                tests = [one for other in lessons for one in other if one.kind == "test" and one.exercise == cell.id]
                found += [_line(lesson, cell, message) for message in _exercise(cell, tests, heading)]
    return found


def _exercise(cell, tests, heading):
    points = sum(test.points for test in tests)
    if not points:
        yield "no test with points belongs to this exercise"
    if not any(test.inside for test in tests):
        yield "this exercise has no hidden test (### BEGIN HIDDEN TESTS in one of its tests)"
    if cell.withhold and not (tests and "checks.own_work(" in tests[0].source):
        yield "gmlib answers this exercise (withhold=): its first test must call checks.own_work(...)"
    said = POINTS.search(heading)
    if said and float(said[1]) != points:
        yield f"the heading says {said[1]} points, its tests give {points:g}"


def _install(lessons):
    """Each notebook has one install cell, before any other code."""
    found = []
    for lesson in lessons:
        code = [cell for cell in lesson if cell.is_code]
        if not code or code[0].kind != "install" or sum(cell.kind == "install" for cell in code) > 1:
            found.append(f"{lesson.path}: expected one install cell (# %% install=True), before all other code")
    return found
