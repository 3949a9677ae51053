"""lessons/ -> solutions/ (executed) -> notebooks/ (released): `gmcourse build`."""

import importlib
import json
import os
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from gmcourse import lesson, lint, notebook, release, released
from gmcourse.errors import CourseError
from gmcourse.execute import execute, stop

PACKAGES = ("jupytext", "nbformat", "nbclient", "ipykernel", "nbgrader")
SECONDS = 30  # what a student waits, at most, for all cells of a notebook
IGNORED = {".ipynb_checkpoints", ".DS_Store"}


def build(course, names=(), say=print):
    """Build the units named, or all. A unit is replaced when all of it is ready, or not at all."""
    for package in PACKAGES:  # before a minute of work, not after it
        importlib.import_module(package)
    units = course.chosen(names)
    sources = {unit: _sources(course, unit) for unit in units}
    failures = []
    with temporary(course.root) as folder, ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        running = {
            unit: [pool.submit(_solution, course, one, unit, folder, say) for one in lessons]
            for unit, lessons in sources.items()
        }
        try:
            for unit, tasks in running.items():
                try:
                    solutions = [task.result() for task in tasks]
                    _replace(course, unit, sources[unit], solutions, folder)
                    say(f"notebooks/{unit}: released")
                except CourseError as error:
                    failures.append(str(error))
        except BaseException:  # Ctrl-C too: do not wait for the notebooks that still run
            pool.shutdown(wait=False, cancel_futures=True)
            stop()
            raise
    if failures:
        raise CourseError("\n".join(failures))


def _sources(course, unit):
    """The lessons of a unit, after all that can be said without running them."""
    lessons = [lesson.read(path) for path in course.lesson_paths(unit)]
    found = lint.lint(lessons)
    if found:
        raise CourseError("\n".join(course.name(line) for line in found))
    released.check(course.released(unit), released.points(lessons))
    _check_folder(course.solutions(unit), [one.name for one in lessons])
    for name in [one.name for one in lessons] + stale(course, unit, lessons):
        refuse_edited(course, unit, name)
    return lessons


def _check_folder(folder, names):
    """nbgrader releases whatever lies in a unit's folder: nothing may but our notebooks."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in IGNORED and (path.suffix != ".ipynb" or path.is_dir()):
            raise CourseError(f"{path}: only notebooks that gmcourse built may lie here: move or delete it")
        if path.suffix == ".ipynb" and path.stem not in names and not _hashes(path).get("source"):
            raise CourseError(f"{path}: no lesson gives this notebook: move or delete it")


def stale(course, unit, lessons):
    """The names of built notebooks whose lesson is gone."""
    names = {one.name for one in lessons}
    return sorted(path.stem for path in course.solutions(unit).glob("*.ipynb") if path.stem not in names)


def refuse_edited(course, unit, name):
    """Refuse to overwrite a notebook that is no longer what was built."""
    solution, student = course.solutions(unit) / f"{name}.ipynb", course.notebooks(unit) / f"{name}.ipynb"
    hashes = _hashes(solution)
    if solution.exists() and hashes.get("content") != hashes.get("found"):
        raise CourseError(
            f"{course.name(solution)} was edited by hand since it was built: "
            f"move the edit into lessons/{unit}/{name}.py, or delete the file; then build again"
        )
    if hashes and student.exists() and notebook.sha256(student.read_bytes()) != hashes.get("release"):
        raise CourseError(
            f"{course.name(student)} was changed since it was built (run and saved?): "
            "copy what you want to keep elsewhere, delete the file, then build again"
        )


def _hashes(path):
    """The hashes that a solution carries, and as `found` the one that its content has; empty without a file."""
    try:
        solution = json.loads(path.read_bytes())
        return dict(solution["metadata"].get("gmcourse", {})) | {"found": notebook.content(solution)}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"found": "not a notebook"}


def _solution(course, source, unit, folder, say):
    """Execute one lesson; the solution notebook."""
    start = time.perf_counter()
    built = notebook.unexecuted(source, course.repository())
    where = folder / "run" / source.name
    where.mkdir(parents=True)
    execute(built, source.name, where)
    notes = notebook.clean(built, source.name)
    seconds = time.perf_counter() - start
    if seconds > SECONDS:
        notes.append(f"{source.name}: took longer than {SECONDS} s: move long training into benchmarks/")
    say("\n".join([f"solutions/{unit}/{source.name}.ipynb: {seconds:.1f} s", *notes]))
    return built


def _replace(course, unit, lessons, solutions, folder):
    """Release the solutions in `folder`, then put solutions, release and released.json in their places."""
    put = {}
    for one, built in zip(lessons, solutions, strict=True):
        path = folder / "solutions" / unit / f"{one.name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(notebook.written(built))
    for path in release.generate(course, unit, folder):
        put[path] = course.notebooks(unit) / path.name
    for one, built in zip(lessons, solutions, strict=True):
        path = folder / "solutions" / unit / f"{one.name}.ipynb"
        student = (folder / "notebooks" / unit / path.name).read_bytes()
        path.write_bytes(notebook.written(notebook.seal(built, student)))
        put[path] = course.solutions(unit) / path.name
    text = folder / f"{unit}.json"
    text.write_text(released.check(course.released(unit), released.points(lessons)), encoding="utf-8")
    put[text] = course.released(unit)
    for goal in put.values():
        goal.parent.mkdir(parents=True, exist_ok=True)
        refuse_read_only(goal.parent)
    for path, goal in put.items():
        os.replace(path, goal)
    for name in stale(course, unit, lessons):
        (course.solutions(unit) / f"{name}.ipynb").unlink()
        (course.notebooks(unit) / f"{name}.ipynb").unlink(missing_ok=True)


def refuse_read_only(folder):
    if not os.access(folder, os.W_OK):
        raise CourseError(f"{folder}: cannot be written: permission denied")


@contextmanager
def temporary(root):
    """A folder on the course's own disk, so that a rename is all that is left to do."""
    refuse_read_only(root)
    folder = Path(tempfile.mkdtemp(prefix=".gmcourse-", dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
