"""What a line of a table is: a model, ours or zuko's, and the settings to train it with."""

import importlib.util
import time
from dataclasses import dataclass, field

import torch


class Peer(torch.nn.Module):
    """A flow of zuko as ours are called; its parameters live in `lazy`."""

    def __init__(self, kind, n, transforms, hidden):
        super().__init__()
        import zuko

        self.lazy = getattr(zuko.flows, kind)(n, transforms=transforms, hidden_features=hidden)

    def log_prob(self, x):
        return self.lazy().log_prob(x)

    def sample(self, n, generator=None):
        with torch.no_grad():
            return self.lazy().sample((n,))


def has_zuko():
    """Whether zuko is installed; prints what to do when it is not."""
    found = importlib.util.find_spec("zuko") is not None
    if not found:
        print("zuko is not installed: pip install -e .[bench] for the lines against it")
    return found


def zuko(kind, n, transforms, hidden):
    """What makes a Peer from a generator: zuko draws its first weights from PyTorch's own numbers."""

    def build(generator):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(generator.initial_seed())
            return Peer(kind, n, transforms, hidden)

    return build


@dataclass
class Recipe:
    """A line of a table. settings: arguments of fit; the first was chosen, the others were tried."""

    name: str
    build: object  # generator -> a model of standardised data
    settings: list
    target: float | None = None
    seconds: list = field(default_factory=list)

    def train(self, fitted, seed, settings=None):
        started = time.process_time()
        model = fitted(self.build, settings or self.settings[0], seed)
        self.seconds.append(time.process_time() - started)
        return model
