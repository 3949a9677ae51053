"""fit(): it learns, keeps the best weights, repeats itself, and says what is wrong."""

import math

import matplotlib.pyplot as plt
import pytest
import torch

import gmlib
from gmlib import device, training


class Pixels(torch.nn.Module):
    """Independent Bernoulli pixels: the maximum of the likelihood is known."""

    def __init__(self, n):
        super().__init__()
        self.logits = torch.nn.Parameter(torch.zeros(n))

    def log_prob(self, x):
        return torch.distributions.Bernoulli(logits=self.logits).log_prob(x).sum(1)


def coins(n, seed=0):
    return torch.bernoulli(torch.tensor([0.2, 0.5, 0.9]).expand(n, 3), generator=device.generator(seed))


def entropy(x):
    p = x.mean(0)
    return -(p * p.log() + (1 - p) * (1 - p).log()).sum().item()


def test_it_reaches_the_known_maximum_likelihood():
    x, model = coins(500), Pixels(3)
    history = training.fit(model, x, epochs=40, learning_rate=0.1, generator=device.generator(1), progress=False)
    assert training.nll(model, x) == pytest.approx(entropy(x), abs=2e-3)
    assert history.train[0] > history.train[-1]
    assert len(history.train) == 40


def test_the_best_epoch_of_the_validation_part_is_kept():
    # the validation part prefers the start: every step makes it worse, so the first epoch's weights must come back
    x, other, model = coins(200), 1 - coins(200), Pixels(3)
    history = training.fit(model, x, other, epochs=12, patience=4, generator=device.generator(1), progress=False)
    assert history.best_epoch == 0
    assert len(history.train) == 5
    assert training.nll(model, other) == pytest.approx(history.validation[0], abs=1e-6)


def test_the_same_generator_gives_the_same_weights():
    found = []
    for _ in range(2):
        model = Pixels(3)
        training.fit(model, coins(100), epochs=2, generator=device.generator(5), progress=False)
        found.append(model.logits.detach().clone())
    assert torch.equal(*found)


def test_averaged_weights_are_the_running_mean():
    x, plain, averaged = coins(64), Pixels(3), Pixels(3)
    options = {"epochs": 3, "generator": None, "batch_size": 64, "progress": False}
    training.fit(plain, x, **options)
    training.fit(averaged, x, average=0.9, **options)
    assert averaged.logits.abs().sum() < plain.logits.abs().sum()  # it trails behind on the way from zero
    assert averaged.logits.abs().sum() > 0


def test_nll_and_bits():
    model = Pixels(3)
    assert training.nll(model, coins(10), batch_size=3) == pytest.approx(3 * math.log(2))
    assert training.bits_per_dim(3 * math.log(2), 3) == pytest.approx(1)


def test_the_history_draws_itself():
    history = training.fit(Pixels(3), coins(50), coins(50, 1), epochs=3, progress=False)
    ax = history.plot()
    assert ax.get_ylabel() == "mean loss (nats)"
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["training part", "validation part", "weights kept"]
    plt.close(ax.figure)


@pytest.mark.parametrize("home", gmlib.devices(), ids=str)
def test_every_device(home):
    x = coins(100).to(home)
    model = Pixels(3).to(home)
    training.fit(model, x, x, epochs=2, average=0.5, progress=False)
    assert model.logits.device == home


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"train": None}, "train: got None"),
        ({"train": torch.zeros(0, 3)}, "train: got an empty tensor"),
        ({"train": torch.full((2, 3), math.nan)}, "train: got 6 entries that are NaN"),
        ({"epochs": 0}, "epochs: got 0, expected a whole number of at least 1"),
        ({"batch_size": 0.5}, "batch_size: got 0.5"),
        ({"average": 1.0}, "average: got 1.0, expected a number of at least 0 and below 1"),
        ({"patience": 3}, "patience: got 3, expected None, or a validation part"),
        ({"model": torch.nn.Identity()}, "model: got a Identity without parameters"),
    ],
)
def test_bad_input_is_named(change, sentence):
    arguments = {"model": Pixels(3), "train": coins(10), "progress": False} | change
    with pytest.raises(ValueError, match=sentence):
        training.fit(**arguments)


@pytest.mark.bad_input
def test_a_loss_that_blows_up_names_the_epoch():
    with pytest.raises(FloatingPointError, match=r"became nan in epoch 1: try a smaller learning_rate"):
        training.fit(Pixels(3), coins(10), loss=lambda model, x: model.logits.sum() * math.nan, progress=False)


@pytest.mark.bad_input
def test_bits_of_nothing():
    with pytest.raises(ValueError, match="dims: got 0"):
        training.bits_per_dim(1.0, 0)
