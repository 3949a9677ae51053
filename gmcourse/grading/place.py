"""Where one unit is graded: nbgrader's course folder beside the gradebook, and the settings of nbgrader in it."""

import contextlib
import fcntl
import hashlib
import hmac
import json
import logging
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from gmcourse.errors import CourseError
from gmcourse.grading import database
from gmcourse.grading.database import masked

SETTINGS = '''\
"""nbgrader's settings for this folder, written by `gmcourse grade`: JupyterLab started here has Formgrader on it."""

load_subconfig("nbgrader_config.py", path={course!r})
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = {url!r}
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "release"
'''
SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Place:
    """One unit in one nbgrader course folder: source/, release/, submitted/, autograded/, feedback/ under `root`.

    results/ beside them holds what was graded, by content; .grading_key is the secret that hidden tests draw from.
    """

    root: Path
    url: str
    unit: str
    course: Path

    @property
    def solutions(self):
        """The unit's notebooks with answers, 01-name.ipynb before 01-name-b.ipynb."""
        return sorted((self.course / "solutions" / self.unit).glob("*.ipynb"), key=lambda path: path.stem)

    def folder(self, step, student="."):
        """nbgrader's folder of a step, such as "submitted", for one student."""
        return self.root / step / student / self.unit

    def config(self):
        """nbgrader's configuration: the course's own, then what belongs to this folder."""
        from traitlets.config import Config
        from traitlets.config.loader import PyFileConfigLoader

        config = Config()
        if (self.course / "nbgrader_config.py").is_file():
            config.merge(PyFileConfigLoader("nbgrader_config.py", path=str(self.course)).load_config())
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.db_url = self.url
        config.CourseDirectory.source_directory = "source"
        config.CourseDirectory.release_directory = "release"
        config.Exchange.root = str(self.root)  # unused, but nbgrader complains where it cannot write
        config.Execute.timeout = 120
        config.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]
        return config

    def api(self):
        """nbgrader's API on this folder."""
        from nbgrader.apps.api import NbGraderAPI

        return NbGraderAPI(config=self.config(), log_level=logging.INFO)

    def gradebook(self):
        """The open gradebook, to be used in a `with`."""
        return database.gradebook(self.url, self.config().CourseDirectory.get("course_id", ""))

    def register(self):
        """Put the assignment into the gradebook, and the release beside it; quick where no solution changed.

        nbgrader refuses to add or remove cells once there are submissions: that is said as it is. A run that was
        killed on the way leaves no mark, so that the next one begins anew.
        """
        now = hashlib.sha256(b"\0".join(path.read_bytes() for path in self.solutions)).hexdigest()
        done = self.root / "source" / f".{self.unit}.sha256"
        if done.is_file() and done.read_text() == now and self._is_registered():
            return
        done.unlink(missing_ok=True)
        source = self.folder("source")
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir(parents=True)
        for path in self.solutions:
            shutil.copyfile(path, source / path.name)
        doing = f"register {self.unit} in the gradebook"
        run(self.api().generate_assignment, self.unit, doing=doing)
        if not self._is_registered():
            raise CourseError(f"cannot {doing}: nbgrader left out some of {', '.join(p.name for p in self.solutions)}")
        write(done, now)

    def _is_registered(self):
        """Whether gradebook and release have all notebooks of the unit."""
        from nbgrader.api import MissingEntry

        names = {path.stem for path in self.solutions}
        if not names <= {path.stem for path in self.folder("release").glob("*.ipynb")}:
            return False
        with self.gradebook() as gradebook:
            try:
                return names <= {notebook.name for notebook in gradebook.find_assignment(self.unit).notebooks}
            except MissingEntry:
                return False

    def key(self, *parts):
        """What hidden tests draw inputs from: an HMAC of `parts` under this folder's secret.

        The same parts give the same inputs, and who has no secret cannot know them.
        """
        return hmac.digest(self._secret().encode(), json.dumps(parts).encode(), hashlib.sha256).hex()

    def _secret(self):
        # one lock around look and write: of two processes one makes the secret, and one that was killed leaves none
        with open(os.open(self.root / ".grading_key", os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            secret = file.read()
            if not re.fullmatch("[0-9a-f]{64}", secret):
                secret = secrets.token_hex(32)
                file.seek(0)
                file.truncate()
                file.write(secret)
                file.flush()
                os.fsync(file.fileno())
            return secret

    @contextlib.contextmanager
    def lock(self):
        """Only one `gmcourse grade` at a time works in this folder."""
        with open(self.root / ".lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise CourseError(f"{self.root}: another `gmcourse grade` is at work here: wait for it") from None
            yield


def place(unit, gradebook, course, output=None):
    """The Place for these arguments of `gmcourse grade`, its folder made and its gradebook opened once.

    The folder is `output`, or the one that the SQLite file of the gradebook lies in.
    """
    course = Path(course).resolve()
    _check_unit(unit, course)
    if "://" not in gradebook:
        raise CourseError(f"gradebook {masked(gradebook)!r}: expected a URL such as sqlite:///grades/gradebook.db")
    if gradebook.startswith(SQLITE):
        file, mark, options = gradebook.removeprefix(SQLITE).partition("?")
        file = Path(file).resolve()
        gradebook, output = f"{SQLITE}{file}{mark}{options}", output or file.parent
    elif output is None:
        raise CourseError("this gradebook is no SQLite file: say with --output in which folder to work")
    root = Path(output).resolve()
    if (root / "lessons").is_dir():
        raise CourseError(
            f"{root} is the course itself: put the gradebook into a folder of its own, such as sqlite:///grades/gradebook.db"
        )
    found = Place(root, gradebook, unit, course)
    try:
        root.mkdir(parents=True, exist_ok=True)
        settings = SETTINGS.format(course=str(course), root=str(root), url=gradebook)
        write(root / "nbgrader_config.py", settings, mode=0o600)  # the URL may hold a password
    except OSError as error:
        raise CourseError(f"{root}: cannot write there ({error.strerror})") from None
    database.check(found)
    return found


def _check_unit(unit, course):
    folder = course / "solutions"
    units = sorted(path.name for path in folder.iterdir() if any(path.glob("*.ipynb"))) if folder.is_dir() else []
    if unit not in units:
        raise CourseError(
            f"unknown unit {unit!r}: {folder} has {', '.join(units) or 'none'} (gmcourse build makes what is missing)"
        )


def run(step, *arguments, doing, log=None):
    """Call a step of nbgrader's API; CourseError with its last error and, if given, its whole log in the file `log`."""
    result = step(*arguments)
    if result["success"]:
        return
    text = masked(result.get("log", "") + result.get("error", ""))
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(text, encoding="utf-8")
    said = [line for line in result.get("error", "").splitlines() if line and not line.startswith(" ")]
    raised = [
        line for line in result.get("log", "").splitlines() if line.partition(":")[0].endswith(("Error", "Exception"))
    ]
    cause = (raised or said or ["nbgrader gave no reason"])[-1]
    raise CourseError(f"cannot {doing}: {masked(cause.strip())}" + (f" (all of it in {log})" if log else ""))


def write(path, text, mode=0o644):
    """Write a file as a whole: what stands there is the old one or the new one."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)  # of a run that was killed, maybe with another mode
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(part, path)
