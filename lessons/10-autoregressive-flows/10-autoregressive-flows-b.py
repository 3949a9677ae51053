# %% [markdown]
# # Unit 10, second notebook: the mirror and the limits
#
# A masked autoregressive flow, MAF, evaluates densities fast and draws slowly. Change one letter, and it is the other
# way round. But what can such a layer fit at all? At the end you will be able to
#
# - draw from an inverse autoregressive flow in one pass, with the density of what you drew;
# - turn one kind of layer into the other, and say which of the two you need;
# - look at the conditionals of a flow, and tell one layer from several;
# - say in nats what the best single layer misses, before anything is trained;
# - keep a deep flow trainable by normalisation, and say what that does to its density.
#
# **Time**: 90 minutes. **You need**: the first notebook of this unit. **Points**: 21, of which 2 are optional.
# It follows lecture 002, *masked autoregressive flow* and *compositions*.

# %% install=True

# %% [markdown]
# All imports of this notebook, and a seed. None of your functions may change the tensors that it is given.

# %%
import math

import matplotlib.pyplot as plt
import torch
from torch.distributions import MultivariateNormal

import gmlib
from gmlib import checks, data, plotting, training
from gmlib.explore import layers as layers_explorer
from gmlib.flows import flow, iaf, maf, normalisation


def new_generator(seed=0):
    return torch.Generator().manual_seed(seed)

# %% [markdown]
# ## 1 One letter changed
#
# A layer of MAF is $x_i = a_i(x_{1:i-1}) + b_i(x_{1:i-1}) \, z_i$. Let the conditioner look at the **noise** instead:
#
# $$x_i = a_i(z_{1:i-1}) + b_i(z_{1:i-1}) \, z_i , \qquad
# \log \left| \det \frac{\partial x}{\partial z} \right| = \sum_i \log b_i(z_{1:i-1}) .$$
#
# That is a layer of **inverse autoregressive flow**, IAF. All of $z$ is there from the start, so one pass of the
# conditioner gives every $a_i$ and $b_i$, and the whole $x$. The Jacobian is lower triangular as before ($x_i$ depends
# on $z_1$ to $z_i$), with $b_i$ on its diagonal.
#
# A conditioner is, as in the first notebook, a function that returns the pair $a$ and $\log b$, entry $i$ of each
# looking at what stands before $i$. Here are one for a calculation by hand and one of any size.

# %%
def by_hand(u):
    """a = (0, u_1) and log b = (log 2, u_1 log 2). u: (batch, 2)."""
    zero, log_2 = torch.zeros_like(u[:, 0]), math.log(2)
    a = torch.stack([zero, u[:, 0]], 1)
    return a, torch.stack([zero + log_2, u[:, 0] * log_2], 1)


def random_conditioner(n, generator, dtype=torch.float64):
    """a_i and log b_i that depend on u_1 to u_i-1, on all of them."""
    A, C = torch.randn(2, n, n, generator=generator, dtype=dtype).tril(-1)
    a, c = torch.randn(2, n, generator=generator, dtype=dtype)
    return lambda u: (torch.tanh(u @ A.T + a),
                      torch.tanh(u @ C.T / 2 + c))

# %% [markdown]
# **By hand**, with the first of them and $z = (1, 3)$: $x_1 = 0 + 2 \cdot 1 = 2$. For $x_2$ the conditioner looks at
# $z_1 = 1$, not at $x_1 = 2$: $a_2 = 1$, $b_2 = 2^1$, so $x_2 = 1 + 2 \cdot 3 = 7$. The log-determinant is
# $\log 2 + \log 2 = \log 4$. (A MAF layer would have made $x_2 = 2 + 4 \cdot 3 = 14$ of the same noise.)
#
# ### Exercise 10.9: all at once (3 points)
# One call of the conditioner. (One of the points is given at the end of the notebook.)

# %% solution="iaf" withhold="flows.iaf"
def iaf_forward(z, conditioner):
    """One layer of inverse autoregressive flow, from noise to data.

    z: (batch, n), float. conditioner: a function of (batch, n) that
    returns a and log b, (batch, n) each; entry i of them depends on the
    entries before i of what it is given. It is called once.
    Returns x, (batch, n), and log |det dx/dz|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    a, log_b = conditioner(z)
    return a + log_b.exp() * z, log_b.sum(1)
    ### END SOLUTION

# %% test="iaf--jacobian" points=2
checks.own_work(iaf_forward, "flows.iaf")
z = torch.tensor([[1.0, 3.0]])
x, log_det = checks.pair(checks.untouched(iaf_forward, z, by_hand), z)
checks.close(x, torch.tensor([[2.0, 7.0]]), "x of the example by hand",
             "the conditioner looks at z, not at x, and gives log b")
checks.close(log_det, torch.tensor([math.log(4)]), "the log-determinant "
             "of the example by hand", "plus the sum of log b at z: "
             "this direction stretches where b is above 1")
generator = checks.generator("iaf--jacobian")
conditioner = random_conditioner(4, generator)
z = torch.randn(3, 4, generator=generator, dtype=torch.float64)
checks.log_det(lambda z: iaf_forward(z, conditioner), z,
               "the log-determinant of four variables",
               "one number a row: the sum of its log b")
print("It agrees with the determinant of the whole Jacobian.")
### BEGIN HIDDEN TESTS
generator = checks.generator("iaf--jacobian", fresh=True)
for batch, n, dtype in [
    (4, 6, torch.float64), (1, 3, torch.float64), (5, 2, torch.float32)
]:
    z = torch.randn(batch, n, generator=generator, dtype=dtype)
    conditioner, calls = random_conditioner(n, generator, dtype), []

    def counted(u, conditioner=conditioner, calls=calls):
        calls.append(len(u))
        return conditioner(u)

    x, log_det = checks.pair(iaf_forward(z, counted), z)
    a, log_b = conditioner(z)
    checks.close(x, a + log_b.exp() * z, f"x of {n} variables",
                 "a_i + b_i z_i, all conditioned on z")
    checks.close(log_det, log_b.sum(1), f"the log-determinant of {n} "
                 "variables", "the sum of log b, one number a row")
    checks.require(calls == [batch], "your function called the "
                   f"conditioner {len(calls)} times: all of z is known, "
                   "so one call for the whole batch is enough")
### END HIDDEN TESTS

# %% [markdown]
# Now backwards. Given $x$, $z_1 = (x_1 - a_1) / b_1$ is there at once; only then are $a_2$ and $b_2$ known, and $z_2$;
# and so on: $n$ passes. **By hand**: $x = (2, 7)$ gives $z_1 = 1$, then $a_2 = 1$ and $b_2 = 2$, so $z_2 = 3$, and the
# log-determinant of this direction is $-\log 4$.
#
# ### Exercise 10.10: one after the other (2 points)
# A conditioner that is given a $z$ whose first $i$ entries are right returns $i + 1$ right entries. Call it at most
# $n + 1$ times.

# %% solution="iaf_inverse" withhold="flows.iaf"
def iaf_inverse(x, conditioner):
    """The noise behind x in a layer of inverse autoregressive flow.

    x: (batch, n), float. conditioner: as in exercise 10.9, a function
    of the noise; called at most n + 1 times.
    Returns z, (batch, n), and log |det dz/dx|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    z = torch.zeros_like(x)
    for _ in range(x.shape[1]):  # each pass puts one more entry right
        a, log_b = conditioner(z)
        z = (x - a) * (-log_b).exp()
    return z, -log_b.sum(1)
    ### END SOLUTION

# %% test="iaf_inverse--back" points=2
checks.own_work(iaf_inverse, "flows.iaf")
x = torch.tensor([[2.0, 7.0]])
z, log_det = checks.pair(checks.untouched(iaf_inverse, x, by_hand), x)
checks.close(z, torch.tensor([[1.0, 3.0]]), "z of the example by hand",
             "the conditioner wants the noise, which you know only up to "
             "the entry that you have reached")
checks.close(log_det, torch.tensor([-math.log(4)]), "the log-determinant "
             "of the example by hand", "that of x -> z: minus the sum of "
             "log b at the z that you found")
print("Noise, data, and the same noise again.")
### BEGIN HIDDEN TESTS
generator = checks.generator("iaf_inverse--back", fresh=True)
for batch, n, dtype in [
    (4, 6, torch.float64), (1, 3, torch.float64), (5, 4, torch.float32)
]:
    z = torch.randn(batch, n, generator=generator, dtype=dtype)
    conditioner, calls = random_conditioner(n, generator, dtype), []
    a, log_b = conditioner(z)

    def counted(u, conditioner=conditioner, calls=calls):
        calls.append(1)
        return conditioner(u)

    found = checks.pair(iaf_inverse(a + log_b.exp() * z, counted), z)
    limit = 5e-3 if dtype == torch.float32 else 1e-8  # n divisions by b
    checks.close(found[0], z, f"z of {n} variables", "one pass finds one "
                 "more entry: is the last one found, too?", limit)
    checks.close(found[1], -log_b.sum(1), f"the log-determinant of {n} "
                 "variables", "minus the sum of log b at the right z, one "
                 "number a row", limit)
    checks.require(len(calls) <= n + 1, "your function called the "
                   f"conditioner {len(calls)} times for {n} variables: "
                   "each call can finish one entry for the whole batch")
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** Start with a wrong $z$, all zeros, and go round: $z \leftarrow (x - a(z)) / b(z)$. After pass $k$ the
# first $k$ entries are right for certain. Are the others getting closer meanwhile? (Ten variables, the largest error
# over 200 rows; white is at most $10^{-9}$.)

# %% tags=["demo"]
generator = new_generator(1)
conditioner = random_conditioner(10, generator)
target = torch.randn(200, 10, generator=generator, dtype=torch.float64)
x, z, errors = iaf_forward(target, conditioner)[0], 0 * target, []
for _ in range(11):
    errors.append((z - target).abs().max(0).values)
    a, log_b = conditioner(z)
    z = (x - a) * (-log_b).exp()
figure, axis = plt.subplots(figsize=(5.4, 3.4), layout="constrained")
shade = torch.stack(errors).clamp(min=1e-9).log10()
mesh = axis.pcolormesh(range(1, 11), range(11), shade, cmap="Greys",
                       edgecolors="0.8", linewidth=0.5)
figure.colorbar(mesh, label="log10 of the largest error")
axis.set(xlabel="entry of z", ylabel="passes done", xticks=range(1, 11),
         yticks=range(0, 11, 2))
axis.invert_yaxis()
plotting.picture(figure)

# %% [markdown]
# A staircase. Entry $i$ is right after $i$ passes: that is a law of triangular maps. One pass earlier it may be near
# (the grey cells), since all that it depends on is then right but for the last entry before it. Further right nothing
# has improved: errors of early entries are even blown up in late ones. Fewer passes would do only for a conditioner
# that hardly listens.
#
# **Change one number.** Let it listen less: divide both results of `conditioner` by 10 before the map is built
# (`listens = random_conditioner(10, generator)`, then `conditioner = lambda u: [v / 10 for v in listens(u)]`). After
# how many passes is every error below $10^{-4}$?
#
# ## 2 The mirror
#
# Read the inverse of an IAF layer as a map that takes $x$ in and gives $z$ out:
#
# $$z_i = \frac{x_i - a_i(z_{1:i-1})}{b_i(z_{1:i-1})} = a'_i(z_{1:i-1}) + b'_i(z_{1:i-1}) \, x_i .$$
#
# What is given out is what the conditioner looks at: that is a layer of **MAF**, with $x$ in the part of the noise.
# The inverse of an IAF layer is a MAF layer, and the other way round. Nothing was gained or lost, the cost only moved:
#
# | | density of given data | a sample, with its density |
# |---|---|---|
# | MAF | 1 pass | $n$ passes |
# | IAF | $n$ passes | 1 pass |
#
# As *sets of maps* the two are even the same, if a conditioner may be any function: in a MAF layer $x_{1:i-1}$ is itself
# a function of $z_{1:i-1}$, so $a_i(x_{1:i-1})$ can be written as a function of $z_{1:i-1}$. A network of a given size
# will find one of the two easier.
#
# **By hand.** In the example $a = (0, 1)$ and $b = (2, 2)$, so $a' = (0, -\tfrac12)$ and $b' = (\tfrac12, \tfrac12)$.
# Indeed $z_2 = -\tfrac12 + \tfrac12 \cdot 7 = 3$.
#
# ### Exercise 10.11: turn the layer round (2 points)

# %% solution="mirror" withhold="flows.iaf"
def mirror(a, log_b):
    """What the conditioner of the mirrored layer returns.

    a, log_b: (batch, n), float: a_i and log b_i of an IAF layer,
    x_i = a_i + b_i z_i.
    Returns a' and log b', (batch, n) each, of the MAF layer that undoes
    it: z_i = a'_i + b'_i x_i.
    """
    ### BEGIN SOLUTION
    return -a * (-log_b).exp(), -log_b
    ### END SOLUTION

# %% test="mirror--undoes" points=2
checks.own_work(mirror, "flows.iaf")
a, log_b = by_hand(torch.tensor([[1.0, 3.0]]))
found = checks.untouched(mirror, a, log_b)
found = checks.items(found, 2, "the pair of a' and log b'")
checks.close(found[1], torch.full((1, 2), -math.log(2)), "log b' by hand",
             "b' is what stands before x_i; its logarithm is asked for")
checks.close(found[0], torch.tensor([[0.0, -0.5]]), "a' by hand",
             "solve x_i = a_i + b_i z_i for z_i: a_i gets divided, too")
print("Solved for z: a layer of the other kind.")
### BEGIN HIDDEN TESTS
generator = checks.generator("mirror--undoes", fresh=True)
for batch, n, dtype in [
    (3, 4, torch.float64), (1, 5, torch.float64), (4, 2, torch.float32)
]:
    z = torch.randn(batch, n, generator=generator, dtype=dtype)
    a, log_b = torch.randn(2, batch, n, generator=generator, dtype=dtype)
    found = checks.items(mirror(a, log_b), 2, "the pair of a' and log b'")
    for part, name in zip(found, ["a'", "log b'"]):
        checks.value(part, (batch, n), "float", name)
    limit = 2e-3 if dtype == torch.float32 else 1e-8
    for move in [0, 1]:
        x = a + log_b.exp() * (z + move)
        checks.close(found[0] + found[1].exp() * x, z + move,
                     f"a' + b' x with {n} variables", "it should give "
                     "back z, whatever z is", limit)
### END HIDDEN TESTS

# %% [markdown]
# An IAF is made for a use in which nobody hands you data: the approximate posterior of an ELBO (the third notebook).
# There one draws, and needs $\log q$ of exactly what was drawn. Do not go back for it: **keep the $z$** that you came
# from,
#
# $$\log q(x) = \log \mathcal N(z; 0, I) - \log \left| \det \frac{\partial x}{\partial z} \right| .$$
#
# **By hand**: $z = (1, 3)$ has $\log \mathcal N = -\tfrac12 (1 + 9) - \log 2\pi$, so
# $\log q\big((2, 7)\big) = -5 - \log 2\pi - \log 4$.
#
# ### Exercise 10.12, optional: draws that know their density (2 points)

# %% solution="iaf_density" withhold="flows.iaf"
def iaf_density(z, conditioner):
    """The x that an IAF layer makes of noise, and its log-density.

    z: (batch, n), float: draws from N(0, I). conditioner: as in exercise
    10.9; called once.
    Returns x, (batch, n), and log q(x), (batch,), in nats.
    """
    ### BEGIN SOLUTION
    x, log_det = iaf_forward(z, conditioner)
    log_n = -(z**2).sum(1) / 2 - z.shape[1] * math.log(2 * math.pi) / 2
    return x, log_n - log_det
    ### END SOLUTION

# %% test="iaf_density--once" points=2
checks.own_work(iaf_density, "flows.iaf")
z = torch.tensor([[1.0, 3.0]])
x, log_q = checks.items(
    checks.untouched(iaf_density, z, by_hand), 2, "the pair of x and log q"
)
checks.close(x, torch.tensor([[2.0, 7.0]]), "x of the example by hand")
checks.close(log_q, torch.tensor([-5 - math.log(8 * math.pi)]), "log q(x) "
             "of the example by hand", "log N at the noise z, with its "
             "constant, minus the log-determinant of z -> x")
print("One pass for the draw and its density.")
### BEGIN HIDDEN TESTS
generator = checks.generator("iaf_density--once", fresh=True)
for batch, n, dtype in [
    (4, 3, torch.float64), (1, 5, torch.float64), (6, 2, torch.float32)
]:
    z = torch.randn(batch, n, generator=generator, dtype=dtype)
    conditioner, calls = random_conditioner(n, generator, dtype), []

    def counted(u, conditioner=conditioner, calls=calls):
        calls.append(1)
        return conditioner(u)

    found = checks.items(iaf_density(z, counted), 2, "x and log q")
    a, log_b = conditioner(z)
    normal = torch.distributions.Normal(a, log_b.exp())
    checks.close(found[1], normal.log_prob(a + log_b.exp() * z).sum(1),
                 f"log q of {n} variables", "log N at the noise, summed "
                 "over its entries, minus the sum of log b")
    checks.close(found[0], a + log_b.exp() * z, f"x of {n} variables")
    checks.require(len(calls) == 1, "your function called the conditioner "
                   f"{len(calls)} times: one call gives x and log b, and "
                   "you know z, do not look for it")
### END HIDDEN TESTS

# %% [markdown]
# And if somebody does hand you data? Then $\log q$ costs your `iaf_inverse`. That is why hardly anyone trains an IAF by
# maximum likelihood, and why a MAF, which is trained that way in one pass, is slow as a posterior.
#
# ## 3 What one layer can be
#
# Look at one MAF layer again: given $x_{1:i-1}$, $x_i$ is $a_i + b_i z_i$ with a standard normal $z_i$. So **every
# conditional of one layer is a single Gaussian**, however deep the network in its conditioner, and $p(x_1)$ is one, too.
# (By the remark on sets of maps, that holds for an IAF layer as well.) Stack a second layer with another order, and the
# conditionals of what comes out need not be Gaussian any more.
#
# ### Play with it
# Left a density; in the middle the flow nearest to it; right one slice through both, the conditional of who comes
# second. One layer is drawn at its best, several are trained when you first ask (a few seconds). **Predict, then
# move.** For the *ring* and one layer: what is the slice at 0, at 1.75? For the *crescent*: which order needs one layer
# only, and what does the other order miss? What do two and four layers change?

# %% tags=["demo"]
layers_explorer.explore()

# %% [markdown]
# With one layer each slice is one Gaussian, as wide as both humps together. More layers begin to leave the middle empty,
# but never altogether: an invertible map of the whole plane has to put something into the hole.
#
# How can you *see* that a conditional is no Gaussian? Evaluate $\log p(x_1, x_2)$ along a line of values of $x_2$,
# normalise, and take moments. Beside mean and variance $v$ take the **excess kurtosis**,
# $\mathbb E[(x - \mathbb E x)^4] / v^2 - 3$: it is 0 for every Gaussian and below 0 for two equal humps.
#
# Here are the log-densities of two flows in the plane, written out. The first is one layer, $x_1 = z_1$,
# $x_2 = \sin 2x_1 + e^{x_1 / 2} z_2$. The second has two layers: $u_1 = z_1$, $u_2 = \tfrac12 z_1 + z_2$, and then,
# in the other order, $x_2 = u_2$, $x_1 = \tfrac12 u_1 + x_2^2 - 1$.

# %%
def log_normal(z):
    """log N(z; 0, I). z: (batch, 2)."""
    return -(z**2).sum(1) / 2 - math.log(2 * math.pi)


def one_layer(x):
    z_2 = (x[:, 1] - torch.sin(2 * x[:, 0])) * torch.exp(-x[:, 0] / 2)
    return log_normal(torch.stack([x[:, 0], z_2], 1)) - x[:, 0] / 2


def two_layers(x):
    u_1 = 2 * (x[:, 0] - x[:, 1] ** 2 + 1)
    z_2 = x[:, 1] - u_1 / 2
    return log_normal(torch.stack([u_1, z_2], 1)) + math.log(2)


def on_grid(log_density, x_1, x_2):
    """log p at each pair: (len(x_1), len(x_2))."""
    both = torch.cartesian_prod(x_1, x_2)
    return log_density(both).reshape(len(x_1), len(x_2))

# %% [markdown]
# **By hand.** Three values $x_2 = (-1, 0, 1)$, and $p(x_1, x_2)$ proportional to $(1, 2, 1)$ there: normalised
# $(\tfrac14, \tfrac12, \tfrac14)$, mean 0, variance $\tfrac12$, fourth moment $\tfrac12$, and so an excess kurtosis of
# $\tfrac12 / \tfrac14 - 3 = -1$.
#
# ### Exercise 10.13: a slice and its shape (2 points)
# Normalise each row by itself, on the log scale: far out $\log p$ may be $-2000$ all along the line.

# %% solution="slices"
def slice_moments(log_p, x_2):
    """Mean, variance and excess kurtosis of p(x_2 | x_1), row by row.

    log_p: (rows, points), float: log p(x_1, x_2), up to a constant of
    each row, which may be below -1000. One x_1 a row, one x_2 a column.
    x_2: (points,), float: equally spaced.
    Returns three tensors (rows,): sums over the points stand for the
    integrals.
    """
    ### BEGIN SOLUTION
    w = log_p.softmax(1)
    mean = (w * x_2).sum(1)
    away = x_2 - mean[:, None]
    variance = (w * away**2).sum(1)
    return mean, variance, (w * away**4).sum(1) / variance**2 - 3
    ### END SOLUTION

# %% test="slices--moments" points=2
names = ["the mean", "the variance", "the excess kurtosis"]
hints = ["normalise each row by itself, on the log scale",
         "the mean squared distance from the mean of the slice",
         "fourth moment about the mean over the variance squared, less 3"]
hand = torch.tensor([1.0, 2.0, 1.0]).double().log().repeat(2, 1)
hand[1], three = hand[1] - 2000, torch.tensor([4.0, 5.0, 6.0]).double()
x_1 = torch.linspace(-1, 1, 5, dtype=torch.float64)
x_2 = torch.linspace(-12, 12, 481, dtype=torch.float64)
for log_p, x, right, what in [
    (hand, three, [5, 0.5, -1], "by hand, moved by 5,"),
    (on_grid(one_layer, x_1, x_2), x_2,
     [torch.sin(2 * x_1), torch.exp(x_1), 0], "of one layer"),
]:
    found = checks.untouched(slice_moments, log_p, x)
    found = checks.items(found, 3, "the three moments")
    for one, aim, name, hint in zip(found, right, names, hints):
        checks.close(one, aim + 0 * log_p[:, 0], f"{name} {what}", hint,
                     1e-6)
found = slice_moments(on_grid(two_layers, x_1, x_2), x_2)[2]
checks.at_most(found[-1], -1, "the excess kurtosis of two layers")
print("One layer: 0 in every slice. Two layers: far from it.")
### BEGIN HIDDEN TESTS
generator = checks.generator("slices--moments", fresh=True)
for rows, points, dtype in [
    (4, 33, torch.float64), (1, 40, torch.float64), (3, 21, torch.float32)
]:
    x_2 = torch.linspace(-2, 3, points, dtype=dtype)
    log_p = torch.randn(rows, points, generator=generator, dtype=dtype)
    w = (log_p - log_p.logsumexp(1, keepdim=True)).exp()
    m = [(w * x_2**k).sum(1) for k in range(5)]
    v = m[2] - m[1] ** 2
    k4 = m[4] - 4 * m[1] * m[3] + 6 * m[1] ** 2 * m[2] - 3 * m[1] ** 4
    found = slice_moments(log_p - 1500 * (dtype == torch.float64), x_2)
    for one, right, name, hint in zip(
        checks.items(found, 3, "the three moments"),
        [m[1], v, k4 / v**2 - 3], names, hints,
    ):
        checks.close(one, right, f"{name} of {rows} slices", hint,
                     2e-3 if dtype == torch.float32 else 1e-8)
### END HIDDEN TESTS

# %% [markdown]
# **Predict** the shapes: above the two densities with three lines, below the slices along these lines, with *your*
# mean and variance turned into a Gaussian (dashed). Where will dashed and full lines differ?

# %% tags=["demo"]
x_2 = torch.linspace(-12, 12, 961, dtype=torch.float64)
figure, axes = plt.subplots(2, 2, figsize=(8.4, 6), layout="constrained",
                            height_ratios=[1.2, 1])
for k, (log_density, name) in enumerate(
    [(one_layer, "one layer"), (two_layers, "two layers")]
):
    whole = on_grid(log_density, x_2, x_2).exp()
    axes[0, k].contourf(x_2, x_2, whole.T, levels=9, cmap="Greys")
    axes[0, k].set(title=name, xlim=(-2.5, 3.5), ylim=(-3.2, 3.2),
                   xlabel="$x_1$", ylabel="$x_2$")
    at = torch.tensor([-1.0, 0.0, 1.5], dtype=torch.float64)
    log_p = on_grid(log_density, at, x_2)
    mean, variance, excess = slice_moments(log_p, x_2)
    excess = [round(e.item(), 1) + 0.0 for e in excess]  # no -0.0
    for i, colour in enumerate(["tab:blue", "tab:orange", "black"]):
        axes[0, k].axvline(at[i], color=colour)
        normal = torch.distributions.Normal(mean[i], variance[i].sqrt())
        axes[1, k].plot(x_2, log_p[i].softmax(0) / 0.025, color=colour,
                        label=f"{at[i]:g}: {excess[i]}")
        axes[1, k].plot(x_2, normal.log_prob(x_2).exp(), "--",
                        color=colour)
    axes[1, k].legend(title="$x_1$: excess kurtosis", frameon=False,
                      fontsize=8, loc="upper right")
    axes[1, k].set(xlabel="$x_2$", ylabel="$p(x_2 \\mid x_1)$",
                   xlim=(-4, 6))
plotting.picture(figure)

# %% [markdown]
# For one layer the dashed curves disappear under the full ones. Two layers make a slice with a flat top and two with two
# humps, although both layers are built from nothing but Gaussians, scales and shifts:
# $p(x_2 \mid x_1) \propto p(x_2) \, p(x_1 \mid x_2)$, and only the factors on the right are Gaussian.
#
# **Change one number.** Write `3.0` for `1.5` in `at`. Where do you expect the two humps of the second flow? (They sit
# near the parabola $x_1 = x_2^2 - 1$.) The first flow now shows an excess kurtosis that is not 0: has its slice lost its
# shape, or does the grid from $-12$ to $12$ end too early for a standard deviation of $e^{1.5}$?
#
# ## 4 The price of one layer, before training
#
# How near can one layer come to a density $p$? Its density is $q(x_1) \, q(x_2 \mid x_1)$ with Gaussians whose mean and
# variance, for each $x_1$, are free. By the chain rule of unit 01
#
# $$\text{KL}(p, q) = \text{KL}\big(p(x_1), q(x_1)\big)
# + \mathbb E_{p(x_1)} \, \text{KL}\big(p(x_2 \mid x_1), q(x_2 \mid x_1)\big) ,$$
#
# and each term can be made smallest by itself. Among all Gaussians the one nearest to a density $r$ has its mean and
# its variance: then $\text{KL}(r, \mathcal N)$ is
# $\mathbb E_r[\log r(x) - \log \mathcal N(x; \mathbb E x, \text{Var}\, x)]$, the **distance to a Gaussian**,
# 0 only for a Gaussian itself.
#
# On a grid with spacing $h$ the probabilities of the points are $w$, the density is $w / h$, and expectations are sums
# with weights $w$. **By hand.** Two points, $\pm 1$, equally probable: $h = 2$, density $\tfrac14$, mean 0, variance 1,
# $\log \mathcal N(\pm 1) = -\tfrac12 - \tfrac12 \log 2 \pi$. The distance is
# $\log \tfrac14 + \tfrac12 + \tfrac12 \log 2\pi = 0.0326$.
#
# ### Exercise 10.14: how far from a Gaussian? (2 points)

# %% solution="gaussian_gap"
def gaussian_gap(log_p, x):
    """KL(p, N) of densities and the nearest Gaussian, in nats.

    log_p: (rows, points), float: a log-density a row, up to a constant
    of the row; it may be below -1000.
    x: (points,), float: equally spaced; sums stand for the integrals.
    Returns (rows,): N has the mean and the variance of its row.
    """
    ### BEGIN SOLUTION
    log_w = log_p.log_softmax(1)
    w, h = log_w.exp(), x[1] - x[0]
    mean = (w * x).sum(1, keepdim=True)
    variance = (w * (x - mean) ** 2).sum(1, keepdim=True)
    log_n = -((x - mean) ** 2) / variance - (2 * math.pi * variance).log()
    return (w * (log_w - h.log() - log_n / 2)).sum(1)
    ### END SOLUTION

# %% test="gaussian_gap--zero" points=2
two = torch.tensor([-1.0, 1.0], dtype=torch.float64)
found = checks.untouched(gaussian_gap, 0 * two[None] - 3, two)
right = math.log(1 / 4) + 0.5 + 0.5 * math.log(2 * math.pi)
checks.close(found, torch.tensor([right]).double(), "the gap of the "
             "example by hand", "normalise; the density is w / h; and the "
             "average is over p")
x = torch.linspace(-10, 10, 801, dtype=torch.float64)
s = torch.tensor([[0.5], [1.0], [1.2]], dtype=torch.float64)
found = gaussian_gap(-(((x - s) / s) ** 2) / 2, x)
checks.close(found, 0 * s[:, 0], "the gap of three Gaussians",
             "normalise row by row; a Gaussian is its own nearest "
             "Gaussian, whatever its mean and width", 1e-6)
humps = lambda x: torch.logaddexp(-2 * (x - 1) ** 2, -2 * (x + 1) ** 2)
narrow, wide = (gaussian_gap(humps(x / s)[None], x) for s in [0.5, 2])
checks.close(narrow, wide, "the gap of two humps, four times as large",
             "it should not depend on the unit of x", 1e-6)
print("Zero for Gaussians of any width, and it has no unit.")
### BEGIN HIDDEN TESTS
generator = checks.generator("gaussian_gap--zero", fresh=True)
for rows, points, dtype in [
    (2, 30, torch.float64), (3, 41, torch.float64), (1, 25, torch.float32)
]:
    x = 2 * torch.linspace(-1, 1.5, points, dtype=dtype)
    log_p = 2 * torch.randn(rows, points, generator=generator, dtype=dtype)
    right = []
    for row in log_p:
        w = (row - row.logsumexp(0)).exp()
        mean = (w * x).sum()
        var = (w * x**2).sum() - mean**2
        entropy = -(w * (w / (x[1] - x[0])).log()).sum()
        right.append((2 * math.pi * math.e * var).log() / 2 - entropy)
    found = gaussian_gap(log_p - 1500 * (dtype == torch.float64), x)
    checks.close(found, torch.stack(right), f"the gap of {rows} densities",
                 "the mean over p of log p - log N, row by row",
                 1e-3 if dtype == torch.float32 else 1e-8)
### END HIDDEN TESTS

# %% [markdown]
# Now put the two terms together. The marginal $p(x_1)$ comes from a sum over $x_2$, on the log scale a `logsumexp`;
# and the mean over slices is weighted with $p(x_1)$: a slice where there are no data costs nothing.
#
# **By hand.** Four equal points, $x_1, x_2 = \pm 1$: marginal and both slices are the two points of the last example.
# The best layer misses $d + \tfrac12 (d + d) = 2d$ with $d = 0.0326$, that is $0.065$ nats.
#
# ### Exercise 10.15: the best single layer (2 points)
# The order is $x_1$, then $x_2$. For the other one you will only have to transpose.

# %% solution="best_layer"
def best_layer(log_p, x):
    """The least KL(p, q) that one layer q, x_1 before x_2, can reach.

    log_p: (points, points), float: log p(x_1, x_2), up to a constant
    (it may be below -1000); x_1 changes from row to row, x_2 from column
    to column.
    x: (points,), float: the values of both, equally spaced.
    Returns (), float, in nats.
    """
    ### BEGIN SOLUTION
    log_p1 = log_p.logsumexp(1)
    first = gaussian_gap(log_p1[None], x)[0]
    return first + (log_p1.softmax(0) * gaussian_gap(log_p, x)).sum()
    ### END SOLUTION

# %% test="best_layer--orders" points=2
two = torch.tensor([-1.0, 1.0], dtype=torch.float64)
right = math.log(1 / 4) + 0.5 + 0.5 * math.log(2 * math.pi)
found = checks.untouched(best_layer, torch.zeros(2, 2).double(), two)
checks.close(found, torch.tensor(2 * right).double(), "the price of the "
             "example by hand", "p(x_1) has a price, too, and the slices "
             "count by their probability")
x = torch.linspace(-7, 7, 141, dtype=torch.float64)
bent = on_grid(lambda x: log_normal(torch.stack(
    [x[:, 0], 4 * (x[:, 1] - x[:, 0] ** 2 / 3)], 1)), x, x)
checks.close(best_layer(bent, x), torch.tensor(0.0).double(),
             "the price of x_2 = x_1^2 / 3 + z_2 / 4", "x_1 and each "
             "p(x_2 | x_1) are Gaussians: one layer in this order is "
             "enough; slices that meet the edge of the grid are no "
             "Gaussians, but weighted with p(x_1) they are nothing", 1e-3)
checks.at_most(-best_layer(bent.T, x), -0.3, "minus the price of the "
               "other order", "there the slices have two humps")
print("The order matters: free in one, dear in the other.")
### BEGIN HIDDEN TESTS
generator = checks.generator("best_layer--orders", fresh=True)
for points, dtype in [
    (9, torch.float64), (14, torch.float64), (12, torch.float32)
]:
    x = torch.linspace(-1, 2, points, dtype=dtype)
    log_p = 2 * torch.randn(points, points, generator=generator,
                            dtype=dtype)
    whole, total, h = log_p.exp() / log_p.exp().sum(), 0, x[1] - x[0]
    rows = [(whole.sum(1), 1), *((row / row.sum(), row.sum())
                                 for row in whole)]
    for w, weight in rows:
        mean = (w * x).sum()
        var = (w * (x - mean) ** 2).sum()
        gap = (2 * math.pi * math.e * var).log() / 2
        total = total + weight * (gap + (w * (w / h).log()).sum())
    found = best_layer(log_p - 1500 * (dtype == torch.float64), x)
    checks.close(found, total, "the price of one layer", "the gap of "
                 "p(x_1), plus the gaps of the rows, weighted with p(x_1)",
                 2e-3 if dtype == torch.float32 else 1e-8)
### END HIDDEN TESTS

# %% [markdown]
# Now train, and see whether the bound is respected: one MAF layer in either order, then four layers, on 20,000 points
# of the *crescent* and of the *ring*. (The layer next to the data comes last in the list, with the order named.) Since
# the densities are known on a grid, the price of a trained flow is computed there, as with infinitely many held-out
# points: their nats are the entropy plus this price. **Predict** the signs of *trained minus best*.

# %% tags=["demo"] exempt="trained numbers differ between processors"
grid, plane = layers_explorer.LINE, layers_explorer.PLANE.float()
figure, axes = plt.subplots(2, 4, figsize=(9.6, 5), layout="constrained")
table = []
for name, row in zip(["crescent", "ring"], axes):
    log_p = layers_explorer.log_density(name)
    x = layers_explorer.sample(name, 20_000, new_generator(1))
    shown = [log_p]
    for orders in [[(0, 1)], [(1, 0)], [(1, 0), (0, 1)] * 2]:
        model = flow.Flow(
            maf.MaskedAffine(2, (32,), order, generator=new_generator(k))
            for k, order in enumerate(orders))
        training.fit(model, x, epochs=4, batch_size=256, average=0.98,
                     learning_rate=0.03, generator=new_generator(2))
        with torch.no_grad():
            log_q = model.log_prob(plane).double().reshape(log_p.shape)
        shown.append(log_q)
        price = layers_explorer.nats_above(log_p, log_q)
        turned = log_p.T if orders == [(1, 0)] else log_p
        best = best_layer(turned, grid).item() if len(orders) == 1 else ""
        if len(orders) == 1:
            assert best - 2e-3 < price < best + 0.1, (name, orders, price)
        said = f"{len(orders)}: $x_{orders[-1][0] + 1}$ first"
        table.append([name, said.replace("$", ""), best, price])
    for axis, log_r, title in zip(row, shown, [
        f"the {name}", "1 layer, $x_1$ first", "1 layer, $x_2$ first",
        "4 layers"
    ]):
        axis.contourf(grid, grid, log_r.exp().T, levels=8, cmap="Greys")
        axis.set(xlim=(-3.5, 3.5), ylim=(-3.5, 4.5), aspect="equal",
                 xlabel="$x_1$", ylabel="$x_2$", title=title)
assert table[5][3] < table[3][2] - 0.1  # four layers beat any single one
display(plotting.picture(figure))
plotting.results_table(
    table, ["density", "layers", "best one layer", "trained: nats above"])

# %% [markdown]
# Trained single layers come near their bound and never pass it, however long you train and however large the network:
# it is a property of the family. For the crescent the right order is nearly free; for the ring both cost the same, by
# symmetry, and only more layers go below. Their own limit is not known in closed form. The four
# layers are still far from the ring: scaling and shifting one coordinate at a time is a slow way to open a hole.
#
# **Change one number.** Use the third density of the explorer: write `"four blobs"` for `"crescent"` in the loop. It has
# four humps in a square, so that both marginals and both conditionals have two. What is its bound, and why is it the
# same in both orders?
#
# ## 5 Deep flows and their middle
#
# If each of ten layers stretches a little, what reaches the tenth may be huge or tiny, and training stalls or jumps. So
# put layers in between whose only task is to bring each entry back to mean 0 and variance 1. Such a layer is a part of
# the flow: it has an inverse and a log-determinant.
#
# **Activation normalisation** is the plain one: $x_i = e^{s_i} z_i + t_i$ with two trained numbers an entry. Its only
# trick is the start: the *first batch* of $x$ sets $t_i$ to its mean and $s_i$ to the log of its standard deviation
# (we divide by the batch size), so that the first $z$ have mean 0 and variance 1. Afterwards $s$ and $t$ are parameters
# like others.
#
# **By hand.** A batch of two rows, $x = (1), (5)$: $t = 3$, $s = \log 2$, $z = -1, 1$, and the log-determinant from
# $x$ to $z$ is $-\log 2$ for *each* row.
#
# ### Exercise 10.16: activation normalisation (2 points)

# %% solution="act_norm" withhold="flows.normalisation"
def act_norm_start(x):
    """The scale and shift that a first batch gives.

    x: (batch, n), float, batch >= 2. Returns s and t, (n,) each: z =
    (x - t) exp(-s) has mean 0 and variance 1 over the batch (the sum of
    squares divided by the batch size).
    """
    ### BEGIN SOLUTION
    return x.std(0, correction=0).log(), x.mean(0)
    ### END SOLUTION


def act_norm(x, s, t):
    """From data to noise, with whatever s and t are by now.

    x: (batch, n), float. s, t: (n,).
    Returns z, (batch, n), and log |det dz/dx|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    return (x - t) * (-s).exp(), -s.sum().expand(len(x))
    ### END SOLUTION

# %% test="act_norm--start" points=1
checks.own_work(act_norm_start, "flows.normalisation")
x = torch.tensor([[1.0, 7.0], [5.0, 8.0]])
found = checks.untouched(act_norm_start, x)
s, t = checks.items(found, 2, "the pair of s and t")
checks.close(t, torch.tensor([3.0, 7.5]), "t of the example by hand, with "
             "a second column", "the mean of each column")
checks.close(s, torch.tensor([2.0, 0.5]).log(), "s of that example",
             "the log of the standard deviation, which is the root of the "
             "mean squared distance: divide by the batch size")
print("The first batch comes out with mean 0 and variance 1.")
### BEGIN HIDDEN TESTS
generator = checks.generator("act_norm--start", fresh=True)
for batch, n, dtype in [
    (3, 2, torch.float64), (7, 4, torch.float64), (5, 1, torch.float32)
]:
    x = 2 + 3 * torch.randn(batch, n, generator=generator, dtype=dtype)
    found = checks.items(act_norm_start(x), 2, "the pair of s and t")
    mean = x.sum(0) / batch
    checks.close(found[1], mean, f"t of {batch} rows", "the mean over the "
                 "rows, one for each column", dtype=dtype)
    checks.close(found[0], ((x - mean) ** 2).mean(0).log() / 2,
                 f"s of {batch} rows", "half the log of the mean squared "
                 "distance, one for each column", 1e-3
                 if dtype == torch.float32 else None, dtype)
### END HIDDEN TESTS

# %% test="act_norm--log_det" points=1
checks.own_work(act_norm, "flows.normalisation")
x, s = torch.tensor([[1.0], [5.0]]), torch.tensor([2.0]).log()
found = checks.untouched(act_norm, x, s, torch.tensor([3.0]))
z, log_det = checks.pair(found, x)
checks.close(z, torch.tensor([[-1.0], [1.0]]), "z of the example by hand",
             "take t off, then divide by exp(s)")
checks.close(log_det, torch.full((2,), -math.log(2)), "the "
             "log-determinant of the example by hand", "minus the sum of "
             "s over the entries, the same for each row and not added up "
             "over rows")
print("One log-determinant a row.")
### BEGIN HIDDEN TESTS
generator = checks.generator("act_norm--log_det", fresh=True)
for batch, n in [(1, 3), (4, 2), (3, 5)]:
    x = torch.randn(batch, n, generator=generator, dtype=torch.float64)
    s, t = torch.randn(2, n, generator=generator, dtype=torch.float64)
    checks.close(act_norm(x, s, t)[0], (x - t) / s.exp(), "z", "s and t "
                 "as they are given, not those of this batch")
    checks.log_det(lambda x: act_norm(x, s.to(x), t.to(x)), x,
                   f"the log-determinant of {n} entries",
                   "from x to z, one number a row: minus the sum of s")
### END HIDDEN TESTS

# %% [markdown]
# **Batch normalisation** takes mean and variance from the data all the time. In **training** mode these are the mean
# $m_i$ and the variance $v_i$ of the batch at hand (divided by the batch size), and, with $m$ and $v$ held fixed,
#
# $$z_i = \frac{x_i - m_i}{\sqrt{v_i + \epsilon}}, \qquad
# \log \left| \det \frac{\partial z}{\partial x} \right| = -\frac12 \sum_i \log (v_i + \epsilon), \qquad
# \epsilon = 10^{-5} .$$
#
# Meanwhile *running* statistics follow: new $= (1 - \alpha) \,$ old $+ \, \alpha \,$ batch, with momentum $\alpha$. In
# **evaluation** mode they take the place of $m_i$ and $v_i$, and stay as they are. (Some libraries divide the running
# variance, and only that one, by the batch size minus one; here both are divided alike. gmlib's layer has a trained
# scale and shift after it, too.)
#
# **By hand.** $x = (1), (5)$ in training mode, running $m = 1$, $v = 2$, $\alpha = \tfrac14$: the batch has $m = 3$,
# $v = 4$, so $z = -1, 1$ and the log-determinant is $-\tfrac12 \log 4$ (all up to $\epsilon$), and the new running ones
# are $1.5$ and $2.5$. In evaluation mode $z = 0, 4 / \sqrt 2$, and nothing moves.
#
# ### Exercise 10.17: batch normalisation (4 points)
# (One of the points is given at the end of the notebook.) Stay in torch: the next figure asks for its gradients.

# %% solution="batch_norm" withhold="flows.normalisation"
def batch_norm(x, mean, var, training, momentum=0.1, eps=1e-5):
    """From data to noise, and the running statistics afterwards.

    x: (batch, n), float; in training at least 2 rows. mean, var: (n,):
    the running statistics so far. training: True or False.
    Returns z, (batch, n); log |det dz/dx| with the statistics held
    fixed, (batch,), in nats; the new running mean and variance, (n,)
    each. Variances are sums of squares divided by the batch size.
    """
    ### BEGIN SOLUTION
    m, v = mean, var
    if training:
        m, v = x.mean(0), x.var(0, correction=0)
        mean = (1 - momentum) * mean + momentum * m
        var = (1 - momentum) * var + momentum * v
    z = (x - m) / (v + eps).sqrt()
    return z, -(v + eps).log().sum().expand(len(x)) / 2, mean, var
    ### END SOLUTION

# %% test="batch_norm--modes" points=2
checks.own_work(batch_norm, "flows.normalisation")
x = torch.tensor([[1.0], [5.0]])
old = torch.tensor([1.0]), torch.tensor([2.0])
names = ["z", "the log-determinant", "the running mean",
         "the running variance"]
hints = {True: [
    "the statistics of this batch, and the root of each column's variance",
    "minus half the log of v + eps, over all entries, for each row",
    "it moves by the momentum towards the batch",
    "it moves by the momentum towards the batch's variance, which is "
    "divided by the batch size",
], False: [
    "the running statistics, not those of the batch; eps is added to the "
    "variance", "over all entries; the running variance, with eps",
    *["evaluating should not move it"] * 2]}
for mode, aims in [
    (True, [[[-1.0], [1.0]], [-math.log(4) / 2] * 2, [1.5], [2.5]]),
    (False, [[[0.0], [8**0.5]], [-math.log(2) / 2] * 2, [1.0], [2.0]]),
]:
    found = checks.untouched(batch_norm, x, *old, mode, 0.25)
    found = checks.items(found, 4, "z, log_det and the two statistics")
    said = "in training" if mode else "in evaluation"
    for one, aim, name, hint in zip(found, aims, names, hints[mode]):
        checks.close(one, torch.tensor(aim), f"{name} by hand, {said},",
                     hint)
    checks.differentiable(lambda x: batch_norm(
        x, *[part.to(x) for part in old], mode)[:2], x)
print("Two modes, two sets of statistics.")
### BEGIN HIDDEN TESTS
generator = checks.generator("batch_norm--modes", fresh=True)
x, (m, *_), (v, *_) = torch.rand(3, 5, 4, generator=generator)
for mode, mean, var in [(False, m, v),
                        (True, x.mean(0), x.var(0, correction=0))]:
    found = checks.items(batch_norm(x, m, v, mode, 0.25, 0.5), 4)
    for one, right, name, hint in zip(found, [
        (x - mean) / (var + 0.5).sqrt(),
        -(var + 0.5).log().sum().expand(5) / 2,
    ], names, hints[mode]):
        checks.close(one, right, f"{name} of 5 rows", hint)
### END HIDDEN TESTS

# %% test="batch_norm--fresh" points=1
# Other sizes, and evaluation held to autograd.
### BEGIN HIDDEN TESTS
generator = checks.generator("batch_norm--fresh", fresh=True)
for batch, n, eps in [(3, 2, 0.1), (6, 3, 0.01), (4, 1, 1e-5)]:
    x = torch.randn(batch, n, generator=generator, dtype=torch.float64)
    m = torch.randn(n, generator=generator, dtype=torch.float64)
    v = 1 + torch.rand(n, generator=generator, dtype=torch.float64)
    found = batch_norm(x, m, v, True, 0.3, eps)
    new = x.sum(0) / batch
    spread = ((x - new) ** 2).sum(0) / batch
    for one, right, name, hint in zip(
        checks.items(found, 4, "z, log_det and the two statistics"),
        [(x - new) / (spread + eps) ** 0.5,
         -(spread + eps).log().sum() / 2 + 0 * x[:, 0],
         0.7 * m + 0.3 * new, 0.7 * v + 0.3 * spread],
        ["z", "the log-determinant", "the running mean", "the running "
         "variance"],
        ["each column by its own mean and variance; eps is added to the "
         "variance", "over all entries, with eps",
         "(1 - momentum) old + momentum batch"] + ["the batch's variance "
         "without eps, divided by the batch size"],
    ):
        checks.close(one, right, f"{name} in training, n = {n},", hint)
    checks.log_det(lambda x: batch_norm(
        x, m.to(x), v.to(x), False, 0.3, eps)[:2], x[:1], "the "
        "log-determinant of one row in evaluation", "the running "
        "variance, with eps")
    found = batch_norm(x, m, v, False, 0.3, eps)
    checks.close(found[0], (x - m) / (v + eps) ** 0.5, "z in evaluation",
                 "the running statistics, with eps")
    checks.close(found[3], v, "the running variance in evaluation")
### END HIDDEN TESTS

# %% [markdown]
# Why was the determinant compared with autograd in evaluation mode only? In training every row moves $m$ and $v$, and
# with them all the other rows. **Predict.** Four rows with two entries each are a map of 8 numbers. Which blocks of its
# $8 \times 8$ Jacobian are 0, in training and in evaluation? (Row and column 1 to 4 belong to the first entry.)

# %% tags=["demo"]
x = torch.randn(4, 2, generator=new_generator(5), dtype=torch.float64)
figure, axes = plt.subplots(1, 2, figsize=(8, 3.7), layout="constrained")
zero, one = torch.zeros(2).double(), torch.ones(2).double()
for axis, mode in zip(axes, [True, False]):
    J = torch.autograd.functional.jacobian(
        lambda flat: batch_norm(flat.reshape(2, 4).T, zero, one, mode)[0]
        .T.flatten(), x.T.flatten())
    lost = int((torch.linalg.svdvals(J) < 1e-3).sum())
    axis.imshow(J, cmap="RdBu_r", vmin=-2, vmax=2)
    axis.set(xticks=range(8), xticklabels=[1, 2, 3, 4] * 2,
             yticks=range(8), yticklabels=[1, 2, 3, 4] * 2,
             xlabel="row of x", ylabel="row of z")
    axis.set_title(("training" if mode else "evaluation")
                   + f": {lost} of 8 directions lost")
plotting.picture(figure)

# %% [markdown]
# In evaluation each row minds its own business: a diagonal. In training rows depend on each other, and the map of the
# *batch* is not even invertible: two directions an entry are lost (nearly; $\epsilon$ keeps a trace of one of them),
# since whatever goes in, mean and variance come out as 0 and 1. The formula above treats $m$ and $v$ as constants, so
# what is maximised in training is only a stand-in for a likelihood. Reported nats must come from evaluation mode, where
# there is a density.
#
# A batch of **one row** has variance 0 and $z = 0$ whatever $x$ is, with the log-determinant $-\tfrac n2 \log
# \epsilon$, a gift of 5.8 nats an entry: meaningless. gmlib refuses it. And a test row that is normalised together with
# *its own* test batch is judged by who its neighbours are. Activation normalisation has none of these problems.
#
# ## 6 Photographs, three pixels square
#
# Real data: patches of $3 \times 3$ grey pixels from two photographs, 256 levels, made continuous with uniform noise.
# Nine numbers between 0 and 1, strongly correlated, and nobody standardised them. Five MAF layers: with nothing between,
# with activation normalisation, and with batch normalisation after each. Same steps, same first weights. **Predict**
# who leads after the first epoch. Does the lead last?

# %% tags=["demo"] exempt="trained numbers differ between processors"
patches = data.image_patches(6000, 3, generator=new_generator())
train_x, test_x = patches[:4000], patches[4000:]


def deep(between, layers=5):
    parts = []
    for k in range(layers):
        order = list(range(9))[::(-1) ** k]  # and back, in turn
        parts.append(maf.MaskedAffine(9, (32,), order,
                                      generator=new_generator(k)))
        parts += [between(9)] if between else []
    return flow.Flow(parts)


kinds = {"nothing between": None, "activation": normalisation.ActNorm,
         "batch": normalisation.BatchNorm}
models, starts = {}, []
figure = plt.figure(figsize=(5.6, 3.2), layout="constrained")
for (name, kind), style in zip(kinds.items(), ["-", "--", ":"]):
    models[name] = model = normalisation.initialise(deep(kind), train_x)
    history = training.fit(model, train_x, epochs=6, batch_size=100,
                           generator=new_generator(9))
    normalisation.update(model, train_x).eval()
    assert name != "batch" or -24 < history.train[-1] < -15
    plt.plot(range(1, 7), history.train, style, label=name)
    starts.append(history.train[0])
assert max(starts[1:]) < starts[0]  # both normalisations lead at first
plt.xlabel("epoch")
plt.ylabel("mean loss (nats a patch)")
plt.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# Both normalisations start several nats ahead: their layers see numbers of a size that they can work with, while the
# flow with nothing between first has to find mean and width of each pixel by gradient steps. Later the curves draw
# together, and who leads at the end depends on the seed and on the number of steps. One of the three curves is not like
# the others: batch normalisation is measured in training mode here, on batches of 100.
#
# After `fit`, `update` gives each batch normalisation the statistics of the whole training part, from the data's end
# on, and `eval()` fixes them. Now the test part, in nats (of the density on $[0, 1]$, so they may be negative) and in
# bits per pixel: $\text{nats} / (9 \log 2) + 8$, since a level is $1/256$ wide. The baselines: nine independent
# Gaussians, and one with full covariance. **Predict**: how many bits does knowing one's neighbours save?

# %% tags=["demo"] exempt="trained numbers differ between processors"
mean, cov = train_x.mean(0), train_x.T.cov()
nats = {
    "256 levels, all alike": 0.0,
    "independent Gaussians": -MultivariateNormal(
        mean, cov.diagonal().diag()).log_prob(test_x).mean().item(),
    "Gaussian": -MultivariateNormal(
        mean, cov).log_prob(test_x).mean().item(),
}
for name, model in models.items():
    nats[f"MAF, {name}"] = training.nll(model, test_x)
with torch.no_grad():  # every test row judged with nine others
    judged = [-models["batch"].train().log_prob(ten).mean()
              for ten in test_x.split(10)]
models["batch"].eval()
nats["MAF, batch, judged in training mode"] = float(sum(judged) / 200)
assert nats["MAF, activation"] < nats["Gaussian"] - 3, nats
assert nats["MAF, batch"] < nats["Gaussian"] - 5, nats
plotting.results_table(
    [[name, n, training.bits_per_dim(n, 9) + 8]
     for name, n in nats.items()],
    ["model", "nats a patch", "bits a pixel"])

# %% [markdown]
# Independent Gaussians are worse than no model at all: pixels are spread even more widely than uniform numbers, so that
# a bell has the wrong shape, and about an eighth of each bell lies outside $[0, 1]$. Neighbouring pixels are most of
# the story, and a single Gaussian tells a good part of it. The flow finds what is not Gaussian: pixels agree nearly
# exactly in flat places and jump at edges. The last row is the same model as the one above it, judged in the wrong
# mode, where ten rows share their statistics: another number, which belongs to no density.
#
# **Predict** the pictures: 20 patches each of the data, of the Gaussian and of the flow with activation normalisation.

# %% tags=["demo"]
drawn = mean + (torch.randn(20, 9, generator=new_generator(3))
                @ torch.linalg.cholesky(cov).T)
sampled = models["activation"].sample(20, new_generator(4))
figure, axes = plt.subplots(3, 1, figsize=(8, 2.2), layout="constrained")
for axis, x, name in zip(axes, [test_x[:20], drawn, sampled], [
    "data", "Gaussian", "flow"
]):
    plotting.images(x, 20, (3, 3), ax=axis)
    axis.set_title(name, fontsize=9, loc="left")
plotting.picture(figure)

# %% [markdown]
# The Gaussian's patches are all moderately rough, as if there were one kind of place in the world. Data and flow have
# flat patches and a few rough ones. (Some of the flow's may be plain white or black: nothing tells it that pixels end at
# 0 and 1. The logit of unit 09 would.)
#
# **Change one number.** Let `deep` have `layers=10`. Which of the three gain from the depth? Then give the layers other
# first weights, `new_generator(k + 100)`, and compare five and ten layers again. (One run is no ranking.)
#
# ## 7 gmlib's own versions, and your machine
# Locked cells: gmlib's layers are held to your checks on every device (0 points), your functions must agree with them
# (1 point each), and the last cells say whether your functions also run on a GPU.

# %% test="gmlib_iaf--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_iaf--devices")
    layer = iaf.InverseMaskedAffine(4, (20, 20), [2, 0, 3, 1])
    layer = layer.to(device, torch.float64)
    checks.randomise(layer, generator, 0.3)
    z = torch.randn(5, 4, generator=generator, dtype=torch.float64)
    there = lambda z: [part.cpu() for part in layer(z.to(device))]
    back = lambda x: [part.cpu() for part in layer.inverse(x.to(device))]
    checks.inverts(there, back, z, "gmlib's layer")
    checks.log_det(there, z, "gmlib's log-determinant")
    x = torch.randn(9, 3, generator=generator, dtype=torch.float64)
    for layer in [normalisation.ActNorm(3), normalisation.BatchNorm(3)]:
        layer = layer.to(device, torch.float64)
        whole = flow.Flow([layer]).to(device, torch.float64)
        normalisation.initialise(whole, x.to(device))
        normalisation.update(whole, x.to(device)).eval()
        there = lambda z: [part.cpu() for part in layer(z.to(device))]
        back = lambda x: [part.cpu() for part in layer.inverse(
            x.to(device))]
        checks.inverts(there, back, x, "gmlib's layer")
        checks.log_det(back, x, "gmlib's log-determinant")
        checks.close(back(x)[0].mean(0), 0 * x[0], "the mean of its z")
print("gmlib's layers pass on every device that this machine has.")

# %% test="iaf--gmlib" points=1
generator = checks.generator("iaf--gmlib")
layer = iaf.InverseMaskedAffine(6, (16,)).double()
checks.randomise(layer, generator, 0.4)
z = torch.randn(4, 6, generator=generator, dtype=torch.float64)
with torch.no_grad():
    right = layer(z)
    found = checks.pair(iaf_forward(z, layer.conditioner), z)
    for mine, theirs, name in zip(found, right, ["x", "log_det"]):
        checks.close(mine, theirs, f"{name} beside gmlib's")
print("From noise to data your IAF layer and gmlib's agree.")

# %% test="batch_norm--gmlib" points=1
generator = checks.generator("batch_norm--gmlib")
x = 1 + 2 * torch.randn(7, 3, generator=generator, dtype=torch.float64)
layer = normalisation.BatchNorm(3, momentum=0.3).double()
mean, var = torch.zeros(2, 3, dtype=torch.float64) + torch.tensor(
    [[0.0], [1.0]], dtype=torch.float64)
for mode in [True, False]:
    layer.train(mode)
    found = batch_norm(x, mean, var, mode, 0.3)
    found = checks.items(found, 4, "z, log_det and the two statistics")
    with torch.no_grad():
        for mine, theirs in zip(found, layer.inverse(x)):
            checks.close(mine, theirs, "your batch normalisation beside "
                         "gmlib's", f"training is {mode}")
    layer, mean, var = layer.update(x) if mode else layer, *found[2:]
    checks.close(mean, layer.running_mean, "your running mean")
    checks.close(var, layer.running_var, "your running variance")
print("Your batch normalisation and gmlib's agree.")

# %% test="iaf--devices" points=0
generator = checks.generator("iaf--devices")
layer = iaf.InverseMaskedAffine(4, (16,)).double().requires_grad_(False)
checks.randomise(layer, generator, 0.4)
x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
for mine, theirs, name in zip(
    iaf_inverse(x, layer.conditioner), layer.inverse(x), ["z", "log_det"]
):
    checks.close(mine, theirs, f"{name} beside gmlib's", "from data to "
                 "noise, one entry after the other", 1e-7)
z = torch.randn(3, 2, generator=generator)
for k in range(2):
    for function in [iaf_forward, iaf_inverse]:
        checks.same_on_devices(lambda z: function(z, by_hand)[k], z)
    checks.same_on_devices(lambda a, b: mirror(a, b)[k], z, z)
print("These functions run on every device that this machine has.")
for k in range(2):  # the optional one comes last
    checks.same_on_devices(lambda z: iaf_density(z, by_hand)[k], z)

# %% test="act_norm--devices" points=0
generator = checks.generator("act_norm--devices")
x, line = torch.randn(5, 5, generator=generator), torch.linspace(-1, 1, 5)
first = normalisation.ActNorm(5).initialise(x).requires_grad_(False)
for mine, theirs in zip(act_norm(x, *act_norm_start(x)), first.inverse(x)):
    checks.close(mine, theirs, "your activation normalisation beside "
                 "gmlib's", tolerance=1e-3)
for k in range(2):
    checks.same_on_devices(lambda x: act_norm_start(x)[k], x)
    checks.same_on_devices(lambda x, s: act_norm(x, s, s)[k], x, line)
for k in range(4):
    checks.same_on_devices(
        lambda x, v: batch_norm(x, v, v, True)[k], x, line**2)
for k in range(3):
    checks.same_on_devices(lambda x, v: slice_moments(x, v)[k], x, line)
checks.same_on_devices(gaussian_gap, x, line)
checks.same_on_devices(best_layer, x, line)
print("So do these.")

# %% [markdown]
# ## Recap
#
# | | MAF | IAF |
# |---|---|---|
# | $x_i$ | $a_i(x_{1:i-1}) + b_i(x_{1:i-1}) \, z_i$ | $a_i(z_{1:i-1}) + b_i(z_{1:i-1}) \, z_i$ |
# | one pass | data to noise: densities | noise to data: samples, with their density |
# | $n$ passes | samples | the density of data from elsewhere |
# | good as | a model of data | an approximate posterior |
#
# | what to remember | |
# |---|---|
# | mirror | the inverse of one is the other, with $a' = -a / b$ and $b' = 1 / b$ |
# | one layer | all conditionals are single Gaussians, in its order |
# | its price | $\text{KL}(p(x_1), \mathcal N) + \mathbb E \, \text{KL}(p(x_2 \mid x_1), \mathcal N)$, before training |
# | activation normalisation | a start from the first batch, then plain parameters |
# | batch normalisation | a density in evaluation mode only; running statistics, $\epsilon$, no single rows |
#
# **Next.** The third notebook uses flows as approximate posteriors. **To read.** Kingma and others (2016), *Improved
# Variational Inference with Inverse Autoregressive Flow*; Papamakarios, Pavlakou and Murray (2017), *Masked
# Autoregressive Flow for Density Estimation*; Kingma and Dhariwal (2018), *Glow*, for activation normalisation; Ioffe
# and Szegedy (2015), *Batch Normalization*.
