"""A gradebook on PostgreSQL or SQLite that cannot be used: one line says why, and no password is told."""

import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import postgres
import pytest
from small_unit import ANSWERS, UNIT
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from gmcourse.errors import CourseError
from gmcourse.grading import database, gradebook, place

pytestmark = pytest.mark.grading


def test_a_server_that_was_started_anew_is_no_failure(postgresql, registered, tmp_path, small_release, hand_in):
    registered("postgresql")
    registered("postgresql")
    here = place.place(UNIT, postgresql.create("anew", "registered"), small_release[0], tmp_path / "grades")
    with gradebook.Writer(here) as book:
        book.record(hand_in("ann", ANSWERS))
        with here.gradebook() as other:
            others = "pid <> pg_backend_pid() AND datname = 'anew'"
            other.db.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        book.record(hand_in("bob", ANSWERS))
        assert book.recorded() == {"ann", "bob"}


def test_a_locked_gradebook_is_one_line(registered, tmp_path, small_release, hand_in):
    root = shutil.copytree(registered("sqlite"), tmp_path / "grades")
    here = place.place(UNIT, f"sqlite:///{root}/gradebook.db?timeout=0.2", small_release[0])
    with gradebook.Writer(here) as book, here.gradebook() as other:
        other.db.execute(text("INSERT INTO student (id) VALUES ('zoe')"))
        with pytest.raises(
            CourseError, match=r"gradebook sqlite:.*database is locked \(another program is writing"
        ) as told:
            book.record(hand_in("ann"))
        assert "\n" not in str(told.value)
        other.db.rollback()
        book.record(hand_in("ann"))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"password": "not-it"}, r'password authentication failed for user "teacher" \(check user and password\)'),
        ({"user": "nobody"}, r'password authentication failed for user "nobody" \(check'),
        ({"database": "none"}, r'database "none" does not exist \(make it with createuser and createdb\)'),
    ],
)
def test_what_postgresql_refuses_is_one_line_without_the_password(postgresql, tmp_path, small_release, change, why):
    with pytest.raises(CourseError, match=why) as told:
        place.place(UNIT, postgresql.url(**change), small_release[0], tmp_path / "grades")
    assert "\n" not in str(told.value)
    assert postgresql.url(**{"password": "***"} | {k: v for k, v in change.items() if k != "password"}) in str(
        told.value
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://teacher:secret-word@127.0.0.1:1/x",
        "postgresql+psycopg:///x?host=/nowhere&password=secret-word",
    ],
)
def test_no_server_is_one_line(url, tmp_path, small_release):
    with pytest.raises(CourseError, match=r"is the server running, and at this address\?") as told:
        place.place(UNIT, url, small_release[0], tmp_path / "grades")
    assert "secret-word" not in str(told.value)
    assert "\n" not in str(told.value)


def test_a_missing_driver_is_one_line(tmp_path, small_release, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(CourseError, match=r"the package psycopg is missing: pip install 'psycopg\[binary\]'"):
        place.place(UNIT, "postgresql+psycopg://teacher:secret-word@/x", small_release[0], tmp_path / "grades")


def test_the_password_is_in_no_message_and_in_no_file_for_others(postgresql, tmp_path, small_release, hand_in):
    url = postgresql.create("private")
    assert database.masked(f"cannot open {url}") == f"cannot open {url.replace(postgres.PASSWORD, '***')}"
    assert database.masked("x://a:b/c@d:e@f/g?password=h&i=j") == "x://a:***@f/g?password=***&i=j"
    here = place.place(UNIT, url, small_release[0], tmp_path / "grades")
    here.register()
    gradebook.record(here, hand_in("ann"))
    holders = [p for p in here.root.rglob("*") if p.is_file() and postgres.PASSWORD.encode() in p.read_bytes()]
    assert [path.name for path in holders] == ["nbgrader_config.py"]
    assert stat.S_IMODE(holders[0].stat().st_mode) == 0o600
    error = OperationalError("SELECT", {}, Exception(f"cannot connect to {url}"))
    assert postgres.PASSWORD not in database.said(url, error)


def test_the_server_ends_with_who_started_it():
    if shutil.which("setpriv") is None:
        pytest.skip("only where setpriv is")
    program = [
        "import os, postgres, signal",
        "with postgres.server() as started:",
        "    print(started.process.pid, started.folder, flush=True)",
        "    os.kill(os.getpid(), signal.SIGKILL)",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(program)], cwd=Path(__file__).parent, capture_output=True, text=True
    )
    pid, folder = done.stdout.split()
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            break
        time.sleep(0.1)
    else:
        pytest.fail("PostgreSQL is still there")
    shutil.rmtree(folder)
