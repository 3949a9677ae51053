# %% [markdown]
# # Unit 09, fourth notebook: flows on images
#
# A pixel is a whole number, and a flow gives densities of real ones. Neither the loss nor the result of a flow on
# images means anything before that is settled. At the end you will be able to
#
# - turn grey levels into real numbers by noise of the right width, and back;
# - say exactly what the nats of a density have to do with bits a pixel, and on which side of the truth they lie;
# - stretch the unit interval to the line, with the log-determinant that this costs;
# - choose which pixels stay in a coupling: checkerboards, and channels after a squeeze;
# - train Real-NVP on digits and put its bits beside those of models without any network.
#
# **Time**: 90 minutes. **You need**: the couplings of the third notebook of this unit.
# **Points**: 19.
# It follows lectures 000 (section 4.3) and 002 (Real-NVP), and Dinh and others (2017).

# %% install=True

# %% [markdown]
# All imports of this notebook, and a seed. None of your functions may change the tensors that it is given.

# %%
import math

import matplotlib.pyplot as plt
import torch
from torch.distributions import MultivariateNormal, Normal

import gmlib
from gmlib import checks, data, flows, plotting, training
from gmlib.explore import dequantisation as noise
from gmlib.flows import dequantisation as bins
from gmlib.flows import images


def new_generator(seed=0):
    return torch.Generator().manual_seed(seed)

# %% [markdown]
# ## 1 Counted, not measured
#
# The pixel $x$ of an image has one of $L$ grey levels, $0$ to $L - 1$. Hand it to a density model as it is, divided by
# $L$, and training has no end: put a narrow spike on each level, and the density *there* is as high as you like. Take
# three levels with $P = (\tfrac12, \tfrac14, \tfrac14)$ and the mixture $p(y) = \sum_x P(x) \,
# \mathcal N(y; (x + \tfrac12) / 3, \sigma^2)$, whose weights are exactly right. **Predict** the two curves: the mean
# of $\log p(y)$ as $\sigma$ falls, when $y$ is always the centre of a bin, and when $y$ is spread evenly over the
# bin.

# %% tags=["demo"]
P = torch.tensor([0.5, 0.25, 0.25], dtype=torch.float64)
centres = (torch.arange(3) + 0.5) / 3
y = (torch.arange(3000) + 0.5) / 3000  # 1,000 points in each bin


def mean_log_p(y, sigma):
    each = P.log() + Normal(centres, sigma).log_prob(y[:, None])
    return (each.logsumexp(1).reshape(3, -1).mean(1) @ P).item()


sigmas = torch.logspace(-2.5, 0, 60).tolist()
figure, axis = plt.subplots(figsize=(5.6, 3.2), layout="constrained")
axis.plot(sigmas, [mean_log_p(centres, s) for s in sigmas], "--",
          label="y at the centres")
axis.plot(sigmas, [mean_log_p(y, s) for s in sigmas],
          label="y spread over the bins")
axis.axhline((P @ (3 * P).log()).item(), color="black", linewidth=1,
             label="$\\log 3 - H(P)$")
axis.set(xscale="log", ylim=(-3, 5), xlabel=r"width $\sigma$ of a spike",
         ylabel="mean log p(y) (nats)")
axis.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# On the bare levels the curve climbs by $\log 10$ each time that $\sigma$ falls to a tenth, for ever: a perfect score
# for knowing nothing but that levels are whole numbers. Spread over the bin, spikes are punished, and the curve has a
# top, below the black line. That line will turn out to be the truth, $\log L$ minus the entropy of the pixel, and for
# $y$ spread like this no density gets above it.
#
# So give each level its bin. **Dequantise**: add uniform noise as wide as the step between two levels, then scale,
#
# $$y = \frac{x + u}{L}, \quad u \sim \mathcal U[0, 1), \qquad\qquad x = \lfloor L y \rfloor .$$
#
# The bins $[\tfrac xL, \tfrac{x + 1}L)$ fill $[0, 1)$ without gap or overlap, and rounding *down* leads back. A flow's
# samples may also fall outside of $[0, 1)$: they count for the first or the last level. **By hand**: $L = 4$, $x = 3$
# and $u = \tfrac12$ give $y = \tfrac78$, and $4 \cdot \tfrac78 = 3.5$ goes back to 3; so does $y = 1.2$.
#
# *Beside the lecture.* The lectures' flows act on real vectors, and they leave open what to do with pixels. The field
# has agreed on this noise.
#
# ### Play with it
# Noise $w \cdot u$ of another width $w$, and the nats that the best possible density of $y$ reports for the pixel (by
# the formula of section 2). **Predict, then move.** At which width are the reported nats the entropy of the pixel? What
# does noise gain that fills half a bin, and what does it cost beyond a whole one? And does the best Gaussian notice?

# %% tags=["demo"]
noise.explore()

# %% [markdown]
# With $w = \tfrac12$ a density reports $\log 2$ nats a pixel too few: it is paid for knowing which half of the bin is
# empty, and has said nothing about images. (Published code has this slip.) The Gaussian hardly notices: such nats favour
# whoever sees the empty halves, and cannot even rank models. Above $w = 1$ the bins overlap: the nats rise above the
# entropy, and floor misreads pixels.
#
# ### Exercise 9.26: into the bins and back (2 points)

# %% solution="dequantise" withhold="flows.dequantisation"
def dequantise(x, u, levels):
    """y, the real number at place u of the bin of each pixel.

    x: (batch, n), long, 0 to levels - 1. u: (batch, n), float: uniform
    draws from [0, 1); 0 is the lower edge of the bin, 1 the upper.
    Returns (batch, n), in [0, 1), dtype of u.
    """
    ### BEGIN SOLUTION
    return (x + u) / levels
    ### END SOLUTION


def quantise(y, levels):
    """The level in whose bin y lies; y: (batch, n), float, to long.

    The first level for y below 0, the last for y from 1 on.
    """
    ### BEGIN SOLUTION
    return (y * levels).floor().clamp(0, levels - 1).long()
    ### END SOLUTION

# %% test="dequantise--bins" points=2
checks.own_work(dequantise, "flows.dequantisation")
checks.own_work(quantise, "flows.dequantisation")
x = torch.arange(4)[:, None].repeat(1, 4)
u = torch.arange(4.0).repeat(4, 1) / 4
y = checks.untouched(dequantise, x, u, 4)
checks.value(y, (4, 4), "float", "y")
checks.close(y.flatten().sort().values, torch.arange(16) / 16, "y of 4 "
             "levels with u = 0, 1/4, 1/2, 3/4 each, sorted,", "they "
             "should fill [0, 1) evenly: 4 bins of the same width, each "
             "filled from end to end")
checks.close(y, (x + u) / 4, "y", "every pixel lies in its own bin, in "
             "the order of its noise")
back = checks.untouched(quantise, y + 0.05, 4)
checks.value(back, (4, 4), "integer", "the levels")
checks.close(back, x, "the level of a y inside a bin", "y = (x + u) / "
             "levels with u from 0 to almost 1 belongs to x: round down")
print("Four bins fill the unit interval, and every level comes back.")
### BEGIN HIDDEN TESTS
generator = checks.generator("dequantise--bins", fresh=True)
for levels, batch, n, dtype in [
    (17, 3, 5, torch.float64), (256, 6, 9, torch.float32), (2, 1, 1, None)
]:
    most = levels - levels // 3  # the highest levels do not occur
    x = torch.randint(most, (batch, n), generator=generator)
    u = torch.rand(batch, n, generator=generator, dtype=dtype)
    u = 0.01 + 0.98 * u
    checks.close(dequantise(x, u, levels) * levels - x, u,
                 f"the place in its bin at {levels} levels",
                 "each bin is 1 / levels wide, and the noise fills it",
                 2e-4, u.dtype)  # long / int is float32 in PyTorch
    y = (x + u) / levels
    back = checks.value(quantise(y, levels), (batch, n), "integer",
                        "the levels")
    checks.close(back, x, f"the level at {levels} levels", "round down, "
                 "whatever the place in the bin")
y = torch.tensor([[-0.4, -1e-3, 1.0, 1.7, 0.25, 0.5, 0.75]])
checks.close(quantise(y, 4), torch.tensor([[0, 0, 3, 3, 1, 2, 3]]),
             "the level outside [0, 1) or at an edge", "below 0 it is the "
             "first, from 1 on the last; an edge begins the bin above it")
### END HIDDEN TESTS

# %% [markdown]
# **Change one number.** In the first picture of this notebook spread $y$ over the middle half of each bin only:
# `y = y.reshape(3, 1000)[:, 250:750].flatten()`. On which side of the black line is the top of the curve now?
#
# ## 2 The nats of a density, the bits of a pixel
#
# What does a density $p(y)$ say of a discrete image $x$ of $n$ pixels? The image *is* its bin, a cube with edges
# $1/L$, and its probability is the mass there. Write that as an average over the noise, and use Jensen's inequality for
# the concave logarithm, as in unit 06:
#
# $$P(x) = \int_{\text{bin}} p(y) \, dy = L^{-n} \; \mathbb E_u\Big[p\big(\tfrac{x + u}{L}\big)\Big], \qquad\qquad
# \log P(x) \;\ge\; \mathbb E_u\Big[\log p\big(\tfrac{x + u}{L}\big)\Big] - n \log L .$$
#
# So the mean of $\log p$ over noisy images, minus the constant $n \log L$, is a **lower bound** on the log-probability
# of the image itself, and is equal to it just where $p$ is flat in the bin. This is the constant that one forgets, and
# the only one that makes a density comparable with a model of levels, such as those of unit 02. For the cost in bits a
# pixel, turn the sign round, divide by $n$ and by $\log 2$:
#
# $$\text{bits a pixel} = \frac{n \log L - \log p(y)}{n \log 2} .$$
#
# **By hand.** The uniform density on $[0, 1]^n$ has $\log p = 0$ and costs $\log_2 L$ bits: 8 for 256 levels, as if
# each pixel were written down. A density with $\log p = n \log 2$, twice as high in each pixel, saves one bit a pixel.
#
# ### Exercise 9.27: there and back (2 points)

# %% solution="bits"
def bits_per_pixel(log_p, n, levels):
    """What an image costs, in bits a pixel.

    log_p: (batch,), float: log p(y) in nats, a density of the n pixels
    y = (x + u) / levels of each image.
    Returns (batch,), float.
    """
    ### BEGIN SOLUTION
    return (n * math.log(levels) - log_p) / (n * math.log(2))
    ### END SOLUTION


def log_density(bits, n, levels):
    """The way back: log p(y) in nats, from the bits a pixel. (batch,)."""
    ### BEGIN SOLUTION
    return n * math.log(levels) - bits * n * math.log(2)
    ### END SOLUTION

# %% test="bits--uniform" points=2
log_p = torch.tensor([0.0, 10 * math.log(2), -10 * math.log(2)])
found = checks.untouched(bits_per_pixel, log_p, 10, 256)
checks.value(found, (3,), "float", "the bits a pixel")
checks.close(found[0], torch.tensor(8.0), "what a uniform density over 10 "
             "pixels of 256 levels costs a pixel, in bits,",
             "log p(y) = 0 leaves the constant n log levels alone; then "
             "divide by n, and by log 2")
checks.close(found[1], torch.tensor(7.0), "what a density twice as high "
             "in each pixel costs", "a higher density costs fewer bits: "
             "one bit less a pixel here")
checks.close(found[2], torch.tensor(9.0), "what a density half as high in "
             "each pixel costs", "one bit more")
checks.close(
    checks.untouched(log_density, found, 10, 256), log_p,
    "log_density of your bits a pixel", "it should undo bits_per_pixel",
)
print("Uniform costs 8 bits, and the way back leads back.")
### BEGIN HIDDEN TESTS
generator = checks.generator("bits--uniform", fresh=True)
for n, levels, batch, dtype in [
    (64, 17, 4, torch.float64), (12, 5, 7, None), (1, 2, 1, torch.float64)
]:
    bits = 1 + 3 * torch.rand(batch, generator=generator, dtype=dtype)
    nats = bits * n * math.log(2)  # of the discrete image
    log_p = n * math.log(levels) - nats
    checks.close(bits_per_pixel(log_p, n, levels), bits,
                 f"the bits a pixel of {n} pixels at {levels} levels",
                 "the constant is n log levels, the unit n log 2",
                 dtype=bits.dtype, tolerance=1e-8 if dtype else 1e-4)
    checks.close(log_density(bits, n, levels), log_p,
                 f"log p of {n} pixels at {levels} levels",
                 "from bits to nats of the image, then the constant",
                 tolerance=1e-8 if dtype else 1e-4)
### END HIDDEN TESTS

# %% [markdown]
# Now the inequality. One pixel, and a density with steps: each bin has $m$ equal parts, and $p$ is constant on each.
# Then the mean over the noise is a mean over parts, and both sides are exact. **By hand**: $L = m = 2$, heights $0.4$
# and $1.6$ in the first bin, $1$ and $1$ in the second. The area is $\tfrac14 (0.4 + 1.6 + 1 + 1) = 1$. Both levels
# have $P = \tfrac12$. The bound gives $\tfrac12(\log 0.4 + \log 1.6) - \log 2 = \log 0.4$ for the first: a gap of
# $\log 1.25$. In the second, flat bin there is none.
#
# ### Exercise 9.28: the mass of a bin and the bound (2 points)

# %% solution="bin_masses" withhold="flows.dequantisation"
def bin_masses(heights):
    """log P(x) of a pixel, exactly, and the bound on it, in nats.

    heights: (levels, m), float, all above 0: the density on the m equal
    parts of each bin; [0, 1] has levels * m parts.
    Returns two tensors (levels,), float: log P(x), and
    E_u[log p((x + u) / levels)] - log levels.
    """
    ### BEGIN SOLUTION
    levels = len(heights)
    exact = heights.mean(1).log() - math.log(levels)
    return exact, heights.log().mean(1) - math.log(levels)
    ### END SOLUTION

# %% test="bin_masses--jensen" points=2
checks.own_work(bin_masses, "flows.dequantisation")
heights = torch.tensor([[0.4, 1.6], [1.0, 1.0]])
found = checks.untouched(bin_masses, heights)
exact, bound = checks.items(found, 2, "log P(x) and its bound")
checks.value(exact, (2,), "float", "log P(x)")
checks.value(bound, (2,), "float", "the bound")
checks.close(exact.exp().sum(), torch.tensor(1.0), "the sum of P(x) over "
             "both levels", "P(x) is the area over a bin: the mean height "
             "there times the width of the bin, 1 / levels; what is "
             "returned is its logarithm, in nats")
checks.at_most(bound, exact, "the bound", "log P(x) takes the mean of the "
               "heights, then the logarithm; the bound the other way "
               "round")
checks.close(exact.exp(), torch.tensor([0.5, 0.5]), "P(x) in the example "
             "by hand")
checks.close(bound.exp(), torch.tensor([0.4, 0.5]), "exp of the bound in "
             "the example by hand", "the mean of log p over the bin, "
             "minus log levels")
print("A flat bin has no gap, an uneven one has.")
### BEGIN HIDDEN TESTS
generator = checks.generator("bin_masses--jensen", fresh=True)
for levels, m, dtype in [
    (3, 4, torch.float64), (17, 6, None), (5, 1, None)
]:
    h = 0.1 + torch.rand(levels, m, generator=generator, dtype=dtype)
    h = h / h.mean()
    found = checks.items(bin_masses(h), 2, "log P(x) and its bound")
    checks.close(found[1], h.log().sum(1) / m - math.log(levels),
                 f"the bound at {levels} levels with {m} parts each",
                 "the mean over the parts of one bin; the constant is "
                 "that of the levels, not of the parts")
    checks.close(found[0].exp() * levels, h.sum(1) / m,
                 f"P(x) times levels at {levels} levels",
                 "the mean height of each bin, not of all of them")
### END HIDDEN TESTS

# %% [markdown]
# How much is lost to a *smooth* density? It looks the flatter in a bin, the finer the bins. **Predict.** The density
# $p(y) = a e^{ay} / (e^a - 1)$ on $[0, 1]$ rises by a factor $e^a$ from black to white. If the number of levels is
# doubled, what becomes of the gap of a pixel? (Your function, with 1,000 parts a bin.)

# %% tags=["demo"]
levels = 2 ** torch.arange(1, 9)
figure, axis = plt.subplots(figsize=(5.6, 3.2), layout="constrained")
for a, style in [(2, "o-"), (4, "s--"), (8, "^:")]:
    y = [(torch.arange(1000 * L) + 0.5).double() / L / 1000
         for L in levels]
    p = [a * torch.exp(a * one) / math.expm1(a) for one in y]
    gaps = [torch.sub(*bin_masses(h.reshape(-1, 1000))).mean() for h in p]
    axis.loglog(levels, gaps, style, base=2, label=f"a = {a}")
axis.set(xlabel="levels", ylabel="gap of a pixel (nats)")
axis.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# Twice the levels, a quarter of the gap: it is close to $(a / L)^2 / 24$, where $a$ is the slope of $\log p$. With 256
# levels a density as smooth as this one loses hardly anything; with two, black and white, so much that one should
# rather use the Bernoulli models of unit 02. A *learned* density bends where it likes and loses more at any number of
# levels; our digits, with 17, lie between. There is a remedy.
#
# **Change one number.** Take $a = 32$. From how many levels on does the rule of a quarter hold, and why not before? (By
# what factor does $p$ rise within one bin?)
#
# ## 3 More noise draws
#
# The mean over the noise can be estimated by $k$ draws $y_1, \dots, y_k$ from the bin, in two ways:
#
# $$\frac1k \sum_j \log p(y_j) - n \log L \qquad \text{or} \qquad \log \Big(\frac1k \sum_j p(y_j)\Big) - n \log L .$$
#
# The first is unbiased for the bound of section 2, and more draws only calm it. The second is its importance-weighted
# cousin: a bound as well (Jensen once more, now for the mean of $k$ values), higher on average the more draws it has,
# and it tends to $\log P(x)$. **By hand**: the first bin of the last example, once with each height, $k = 2$: the first
# formula gives $\log 0.4$, the second $\log \big(\tfrac12(0.4 + 1.6)\big) - \log 2 = \log \tfrac12$.
#
# ### Exercise 9.29: two bounds (2 points)
# Densities of 64 pixels overflow as plain numbers; keep to logarithms. (One point is given at the end of the notebook.)

# %% solution="dequantised_bound" withhold="flows.dequantisation"
def dequantised_bounds(log_p, n, levels):
    """Two lower bounds on log P(x) from k noise draws, in nats.

    log_p: (k, batch), float: log p(y) of k noisy copies of each image of
    n pixels, y = (x + u) / levels.
    Returns two tensors (batch,): by the mean of log p over the draws, and
    by the logarithm of the mean of p.
    """
    ### BEGIN SOLUTION
    mean = log_p.mean(0)
    tighter = log_p.logsumexp(0) - math.log(len(log_p))
    constant = n * math.log(levels)
    return mean - constant, tighter - constant
    ### END SOLUTION

# %% test="dequantised_bound--hand" points=1
checks.own_work(dequantised_bounds, "flows.dequantisation")
log_p = torch.tensor([[0.4, 1.0], [1.6, 1.0]]).log()
found = checks.untouched(dequantised_bounds, log_p, 1, 2)
mean, tighter = checks.items(found, 2, "the two bounds")
checks.value(mean, (2,), "float", "the bound by the mean")
checks.value(tighter, (2,), "float", "the bound by the mean of p")
checks.close(mean.exp(), torch.tensor([0.4, 0.5]), "exp of the bound by "
             "the mean, in the example by hand,", "average log p over "
             "the draws of one image, take n log levels off")
checks.close(tighter.exp(), torch.tensor([0.5, 0.5]), "exp of the tighter "
             "bound, in the example by hand,", "the mean of p itself, "
             "not the sum, then the logarithm and the same constant")
for by in [[-900.0, -900], [900, 900], [-900, 900]]:
    by = torch.tensor(by).double()
    moved = checks.items(dequantised_bounds(log_p + by, 1, 2), 2)
    for one, was in zip(moved, [mean, tighter]):
        checks.finite(one, "a bound of very small or large densities",
                      "use logsumexp, over the draws of one image")
        checks.close(one - by, was, "a bound after log p moved by 900, "
                     "moved back,", "both bounds move as log p does", 1e-4)
print("Two bounds from the same draws, and the second is tighter.")
### BEGIN HIDDEN TESTS
generator = checks.generator("dequantised_bound--hand", fresh=True)
for k, batch, n, levels, far, dtype in [
    (3, 4, 5, 3, 0, torch.float64), (10, 6, 64, 17, 900, torch.float64),
    (2, 1, 3, 256, 0, None), (1, 3, 2, 5, 0, None),
]:
    log_p = 3 * torch.randn(k, batch, generator=generator, dtype=dtype)
    log_p = log_p - far * (torch.arange(k) > 3)[:, None]
    found = checks.items(dequantised_bounds(log_p, n, levels), 2)
    constant = n * math.log(levels)
    checks.close(found[0], log_p.sum(0) / k - constant,
                 f"the bound by the mean of {k} draws of {n} pixels",
                 "one number an image; the constant is n log levels")
    checks.finite(found[1], "the tighter bound of draws far apart",
                  "take the largest off before exp, or use logsumexp")
    checks.close(found[1], log_p.logsumexp(0) - math.log(k) - constant,
                 f"the tighter bound from {k} draws of {n} pixels",
                 "log-mean-exp over the draws of one image")
### END HIDDEN TESTS

# %% [markdown]
# One uneven pixel is repaired by a handful of draws. With 64 of them draws help the less: the mean of $p$ is then ruled
# by rare noise that hits the high part of *every* bin. You will see it on the trained flow. More is possible with noise
# that is learned, $u \sim q(u \mid x)$, *variational dequantisation* (Ho and others, 2019); uniform noise is its
# simplest $q$.
#
# **Change one number.** In a new cell take `log_p = torch.tensor([[0.4, 1.0], [1.6, 1.0]]).log()` and call
# `dequantised_bounds(log_p.repeat(10, 1), 1, 2)`: the same two draws ten times over. Does either bound move? What would
# twenty *fresh* draws do?
#
# ## 4 Room at the edges
#
# A flow starts from a Gaussian, which lives on the line, and $y$ lives in $[0, 1]$. Worse, images love the edges: in
# the digits nearly half of all pixels are 0, the lowest level, and one in eleven is 16, the highest. Stretch them. The
# logit maps $(0, 1)$ to the line; first move $y$ off the ends by a small $\alpha$, or black would go to $-\infty$:
#
# $$z_i = \text{logit}(r_i) = \log \frac{r_i}{1 - r_i}, \quad r_i = \alpha + (1 - 2\alpha) \, y_i, \qquad
# \frac{dz_i}{dy_i} = \frac{1 - 2\alpha}{r_i (1 - r_i)} .$$
#
# (In this section $z$ is a logit, not yet noise: the couplings will carry it there.) It is a flow like any other: each
# pixel by itself, a diagonal Jacobian, and $\log p_Y(y) = \log p_Z(z) + \log|\det dz/dy|$. The log-determinant sums
# over the pixels and differs from image to image, so it may not be left out when models are compared. **By hand**:
# $\alpha = 0$ and $y = \tfrac12$ give $z = 0$ and $dz/dy = 4$; two such pixels have the log-determinant $2 \log 4$.
#
# ### Exercise 9.30: the logit and what it costs (3 points)
# (One point is given at the end of the notebook.)

# %% solution="logit_log_det" withhold="flows.transform"
def to_logits(y, alpha):
    """The logit of pixels that were moved off the ends.

    y: (batch, n), float, in [0, 1]. alpha: a float from 0 to below 1/2.
    Returns z, (batch, n), and log |det dz/dy|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    r = alpha + (1 - 2 * alpha) * y
    z = r.log() - (1 - r).log()
    slopes = math.log(1 - 2 * alpha) - r.log() - (1 - r).log()
    return z, slopes.sum(1)
    ### END SOLUTION

# %% test="logit_log_det--jacobian" points=2
checks.own_work(to_logits, "flows.transform")
half = torch.full((3, 2), 0.5)
z, log_det = checks.pair(checks.untouched(to_logits, half, 0.0), half)
checks.close(z, torch.zeros(3, 2), "z at y = 1/2", "log(r / (1 - r)) is 0 "
             "there")
checks.close(log_det, torch.full((3,), 2 * math.log(4)), "the log-det of "
             "the example by hand", "it is the log of dz/dy, of the "
             "direction from y to z, summed over the pixels of one image")
y = torch.tensor([[0.0, 0.3, 1.0], [0.5, 0.9, 0.1]], dtype=torch.float64)
z, log_det = checks.pair(to_logits(y, 0.05), y)
checks.close(z.sigmoid(), 0.05 + 0.9 * y, "sigmoid(z)", "it should be "
             "alpha + (1 - 2 alpha) y: 0 goes to alpha, 1 to 1 - alpha")
checks.log_det(lambda y: to_logits(y, 0.05), y, "your log-det at alpha = "
               "0.05", "alpha changes the slope too, by 1 - 2 alpha")
print("Your log-determinant is that of autograd's Jacobian.")
### BEGIN HIDDEN TESTS
generator = checks.generator("logit_log_det--jacobian", fresh=True)
for batch, n, alpha in [(4, 5, 0.05), (1, 1, 0.1), (2, 7, 0.3)]:
    y = torch.rand(batch, n, generator=generator, dtype=torch.float64)
    z, log_det = checks.pair(to_logits(y, alpha), y)
    checks.close(z.sigmoid(), alpha + (1 - 2 * alpha) * y,
                 f"sigmoid(z) at alpha = {alpha}", "alpha at both ends")
    checks.log_det(lambda y: to_logits(y, alpha), y, "your log-det at "
                   f"alpha = {alpha}, {batch} images of {n} pixels",
                   "one number an image, of the direction from y to z")
y = torch.rand(5, 64, generator=generator)
found = checks.pair(to_logits(y, 0.05), y)
right = checks.pair(to_logits(y.double(), 0.05), y)
checks.close(found[1], right[1], "the log-det in float32",
             tolerance=1e-3)
### END HIDDEN TESTS

# %% [markdown]
# **Predict** what this does to the digits' pixels: left a histogram of all dequantised pixels $y$, right one of $z$ for
# $\alpha = .05$. Marks above show the 18 edges of the bins. Which bins become wide?

# %% tags=["demo"]
grey = data.digits(levels=17)
u = torch.rand(grey.train.x.shape, generator=new_generator())
y, edges = dequantise(grey.train.x, u, 17), torch.arange(18)[None] / 17
z, ends = to_logits(y, 0.05)[0], to_logits(edges, 0.05)[0]
figure, axes = plt.subplots(1, 2, figsize=(8.4, 3), layout="constrained")
for axis, name, values, at in [(axes[0], "y", y, edges),
                               (axes[1], "z", z, ends)]:
    top = axis.hist(values.flatten().numpy(), 85, density=True)[0].max()
    axis.plot(at[0], 0 * at[0] + 1.05 * top, "|", color="black")
    axis.set(xlabel=name, ylabel="density")
plotting.picture(figure)

# %% [markdown]
# The two outer bins, which hold most of the pixels, become several times as wide as those in the middle, and the spike
# at black turns into a ramp, a tenth as high. Its outer edge, at $\text{logit}(\alpha)$, is as sharp as before, and no
# smooth flow meets it exactly: some of its mass spills over the edge, to a $y$ outside of $[0, 1]$, and is lost. Little
# in each pixel is much in 64: most draws of the flows below have a pixel outside somewhere, which costs them a few nats
# an image. (`quantise` counts such a pixel as black or white, so the probabilities of the samples sum to one and the
# $P(x)$ of section 2 to less; the bound is a bound for both.) A smaller $\alpha$ spills less and has longer tails.
#
# **Change one number.** Take $\alpha = .3$ and $\alpha = .001$ for the right-hand picture. Which of them undoes the
# logit?
#
# ## 5 Which pixels stay
#
# In a coupling the entries that stay say how the others move. For a vector without order halves are as good as
# anything. Pixels have neighbours, and neighbours know most about each other. So Dinh and others (2017) let the pixels
# of one colour of a **chess board** stay, and move the others: all neighbours of a pixel that moves, above, below, left
# and right, stay. The next coupling takes the complement.
#
# $$\text{mask}_{ij} = \big[(i + j + \text{parity}) \text{ is even}\big], \qquad i, j \text{ from } 0 .$$
#
# With parity 0 the pixel at the top left stays. **By hand**, for an image of height 2 and width 3:
# $\begin{pmatrix} 1 & 0 & 1 \\ 0 & 1 & 0 \end{pmatrix}$. Mind that taking every other pixel in raster order works for
# this image, but not at an even width. Where there are several channels (section 7 makes some), whole channels can take
# turns instead: the first half of them stays, the others move. A flow takes vectors, so an image with channels is
# flattened, one channel after the other, each in raster order.
#
# ### Exercise 9.31: chess boards and channels (3 points)

# %% solution="checkerboard" withhold="flows.images"
def checkerboard(height, width, parity):
    """True where row + column + parity is even; (height, width), bool."""
    ### BEGIN SOLUTION
    rows, columns = torch.arange(height)[:, None], torch.arange(width)
    return (rows + columns + parity) % 2 == 0
    ### END SOLUTION


def channel_mask(channels, height, width, parity):
    """True for the first channels // 2 channels of a flattened image.

    parity 1 gives the complement. (channels * height * width,), bool.
    """
    ### BEGIN SOLUTION
    first = torch.arange(channels) < channels // 2
    stays = first if parity == 0 else ~first
    return stays.repeat_interleave(height * width)
    ### END SOLUTION

# %% test="checkerboard--neighbours" points=2
checks.own_work(checkerboard, "flows.images")
for height, width in [(2, 3), (4, 4), (3, 2), (5, 5), (1, 6)]:
    board = checks.value(checkerboard(height, width, 0), (height, width),
                         "bool", "the mask")
    both = f"both stay or both move in your {height}x{width} mask"
    checks.require(bool((board[:, 1:] ^ board[:, :-1]).all()),
                   f"a pixel and its right neighbour {both}")
    checks.require(bool((board[1:] ^ board[:-1]).all()), "a pixel and its "
                   f"lower neighbour {both}: each row starts with the "
                   "other colour, at an even width too")
    checks.require(bool(board[0, 0]), "at parity 0 the pixel at the top "
                   "left should stay: True")
    other = checks.value(checkerboard(height, width, 1), (height, width),
                         "bool", "the mask")
    checks.close(other.long(), 1 - board.long(), "the mask of parity 1",
                 "it is the complement of that of parity 0")
print("Neighbours never stay together, whatever the size.")
### BEGIN HIDDEN TESTS
generator = checks.generator("checkerboard--neighbours", fresh=True)
drawn = torch.randint(5, 9, (2,), generator=generator)
height, width = (2 * drawn).tolist()
for h, w, parity in [
    (height, width, 0), (height + 1, width, 1), (height, width + 1, 1),
    (height + 1, width + 1, 0), (1, 2, 1),
]:
    found = checks.value(checkerboard(h, w, parity), (h, w), "bool",
                         "the mask")
    right = torch.tensor([
        [(i + j + parity) % 2 == 0 for j in range(w)] for i in range(h)
    ])
    checks.close(found.long(), right.long(), f"the mask of height {h}, "
                 f"width {w} and parity {parity}", "row and column count")
### END HIDDEN TESTS

# %% test="checkerboard--channels" points=1
checks.own_work(channel_mask, "flows.images")
found = channel_mask(2, 2, 3, 0)
checks.value(found, (12,), "bool", "the mask of 2 channels of 2x3 pixels")
checks.close(
    found.long(), torch.tensor([1] * 6 + [0] * 6), "the mask of 2 "
    "channels of 2x3 pixels at parity 0", "the first channel stays as a "
    "whole, the second moves; channels come one after the other",
)
print("Whole channels stay, whole channels move.")
### BEGIN HIDDEN TESTS
generator = checks.generator("checkerboard--channels", fresh=True)
h, w = torch.randint(2, 6, (2,), generator=generator).tolist()
for channels, parity in [(4, 1), (12, 0), (3, 0), (5, 1)]:
    found = checks.value(channel_mask(channels, h, w, parity),
                         (channels * h * w,), "bool", "the mask")
    right = [(k < channels // 2) != bool(parity) for k in range(channels)]
    right = torch.tensor(right)[:, None].expand(channels, h * w)
    checks.close(
        found.reshape(channels, -1).long(), right.long(),
        f"the mask of {channels} channels at parity {parity}",
        "the first channels // 2 stay at parity 0, at parity 1 the others",
    )
### END HIDDEN TESTS

# %% [markdown]
# With a mask $b$ that is 1 where an entry stays, a coupling is one line for any choice of pixels: no slicing, no
# reordering. As in the whole unit, $z$ goes in and $x$ comes out; here $x$ is no level of a pixel.
#
# $$x = b \odot z + (1 - b) \odot \big(e^{s} \odot z + t\big), \qquad (s, t) = \text{net}(b \odot z), \qquad
# \log|\det| = \sum_i (1 - b_i) \, s_i .$$
#
# Two things go wrong here. The network must see $b \odot z$ and not $z$, or the map has no inverse that you can write
# down. And it gives an $s_i$ for *every* entry: only those that move count in the log-determinant. For the exercise the
# network is a small one, $s = \tanh((b \odot z) V)$ and $t = (b \odot z) W$.
#
# **By hand**: $b = (1, 0)$, $z = (1, 3)$, $V = 0$ and $W = \begin{pmatrix} 0 & 5 \\ 0 & 0 \end{pmatrix}$: $s = 0$,
# $t = (0, 5)$, so $x = (1, 8)$ with log-determinant 0.
#
# ### Exercise 9.32: a coupling with any mask (3 points)
# (One point is given at the end of the notebook.)

# %% solution="masked_coupling" withhold="flows.coupling"
def masked_forward(z, mask, V, W):
    """x, (batch, n), and log |det dx/dz|, (batch,).

    z: (batch, n), float. mask: (n,), bool: b, True where an entry stays.
    V, W: (n, n), float: s = tanh((b z) V), t = (b z) W.
    """
    ### BEGIN SOLUTION
    b = mask.to(z.dtype)
    s, t = torch.tanh((b * z) @ V), (b * z) @ W
    x = b * z + (1 - b) * (s.exp() * z + t)
    return x, ((1 - b) * s).sum(1)
    ### END SOLUTION


def masked_inverse(x, mask, V, W):
    """z with masked_forward(z) = x, and log |det dz/dx|, (batch,)."""
    ### BEGIN SOLUTION
    b = mask.to(x.dtype)
    s, t = torch.tanh((b * x) @ V), (b * x) @ W
    z = b * x + (1 - b) * (-s).exp() * (x - t)
    return z, -((1 - b) * s).sum(1)
    ### END SOLUTION

# %% test="masked_coupling--stays" points=1
checks.own_work(masked_forward, "flows.coupling")
checks.own_work(masked_inverse, "flows.coupling")
mask = torch.tensor([True, False])
z, V = torch.tensor([[1.0, 3.0]]), torch.zeros(2, 2)
W = torch.tensor([[0.0, 5.0], [0.0, 0.0]])
x, _ = checks.pair(checks.untouched(masked_forward, z, mask, V, W), z)
checks.close(x, torch.tensor([[1.0, 8.0]]), "x in the example by hand",
             "the first stays, the second moves by 5 times the first")
generator = checks.generator("masked_coupling--stays")
z, V, W = torch.randn(3, 5, 5, generator=generator, dtype=torch.float64)
mask = torch.tensor([True, False, False, True, False])
there = lambda z: masked_forward(z, mask, V, W)
back = lambda x: masked_inverse(x, mask, V, W)
stays = torch.diag(mask)
moves = ~mask[:, None] & (mask | torch.eye(5, dtype=torch.bool))
checks.close(checks.pair(there(z), z)[0][:, mask], z[:, mask],
             "an entry that stays", "where the mask is True, x is z")
checks.links_are(there, z, stays | moves, what="your coupling")
checks.log_det(there, z, "your log-det", "only the entries that move have "
               "a scale: sum s over them, row by row")
checks.inverts(there, back, z, "your inverse", "s and t come from the "
               "entries that stay, which x has, too: take t off, then "
               "divide by exp(s)")
z, V = torch.ones(1, 2), torch.tensor([[0, math.atanh(0.5)], [0, 0]])
_, log_det = checks.pair(masked_forward(z, mask[:2], V, V), z)
checks.close(log_det, torch.tensor([0.5]), "the log-det of two entries, s "
             "of the one that moves being 1/2,", "s = tanh((b z) V)")
print("Any mask: who stays, who moves, and what it costs.")

# %% test="masked_coupling--fresh" points=1
# Other sizes and masks, other rows.
### BEGIN HIDDEN TESTS
generator = checks.generator("masked_coupling--fresh", fresh=True)
for batch, n, kept in [(6, 7, 2), (1, 2, 1), (3, 8, 5)]:
    z = torch.randn(batch, n, generator=generator, dtype=torch.float64)
    V, W = torch.randn(2, n, n, generator=generator, dtype=torch.float64)
    mask = torch.randperm(n, generator=generator) < kept
    s = (z[:, mask] @ V[mask]).tanh()[:, ~mask]
    t = (z[:, mask] @ W[mask])[:, ~mask]
    right = z.clone()
    right = right.index_copy(1, (~mask).nonzero()[:, 0],
                             s.exp() * z[:, ~mask] + t)
    x, log_det = checks.pair(masked_forward(z, mask, V, W), z)
    checks.close(x, right, f"x with {kept} of {n} entries that stay",
                 "s = tanh((b z) V) and t = (b z) W; exp(s) z + t is "
                 "taken where the mask is False")
    checks.close(log_det, s.sum(1), f"the log-det, {batch} rows, {kept} "
                 f"of {n} entries stay,", "s of the entries that move")
    again, back = checks.pair(masked_inverse(right, mask, V, W), z)
    checks.close(again, z, f"the inverse of {batch} rows, {n} entries",
                 "it undoes the forward map")
    checks.close(back, -s.sum(1), "the inverse's log-det", "it is minus "
                 "that of the forward map")
### END HIDDEN TESTS

# %% [markdown]
# **Predict** the Jacobians, for an image of 3x3 pixels: of one coupling with a chess board, and of two, the second with
# the complement. Row $i$ says on which $z_j$ the pixel $x_i$ depends (dark) and does not (white).

# %% tags=["demo"]
board = checkerboard(3, 3, 0).flatten()
z, V, W = torch.randn(3, 9, 9, generator=new_generator()).double()
one = lambda z: masked_forward(z, board, V, W)[0]
two = lambda z: masked_forward(one(z), ~board, V, W)[0]
figure, axes = plt.subplots(1, 3, figsize=(9, 3), layout="constrained")
plotting.matrix(board.reshape(3, 3), ax=axes[0], title="1: stays")
for k, (axis, f) in enumerate([(axes[1], one), (axes[2], two)]):
    J = checks.jacobian(f, z).abs().amax(0) > 1e-9
    plotting.matrix(J, ax=axis, numbers=False, title=f"couplings: {k + 1}",
                    xlabel="z, raster", ylabel="x, raster")
plotting.picture(figure)

# %% [markdown]
# One coupling: a diagonal, and longer rows for the four pixels that move. Sorted by colour this is the triangular block
# matrix of the third notebook, and its determinant is the product of the diagonal. After the second, each of the other
# five depends on everything. The four wait for a third coupling, while the log-determinants just add.
#
# **Change one number.** Let the second coupling use `board` again, not `~board`. Which rows are longer than after one
# coupling, and what would a flow of a hundred such couplings never learn?
#
# ## 6 Real-NVP on digits
#
# All parts are there. A flow from noise to digits: four couplings, a scale and a shift of each logit (at first the
# standard deviation and the mean of the training part), the inverse of your logit. The loss is minus the bound, with a
# fresh draw of the noise in each step, so that no noise is learned by heart. gmlib's `AffineCoupling` is your coupling
# with networks.
#
# Three versions, alike but for one choice: chess boards as masks; upper and lower half of the image as masks; and chess
# boards *without the logit*, where $y$ itself is standardised, as one would do with any table of numbers. **Predict**
# the order. Beside them stand four models without a network: all 17 levels alike; a histogram for each pixel, by
# counting (each level half a count extra); and a Gaussian with full covariance for $y$ and for the logits. Where will
# the histogram, which cannot know that pixels have neighbours, end up?

# %% tags=["demo"]
train_x, valid_x, test_x = grey.train.x, grey.validation.x, grey.test.x


def noisy(x, k, seed):
    """k dequantised copies of each image: (k * batch, 64)."""
    u = torch.rand(k * len(x), 64, generator=new_generator(seed))
    return dequantise(x.repeat(k, 1), u.clamp(1e-4, 1 - 1e-4), 17)


class Images(torch.nn.Module):
    def __init__(self, mask, logit=True):
        super().__init__()
        layers = [
            flows.AffineCoupling(b, (64,), generator=new_generator(k))
            for k, b in enumerate([mask, ~mask] * 2)
        ]
        edges = [flows.Sigmoid(64, 0.05)] if logit else []
        y = noisy(train_x, 5, 1)
        z = edges[0].inverse(y)[0] if logit else y
        layers += [flows.Affine(64).standardise(z), *edges]
        self.flow, self.noise = flows.Flow(layers), new_generator(2)

    def bounds(self, x, k, seed):
        log_p = self.flow.log_prob(noisy(x, k, seed))
        return dequantised_bounds(log_p.reshape(k, -1), 64, 17)

    def loss(self, x):
        seed = torch.randint(2**31, (), generator=self.noise).item()
        return -self.bounds(x, 1, seed)[0].mean()

# %% [markdown]
# Some seconds of training, 30 epochs each, and the curves of the validation part.

# %% tags=["demo"] exempt="trained numbers differ between processors"
models = {"chess boards": Images(checkerboard(8, 8, 0).flatten()),
          "halves": Images(flows.halves(64)), "chess boards, no logit":
          Images(checkerboard(8, 8, 0).flatten(), logit=False)}
figure, axis = plt.subplots(figsize=(5.6, 3.2), layout="constrained")
for (name, model), style in zip(models.items(), ["-", "--", ":"]):
    history = training.fit(
        model, train_x, valid_x, epochs=30, batch_size=100,
        loss=Images.loss, learning_rate=2e-3, weight_decay=1e-3,
        generator=new_generator(3),
    )
    axis.plot(range(1, 31), history.validation, style, label=name)
    assert history.validation[-1] < history.validation[0] - 5
axis.set(xlabel="epoch", ylabel="nats an image, validation part")
axis.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# And the table, on the test part: *nats* are minus the bound on $\log P(x)$, *bits* your `bits_per_pixel`. The flows'
# bound is the mean over ten draws of the noise.

# %% tags=["demo"] exempt="trained numbers differ between processors"
counts = torch.stack([(train_x == v).sum(0) for v in range(17)], 1) + 0.5
log_P = (counts / counts.sum(1, keepdim=True)).log()
single = log_P[torch.arange(64), test_x].sum(1).mean().item()
log_p = {"uniform": 0.0, "histogram of each pixel": single
         + 64 * math.log(17)}
y, fresh = noisy(train_x, 10, 4).double(), noisy(test_x, 10, 5).double()
z, (there, log_det) = to_logits(y, 0.05)[0], to_logits(fresh, 0.05)
for name, seen, found, extra in [
    ("Gaussian", y, fresh, 0.0), ("Gaussian of logits", z, there, log_det),
]:
    full = MultivariateNormal(seen.mean(0), seen.T.cov())
    log_p[name] = (full.log_prob(found) + extra).mean().item()
for name, model in models.items():
    with torch.no_grad():
        bound = model.bounds(test_x, 10, 6)[0].mean().item()
    log_p[f"Real-NVP, {name}"] = bound + 64 * math.log(17)
nats = {name: 64 * math.log(17) - value for name, value in log_p.items()}
about = [181.3, 108, 130.3, 108.7, 101, 105]
for found, number in zip(nats.values(), about):
    assert abs(found - number) < 2.5, nats
_, counted, *_, boards, halves, bare = nats.values()
assert boards + 1 < halves and counted + 2 < bare < 130, nats
plotting.results_table(
    [[name, nats[name], float(bits_per_pixel(value, 64, 17))]
     for name, value in log_p.items()],
    ["model", "nats an image", "bits a pixel"],
)

# %% [markdown]
# Three things to take home. **Without the logit the flow loses to the histogram**, and so does the Gaussian: a
# histogram has a probability for black itself, while a smooth density must rise to a narrow peak over that bin and fall
# off again on both sides of it, and what falls below 0 is lost. The logit makes that bin wide. What looks like a weak
# model is a forgotten preprocessing: with the logit even a single Gaussian is level with the histogram. **Chess boards
# beat halves**, with the same networks and the same time. And all these numbers can stand in one column only because of
# the constant $n \log L$ and of the log-determinant of the logit.
#
# (A minute of training and five transforms, autoregressive flows included: `benchmarks/` in the repository.)
#
# How far is the bound from the truth? **Predict** the tighter bound of section 3 as $k$ grows, for two of the flows.

# %% tags=["demo"] exempt="trained numbers differ between processors"
figure, axis = plt.subplots(figsize=(5.6, 3.2), layout="constrained")
for name, style in [("chess boards", "o-"), ("halves", "s--")]:
    with torch.no_grad():
        log_p = models[name].flow.log_prob(noisy(test_x, 64, 7))
    log_p, cost = log_p.reshape(64, -1), []
    for k in (ks := [1, 2, 4, 8, 16, 32, 64]):
        groups = log_p.reshape(64 // k, k, -1)
        cost.append(-torch.stack([
            dequantised_bounds(draws, 64, 17)[1] for draws in groups
        ]).mean().item())
    axis.plot(ks, cost, style, label=name)
assert cost[0] - cost[-1] > 2 and cost[-2] - cost[-1] > 0.1
axis.set(xscale="log", xticks=ks, xticklabels=ks, xlabel="noise draws k",
         ylabel="- bound (nats an image)")
axis.minorticks_off()
axis.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# Some nats of the cost were never the model's: the density is uneven inside the bins, and the bound pays. The curve has
# not come to rest at $k = 64$, so the truth lies lower still. Report $k$ together with such a number.
#
# Last, pictures. **Predict**: samples of the first flow (top two rows), rounded down to levels by your `quantise`; in
# the third row, a walk between two digits of the test part: both to noise $z$, a straight line there, and back; and in
# the last row a straight line in $y$ between the same two. In which row will the middle look more like a digit?

# %% tags=["demo"] exempt="trained numbers differ between processors"
flow = models["chess boards"].flow
with torch.no_grad():
    ends = noisy(test_x[[16, 13]], 1, 8)
    (z, _), t = flow.inverse(ends), torch.linspace(0, 1, 10)[:, None]
    walk, line = flow(z[0].lerp(z[1], t))[0], ends[0].lerp(ends[1], t)
    drawn = flow.sample(20, new_generator(9))
    gain = flow.log_prob(walk) - flow.log_prob(line)
assert (walk[[0, -1]] - ends).abs().max() < 1e-3 and gain[4] > 1
plotting.picture(plotting.images(
    quantise(torch.cat([drawn, walk, line]), 17).float(), 10, high=16,
    title="samples (two rows), a walk in z, a straight line in y"))

# %% [markdown]
# Strokes, loops, now and then a digit: four small couplings in some seconds are no gallery. The ends of the walk
# are the two digits again, for a flow loses nothing. The straight line in $y$ is a double exposure, and the walk is not
# far from one: its strokes are a little crisper, but four small couplings bend the line only slightly. Yet in the middle
# the flow finds the bent one likelier, by several nats.
#
# **Change one number.** Write `* 4` for `* 2` in `Images`: eight couplings. Is it worth the time?
#
# ## 7 Colours and sizes
#
# For colour photographs Dinh and others use chess boards, the same for each channel, then a **squeeze**, then masks of
# whole channels, and so on at each size. The squeeze trades size for channels. Each square of 2x2 pixels becomes *one*
# pixel: four images of half the size, from the top left pixels of all squares, the top right, the bottom left, the
# bottom right, each with its $c$ channels, one after the other:
#
# $$y_{(2a + b) c + k, \; i, \; j} = x_{k, \; 2i + a, \; 2j + b}, \qquad a, b \in \{0, 1\}, \quad k < c .$$
#
# It only reorders the entries: a permutation, with log-determinant 0. **By hand**: one channel
# $\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ becomes one pixel with the channels $1, 2, 3, 4$.
#
# ### Exercise 9.33: squeeze (2 points)
# Mind that `torch.nn.functional.pixel_unshuffle` has another order of channels.

# %% solution="squeeze" withhold="flows.images"
def squeeze(x):
    """Four channels for each 2x2 square of pixels.

    x: (batch, c, h, w), float, h and w even.
    Returns (batch, 4 c, h / 2, w / 2), in the order of the formula.
    """
    ### BEGIN SOLUTION
    corners = [x[:, :, a::2, b::2] for a in range(2) for b in range(2)]
    return torch.cat(corners, 1)
    ### END SOLUTION


def unsqueeze(y):
    """The inverse. y: (batch, 4 c, h, w). Returns (batch, c, 2 h, 2 w)."""
    ### BEGIN SOLUTION
    batch, c, h, w = y.shape
    y = y.reshape(batch, 2, 2, c // 4, h, w)  # (batch, a, b, k, i, j)
    y = y.permute(0, 3, 4, 1, 5, 2)           # (batch, k, i, a, j, b)
    return y.reshape(batch, c // 4, 2 * h, 2 * w)
    ### END SOLUTION

# %% test="squeeze--order" points=2
checks.own_work(squeeze, "flows.images")
checks.own_work(unsqueeze, "flows.images")
x = torch.tensor([[1.0, 2], [3, 4]]).reshape(1, 1, 2, 2)
y = checks.untouched(squeeze, x)
checks.close(y, torch.tensor([1.0, 2, 3, 4]).reshape(1, 4, 1, 1),
             "the squeezed example by hand", "top left, top right, bottom "
             "left, bottom right")
x = torch.arange(48.0).reshape(1, 2, 4, 6)
y = checks.value(squeeze(x), (1, 8, 2, 3), "float", "the squeezed image")
checks.close(y.flatten().sort().values, torch.arange(48.0), "the entries "
             "of a squeezed image of 2 channels, 4x6, sorted,", "it only "
             "reorders: each entry occurs once")
checks.close(y[0, :2], x[0, :, ::2, ::2].double(), "the first c channels "
             "of a squeezed image of 2 channels", "they are the top left "
             "pixels of all squares, in every colour")
checks.close(checks.untouched(unsqueeze, squeeze(x)), x, "unsqueeze of "
             "squeeze", "it should give the image back, pixel by pixel")
print("Nothing is lost, and the four corners come one after the other.")
### BEGIN HIDDEN TESTS
generator = checks.generator("squeeze--order", fresh=True)
for batch, c, h, w, dtype in [
    (3, 3, 4, 6, None), (1, 1, 4, 2, torch.float64), (2, 2, 2, 8, None)
]:
    x = torch.randn(batch, c, h, w, generator=generator, dtype=dtype)
    right = torch.stack([
        x[:, n % c, n // c // 2::2, n // c % 2::2] for n in range(4 * c)
    ], 1)
    checks.close(squeeze(x), right, f"the squeezed image, {c} channels of "
                 f"{h}x{w},", "which corner of which channel goes where? "
                 "Channel (2 a + b) c + k has corner (a, b) of colour k",
                 dtype=x.dtype)
    checks.close(unsqueeze(right), x, f"what unsqueeze makes of {4 * c} "
                 "channels", "it is the inverse of the formula",
                 dtype=x.dtype)
### END HIDDEN TESTS

# %% [markdown]
# After a squeeze the first half of the channels stays and the second moves, or the reverse. The chess board, squeezed,
# is a mask of channels, too: its pixels are the top left and bottom right corners. The first half are the *top*
# corners, left and right, which is a pattern that no chess board has.
#
# **Predict** the four masks of an RGB image of 4x4 pixels: the two chess boards, and the two channel masks of the
# squeezed image, put back to full size by `unsqueeze`. (Numbers count the colours in which a pixel stays.)

# %% tags=["demo"]
figure, axes = plt.subplots(1, 4, figsize=(10, 2.9), layout="constrained")
for parity in (0, 1):
    board = checkerboard(4, 4, parity).expand(3, 4, 4)
    rows = channel_mask(12, 2, 2, parity).reshape(1, 12, 2, 2)
    for axis, stays, name in [
        (axes[parity], board, "chess board"),
        (axes[2 + parity], unsqueeze(rows.float())[0], "12 channels"),
    ]:
        plotting.matrix(stays.float().sum(0), ax=axis,
                        title=f"{name}, parity {parity}")
plotting.picture(figure)

# %% [markdown]
# Dinh and others also let half of the variables go after each size: they are handed to the Gaussian there, and only the
# rest goes on, so that the cost stays in hand. Trained on photographs, the chain is the one that you now have:
# dequantise, logit, couplings with these masks, squeeze, again; minus the bound over $n \log 2$ is the number in the
# tables.
#
# **Change one number.** Put `torch.nn.functional.pixel_shuffle(rows.float(), 2)` in the place of `unsqueeze(...)`. Now
# the numbers are 1 and 2. Which colours stay in which pixels?
#
# ## 8 gmlib's own versions, and your machine
# Locked cells: gmlib's masks, noise and bounds are held to your checks on every device (0 points), your functions must
# agree with them (1 point each), and the last cell says whether your functions also run on a GPU.

# %% test="gmlib_images--devices" points=0
for device in gmlib.devices():
    seed = lambda: checks.generator("gmlib_images--devices")
    x = torch.randint(17, (6, 64), generator=seed())
    y = bins.dequantise(x.to(device), 17, seed())
    checks.close(bins.quantise(y, 17), x, "gmlib's levels")
    mask = images.checkerboard(3, 3)
    layer = flows.AffineCoupling(mask, (8,)).double()
    checks.randomise(layer, seed(), 0.3)
    layer = layer.to(device)
    z = torch.randn(4, 9, generator=seed()).double().to(device)
    checks.inverts(layer, layer.inverse, z, "gmlib's inverse")
    z = z.reshape(1, 1, 6, 6)
    checks.close(images.unsqueeze(images.squeeze(z)), z.cpu(),
                 "gmlib's squeeze, undone")
    flow = flows.Flow([flows.Sigmoid(64, 0.0)]).to(device)
    model = bins.Dequantised(flow, 17)
    tighter = model.iwae_bound(x.to(device), 5, seed()).detach().cpu()
    checks.at_most(model.elbo(x.to(device), 5, seed()), tighter,
                   "gmlib's mean")
print("gmlib's image tools pass on every device that this machine has.")

# %% test="dequantised_bound--gmlib" points=1
seed = lambda: checks.generator("dequantised_bound--gmlib")
x = torch.randint(5, (3, 4), generator=seed())
flow = flows.Flow([flows.Affine(4), flows.Sigmoid(4, 0.05)]).double()
checks.randomise(flow, seed(), 0.5)
model = bins.Dequantised(flow, 5)
y = bins.dequantise(x.repeat(6, 1), 5, seed(), torch.float64)
log_p = flow.log_prob(y).detach().reshape(6, 3)
mine = checks.items(dequantised_bounds(log_p, 4, 5), 2, "the two bounds")
for found, name, bound in zip(
    mine, ["elbo", "iwae_bound"], [model.elbo, model.iwae_bound]
):
    theirs = bound(x, 6, seed()).detach()
    checks.close(found, theirs, f"your bound beside gmlib's {name}",
                 "the noise is the same")
print("Your two bounds and gmlib's agree.")

# %% test="logit_log_det--gmlib" points=1
generator = checks.generator("logit_log_det--gmlib")
y = torch.rand(5, 6, generator=generator, dtype=torch.float64)
for alpha in [0.05, 0.2]:
    z, log_det = checks.pair(to_logits(y, alpha), y)
    theirs = flows.Sigmoid(6, alpha).double().inverse(y)
    checks.close(z, theirs[0], "your logits beside gmlib's Sigmoid, whose "
                 "inverse they are")
    checks.close(log_det, theirs[1], "your log-det beside gmlib's")
print("Your logit is the inverse of gmlib's Sigmoid.")

# %% test="masked_coupling--gmlib" points=1
generator = checks.generator("masked_coupling--gmlib")
mask, n = images.checkerboard(2, 3), 6
z, V, W = torch.randn(3, n, n, generator=generator).double()
layer = flows.AffineCoupling(mask, (n,), bound=1.0).double()
kept = int(mask.sum())
theirs = layer(z)
checks.close(theirs[0], z, "gmlib's fresh coupling")  # the identity
x, log_det = checks.pair(masked_forward(z, mask, 0 * V, 0 * W), z)
checks.close(x, theirs[0], "your coupling with V = W = 0 beside gmlib's "
             "fresh one", "both are the identity")
net = torch.nn.Sequential(torch.nn.Linear(kept, 2 * (n - kept), False))
net.load_state_dict({"0.weight": torch.cat(
    [V[mask][:, ~mask].T, W[mask][:, ~mask].T]).float()})
layer.network = net.double()
there, total = layer(z)
x, log_det = checks.pair(masked_forward(z, mask, V, W), z)
checks.close(x, there.detach(), "your coupling beside gmlib's", "the "
             "network is the same, s = tanh(b z V), t = b z W", 1e-5)
checks.close(log_det, total.detach(), "your log-det beside gmlib's",
             tolerance=1e-5)
print("Your coupling and gmlib's agree on a chess board.")

# %% [markdown]
# Do your functions run where their inputs are? On a machine without a GPU this cell has nothing to find.

# %% test="dequantise--devices" points=0
generator = checks.generator("dequantise--devices")
z, V, W = torch.randn(3, 4, 4, generator=generator)
x, y = torch.arange(16).reshape(4, 4), z.sigmoid()
mask = torch.tensor([True, False, False, True])
checks.same_on_devices(dequantise, x, y, 17)
checks.same_on_devices(quantise, y, 17)
checks.same_on_devices(bits_per_pixel, y[0], 4, 17)
for function, given in [
    (bin_masses, (y,)), (dequantised_bounds, (z, 4, 17)),
    (to_logits, (y, 0.05)), (masked_forward, (z, mask, V, W)),
    (masked_inverse, (z, mask, V, W)),
]:
    for part in (0, 1):
        checks.same_on_devices(
            lambda *given: function(*given)[part], *given)
checks.same_on_devices(squeeze, z.reshape(1, 1, 4, 4))
checks.same_on_devices(unsqueeze, z.reshape(1, 4, 2, 2))
print("Your functions run on every device that this machine has.")

# %% [markdown]
# ## Recap
#
# | | |
# |---|---|
# | bare levels | a density can be as high as it likes there: the loss has no bottom |
# | dequantise | $y = (x + u) / L$, $u \sim \mathcal U[0, 1)$: bins filled from end to end; floor leads back |
# | the constant | $\log P(x) \ge \mathbb E_u \log p(y) - n \log L$, equal where $p$ is flat in the bin |
# | bits a pixel | $(n \log L - \log p(y)) / (n \log 2)$; uniform: $\log_2 L$ |
# | $k$ draws | mean of logs: calmer; log of the mean: tighter |
# | logit | $z = \text{logit}(\alpha + (1 - 2\alpha) y)$, a flow with a log-determinant for each image |
# | masks | chess boards; after a squeeze, channels; only what moves counts in the log-determinant |
# | baselines | a histogram for each pixel beats careless preprocessing |
#
# **Next.** Unit 10 gives up the two halves: each pixel is moved by *all* pixels before it. **To read.** Dinh,
# Sohl-Dickstein and Bengio (2017), *Density Estimation using Real NVP*, sections 3.4 to 3.6 and 4.1; Theis, van den
# Oord and Bethge (2016), *A Note on the Evaluation of Generative Models*; Uria, Murray and Larochelle (2013), *RNADE*,
# for the noise; Ho and others (2019), *Flow++*; Kingma and Dhariwal (2018), *Glow*.
