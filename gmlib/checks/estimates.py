"""Checks for what is random or only bounded: estimates, samples of real numbers, bounds, curves that must not fall.

Chance alone fails a right answer less often than once in a million calls; each docstring says under which assumption.
"""

import math

import torch

from gmlib.checks.seeds import fail, require
from gmlib.checks.values import number, value

ERRORS = 6.0  # standard errors: by chance 2e-9 an entry, if the mean is Gaussian
ALARM = 5e-7


def unbiased(estimates, expected, what="the estimate", hint="", std=None):
    """Check that independent estimates, (k, ...), have the mean `expected`, (...) or a number, to 6 standard errors.

    std: the standard deviation of one estimate where it is known; else it is taken from the estimates, which is fair
         for k of 1000 or more and no heavy tail. Constants have none: hold what varies to `spread`, too.
    """
    expected = torch.as_tensor(expected, dtype=torch.float64)
    plain = _many(estimates, tuple(expected.shape), what)
    scale = torch.as_tensor(std, dtype=torch.float64) if std is not None else plain.std(0)
    limit = ERRORS * scale / math.sqrt(len(plain)) + 1e-6 * expected.abs().clamp(min=1)
    off = (plain.mean(0) - expected).abs() / limit
    if not off.max() <= 1:
        further = f"its mean over {len(plain)} draws is {off.max():.1f} times further off than chance allows"
        fail(f"{what} is biased: {further}", hint)


def spread(estimates, variance, what="the estimate", hint="", tolerance=0.1):
    """Check that independent estimates, (k, ...), have the variance `variance`, (...) or a number.

    tolerance: the largest |sample variance / variance - 1|; it must leave room for six standard errors of the sample
               variance, sqrt((kurtosis - 1) / k) each. A variance of 0 allows rounding of float32 alone.
    """
    variance = torch.as_tensor(variance, dtype=torch.float64)
    plain = _many(estimates, tuple(variance.shape), what)
    ratio = torch.where(variance > 0, plain.var(0) / variance, 1 + (plain.var(0) > 1e-9).double())
    if not (ratio - 1).abs().max() <= tolerance:
        side = "large" if ratio.flatten()[(ratio - 1).abs().argmax()] > 1 else "small"
        fail(f"the variance of {what} over {len(plain)} draws is too {side}", hint)


def draws_from(samples, cdf, what="the samples", hint=""):
    """Check that real numbers, (k,), come from the distribution with this cdf.

    cdf: (k,) of float64 -> (k,), the probability of at most x. By the inequality of Dvoretzky, Kiefer, Wolfowitz and
    Massart a right sampler fails less often than 5e-7, whatever the distribution.
    """
    plain = _many(samples, (), what).sort().values
    levels, k = cdf(plain).detach().to("cpu", torch.float64), len(plain)
    steps = torch.arange(k + 1, dtype=torch.float64) / k
    worst = torch.maximum((levels - steps[:-1]).abs(), (levels - steps[1:]).abs())
    limit = math.sqrt(math.log(2 / ALARM) / (2 * k))
    if not worst.max() <= limit:
        times = f"{worst.max() / limit:.1f} times more than chance allows"
        place = f"{plain[worst.argmax()]:.3g}"
        fail(f"the share of {what} below {place} is off by {worst.max():.3f}, {times} for {k} draws", hint)


def at_most(found, bound, what="the bound", hint="", tolerance=None):
    """Check that `found` lies nowhere above `bound`, a tensor of its shape, but for rounding."""
    bound = torch.as_tensor(bound)
    plain = value(found, tuple(bound.shape), "float", what)
    rough = torch.float32 in (bound.dtype, getattr(found, "dtype", None))
    limit = tolerance if tolerance is not None else 2e-4 if rough else 1e-8
    above = ((plain - bound.detach().to("cpu", torch.float64)) / plain.abs().clamp(min=1)).max().item()
    if not above <= limit:
        fail(f"{what} is too high by {above:.3g}", hint)


def never_falls(values, what="the curve", hint="", tolerance=1e-9):
    """Check that a curve, (steps,) numbers, never falls by more than `tolerance`, relative to its size."""
    if isinstance(values, (list, tuple)):
        listed = [number(entry, f"entry {k} of {what}") for k, entry in enumerate(values)]
        values = torch.tensor(listed, dtype=torch.float64)
    plain = value(values, None, None, what).to(torch.float64)
    require(plain.dim() == 1 and len(plain) > 1, f"{what} should have at least two values, one a step")
    drop = ((plain[:-1] - plain[1:]) / plain[:-1].abs().clamp(min=1)).max(0)
    if not drop.values <= tolerance:
        fail(f"{what} should never fall, but it falls by {drop.values:.3g} at step {int(drop.indices) + 1}", hint)


def _many(found, shape, what):
    """A float64 copy of (k, *shape), with k of at least 2."""
    plain = value(found, None, "float", what)
    wanted = ", ".join(["k", *map(str, shape)]) + ("" if shape else ",")
    came = f"but it has shape {tuple(plain.shape)}"
    require(
        plain.dim() == len(shape) + 1 and tuple(plain.shape[1:]) == shape,
        f"{what} should have shape ({wanted}), one entry for each of k draws, {came}",
    )
    require(len(plain) > 1, f"{what}: {len(plain)} came back, and one draw says nothing about the others")
    return plain
