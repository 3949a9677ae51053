"""What stands in a test cell for the objects of a student's process, and the checker's end of the talk to it."""

import builtins
import secrets
import weakref

import torch

from gmcourse.grading.protocol import Peer
from gmcourse.grading.wire import Lost, clean, garbled


class StudentError(Exception):
    """The student's code raised an error; its text, as it came."""

    def __str__(self):
        return self.args[0]


def student_error(name, text):
    """The error that stands for one of the student's, of a class of the same name: a test may expect a ValueError."""
    own = getattr(builtins, name, None)
    ordinary = isinstance(own, type) and issubclass(own, Exception) and own not in (StopIteration, StopAsyncIteration)
    try:
        return type(name, (StudentError, own) if ordinary else (StudentError,), {})(text)
    except TypeError:  # of the few whose text is no single argument
        return StudentError(f"{name}: {text}")


class Remote:
    """An object in the student's process. Only what stands here crosses: no dunder, no comparison, no truth value."""

    __slots__ = ("__weakref__", "_code", "_path", "_peer")

    def __init__(self, peer, path):
        for name, value in (("_peer", peer), ("_path", path), ("_code", None)):
            object.__setattr__(self, name, value)

    def __call__(self, *args, **kwargs):
        return self._peer.ask("call", [list(args), kwargs], target=self._path)

    def __getattr__(self, name):
        if name == "__code__" and self._code is not None:
            return self._code  # of our own answer, for the names of the arguments
        if name.startswith("_"):
            raise AttributeError(name)
        return self._peer.ask("get", target=[*self._path, name])

    def __setattr__(self, name, value):
        self._peer.ask("set", (name, value), target=self._path)

    def __iter__(self):
        return self._peer.ask("iter", target=self._path)

    def __next__(self):
        more, value = as_kind(self._peer.ask("next", target=self._path), tuple, 2)
        if more is not True:
            raise StopIteration
        return value

    def __len__(self):
        return as_kind(self._peer.ask("len", target=self._path), int)

    def __getitem__(self, i):
        return self._peer.ask("item", i, target=self._path)

    def _refuse(self, *_):
        kind = type(self).__name__
        raise TypeError(f"this is a {kind}, not a number, a tensor or a list: it cannot be compared, tested or copied")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __deepcopy__ = __copy__ = __reduce_ex__ = _refuse
    __hash__ = object.__hash__

    def __repr__(self):
        return f"<the student's {type(self).__name__}>"


class Checker(Peer):
    """The checker's end of the conversation. box: the Sandbox; shared: {id of an object: its name on both sides}."""

    def __init__(self, box, shared, seconds):
        super().__init__(box.sock)
        self.box, self.shared, self.seconds = box, shared, seconds
        self.remotes, self.callbacks = weakref.WeakValueDictionary(), {}
        self.changed = False  # whether a call has changed an argument

    def export(self, x):
        if isinstance(x, Remote):
            return x._path
        if id(x) in self.shared:
            return ["n", self.shared[id(x)]]  # made by a given cell: the student's process has its own
        if callable(x) and not isinstance(x, type | torch.nn.Module):
            self.callbacks[name := secrets.token_hex(8)] = x
            return ["c", name]
        raise TypeError(f"a test cannot send a {type(x).__name__} to the student's code")

    def resolve(self, tag, number, kind):
        if tag != "h" or type(number) is not int:
            raise garbled("an unknown tag")
        found = self.remotes.get(number)
        if found is None:
            name = clean(kind)[:80] or "object"
            found = self.remotes[number] = type(name, (Remote,), {"__slots__": ()})(self, ["h", number])
        return found

    def target(self, path):
        return self.callbacks[path[1]]  # a student may call what this call handed over, and nothing else

    def answer(self, message):
        raise garbled("a request that a student may not make")

    def error(self, name, text):
        return student_error(name, text)

    def _take_over(self, changed, reply, went):
        self.changed |= bool(changed)
        super()._take_over(changed, reply, went)

    def ask(self, op, value=None, seconds=None, through=(), **message):
        try:
            return super().ask(op, value, seconds or self.seconds, through, **message)
        except Lost as lost:
            if self.box.why:  # the watch ended it, and knows better
                raise Lost("crashed", f"it {self.box.why}") from None
            raise lost from None
        finally:
            if self.depth == 0:
                self.callbacks.clear()


def as_kind(x, kind, length=None):
    """What our own part of the student's process would have sent; anything else is a forgery."""
    if type(x) is not kind or (length is not None and len(x) != length):
        raise garbled(f"no {kind.__name__}")
    return x
