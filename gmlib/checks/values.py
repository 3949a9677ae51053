"""Is what came back a tensor (or number, or list) of the right kind, and is it close to what it should be?"""

import math
import numbers

import numpy as np
import torch

from gmlib._arguments import with_article
from gmlib.checks.seeds import fail, require

_TOLERANCE = {torch.float32: 2e-4, torch.float64: 1e-8, torch.float16: 1e-2, torch.bfloat16: 1e-1}
_KINDS = {
    "float": lambda x: x.is_floating_point(),
    "integer": lambda x: not (x.is_floating_point() or x.is_complex() or x.dtype == torch.bool),
    "bool": lambda x: x.dtype == torch.bool,
}


def describe(found):
    """A few words on what came back, never its values."""
    if isinstance(found, torch.Tensor):
        return f"{with_article(str(found.dtype).removeprefix('torch.'))} tensor of shape {tuple(found.shape)}"
    inside = f" of {type(found[0]).__name__}" if isinstance(found, (list, tuple)) and found else ""
    return f"{with_article(type(found).__name__)}{inside}"


def value(found, shape=None, dtype=None, what="the result", low=None, high=None):
    """Check the kind of what a student returned, and give back a plain copy of it on the CPU.

    shape:     the shape it must have; () also takes a Python or numpy number. None takes any.
    dtype:     "float", "integer", "bool", or one torch dtype; None takes any.
    low, high: the closed range of its entries.
    Returns a detached CPU tensor: float64 for floats, else the dtype that came. Fails with a sentence for None, a list,
    another shape or dtype, NaN or infinity, a value out of range.
    """
    require(found is not None, f"{what} is None: is the last line of your function a `return`?")
    if shape == () and isinstance(found, (numbers.Number, np.generic)):
        found = torch.as_tensor(found, dtype=torch.float64 if isinstance(found, float) else None)
    require(isinstance(found, torch.Tensor), f"{what} should be a tensor, but it is {describe(found)}")
    if shape is not None:
        require(
            tuple(found.shape) == tuple(shape),
            f"{what} should have shape {tuple(shape)}, but it has shape {tuple(found.shape)}",
        )
    if dtype is not None:
        fits = _KINDS[dtype](found) if isinstance(dtype, str) else found.dtype == dtype
        wanted = dtype if isinstance(dtype, str) else str(dtype).removeprefix("torch.")
        require(fits, f"{what} should be {with_article(wanted)} tensor, but it is {describe(found)}")
    plain = found.detach().to("cpu", torch.float64 if found.is_floating_point() else found.dtype, copy=True)
    _finite(plain, what)
    _in_range(plain, what, low, high)
    return plain


def _finite(plain, what):
    if plain.is_floating_point():
        bad = int((~torch.isfinite(plain)).sum())
        require(bad == 0, f"{what} contains NaN or infinity in {bad} of its {plain.numel()} entries")


def _in_range(plain, what, low, high):
    if low is not None and plain.numel():
        require(plain.min() >= low, f"{what} should not fall below {low}, but one entry is {plain.min().item():.4g}")
    if high is not None and plain.numel():
        require(plain.max() <= high, f"{what} should not exceed {high}, but one entry is {plain.max().item():.4g}")


def number(found, what="the result", integer=False, low=None, high=None):
    """Check that `found` is one number (Python, numpy, or a tensor of shape ()), and give back a Python number."""
    require(found is not None, f"{what} is None: is the last line of your function a `return`?")
    single = isinstance(found, torch.Tensor) and found.numel() == 1 and found.dim() == 0
    require(
        single or (isinstance(found, (numbers.Real, np.number)) and not isinstance(found, bool)),
        f"{what} should be one number, but it is {describe(found)}",
    )
    plain = found.item() if isinstance(found, (torch.Tensor, np.generic)) else found
    require(math.isfinite(plain), f"{what} is {plain}")
    if integer:
        require(plain == int(plain), f"{what} should be a whole number, but it is {plain:.6g}")
        plain = int(plain)
    require(low is None or plain >= low, f"{what} should not fall below {low}, but it is {plain:.4g}")
    require(high is None or plain <= high, f"{what} should not exceed {high}, but it is {plain:.4g}")
    return plain


def items(found, number, what="the result"):
    """Check that `found` is a list or tuple of `number` things, and give it back as a list."""
    require(found is not None, f"{what} is None: is the last line of your function a `return`?")
    require(
        isinstance(found, (list, tuple)), f"{what} should be a list of {number} things, but it is {describe(found)}"
    )
    require(len(found) == number, f"{what} should have {number} entries, but it has {len(found)}")
    return list(found)


def close(found, expected, what="the result", hint="", tolerance=None, dtype=None):
    """Check that `found` has the shape of `expected` and agrees with it; the message never tells the expected value.

    hint:      the likely slip, said after the failure.
    tolerance: largest |found - expected| / max(1, |expected|); by default that of the coarser float type of the two,
               2e-4 for float32 and 1e-8 for float64. What comes in half precision is not held to less than float32.
    """
    expected = torch.as_tensor(expected)
    if tolerance is None:
        tolerance = max(_of(expected), min(_of(found), _TOLERANCE[torch.float32]))
    plain = value(found, tuple(expected.shape), dtype, what).to(torch.float64)
    aim = expected.detach().to("cpu", torch.float64)
    error = (plain - aim).abs() / aim.abs().clamp(min=1)
    worst = error.max().item() if error.numel() else 0.0
    if not worst <= tolerance:
        where = tuple(int(i) for i in np.unravel_index(int(error.argmax()), tuple(error.shape)))
        place = f" at {list(where)}" if where else ""
        wrong = int((error > tolerance).sum())
        share = f"; {wrong} of {error.numel()} entries are off" if error.numel() > 1 else ""
        off = (plain - aim).abs().flatten()[error.argmax()].item()
        if tolerance <= 1e-7 and worst < 1e-5:
            rounding = "so small a difference suggests float32 inside, where the inputs are float64"
            hint = f"{hint}; {rounding}" if hint else rounding
        fail(f"{what} is off by {off:.3g}{place}{share}", hint)


def _of(x):
    return _TOLERANCE.get(getattr(x, "dtype", None), 1e-8)
