"""A Dask cluster on this machine, of the same programs as on many: one scheduler, workers with a nanny each."""

import contextlib
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

ONE_THREAD = {"OMP_NUM_THREADS": "1", "DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "error"}


@contextlib.contextmanager
def cluster(workers):
    """(the scheduler's address, [process of the scheduler, of each worker's nanny, ...]); all end with the `with`."""
    with tempfile.TemporaryDirectory(prefix="gmcourse-dask-") as folder:
        found = Path(folder) / "scheduler.json"
        where = ["--scheduler-file", str(found)]
        quiet = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--protocol", "tcp"]
        processes = []
        try:
            processes.append(_start(["scheduler", "--host", "127.0.0.1", "--port", "0", *where, *quiet]))
            address = _address(found, processes[0])
            for _ in range(workers):
                one = ["--nthreads", "1", "--host", "127.0.0.1", "--local-directory", folder, *quiet]
                processes.append(_start(["worker", address, *one]))
            yield address, processes
        finally:
            for process in reversed(processes):
                process.terminate()
            for process in reversed(processes):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                process.kill()
                process.wait()


def _start(words):
    return subprocess.Popen([sys.executable, "-m", "dask", *words], env=os.environ | ONE_THREAD)


def _address(file, scheduler):
    until = time.monotonic() + 60
    while time.monotonic() < until and scheduler.poll() is None:
        with contextlib.suppress(OSError, ValueError):  # not there, or not yet whole
            return json.loads(file.read_text())["address"]
        time.sleep(0.05)
    raise RuntimeError("the Dask scheduler does not start")


def stored(path, packed, isolated):
    """In place of grading: the job is read, the result is the one in the file `path`."""
    json.loads(zlib.decompress(packed))
    return json.loads(_content(path))["result"]


@functools.cache
def _content(path):
    return Path(path).read_bytes()
