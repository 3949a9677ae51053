"""A mixture of K vectors of independent Bernoullis, and EM."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments, _random
from gmlib.latent import _em


class BernoulliMixture(nn.Module):
    """p(x) = sum_k pi_k prod_i mu_ki^x_i (1 - mu_ki)^(1 - x_i) over n binary variables, fitted by EM.

        E:  r_k(x) = pi_k p(x | k) / p(x),    log p(x | k) = x . log(mu_k / (1 - mu_k)) + sum_i log(1 - mu_ki)
        M:  N_k = sum_x r_k(x),  pi_k = N_k / N,  mu_ki = (sum_x r_k(x) x_i + alpha_1i) / (N_k + alpha_0i + alpha_1i)

    alpha_vi is the pseudo-count of value v of pixel i: one number for all, or a tensor (2, n), row 0 for the zeros. For
    many components a share of the pixels' own averages, `share * torch.stack([1 - x.mean(0), x.mean(0)])`, does best.

    The E-step is one matrix product with the log-odds. Buffers: `weights` (K,), `means` (K, n), at first equal weights
    and means uniform between 1/4 and 3/4. Set them by `set` or learn them by `fit`; the dtype is the module's.

    n: number of variables. components: K. generator: where the first means come from.
    Raises ValueError for an n or components below 1.
    Source: lecture 002, mixtures of Bernoullis; Bishop, Pattern Recognition and Machine Learning (2006), 9.3.3.
    """

    def __init__(self, n, components, generator=None):
        super().__init__()
        self.n, self.components = _arguments.count("n", n), _arguments.count("components", components)
        home = torch.empty(0)
        self.register_buffer("weights", home.new_full((self.components,), 1 / self.components))
        drawn = _random.uniform(self.components, self.n, generator=generator, like=home)
        self.register_buffer("means", 0.25 + 0.5 * drawn)

    @torch.no_grad()
    def set(self, weights, means):
        """Put these in place of the buffers, in the buffers' shapes; any float dtype. Returns the mixture itself.

        Raises ValueError for another shape, weights below 0 or that do not sum to 1, means outside 0 to 1.
        """
        _em.weights(weights, self.components)
        _arguments.tensor("means", means, (self.components, self.n), "float", low=0, high=1)
        self.weights.copy_(weights)
        self.means.copy_(means)
        return self

    def _check(self, x):
        return _arguments.tensor(
            "x", x, ("batch", self.n), self.weights.dtype, values=(0, 1), device=self.weights.device
        )

    def _log_odds(self):
        """log(mu / (1 - mu)), (K, n), the part of log p(x, z = k) without x, (K,), and whether a mean is 0 or 1."""
        tiny = torch.finfo(self.means.dtype).tiny
        log_one, log_zero = self.means.clamp(min=tiny).log(), torch.log1p(-self.means).clamp(min=math.log(tiny))
        certain = bool(((self.means == 0) | (self.means == 1)).any())
        return log_one - log_zero, self.weights.log() + log_zero.sum(1), certain

    def _log_joint(self, x, log_odds, constants, certain):
        joint = torch.addmm(constants, x, log_odds.t())
        if certain:  # a pixel that is never, or always, 1
            impossible = x @ (self.means == 0).to(x).t() + (1 - x) @ (self.means == 1).to(x).t()
            joint = joint.masked_fill(impossible > 0.5, -math.inf)
        return joint

    def log_joint(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch K"]:
        """log p(x, z = k), in nats; -inf where a mean of exactly 0 or 1 forbids x.

        Raises ValueError for an x that is not (batch, n) zeros and ones of the mixture's dtype on its device.
        """
        return self._log_joint(self._check(x), *self._log_odds())

    def log_prob(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch"]:
        """log p(x) = log sum_k p(x, z = k), in nats. Raises ValueError as `log_joint` does."""
        return torch.logsumexp(self.log_joint(x), 1)

    def responsibilities(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch K"]:
        """p(z = k | x), rows that sum to 1. Raises ValueError as `log_joint` does, and for an x of probability 0."""
        joint = self.log_joint(x)
        self._refuse_impossible(torch.isneginf(joint).all(1).sum())
        return torch.softmax(joint, 1)

    @staticmethod
    def _refuse_impossible(number):
        if int(number):
            expected = "rows that some component can give: take an alpha above 0, or means between 0 and 1"
            _arguments.fail("x", f"{int(number)} rows of probability 0", expected)

    @torch.no_grad()
    def sample(self, n, generator=None) -> Float[Tensor, "samples n"]:
        """Draw n vectors: z ~ pi, then each pixel from mu_z. Raises ValueError for an n below 1."""
        u = _random.uniform(_arguments.count("n", n), generator=generator, like=self.means)
        z = _random.choose(u, self.weights)
        u = _random.uniform(n, self.n, generator=generator, like=self.means)
        return (u < self.means[z]).to(self.means.dtype)

    def em_step(self, x: Float[Tensor, "batch n"], alpha=0.0) -> float:
        """One E-step and one M-step on x. Returns the mean log-likelihood, in nats, of the parameters BEFORE the step.

        alpha: pseudo-count added for each value of each pixel, a number or (2, n). At 0 the likelihood never falls from
               step to step; else what never falls is N times it plus sum_ki (alpha_1i log mu_ki + alpha_0i log(1 -
               mu_ki)), the log-posterior under Beta priors. Rounding takes 1e-4 nats in float32, 1e-10 in float64.
        A component that has no points gets weight 0; at alpha 0 it keeps its means.
        Raises ValueError as `log_joint` does, for fewer points than components, a negative alpha, and an x of
        probability 0.
        """
        return self._step(x, self._pseudo_counts(x, alpha))[0]

    def _pseudo_counts(self, x, alpha):
        """Checks x, and alpha as (2, n) of float64."""
        self._check(x)
        _em.points(x, self.components)
        if isinstance(alpha, torch.Tensor):
            _arguments.tensor("alpha", alpha, (2, self.n), "float", low=0)
        else:
            alpha = torch.tensor(float(_em.at_least_0("alpha", alpha))).expand(2, self.n)
        return alpha.to(x.device, torch.float64)

    @torch.no_grad()
    def _step(self, x, alpha):
        """(mean log-likelihood before, who is empty, in words, or "")"""
        wide, odds = torch.float64, self._log_odds()
        counts, ones = self.weights.new_zeros(self.components, dtype=wide), torch.zeros_like(self.means, dtype=wide)
        total = counts.new_zeros(())
        for rows in _em.blocks(x, self.n + 3 * self.components):
            joint = self._log_joint(rows, *odds)
            log_prob = joint.logsumexp(1)
            total += log_prob.sum(dtype=wide)
            r = joint.sub_(log_prob[:, None]).exp_()
            counts += r.sum(0, dtype=wide)
            ones += r.t() @ rows
        if not math.isfinite(total.item()):
            self._refuse_impossible(torch.isneginf(self.log_prob(x)).sum())
        empty = counts < 1e-10
        below = counts[:, None] + alpha.sum(0)  # (K, n)
        keep = empty[:, None] & (alpha.sum(0) == 0)
        means = torch.where(keep, self.means, (ones + alpha[1]) / torch.where(keep, 1.0, below))
        self.weights.copy_(counts / counts.sum())
        self.means.copy_(means.clamp(0, 1))
        return total.item() / len(x), f"{_em.named(empty)} lost all points" if bool(empty.any()) else ""

    def fit(
        self, x: Float[Tensor, "batch n"], iterations=100, tolerance=1e-4, alpha=1.0, generator=None, start="data"
    ) -> list[float]:
        """EM until the mean log-likelihood changes by less than `tolerance` nats, or for so many iterations.

        start: "data" sets equal weights and means 1/4 + x/2 at distinct points x drawn by `generator`;
               "current" goes on from the parameters as they are.
        Returns the mean log-likelihoods before each iteration. Warns once if a component loses all of its points.
        Raises ValueError as `em_step` does, and for fewer distinct points than components.
        """
        _em.plan(iterations, tolerance, start)
        alpha = self._pseudo_counts(x, alpha)
        if start == "data":
            self.means.copy_(0.25 + 0.5 * _em.distinct_rows(x, self.components, generator))
            self.weights.fill_(1 / self.components)
        return _em.climb(lambda: self._step(x, alpha), "BernoulliMixture", iterations, tolerance)

    def free_parameters(self) -> int:
        """How many numbers there are: the weights sum to 1."""
        return self.components - 1 + self.components * self.n
