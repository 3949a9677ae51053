"""A PostgreSQL server for tests: its own, in a temporary folder and on a socket there, gone when they are done."""

import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

USER, PASSWORD = "teacher", "secret-word"
MISSING = "needs the PostgreSQL server: sudo apt-get install postgresql (on a Mac: brew install postgresql)"
QUICK = ("fsync=off", "full_page_writes=off")


@dataclass(frozen=True)
class Server:
    """A running server. log: what it wrote."""

    folder: Path
    process: subprocess.Popen

    def url(self, database="postgres", user=USER, password=PASSWORD):
        """The address of a database for `--gradebook`."""
        return f"postgresql+psycopg://{user}:{password}@/{database}?host={self.folder}"

    def create(self, database, template="template1"):
        """Make a database, empty or a copy of `template`; returns its address."""
        import psycopg

        with psycopg.connect(self.url().replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)


def binaries():
    """The folder with initdb and postgres, or None. Debian keeps them out of PATH."""
    found = [os.path.dirname(os.path.realpath(path)) for path in map(shutil.which, ("initdb", "postgres")) if path]
    if shutil.which("pg_config"):
        found.append(subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True).stdout.strip())
    for pattern in ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin"):
        found += sorted(glob.glob(pattern), reverse=True)
    there = (
        folder for folder in found if all(os.access(f"{folder}/{name}", os.X_OK) for name in ("initdb", "postgres"))
    )
    return next(there, None)


@contextlib.contextmanager
def server(settings=QUICK):
    """A Server; without the programs the test is skipped, or fails under CI=true, which promises them.

    PostgreSQL does not run as root: then it is started as an ordinary user, in a folder made for it here. Debian's own
    server is not touched. settings: such as "fsync=off".
    """
    programs = binaries()
    if programs is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="gmcourse-pg-"))
    try:
        user = _ordinary(folder)
        (folder / "password").write_text(PASSWORD)
        init = ["--no-sync", "--auth=scram-sha-256", f"--username={USER}", f"--pwfile={folder}/password"]
        command = [*user, f"{programs}/initdb", "-D", f"{folder}/data", "--encoding=UTF8", "--locale=C", *init]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
        options = [f"unix_socket_directories={folder}", "listen_addresses=", *settings]
        command = [*user, f"{programs}/postgres", "-D", f"{folder}/data", *(x for o in options for x in ("-c", o))]
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            found = Server(folder, process)
            _wait(found)
            yield found
        finally:
            process.send_signal(signal.SIGINT)  # a quick end, in order
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary(folder):
    """What goes before a command so that it ends with this process and is not root's; `folder` becomes its user's."""
    if shutil.which("setpriv") is None:
        return []
    command = ["setpriv", "--pdeathsig", "INT"]
    if os.getuid() != 0:
        return command
    user = min(pwd.getpwall(), key=lambda found: ["postgres", "nobody", found.pw_name].index(found.pw_name))
    os.chown(folder, user.pw_uid, user.pw_gid)
    return [*command, "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]


def _wait(server):
    import psycopg

    for _ in range(300):
        if server.process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(server.url().replace("+psycopg", "")).close()
                return
        time.sleep(0.05)
    raise RuntimeError((server.folder / "log").read_text(errors="replace"))
