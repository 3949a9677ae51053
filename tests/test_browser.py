"""The course as people meet it: a student in JupyterLab on unit 01, an instructor in Formgrader."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
import small_unit
from browser import Notebook, browser_page, change_picture, execute, server
from playwright.sync_api import expect

from gmcourse import answers, lesson
from gmcourse.grading import grade

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[1]
FIRST = "01-chain-rule"


@pytest.fixture(scope="module")
def page(chromium):
    with browser_page(chromium) as page:
        yield page


def first_exercise():
    """The answer cell of the unit's first exercise, its first test, and a wrong answer."""
    cells = list(lesson.read(ROOT / "lessons" / FIRST / f"{FIRST}.py"))
    answer = next(cell for cell in cells if cell.kind == "answer")
    test = next(cell for cell in cells if cell.kind == "test" and cell.exercise == answer.id)
    file = ROOT / "lessons" / FIRST / "answers" / f"{answer.id}.py"
    return answer, test, next(a for a in answers.read(file) if a.message)


def test_a_student_reads_moves_a_control_and_solves_the_first_exercise(page, tmp_path):
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    answer, test, wrong = first_exercise()
    sentence = re.findall(r'print\("(.+?)"\)', test.source)[-1]
    with server(tmp_path / "notebooks") as address:
        notebook = Notebook(page, address, f"{FIRST}/{FIRST}.ipynb")
        stub, check = notebook.find(answer.id, key="id"), notebook.find(test.id, key="id")
        explorer = notebook.find("explore(")
        assert explorer < stub
        notebook.run_before(stub)
        assert change_picture(notebook.output(explorer)), "no control of the explorer changes its picture"

        notebook.run(stub)
        notebook.run(check)
        expect(notebook.output(check)).to_contain_text("NotImplementedError: Your answer goes here: replace this line")

        untouched = notebook.read(stub)
        notebook.write(stub, wrong.source)
        notebook.run(stub)
        notebook.run(check)
        expect(notebook.output(check)).to_contain_text(wrong.message)

        notebook.write(stub, untouched)
        notebook.type_over(stub, "raise NotImplementedError", answer.inside)
        notebook.run(stub)
        notebook.run(check)
        expect(notebook.output(check)).to_have_text(sentence)


def test_an_instructor_finds_the_graded_assignment_in_formgrader(page, tmp_path):
    course = small_unit.course(tmp_path)
    released = small_unit.released(course, tmp_path / "release")
    folder = tmp_path / "submitted" / "ann"
    folder.mkdir(parents=True)
    for name, notebook in released.items():
        nbformat.write(small_unit.answered(notebook, small_unit.ANSWERS), folder / f"{name}.ipynb")
    grades = tmp_path / "grades"
    grade(small_unit.UNIT, folder.parent, f"sqlite:///{grades}/gradebook.db", course)
    with server(grades) as address:
        page.goto(f"{address}/lab")
        execute(page, "nbgrader:open-formgrader")
        formgrader = page.frame_locator("iframe[src*='formgrader']")
        expect(formgrader.get_by_text(small_unit.UNIT, exact=True).first).to_be_visible()
        page.goto(f"{address}/formgrader/gradebook/{small_unit.UNIT}/{small_unit.UNIT}", wait_until="domcontentloaded")
        expect(page.locator("table")).to_contain_text("4.5")
