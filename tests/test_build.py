"""gmcourse build: from a lesson to solution and release, the same bytes each time; what it does not overwrite."""

import json
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from small_course import LESSON, SOLUTION, SOURCE, STUDENT, UNIT, edit, files, gmcourse, says, write

from gmcourse import notebook
from gmcourse.errors import CourseError

pytestmark = pytest.mark.pipeline


def test_a_build_writes_solution_release_and_ids_and_leaves_nothing_else(built_once):
    assert set(built_once) == {SOURCE, f"lessons/{UNIT}/released.json", "nbgrader_config.py", STUDENT, SOLUTION}
    assert json.loads(built_once[f"lessons/{UNIT}/released.json"]) == {"double--two": 1, "double--any": 2, "why": 3}


def test_the_solution_has_outputs_counts_ids_and_metadata(built_once):
    solution = json.loads(built_once[SOLUTION])
    cells = {cell["id"]: cell for cell in solution["cells"]}
    code = [cell for cell in solution["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [1, 2, 3, 4, 5, 6]
    assert cells["double--two"]["outputs"][0]["text"] == ["double(2) is what it should be.\n"]
    assert cells["double--two"]["metadata"] == {
        "nbgrader": {
            "cell_type": "code",
            "grade": True,
            "grade_id": "double--two",
            "locked": True,
            "points": 1,
            "schema_version": 3,
            "solution": False,
            "task": False,
        }
    }
    assert code[-1]["metadata"]["tags"] == ["demo", "nbval-ignore-output"]
    assert "marker of a reason" in code[-1]["metadata"]["gmcourse"]["exempt"]
    assert set(solution["metadata"]) == {"kernelspec", "language_info", "gmcourse"}
    assert set(solution["metadata"]["gmcourse"]) == {"source", "content", "release"}


def test_building_twice_gives_the_same_bytes(course, built_once):
    assert gmcourse(course, "build", UNIT) == 0
    assert files(course) == built_once


def test_one_changed_line_of_a_solution_is_one_changed_line_and_no_other_release(course, built_once):
    edit(course, "= 2 * x", "= x + x")
    assert gmcourse(course, "build") == 0
    now = files(course)
    assert now[STUDENT] == built_once[STUDENT]
    before, after = (data[SOLUTION].decode().split("\n") for data in (built_once, now))
    changed = [line.strip() for line, was in zip(after, before, strict=True) if line != was]
    assert len(changed) == 3
    assert '"    marker_of_the_solution = x + x\\n",' in changed
    assert {line.split(":")[0] for line in changed if "x + x" not in line} == {'"content"', '"source"'}


def test_a_solution_edited_by_hand_is_not_overwritten(course, capsys, no_kernel):
    edit(course, "2 * x", "3 * x", SOLUTION)
    before = files(course)
    assert gmcourse(course, "build") == 2
    says(capsys, f"{SOLUTION} was edited by hand", f"move the edit into {SOURCE}, or delete the file")
    assert files(course) == before


def test_a_release_with_someones_work_is_not_overwritten(course, capsys, no_kernel):
    edit(course, "# Small", "# Mine", STUDENT)
    assert gmcourse(course, "build") == 2
    says(capsys, f"{STUDENT} was changed since it was built", "delete the file")


def test_after_deleting_the_edited_files_it_builds_again(course, built_once):
    (course / SOLUTION).write_text("{}")
    assert gmcourse(course, "build") == 2
    (course / SOLUTION).unlink()
    (course / STUDENT).unlink()
    assert gmcourse(course, "build") == 0
    assert files(course) == built_once


def test_a_failing_cell_is_named_and_nothing_is_replaced(course, capsys):
    edit(course, "= 2 * x", "= 2 * x / 0")
    before = files(course)
    assert gmcourse(course, "build") == 2
    says(capsys, f"{UNIT}: cell double--two (", "ZeroDivisionError: division by zero", "x / 0", lines=None)
    assert files(course) == before


def test_a_unit_that_fails_does_not_hold_up_another(course, capsys):
    broken = LESSON.replace("# # Small", "# # Other").replace('print("marker of", "the output")', "1 / 0")
    write(course, broken, "02-broken")
    edit(course, "# # Small", "# # Smaller")
    assert gmcourse(course, "build") == 2
    says(capsys, "02-broken: cell", lines=None)
    assert "Smaller" in (course / STUDENT).read_text()
    assert not (course / "solutions" / "02-broken").exists()
    assert not (course / "notebooks" / "02-broken").exists()


def test_ctrl_c_stops_the_kernels_and_replaces_nothing(course):
    edit(course, "assert True", 'import time\nopen("started", "w").close()\ntime.sleep(100)\nassert True')
    before = files(course)
    command = [sys.executable, "-m", "gmcourse.cli", "build", "--course", str(course)]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not list(course.glob(".gmcourse-*/run/*/started")):
        assert running.poll() is None
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    assert "nothing was replaced by halves" in running.communicate(timeout=90)[1]
    assert running.returncode == 130
    assert files(course) == before


def test_a_second_notebook_is_built_and_goes_with_its_lesson(course, capsys):
    second = LESSON.replace("double", "twice").replace('"why"', '"why_twice"')
    path = course / "lessons" / UNIT / f"{UNIT}-b.py"
    path.write_text(second)
    assert gmcourse(course, "build") == 0
    assert {p.name for p in (course / "notebooks" / UNIT).iterdir()} == {f"{UNIT}.ipynb", f"{UNIT}-b.ipynb"}
    assert gmcourse(course, "build", "--check") == 0
    path.unlink()
    capsys.readouterr()
    assert gmcourse(course, "build", "--check") == 1
    says(capsys, f"solutions/{UNIT}/{UNIT}-b.ipynb comes from no lesson", lines=None)
    assert gmcourse(course, "build") == 2
    says(capsys, "twice--two (1 points) is gone")
    (course / "lessons" / UNIT / "released.json").unlink()
    assert gmcourse(course, "build") == 0
    assert {p.name for p in (course / "solutions" / UNIT).iterdir()} == {f"{UNIT}.ipynb"}
    assert {p.name for p in (course / "notebooks" / UNIT).iterdir()} == {f"{UNIT}.ipynb"}


def cell(source="x", outputs=(), test=False):
    node = nbformat.v4.new_code_cell(source, id="here", metadata={"execution": {"iopub.execute_input": "2026"}})
    node.outputs = [nbformat.from_dict(output) for output in outputs]
    if test:
        node.metadata["nbgrader"] = {"grade": True}
    metadata = notebook.KERNEL | {"gmcourse": {"source": "0"}, "widgets": {"state": 1}}
    return nbformat.v4.new_notebook(cells=[node], metadata=metadata)


def stream(name, text):
    return {"output_type": "stream", "name": name, "text": text}


def test_clean_drops_what_changes_from_run_to_run():
    shown = {notebook.WIDGET: {"model_id": "f00"}, "text/plain": "VBox()"}
    dirty = cell(
        outputs=[
            stream("stdout", "a\n"),
            stream("stderr", "100%"),
            stream("stdout", "b\n"),
            {"output_type": "display_data", "data": shown, "metadata": {}},
        ]
    )
    notes = notebook.clean(dirty, "unit")
    only = dirty.cells[0]
    assert "widgets" not in dirty.metadata
    assert only.metadata == {}
    assert only.outputs == [
        stream("stdout", "a\nb\n"),
        {"output_type": "display_data", "data": {"text/plain": "VBox()"}, "metadata": {}},
    ]
    assert notes == ["unit: cell here ('x'): wrote to stderr, which is dropped: '100%'"]


@pytest.mark.parametrize(
    ("outputs", "test", "told"),
    [
        ([stream("stderr", "a warning")], True, "a test cell must write nothing to stderr, got 'a warning'"),
        ([stream("stdout", "<Figure at 0x7f3c9a2b1d10>")], False, "prints a memory address"),
        (
            [{"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {}, "execution_count": 1}],
            True,
            "ends in a value",
        ),
    ],
)
def test_clean_refuses_what_cannot_be_dropped(outputs, test, told):
    with pytest.raises(CourseError, match="unit: cell here") as caught:
        notebook.clean(cell(outputs=outputs, test=test), "unit")
    assert told in str(caught.value)
