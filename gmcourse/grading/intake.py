"""What students handed in: found and read. Nothing here runs a student's code or trusts a path or a length.

`collect` looks at names only, so that ten thousand students take a second; `read` opens one submission.
"""

import contextlib
import errno
import json
import os
import re
import stat
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gmcourse.errors import CourseError
from gmcourse.grading.rebuild import Cell, Rebuilt, rebuild

STUDENT = re.compile(r"\w[\w.@-]{0,99}")
LARGEST = 20_000_000  # bytes of a notebook
MOST_CELLS = 1000
MOST_PARTS = 500_000  # lists and objects in a notebook: each takes far more memory than its two bytes in the file
LONGEST = 200_000  # characters of a cell
IMAGES = {"image/png", "image/jpeg", "image/gif"}
TIMESTAMP = re.compile(r"(2[01]\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(\.\d{1,6})?( ?([A-Z]{1,5}|[+-][01]\d:?[0-5]\d))?")
OPEN = os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True)
class Handed:
    """Where one student's notebooks of the unit are; none has been opened.

    folder: the folders from `submitted` down to them, one name each. names: the file names that are there.
    """

    student: str
    submitted: Path
    folder: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Intake:
    """All submissions of a unit; `broken` says per student why theirs cannot be graded, `absent` has none."""

    submissions: list[Handed]
    broken: dict[str, str]
    absent: list[str]


@dataclass(frozen=True)
class Submission:
    """One student's notebooks by file name, each rebuilt from ours, and nbgrader's timestamp.txt if there was one.

    files: {file name: bytes}, what was handed in, as it was.
    """

    student: str
    notebooks: dict[str, Rebuilt]
    timestamp: str | None
    files: dict[str, bytes]


def collect(submitted, unit, names):
    """Find SUBMITTED/STUDENT/UNIT/*.ipynb, or SUBMITTED/STUDENT/*.ipynb where a student has no folder UNIT.

    names: the file names of the unit's notebooks. A submission needs one of them; others in the folder are left alone.
    """
    submitted, names = Path(submitted), tuple(names)
    try:
        folders = sorted(entry.name for entry in os.scandir(submitted) if entry.is_dir() and entry.name[0] != ".")
    except OSError as error:
        raise CourseError(f"{submitted}: cannot be read ({error.strerror})") from None
    if not folders:
        raise CourseError(f"{submitted}: no student's folder in it: expected {submitted}/STUDENT/{unit}/*.ipynb")
    alike = defaultdict(list)
    for name in folders:
        alike[unicodedata.normalize("NFC", name).casefold()].append(name)
    found = Intake([], {}, [])
    for name in folders:
        student = _printable(unicodedata.normalize("NFC", name))
        try:
            if not STUDENT.fullmatch(student):
                raise CourseError("this is no student's name: expected up to 100 letters, digits and . _ @ -")
            if twins := [other for other in alike[student.casefold()] if other != name]:
                raise CourseError(f"{name} and {twins[0]} differ only in case or in how accents are stored: keep one")
            handed = _find(submitted, name, student, unit, names)
        except CourseError as error:
            found.broken[student] = str(error)
        except OSError as error:
            found.broken[student] = f"the folder cannot be read ({error.strerror})"
        else:
            found.submissions.append(handed) if handed else found.absent.append(student)
    if not found.submissions and not found.broken:
        raise CourseError(f"{submitted}: no student handed in {unit}: expected {submitted}/STUDENT/{unit}/*.ipynb")
    return found


def _find(submitted, name, student, unit, names):
    folder = (name, unit) if os.path.lexists(submitted / name / unit) else (name,)
    at = submitted
    for part in folder:
        at = at / part
        if not stat.S_ISDIR(at.lstat().st_mode):
            raise CourseError(f"{part} is a link or a file, expected a folder")
    there = tuple(file for file in names if os.path.lexists(at / file))
    if not there:
        others = sorted(_printable(entry.name) for entry in os.scandir(at) if entry.name.endswith(".ipynb"))
        if folder[1:] or others:
            got = f"got {', '.join(others)[:200]}" if others else "the folder has no notebook"
            raise CourseError(f"expected {' and '.join(names)}, {got}")
        return None
    return Handed(student, submitted, folder, there)


def read(handed, sources, released):
    """Open what `collect` found and rebuild each notebook from ours; CourseError says why one cannot be read.

    sources, released: {file name: notebook} of solutions/ and of what students were given. One notebook that cannot be
    read breaks the submission: what is graded is what was handed in, all of it.
    """
    with _opened(handed) as folder:
        data = {name: _bytes(folder, name, LARGEST) for name in handed.names}
        timestamp = _timestamp(folder)
    notebooks = {name: rebuild(sources[name], released[name], cells(name, data[name])) for name in handed.names}
    return Submission(handed.student, notebooks, timestamp, data)


@contextlib.contextmanager
def _opened(handed):
    """The open folder of a submission, reached without following a link below `submitted`."""
    with contextlib.ExitStack() as close:
        at, folder = handed.submitted, None
        try:
            for part in (handed.submitted, *handed.folder):
                at, flags = part, os.O_DIRECTORY | (OPEN if folder is not None else os.O_RDONLY)
                folder = os.open(part, flags, dir_fd=folder)
                close.callback(os.close, folder)
        except OSError as error:
            raise CourseError(f"the folder {at} cannot be read ({error.strerror})") from None
        yield folder


def _bytes(folder, name, largest):
    """The content of an ordinary file in an open folder; neither a link nor a pipe is waited for."""
    try:
        with open(name, "rb", opener=lambda name, _: os.open(name, OPEN, dir_fd=folder)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise CourseError(f"{name} is not an ordinary file")
            data = file.read(largest + 1)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR):  # a link, a socket, a folder
            raise CourseError(f"{name} is not an ordinary file") from None
        raise CourseError(f"{name} cannot be read ({error.strerror})") from None
    if len(data) > largest:
        raise CourseError(f"{name} is larger than {largest / 1e6:g} MB")
    return data


def _timestamp(folder):
    """What timestamp.txt says, if that is a time: the file is the student's, and nbgrader's parser raises much."""
    with contextlib.suppress(CourseError, ValueError):
        text = _bytes(folder, "timestamp.txt", 100).decode().strip()
        if found := TIMESTAMP.fullmatch(text):
            datetime.fromisoformat(found[1])
            return text
    return None


def cells(name, data):
    """The cells of a notebook file as Cell: all that is taken from it. CourseError names the file and the reason."""
    content = _parsed(name, data)
    version = content.get("nbformat") if isinstance(content, dict) else None
    if version != 4:
        shown = str(version)[:20] if isinstance(version, int | str | None) else type(version).__name__
        raise CourseError(
            f"{name} is no notebook of format 4 (nbformat: {_printable(shown)}): save it in JupyterLab once more"
        )
    found = content.get("cells")
    if not isinstance(found, list):
        raise CourseError(f"{name} is no valid notebook: it has no list of cells")
    if len(found) > MOST_CELLS:
        raise CourseError(f"{name} has {len(found)} cells, more than {MOST_CELLS}")
    return [_cell(f"{name}: cell {number}", cell) for number, cell in enumerate(found, 1)]


def _parsed(name, data):
    if data.count(b"[") + data.count(b"{") > MOST_PARTS:
        raise CourseError(f"{name} has more than {MOST_PARTS} lists and objects: clear its outputs and save it again")
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise CourseError(f"{name} is not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise CourseError(f"{name} is not JSON (line {error.lineno}: {error.msg})") from None
    except RecursionError:
        raise CourseError(f"{name} is not JSON that can be read (too many lists in lists)") from None
    except ValueError as error:  # a number of thousands of digits, NaN or Infinity
        raise CourseError(f"{name} is not JSON that can be read ({str(error).split(':')[0]})") from None


def _no_constant(word):
    raise ValueError(f"{word} is no number of JSON")


def _cell(where, cell):
    if not isinstance(cell, dict):
        raise CourseError(f"{where} is no cell")
    text = cell.get("source", "")
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        text = "".join(text)
    if not isinstance(text, str):
        raise CourseError(f"{where} has a source that is no text")
    kind = cell.get("cell_type")
    if len(text) > LONGEST and kind == "code":
        raise CourseError(f"{where} has {len(text)} characters, more than {LONGEST}")
    text = text if len(text) <= LONGEST else text[:LONGEST] + "\n\n(Cut here: too long.)"
    about = _dict(_dict(cell.get("metadata")).get("nbgrader"))
    return Cell(
        kind=kind if kind in ("code", "markdown") else "raw",
        text=_clean(text),
        grade_id=about["grade_id"] if isinstance(about.get("grade_id"), str) else None,
        id=cell["id"] if isinstance(cell.get("id"), str) else None,
        images=_images(_dict(cell.get("attachments"))) if kind == "markdown" else {},
    )


def _dict(value):
    return value if isinstance(value, dict) else {}


def _clean(text):
    """Text that any file and any database takes, with Python's line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return text.encode("utf-8", "replace").decode()


def _images(attachments):
    """The pictures pasted into a markdown cell, {name: {type: base64}}."""
    kept = {}
    for name, content in attachments.items():
        for kind in IMAGES & _dict(content).keys():
            if isinstance(content[kind], str) and re.fullmatch(r"[A-Za-z0-9+/=\s]+", content[kind]):
                kept[_clean(name)] = {kind: content[kind]}
    return kept


def _printable(text):
    return "".join(letter if letter.isprintable() else "?" for letter in text)
