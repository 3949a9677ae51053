"""NICE: additive couplings one after the other, which keep the volume, and a rescaling, which does not."""

import torch
from torch import nn

from gmlib import _arguments
from gmlib.flows.coupling import AdditiveCoupling, halves
from gmlib.flows.flow import Flow
from gmlib.flows.transform import Transform


class Rescaling(Transform):
    """NICE's last layer: each entry gets a scale of its own, the same for every vector.

        x_i = exp(s_i) z_i        z_i = exp(-s_i) x_i        log |det df/dz| = sum_i s_i

    `log_scale` s is a parameter, (n,), at first 0: the identity. Raises ValueError for an n below 1.
    Source: lecture 000, "NICE" ("rescaling layers").
    """

    def __init__(self, n):
        super().__init__(n)
        self.log_scale = nn.Parameter(torch.zeros(self.n))

    def _forward(self, z):
        return z * self.log_scale.exp(), self.log_scale.sum().expand(len(z))

    def _inverse(self, x):
        return x * (-self.log_scale).exp(), -self.log_scale.sum().expand(len(x))


class NICE(Flow):
    """x = f(z), z ~ N(0, I): additive couplings whose halves take turns, then a rescaling next to the data.

        h_A = z_A,  h_B = z_B + t_1(z_A);    the next coupling has A and B exchanged; ...    x_i = exp(s_i) h_i
        log p(x) = log N(f^-1(x); 0, I) - sum_i s_i

    The determinant is the same at every x: all that NICE can do to a density is to move it about and to stretch the
    whole of it along the axes.

    n:         entries of a vector, at least 2.
    couplings: how many; with 2 or more every entry moves.
    hidden:    units of each hidden layer of each network t_k.
    generator: draws the first weights. At first every coupling is the identity.
    Raises ValueError for counts out of range and for bad hidden sizes.
    Source: lecture 000, "NICE"; Dinh, Krueger and Bengio (2014), whose rescaling stands next to the noise.
    """

    def __init__(self, n, couplings=4, hidden=(64, 64), generator=None):
        mask = halves(n)
        layers = [
            AdditiveCoupling(~mask if k % 2 else mask, hidden, generator)
            for k in range(_arguments.count("couplings", couplings))
        ]
        super().__init__([*layers, Rescaling(n)])
