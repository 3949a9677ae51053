"""Read a lesson, the text that a notebook is built from.

A lesson is jupytext's py:percent format with a shorthand on the cell marker:

    # %% [markdown]                                  text
    # %%                                             a given cell
    # %% tags=["demo"]                               a given cell that no test needs
    # %% install=True                                the install cell, empty here; the builder writes it
    # %% solution="EX" withhold="autoregressive.made"  an answer cell
    # %% test="EX--part" points=2                    a locked test cell
    # %% [markdown] manual="EX" points=3             an answer that a person grades
    # %% exempt="the reason"                         nbval does not compare the output of this cell

Nothing is executed here.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from gmcourse.errors import CourseError

MARKER = re.compile(r"^# %%( |$)")
ID = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")
SOLUTION, HIDDEN = "SOLUTION", "HIDDEN TESTS"
REGION = {"answer": SOLUTION, "manual": SOLUTION, "test": HIDDEN}
# what each kind of cell may carry on its marker, besides what makes it that kind
CARRIES = {
    "markdown": set(),
    "install": set(),
    "given": {"exempt"},
    "demo": {"exempt"},
    "answer": {"withhold"},
    "test": {"points"},
    "manual": {"points"},
}


@dataclass(frozen=True)
class Cell:
    """One cell. `line` is the line of the lesson on which its source begins."""

    kind: str
    id: str
    source: str
    line: int
    points: int | float | None = None
    withhold: tuple[str, ...] = ()
    exempt: str | None = None

    @property
    def is_code(self):
        return self.kind not in ("markdown", "manual")

    @property
    def exercise(self):
        """The exercise that an answer or a test belongs to: `made_masks` of `made_masks--lecture`."""
        return self.id.split("--")[0] if self.kind in ("answer", "test", "manual") else None

    @property
    def title(self):
        """How messages name this cell: its id and first line."""
        return f"cell {self.id} (line {self.line}: {first_line(self.source)!r})"

    @property
    def inside(self):
        """The lines of the solution or hidden tests, that no student gets."""
        return [line for line, kept in self._lines() if not kept]

    @property
    def visible(self):
        """The source without its solution or hidden tests, and without the markers."""
        return "\n".join(line for line, kept in self._lines() if kept)

    def _lines(self):
        region, kept = REGION.get(self.kind), True
        for line in self.source.split("\n"):
            if region and line.strip() in (f"### BEGIN {region}", f"### END {region}"):
                kept = "END" in line
            else:
                yield line, kept


@dataclass(frozen=True)
class Lesson:
    """The cells of one lesson file, in order; iterating gives them."""

    path: Path
    text: str
    cells: tuple[Cell, ...]

    def __iter__(self):
        return iter(self.cells)

    def __len__(self):
        return len(self.cells)

    @property
    def name(self):
        return self.path.stem

    @property
    def sha256(self):
        return hashlib.sha256(self.text.encode()).hexdigest()


def read(path):
    """The lesson at `path`. CourseError names the file and the cell that cannot be read."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise CourseError(f"{path}: not UTF-8 text (byte {error.start})") from None
    return parse(text, path)


def parse(text, path):
    """The lesson with the given text; `path` names it in errors."""
    path = Path(path)
    lines = text.split("\n")
    markers = [k for k, line in enumerate(lines, 1) if MARKER.match(line)]
    if not markers:
        raise CourseError(f"{path}: no cell: expected lines that begin with '# %%'")
    parts = _jupytext_cells(text, path)
    if len(parts) != len(markers):
        raise CourseError(
            f"{path}: {len(markers)} lines begin with '# %%' but {len(parts)} cells were read: "
            "is there code before the first, or one inside a string?"
        )
    cells, seen = [], {}
    for part, marker in zip(parts, markers, strict=True):
        cell = _cell(part, marker, lines, path)
        if cell.id in seen:
            raise CourseError(
                f"{path}: line {cell.line}: cell {cell.id} is there already on line {seen[cell.id]} (an id twice, "
                "or two cells with the same text)"
            )
        seen[cell.id] = cell.line
        cells.append(cell)
    return Lesson(path, text, tuple(cells))


def _jupytext_cells(text, path):
    try:
        import jupytext
    except ModuleNotFoundError as error:
        raise CourseError(f"the package {error.name} is missing: pip install 'gmcourse[notebooks,grading]'") from None
    try:
        return jupytext.reads(text, fmt="py:percent").cells
    except Exception as error:  # jupytext raises many kinds for a marker that it cannot read
        raise CourseError(f"{path}: jupytext cannot read it: {first_line(str(error))}") from None


def _cell(part, marker, lines, path):
    """The Cell of a jupytext cell whose `# %%` stands on line `marker`."""
    where = f"{path}: line {marker} ({lines[marker - 1].strip()})"
    metadata = {key: value for key, value in part.metadata.items() if key != "lines_to_next_cell"}
    kind, id = _kind(part.cell_type, metadata, where)
    unknown = sorted(set(metadata) - CARRIES[kind])
    if unknown:
        raise CourseError(f"{where}: {unknown[0]!r} does not belong on a cell of kind {kind}")
    if kind == "install" and part.source.strip():
        raise CourseError(f"{where}: leave the install cell empty, the builder writes it")
    if kind != "install" and not part.source.strip():
        raise CourseError(f"{where}: the cell is empty")
    line = marker + 1
    while line < len(lines) and not lines[line - 1].strip():
        line += 1
    _check_regions(kind, part.source, line, path)
    return Cell(
        kind=kind,
        id=id or hashlib.sha256(part.source.encode()).hexdigest()[:8],
        source=part.source,
        line=line,
        points=_points(kind, metadata, where),
        withhold=_withhold(metadata, where),
        exempt=_exempt(metadata, where),
    )


def _kind(cell_type, metadata, where):
    """(kind, id or None); takes what decides it out of `metadata`."""
    named = [key for key in ("solution", "test", "manual", "install") if key in metadata]
    if len(named) > 1:
        raise CourseError(f"{where}: a cell is one of solution, test, manual, install; got {' and '.join(named)}")
    if named and cell_type != ("markdown" if named == ["manual"] else "code"):
        raise CourseError(f"{where}: {named[0]} belongs on a {'[markdown]' if named == ['manual'] else 'code'} cell")
    tags = metadata.pop("tags", [])
    if tags not in ([], ["demo"]) or (tags and (named or cell_type != "code")):
        raise CourseError(f'{where}: the only tag is tags=["demo"], on a given cell; got {tags}')
    if not named:
        return ("markdown" if cell_type == "markdown" else "demo" if tags else "given"), None
    value = metadata.pop(named[0])
    if named == ["install"]:
        if value is not True:
            raise CourseError(f"{where}: install: got {value!r}, expected True")
        return "install", "install"
    if not isinstance(value, str) or not ID.match(value):
        raise CourseError(f"{where}: {named[0]}: got {value!r}, expected an id of letters, digits, _ and -")
    return {"solution": "answer"}.get(named[0], named[0]), value


def _points(kind, metadata, where):
    points = metadata.get("points")
    if kind not in ("test", "manual"):
        return None
    if isinstance(points, bool) or not isinstance(points, int | float) or points < 0:
        raise CourseError(f"{where}: points: got {points!r}, expected a number, 0 or more")
    return points


def _withhold(metadata, where):
    text = metadata.get("withhold", "")
    modules = tuple(part.strip() for part in text.split(",")) if isinstance(text, str) and text else ()
    bad = not isinstance(text, str) or not all(re.fullmatch(r"[a-z_][\w.]*", module) for module in modules)
    if bad:
        raise CourseError(f'{where}: withhold: got {text!r}, expected modules of gmlib such as "autoregressive.made"')
    return modules


def _exempt(metadata, where):
    reason = metadata.get("exempt")
    if reason is not None and not (isinstance(reason, str) and len(reason.split()) >= 3):
        raise CourseError(f"{where}: exempt: got {reason!r}, expected the reason in a few words")
    return reason


def _check_regions(kind, source, line, path):
    """Every region opens and closes, stands in the right kind of cell, and an answer has one."""
    region, is_open, found = REGION.get(kind), False, 0
    for number, text in enumerate(source.split("\n"), line):
        mark = re.search(r"\b(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)\b", text)
        if not mark:
            continue
        where = f"{path}: line {number}"
        if mark[2] != region:
            raise CourseError(f"{where}: {mark[0]} in a cell of kind {kind}")
        if text.strip() != f"### {mark[0]}":
            raise CourseError(f"{where}: got {text.strip()!r}, expected '### {mark[0]}' alone on the line")
        if (mark[1] == "BEGIN") == is_open:
            raise CourseError(f"{where}: {mark[0]} {'inside another' if is_open else 'without a BEGIN before it'}")
        is_open, found = not is_open, found + 1
    if is_open:
        raise CourseError(f"{path}: line {line}: no ### END {region} in this cell")
    if region == SOLUTION and not found:
        raise CourseError(f"{path}: line {line}: no ### BEGIN SOLUTION in this answer cell: students would get it all")


def first_line(text):
    """The first line of `text` that says something."""
    return next((line.strip() for line in text.split("\n") if line.strip()), "")
