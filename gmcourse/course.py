"""Where things stand in a course: the folders of its units, found from the folder that you are in."""

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from gmcourse.errors import CourseError

UNIT = re.compile(r"^\d\d-[a-z0-9]+(-[a-z0-9]+)*$")


@dataclass(frozen=True)
class Course:
    """A course by its root folder, which holds lessons/, solutions/ and notebooks/."""

    root: Path

    def lessons(self, unit):
        return self.root / "lessons" / unit

    def solutions(self, unit):
        return self.root / "solutions" / unit

    def notebooks(self, unit):
        return self.root / "notebooks" / unit

    def released(self, unit):
        return self.lessons(unit) / "released.json"

    def units(self):
        """The names of all units, in order."""
        folders = (self.root / "lessons").iterdir()
        return sorted(folder.name for folder in folders if folder.is_dir() and UNIT.match(folder.name))

    def chosen(self, names):
        """The units named, or all; CourseError for one that does not exist."""
        units = self.units()
        for name in names:
            if name not in units:
                raise CourseError(f"unknown unit {name!r}: the units are {', '.join(units) or 'none yet'}")
        if not units:
            raise CourseError(f"no unit in {self.root / 'lessons'}: make one with gmcourse new 01-name")
        return [unit for unit in units if not names or unit in names]

    def lesson_paths(self, unit):
        """The lesson files of a unit: NN-name.py, then NN-name-b.py, NN-name-c.py and so on."""
        folder = self.lessons(unit)
        first, more = folder / f"{unit}.py", re.compile(re.escape(unit) + r"-[b-z]\.py")
        if not first.is_file():
            raise CourseError(f"{first}: there is no such lesson: a unit's first notebook carries the unit's name")
        paths = sorted(folder.glob("*.py"))
        for path in paths:
            if path != first and not more.fullmatch(path.name):
                raise CourseError(f"{path}: expected {unit}.py, {unit}-b.py and so on")
        return [first, *(path for path in paths if path != first)]

    def repository(self):
        """The address that the install cell installs gmlib from; empty when there is none."""
        try:
            text = (self.root / "pyproject.toml").read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        try:
            settings = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise CourseError(f"{self.root / 'pyproject.toml'}: {error}") from None
        return settings.get("tool", {}).get("gmcourse", {}).get("repository", "")

    def name(self, path):
        """A path, or a message that begins with one, from the course's root."""
        return str(path).removeprefix(f"{self.root}{os.sep}")


def find(folder=None):
    """The course at `folder`, or the one that the current folder lies in."""
    if folder is not None:
        root = Path(folder).resolve()
        if not (root / "lessons").is_dir():
            raise CourseError(f"{folder}: not a course: it has no folder lessons/")
        return Course(root)
    here = Path.cwd()
    for root in (here, *here.parents):
        if (root / "lessons").is_dir() and (root / "nbgrader_config.py").is_file():
            return Course(root)
    raise CourseError(f"no course in {here} or above it: go into the course's folder, or give --course DIR")
