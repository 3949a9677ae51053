"""`gmcourse new`: the skeleton of a unit."""

import json
import os

from gmcourse import lesson, released, skeleton
from gmcourse.build import temporary
from gmcourse.course import UNIT
from gmcourse.errors import CourseError


def new(course, unit, say=print):
    """Write lessons/UNIT with one small exercise, its answers and released.json."""
    if not UNIT.match(unit):
        raise CourseError(f"unit {unit!r}: expected two digits and words in small letters, such as 03-vae")
    folder = course.lessons(unit)
    if folder.exists():
        raise CourseError(f"{course.name(folder)} exists already: choose another name")
    with temporary(course.root) as scratch:
        made = scratch / unit
        (made / "answers").mkdir(parents=True)
        path = made / f"{unit}.py"
        path.write_text(skeleton.lesson(unit), encoding="utf-8")
        (made / "answers" / "log_odds.py").write_text(skeleton.ANSWERS, encoding="utf-8")
        points = released.points([lesson.read(path)])
        (made / "released.json").write_text(json.dumps(points, indent=2) + "\n", encoding="utf-8")
        os.rename(made, folder)
    say(f"{course.name(folder)}: edit {unit}.py there, then run: gmcourse build {unit}")
