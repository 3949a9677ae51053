"""Who grades when: warm programs on this machine, or the same program on the workers of a Dask cluster.

Both take jobs lazily, a few more than are being graded, so that ten thousand submissions never lie in memory at once.
"""

import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import urllib.parse
import zlib
from concurrent.futures import FIRST_COMPLETED, CancelledError, ThreadPoolExecutor, wait

from gmcourse.errors import CourseError
from gmcourse.grading import results

AHEAD = 3  # jobs in hand for each one that is being graded
END = 20  # seconds that a program has to end in order
CONNECT = 10  # seconds that a Dask scheduler has to answer
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "agg", "TQDM_DISABLE": "1"}


class Program:
    """A warm program of ours: `python -m MODULE`, which answers lines with lines.

    It starts with the first task, and again after it died. One thread asks; any thread may `stop`.
    """

    def __init__(self, module, *arguments):
        self.command, self.process = [sys.executable, "-m", module, *arguments], None
        self.lock, self.is_over, self.is_proven = threading.Lock(), False, False

    def ask(self, task):
        """The answer to a task; None when the program died of it twice, or was stopped."""
        for _ in range(2):
            with contextlib.suppress(OSError, ValueError):
                return self._ask(task)
            self._end()
        if not self.is_proven and not self.is_over:
            raise CourseError(f"{' '.join(self.command[1:])} does not start: what it says stands above")
        return None

    def _ask(self, task):
        if self.process is None or self.process.poll() is not None:
            self.start()
        self.process.stdin.write(json.dumps(task).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["result"]

    def start(self):
        """Start it, and wait until it is ready."""
        # answers are graded on the CPU, so that no grade depends on the machine
        environment = os.environ | ONE_THREAD | {"CUDA_VISIBLE_DEVICES": ""}
        pipe = subprocess.PIPE
        with self.lock:
            if self.is_over:
                raise ValueError("stopped")
            # a group of its own: Ctrl-C is for us, who then end it in order
            self.process = subprocess.Popen(self.command, stdin=pipe, stdout=pipe, env=environment, process_group=0)
        json.loads(self.process.stdout.readline())  # it says when it is ready
        self.is_proven = True

    def _end(self):
        process, self.process = self.process, None
        if process is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
            try:
                process.wait(END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()

    def stop(self):
        """Start no more; when its input ends, the program ends, and takes with it all that it had started."""
        with self.lock:
            self.is_over, process = True, self.process
        if process is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()

    def close(self):
        """Stop, and wait for its end; who still asks gets None."""
        self.stop()
        self._end()


class Programs:
    """`count` programs of a kind, and a thread for each. To be used in a `with`, whose end stops what still runs."""

    def __init__(self, count, module, *arguments):
        self.programs = [Program(module, *arguments) for _ in range(count)]
        self.idle, self.threads = list(self.programs), ThreadPoolExecutor(count)

    def submit(self, task):
        """A Future of the answer to a task; None as in `Program.ask`."""
        return self.threads.submit(self._ask, task)

    def _ask(self, task):
        program = self.idle.pop()  # as many programs as threads: there is one
        try:
            return program.ask(task)
        finally:
            self.idle.append(program)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for program in self.programs:
            program.stop()
        for program in self.programs:
            program.close()
        self.threads.shutdown(cancel_futures=True)


def grader(isolated):
    """What to start for a program that grades jobs: a module and its arguments."""
    return ["gmcourse.grading.worker", *([] if isolated else ["--unsafe-no-sandbox"])]


def graded(answer):
    """The result of a job, whose grading program gave this answer."""
    return answer or results.failed("the grading program died twice at this notebook")


def local(jobs, count, isolated=True):
    """Grade on this machine, `count` at a time; yields (tag, result) as they come. jobs: iterable of (tag, job)."""
    with Programs(count, *grader(isolated)) as programs:
        jobs, tags = iter(jobs), {}
        while True:
            for tag, job in itertools.islice(jobs, count * AHEAD - len(tags)):
                tags[programs.submit(job)] = tag
            if not tags:
                return
            for done in wait(tags, return_when=FIRST_COMPLETED).done:
                yield tags.pop(done), graded(done.result())


def cluster(jobs, address, isolated=True, task=None):
    """Grade on the workers of the Dask cluster at `address`; yields (tag, result) as they come.

    task: what a worker calls instead of `on_worker`, to measure all that is not grading.
    """
    try:
        from dask.distributed import Client, as_completed
    except ModuleNotFoundError:
        raise CourseError("--scheduler needs the package distributed: pip install 'gmcourse[cluster]'") from None
    no_one = f"--scheduler {address}: no Dask scheduler answers there"
    try:
        where = urllib.parse.urlsplit(address)
        if not where.hostname or not where.port:
            raise ValueError("expected tcp://HOST:PORT")
        # a Client that reached nobody cannot be closed, and hangs when it is collected: look before
        socket.create_connection((where.hostname, where.port), CONNECT).close()
        client = Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CourseError(f"{no_one} ({' '.join(str(error).split())})") from None
    with client:
        jobs, tags, finished = iter(jobs), {}, as_completed(loop=client.loop)
        try:
            while True:
                with _answers(address):
                    room = max(8, AHEAD * sum(client.nthreads().values())) - len(tags)
                for tag, job in itertools.islice(jobs, max(room, 0)):
                    packed = zlib.compress(json.dumps(job).encode())
                    with _answers(address):
                        future = client.submit(task or on_worker, packed, isolated, pure=False, retries=2)
                    tags[future] = tag
                    finished.add(future)
                if not tags:
                    return
                with _answers(address):
                    done = next(finished)
                    result = _result(done)
                yield tags.pop(done), result
        finally:
            with contextlib.suppress(OSError):
                if client.status == "running":
                    client.run(rest)


@contextlib.contextmanager
def _answers(address):
    try:
        yield
    except (OSError, CancelledError) as error:
        said = f"the Dask scheduler is gone ({type(error).__name__}): start it and type the same command again"
        raise CourseError(f"--scheduler {address}: {said}") from None


def _result(future):
    if future.status == "error":  # a job under which three of Dask's workers died, say
        return results.failed(f"the cluster gave no result: {future.exception()!r}")
    return future.result()


_idle = {True: [], False: []}  # {isolated: programs of this Dask worker that wait for a job}


def on_worker(packed, isolated):
    """One job in a Dask worker. Dask's workers may start programs, but not fork themselves."""
    try:
        program = _idle[isolated].pop()
    except IndexError:
        program = Program(*grader(isolated))
    try:
        return graded(program.ask(json.loads(zlib.decompress(packed))))
    finally:
        _idle[isolated].append(program)


def rest():
    """End the programs of this Dask worker that wait for a job: the next run may have a newer course."""
    for programs in _idle.values():
        while programs:
            programs.pop().close()
