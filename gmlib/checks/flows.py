"""Checks for flows: gradients that pass, log-determinants, round trips, who moves whom, an area of one."""

import torch

from gmlib.checks.seeds import fail, require
from gmlib.checks.values import close, items, value

STAY = "later cells ask for its gradients, so stay in torch: no numpy, no float() or .item(), no detach or no_grad"


def jacobian(function, z):
    """The Jacobian of a function of vectors, row by row of a batch: (batch, m, n) of float64, entry (b, i, j) is
    d function(z)_i / d z_j at z[b].

    function: (batch, n) -> (batch, m), each row of the result from its own row alone; tuples: their first entry counts.
    z:        (batch, n), float64. By autograd; by central differences where a result has no gradient (numpy inside).
    """
    z = z.detach().to("cpu", torch.float64).clone().requires_grad_()
    x = _first(function(z))
    require(x is not None, "the result is None: is the last line of your function a `return`?")
    plain = value(x, None, "float", "the result")
    require(
        plain.dim() == 2 and len(plain) == len(z),
        f"the result should have shape ({len(z)}, m), one row for each row of z, but it has shape {tuple(plain.shape)}",
    )
    if not x.requires_grad:
        return _differences(function, z.detach())
    rows = [
        torch.autograd.grad(x[:, i].sum(), z, retain_graph=True, materialize_grads=True)[0] for i in range(x.shape[1])
    ]
    return torch.stack(rows, 1).detach()


def _first(result):
    return result[0] if isinstance(result, (tuple, list)) and result else result


def _differences(function, z, step=1e-5):
    columns = []
    for j in range(z.shape[1]):
        move = step * torch.eye(z.shape[1], dtype=z.dtype)[j]
        above, below = (value(_first(function(z + side * move)), None, "float", "the result") for side in (1, -1))
        columns.append((above - below) / (2 * step))
    return torch.stack(columns, 2)


def _mended(function, z):
    """The Jacobian with differences where autograd finds nothing: a part that came through numpy has no gradient."""
    found, beside = jacobian(function, z), _differences(function, z.detach().to("cpu", torch.float64))
    return torch.where((found == 0) & (beside.abs() > 1e-6), beside, found)


def differentiable(function, *arguments, what="the result", tolerance=1e-2):
    """Check that gradients pass through function(*arguments), as training through it needs: for each float tensor that
    comes out and each that goes in, autograd says what a small step shows.

    arguments: float tensors, alone or in lists, are handed over in float64 and ask for gradients; all else as it is.
    The function must be smooth there. It is held to itself alone: whether its values are right is not asked.
    tolerance: largest |autograd - step| / max(1, |step|), of one random direction an argument.
    """
    code = getattr(function, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code else ()
    given = {names[k] if k < len(names) else f"argument {k + 1}": x for k, x in enumerate(arguments)}
    leaves, source = {}, torch.Generator().manual_seed(0)
    for name, argument in given.items():
        _each(argument, name, lambda name, x: leaves.setdefault(name, x.detach().to("cpu", torch.float64).clone()))

    def parts(at):
        result = function(*[_each(x, name, lambda name, _: at[name]) for name, x in given.items()])
        return [x for x in (result if isinstance(result, (list, tuple)) else [result]) if _is_float(x)]

    asking = {name: leaf.clone().requires_grad_() for name, leaf in leaves.items()}
    try:
        found = parts(asking)
    except RuntimeError as error:  # numpy refuses a tensor that asks for gradients
        require("numpy()" not in str(error), f"no gradient passes through your function: {STAY}")
        raise
    require(any(x.requires_grad for x in found), f"no gradient passes through your function: {STAY}")
    weights = [torch.randn(x.shape, generator=source, dtype=torch.float64) for x in found]
    for name, leaf in leaves.items():
        move = torch.randn(leaf.shape, generator=source, dtype=torch.float64)
        beside = [parts(leaves | {name: leaf + side * move}) for side in (1e-4, -1e-4)]
        for k, (x, weight, above, below) in enumerate(zip(found, weights, *beside, strict=True)):
            step = ((above - below).detach() * weight).sum().item() / 2e-4
            slope = torch.zeros_like(leaf)
            if x.requires_grad:
                total = (x * weight).sum()
                slope = torch.autograd.grad(total, asking[name], retain_graph=True, materialize_grads=True)[0]
            if not abs((slope * move).sum().item() - step) <= tolerance * max(1, abs(step)):
                part = f"part {k + 1} of {what}" if len(found) > 1 else what
                fail(f"the gradient of {part} for {name} does not show what a small step of {name} does", STAY)


def _each(x, name, change):
    """x with change(its name, the tensor) in place of each float tensor, in nested lists, too."""
    if isinstance(x, (list, tuple)):
        return type(x)(_each(one, f"{name}[{i}]", change) for i, one in enumerate(x))
    return change(name, x) if _is_float(x) else x


def _is_float(x):
    return isinstance(x, torch.Tensor) and x.is_floating_point()


def log_det(function, z, what="the log-determinant", hint="", tolerance=1e-6):
    """Check that function(z) -> (x, log_det) returns log |det dx/dz| for each row of z, as the Jacobian says it is.

    z: (batch, n). n calls for gradients: keep n below ten.
    """
    _, found = pair(function(z), z)
    expected = torch.linalg.slogdet(jacobian(function, z)).logabsdet
    near = (value(found) - expected).abs() <= tolerance * expected.abs().clamp(min=1)
    if not bool((near & torch.isfinite(expected)).all()):
        expected = torch.linalg.slogdet(_mended(function, z)).logabsdet
    require(bool(torch.isfinite(expected).all()), f"the map is not invertible: its determinant is 0; {hint or what}")
    close(found, expected, what, hint, tolerance)


def pair(found, z, what="the result"):
    """Check that `found` is a pair (moved, log_det) of shapes (batch, n) and (batch,) for z, (batch, n); returns it."""
    moved, log_det = items(found, 2, f"{what}, a vector and its log-determinant,")
    value(moved, tuple(z.shape), "float", f"the first part of {what}")
    value(log_det, (len(z),), "float", f"the log-determinant in {what}, one number a row,")
    return moved, log_det


def inverts(forward, inverse, z, what="the inverse", hint="", tolerance=None):
    """Check that inverse undoes forward at z, (batch, n), and that the two log-determinants sum to zero there.

    forward, inverse: (batch, n) -> ((batch, n), (batch,)). tolerance: as that of `close`.
    """
    x, there = pair(forward(z), z, "the result of forward")
    again, back = pair(inverse(x.detach()), z, "the result of inverse")
    close(again, z, f"what {what} gives back", hint or "it should undo the forward map, entry by entry", tolerance)
    total = value(there) + value(back)
    close(
        total.to(z.dtype),
        torch.zeros(len(z), dtype=z.dtype),
        "the sum of the two log-determinants, which should be 0,",
        "each belongs to its own direction: the inverse has the opposite sign",
        tolerance,
    )


def links_are(function, z, allowed, names=("x", "z"), what="the map"):
    """Check that output i of `function` depends on input j exactly where allowed[i, j]: no link too many, none missing.

    function: (batch, n) -> (batch, m), tuples: their first entry counts. z: (batch, n), enough rows that each link
    shows in one of them. allowed: (m, n) of booleans.
    """
    reach = (jacobian(function, z).abs() > 1e-8).any(0)  # differences carry rounding
    require(
        tuple(reach.shape) == tuple(allowed.shape),
        f"{what} should have {len(allowed)} outputs, but it has {len(reach)}",
    )
    if bool((reach != allowed).any()):
        reach = (_mended(function, z).abs() > 1e-8).any(0)
    for i, j in (reach != allowed).nonzero().tolist():
        to, source = f"{names[0]}{i + 1}", f"{names[1]}{j + 1}"
        if reach[i, j]:
            fail(f"in {what} {to} depends on {source}, which it must not")
        fail(f"in {what} {to} does not depend on {source}, although it should")


def area_is_one(log_density, low, high, what="the density", hint="", points=401):
    """Check that a density of two real variables integrates to 1 over the square from `low` to `high`, on a grid.

    log_density: (batch, 2) of float64 -> (batch,), in nats. Its tails must be negligible at the edges, and its
    narrowest ridge wider than two steps of the grid.
    """
    line = torch.linspace(low, high, points, dtype=torch.float64)
    log_p = value(log_density(torch.cartesian_prod(line, line)), (points**2,), "float", f"the log of {what}")
    area = log_p.exp().sum().item() * (line[1] - line[0]).item() ** 2
    if not abs(area - 1) <= 1e-3:
        fail(f"{what} should integrate to 1, but its integral is {area:.6g}", hint)
