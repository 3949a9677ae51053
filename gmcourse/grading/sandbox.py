"""One student's process, where it reaches nothing: no network, no file of the course or of the user who grades, no
other process; memory, processes and disk are limited.
"""

import contextlib
import functools
import importlib.util
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from gmcourse.errors import CourseError
from gmcourse.grading import bubblewrap, isolation, watch

# torch is looked for, not imported: that takes a second
PROBE = b"""import importlib.util, socket, sys
with open(importlib.util.find_spec("torch").origin):
    socket.socket(fileno=int(sys.argv[1])).sendall(b"well")
"""


class Sandbox:
    """One student's process, started at once. Make it in a thread that lives as long: its end ends the process too.

    program: what Python runs, such as ["/grader/student.py"]; the number of its socket comes after it.
    It is trusted until it reads something from it, and must end if that is closed before.
    files: {path inside: content}, beside and over those of gmlib: the program, and texts in place of gmlib's own.
    isolated: False runs the same program as a plain child, which reaches all that we do; its files are then in a
    temporary folder until `kill()` or the end of Python (`kill -9` of Python leaves it behind).

    sock: our end of the socket pair; it reads as closed once the process is gone.
    why: None, or why it was killed, such as "used more than 3 GiB of memory".
    CourseError: a program that this needs is missing. `probe()` says whether it works here, and what to do.
    """

    def __init__(self, program: list[str], files: dict[str, bytes], isolated: bool = True):
        self.why, self._isolated = None, isolated
        self._folder = None if isolated else tempfile.TemporaryDirectory(prefix="gmcourse-")
        self.sock, theirs = socket.socketpair()
        reads, says = os.pipe()
        self._errors = os.fdopen(reads, "rb", buffering=0)
        os.set_blocking(reads, False)
        os.set_blocking(says, False)  # what does not fit into the pipe is lost, and holds nobody up
        fds = [theirs.detach()]
        try:
            self._process = subprocess.Popen(
                **self._command(program, gmlib_files() | files, fds),
                pass_fds=fds,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=says,
                start_new_session=True,
            )
        except BaseException:
            self.sock.close()
            self._errors.close()
            raise
        finally:
            for fd in [says, *fds]:
                os.close(fd)
        self._said = self._wait_for_start()
        self._lock, self._over = threading.Lock(), threading.Event()
        self._watch = threading.Thread(target=self._keep_watch, daemon=True)
        self._watch.start()

    def _command(self, program, files, fds):
        if self._isolated:  # /proc/1/environ inside shows the environment
            return {"args": bubblewrap.command(program, files, fds), "env": {"PATH": bubblewrap.PATH}, "cwd": "/"}
        return _plain(program, files, fds, self._folder.name)

    def _wait_for_start(self):
        """What came on stderr instead of a start. A sandbox that is not complete yet might outlive us."""
        text = b""
        while select.select([self._errors], [], [], 30)[0] and (more := self._errors.read(4096)):
            text += more
            if bubblewrap.STARTED in text:
                return text.partition(bubblewrap.STARTED)[2]
        return text

    def _keep_watch(self):
        # Only `_end` waits for the process: until then its number is no other's, even if it is long gone.
        while not self._over.wait(0.25):
            self.why = watch.excess(self._process.pid, self._isolated)
            if self.why:
                return self._end()

    def _end(self):
        with self._lock:
            if self._process.poll() is not None:
                return
            if self._isolated:
                watch.end(self._process.pid)
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)

    def said(self) -> str:
        """What came on stderr, at most 64 kB: why it did not start, if it did not. Each call says what is new."""
        text, self._said = self._said, b""
        if not self._errors.closed:
            text += self._errors.read(1 << 16) or b""
        return text.decode(errors="replace")

    def kill(self):
        """End everything in it, and return once it is gone. Safe to call again."""
        if self._over.is_set():
            return
        self._over.set()
        self._end()
        self._watch.join()
        self.sock.close()
        self._said = self.said().encode()
        self._errors.close()
        if self._folder is not None:
            self._folder.cleanup()


def probe() -> str | None:
    """None, or why a student's code cannot be isolated here and what to do about it, for the instructor."""
    if sys.platform != "linux":
        return isolation.NOT_LINUX
    try:
        sandbox = Sandbox(["/grader/probe.py"], {"/grader/probe.py": PROBE})
    except CourseError as error:
        return str(error)
    try:
        sandbox.sock.settimeout(60)
        with contextlib.suppress(OSError):
            if sandbox.sock.recv(4) == b"well":
                return None
        return isolation.explain(sandbox.said())
    finally:
        sandbox.kill()


@functools.cache
def gmlib_files() -> dict[str, bytes]:
    """gmlib's sources, and nothing else that may lie beside them: {path inside: content}."""
    folder = Path(importlib.util.find_spec("gmlib").origin).parent  # not imported: torch would be, too
    found = sorted(p.relative_to(folder) for p in folder.rglob("*.py"))
    return {f"/course/gmlib/{p}": (folder / p).read_bytes() for p in found if not any(x[0] == "." for x in p.parts)}


def _plain(program, files, fds, folder):
    """How the same program is started without a sandbox. Its files are written to `folder`."""
    for path, content in files.items():
        target = Path(folder + path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    program = [folder + word if word in files else word for word in program]
    limits = bubblewrap.limits()
    start = f"ulimit -c {limits['core']}; ulimit -n {limits['nofile']}; ulimit -f {limits['fsize'] >> 9}; "
    env = bubblewrap.ENVIRONMENT | {"HOME": folder, "PYTHONPATH": f"{folder}/course"}
    env |= {name: folder + env[name].removeprefix("/tmp") for name in ("MPLCONFIGDIR", "IPYTHONDIR")}
    python = [sys.executable, "-s", *program, str(fds[0])]
    return {"args": ["sh", "-c", start + bubblewrap.START, "sh", *python], "env": env, "cwd": folder}
