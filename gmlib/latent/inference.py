"""log p(x) of a model with latent variables: the sum itself, and importance sampling where it is too long."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Distribution

from gmlib import _arguments, device


@dataclass(frozen=True)
class Importance:
    """What k draws say of p(x), from their log weights. Nothing leaves the logarithm on the way, so nothing overflows.

        p_hat = 1/k sum_j w_j,    w_j = p(x, z_j) / q(z_j),    log_p = log p_hat = logsumexp_j log w_j - log k

    log_weights: (k, *batch), in nats, k of at least 1; -inf where p(x, z_j) is 0.
    p_hat is unbiased if q > 0 wherever p(x, z) > 0; log p_hat is too low on average, by Var(w) / (2 k p(x)^2) for
    large k. The diagnostics see the draws alone: what no draw has reached, they know nothing of.
    Raises ValueError for log_weights that are no float tensor, have no rows, hold NaN or +inf.
    """

    log_weights: Float[Tensor, "k *batch"]

    def __post_init__(self):
        found = self.log_weights
        if not isinstance(found, Tensor) or not found.is_floating_point() or found.dim() == 0 or len(found) == 0:
            got = tuple(found.shape) if isinstance(found, Tensor) else None
            _arguments.fail(
                "log_weights",
                f"an empty tensor of shape {got}" if got and got[0] == 0 else _arguments.describe(found),
                "a float tensor (k, *batch) with k of at least 1",
            )
        _no_nan_or_inf("log_weights", found)

    @property
    def log_p(self) -> Float[Tensor, "*batch"]:
        """log p_hat in nats; -inf if every weight is 0."""
        return _log_mean(self.log_weights)

    @property
    def effective_sample_size(self) -> Float[Tensor, "*batch"]:
        """(sum_j w_j)^2 / sum_j w_j^2, from 1 (one weight has it all) to k (all are equal); 0 if every weight is 0."""
        size = 1 / torch.softmax(self.log_weights, 0).square().sum(0)
        return torch.nan_to_num(size, nan=0.0)

    @property
    def relative_error(self) -> Float[Tensor, "*batch"]:
        """The estimated standard error of p_hat, as a share of p_hat: sqrt(sum_j (w_j / p_hat - 1)^2 / (k (k - 1))).

        inf where nothing can be said: of one draw, and of weights that are all 0.
        """
        k = len(self.log_weights)
        if k == 1:
            return torch.full_like(self.log_weights[0], torch.inf)
        ratio = k * torch.softmax(self.log_weights, 0)  # w_j / p_hat
        error = ((ratio - 1) ** 2).sum(0).div(k * (k - 1)).sqrt()
        return torch.where(torch.isnan(error), torch.inf, error)


def importance_sampling(log_joint, q, k, generator=None):
    """Estimate p(x) = sum_z p(x, z), or the integral, from k draws z_1, ..., z_k of q.

        p(x) = E_q[p(x, z) / q(z)],    p_hat = 1/k sum_j p(x, z_j) / q(z_j)

    log_joint: z (k, *batch, *event) -> (k, *batch), log p(x, z) in nats; -inf where z is impossible.
    q:         a torch.distributions object; wrap it in Independent, so that one draw is one event.
    k:         how many draws for each member of the batch.
    Returns an Importance: log_weights (k, *batch), log_p, effective_sample_size and relative_error (*batch). Its own
    gradient is that of log_joint and q at fixed draws; for bounds to be trained see gmlib.latent.elbo.
    Raises ValueError for a log_joint that cannot be called, gives another shape, NaN or +inf; a q that is no
    distribution; a k below 1.
    Source: lecture 004, "Second attempt: Importance Sampling".
    """
    _function("log_joint", log_joint)
    if not isinstance(q, Distribution):
        _arguments.fail("q", _arguments.describe(q), "a torch.distributions object")
    z = device.draw(q, (_arguments.count("k", k),), generator)
    log_p = _log_values(log_joint(z), (k, *q.batch_shape), "log_joint(z)")
    return Importance(log_p - q.log_prob(z))


def log_marginal(log_joint, support):
    """log p(x) = log sum_z p(x, z) in nats, by adding up every z.

    log_joint: z (m, *event) -> (m, *batch), log p(x, z) in nats; -inf where z is impossible.
    support:   (m, *event): every value of z, each once; for n binary latents all 2^n rows.
    Returns (*batch); -inf where no z is possible.
    Raises ValueError for a log_joint that cannot be called, gives another number of rows, NaN or +inf; a support that
    is no tensor or empty.
    Source: lecture 004, "Marginal Likelihood".
    """
    _function("log_joint", log_joint)
    if not isinstance(support, Tensor) or support.dim() == 0 or len(support) == 0:
        got = (
            f"an empty tensor of shape {tuple(support.shape)}"
            if isinstance(support, Tensor) and support.dim()
            else None
        )
        _arguments.fail("support", got or _arguments.describe(support), "a tensor (m, *event) with m of at least 1")
    found = log_joint(support)
    rest = found.shape[1:] if isinstance(found, Tensor) else ()
    return torch.logsumexp(_log_values(found, (len(support), *rest), "log_joint(support)"), 0)


def _log_mean(log_weights):
    return torch.logsumexp(log_weights, 0) - math.log(len(log_weights))


def _function(name, value):
    if not callable(value):
        _arguments.fail(name, _arguments.describe(value), "a function of z that returns log p(x, z)")


def _log_values(found, shape, name):
    """Logarithms of weights: -inf is a weight of 0; NaN and +inf are mistakes."""
    expected = f"a float tensor of shape {tuple(shape)}, one log p(x, z) for each draw"
    if not isinstance(found, Tensor) or not found.is_floating_point() or tuple(found.shape) != tuple(shape):
        _arguments.fail(name, _arguments.describe(found), expected)
    _no_nan_or_inf(name, found)
    return found


def _no_nan_or_inf(name, found):
    bad = torch.isnan(found) | torch.isposinf(found)
    if bool(bad.any()):
        _arguments.fail(name, f"NaN or +inf in {int(bad.sum())} of {found.numel()} entries", "numbers, or -inf")
