"""What students handed in: found, read and checked, before nbgrader sees any of it."""

import contextlib
import hashlib
import json
import re
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from gmcourse.errors import CourseError

STUDENT = re.compile(r"\w[\w.@-]*")
LARGEST = 50_000_000  # bytes of a notebook


@dataclass(frozen=True)
class Submission:
    """One student's notebooks of the unit, as bytes by file name, and nbgrader's timestamp.txt if there was one."""

    student: str
    notebooks: dict[str, bytes]
    timestamp: str | None = None

    def digest(self, solutions):
        """A hash of all that decides the grade."""
        parts = [solutions.encode(), (self.timestamp or "").encode()]
        parts += [part for name in sorted(self.notebooks) for part in (name.encode(), self.notebooks[name])]
        return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


@dataclass(frozen=True)
class Intake:
    """All submissions of a unit; `broken` says per student why theirs cannot be graded, `absent` has none."""

    submissions: list[Submission]
    broken: dict[str, str]
    absent: list[str]


def collect(submitted, unit, released):
    """Read SUBMITTED/STUDENT/UNIT/*.ipynb, or SUBMITTED/STUDENT/*.ipynb where a student has no folder UNIT.

    released: {file name: released notebook}; a submission must have its cells, which nbgrader knows by their grade_id.
    """
    submitted = Path(submitted)
    try:
        folders = sorted(path for path in submitted.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        raise CourseError(f"{submitted}: cannot be read ({error.strerror})") from None
    if not folders:
        raise CourseError(f"{submitted}: no student's folder in it: expected {submitted}/STUDENT/{unit}/*.ipynb")
    found = Intake([], {}, [])
    for folder in folders:
        student = folder.name
        if not STUDENT.fullmatch(student):
            found.broken[student] = "this is no student's name: expected letters, digits and . _ @ -"
            continue
        try:
            submission = _submission(folder, unit, released)
        except CourseError as error:
            found.broken[student] = str(error)
            continue
        if submission:
            found.submissions.append(submission)
        else:
            found.absent.append(student)
    if not found.submissions and not found.broken:
        raise CourseError(f"{submitted}: no student handed in {unit}: expected {submitted}/STUDENT/{unit}/*.ipynb")
    return found


def _submission(folder, unit, released):
    is_nbgraders = (folder / unit).is_dir()
    if is_nbgraders:
        folder = folder / unit
    notebooks = {name: folder / name for name in released if (folder / name).exists()}
    if not notebooks:
        others = sorted(path.name for path in folder.glob("*.ipynb"))
        if is_nbgraders or others:
            got = f"got {', '.join(others)}" if others else "the folder has no notebook"
            raise CourseError(f"expected {' and '.join(released)}, {got}")
        return None
    data = {name: _checked(path, released[name]) for name, path in notebooks.items()}
    timestamp = None
    with contextlib.suppress(OSError, UnicodeDecodeError):
        timestamp = (folder / "timestamp.txt").read_text(encoding="utf-8").strip()
    return Submission(folder.parent.name if is_nbgraders else folder.name, data, timestamp)


def _checked(path, release):
    """The bytes of a notebook that nbgrader can grade; CourseError says what is wrong with any other."""
    if path.is_symlink() or not path.is_file():
        raise CourseError(f"{path.name} is not an ordinary file")
    try:
        if path.stat().st_size > LARGEST:
            raise CourseError(f"{path.name} is larger than {LARGEST // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path.name} cannot be read ({error.strerror})") from None
    _check_cells(path.name, _parsed(path.name, data), release)
    return data


def _parsed(name, data):
    import nbformat

    try:
        content = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CourseError(f"{name} is not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise CourseError(f"{name} is not JSON (line {error.lineno}: {error.msg})") from None
    except (RecursionError, ValueError) as error:
        raise CourseError(f"{name} is not JSON that can be read ({type(error).__name__})") from None
    version = content.get("nbformat") if isinstance(content, dict) else None
    if version != 4:
        raise CourseError(f"{name} is no notebook of format 4 (nbformat: {version!r}): save it in JupyterLab once more")
    if not isinstance(content.get("cells"), list):
        raise CourseError(f"{name} is no valid notebook: it has no list of cells")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cells without ids are fine
            nbformat.validate(content)
    except (nbformat.ValidationError, RecursionError, AttributeError, KeyError, TypeError) as error:
        raise CourseError(f"{name} is no valid notebook: {str(error).splitlines()[0]}") from None
    return nbformat.from_dict(content)


def _check_cells(name, notebook, release):
    found = Counter(grade_ids(notebook))
    missing = [cell for cell in grade_ids(release) if cell not in found]
    if missing:
        more = f" and {len(missing) - 1} more" if missing[1:] else ""
        raise CourseError(f"{name} has lost the cell {missing[0]}{more}")
    twice = [cell for cell, number in found.items() if number > 1]
    if twice:
        raise CourseError(f"{name} has the cell {twice[0]} {found[twice[0]]} times")


def grade_ids(notebook):
    """The ids of nbgrader's cells, in order."""
    cells = [cell.metadata.get("nbgrader") for cell in notebook.cells]
    return [cell["grade_id"] for cell in cells if isinstance(cell, dict) and isinstance(cell.get("grade_id"), str)]
