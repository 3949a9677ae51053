"""What of a student's notebook gets into the one that is graded, and where."""

import copy
import json
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from gmcourse.grading import intake
from gmcourse.grading.rebuild import rebuild

ROOT = Path(__file__).parents[1]
STUB = "def double(x):\n    raise NotImplementedError"
RIGHT = "def double(x):\n    return x + x"


def graded(name, **kind):
    return {"nbgrader": {"grade_id": name, "solution": False, "grade": False, "locked": False, **kind}}


SOURCE = new_notebook(
    metadata={"ours": True},
    cells=[
        new_markdown_cell("# Small", id="title"),
        new_code_cell("import os", id="imports"),
        new_code_cell("def double(x):\n    return 2 * x", id="c-double", metadata=graded("double", solution=True)),
        new_code_cell(
            "assert double(3) == 6\nsecret = 7",
            id="c-test",
            metadata=graded("double--three", grade=True, locked=True, points=2),
            outputs=[nbformat.v4.new_output("stream", text="ours")],
        ),
        new_code_cell("plot = 1", id="demo", metadata={"tags": ["demo"]}),
        new_code_cell("half = lambda x: x / 2", id="c-half", metadata=graded("half", solution=True)),
        new_markdown_cell("Because.", id="c-why", metadata=graded("why", solution=True, grade=True, points=3)),
        new_code_cell("hand = 1", id="c-hand", metadata=graded("hand", solution=True, grade=True, points=1)),
    ],
)
RELEASE = copy.deepcopy(SOURCE)
for number, text in {2: STUB, 3: "assert double(3) == 6", 5: "half = None", 6: "*Your answer*", 7: ""}.items():
    RELEASE.cells[number].source = text


@pytest.fixture
def release():
    return copy.deepcopy(RELEASE)


def rebuilt(notebook):
    """What becomes of a student's notebook."""
    return rebuild(SOURCE, RELEASE, intake.cells("09-small.ipynb", json.dumps(notebook).encode()))


def plan(made, *kinds):
    return [(cell["kind"], cell["source"]) for cell in made.cells if not kinds or cell["kind"] in kinds]


def answer(made, name="double"):
    return next(cell["source"] for cell in made.cells if cell["id"] == name)


def test_text_is_cleaned_and_long_prose_is_cut(release):
    release.cells[2].source = "a = '\ud800\0'\r\nb = 1\rc = 2"
    release.cells.append(new_markdown_cell("long " * 50_000))
    made = rebuilt(release)
    assert answer(made) == "a = '?\ufffd'\nb = 1\nc = 2"
    assert made.notebook.cells[-1].source.endswith("long \n\n(Cut here: too long.)")
    nbformat.writes(made.notebook).encode()


def test_the_untouched_release_becomes_our_notebook_with_the_stubs(release):
    made = rebuilt(release)
    assert plan(made) == [
        ("given", "import os"),
        ("answer", STUB),
        ("test", "assert double(3) == 6\nsecret = 7"),
        ("demo", "plot = 1"),
        ("answer", "half = None"),
        ("answer", ""),
    ]
    assert made.cells[0] == {"kind": "given", "id": None, "source": "import os", "index": 1}
    assert made.cells[1] == {
        "kind": "answer", "id": "double", "source": STUB, "index": 2, "exercise": "double",
        "model": "def double(x):\n    return 2 * x",
    }  # fmt: skip
    assert made.cells[2] == {
        "kind": "test", "id": "double--three", "source": "assert double(3) == 6\nsecret = 7", "index": 3,
        "exercise": "double", "points": 2.0,
    }  # fmt: skip
    assert json.loads(json.dumps(made.cells)) == made.cells
    assert made.texts == [["double", STUB], ["half", "half = None"], ["why", "*Your answer*"], ["hand", ""]]
    assert made.notes == []
    assert made.notebook.metadata == {"ours": True}
    assert [cell.metadata for cell in made.notebook.cells] == [cell.metadata for cell in SOURCE.cells]
    assert not any(cell.get("outputs") for cell in made.notebook.cells)
    assert all(made.notebook.cells[cell["index"]].source == cell["source"] for cell in made.cells)
    nbformat.validate(made.notebook)


def test_rebuilding_leaves_our_notebook_as_it_was(release):
    before = copy.deepcopy(SOURCE)
    release.cells[2].source = RIGHT
    made = rebuilt(release)
    made.notebook.cells[3].metadata.nbgrader.points = 100
    assert before == SOURCE


def test_extra_cells_run_in_their_places_and_empty_ones_are_dropped(release):
    title, imports, *middle, hand = release.cells
    release.cells = [
        new_code_cell("first = 1"), title, imports, new_code_cell("second = 2"), new_code_cell(" \n"),
        new_markdown_cell("A note."), new_raw_cell("<script>"), *middle, new_code_cell("third = 3"), hand,
        new_code_cell("fourth = 4"),
    ]  # fmt: skip
    made = rebuilt(release)
    assert [source for _, source in plan(made)] == [
        "first = 1", "import os", "second = 2", STUB, "assert double(3) == 6\nsecret = 7", "plot = 1", "half = None",
        "third = 3", "", "fourth = 4",
    ]  # fmt: skip
    assert [source for _, source in plan(made, "extra")] == ["first = 1", "second = 2", "third = 3", "fourth = 4"]
    assert [cell.source for cell in made.notebook.cells[1:6]] == ["# Small", "import os", "second = 2", "A note.", STUB]
    assert "<script>" not in [cell.source for cell in made.notebook.cells]
    assert made.texts[:4] == [["", "first = 1"], ["", "second = 2"], ["", "A note."], ["double", STUB]]
    nbformat.validate(made.notebook)


def test_a_students_metadata_tags_and_kernel_do_not_count(release):
    release.metadata = {"kernelspec": {"name": "bash"}}
    for cell in release.cells:
        cell.metadata |= {"tags": ["skip-execution", "demo"]}
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader |= {"points": 100, "grade": True, "locked": False}
    made = rebuilt(release)
    assert made.notebook.metadata == {"ours": True}
    assert [cell.metadata for cell in made.notebook.cells] == [cell.metadata for cell in SOURCE.cells]
    assert [cell["kind"] for cell in made.cells] == ["given", "answer", "test", "demo", "answer", "answer"]


def test_an_edited_given_or_demo_cell_runs_after_ours(release):
    release.cells[0].source = "# My own title"
    release.cells[1].source = "import os, sys"
    release.cells[4].source = "plot = 2"
    made = rebuilt(release)
    assert plan(made, "given", "demo", "extra") == [
        ("given", "import os"), ("extra", "import os, sys"), ("demo", "plot = 1"), ("extra", "plot = 2")
    ]  # fmt: skip
    assert [cell.source for cell in made.notebook.cells[:2]] == ["# Small", "# My own title"]
    release.cells[1] = new_markdown_cell("The imports.", id="imports")
    assert plan(rebuilt(release))[:2] == [("given", "import os"), ("answer", STUB)]


def test_prose_in_the_place_of_an_answer_is_no_answer(release):
    release.cells[2] = new_markdown_cell("No idea.", id="c-double")
    made = rebuilt(release)
    assert answer(made) == ""
    assert made.notes == ["the answer cell double is not in the notebook"]


def test_tests_are_ours_whatever_the_student_did_to_them(release):
    edited, retyped, lost, gone = (copy.deepcopy(release) for _ in range(4))
    edited.cells[3].source = "pass"
    edited.cells.append(edited.cells[3])
    retyped.cells[3] = new_markdown_cell("assert double(3) == 6", id="c-test", metadata=release.cells[3].metadata)
    lost.cells[3] = new_code_cell("assert double(3) == 6")
    del gone.cells[3]
    for notebook, notes in [
        (edited, ["the test cell double--three was edited: ours counts"]), (retyped, []), (lost, []), (gone, [])
    ]:  # fmt: skip
        made = rebuilt(notebook)
        assert plan(made, "test", "extra") == [("test", "assert double(3) == 6\nsecret = 7")]
        assert made.notes == notes


def test_deleted_given_cells_run_and_moved_cells_go_back(release):
    release.cells[2].source = RIGHT
    extra = new_code_cell("after_double = 1")
    release.cells = [release.cells[3], release.cells[5], release.cells[2], extra]
    made = rebuilt(release)
    assert [source for _, source in plan(made)][:4] == [
        "import os", RIGHT, "after_double = 1", "assert double(3) == 6\nsecret = 7"
    ]  # fmt: skip
    assert made.notes == [f"the answer cell {name} is not in the notebook" for name in ("why", "hand")]


def test_an_answer_that_was_deleted_is_empty(release):
    del release.cells[2]
    made = rebuilt(release)
    assert answer(made) == ""
    assert made.notes == ["the answer cell double is not in the notebook"]


@pytest.mark.parametrize("kind", [new_markdown_cell, new_raw_cell])
def test_an_answer_in_another_kind_of_cell_does_not_count(release, kind):
    release.cells[2] = kind(RIGHT, id="c-double", metadata=release.cells[2].metadata)
    made = rebuilt(release)
    assert answer(made) == ""
    expected = f"the answer cell double is a {release.cells[2].cell_type} cell, expected code: not counted"
    assert made.notes == [expected, "the answer cell double is not in the notebook"]
    assert plan(made, "extra") == []


def test_of_several_answers_the_last_that_was_filled_in_counts(release):
    about = release.cells[2].metadata
    release.cells[2].source = "first = 1"
    release.cells += [new_code_cell(RIGHT, metadata=about), new_code_cell(STUB, metadata=about)]
    made = rebuilt(release)
    assert answer(made) == RIGHT
    assert plan(made)[:3] == [("given", "import os"), ("extra", "first = 1"), ("answer", RIGHT)]
    assert made.notes == ["the answer cell double is there 3 times: the last filled in counts"]
    for cell in release.cells:
        cell.source = STUB if cell.metadata == about else cell.source
    assert answer(rebuilt(release)) == STUB


def test_the_same_answer_twice_runs_once(release):
    release.cells[2].source = RIGHT
    release.cells.append(copy.deepcopy(release.cells[2]))
    made = rebuilt(release)
    assert (answer(made), plan(made, "extra")) == (RIGHT, [])


def test_an_answer_without_its_metadata_is_known_by_its_cell_id(release):
    release.cells[2].source, release.cells[2].metadata = RIGHT, {}
    made = rebuilt(release)
    assert answer(made) == RIGHT
    assert made.notes == ["the answer cell double has lost its metadata: recognised by its cell id"]


def test_an_answer_in_a_new_notebook_is_known_by_what_it_defines(release):
    sources = [cell.source for cell in release.cells]
    sources[2], sources[5] = f"%%time\n{RIGHT}", "half: object = lambda x: 0.5 * x"
    notebook = new_notebook(cells=[new_code_cell(text) for text in [*sources[1:6], "use = double(1)"]])
    made = rebuilt(notebook)
    assert (answer(made), answer(made, "half")) == (sources[2], sources[5])
    assert plan(made, "extra") == [("extra", "use = double(1)")]
    assert made.notes == [
        "the answer cell double has lost its id: recognised by what it defines",
        "the answer cell half has lost its id: recognised by what it defines",
        "the answer cell why is not in the notebook",
        "the answer cell hand is not in the notebook",
    ]


def test_two_cells_that_define_an_answer_are_both_extra(release):
    release.cells[2:3] = [new_code_cell(RIGHT), new_code_cell("def double(x):\n    return x * 2")]
    made = rebuilt(release)
    assert answer(made) == ""
    assert len(plan(made, "extra")) == 2
    assert made.notes == ["the answer cell double is not in the notebook"]


def test_one_cell_that_defines_two_answers_is_the_first_of_them(release):
    both = f"{RIGHT}\nhalf = lambda x: x * 0.5"
    del release.cells[5]
    release.cells[2] = new_code_cell(both)
    made = rebuilt(release)
    assert (answer(made), answer(made, "half"), plan(made, "extra")) == (both, "", [])
    assert made.notes[1:] == ["the answer cell half is not in the notebook"]


@pytest.mark.parametrize("text", ["(" * 100_000, "x = " + "-" * 150_000 + "1", "a " * 90_000, "def\t" * 40_000])
def test_recognising_a_lost_answer_survives_any_text(release, text):
    release.cells[2] = new_code_cell(text)
    start = time.monotonic()
    assert answer(rebuilt(release)) == ""
    assert time.monotonic() - start < 2


def test_answers_graded_by_hand_are_kept_with_their_pictures(release):
    release.cells[6].source = "Because ![](attachment:a.png)"
    release.cells[6]["attachments"] = {
        "a.png": {"image/png": "iVBORw0KGgo=", "text/html": "PHNjcmlwdD4="},
        "b.svg": {"image/svg+xml": "PHN2Zz4="},
        "c.png": {"image/png": '"><script>'},
        "d.png": ["image/png"],
    }
    release.cells[7].source = "hand = 2"
    made = rebuilt(release)
    (why,) = (cell for cell in made.notebook.cells if cell.id == "c-why")
    assert why.source == "Because ![](attachment:a.png)"
    assert why.attachments == {"a.png": {"image/png": "iVBORw0KGgo="}}
    assert ["why", why.source, "a.png", "image/png", "iVBORw0KGgo="] in made.texts
    assert answer(made, "hand") == "hand = 2"
    nbformat.validate(made.notebook)


def test_an_answer_graded_by_hand_is_read_from_a_code_cell_too(release):
    release.cells[6] = new_code_cell("Because.", metadata=release.cells[6].metadata)
    made = rebuilt(release)
    (why,) = (cell for cell in made.notebook.cells if cell.id == "c-why")
    assert (why.cell_type, why.source) == ("markdown", "Because.")
    assert plan(made, "extra") == []


@pytest.mark.parametrize("path", sorted((ROOT / "solutions").glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_our_own_notebooks_come_back_unchanged(path):
    source = nbformat.read(path, as_version=4)
    release = nbformat.read(ROOT / "notebooks" / path.parent.name / path.name, as_version=4)
    made = rebuild(source, release, intake.cells(path.name, path.read_bytes()))
    assert [cell.source for cell in made.notebook.cells] == [cell.source for cell in source.cells]
    assert [cell.id for cell in made.notebook.cells] == [cell.id for cell in release.cells]
    assert not any(cell["kind"] == "extra" for cell in made.cells)
    assert all(cell["source"] == cell["model"] for cell in made.cells if cell["kind"] == "answer")
    untouched = rebuild(source, release, intake.cells(path.name, json.dumps(release).encode()))
    assert (plan(untouched, "extra"), untouched.notes) == ([], [])
    bare = [new_code_cell(c.source) if c.cell_type == "code" else new_markdown_cell(c.source) for c in release.cells]
    assert rebuild(source, release, intake.cells("x", json.dumps(new_notebook(cells=bare)).encode())) == untouched
