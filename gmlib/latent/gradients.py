"""The gradient of an expectation over samples: through the sample, or through its log-probability."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from gmlib import _arguments
from gmlib.device import draw


def reparameterised_gradient(f, make_q, theta: Float[Tensor, "*theta"], k, generator=None) -> Float[Tensor, "k *theta"]:
    """k unbiased estimates of d/dtheta E_q[f(x)], each from one sample, through the sample.

        x = g(theta, eps), eps ~ p(eps):    d/dtheta E_q[f(x)] = E_p[f'(x) dg/dtheta]

    f:         x (k, *batch, *event) -> (k, *batch), differentiable in x; what else it contains counts as constant.
    make_q:    theta (k, *theta.shape) -> a torch.distributions object with rsample, of batch shape (k, ...): row i of
               theta gives distribution i alone. Index theta from the right: Normal(theta[..., 0], theta[..., 1].exp()).
    theta:     the parameters, all of them in one tensor of any shape.
    k:         how many samples.
    generator: of the samples; None is PyTorch's global one.
    Returns (k, *theta.shape); their mean over the first axis is the estimate. One backward pass serves all.
    Raises ValueError for a q without rsample, as a Bernoulli, a q of another batch shape, a theta that is no tensor of
    finite floats, a k below 1, and an f of another shape.
    Source: lecture 000, "Re-Parametrization Trick" and problem 6; Kingma and Welling (2014).
    """
    rows, q = _spread(make_q, theta, k)
    if not q.has_rsample:
        further = "one with rsample; score_function_gradient takes any"
        _arguments.fail("make_q", f"a {_name(q)}, whose samples no gradient passes through", further)
    with torch.enable_grad():
        x = draw(q, (), generator, reparameterised=True)
        _require_path(x, q)
        values = _values(f, x, q)
    if not values.requires_grad:  # f does not change with x
        return torch.zeros_like(rows)
    return torch.autograd.grad(values, rows, torch.ones_like(values))[0]


def score_function_gradient(
    f, make_q, theta: Float[Tensor, "*theta"], k, generator=None, baseline=0.0
) -> Float[Tensor, "k *theta"]:
    """k unbiased estimates of d/dtheta E_q[f(x)], each from one sample, through its log-probability.

        d/dtheta E_q[f(x)] = E_q[(f(x) - b) s(x)],    s(x) = d/dtheta log q(x), for every b that x does not decide

    f:        as in `reparameterised_gradient`, but it need not be differentiable, nor x continuous; what it returns may
              be integers or bools.
    baseline: b. A finite number; "mean", the mean of f over the *other* samples; or "best", which estimates the b of
              least variance, E[f s^2] / E[s^2] for each entry of theta, from the other samples too. With the sample's
              own value in b the estimate would be biased. The last two need k of at least 2.
    The other arguments, and what is returned, as in `reparameterised_gradient`; q needs only sample and log_prob.
    Raises ValueError as it does, and for another baseline.
    Source: Williams, REINFORCE (1992); Greensmith, Bartlett and Baxter (2004), for the best b.
    """
    named = baseline in ("mean", "best") if isinstance(baseline, str) else False
    number = isinstance(baseline, (int, float)) and not isinstance(baseline, bool) and math.isfinite(baseline)
    if not named and not number:
        _arguments.fail("baseline", _arguments.describe(baseline), 'a finite number, "mean" or "best"')
    rows, q = _spread(make_q, theta, _arguments.count("k", k, low=2 if named else 1))
    with torch.no_grad():
        x = draw(q, (), generator)
        values = _values(f, x, q)
    with torch.enable_grad():
        log_q = q.log_prob(x)
        _require_path(log_q, q)
    values = values.to(log_q.dtype)
    if baseline == "mean":
        values = values - _others(values) / (k - 1)
    elif not named:
        values = values - baseline
    if baseline != "best":
        return torch.autograd.grad(log_q, rows, values)[0]
    score = torch.autograd.grad(log_q, rows, torch.ones_like(log_q), retain_graph=True)[0]
    product = torch.autograd.grad(log_q, rows, values)[0]
    below = _others(score**2)
    b = torch.where(below > 0, _others(product * score) / torch.where(below > 0, below, 1), 0)
    return product - b * score


def _spread(make_q, theta, k):
    """theta once for each sample, (k, *theta.shape), as a leaf of the graph, and the distributions that it gives."""
    shape = tuple(theta.shape) if isinstance(theta, Tensor) else ("...",)
    theta = _arguments.tensor("theta", theta, shape, "float")
    with torch.enable_grad():
        rows = theta.detach().repeat(_arguments.count("k", k), *[1] * theta.dim()).requires_grad_()
        q = make_q(rows)
    if not isinstance(q, torch.distributions.Distribution):
        _arguments.fail("make_q", _arguments.describe(q), "a function that returns a torch.distributions object")
    if q.batch_shape[:1] != (k,):
        expected = f"({k}, ...), one distribution for each of the k rows of theta"
        _arguments.fail("make_q", f"a {_name(q)} of batch shape {tuple(q.batch_shape)}", f"batch shape {expected}")
    return rows, q


def _values(f, x, q):
    """f(x), once it is known to be one number for each sample."""
    values = f(x)
    if not isinstance(values, Tensor) or values.shape != q.batch_shape:
        _arguments.fail("f", f"{_arguments.describe(values)} from it", f"a tensor of shape {tuple(q.batch_shape)}")
    return values


def _others(values):
    """For each sample the sum over all other samples."""
    return values.sum(0) - values


def _require_path(result, q):
    if not result.requires_grad:
        _arguments.fail("make_q", f"a {_name(q)} that does not depend on theta", "parameters computed from theta")


def _name(q):
    while isinstance(q, torch.distributions.Independent):
        q = q.base_dist
    return type(q).__name__
