"""Importance sampling: does the error fall as k^-1/2, and is the logarithm too low by Var(w) / (2 k p^2)?

Every p(x) and Var(w) is exact, by quadrature or from a table. Errors are root mean squares over independent estimates.
The bias is the mean of log(p_hat / p) - (p_hat / p - 1): the second part has the mean 0 and takes most noise along.
"""

import math
from dataclasses import dataclass

import torch
from torch.distributions import Categorical, Distribution, Independent, MixtureSameFamily, Normal

from benchmarks import report
from gmlib import device
from gmlib.latent.inference import importance_sampling

SIZES = (4, 16, 64, 256, 1024)
REPEATS, PART = 10000, 2000  # estimates for each k, and how many at once
SLOPE, BIAS = 0.03, 0.1  # targets: |slope + 1/2|, and |measured / predicted - 1| of the bias at the largest k


@dataclass
class Line:
    """A model with log p(x) = 0, so that p_hat is p_hat / p. held: whether the targets apply."""

    name: str
    log_joint: object
    q: Distribution
    variance: float  # Var(w), exact
    held: bool = True


def normal(mean, std):
    return Normal(torch.tensor(mean, dtype=torch.float64), torch.tensor(std, dtype=torch.float64))


def by_quadrature(log_joint, q):
    """Var(w) of one real latent, by the trapezium rule."""
    z = torch.linspace(-80, 80, 400001, dtype=torch.float64)
    return torch.trapezoid((2 * log_joint(z) - q.log_prob(z)).exp(), z).item() - 1


def gaussian(std, held=True):
    """The posterior N(0, 1) and q = N(0, std^2): Var(w) = std^2 / sqrt(2 std^2 - 1) - 1, or infinite."""
    room = 2 * std**2 - 1
    variance = std**2 / math.sqrt(room) - 1 if room > 0 else math.inf
    return Line(f"N(0, 1) by N(0, {std:g}^2)", normal(0.0, 1.0).log_prob, normal(0.0, std), variance, held)


def humps(std):
    """The posterior .25 N(-2, 1) + .75 N(2.5, 1.3^2) and q = N(0, std^2)."""
    weights, means, stds = (torch.tensor(v, dtype=torch.float64) for v in ([0.25, 0.75], [-2.0, 2.5], [1.0, 1.3]))
    log_joint, q = MixtureSameFamily(Categorical(weights), Normal(means, stds)).log_prob, normal(0.0, std)
    return Line(f"two humps by N(0, {std:g}^2)", log_joint, q, by_quadrature(log_joint, q))


def latents(n, sure):
    """n binary latents, each known with probability `sure`, by uniform draws: naive Monte Carlo."""
    log_r = torch.tensor([1 - sure, sure], dtype=torch.float64).log()
    q = Independent(Categorical(torch.full((n, 2), 0.5, dtype=torch.float64)), 1)
    variance = (2 * (sure**2 + (1 - sure) ** 2)) ** n - 1
    return Line(f"{n} binary latents ({sure:g}), uniform", lambda z: log_r[z].sum(-1), q, variance)


def lines():
    return [gaussian(2.0), gaussian(1.3), humps(4.0), latents(4, 0.8), latents(10, 0.7), gaussian(0.5, held=False)]


def estimates(line, k, repeats, generator):
    """log(p_hat / p) of `repeats` independent estimates with k draws each."""
    parts = [
        importance_sampling(line.log_joint, line.q.expand((min(PART, repeats - first),)), k, generator).log_p
        for first in range(0, repeats, PART)
    ]
    return torch.cat(parts)


def measured(line, sizes=SIZES, repeats=REPEATS, seed=0):
    """(errors, biases, standard error of the last bias): of p_hat, relative, and of log p_hat, for each k."""
    errors, biases, generator = [], [], device.generator(seed)
    for k in sizes:
        log_ratio = estimates(line, k, repeats, generator)
        off = torch.expm1(log_ratio)
        errors.append(off.square().mean().sqrt().item())
        difference = log_ratio - off
        biases.append(difference.mean().item())
    return errors, biases, difference.std().item() / math.sqrt(repeats)


def slope(sizes, errors):
    """Of log error against log k, by least squares."""
    x, y = (torch.tensor(v, dtype=torch.float64).log() for v in (sizes, errors))
    x, y = x - x.mean(), y - y.mean()
    return ((x * y).sum() / (x * x).sum()).item()


def run():
    """Print the table; returns whether every target was reached."""
    rows, good = [], True
    for line in lines():
        errors, biases, _ = measured(line)
        found, predicted = slope(SIZES, errors), -line.variance / (2 * SIZES[-1])
        off = max(abs(found + 0.5) / SLOPE, abs(biases[-1] / predicted - 1) / BIAS)
        verdict = report.reached(off, 1.0, at_most=True) if line.held else ""
        good &= verdict != "NOT REACHED"
        theory = math.sqrt(line.variance / SIZES[-1])
        cells = [line.variance, found, errors[-1], theory, 1000 * biases[-1], 1000 * predicted]
        digits = ["{:.3g}", "{:.3f}", "{:.4f}", "{:.4f}", "{:.3f}", "{:.3f}"]
        rows.append([line.name, *(form.format(v) for form, v in zip(digits, cells, strict=True)), verdict])
    header = ["posterior, proposal", "Var(w)/p^2", "slope", "error", "predicted", "bias, mnats", "predicted", ""]
    report.table(
        f"Importance sampling, {REPEATS:,} estimates for each k; error and bias at k = {SIZES[-1]}", header, rows
    )
    print(f"\nslope: of log error against log k from {SIZES[0]} to {SIZES[-1]}; target -0.5 within {SLOPE}.")
    print(f"bias: of log p_hat, in thousandths of a nat; target -Var(w) / (2 k p^2) within {BIAS:.0%}.")
    return good
