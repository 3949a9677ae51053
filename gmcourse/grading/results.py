"""Results as files, so that a run that was stopped goes on where it was: results/UNIT/STUDENT/NOTEBOOK.json.

A file is written beside its place and renamed into it, so there is a whole result or none. It holds the digest of all
that decides the result; where the digest differs, the notebook is graded again.
"""

import functools
import hashlib
import json
from pathlib import Path

import gmlib
from gmcourse.grading.place import write

DECIDES = ("kind", "id", "source", "points")  # of a cell; not its place among the prose


@functools.cache
def fingerprint():
    """A hash of gmlib and of the grader: with another one, a result may be another."""
    folders = (Path(gmlib.__file__).parent, Path(__file__).parent)
    names = (
        "bubblewrap",
        "checker",
        "protocol",
        "proxies",
        "sandbox",
        "student",
        "syscalls",
        "watch",
        "wire",
        "withhold",
        "worker",
    )
    files = [*sorted(folders[0].rglob("*.py")), *(folders[1] / f"{name}.py" for name in names)]
    parts = [part for path in files if path.is_file() for part in (path.name.encode(), path.read_bytes())]
    return digest(parts)


def digest(parts):
    """One hash of several texts, in their order."""
    parts = [part.encode() if isinstance(part, str) else part for part in parts]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def of_job(job):
    """The digest of what decides a job's result: texts, tests, points, limits, gmlib; no prose and no stored output."""
    cells = [[cell.get(name) for name in DECIDES] for cell in job["cells"]]
    return digest([json.dumps([cells, *(job[name] for name in ("withhold", "limits", "key", "gmlib"))])])


def failed(why):
    """The result of a job that could not be graded, through no fault of the student's."""
    return {"grades": {}, "outputs": {}, "notes": [], "seconds": {}, "fault": why}


class Results:
    """The results of one unit, below `folder`."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def find(self, student, notebook, wanted):
        """The stored result with this digest, or None. A damaged file counts as none."""
        try:
            stored = json.loads((self.folder / student / f"{notebook}.json").read_bytes())
            return stored["result"] if stored["digest"] == wanted else None
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return None

    def keep(self, student, notebook, wanted, result):
        path = self.folder / student / f"{notebook}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, json.dumps({"digest": wanted, "result": result}))

    def filed(self, student):
        """The digest of what is in the gradebook for this student, None when there is nothing."""
        path = self.folder / student / "filed"
        return path.read_text() if path.is_file() else None

    def set_filed(self, student, wanted):
        (self.folder / student).mkdir(parents=True, exist_ok=True)
        write(self.folder / student / "filed", wanted)
