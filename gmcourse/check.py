"""`gmcourse build --check`: is everything what its source gives? Executes nothing, writes nothing."""

import json
import shutil
import tempfile
from pathlib import Path

from gmcourse import build, lesson, lint, notebook, release, released
from gmcourse.errors import CourseError, OutOfStep


def check(course, names=(), say=print):
    """OutOfStep with a line for each file that is not what its source gives."""
    found = []
    for unit in course.chosen(names):
        wrong = _lessons(course, unit) or _notebooks(course, unit)
        found += [f"{unit}: {line}" for line in wrong]
        if wrong:
            found.append(f"{unit}: put it right with: gmcourse build {unit}")
        else:
            say(f"{unit}: in step")
    if found:
        raise OutOfStep("\n".join(found))


def _lessons(course, unit):
    """What is wrong with the lessons themselves, and their solutions against them."""
    lessons = [lesson.read(path) for path in course.lesson_paths(unit)]
    found = [course.name(line) for line in lint.lint(lessons)]
    points = released.points(lessons)
    found += released.changes(released.read(course.released(unit)), points)
    if not found and points != released.read(course.released(unit)):
        found.append("released.json misses what the lessons have")
    for one in lessons:
        found += _solution(course, unit, one)
    names = [f"{one.name}.ipynb" for one in lessons]
    for folder in (course.solutions(unit), course.notebooks(unit)):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name not in build.IGNORED and path.name not in names:
                found.append(f"{course.name(path)} comes from no lesson")
    return found


def _solution(course, unit, one):
    """The differences between a lesson and its solution, but for outputs."""
    path = course.solutions(unit) / f"{one.name}.ipynb"
    name = course.name(path)
    if not path.is_file():
        return [f"{name} is missing"]
    try:
        found = json.loads(path.read_bytes())
        hashes = found["metadata"]["gmcourse"]
        cells, content = notebook.outline(found), notebook.content(found)
    except (ValueError, KeyError, TypeError):
        return [f"{name} is not a notebook that gmcourse built"]
    fresh = json.loads(notebook.written(notebook.unexecuted(one, course.repository())))
    wanted = notebook.outline(fresh)
    lines = [f"{name}: cell {id} is not in the lesson" for id in cells if id not in wanted]
    lines += [f"{name}: cell {id} of the lesson is missing" for id in wanted if id not in cells]
    for id in wanted:
        if id in cells and cells[id] != wanted[id]:
            parts = zip(("type", "source", "metadata"), cells[id], wanted[id], strict=True)
            lines.append(f"{name}: cell {id}: {', '.join(k for k, a, b in parts if a != b)} not as in the lesson")
    if lines:
        return lines
    if list(cells) != list(wanted):
        return [f"{name}: the cells stand in another order than in the lesson"]
    if hashes.get("source") != one.sha256:
        return [f"{name} was built from another text of {course.name(one.path)}"]
    if hashes.get("content") != content:
        return [f"{name} was changed since it was built"]
    return []


def _notebooks(course, unit):
    """The differences between the release and what nbgrader makes of the solutions."""
    with tempfile.TemporaryDirectory(prefix="gmcourse-") as folder:
        shutil.copytree(
            course.solutions(unit),
            Path(folder) / "solutions" / unit,
            ignore=lambda _, names: [name for name in names if name in build.IGNORED],
        )
        try:
            made = release.generate(course, unit, folder)
        except CourseError as error:
            return [str(error)]
        fresh = {path.name: path.read_bytes() for path in made}
    lines = []
    for name, data in fresh.items():
        path = course.notebooks(unit) / name
        if not path.is_file():
            lines.append(f"{course.name(path)} is missing")
        elif path.read_bytes() != data:
            lines.append(f"{course.name(path)} is not what nbgrader makes of the solution")
    return lines
