"""Does each output see exactly what it may see? Forbidden links and missing links are both named."""

import torch

from gmlib.checks.seeds import fail, require
from gmlib.checks.values import describe, items, value


def masks(found, shapes):
    """Check that `found` is one mask a weight matrix: tensors of the given `shapes`, with entries 0 or 1 only."""
    found = items(found, len(shapes), "the list of masks, one a weight matrix,")
    for k, (mask, shape) in enumerate(zip(found, shapes, strict=True)):
        require(isinstance(mask, torch.Tensor), f"mask {k} should be a tensor, but it is {describe(mask)}")
        plain = value(mask, what=f"mask {k}")
        require(
            tuple(plain.shape) == tuple(shape),
            f"mask {k} should have shape {tuple(shape)}, which is (units out, units in), "
            f"but it has {tuple(plain.shape)}",
        )
        odd = sorted(set(plain.flatten().tolist()) - {0, 1})
        require(not odd, f"a mask keeps a connection (1) or cuts it (0), but mask {k} contains {(odd or [0])[0]}")


def paths(masks):
    """Which input reaches which output: entry (i, j) is the number of paths from input j to output i."""
    reach = torch.eye(masks[0].shape[1], dtype=torch.float64)
    for mask in masks:
        reach = mask.to("cpu", torch.float64) @ reach
    return reach


def dependencies(links, ordering):
    """Check that output i depends on input j exactly when j comes before i in `ordering`.

    links:    (n, n), nonzero where output i depends on input j; from masks, gradients or perturbation alike.
    ordering: n variable indices, first generated first.
    """
    names = ", ".join(f"x{i + 1}" for i in ordering)
    place = {variable: k for k, variable in enumerate(ordering)}
    for i in range(len(ordering)):
        for j in range(len(ordering)):
            linked, allowed = bool(links[i, j]), place[j] < place[i]
            if linked and not allowed:
                reason = "is that variable itself" if i == j else f"comes after x{i + 1}"
                fail(
                    f"the output for x{i + 1} sees x{j + 1}, which {reason} in the ordering {names}: "
                    "something lets too much through"
                )
            if allowed and not linked:
                fail(
                    f"the output for x{i + 1} cannot see x{j + 1}, although x{j + 1} comes before it in the "
                    f"ordering {names}: something is too strict"
                )


def links(function, x, change=lambda x_j: 1 - x_j):
    """Which input changes which output, found by changing one input at a time: (n, n) of booleans, entry (i, j) true
    when output i of `function` differs somewhere in the batch after input j changed.

    function: (batch, n) -> (batch, n). x: (batch, n). change: what to do to a column; the default flips 0 and 1.
    Calls the function n + 1 times.
    """
    n = x.shape[1]
    before = value(function(x), tuple(x.shape), "float", "the outputs")
    found = torch.zeros(n, n, dtype=torch.bool)
    for j in range(n):
        changed = x.clone()
        changed[:, j] = change(x[:, j])
        after = value(function(changed), tuple(x.shape), "float", "the outputs")
        found[:, j] = (after != before).any(0)
    return found


def causal(function, x, ordering=None, change=lambda x_j: 1 - x_j):
    """Check complete causality: output i of `function` depends on input j exactly when j comes before i in `ordering`.

    function: (batch, n) -> (batch, n). x: (batch, n), enough rows that an allowed link shows in one of them.
    """
    dependencies(links(function, x, change), list(range(x.shape[1])) if ordering is None else ordering)
