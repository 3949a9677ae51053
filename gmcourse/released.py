"""released.json: the ids and points that students have, which never change."""

import json

from gmcourse.errors import CourseError


def points(lessons):
    """{id: points} of the graded cells of a unit, in order."""
    return {cell.id: cell.points for lesson in lessons for cell in lesson if cell.kind in ("test", "manual")}


def read(path):
    """What released.json holds; empty where there is no such file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise CourseError(f"{path}: not JSON: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(value, int | float) for value in found.values()):
        raise CourseError(f"{path}: expected one object of ids and their points")
    return found


def changes(before, after):
    """One line for each id of `before` that `after` misses or gives other points."""
    lines = []
    for id, was in before.items():
        if id not in after:
            lines.append(f"{id} ({was} points) is gone")
        elif after[id] != was:
            lines.append(f"{id} had {was} points and now has {after[id]}")
    return lines


def check(path, now):
    """Refuse a lesson that changes what is released; returns the new text of released.json."""
    found = changes(read(path), now)
    if found:
        raise CourseError(
            f"{path}: {'; '.join(found)}: gradebooks and submissions know it so; keep it, "
            "or, if no student has it yet, delete its line there"
        )
    return json.dumps(now, indent=2) + "\n"
