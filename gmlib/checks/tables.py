"""Checks for unit 01: joint tables of binary variables, their chain-rule factors, parents, and proofs line by line."""

import torch

from gmlib.checks.seeds import fail, require
from gmlib.checks.values import describe, items, number, value


def random_joint(n, generator, dtype=torch.float64, zeros=False):
    """A joint table of n binary variables, shape (2, ..., 2), drawn uniformly from all tables.

    zeros: also make whole settings impossible, p(x_1 = 0, x_n = 1) = 0: some conditionals are 0/0. Needs n >= 2.
    """
    table = -torch.rand((2,) * n, generator=generator, dtype=torch.float64).clamp(min=1e-12).log()
    if zeros:
        table[(0, *[slice(None)] * (n - 2), 1)] = 0
    return (table / table.sum()).to(dtype)


def probabilities(found, shape, what="the table", axis=None, dtype=None):
    """Check that `found` holds probabilities: the right shape, entries from 0 to 1, a sum of one.

    axis: the axis over which they sum to one, for a conditional; None for a table that sums to one as a whole.
    Returns the plain copy that `value` gives.
    """
    plain = value(found, shape, dtype or "float", what, low=-1e-6, high=1 + 1e-5)
    sums = plain.sum() if axis is None else plain.sum(axis)
    tolerance = 1e-4 if found.dtype == torch.float32 else 1e-8
    worst = (sums - 1).abs().max().item()
    if not worst <= tolerance:
        over = "over all its entries" if axis is None else "over its last axis"
        off = sums.flatten()[(sums - 1).abs().argmax()].item()
        hint = "" if axis is None else ", so it is no conditional distribution: was it divided by the right marginal?"
        fail(f"{what} should sum to 1 {over}, but it sums to {off:.4g}{hint}")
    return plain


def factors(found, joint, ordering, tolerance=None):
    """Check that `found` are the chain-rule factors of `joint` in this ordering.

    In turn: one table a variable, the right number of axes, normalised over the last axis, equal to the conditional
    wherever its condition is possible, 1/2 where it is 0/0. The message names the conditional that is wrong.
    """
    found = items(found, len(ordering), "the list of factors")
    names = [f"x{i + 1}" for i in ordering]
    for k, factor in enumerate(found):
        what = f"factor {k}, p({names[k]}{' | ' + ', '.join(names[:k]) if k else ''}),"
        seen = joint.to(torch.float64).permute(*ordering).reshape([2] * (k + 1) + [-1]).sum(-1)
        before = seen.sum(-1, keepdim=True).expand(seen.shape)
        fits = isinstance(factor, torch.Tensor) and factor.is_floating_point() and factor.shape == seen.shape
        # 0/0 comes last, so that a factor that is wrong elsewhere is told the real reason
        patched = torch.where(before > 0, factor.detach().cpu(), 0.5).to(factor.dtype) if fits else factor
        plain = probabilities(patched, tuple(seen.shape), what, axis=-1)
        limit = tolerance or (2e-4 if torch.float32 in (joint.dtype, factor.dtype) else 1e-8)
        error = torch.where(before > 0, (plain - seen / before).abs(), 0)
        if not error.max() <= limit:
            fail(f"{what} sums to one but is off by {error.max():.3g}: {_slip(plain, joint, ordering, k)}")
        undefined = factor.detach().to("cpu", torch.float64)[before == 0]
        require(
            bool(((undefined - 0.5).abs() <= limit).all()),
            f"{what} should be 1/2 where the variables before it take values of probability zero (0/0)",
        )


def _slip(plain, joint, ordering, k):
    """A guess at what went wrong with factor k: which other conditional it is."""
    table = joint.to(torch.float64)
    in_index_order = table.reshape([2] * (k + 1) + [-1]).sum(-1)
    own = table.permute(ordering[k], *[j for j in range(table.dim()) if j != ordering[k]]).reshape(2, -1).sum(-1)
    if k and (plain - own.expand(plain.shape)).abs().max() < 1e-4:
        return "it does not change with the variables before it, it is the marginal"
    if (plain - in_index_order / in_index_order.sum(-1, keepdim=True)).abs().max() < 1e-4:
        return "it is the factor of the ordering x1, x2, ...: the ordering was not used"
    return "its parents should be exactly the variables before it, on the first axes and in the ordering"


def parents(found, ordering):
    """Check that found[i] holds exactly the variables that come before variable i in the ordering, each once."""
    found = items(found, len(ordering), "the list of parents")
    place = {variable: k for k, variable in enumerate(ordering)}
    names, plain = ", ".join(f"x{i + 1}" for i in ordering), []
    for i, listed in enumerate(found):
        what = f"parents[{i}], the parents of x{i + 1},"
        kind = f"{what} should be a list of variable numbers, but it is {describe(listed)}"
        require(isinstance(listed, (list, tuple, set, frozenset)), kind)
        listed = [number(j, f"an entry of parents[{i}]", integer=True, low=0, high=len(ordering) - 1) for j in listed]
        require(len(set(listed)) == len(listed), f"{what} names a variable twice")
        plain.append(listed)
        for j in listed:
            if place[j] >= place[i]:
                why = "is that variable itself" if i == j else f"comes after x{i + 1}"
                fail(f"{what} contain x{j + 1}, which {why} in the ordering {names}")
    for i, listed in enumerate(plain):
        for j in range(len(ordering)):
            if place[j] < place[i] and j not in listed:
                what = f"parents[{i}], the parents of x{i + 1},"
                fail(f"{what} lack x{j + 1}, although x{j + 1} comes before x{i + 1} in the ordering {names}")


def edges(found, parents):
    """Check that `found` is the list of arrows (parent, child) of the graph with these parents, each once."""
    require(found is not None, "the edges are None: is the last line of your function a `return`?")
    kind = f"the edges should be a list of pairs, but it is {describe(found)}"
    require(isinstance(found, (list, tuple, set)), kind)
    for pair in found:
        require(isinstance(pair, (list, tuple)) and len(pair) == 2, "each edge should be a pair (parent, child)")
    pairs = [tuple(number(j, "an end of an edge", integer=True) for j in pair) for pair in found]
    wanted = {(parent, child) for child, listed in enumerate(parents) for parent in listed}
    if wanted and {(child, parent) for parent, child in pairs} == wanted != set(pairs):
        fail("every edge points the wrong way: a pair is (parent, child)")
    total = sum(len(listed) for listed in parents)
    what = f"there should be one edge for each parent, {total} in all, but there are {len(pairs)}"
    require(len(pairs) == total, what)
    for a, b in pairs:
        require((a, b) in wanted, f"the edge {(a, b)} is in the list, but variable {a} is no parent of variable {b}")
    require(len(set(pairs)) == total, "an edge is listed twice")


def count(found, expected, what, hint=""):
    """Check a whole number that must be exact, however large; a float is refused, whatever its value."""
    require(found is not None, f"{what} is None: is the last line of your function a `return`?")
    real = isinstance(found, float) or (isinstance(found, torch.Tensor) and found.is_floating_point())
    require(not real, f"{what} is a float, which has 16 digits only: stay with whole numbers (2**n, //)")
    plain = number(found, what, integer=True)
    if plain != expected:
        side = "large" if plain > expected else "small"
        fail(f"{what} is too {side}{': ' + hint if hint else ''}")


def summands(found, weights, values, what, hint=""):
    """Check one line of a proof: `found` holds the summands weights * values, one for each outcome, not their sum.

    weights, values: tensors of one shape; where a weight is 0 the summand is 0. When only the sum is right, it says so.
    """
    expected = torch.where(weights > 0, weights * values, torch.zeros_like(weights)).to(torch.float64)
    slip = f": {hint}" if hint else ""
    broken = isinstance(found, torch.Tensor) and found.shape == expected.shape and not bool(torch.isfinite(found).all())
    require(not broken, f"{what} contain NaN or infinity{slip}")
    plain = value(found, tuple(expected.shape), "float", what)
    tolerance = 2e-4 if torch.float32 in (weights.dtype, found.dtype) else 1e-8
    worst = (plain - expected).abs().max().item()
    if worst <= tolerance:
        return
    if (plain + expected).abs().max() <= tolerance:
        fail(f"{what} have the wrong sign")
    if abs((plain.sum() - expected.sum()).item()) <= tolerance:
        fail(f"{what} add up to the right number, but one is off by {worst:.3g}: return the terms of the line itself")
    fail(f"{what} are off by up to {worst:.3g}{slip}")
