"""The command: bad input gets one line and exit code 2; gmcourse new; the install cell."""

import json
import os
import sys

import pytest
from small_course import UNIT, edit, files, gmcourse, says, write

from gmcourse import answers, cli, notebook
from gmcourse.course import Course

pytestmark = pytest.mark.pipeline


def test_an_unknown_unit_is_answered_with_the_units_there_are(course, capsys):
    assert gmcourse(course, "build", "07-none") == 2
    says(capsys, "unknown unit '07-none': the units are 01-small")


def test_outside_a_course_it_says_so(tmp_path, monkeypatch, capsys):
    assert gmcourse(tmp_path, "build") == 2
    says(capsys, "not a course: it has no folder lessons/")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["build"]) == 2
    says(capsys, "no course in", "--course DIR")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("### END SOLUTION\n\n\n", "\n\n", "no ### END SOLUTION"),
        ("def double(x):", "def double(x:", "not Python"),
        ("points=2", "", "points: got None"),
        ("# %%", "# %", "no cell"),
    ],
)
def test_a_broken_lesson_is_named_by_file_and_line(course, capsys, no_kernel, old, new, told):
    edit(course, old, new)
    assert gmcourse(course, "build") == 2
    says(capsys, f"{UNIT}.py:", told, lines=None if "def" in old else 1)


@pytest.mark.parametrize("package", ["jupytext", "nbgrader", "nbclient"])
def test_a_missing_package_is_named_with_the_command_that_installs_it(course, capsys, monkeypatch, no_kernel, package):
    monkeypatch.setitem(sys.modules, package, None)
    before = files(course)
    assert gmcourse(course, "build") == 2
    says(capsys, f"the package {package} is missing: pip install 'gmcourse[notebooks,grading]'")
    assert files(course) == before


@pytest.mark.parametrize("folder", ["", f"solutions/{UNIT}", f"notebooks/{UNIT}", f"lessons/{UNIT}"])
def test_a_read_only_folder_is_named_and_nothing_is_half_written(course, capsys, monkeypatch, folder):
    edit(course, "# # Small", "# # Smaller")
    before, path = files(course), course / folder
    path.chmod(0o555)
    # the superuser may write everywhere: let the mode decide for them too
    monkeypatch.setattr(os, "access", lambda path, how: bool(os.stat(path).st_mode & 0o200))
    try:
        assert gmcourse(course, "build") == 2
    finally:
        path.chmod(0o755)
    says(capsys, str(path), "cannot be written: permission denied")
    assert files(course) == before


def test_a_file_that_is_no_notebook_of_ours_is_refused(course, capsys, no_kernel):
    (course / "solutions" / UNIT / "answers.txt").write_text("42")
    assert gmcourse(course, "build") == 2
    says(capsys, "answers.txt: only notebooks that gmcourse built may lie here")


def test_a_new_unit_builds_at_once_and_passes_lint(tmp_path, capsys):
    write(tmp_path)
    assert gmcourse(tmp_path, "new", "03-flows") == 0
    assert gmcourse(tmp_path, "build", "03-flows") == 0
    assert gmcourse(tmp_path, "build", "--check", "03-flows") == 0
    assert json.loads((tmp_path / "lessons/03-flows/released.json").read_text()) == {
        "log_odds--half": 1,
        "log_odds--any": 1,
    }


def test_the_answers_of_a_new_unit_get_their_verdicts(tmp_path):
    write(tmp_path)
    assert gmcourse(tmp_path, "new", "03-flows") == 0
    verdicts = list(answers.verdicts(tmp_path / "lessons" / "03-flows"))
    assert len(verdicts) == 10
    assert not [str(verdict) for verdict in verdicts if not verdict.as_expected]


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        (UNIT, "exists already: choose another name"),
        ("flows", "expected two digits and words"),
        ("../03-flows", "expected two digits and words"),
        ("03-Flows", "expected two digits and words"),
    ],
)
def test_new_refuses_a_bad_or_used_name(tmp_path, capsys, unit, told):
    write(tmp_path)
    before = files(tmp_path)
    assert gmcourse(tmp_path, "new", unit) == 2
    says(capsys, told)
    assert files(tmp_path) == before


@pytest.mark.parametrize("command", ["build", "grade", "new"])
def test_help_shows_an_example(command, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main([command, "--help"])
    assert caught.value.code == 0
    assert f"  gmcourse {command} " in capsys.readouterr().out


def run_install(monkeypatch, repository, installed):
    calls = []
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if installed else None)
    monkeypatch.setattr("subprocess.run", lambda command, check: calls.append(command))
    exec(notebook.install_source(repository), {})
    return calls


@pytest.mark.parametrize("repository", ["", "https://example.org/course.git"])
def test_the_install_cell_does_nothing_where_gmlib_is(monkeypatch, repository):
    assert run_install(monkeypatch, repository, installed=True) == []


def test_the_install_cell_installs_from_the_one_setting(course, monkeypatch):
    (course / "pyproject.toml").write_text('[tool.gmcourse]\nrepository = "https://example.org/course.git"\n')
    (command,) = run_install(monkeypatch, Course(course).repository(), installed=False)
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert command[-1] == "git+https://example.org/course.git"


def test_without_an_address_the_install_cell_says_what_to_run(monkeypatch):
    with pytest.raises(ImportError, match="run `make lab` in the course's folder, or `pip install -e .` there"):
        run_install(monkeypatch, "", installed=False)
