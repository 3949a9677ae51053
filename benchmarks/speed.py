"""How fast: ratios within one process, the two sides interleaved, medians over many repeats."""

import statistics
import time
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from benchmarks import report
from benchmarks.loops import LoopFVSBN, LoopNADE, full_pass_samples
from gmlib import data, device
from gmlib.autoregressive import FVSBN, MADE, NADE

WARM_UP = 3  # first calls of each side, which do not count


@dataclass
class Comparison:
    """ours, theirs: calls without arguments. target: how many times longer theirs should take, at least."""

    what: str
    target: float
    ours: object
    theirs: object
    repeats: int


def seconds(call):
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def interleaved(ours, theirs, repeats):
    """(ours, theirs) in seconds of each repeat, called in turn with the order swapped every time."""
    pairs = []
    for repeat in range(repeats + WARM_UP):
        if repeat % 2:
            pairs.append((seconds(ours), seconds(theirs)))
        else:
            pairs.append((seconds(theirs), seconds(ours))[::-1])
    return pairs[WARM_UP:]


def training_step(model, x):
    """A call that takes one step of Adam on the mean negative log-probability of x."""
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)

    def call():
        optimiser.zero_grad()
        (-model.log_prob(x).mean()).backward()
        optimiser.step()

    return call


def gradients(model, x):
    """A call that takes the gradients of that mean, forward and backward: the part of a step that differs."""

    def call():
        model.zero_grad()
        (-model.log_prob(x).mean()).backward()

    return call


def evaluation(model, x):
    """A call that takes log p(x) without gradients."""

    def call():
        with torch.no_grad():
            model.log_prob(x)

    return call


class PyroMADE(torch.nn.Module):
    """pyro-ppl's AutoRegressiveNN as a distribution of binary vectors, without the checks of input that ours makes."""

    def __init__(self, n, hidden):
        super().__init__()
        from pyro.nn import AutoRegressiveNN

        self.network = AutoRegressiveNN(n, hidden, param_dims=(1,), nonlinearity=torch.nn.ReLU())

    def log_prob(self, x):
        return -F.binary_cross_entropy_with_logits(self.network(x), x, reduction="none").sum(1)


def against_loops(x):
    n, generator = x.shape[1], device.generator(0)
    yield Comparison("FVSBN step / loop of 64 regressions", 10, *steps(FVSBN(n), LoopFVSBN(n), x), 50)
    for hidden, target in ((64, 2), (128, 2), (512, 1)):
        model = NADE(n, hidden, generator=generator)
        yield Comparison(f"NADE step, {hidden} hidden / plain loop", target, *steps(model, LoopNADE(model), x), 50)
    model, seeds = MADE(n, [512, 512], generator=generator), [device.generator(1), device.generator(1)]
    ours, theirs = (lambda: model.sample(1000, seeds[0])), (lambda: full_pass_samples(model, 1000, seeds[1]))
    assert torch.equal(ours(), theirs())
    yield Comparison("MADE [512, 512], 1000 samples / full passes", 30, ours, theirs, 9)


def against_pyro(x, many):
    try:
        import pyro  # noqa: F401
    except ImportError:
        print("pyro-ppl is not installed: pip install -e .[bench] for the lines against it")
        return
    for hidden in ([256], [512, 512]):
        ours, theirs = MADE(x.shape[1], hidden, generator=device.generator(0)), PyroMADE(x.shape[1], hidden)
        yield Comparison(f"MADE {hidden} training step / pyro-ppl", 1, *steps(ours, theirs, x), 300)
        calls = gradients(ours, x), gradients(theirs, x)
        yield Comparison(f"MADE {hidden} forward and backward / pyro-ppl", 1, *calls, 300)
        calls = evaluation(ours, many), evaluation(theirs, many)
        yield Comparison(f"MADE {hidden} log_prob of {len(many)} / pyro-ppl", 1, *calls, 300)


def steps(ours, theirs, x):
    return training_step(ours, x), training_step(theirs, x)


def run():
    """Print the table; returns whether every target was reached."""
    x = data.digits().train.x
    rows = []
    for line in [*against_loops(x[:64]), *against_pyro(x[:64], x[:1000])]:
        pairs = interleaved(line.ours, line.theirs, line.repeats)
        ours, theirs = (statistics.median(side) * 1e3 for side in zip(*pairs, strict=True))
        low, ratio, high = statistics.quantiles([slow / fast for fast, slow in pairs], n=4)
        verdict = report.reached(round(ratio, 2), line.target, at_most=False)
        spread, target = f"{low:.2f} to {high:.2f}", f">= {line.target}"
        rows.append([line.what, f"{ours:.3f}", f"{theirs:.3f}", f"{ratio:.2f}", spread, target, verdict])
    header = ["", "ours, ms", "other, ms", "other / ours", "quartiles", "target", ""]
    report.table("Speed, 64 variables, batch 64: ours / the other (median of paired ratios)", header, rows)
    return all(row[-1] == "reached" for row in rows)


if __name__ == "__main__":
    torch.set_num_threads(1)
    run()
