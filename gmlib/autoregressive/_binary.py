"""What every autoregressive model of binary variables makes of its logits."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gmlib.autoregressive import _shared


class BinaryAutoregressive(nn.Module):
    """The two doors that follow from `logits`, which a model must have: alpha_i h_i + b_i or the like, (batch, n)."""

    def conditionals(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch n"]:
        """x_hat: column i is p(x_i = 1 | x_<i).

        Raises ValueError for an x that is not (batch, n) zeros and ones of the model's dtype on the model's device.
        """
        return torch.sigmoid(self.logits(x))

    def log_prob(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch"]:
        """log p(x) = sum_i log p(x_i | x_<i), in nats. Raises ValueError as `conditionals` does."""
        return _shared.bernoulli_log_prob(self.logits(x), x)
