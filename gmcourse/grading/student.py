"""The student's process: runs the notebook's cells and does what the checker asks of their functions.

It lives in the sandbox with the student's code, which can change everything here: nothing that it sends is trusted.
What stands here is for honest answers. Run as a program with the number of its socket.
"""

import contextlib
import os
import re
import socket
import sys

import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from gmcourse.grading.protocol import Peer, described
from gmcourse.grading.wire import Lost

MOST_TEXT, MOST_SHOWN, MOST_PICTURE = 50_000, 20, 1_000_000
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
INSTALLS = ("pip", "conda", "mamba", "uv")


class Shell(InteractiveShell):
    """IPython without a terminal, a history and an event loop."""

    last_error = None
    system = InteractiveShell.system_piped  # a command such as `!ls`; the other way waits for a terminal

    def enable_gui(self, gui=None):
        pass

    def ask_exit(self):
        """`exit` and `quit` end nothing: there are cells to come."""

    def _showtraceback(self, etype, evalue, stb):
        text = ANSI.sub("", self.InteractiveTB.stb2text(stb))
        name, value = described(evalue)
        self.last_error = [name, value, text[-8000:]]


class Capped:
    """A text stream that keeps its first characters and forgets the rest."""

    encoding = "utf-8"

    def __init__(self):
        self.parts, self.size = [], 0

    def write(self, text):
        if self.size < MOST_TEXT:
            self.parts.append(str(text)[: MOST_TEXT - self.size])
            self.size += len(self.parts[-1])
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        pass

    def isatty(self):
        return False

    def text(self):
        return "".join(self.parts)


class Student(Peer):
    """The checker's counterpart: see `proxies.Checker`."""

    def __init__(self, sock):
        super().__init__(sock)
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        self.shell, self.kept = Shell.instance(config=config), {}
        self.objects, self.numbers = {}, {}
        for name in INSTALLS:
            self.shell.register_magic_function(_no_install, "line", name)

    def export(self, x):
        """What is not plain stays here and goes by number."""
        if id(x) not in self.numbers:
            self.numbers[id(x)] = len(self.objects)
            self.objects[len(self.objects)] = x  # keeps it alive, so that id(x) stays its own
        return ["h", self.numbers[id(x)], type(x).__name__[:80]]

    def resolve(self, tag, *rest):
        if tag == "h":
            return self.objects[rest[0]]
        if tag == "n":
            return self.shell.user_ns[rest[0]]
        if tag == "c":
            return self._callback(rest[0])
        raise ValueError(tag)

    def seeded(self, state):
        generator = torch.Generator()
        generator.set_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))
        return generator

    def _callback(self, name):
        def function(*args, **kwargs):
            return self.ask("call", [list(args), kwargs], target=["c", name])

        return function

    def target(self, path):
        x = self.resolve(*path[:2])
        return getattr(x, path[2]) if len(path) > 2 else x

    def error(self, name, text):
        import builtins

        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            with contextlib.suppress(TypeError):
                return kind(text)
        return RuntimeError(f"{name}: {text}")

    def answer(self, message):
        op, value = message["op"], message["value"]
        if op == "exec":
            return self.execute(value)
        if op == "seed":
            torch.manual_seed(value)
            return None
        if op == "names":
            return [name for name in value if name in self.shell.user_ns]
        if op == "keep":
            self.kept[value] = dict(self.shell.user_ns)
            return None
        if op == "back":
            self.shell.user_ns.clear()
            self.shell.user_ns.update(self.kept[value])
            return None
        return self._of(self.target(message["target"]), op, value)

    def _of(self, x, op, value):
        """One operation on an object of the student's."""
        if op == "get":
            return x
        if op == "set":
            setattr(x, *value)
            return None
        if op == "item":
            return x[value]
        if op == "next":
            end = object()
            found = next(x, end)
            return (found is not end, None if found is end else found)
        if op == "iter":
            return _Iterator(iter(x))
        if op == "len":
            return len(x)
        raise ValueError(op)

    def execute(self, source):
        """Run a cell as a notebook does; returns its outputs."""
        self.shell.last_error, out, err = None, Capped(), Capped()
        pictures = capture_output(stdout=False, stderr=False, display=True)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pictures as captured:
            self.shell.run_cell(source, store_history=True)
        shown = [picture for one in captured.outputs[:MOST_SHOWN] if (picture := _shown(one.data))]
        text = {"stdout": out.text(), "stderr": err.text()[:10_000]}
        return text | {"shown": shown, "error": self.shell.last_error}


class _Iterator:
    """Hides from the codec that an iterator may be a list's own: it always crosses as an object."""

    def __init__(self, iterator):
        self.iterator = iterator

    def __next__(self):
        return next(self.iterator)


def _shown(data):
    most = {"text/plain": MOST_TEXT, "image/png": MOST_PICTURE}
    return {kind: data[kind] for kind in most if isinstance(data.get(kind), str) and len(data[kind]) <= most[kind]}


def _no_install(line):
    print("Nothing is installed while a notebook is graded.")


def main(number):
    """Serve the checker until it hangs up."""
    student = Student(socket.socket(fileno=number))
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    sys.stdout = sys.stderr = Capped()
    with contextlib.suppress(Lost):
        while True:
            student.serve(student.channel.receive())


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(int(sys.argv[1]))
