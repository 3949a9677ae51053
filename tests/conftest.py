"""What several test files share."""

import functools
import os

import pytest
import small_course
import small_unit

# files of a minute and more, longest first; the notebooks, which fill both cores, not beside the hostile submissions
LONGEST = ["test_hostile", "test_answers", "test_notebooks", "test_grading", "test_gradebook", "test_honest"]
LONGEST += ["test_schedule", "test_release", "test_worker", "test_resume", "test_browser"]


def pytest_collection_modifyitems(items):
    """The longest files first: whoever is left with a long one at the end is waited for."""
    place = {name: k for k, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))


@pytest.fixture(scope="session", autouse=True)
def quiet():
    """One thread, no progress bars: for this process and every kernel that it starts."""
    os.environ |= {"OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}


@pytest.fixture(scope="session")
def chromium():
    """Where Chromium is. Without one the test is skipped, or fails under CI=true, which promises it."""
    from browser import find_chromium

    path = find_chromium()
    if path is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("needs Chromium: sudo apt-get install chromium (on a Mac: brew install --cask google-chrome)")
    return path


@pytest.fixture(scope="session")
def built_once(tmp_path_factory):
    """{path: bytes} of a small course after `gmcourse build`."""
    root = small_course.write(tmp_path_factory.mktemp("course"))
    assert small_course.gmcourse(root, "build") == 0
    return small_course.files(root)


@pytest.fixture
def course(built_once, tmp_path):
    """The folder of a built small course; a copy for each test."""
    for name, data in built_once.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path


@pytest.fixture(scope="session")
def small_release(tmp_path_factory):
    """(a course with a unit to grade, its released notebooks by file stem)"""
    root = small_unit.course(tmp_path_factory.mktemp("course"))
    return root, small_unit.released(root, tmp_path_factory.mktemp("release"))


@pytest.fixture
def room(tmp_path, small_release):
    """A class that hands in and is graded."""
    return small_unit.Class(tmp_path, *small_release)


@pytest.fixture
def no_kernel(monkeypatch):
    """Fail when something is executed."""

    def refuse(*_):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr("gmcourse.build.execute", refuse)


@pytest.fixture(scope="session")
def postgresql():
    """A running server of PostgreSQL, as postgres.Server."""
    import postgres

    with postgres.server() as running:
        yield running


@pytest.fixture(scope="session")
def registered(request, tmp_path_factory, small_release):
    """A function: sqlite or postgresql -> a folder in whose gradebook the small unit is registered; made once."""
    from gmcourse.grading import place

    @functools.cache
    def made(kind):
        root = tmp_path_factory.mktemp(kind)
        url = f"sqlite:///{root}/gradebook.db"
        if kind == "postgresql":
            url = request.getfixturevalue("postgresql").create("registered")
        place.place(small_unit.UNIT, url, small_release[0], root).register()
        return root

    return made


@pytest.fixture
def hand_in(small_release):
    """A function: student, answers and what is wrong -> what is filed of a submission of the small unit."""
    import small_results

    return lambda *arguments, **options: small_results.submission(*small_release, *arguments, **options)


class Shown:
    """What an explorer displayed, and what it put in the place of its figure later."""

    def __init__(self):
        self.displayed, self.updated = [], []

    def display(self, thing, **_):
        self.displayed.append(thing)
        return self

    def update(self, thing, **_):
        self.updated.append(thing)


@pytest.fixture
def shown(monkeypatch):
    """In the place of IPython's display, for explorers."""
    found = Shown()
    monkeypatch.setattr("gmlib.explore.display", found.display)
    return found
