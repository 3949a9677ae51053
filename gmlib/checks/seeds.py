"""Where the inputs of a test come from, and how a failed check speaks."""

import hashlib
import hmac
import os
import secrets
import sys
import textwrap
import typing

import torch

_fresh = ("", "")  # the file of the cell that drew fresh inputs last, and what a failure in it says of their seed


@typing.no_type_check  # a type checker's wrapper would stand between this function and the cell that calls it
def generator(part, fresh=False):
    """A CPU generator for the test `part`, for example "made_masks--any".

    Visible tests use the fixed one: the same inputs each time. Hidden tests pass fresh=True: the seed then comes from
    GM_GRADING_KEY, when whoever grades has set it, so that a re-grade repeats itself, and is random elsewhere. A fresh
    seed is named in the message of a check that fails afterwards.
    """
    global _fresh
    key = os.environ.get("GM_GRADING_KEY") or secrets.token_hex(8)
    digest = hmac.digest((key if fresh else "fixed").encode(), part.encode(), hashlib.sha256)
    seed = int.from_bytes(digest[:6], "big")
    cell = sys._getframe(1).f_code.co_filename  # each cell of a notebook is compiled as a file of its own
    _fresh = (cell, f" (fresh inputs of {part}: seed {seed})") if fresh else ("", "")
    return torch.Generator().manual_seed(seed)


class NotYet(AssertionError):
    """A check that failed. A notebook shows its sentence alone: the traceback would only show how checks work."""

    def _render_traceback_(self):
        mark = "Not right yet:"
        return [textwrap.fill(f"{mark} {self}", 100).replace(mark, f"\x1b[0;31m{mark}\x1b[0m", 1)]


def fail(sentence, hint=""):
    """Raise the AssertionError that a student reads: what is wrong and, where there is one, the likely slip."""
    raise NotYet(f"{sentence}{': ' + hint if hint else ''}{_seed_note()}")


def _seed_note():
    """The seed of the fresh inputs, if the cell that drew them is the one that fails and no later one."""
    cell, note = _fresh
    frame = sys._getframe()
    while frame is not None and frame.f_code.co_filename != cell:
        frame = frame.f_back
    return "" if frame is None else note


def require(condition, sentence):
    """Fail with `sentence` unless `condition` is true."""
    if not condition:
        fail(sentence)
