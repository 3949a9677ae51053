"""The sentences of gmlib's public doors: argument, what came, what was expected."""

import re

import pytest
import torch

from gmlib import _arguments

pytestmark = pytest.mark.bad_input
SHAPE = ("batch", 3)


def refused(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_what_is_right_comes_back():
    x = torch.tensor([[0.0, 1.0, 1.0]])
    assert _arguments.tensor("x", x, SHAPE, "float", values=(0, 1)) is x
    assert _arguments.count("n", 3) == 3
    assert _arguments.ordering("ordering", None, 2) == [0, 1]
    assert _arguments.ordering("ordering", torch.tensor([1, 0]), 2) == [1, 0]


@pytest.mark.parametrize("value", [0, -1.0, True, None, "2", float("nan"), float("inf")])
def test_positive_numbers(value):
    with refused(f"bound: got {_arguments.describe(value)}, expected a number above 0"):
        _arguments.positive("bound", value)
    with refused("momentum: got 1.5, expected a number above 0 and of at most 1"):
        _arguments.positive("momentum", 1.5, high=1)
    assert _arguments.positive("momentum", 1, high=1) == 1.0


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "x: got None, expected a float tensor of shape (batch, 3)"),
        ([1.0], "x: got a list, expected a float tensor of shape (batch, 3)"),
        (torch.ones(3), "x: got a float32 tensor of shape (3,), expected a float tensor of shape (batch, 3)"),
        (torch.ones(2, 4), "x: got a float32 tensor of shape (2, 4), expected a float tensor of shape (batch, 3)"),
        (
            torch.ones(2, 3).long(),
            "x: got an int64 tensor of shape (2, 3), expected a float tensor of shape (batch, 3)",
        ),
        (
            torch.ones(0, 3),
            "x: got an empty tensor of shape (0, 3), "
            "expected a float tensor of shape (batch, 3) with at least one entry",
        ),
        (
            torch.tensor([[0, float("nan"), 1]]),
            "x: got 1 entry that is NaN or infinite (the first is nan), expected finite numbers",
        ),
        (torch.tensor([[0, 0.5, 1]]), "x: got an entry 0.5, expected only 0 or 1"),
    ],
)
def test_tensors(value, sentence):
    with refused(sentence):
        _arguments.tensor("x", value, SHAPE, "float", values=(0, 1))


def test_ranges_and_devices():
    x = torch.tensor([0.0, 5.0])
    with refused("x: got an entry 5, expected entries from 0 to 4"):
        _arguments.tensor("x", x, ("n",), low=0, high=4)
    with refused("x: got an entry 0, expected entries of at least 1"):
        _arguments.tensor("x", x, ("n",), low=1)
    with refused("x: got an entry 5, expected entries of at most 4"):
        _arguments.tensor("x", x, ("n",), high=4)
    with refused("x: got a tensor on cpu, expected a tensor on meta, where the model is: move one of them with .to()"):
        _arguments.tensor("x", x, ("n",), device="meta")


@pytest.mark.parametrize("value", [0, 1.0, True, None, "2"])
def test_counts(value):
    with refused(f"n: got {value!r}, expected a whole number from 1 to 9"):
        _arguments.count("n", value, high=9)


@pytest.mark.parametrize("value", [[0, 0, 1], [1, 2, 3], [0, 1], "012"])
def test_orderings(value):
    with pytest.raises(ValueError, match=re.escape("expected each index from 0 to 2 once")):
        _arguments.ordering("ordering", value, 3)
