# %% [markdown]
# # Unit 09: change of variables
#
# Draw noise $z$ from something simple, compute $x = f(z)$, and $x$ has a distribution of its own. Which one? This unit
# asks of every map *where the mass went*, first on the line, then with determinants, and at the end with the layers of
# Real-NVP. After this first notebook you will be able to
#
# - push a table of probabilities through any function, and a density through one that stretches, folds or turns round;
# - write down the density of $x = f(z)$, and say what happens to it where $f$ is steep;
# - draw from a Gaussian, an exponential, a heap of data or a picture, with nothing but uniform noise;
# - fit a flow in one dimension to real flowers by maximum likelihood.
#
# **Time**: 90 minutes. **You need**: units 01 and 05 (tables, densities, nats). **Points**: 18.
# It follows lecture 003, *Pushforwards and random variables* and *Univariate examples*, and lecture 002, *change of
# variables*.

# %% install=True

# %% [markdown]
# All imports of this notebook, and a seed. None of your functions may change the tensors that it is given.

# %%
import math

import matplotlib.pyplot as plt
import torch
from torch.distributions import Chi2, LogNormal, Normal

import gmlib
from gmlib import checks, data, plotting, training
from gmlib.explore import push_forward
from gmlib.flows.flow import Flow
from gmlib.flows.transform import Affine, Sigmoid


def new_generator(seed=0):
    return torch.Generator().manual_seed(seed)

# %% [markdown]
# ## 1 Where did the mass go?
#
# Lecture 003 throws two dice. There are 36 outcomes $\omega = (\omega_1, \omega_2)$, in the lecture $(X_1, X_2)$, each
# with probability $1/36$. A *random variable* is nothing but a function of the outcome, here $Y(\omega) = \omega_1 +
# \omega_2$, and its distribution is the **push-forward**: carry the probability of every outcome to the place where $Y$
# puts it, and add up what arrives there,
#
# $$\Pr[Y = j] = \Pr[Y^{-1}(j)] = \sum_{\omega:\, Y(\omega) = j} \Pr[\omega] .$$
#
# $Y^{-1}(j)$ is a *set*, all outcomes that land on $j$: no inverse function is needed, and $Y$ may throw as many
# outcomes together as it likes. No mass is lost, and none appears. (Lecture 003 writes $g \# \mu$ for the push-forward
# of a distribution $\mu$ through a map $g$; what it calls $g$ is our $f$.)
#
# **By hand.** The sum 3 is reached by $(1, 2)$ and $(2, 1)$, so $\Pr[Y = 3] = 2/36 = 1/18$. A smaller case: four
# outcomes with probabilities $\tfrac18, \tfrac18, \tfrac14, \tfrac12$ are sent to $1, 0, 1, 0$. Then $\Pr[Y = 0] =
# \tfrac18 + \tfrac12 = \tfrac58$ and $\Pr[Y = 1] = \tfrac38$.
#
# ### Exercise 9.1: push a table (2 points)
# Any probabilities, any map to whole numbers. It is one line with `index_add` or `bincount`, three with a loop.

# %% solution="push_table"
def push_table(p, y, m):
    """The distribution of Y, when outcome k has probability p[k].

    p: (outcomes,), float32 or float64: probabilities. y: (outcomes,),
    long: y[k] is the value of Y at outcome k, from 0 to m - 1. m: int.
    Returns (m,), Pr[Y = 0], ..., Pr[Y = m - 1], of p's dtype.
    """
    ### BEGIN SOLUTION
    return p.new_zeros(m).index_add(0, y, p)
    ### END SOLUTION

# %% test="push_table--dice" points=2
p = torch.tensor([0.125, 0.125, 0.25, 0.5]).double()
y = torch.tensor([1, 0, 1, 0])
found = checks.untouched(push_table, p, y, 2)
hint = "all outcomes with the same y put their probabilities together"
checks.value(found, (2,), "float", "Pr[Y = j] of the small case")
checks.close(found.sum(), 1.0, "the sum of Pr[Y = j] in the small case",
             "mass was lost or made; outcomes with the same y add up, "
             "and `q[y] += p` keeps only one of them")
checks.close(found, torch.tensor([0.625, 0.375]), "Pr[Y = j]", hint)
dice = torch.arange(36)
total = dice // 6 + dice % 6 + 2
found = push_table(torch.full((36,), 1 / 36), total, 14)
checks.probabilities(found, (14,), "Pr[Y = j] for two dice and m = 14")
checks.close(found[3], 1 / 18, "Pr[Y = 3] for two dice", hint)
checks.close(push_table(found, (torch.arange(14) - 7).abs(), 8),
             push_table(torch.full((36,), 1 / 36), (total - 7).abs(), 8),
             "|Y - 7|, pushed in two steps instead of one,",
             "use the p that is given, not counts")
print("The sum 3 comes up once in 18 throws, and no mass is lost.")
### BEGIN HIDDEN TESTS
generator = checks.generator("push_table--dice", fresh=True)
for k, m, dtype in [(7, 5, torch.float64), (200, 9, torch.float32),
                    (1, 4, torch.float64), (50, 60, torch.float64)]:
    p = 0.1 + torch.rand(k, generator=generator, dtype=dtype)
    p = p / p.sum()
    y = torch.randint(m, (k,), generator=generator)
    at = y == torch.arange(m)[:, None]
    checks.close(
        push_table(p, y, m), (at * p).sum(1),
        f"Pr[Y = j] of {k} outcomes and {m} values",
        hint + ", in whatever order they come; a value that no outcome "
        "reaches has probability 0",
    )
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** Three functions of the same two dice: the sum, the larger one, and the product modulo 6. Which of the
# three is symmetric? Which value of the product modulo 6 comes up most often?

# %% tags=["demo"]
one, two = torch.arange(36) // 6 + 1, torch.arange(36) % 6 + 1
fair = torch.full((36,), 1 / 36)
maps = {"sum": one + two, "larger one": torch.maximum(one, two),
        "product modulo 6": one * two % 6}
figure, axes = plt.subplots(1, 3, figsize=(9, 2.8), layout="constrained",
                            sharey=True)
for axis, (name, y) in zip(axes, maps.items()):
    axis.bar(range(13), push_table(fair, y, 13) * 36, color="0.5")
    axis.set(title=name, xlabel="j", xticks=range(0, 13, 2))
axes[0].set_ylabel("Pr[Y = j] in 36ths")
plotting.picture(figure)

# %% [markdown]
# The sum is symmetric, the larger one climbs in steps of $2/36$, and the product is a multiple of 6 in 15 of 36 throws.
# Same mass each time, $36/36$, only put down elsewhere.
#
# **Change one number.** Load the second die: `fair = torch.where(two == 6, 1 / 12, 1 / 60)` (a six in half of all
# throws, $6 \cdot \tfrac1{12} = \tfrac12$). Does 7 stay the most likely sum? What becomes of the last step of the
# larger one?
#
# ## 2 From probabilities to densities
#
# If $z$ is uniform on $(0, 1)$ and $x = z^2$, then each single $x$ has probability 0, and adding up what lands on it
# says nothing. Ask for **intervals** instead: the mass that $z$ has in a small interval arrives, all of it, in the
# image of that interval, and a density is mass divided by length. Where $f$ is steep the image is long and the mass
# lies thin; where $f$ is flat it piles up.
#
# **By hand.** $z$ between $.5$ and $.6$ has mass $.1$. Its squares lie between $.25$ and $.36$, a length of $.11$, so
# the density there is near $.1/.11 \approx .91$. In the limit of short intervals: $\Pr[x \le c] = \Pr[z \le \sqrt c]
# = \sqrt c$ for $c$ in $(0, 1)$, and its slope is the density,
#
# $$p_X(x) = \frac{d}{dx} \sqrt x = \frac1{2 \sqrt x} \quad \text{on } (0, 1), \text{ and } 0 \text{ elsewhere.}$$
#
# Towards 0 it grows beyond all bounds, and still the area is 1. (At $x = .3$ it is $.913$.)
#
# *Beside the lecture.* Lecture 003 has $2/\sqrt x$ with a $\propto$ in front. Proportional is right; its area is 4.
#
# ### Play with it
# Below left the uniform density of $z$, cut into slices of equal mass. Above it the map, drawn by five heights. On the
# right, sideways, the density of $x$. **Predict, then move.** (1) Where is the density high: where the curve is steep,
# or where it is flat? (2) Make it a straight line. (3) Set $f(0) = 1$, $f(1/4) = 1/4$, $f(1/2) = 0$ and leave the
# others: what happens where the curve folds? (4) Give two neighbours the same height: what becomes of those colours?

# %% tags=["demo"]
push_forward.explore()

# %% [markdown]
# Every colour keeps its area, wherever it goes. A straight line leaves a flat density. A fold puts two colours side by
# side at the same $x$, and their densities *add*. And a flat piece drops its whole mass on one point, which then has a
# probability and no density: such an $f$ we shall not allow.
#
# Now let $z$ be uniform on $(a, 1)$ with $a \le 0$: its density is $1/(1 - a)$. For $x > 0$ there are two
# **preimages**, $\sqrt x$ and $-\sqrt x$; each counts if it lies in $(a, 1)$, and each brings $p_Z$ divided by the
# steepness there, $|dx/dz| = 2 |z| = 2 \sqrt x$. **By hand**, $a = -\tfrac12$, where $p_Z = \tfrac23$: at $x =
# \tfrac1{16}$ both $\pm\tfrac14$ lie inside and the density is $2 \cdot \tfrac23 / \tfrac12 = \tfrac83$; at $x =
# \tfrac9{25}$ only $+\tfrac35$ does, and it is $\tfrac23 / \tfrac65 = \tfrac59$.
#
# ### Exercise 9.2: the square of a uniform (2 points)
# One point for $a = 0$, the lecture's case; one for two preimages. (The square root of a negative number is NaN, and
# NaN times 0 is NaN.)

# %% solution="square_density"
def square_density(x, a):
    """The density of x = z^2 for z uniform on (a, 1).

    x: (batch,), float: any real numbers but 0, 1 and a^2.
    a: a Python number, at most 0.
    Returns (batch,), float: 0 where no z leads.
    """
    ### BEGIN SOLUTION
    root = x.abs().sqrt()
    preimages = (root < 1).to(x) + (root < -a).to(x)
    return torch.where(x > 0, preimages / ((1 - a) * 2 * root), 0)
    ### END SOLUTION

# %% test="square_density--one" points=1
x = torch.tensor([0.25, 0.0625, 0.81])
found = checks.untouched(square_density, x, 0)
checks.value(found, (3,), "float", "the density")
middle = (torch.arange(1000, dtype=torch.float64) + 0.5) / 1000
area = square_density(middle**2, 0) * 2 * middle / 1000
area = checks.value(area, (1000,), "float", "the density").reshape(10, 100)
checks.close(area.sum(), torch.tensor(1.0, dtype=torch.float64),
             "the integral of your density from 0 to 1",
             "it is the slope of sqrt(x): where the map is steep, mass "
             "lies thin", tolerance=1e-6)
z = torch.rand(20000, generator=checks.generator("square_density--one"))
share = torch.histc(z**2, 10, 0, 1) / 20000
fine = torch.arange(10001, dtype=torch.float64)[1:] / 10000 - 5e-5
mass = square_density(fine, 0).double().reshape(10, 1000)[1:].sum(1) / 1e4
checks.close(mass, share[1:].double(), "the probability of a bin, next to "
             "a histogram of 20,000 squares,", "mass is divided by the "
             "length of its image: steep is thin, flat is dense", 0.02)
found = square_density(torch.tensor([-0.3, 1.5, -2.0]), 0)
checks.finite(found, "the density outside (0, 1)",
              "sqrt of a negative number, or a division by 0")
checks.close(found, torch.zeros(3), "the density outside (0, 1)",
             "no z in (0, 1) has such a square")
print("Infinite at 0, and yet its area is 1.")
### BEGIN HIDDEN TESTS
generator = checks.generator("square_density--one", fresh=True)
for k, dtype in [(3, torch.float64), (41, torch.float32),
                 (1, torch.float64)]:
    x = 0.02 + 0.96 * torch.rand(k, generator=generator, dtype=dtype)
    x = torch.cat([x, -x, 1 + x])
    expected = torch.cat([0.5 * x[:k] ** -0.5, 0 * x[k:]])
    checks.close(square_density(x, 0), expected, "the density for a = 0",
                 "1 / (2 sqrt(x)) from 0 to 1 and 0 elsewhere")
### END HIDDEN TESTS

# %% test="square_density--two" points=1
found = square_density(torch.tensor([0.25, 0.81]), -1)
checks.finite(found, "the density for a = -1",
              "the interval (a, 1) has the length 1 - a")
checks.close(found, square_density(torch.tensor([0.25, 0.81]), 0),
             "the density for a = -1", "z^2 is the same thing for z and "
             "-z: two preimages, and z is half as dense as on (0, 1)")
found = square_density(torch.tensor([0.0625, 0.36]), -0.5)
checks.close(found, torch.tensor([8 / 3, 5 / 9]),
             "the density for a = -1/2", "p_Z is 1 / (1 - a), both "
             "preimages count up to x = a^2, and from there on only one")
print("Each preimage in (a, 1) brings its share.")
### BEGIN HIDDEN TESTS
generator = checks.generator("square_density--two", fresh=True)
for k, low, dtype in [(3, 0.3, torch.float64), (9, 1.5, torch.float64),
                      (9, 0.4, torch.float32), (1, 0.5, torch.float64)]:
    a = -low - 0.3 * torch.rand((), generator=generator).item()
    z = 0.1 + 0.8 * torch.rand(k, generator=generator, dtype=dtype)
    inner, outer = min(-a, 1) * z, min(-a, 1) + abs(1 + a) * z
    x = torch.cat([inner, outer, 1 + z - a]) ** 2
    p = torch.cat([1 / inner, 1 / (2 * outer), 0 * z]) / (1 - a)
    checks.close(square_density(torch.cat([x, -x]), a),
                 torch.cat([p, 0 * p]), "the density of z^2",
                 "which of sqrt(x) and -sqrt(x) lie between a and 1? "
                 "(a may be below -1, and no square is negative)",
                 tolerance=1e-5)
### END HIDDEN TESTS

# %% [markdown]
# **Predict** the three densities of $z^2$, for $z$ uniform on $(0, 1)$, on $(-\tfrac12, 1)$ and on $(-1, 1)$. Which two
# will be the same? Where does the one in the middle jump? (Grey: a histogram of 100,000 squares, each of which adds
# $1/100{,}000$ to the area; line: your density.)

# %% tags=["demo"]
u = torch.rand(100_000, generator=new_generator())
line = torch.linspace(0.002, 1.1, 2197)
figure, axes = plt.subplots(1, 3, figsize=(9, 2.8), layout="constrained",
                            sharey=True)
for axis, a in zip(axes, [0, -0.5, -1]):
    axis.hist((a + (1 - a) * u) ** 2, 44, range=(0, 1.1), color="0.8",
              weights=0 * u + 4e-4)
    axis.plot(line, square_density(line, a), color="black")
    axis.set(title=f"z uniform on ({a:g}, 1)", xlabel="x", ylim=(0, 5))
axes[0].set(ylabel="density of x")
plotting.picture(figure)

# %% [markdown]
# On $(-1, 1)$ there are twice as many preimages and half the density: the same as on $(0, 1)$. In between, the density
# jumps at $x = a^2 = \tfrac14$, where the second preimage leaves the interval.
#
# **Change one number.** Take `-2` in place of `-0.5`. Where is the jump now? Why does the picture no longer show the
# whole area?
#
# ### Any map, any number of preimages
# There was nothing special about squares. If $f(z) = x$ has the solutions $z_1, \dots, z_k$, and $f$ is differentiable
# there with slopes that are not 0,
#
# $$p_X(x) = \sum_{j=1}^k \frac{p_Z(z_j)}{|f'(z_j)|} .$$
#
# The sum is the sum of the table in section 1, and the division is the change of length. Without the bars the two
# sides of a parabola would cancel.
#
# ### Exercise 9.3: add up the preimages (2 points)
# Somebody has found the preimages and tells you density and slope at each. Where an $x$ has fewer than the others, the
# empty places hold $p_Z = 0$ and slope 1.

# %% solution="preimage_density"
def preimage_density(p_z, slope):
    """The density of x = f(z) at points whose preimages are known.

    p_z: (batch, k), float: the density of z at each of k preimages.
    slope: (batch, k), float: df/dz at each, of either sign, never 0.
    Returns (batch,), float.
    """
    ### BEGIN SOLUTION
    return (p_z / slope.abs()).sum(1)
    ### END SOLUTION

# %% test="preimage_density--chi" points=2
found = checks.untouched(preimage_density, torch.tensor([[1.0], [1.0]]),
                         torch.tensor([[2.0], [2.0]]))
checks.close(found, torch.tensor([0.5, 0.5]), "the density of 2z + 1, z "
             "uniform on (0, 1), at two points", "there is one preimage; "
             "a stretch by 2 makes everything half as dense")
half, slope = torch.tensor([[0.5, 0.5]]), torch.tensor([[-1.0, 1.0]])
checks.close(preimage_density(half, slope), torch.tensor([1.0]),
             "the density of z^2 at 1/4, z uniform on (-1, 1),",
             "its preimages -1/2 and 1/2 have slopes -1 and 1, and both "
             "add: the size of each slope counts, not its sign")
x = torch.tensor([0.1, 1.0, 2.5, 4.0], dtype=torch.float64)
z = torch.stack([x.sqrt(), -x.sqrt()], 1)
checks.close(preimage_density(Normal(0.0, 1.0).log_prob(z).exp(), 2 * z),
             Chi2(torch.ones((), dtype=torch.float64)).log_prob(x).exp(),
             "the density of the square of a Gaussian",
             "each p_Z is divided by its own |slope|; then add")
print("The square of a Gaussian is a chi-square, as tables have it.")
### BEGIN HIDDEN TESTS
generator = checks.generator("preimage_density--chi", fresh=True)
for batch, k, dtype in [(4, 4, torch.float64), (7, 5, torch.float32),
                        (1, 3, torch.float64)]:
    p, size = 0.2 + torch.rand(2, batch, k, generator=generator,
                               dtype=dtype)
    row, j = torch.arange(batch)[:, None], torch.arange(k)
    sign = (-1.0) ** (row + j * (j + 1) // 2)  # + - - + + and - + + - -
    p[:, -1], size[:, -1] = 0, 1
    checks.close(
        preimage_density(p, size * sign), torch.einsum("bk,bk->b", p,
                                                       1 / size),
        f"the density at points with {k - 1} preimages and an empty place",
        "sum over the preimages p_Z / |slope|, one number for each x, "
        "whatever the signs of its slopes",
    )
### END HIDDEN TESTS

# %% [markdown]
# **Look.** A cabin of a big wheel at a random moment: its angle $z$ is uniform on $(0, 2 \pi)$, its height is
# $x = \cos z$. Each height has two preimages, $\arccos x$ and $2 \pi - \arccos x$, one on the way down and one on the
# way up, with slopes $-\sin z$. **Predict**: at which heights is the cabin most likely to be found?

# %% tags=["demo"]
x = torch.linspace(-0.999, 0.999, 1001)
z = torch.stack([x.acos(), 2 * math.pi - x.acos()], 1)
p = preimage_density(0 * z + 1 / (2 * math.pi), -z.sin())
u = torch.rand(100_000, generator=new_generator())
draws = torch.cos(2 * math.pi * u)
figure, axis = plt.subplots(figsize=(5.6, 3), layout="constrained")
axis.hist(draws, 40, density=True, color="0.8", label="100,000 draws")
axis.plot(x, p, color="black", label="sum over both preimages")
axis.set(xlabel="height x", ylabel="density of x", ylim=(0, 3))
axis.legend(frameon=False, loc="upper center")
plotting.picture(figure)

# %% [markdown]
# At the top and at the bottom: where the curve turns, its slope is 0 and mass piles up. Without the bars of $|f'|$
# the two terms would cancel to 0 at every height.
#
# **Change one number.** Let the wheel turn 10 times, `20 * math.pi` in the line of `draws` alone. Each height now has
# 20 preimages. Why does the histogram stay the same?
#
# ## 3 One preimage: the change of variables
#
# A **flow** takes only maps with exactly one preimage, $z = f^{-1}(x)$: on the line, those that always rise or always
# fall. Then the sum has one term, and its logarithm is
#
# $$\log p_X(x) = \log p_Z(z) - \log \left| \frac{dx}{dz} \right| = \log p_Z(z) + \log \left| \frac{dz}{dx} \right| ,
# \qquad z = f^{-1}(x) .$$
#
# Both forms are in use, and they are equal since $dz/dx = 1 / (dx/dz)$. Note *where* things are taken: $p_Z$ and
# $dx/dz$ at the point $z$ that belongs to $x$.
#
# **By hand.** Lecture 002: $z$ uniform on $(0, 1)$ and $x = 2z + 1$. The interval $(0, 1)$ becomes $(1, 3)$, twice as
# long, so $p_X = \tfrac12$ there, $\log p_X = -\log 2$. With $x = 1 - 3z$ everything is turned round, $(0, 1)$ becomes
# $(-2, 1)$, and $p_X = \tfrac13$: lengths and densities have no sign. And $x = e^z$: at $x = e^2$ we have $z = 2$ and
# $dx/dz = e^z = e^2$, so $\log p_X(e^2) = \log p_Z(2) - 2$.
#
# The slope must not be 0 anywhere: $x = z^3$ has an inverse, but $dx/dz = 0$ at $z = 0$, and with a Gaussian $z$ the
# density of $x$ is infinite there.
#
# *Beside the lecture.* Lecture 002 writes $p_X(x)\,dx = p_Z(z)\,dz$ for the conservation of mass. Where $dx/dz < 0$ it
# needs absolute values, as in its next line.
#
# ### Exercise 9.4: change of variables (3 points)
# The three functions that you are given take and return tensors of shape (batch,). (One point is given at the end.)

# %% solution="change_1d" withhold="flows.flow"
def change_1d(x, inverse, slope, log_p_z):
    """log p_X(x) for x = f(z), f rising or falling everywhere.

    x: (batch,), float. inverse: a function of x, z = f^-1(x).
    slope: a function of z, df/dz, of either sign, never 0.
    log_p_z: a function of z, log p_Z(z) in nats.
    Returns (batch,), float: in nats.
    """
    ### BEGIN SOLUTION
    z = inverse(x)
    return log_p_z(z) - slope(z).abs().log()
    ### END SOLUTION

# %% test="change_1d--maps" points=1
checks.own_work(change_1d, "flows.flow")
flat = lambda z: 0 * z  # log p_Z of the uniform, for z inside
x = torch.tensor([1.5, 2.0, 2.9])
found = checks.untouched(change_1d, x, lambda x: (x - 1) / 2,
                         lambda z: 2 + 0 * z, flat)
checks.close(found, -torch.full((3,), 2.0).log(), "log p_X of x = 2z + 1",
             "the same mass on twice the length: is the slope on the "
             "right side of the fraction, and all of it a logarithm?")
found = change_1d(x - 3, lambda x: (1 - x) / 3, lambda z: 0 * z - 3, flat)
checks.finite(found, "log p_X of x = 1 - 3z",
              "the map falls, its slope is -3: only its size counts")
checks.close(found, -torch.full((3,), 3.0).log(), "log p_X of x = 1 - 3z",
             "the same mass on three times the length")
gauss = lambda z: -(z**2) / 2 - math.log(2 * math.pi) / 2
x = torch.tensor([0.2, 1.0, 7.4])
checks.close(change_1d(x, torch.log, torch.exp, gauss),
             LogNormal(0.0, 1.0).log_prob(x), "log p_X of x = exp(z), z "
             "Gaussian,", "log p_Z and the slope are taken at "
             "z = f^-1(x), not at x; each x has a slope of its own, and "
             "one below 1 makes p_X larger")
checks.integrates_to_one(
    lambda x: change_1d(x[:, 0], torch.asinh, torch.cosh, gauss),
    -75, 75, "the density of x = sinh(z)", "once more: all at z", 3001)
print("Stretched, turned round and bent: no mass was lost.")

# %% test="change_1d--fresh" points=1
# Other maps, and the mass between two points.
### BEGIN HIDDEN TESTS
generator = checks.generator("change_1d--fresh", fresh=True)
gauss = lambda z: -(z**2) / 2 - math.log(2 * math.pi) / 2
for k, dtype in [(5, torch.float64), (31, torch.float32),
                 (1, torch.float64)]:
    a, b, *z = torch.randn(k + 2, generator=generator, dtype=dtype)
    z, a = torch.stack(z), a.abs() + 0.5
    maps = [
        (torch.sinh, torch.asinh, torch.cosh, "sinh(z)"),
        (lambda z: torch.exp(-z), lambda x: -x.log(),
         lambda z: -torch.exp(-z), "exp(-z)"),
        (lambda z: b - a * z, lambda x: (b - x) / a, lambda z: 0 * z - a,
         "a falling line"),
    ]
    for f, inverse, slope, name in maps:
        checks.close(
            change_1d(f(z), inverse, slope, gauss),
            gauss(z) - slope(z).abs().log(), f"log p_X of x = {name}",
            "log p_Z(z) - log |dx/dz|, both at z = f^-1(x)",
            tolerance=2e-3 if dtype == torch.float32 else 1e-7,
        )
        t = torch.linspace(-0.5, 1.5, 401, dtype=torch.float64)
        x, log_p = f(t), change_1d(f(t), inverse, slope, gauss)
        mass = torch.trapezoid(log_p.double().exp(), x.double()).abs()
        ends = Normal(0.0, 1.0).cdf(t[[0, -1]])
        checks.close(mass, ends[1] - ends[0], f"the mass of x = {name} "
                     "between f(-1/2) and f(3/2)", "it is that of z "
                     "between -1/2 and 3/2", tolerance=1e-4)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** A Gaussian goes through three maps: $2z + 1$, $1 - z / 2$ and $\sinh z$. Which density is highest at its
# top? Which has the heaviest tails? The marks stand at $f(-1)$ and $f(1)$: between them lies the same mass, 68%, in all
# three pictures.

# %% tags=["demo"]
def standard(z):
    return Normal(0.0, 1.0).log_prob(z)


line = torch.linspace(-6, 6, 601)
figure, axis = plt.subplots(figsize=(6, 3.2), layout="constrained")
for f, inverse, slope, style, name in [
    (lambda z: 2 * z + 1, lambda x: (x - 1) / 2, lambda z: 2 + 0 * z, "-",
     "2z + 1"),
    (lambda z: 1 - z / 2, lambda x: 2 * (1 - x), lambda z: 0 * z - 0.5,
     "--", "1 - z / 2"),
    (torch.sinh, torch.asinh, torch.cosh, ":", "sinh z"),
]:
    log_p = lambda x: change_1d(x, inverse, slope, standard).exp()
    drawn = axis.plot(line, log_p(line), style, label=f"x = {name}")
    ends = f(torch.tensor([-1.0, 1]))
    axis.plot(ends, log_p(ends), "o", color=drawn[0].get_color())
axis.set(xlabel="x", ylabel="density of x")
axis.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# Pressing together (slope $-\tfrac12$) doubles the top, stretching halves it. $\sinh$ leaves the middle alone, where
# its slope is 1, and pulls the tails out.
#
# **Change one number.** Make the second map $1 - z / 8$: `z / 8`, `8 * (1 - x)` and `-0.125`. A density may exceed 1,
# and $\log p_X$ may be positive: how high is the top now?
#
# **Mass, not density.** A density changes when you measure in millimetres instead of centimetres; a probability does
# not. For $x$ between two ends the mass is that of $z$ between *their* preimages, which come in the other order where
# $f$ falls: $\Pr[x_1 < x < x_2] = \big|F_Z(f^{-1}(x_2)) - F_Z(f^{-1}(x_1))\big|$. **By hand**: $x = 1 - 3z$, $z$
# uniform: $x$ between $-\tfrac12$ and $\tfrac14$ means $z$ between $\tfrac14$ and $\tfrac12$, which has mass
# $\tfrac14$; and density $\tfrac13$ times length $\tfrac34$ is $\tfrac14$, too.
#
# ## 4 Any distribution from uniform noise
#
# Now the other way round: the distribution is given, and the map is wanted. Let $F$ be the CDF of what you want,
# $F(c) = \Pr[x \le c]$, continuous, and strictly rising wherever it lies between 0 and 1. For $u$ uniform on $(0, 1)$
# and $x = F^{-1}(u)$,
#
# $$\Pr[x \le c] = \Pr[F^{-1}(u) \le c] = \Pr[u \le F(c)] = F(c) :$$
#
# $x$ has the CDF $F$. In lecture 003's words: $F^{-1} \# \text{Uniform}([0, 1])$ is the distribution itself. And the
# change of variables agrees: $p_X(x) = 1 \cdot |du/dx| = F'(x)$, where $F$ has a slope.
#
# **By hand.** The exponential distribution with rate $\lambda$ has $F(x) = 1 - e^{-\lambda x}$. Solve $u = F(x)$:
# $x = -\log(1 - u) / \lambda$; so $u = \tfrac12$ gives the median, $\log 2 / \lambda$. For a Gaussian
# $F(x) = \tfrac12 + \tfrac12 \operatorname{erf}\big((x - \mu) / (\sigma \sqrt 2)\big)$, and PyTorch has
# `torch.erfinv`.
#
# ### Exercise 9.5: invert two CDFs (2 points)

# %% solution="inverse_cdf"
def inverse_cdf(u, mean, std, rate):
    """F^-1(u) for a Gaussian and for an exponential distribution.

    u: (k,), float: strictly between 0 and 1.
    mean, std: (), float: of the Gaussian, std its standard deviation.
    rate: (), float: lambda of the exponential, whose mean is 1 / lambda.
    Returns two tensors (k,), float: Gaussian first.
    """
    ### BEGIN SOLUTION
    gaussian = mean + std * math.sqrt(2) * torch.erfinv(2 * u - 1)
    return gaussian, -torch.log1p(-u) / rate
    ### END SOLUTION

# %% test="inverse_cdf--both" points=2
u = torch.tensor([0.02, 0.5, 0.8413447])
given = torch.tensor(3.0), torch.tensor(2.0), torch.tensor(0.5)
pair = checks.untouched(inverse_cdf, u, *given)
pair = checks.items(pair, 2, "the pair Gaussian, exponential")
names = ["F^-1 of the Gaussian", "F^-1 of the exponential"]
for found, name in zip(pair, names):
    found = checks.value(found, (3,), "float", name)
    checks.require(
        bool((found.diff() > 0).all()), f"{name} should rise with u: a "
        "map that falls may give the right distribution, too, but it is "
        "not F^-1")
hint = "half of the mass lies below the mean and 84.13% below mean + std: "
hint += "solve u = 1/2 + erf(...) / 2 for x"
checks.close(pair[0][1:], torch.tensor([3.0, 5.0]), names[0], hint)
hint = "solve u = 1 - exp(-rate x) for x"
checks.close(pair[1][1:2], torch.tensor([2 * math.log(2.0)]), names[1],
             hint)
print("Half of the mass lies below the medians, as it should.")
### BEGIN HIDDEN TESTS
generator = checks.generator("inverse_cdf--both", fresh=True)
for k, dtype in [(40, torch.float64), (700, torch.float32),
                 (1, torch.float64)]:
    u = 0.01 + 0.98 * torch.rand(k, generator=generator, dtype=dtype)
    mean, std, rate = 1.5 + torch.rand(3, generator=generator, dtype=dtype)
    pair = checks.items(inverse_cdf(u, -mean, std, rate), 2, "the pair")
    checks.close(pair[0], Normal(-mean, std).icdf(u), names[0],
                 "mean + std sqrt(2) erfinv(2 u - 1)")
    checks.close(pair[1], -(1 - u).log() / rate, names[1], hint)
### END HIDDEN TESTS

# %% [markdown]
# One map, one formula, no trial and error: that is how `random.expovariate` of Python draws an exponential. A map that
# falls, $-\log(u) / \lambda$, does it as well, for $1 - u$ is as uniform as $u$. But only the rising one is $F^{-1}$.
#
# ### When the CDF is a staircase
# $n$ data points have a CDF, too, the **empirical** one: $F(x)$ is the share of the data that is at most $x$, a
# staircase. It has no inverse in the strict sense. One takes the smallest $x$ at which the staircase has reached $u$:
# with the data sorted, $x_{(1)} \le \dots \le x_{(n)}$,
#
# $$F^{-1}(u) = x_{(k)} \quad \text{for the smallest } k \text{ with } \frac kn \ge u , \qquad 0 < u \le 1.$$
#
# **By hand.** The data $7, 1, 4, 4$ become $1, 4, 4, 7$. $u = .2$ and $u = .25$ give 1, $u = .26$ gives 4, $u = .75$
# gives 4, $u = .76$ and $u = 1$ give 7. Of uniform $u$ half give a 4, for half of the data are 4s.
#
# ### Exercise 9.6: from data (2 points)
# No interpolation: what comes out is always one of the data.

# %% solution="empirical_inverse"
def empirical_inverse(u, sample):
    """F^-1(u) for the empirical distribution of a sample.

    u: (k,), float: above 0, at most 1. sample: (n,), float: in any order.
    Returns (k,), float: entries of the sample.
    """
    ### BEGIN SOLUTION
    place = (u * len(sample)).ceil().long()
    return sample.sort().values[place - 1]
    ### END SOLUTION

# %% test="empirical_inverse--steps" points=2
sample = torch.tensor([7.0, 1.0, 4.0, 4.0])
u = torch.tensor([0.2, 0.25, 0.26, 0.5, 0.75, 0.76, 1.0])
found = checks.untouched(empirical_inverse, u, sample)
checks.value(found, (7,), "float", "F^-1(u)")
checks.require(
    bool((found[:, None] == sample).any(1).all()), "one of your values is "
    "none of the data: no interpolation, no mean")
checks.require(bool((found.diff() >= 0).all()), "F^-1 should never fall "
               "as u grows: were the data sorted?")
checks.close(found[[0, 2, 5]], torch.tensor([1.0, 4, 7]),
             "F^-1(u) between the steps", "u = .2 belongs to the smallest "
             "of four, u = .26 to the second, u = .76 to the fourth")
checks.close(found, torch.tensor([1.0, 1, 4, 4, 4, 7, 7]),
             "F^-1(u) on the steps", "k / n >= u: at u = k / n exactly it "
             "is still the k-th of the sorted data")
print("The staircase is climbed from the right side.")
### BEGIN HIDDEN TESTS
generator = checks.generator("empirical_inverse--steps", fresh=True)
for n, k, dtype in [(8, 8, torch.float64), (21, 60, torch.float64),
                    (16, 40, torch.float32), (1, 3, torch.float64)]:
    sample = torch.randn(n, generator=generator, dtype=dtype)
    sample[0] = sample[-1]
    place = torch.randint(n, (k,), generator=generator)
    back = torch.rand(k, generator=generator, dtype=dtype)
    u = (place + 0.95 - 0.9 * back) / n
    if n in (8, 16):  # powers of two: k / n is exact
        u = torch.cat([u, (place + 1).to(dtype) / n])
        place = torch.cat([place, place])
    ranked = torch.tensor(sorted(sample.tolist()), dtype=dtype)
    checks.close(empirical_inverse(u, sample), ranked[place],
                 f"F^-1(u) of {n} data", "the smallest k with k / n >= u, "
                 "in the sorted data; the u come in any order")
### END HIDDEN TESTS

# %% [markdown]
# **Look.** The petals of 90 irises, lengths in cm. Left their staircase with $u = .25$ and $u = .75$; right 1,000 draws
# by your function beside 1,000 draws from the Gaussian with the same mean and deviation. **Predict** what the Gaussian
# does between 2 and 3 cm, and what your draws do there.

# %% tags=["demo"]
length = data.iris().train.x[:, 2]
uniform = torch.rand(1000, generator=new_generator(2))
mine = empirical_inverse(uniform, length)
bell, _ = inverse_cdf(uniform, length.mean(), length.std(),
                      torch.tensor(1.0))
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
axes[0].ecdf(length.tolist(), color="black")
for u, style in [(0.25, ":"), (0.75, "--")]:
    x = empirical_inverse(torch.tensor([u]), length).item()
    axes[0].plot([0, x, x], [u, u, 0], style, label=f"u = {u}: {x:.1f} cm")
axes[0].set(xlabel="petal length / cm", ylabel="u = F(x)", xlim=(0, 8))
axes[0].legend(frameon=False)
bins = {"bins": 30, "range": (-1.05, 7.95)}
axes[1].hist(mine, **bins, color="0.7", label="staircase")
axes[1].hist(bell, **bins, histtype="step", color="black",
             label="Gaussian")
axes[1].set(xlabel="petal length / cm", ylabel="draws")
axes[1].legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# The staircase repeats flowers that were there, gap included, and never invents a new one: it has learned the data by
# heart. The Gaussian invents at will, petals of 2.5 cm and of negative length too. Section 5 looks for something
# between.
#
# **Change one number.** A third of the flowers, the short ones, are of one species, *setosa*. Ask for $u = .33$ in
# place of `0.75`: where does the dashed line stand, and where for `0.34`?
#
# ### Two dimensions: one after the other
# A vector has no CDF that one could invert. But it has a chain rule. Draw $x_1$ from its marginal and then $x_2$ from
# its conditional, each by an inverse CDF on the line and with a $u$ of its own:
#
# $$x_1 = F_1^{-1}(u_1), \qquad x_2 = F_{2 \mid 1}^{-1}(u_2 \mid x_1) .$$
#
# Together this is a map from the unit square to the plane in which $x_1$ does not depend on $u_2$. Unit 10 builds such
# maps from networks and calls them *autoregressive flows*.
#
# **By hand**, in a table: $p = \begin{pmatrix} 1/8 & 3/8 \\ 1/4 & 1/4 \end{pmatrix}$, $x_1$ the row, both counted
# from 0. The rows have mass $\tfrac12, \tfrac12$, so $u_1 = .4$ gives $x_1 = 0$. *In this row* the columns have
# shares $\tfrac14, \tfrac34$: $u_2 = .2$ gives $x_2 = 0$, and $u_2 = .3$ gives 1.
#
# ### Exercise 9.7: inverse CDF by conditionals (2 points)
# The rule is that of the staircase: the smallest index at which the cumulated probability has reached $u$.

# %% solution="conditional_inverse"
def conditional_inverse(u, table):
    """Draw (x1, x2) from a joint table, x1 first, from given noise.

    u: (batch, 2), float: strictly between 0 and 1, u[:, 0] for x1.
    table: (rows, columns), float: p(x1, x2), all entries above 0.
    Returns (batch, 2), long: row x1 and column x2 of each draw.
    """
    ### BEGIN SOLUTION
    x1 = (table.sum(1).cumsum(0) < u[:, :1]).sum(1)
    row = table[x1]
    F2 = row.cumsum(1) / row.sum(1, keepdim=True)
    return torch.stack([x1, (F2 < u[:, 1:]).sum(1)], 1)
    ### END SOLUTION

# %% test="conditional_inverse--table" points=2
table = torch.tensor([[1 / 8, 3 / 8], [1 / 4, 1 / 4]])
u = torch.tensor([[0.4, 0.2], [0.5, 0.3], [0.9, 0.5], [0.9, 0.6]])
found = checks.untouched(conditional_inverse, u, table)
found = checks.value(found, (4, 2), "integer", "the pairs (x1, x2)")
checks.close(found[:, 0].double(), torch.tensor([0.0, 0, 1, 1]), "x1",
             "its marginal is the sum of each row, cumulated; a sum that "
             "equals u has reached it")
checks.close(found[:, 1].double(), torch.tensor([0.0, 1, 0, 1]), "x2",
             "its row divided by the mass of the row, cumulated, and u2: "
             "neither the joint nor the marginal of x2; a sum that equals "
             "u has reached it")
wide = torch.tensor([[0.1, 0.2, 0.3], [0.3, 0.05, 0.05]])
generator = checks.generator("conditional_inverse--table")
u = torch.rand(20000, 2, generator=generator).clamp(1e-4, 0.9999)
pairs = checks.value(conditional_inverse(u, wide), (20000, 2), "integer",
                     "the pairs", 0, 2)
share = torch.stack([(pairs == torch.tensor([i, j])).all(1).double().mean()
                     for i in range(2) for j in range(3)])
checks.close(share, wide.flatten().double(), "the share of a cell in "
             "20,000 draws", "cumulate over all columns, and let each of "
             "the two have its own u", 0.025)
print("Drawn one after the other, the pairs follow their joint table.")
### BEGIN HIDDEN TESTS
generator = checks.generator("conditional_inverse--table", fresh=True)
for rows, columns, batch, dtype in [
        (3, 2, 20, torch.float64), (4, 6, 60, torch.float32),
        (2, 5, 1, torch.float64), (5, 3, 33, torch.float64)]:
    table = torch.rand(rows, columns, generator=generator, dtype=dtype)
    table = (table + 0.2) / (table + 0.2).sum()
    i = torch.randint(rows, (batch,), generator=generator)
    j = torch.randint(columns, (batch,), generator=generator)
    t = 0.05 + 0.9 * torch.rand(batch, 2, generator=generator, dtype=dtype)
    first, share = table.sum(1), table / table.sum(1, keepdim=True)
    u = torch.stack([first.cumsum(0)[i] - t[:, 0] * first[i],
                     share.cumsum(1)[i, j] - t[:, 1] * share[i, j]], 1)
    checks.close(
        conditional_inverse(u, table), torch.stack([i, j], 1),
        f"the pairs from a table with {rows} rows", "x1 from the sums of "
        "the rows and u1, then x2 from p(x2 | x1) and u2", 0.1, "integer")
### END HIDDEN TESTS

# %% [markdown]
# **Look.** A grey picture is a joint table: $p$ (row, column) in proportion to the ink. **Predict** what 5,000 draws
# look like, each moved at random inside its pixel; and what comes out if both coordinates are drawn from their
# *marginals*.

# %% tags=["demo"]
ink = data.digits(levels=17).train.x[18].reshape(8, 8).float()
table = (ink + 1e-4) / (ink + 1e-4).sum()
generator = new_generator(3)
u = torch.rand(5000, 2, generator=generator).clamp(1e-4, 0.9999)
jitter = torch.rand(5000, 2, generator=generator) - 0.5
alone = table.sum(1, keepdim=True) * table.sum(0)
figure, axes = plt.subplots(1, 3, figsize=(9, 3.2), layout="constrained")
axes[0].imshow(table, cmap="gray_r")
axes[0].set(title="the table")
for axis, p, name in [(axes[1], table, "by conditionals"),
                      (axes[2], alone, "from marginals alone")]:
    row, column = (conditional_inverse(u, p) + jitter).T
    axis.plot(column, row, ".", markersize=1.5, color="black")
    axis.set(title=name, aspect="equal", xlim=axes[0].get_xlim(),
             ylim=axes[0].get_ylim())
for axis in axes:
    axis.set(xlabel="column $x_2$", ylabel="row $x_1$")
plotting.picture(figure)

# %% [markdown]
# By conditionals the digit is there. The marginals know how much ink a row and a column have, and not which belong
# together: their product is a smear.
#
# **Change one number.** Take another digit, `train.x[9]`. Does it survive the marginals any better? Which shapes would?
#
# ## 5 A flow, fitted to flowers
#
# Between the Gaussian and the staircase: a map with a few parameters, fitted by maximum likelihood. The data's side is
# given, so write the map in that direction, from a petal length $x$ to noise $z$, and make it rise:
#
# $$z = f^{-1}(x) = a + b x + \sum_{k=1}^K h_k \tanh \frac{x - m_k}{s_k} , \qquad
# \frac{dz}{dx} = b + \sum_{k=1}^K \frac{h_k}{s_k} \Big(1 - \tanh^2 \frac{x - m_k}{s_k}\Big) ,$$
#
# with $b, h_k, s_k > 0$: a sum of things that rise. With $z \sim \mathcal N(0, 1)$ the change of variables gives an
# exact likelihood,
#
# $$\log p_X(x) = -\tfrac12 z^2 - \tfrac12 \log 2 \pi + \log \frac{dz}{dx} .$$
#
# Plus, this time: the slope is that of $f^{-1}$. Without this term every fit would send all data to $z = 0$, where
# $p_Z$ is highest; the slope is what that would cost.
#
# **By hand.** $K = 1$, $a = 0$, $b = 1$, $h = 4$, $m = 0$, $s = 2$: at $x = 0$ we have $z = 0$ and $dz/dx = 1 + 4/2 =
# 3$, so $\log p_X(0) = \log 3 - \tfrac12 \log 2\pi$.
#
# ### Exercise 9.8: a flow on the line (3 points)
# Two points for the density, one for gradients to all five parameters: training needs them. (`x[:, None] - m` has the
# shape (batch, K).)

# %% solution="flow_1d" withhold="flows.flow"
def flow_1d(x, a, b, h, m, s):
    """z = f^-1(x) and log p(x) of the flow above, z ~ N(0, 1).

    x: (batch,), float. a, b: (), float, b > 0.
    h, m, s: (K,), float: heights > 0, centres, widths > 0 of the tanh.
    Returns z, (batch,), float, and log p(x), (batch,), float, in nats.
    """
    ### BEGIN SOLUTION
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    slope = b + (h / s * (1 - bend**2)).sum(1)
    constant = 0.5 * math.log(2 * math.pi)
    return z, -0.5 * z**2 - constant + slope.log()
    ### END SOLUTION

# %% test="flow_1d--density" points=2
checks.own_work(flow_1d, "flows.flow")
tensors = lambda *rows: [torch.tensor(row).double() for row in rows]
given = tensors(0.0, 1.0, [4.0], [0.0], [2.0])
pair = checks.untouched(flow_1d, *tensors([0.0, 2.0]), *given)
z, log_p = checks.items(pair, 2, "the pair z, log p")
checks.close(z, torch.tensor([0, 2 + 4 * math.tanh(1.0)]).double(), "z",
             "a + b x + the sum of h tanh((x - m) / s)", tolerance=1e-6)
log_p = checks.value(log_p, (2,), "float", "log p(x), one number an x,")
checks.close(
    log_p[0], math.log(3) - math.log(2 * math.pi) / 2, "log p(0) by hand",
    "log N(z; 0, 1), constant included, plus the log of the whole slope; "
    "the inner derivative is 1 / s", tolerance=1e-6)
given = tensors(-1.0, 0.5, [1.0, 2.0], [-1.0, 2.0], [0.5, 1.5])
x = torch.linspace(-3, 4, 15, dtype=torch.float64)
pair = checks.items(flow_1d(x, *given), 2, "the pair z, log p")
z = checks.value(pair[0], (15,), "float", "z")[[4, 10]]  # x = -1, 2
right = [-1.5 - 2 * math.tanh(2.0), math.tanh(6.0)]
checks.close(z, torch.tensor(right).double(), "z at the centres, K = 2,",
             "a + b x + the sum of h tanh((x - m) / s), each tanh with an "
             "h, m and s of its own", tolerance=1e-6)
checks.integrates_to_one(
    lambda x: checks.items(flow_1d(x[:, 0], *given), 2, "the pair")[1],
    -25, 25, "the density of the flow", "log p is -z^2 / 2 - log(2 pi) / 2"
    " + log dz/dx, with the z that you return and the slope of that z: "
    "every tanh adds its own")
rise = checks.jacobian(lambda x: flow_1d(x[:, 0], *given)[0][:, None],
                       x[:, None])[:, 0, 0]
checks.close(pair[1], Normal(0.0, 1.0).log_prob(pair[0]) + rise.log(),
             "log p(x)", "log N(z; 0, 1) + log dz/dx", tolerance=1e-6)
print("The area is one: this flow is a density.")

# %% test="flow_1d--fresh" points=1
# Other parameters, and the gradients for all of them.
### BEGIN HIDDEN TESTS
generator = checks.generator("flow_1d--fresh", fresh=True)
for batch, K, dtype in [(4, 2, torch.float64), (9, 5, torch.float64),
                        (30, 3, torch.float32), (1, 1, torch.float64)]:
    x, m, c = (2 * torch.randn(k, generator=generator, dtype=dtype)
               for k in (batch, K, batch))
    h, s = 0.4 + torch.rand(2, K, generator=generator, dtype=dtype)
    a, b = 0.2 + torch.rand(2, generator=generator, dtype=dtype)
    given = [part.requires_grad_() for part in (a, b, h, m, s)]
    pair = checks.items(flow_1d(x, *given), 2, "the pair z, log p")
    e = torch.exp(2 * (x[:, None] - m) / s)
    z = a + b * x + (h * (1 - 2 / (e + 1))).sum(1)
    rise = b + (4 * h / s * e / (e + 1) ** 2).sum(1)
    right = -(z**2) / 2 - math.log(2 * math.pi) / 2 + rise.log()
    low = 1e-3 if dtype == torch.float32 else 1e-8
    checks.close(pair[0], z, "z", "a + b x + sum of h tanh((x - m) / s)",
                 tolerance=low)
    checks.close(pair[1], right, f"log p(x) with K = {K}", "the log of "
                 "the whole slope, b + sum of h / s (1 - tanh^2), one for "
                 "each x", tolerance=low)
    checks.require(pair[1].requires_grad, "no gradient passes through "
                   "log p: keep to PyTorch's functions, detach nothing")
    total = (c * pair[1]).sum() + 0 * sum(part.sum() for part in given)
    slopes = torch.autograd.grad(total, given)
    expected = torch.autograd.grad((c * right).sum(), given)
    for one, other, name in zip(slopes, expected, "abhms"):
        checks.close(one, other, f"the gradient of log p(x) for {name}",
                     "it passes through z and through the slope",
                     tolerance=5e-3 if dtype == torch.float32 else 1e-7)
### END HIDDEN TESTS

# %% [markdown]
# A given class keeps $b, h, s$ positive by storing logarithms, and `training.fit` does the rest: 90 flowers, 15 to
# choose the epoch, 45 held out. **Predict.** A Gaussian is one hump. How many nats a flower will the flow save?

# %% tags=["demo"] exempt="trained numbers differ between processors"
flowers = data.iris()
parts = [part.x[:, 2] for part in
         (flowers.train, flowers.validation, flowers.test)]


class Bent(torch.nn.Module):
    def __init__(self, K):
        super().__init__()
        start = {"a": torch.tensor(-2.0), "b": torch.tensor(-1.0),
                 "h": -torch.ones(K), "m": torch.linspace(1, 7, K),
                 "s": torch.zeros(K)}
        self.p = torch.nn.ParameterDict(start)

    def both(self, x):
        p = self.p
        return flow_1d(x, p["a"], p["b"].exp(), p["h"].exp(), p["m"],
                       p["s"].exp())

    def log_prob(self, x):
        return self.both(x)[1]


flow = Bent(4)
history = training.fit(flow, *parts[:2], epochs=120, batch_size=30,
                       learning_rate=0.05, generator=new_generator())
assert abs(min(history.validation) - 1.51) < 0.1, history.validation
axis = history.plot(unit="nats a flower")
plotting.picture(axis.figure)

# %% [markdown]
# Beside it a Gaussian, a histogram with bins of 5 mm (half a flower added to each bin, so that none is empty) and one
# hump for each of two groups (EM of unit 05). Nats of a *density* depend on the unit: per cm here. Measured in mm every
# density is a tenth, and every row gains $\log 10 = 2.30$ nats, so that only differences mean something. Bits are the
# first column divided by $\log 2$: there is one dimension. (Petals are rounded to the millimetre. A density with a
# spike on each millimetre would win, on held-out flowers too, without having learned anything. Four tanh are too few
# for that; the last notebook of this unit comes back to it.)

# %% tags=["demo"] exempt="trained numbers differ between processors"
from gmlib.latent.gaussian_mixture import GaussianMixture

train, _, test = [part.double() for part in parts]
counts = torch.histc(train, 16, 0, 8) + 0.5
heights = counts / counts.sum() / 0.5
pair = GaussianMixture(1, 2).double()
pair.set(torch.tensor([0.5, 0.5]).double(),
         torch.tensor([[1.5], [5.0]]).double(),
         torch.ones(2, 1, 1).double())
for _ in range(50):
    pair.em_step(train[:, None])
one = Normal(train.mean(), train.std(correction=0))
nats = {
    "Gaussian": -one.log_prob(test).mean().item(),
    "histogram, 16 bins": -heights.log()[(2 * test).long()].mean().item(),
    "two Gaussians, EM": training.nll(pair, test[:, None]),
    "flow": training.nll(flow, parts[2]),
}
for found, about in zip(nats.values(), [1.94, 1.41, 1.27, 1.26]):
    assert abs(found - about) < 0.1, nats
plotting.results_table(
    [[name, n, training.bits_per_dim(n, 1), n + math.log(10)]
     for name, n in nats.items()],
    ["model", "nats a flower (cm)", "bits", "nats a flower (mm)"],
)

# %% [markdown]
# The flow saves well over half a nat a flower against one Gaussian, and keeps up with two. It did not have to be told
# how many humps there are.
#
# **Look** at it from both sides. To *draw* a flower the map has to be turned round: $z$ is drawn, and the $x$ with
# $f^{-1}(x) = z$ is searched by halving an interval 40 times, since there is no formula. Density cheap, samples dear:
# which way a flow is cheap is a choice, and it will come back. **Predict**: where is the map steep?

# %% tags=["demo"]
@torch.no_grad()
def solve(z, low=-20.0, high=30.0):
    low, high = low + 0 * z, high + 0 * z
    for _ in range(40):
        x = (low + high) / 2
        above = flow.both(x)[0] > z
        low, high = torch.where(above, low, x), torch.where(above, x, high)
    return x


line = torch.linspace(0, 8, 801)
with torch.no_grad():
    z, log_p = flow.both(line)
drawn = solve(torch.randn(1000, generator=new_generator(4)))
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
axes[0].plot(line, z, color="black")
axes[0].set(xlabel="petal length x / cm", ylabel="$z = f^{-1}(x)$",
            ylim=(-4, 4), title="the map")
bins = {"bins": 27, "range": (-0.05, 8.05), "density": True}
axes[1].hist(train, **bins, color="0.8", label="90 flowers")
axes[1].hist(drawn, **bins, histtype="step", label="1,000 samples")
axes[1].plot(line, log_p.exp(), color="black", label="density")
axes[1].set(xlabel="petal length x / cm", ylabel="density / (1 / cm)",
            title="the density")
axes[1].legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# Steep where there are flowers, flat in the gap: the map stretches what is crowded until it is as loose as a Gaussian.
# $f^{-1}$ steep means $p_X$ high, the slope being that of the inverse.
#
# **Change one number.** Halve the noise in the line of `drawn`: `solve(torch.randn(...) / 2)`. Which of the two groups
# becomes rarer, why does the gap fill, and what is missing at the right end?
#
# ## 6 What no such map can do
#
# Lecture 003 asks whether $g(z)$ can model any target, and answers *roughly* yes. Two limits hide in the 'roughly'.
#
# **Connected stays connected.** The real line is in one piece, and a continuous map cannot tear it: the image of a
# connected set is connected. If two groups are separated by a real gap, then $f$ (the lecture's $g$) has to cross it,
# and some mass lies in between. A steeper crossing makes it less, never 0.
#
# **$d < m$ gives no density.** Let $z$ have $d$ dimensions and $x$ have $m$. A smooth curve drawn in the plane by one
# number $z$ ($d = 1$, $m = 2$) has area 0. All the mass lies on it, mass divided by area is infinite, and off the curve
# the model says $\log p(x) = -\infty$: no likelihood can be compared. That is why a flow has as many noises as data
# dimensions.
#
# **Predict** the mass between $-1$ and $1$ when $x = 2 \tanh(c z) + z / 5$, for $c = 2$, 8 and 32.

# %% tags=["demo"]
z = torch.linspace(-4, 4, 40001, dtype=torch.float64)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
for c, style in [(2, ":"), (8, "--"), (32, "-")]:
    x, rise = 2 * torch.tanh(c * z) + z / 5, z.new_tensor(0.2)
    rise = rise + 2 * c * (1 - torch.tanh(c * z) ** 2)
    mass = 2 * Normal(0.0, 1.0).cdf(z[x < 1].max()).item() - 1
    axes[0].plot(x, Normal(0.0, 1.0).log_prob(z).exp() / rise, style,
                 color="black", label=f"c = {c}: {100 * mass:.1f}%")
axes[0].set(xlabel="x", ylabel="density of x", yscale="log",
            ylim=(1e-3, 10))
axes[0].legend(frameon=False, title="between -1 and 1", fontsize=8)
noise = torch.randn(400, generator=new_generator(5))
axes[1].plot(noise, torch.sin(3 * noise), ".", color="black", markersize=3)
axes[1].set(xlabel="$x_1 = z$", ylabel="$x_2 = \\sin 3z$",
            title="one noise, two dimensions")
plotting.picture(figure)

# %% [markdown]
# Four times as steep, about a quarter of the mass; at no finite steepness is it gone, and training has to push the
# slope towards infinity to come near. Mixtures (unit 05) have no such trouble: their $z$ is discrete, and $x$
# jumps with it.
#
# **Change one number.** Guess what `128` in place of `32` leaves between $-1$ and $1$; then look.
#
# *Beside the lecture.* 'Any target' holds for targets with connected support, and in the limit for others, too; a
# density exists only where noise has at least as many dimensions as data.
#
# ## 7 gmlib's own versions, and your machine
# Locked cells: gmlib's one-dimensional flows are held to such checks on every device (0 points), your change of
# variables must agree with them (1 point), and the last cells say whether your functions also run on a GPU.

# %% test="gmlib_flow_1d--devices" points=0
for device in gmlib.devices():
    for layers in [[Affine(1)], [Affine(1), Sigmoid(1)]]:
        flow = Flow(layers).to(device)
        flow.load_state_dict({
            "transforms.0.log_scale": torch.tensor([0.5]),
            "transforms.0.shift": torch.tensor([-0.3])})
        flow = flow.double() if device.type == "cpu" else flow
        like = flow.state_dict()["transforms.0.shift"]
        z = torch.linspace(-2, 2, 9)[:, None].to(like)
        checks.inverts(flow.forward, flow.inverse, z, "gmlib's flow",
                       tolerance=1e-3)
        low, high = (-20, 20) if len(layers) == 1 else (-0.0555, 1.0555)
        checks.integrates_to_one(
            lambda x: flow.log_prob(x.to(like)).cpu(), low, high,
            "the density of gmlib's flow")
print("gmlib's flows pass on every device that this machine has.")

# %% test="change_1d--gmlib" points=1
x = torch.linspace(0.05, 0.95, 9, dtype=torch.float64)
flow = Flow([Affine(1)]).double()
flow.load_state_dict({"transforms.0.log_scale": torch.tensor([2.0]).log(),
                      "transforms.0.shift": torch.tensor([1.0])})
gauss = lambda z: -(z**2) / 2 - math.log(2 * math.pi) / 2
checks.close(
    change_1d(x, lambda x: (x - 1) / 2, lambda z: 2 + 0 * z, gauss),
    flow.log_prob(x[:, None]), "your log p_X beside gmlib's Flow of an "
    "Affine", "x = 2z + 1, z Gaussian", tolerance=1e-6)
checks.close(
    change_1d(x, torch.logit, lambda z: torch.sigmoid(z) *
              torch.sigmoid(-z), gauss),
    Flow([Sigmoid(1, 0.0)]).double().log_prob(x[:, None]),
    "your log p_X beside gmlib's Flow of a Sigmoid", "x = 1 / (1 + exp(-z)"
    "), whose slope is x (1 - x)", tolerance=1e-6)
print("Your change of variables and gmlib's agree.")

# %% [markdown]
# Do your functions run where their inputs are? On a machine without a GPU these cells have nothing to find.

# %% test="push_table--devices" points=0
generator = checks.generator("push_table--devices")
p, y = torch.ones(6) / 6, torch.tensor([0, 2, 2, 1, 0, 2])
checks.same_on_devices(push_table, p, y, 4)
x = torch.randn(3, 4, generator=generator)
checks.same_on_devices(square_density, x[0], -0.5)
checks.same_on_devices(preimage_density, x.exp(), x.exp())
checks.same_on_devices(change_1d, x[0].exp(), torch.log, torch.exp,
                       torch.neg)
print("These functions run on every device that this machine has.")

# %% test="inverse_cdf--devices" points=0
generator = checks.generator("inverse_cdf--devices")
u = 0.1 + 0.8 * torch.rand(5, 2, generator=generator)
checks.same_on_devices(lambda *given: sum(inverse_cdf(*given)), u[0],
                       *u[1:3, 0], u[1, 1])
checks.same_on_devices(empirical_inverse, torch.tensor([0.3, 0.7, 0.9]),
                       u[:, 0])
table = torch.tensor([[0.1, 0.2, 0.3], [0.25, 0.1, 0.05]])
checks.same_on_devices(conditional_inverse, u, table)
checks.same_on_devices(lambda *given: sum(flow_1d(*given)), u[:, 0],
                       *u[0], *u[1:4])
print("So do these.")

# %% [markdown]
# ## Recap
#
# | what is pushed | what arrives |
# |---|---|
# | a table | $\Pr[Y = j]$ = sum of $\Pr[\omega]$ over all $\omega$ with $Y(\omega) = j$ |
# | a density, several preimages | $p_X(x) = \sum_j p_Z(z_j) / \lvert f'(z_j) \rvert$ |
# | a density, one preimage | $\log p_X(x) = \log p_Z(z) - \log \lvert dx/dz \rvert$ at $z = f^{-1}(x)$ |
# | an interval | the mass that $z$ has between the preimages of its ends |
# | uniform noise, through $F^{-1}$ | the distribution with CDF $F$ |
# | two uniforms, one after the other | any joint distribution, by its chain rule |
#
# | what to remember | |
# |---|---|
# | steep | thin: the density is divided by the slope's size |
# | $dx/dz$ or $dz/dx$ | minus the first, or plus the second: never both |
# | where | slope and $p_Z$ at $z$, not at $x$ |
# | flat | a flat piece leaves a point mass: no density there |
# | connected | no continuous map tears the line |
#
# **Next.** In the second notebook $x$ and $z$ are vectors, and the slope becomes a determinant. **To read.** Lecture
# 003, *Pushforwards and random variables*; Devroye (1986), *Non-Uniform Random Variate Generation*, chapter 2;
# Papamakarios and others (2021), *Normalizing Flows for Probabilistic Modeling and Inference*, section 2; Cornish and
# others (2020), *Relaxing Bijectivity Constraints with Continuously Indexed Normalising Flows*.
