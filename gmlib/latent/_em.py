"""What EM of all mixtures shares: blocks of rows, where it starts, when it stops, and what it says."""

import math
import warnings

import torch

from gmlib import _arguments, _random

BLOCK = {"cpu": 2**17, "other": 2**24}  # numbers in a block: 1 MB of float64 stays in a processor's cache


def at_least_0(name, value):
    """Check a finite number that is not negative, and return it."""
    if not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        _arguments.fail(name, _arguments.describe(value), "a number of at least 0")
    return value


def named(which):
    """(K,) booleans in words: component 2, components 0, 3."""
    listed = which.nonzero()[:, 0].tolist()
    return f"component{'s' if len(listed) > 1 else ''} {', '.join(map(str, listed))}"


def blocks(x, width):
    """x in blocks of rows, such that a block of `width` numbers a row stays small."""
    rows = max(256, BLOCK.get(x.device.type, BLOCK["other"]) // width)
    return x.split(rows)


def distinct_rows(x, number, generator=None):
    """(number, n): so many different rows of x, at random. Raises ValueError if x has fewer."""
    home = _random.home(generator)
    chosen = x[torch.randperm(len(x), generator=generator, device=home)[:number].to(x.device)]
    if len(chosen.unique(dim=0)) == number:
        return chosen
    rows = x.unique(dim=0)
    if len(rows) < number:
        _arguments.fail("x", f"{len(rows)} distinct points", f"at least {number}, the number of components")
    return rows[torch.randperm(len(rows), generator=generator, device=home)[:number].to(x.device)]


def weights(value, components):
    """Check weights: (K,) of any float type, not negative, that sum to 1."""
    _arguments.tensor("weights", value, (components,), "float", low=0)
    total = value.double().sum().item()
    if abs(total - 1) > 1e-5:
        _arguments.fail("weights", f"a sum of {total:.6g}", "weights that sum to 1")


def points(x, components):
    """Check that there are as many points as components."""
    if len(x) < components:
        _arguments.fail("x", f"{len(x)} points", f"at least {components}, the number of components")


def plan(iterations, tolerance, start):
    """Check how long `fit` goes on and where it starts."""
    _arguments.count("iterations", iterations)
    at_least_0("tolerance", tolerance)
    if start not in ("data", "current"):
        _arguments.fail("start", repr(start), "'data' or 'current'")


def climb(step, name, iterations, tolerance):
    """Call `step` until the likelihood that it returns changes by less than `tolerance`, or for so many iterations.

    step: () -> (mean log-likelihood before the step, what went wrong in words, or ""). What goes wrong first is said.
    Returns the mean log-likelihoods.
    """
    curve, has_warned = [], False
    for iteration in range(1, iterations + 1):
        log_prob, wrong = step()
        curve.append(log_prob)
        if wrong and not has_warned:
            has_warned = True
            warnings.warn(f"{name}.fit, iteration {iteration}: {wrong}", stacklevel=3)
        if iteration > 1 and abs(curve[-1] - curve[-2]) < tolerance:
            break
    return curve
