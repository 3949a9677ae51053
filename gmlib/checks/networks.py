"""Checks for unit 02: networks that give conditionals, the outputs and samplers around them, where they run."""

import itertools
import numbers

import numpy as np
import torch

from gmlib.checks.seeds import fail, generator, require
from gmlib.checks.values import close, describe, value
from gmlib.device import devices


def random_bits(count, n, generator, dtype=torch.float32):
    """Fair coin tosses for inputs: (count, n) of 0 and 1."""
    return torch.randint(2, (count, n), generator=generator).to(dtype)


def randomise(model, generator, scale=1.0):
    """Give `model` Gaussian weights of standard deviation `scale`: under small first weights a slip may hide."""
    state = model.state_dict()
    drawn = {
        name: (scale * torch.randn(old.shape, generator=generator)).to(old.dtype) if old.is_floating_point() else old
        for name, old in state.items()
    }
    model.load_state_dict(drawn)


def finite(found, what, hint):
    """Check that `found` has no NaN and no infinity, and say why it may have."""
    require(found is not None, f"{what} is None: is the last line of your function a `return`?")
    kind = f"{what} should be a tensor, but it is {describe(found)}"
    require(_is_number(found) or isinstance(found, torch.Tensor), kind)
    require(bool(torch.isfinite(_as_tensor(found)).all()), f"{what} contains NaN or infinity: {hint}")


def unchanged(before, after, what, why):
    """Check that a function left its argument `what` as it was: `before` is a copy made before the call."""
    require(
        bool(torch.equal(before, after)),
        f"your function changed {what}, which it was given: compute a new tensor, {why}",
    )


def untouched(function, *arguments):
    """Call function(*arguments), check that no tensor or list among them has changed, and return the result.

    The message names the argument as the function's signature does, or by its number where there is none to read.
    """
    before = [_copied(argument) for argument in arguments]
    result = function(*arguments)
    code = getattr(function, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code else ()
    for k, (old, new) in enumerate(zip(before, arguments, strict=True)):
        name = names[k] if k < len(names) else f"argument {k + 1}"
        require(
            _same(old, new),
            f"your function changed {name}, which it was given: work with a new tensor or list, since the caller still "
            "needs the old one",
        )
    return result


def repeats(draw, part):
    """Check that draw(generator) takes all its randomness from the generator: the same seed gives the same draws.

    draw: generator -> tensor. part: the name of the test, from which the two seeds are made.
    """
    state, source = torch.get_rng_state(), generator(part)
    first, later = (value(draw(source), what="the samples") for _ in range(2))
    again = value(draw(generator(part)), what="the samples")
    require(
        first.shape == again.shape and bool((first == again).all()),
        "two generators with the same seed gave different samples: pass `generator=generator` to every draw",
    )
    other = value(draw(generator(part + ", another seed")), what="the samples")
    require(
        bool((first != other).any()), "generators with different seeds gave the same samples: is anything drawn at all?"
    )
    require(
        torch.equal(state, torch.get_rng_state()),
        "your function drew from PyTorch's global random numbers, or seeded them: pass `generator=generator` to every "
        "draw",
    )
    require(
        bool((first != later).any()),
        "called a second time with the same generator, your function drew the same samples again: draw from the "
        "generator that it is given, so that it moves on",
    )


def levels_sum_to_one(log_prob, n, levels, what="p(x)", hint=""):
    """Check by enumeration that the probabilities of all levels^n vectors of n variables with `levels` values sum to 1.

    log_prob: (batch, n) of long -> (batch,), in nats.
    """
    require(levels**n <= 2**16, f"{levels}^{n} vectors are too many to enumerate")
    x = torch.tensor(list(itertools.product(range(levels), repeat=n)))
    log_p = value(log_prob(x), (len(x),), "float", f"log {what}")
    total = log_p.exp().sum().item()
    if not abs(total - 1) <= 1e-4:
        fail(
            f"{what} should sum to 1 over all {levels}^{n} = {len(x)} vectors, but it sums to {total:.6g}"
            f"{': ' + hint if hint else ''}"
        )


def integrates_to_one(log_density, low, high, what="the density", hint="", points=20001):
    """Check that a density of one real variable integrates to 1 from `low` to `high`, by the trapezium rule.

    log_density: (batch, 1) of float64 -> (batch,), in nats. Its tails must be negligible at both ends, and its
    narrowest peak wider than ten steps of the grid.
    """
    x = torch.linspace(low, high, points, dtype=torch.float64)
    log_p = value(log_density(x[:, None]), (points,), "float", f"the log of {what}")
    area = torch.trapezoid(log_p.exp(), x).item()
    if not abs(area - 1) <= 1e-4:
        fail(f"{what} should integrate to 1, but its integral is {area:.6g}{': ' + hint if hint else ''}")


def degrees(found, n, width, what="the numbers of the hidden units"):
    """Check that `found` numbers `width` hidden units for n variables: (width,) whole numbers from 1 to n - 1.

    With a width of at least 40 (n - 1) it also checks that each number occurs: by chance alone one would be absent less
    often than (n - 1) exp(-40), which is below 1e-15 for n up to 200.
    """
    plain = value(found, (width,), "integer", what)
    bad = plain[(plain < 1) | (plain > n - 1)]
    if len(bad):
        worst = int(bad[0])
        why = (
            "it would see no variable and be a constant"
            if worst < 1
            else f"no output may use a unit that sees all {n} variables, so it is of no use"
        )
        fail(f"{what} should lie between 1 and n - 1 = {n - 1}, but one is {worst}: {why}")
    if width >= 40 * (n - 1):
        absent = sorted(set(range(1, n)) - set(plain.tolist()))
        require(
            not absent,
            f"among {width} hidden units none has the number {(absent or [0])[0]}, which lies between 1 and n - 1 = "
            f"{n - 1}: each of them should be drawn with the same chance",
        )


def same_on_devices(function, *arguments, tolerance=1e-3):
    """Check that a function of tensors runs on every device here, with the results that it has on the CPU.

    arguments: CPU tensors are moved to the device, lists and tuples of them too; all else is handed over as it is.
    A Python number is at home on every device.
    """
    expected = value(_as_tensor(function(*arguments)), what="the result on the CPU")
    for device in devices():
        found = function(*(_on(device, argument) for argument in arguments))
        home = device if _is_number(found) else found.device
        require(
            home.type == device.type,
            f"given tensors on {device}, your function returned one on {home}: make new tensors with torch.zeros_like, "
            "x.new_zeros or device=x.device",
        )
        close(_as_tensor(found), expected, f"the result on {device}", "it differs from that on the CPU", tolerance)


def _copied(argument):
    if isinstance(argument, torch.Tensor):
        return argument.detach().clone()
    return [_copied(part) for part in argument] if isinstance(argument, (list, tuple)) else argument


def _same(old, new):
    if isinstance(new, torch.Tensor):
        return torch.equal(old, new.detach())
    if isinstance(new, (list, tuple)):
        return len(old) == len(new) and all(_same(a, b) for a, b in zip(old, new, strict=True))
    return old is new


def _is_number(found):
    return isinstance(found, (numbers.Number, np.generic))


def _as_tensor(found):
    return torch.as_tensor(found) if _is_number(found) else found


def _on(device, argument):
    if isinstance(argument, torch.Tensor):
        return argument.to(device)
    if isinstance(argument, (list, tuple)):
        return type(argument)(_on(device, part) for part in argument)
    return argument
