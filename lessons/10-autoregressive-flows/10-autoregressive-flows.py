# %% [markdown]
# # Unit 10: autoregressive flows
#
# Unit 02 wrote a density as a chain of conditionals, unit 09 as noise pushed through a map. Here both are the same
# thing. At the end you will be able to
#
# - turn noise into a sample of a Gaussian autoregression entry by entry, and the sample back into noise all at once;
# - say what the Jacobian of that map looks like, and read its determinant off a network's output;
# - let one masked network give all means and all scales, stack such layers, and undo the stack;
# - count what density and samples cost, and write the step that makes samples cheap;
# - train your flow on digits, and say what it gained over one Gaussian.
#
# **Time**: 90 minutes. **You need**: unit 09 (change of variables), and MADE's masks from unit 02.
# **Points**: 17, of which 2 are optional. It follows lecture 002, from *masked autoregressive flow (MAF)* on.

# %% install=True

# %% [markdown]
# All imports of this notebook, and a seed. None of your functions may change the tensors that it is given.

# %%
import math

import matplotlib.pyplot as plt
import torch
from torch.distributions import Normal

import gmlib
from gmlib import checks, data, plotting, training
from gmlib.autoregressive.made import made_degrees, made_masks
from gmlib.explore import passes as explore_passes
from gmlib.flows import dequantisation, flow, maf, transform


def new_generator(seed=0):
    return torch.Generator().manual_seed(seed)

# %% [markdown]
# ## 1 An autoregression is a flow
#
# Take the chain rule, and let every conditional be a Gaussian whose mean and width are functions of what came before:
# $x_i \sim \mathcal N\big(\mu_i(x_{1:i-1}), \sigma_i^2(x_{1:i-1})\big)$. To draw from it you would draw a standard
# normal $z_i$, scale it and shift it,
#
# $$x_i = \mu_i(x_{1:i-1}) + \sigma_i(x_{1:i-1}) \cdot z_i, \qquad z_i \sim \mathcal N(0, 1) .$$
#
# Now put the randomness aside. This is a **map** from $z$ to $x$: a flow. What a network gives is $\log \sigma_i$, the
# log of a standard deviation, which may be any real number (unit 06's $\xi$ was $\log \sigma^2$). The functions of $x$
# that give all $\mu_i$ and all $\log \sigma_i$ we call the **conditioner**: entry $i$ of its results looks at
# $x_1, \dots, x_{i-1}$ and at nothing else. The first one looks at nothing: it is a constant.
#
# **By hand.** Two variables, $\mu = (0, x_1)$ and $\sigma = (2, 2^{x_1})$. Noise $z = (\tfrac12, 3)$: first
# $x_1 = 0 + 2 \cdot \tfrac12 = 1$, and only now are $\mu_2 = 1$ and $\sigma_2 = 2$ known, so that $x_2 = 1 + 2 \cdot 3
# = 7$.
#
# In code a conditioner takes $x$, `(batch, n)`, and returns a pair of tensors of that shape. Here is the one above,
# and one of any size with random weights; `tril(-1)` keeps what stands strictly below the diagonal of a matrix.

# %%
def by_hand(x):
    """mu = (0, x_1) and log sigma = (log 2, x_1 log 2). x: (batch, 2)."""
    zero, log_2 = torch.zeros_like(x[:, 0]), math.log(2)
    mu = torch.stack([zero, x[:, 0]], 1)
    return mu, torch.stack([zero + log_2, x[:, 0] * log_2], 1)


def random_conditioner(n, generator, dtype=torch.float64):
    """mu_i and log sigma_i that depend on x_1 to x_i-1, on all of them."""
    A, C = torch.randn(2, n, n, generator=generator, dtype=dtype).tril(-1)
    a, c = torch.randn(2, n, generator=generator, dtype=dtype)
    return lambda x: (2 * torch.tanh(x @ A.T + a),
                      torch.tanh(x @ C.T + c))

# %% [markdown]
# A conditioner always takes all $n$ entries, and returns $n$ means and $n$ logs. Give it an $x$ of which only the first
# three entries are right, and the first four of its results are right: the others are numbers without a meaning, yet.
#
# ### Exercise 10.1: from noise to data (2 points)

# %% solution="ar_sample" withhold="flows.maf"
def ar_sample(z, conditioner):
    """The sample x that a Gaussian autoregression makes of the noise z.

    z: (batch, n), float. conditioner: a function of x, (batch, n), that
    returns a pair of tensors (batch, n), mu and log sigma; entry i of
    each depends on the entries of x before i, and on no others.
    Returns x, (batch, n), with x_i = mu_i(x) + sigma_i(x) z_i.
    """
    ### BEGIN SOLUTION
    x = torch.zeros_like(z)
    for i in range(z.shape[1]):
        mu, log_sigma = conditioner(x)
        x_i = mu[:, i] + log_sigma[:, i].exp() * z[:, i]
        x = torch.cat([x[:, :i], x_i[:, None], x[:, i + 1:]], 1)
    return x
    ### END SOLUTION

# %% test="ar_sample--holds" points=2
checks.own_work(ar_sample, "flows.maf")
x = checks.untouched(ar_sample, torch.tensor([[0.5, 3.0]]), by_hand)
checks.close(x, torch.tensor([[1.0, 7.0]]), "x of the example by hand",
             "x_1 first; mu_2 and sigma_2 look at x_1, not at z_1, and "
             "sigma is the exponential of what the conditioner gives")
generator = checks.generator("ar_sample--holds")
z = torch.randn(3, 4, generator=generator, dtype=torch.float64)
conditioner = random_conditioner(4, generator)
x = checks.untouched(ar_sample, z, conditioner)
checks.value(x, (3, 4), "float", "x")
mu, log_sigma = conditioner(x)
checks.close(x, mu + log_sigma.exp() * z, "x of four variables",
             "x_i = mu_i(x) + sigma_i(x) z_i has to hold for the x that "
             "you return: each entry needs those before it, so one pass "
             "is not enough")
print("x solves its own equation, entry by entry.")
### BEGIN HIDDEN TESTS
generator = checks.generator("ar_sample--holds", fresh=True)
for batch, n, dtype in [
    (1, 3, torch.float64), (5, 4, torch.float64), (2, 7, torch.float32)
]:
    z = torch.randn(batch, n, generator=generator, dtype=dtype)
    conditioner = random_conditioner(n, generator, dtype)
    x = ar_sample(z, conditioner)
    checks.value(x, (batch, n), dtype, f"x of {n} variables")
    mu, log_sigma = conditioner(x)
    checks.close(x, mu + log_sigma.exp() * z, f"x of {n} variables",
                 "x_i = mu_i(x) + sigma_i(x) z_i has to hold for the x "
                 "that you return, in every row and up to the last entry")
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** A square grid of noise, $z_1, z_2 \in [-2, 2]$, goes through the map with $\mu = (0, \tfrac12 x_1^2)$ and
# $\log \sigma = (0, \tfrac12 x_1)$. What becomes of its vertical lines, on which $z_1$ is constant? What of the
# horizontal ones?

# %% tags=["demo"]
def bent(x):
    first = x[:, :1]
    return (torch.cat([0 * first, first**2 / 2], 1),
            torch.cat([0 * first, first / 2], 1))


ticks, fine = torch.linspace(-2, 2, 9), torch.linspace(-2, 2, 60)
figure, axes = plt.subplots(1, 2, figsize=(7.6, 3.7),
                            layout="constrained")
for t in ticks:
    for line, colour in [
        (torch.stack([t.expand(60), fine], 1), "tab:blue"),
        (torch.stack([fine, t.expand(60)], 1), "0.6"),
    ]:
        axes[0].plot(*line.T, color=colour, linewidth=1)
        axes[1].plot(*ar_sample(line, bent).T, color=colour, linewidth=1)
points = torch.randn(300, 2, generator=new_generator())
axes[0].plot(*points.T, ".", color="black", markersize=2)
axes[1].plot(*ar_sample(points, bent).T, ".", color="black", markersize=2)
axes[0].set(xlabel="$z_1$", ylabel="$z_2$", title="noise",
            xlim=(-3.2, 3.2), ylim=(-3.2, 3.2))
axes[1].set(xlabel="$x_1$", ylabel="$x_2$", title="x", xlim=(-3.2, 3.2),
            ylim=(-3.5, 8.5))
plotting.picture(figure)

# %% [markdown]
# Vertical lines stay vertical and straight, and the crossings on each stay evenly spaced: given $x_1$, the map only
# scales and shifts $z_2$. Everything else may bend. That is the picture of 'each conditional is one Gaussian', and the
# second notebook asks what it rules out.
#
# **Change one number.** Let $\mu_2 = \sin 3 x_1$ in `bent`, `(3 * first).sin()` for `first**2 / 2`. Do the blue lines
# bend now?
#
# Sampling takes its time: $x_4$ waits for $x_3$. The other direction does not wait. Given a whole $x$, **one** pass of
# the conditioner gives every $\mu_i$ and $\sigma_i$, and
#
# $$z_i = \frac{x_i - \mu_i(x_{1:i-1})}{\sigma_i(x_{1:i-1})} .$$
#
# Its log-determinant (why it is that simple is the matter of section 2) is
# $\log |\det \mathbf J(f^{-1})| = - \sum_i \log \sigma_i(x_{1:i-1})$: the inverse *shrinks* where the map widens.
# **By hand**: $x = (1, 7)$ gives back $z = (\tfrac12, 3)$, with $-\log 2 - \log 2 = -\log 4$.
#
# ### Exercise 10.2: from data to noise (3 points)
# (One point is given at the end of the notebook.) One call of the conditioner, no loop. Stay in torch: section 6 trains
# through your function.

# %% solution="ar_inverse" withhold="flows.maf"
def ar_inverse(x, conditioner):
    """The noise behind x, and log |det df^-1/dx|.

    x: (batch, n), float. conditioner: x -> (mu, log sigma), (batch, n)
    each, as in exercise 10.1; it is called once.
    Returns z, (batch, n), and the log-determinant of this direction,
    (batch,), in nats.
    """
    ### BEGIN SOLUTION
    mu, log_sigma = conditioner(x)
    return (x - mu) * (-log_sigma).exp(), -log_sigma.sum(1)
    ### END SOLUTION

# %% test="ar_inverse--back" points=1
checks.own_work(ar_inverse, "flows.maf")
x = torch.tensor([[1.0, 7.0]])
z, log_det = checks.pair(checks.untouched(ar_inverse, x, by_hand), x)
checks.close(z, torch.tensor([[0.5, 3.0]]), "z of the example by hand",
             "take mu off first, then divide by sigma; all of it is "
             "conditioned on x")
checks.close(log_det, torch.tensor([-math.log(4)]), "the log-determinant "
             "of the example by hand", "it is that of x -> z, which "
             "shrinks here: minus the sum of all log sigma")
generator = checks.generator("ar_inverse--back")
x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
conditioner = random_conditioner(4, generator)
checks.differentiable(ar_inverse, x, conditioner)
checks.log_det(lambda x: ar_inverse(x, conditioner), x,
               "the log-determinant of four variables",
               "one number a row: minus the sum of its log sigma")
print("It agrees with the determinant of the whole Jacobian.")

# %% test="ar_inverse--once" points=1
# Other sizes, and how often the conditioner runs.
### BEGIN HIDDEN TESTS
generator = checks.generator("ar_inverse--once", fresh=True)
for batch, n, dtype in [
    (4, 3, torch.float64), (1, 6, torch.float64), (5, 2, torch.float32)
]:
    x = torch.randn(batch, n, generator=generator, dtype=dtype)
    conditioner, calls = random_conditioner(n, generator, dtype), []

    def counted(x, conditioner=conditioner, calls=calls):
        calls.append(len(x))
        return conditioner(x)

    z, log_det = checks.pair(ar_inverse(x, counted), x)
    mu, log_sigma = conditioner(x)
    checks.close(z, (x - mu) / log_sigma.exp(), f"z of {n} variables",
                 "(x_i - mu_i) / sigma_i, all conditioned on x", 1e-3
                 if dtype == torch.float32 else None)
    checks.close(log_det, -log_sigma.sum(1), "the log-determinant",
                 "minus the sum of all log sigma, one number a row")
    checks.require(
        calls == [batch],
        f"your function called the conditioner {len(calls)} times: all of "
        "x is known, so one call for the whole batch is enough")
### END HIDDEN TESTS

# %% [markdown]
# ## 2 The Jacobian, and what it says
#
# The lecture asks two questions. **What is the form of $\mathbf J(f^{-1})$?** $z_i$ depends on $x_1, \dots, x_i$ and on
# nothing later, so entry $(i, j)$ is 0 for $j > i$: lower triangular. **What is its determinant?** The product of the
# diagonal. On the diagonal $x_i$ appears once, in the numerator of $(x_i - \mu_i) / \sigma_i$, so
#
# $$\frac{\partial z_i}{\partial x_i} = \frac{1}{\sigma_i(x_{1:i-1})}, \qquad
# \det \mathbf J(f^{-1}) = \prod_i \frac{1}{\sigma_i(x_{1:i-1})} .$$
#
# What stands below the diagonal may be anything: the determinant does not see it. Still, it is worth writing down once.
# Let $\mu = A x$ and $\log \sigma = C x + c$ with strictly lower triangular $A$ and $C$. For $j < i$ a step in $x_j$
# moves the mean *and* the width:
#
# $$\frac{\partial z_i}{\partial x_j} = - \frac{A_{ij}}{\sigma_i} - z_i \, C_{ij} .$$
#
# **By hand.** The example of section 1 has $A_{21} = 1$, $C_{21} = \log 2$ and $c = (\log 2, 0)$. At $x = (1, 7)$
# both $\sigma$ are 2 and $z_2 = 3$, so that
# $\mathbf J = \begin{pmatrix} \tfrac12 & 0 \\ -\tfrac12 - 3 \log 2 & \tfrac12 \end{pmatrix}$ with determinant
# $\tfrac14$, and $\log \tfrac14 = - \log 4$ as before. At $x = (0, 0)$ all $z$ are 0 and $\sigma = (2, 1)$:
# $\mathbf J = \begin{pmatrix} \tfrac12 & 0 \\ -1 & 1 \end{pmatrix}$.
#
# ### Exercise 10.3: entry by entry (2 points)

# %% solution="ar_jacobian"
def ar_jacobian(x, A, C, c):
    """The Jacobian of x -> z for mu = A x and log sigma = C x + c.

    x: (batch, n), float. A, C: (n, n), strictly lower triangular.
    c: (n,).
    Returns J, (batch, n, n), with d z_i / d x_j in row i and column j,
    and log |det J|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    numerator = torch.eye(x.shape[1]).to(x) - A
    J = numerator / log_sigma.exp()[:, :, None] - z[:, :, None] * C
    return J, -log_sigma.sum(1)
    ### END SOLUTION

# %% test="ar_jacobian--autograd" points=2
A = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
x, c = torch.tensor([[1.0, 7], [0, 0]]), torch.tensor([math.log(2), 0])
found = checks.untouched(ar_jacobian, x, A, math.log(2) * A, c)
J, log_det = checks.items(found, 2, "the Jacobian and its log-determinant")
checks.value(J, (2, 2, 2), "float", "J")
slope = -0.5 - 3 * math.log(2)
right = torch.tensor([[[0.5, 0], [slope, 0.5]], [[0.5, 0], [-1, 1]]])
checks.close(J.diagonal(dim1=1, dim2=2), right.diagonal(dim1=1, dim2=2),
             "the diagonal of J by hand", "it is 1 / sigma_i, and each "
             "row of x has its own: J is that of the map from x to z")
checks.close(J[:, 0, 1], right[:, 0, 1], "d z_1 / d x_2 by hand",
             "z_1 does not know x_2: is J transposed?")
checks.close(J, right, "d z_2 / d x_1 by hand", "x_1 moves the mean and "
             "the width of x_2, both with a minus sign here; the sigma "
             "below the fraction is that of x_2")
right = -math.log(2) * torch.tensor([2.0, 1])
checks.close(log_det, right, "log |det J| by hand", "the log of a product "
             "of 1 / sigma_i, one number a row: mind the sign")
print("Lower triangular, with 1 / sigma_i on the diagonal.")
### BEGIN HIDDEN TESTS
generator = checks.generator("ar_jacobian--autograd", fresh=True)
for batch, n, dtype in [
    (2, 3, torch.float64), (4, 5, torch.float64), (1, 4, torch.float32)
]:
    A, C = torch.randn(2, n, n, generator=generator, dtype=dtype).tril(-1)
    x, c = (torch.randn(*shape, generator=generator, dtype=dtype) / 2
            for shape in [(batch, n), (n,)])
    C = C / 2
    found = ar_jacobian(x, A, C, c)
    J, log_det = checks.items(found, 2, "the pair of J and log |det J|")
    right = checks.jacobian(lambda x: (x - x @ A.T.to(x)) / (
        x @ C.T.to(x) + c.to(x)).exp(), x)
    limit = 1e-3 if dtype == torch.float32 else 1e-8
    checks.close(J, right.to(dtype), f"J of {n} variables beside "
                 "autograd's", "row i: what moves z_i; each row of x has "
                 "a Jacobian of its own", limit)
    checks.close(log_det, torch.linalg.slogdet(right).logabsdet.to(dtype),
                 "log |det J|", "the sum of the logs of its diagonal, one "
                 "number for each row of x", limit)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** Six variables. Left $\mathbf J(f^{-1})$ at some $x$, in the middle its inverse, which is the Jacobian of
# the *forward* map. Does that one have zeros, too? Right, $\mathbf J(f^{-1})$ of a layer with a slip: its $\sigma_i$
# sees $x_i$ itself, by $\tfrac12$ on the diagonal of $C$. Under each the logarithm of its determinant, and what the
# rule $-\sum_i \log \sigma_i$ (or its opposite, for the forward map) says.

# %% tags=["demo"]
A, C = torch.randn(2, 6, 6, generator=new_generator(46),
                   dtype=torch.float64).tril(-1) / 2
x = torch.randn(1, 6, generator=new_generator(1), dtype=torch.float64)
c = torch.full((6,), 0.3, dtype=torch.float64)
J, log_det = ar_jacobian(x, A, C, c)
slip = C + torch.eye(6) / 2
broken = checks.jacobian(
    lambda x: (x - x @ A.T) / (x @ slip.T + c).exp(), x)
rules = [log_det, -log_det, -(x @ slip.T + c).sum(1)]
figure, axes = plt.subplots(1, 3, figsize=(10.2, 4.3),
                            layout="constrained")
names = ["J of the inverse", "J of the forward map",
         r"inverse, $\sigma_i$ sees $x_i$"]
for axis, matrix, rule, name in zip(
    axes, [J, J.inverse(), broken], rules, names
):
    plotting.matrix(matrix[0].round(decimals=1) + 0.0, ax=axis, title=name)
    exact = torch.linalg.slogdet(matrix).logabsdet.item()
    axis.set_xlabel(f"log |det J| = {exact:.2f}\n"
                    f"the rule says {rule.item():.2f}")
plotting.picture(figure)

# %% [markdown]
# Triangular both ways: the inverse of such a matrix has the same form, with the reciprocals on its diagonal. With the
# slip it is still triangular, but the diagonal is no longer $1 / \sigma_i$ (the quotient rule makes it
# $1 / \sigma_i - z_i / 2$, which may even be negative), and the rule is wrong. No training curve would show it: the
# likelihoods would just be false.
#
# *Beside the lecture.* By now it writes $b_i$ for $\sigma_i$ (so shall we, from section 3), and the determinant as
# $\prod_i 1 / b_i(\mathbf x_{1:i})$. Its own equation has $b_i(\mathbf x_{1:i-1})$, and only that is right. And
# $\mathbf J(f^{-1}(\mathbf x))$ means the Jacobian *of* $f^{-1}$, at $\mathbf x$. Absolute values, which the change of
# variables needs in general, are idle here: every $\sigma_i$ is above 0.
#
# **Change one number.** Make the slip ten times smaller, `torch.eye(6) / 20`. Would a plot have told you? Would a
# check?
#
# Now there are two ways to the same density. Unit 02 multiplies conditionals, unit 09 changes variables:
#
# $$\log p(x) = \sum_i \log \mathcal N\big(x_i; \mu_i, \sigma_i^2\big)
# \qquad\text{and}\qquad \log p(x) = \log \mathcal N(z; 0, I) - \sum_i \log \sigma_i .$$
#
# **By hand**, at $x = (1, 7)$: the conditionals are $\log \mathcal N(1; 0, 4) = -\log 2 - \tfrac12 \log 2\pi -
# \tfrac18$ and $\log \mathcal N(7; 1, 4) = -\log 2 - \tfrac12 \log 2\pi - \tfrac{36}8$. The base has $-\log 2 \pi -
# \tfrac12 (\tfrac14 + 9)$, and $-\log 4$ makes up the rest. At $x = (1, 1)$ all is the same but for the
# $\tfrac{36}8$, which is gone.
#
# ### Exercise 10.4: one density, two ways (2 points)

# %% solution="two_densities" withhold="flows.maf"
def two_densities(x, conditioner):
    """log p(x) of an autoregression, by its conditionals and as a flow.

    x: (batch, n), float. conditioner: x -> (mu, log sigma), (batch, n)
    each; sigma is a standard deviation.
    Returns the n conditionals log p(x_i | x_1 ... x_i-1), (batch, n),
    and the density by the change of variables, (batch,), both in nats.
    """
    ### BEGIN SOLUTION
    mu, log_sigma = conditioner(x)
    conditionals = Normal(mu, log_sigma.exp()).log_prob(x)
    z = (x - mu) * (-log_sigma).exp()
    base = -0.5 * (z**2 + math.log(2 * math.pi))
    return conditionals, base.sum(1) - log_sigma.sum(1)
    ### END SOLUTION

# %% test="two_densities--equal" points=2
checks.own_work(two_densities, "flows.maf")
x = torch.tensor([[1.0, 7.0], [1.0, 1.0]])
found = checks.untouched(two_densities, x, by_hand)
conditionals, log_p = checks.items(found, 2, "the pair of results")
each = -math.log(2) - math.log(2 * math.pi) / 2
right = each - torch.tensor([[1 / 8, 36 / 8], [1 / 8, 0]])
checks.close(conditionals, right, "one of the conditionals by hand",
             "the log-density of x_i at mean mu_i and standard deviation "
             "exp(log_sigma_i)")
checks.close(log_p, right.sum(1), "the flow's log p(x) by hand",
             "the log-density of the noise at z, not at x, and the "
             "log-determinant of the direction from x to z")
generator = checks.generator("two_densities--equal")
conditioner = random_conditioner(2, generator)
checks.area_is_one(lambda x: two_densities(x, conditioner)[1], -16, 16,
                   "the flow's density")
print("Two ways, one number, and an area of 1.")
### BEGIN HIDDEN TESTS
generator = checks.generator("two_densities--equal", fresh=True)
for batch, n, dtype in [
    (3, 4, torch.float64), (6, 5, torch.float64), (1, 3, torch.float32)
]:
    x = torch.randn(batch, n, generator=generator, dtype=dtype)
    conditioner = random_conditioner(n, generator, dtype)
    found = two_densities(x, conditioner)
    conditionals, log_p = checks.items(found, 2, "the pair of results")
    mu, log_sigma = (part.double() for part in conditioner(x))
    right = -((x - mu) ** 2 / (2 * (2 * log_sigma).exp()) + log_sigma
              + math.log(2 * math.pi) / 2)
    limit = 1e-3 if dtype == torch.float32 else 1e-8
    checks.close(conditionals, right, "one of the conditionals",
                 "a Gaussian each, with its own mean and width", limit)
    checks.close(log_p, right.sum(1), "the flow's log p(x)", "the base at "
                 "z plus the log-determinant, each summed over entries",
                 limit)
### END HIDDEN TESTS

# %% [markdown]
# **Change one number.** Call your function at $x = (10, 10)$ with `by_hand`: there $z_2 = 0$, the best possible noise.
# Why is $\log p(x_2 \mid x_1)$ so far below $\log \mathcal N(0; 0, 1)$ all the same?
#
# ## 3 All of them from one network
#
# From here on we write as the lecture does for flows, $x_i = a_i(x_{1:i-1}) + b_i(x_{1:i-1}) \, z_i$. Where do $a$ and
# $b$ come from? $n$ separate networks would do. **Masked autoregressive flow (MAF)** takes one: a MADE with two outputs
# for each variable, $a_i$ and $\log b_i$, in one pass.
#
# Each hidden unit has a number $m$, as in unit 02: it sees the first $m$ variables of the order, and the output for
# place $p$ hears the units with $m < p$. *Both* outputs of a variable are outputs for its place, so both get the same
# row of the last mask. If the outputs are all $a$ and then all $\log b$, that mask stands there twice, one copy on top
# of the other.
#
# One thing is new. A sum of weights is not bounded, and $b = e^{30}$ ends a training run. So the network's raw output
# goes through a soft limit, $\log b = 5 \tanh(\text{raw} / 5)$: near 0 it does nothing, and $b$ stays between
# $e^{-5}$ and $e^5$. (gmlib's `MaskedAffine` has the same limit as an argument, `bound`; unless you say otherwise it
# is 3.)
#
# **By hand.** $n = 2$ in index order, one hidden unit with $m = 1$, which hears $x_1$ alone: with weights $(1, 7)$ and
# $x = (3, 9)$, $h = \max(0, 1 \cdot 3) = 3$. The mask of the last layer has the rows 0 and 1. Doubled, they are
# 0, 1, 0, 1, for $a_1, a_2, \log b_1, \log b_2$: only $a_2$ and $b_2$ hear $h$. With weights $(7, -2, 7, 1)$ and biases
# $(1, 0, 0, 0)$: $a = (1, -6)$ and raw $= (0, 3)$. At $x = (-2, 9)$ the unit is silent: $a = (1, 0)$, raw $= (0, 0)$.
#
# ### Exercise 10.5: the masked conditioner (3 points)
# (One point is given at the end of the notebook.) Stay in torch: section 6 trains through this function, too.

# %% solution="maf_conditioner" withhold="flows.maf"
def maf_conditioner(x, weights, biases, masks):
    """a and log b of a masked autoregressive flow, in one pass.

    x: (batch, n), float. weights: list of matrices (units out, units in),
    one a layer; the last has 2 n rows, for a_1 ... a_n, then for the raw
    log b_1 ... log b_n. biases: list of vectors (units out,).
    masks: list of bool, as made_masks gives them: each has the shape of
    its matrix, but the last has only n rows, one for each variable.
    Every layer but the last is followed by a ReLU.
    Returns a and log b = 5 tanh(raw / 5), (batch, n) each.
    """
    ### BEGIN SOLUTION
    *first, last = masks
    layers = list(zip(weights, biases, [*first, torch.cat([last, last])]))
    h = x
    for W, b, mask in layers[:-1]:
        h = torch.relu(h @ (W * mask).T + b)
    W, b, mask = layers[-1]
    a, raw = (h @ (W * mask).T + b).chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)
    ### END SOLUTION

# %% test="maf_conditioner--links" points=1
checks.own_work(maf_conditioner, "flows.maf")
given = ([torch.tensor([[1.0, 7]]), torch.tensor([[7.0], [-2], [7], [1]])],
         [torch.zeros(1), torch.tensor([1.0, 0, 0, 0])],
         made_masks([0, 1], [torch.tensor([1])]))
a, log_b = checks.items(maf_conditioner(
    torch.tensor([[3.0, 9], [-2, 9]]), *given), 2, "the pair of a, log b")
right = torch.tensor([[1.0, -6], [1, 0]])
checks.close(a, right, "a of the example by hand",
             "the first half of the outputs: weights times mask, plus "
             "bias; ReLU after each layer but the last")
right = torch.tensor([[0, 5 * math.tanh(3 / 5)], [0, 0]])
checks.close(log_b, right, "log b of the example by hand", "the other "
             "half, with the same mask, through 5 tanh(raw / 5); not yet "
             "its exponential")
generator = checks.generator("maf_conditioner--links")
x = torch.randn(30, 4, generator=generator, dtype=torch.float64)
masks = made_masks([0, 1, 2, 3], made_degrees(4, [30]))
weights, biases = (
    [torch.randn(*shape, generator=generator, dtype=torch.float64)
     for shape in shapes] for shapes in [[(30, 4), (8, 30)], [(30,), (8,)]]
)
given = weights, biases, masks
found = checks.untouched(maf_conditioner, x, *given)
a, log_b = checks.items(found, 2, "the pair of a and log b")
for part, name in [(a, "a"), (log_b, "log b")]:
    checks.value(part, (30, 4), "float", name)
checks.differentiable(maf_conditioner, x[:3], *given)
before = torch.ones(4, 4, dtype=torch.bool).tril(-1)
for k, name in enumerate(["a", "log b"]):
    checks.links_are(lambda x: maf_conditioner(x, *given)[k], x, before,
                     (f"{name} of x", "x"), "your conditioner")
print("a_i and b_i see all variables before x_i, and no others.")

# %% test="maf_conditioner--any" points=1
# Any ordering, any depth, and the values.
### BEGIN HIDDEN TESTS
generator = checks.generator("maf_conditioner--any", fresh=True)
for batch, n, hidden, dtype in [
    (2, 3, [9], torch.float64), (5, 4, [12, 7], torch.float64),
    (1, 5, [8, 8, 8], torch.float32),
]:
    order = torch.randperm(n, generator=generator).tolist()
    masks = made_masks(order, made_degrees(n, hidden))
    widths = [n, *hidden, 2 * n]
    weights, biases = (
        [torch.randn(*shape, generator=generator, dtype=dtype)
         for shape in shapes]
        for shapes in [list(zip(widths[1:], widths)),
                       [(width,) for width in widths[1:]]]
    )
    x = torch.randn(batch, n, generator=generator, dtype=dtype)
    found = checks.untouched(maf_conditioner, x, weights, biases, masks)
    a, log_b = checks.items(found, 2, "the pair of a and log b")
    h = x.double()
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = (torch.einsum("bi,oi,oi->bo", h, W.double(), mask.double())
             + b).clamp(min=0)
    V = weights[-1].double().unflatten(0, (2, n)) * masks[-1]
    out = torch.einsum("bh,pnh->pbn", h, V)
    out = out + biases[-1].unflatten(0, (2, n))[:, None]
    limit = 2e-3 if dtype == torch.float32 else 1e-8
    checks.close(a, out[0], f"a, hidden layers: {len(hidden)},", "the "
                 "first n outputs; ReLU after each layer but the last",
                 limit)
    checks.close(log_b, 5 * torch.tanh(out[1] / 5), "log b", "the other n "
                 "outputs, through 5 tanh(raw / 5) and nothing else",
                 limit)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** Six variables in the order $x_3, x_1, x_6, x_2, x_5, x_4$. Left: who is seen by $b$ (and by $a$). Right:
# who is seen by $z = (x - a) / b$. Can you read the order off the rows? Where is the triangle?

# %% tags=["demo"]
order = [2, 0, 5, 1, 4, 3]
masks = made_masks(order, made_degrees(6, [40]))
generator = new_generator(4)
weights = [torch.randn(40, 6, generator=generator).double(),
           torch.randn(12, 40, generator=generator).double() / 6]
biases = [torch.randn(40, generator=generator).double(),
          torch.zeros(12).double()]
x = torch.randn(30, 6, generator=generator, dtype=torch.float64)


def conditioner(x):
    return maf_conditioner(x, weights, biases, masks)


seen_by_b = checks.jacobian(lambda x: conditioner(x)[1], x)
seen_by_z = checks.jacobian(lambda x: ar_inverse(x, conditioner), x)
figure, axes = plt.subplots(1, 2, figsize=(6.8, 3.8), layout="constrained")
variables = [f"$x_{i + 1}$" for i in range(6)]
for axis, J, letter in zip(axes, [seen_by_b, seen_by_z], "bz"):
    plotting.matrix((J.abs() > 1e-9).any(0).double(), columns=variables,
                    rows=[f"${letter}_{i + 1}$" for i in range(6)],
                    ax=axis, title=f"what {letter} depends on")
plotting.picture(figure)

# %% [markdown]
# The variable whose row on the left has no 1 comes first ($x_3$), the one with five comes last ($x_4$). Sort rows and
# columns by the order and both become triangular, so the determinant is the product of the $1 / b_i$ whatever the order
# is.
#
# **Change one number.** Give the network a single hidden unit (`made_degrees(6, [1])`, and 1 for each 40). What is left
# of the links?
#
# ## 4 Layers, and orders between them
#
# In one layer $x_1$ is a Gaussian, whatever the network. The remedy is unit 09's: compose,
# $x = f_K(\dots f_2(f_1(z)))$, and log-determinants add. Two layers in the *same* order still make $x_1$ from $z_1$
# alone, by a constant scale and shift: a Gaussian again. So between two layers the variables change places, by a
# **permutation**: with `order` $= (1, 2, 0)$ the new first entry is the old second one, in code `h[:, order]`. It moves
# no volume: log-determinant 0.
#
# To find the density of $x$, walk back: undo $f_K$, undo the permutation before it, undo $f_{K-1}$, and so on. To
# undo a permutation is not to apply it once more, unless it is its own inverse, as a plain reversal is.
#
# **By hand.** Three variables. $f_1$ multiplies by $(2, 4, 8)$, then `order` $= (1, 2, 0)$, then $f_2$ adds
# $(0, 0, 1)$. From $z = (1, 1, 1)$: $(2, 4, 8)$, then $(4, 8, 2)$, then $x = (4, 8, 3)$. Back: $(4, 8, 2)$; the entry
# 2 belongs first again, $(2, 4, 8)$; $(1, 1, 1)$. Log-determinant of the way back: $0 + 0 - \log 64$, for every $x$.
# Another, $x = (0, 0, 1)$, leads back to $(0, 0, 0)$.
#
# ### Exercise 10.6: undo the stack (2 points)
# The layers come as functions, each in its inverse direction already.

# %% solution="stack_inverse" withhold="flows.maf"
def stack_inverse(x, inverses, orders):
    """Undo f_K, the order before it, ..., f_1: the noise behind x.

    x: (batch, n), float. inverses: list of K functions; inverses[k] takes
    what layer k has made, (batch, n), and returns a pair: what came into
    the layer, and the log-determinant of that direction, (batch,).
    orders: list of K - 1 lists of n indices; on the way from z to x,
    orders[k] stands after layer k, as h[:, orders[k]].
    Returns z, (batch, n), and log |det df^-1/dx|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    z, log_det = inverses[-1](x)
    for inverse, order in zip(inverses[-2::-1], orders[::-1]):
        z, more = inverse(z[:, torch.tensor(order).argsort()])
        log_det = log_det + more
    return z, log_det
    ### END SOLUTION

# %% test="stack_inverse--hand" points=1
checks.own_work(stack_inverse, "flows.maf")
x = torch.tensor([[4.0, 8, 3], [0, 0, 1]])
shift = torch.tensor([0.0, 0, 1])
inverses = [
    lambda h: (h / torch.tensor([2.0, 4, 8]),
               torch.full((len(h),), -math.log(64))),
    lambda h: (h - shift, torch.zeros(len(h))),
]
found = checks.untouched(stack_inverse, x, inverses, [[1, 2, 0]])
z, log_det = checks.pair(found, x)
right = torch.tensor([[1.0, 1, 1], [0, 0, 0]])
checks.close(z, right, "z of the example by hand",
             "last layer first; and an order is undone by the places that "
             "things came from, not by applying it again")
checks.close(log_det, torch.full((2,), -math.log(64)), "the log-"
             "determinant by hand", "those of the layers add, as they "
             "come, one number a row; an order adds 0")
z, log_det = checks.pair(stack_inverse(x, inverses[1:], []), x)
checks.close(z, x - shift, "z of one layer alone", "no order there")
print("From (4, 8, 3) back to (1, 1, 1).")
### BEGIN HIDDEN TESTS
generator = checks.generator("stack_inverse--hand", fresh=True)
x, (s, *_) = torch.randn(2, 3, 5, generator=generator)
order = [3, 0, 4, 1, 2]
found = checks.untouched(stack_inverse, x, [
    lambda h: (h * (-s).exp(), -s.sum().expand(len(h))),
    lambda h: (h - 1, torch.zeros(len(h)))], [order])
z, log_det = checks.pair(found, x)
checks.close(log_det, -s.sum().expand(3), "the log-determinant of five "
             "variables", "those of the layers add")
right = (x - 1)[:, [order.index(i) for i in range(5)]] * (-s).exp()
checks.close(z, right, "z of five variables", "the last layer is undone "
             "first, then the order, then the first layer")
### END HIDDEN TESTS

# %% test="stack_inverse--layers" points=1
# More layers, which scale and shift by what came before.
### BEGIN HIDDEN TESTS
generator = checks.generator("stack_inverse--layers", fresh=True)
for batch, n, layers, dtype in [
    (2, 3, 2, torch.float64), (4, 5, 3, torch.float64),
    (1, 4, 4, torch.float32),
]:
    conditioners = [random_conditioner(n, generator, dtype)
                    for _ in range(layers)]
    circle = [(1 + i) % n for i in range(n)]  # none undoes itself
    orders = [[1, 2, 0, *range(3, n)], circle, circle][:layers - 1]
    x = torch.randn(batch, n, generator=generator, dtype=dtype)

    def undo(conditioner):
        def inverse(h):
            mu, log_sigma = conditioner(h)
            return (h - mu) / log_sigma.exp(), -log_sigma.sum(1)
        return inverse

    inverses = [undo(one) for one in conditioners]
    z, log_det = checks.pair(
        checks.untouched(stack_inverse, x, inverses, orders), x)
    right, total = inverses[-1](x)
    for k in range(layers - 2, -1, -1):
        back = [orders[k].index(i) for i in range(n)]
        right, more = inverses[k](right[:, back])
        total = total + more
    limit = 5e-3 if dtype == torch.float32 else 1e-7
    checks.close(z, right, f"z behind {layers} layers", "the last layer "
                 "is undone first, and each order once, in between", limit)
    checks.close(log_det, total, f"the log-determinant of {layers} layers",
                 "the sum of those of the layers, one number a row", limit)
### END HIDDEN TESTS

# %% [markdown]
# *Beside the lecture.* Its formula for compositions is this sum as a product. It takes the forward maps, so each
# determinant has the power $-1$: $p_X(x) = p_Z(z_0) \, \big| \det \tfrac{\partial x}{\partial z_K} \big|^{-1} \prod_k
# \big| \det \tfrac{\partial z_k}{\partial z_{k-1}} \big|^{-1}$. Count the maps: $K$ from $z_0$ to $z_K$, and one more
# to $x$.
#
# **Predict.** Eight variables. Which $z_i$ depend on which $x_j$ after one layer, after two with the same order, after
# two with a reversal between them?

# %% tags=["demo"]
generator = new_generator(5)
layers = [lambda x, c=random_conditioner(8, generator): ar_inverse(x, c)
          for _ in range(2)]
x = torch.randn(20, 8, generator=generator, dtype=torch.float64) / 2
same, reverse = [0, 1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1, 0]
figure, axes = plt.subplots(1, 3, figsize=(8.6, 3.1), layout="constrained")
names = ["one layer", "two, same order", "two, reversal between"]
for axis, orders, name in zip(axes, [[], [same], [reverse]], names):
    J = checks.jacobian(lambda x: stack_inverse(
        x, layers[:len(orders) + 1], orders), x)
    plotting.matrix(
        (J.abs() > 1e-9).any(0).double(), ax=axis, numbers=False,
        title=name, xlabel="$x_1$ to $x_8$", ylabel="$z_1$ to $z_8$")
plotting.picture(figure)

# %% [markdown]
# Blue: depends. Two layers in one order are as triangular as one. With a reversal between them every $z_i$ depends on
# every $x_j$, and the matrix as a whole has no form that would help. The log of its determinant is still a sum of $2n$
# logs, since it is a product of two triangular matrices and a permutation.
#
# **Change one number.** Take `reverse = [1, 0, 2, 3, 4, 5, 6, 7]`: only two neighbours change places. How many entries
# above the diagonal does that buy?
#
# ## 5 What it costs
#
# Call one run of a layer's network on a whole batch a **pass**. What does a density cost, and what a sample?
#
# The mirror of MAF conditions on the noise instead: $x_i = a_i(z_{1:i-1}) + b_i(z_{1:i-1}) \, z_i$ is called
# **inverse autoregressive flow (IAF)**; the third notebook is about its use. Its map is as triangular, only what is
# known at the start has changed.
#
# ### Play with it
# Blue is known; yellow, in a thick frame, was found by the last pass; the lines come from what it looked at.
# **Predict, then move** *passes done*: which of the four panels are finished after one pass? What do the totals (right)
# do when you double $n$, from 4 to 8, and when you double $K$?

# %% tags=["demo"]
explore_passes.explore()

# %% [markdown]
# A row whose entries look at their own row must be filled one by one. MAF is quick where data are given (training,
# densities), IAF where noise is given (samples, and the density of its *own* samples, whose noise it knows). Neither
# layer is quick at both.
#
# ### Exercise 10.7: count (1 point)

# %% solution="count_passes"
def count_passes(n, layers):
    """How many passes a MAF takes, a pass being one run of one network.

    n: how many variables. layers: how many layers, a network each.
    Returns two whole numbers: the passes for log p(x) of a batch of any
    size, and those for a batch of samples, drawn as in exercise 10.1.
    """
    ### BEGIN SOLUTION
    return layers, n * layers
    ### END SOLUTION

# %% test="count_passes--numbers" points=1
found = checks.items(count_passes(5, 1), 2, "the two counts")
density, samples = (checks.number(one, name, integer=True) for one, name in
                    zip(found, ["the density's", "the samples'"]))
checks.close(torch.tensor(density), torch.tensor(1), "the passes for a "
             "density in one layer", "all x are known")
checks.close(torch.tensor(samples), torch.tensor(5), "the passes for "
             "samples of five variables in one layer", "one an entry")
print("One pass for a density, five for samples.")
### BEGIN HIDDEN TESTS
generator = checks.generator("count_passes--numbers", fresh=True)
sizes = torch.randint(2, 9, (3, 2), generator=generator).tolist()
for n, layers in [(a + 2 * b, b) for a, b in sizes]:
    found = checks.items(count_passes(n, layers), 2, "the two counts")
    for one, right, name in zip(found, [layers, n * layers], [
        "a density: one for each layer", "samples: each layer waits for "
        "all n entries of the one before"
    ]):
        checks.close(
            torch.tensor(checks.number(one, "a count", integer=True)),
            torch.tensor(right), f"a count at n = {n}, {layers} layers",
            f"think of {name}")
### END HIDDEN TESTS

# %% [markdown]
# Most of the work in those $n$ passes is done over and over. Step $i$ needs two outputs, not $2n$; and the hidden sums
# $W x + c$ change by one column when $x_i$ arrives. So keep them, as NADE does in unit 02:
#
# $$\text{state}_1 = c, \qquad h = \text{relu}(\text{state}_i), \qquad (a_i, \text{raw}_i) = v_i \, h + d_i, \qquad
# \text{state}_{i+1} = \text{state}_i + x_i \, w_i .$$
#
# Here $w_i$ is column $i$ of the masked $W$, and $v_i$ are the two masked rows that lead to $a_i$ and to its raw $\log
# b_i$. Some units in the state are not finished yet when step $i$ reads them; the mask gives them weight 0. All $n$
# steps together read each weight once: **the work of one pass**.
#
# **By hand.** Two hidden units, state $(1, -1)$, $w_i = (3, 4)$, $d_i = (1, 0)$, $z_i = -1$, and $v_i$ has the rows
# $(2, 5)$ and $(0, 0)$. Then $h = (1, 0)$, $a_i = 2 + 1 = 3$ and $b_i = 1$, so that $x_i = 2$, and the new state is
# $(1 + 2 \cdot 3, -1 + 2 \cdot 4) = (7, 7)$. A second row, state $(0, 0)$ and $z_i = 2$: $x_i = 1 + 2 = 3$, then
# $(9, 12)$.
#
# ### Exercise 10.8, optional: one step of a cheap sample (2 points)

# %% solution="sampling_step" withhold="flows.maf"
def sampling_step(state, z_i, w_i, v_i, d_i):
    """Draw x_i, and take it up into the sums of the hidden units.

    state: (batch, units): W x + c over the entries drawn so far.
    z_i: (batch,): the noise. w_i: (units,): from x_i to the hidden units.
    v_i: (2, units), d_i: (2,): from the hidden units, after their ReLU,
    to a_i (row 0) and to the raw log b_i (row 1). All float; log b_i =
    5 tanh(raw / 5).
    Returns x_i, (batch,), and the new state, (batch, units).
    """
    ### BEGIN SOLUTION
    a, raw = (torch.relu(state) @ v_i.T + d_i).unbind(1)
    x_i = a + (5 * torch.tanh(raw / 5)).exp() * z_i
    return x_i, state + x_i[:, None] * w_i
    ### END SOLUTION

# %% test="sampling_step--same" points=2
checks.own_work(sampling_step, "flows.maf")
given = [torch.tensor(one) for one in (
    [[1.0, -1], [0, 0]], [-1.0, 2], [3.0, 4], [[2.0, 5], [0, 0]],
    [1.0, 0])]
found = checks.untouched(sampling_step, *given)
x_i, state = checks.items(found, 2, "the pair of x_i and the new state")
checks.close(x_i, torch.tensor([2.0, 3]), "x_i of the example by hand",
             "a_i + b_i z_i, from the ReLU of the state as it came")
checks.close(state, torch.tensor([[7.0, 7], [9, 12]]), "the new state "
             "by hand", "the old sums, before any ReLU, plus x_i w_i")
print("The state has taken up x_i.")
### BEGIN HIDDEN TESTS
generator = checks.generator("sampling_step--same", fresh=True)
for batch, n, units, dtype in [
    (3, 2, 5, torch.float64), (4, 5, 9, torch.float64),
    (1, 4, 6, torch.float32),
]:
    into, out = made_masks(list(range(n)), made_degrees(n, [units]))
    W, V, c, d, z = (
        torch.randn(*shape, generator=generator, dtype=dtype)
        for shape in [(units, n), (2, n, units), (units,), (2, n),
                      (batch, n)]
    )
    W, V, state, d = W * into, V * out, c.expand(batch, units), d + 3
    for i in range(n):
        a, raw = torch.einsum("bh,ph->pb", state.clamp(min=0), V[:, i])
        a, raw = a + d[0, i], raw + d[1, i]
        right = a + (5 * torch.tanh(raw / 5)).exp() * z[:, i]
        found = checks.untouched(sampling_step, state, z[:, i], W[:, i],
                                 V[:, i], d[:, i])
        x_i, new = checks.items(found, 2, "the pair of x_i and the state")
        limit = 1e-3 if dtype == torch.float32 else 1e-8
        checks.close(x_i, right, f"x_{i + 1} of {n}", "a_i + b_i z_i with "
                     "log b_i = 5 tanh(raw / 5); ReLU before v_i", limit)
        state = state + right[:, None] * W[:, i]
        checks.close(new, state, f"the state after x_{i + 1}", "the sums "
                     "as they were, before the ReLU, plus x_i w_i", limit)
### END HIDDEN TESTS

# %% [markdown]
# Now count for real, on a layer of 64 variables and 128 hidden units with random weights. **Predict** how often the
# network runs in your `ar_inverse` and in your `ar_sample`, and how many weights are multiplied, for one vector, by
# `ar_sample` and by 64 of your steps. Do both draw the same $x$ from the same noise? (Without exercise 10.8 leave the
# cell out.)

# %% tags=["demo"]
generator, n, units = new_generator(6), 64, 128
into, out = made_masks(list(range(n)), made_degrees(n, [units]))
weights = [torch.randn(units, n, generator=generator).double() / 8,
           torch.randn(2 * n, units, generator=generator).double() / 9]
biases = [torch.zeros(units).double(), torch.zeros(2 * n).double()]
z = torch.randn(10, n, generator=generator, dtype=torch.float64)
calls = []


def counting(x):
    calls.append(1)
    return maf_conditioner(x, weights, biases, [into, out])


x, sampled = ar_sample(z, counting), len(calls)
back = ar_inverse(x, counting)[0]
W, V = weights[0] * into, (weights[1].unflatten(0, (2, n)) * out)
state, steps = biases[0].expand(10, units), []
for i in range(n):
    x_i, state = sampling_step(state, z[:, i], W[:, i], V[:, i],
                               torch.zeros(2).double())
    steps.append(x_i)
off = (torch.stack(steps, 1) - x).abs().max() / x.abs().max()
one_pass = 3 * n * units  # n into each hidden unit, then 2 n outputs
print(f"passes: {sampled} for samples, {len(calls) - sampled} back")
print(f"products: {sampled * one_pass:,} by passes, {one_pass:,} by steps")
print("the same x:", bool(off < 1e-9), bool((back - z).abs().max() < 1e-6))

# %% [markdown]
# The steps give the same numbers for a 64th of the work. With two hidden layers the same idea needs more bookkeeping
# (a unit in the second layer can be evaluated once all below it are finished); `gmlib.flows.maf` does that for any
# depth. What stays is that the steps come one after the other.
#
# **Change one number.** Take 256 hidden units. Does the ratio of the two counts change? On what does it depend?
#
# ## 6 Digits
#
# Real data: 8x8 digits with 17 grey levels, which are made continuous as in unit 09: noise fills the bins,
# $y = (x + u) / 17$, then a logit and a standardisation. Those are `transform.Sigmoid` and `transform.Affine`, walked
# backwards; `dequantisation.Dequantised` adds the noise, and the constant that brings the bound back to nats of the
# discrete image. The flow inside is **yours**: a given class holds the weights, and calls your functions.

# %% tags=["demo"]
class Layer(transform.Transform):
    def __init__(self, generator, n=64, units=128):
        super().__init__(n)
        self.masks = made_masks(list(range(n)), made_degrees(n, [units]))
        drawn = torch.rand(units, n, generator=generator)
        self.weights = torch.nn.ParameterList(
            [(2 * drawn - 1) / n**0.5, torch.zeros(2 * n, units)])
        self.biases = torch.nn.ParameterList(
            [torch.zeros(units), torch.zeros(2 * n)])

    def conditioner(self, x):
        return maf_conditioner(x, list(self.weights), list(self.biases),
                               self.masks)

    def _inverse(self, x):
        return ar_inverse(x, self.conditioner)

    def _forward(self, z):
        x = ar_sample(z, self.conditioner)
        return x, self.conditioner(x)[1].sum(1)


def digit_flow(layers, y, logit):
    generator, parts = new_generator(), []
    for _ in range(layers):
        parts += [Layer(generator),
                  transform.Permutation(list(range(64))[::-1])]
    ends = [transform.Sigmoid(64, 0.05)] if logit else []
    inside = ends[0].inverse(y)[0] if logit else y
    ends = [transform.Affine(64).standardise(inside), *ends]
    return dequantisation.Dequantised(flow.Flow(parts[:-1] + ends), 17)

# %% [markdown]
# Measured on the test digits: for each pixel its own histogram of levels; one Gaussian with a full covariance, on the
# same logits; MAF with one and with three layers; and the three layers once more without the logit, on pixels that are
# only standardised. **Predict** the order.

# %% tags=["demo"] exempt="trained numbers differ between processors"
grey = data.digits(levels=17)
y = dequantisation.dequantise(grey.train.x, 17, new_generator(1))
noise = new_generator(2)


def loss(model, x):
    return -model.elbo(x, 1, noise).mean()


models, figure = {}, plt.figure(figsize=(6.4, 3.6), layout="constrained")
axis = figure.subplots()
for layers, logit, style in [(1, True, "--"), (3, True, "-"),
                             (3, False, ":")]:
    model = digit_flow(layers, y, logit)
    history = training.fit(
        model, grey.train.x, grey.validation.x, loss=loss, epochs=30,
        batch_size=100, learning_rate=0.005, generator=new_generator(3))
    name = f"{layers} layer" if layers == 1 else f"{layers} layers"
    name += "" if logit else ", no logit"
    models[name] = model
    for part, colour in [("train", "0.6"), ("validation", "black")]:
        axis.plot(range(1, 31), getattr(history, part), style,
                  color=colour, label=f"{name}: {part}")
    assert 99 < min(history.validation) < 118, history.validation
axis.set(xlabel="epoch", ylabel="bound on - log P (nats)", ylim=(85, 135))
axis.legend(frameon=False, fontsize=8, ncol=2)
plotting.picture(figure)

# %% [markdown]
# Three layers learn faster and overfit sooner; `fit` keeps the weights of the best epoch on the validation part.
#
# The histogram gives each image an exact probability. For a density the first number is a bound, a mean over 10 draws
# of the noise: the image costs at most that much. The second is a tighter bound, by the logarithm of the *mean
# probability* over 100 draws. Last, the first number in bits a pixel (nats divided by 64 and by $\log 2$):

# %% tags=["demo"] exempt="trained numbers differ between processors"
levels = torch.nn.functional.one_hot(grey.train.x, 17).sum(0) + 1.0
shares = (levels / levels.sum(1, keepdim=True)).log()
cost = -shares[torch.arange(64), grey.test.x].sum(1).mean().item()
rows = [["17 levels, all alike", 64 * math.log(17), "exact"],
        ["a histogram for each pixel", cost, "exact"]]
squash = transform.Sigmoid(64, 0.05)
logits = squash.inverse(y)[0]
gaussian = torch.distributions.MultivariateNormal(
    logits.mean(0), logits.T.cov() + 1e-3 * torch.eye(64))


class Correlated(torch.nn.Module):
    n, sample = 64, None  # what Dequantised asks for; none is drawn here

    def log_prob(self, y):
        logits, log_det = squash.inverse(y)
        return gaussian.log_prob(logits) + log_det


compared = {"one Gaussian": dequantisation.Dequantised(Correlated(), 17)}
for name, model in models.items():
    compared[f"MAF, {name}"] = model
for (name, model), right in zip(compared.items(), [
    (109.1, 106.4), (102.6, 99.2), (100.3, 96.1), (114.7, 109.3)
]):
    with torch.no_grad():
        found = [-bound.mean().item() for bound in (
            model.elbo(grey.test.x, 10, new_generator(5)),
            model.iwae_bound(grey.test.x, 100, new_generator(5)))]
    assert max(abs(a - b) for a, b in zip(found, right)) < 2, (name, found)
    rows.append([name, *found])
plotting.results_table(
    [[*row, training.bits_per_dim(row[1], 64)] for row in rows],
    ["model", "nats an image", "tighter bound", "bits a pixel"],
)

# %% [markdown]
# By the first bound the Gaussian, which knows every correlation, comes out behind pixels that know nothing of each
# other; by the tighter one it is ahead. The gap between the two is a few nats: a close race needs the tighter one. Even
# so, all correlations together gain little over the histograms. The Gaussian's conditionals have means that are
# straight lines and widths that never change, and no pixel's own shape is one bell. In MAF with one layer each
# conditional is still a bell, but its mean and width bend with what came before, and that is worth more than the
# histograms are. Three layers, in turned orders, lift the single bell, and gain again.
#
# Without the logit more than all of it is lost. More than half of all pixels lie in the first or the last of the 17
# bins, at the rim. The logit makes these two nearly four times as wide as the middle one, so that a bell has room
# there; without it much of a bell hangs over the rim, and mass outside is lost. Hardly one image in a hundred that this
# flow draws has all its pixels inside; with the logit, whose $\alpha$ leaves a narrow strip outside, it is several.
#
# Last, samples. The batch takes $3 \cdot 64$ passes of your `ar_sample`, one behind the other. **Predict**: will they
# look like digits?

# %% tags=["demo"]
drawn = list(models.values())[1].sample(20, new_generator(7))
shown = grey.test.x[:10]
figure = plotting.images(torch.cat([shown, drawn]).double(), 10, low=0,
                         high=16, title="data, then samples")
plotting.picture(figure)

# %% [markdown]
# A few could pass for digits; most have the right strokes in the wrong company. Each pixel is drawn once, given those
# before it, and nothing repairs a bad draw afterwards. All that the flow did in this section, *your* functions did.
# With gmlib's `maf.MaskedAffine` (and `bound=5.0`) in place of `Layer` the same samples cost about as much as three
# passes.
#
# **Change one number.** Train with five layers (5 for the first 3 in the loop). Is there more to gain, or is it the
# data that run out?
#
# ## 7 gmlib's own versions, and your machine
# Locked cells: gmlib's layer is held to your checks on every device (0 points), your functions must agree with it (1
# point each), and the last cell says whether your functions also run on a GPU.

# %% test="gmlib_maf--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_maf--devices")
    order = [2, 0, 3, 1]
    layer = maf.MaskedAffine(4, (20, 20), order).to(device, torch.float64)
    checks.randomise(layer, generator, 0.3)
    z = torch.randn(5, 4, generator=generator, dtype=torch.float64)
    there = lambda z: [part.cpu() for part in layer(z.to(device))]
    back = lambda x: [part.cpu() for part in layer.inverse(x.to(device))]
    checks.inverts(there, back, z, "gmlib's layer")
    checks.log_det(there, z, "gmlib's log-determinant")
    place = torch.tensor(order).argsort()
    for k in range(2):
        checks.links_are(
            lambda x: layer.conditioner(x.to(device))[k].cpu(), z,
            place < place[:, None], ("output ", "x"), "gmlib's network")
print("gmlib's layer passes on every device that this machine has.")

# %% test="ar_inverse--gmlib" points=1
generator = checks.generator("ar_inverse--gmlib")
layer = maf.MaskedAffine(6, (16,)).double().requires_grad_(False)
checks.randomise(layer, generator, 0.4)
z = torch.randn(4, 6, generator=generator, dtype=torch.float64)
x, log_det = layer(z)
found = checks.pair(ar_inverse(x, layer.conditioner), x)
checks.close(found[0], z, "your z beside gmlib's", tolerance=1e-7)
checks.close(found[1], -log_det, "your log-determinant beside gmlib's")
print("From data to noise your layer and gmlib's agree.")

# %% test="maf_conditioner--gmlib" points=1
generator, order = checks.generator("maf_conditioner--gmlib"), [3, 0, 2, 1]
layer = maf.MaskedAffine(4, (12, 9), order, bound=5.0).double()
checks.randomise(layer, generator)
x = torch.randn(4, 4, generator=generator, dtype=torch.float64)
weights, biases = zip(*[(part.weight.detach(), part.bias.detach())
                        for part in layer.network.layers])
masks = made_masks(order, made_degrees(4, [12, 9]))
found = maf_conditioner(x, list(weights), list(biases), masks)
found = checks.items(found, 2, "the pair of a and log b")
for k, name in enumerate(["a", "log b"]):
    right = layer.conditioner(x)[k]
    checks.close(found[k], right, f"{name} beside gmlib's")
print("Your conditioner and gmlib's agree.")

# %% [markdown]
# From noise to data they should agree, too. And do your functions run where their inputs are? On a machine without a
# GPU the rest of this cell has nothing to find.

# %% test="ar_sample--devices" points=0
generator = checks.generator("ar_sample--devices")
layer = maf.MaskedAffine(4, (16,)).double().requires_grad_(False)
checks.randomise(layer, generator, 0.4)
z = torch.randn(3, 4, generator=generator, dtype=torch.float64)
checks.close(ar_sample(z, layer.conditioner), layer(z)[0],
             "your sample beside gmlib's", "the noise is the same", 1e-7)
x, c = torch.randn(3, 2, generator=generator), torch.zeros(2)
A = torch.randn(2, 2, generator=generator).tril(-1)
checks.same_on_devices(lambda x: ar_sample(x, by_hand), x)
masks = made_masks([0, 1], made_degrees(2, [3]))
for function, given in [
    (lambda x: ar_inverse(x, by_hand), (x,)),
    (lambda x: two_densities(x, by_hand), (x,)),
    (ar_jacobian, (x, A, A, c)),
    (lambda x: stack_inverse(
        x, [lambda h: (h, h[:, 0])] * 2, [[1, 0]]), (x,)),
    (maf_conditioner, (x, [x, x.T[[0, 1, 0, 1]]],
                       [x[:, 0], x.flatten()[:4]], masks)),
]:
    for k in range(2):
        checks.same_on_devices(lambda *given: function(*given)[k], *given)
print("Your functions run on every device that this machine has.")
for k in range(2):  # the optional one comes last
    checks.same_on_devices(lambda *given: sampling_step(*given)[k],
                           x, x[:, 0], c, A, c)

# %% [markdown]
# ## Recap
#
# | | from $z$ to $x$ | from $x$ to $z$ |
# |---|---|---|
# | the map | $x_i = a_i(x_{1:i-1}) + b_i(x_{1:i-1}) \, z_i$ | $z_i = (x_i - a_i) / b_i$ |
# | $\log \lvert \det \mathbf J \rvert$ | $+ \sum_i \log b_i$ | $- \sum_i \log b_i$ |
# | passes, $K$ layers | $n K$, or the work of $K$ in small steps | $K$ |
# | order between layers | `h[:, order]` | `h[:, order.argsort()]` |
#
# | what to remember | |
# |---|---|
# | triangular | $z_i$ sees $x_1$ to $x_i$; the diagonal is $1 / b_i$ only if $b_i$ does not see $x_i$ |
# | two ways, one density | product of Gaussian conditionals = base at $z$ times determinant |
# | MAF | a MADE with two outputs a variable, and the same mask for both |
# | stacks | log-determinants add; without a new order the first variable stays a Gaussian |
#
# **Next.** The second notebook asks which densities one layer cannot fit, and turns the map round: inverse
# autoregressive flow. **To read.** Papamakarios, Pavlakou and Murray (2017), *Masked Autoregressive Flow for Density
# Estimation*; Kingma and others (2016), *Improved Variational Inference with Inverse Autoregressive Flow*; Papamakarios
# and others (2021), *Normalizing Flows for Probabilistic Modeling and Inference*.
