# %% [markdown]
# # Unit 05: Mixtures and EM
#
# One Gaussian has one hump, and data often have two. A coin that nobody sees, tossed before each observation, makes
# two. This notebook follows that coin: at the end of it you can
#
# - write down a model with a latent variable, draw from it, and sum the variable out, without underflow;
# - say which component a point came from, with what probability: the posterior over the latent variable;
# - fit a mixture of Gaussians with full covariances by EM, see its likelihood climb, and see where it stops.
#
# **Time**: about 90 minutes. **You need**: units 01 and 02 (log-probabilities, nats, `logsumexp`).
# **Points**: 15, one of them optional.
# It follows lecture 002, *explicit latent variable models*, and lecture 004, *Mixture of Gaussians*.

# %% install=True

# %% [markdown]
# All imports of this notebook. None of your functions may change the tensors that it is given.

# %%
import math

import matplotlib.pyplot as plt
import torch

import gmlib
from gmlib import checks, data, plotting
from gmlib.explore import em as em_explorer
from gmlib.latent.gaussian_mixture import GaussianMixture

# %% [markdown]
# ## 1 Two humps and a coin
#
# A botanist measured the petals of flowers of several species of iris. Here are the lengths of 90 of them, and the
# Gaussian that maximises the likelihood: its mean and variance are those of the data. **Predict.** Where will it put
# most of its probability?

# %% tags=["demo"]
flowers = data.iris()
length = flowers.train.x[:, 2].double()
grid = torch.linspace(0, 8, 400, dtype=torch.float64)
figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
ax.hist(length.tolist(), bins=28, density=True, color="0.8")
one = torch.distributions.Normal(length.mean(), length.std(correction=0))
ax.plot(grid, one.log_prob(grid).exp(), color="black")
ax.set(xlabel="petal length / cm", ylabel="density / (1 / cm)")
plotting.picture(figure)

# %% [markdown]
# Around the mean of all, at the thin edge of the wide hump. A fifth of its probability lies in the gap, where no flower
# is, and the narrow hump, a third of the flowers, gets less than a tenth. The fault is not in the two numbers but in
# the family.
#
# Lecture 002 adds a **latent variable**: a number $z$ that the model has and the data do not show. Here it is a coin,
# $z \in \{0, 1\}$, which decides which of two Gaussians $x$ comes from:
#
# $$p(x, z) = \mathcal N\big(x; \mu_x(z), \sigma_x^2(z)\big)\, \mathcal B(z; \mu_z), \qquad
# p(x) = \sum_z p(x, z) = \mu_z\, \mathcal N\big(x; \mu_x(1), \sigma_x^2(1)\big)
# + (1 - \mu_z)\, \mathcal N\big(x; \mu_x(0), \sigma_x^2(0)\big) .$$
#
# $\mathcal B$ is the Bernoulli distribution: $z$ is 1 with probability $\mu_z$. The second argument of $\mathcal N$
# is a variance, while your functions are given $\sigma_x$, the standard deviation.
#
# The first equation is the **joint**. The second is its **marginal**, the only one of the two that data can judge. It
# is a sum of densities, so its logarithm is not a sum of logarithms. Go from $\log p(x, z)$ for both $z$ to $\log p(x)$
# with `logsumexp`: else the density of a point far from both humps rounds to 0, and its logarithm is $-\infty$.
#
# **By hand.** Take $\sigma_x(0) = 1 / \sqrt{2 \pi}$ and $\sigma_x(1) = 2 / \sqrt{2 \pi}$, both means 0, and
# $\mu_z = \tfrac14$. Then $\mathcal N(x; 0, \sigma_x^2(0)) = e^{-\pi x^2}$ and
# $\mathcal N(x; 0, \sigma_x^2(1)) = \tfrac12 e^{-\pi x^2 / 4}$: at $x = 0$ the joint is $(\tfrac34, \tfrac18)$, the
# marginal $\tfrac78$.
#
# ### Exercise 5.1: the coin and its two Gaussians (2 points)
# Two functions: the joint for both values of $z$, and the marginal from it.

# %% solution="coin" withhold="latent.gaussian_mixture"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    """log p(x, z) of the model with a coin, for z = 0 and z = 1, in nats.

    x:       (batch,), float: may be far from both means.
    mu_z:    (), float: the probability that z is 1, between 0 and 1.
    mu_x:    (2,), float: the mean of x when z is 0, and when z is 1.
    sigma_x: (2,), float: its standard deviation, likewise.
    Returns (batch, 2), float: column z holds log p(x, z).
    """
    ### BEGIN SOLUTION
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log()
    log_normal = log_normal - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()
    ### END SOLUTION


def coin_log_marginal(log_joint):
    """log p(x) in nats, from log p(x, z).

    log_joint: (batch, 2), float: log p(x, z), which may be below -1000.
    Returns (batch,), float.
    """
    ### BEGIN SOLUTION
    return torch.logsumexp(log_joint, 1)
    ### END SOLUTION


# %% test="coin--joint" points=1
checks.own_work(coin_log_joint, "latent.gaussian_mixture")
mu_x, s = torch.ones(2), torch.tensor([1.0, 2.0]) / (2 * math.pi) ** 0.5
x = torch.tensor([0.0, 1.0, 2.0])
found = checks.untouched(
    coin_log_joint, x + 1, torch.tensor(0.25), mu_x, s
)
found = checks.value(found, (3, 2), "float", "log p(x, z)")
hint = "there x - mu_x is 0 and N is 1 / (sigma sqrt(2 pi)), times the "
hint += "probability of that side, and mu_z belongs to z = 1"
peaks = torch.tensor([3 / 4, 1 / 8]).log()
checks.close(found[0], peaks, "log p(x, z) at x = mu_x by hand", hint)
expected = torch.stack([-math.pi * x**2, -math.pi * x**2 / 4], 1) + peaks
hint = "count x - mu_x in standard deviations, square it, halve it"
checks.close(found, expected, "log p(x, z) away from mu_x", hint)
### BEGIN HIDDEN TESTS
generator = checks.generator("coin--joint", fresh=True)
sizes = [(5, torch.float64), (33, torch.float32), (1, torch.float64)]
for batch, dtype in sizes:
    mu_x = 3 * torch.randn(2, generator=generator, dtype=dtype)
    s = 0.3 + torch.rand(2, generator=generator, dtype=dtype)
    x = 3 * torch.randn(batch, generator=generator, dtype=dtype)
    rate = 0.1 + 0.3 * torch.rand((), generator=generator, dtype=dtype)
    hint = "the logarithms of a Gaussian and of its side of the coin"
    for far, what in [(0, "log p(x, z)"), (200, "log p(x, z) far out")]:
        columns = [
            torch.distributions.Normal(mu_x[z], s[z]).log_prob(x + far)
            + [1 - rate, rate][z].log() for z in (0, 1)
        ]
        found = coin_log_joint(x + far, rate, mu_x, s)
        checks.finite(found, what, "exp(-distance^2 / 2) rounds to 0 "
                      "there: write its logarithm down at once")
        checks.close(found, torch.stack(columns, 1), what, hint)
### END HIDDEN TESTS
print("Both columns are right where they can be checked by hand.")

# %% test="coin--marginal" points=1
checks.own_work(coin_log_marginal, "latent.gaussian_mixture")
table = torch.tensor([[3 / 4, 1 / 8], [1 / 3, 1 / 6], [0.7, 0.3]]).log()
checks.close(
    checks.untouched(coin_log_marginal, table),
    torch.tensor([7 / 8, 1 / 2, 1.0]).log(), "log p(x)",
    "add the two probabilities, then take the logarithm",
)
found = coin_log_marginal(table - torch.tensor([[0.0], [1000], [5000]]))
hint = "exp rounds to 0 there: use logsumexp, over z"
checks.finite(found, "log p(x) far from both humps", hint)
### BEGIN HIDDEN TESTS
generator = checks.generator("coin--marginal", fresh=True)
sizes = [(4, torch.float64), (21, torch.float32), (1, torch.float64)]
for batch, dtype in sizes:
    p = 0.05 + torch.rand(batch, 2, generator=generator, dtype=dtype)
    down = 2000 * torch.rand(batch, generator=generator, dtype=dtype)
    log_joint = p.log() - down[:, None]
    top = log_joint.double().amax(1)
    rest = (log_joint.double() - top[:, None]).exp().sum(1)
    checks.close(
        coin_log_marginal(log_joint), (top + rest.log()).to(dtype),
        "log p(x) of points far and near", hint + ", nothing clamped",
    )
### END HIDDEN TESTS
print("The marginal is a sum over z, and far points keep a logarithm.")

# %% [markdown]
# **Look.** Give the coin the petal lengths: two means, two standard deviations and $\mu_z$ chosen by eye. **Predict.**
# Three curves: $p(x)$, $p(x, z = 0)$ and $p(x, z = 1)$. Which of them has area 1?

# %% tags=["demo"]
coin = [torch.tensor(0.66), torch.tensor([1.5, 4.9])]
coin = [part.double() for part in (*coin, torch.tensor([0.2, 0.8]))]
joint = coin_log_joint(grid, *coin)
marginal = coin_log_marginal(joint)
figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
ax.hist(length.tolist(), bins=28, density=True, color="0.85")
for log_p, style, name in [
    (marginal, {"color": "0.6", "linewidth": 5}, "p(x)"),
    (joint[:, 0], {"color": "tab:blue"}, "p(x, z = 0)"),
    (joint[:, 1], {"color": "black", "linestyle": "--"}, "p(x, z = 1)"),
]:
    area = torch.trapezoid(log_p.exp(), grid)
    ax.plot(grid, log_p.exp(), **style, label=f"{name}, area {area:.2f}")
ax.set(xlabel="petal length / cm", ylabel="density / (1 / cm)")
ax.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# Only the marginal. The area of each part is the probability of that side of the coin, and where the parts hardly
# overlap, the marginal simply runs along one of them.
#
# **Change one number.** Set $\mu_z$ (`0.66`) to 0.5. Which hump is too high now, which too low, and why must both
# change?
#
# ### Drawing: first the coin, then the flower
# Ancestral sampling, as in unit 01: $z$ has no parent, so it comes first; then $x$ given that $z$. The noise is
# handed to your function, so that its answer is the same each time: $u$ is uniform on $(0, 1)$, and $\epsilon$
# standard normal. The rule is **$z = 1$ where $u < \mu_z$**.
#
# **By hand.** $\mu_z = \tfrac14$, $\mu_x = (0, 10)$, $\sigma_x = (1, 2)$. $u = .2, \epsilon = 1$ gives $z = 1$,
# $x = 12$; $u = .3, \epsilon = -1$ gives $z = 0$, $x = -1$. Hardly a draw lies near the mean,
# $\tfrac34 \cdot 0 + \tfrac14 \cdot 10 = 2.5$: a mixture is a choice between Gaussians, not a weighted sum of draws.
#
# ### Exercise 5.2: draw from the mixture (1 point)

# %% solution="coin_sample" withhold="latent.gaussian_mixture"
def coin_sample(u, eps, mu_z, mu_x, sigma_x):
    """Draw (z, x) from the model with a coin.

    u:   (n,), float: uniform on (0, 1); z is 1 where u < mu_z.
    eps: (n,), float: standard normal noise, for x.
    mu_z, mu_x, sigma_x: as in coin_log_joint.
    Returns z, (n,), long, and x, (n,), float.
    """
    ### BEGIN SOLUTION
    z = (u < mu_z).long()
    return z, mu_x[z] + sigma_x[z] * eps
    ### END SOLUTION


# %% test="coin_sample--draws" points=1
checks.own_work(coin_sample, "latent.gaussian_mixture")
rate, mu_x = torch.tensor(0.25), torch.tensor([0.0, 10.0])
s, hint = torch.tensor([1.0, 2.0]), "z is 1 where u < mu_z"
u, eps = torch.tensor([[0.2, 0.3, 0.9], [1.0, -1.0, 2.0]])
pair = checks.untouched(coin_sample, u, eps, rate, mu_x, s)
z, x = checks.items(pair, 2, "the pair z, x")
checks.close(z, torch.tensor([1, 0, 0]), "z", hint, dtype="integer")
each = "each x comes from one Gaussian, the one that its z names: mean "
each += "of that z plus eps times its standard deviation"
checks.close(x, torch.tensor([12.0, -1.0, 2.0]), "x by hand", each)
print("The coin chooses, and the Gaussian that it chose answers.")
### BEGIN HIDDEN TESTS
generator = checks.generator("coin_sample--draws", fresh=True)
Phi = torch.distributions.Normal(0.0, 1.0).cdf
for n, dtype in [(900, torch.float64), (4000, torch.float32)]:
    mu_x = torch.tensor([-1.0, 2.0], dtype=dtype)
    s = 0.4 + torch.rand(2, generator=generator, dtype=dtype)
    rate = 0.1 + 0.3 * torch.rand((), generator=generator, dtype=dtype)
    u = torch.rand(n, generator=generator, dtype=dtype)
    eps = torch.randn(n, generator=generator, dtype=dtype)
    found = coin_sample(u, eps, rate, mu_x, s)
    z, x = checks.items(found, 2, "the pair z, x")
    z = checks.value(z, (n,), "integer", "z")
    what = f"x of {n} draws"
    expected = torch.where(u < rate, mu_x[1] + s[1] * eps,
                           mu_x[0] + s[0] * eps)
    checks.close(z.double(), (u < rate).double(), f"z of {n} draws", hint)
    checks.close(x, expected, what, each)
    m, w, q = mu_x.double(), s.double(), rate.double()
    checks.draws_from(x, lambda v: q * Phi((v - m[1]) / w[1])
                      + (1 - q) * Phi((v - m[0]) / w[0]), what, each)
### END HIDDEN TESTS

# %% [markdown]
# ## 2 More dimensions, more components
#
# Nothing binds us to two sides or to one dimension. Lecture 004: $z \in \{1, \dots, K\}$ with probabilities $\pi_k$,
# and $x \in \mathbb R^n$ given $z = k$ is Gaussian with mean $\mu_k$ and a full **covariance** matrix $\Sigma_k$:
#
# $$p(x) = \sum_{k=1}^K \pi_k\, \mathcal N(x; \mu_k, \Sigma_k), \qquad
# \log \mathcal N(x; \mu, \Sigma) = -\tfrac n2 \log 2 \pi - \tfrac12 \log \det \Sigma
# - \tfrac12 (x - \mu)^\top \Sigma^{-1} (x - \mu) .$$
#
# Neither the inverse nor the determinant is computed. The **Cholesky factor** $L$, lower triangular with
# $\Sigma = L L^\top$, gives both: solve $L y = x - \mu$ from the top down, and
#
# $$(x - \mu)^\top \Sigma^{-1} (x - \mu) = \lVert y \rVert^2, \qquad
# \tfrac12 \log \det \Sigma = \sum_i \log L_{ii} .$$
#
# The determinant itself is a product: with 20 variances of $10^{-6}$ it is 0 in float32. The sum of logarithms is not.
#
# **By hand.** $\Sigma = \begin{pmatrix} 4 & 2 \\ 2 & 2 \end{pmatrix}$ has $L = \begin{pmatrix} 2 & 0 \\ 1 & 1
# \end{pmatrix}$. For $x - \mu = (2, 2)$: $2 y_1 = 2$, $y_1 + y_2 = 2$, so $y = (1, 1)$ and $\log \mathcal N = -\log 2
# \pi - \log 2 - 1$.
#
# ### Exercise 5.3: the Gaussian in $n$ dimensions (3 points)
# For all points and all components at once; `torch.linalg.cholesky` and `torch.linalg.solve_triangular` work on
# batches of matrices. (One point is given at the end, where gmlib's version must agree.)

# %% solution="log_normal" withhold="latent.gaussian_mixture"
def log_normal(x, means, covariances):
    """log N(x; mu_k, Sigma_k) in nats, for each point and component.

    x:           (batch, n), float.
    means:       (K, n), float.
    covariances: (K, n, n), float: symmetric, positive definite.
    Returns (batch, K), float.
    """
    ### BEGIN SOLUTION
    L = torch.linalg.cholesky(covariances)
    d = (x - means[:, None]).mT  # (K, n, batch)
    y = torch.linalg.solve_triangular(L, d, upper=False)
    half_log_det = L.diagonal(dim1=1, dim2=2).log().sum(1)
    constant = x.shape[1] / 2 * math.log(2 * math.pi)
    return -(y**2).sum(1).T / 2 - half_log_det - constant
    ### END SOLUTION


# %% test="log_normal--hand" points=1
checks.own_work(log_normal, "latent.gaussian_mixture")
mu = torch.tensor([[1.0, 1.0], [0.0, 0.0]])
S = torch.tensor([[[4.0, 2.0], [2.0, 2.0]], [[1.0, 0.0], [0.0, 1.0]]])
x = torch.tensor([[1.0, 1.0], [3.0, 3.0], [0.0, 0.0]])
found = checks.untouched(log_normal, x, mu, S)
found = checks.value(found, (3, 2), "float", "log N(x; mu_k, Sigma_k)")
hint = "there log det Sigma is 0, and 2 pi has the power n / 2 = 1"
checks.close(found[2, 1], -math.log(2 * math.pi),
             "log N at the mean of a component with Sigma = I", hint)
hint = "half of log det Sigma is the sum of log L_ii, no more, no less"
checks.close(found[0, 0], -math.log(4 * math.pi),
             "log N at the mean of the component by hand", hint)
hint = "solve L y = x - mu and take half of the square of y"
expected = -torch.tensor([[0.0, 1.0], [1.0, 9.0], [0.25, 0.0]])
expected -= torch.tensor([4 * math.pi, 2 * math.pi]).log()
checks.close(found, expected, "log N(x; mu_k, Sigma_k)", hint)
print("Right at the means, and away from them.")

# %% test="log_normal--fresh" points=1
# Other sizes, both float types, and many dimensions with small variances.
### BEGIN HIDDEN TESTS
generator = checks.generator("log_normal--fresh", fresh=True)
hint = "-|y|^2 / 2 - sum log L_ii - n / 2 log 2 pi, with L y = x - mu, "
hint += "and nothing is added to Sigma"
sizes = [
    (6, 2, 3, torch.float64), (9, 4, 5, torch.float64),
    (7, 3, 3, torch.float32), (1, 1, 1, torch.float64),
]
for batch, K, n, dtype in sizes:
    A = torch.randn(K, n, n, generator=generator, dtype=dtype)
    S = A @ A.mT / n + 0.5 * torch.eye(n, dtype=dtype)
    mu = torch.randn(K, n, generator=generator, dtype=dtype)
    x = 2 * torch.randn(batch, n, generator=generator, dtype=dtype)
    d, C = (x[:, None] - mu).double(), S.double()
    square = torch.einsum("bki,kij,bkj->bk", d, C.inverse(), d)
    constant = torch.logdet(C) + n * math.log(2 * math.pi)
    checks.close(
        log_normal(x, mu, S), (-(square + constant) / 2).to(dtype),
        f"log N of {batch} points, {K} components, {n} dimensions", hint,
    )
S = 1e-6 * torch.eye(20).expand(2, 20, 20).clone()
found = log_normal(torch.zeros(3, 20), torch.zeros(2, 20), S)
checks.finite(found, "log N in 20 dimensions with variances of 1e-6",
              "the determinant rounds to 0: sum the logarithms of L_ii")
expected = 10 * math.log(1e6 / (2 * math.pi))
checks.close(found, torch.full((3, 2), expected), "log N there", hint)
### END HIDDEN TESTS

# %% [markdown]
# The mixture's log-likelihood is the sum over $z$ again, with $K$ terms: $\log p(x) = \log \sum_k \pi_k e^{\ell_k}$,
# where $\ell_k$ stands for $\log \mathcal N(x; \mu_k, \Sigma_k)$. The weighted mean $\sum_k \pi_k \ell_k$ is
# something else: it is never larger than $\log p(x)$, by Jensen's inequality, on which unit 06 is built.
#
# **By hand.** Densities $(1, \tfrac12)$ and weights $(\tfrac34, \tfrac14)$ give $\log \tfrac78$. If both densities are
# $e^{1000}$ times smaller, the answer is $\log \tfrac78 - 1000$.
#
# ### Exercise 5.4: the log-likelihood of a mixture (1 point)

# %% solution="log_mixture" withhold="latent.gaussian_mixture"
def log_mixture(log_p, weights):
    """log p(x) of a mixture, in nats.

    log_p:   (batch, K), float: log p(x | z = k), which may be below -1000.
    weights: (K,), float: the probabilities of z; some may be 0.
    Returns (batch,), float.
    """
    ### BEGIN SOLUTION
    return torch.logsumexp(log_p + weights.log(), 1)
    ### END SOLUTION


# %% test="log_mixture--sum" points=1
checks.own_work(log_mixture, "latent.gaussian_mixture")
weights = torch.tensor([0.75, 0.25])
log_p = torch.tensor([[1.0, 0.5], [0.2, 0.2], [0.4, 2.0]]).log()
expected = torch.tensor([7 / 8, 1 / 5, 4 / 5]).log()
hint = "the logarithm of the weighted sum of densities, one a point"
found = checks.untouched(log_mixture, log_p, weights)
checks.close(found, expected, "log p(x)", hint)
found = log_mixture(log_p - 1000, weights)
hint = "exp rounds to 0 there: logsumexp of log_p + log weight"
checks.finite(found, "log p(x) of a point far from all means", hint)
checks.close(found, expected - 1000, "log p(x) of a far point", hint)
print("The sum over z is stable, far away too.")
### BEGIN HIDDEN TESTS
generator = checks.generator("log_mixture--sum", fresh=True)
hint = "logsumexp of log_p + log weight over all components, "
for K, batch, dtype in [
    (3, 5, torch.float64), (6, 40, torch.float64), (4, 7, torch.float32),
    (1, 1, torch.float64),
]:
    weights = torch.rand(K, generator=generator, dtype=dtype) + 0.05
    weights[:1] = 0 if K == 4 else weights[:1]
    weights = weights / weights.sum()
    p = 0.05 + torch.rand(batch, K, generator=generator, dtype=dtype)
    down = 500 * torch.rand(batch, generator=generator, dtype=dtype)
    log_p = p.log() - down[:, None]
    log_p[:, 0] += 50 if K == 4 else 0  # likely, but of weight 0
    top = log_p.double().amax(1, keepdim=True)
    rest = ((log_p.double() - top).exp() @ weights.double()).log()
    checks.close(
        log_mixture(log_p, weights), (top[:, 0] + rest).to(dtype),
        f"log p(x) of a mixture of {K}", hint + "nothing clamped",
    )
### END HIDDEN TESTS

# %% [markdown]
# **Look.** A mixture of three in the plane, by your two functions: its density as shades. **Predict.** The three
# weights are equal. Is the density equally high at the three means?

# %% tags=["demo"]
mu = torch.tensor([[-2.0, 0], [2, 0], [0, 3]])
S = torch.tensor([[[1.0, 0.8], [0.8, 1]], [[1, -0.5], [-0.5, 0.5]],
                  [[0.15, 0], [0, 0.15]]])
side = torch.linspace(-5, 5, 120)
points = torch.cartesian_prod(side, side)
log_p = log_mixture(log_normal(points, mu, S), torch.full((3,), 1 / 3))
figure, ax = plt.subplots(figsize=(4.6, 3.8), layout="constrained")
shades = ax.contourf(side, side, log_p.exp().view(120, 120).T, 12,
                     cmap="Blues")
ax.plot(*mu.T, "k+")
ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
figure.colorbar(shades, label="p(x)")
plotting.picture(figure)

# %% [markdown]
# No: each component has a third of the *probability*, and the small one has to put it on a small area. A density is not
# a probability, it is probability per area, and may well be larger than 1. Its logarithm depends on the unit of $x$,
# and a negative log-likelihood in nats can be negative.
#
# **Change one number.** Give the round component a variance of 0.6 (both `0.15`). By which factor does its own peak
# fall, and which of the three is the highest then?
#
# ## 3 Which component was it?
#
# Turn the model round. The posterior over the latent variable says, for each point, how probable each component is as
# its origin. In mixtures these are called **responsibilities**:
#
# $$r_{ik} = p(z_i = k \mid x_i) = \frac{\pi_k\, \mathcal N(x_i; \mu_k, \Sigma_k)}
# {\sum_j \pi_j\, \mathcal N(x_i; \mu_j, \Sigma_j)} .$$
#
# The denominator is $p(x_i)$. Each point has one unit of responsibility to share out, so rows sum to one, columns
# need not. That is **clustering**: nobody said which species a flower is; the model gives it a component.
#
# **By hand.** Densities $(1, \tfrac12)$ and weights $(\tfrac34, \tfrac14)$: the joint is $(\tfrac34, \tfrac18)$, the
# responsibilities are $(\tfrac67, \tfrac17)$. Both densities $e^{1000}$ times smaller: the same, since the factor
# cancels; but on a computer $0 / 0$, unless you stay with logarithms until the difference is taken.
#
# ### Exercise 5.5: responsibilities (1 point)

# %% solution="responsibilities" withhold="latent.gaussian_mixture"
def responsibilities(log_p, weights):
    """p(z = k | x) for each point and component.

    log_p:   (batch, K), float: log p(x | z = k), which may be below -1000.
    weights: (K,), float: the probabilities of z; some may be 0.
    Returns (batch, K), float: probabilities.
    """
    ### BEGIN SOLUTION
    return torch.softmax(log_p + weights.log(), 1)
    ### END SOLUTION


# %% test="responsibilities--bayes" points=1
checks.own_work(responsibilities, "latent.gaussian_mixture")
weights = torch.tensor([0.75, 0.25])
log_p = torch.tensor([[1.0, 0.5], [0.2, 0.2], [0.4, 3.6]]).log()
r = checks.untouched(responsibilities, log_p, weights)
r = checks.value(r, (3, 2), "float", "p(z | x)", low=0)
checks.close(r.sum(1), torch.ones(3).double(), "the row sums of p(z | x)",
             "a point is shared out over the components", tolerance=1e-5)
hint = "weight times density, over the sum of these in its row"
expected = torch.tensor([[6 / 7, 1 / 7], [3 / 4, 1 / 4], [1 / 4, 3 / 4]])
checks.close(r, expected, "p(z | x)", hint)
far = torch.tensor([[0.0], [1000.0], [3000.0]])
found = responsibilities(log_p - far, weights)
hint = "exp rounds to 0 there, and 0 / 0 is NaN: subtract log p(x) before "
hint += "you exponentiate"
checks.finite(found, "p(z | x) of points far from all means", hint)
checks.close(found, expected, "p(z | x) of far points", hint)
print("Each point shares out exactly one unit, wherever it lies.")
### BEGIN HIDDEN TESTS
generator = checks.generator("responsibilities--bayes", fresh=True)
for K, batch, dtype in [
    (3, 5, torch.float64), (5, 30, torch.float32), (4, 7, torch.float64),
    (2, 1, torch.float64),
]:
    weights = torch.rand(K, generator=generator, dtype=dtype) + 0.05
    weights[:1] = 0 if K == 4 else weights[:1]
    weights = weights / weights.sum()
    p = 0.05 + torch.rand(batch, K, generator=generator, dtype=dtype)
    down = 500 * torch.rand(batch, generator=generator, dtype=dtype)
    log_p = p.log() - down[:, None]
    log_p[:, 0] += 50 if K == 4 else 0  # likely, but of weight 0
    joint = (log_p.double() - log_p.double().amax(1, keepdim=True)).exp()
    joint = joint * weights.double()
    checks.close(
        responsibilities(log_p, weights),
        (joint / joint.sum(1, keepdim=True)).to(dtype),
        f"p(z | x) of {batch} points, {K} components", hint,
    )
### END HIDDEN TESTS

# %% [markdown]
# **Look.** $p(z = 1 \mid x)$ of the coin above, along the petal length. **Predict.** It is 0 at the left hump and 1 at
# the right one. What is it at a length of 0?

# %% tags=["demo"]
r = responsibilities(coin_log_joint(grid, *coin), torch.ones(2))[:, 1]
figure, ax = plt.subplots(figsize=(6, 2.8), layout="constrained")
ax.hist(length.tolist(), bins=28, density=True, color="0.85",
        label="data: density / (1 / cm)")
ax.plot(grid, r, "k", label="p(z = 1 | x)")
ax.set(xlabel="petal length / cm", ylabel="p(z = 1 | x)")
ax.legend(frameon=False, loc=(0.42, 0.6))
plotting.picture(figure)

# %% [markdown]
# It is 1: the left hump is so narrow that, a few of its standard deviations away, the wide one explains *anything*
# better. The border between two components is where a quadratic function of $x$ changes sign, and that can happen
# twice.
#
# **Change one number.** In the cell with the three curves, let both standard deviations be 0.8 (`0.2` becomes `0.8`),
# and run this one again. One border is left, and a curve that you know from unit 01.
#
# ## 4 EM
#
# So far the parameters were given. To fit them, maximise $\sum_i \log p(x_i)$. If the $z_i$ were known, that would be
# easy: the mean and covariance of each group. If the parameters were known, the posterior of each $z_i$ would be. EM
# takes turns:
#
# - **E-step**: $r_{ik} = p(z_i = k \mid x_i)$ with the parameters as they are;
# - **M-step**: the parameters that maximise
#   $\mathbb E_q[\log p(x, z)] = \sum_i \sum_k r_{ik} \big(\log \pi_k + \log \mathcal N(x_i; \mu_k, \Sigma_k)\big)$,
#   where $q$ gives $z_i = k$ the probability $r_{ik}$, now held fixed.
#
# The M-step has no logarithm of a sum, and a closed form. With $N_k = \sum_i r_{ik}$, the number of points that $k$ is
# responsible for,
#
# $$\pi_k = \frac{N_k}{N}, \qquad \mu_k = \frac1{N_k} \sum_i r_{ik}\, x_i, \qquad
# \Sigma_k = \frac1{N_k} \sum_i r_{ik}\, (x_i - \mu_k)(x_i - \mu_k)^\top .$$
#
# The two steps together never lower the likelihood. (Unit 06 proves it: the M-step raises a lower bound of it, which
# the E-step has made tight.)
#
# ### Play with it
# Left, the points: the colour mixes those of the components by responsibility, the shape tells the largest. Ellipses
# lie at one and two standard deviations, the number at the mean is $\pi_k$, and a black line is the path of that
# mean. Right, the likelihood. *One step* is an E-step and an M-step. **Predict, then run.** Where is the curve
# steepest? Does another seed end at the same height?

# %% tags=["demo"]
em_explorer.explore()

# %% [markdown]
# The first steps bring most. A plateau may follow, on which little happens until a component finds its cloud: look at
# the iris petals with $K = 2$ and seed 6. On the three clouds, seeds 15 and 16 stay lower for ever: the curve never
# falls, but it does not promise the highest summit either. On the two moons, more components go on helping: a
# Gaussian is no moon, but a few of them in a row are.
#
# ### Exercise 5.6: the M-step (3 points)
# **By hand.** Points 0, 3, 6 in one dimension, with $r_{\cdot 1} = (1, \tfrac12, 0)$ and $r_{\cdot 2} = (0, \tfrac12,
# 1)$. $N_1 = N_2 = \tfrac32$; $\mu_1 = \frac{0 + 3/2}{3/2} = 1$, $\mu_2 = 5$; $\Sigma_1 = \frac{1 \cdot 1 + \frac12
# \cdot 4}{3/2} = 2 = \Sigma_2$.
#
# Your function is also given the means before the step. Decide what they are good for.

# %% solution="m_step" withhold="latent.gaussian_mixture"
def m_step(x, r, old_means):
    """The parameters that maximise E_q[log p(x, z)].

    x:         (N, n), float.
    r:         (N, K), float: the responsibilities; rows sum to 1.
    old_means: (K, n), float: the means with which r was computed.
    Returns weights (K,), means (K, n), covariances (K, n, n), float.
    """
    ### BEGIN SOLUTION
    N = r.sum(0)
    means = r.T @ x / N[:, None]
    d = x[:, None] - means  # (N, K, n)
    outer = torch.einsum("ik,ika,ikb->kab", r, d, d)
    return N / len(x), means, outer / N[:, None, None]
    ### END SOLUTION


# %% test="m_step--means" points=1
checks.own_work(m_step, "latent.gaussian_mixture")
x = torch.tensor([[0.0, 0.0], [3.0, -3.0], [6.0, -6.0]])
r = torch.tensor([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
old = torch.tensor([[0.0, 0.0], [4.0, -4.0]])
found = checks.untouched(m_step, x, r, old)
weights, means, _ = checks.items(found, 3, "what the M-step returns")
share = "pi_k is N_k / N, and N_k the sum of a column of r"
checks.close(weights, torch.tensor([0.5, 0.5]), "pi_k by hand", share)
hint = "mu_k is the mean of x weighted by column k of r, over N_k, with "
hint += "nothing added to it"
checks.close(means, torch.tensor([[1.0, -1.0], [5.0, -5.0]]),
             "the means by hand", hint)
print("Weights and means are weighted averages.")
### BEGIN HIDDEN TESTS
generator = checks.generator("m_step--means", fresh=True)
for N, K, n, dtype in [
    (8, 3, 2, torch.float64), (50, 4, 3, torch.float64),
    (30, 2, 2, torch.float32), (6, 1, 1, torch.float64),
]:
    x = 1 + 2 * torch.randn(N, n, generator=generator, dtype=dtype)
    r = torch.rand(N, K, generator=generator, dtype=dtype) + 0.01
    r = r**3 / (r**3).sum(1, keepdim=True)
    found = m_step(x, r, x[:K])
    weights, means, _ = checks.items(found, 3, "what the M-step returns")
    of = f" of {N} points, {K} components"
    expected = [(r[:, k, None] * x).sum(0) / r[:, k].sum()
                for k in range(K)]
    checks.close(means, torch.stack(expected), "the means" + of, hint)
    checks.close(weights, r.mean(0), "the weights" + of, share)
### END HIDDEN TESTS

# %% test="m_step--covariances" points=1
checks.own_work(m_step, "latent.gaussian_mixture")
x = torch.tensor([[0.0, 0.0], [3.0, -3.0], [6.0, -6.0]])
r = torch.tensor([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
hint = "weigh (x - mu)(x - mu)^T by r, divide by N_k, and add nothing"
around = "take them around the new means: around the old they grow"
shape = torch.tensor([[2.0, -2.0], [-2.0, 2.0]]).expand(2, 2, 2)
for old, slip in [([1.0, 5.0], hint), ([0.0, 4.0], around)]:
    old = torch.tensor(old)[:, None] * torch.tensor([1.0, -1.0])
    found = checks.items(m_step(x, r, old), 3, "what the M-step returns")
    checks.close(found[2], shape, "the covariances by hand", slip)
print("The covariances are taken around the new means.")
### BEGIN HIDDEN TESTS
generator = checks.generator("m_step--covariances", fresh=True)
for N, K, n, dtype in [
    (8, 3, 2, torch.float64), (50, 4, 3, torch.float64),
    (30, 2, 2, torch.float32), (6, 1, 1, torch.float64),
]:
    x = 1 + 2 * torch.randn(N, n, generator=generator, dtype=dtype)
    r = torch.rand(N, K, generator=generator, dtype=dtype) + 0.01
    r = r**3 / (r**3).sum(1, keepdim=True)
    expected = []
    for column in r.double().T:
        d = x.double() - column @ x.double() / column.sum()
        expected.append((column * d.T) @ d / column.sum())
    found = checks.items(m_step(x, r, x[:K]), 3, "the three parts")
    checks.close(found[2], torch.stack(expected).to(dtype),
                 f"the covariances of {N} points, {K} components",
                 hint + "; mu are the new means")
### END HIDDEN TESTS

# %% [markdown]
# A maximum has a simple test: move a parameter, and $\mathbb E_q[\log p(x, z)]$ falls, whichever it is and wherever you
# move it. (Doing nothing at all passes many tests of EM, but not this one.)

# %% test="m_step--best" points=1
generator = checks.generator("m_step--best")
x = torch.randn(40, 2, generator=generator, dtype=torch.float64)
r = torch.rand(40, 3, generator=generator, dtype=torch.float64)
r = r / r.sum(1, keepdim=True)
found = checks.items(m_step(x, r, x[:3]), 3, "what the M-step returns")
names = ["the weights", "the means", "the covariances"]
kinds = zip(found, [(3,), (3, 2), (3, 2, 2)], names)
w, m, C = (checks.value(v, shape, "float", name)
           for v, shape, name in kinds)


def expected_log_joint(w, m, C):
    d = x[:, None] - m
    square = torch.einsum("ika,kab,ikb->ik", d, C.inverse(), d)
    log_p = -(square + C.logdet()) / 2 - math.log(2 * math.pi)
    return (r * (log_p + w.log())).sum()


checks.require(bool((C.logdet() > -20).all()),
               "the covariances should be positive definite")
best, I = expected_log_joint(w, m, C), torch.eye(2, dtype=x.dtype)
tilt = torch.tensor([0.02, -0.01, -0.01], dtype=x.dtype)
for sign in (1, -1):
    for name, moved in [
        ("a weight", (w + sign * tilt, m, C)),
        ("a mean", (w, m + sign * 0.02, C)),
        ("a covariance", (w, m, C * (1 + sign * 0.03))),
        ("a covariance", (w, m, C + sign * 0.02 * I.flip(0))),
    ]:
        checks.at_most(expected_log_joint(*moved), best,
                       f"E_q[log p(x, z)] after {name} was moved")
print("Whatever is moved, E_q[log p(x, z)] falls.")

# %% [markdown]
# ### Exercise 5.7: the whole of EM (3 points)
# Line your functions up. Keep the mean log-likelihood of the start and of every step, and stop **after the first step
# that gains less than `tolerance`**. (One point is given at the end, where gmlib's version must agree.)

# %% solution="em" withhold="latent.gaussian_mixture"
def em(x, weights, means, covariances, tolerance, max_steps):
    """Fit a mixture of Gaussians by EM, from the given start.

    x: (N, n), float.    weights: (K,), means: (K, n), covariances:
    (K, n, n), float: the start.
    tolerance: stop after the first step that raises the mean of log p(x)
               by less than this; a negative one never stops.
    max_steps: stop after so many steps at the latest; may be 0.
    Returns weights, means, covariances after the last step, and history,
    (steps + 1,), of x's dtype: the mean of log p(x) in nats at the start
    and after each step.
    """
    ### BEGIN SOLUTION
    history = []
    while True:
        log_p = log_normal(x, means, covariances)
        history.append(log_mixture(log_p, weights).mean())
        steps = len(history) - 1
        stop = steps > 0 and history[-1] - history[-2] < tolerance
        if stop or steps >= max_steps:
            return weights, means, covariances, torch.stack(history)
        r = responsibilities(log_p, weights)
        weights, means, covariances = m_step(x, r, means)
    ### END SOLUTION


# %% test="em--climbs" points=1
checks.own_work(em, "latent.gaussian_mixture")
generator = checks.generator("em--climbs")
x = torch.randn(150, 2, generator=generator, dtype=torch.float64)
x[:60] += torch.tensor([4.0, 1.0])
far, near = torch.tensor([[2.0, 0, 1, 1], [4, 1, 0, 0]]).double()
w, S = far.new_full((2,), 0.5), torch.eye(2).double().repeat(2, 1, 1)
start, good = (w, far.view(2, 2), S), (w, near.view(2, 2), S)
*half, short = checks.items(em(x, *good, -1, 3), 4, "what em returns")
short = checks.value(short, (4,), x.dtype, "the history of 3 steps")
before = GaussianMixture(2, 2).double().set(*good).log_prob(x).mean()
checks.close(short[0], before, "the first entry of the history",
             "it is the mean of log p(x) over the points, at the start")
found = checks.untouched(em, x, *start, 1e-6, 500)
*parts, history = checks.items(found, 4, "what em returns")
for curve in (short, history):
    checks.never_falls(curve, "the mean log-likelihood",
                       "no step of EM can lower it: is something added to "
                       "the covariances, or a part of a step left out?")
gains = history[1:] - history[:-1]
checks.require(gains[0] > 0.01, "the first step gains nothing: are the "
               "parameters replaced by those of the M-step?")
checks.require(bool((gains[:-1] >= 1e-6).all()),
               "EM goes on after a step that gains less than tolerance")
checks.require(gains[-1] < 1e-6, "EM stopped too early: its last step "
               "still gained more than the tolerance")
for end, curve in [(half, short), (parts, history)]:
    again = checks.items(em(x, *end, -1, 1), 4, "what em returns")[3]
    checks.close(again[0], curve[-1], "the last entry of the history",
                 "it belongs to the parameters that are returned")
checks.require(again[1] - again[0] < 1e-4, "begun where it ended, EM "
               "gains more: does each step compute its responsibilities?")
print("It never falls, and stops when it has nothing left to gain.")

# %% test="em--path" points=1
# Step by step beside gmlib's mixture, from the same start.
### BEGIN HIDDEN TESTS
generator = checks.generator("em--path", fresh=True)
kinds = [(3, 2, -1, 4), (4, 3, 1e-3, 60), (2, 1, 1e-4, 200),
         (2, 2, 0.1, 0)]
for K, n, tolerance, most in kinds:
    x = torch.randn(60 * K, n, generator=generator, dtype=torch.float64)
    centres = 3 * torch.arange(K, dtype=x.dtype)[:, None].expand(K, n)
    x += centres.repeat_interleave(60, 0)
    start = (x.new_full((K,), 1 / K), centres + 0.7,
             2 * torch.eye(n, dtype=x.dtype).repeat(K, 1, 1))
    model, curve = GaussianMixture(n, K).double().set(*start), []
    for step in range(most + 1):
        curve.append(model.log_prob(x).mean())
        stop = step > 0 and curve[-1] - curve[-2] < tolerance
        if stop or step == most:
            break
        model.em_step(x)
    *parts, history = checks.items(em(x, *start, tolerance, most), 4)
    hint = "stop after the first step that gains less than the tolerance, "
    what = f"the history at tolerance {tolerance}, at most {most} steps,"
    checks.close(history, torch.stack(curve), what, hint + "and take for "
                 "each step its own responsibilities and all that the "
                 "M-step returns", 1e-8)
    final = [model.weights, model.means, model.covariances]
    names = ["the weights", "the means", "the covariances"]
    for part, right, name in zip(parts, final, names):
        checks.close(part, right, f"{name} at the end", "they should be "
                     "those after the last step", 1e-6)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 Irises
#
# Petal length *and* width of 90 flowers, in the plane. A given cell starts your `em` at $K$ of the flowers, with equal
# weights and the covariance of all the data, ten times, and keeps the run with the highest likelihood **of the training
# part**. **Predict.** Ten starts with $K = 2$: how many different ends?

# %% tags=["demo"]
petals, held = (part.x[:, 2:].double() for part in (
    flowers.train, flowers.test))


def run_em(x, K, seed):
    generator = gmlib.device.generator(seed)
    rows = torch.randperm(len(x), generator=generator)[:K]
    weights = torch.full((K,), 1 / K, dtype=x.dtype)
    start = weights, x[rows], x.T.cov().repeat(K, 1, 1)
    return em(x, *start, 1e-6, 300)


runs = {K: [run_em(petals, K, s) for s in range(10)] for K in (1, 2, 3, 4)}
figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
for K, style in [(2, "-"), (3, "--")]:
    for k, (*_, history) in enumerate(runs[K]):
        ax.plot(history, style, color="0.6" if K == 3 else "black",
                linewidth=1, label=None if k else f"K = {K}")
ax.set(xlabel="EM steps", ylabel="mean log p(x) / nats", xlim=(-0.5, 40),
       ylim=(-1.9, -0.75))
ax.legend(frameon=False, loc="lower right")
plotting.picture(figure)

# %% [markdown]
# Two. EM finds *a* maximum, and which one depends on the start. Here are both: $\log p(x)$ in steps of 2 nats, and each
# component's ellipse at one standard deviation; then samples of the higher one beside the data. **Predict.** What does
# the lower one do with the flowers in the lower left?

# %% tags=["demo"]
better, worse = (pick(runs[2], key=lambda run: run[3][-1])
                 for pick in (max, min))
across, up = (torch.linspace(*ends, 150).double()
              for ends in [(0, 7.5), (-0.3, 3)])
plane = torch.cartesian_prod(across, up)
figure, axes = plt.subplots(1, 3, figsize=(12, 3.4), layout="constrained")
names = ["the higher maximum", "the lower maximum"]
for ax, (w, m, S, history), name in zip(axes, (better, worse), names):
    log_p = log_normal(plane, m, S)
    density = log_mixture(log_p, w).view(150, 150).T
    ax.contourf(across, up, density, levels=[-7, -5, -3, -1, 1, 3],
                cmap="Blues", vmin=-8, vmax=4)
    ax.plot(*petals.T, "k.", markersize=3)
    for below in (log_p - log_normal(m, m, S).diagonal()).T:
        ax.contour(across, up, below.view(150, 150).T, levels=[-0.5],
                   colors="tab:red", linestyles="solid")
    ax.set_title(f"{name}: {history[-1]:.2f} nats")
w, m, S, _ = better
mixture = GaussianMixture(2, 2).double().set(w, m, S)
drawn = mixture.sample(len(petals), gmlib.device.generator(0))
axes[2].plot(*petals.T, "k.", markersize=3, label="data")
axes[2].plot(*drawn.T, "x", markersize=4, label="samples")
axes[2].set_title("samples of the higher one")
axes[2].legend(frameon=False)
for ax in axes:
    ax.set(xlabel="petal length / cm", xlim=(0, 7.5), ylim=(-0.3, 3))
axes[0].set_ylabel("petal width / cm")
plotting.picture(figure)

# %% [markdown]
# The lower one stretches a single component from one end to the other and spends the second one on a corner. No small
# step leads out of it. The remedy is plain: several starts, and keep the best.
#
# Now the number that counts, on 45 flowers that nobody has trained on, beside the Gaussian with a full covariance and
# the one whose two variables are independent. **Predict.** More components can only help the training likelihood. And
# the held-out one?

# %% tags=["demo"] exempt="trained numbers differ between processors"
def row(name, parameters, count):
    w, m, S = parameters
    nats = [-log_mixture(log_normal(x, m, S), w).mean().item()
            for x in (petals, held)]
    return [name, *nats, nats[1] / 2 / math.log(2), count]


one = torch.ones(1).double()
spread = petals.var(0, correction=0).diag()[None]
alone = one, petals.mean(0)[None], spread
rows = [row("independent Gaussians", alone, 4)]
for K, group in runs.items():
    *parameters, history = max(group, key=lambda run: run[3][-1])
    name = "one Gaussian" if K == 1 else f"mixture, K = {K}"
    rows.append(row(name, parameters, 6 * K - 1))
for line, expected in zip(rows, [3.07, 1.77, 1.01, 1.10]):
    assert abs(line[2] - expected) < 0.05, line
plotting.results_table(rows, [
    "model", "training nats", "held-out nats", "bits a dimension",
    "parameters",
])

# %% [markdown]
# The covariance is worth more than a nat a flower, the coin most of another, several times what chance explains with 45
# flowers. $K = 2$ and $K = 3$ are within chance of each other. After that the training part goes on gaining and the
# held-out part loses: with $K = 4$ a component has become a line through a dozen flowers, thinner than the millimetre
# to which they are rounded. The number of components is chosen on data that EM has not seen, as the pseudo-count was in
# unit 01.
#
# These are densities per cm². In millimetres every density is 100 times smaller, and every row of the table higher by
# $\log 100 \approx 4.6$ nats; the differences between rows stay. Only those mean something.
#
# **Change one number.** In the first cell of this section let EM stop earlier, at a gain of `1e-2` for `1e-6`, and look
# at the curves alone. How many runs with $K = 2$ still arrive at the higher end? On which part of their curves did they
# stop?
#
# ### No maximum at all
# *Beside the lecture*, which writes down the model and is silent on this: the likelihood of a mixture with two or more
# components has **no maximum**. Put one mean exactly on a flower whose length no other has, and let its variance $s^2$
# shrink; the other component looks after everybody else. By hand: each time $s$ falls by a factor of 100, the density
# at that point rises by the factor 100, and the mean log-likelihood of 90 flowers by $\log(100) / 90 \approx .05$.
# **Predict** the last row.

# %% tags=["demo"]
x, lines = flowers.train.x[:, 2:3].double(), []
wide = x.var(0, correction=0)
half = torch.tensor([0.5, 0.5], dtype=x.dtype)
for power in (2, 4, 6, 50, 100):
    S = torch.stack([wide, wide.new_full((1,), 10.0 ** (-2 * power))])
    means = torch.stack([x.mean(0), x[4]])
    # one dimension: the covariance is the variance
    value = log_mixture(log_normal(x, means, S[:, :, None]), half).mean()
    lines.append([f"1e-{power}", f"{value:.2f}"])
plotting.results_table(lines, ["s / cm", "mean log p(x) / nats"])

# %% [markdown]
# It goes on for ever, so what we want is a good *local* maximum. EM itself can walk into such a spike when a component
# is left with too few points, or with equal ones: these petals are rounded to the millimetre. Then the Cholesky factor
# fails. The usual guard is a **floor**, a small number added to the diagonal of each covariance in the M-step. It costs
# the guarantee: with a floor the likelihood may fall, by a little, from one step to the next.
#
# ## 6 Fewer parameters (optional)
#
# A full covariance has $n (n + 1) / 2$ numbers for each component. Here are three ways to have fewer. The M-step of
# each follows from the full $\Sigma_k$ of your M-step:
#
# - **tied**: one for all, $\Sigma = \sum_k \pi_k \Sigma_k$;
# - **diagonal**: keep the diagonal of each $\Sigma_k$, the rest is 0;
# - **spherical**: $\sigma_k^2 I$ with $\sigma_k^2$ the mean of that diagonal.
#
# **By hand.** $\Sigma_1 = \begin{pmatrix} 2 & 1 \\ 1 & 4 \end{pmatrix}$, $\Sigma_2 = \begin{pmatrix} 6 & -3 \\ -3 & 4
# \end{pmatrix}$, $\pi = (\tfrac34, \tfrac14)$. Tied: $\begin{pmatrix} 3 & 0 \\ 0 & 4 \end{pmatrix}$, twice. Spherical:
# $3 I$ and $5 I$.
#
# ### Exercise 5.8, optional: tied, diagonal, spherical (1 point)

# %% solution="restrict" withhold="latent.gaussian_mixture"
def restrict(weights, covariances, kind):
    """The covariances of a restricted mixture, from full ones.

    weights:     (K,), float: those of the same M-step.
    covariances: (K, n, n), float: the full ones.
    kind:        "tied", "diagonal" or "spherical".
    Returns (K, n, n), float, whatever the kind.
    """
    ### BEGIN SOLUTION
    if kind == "tied":
        shared = torch.einsum("k,kij->ij", weights, covariances)
        return shared.expand_as(covariances).clone()
    variances = covariances.diagonal(dim1=1, dim2=2)
    if kind == "spherical":
        mean = variances.mean(1, keepdim=True)
        variances = mean.expand_as(variances)
    return torch.diag_embed(variances)
    ### END SOLUTION


# %% test="restrict--kinds" points=1
checks.own_work(restrict, "latent.gaussian_mixture")
S = torch.tensor([[[2.0, 1.0], [1.0, 4.0]], [[6.0, -3.0], [-3.0, 4.0]]])
w = torch.tensor([0.75, 0.25])
hints = {
    "tied": "one matrix for all: the mean of Sigma_k, weighted by pi_k",
    "diagonal": "each keeps its own variances, and nothing beside them",
    "spherical": "sigma_k^2 is the mean, over dimensions, of the "
    "variances of component k, on the diagonal alone",
}
rights = {
    "tied": [[3.0, 4.0]] * 2, "diagonal": [[2.0, 4], [6, 4]],
    "spherical": [[3.0, 3], [5, 5]],
}
for kind, rows in rights.items():
    found = checks.untouched(restrict, w, S, kind)
    expected = torch.diag_embed(torch.tensor(rows))
    checks.close(found, expected, f"the {kind} covariances", hints[kind])
print("All three kinds agree with the example by hand.")
### BEGIN HIDDEN TESTS
generator = checks.generator("restrict--kinds", fresh=True)
for K, n, dtype in [(3, 2, torch.float64), (2, 4, torch.float32),
                    (1, 1, torch.float64)]:
    A = torch.randn(K, n, n, generator=generator, dtype=dtype)
    S, w = A @ A.mT, torch.rand(K, generator=generator, dtype=dtype)
    w, I = w / w.sum(), torch.eye(n, dtype=dtype)
    means = [(s * I).sum() / n for s in S]
    for kind, right in [
        ("spherical", torch.stack([v * I for v in means])),
        ("tied", torch.stack([sum(v * s for v, s in zip(w, S))] * K)),
        ("diagonal", S * I),
    ]:
        what = f"the {kind} covariances of {K} components"
        checks.close(restrict(w, S, kind), right, what, hints[kind])
### END HIDDEN TESTS

# %% [markdown]
# ## 7 gmlib's own versions, and your machine
# gmlib's `GaussianMixture` has the same two steps, a floor, and all four kinds of covariance. It is held to your checks
# on every device (0 points); two functions of yours must agree with it (1 point each); the last cell says whether yours
# run on a GPU, too.

# %% test="gmlib_gaussian_mixture--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_gaussian_mixture--devices")
    x = torch.randn(200, 3, generator=generator, dtype=torch.float64)
    x[:80] += 2.5
    x = x.to(device)
    line = GaussianMixture(1, 3, generator=generator).double().to(device)
    line.em_step(x[:, :1])
    density = lambda v: line.log_prob(v.to(device))
    checks.integrates_to_one(density, -30, 30)
    for kind in ("full", "tied", "diagonal", "spherical"):
        model = GaussianMixture(3, 2, kind, generator).double().to(device)
        curve = [model.em_step(x) for _ in range(30)]
        checks.never_falls(curve, f"the likelihood, {kind} covariances")
        r = model.responsibilities(x)
        checks.probabilities(r, (200, 2), "p(z | x)", axis=-1)
        log_p = torch.logsumexp(model.log_joint(x), 1)
        checks.close(model.log_prob(x), log_p, "log p(x)")
print("gmlib's mixture passes on every device that this machine has.")

# %% test="log_normal--gmlib" points=1
generator = checks.generator("log_normal--gmlib")
x = torch.randn(30, 4, generator=generator, dtype=torch.float64)
model = GaussianMixture(4, 3, generator=generator).double()
for _ in range(3):
    model.em_step(x, floor=0.1)
found = log_normal(x, model.means, model.covariances)
expected = model.log_joint(x) - model.weights.log()
checks.close(found, expected, "your log N(x; mu_k, Sigma_k) and gmlib's")
print("Your Gaussian agrees with gmlib's.")

# %% test="em--gmlib" points=1
generator = checks.generator("em--gmlib")
x = torch.randn(90, 2, generator=generator, dtype=torch.float64)
x[:40] += torch.tensor([4.0, 0.0])
start = (torch.full((2,), 0.5).double(), x[[5, 60]],
         torch.eye(2).double().repeat(2, 1, 1))
model = GaussianMixture(2, 2).double().set(*start)
model.fit(x, iterations=2000, tolerance=1e-10, floor=0.0, start="current")
found = checks.items(em(x, *start, 1e-10, 2000), 4, "what em returns")
fixed = [model.weights, model.means, model.covariances]
names = ["the weights", "the means", "the covariances"]
for part, right, name in zip(found, fixed, names):
    checks.close(part, right, f"{name} of your fixed point beside gmlib's",
                 "from this start EM should climb to the same maximum",
                 tolerance=1e-3)
print("Your EM and gmlib's end at the same fixed point.")

# %% test="em--devices" points=0
generator = checks.generator("em--devices")
x = torch.randn(20, 2, generator=generator)
r = torch.rand(20, 2, generator=generator)
r, w, I = r / r.sum(1, keepdim=True), r[0] / r[0].sum(), torch.eye(2)
S = torch.stack([I, 2 * I])
coin_of = w[0], w, w + 0.5
checks.same_on_devices(coin_log_joint, x[:, 0], *coin_of)
checks.same_on_devices(coin_log_marginal, x)
checks.same_on_devices(log_normal, x, x[:2], S)
checks.same_on_devices(log_mixture, x, w)
checks.same_on_devices(responsibilities, x, w)
for k in range(3):
    checks.same_on_devices(lambda *a: m_step(*a)[k], x, r, x[:2])
checks.same_on_devices(lambda *a: coin_sample(*a)[1], r[:, 0], x[:, 0],
                       *coin_of)
checks.same_on_devices(lambda *a: em(*a)[1], x, w, x[:2], S, -1, 2)
checks.same_on_devices(lambda *a: restrict(*a, "tied"), w, S)
print("Your functions run on every device that this machine has.")

# %% [markdown]
# ## Recap
#
# | idea | formula | in code |
# |---|---|---|
# | latent variable | $p(x) = \sum_z p(z)\, p(x \mid z)$ | `logsumexp` over $z$ |
# | Gaussian | $-\frac12 \lVert y \rVert^2 - \sum_i \log L_{ii} - \frac n2 \log 2 \pi$, with $L y = x - \mu$ | `cholesky`, `solve_triangular` |
# | responsibility | $p(z = k \mid x)$, rows sum to 1 | `softmax` over $k$ |
# | M-step | weighted averages, around the *new* means | `einsum` |
# | EM | E-step, M-step: the likelihood never falls | several starts, a floor |
#
# **Next.** The second notebook asks what the clusters mean: which component is which (label switching), the gradient of
# $\log p(x)$ through $z$, k-means as the limit of small variances, and mixtures for binary digits.
#
# **To read.** Dempster, Laird and Rubin (1977), *Maximum Likelihood from Incomplete Data via the EM Algorithm*; Bishop
# (2006), *Pattern Recognition and Machine Learning*, chapter 9.
