# %% [markdown]
# # Unit 09, third notebook: maps that are easy to undo
#
# A flow needs a map that can be undone and whose determinant is cheap. This notebook builds one from parts so simple
# that you can check each by hand, and stacks them until they bend noise into two moons. At the end you will be able to
#
# - move half of a vector by a network that nobody has to invert, and undo it exactly;
# - write Real-NVP's coupling, forward and back, and read its determinant off the Jacobian;
# - choose masks so that every entry moves, and say which entry of $x$ can see which of $z$;
# - run a stack backwards without losing or double-counting a determinant;
# - train it, and judge it by exact nats on data that it has not seen.
#
# **Time**: 90 minutes. **You need**: the first two notebooks of this unit. **Points**: 21, of which 4 are optional.
# It follows lecture 000, *Normalizing Flows* and problem 8, and lecture 002 from *change of variables* on. Letters and
# directions are those of the unit: $x = f(z)$, $z$ is noise, $x$ is data.

# %% install=True

# %% [markdown]
# All imports of this notebook, and `wavy`, which stands in for a network wherever a test needs one. It takes vectors of
# any width and cares about their order. None of your functions may change the tensors that it is given.

# %%
import math

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.distributions import MultivariateNormal

import gmlib
from gmlib import checks, data, plotting, training
from gmlib.explore import coupling as bent_grid
from gmlib.flows.coupling import AdditiveCoupling, AffineCoupling, halves
from gmlib.flows.nice import NICE
from gmlib.flows.realnvp import RealNVP
from gmlib.latent.gaussian_mixture import GaussianMixture


def new_generator(seed=0):
    return torch.Generator().manual_seed(seed)


def wavy(weights):
    """A function (batch, any width) -> (batch, len(weights))."""

    def network(kept):
        places = torch.arange(1, kept.shape[1] + 1).to(kept)
        return torch.sin((kept @ places)[:, None] + weights.to(kept))

    return network

# %% [markdown]
# ## 1 Half stays, half moves
#
# The determinant of an $n \times n$ matrix costs $O(n^3)$, but that of a *triangular* one is the product of its
# diagonal. So let the Jacobian be triangular by design. NICE (Dinh and others, 2014) cuts $z$ in two: the first $d$
# entries stay as they are, and decide by how much the others move.
#
# $$x_{1:d} = z_{1:d}, \qquad x_{d+1:n} = z_{d+1:n} + t(z_{1:d}) .$$
#
# Here $t$ is any network at all from $d$ numbers to $n - d$. To undo the map nobody has to undo $t$: the entries that
# it has read are still there, in $x$.
#
# $$z_{1:d} = x_{1:d}, \qquad z_{d+1:n} = x_{d+1:n} - t(x_{1:d}) .$$
#
# **By hand.** $n = 3$, $d = 2$, $t(z_1, z_2) = z_1 z_2$. Then $z = (1, 2, 3)$ becomes $x = (1, 2, 3 + 2) = (1, 2, 5)$,
# and back $5 - 1 \cdot 2 = 3$. No one could find $z_1$ and $z_2$ from their product, and no one needs to.
#
# $x_3$ grows exactly as fast as $z_3$ does, whatever the others do: the diagonal of the Jacobian is all ones, its
# determinant is 1, and $\log |\det| = 0$ at every point.
#
# *Beside the lecture.* In lecture 000 the forward map has a network $g_\theta$ and the inverse another one, $h_\theta$.
# They must be the same network: only what has been added can be taken away.
#
# ### Exercise 9.17: an additive coupling (2 points)
# Each map in this notebook returns a pair: the moved vectors and $\log |\det|$ of its own direction, **one number a
# row**. Networks come in as functions, which you call.

# %% solution="additive" withhold="flows.coupling"
def add_coupling(z, d, t):
    """NICE's coupling, forward.

    z: (batch, n), float. d: int, from 1 to n - 1: the first d entries
    stay. t: a function, (batch, d) -> (batch, n - d).
    Returns x, (batch, n), and log |det df/dz|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    kept, moved = z[:, :d], z[:, d:]
    return torch.cat([kept, moved + t(kept)], 1), z.new_zeros(len(z))
    ### END SOLUTION

# %% test="additive--hand" points=2
checks.own_work(add_coupling, "flows.coupling")
product = lambda kept: kept.prod(1, keepdim=True)
stays = "the first d entries stay, and t of them is added to the others"
z = torch.tensor([[1.0, 2, 3]])
x, _ = checks.pair(checks.untouched(add_coupling, z, 2, product), z)
checks.close(x, torch.tensor([[1.0, 2, 5]]), "x of the example", stays)
z = torch.randn(4, 5, generator=checks.generator("additive--hand"),
                dtype=torch.float64)
checks.log_det(lambda z: add_coupling(z, 2, wavy(torch.ones(3))), z,
               hint="what is added moves volume about and changes none")
print("Half stays, half moves, and the determinant is 1.")
### BEGIN HIDDEN TESTS
generator = checks.generator("additive--hand", fresh=True)
for n, d, rows, dtype in [
    (2, 1, 1, None), (5, 2, 4, torch.float64), (7, 5, 3, None)
]:
    z = torch.randn(rows, n, generator=generator, dtype=dtype)
    t = wavy(torch.randn(n - d, generator=generator, dtype=dtype))
    found = add_coupling(z, d, t)
    x, log_det = checks.pair(found, z, f"the result for n = {n}, d = {d}")
    checks.close(x[:, :d], z[:, :d], f"what stays at n = {n}, d = {d}",
                 "the first d entries do not move")
    checks.close(x[:, d:], z[:, d:] + t(z[:, :d]),
                 f"what moves at n = {n}, d = {d}", stays)
    checks.close(log_det, z.new_zeros(rows), "the log-determinant",
                 "the diagonal of the Jacobian is all ones")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 9.18: and back (2 points)
# The slip to watch for: which half does $t$ read, now that you stand at $x$?

# %% solution="additive_inverse" withhold="flows.coupling"
def subtract_coupling(x, d, t):
    """NICE's coupling, inverse: undoes add_coupling with the same t.

    x: (batch, n), float. d: int, from 1 to n - 1. t: a function,
    (batch, d) -> (batch, n - d).
    Returns z, (batch, n), and log |det df^-1/dx|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    kept, moved = x[:, :d], x[:, d:]
    return torch.cat([kept, moved - t(kept)], 1), x.new_zeros(len(x))
    ### END SOLUTION

# %% test="additive_inverse--round" points=2
checks.own_work(subtract_coupling, "flows.coupling")
half = "t reads the half that did not change, and what it gives is " \
    "subtracted from the other"
product = lambda kept: kept.prod(1, keepdim=True)
found = checks.untouched(
    subtract_coupling, torch.tensor([[1.0, 2, 5]]), 2, product)
z, _ = checks.pair(found, torch.zeros(1, 3))
checks.close(z, torch.tensor([[1.0, 2, 3]]), "z of the example", half)
print("The example comes back.")
### BEGIN HIDDEN TESTS
generator = checks.generator("additive_inverse--round", fresh=True)
for n, d, rows, dtype in [
    (2, 1, 1, None), (5, 2, 4, torch.float64),
    (5, 4, 2, torch.float64), (7, 5, 3, None),
]:
    z = torch.randn(rows, n, generator=generator, dtype=dtype)
    t = wavy(torch.randn(n - d, generator=generator, dtype=dtype))
    x = torch.cat([z[:, :d], z[:, d:] + t(z[:, :d])], 1)
    found = subtract_coupling(x, d, t)
    name = f"the result for n = {n}, d = {d}"
    back, log_det = checks.pair(found, z, name)
    checks.close(back, z, f"z at n = {n}, d = {d}", half)
    checks.close(log_det, z.new_zeros(rows), "the log-determinant",
                 "going back, no volume changes either")
### END HIDDEN TESTS

# %% [markdown]
# **Predict** what one coupling in the plane does to a sheet of squares, for $n = 2$, $d = 1$ and
# $t(z_1) = \sin \tfrac32 z_1$. Which lines stay straight? Which square is the largest? In the picture on the right
# follows a second coupling, in which $x_2$ stays.

# %% tags=["demo"]
def draw_grid(axis, x, title):
    """Lines and shaded squares of a grid, moved; x: (13 * 13, 2)."""
    x = x.reshape(13, 13, 2)
    for a in range(0, 12):
        for b in range(a % 2, 12, 2):
            rim = [x[a:a + 2, b], x[a:a + 2, b + 1].flip(0)]
            axis.fill(*torch.cat(rim).T, color="0.75", linewidth=0)
    for lines in (x, x.transpose(0, 1)):
        for line in lines:
            axis.plot(*line.T, color="black", linewidth=0.7)
    axis.set(title=title, xlim=(-4, 4), ylim=(-4, 4), aspect="equal",
             xlabel="$x_1$", ylabel="$x_2$")


line = torch.linspace(-2, 2, 13)
z = torch.cartesian_prod(line, line)
wave = lambda kept: torch.sin(1.5 * kept)
once = add_coupling(z, 1, wave)[0]
twice = add_coupling(once.flip(1), 1, wave)[0].flip(1)
figure, axes = plt.subplots(1, 3, figsize=(9.6, 3.4), layout="constrained")
for axis, x, title in zip(
    axes, [z, once, twice],
    ["noise", "$x_1$ stays", "then $x_2$ stays"],
):
    draw_grid(axis, x, title)
plotting.picture(figure)

# %% [markdown]
# The upright lines stay upright: points on one have the same $z_1$, so they all move by the same amount. Each square
# becomes a sheared one of the **same area**. The second coupling bends the rest, and still no area changes.
#
# **Change one number.** Let $t(z_1) = \sin 4 z_1$ in this cell. On the right, squares now overlap. Has the map stopped
# being invertible, or is it only the drawing, which joins moved corners by straight sides?
#
# ## 2 A rescaling, for the volume
#
# To make a density higher than the noise's anywhere, a map has to squeeze volume there. Additive couplings cannot,
# however many you stack: $\log p_X(x) = \log p_Z(z)$, so the highest density that such a model can give anywhere is
# that of the normal at its centre. NICE adds one layer that stretches each axis by a number of its own,
#
# $$x_i = e^{s_i} z_i , \qquad \log |\det| = s_1 + \dots + s_n ,$$
#
# with $s$ a vector of $n$ parameters. They are logarithms of scales: any real number will do, no scale is 0, and no
# absolute value is needed. **By hand.** $s = (\log 2, \log 3)$ takes $z = (1, -1)$ to $(2, -3)$. A unit square becomes
# 2 by 3, and $\log 2 + \log 3 = \log 6$, at every point alike.
#
# *Beside the lecture.* Lecture 000 says of NICE that it preserves volume. Its couplings do, its rescaling does not.
#
# ### Exercise 9.19: the diagonal layer (2 points)

# %% solution="rescale" withhold="flows.nice"
def rescale(z, s):
    """NICE's rescaling, forward: x_i = exp(s_i) z_i.

    z: (batch, n), float. s: (n,), float: the logs of the scales.
    Returns x, (batch, n), and log |det df/dz|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    return z * s.exp(), s.sum().expand(len(z))
    ### END SOLUTION

# %% test="rescale--hand" points=2
checks.own_work(rescale, "flows.nice", "flows.transform")
s, z = torch.tensor([2.0, 3]).log(), torch.tensor([[1.0, -1], [0, 5]])
x, log_det = checks.pair(checks.untouched(rescale, z, s), z)
checks.close(x, torch.tensor([[2.0, -3], [0, 15]]), "x of the example",
             "the scales are exp(s), one a column")
checks.close(log_det.exp(), torch.tensor([6.0, 6]), "by how much areas "
             "grow in the example", "s adds up over the entries of a "
             "vector, not over the rows; its sign is that of the forward "
             "map, and it needs no further logarithm")
print("Areas grow 2 * 3 times.")
### BEGIN HIDDEN TESTS
generator = checks.generator("rescale--hand", fresh=True)
for n, rows, dtype in [(1, 2, None), (3, 4, torch.float64), (6, 1, None)]:
    z, s = (torch.randn(*shape, generator=generator, dtype=dtype)
            for shape in [(rows, n), (n,)])
    s = s - 0.5
    x, log_det = checks.pair(rescale(z, s), z, f"the result for n = {n}")
    checks.close(x, z * s.exp(), f"x at n = {n}", "the scales are exp(s)")
    checks.close(log_det, s.sum().expand(rows), "the log-determinant",
                 "the sum of all s, the same in every row, negative where "
                 "volume shrinks")
### END HIDDEN TESTS

# %% [markdown]
# ## 3 Real-NVP: a scale of its own for each entry, at each point
#
# One number per axis is the same everywhere. Real-NVP (*real-valued, non-volume preserving*; Dinh and others, 2017)
# lets the half that stays decide the scale, too:
#
# $$x_{1:d} = z_{1:d}, \qquad x_{d+1:n} = e^{s(z_{1:d})} \odot z_{d+1:n} + t(z_{1:d}), \qquad
# \log \Big|\det \frac{df}{dz}\Big| = \sum_j s_j(z_{1:d}) ,$$
#
# with $\odot$ entry by entry. **By hand**, $n = 3$, $d = 2$, $s = \log(z_1 z_2)$ and $t = z_1 + z_2$: then
# $z = (1, 2, 3)$ becomes $(1, 2, 2 \cdot 3 + 3) = (1, 2, 9)$, with log-determinant $\log 2$. Backwards the steps come off
# in the opposite order: first the shift, then the scale, $(9 - 3) / 2 = 3$, with log-determinant $-\log 2$.
#
# *Beside the lecture.* Lecture 000 writes the same $h_\theta$ for the scale and for the shift. They are two networks,
# $s$ and $t$ (or two outputs of one): the same numbers in both places would tie how far an entry moves to how much it
# stretches.
#
# ### Exercise 9.20: forward (2 points)

# %% solution="coupling_forward" withhold="flows.coupling"
def couple(z, d, s, t):
    """Real-NVP's coupling, forward.

    z: (batch, n), float. d: int, from 1 to n - 1: the first d entries
    stay. s, t: functions, (batch, d) -> (batch, n - d); s gives the logs
    of the scales.
    Returns x, (batch, n), and log |det df/dz|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    kept, moved = z[:, :d], z[:, d:]
    log_scale = s(kept)
    x = torch.cat([kept, log_scale.exp() * moved + t(kept)], 1)
    return x, log_scale.sum(1)
    ### END SOLUTION

# %% test="coupling_forward--jacobian" points=2
checks.own_work(couple, "flows.coupling")
rule = "exp(s) times what moves, plus t, and both read what stays"
own = "for each row the sum of its own s, with the sign of the way there"
z = torch.tensor([[1.0, 2, 3]])
s = lambda kept: kept.prod(1, keepdim=True).log()
t = lambda kept: kept.sum(1, keepdim=True)
found = checks.untouched(couple, z, 2, s, t)
x, _ = checks.pair(found, z)
checks.close(x, torch.tensor([[1.0, 2, 9]]), "x of the example", rule)
generator = checks.generator("coupling_forward--jacobian")
z = torch.randn(4, 5, generator=generator, dtype=torch.float64)
s, t = wavy(torch.arange(3.0)), wavy(-torch.arange(3.0))
checks.log_det(lambda z: couple(z, 2, s, t), z, "your log-determinant "
               "beside that of autograd's Jacobian",
               own)
print("The sum of s is the log-determinant of autograd's Jacobian.")
### BEGIN HIDDEN TESTS
generator = checks.generator("coupling_forward--jacobian", fresh=True)
for n, d, rows, dtype in [
    (2, 1, 1, None), (5, 2, 4, torch.float64),
    (5, 4, 1, torch.float64), (7, 5, 3, None),
]:
    z = torch.randn(rows, n, generator=generator, dtype=dtype)
    s, t = (wavy(torch.randn(n - d, generator=generator, dtype=dtype))
            for _ in range(2))
    x, log_det = checks.pair(couple(z, d, s, t), z,
                             f"the result for n = {n}, d = {d}")
    checks.close(x[:, :d], z[:, :d], f"what stays at n = {n}, d = {d}",
                 "the first d entries do not move")
    checks.close(x[:, d:], s(z[:, :d]).exp() * z[:, d:] + t(z[:, :d]),
                 f"what moves at n = {n}, d = {d}", rule)
    checks.close(log_det, s(z[:, :d]).sum(1), "the log-determinant",
                 own)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 9.21: back (3 points)
# One point is given at the end of the notebook.

# %% solution="coupling_inverse" withhold="flows.coupling"
def uncouple(x, d, s, t):
    """Real-NVP's coupling, inverse: undoes couple with the same s, t.

    x: (batch, n), float. d: int, from 1 to n - 1. s, t: functions,
    (batch, d) -> (batch, n - d).
    Returns z, (batch, n), and log |det df^-1/dx|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    kept, moved = x[:, :d], x[:, d:]
    log_scale = s(kept)
    z = torch.cat([kept, (-log_scale).exp() * (moved - t(kept))], 1)
    return z, -log_scale.sum(1)
    ### END SOLUTION

# %% test="coupling_inverse--round" points=2
checks.own_work(uncouple, "flows.coupling")
rule = "first take t off, then divide by exp(s); both read the half " \
    "that did not change"
x = torch.tensor([[1.0, 2, 9]])
s = lambda kept: kept.prod(1, keepdim=True).log()
t = lambda kept: kept.sum(1, keepdim=True)
found = checks.untouched(uncouple, x, 2, s, t)
z, log_det = checks.pair(found, x)
checks.close(z, torch.tensor([[1.0, 2, 3]]), "z of the example", rule)
sign = "each row has its own sum, and it belongs to the inverse: where " \
    "the forward map stretches, this one shrinks"
checks.close(log_det.exp(), torch.tensor([0.5]), "by how much volume "
             "changes on the way back in the example", sign)
print("Back at z, and the volume is half.")
### BEGIN HIDDEN TESTS
generator = checks.generator("coupling_inverse--round", fresh=True)
for n, d, rows, dtype in [
    (2, 1, 1, None), (5, 2, 4, torch.float64),
    (5, 4, 2, torch.float64), (7, 5, 3, None),
]:
    z = torch.randn(rows, n, generator=generator, dtype=dtype)
    s, t = (wavy(torch.randn(n - d, generator=generator, dtype=dtype))
            for _ in range(2))
    kept = z[:, :d]
    x = torch.cat([kept, s(kept).exp() * z[:, d:] + t(kept)], 1)
    back, log_det = checks.pair(uncouple(x, d, s, t), z,
                                f"the result for n = {n}, d = {d}")
    # float32: x of up to 15 loses 1e-6 of itself, exp(-s) <= e
    checks.close(back, z, f"z at n = {n}, d = {d}", rule)
    checks.close(log_det, -s(kept).sum(1), "the log-determinant", sign)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 The Jacobian, block by block
#
# Problem 8 asks for the determinant. Write $z_A = z_{1:d}$ and $z_B = z_{d+1:n}$, and look at the four blocks:
#
# $$\frac{df}{dz} = \begin{pmatrix} \partial x_A / \partial z_A & \partial x_A / \partial z_B \\
# \partial x_B / \partial z_A & \partial x_B / \partial z_B \end{pmatrix} .$$
#
# The upper two are plain: $x_A = z_A$ gives the identity, and nothing in $x_A$ has ever heard of $z_B$. Below right,
# entry $j$ of $x_B$ grows with entry $j$ of $z_B$ only, by $e^{s_j}$: a diagonal matrix. Only the block below left is
# unwieldy: $z_A$ acts through *both* networks, whose own slopes $\partial s_j / \partial z_k$ and $\partial t_j /
# \partial z_k$ stand in it. Work it out by the product and chain rules from $x_j = e^{s_j} z_j + t_j$.
#
# **By hand**, $n = 2$: $s = \log 3$, with slope $\tfrac12$; $t$ has slope 1; $z_B = 2$. Below left stands
# $3 \cdot 2 \cdot \tfrac12 + 1 = 4$.
#
# ### Exercise 9.22: fill the matrix (2 points)

# %% solution="coupling_jacobian" withhold="flows.coupling"
def block_jacobian(z_B, s, ds, dt):
    """The Jacobian df/dz of a coupling at one point.

    z_B: (m,), float: the entries that move; m = n - d. s: (m,), float:
    the logs of their scales. ds, dt: (m, d), float: entry (j, k) is the
    slope of s_j, of t_j, with respect to entry k of z_A.
    Returns (n, n), float: row i, column k is d x_i / d z_k.
    """
    ### BEGIN SOLUTION
    m, d = ds.shape
    scale = s.exp()
    upper = [torch.eye(d).to(s), s.new_zeros(d, m)]
    lower = [(scale * z_B)[:, None] * ds + dt, torch.diag(scale)]
    return torch.cat([torch.cat(upper, 1), torch.cat(lower, 1)])
    ### END SOLUTION

# %% test="coupling_jacobian--hand" points=1
checks.own_work(block_jacobian, "flows.coupling")
one = torch.ones(1, 1)
J = checks.untouched(block_jacobian, torch.tensor([2.0]),
                     torch.tensor([3.0]).log(), one / 2, one)
J = checks.value(J, (2, 2), "float", "the matrix of the example").float()
checks.close(J[0], torch.tensor([1.0, 0]), "the first row of the example",
             "row i is about x_i, column k about z_k: which output has "
             "never heard of which input?")
through = "z_A acts through s (times what?) and t: product, chain rule"
checks.close(J[1, 0], torch.tensor(4.0), "below left in the example",
             through)
checks.close(torch.linalg.det(J), torch.tensor(3.0), "its determinant")
generator = checks.generator("coupling_jacobian--hand")
z_B, s, *slopes = torch.randn(6, 3, generator=generator).double()
ds, dt = torch.stack(slopes[:2], 1), torch.stack(slopes[2:], 1)
J = block_jacobian(z_B, s, ds, dt)
checks.value(J, (5, 5), "float", "your Jacobian for d = 2, n = 5")
checks.close(torch.linalg.det(J), s.exp().prod(), "its determinant for "
             "d = 2, n = 5", "which blocks are diagonal, which one is 0?")
print("The determinant is the product of exp(s), whatever the slopes.")

# %% test="coupling_jacobian--autograd" points=1
# Block by block beside autograd, other sizes.
### BEGIN HIDDEN TESTS
generator = checks.generator("coupling_jacobian--autograd", fresh=True)
through = "z_A acts through s (times what?) and t: product, chain rule"
for d, m, dtype in [(2, 3, torch.float64), (1, 1, None), (4, 1, None),
                    (3, 2, torch.float64), (1, 4, None)]:
    A, B = torch.randn(2, m, d, generator=generator, dtype=dtype)
    z = torch.randn(1, d + m, generator=generator, dtype=dtype)
    s, t = (A @ z[0, :d]).tanh(), (B @ z[0, :d]).sin()
    found = block_jacobian(z[0, d:], s, (1 - s[:, None]**2) * A,
                           (B @ z[0, :d]).cos()[:, None] * B)
    checks.value(found, (d + m, d + m), "float", "your Jacobian")
    right = checks.jacobian(lambda z: torch.cat([
        z[:, :d], (z[:, :d] @ A.T.to(z)).tanh().exp() * z[:, d:]
        + (z[:, :d] @ B.T.to(z)).sin()], 1), z)[0].to(z)
    where = f"at d = {d}, n = {d + m}, beside autograd's"
    for rows, columns, name, hint in [
        (slice(d, None), slice(0, d), "below left", through),
        (slice(d, None), slice(d, None), "below right", "diagonal, and "
         "s is the log of a scale"),
        (slice(0, d), slice(0, d), "above left", "x_A is z_A"),
        (slice(0, d), slice(d, None), "above right", "does x_A hear of "
         "z_B?"),
    ]:
        checks.close(found[rows, columns], right[rows, columns],
                     f"the block {name} {where}", hint)
    checks.close(torch.linalg.det(found), s.sum().exp(), "the determinant")
### END HIDDEN TESTS

# %% [markdown]
# The block above right is zero and the two on the diagonal are diagonal matrices, so the whole is lower triangular, and
# the unwieldy block **does not enter the determinant**: that is why $s$ and $t$ may be anything. Your tests have just
# seen it, whatever the slopes:
#
# $$\det \frac{df}{dz} = 1^d \cdot \prod_j e^{s_j} = e^{s_1 + \dots + s_m} > 0, \qquad
# \log \Big| \det \frac{df}{dz} \Big| = \sum_j s_j(z_A) .$$
#
# **Predict** the picture for $n = 6$, $d = 2$: the Jacobian of *your* coupling, as autograd sees it, and that of your
# inverse. Which blocks agree?

# %% tags=["demo"]
z = torch.randn(1, 6, generator=new_generator(3), dtype=torch.float64)
s, t = wavy(torch.arange(4.0)), wavy(-torch.arange(4.0))
there = checks.jacobian(lambda z: couple(z, 2, s, t), z)[0]
x = couple(z, 2, s, t)[0]
back = checks.jacobian(lambda x: uncouple(x, 2, s, t), x)[0]
figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.6), layout="constrained")
for axis, J, (to, of) in zip(axes, [there, back], ["xz", "zx"]):
    plotting.matrix(J.round(decimals=2) + 0.0, ax=axis,
                    title=f"d{to} / d{of}",
                    rows=[f"${to}_{i}$" for i in range(1, 7)],
                    columns=[f"${of}_{i}$" for i in range(1, 7)])
plotting.picture(figure)

# %% [markdown]
# Both are lower triangular with the same two upper blocks, and the diagonals are reciprocal: the two log-determinants
# sum to 0. (The product of the two matrices is the identity.)
#
# **Change one number.** Take $d = 5$ in this cell, `couple(z, 5, s, t)` and so on, with both `torch.arange(4.0)`
# replaced by `torch.arange(1.0)`. How many numbers of the matrix does the determinant need now?
#
# ## 5 Whose turn is it?
#
# One coupling leaves the first $d$ entries as it found them. Let the parts take turns: what moved in one coupling stays
# in the next.
#
# ### Play with it
# A Real-NVP in the plane has learned two moons. Left, a grid over the noise after as many couplings as you choose, and
# as colour $\log |\det|$ of all of them so far; right, draws at the same stage. **Predict, then move.** Which lines are
# straight after coupling 1? Where do the draws crowd, and is the colour light or dark there? And what can the model
# *not* do when $x_1$ always stays?

# %% tags=["demo"]
bent_grid.explore()

# %% [markdown]
# After coupling 1 the upright lines are still upright, and within each of them the colour is the same: the scale depends
# on $x_1$ alone. The finished map is light between the moons, where it spreads noise thin, and dark along them, where
# draws crowd. Where $x_1$ always stays it is $\mathcal N(0, 1)$ for ever, and given $x_1$ the other entry is a single
# Gaussian. Six such couplings can do no more than one with large enough networks and scales.
#
# A **mask** says who stays, and it may pick any entries: $b_i = 1$ where entry $i$ stays, 0 where it moves. Written with
# networks that take and give full vectors, Real-NVP's coupling is
#
# $$x = b \odot z + (1 - b) \odot \big( e^{s(b \odot z)} \odot z + t(b \odot z) \big) , \qquad
# \log \Big|\det \frac{df}{dz}\Big| = \sum_i (1 - b_i) \, s_i(b \odot z) .$$
#
# **By hand.** $b = (1, 0, 1)$, $z = (1, 2, 3)$: the networks see $(1, 0, 3)$. If $s$ gives $(7, \log 2, 7)$ and $t$
# gives $(9, 5, 9)$, then $x = (1, 2 \cdot 2 + 5, 3) = (1, 9, 3)$, and the log-determinant is $\log 2$: what the
# networks say of entries that stay is thrown away, in both places.
#
# ### Exercise 9.23, optional: any mask (2 points)
# Optional, since nothing below needs it, and since the fourth notebook asks for it again, for images and both ways.

# %% solution="any_mask" withhold="flows.coupling"
def masked_couple(z, mask, s, t):
    """Real-NVP's coupling with any mask, forward.

    z: (batch, n), float. mask: (n,), bool, true where an entry stays.
    s, t: functions, (batch, n) -> (batch, n), to be given z with 0 in
    place of the entries that move.
    Returns x, (batch, n), and log |det df/dz|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    kept = torch.where(mask, z, 0)
    log_scale = torch.where(mask, 0, s(kept))
    x = torch.where(mask, z, log_scale.exp() * z + t(kept))
    return x, log_scale.sum(1)
    ### END SOLUTION

# %% test="any_mask--hand" points=2
checks.own_work(masked_couple, "flows.coupling")
z, mask = torch.tensor([[1.0, 2, 3]]), torch.tensor([True, False, True])
s = lambda kept: 0 * kept + torch.tensor([7.0, math.log(2), 7.0])
t = lambda kept: 0 * kept + torch.tensor([9.0, 5.0, 9.0])
found = checks.untouched(masked_couple, z, mask, s, t)
x, log_det = checks.pair(found, z)
moves = "entries with a true mask stay, the others become exp(s) z + t"
checks.close(x, torch.tensor([[1.0, 9, 3]]), "x of the example", moves)
count = "only the s of entries that move count, each row for itself, " \
    "with the sign of the way there"
checks.close(log_det.exp(), torch.tensor([2.0]), "the volume factor of "
             "the example", count)
print("Masked entries stay, the others move, and only those count.")
### BEGIN HIDDEN TESTS
generator = checks.generator("any_mask--hand", fresh=True)
for bits, rows, dtype in [
    ([1, 0], 1, None), ([0, 1, 0, 0, 1], 4, torch.float64),
    ([1, 1, 0, 1, 1, 1, 0], 3, None), ([0, 0, 1], 2, torch.float64),
]:
    mask, n = torch.tensor(bits).bool(), len(bits)
    z = torch.randn(rows, n, generator=generator, dtype=dtype)
    s, t = (wavy(torch.randn(n, generator=generator, dtype=dtype))
            for _ in range(2))
    where = f"with the mask {bits}"
    x, log_det = checks.pair(masked_couple(z, mask, s, t), z,
                             f"the result {where}")
    checks.close(x[:, mask], z[:, mask], f"what stays {where}", moves)
    kept = z * mask
    checks.close(
        x[:, ~mask], (s(kept).exp() * z + t(kept))[:, ~mask],
        f"what moves {where}", f"{moves}, where s and t are given z with "
        "0 in place of what moves",
    )
    checks.close(log_det, s(kept)[:, ~mask].sum(1),
                 f"the log-determinant {where}", count)
### END HIDDEN TESTS

# %% [markdown]
# Who hears of whom? After one coupling each entry that moves depends on itself and on all that stay. After several,
# $x_i$ depends on $z_j$ if there is a *path*: in the last coupling $x_i$ hears of an entry, which heard of another one
# in the coupling before, and so on down to $z_j$. (Unless effects cancel exactly, which networks do not do by chance.)
# **By hand**, $n = 3$: in the first coupling entry 1 stays, in the second entries 1 and 2. Then $x_1$ is $z_1$. $x_2$
# moved in the first coupling and depends on $z_1$ and $z_2$. $x_3$ moved in both: the second time it heard of entry 2
# as well, so it depends on all three. The table is a triangle (unit 10 builds on that).
#
# ### Exercise 9.24, optional: who hears of whom (2 points)

# %% solution="reach" withhold="flows.coupling"
def reach(masks):
    """Which entries of z each entry of x depends on, after a stack.

    masks: (K, n), bool: row k is the mask of coupling k, true where an
    entry stays; row 0 is the coupling next to z.
    Returns (n, n), bool: entry (i, j) says whether x_i depends on z_j.
    """
    ### BEGIN SOLUTION
    found = torch.eye(masks.shape[1]).to(masks.device)
    for stays in masks:
        heard = (~stays[:, None] & stays[None, :]).to(found)
        found = found + heard @ found
    return found > 0
    ### END SOLUTION

# %% test="reach--hand" points=2
checks.own_work(reach, "flows.coupling")
masks = torch.tensor([[True, False, False], [True, True, False]])
found = checks.untouched(reach, masks)
checks.value(found, (3, 3), "bool", "the result")
path = "an entry that moves keeps what it depended on, and adds all " \
    "that those which stay in that coupling depend on by then; begin " \
    "next to z"
checks.close(found.double(), torch.tensor(
    [[1.0, 0, 0], [1, 1, 0], [1, 1, 1]]).double(),
    "the table of the example (1 for yes)", path)
print("x3 moves twice and hears of all; x1 hears of z1 alone.")
### BEGIN HIDDEN TESTS
generator = checks.generator("reach--hand", fresh=True)
for layers in [["100"], ["11000", "00100", "10111"],
               ["11010", "01000"], ["1010", "1010", "1010"],
               ["1000000", "0110011", "1110000"], ["10", "01"]]:
    n = len(layers[0])
    order = torch.randperm(n, generator=generator)
    masks = torch.tensor([[bit == "1" for bit in row] for row in layers])
    masks = masks[:, order]
    found = checks.value(reach(masks), (n, n), "bool", "the result")
    right = [{i} for i in range(n)]
    for row in masks.tolist():
        seen = set().union(*(right[j] for j in range(n) if row[j]))
        right = [own if stays else own | seen
                 for own, stays in zip(right, row)]
    aim = [[float(j in right[i]) for j in range(n)] for i in range(n)]
    checks.close(found.double(), torch.tensor(aim).double(),
                 f"the table (1 for yes) at K = {len(layers)}", path)
### END HIDDEN TESTS

# %% [markdown]
# **Predict** the tables below, for $n = 6$: black where $x_i$ depends on $z_j$. How many couplings with halves that take
# turns does it need until everyone hears of everyone? And what do five do if the same half always stays? (The tables are
# not drawn from a formula: autograd differentiates a stack of your `couple`. For a mask, those who stay go to the front
# of the queue, and after the coupling all return to their places.)

# %% tags=["demo"]
first = torch.arange(6) < 3
stacks = {
    "1 coupling": [first], "2, in turn": [first, ~first],
    "3, in turn": [first, ~first, first], "5, same half": [first] * 5,
}


def stack(z, masks):
    for k, stays in enumerate(masks):
        s, t = wavy(torch.arange(3.0) + k), wavy(torch.arange(3.0) - k)
        queue = torch.cat([stays.nonzero(), (~stays).nonzero()])[:, 0]
        z = couple(z[:, queue], 3, s, t)[0][:, queue.argsort()]
    return z


z = torch.randn(20, 6, generator=new_generator(), dtype=torch.float64)
figure, axes = plt.subplots(1, 4, figsize=(9.6, 2.9), layout="constrained")
for axis, (name, masks) in zip(axes, stacks.items()):
    J = checks.jacobian(lambda z: stack(z, masks), z)
    axis.imshow((J.abs() > 1e-12).any(0), cmap="Greys", vmin=0, vmax=1)
    axis.set(title=name, xticks=range(6), yticks=range(6), xlabel="$z_j$",
             ylabel="$x_i$", xticklabels=range(1, 7),
             yticklabels=range(1, 7))
plotting.picture(figure)

# %% [markdown]
# Three couplings, the first and the last with the same mask, link everyone with everyone. The same half five times makes
# the table of one coupling. That a link exists does not make it flexible: real models take eight couplings and more.
#
# **Change one number.** Let entries take turns in another way: `first = torch.arange(6) % 2 == 0`, a *checkerboard*, as
# the fourth notebook uses it for images. Do three couplings still suffice?
#
# ## 6 One after the other
#
# A flow is $f = f_K \circ \dots \circ f_2 \circ f_1$, with $f_1$ next to the noise. Chain rule: Jacobians multiply, so
# their log-determinants **add**, each taken where its own layer stands. To find the density of a data point, walk home,
# from $h_K = x$ by $h_{k-1} = f_k^{-1}(h_k)$ to $z = h_0$:
#
# $$x = h_K \xrightarrow{f_K^{-1}} h_{K-1} \; \cdots \; h_1 \xrightarrow{f_1^{-1}} h_0 = z , \qquad
# \log p_X(x) = \log \mathcal N(z; 0, I) + \sum_{k=1}^K \log \Big| \det \frac{d f_k^{-1}}{d h_k}(h_k) \Big| .$$
#
# The coat goes on last and comes off first: the inverse runs **in reverse order**.
# **By hand.** $f_1(z) = 2z$, then $f_2(h) = h + 3$. At $x = 5$: first $5 - 3 = 2$, then $2 / 2 = 1$, so $\log p_X(5) =
# \log \mathcal N(1; 0, 1) - \log 2$, and $p_X(5) \approx .242 / 2 = .121$. In the forward order one would find
# $5/2 - 3 = -\tfrac12$, another point, and a density that is wrong without looking so.
#
# ### Exercise 9.25: the density of a stack (4 points)
# One point is given at the end of the notebook.

# %% solution="flow_log_prob" withhold="flows.flow"
def flow_log_prob(x, inverses):
    """log p(x) under a flow with z ~ N(0, I).

    x: (batch, n), float. inverses: a list of functions, those of f_1,
    f_2, ..., f_K in this order, f_1 next to the noise; each takes
    (batch, n) to a pair: f_k^-1, (batch, n), and log |det| of its
    Jacobian at the vector given, (batch,).
    Returns (batch,), float: log p(x) in nats.
    """
    ### BEGIN SOLUTION
    z, total = x, 0.0
    for inverse in reversed(inverses):
        z, log_det = inverse(z)
        total = total + log_det
    n = z.shape[1]
    return total - 0.5 * (z**2).sum(1) - 0.5 * n * math.log(2 * math.pi)
    ### END SOLUTION

# %% test="flow_log_prob--hand" points=2
checks.own_work(flow_log_prob, "flows.flow")
half = lambda x: (x / 2, x.new_full((len(x),), -math.log(2)))
less_3 = lambda x: (x - 3, x.new_zeros(len(x)))
x = torch.tensor([[5.0], [3.0]])
found = checks.untouched(flow_log_prob, x, [half, less_3])
normal = torch.tensor([-0.5, 0]) - 0.5 * math.log(2 * math.pi)
hint = "walk home from x: the last layer of the list is undone first, " \
    "each log-determinant is added once, where its own layer stands, " \
    "and z enters the normal density, constant and all"
checks.close(found, normal - math.log(2), "log p of the example, at 5 and "
             "at 3,", hint)
bend = lambda x: (torch.stack([x[:, 0], x[:, 1] - x[:, 0] ** 2], 1),
                  x.new_zeros(len(x)))
third = lambda x: (x / 0.7, x.new_full((len(x),), -2 * math.log(0.7)))
checks.area_is_one(lambda x: flow_log_prob(x, [bend, third]), -12, 12,
                   hint=hint, points=201)
print("A density: it integrates to 1 over the plane.")

# %% test="flow_log_prob--fresh" points=1
# Stacks of one to four layers, other sizes.
### BEGIN HIDDEN TESTS
generator = checks.generator("flow_log_prob--fresh", fresh=True)
hint = "walk home from x: the last layer of the list is undone first, " \
    "each log-determinant is added once, where its own layer stands, " \
    "and z enters the normal density, constant and all"
for n, layers, rows, dtype in [
    (2, 1, 1, None), (3, 3, 4, torch.float64), (5, 4, 2, None),
    (4, 2, 3, torch.float64),
]:
    inverses = []
    for k in range(layers):
        s, t = torch.randn(2, n, generator=generator, dtype=dtype) / 2
        inverses.append(lambda x, s=s, t=t: (
            x.roll(1, 1).asinh() * s.exp() + t + 1,
            s.sum() - 0.5 * torch.log1p(x**2).sum(1)))
    x = 2 * torch.randn(rows, n, generator=generator, dtype=dtype)
    z, right = x, -0.5 * n * math.log(2 * math.pi)
    for inverse in inverses[::-1]:
        z, log_det = inverse(z)
        right = right + log_det
    right = right - 0.5 * (z * z).sum(1)
    checks.close(flow_log_prob(x, inverses), right, f"log p at n = {n}, "
                 f"K = {layers}", hint)
### END HIDDEN TESTS

# %% [markdown]
# ## 7 Two moons, with your functions
#
# Everything is there. The model below is made of **your** `uncouple` and `flow_log_prob`: six couplings, and between
# them the two entries change places, so that each stays in every other one. Two networks a coupling, $s$ and $t$;
# $\tanh$ keeps $|s| \le 2$, so that no scale explodes early in the training.

# %% tags=["demo"]
def small_network(n_in, n_out, generator, hidden=32):
    """tanh layers; the last one starts at 0: the identity map."""
    layers = []
    for a, b in [(n_in, hidden), (hidden, hidden), (hidden, n_out)]:
        layers += [nn.Linear(a, b), nn.Tanh()]
        for weight in layers[-2].parameters():
            nn.init.uniform_(weight, -1, 1, generator=generator)
        layers[-2].weight.data /= a**0.5
    layers[-2].weight.data.zero_(), layers[-2].bias.data.zero_()
    return nn.Sequential(*layers[:-1])


class YourRealNVP(nn.Module):
    def __init__(self, n, couplings, generator, hidden=32):
        super().__init__()
        self.d, make = n // 2, lambda: nn.ModuleList(
            small_network(n // 2, n - n // 2, generator, hidden)
            for _ in range(couplings))
        self.n, self.s, self.t = n, make(), make()

    def layers(self):
        for s, t in zip(self.s, self.t):
            yield self.d, lambda kept, s=s: 2 * torch.tanh(s(kept) / 2), t

    def log_prob(self, x):
        return flow_log_prob(x, [
            lambda x, layer=layer: uncouple(x.flip(1), *layer)
            for layer in self.layers()])

    def path(self, z):
        yield z
        for layer in self.layers():
            z = couple(z, *layer)[0].flip(1)
            yield z

# %% [markdown]
# The data: 4,000 points of two half circles with noise of standard deviation .1, and 2,000 to judge by. Training is
# easier on standardised data, $\tilde x = (x - m) / c$. That is a layer of the flow like any other, your `rescale` and
# a shift, and its $\log |\det|$ goes into the nats: without it the two units would be compared as if they were one.
#
# $$\log p_X(x) = \log p(\tilde x) - \log c_1 - \log c_2 .$$
#
# **Predict** the loss curve's end: the best single Gaussian costs 1.9 nats a point, the truth 1.0.

# %% tags=["demo"] exempt="trained numbers differ between processors"
moons = data.two_moons(6000, 0.1, new_generator())
train_x, test_x = moons[:4000], moons[4000:]
m, c = train_x.mean(0), train_x.std(0)
flow = YourRealNVP(2, 6, new_generator(1))
history = training.fit(flow, (train_x - m) / c, epochs=24, batch_size=250,
                       generator=new_generator(2))
figure, axis = plt.subplots(figsize=(5.6, 3.0), layout="constrained")
nats = torch.tensor(history.train) + c.log().sum()
axis.plot(range(1, 25), nats, color="black", label="training part")
axis.axhline(1.9, linestyle="--", label="one Gaussian")
axis.axhline(1.0, linestyle=":", color="0.4", label="the truth")
axis.set(xlabel="epoch", ylabel="- log p (nats a point)")
axis.legend(frameon=False)
assert 0.95 < nats[-1] < 1.25, nats
plotting.picture(figure)

# %% [markdown]
# Now exact, held-out nats, next to Gaussians and to the density that the points were really drawn from (an integral over
# the two half circles; its mean nats estimate the entropy, which no model beats on average).

# %% tags=["demo"] exempt="trained numbers differ between processors"
def true_log_prob(x, noise=0.1):
    angle = (torch.arange(800) + 0.5) * math.pi / 800
    upper = torch.stack([angle.cos(), angle.sin()], 1)
    centres = torch.cat([upper, torch.tensor([1, 0.5]) - upper])
    squares = torch.cdist(x, centres).square() / (2 * noise**2)
    scale = math.log(1600 * 2 * math.pi * noise**2)
    return torch.logsumexp(-squares, 1) - scale


rows = {"one Gaussian": MultivariateNormal(m, train_x.T.cov())}
for K in (4, 8):
    rows[f"mixture of {K} Gaussians, EM"] = GaussianMixture(2, K).double()
    rows[f"mixture of {K} Gaussians, EM"].fit(
        train_x.double(), generator=new_generator())
nats = {name: training.nll(model, test_x.double())
        for name, model in rows.items()}
nats["your Real-NVP"] = training.nll(
    flow, (test_x - m) / c) + c.log().sum().item()
nats["the truth"] = -true_log_prob(test_x).mean().item()
for found, about in zip(nats.values(), [1.91, 1.45, 1.06, 1.16, 1.0]):
    assert abs(found - about) < (0.1 if about > 1 else 0.02), nats
plotting.results_table(
    [[name, found, training.bits_per_dim(found, 2)]
     for name, found in nats.items()],
    ["model", "nats a point", "bits per dimension"])

# %% [markdown]
# The flow comes much nearer to the truth than four Gaussians do. Eight are still a little better: two dimensions are
# few, and a curve is soon covered with ellipses. What the flow has that they have not: its samples come from one
# smooth map, with no list of components that would have to grow with the dimension.
#
# **Predict** where it still fails. Left, draws; right, the density on a grid. The truth has two separate pieces; can a
# continuous, invertible map of *one* round cloud have a gap?

# %% tags=["demo"]
with torch.no_grad():
    z = torch.randn(2000, 2, generator=new_generator(3))
    *_, x = flow.path(z)
    line = torch.linspace(-1.6, 2.6, 211)
    grid = torch.cartesian_prod(line, line - 0.25)
    p = (flow.log_prob((grid - m) / c) - c.log().sum()).exp()
figure, axes = plt.subplots(1, 2, figsize=(8.6, 3.8), layout="constrained")
axes[0].plot(*(x * c + m).T, ".", color="black", markersize=2)
shown = axes[1].imshow(p.reshape(211, 211).T, origin="lower", vmax=1,
                       extent=(-1.6, 2.6, -1.85, 2.35), cmap="Greys")
figure.colorbar(shown, ax=axes[1], extend="max", label="p(x)")
axes[0].set(title="2,000 draws", aspect="equal")
axes[1].set(title="density")
for axis in axes:
    axis.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-1.6, 2.6),
             ylim=(-1.6, 2.1))
plotting.picture(figure)

# %% [markdown]
# A bridge joins the moons: a continuous, invertible map cannot tear, it can only stretch a strip of noise until little
# of it lies there. That costs some likelihood, and here several in a hundred samples lie where there are no data.
#
# **Change one number.** Draw only from the middle of the noise, where its density is highest: in this cell write
# `z = 0.3 * torch.randn(...)`. Where do these draws lie? Many are in the bridge, where $p_X$ is low: which term of
# $\log p_X(x) = \log p_Z(z) - \log |\det|$ is to blame?
#
# ## 8 Flowers: when data are few
#
# Anderson's irises: four lengths in cm, 90 flowers to train on, 15 to choose by, 45 to judge. The networks have 2,832
# weights, so expect them to learn the flowers by heart. `training.fit` keeps the weights of the epoch that was best on
# the validation part. **Predict** the two curves.

# %% tags=["demo"] exempt="trained numbers differ between processors"
iris = data.iris()
parts = [part.x for part in (iris.train, iris.validation, iris.test)]
m, c = parts[0].mean(0), parts[0].std(0)
ready = [(x - m) / c for x in parts]
flow = YourRealNVP(4, 4, new_generator(44), hidden=16)
history = training.fit(flow, ready[0], ready[1], epochs=100,
                       batch_size=30, learning_rate=3e-3,
                       generator=new_generator(45))
assert history.train[-1] < min(history.validation) - 0.1
axis = history.plot(unit="nats, standardised")
plotting.picture(axis.figure)

# %% [markdown]
# The training part goes on getting cheaper after the validation part has stopped. In the original units, cm:

# %% tags=["demo"] exempt="trained numbers differ between processors"
rows = {"one Gaussian": MultivariateNormal(m, parts[0].T.cov())}
for K in (2, 3):
    rows[f"mixture of {K} Gaussians, EM"] = GaussianMixture(4, K).double()
    rows[f"mixture of {K} Gaussians, EM"].fit(
        parts[0].double(), floor=1e-3, generator=new_generator())
table = []
for name, model in rows.items():
    table.append([name] + [training.nll(model, parts[k].double())
                           for k in (0, 2)])
table.append(["your Real-NVP"] + [
    training.nll(flow, ready[k]) + c.log().sum().item() for k in (0, 2)])
for found, about in zip(table, [2.5, 1.6, 1.92]):
    assert abs(found[2] - table[0][2] + 2.5 - about) < 0.15, table
assert table[1][2] < table[3][2] < table[0][2], table
plotting.results_table(
    [[*row, training.bits_per_dim(row[2], 4)] for row in table],
    ["model", "nats, train", "nats, held out", "bits per dimension"])

# %% [markdown]
# The flow beats the single Gaussian on flowers that it has not seen, but not the mixture of two, for two reasons. One
# species stands far apart from the others, and a map that cannot tear has to bridge the gap. And there are more weights
# than there are measurements to learn from; a third ellipse, too, learns more by heart than it helps. Do not read too
# much into the last row: another seed for the first weights moves it by a tenth or two, as would another 45 flowers.
#
# **Change one number.** Measure in millimetres (`part.x * 10`, and `floor=0.1`). By how much do all four rows change, in
# nats and in bits, and why by the same amount? Work it out before you run it.
#
# ## 9 gmlib's own versions, and your machine
# Locked cells: gmlib's couplings, NICE and Real-NVP are held to the checks on every device (0 points), your functions
# must agree with gmlib's (1 point each), and the last cell says whether your functions also run on a GPU.

# %% test="gmlib_couplings--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_couplings--devices")
    for kind in (AdditiveCoupling, AffineCoupling):
        layer = kind(halves(5), (8,), generator=generator)
        checks.randomise(layer, generator, 0.3)
        z = torch.randn(3, 5, generator=generator).to(device)
        layer = layer.to(device)
        checks.inverts(layer, layer.inverse, z, tolerance=1e-3)
    for model in (NICE(5, 3, (8,), generator),
                  RealNVP(5, 3, (8,), None, generator)):
        checks.randomise(model, generator, 0.3)
        model = model.to(device)
        checks.inverts(model, model.inverse, z, tolerance=1e-3)
        x, log_det = model(z)
        base = -0.5 * (z**2).sum(1) - 2.5 * math.log(2 * math.pi)
        checks.close(model.log_prob(x.detach()), base - log_det,
                     "log p", tolerance=1e-3)
print("gmlib's couplings pass on every device that this machine has.")

# %% test="coupling_inverse--gmlib" points=1
generator = checks.generator("coupling_inverse--gmlib")
layer = AffineCoupling(halves(5), (8,), generator=generator)
checks.randomise(layer, generator, 0.3)
s, t = (lambda kept, k=k: layer.scale_and_shift(kept)[k].detach()
        for k in range(2))
x = torch.randn(4, 5, generator=generator)
for mine, theirs, of in [(couple, layer, "forward"),
                         (uncouple, layer.inverse, "inverse")]:
    for one, right in zip(mine(x, 2, s, t), theirs(x)):
        checks.close(one, right, f"your {of} map beside gmlib's",
                     "the networks are the same", tolerance=1e-3)
print("Your coupling and gmlib's agree, both ways.")

# %% test="flow_log_prob--gmlib" points=1
generator = checks.generator("flow_log_prob--gmlib")
model = RealNVP(4, 3, (8,), None, generator)
checks.randomise(model, generator, 0.3)
x = torch.randn(5, 4, generator=generator)
inverses = [lambda x, f=f: tuple(part.detach() for part in f.inverse(x))
            for f in model.transforms]
checks.close(flow_log_prob(x, inverses), model.log_prob(x), "log p beside "
             "gmlib's", "the layers are the same", 1e-3)
print("Your stack and gmlib's agree.")

# %% [markdown]
# Do your functions run where their inputs are? On a machine without a GPU this cell has nothing to find.

# %% test="coupling_forward--devices" points=0
generator = checks.generator("coupling_forward--devices")
z, s, t = torch.randn(3, 4, generator=generator)[:, None]
mask = torch.tensor([True, False, True, False])
w = wavy(torch.arange(2.0))
full = wavy(torch.arange(4.0))
both = lambda found: found[0].sum() + found[1].sum()
for function, given in [
    (lambda z: both(add_coupling(z, 2, w)), (z,)),
    (lambda z: both(subtract_coupling(z, 2, w)), (z,)),
    (lambda z: both(couple(z, 2, w, w)), (z,)),
    (lambda z: both(uncouple(z, 2, w, w)), (z,)),
    (lambda z, s: both(rescale(z, s)), (z, s[0])),
    (block_jacobian, (z[0], s[0], torch.outer(z[0], t[0]),
                      torch.outer(s[0], t[0]))),
    (lambda x: flow_log_prob(x, [lambda x: (2 * x, 0 * x[:, 0])]), (z,)),
    # the optional ones
    (lambda z, mask: both(masked_couple(z, mask, full, full)), (z, mask)),
    (lambda masks: reach(masks).double(), (mask[None],)),
]:
    checks.same_on_devices(function, *given)
print("Your functions run on every device that this machine has.")

# %% [markdown]
# ## Recap
#
# | | forward | inverse | $\log \vert\det\vert$, forward |
# |---|---|---|---|
# | additive coupling | $x_B = z_B + t(z_A)$ | $z_B = x_B - t(x_A)$ | 0 |
# | rescaling | $x_i = e^{s_i} z_i$ | $z_i = e^{-s_i} x_i$ | $\sum_i s_i$ |
# | Real-NVP's coupling | $x_B = e^{s(z_A)} z_B + t(z_A)$ | $z_B = e^{-s(x_A)} (x_B - t(x_A))$ | $\sum_B s_j(z_A)$ |
# | stack of $K$ | $f_1$ first | $f_K^{-1}$ first | they add, each once |
#
# | what to remember | |
# |---|---|
# | networks | are never inverted: what they read has stayed |
# | the Jacobian | one block is 0, so the unwieldy one does not count |
# | masks | take turns, or some of $x$ is noise for ever |
# | $\log \vert\det\vert$ | one number a row, of its own direction; the inverse has the other sign |
# | units | standardising is a layer: its $\log \vert\det\vert$ goes into the nats |
# | one map of one cloud | bends and stretches, never tears |
#
# **Next.** The fourth notebook takes couplings to images. Unit 10 lets every entry read *all* before it. **To read.**
# Dinh, Krueger and Bengio (2014), *NICE*; Dinh, Sohl-Dickstein and Bengio (2017), *Density Estimation Using Real NVP*;
# Papamakarios and others (2021), *Normalizing Flows for Probabilistic Modeling and Inference*; Cornish and others
# (2020), *Relaxing Bijectivity Constraints*, on the bridge between the moons.
