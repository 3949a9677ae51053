"""How good: test nats on held-out binary digits. The validation part chose the settings; the test part selects nothing.

`python -m benchmarks.quality --select` trains every setting tried on the 1200 digits of the training part and prints
its validation nats. The table refits the setting chosen on all 1437 digits that are not the test part.
"""

import sys
import time
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F

from benchmarks import references, report
from gmlib import data, device, training
from gmlib.autoregressive import FVSBN, MADE, NADE, OrderMixture

SEEDS = (0, 1, 2)


def noisy_loss(flip, generator):
    """The nats of the clean pixels when a share `flip` of the inputs is inverted: a regulariser, like dropout.

    What is evaluated (without gradients) is the plain negative log-probability.
    """

    def loss(model, x):
        if not torch.is_grad_enabled():
            return -model.log_prob(x).mean()
        inverted = (torch.rand(x.shape, generator=generator) < flip).to(x.dtype)
        logits = model.logits((x - inverted).abs())
        return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1).mean()

    return loss


def fitted(build, settings, train, validation=None, seed=0):
    """A model trained by gmlib's fit, with a running mean of the weights; settings: see `Recipe`."""
    generator = device.generator(seed)
    model, settings = build(generator), dict(settings)
    flip = settings.pop("flip", 0.0)
    loss = noisy_loss(flip, generator) if flip else None
    training.fit(model, train, validation, loss=loss, average=0.99, generator=generator, progress=False, **settings)
    return model


@dataclass
class Recipe:
    """A line of the table. settings: arguments of fit, and `flip`; the first was chosen, the others were tried."""

    name: str
    build: object
    settings: list
    target: float | None = None
    members: int = 1
    seconds: list = field(default_factory=list)

    def train(self, x, seed, settings=None):
        started = time.process_time()
        settings = settings or self.settings[0]
        members = [fitted(self.build, settings, x, seed=100 * seed + k) for k in range(self.members)]
        self.seconds.append(time.process_time() - started)
        return members[0] if self.members == 1 else OrderMixture(members)


@dataclass
class Reference:
    name: str
    fit: object  # (x, seed) -> model
    target: float | None = None
    seconds: list = field(default_factory=list)

    def train(self, x, seed):
        started = time.process_time()
        model = self.fit(x, seed)
        self.seconds.append(time.process_time() - started)
        return model


def any_order(generator):
    return MADE(64, [256], torch.randperm(64, generator=generator).tolist(), generator)


def setting(epochs, learning_rate, weight_decay, flip=0.0):
    return {"epochs": epochs, "learning_rate": learning_rate, "weight_decay": weight_decay, "flip": flip}


LINES = [
    Reference("independent pixels", lambda x, seed: references.independent(x)),
    Reference(
        "mixture of 100 Bernoullis, EM",
        lambda x, seed: references.mixture(x, 100, device.generator(seed)),
    ),
    Recipe(
        "FVSBN, L2",
        lambda generator: FVSBN(64, generator=generator),
        [
            setting(40, 1e-1, 1e-3),
            setting(40, 1e-1, 0),
            setting(40, 1e-1, 3e-3),
            setting(40, 1e-1, 1e-3, 0.01),
            setting(50, 3e-2, 1e-3),
        ],
        target=18.28,
    ),
    Recipe(
        "NADE, 128 hidden, L2",
        lambda generator: NADE(64, 128, generator=generator),
        [
            setting(200, 2e-2, 1e-3),
            setting(300, 1e-2, 1e-3),
            setting(200, 2e-2, 2e-3),
            setting(200, 1e-2, 3e-4),
        ],
        target=17.0,
    ),
    Recipe(
        "NADE, 128 hidden, L2, noise",
        lambda generator: NADE(64, 128, generator=generator),
        [setting(400, 1e-2, 6e-4, 0.03), setting(400, 1e-2, 1e-3, 0.02), setting(300, 1e-2, 3e-4, 0.05)],
    ),
    Recipe(
        "MADE [256], L2, noise",
        lambda generator: MADE(64, [256], generator=generator),
        [
            setting(200, 1e-2, 1e-3, 0.05),
            setting(150, 1e-2, 1e-3, 0.05),
            setting(200, 1e-2, 3e-4, 0.05),
            setting(200, 1e-2, 3e-4, 0.02),
            setting(50, 1e-2, 1e-3),
        ],
        target=17.2,
    ),
    Recipe(
        "MADE [256], 8 random orders mixed",
        any_order,
        [setting(200, 1e-2, 1e-3, 0.05), setting(100, 1e-2, 1e-3, 0.02), setting(60, 1e-2, 1e-3)],
        target=16.5,
        members=8,
    ),
]


def select():
    """Print the validation nats of every setting."""
    parts = data.digits()
    for line in LINES:
        if isinstance(line, Recipe):
            for tried in line.settings:
                model = line.train(parts.train.x, 0, tried)
                nats = training.nll(model, parts.validation.x)
                print(f"{line.name:36} {nats:.3f} nats, {line.seconds[-1]:5.1f} s   {tried}", flush=True)


def run():
    """Print the table; returns whether every target was reached."""
    parts = data.digits()
    everything = torch.cat([parts.train.x, parts.validation.x])
    rows, good, before = [], True, None
    for line in LINES:
        models = [line.train(everything, seed) for seed in SEEDS]
        with torch.no_grad():
            nats = -torch.stack([model.log_prob(parts.test.x) for model in models]).double()  # (seeds, 360)
        each, mean = nats.mean(0), nats.mean().item()
        step = "" if before is None else paired(each - before)
        verdict = report.reached(round(mean, 2), line.target, at_most=True)
        good &= verdict != "NOT REACHED"
        target = "" if line.target is None else f"<= {line.target}"
        seconds = sum(line.seconds) / len(line.seconds)
        rows.append(
            [
                line.name,
                f"{mean:.2f}",
                f"{training.bits_per_dim(mean, 64):.3f}",
                f"{nats.mean(1).std().item():.2f}",
                step,
                f"{models[0].free_parameters():,}",
                f"{seconds:.1f}",
                target,
                verdict,
            ]
        )
        print(f"  {line.name}: {mean:.2f} nats", file=sys.stderr, flush=True)
        before = each
    header = ["", "nats", "bits/dim", "sd seeds", "to the line above", "parameters", "seconds", "target", ""]
    report.table(f"Test nats on 360 binary digits, mean of {len(SEEDS)} seeds", header, rows)
    print("\nto the line above: difference on the same images, +- its standard error.")
    print("seconds: of the processor, for one fit on one thread.")
    return good


def paired(difference):
    error = difference.std().item() / len(difference) ** 0.5
    return f"{difference.mean().item():+.2f} +- {error:.2f}"


if __name__ == "__main__":
    torch.set_num_threads(1)
    select() if "--select" in sys.argv else run()
