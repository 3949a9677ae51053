"""A mixture of K Gaussians, and EM."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gmlib import _arguments, _random
from gmlib.latent import _em, _products

KINDS = ("full", "tied", "diagonal", "spherical")
REMEDY = "a positive definite one: take a floor above 0, a larger one (1e-6 of the data's variance, say)"


def log_normal(
    x: Float[Tensor, "batch n"], means: Float[Tensor, "K n"], covariances: Float[Tensor, "K n n"]
) -> Float[Tensor, "batch K"]:
    """log N(x; mu_k, Sigma_k) of every x under every k, in nats, by Cholesky's Sigma_k = L_k L_k'.

        log N(x; mu, Sigma) = -|L^-1 (x - mu)|^2 / 2 - sum_i log L_ii - n log(2 pi) / 2

    Raises ValueError for shapes or dtypes that do not fit and for a covariance that is not positive definite.
    Source: lecture 002, "Mixture of Gaussians".
    """
    _arguments.tensor("x", x, ("batch", "n"), "float")
    n = x.shape[1]
    _arguments.tensor("means", means, ("K", n), x.dtype, device=x.device)
    _arguments.tensor("covariances", covariances, (len(means), n, n), x.dtype, device=x.device)
    L, info = torch.linalg.cholesky_ex(covariances)
    _refuse_singular(info > 0, "a positive definite one")
    z = torch.linalg.solve_triangular(L, (x - means[:, None]).mT, upper=False)  # (K, n, batch)
    log_det = L.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    return -0.5 * z.square().sum(1).t() - log_det - 0.5 * n * math.log(2 * math.pi)


def _refuse_singular(singular, expected=REMEDY, where=""):
    """Raise ValueError that names the first component whose covariance is singular; singular: (K,) booleans."""
    if bool(singular.any()):
        whose = "every component" if bool(singular.all()) else f"component {int(singular.nonzero()[0])}"
        _arguments.fail("covariances", f"a singular one for {whose}{where}", expected)


class GaussianMixture(nn.Module):
    """p(x) = sum_k pi_k N(x; mu_k, Sigma_k) over n real variables, fitted by EM.

        E:  r_k(x) = p(z = k | x) = pi_k N(x; mu_k, Sigma_k) / p(x)
        M:  N_k = sum_x r_k(x),  pi_k = N_k / N,  mu_k = sum_x r_k(x) x / N_k,
            Sigma_k = sum_x r_k(x) (x - mu_k)(x - mu_k)' / N_k + floor I

    covariance: "full": one Sigma_k each, buffer `covariances` (K, n, n); "tied": one for all, the mean over k with
                weights pi_k, (n, n); "diagonal": variances (K, n); "spherical": one variance each, their mean, (K,).
    The other buffers are `weights` (K,) and `means` (K, n). At first the weights are equal, the means standard normal
    and the covariances 1. Set them by `set` or learn them by `fit`; the dtype is the module's: .double() for float64.

    Densities and sums are taken in float64, so in float32 only the rounding of x and of the parameters counts. After a
    fit the mean log-likelihood is within 1e-6 nats of float64's where all eigenvalues are above 1e-4 of the largest,
    and within 1e-2 nats where they come down to the floor, at 1e-6 of the largest.

    n: number of variables. components: K. generator: where the first means come from.
    Raises ValueError for an n or components below 1 and for another covariance.
    Source: lecture 002, "Mixture of Gaussians"; Dempster, Laird and Rubin (1977).
    """

    def __init__(self, n, components, covariance="full", generator=None):
        super().__init__()
        self.n, self.components = _arguments.count("n", n), _arguments.count("components", components)
        if covariance not in KINDS:
            _arguments.fail("covariance", repr(covariance), " or ".join(map(repr, KINDS)))
        self.covariance = covariance
        K, home = self.components, torch.empty(0)
        self.register_buffer("weights", home.new_full((K,), 1 / K))
        self.register_buffer("means", _random.normal(K, self.n, generator=generator, like=home))
        self.register_buffer("covariances", self._restricted(torch.eye(self.n).expand(K, -1, -1).to(home)))

    def _restricted(self, full):
        """(K, n, n) covariances, all alike if tied, in the shape of the buffer."""
        variances = full.diagonal(dim1=-2, dim2=-1)
        kinds = {"full": full, "tied": full[0], "diagonal": variances, "spherical": variances.mean(-1)}
        return kinds[self.covariance].clone()

    def full_covariances(self) -> Float[Tensor, "K n n"]:
        """The K covariance matrices, whatever the type."""
        return self._wide(self.covariances, matrices=True)

    def _wide(self, covariances, matrices=False):
        """The covariances as K matrices or, where they are diagonal and `matrices` is false, K rows of variances."""
        K, n = self.components, self.n
        if self.covariance in ("full", "tied"):
            return covariances.expand(K, n, n)
        rows = covariances if self.covariance == "diagonal" else covariances[:, None].expand(K, n)
        return torch.diag_embed(rows) if matrices else rows

    def _gaussians(self, weights, means, covariances, scale=0.0):
        """The components in float64, whitened, and which are singular."""
        whiteners, singular = _products.whiten(self._wide(covariances).to(_products.WIDE), scale)
        return _products.Gaussians(weights.to(_products.WIDE).log(), means.to(_products.WIDE), whiteners), singular

    def _current(self, centre=0.0):
        found, singular = self._gaussians(self.weights, self.means.to(_products.WIDE) - centre, self.covariances)
        _refuse_singular(singular, "a positive definite one: set() or fit() others")
        return found

    @torch.no_grad()
    def set(self, weights, means, covariances):
        """Put these in place of the buffers, in the buffers' shapes; any float dtype. Returns the mixture itself.

        Raises ValueError for another shape, weights below 0 or that do not sum to 1, covariances that are not
        symmetric and positive definite; it names the component.
        """
        given = {"weights": weights, "means": means, "covariances": covariances}
        for name, value in given.items():
            _arguments.tensor(name, value, tuple(getattr(self, name).shape), "float")
        _em.weights(weights, self.components)
        new = {name: value.to(self.weights) for name, value in given.items()}
        wide = self._wide(new["covariances"]).to(_products.WIDE)
        if wide.dim() == 3:
            skew = (wide - wide.mT).abs().amax((1, 2)) > 1e-4 * wide.abs().amax((1, 2))
            if bool(skew.any()):
                k = int(skew.nonzero()[0])
                _arguments.fail("covariances", f"one of component {k} that is not symmetric", "symmetric matrices")
        _refuse_singular(_products.whiten(wide)[1], "a positive definite one: add a floor to its diagonal")
        self._replace(**new)
        return self

    def _replace(self, weights, means, covariances):
        self.weights.copy_(weights)
        self.means.copy_(means)
        self.covariances.copy_(covariances)

    def _check(self, x):
        return _arguments.tensor("x", x, ("batch", self.n), self.weights.dtype, device=self.weights.device)

    def log_joint(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch K"]:
        """log p(x, z = k) = log pi_k + log N(x; mu_k, Sigma_k), in nats; computed in float64, whatever the dtype.

        Raises ValueError for an x that is not (batch, n) finite numbers of the mixture's dtype on its device.
        """
        self._check(x)
        current = self._current()
        parts = [current.log_joint(rows.to(_products.WIDE)) for rows in _em.blocks(x, 2 * self.components * self.n)]
        return torch.cat(parts).to(x.dtype)

    def log_prob(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch"]:
        """log p(x) = log sum_k p(x, z = k), a density, in nats. Raises ValueError as `log_joint` does."""
        return torch.logsumexp(self.log_joint(x), 1)

    def responsibilities(self, x: Float[Tensor, "batch n"]) -> Float[Tensor, "batch K"]:
        """p(z = k | x), rows that sum to 1. Raises ValueError as `log_joint` does."""
        return torch.softmax(self.log_joint(x), 1)

    @torch.no_grad()
    def sample(self, n, generator=None) -> Float[Tensor, "samples n"]:
        """Draw n vectors: z ~ pi, then x ~ N(mu_z, Sigma_z). Raises ValueError for an n below 1."""
        u = _random.uniform(_arguments.count("n", n), generator=generator, like=self.means)
        x = _random.normal(n, self.n, generator=generator, like=self.means)
        z, L = _random.choose(u, self.weights), torch.linalg.cholesky(self.full_covariances().to(_products.WIDE)).to(x)
        for k in range(self.components):
            mine = z == k
            x[mine] = self.means[k] + x[mine] @ L[k].t()
        return x

    def em_step(self, x: Float[Tensor, "batch n"], floor=0.0) -> float:
        """One E-step and one M-step on x. Returns the mean log-likelihood, in nats, of the parameters BEFORE the step.

        floor: added to the diagonal of the covariances. At 0 the likelihood never falls from step to step, but for
               rounding: less than 1e-9 nats in float64. With a floor f a step can lose what Sigma + f I is worse than
               Sigma: (1/2) sum_k pi_k sum_i log(1 + f / l_ki) - f / (l_ki + f), l_ki the eigenvalues of Sigma_k.
        A component that has no points keeps its mean and covariance, with weight 0.
        Raises ValueError as `log_joint` does, for fewer points than components, a negative floor, and a covariance that
        comes out singular; then the parameters stay as they were.
        """
        self._check_points(x, floor)
        return self._step(x, floor)[0]

    def _check_points(self, x, floor):
        self._check(x)
        _em.points(x, self.components)
        _em.at_least_0("floor", floor)

    @torch.no_grad()
    def _step(self, x, floor):
        """(mean log-likelihood before, who is held up by the floor and who is empty, in words, or "")"""
        kind = "diagonal" if self.covariance == "spherical" else self.covariance
        centre = x.mean(0, dtype=_products.WIDE)
        old = self._current(centre)
        apart = old.is_delicate(old.spread(), old.means)
        shifts = old.means
        for _ in range(2):
            apart = apart.any().expand_as(apart) if kind == "tied" else apart
            shifts = torch.where(apart[:, None], shifts, 0.0)
            found = _products.both_steps(x, kind, old, centre, apart.nonzero()[:, 0].tolist(), shifts)
            log_prob = (found.log_prob / len(x)).item()
            if not math.isfinite(log_prob):
                _arguments.fail("x", "points so far from all components that their density is 0", "a nearer start")
            weights, means, covariances, empty = _products.maximise(kind, found, old, floor)
            covariances = self._own_shape(covariances, empty)
            wide = self._wide(covariances)
            variances = wide if wide.dim() == 2 else wide.diagonal(dim1=-2, dim2=-1)
            new, singular = self._gaussians(weights, means, covariances, weights @ (variances + means.square()))
            late = (singular | new.is_delicate(0, means - shifts)) & ~empty
            if not bool(late.any()):
                break
            apart, shifts = apart | late, means  # what the products would blur is summed again, about the new means
        _refuse_singular(singular & ~empty, f"{REMEDY}, fewer components or another start", " after the M-step")
        stored, raised = self._storable(covariances)
        if floor == 0:
            _refuse_singular(raised, f"{REMEDY}, or .double()", f" once rounded to {stored.dtype}")
        self._replace(weights, means + centre, stored)
        return log_prob, self._in_words((new.is_narrow(2 * floor) | raised) & ~empty, empty, floor)

    def _storable(self, covariances):
        """In the module's dtype; and (K,) booleans: whose diagonal was raised to be positive definite in it, too."""
        if self.covariance in ("diagonal", "spherical"):
            return covariances.to(self.covariances), torch.zeros_like(self.weights, dtype=torch.bool)
        stored, raised = _products.storable(covariances, self.covariances.dtype)
        return stored, raised.expand(self.components)

    def _own_shape(self, covariances, empty):
        if self.covariance == "tied":
            return covariances
        covariances = covariances.mean(-1) if self.covariance == "spherical" else covariances
        keep = empty.view(-1, *[1] * (covariances.dim() - 1))
        return torch.where(keep, self.covariances.to(covariances), covariances)

    def fit(
        self, x: Float[Tensor, "batch n"], iterations=100, tolerance=1e-4, floor=1e-6, generator=None, start="data"
    ) -> list[float]:
        """EM until the mean log-likelihood changes by less than `tolerance` nats, or for so many iterations.

        start: "data" sets equal weights, the covariance of the data, and means at distinct points drawn by `generator`;
               "current" goes on from the parameters as they are.
        Returns the mean log-likelihoods before each iteration. Warns once if the floor holds up a component that
        collapses, or if a component loses all of its points.
        Raises ValueError as `em_step` does, and for fewer distinct points than components.
        """
        _em.plan(iterations, tolerance, start)
        self._check_points(x, floor)
        if start == "data":
            self._start(x, floor, generator)
        return _em.climb(lambda: self._step(x, floor), "GaussianMixture", iterations, tolerance)

    @torch.no_grad()
    def _start(self, x, floor, generator):
        points = _em.distinct_rows(x, self.components, generator)
        centre = x.mean(0, dtype=_products.WIDE)
        total = sum((rows - centre).t() @ (rows - centre) for rows in _em.blocks(x, self.n)) / len(x)
        variances = total.diagonal().clone()
        total.diagonal().add_(floor)
        covariances = self._restricted(total.expand(self.components, -1, -1))
        singular = self._gaussians(self.weights, points, covariances, variances)[1]
        _refuse_singular(singular, REMEDY, ", which is that of all data at the start")
        stored, _ = self._storable(covariances)
        self._replace(torch.full_like(self.weights, 1 / self.components), points, stored)

    @staticmethod
    def _in_words(held, empty, floor):
        parts = []
        if bool(held.any()):
            parts.append(f"{_em.named(held)} collapsed onto few points or a plane, held up by the floor {floor:g}")
        if bool(empty.any()):
            parts.append(f"{_em.named(empty)} lost all points, and stays where it was with weight 0")
        return "; ".join(parts)

    def free_parameters(self) -> int:
        """How many numbers there are: the weights sum to 1, and covariances are symmetric."""
        K, n = self.components, self.n
        matrix = n * (n + 1) // 2
        return K - 1 + K * n + {"full": K * matrix, "tied": matrix, "diagonal": K * n, "spherical": K}[self.covariance]
