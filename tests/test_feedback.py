"""What students and Formgrader are shown: the diagnosis in words, no hidden test, no path, and nothing that runs."""

import base64
import os
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest
from hostile_text import HOSTILE, Reader, body, formgraders, png, words
from small_results import B, rebuilt, result, sources
from small_unit import ANSWERS, UNIT

from gmcourse.grading import feedback, sanitise, shown
from gmcourse.grading.grades import Marks
from gmcourse.grading.place import Place
from gmcourse.grading.rebuild import Cell

pytestmark = pytest.mark.grading


@pytest.fixture(scope="module")
def unit(small_release):
    return sources(small_release[0]), small_release[1]


@pytest.fixture
def show(unit):
    """A function: answers, extra cells and what a result has -> (the notebook shown, its reasons)."""

    def made(answers=None, extra=(), wrong=None, outputs=None, name=UNIT):
        source, release = unit[0][name], unit[1][name]
        part = rebuilt(source, release, ANSWERS | (answers or {}), extra)
        numbered = {str(n): outputs[c["id"]] for n, c in enumerate(part.cells) if c["id"] in (outputs or {})}
        graded = result(part, wrong, numbered)
        return shown.shown(part, graded, release), shown.reasons(part, graded, release)

    return made


def page(notebook, comments=None):
    cells = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    scores = {cell["grade_id"]: (1.0, cell["points"]) for cell in cells if cell.get("grade")}
    return feedback.html(notebook, UNIT, Marks(scores, comments or {}))


def printed(**changes):
    return {"stdout": "", "stderr": "", "shown": [], "error": None} | changes


def cell(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def test_a_heading_cannot_take_a_comments_place(show):
    taken = [Cell("markdown", f"# {name}") for name in ("because-comment", "notebook", "double--any", "Mine")]
    found, before = (Reader(formgraders(show(extra=extra)[0], "formgrade")).ids for extra in (taken, []))
    assert sorted(found) == sorted([*before, "mine"])


def test_no_path_of_this_machine_is_shown(show):
    site = sysconfig.get_paths()["purelib"]
    trace = (
        f'Traceback:\n  File "{site}/torch/nn/linear.py", line 3, in f\n  File "/tmp/box-1/run/cell.py:2\n'
        f"File \x1b[32m{sys.base_prefix}/lib/python3.11/json/decoder.py:3\x1b[0m\n  ~/secret/place/mine.py\n"
        "Cell In[3], line 1\nFileNotFoundError: '/data/x.csv'"
    )
    outputs = {"double": printed(stdout=f"at {site}/torch, {Path.home()}/x", error=["E", f"in {site}/a.py", trace])}
    notebook, reasons = show(outputs=outputs)
    text = str(cell(notebook, "double").outputs) + page(notebook) + reasons["double"]
    for part in (site, sys.prefix, sys.base_prefix, str(Path.cwd()), "/tmp/box-1", "secret/place", f"{Path.home()}/"):
        assert part not in text
    for part in ("linear.py", "cell.py:2", "decoder.py:3", "mine.py", "Cell In[3], line 1", "/data/x.csv"):
        assert part in text


def test_outputs_are_text_and_pictures_and_nothing_else(show):
    data = {"text/plain": "<b>x</b>", "text/html": "<script>run()</script>", "image/png": png()}
    data |= {"application/javascript": "run()", "image/svg+xml": "<svg onload=run()>"}
    broken = {"text/plain": "y", "image/png": "bm90IGEgcGljdHVyZQ=="}
    outputs = {"double": printed(stdout="out\n", stderr="err\n", shown=[data, broken], error=["<b>", "<i>", "<u>"])}
    notebook, _ = show(outputs=outputs)
    found = cell(notebook, "double").outputs
    assert [output.output_type for output in found] == ["stream", "stream", "display_data", "display_data", "error"]
    assert [sorted(output.data) for output in found[2:4]] == [["image/png", "text/plain"], ["text/plain"]]
    for made in (body(page(notebook)), formgraders(notebook, "formgrade")):
        assert not Reader(made).found - {png()}
        assert "<b>x</b>" not in made
        assert png() in made


# The notebook that is shown


def test_prose_tests_and_marks_are_the_releases(show, unit):
    notebook, _ = show({"because": "My <b>thought</b>."}, [Cell("code", "import secret"), Cell("markdown", "Mine.")])
    release = unit[1][UNIT]
    assert "secret_number" not in nbformat.writes(notebook)
    assert "BEGIN" not in nbformat.writes(notebook)
    known = {c.id: c for c in notebook.cells}
    for ours in release.cells:
        assert known[ours.id].metadata == ours.metadata
        if not ours.metadata.get("nbgrader", {}).get("solution"):
            assert known[ours.id].source == ours.source
    assert cell(notebook, "double").source == ANSWERS["double"]
    assert cell(notebook, "because").source == "My < b>thought< /b>."
    extra = [c for c in notebook.cells if c.id not in {ours.id for ours in release.cells}]
    assert [(c.cell_type, c.source, c.metadata) for c in extra] == [
        ("code", "import secret", {}),
        ("markdown", "Mine.", {}),
    ]
    nbformat.validate(notebook)


def test_a_test_says_what_is_wrong_in_words(show):
    notebook, reasons = show(
        wrong={
            "double--any": {"points": 0.0, "outcome": "wrong", "message": "not <doubled>", "printed": "drawn 7\n"},
            "half--three": {"points": 0.5, "outcome": "right"},
            "double--three": {"points": 0.0, "outcome": "timed out", "message": "longer than 60 s"},
        }
    )
    stream, error = cell(notebook, "double--any").outputs
    assert (stream.text, error.ename, error.traceback) == ("drawn 7\n", "Wrong", ["Wrong: not <doubled>"])
    assert cell(notebook, "half--three").outputs[0].text == "0.5 of 1.5 points\n"
    assert reasons == {
        "double": "double--three, 0 of 1 points: timed out: longer than 60 s\n"
        "double--any, 0 of 2 points: not <doubled>",
        "half": "half--three, 0.5 of 1.5 points: partly right",
        "because": "No response.",
    }
    assert "Wrong: not &lt;doubled&gt;" in page(notebook)


def test_tests_with_one_message_are_one_reason_and_a_crash_is_said_first(show):
    lost = {"points": 0.0, "outcome": "crashed", "message": "the process\n  ended"}
    _, reasons = show(
        wrong={"double--any": lost, "double--three": lost},
        outputs={"double": printed(error=["ZeroDivisionError", "division by zero", "..."])},
    )
    assert reasons["double"].splitlines() == [
        "This cell stopped with ZeroDivisionError: division by zero",
        "double--three, double--any, 0 of 3 points: crashed: the process ended",
    ]


def test_an_answer_that_is_untouched_or_empty_is_no_response(unit):
    for answers in ({}, {"third": "  \n"}):
        part = rebuilt(unit[0][B], unit[1][B], answers)
        graded = result(part, {"third--three": "no such name"})
        assert shown.reasons(part, graded, unit[1][B]) == {"third": "No response."}
    part = rebuilt(unit[0][UNIT], unit[1][UNIT], {"because": ""})
    assert shown.scores(part, result(part), unit[1][UNIT])["because"] == 0
    part = rebuilt(unit[0][UNIT], unit[1][UNIT], {"because": "So."})
    assert shown.scores(part, result(part), unit[1][UNIT])["because"] is None


def test_a_result_without_some_tests_gives_no_points_for_them(unit):
    part = rebuilt(unit[0][B], unit[1][B], {"third": "def third(x):\n    return x / 3"})
    graded = result(part) | {"grades": {}}
    assert shown.scores(part, graded, unit[1][B]) == {"third--three": 0}
    assert cell(shown.shown(part, graded, unit[1][B]), "third--three").outputs == []


def test_a_pasted_picture_is_shown_and_a_false_one_is_not(show, unit):
    source, release = unit[0][UNIT], unit[1][UNIT]
    extra = [
        Cell("markdown", "![x](attachment:a.png)", images={"a.png": {"image/png": png()}}),
        Cell(
            "markdown", "![y](attachment:b.png)", images={"b.png": {"image/png": base64.b64encode(b"run()").decode()}}
        ),
    ]
    part = rebuilt(source, release, {}, extra)
    notebook = shown.shown(part, result(part), release)
    made = body(page(notebook))
    assert made.count("<img") == 1
    assert f"data:image/png;base64,{png()}" in made
    assert "![y](attachment:b.png)" in words(made)
    assert not Reader(made).found
    assert not Reader(formgraders(notebook, "formgrade")).found


def test_a_notebook_full_of_text_and_pictures_stays_a_page_that_opens(show):
    much = {"double": printed(stdout="x" * 10**6, shown=[{"text/plain": "y" * 10**5, "image/png": png()}] * 50)}
    extra = [Cell("markdown", "$" * 20_000 + str(k)) for k in range(50)] + [Cell("code", "z" * 200_000)] * 20
    notebook, _ = show(extra=extra, outputs=much)
    assert len(page(notebook)) < 3_000_000
    assert sum(c.source == shown.LEFT_OUT for c in notebook.cells) > 50


# Pages


def test_the_page_is_nbgraders_with_marks_and_comments(show):
    notebook, reasons = show(wrong={"double--any": "not doubled"})
    comments = {"double": sanitise.comment(reasons["double"]), "because": "From **me**, $x<y$."}
    text = words(page(notebook, comments))
    assert f"{UNIT} (Score: 4.0 / 7.5)" in text
    for part in ("Test cell (Score: 1.0 / 2.0)", "double--any, 0 of 2 points: not doubled", "From me, $x<y$."):
        assert part in text
    assert "mathjax" in page(notebook).split("<body>")[0].lower()
    assert "Late submission" not in text
    late = feedback.html(notebook, UNIT, Marks({name: (1.0, 1.0) for name in (
        "double--three", "double--any", "half--three", "because")}, {}, 2.0))  # fmt: skip
    assert "Late submission penalty (Score: -2.0)" in words(late)
    assert "(Score: 2.0 / 4.0)" in words(late)


def test_the_body_of_a_page_has_no_script_even_where_all_else_failed(show, monkeypatch):
    monkeypatch.setattr(shown.sanitise, "markdown", lambda text, *_: text)
    for text in HOSTILE[:37]:
        notebook, _ = show({"because": text}, [Cell("markdown", text)])
        cell(notebook, "double").outputs = [
            nbformat.v4.new_output("display_data", {"text/html": text, "application/javascript": "run()"}),
        ]
        if "nothing.png" not in text:
            assert not Reader(body(page(notebook, {"double": text}))).found, text


def test_pages_are_written_whole_and_stale_ones_go(tmp_path, show, monkeypatch):
    place = Place(tmp_path, "", UNIT, tmp_path)
    folder, pages = place.folder("autograded", "ann"), place.folder("feedback", "ann")
    folder.mkdir(parents=True)
    pages.mkdir(parents=True)
    (pages / "old.html").write_text("")
    (pages / "killed.html.part").write_text("")
    notebook, _ = show()
    nbformat.write(notebook, folder / f"{UNIT}.ipynb")
    scores = {name: (1.0, 1.0) for name in ("double--three", "double--any", "half--three", "because")}
    feedback.write_feedback(place, "ann", {UNIT: Marks(scores, {}), B: Marks({}, {})})
    assert [path.name for path in pages.iterdir()] == [f"{UNIT}.html"]
    before = (pages / f"{UNIT}.html").read_text()
    assert feedback.is_current(place, "ann", {UNIT: Marks(dict(scores), {})})
    assert not feedback.is_current(place, "ann", {UNIT: Marks(scores | {"because": (2.0, 3.0)}, {})})
    assert not feedback.is_current(place, "ann", {UNIT: Marks(scores, {"because": "Well said."})})

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        feedback.write_feedback(place, "ann", {UNIT: Marks(scores, {})})
    assert (pages / f"{UNIT}.html").read_text() == before
    (pages / f"{UNIT}.html").unlink()
    assert not feedback.is_current(place, "ann", {UNIT: Marks(scores, {})})


@pytest.mark.browser
def test_nothing_of_a_student_runs_in_a_browser(chromium, tmp_path, show):
    from browser import FLAGS
    from playwright.sync_api import sync_playwright

    extra = [Cell("markdown", text) for text in HOSTILE]
    output = printed(stdout="".join(HOSTILE), shown=[{"text/plain": text, "text/html": text} for text in HOSTILE])
    wrong = {"double--any": {"points": 0.0, "outcome": "wrong", "message": "".join(HOSTILE), "printed": HOSTILE[0]}}
    notebook, reasons = show(extra=extra, wrong=wrong, outputs={"double": output})
    (tmp_path / "ours.html").write_text(page(notebook, {"double": sanitise.comment(reasons["double"])}))
    (tmp_path / "formgrader.html").write_text("<body>" + formgraders(notebook, "formgrade"))
    (tmp_path / "bad.html").write_text("<body><img src=x onerror=run()>")
    ran = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name in ("ours", "formgrader", "bad"):
            tab = browser.new_page()
            tab.route("http*://**", lambda route: route.abort())
            tab.add_init_script("window.ran = 0; window.run = () => { window.ran += 1 }")
            tab.goto((tmp_path / f"{name}.html").as_uri())
            tab.evaluate(
                "document.querySelectorAll('a[href^=java i], a[href^=vb i], a[href^=data]').forEach(a => a.click())"
            )
            tab.wait_for_timeout(200)
            ran[name] = tab.evaluate("window.ran")
        browser.close()
    assert ran == {"ours": 0, "formgrader": 0, "bad": 1}
