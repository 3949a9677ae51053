"""Where a unit is graded: one secret, and a registered unit whatever was killed on the way."""

import json
import pickle
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_results import B, by_hand, rows
from small_unit import ANSWERS, UNIT

from gmcourse.grading import gradebook, place

pytestmark = pytest.mark.grading
ROOT = Path(__file__).parents[1]
THOUGHT = {"because": "A thought."}
LOST = {"double--any": "not doubled; drawn <7>"}


def elsewhere(here, code, **options):
    """Another process that runs `code` with this Place as `here`."""
    program = f"import pickle; here = pickle.loads({pickle.dumps(here)!r}); {code}"
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, **options)


def test_two_processes_make_one_secret(tmp_path):
    here = place.Place(tmp_path, "", "u", None)
    running = [elsewhere(here, "print(here.key('u', 'ann'))", stdout=subprocess.PIPE, text=True) for _ in range(4)]
    found = {process.communicate()[0] for process in running}
    assert len(found) == 1
    path = tmp_path / ".grading_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert here.key("u", "ann") + "\n" == found.pop()
    assert len({here.key(*parts) for parts in (("u", "ann"), ("uann",), ("u", "ann", ""), ("ann", "u"))}) == 4
    path.write_text(path.read_text()[:20])  # killed while writing it
    assert here.key("u") == here.key("u")


def state(here):
    release = {path.name: path.read_text() for path in sorted(here.folder("release").glob("*.ipynb"))}
    release = {name: [cell["source"] for cell in json.loads(text)["cells"]] for name, text in release.items()}
    with here.gradebook() as book:
        cells = {c.name: (nb.name, c.source) for nb in book.find_assignment(UNIT).notebooks for c in nb.source_cells}
        points = {c.name: c.max_score for nb in book.find_assignment(UNIT).notebooks for c in nb.grade_cells}
    return release, cells, points


def test_registering_heals_after_a_kill_at_any_moment(registered, tmp_path, small_release):
    here = place.place(UNIT, f"sqlite:///{tmp_path}/grades/gradebook.db", small_release[0])
    for mark in ("source", f"release/{UNIT}/{UNIT}.ipynb"):  # killed as soon as this is there
        with elsewhere(here, "here.register()") as running:
            while running.poll() is None and not (here.root / mark).exists():
                time.sleep(0.002)
            running.send_signal(signal.SIGKILL)
        assert not list((here.root / "source").glob(".*.sha256"))
    here.register()
    fresh = f"sqlite:///{registered('sqlite')}/gradebook.db"
    assert state(here) == state(place.place(UNIT, fresh, small_release[0]))


@pytest.fixture
def own(tmp_path, registered, small_release):
    """The small unit, registered, with a course of its own."""
    course, root = shutil.copytree(small_release[0], tmp_path / "course"), tmp_path / "grades"
    shutil.copytree(registered("sqlite"), root)
    return place.place(UNIT, f"sqlite:///{root}/gradebook.db", course)


def test_a_kill_between_two_forms_of_a_solution_leaves_no_mark_of_the_first(own, monkeypatch):
    before = state(own)
    path = own.course / "solutions" / UNIT / f"{B}.ipynb"
    first = path.read_text()
    path.write_text(first.replace("third(3) == 1", "third(6) == 2"))

    def kill(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(place, "run", kill)
        pytest.raises(KeyboardInterrupt, own.register)
    path.write_text(first)
    own.register()
    assert state(own) == before


def test_a_corrected_typo_reaches_the_release_and_no_grade(own, small_release, hand_in, monkeypatch):
    with gradebook.Writer(own) as book:
        book.record(hand_in("ann", ANSWERS | THOUGHT, LOST))
        by_hand(book, "ann", manual_score=2.0, needs_manual_grade=False)
        before = rows(book)
    path = own.course / "solutions" / UNIT / f"{UNIT}.ipynb"
    path.write_text(path.read_text().replace("A small unit", "A tiny unit"))
    own.register()
    assert "A tiny unit" in (own.folder("release") / f"{UNIT}.ipynb").read_text()
    with gradebook.Writer(own) as book:
        assert rows(book) == before
    monkeypatch.setattr(place, "run", lambda *_, **__: pytest.fail("registered again"))
    own.register()  # nothing to do now


def test_a_lost_release_is_made_again(own):
    before = state(own)
    shutil.rmtree(own.folder("release"))
    own.register()
    assert state(own) == before
