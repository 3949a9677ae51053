"""The evidence lower bound, its tighter cousin with k samples, and the KL divergence of two Gaussians."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from gmlib import _arguments, device


def elbo(log_joint, q, k=1, generator=None) -> Float[Tensor, "*batch"]:
    """The evidence lower bound on log p(x), in nats, by the mean over k draws from q.

        L = E_q(z)[log p(x, z) - log q(z)] <= log p(x),    log p(x) - L = KL(q(z), p(z | x))

    Unbiased for L at every k. Without noise where q is the posterior: then each draw gives log p(x).

    log_joint: z, (k, *batch, *event) -> (k, *batch), log p(x, z) in nats; -inf where z is impossible.
    q:         a torch.distributions object of shape (*batch, *event); Independent makes of several variables one event.
    Gradients pass to whatever log_joint and q are made of, and are unbiased: through the draws where q has rsample,
    else by the score function, whose variance is larger.
    Raises ValueError for a log_joint that cannot be called, a q that is no distribution, a k below 1, and values of
    log_joint of a wrong shape or not log-probabilities.
    Source: lecture 000, problem 4; lecture 004, "Evidence Lower Bound".
    """
    log_weights, score = _weights(log_joint, q, k, generator)
    return _with_score(log_weights, score).mean(0)


def iwae_bound(log_joint, q, k, generator=None) -> Float[Tensor, "*batch"]:
    """The importance-weighted bound on log p(x), in nats, from k draws.

        L_k = E[log 1/k sum_j p(x, z_j) / q(z_j)],    L = L_1 <= L_2 <= ... <= log p(x)

    What is returned is one draw of the logarithm: its mean is L_k. L_k tends to log p(x) if q > 0 wherever p(x, z) > 0.

    log_joint, q, gradients, errors: as for `elbo`.
    Source: Burda, Grosse and Salakhutdinov, Importance weighted autoencoders (2016).
    """
    log_weights, score = _weights(log_joint, q, k, generator)
    return _with_score(log_weights.logsumexp(0) - math.log(k), None if score is None else score.sum(0))


def gaussian_kl(
    mean: Float[Tensor, "*batch n"],
    log_var: Float[Tensor, "*batch n"],
    mean_p: Float[Tensor, "*#batch #n"] | None = None,
    log_var_p: Float[Tensor, "*#batch #n"] | None = None,
) -> Float[Tensor, "*batch"]:
    """KL(N(mean, sigma^2), N(mean_p, sigma_p^2)) of Gaussians with independent entries, in nats.

        KL = 1/2 sum_i  sigma_i^2 / sigma_p,i^2 - 1 - log(sigma_i^2 / sigma_p,i^2) + (mean_i - mean_p,i)^2 / sigma_p,i^2

    log_var, log_var_p: the logarithms of the *variances*, log sigma^2 = 2 log sigma.
    mean_p, log_var_p:  None is 0, so that the default is the standard normal; else they broadcast to the others.
    Raises ValueError for what is no float tensor of finite numbers, and for shapes that do not fit.
    Source: lecture 000, "Training VAEs"; Kingma and Welling, Auto-encoding variational Bayes (2014), appendix B.
    """
    shape = _arguments.tensor("mean", mean, _any(mean), "float").shape
    _arguments.tensor("log_var", log_var, tuple(shape), "float")
    mean_p, log_var_p = _second("mean_p", mean_p, mean), _second("log_var_p", log_var_p, mean)
    log_ratio = log_var - log_var_p
    # expm1 keeps the digits where the two are nearly the same
    terms = torch.expm1(log_ratio) - log_ratio + (mean - mean_p) ** 2 * torch.exp(-log_var_p)
    return 0.5 * terms.sum(-1)


def _any(x):
    """The shape (..., n) of x with names for sizes; at least one axis."""
    axes = x.dim() if isinstance(x, Tensor) else 1
    return (*("batch" for _ in range(axes - 1)), "n")


def _second(name, x, like):
    """Check a parameter of the second Gaussian: None, or a float tensor that broadcasts to `like`."""
    if x is None:
        return torch.zeros_like(like)
    _arguments.tensor(name, x, _any(x), "float")
    try:
        fits = torch.broadcast_shapes(x.shape, like.shape) == like.shape
    except RuntimeError:
        fits = False
    if not fits:
        _arguments.fail(name, _arguments.describe(x), f"a shape that broadcasts to {tuple(like.shape)}, that of mean")
    return x


def _weights(log_joint, q, k, generator):
    """log p(x, z) - log q(z) at k draws from q, (k, *batch), and log q(z) if the draws carry no gradient, else None."""
    if not callable(log_joint):
        _arguments.fail("log_joint", _arguments.describe(log_joint), "a function of z that returns log p(x, z)")
    if not isinstance(q, torch.distributions.Distribution):
        _arguments.fail("q", _arguments.describe(q), "a torch.distributions object")
    k = _arguments.count("k", k)
    z = device.draw(q, (k,), generator, reparameterised=q.has_rsample)
    log_q, log_p = q.log_prob(z), log_joint(z)
    expected = f"a float tensor of shape {tuple(log_q.shape)}, one number for each draw and entry of q's batch_shape"
    if not isinstance(log_p, Tensor) or log_p.shape != log_q.shape or not log_p.is_floating_point():
        _arguments.fail("log_joint(z)", _arguments.describe(log_p), expected)
    bad = torch.isnan(log_p) | (log_p == math.inf)
    if bool(bad.any()):
        _arguments.fail("log_joint(z)", f"{int(bad.sum())} values that are NaN or +inf", "log p(x, z) in nats")
    return log_p - log_q, None if q.has_rsample else log_q


def _with_score(bound, score):
    """`bound` itself, and where `score`, log q(z), carries a gradient that the draws do not, its term in the gradient.

    E_q[f] has the gradient E_q[grad f + f grad log q]: what is added has the value 0 and the second term as gradient.
    """
    if score is None or not score.requires_grad:
        return bound
    return bound + torch.where(torch.isfinite(bound), bound, 0).detach() * (score - score.detach())
