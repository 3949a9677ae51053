"""`gmcourse grade`: what the user can put right is said in one line."""

import errno
import os
import shutil
import sys

import nbformat
import pytest
from small_unit import UNIT

from gmcourse.errors import CourseError
from gmcourse.grading import grade, place

pytestmark = pytest.mark.grading


def error(room, **changes):
    arguments = {"unit": UNIT, "submitted": room.submitted, "gradebook": room.url, "course": room.course} | changes
    with pytest.raises(CourseError) as caught:
        grade(**arguments, say=lambda line: None)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_cells_that_change_after_grading_are_refused_in_one_line(room, tmp_path):
    room.course = shutil.copytree(room.course, tmp_path / "course")
    room.hand_in("ann", names=(f"{UNIT}-b",))
    room.grade()
    path = room.course / "solutions" / UNIT / f"{UNIT}-b.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.pop()
    nbformat.write(notebook, path)
    told = "cannot register 09-small in the gradebook: RuntimeError: Cannot add or remove cells for notebook"
    assert told in error(room)


def test_what_the_user_can_put_right_is_one_line(room, tmp_path):
    assert error(room, unit="10-none").startswith(f"unknown unit '10-none': {room.course}/solutions has 09-small (")
    assert (
        error(room, submitted=tmp_path / "nowhere") == f"{tmp_path}/nowhere: cannot be read (No such file or directory)"
    )
    assert f"{room.submitted}: no student's folder in it" in error(room)
    (room.submitted / "ann").mkdir()
    assert f"{room.submitted}: no student handed in 09-small" in error(room)
    assert error(room, gradebook="gradebook.db").startswith("gradebook 'gradebook.db': expected a URL")
    assert error(room, gradebook="nosuch://x", output=tmp_path / "o").startswith("gradebook nosuch://x: ")
    assert "say with --output" in error(room, gradebook="postgresql://localhost/x")
    (tmp_path / "file").write_text("")
    assert error(room, gradebook=f"sqlite:///{tmp_path}/file/gradebook.db").startswith(
        f"{tmp_path}/file: cannot write there"
    )
    (tmp_path / "text.db").write_text("no database " * 100)
    assert "file is not a database" in error(room, gradebook=f"sqlite:///{tmp_path}/text.db")
    (tmp_path / "lessons").mkdir()
    assert "is the course itself" in error(room, gradebook=f"sqlite:///{tmp_path}/gradebook.db")


def test_a_read_only_folder_is_one_line(room, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(place, "write", refuse)  # root, too, is refused then
    assert error(room) == f"{room.root}: cannot write there (Permission denied)"


def test_a_missing_package_is_one_line(room, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbgrader.apps.api", None)
    room.hand_in("ann")
    assert error(room) == "the package nbgrader.apps.api is missing: pip install 'gmcourse[notebooks,grading]'"


def test_two_runs_at_once_are_refused(room):
    room.hand_in("ann")
    with place.place(UNIT, room.url, room.course).lock():
        assert "another `gmcourse grade` is at work here" in error(room)
