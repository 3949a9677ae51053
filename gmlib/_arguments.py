"""What a public door says to bad input: the argument, what came, what was expected."""

import functools
import numbers

import torch


def fail(name, got, expected):
    """Raise the ValueError that all of gmlib's public doors raise."""
    raise ValueError(f"{name}: got {got}, expected {expected}")


def with_article(noun):
    """`a float32`, `an int64`, `a uint8`, `an Affine`."""
    return f"{'an' if noun[0] in 'aeioAEIO' else 'a'} {noun}"


def describe(value):
    """What came, in a few words: a tensor by dtype and shape, a number by its value, anything else by its type."""
    if isinstance(value, torch.Tensor):
        return f"{with_article(str(value.dtype).removeprefix('torch.'))} tensor of shape {tuple(value.shape)}"
    if value is None or isinstance(value, (numbers.Number, str)):
        return repr(value)
    return with_article(type(value).__name__)


def _words(shape):
    return "(" + ", ".join(str(size) for size in shape) + ("," if len(shape) == 1 else "") + ")"


def tensor(name, value, shape, dtype=None, low=None, high=None, values=None, empty=False, device=None):
    """Check a tensor at a public door and return it.

    shape:     sizes, or names where any size will do: ("batch", 64).
    dtype:     "float", "integer", or one torch dtype; None takes all.
    low, high: the closed range of the entries. values: the entries allowed, for example (0, 1).
    empty:     whether a size of 0 is allowed.
    device:    the device that the tensor must be on, None for any.
    Raises ValueError with the argument's name, what came and what was expected. Costs one pass over the entries.
    """
    kind = f"{str(dtype).removeprefix('torch.')} " if dtype is not None else ""
    expected = with_article(f"{kind}tensor of shape {_words(shape)}")
    if not isinstance(value, torch.Tensor):
        fail(name, describe(value), expected)
    fits = value.dim() == len(shape) and all(
        isinstance(size, str) or size == found for size, found in zip(shape, value.shape, strict=True)
    )
    kinds = {"float": value.is_floating_point(), "integer": _is_integer(value), None: True}
    if not fits or not kinds.get(dtype, value.dtype == dtype):
        fail(name, describe(value), expected)
    if not empty and value.numel() == 0:
        fail(name, f"an empty tensor of shape {tuple(value.shape)}", f"{expected} with at least one entry")
    if device is not None and value.device != torch.device(device):
        fail(
            name,
            f"a tensor on {value.device}",
            f"a tensor on {device}, where the model is: move one of them with .to()",
        )
    _entries(name, value, low, high, values)
    return value


def _is_integer(value):
    return not (value.is_floating_point() or value.is_complex() or value.dtype == torch.bool)


def _entries(name, value, low, high, values):
    if values is not None:
        # off is 0 at the allowed values only; several times faster than comparing with each
        if tuple(values) == (0, 1):
            off = torch.addcmul(value, value, value, value=-1)  # x - x^2
        else:
            off = functools.reduce(torch.mul, (value - v for v in values))
        if value.numel() == 0 or not any(torch.aminmax(off)):
            return
    if value.is_floating_point() and not bool(torch.isfinite(value.detach().sum())):
        # the sum took a tenth of the time of asking each entry; finite entries may have an infinite one
        bad = value[~torch.isfinite(value)]
        if len(bad):
            noun = "entry that is" if len(bad) == 1 else "entries that are"
            fail(name, f"{len(bad)} {noun} NaN or infinite (the first is {bad[0].item()})", "finite numbers")
    if values is not None:
        fail(name, f"an entry {value[off != 0][0].item():g}", f"only {' or '.join(str(v) for v in values)}")
    if _is_integer(value):
        value = value.long()  # in int8, 255 would be -1
    if low is not None and bool((value < low).any()):
        fail(name, f"an entry {value[value < low][0].item():g}", f"entries {_range(low, high)}")
    if high is not None and bool((value > high).any()):
        fail(name, f"an entry {value[value > high][0].item():g}", f"entries {_range(low, high)}")


def _range(low, high):
    if high is None:
        return f"of at least {low}"
    return f"of at most {high}" if low is None else f"from {low} to {high}"


def count(name, value, low=1, high=None):
    """Check a whole number at a public door and return it as an int."""
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not whole or value < low or (high is not None and value > high):
        fail(name, describe(value), f"a whole number {_range(low, high)}")
    return int(value)


def choice(name, value, known):
    """Check that `value` is one of the numbers or words in `known` at a public door and return it."""
    if not isinstance(value, (str, int)) or value not in known:
        fail(name, describe(value), " or ".join(map(repr, known)))
    return value


def positive(name, value, high=None):
    """Check a finite number above 0 (and of at most `high`) at a public door and return it as a float."""
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not 0 < value < float("inf") or (high is not None and value > high):
        fail(name, describe(value), "a number above 0" + (f" and of at most {high}" if high is not None else ""))
    return float(value)


def ordering(name, value, n):
    """Check an ordering of n variables (0-based, first generated first); None is index order. Returns a list."""
    if value is None:
        return list(range(n))
    listed = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(listed, (list, tuple)):
        listed = [int(i) if isinstance(i, numbers.Integral) and not isinstance(i, bool) else i for i in listed]
    if not isinstance(listed, (list, tuple, range)) or sorted(map(repr, listed)) != sorted(map(repr, range(n))):
        fail(
            name,
            repr(listed) if isinstance(listed, (list, tuple)) else describe(value),
            f"each index from 0 to {n - 1} once",
        )
    return list(listed)
