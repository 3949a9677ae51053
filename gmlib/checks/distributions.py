"""Is it a distribution, and do the samples come from it?"""

import math

import torch

from gmlib.checks.seeds import fail, require
from gmlib.checks.values import value


def binary_vectors(n, dtype=torch.float32):
    """All 2^n vectors of n bits, (2^n, n), in counting order: row k holds the binary digits of k, x1 the highest."""
    require(n <= 16, f"2^{n} vectors are too many to enumerate")
    return (torch.arange(2**n)[:, None] >> torch.arange(n - 1, -1, -1) & 1).to(dtype)


def sums_to_one(log_prob, n, what="p(x)", dtype=torch.float32, tolerance=None, hint=""):
    """Check by enumeration that a log-probability of n binary variables is one: its 2^n probabilities sum to 1.

    log_prob: (batch, n) -> (batch,), in nats. Calls it once, with 2^n rows.
    """
    x = binary_vectors(n, dtype)
    log_p = value(log_prob(x), (2**n,), "float", f"log {what}")
    tolerance = tolerance or (1e-8 if dtype == torch.float64 else 1e-4)
    total = log_p.exp().sum().item()
    if not abs(total - 1) <= tolerance:
        fail(f"{what} should sum to 1 over all 2^{n} = {2**n} vectors, but it sums to {total:.6g}", hint)


def sampler(samples, log_prob, n, what="the samples", hint=""):
    """Check that `samples` of n binary variables come from the distribution with log-probability `log_prob`.

    samples:  (number, n) of 0 and 1. log_prob: (batch, n) -> (batch,), in nats, the right one.
    Two tests by Bernstein's inequality, each with a false alarm rate below 5e-7 whatever the distribution: how often
    each single vector of the 2^n occurs, and the share of ones of each variable.
    """
    require(samples is not None, f"{what} is None: is the last line of your function a `return`?")
    number = len(samples) if isinstance(samples, torch.Tensor) and samples.dim() else 0
    plain = value(samples, (number, n), what=what, low=0, high=1).to(torch.float64)
    require(bool(((plain == 0) | (plain == 1)).all()), f"{what} should be 0 or 1, but there are values in between")
    x = binary_vectors(n, torch.float64)
    p = log_prob(x).detach().to("cpu", torch.float64).exp()
    place = (plain @ 2 ** torch.arange(n - 1, -1, -1, dtype=torch.float64)).long()
    for i in range(n):
        rate = (p @ x[:, i]).item()
        _frequency(plain[:, i].mean().item(), rate, number, n, f"x{i + 1} is 1", what, hint)
    for k, count in enumerate(torch.bincount(place, minlength=2**n).tolist()):
        vector = ", ".join(str(int(bit)) for bit in x[k])
        _frequency(count / number, p[k].item(), number, 2**n, f"x is ({vector})", what, hint)


def _frequency(share, rate, number, tests, event, what, hint):
    """Fail when an event of probability `rate` occurred in a share of `number` draws that chance does not explain."""
    # Bernstein: P(|share - rate| >= t) <= 2 exp(-number t^2 / (2 rate (1 - rate) + 2 t / 3)); solved for t.
    log_rate = math.log(2 * tests / 5e-7)
    b = log_rate / (3 * number)
    limit = b + math.sqrt(b * b + 2 * log_rate * rate * (1 - rate) / number)
    if not abs(share - rate) <= limit:
        further = f"{abs(share - rate) / limit:.1f} times further from its probability than chance allows"
        fail(f"in {what}, {event} in {share:.1%} of {number} draws, {further}", hint)
