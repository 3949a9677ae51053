"""Layers that keep the numbers inside a deep flow near mean 0 and variance 1: activation and batch normalisation."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments
from gmlib.flows.flow import Flow
from gmlib.flows.transform import Affine, Transform


class ActNorm(Affine):
    """Activation normalisation: a scale and a shift for each entry, set once by a first batch, then trained.

        x_i = exp(s_i) z_i + t_i            log |det df/dz| = sum_i s_i
        z_i = (x_i - t_i) exp(-s_i)         log |det df^-1/dx| = -sum_i s_i

    `initialise` sets t and s to the mean and the log of the standard deviation of a batch, so that its z have mean 0
    and variance 1; before, the layer is the identity. Afterwards s and t are parameters like any others, the rows of a
    batch do not know of each other, and training and testing are the same function. An ActNorm inside a flow needs the
    batch as the layers nearer to the data leave it: `initialise(flow, x)` of this module walks there.

    n: entries of a vector. Source: Kingma and Dhariwal, Glow (2018), section 3.1, in the other direction.
    """

    def initialise(self, x: Float[Tensor, "batch n"]) -> "ActNorm":
        """Set shift and scale by the batch x, the variance being the mean of squares (divided by the batch size).

        Returns the layer. Raises ValueError for fewer than two rows and for a column whose entries are all the same.
        """
        _at_least_two(self._check("x", x), "whose spread sets the scale")
        return self.standardise(x)


class BatchNorm(Transform):
    """Batch normalisation: the mean m_i and the variance v_i of entry i come from the data, not from the gradient.

        z_i = exp(gamma_i) (x_i - m_i) / sqrt(v_i + eps) + beta_i
        x_i = (z_i - beta_i) exp(-gamma_i) sqrt(v_i + eps) + m_i
        log |det df^-1/dx| = sum_i gamma_i - 1/2 log(v_i + eps)

    In eval() mode m and v are the running statistics: a fixed map of one row, whose determinant this is. In train()
    mode the inverse takes m and v of the batch that it is given, with gradients through them. Then each row moves all
    others, and the formula, which treats m and v as constants, is not the determinant of the map of the batch. The
    forward map has no batch x to take statistics of: it exists in eval() mode only.
    Running statistics move only in `update`; neither direction changes anything. At first they are 0 and 1. Both
    variances divide by the batch size (torch.nn.BatchNorm1d divides by one less for the running one).

    n:        entries of a vector. gamma and beta: `log_scale` and `shift`, parameters, at first 0.
    momentum: the weight of the new batch in `update`, above 0 and at most 1.
    eps:      above 0, added to every variance: a constant column stays finite, and the inverse divides by no 0.
    Raises ValueError for another momentum or eps, and for a batch of one row in train() mode; RuntimeError for the
    forward map in train() mode.
    Source: Ioffe and Szegedy (2015); Papamakarios et al., Masked autoregressive flow (2017), appendix B.
    """

    def __init__(self, n, momentum=0.1, eps=1e-5):
        super().__init__(n)
        self.momentum = _arguments.positive("momentum", momentum, high=1)
        self.eps = _arguments.positive("eps", eps)
        self.log_scale, self.shift = nn.Parameter(torch.zeros(self.n)), nn.Parameter(torch.zeros(self.n))
        self.register_buffer("running_mean", torch.zeros(self.n))
        self.register_buffer("running_var", torch.ones(self.n))

    def _inverse(self, x):
        if self.training:
            _at_least_two(x, "in training mode")
            mean, var = x.mean(0), x.var(0, correction=0)
        else:
            mean, var = self.running_mean, self.running_var
        log_width = 0.5 * (var + self.eps).log()
        z = (x - mean) * (self.log_scale - log_width).exp() + self.shift
        return z, (self.log_scale - log_width).sum().expand(len(x))

    def _forward(self, z):
        if self.training:
            raise RuntimeError(
                "BatchNorm: in training mode the statistics are those of a batch of x, which forward is not given: "
                "call update(x) and eval() before forward or sample"
            )
        log_width = 0.5 * (self.running_var + self.eps).log()
        x = (z - self.shift) * (log_width - self.log_scale).exp() + self.running_mean
        return x, (log_width - self.log_scale).sum().expand(len(z))

    @torch.no_grad()
    def update(self, x: Float[Tensor, "batch n"], momentum=None) -> "BatchNorm":
        """Move the running statistics towards those of x: running = (1 - momentum) running + momentum batch.

        momentum: by default the layer's own; 1 sets them to those of x.
        Returns the layer. Raises ValueError for fewer than two rows and for a momentum that is not in (0, 1].
        """
        momentum = self.momentum if momentum is None else _arguments.positive("momentum", momentum, high=1)
        _at_least_two(self._check("x", x), "to take statistics of")
        self.running_mean.lerp_(x.mean(0), momentum)
        self.running_var.lerp_(x.var(0, correction=0), momentum)
        return self


def initialise(flow: Flow, x: Float[Tensor, "batch n"]) -> Flow:
    """Initialise every ActNorm of a flow by one batch of data, from the data's end on; returns the flow.

    One that stands inside an `Inverse` is left as it is: what comes to it there is no data.
    Raises ValueError where flow is no Flow, and as ActNorm.initialise.
    """
    return _from_the_data(flow, x, lambda layer, seen: isinstance(layer, ActNorm) and layer.initialise(seen))


def update(flow: Flow, x: Float[Tensor, "batch n"], momentum=1.0) -> Flow:
    """Update every BatchNorm of a flow by one batch of data, from the data's end on; returns the flow.

    One inside an `Inverse` is left as it is.
    With the whole training set and momentum 1 this sets what eval() mode then uses.
    Raises ValueError where flow is no Flow, and as BatchNorm.update.
    """
    return _from_the_data(flow, x, lambda layer, seen: isinstance(layer, BatchNorm) and layer.update(seen, momentum))


@torch.no_grad()
def _from_the_data(flow, x, act):
    """Call act(layer, what the layer is given) on every layer of a flow (of flows), the last one first."""
    if not isinstance(flow, Flow):
        _arguments.fail("flow", _arguments.describe(flow), "a Flow")
    _visit(flow, flow._check("x", x), act)
    return flow


def _visit(layer, x, act):
    if isinstance(layer, Flow):
        for part in reversed(layer.transforms):
            x = _visit(part, x, act)
        return x
    act(layer, x)
    return layer._inverse(x)[0]


def _at_least_two(x, why):
    if len(x) < 2:
        _arguments.fail("x", f"a batch of {len(x)} row", f"at least 2 rows, {why}")
