"""What the models of this folder share: the check of their input, places, first weights, the Bernoulli sum."""

import torch
import torch.nn.functional as F
from torch import nn

from gmlib import _arguments, _random, _state


def binary(x, n, like):
    """Check a batch of binary vectors: (batch, n) of 0.0 and 1.0, with the dtype and on the device of `like`."""
    return _arguments.tensor("x", x, ("batch", n), like.dtype, values=(0, 1), device=like.device)


def bernoulli_log_prob(logits, x):
    """sum_i log p(x_i | x_<i) in nats, (batch,), from the logits of the conditionals, (batch, n)."""
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)


def add_order(module, ordering):
    """Give `module` the buffer `order`, the variable at each place; the weights fit no other."""
    _state.settle(module, "order", torch.tensor(ordering))


def add_places(module, ordering):
    """The same, and the buffer `place`, the place of each variable."""
    add_order(module, ordering)
    module.register_buffer("place", torch.argsort(module.order), persistent=False)


def precedes(ordering):
    """(n, n) of booleans: entry (i, j) is true when variable j comes before variable i in `ordering`."""
    place = torch.argsort(torch.tensor(ordering))
    return place[None, :] < place[:, None]


def weights(*shape, inputs, generator):
    """A parameter, uniform from -1 / sqrt(inputs) to 1 / sqrt(inputs): torch's usual choice for linear layers."""
    drawn = torch.rand(shape, generator=generator, device=_random.home(generator)).to(torch.get_default_device())
    return nn.Parameter((2 * drawn - 1) / inputs**0.5)
