"""gmcourse build --check, and released.json: what is out of step is named; ids and points never change."""

import json
import subprocess

import pytest
from small_course import ROOT, SOLUTION, SOURCE, STUDENT, UNIT, edit, files, gmcourse, says

from gmcourse import released

pytestmark = pytest.mark.pipeline


def test_check_is_silent_on_a_course_in_step_and_starts_no_kernel(course, built_once, no_kernel):
    assert gmcourse(course, "build", "--check") == 0
    assert files(course) == built_once


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (SOURCE, "= 2 * x", "= x + x", "cell double: source not as in the lesson"),
        (SOURCE, "points=2", "points=4", "double--any had 2 points and now has 4"),
        (SOURCE, 'exempt="marker of', 'exempt="another', "metadata not as in the lesson"),
        (SOURCE, "# %% install", "\n# %% install", "was built from another text"),
        (SOLUTION, "what it should be", "what it should not be", "double--two: source not as"),
        (SOLUTION, "marker of the output", "something else", "was changed since it was built"),
        (SOLUTION, '"locked": true', '"locked": false', "double--two: metadata not as"),
        (SOLUTION, '"cells"', '"sells"', "is not a notebook that gmcourse built"),
        (STUDENT, "Twice x", "Thrice x", "is not what nbgrader makes of the solution"),
        (f"lessons/{UNIT}/released.json", '"why": 3', '"why": 4', "why had 4 points and now has 3"),
    ],
)
def test_check_names_what_is_out_of_step_and_what_to_run(course, capsys, no_kernel, name, old, new, told):
    edit(course, old, new, name)
    before = files(course)
    assert gmcourse(course, "build", "--check") == 1
    says(capsys, told, f"put it right with: gmcourse build {UNIT}", lines=None)
    assert files(course) == before


@pytest.mark.parametrize("name", [SOLUTION, STUDENT])
def test_check_names_a_missing_and_a_stray_file(course, capsys, no_kernel, name):
    (course / name).rename((course / name).with_name("stray.ipynb"))
    assert gmcourse(course, "build", "--check") == 1
    says(capsys, "stray.ipynb comes from no lesson", lines=None)
    (course / name).with_name("stray.ipynb").unlink()
    assert gmcourse(course, "build", "--check") == 1
    says(capsys, f"{name} is missing", lines=None)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"why" points=3', '"why" points=4', "why had 3 points and now has 4"),
        ('"why" points=3', '"wherefore" points=3', "why (3 points) is gone"),
    ],
)
def test_what_is_released_keeps_its_ids_and_points(course, capsys, no_kernel, old, new, told):
    edit(course, old, new)
    assert gmcourse(course, "build") == 2
    says(capsys, told, "delete its line there")


def test_a_new_id_is_added(course):
    path = course / "lessons" / UNIT / "released.json"
    path.write_text('{"double--two": 1}\n')
    assert gmcourse(course, "build") == 0
    assert json.loads(path.read_text()) == {"double--two": 1, "double--any": 2, "why": 3}


def committed(path):
    """All committed versions of a file of this repository, oldest last; None where there is no history to ask."""
    asked = subprocess.run(
        ["git", "log", "--format=%H", "--", str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if asked.returncode:
        return None
    shown = [
        subprocess.run(["git", "show", f"{commit}:{path}"], cwd=ROOT, capture_output=True, text=True, check=False)
        for commit in asked.stdout.split()
    ]
    return [json.loads(version.stdout) for version in shown if version.returncode == 0]


@pytest.mark.parametrize("path", sorted(ROOT.glob("lessons/*/released.json")), ids=lambda path: path.parent.name)
def test_no_committed_id_or_points_ever_changed(path):
    versions = committed(path.relative_to(ROOT))
    if versions is None:
        pytest.skip("no git history here")
    now = released.read(path)
    assert [released.changes(version, now) for version in versions] == [[] for _ in versions]
