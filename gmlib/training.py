"""One training loop for every model that has a loss: fit(), and the history that it returns."""

import copy
import math
import time
from dataclasses import dataclass, field

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm.std import tqdm

from gmlib import _arguments


@dataclass
class History:
    """What happened during fit(): mean loss an epoch, in the loss's own unit (nats for a log-probability).

    train, validation: one number an epoch; validation is empty when none was given. best_epoch: the 0-based epoch whose
    weights were kept. seconds: wall time.
    """

    train: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    best_epoch: int = 0
    seconds: float = 0.0

    def plot(self, ax=None, unit="nats"):
        """Draw the loss curves; returns the axes."""
        import matplotlib.pyplot as plt

        ax = ax if ax is not None else plt.subplots(figsize=(5, 3), layout="constrained")[1]
        epochs = range(1, len(self.train) + 1)
        ax.plot(epochs, self.train, label="training part")
        if self.validation:
            ax.plot(epochs, self.validation, label="validation part")
            ax.axvline(self.best_epoch + 1, color="0.6", linestyle=":", label="weights kept")
        ax.set(xlabel="epoch", ylabel=f"mean loss ({unit})")
        ax.legend(frameon=False)
        return ax


def nll(model, x, batch_size=1024):
    """The mean negative log-probability -log p(x) of the rows of x under `model`, in nats, without gradients."""
    with torch.no_grad():
        return -torch.cat([model.log_prob(batch) for batch in x.split(batch_size)]).double().mean().item()


def bits_per_dim(nats, dims):
    """nats / (dims log 2): the mean cost of one dimension in bits. nats: of the whole vector; dims: its length."""
    return nats / (_arguments.count("dims", dims) * math.log(2))


def _mean_loss(model, batch):
    return -model.log_prob(batch).mean()


def fit(
    model,
    train,
    validation=None,
    *,
    loss=None,
    epochs=20,
    batch_size=64,
    learning_rate=1e-2,
    weight_decay=0.0,
    optimizer=torch.optim.Adam,
    average=0.0,
    patience=None,
    generator=None,
    progress=True,
):
    """Train `model` by minibatch gradient descent on the mean of loss(model, batch).

    train, validation: a tensor whose rows are examples, on the model's device.
    loss:         loss(model, batch) -> scalar; by default the mean of -model.log_prob(batch), in nats.
    optimizer:    a class of torch.optim; its learning rate falls to zero along a half cosine over the epochs.
    weight_decay: the optimizer's own (with Adam an L2 penalty on every parameter, w^2 weight_decay / 2).
    average:      a in [0, 1). Above 0 a running mean of the weights, w_mean = a w_mean + (1 - a) w after each step, is
                  evaluated and kept in their place.
    patience:     stop after so many epochs without a better validation loss; needs validation.
    generator:    shuffles the examples; None is torch's default.
    progress:     whether to show a bar, on stderr.
    Returns a History. With `validation` the model keeps the weights of its best epoch, else those of the last.
    Errors: ValueError for an empty or non-finite training set, counts below 1, patience without validation, a model
    without parameters; FloatingPointError when the loss stops being finite, naming the epoch.
    """
    _check(model, train, validation, epochs, batch_size, average, patience)
    loss = loss or _mean_loss
    steps = epochs * math.ceil(len(train) / batch_size)
    optimiser = optimizer(model.parameters(), lr=learning_rate, weight_decay=weight_decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    kept = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(average)) if average else None
    judged = kept.module if average else model  # the weights that are evaluated and kept
    history, best, started = History(), None, time.perf_counter()
    with tqdm(range(epochs), desc="fit", unit="epoch", disable=None if progress else True) as bar:
        for epoch in bar:
            history.train.append(_epoch(model, kept, train, loss, optimiser, schedule, batch_size, generator))
            _require_finite(history.train[-1], epoch)
            if validation is not None:
                history.validation.append(_evaluate(judged, validation, loss, batch_size))
                if history.validation[-1] <= min(history.validation):
                    history.best_epoch, best = epoch, copy.deepcopy(judged.state_dict())
            else:
                history.best_epoch, best = epoch, None
            bar.set_postfix(
                {"train": f"{history.train[-1]:.3f}", "held out": f"{(history.validation or [math.nan])[-1]:.3f}"}
            )
            if patience is not None and epoch - history.best_epoch >= patience:
                break
    model.load_state_dict(best if best is not None else judged.state_dict())
    history.seconds = time.perf_counter() - started
    return history


def _epoch(model, kept, train, loss, optimiser, schedule, batch_size, generator):
    """One pass over the shuffled examples; returns the mean loss, in one transfer from the device."""
    home = "cpu" if generator is None else generator.device
    order = torch.randperm(len(train), generator=generator, device=home).to(train.device)
    total = torch.zeros((), device=train.device, dtype=torch.float64)
    for rows in order.split(batch_size):
        optimiser.zero_grad(set_to_none=True)
        value = loss(model, train[rows])
        value.backward()
        optimiser.step()
        schedule.step()
        total += value.detach() * len(rows)
        if kept is not None:
            kept.update_parameters(model)
    return total.item() / len(train)


def _evaluate(model, x, loss, batch_size):
    with torch.no_grad():
        batches = x.split(max(batch_size, 1024))
        return sum(loss(model, batch).item() * len(batch) for batch in batches) / len(x)


def _require_finite(value, epoch):
    if not math.isfinite(value):
        raise FloatingPointError(f"the training loss became {value} in epoch {epoch + 1}: try a smaller learning_rate")


def _check(model, train, validation, epochs, batch_size, average, patience):
    for name, x in (("train", train), ("validation", validation)):
        if x is not None or name == "train":
            shape = ("batch", *x.shape[1:]) if isinstance(x, torch.Tensor) and x.dim() else ("batch", "...")
            _arguments.tensor(name, x, shape)
    for name, number in (("epochs", epochs), ("batch_size", batch_size)):
        _arguments.count(name, number)
    if not 0 <= average < 1:
        _arguments.fail("average", average, "a number of at least 0 and below 1")
    if patience is not None and validation is None:
        _arguments.fail("patience", patience, "None, or a validation part to judge by")
    if not any(parameter.requires_grad for parameter in model.parameters()):
        _arguments.fail("model", f"a {type(model).__name__} without parameters to train", "at least one")
