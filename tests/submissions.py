"""Submissions for the tests of grading, written as short text files: tests/hostile/ and tests/honest/.

The name of the file is the student's, its first line says what the submission tries (`# tries: ...`, hostile) or what
it has (`# has: ...`, honest). Options may follow, one a line:

    # notebook: 02-fvsbn-nade-made-b   the one notebook handed in (default: 02-fvsbn-nade-made)
    # base: solution                   answers that the file does not give are the solution's; `blank`: the release's
                                       stubs (default: solution for honest ones, blank for hostile ones)
    # expect: 3                        points that are earned (default: all for honest ones, none for hostile ones)
    # broken: is not JSON              it cannot be graded, and this is a piece of the reason
    # student: "a name"                a name that no file can have, as JSON

Then come sections; each is done to the released notebook, in order. A cell is called by its grade_id, or by its number
in the released notebook, as in @3.

    # %% answer CELL                   the text of an answer cell
    # %% extra                         a code cell right after the first one: before all answers
    # %% extra after CELL              a code cell further down
    # %% markdown after CELL           a markdown cell
    # %% edit CELL {"cell_type": ...}  JSON merged into a cell; text below it, if any, is the new source
    # %% drop CELL
    # %% repeat CELL                   a second copy, right after the first
    # %% move CELL first               to the top; `last`: to the end
    # %% notebook {"metadata": ...}    JSON merged into the notebook
    # %% file NAME                     another file of this text in the same folder
    # %% bytes                         the file's content: a Python expression for bytes, where `notebook` is the text
                                       of the notebook as made so far
    # %% link TARGET                   a symbolic link in place of the notebook (`fifo`, `folder`: one of those)
"""

import copy
import functools
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from gmcourse.grading.demo import answer_cells, filled

ROOT = Path(__file__).parents[1]
NOTEBOOK = "02-fvsbn-nade-made"
FIRST = re.compile(r"# (tries|has): (?P<about>.+\.)$")
OPTION = re.compile(r"# (?P<name>notebook|base|expect|broken|student): (?P<value>.+)$")
SECTION = re.compile(
    r"# %% (?P<kind>answer|extra|markdown|edit|drop|repeat|move|notebook|file|bytes|link|fifo|folder)\b *(?P<rest>.*)$"
)


@dataclass
class Recipe:
    """A submission to be made. sections: (kind, what follows it on the line, text below it)."""

    name: str
    about: str
    notebook: str = NOTEBOOK
    base: str = "blank"
    expect: float = 0.0
    broken: str | None = None
    sections: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def unit(self):
        return re.sub(r"-[b-z]$", "", self.notebook)


def read_all(folder):
    """{file stem: Recipe} of a folder beside this file, such as "hostile"."""
    return {path.stem: read(path) for path in sorted((Path(__file__).parent / folder).glob("*.py"))}


def read(path):
    """The Recipe in a file; ValueError names the line that is not understood."""
    lines = path.read_text(encoding="utf-8").splitlines()
    first = FIRST.match(lines[0])
    if not first:
        raise ValueError(
            f"{path}: line 1: expected '# tries: one sentence.' or '# has: one sentence.', got {lines[0]!r}"
        )
    head = next((k for k, line in enumerate(lines[1:], 1) if not OPTION.match(line)), len(lines))
    options = dict(OPTION.match(line).group("name", "value") for line in lines[1:head])
    honest = first[1] == "has"
    recipe = Recipe(
        name=json.loads(options["student"]) if "student" in options else path.stem,
        about=first["about"],
        notebook=options.get("notebook", NOTEBOOK),
        base=options.get("base", "solution" if honest else "blank"),
        broken=options.get("broken"),
    )
    recipe.expect = float(options["expect"]) if "expect" in options else most(recipe.notebook) if honest else 0.0
    for number, line in enumerate(lines[head:], head + 1):
        section = SECTION.match(line)
        if section:
            recipe.sections.append((section["kind"], section["rest"].strip(), []))
        elif recipe.sections:
            recipe.sections[-1][2].append(line)
        elif line:
            raise ValueError(f"{path}: line {number}: expected an option or '# %% ...', got {line!r}")
    recipe.sections = [(kind, rest, "\n".join(text).strip("\n")) for kind, rest, text in recipe.sections]
    return recipe


def write(recipe, submitted):
    """Make SUBMITTED/STUDENT/UNIT/NOTEBOOK.ipynb; returns the notebook's path."""
    path = Path(submitted) / recipe.name / recipe.unit / f"{recipe.notebook}.ipynb"
    path.parent.mkdir(parents=True)
    released, solution = _sources(recipe.notebook)
    notebook = copy.deepcopy(released)
    if recipe.base == "solution":
        notebook = filled(notebook, dict(answer_cells(solution)))
    made = _Making(notebook)
    data = None
    for kind, rest, text in recipe.sections:
        if kind == "bytes":
            data = eval(text, {"notebook": made.text(), "json": json})
        elif kind == "file":
            (path.parent / rest).write_text(text)
        elif kind == "link":
            os.symlink(rest, path)
        elif kind == "fifo":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        else:
            getattr(made, kind)(rest, text)
    if not os.path.lexists(path):
        path.write_bytes(made.text().encode() if data is None else data)
    return path


def most(notebook):
    """The points of a notebook's tests, without what a person grades."""
    about = [cell.metadata.get("nbgrader", {}) for cell in _sources(notebook)[1].cells]
    return float(sum(cell["points"] for cell in about if cell.get("grade") and not cell.get("solution")))


@functools.cache
def _sources(notebook):
    import nbformat

    unit = Recipe("", "", notebook).unit
    return [
        nbformat.read(ROOT / kind / unit / f"{notebook}.ipynb", as_version=4) for kind in ("notebooks", "solutions")
    ]


class _Making:
    """A notebook while the sections of a recipe change it; every method takes the rest of the line and the text."""

    def __init__(self, notebook):
        self.nb = notebook
        self.numbered = list(notebook.cells)
        self.inserted = 0

    def text(self):
        return json.dumps(self.nb, indent=1)

    def answer(self, name, text):
        self._cell(name)["source"] = text

    def extra(self, where, text):
        cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": text}
        self._insert(where, cell)

    def markdown(self, where, text):
        self._insert(where, {"cell_type": "markdown", "metadata": {}, "source": text})

    def edit(self, rest, text):
        name, _, change = rest.partition(" ")
        cell = self._cell(name)
        _merge(cell, json.loads(change or "{}"))
        if text:
            cell["source"] = text

    def drop(self, name, _):
        del self.nb.cells[self._place(name)]

    def repeat(self, name, _):
        again = copy.deepcopy(self._cell(name))
        again["id"] = self._new_id()
        self.nb.cells.insert(self._place(name) + 1, again)

    def move(self, rest, _):
        name, where = rest.split()
        cell = self.nb.cells.pop(self._place(name))
        self.nb.cells.insert({"first": 0, "last": len(self.nb.cells)}[where], cell)

    def notebook(self, change, _):
        _merge(self.nb, json.loads(change))

    def _insert(self, where, cell):
        first = next(k for k, cell in enumerate(self.nb.cells) if cell["cell_type"] == "code")
        place = self._place(where.removeprefix("after ")) if where else first
        cells = self.nb.cells
        while place + 1 < len(cells) and str(cells[place + 1].get("id", "")).startswith("inserted"):
            place += 1  # below what an earlier section put there
        cells.insert(place + 1, cell | {"id": self._new_id()})

    def _new_id(self):
        self.inserted += 1
        return f"inserted-{self.inserted}"

    def _cell(self, name):
        return self.nb.cells[self._place(name)]

    def _place(self, name):
        if name.startswith("@"):
            wanted = self.numbered[int(name[1:])]
            return next(k for k, cell in enumerate(self.nb.cells) if cell is wanted)
        about = [cell["metadata"].get("nbgrader") for cell in self.nb.cells]
        ids = [entry.get("grade_id") if isinstance(entry, dict) else None for entry in about]
        if name not in ids:
            raise ValueError(f"no cell {name!r}")
        return ids.index(name)


def _merge(old, new):
    """Merge JSON objects into each other; null takes a key away."""
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(key), dict):
            _merge(old[key], value)
        elif value is None:
            old.pop(key, None)
        else:
            old[key] = value
