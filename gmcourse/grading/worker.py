"""The program that grades: it stays warm, and grades one notebook after another.

    python -m gmcourse.grading.worker [--unsafe-no-sandbox]

It reads jobs, one JSON object a line, and answers each with a line: the result. When its input ends, it stops at once,
and all that it had started stops with it. PyTorch and gmlib are imported once; each checker is a fork of this process,
so that nothing that a student sends can hang or kill it.
"""

import contextlib
import ctypes
import functools
import json
import os
import resource
import select
import signal
import sys
import time
from pathlib import Path

import matplotlib.font_manager
import matplotlib.pyplot  # warm in every fork
import torch

import gmlib.plotting  # noqa: F401
from gmcourse.grading import checker, results, withhold
from gmcourse.grading.sandbox import Sandbox
from gmcourse.grading.wire import Lost

CHECKER_MEMORY = 8 << 30
MOST_RESTARTS = 40
SLACK = 10.0  # seconds that a checker may take beyond its own limits before it is taken for stuck
LEAVE = 5.0  # seconds that a checker has to end what it has started, where there is no sandbox
PR_SET_PDEATHSIG = 1
ENOUGH = 2  # right results for inputs that the notebook does not show, to earn the points of visible tests
DIED = "the checker died"
NOT_REACHED = (
    "right for the inputs that the notebook shows, but no result for others was seen, since their test ended so"
)
STUDENT_SIDE = ("student", "protocol", "wire")


class Stop(Exception):
    """Whoever sent the jobs is gone."""


class Grading:
    """One job on its way to a result, over as many checkers as it takes."""

    def __init__(self, job, isolated, stdin):
        self.job, self.isolated, self.stdin = job, isolated, stdin
        self.tests = {cell["id"]: cell for cell in job["cells"] if cell["kind"] == "test"}
        self.grades, self.outputs, self.notes = {}, {}, []
        self.skip, self.failed, self.faults = set(), {}, []
        self.seconds = {"start": 0.0, "student": 0.0, "checks": 0.0}
        for name, cell in self.tests.items():
            if not cell["points"]:  # nothing of the student's depends on it
                self.grades[name] = grade(0.0, "not run")

    def result(self):
        """Run checkers until every cell has been reached, or the time is up."""
        began, fault = time.monotonic(), None
        for _ in range(MOST_RESTARTS):
            ended = self._pass(began + self.job["limits"]["total"])
            if ended == "end":
                break
            if ended == "fault" and self._is_fault():
                fault = self.faults[-1][1]
                break
            if time.monotonic() - began > self.job["limits"]["total"]:
                self.notes.append(f"stopped after {self.job['limits']['total']:.0f} s in all")
                break
        for name in self.tests:
            self.grades.setdefault(name, grade(0.0, "not reached", "the time for the whole notebook was over"))
        self._without_what_was_shown()
        self.seconds["total"] = time.monotonic() - began
        found = {"grades": self.grades, "outputs": self.outputs, "notes": self.notes}
        return found | {"seconds": self.seconds, "fault": fault}

    def _without_what_was_shown(self):
        """Take the points of visible tests from an answer that is right for nothing else.

        A table of the inputs that the notebook shows would earn them. Two right results for others are enough; the
        first case of a hidden test is often the smallest one, in which nothing is asked yet.
        """
        hidden = {name for name, cell in self.tests.items() if checker.is_hidden(cell) and cell["points"]}
        for exercise in {name.split("--")[0] for name in hidden}:
            own = {name for name in self.tests if name.split("--")[0] == exercise}
            tried = [self.grades[name] for name in own & hidden]
            if any(one.get("passed", 0) >= ENOUGH or one["outcome"] == "right" for one in tried):
                continue
            ended = {self.grades[name]["outcome"] for name in own & hidden} - {"wrong"}
            why = f"{NOT_REACHED}: {', '.join(sorted(ended))}" if ended else checker.ONLY_SHOWN
            for name in own - hidden:
                if self.grades[name]["points"]:
                    self.grades[name] |= {"points": 0.0, "outcome": "wrong", "message": why}

    def _is_fault(self):
        """Whether the grader is at fault for good, the second time at one place.

        A checker that dies again on what the same cell's code returned, or fails again at the same test, is taken for
        the student's crash: else it would be a way out of a zero.
        """
        at, why = self.faults[-1]
        if [where for where, _ in self.faults].count(at) < 2:
            return False
        if at is None or (why != DIED and self.job["cells"][at]["kind"] == "given"):
            return True
        self._lost(at, "crashed", "what your code returned could not be checked: is it huge?")
        self.notes[-1] += f" (twice: {why}; worth a look)"
        return False

    def _pass(self, deadline):
        """One checker, from its fork to its end: "end", "again" (a cell is to be passed over) or "fault"."""
        reader, pid = self._fork()
        at, ended = None, None
        try:
            while ended is None:
                line = self._line(reader, deadline, at)
                if line is None:
                    return self._stuck(at)
                if not line:
                    ended = self._died(at)
                    continue
                message = json.loads(line)
                at = message.get("at", at)
                ended = self._take(message)
            self._leave_in_order(pid)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
            reader.close()
        return ended

    def _leave_in_order(self, pid):
        """Wait a little for a checker that has said its last: without a sandbox, it alone ends what it has started."""
        until = time.monotonic() + LEAVE
        while not self.isolated and time.monotonic() < until:
            with contextlib.suppress(ChildProcessError):
                if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                    return
            time.sleep(0.01)

    def _line(self, reader, deadline, at):
        """The next line; b"" at the end of the pipe; None when the checker is stuck."""
        limits = self.job["limits"]
        wait = checker.START_SECONDS if at is None else max(limits["test"], limits["cell"])
        wait = min(deadline - time.monotonic(), wait + SLACK)
        poll = select.poll()
        poll.register(reader, select.POLLIN | select.POLLHUP)
        poll.register(self.stdin, select.POLLHUP)
        until = time.monotonic() + wait
        while not reader.waiting():
            ready = dict(poll.poll(max(0.0, until - time.monotonic()) * 1000))
            if self.stdin.fileno() in ready:
                raise Stop
            if not ready:
                return None
            reader.fill()
        return reader.line()

    def _take(self, message):
        if "grade" in message:
            self.grades[message["grade"]] = message["is"]
        elif "output" in message:
            self.outputs[str(message["output"])] = message["is"]
        elif "spent" in message:
            self.seconds[message["spent"]] += message["seconds"]
        elif "started" in message:
            self.seconds["start"] += message["started"]
        elif "lost" in message:
            return self._lost(message["lost"], message["outcome"], message["why"])
        elif "fault" in message:
            self.faults.append((message["where"], message["fault"]))
            return "fault"
        return "end" if "end" in message else None

    def _lost(self, at, outcome, why):
        """The student's process ended at a cell: the cell is passed over from now on."""
        if at is None:
            self.faults.append((None, f"the sandbox did not start: {why}"))
            return "fault"
        cell = self.job["cells"][at]
        if cell["kind"] == "test":
            self.grades[cell["id"]] = grade(0.0, outcome, f"it {outcome}: {why}" if outcome == "crashed" else why)
            self.notes.append(f"{cell['id']}: {outcome}: {why}")
        else:
            self.skip.add(at)
            self.failed[at] = [outcome, f"your answer cell {outcome}: {why}"]
            blank = {"stdout": "", "stderr": "", "shown": []}
            self.outputs[str(at)] = blank | {"error": [outcome.capitalize(), why, f"This cell {outcome}: {why}"]}
            self.notes.append(f"{cell['id'] or cell['kind'] + ' cell'}: {outcome}: {why}")
        return "again"

    def _stuck(self, at):
        if at is None:
            return self._died(at)
        return self._lost(at, "timed out", "it did not come to an end in time")

    def _died(self, at):
        self.faults.append((at, DIED))
        return "fault"

    def _fork(self):
        """A checker in a fork of this process: (the pipe that it reports on, its pid)."""
        ours, theirs = os.pipe()
        parent, pid = os.getpid(), os.fork()
        if pid:
            os.close(theirs)
            return Lines(ours), pid
        try:
            os.close(ours)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() == parent:
                self._check(theirs)
        finally:
            os._exit(0)

    def _check(self, pipe):
        """The life of a checker."""
        most = resource.getrlimit(resource.RLIMIT_AS)[1]  # the sandbox sets its own
        resource.setrlimit(resource.RLIMIT_AS, (CHECKER_MEMORY, most))
        os.environ["GM_GRADING_KEY"] = self.job["key"]
        at, box = None, None

        def report(message):
            nonlocal at
            at = message.get("at", at)
            view = memoryview(json.dumps(message).encode() + b"\n")
            while view:
                view = view[os.write(pipe, view) :]

        try:
            box = Sandbox(*student_program(self.job["withhold"]), self.isolated)
            walk = checker.Walk(self.job | {"failed": self.failed}, box, report, self.skip, self.grades)
            walk.run()
            report({"end": True})
        except Lost as lost:
            said = f"{lost}: {box.said()}" if at is None else str(lost)
            report({"lost": at, "outcome": lost.outcome, "why": said})
        except BaseException as error:
            report({"fault": f"{type(error).__name__}: {error}", "where": at})
        finally:
            if box:
                box.kill()


class Lines:
    """Lines that arrive on a pipe, for a reader who must never block."""

    def __init__(self, descriptor):
        self.descriptor, self.data, self.is_over = descriptor, bytearray(), False

    def fileno(self):
        return self.descriptor

    def waiting(self):
        return self.is_over or b"\n" in self.data

    def fill(self):
        more = os.read(self.descriptor, 1 << 20)
        self.data += more
        self.is_over = not more

    def line(self):
        head, end, rest = self.data.partition(b"\n")
        if not end:
            return b""
        self.data = rest
        return bytes(head)

    def close(self):
        os.close(self.descriptor)


def student_program(withheld):
    """(what Python runs, {path: content}) of a student's process, for the Sandbox."""
    here = Path(__file__).parent
    own = {f"/course/gmcourse/grading/{name}.py": (here / f"{name}.py").read_bytes() for name in STUDENT_SIDE}
    replaced = {f"/course/gmlib/{path}": text.encode() for path, text in withhold.stand_ins(withheld).items()}
    return ["/course/gmcourse/grading/student.py"], own | replaced | font_list()


@functools.cache
def font_list():
    """{path: content} of matplotlib's list of fonts, which takes a second to make anew."""
    name = f"fontlist-v{matplotlib.font_manager.FontManager.__version__}.json"
    path = Path(matplotlib.get_cachedir()) / name
    return {f"/tmp/matplotlib/{name}": path.read_bytes()} if path.is_file() else {}


def grade(points, outcome, message=""):
    return {"points": points, "outcome": outcome, "message": message, "printed": ""}


def run(job, isolated=True, stdin=sys.stdin):
    """The result of one job."""
    if job["gmlib"] != results.fingerprint():
        return results.failed("this machine has another version of the course than the one that sends the notebooks")
    result = Grading(job, isolated, stdin).result()
    lacking = checker.demo_names(job["cells"])
    if any(
        f"NameError: name '{name}' is not defined" in g["message"]
        for g in result["grades"].values()
        for name in lacking
    ):
        again = Grading(job | {"demos": True}, isolated, stdin).result()
        again["notes"].append("an answer uses a name of a demonstration: those ran, too")
        return again
    return result


def warm():
    """Use once what every checker uses, so that each fork finds it loaded; no gradients: they do not survive a fork."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    torch.distributions.Normal(0.0, 1.0).log_prob(torch.ones(1))


def main(arguments=None):
    """Answer jobs until the input ends."""
    isolated = "--unsafe-no-sandbox" not in (sys.argv[1:] if arguments is None else arguments)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # nothing that a library prints may get between the answers
    warm()
    print(json.dumps({"ready": os.getpid()}), file=answers, flush=True)
    with contextlib.suppress(Stop, KeyboardInterrupt):
        for line in sys.stdin:
            print(json.dumps({"result": run(json.loads(line), isolated)}), file=answers, flush=True)


if __name__ == "__main__":
    main()
