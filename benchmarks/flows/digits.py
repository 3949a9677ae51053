"""Digits of 17 levels: nats of the discrete image.

y = (x + u) / 17 through logit(.05 + .9 y), standardised; nats by the mean of log p over 10 draws of u. The validation
part chose settings and epoch; the test part selects nothing.
"""

import functools
import sys

import torch

from benchmarks import report
from benchmarks.flows.recipes import Recipe, has_zuko, zuko
from gmlib import data, device, training
from gmlib.flows import Affine, Flow, Sigmoid
from gmlib.flows.dequantisation import Dequantised, dequantise
from gmlib.flows.images import checkerboard
from gmlib.flows.maf import MAF
from gmlib.flows.realnvp import RealNVP

SEEDS = (0, 1, 2)
LEVELS, PIXELS, DRAWS = 17, 64, 10
SECONDS = 60


def before_the_logit(x, generator):
    """Dequantised images as the layers of a flow see them: (affine, sigmoid), with the affine set from x."""
    sigmoid = Sigmoid(PIXELS)
    affine = Affine(PIXELS).standardise(sigmoid.inverse(dequantise(x, LEVELS, generator))[0])
    return affine.requires_grad_(False), sigmoid


def without_the_logit(x, generator):
    """The same without the logit: standardised pixels."""
    return (Affine(PIXELS).standardise(dequantise(x, LEVELS, generator)).requires_grad_(False),)


def fitted_digits(build, settings, seed, train=None, validation=None):
    """A Dequantised, trained with fresh noise at each step; the epoch is the best one on the validation part."""
    parts, generator, settings = data.digits(LEVELS), device.generator(seed), dict(settings)
    train, validation = (parts.train.x, parts.validation.x) if train is None else (train, validation)
    outside = settings.pop("outside", before_the_logit)
    model = Dequantised(Chain(build(generator), outside(train, generator)), LEVELS)

    def loss(model, x):
        if torch.is_grad_enabled():
            return -model.elbo(x, 1, generator).mean()
        return -model.elbo(x, 3, device.generator(17)).mean()  # the same noise at every epoch

    model.history = training.fit(model, train, validation, loss=loss, generator=generator, progress=False, **settings)
    return model


class Chain(torch.nn.Module):
    """A model with log_prob and sample, then transforms on the side of the data."""

    def __init__(self, model, transforms):
        super().__init__()
        self.n, self.model, self.after = PIXELS, model, Flow(transforms)

    def log_prob(self, x):
        y, log_det = self.after.inverse(x)
        return self.model.log_prob(y) + log_det

    def sample(self, n, generator=None):
        return self.after(self.model.sample(n, generator))[0]


def digits_setting(epochs, learning_rate, weight_decay, **more):
    common = {"batch_size": 64, "average": 0.99, "epochs": epochs, "learning_rate": learning_rate}
    return common | {"weight_decay": weight_decay} | more


def boards(couplings):
    """Checkerboards in turn: every pixel has neighbours that stay."""
    return [checkerboard(8, 8, parity=k % 2) for k in range(couplings)]


def any_order(generator):
    """A MAF whose layers have orders of their own and begin close to the identity."""
    flow = MAF(PIXELS, 5, (128, 128), generator, "random")
    with torch.no_grad():
        for layer in flow.transforms:
            for parameter in layer.network.layers[-1].parameters():
                parameter *= 0.1
    return flow


LINES = [
    Recipe(
        "MAF, 5 layers",
        any_order,
        [digits_setting(25, 3e-3, 2e-2), digits_setting(30, 3e-3, 5e-3), digits_setting(20, 3e-3, 5e-2)],
        96,
    ),
    Recipe(
        "Real-NVP, 5 couplings",
        lambda generator: RealNVP(PIXELS, 5, (128, 128), boards(5), generator),
        [digits_setting(20, 3e-3, 2e-2), digits_setting(30, 3e-3, 1e-2)],
        99,
    ),
    Recipe(
        "MAF, standardised, no logit",
        any_order,
        [digits_setting(25, 3e-3, 2e-2, outside=without_the_logit)],
    ),
]
PEERS = [Recipe("zuko MAF, 5 layers", zuko("MAF", PIXELS, 5, (128, 128)), [digits_setting(25, 3e-3, 2e-2)])]


def histogram_nats(x, test, pseudo=1.0):
    """Nats of independent pixels: a table of 17 levels for each, with pseudo-counts."""
    levels = torch.arange(LEVELS)
    counts = (x[:, :, None] == levels).sum(0) + pseudo
    log_p = (counts / counts.sum(1, keepdim=True)).log()
    return -log_p[torch.arange(PIXELS), test].sum(1).mean().item()


def bounds(model, x):
    """Nats of the rows of x by the two bounds: the mean of log p over the draws, and the log of the mean of p."""
    with torch.no_grad():
        return [-bound(x, DRAWS, device.generator(1)).mean().item() for bound in (model.elbo, model.iwae_bound)]


def table(lines=None, seeds=SEEDS):
    """Print the table; returns whether every target was reached."""
    lines = lines or [*LINES, *(PEERS if has_zuko() else [])]
    parts, rows, good = data.digits(LEVELS), [], True
    everything = torch.cat([parts.train.x, parts.validation.x])
    floor = [histogram_nats(x, parts.test.x) for x in (parts.train.x, everything)]
    rows.append(["independent histogram", "", *(f"{value:.1f}" for value in floor), *[""] * 5])
    for line in lines:
        found = []
        for seed in seeds:
            model = line.train(fitted_digits, seed)
            refitted = line.train(functools.partial(fitted_digits, train=everything), seed)
            found.append(
                [min(model.history.validation), *bounds(model, parts.test.x)[:1], *bounds(refitted, parts.test.x)]
            )
        validation, alone, nats, tighter = torch.tensor(found).mean(0).tolist()
        spent = sum(line.seconds[-2 * len(seeds) :]) / len(seeds)
        verdict = report.reached(round(nats, 1), line.target, at_most=True)
        if line.target is not None and spent > SECONDS:
            verdict = f"over {SECONDS} s"
        good &= verdict in ("", "reached")
        row = [line.name, f"{validation:.1f}", f"{alone:.1f}", f"{nats:.1f}", f"{tighter:.1f}"]
        row += [f"{training.bits_per_dim(nats, PIXELS):.3f}", f"{spent:.0f}"]
        rows.append([*row, "" if line.target is None else f"<= {line.target}", verdict])
        print(f"  {line.name}: {nats:.2f} nats", file=sys.stderr, flush=True)
    header = ["", "validation", "test", "test, refitted", "log-mean-exp", "bits/dim", "seconds", "target", ""]
    title = (
        f"Digits of {LEVELS} levels, nats of the discrete image, {DRAWS} draws of the noise, mean of {len(seeds)} seeds"
    )
    report.table(title, header, rows)
    print("\ntest: trained on the training part, the epoch chosen on the validation part. refitted: the same settings,")
    print("on all that is not the test part, all epochs. log-mean-exp: its tighter bound of the same draws.")
    print("seconds: of the processor, both fits, one thread.")
    return good


def select():
    """Print the nats of every setting on the validation part."""
    for line in LINES:
        for setting in line.settings:
            nats = min(line.train(fitted_digits, 0, setting).history.validation)
            print(f"{line.name:30} {nats:.2f} nats, {line.seconds[-1]:.0f} s   {setting}", flush=True)
