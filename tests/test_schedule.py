"""Who grades when: every job gives its result, whatever dies on the way, and nothing is left running."""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
import recorded
from small_unit import ANSWERS, UNIT, WRONG

from benchmarks.cluster import cluster
from gmcourse import cli
from gmcourse.errors import CourseError
from gmcourse.grading import pages, schedule
from gmcourse.grading.grades import Marks
from gmcourse.grading.place import Place

pytestmark = pytest.mark.grading
TESTS = Path(__file__).parent


@pytest.fixture(autouse=True)
def no_strays():
    with recorded.no_strays():
        yield


@pytest.fixture
def quick(monkeypatch):
    """Programs that grade nothing, and do what a job says."""
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    monkeypatch.setattr(schedule, "grader", lambda isolated: ["obedient", str(isolated)])


def tasks(number, **others):
    return [(n, {"notebook": n} | others) for n in range(number)]


def test_every_result_comes_with_its_tag_and_jobs_are_taken_as_they_are_needed(quick):
    taken, pids, given = 0, set(), []

    def jobs():
        nonlocal taken
        for taken, job in enumerate(tasks(40), 1):  # noqa: B007
            yield job

    for tag, result in schedule.local(jobs(), 2):
        given.append(tag)
        assert result["notes"][0] == tag
        pids.add(result["notes"][1])
        assert taken - len(given) < 2 * schedule.AHEAD
    assert sorted(given) == list(range(40))
    assert len(pids) <= 2


def test_no_job_is_no_result_and_starts_nothing(quick):
    assert list(schedule.local(iter(()), 2)) == []


def test_two_are_graded_at_a_time(quick):
    assert len({result["notes"][1] for _, result in schedule.local(tasks(2, seconds=2), 2)}) == 2


def test_a_program_that_dies_is_started_again_and_one_job_that_it_dies_of_stops_no_other(quick, tmp_path):
    jobs = dict(tasks(8))
    jobs[2]["dies"], jobs[5]["dies"] = [str(tmp_path / "once"), 1], [str(tmp_path / "always"), 1000]
    found = dict(schedule.local(jobs.items(), 2))
    assert {tag for tag in found if found[tag]["fault"]} == {5}
    assert found[5]["fault"] == "the grading program died twice at this notebook"
    assert [found[tag]["notes"][0] for tag in sorted(found) if tag != 5] == [0, 1, 2, 3, 4, 6, 7]
    assert (tmp_path / "always").read_text() == "xx"
    assert (tmp_path / "once").read_text() == "xx"


def test_a_program_that_never_starts_is_no_student_s_fault(monkeypatch):
    monkeypatch.setattr(schedule, "grader", lambda isolated: ["no_such_module"])
    with pytest.raises(CourseError, match="-m no_such_module does not start"):
        list(schedule.local(tasks(3), 2))


@pytest.mark.parametrize(("error", "how"), [(KeyboardInterrupt, "seconds"), (RuntimeError, "stubborn")])
def test_who_stops_taking_results_stops_all(quick, monkeypatch, error, how):
    monkeypatch.setattr(schedule, "END", 2)
    began = time.monotonic()
    results = schedule.local([*tasks(1), *tasks(9, **{how: 600})], 2)
    next(results)
    with pytest.raises(error):
        results.throw(error)
    assert time.monotonic() - began < 30


def test_an_error_among_the_jobs_stops_all(quick):
    def jobs():
        yield from tasks(1, seconds=600)
        raise KeyError("broken")  # such as a gradebook that fails while something is filed

    with pytest.raises(KeyError, match="broken"):
        list(schedule.local(jobs(), 2))


def test_a_grading_program_killed_in_the_middle_is_started_again():
    slow = "import time\n" + recorded.MODEL + "\ntime.sleep(1)"
    jobs = [(n, recorded.job(n, slow if n == 1 else recorded.MODEL)) for n in range(3)]
    killed = []

    def kill():
        recorded.wait_for(lambda: recorded.below(os.getpid(), "bwrap"))
        killed.extend(recorded.below(os.getpid(), "gmcourse.grading.worker")[:1])
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    found = dict(schedule.local(jobs, 1))
    killer.join()
    assert killed
    assert outcomes(found) == {n: ("right", 2.0, f"{n}\n") for n in range(3)}


def outcomes(found):
    assert {tag: result["fault"] for tag, result in found.items() if result["fault"]} == {}
    grades = {tag: result["grades"]["double--it"] for tag, result in found.items()}
    return {tag: (grade["outcome"], grade["points"], grade["printed"]) for tag, grade in grades.items()}


# Dask


@pytest.fixture(scope="module")
def dask():
    """(address, processes) of a cluster with two workers."""
    pytest.importorskip("distributed")
    with recorded.no_strays(), cluster(2) as found:
        yield found


def busy(workers, seconds=30):
    """The first of these processes that has a sandbox below it; between two jobs a worker has none."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for pid in workers:
            if recorded.below(pid, "bwrap"):
                return pid
        time.sleep(0.01)
    raise AssertionError(f"no worker started a sandbox within {seconds} s")


def test_a_cluster_grades_while_one_of_its_workers_is_killed(dask):
    from dask.distributed import Client

    address, processes = dask
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        workers = set(client.run(os.getpid).values())
    jobs = ((n, recorded.job(n, recorded.MODEL if n % 3 else WRONG["double"])) for n in range(12))
    found = {}
    for tag, result in schedule.cluster(jobs, address):
        found[tag] = result
        if len(found) == 2:
            os.kill(busy(workers), signal.SIGKILL)
    right = {n: ("right", 2.0, f"{n}\n") for n in range(12)}
    wrong = {n: ("wrong", 0.0, "") for n in range(0, 12, 3) if n != 3}  # 3 + 3 is 6
    assert outcomes(found) == right | wrong
    for process in processes:  # a warm program takes memory: none waits for a run that may never come
        assert recorded.below(process.pid, "gmcourse.grading.worker") == []
        assert recorded.below(process.pid, "bwrap") == []


def test_the_command_grades_on_a_cluster(dask, room, capsys):
    (room.course / "lessons").mkdir(exist_ok=True)  # now it looks like a course
    room.hand_in("ann", ANSWERS)
    room.hand_in("bob", WRONG)
    words = ["grade", UNIT, "--submitted", str(room.submitted), "--gradebook", room.url, "--course", str(room.course)]
    assert cli.main([*words, "--scheduler", dask[0]]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["ann", "3", "1.5", "0", "0", "4.5"] in rows
    assert ["bob", "0", "0", "0", "0", "0"] in rows


def test_a_scheduler_that_is_lost_on_the_way_is_said(quick):
    pytest.importorskip("distributed")
    with cluster(1) as (address, processes):
        results = schedule.cluster(tasks(50), address, task=sleeps)
        next(results)
        processes[0].kill()
        with pytest.raises(CourseError, match=f"--scheduler {address}: the Dask scheduler is gone"):
            list(results)


def sleeps(packed, isolated):
    time.sleep(0.2)
    return {}


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tcp://no.such.host.invalid:8786", "nonsense", "tcp://"])
def test_an_address_where_nothing_answers_is_said_soon(address):
    pytest.importorskip("distributed")
    began = time.monotonic()
    with pytest.raises(CourseError, match=f"--scheduler {address}: no Dask scheduler answers there"):
        list(schedule.cluster(tasks(1), address))
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("package", ["dask", "dask.distributed", "distributed"])
def test_a_missing_package_is_named_with_the_remedy(monkeypatch, package):
    for name in [name for name in sys.modules if name.split(".")[0] in ("dask", "distributed")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(CourseError, match=r"needs the package distributed: pip install 'gmcourse\[cluster\]'"):
        list(schedule.cluster(tasks(1), "tcp://127.0.0.1:9"))


def test_a_worker_never_takes_a_program_without_a_sandbox_for_an_isolated_run(quick):
    import zlib

    packed = zlib.compress(json.dumps({"notebook": 1}).encode())
    try:
        plain, isolated = (schedule.on_worker(packed, how)["notes"][1] for how in (False, True))
        assert plain != isolated
        assert schedule.on_worker(packed, True)["notes"][1] == isolated
        assert Path(f"/proc/{isolated}/cmdline").read_bytes().split(b"\0")[-2] == b"True"
    finally:
        schedule.rest()
    assert not Path(f"/proc/{isolated}").exists()


# Pages


def autograded(here, student):
    import nbformat

    folder = here.folder("autograded", student)
    folder.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(student)]), folder / f"{UNIT}.ipynb")
    return {UNIT: Marks({"double--any": (1.0, 2.0)}, {"double": "a comment"})}


def test_pages_are_written_though_their_program_is_killed(tmp_path):
    here, students = Place(tmp_path, "", UNIT, Path()), [f"student-{n}" for n in range(6)]
    with pages.Pages(here, 1) as writing:
        for student in students:
            writing.write(student, autograded(here, student), f"tag of {student}")
        done = recorded.wait_for(lambda: list(writing.written()))
        os.kill(recorded.below(os.getpid(), "gmcourse.grading.pages")[0], signal.SIGKILL)
        done += writing.written(wait=True)
    assert sorted(done) == [(student, f"tag of {student}") for student in students]
    for student in students:
        assert student in (here.folder("feedback", student) / f"{UNIT}.html").read_text()


def test_a_page_that_cannot_be_written_is_no_page(tmp_path):
    here = Place(tmp_path, "", UNIT, Path())
    marks = autograded(here, "ann")
    (tmp_path / "feedback").write_text("a file where the folder should be")
    with pages.Pages(here, 1) as writing:
        writing.write("ann", marks, "tag")
        with pytest.raises(OSError, match="feedback"):
            list(writing.written(wait=True))
