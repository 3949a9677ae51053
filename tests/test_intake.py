"""What students hand in: which files are read, and what of them gets into the notebook that is graded."""

import json
import os
import time

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gmcourse.errors import CourseError
from gmcourse.grading import intake

UNIT = "09-small"
A, B = f"{UNIT}.ipynb", f"{UNIT}-b.ipynb"
ANSWER = {"nbgrader": {"grade_id": "double", "solution": True, "grade": False}}
SOURCE = new_notebook(cells=[new_markdown_cell("# Small"), new_code_cell("x = 1"), new_code_cell("", metadata=ANSWER)])
SOURCES = RELEASED = {A: SOURCE, B: SOURCE}


@pytest.fixture
def room(tmp_path):
    """Hands in: room(content, student=, name=, unit=) writes a file and returns its path."""

    def hand_in(content=SOURCE, student="ann", name=A, unit=UNIT):
        path = tmp_path / "in" / student / (unit or ".") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = content if isinstance(content, str | bytes) else json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    hand_in.folder = tmp_path / "in"
    return hand_in


def collected(room):
    return intake.collect(room.folder, UNIT, SOURCES)


def opened(room):
    (handed,) = collected(room).submissions
    return intake.read(handed, SOURCES, RELEASED)


def refused(room):
    with pytest.raises(CourseError) as caught:
        opened(room)
    assert "\n" not in str(caught.value)
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_a_submission_is_found_with_and_without_the_units_folder(room):
    room(name=A)
    room(student="bob.b@x", unit=None, name=B)
    room(student="bob.b@x", unit=None, name="notes.ipynb")
    (room.folder / "carl").mkdir()
    (room.folder / ".hidden").mkdir()
    (room.folder / "list.txt").write_text("")
    found = collected(room)
    assert [(h.student, h.names) for h in found.submissions] == [("ann", (A,)), ("bob.b@x", (B,))]
    assert (found.broken, found.absent) == ({}, ["carl"])
    assert [list(intake.read(h, SOURCES, RELEASED).notebooks) for h in found.submissions] == [[A], [B]]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2026-11-21 12:00:00.5 UTC\n", True),
        ("2026-11-21T12:00:00+01:00", True),
        ("2026-13-21 12:00:00", False),
        ("soon", False),
        ("9" * 101, False),
        ("\ud800".encode("utf-8", "surrogatepass"), False),
    ],
)
def test_a_timestamp_is_kept_if_it_is_one(room, text, kept):
    room()
    room(text, name="timestamp.txt")
    stripped = text.strip() if isinstance(text, str) else text
    found = opened(room)
    assert found.timestamp == (stripped if kept else None)
    assert found.files == {A: json.dumps(SOURCE).encode()}


def test_no_submission_at_all_is_one_line(room):
    with pytest.raises(CourseError, match=r"in: cannot be read \(No such file or directory\)"):
        collected(room)
    room.folder.mkdir()
    with pytest.raises(CourseError, match="no student's folder in it: expected .*/STUDENT/09-small/"):
        collected(room)
    (room.folder / "ann").mkdir()
    with pytest.raises(CourseError, match="no student handed in 09-small: expected "):
        collected(room)


@pytest.mark.parametrize("name", ["two words", "-rf", "a\nb", "x" * 101, "a$b", os.fsdecode(b"a\xff")])
def test_a_folder_that_is_no_students_name_is_broken(room, name):
    room(student=name)
    ((student, why),) = collected(room).broken.items()
    assert why == "this is no student's name: expected up to 100 letters, digits and . _ @ -"
    assert student.isprintable()


def test_names_that_paths_confuse_are_refused_and_decomposed_accents_are_not(room):
    for student in ("Ann", "ann", "Rene\u0301", "Ren\u00e9", "Jose\u0301"):
        room(student=student)
    found = collected(room)
    assert [h.student for h in found.submissions] == ["Jos\u00e9"]
    assert found.broken["ann"] == "ann and Ann differ only in case or in how accents are stored: keep one"
    assert set(found.broken) == {"Ann", "ann", "Ren\u00e9"}
    assert list(intake.read(found.submissions[0], SOURCES, RELEASED).notebooks) == [A]


def test_a_folder_without_the_units_notebooks_is_broken(room):
    (room.folder / "ann" / UNIT).mkdir(parents=True)
    room(student="bob", name="mine \x1b[31m.ipynb")
    assert collected(room).broken == {
        "ann": f"expected {A} and {B}, the folder has no notebook",
        "bob": f"expected {A} and {B}, got mine ?[31m.ipynb",
    }


def test_links_to_folders_are_refused(room):
    other = room(student="other").parent
    (room.folder / "ann").symlink_to(other.parent)
    (room.folder / "bob").mkdir()
    (room.folder / "bob" / UNIT).symlink_to(other)
    (room.folder / "carl").mkdir()
    (room.folder / "carl" / UNIT).write_text("")
    found = collected(room)
    assert [h.student for h in found.submissions] == ["other"]
    assert found.broken == {
        "ann": "ann is a link or a file, expected a folder",
        "bob": f"{UNIT} is a link or a file, expected a folder",
        "carl": f"{UNIT} is a link or a file, expected a folder",
    }


def test_a_folder_or_file_swapped_for_a_link_after_it_was_found_is_refused(room):
    path = room()
    other = room(student="other").parent
    handed = next(h for h in collected(room).submissions if h.student == "ann")
    path.parent.rename(path.parent.with_name("was"))
    path.parent.symlink_to(other)
    with pytest.raises(CourseError, match=f"the folder {UNIT} cannot be read"):
        intake.read(handed, SOURCES, RELEASED)
    path.parent.unlink()
    path.parent.with_name("was").rename(path.parent)
    path.unlink()
    with pytest.raises(CourseError, match=rf"^{A} cannot be read \(No such file or directory\)$"):
        intake.read(handed, SOURCES, RELEASED)


@pytest.mark.parametrize("kind", ["link", "dangling", "fifo", "folder", "socket", "device"])
def test_what_is_not_an_ordinary_file_is_refused_at_once(room, kind, monkeypatch):
    path = room()
    path.unlink()
    if kind in ("link", "dangling"):
        path.symlink_to(room(student="other") if kind == "link" else "nowhere")
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        import socket

        monkeypatch.chdir(path.parent)
        socket.socket(socket.AF_UNIX).bind(path.name)
    start = time.monotonic()
    handed = collected(room).submissions[0]
    with pytest.raises(CourseError, match=f"^{A} is not an ordinary file$"):
        intake.read(handed, SOURCES, RELEASED)
    assert time.monotonic() - start < 1


def test_a_file_that_may_not_be_read_says_so(room, monkeypatch):
    room()
    open_file = os.open

    def refuse(name, flags, **options):
        if name == A:
            raise PermissionError(13, "Permission denied")
        return open_file(name, flags, **options)

    monkeypatch.setattr(os, "open", refuse)
    assert refused(room) == f"{A} cannot be read (Permission denied)"


def nested(depth):
    return '{"nbformat": 4, "cells": [], "x": ' + "[" * depth + "]" * depth + "}"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is not JSON (line 1: Expecting value)"),
        ('{"cells": [\n', "is not JSON (line 2: Expecting value)"),
        (b'{"cells": "\xff"}', "is not UTF-8 text (byte 11)"),
        (json.dumps(SOURCE).encode("utf-16"), "is not UTF-8 text (byte 0)"),
        (nested(100_000), "is not JSON that can be read (too many lists in lists)"),
        ('{"x": ' + "9" * 5000 + "}", "is not JSON that can be read (Exceeds the limit (4300 digits) for integer"),
        ('{"x": NaN}', "is not JSON that can be read (NaN is no number of JSON)"),
        ('{"x": -Infinity}', "is not JSON that can be read (-Infinity is no number of JSON)"),
        ('{"x": [' + "[]," * 500_000 + "0]}", "has more than 500000 lists and objects: clear its outputs"),
        (" " * 20_000_001, "is larger than 20 MB"),
        ("[1, 2]", "is no notebook of format 4 (nbformat: None): save it in JupyterLab once more"),
        ('{"nbformat": 3, "worksheets": []}', "is no notebook of format 4 (nbformat: 3): save it in JupyterLab"),
        ('{"nbformat": true, "cells": []}', "is no notebook of format 4 (nbformat: True)"),
        ('{"nbformat": [[4]], "cells": []}', "is no notebook of format 4 (nbformat: list)"),
        ('{"nbformat": "\\u001b\\n", "cells": []}', "is no notebook of format 4 (nbformat: ??)"),
        ('{"nbformat": 4}', "is no valid notebook: it has no list of cells"),
        ('{"nbformat": 4, "cells": {}}', "is no valid notebook: it has no list of cells"),
        ({"nbformat": 4, "cells": [{}] * 1001}, "has 1001 cells, more than 1000"),
        ('{"nbformat": 4, "cells": [7]}', ": cell 1 is no cell"),
        ('{"nbformat": 4, "cells": [{}, {"source": 7}]}', ": cell 2 has a source that is no text"),
        ('{"nbformat": 4, "cells": [{"source": ["a", 7]}]}', ": cell 1 has a source that is no text"),
        (
            {"nbformat": 4, "cells": [{"cell_type": "code", "source": "#" * 200_001}]},
            ": cell 1 has 200001 characters, more than 200000",
        ),
    ],
)
def test_a_notebook_that_cannot_be_read_is_refused_in_a_sentence(room, content, why):
    room(content)
    said = refused(room)
    assert said.startswith(A)
    assert why in said


def test_one_unreadable_notebook_breaks_the_submission(room):
    room()
    room("", name=B)
    assert refused(room) == f"{B} is not JSON (line 1: Expecting value)"


@pytest.mark.parametrize(
    "change",
    [
        {"nbformat_minor": 0, "metadata": []},
        {"metadata": {"kernelspec": {"name": "julia"}}},
        {"nbformat_minor": 99, "extra": "ignored"},
    ],
)
def test_honest_tools_may_be_untidy(room, change):
    content = json.loads(json.dumps(SOURCE)) | change
    for cell in content["cells"]:
        for key in ("id", "outputs", "execution_count"):
            cell.pop(key, None)
    content["cells"][0]["metadata"] = [1]
    content["cells"][2]["source"] = ["y = 1\n", "z = 2"]
    content["cells"] += [{}, {"cell_type": "heading"}, {"cell_type": "code", "metadata": {"nbgrader": [1]}, "id": [2]}]
    room("\ufeff" + json.dumps(content))
    made = opened(room).notebooks[A]
    assert [cell["source"] for cell in made.cells] == ["x = 1", "y = 1\nz = 2"]
    assert made.notes == []


def test_ten_thousand_students_are_found_quickly(room, monkeypatch):
    for number in range(2000):
        path = room.folder / f"s{number}" / UNIT / A
        path.parent.mkdir(parents=True)
        path.touch()
    start = time.monotonic()
    assert len(collected(room).submissions) == 2000
    assert time.monotonic() - start < 2
