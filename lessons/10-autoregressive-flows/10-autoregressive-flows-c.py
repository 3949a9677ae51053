# %% [markdown]
# # Unit 10, third notebook: a flow as the posterior
#
# So far a flow was the model: it gave data a density. Here it takes the other job of this course, that of $q$ in the
# ELBO, and there other flows are good. At the end you will be able to
#
# - bend a cloud of points with a planar map, and price the bend without a determinant;
# - say when such a map folds space, and keep it from doing so;
# - write the ELBO with a flow as $q$, summand by summand;
# - measure what a posterior loses with a Gaussian, with planar flows, and with an inverse autoregressive flow.
#
# **Time**: 90 minutes. **You need**: the first two notebooks of this unit, and units 05 (importance sampling) and 06.
# **Points**: 16. It follows lecture 002, *normalizing flows (NF)*, and the papers named there.

# %% install=True

# %% [markdown]
# All imports of this notebook, and a seed. None of your functions may change the tensors that it is given.

# %%
import math

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal

import gmlib
from gmlib import checks, data, plotting
from gmlib.explore import planar as bend
from gmlib.flows.iaf import IAF
from gmlib.flows.planar import PlanarFlow
from gmlib.latent import inference


def new_generator(seed=0):
    return torch.Generator().manual_seed(seed)

# %% [markdown]
# ## 1 A map that bends
#
# In unit 06 a model $p(x, z) = p(z) \, p(x \mid z)$ had a posterior $p(z \mid x)$ that nobody could write down, and a
# Gaussian $q$ stood in for it. Lecture 002 puts a flow in that place: draw noise $\epsilon \sim \mathcal N(0, I)$,
# send it through an invertible map, and call the result $z$. Mind the letters: **in this notebook the noise is
# $\epsilon = z_0$, and what comes out of the flow is the latent vector $z = z_K$ of the model.** Then
#
# $$\log q(z_K) = \log \mathcal N(\epsilon; 0, I) - \sum_{k=1}^K \log \left| \det \frac{\partial z_k}{\partial z_{k-1}}
# \right| .$$
#
# What will be asked of this flow? The ELBO wants samples of $q$, and $\log q$ *at these samples*. Both come out of the
# forward direction. Nobody will ever ask for the density at a point from elsewhere, so the inverse need not be
# computable: it must only exist. That opens the door for maps like the **planar** one (Rezende and Mohamed, 2015),
#
# $$z' = z + u \, h(w \cdot z + b), \qquad h = \tanh .$$
#
# Only one number of $z$ matters, $w \cdot z + b$. All points of a plane across $w$ move alike; every point moves along
# $u$; far to one side by $+u$, far to the other by $-u$, and in between lies the bend.
#
# **By hand.** $w = (1, 0)$, $b = -1$, $u = (0, 2)$. At $z = (1, 5)$ the bracket is 0, and the point stays. At
# $z_1 = 1 + \log 2$ it is $\log 2$, and $\tanh \log 2 = \frac{2 - 1/2}{2 + 1/2} = .6$: the point moves up by $1.2$.
# At $z_1 = 21$ it moves up by 2.
#
# ### Play with it
# Left: squares of $z$ where the map put them, the colour says by how much they grew. Right: what it makes of a
# Gaussian. **Predict, then move.** What does a larger $|w|$ do at the same $w \cdot u$? What happens for
# $w \cdot u = -3$, and what if you then untick *keep it invertible*?

# %% tags=["demo"]
bend.explore()

# %% [markdown]
# A positive $w \cdot u$ pulls the two sides apart; if the bend is narrow enough ($|w|$ not too small) and strong
# enough, one hump becomes two. A negative one pushes them together. Push hard enough, and the sides pass *through* each
# other. Section 3 will forbid that. A larger $|w|$ makes the bend narrower and, at the same $w \cdot u$, the move along
# $w$ shorter.
#
# ### Exercise 10.18: the planar map (2 points)
# Stay in torch, here and up to exercise 10.22: section 6 trains through these functions.

# %% solution="planar" withhold="flows.planar"
def planar(z, u, w, b):
    """Move each row of z along u, by tanh of w.z + b.

    z: (batch, n), float. u, w: (n,), float. b: (), float.
    Returns (batch, n), float: z + u tanh(w.z + b).
    """
    ### BEGIN SOLUTION
    return z + torch.tanh(z @ w + b)[:, None] * u
    ### END SOLUTION

# %% test="planar--moves" points=1
checks.own_work(planar, "flows.planar")
u, w, b = torch.tensor([[0.0, 2], [1, 0], [-1, 0]])
z = torch.tensor([[1, 5], [1 + math.log(2), 5], [21, 5], [-19, 5]])
found = checks.untouched(planar, z, u, w, b[0])
checks.close(
    found, torch.tensor([[1, 5], [z[1, 0], 6.2], [21, 7], [-19, 3]]),
    "z' of the points by hand",
    "each stays where it was, plus u times one number: tanh(w.z + b)",
)
generator = checks.generator("planar--moves")
z, across = torch.randn(2, 6, 3, generator=generator)
u, w = torch.tensor([[1.0, -2, 0.5], [0.5, 1, -1]])
across = across - (across @ w)[:, None] * w / (w @ w)
move = planar(z, u, w, b[0]) - z
checks.close(
    planar(z + across, u, w, b[0]) - z - across, move,
    "the move of a point after a step across w",
    "only w.z + b, one number a point, says how far it goes",
)
checks.close(move, (move @ u)[:, None] * u / (u @ u), "the move",
             "it should be a multiple of u")
checks.differentiable(planar, z, u, w, b[0])
print("Points move along u, and planes across w move as one.")

# %% test="planar--fresh" points=1
# Other sizes, other numbers.
### BEGIN HIDDEN TESTS
generator = checks.generator("planar--fresh", fresh=True)
for batch, n, dtype in [
    (1, 2, None), (4, 5, torch.float64), (7, 3, None), (3, 3, None),
]:
    z = torch.randn(batch, n, generator=generator, dtype=dtype)
    u, w = torch.randn(2, n, generator=generator, dtype=dtype)
    b = 0.5 + torch.rand((), generator=generator, dtype=dtype)
    h = torch.tanh((z * w).sum(1) + b)
    checks.close(
        planar(z, u, w, b), z + torch.outer(h, u),
        f"z' for batch {batch} and n = {n}",
        "z + u tanh(w.z + b): b is added once, inside, and u is outside",
        dtype=z.dtype,
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 2 What the bend costs: one number
#
# The Jacobian of the planar map is the identity plus a matrix of rank one,
#
# $$\frac{\partial z'}{\partial z} = I + u \, \psi(z)^\top, \qquad \psi(z) = h'(w \cdot z + b) \, w, \qquad
# h' = 1 - \tanh^2 .$$
#
# It is not triangular, and yet its determinant costs $O(n)$. A vector orthogonal to $\psi$ is left as it is: eigenvalue
# 1, in $n - 1$ directions. And $u$ becomes $u + u \, (\psi \cdot u)$: eigenvalue $1 + \psi \cdot u$. The product of all
# is
#
# $$\det \left( I + u \psi^\top \right) = 1 + u \cdot \psi(z), \qquad
# \log \left| \det \frac{\partial z'}{\partial z} \right| = \log \left| 1 + h'(w \cdot z + b) \; w \cdot u \right| ,$$
#
# the *matrix determinant lemma* (where $\psi \cdot u = 0$ it holds by continuity).
#
# **By hand.** $w = (1, 0)$, $b = 0$, $u = (1, 5)$. At $z_1 = 0$, $h' = 1$ and the determinant is $1 + 1 = 2$. At
# $z_1 = \log 2$, $h' = 1 - .6^2 = .64$: it is $1.64$. Far away it is 1: there the map only shifts. The 5 has no
# influence: a shear costs no volume. With $u = (-3, 5)$ it is $-2$ at $z_1 = 0$: there the map turns the plane over,
# and areas grow by $|{-2}| = 2$.
#
# ### Exercise 10.19: its log-determinant (2 points)

# %% solution="planar_log_det" withhold="flows.planar"
def planar_log_det(z, u, w, b):
    """The log of |det dz'/dz| of the planar map, in nats.

    z: (batch, n), float: points before the move. u, w: (n,), float; w.u
    may be anything. b: (), float.
    Returns (batch,), float: one number a row.
    """
    ### BEGIN SOLUTION
    slope = 1 - torch.tanh(z @ w + b) ** 2
    return (1 + slope * (w @ u)).abs().log()
    ### END SOLUTION

# %% test="planar_log_det--jacobian" points=1
checks.own_work(planar_log_det, "flows.planar")
w, b = torch.tensor([1.0, 0]), torch.tensor(0.0)
z = torch.tensor([[0.0, 3], [math.log(2), 3], [30, 3]])
found = checks.untouched(
    planar_log_det, z, torch.tensor([1.0, 5]), w, b)
checks.close(
    found, torch.tensor([2, 1.64, 1]).log(),
    "the log-determinant of the points by hand",
    "the log of |1 + h' w.u|, where h' = 1 - tanh^2 belongs to each row",
)
over = planar_log_det(z[:1], torch.tensor([-3.0, 5]), w, b)
what = "the log-determinant where the map turns the plane over"
hint = "volume is the absolute value of the determinant, negative there"
checks.finite(over, what, hint)
checks.close(over, torch.tensor([math.log(2)]), what, hint)
z, u, w = torch.randn(
    3, 4, 3, generator=checks.generator("planar_log_det--jacobian"),
    dtype=torch.float64,
)
u, w, b = u[0] + w[0], w[0], w[1, 0]
checks.differentiable(planar_log_det, z, u, w, b)
checks.log_det(
    lambda z: (z + torch.outer(torch.tanh(z @ w + b), u),
               planar_log_det(z, u, w, b)),
    z, "your log-determinant, beside the Jacobian's,",
    "does it see b, and more of the Jacobian than its diagonal?", 1e-8,
)
print("Your log-determinant is the Jacobian's, without the Jacobian.")

# %% test="planar_log_det--fresh" points=1
# Up to six dimensions, any sign of w.u, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("planar_log_det--fresh", fresh=True)
for batch, n, side in [(4, 3, -1), (5, 4, 1), (1, 6, 1), (2, 2, 1)]:
    z, other = torch.randn(
        2, batch, n, generator=generator, dtype=torch.float64)
    other = other.clamp(-2, 2)  # near the bend no determinant is nearly 0
    w = torch.randn(n, generator=generator, dtype=torch.float64)
    w, b = w / w.norm(), other[0, 0] / 4
    z = z - ((z @ w)[:, None] - 0.2 * other[:, :1]) * w
    u = other[0] + (side * 4 - other[0] @ w) * w
    checks.log_det(
        lambda z: (z + torch.outer(torch.tanh(z @ w + b), u),
                   planar_log_det(z, u, w, b)), z,
        f"your log-determinant for batch {batch}, n = {n}",
        "log |1 + h'(w.z + b) w.u|, h' taken before the move", 1e-8,
    )
    z, u, w, b = z.float(), u.float(), w.float(), b.float()
    checks.close(
        planar_log_det(z, u, w, b),
        (1 + side * 4 / torch.cosh(z @ w + b) ** 2).abs().log(),
        "your log-determinant in float32", "is h' = 1 - tanh^2?",
        dtype=torch.float32, tolerance=1e-3,
    )
### END HIDDEN TESTS

# %% [markdown]
# With the determinant in hand the density can be drawn without any inverse: push a fine grid of $\epsilon$ forward and
# write on each point its own $\log q$. **Predict** the pictures: a Gaussian, after one map with $w = (2, 0)$,
# $u = (1.5, 0)$, and after a second one with $w = (0, 2)$, $u = (0, 1.5)$. How many humps?

# %% tags=["demo"]
def normal_log_prob(eps):
    return Normal(0.0, 1.0).log_prob(eps).sum(1)


ticks = torch.linspace(-4, 4, 161)
fine = torch.cartesian_prod(ticks, ticks)


def draw_pushed(axis, z, log_q, high=None):
    """The density q at points z that a grid of noise was sent to."""
    x, y, q = (one.reshape(161, 161) for one in [*z.T, log_q.exp()])
    axis.set_facecolor(plt.get_cmap("Blues")(0))
    axis.pcolormesh(x, y, q, shading="gouraud", cmap="Blues",
                    vmin=0, vmax=high, rasterized=True)


figure, axes = plt.subplots(1, 3, figsize=(9, 3.7), layout="constrained",
                            sharex=True, sharey=True)
z, log_q = fine, normal_log_prob(fine)
draw_pushed(axes[0], z, log_q)
for k, axis in enumerate(axes[1:]):
    w, b = 2 * torch.eye(2)[k], torch.tensor(0.0)
    u = 0.75 * w
    log_q = log_q - planar_log_det(z, u, w, b)
    z = planar(z, u, w, b)
    draw_pushed(axis, z, log_q)
for k, axis in enumerate(axes):
    axis.set(xlim=(-4, 4), ylim=(-4, 4), aspect="equal",
             title=["the noise", "after one map", "after two"][k],
             xlabel="$z_1$")
axes[0].set_ylabel("$z_2$")
plotting.picture(figure)

# %% [markdown]
# One map splits the hump, two make four of it: each layer bends what the one before it left. Between the humps the
# density is low but not 0, because a continuous map cannot tear.
#
# **Change one number.** Let $w \cdot u$ be negative in both maps: `u = -0.2 * w` in place of `u = 0.75 * w`. What does
# the density do in the middle, and what is each map's determinant there? (Each picture has its own scale of blue.)
#
# ## 3 No folding
#
# Multiply the planar map by $w$, and everything happens on one line: with $y = w \cdot z + b$ and
# $y' = w \cdot z' + b$,
#
# $$y' = y + (w \cdot u) \tanh y, \qquad \frac{dy'}{dy} = 1 + (w \cdot u) \, h'(y), \qquad 0 < h'(y) \le 1 .$$
#
# The map can be undone exactly if $y'$ rises with $y$, and it does if $w \cdot u \ge -1$. Below that, the middle falls
# while the ends rise: the line folds, and up to three $z$ land on one point. Our formula counts only one of them, so
# its $\log q$ is too low: no density any more. (An optimiser would find that out: a $\log q$ that is too low makes a
# *bound* that is too high.)
#
# A constraint on $u$ and $w$ is a nuisance for gradient ascent, so let the optimiser have any $u$, and use
#
# $$\hat u = u + \big( m(w \cdot u) - w \cdot u \big) \frac{w}{|w|^2}, \qquad m(a) = -1 + \log(1 + e^a) .$$
#
# Take the inner product with $w$: $w \cdot \hat u = m(w \cdot u) > -1$. What is orthogonal to $w$ stays. Where $w \cdot
# u$ is large, $m(a) \approx a - 1$, so little changes in proportion; where it is very negative, $m(a) \approx -1$.
#
# **By hand.** $w = (2, 0)$, $u = (0, 3)$: $w \cdot u = 0$, $m(0) = \log 2 - 1 \approx -.307$, and
# $\hat u = (-.153, 3)$. With $u = (-3, 3)$: $w \cdot u = -6$, $m \approx -.998$, and $\hat u = (-.499, 3)$.
#
# ### Exercise 10.20: keep it invertible (2 points)
# The softplus $\log(1 + e^a)$ must survive $a = 1000$: `torch.nn.functional.softplus` does.

# %% solution="planar_constraint" withhold="flows.planar"
def constrain(u, w):
    """u_hat, with w.u_hat = m(w.u) > -1, m(a) = -1 + log(1 + e^a).

    u, w: (n,), float; w is not 0.
    Returns (n,), float: u with another part along w.
    """
    ### BEGIN SOLUTION
    along = w @ u
    return u + (F.softplus(along) - 1 - along) * w / (w @ w)
    ### END SOLUTION

# %% test="planar_constraint--holds" points=1
checks.own_work(constrain, "flows.planar")
w = torch.tensor([2.0, 0, 0], dtype=torch.float64)
for a in [-6.0, 0.0, 6.0, -1000.0, 1000.0]:
    u = torch.tensor([a / 2, 3, -1], dtype=torch.float64)
    found = checks.untouched(constrain, u, w)
    checks.finite(found, f"u_hat for w.u = {a:g}", "e^a overflows")
    checks.value(found, (3,), "float", "u_hat")
    checks.close(
        found[1:], u[1:], f"the part of u_hat across w, at w.u = {a:g},",
        "only the part along w may change",
    )
    at = torch.tensor(a, dtype=torch.float64)
    checks.close(
        found @ w, torch.logaddexp(at, 0 * at) - 1,
        f"w.u_hat at w.u = {a:g}",
        "it should be m(w.u): the old w.u is taken off, along w/|w|^2",
    )
checks.differentiable(constrain, torch.ones(3), w)
print("Whatever u is, w.u_hat stays above -1.")

# %% test="planar_constraint--fresh" points=1
# Any direction of w, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("planar_constraint--fresh", fresh=True)
for n, a, dtype in [
    (2, -3.0, torch.float64), (5, 2.0, torch.float64), (1, -0.7, None),
    (3, 800.0, torch.float64), (4, -40.0, torch.float64),
]:
    u, w = torch.randn(2, n, generator=generator, dtype=dtype)
    w = w / w.norm() * (0.5 + torch.rand((), generator=generator)).item()
    u = u + (a - u @ w) * w / (w @ w)
    m = max(a, 0) + math.log1p(math.exp(-abs(a))) - 1
    checks.close(
        constrain(u, w), u + (m - a) * w / (w @ w),
        f"u_hat for n = {n} and w.u = {a:g}",
        "w.u is one number: add m(w.u) - w.u of them times w/|w|^2",
        dtype=u.dtype, tolerance=None if dtype else 1e-3,
    )
### END HIDDEN TESTS

# %% [markdown]
# **Predict** two curves: $y'$ against $y$ for $w \cdot u = -3$ as it is, and with your $\hat u$. How many $y$ does the
# dotted line at $y' = 0.5$ meet in each?

# %% tags=["demo"]
y = torch.linspace(-4, 4, 401)
u, w = torch.tensor([-3.0]), torch.tensor([1.0])
figure, axis = plt.subplots(figsize=(5.2, 3.6), layout="constrained")
for vector, style, name in [
    (u, "--", r"$u$: $w \cdot u = -3$"),
    (constrain(u, w), "-", r"$\hat u$: $w \cdot \hat u \approx -0.95$"),
]:
    moved = planar(y[:, None], vector, w, torch.tensor(0.0))[:, 0]
    axis.plot(y, moved, style, label=name)
    up, down = moved[1:] >= 0.5, moved[:-1] < 0.5
    crossed = (up == down).nonzero()[:, 0]
    axis.plot(y[crossed], 0.5 + 0 * y[crossed], "o", color="black")
axis.axhline(0.5, linestyle=":", color="black")
axis.set(xlabel="$y = w \\cdot z + b$", ylabel="$y'$")
axis.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# Three points $y$ for one $y'$ without the constraint, one with it. There the solid curve is nearly flat in the middle:
# invertible, but it squeezes hard.
#
# *Beside the paper.* 'No inverse' means: none in closed form. For a given $z'$ the number $y$ solves an equation in one
# unknown whose left side rises, so bisection would find it. It is only too slow to train by, and here nobody needs it.
#
# **Change one number.** Draw the dashed curve for $w \cdot u = -1$ (`u = torch.tensor([-1.0])`; the label will lie). Is
# it still invertible? What is its determinant at $y = 0$?
#
# ## 4 Many layers
#
# A single planar map is a modest tool, $2n + 1$ numbers. Stack $K$ of them: each layer takes what the one before it
# made, and its log-determinant is taken **at its own input**, $z_{k-1}$. Keep them apart, one row a layer: the next
# section adds them up.
#
# ### Exercise 10.21: a planar flow (3 points)
# You may use your functions from above. (One point is given near the end, where gmlib's version must agree.)

# %% solution="planar_flow" withhold="flows.planar"
def planar_flow(eps, U, W, b):
    """Send eps through K planar layers, each with u_hat in place of u.

    eps: (batch, n), float. U, W: (K, n), float: one layer a row, the
    first one next to eps. b: (K,), float.
    Returns z_K, (batch, n), and the layers' log |det|, (K, batch), nats.
    """
    ### BEGIN SOLUTION
    z, log_dets = eps, []
    for u, w, bias in zip(U, W, b):
        u_hat = constrain(u, w)
        log_dets.append(planar_log_det(z, u_hat, w, bias))
        z = planar(z, u_hat, w, bias)
    return z, torch.stack(log_dets)
    ### END SOLUTION

# %% test="planar_flow--layers" points=1
checks.own_work(planar_flow, "flows.planar")
u, w = torch.tensor([[[0.0, 3]], [[2.0, 0]]])
found = checks.untouched(
    planar_flow, torch.tensor([[20.0, 5], [0, 0]]), u, w, torch.zeros(1))
z, log_dets = checks.items(found, 2, "z and the log-determinants")
checks.close(
    z, torch.tensor([[20 + (math.log(2) - 1) / 2, 8], [0, 0]]),
    "z after the layer whose u_hat was found by hand",
    "a layer moves z along constrain(u, w), not along u")
checks.close(
    log_dets, torch.tensor([[1, math.log(2)]]).log(),
    "that layer's row of log-determinants", "with u_hat, and at the "
    "layer's input; one row a layer, one column a point")
generator = checks.generator("planar_flow--layers")
eps, U, W = torch.randn(3, 4, 3, generator=generator, dtype=torch.float64)
b = U[:, 0] * W[:, 1]
first = checks.items(planar_flow(eps, U, W, b), 2, "the result")
half = planar_flow(eps, U[:2], W[:2], b[:2])
then = planar_flow(half[0].detach(), U[2:], W[2:], b[2:])
checks.close(first[0], then[0], "z after 2 layers and then 2 more, beside "
             "all 4,", "the first row of U and W is next to eps")
checks.close(first[1][2:], then[1], "what the last 2 layers add to log "
             "|det|", "each layer's own, at what reaches that layer")
checks.differentiable(planar_flow, eps, U, W, b)
checks.log_det(
    lambda eps: (planar_flow(eps, U, W, b)[0],
                 planar_flow(eps, U, W, b)[1].sum(0)), eps,
    "the sum of your log-determinants, beside the Jacobian's of all,",
    "each is taken at its layer's input, before the move",
)
print("Layers follow each other, each with its own log-determinant.")

# %% test="planar_flow--fresh" points=1
# The whole flow against its Jacobian, other sizes, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("planar_flow--fresh", fresh=True)
for K, batch, n, dtype in [
    (3, 4, 2, torch.float64), (2, 1, 5, torch.float64),
    (1, 1, 2, torch.float64), (4, 6, 3, None),
]:
    U, W = torch.randn(2, K, n, generator=generator, dtype=dtype)
    b = torch.randn(K, generator=generator, dtype=dtype)
    W = W / W.norm(dim=1, keepdim=True)
    along = 1.5 * (-1.0) ** torch.arange(K)  # w.u of either sign
    U = U + (along - (U * W).sum(1))[:, None] * W
    z = eps = torch.randn(batch, n, generator=generator, dtype=dtype)
    log_dets = []
    for u, w, bias in zip(U, W, b):
        m, h = F.softplus(u @ w) - 1, torch.tanh(z @ w + bias)
        log_dets.append(torch.log1p((1 - h * h) * m))
        z = z + torch.outer(h, u + (m - u @ w) * w)
    found = checks.items(planar_flow(eps, U, W, b), 2, "the result")
    where = f"for {K} layers, batch {batch}, n = {n}"
    checks.close(found[0], z, f"z {where}", "layer after layer, along "
                 "u_hat", None if dtype else 1e-3, eps.dtype)
    checks.close(found[1], torch.stack(log_dets), f"the layers' log "
                 f"|det| {where}", "each at its layer's input, with u_hat",
                 None if dtype else 1e-3, eps.dtype)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 The ELBO with a flow
#
# Unit 06 wrote the bound as $\mathbb E_q[\log p(x, z) - \log q(z)]$. An expectation over $q(z)$ is one over the noise:
# $z$ is a function of $\epsilon$, so gradients pass through the sample with no further trick. A row of noise gives one
# summand,
#
# $$\log p(x, z_K) - \log q(z_K) = \log p(x, z_K) - \Big( \log \mathcal N(\epsilon; 0, I) -
# \sum_k \log |\det{}_k| \Big) ,$$
#
# with $\log |\det_k|$ for layer $k$. This is what the lecture calls evaluating *a simpler distribution*: the base
# density is evaluated where the noise was, not where $z$ is. In words: what stretches ($|\det| > 1$) thins $q$ out and
# raises its entropy, which is one of the two parts of the bound.
#
# **By hand**, with an answer that is known. $z \sim \mathcal N(0, 1)$, $x \mid z \sim \mathcal N(z, 1)$ and $x = 2$:
# the posterior is $\mathcal N(1, \frac12)$, and $p(x) = \mathcal N(2; 0, 2)$. The map $z = 1 + \epsilon / \sqrt 2$ has
# this posterior as its $q$, and log-determinant $-\frac12 \log 2$. At $\epsilon = 0$: $\log p(x, z) = -\log 2\pi -
# \frac12 - \frac12$, and $\log q = -\frac12 \log 2\pi + \frac12 \log 2$. The difference is $-\frac12 \log 4\pi - 1
# = \log p(x) \approx -2.27$, and it is so for **every** $\epsilon$. As in unit 06: at the posterior the summand is
# constant.
#
# ### Exercise 10.22: a summand for each row (3 points)
# Return the summands; whoever trains takes their mean. (One point is given near the end.)

# %% solution="flow_elbo"
def elbo_terms(eps, z, log_dets, log_joint):
    """log p(x, z) - log q(z) for each draw of a flow, in nats.

    eps: (batch, n), float: draws from N(0, I). z: (batch, n), float:
    where the flow took them. log_dets: (K, batch), float: log |det| of
    each layer. log_joint: (batch,), float: log p(x, z).
    Returns (batch,), float: the mean over many rows is the ELBO.
    """
    ### BEGIN SOLUTION
    n = eps.shape[1]
    log_base = -((eps**2).sum(1) + n * math.log(2 * math.pi)) / 2
    return log_joint - (log_base - log_dets.sum(0))
    ### END SOLUTION

# %% test="flow_elbo--constant" points=1
generator = checks.generator("flow_elbo--constant")
eps = torch.randn(5, 1, generator=generator, dtype=torch.float64)
eps = torch.cat([0 * eps[:1], eps])
z, layer = 1 + eps / 2**0.5, torch.full((2, 6), -math.log(2) / 4)
log_joint = (Normal(0.0, 1.0).log_prob(z)
             + Normal(z, 1.0).log_prob(torch.tensor(2.0)))[:, 0]
found = checks.untouched(
    elbo_terms, eps, z, layer.double(), log_joint)
checks.close(
    found, torch.full((6,), -0.5 * math.log(4 * math.pi) - 1).double(),
    "the summands of the example by hand, in two layers of -1/4 log 2 "
    "each,", "q is the posterior, so each is log p(x): base density at "
    "eps, and every stretch LOWERS log q", tolerance=1e-6,
)
apart = elbo_terms(eps, z, 2 * torch.eye(2, 6).double(), log_joint)
checks.close(
    apart - elbo_terms(eps, z, 0 * layer.double(), log_joint),
    torch.tensor([2.0, 2, 0, 0, 0, 0]).double(), "what a stretch of the "
    "first two rows alone adds to the summands", "each row has its own "
    "log-determinants: sum over layers, not over rows",
)
checks.differentiable(elbo_terms, eps, z, layer, log_joint)
print("At the posterior every draw gives log p(x).")

# %% test="flow_elbo--fresh" points=1
# More dimensions, more layers, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("flow_elbo--fresh", fresh=True)
for K, batch, n, dtype in [
    (1, 1, 2, None), (3, 5, 4, torch.float64), (2, 4, 1, None),
    (6, 3, 3, torch.float64),
]:
    eps, z = torch.randn(2, batch, n, generator=generator, dtype=dtype)
    log_dets = torch.randn(K, batch, generator=generator, dtype=dtype)
    log_joint = torch.randn(batch, generator=generator, dtype=dtype)
    log_q = Normal(0.0, 1.0).log_prob(eps).sum(1) - log_dets.sum(0)
    checks.close(
        elbo_terms(eps, z, log_dets, log_joint), log_joint - log_q,
        f"the summands for {K} layers, batch {batch}, n = {n}",
        "log p(x, z) - log N(eps; 0, I) + the layers' log |det|, summed",
        dtype=eps.dtype,
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 6 How large is the gap?
#
# Now a posterior that no Gaussian matches. The prior is $z \sim \mathcal N(0, I)$ in the plane, and we see
# $x = z_1^2 + z_2$ with Gaussian noise of width $0.3$. Given $x = 2$ the vector $z$ must lie near the parabola
# $z_2 = 2 - z_1^2$, and the prior prefers its two legs to its top.
#
# In the plane nothing has to be bounded: with a grid whose cells have area $A$,
#
# $$p(x) \approx A \sum_j p(x, z_j), \qquad p(z_j \mid x) = \frac{p(x, z_j)}{p(x)}, \qquad
# D_{KL}(q \,\|\, p(z \mid x)) \approx A \sum_j q(z_j) \log \frac{q(z_j)}{p(z_j \mid x)} ,$$
#
# and $\log p(x)$ minus that divergence is the ELBO. So the gap of every $q$ can be measured, not guessed.
#
# **By hand.** Two cells of area $\frac12$ with $p(x, z) = .2, .6$: $p(x) = .4$, the posterior density is $.5, 1.5$. For
# $q = 1, 1$ the divergence is $\frac12 (\log \frac{1}{.5} + \log \frac{1}{1.5}) = \frac12 \log \frac43 \approx .144$.
#
# ### Exercise 10.23: evidence and gap (2 points)
# Logarithms come in, and they may be as low as $-1000$: stay among logarithms (`torch.logsumexp`).

# %% solution="flow_gap"
def evidence_and_gap(log_joint, log_q, area):
    """log p(x), and KL(q, p(z | x)), both by quadrature, in nats.

    log_joint, log_q: (m,), float: log p(x, z) and log q(z) at the m
    points of a grid. area: a number: the area of one cell.
    Returns two tensors of shape (), float.
    """
    ### BEGIN SOLUTION
    log_p = log_joint.logsumexp(0) + math.log(area)
    log_ratio = log_q - (log_joint - log_p)
    return log_p, area * (log_q.exp() * log_ratio).sum()
    ### END SOLUTION

# %% test="flow_gap--two_cells" points=1
log_joint = torch.tensor([0.2, 0.6], dtype=torch.float64).log()
log_q = torch.zeros(2, dtype=torch.float64)
for low in [0.0, -1000.0]:
    found = checks.untouched(
        evidence_and_gap, log_joint + low, log_q, 0.5)
    log_p, gap = checks.items(found, 2, "log p(x) and the gap")
    for one, name in [(log_p, "log p(x)"), (gap, "the gap")]:
        checks.finite(one, f"{name} of the two cells, all lowered by "
                      f"{-low:g}", "stay among logarithms: logsumexp")
    checks.close(log_p, log_joint.exp().mean().log() + low,
                 "log p(x) of the two cells by hand",
                 "add up p(x, z), each times the area of a cell")
    checks.close(
        gap, torch.tensor(math.log(4 / 3) / 2, dtype=torch.float64),
        "the gap of the two cells by hand",
        "q's average of log q - log p(z | x), p(x, z) over p(x), with the "
        "area of a cell",
    )
found = evidence_and_gap(log_joint, log_joint - math.log(0.4), 0.5)
checks.close(found[1], 0 * log_joint[0], "the gap of the posterior itself",
             "it is 0", 1e-7)
print("On the grid log p(x) is a sum, and the posterior has no gap.")

# %% test="flow_gap--fresh" points=1
# Grids of other sizes; the ELBO is what is left.
### BEGIN HIDDEN TESTS
generator = checks.generator("flow_gap--fresh", fresh=True)
for m, area, low, dtype in [
    (7, 2.0, -900, torch.float64), (50, 0.05, 0, torch.float64),
    (3, 0.2, 0, torch.float64), (20, 0.3, -30, None),
]:
    log_joint, log_q = torch.randn(
        2, m, generator=generator, dtype=dtype)
    log_q = log_q - log_q.logsumexp(0) - math.log(area)
    log_joint = 2 * log_joint + low
    log_p, gap = checks.items(
        evidence_and_gap(log_joint, log_q, area), 2, "the result")
    aim = torch.tensor(area, dtype=dtype).log() + log_joint.logsumexp(0)
    checks.close(log_p, aim, f"log p(x) on {m} cells of area {area}",
                 "the area counts once", tolerance=None if dtype else 1e-3)
    bound = area * (log_q.exp() * (log_joint - log_q)).sum()
    checks.close(gap, aim - bound, f"the gap on {m} cells of area {area}",
                 "it is log p(x) - ELBO: q averages, and q is outside the "
                 "logarithm", tolerance=None if dtype else 1e-3)
### END HIDDEN TESTS

# %% [markdown]
# Five candidates will be fitted: a Gaussian with full covariance (a linear flow, section 4 of unit 06's third
# notebook), planar flows with $K = 1, 4, 16$, and later an IAF. All go through *your* `elbo_terms`, the planar ones
# through *your* `planar_flow`, after a first layer with a mean and a width for each entry. A $q$ is a module that takes
# noise to $z$ and to log-determinants.

# %% tags=["demo"]
class GaussianQ(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(2))
        self.root = nn.Parameter(torch.eye(2))

    def forward(self, eps):
        log_det = self.root.diag().abs().log().sum()
        z = self.mean + eps @ self.root.tril().T
        return z, log_det.expand(1, len(eps))


class PlanarQ(nn.Module):
    def __init__(self, K, seed=0):
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(2))
        self.log_width = nn.Parameter(torch.zeros(2))
        layers = PlanarFlow(2, K, new_generator(seed)).transforms
        self.U, self.W, self.b = [
            nn.Parameter(torch.stack([getattr(one, name).detach()
                                      for one in layers]))
            for name in "uwb"
        ]

    def forward(self, eps):
        z = self.mean + self.log_width.exp() * eps
        first = self.log_width.sum().expand(1, len(eps))
        z, log_dets = planar_flow(z, self.U, self.W, self.b)
        return z, torch.cat([first, log_dets])


class IAFQ(nn.Module):
    def __init__(self, transforms=4, seed=1):
        super().__init__()
        self.flow = IAF(2, transforms, (32,), new_generator(seed))

    def forward(self, eps):
        z, log_det = self.flow(eps)
        return z, log_det[None]

# %% [markdown]
# And the climb: fresh noise each step, the mean of your summands, a gradient through all of it.

# %% tags=["demo"]
def see_parabola(z):
    """log p(x = 2, z): z ~ N(0, I), x ~ N(z_1^2 + z_2, 0.3^2)."""
    seen = Normal(z[:, 0] ** 2 + z[:, 1], 0.3)
    return normal_log_prob(z) + seen.log_prob(torch.tensor(2.0))


def climb(q, log_joint, steps=400, draws=128, seed=2):
    noise, path = new_generator(seed), []
    optimiser = torch.optim.Adam(q.parameters(), 0.05, betas=(0.9, 0.95))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(
        optimiser, steps)
    for _ in range(steps):
        eps = torch.randn(draws, 2, generator=noise)
        z, log_dets = q(eps)
        bound = elbo_terms(eps, z, log_dets, log_joint(z)).mean()
        optimiser.zero_grad()
        (-bound).backward()
        optimiser.step()
        schedule.step()
        path.append(bound.item())
    return torch.tensor(path)

# %% [markdown]
# **Predict** the curves: who climbs how far, and who levels off first? The line at the top is the exact $\log p(x)$, by
# your quadrature. (A point is the mean of 20 steps.)

# %% tags=["demo"] exempt="trained numbers differ between processors"
line = torch.linspace(-4, 4, 201)
grid, area = torch.cartesian_prod(line, line), (line[1] - line[0]) ** 2
log_p, _ = evidence_and_gap(
    see_parabola(grid), normal_log_prob(grid), area.item())
candidates = {"Gaussian": GaussianQ(), "planar, K = 1": PlanarQ(1),
              "planar, K = 4": PlanarQ(4), "planar, K = 16": PlanarQ(16)}
paths = {name: climb(q, see_parabola) for name, q in candidates.items()}
figure, axis = plt.subplots(figsize=(5.8, 3.6), layout="constrained")
for (name, path), style in zip(paths.items(), [":", "-.", "--", "-"]):
    axis.plot(range(10, 400, 20), path.reshape(-1, 20).mean(1), style,
              label=name)
axis.axhline(log_p, color="black", linewidth=1, label="$\\log p(x)$")
axis.set(xlabel="step", ylabel="ELBO (nats)", ylim=(-4, -1.6))
axis.legend(frameon=False)
ends = [path[-100:].mean().item() for path in paths.values()]
assert max(ends) < log_p and -2.95 < ends[0] < -2.7 and ends[3] > -2.1
plotting.picture(figure)

# %% [markdown]
# The Gaussian levels off about a nat below the line, and no patience would help: that is its family's gap. Each of the
# planar flows gets further, and takes longer to level off, than the one with fewer layers. No curve crosses the line.
#
# ## 7 The mirror: IAF as a posterior
#
# Section 1 said what a flow for $q$ must do: give samples and $\log q$ at these samples; better in one pass. Of the two
# autoregressive flows of this unit MAF needs $n$ steps for a sample, and IAF one, since its numbers depend on the
# *noise*, all of which is there at once. What IAF does slowly, the density at a point from elsewhere, nobody asks of
# $q$. That is what it was invented for (Kingma and others, 2016).
#
# The paper writes a layer with a gate. A masked network reads $z$ (the output of the layer before) and gives $m_i$ and
# $s_i$ from $z_{1:i-1}$ alone; with $\sigma_i = 1 / (1 + e^{-s_i})$,
#
# $$z'_i = \sigma_i z_i + (1 - \sigma_i) \, m_i, \qquad
# \log \left| \det \frac{\partial z'}{\partial z} \right| = \sum_i \log \sigma_i .$$
#
# It is the $a_i + b_i z_i$ of the second notebook with $b_i = \sigma_i$ and $a_i = (1 - \sigma_i) m_i$. The gate keeps
# or replaces, never stretches: $\sigma_i < 1$. The other entries in the Jacobian stand below the diagonal and do not
# count.
#
# **By hand.** $z = (3, 1)$, $m = (0, 5)$, $s = (0, 0)$: $\sigma = \frac12$, $z' = (1.5, 3)$, log-determinant $-2 \log
# 2$. With $s = 50$ everywhere the layer does nothing, to rounding. With $s = -200$ the gate $\sigma$ is 0 in float32,
# but its logarithm is $-200$: take `torch.nn.functional.logsigmoid`, not the logarithm of a 0.
#
# ### Exercise 10.24: the gated step (2 points)

# %% solution="gated_step"
def gated_step(z, m, s):
    """One IAF layer: keep sigma = 1 / (1 + e^-s) of z, replace the rest.

    z, m, s: (batch, n), float; m and s come from a masked network: row by
    row m_i and s_i depend on z_1, ..., z_i-1 alone.
    Returns z', (batch, n), and log |det dz'/dz|, (batch,), in nats.
    """
    ### BEGIN SOLUTION
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, F.logsigmoid(s).sum(1)
    ### END SOLUTION

# %% test="gated_step--jacobian" points=1
z = torch.tensor([[3.0, 1], [3, 1]])
m, s = torch.tensor([[0.0, 5], [0, 5]]), torch.tensor([[0.0, 0], [50, 50]])
moved, log_det = checks.pair(checks.untouched(gated_step, z, m, s), z)
checks.close(moved, torch.tensor([[1.5, 3], [3, 1]]),
             "z' of the example by hand, and of a gate that is open,",
             "sigma of z is kept, and 1 - sigma of m comes in")
generator = checks.generator("gated_step--jacobian")
z, M, S = (torch.randn(*shape, generator=generator, dtype=torch.float64)
           for shape in [(4, 3), (3, 3), (3, 3)])
checks.log_det(
    lambda z: gated_step(z, z @ M.tril(-1).T, z @ S.tril(-1).T), z,
    "your log-determinant, beside the Jacobian's,",
    "on the diagonal stand the sigma_i: add up their logarithms in each "
    "row",
)
o = torch.zeros(1, 3)
far = checks.items(gated_step(o, o, o - 200), 2, "the result")
checks.finite(far[1], "the log-determinant at s = -200",
              "sigma is 0 there to rounding: logsigmoid, not its log")
print("Your gate's log-determinant is the Jacobian's.")

# %% test="gated_step--fresh" points=1
# Other sizes, both float types, every other gate shut.
### BEGIN HIDDEN TESTS
generator = checks.generator("gated_step--fresh", fresh=True)
for batch, n, shut, dtype in [
    (5, 4, 150, None), (3, 6, 0, torch.float64), (2, 3, 150, None),
    (1, 2, 0, torch.float64),
]:
    z, m, s = torch.randn(3, batch, n, generator=generator, dtype=dtype)
    s = 2 * s - shut * (torch.arange(n) % 2)
    moved, log_det = checks.pair(gated_step(z, m, s), z)
    keep = 1 / (1 + (-s.double()).exp())
    where = f"for batch {batch} and n = {n}"
    checks.close(moved, (m + keep * (z - m)).to(z.dtype), f"z' {where}",
                 "sigma z + (1 - sigma) m, sigma = 1 / (1 + e^-s)",
                 dtype=z.dtype)
    checks.close(log_det, -torch.log1p((-s.double()).exp()).sum(1)
                 .to(z.dtype), f"the log-determinant {where}",
                 "the logarithms of the sigma_i, added up in each row",
                 dtype=z.dtype)
### END HIDDEN TESTS

# %% [markdown]
# Now all five. gmlib's IAF has no gate: its layers are the $a_i + b_i z_i$ of the second notebook, and its $b_i$ may
# exceed 1. **Predict**: in which places will each $q$ be too thin, in which too fat? (Contours: the exact posterior.
# Blue: $q$, a grid of noise pushed forward.)

# %% tags=["demo"] exempt="trained numbers differ between processors"
def draw_q(axis, q, exact, high, reach):
    """A grid of noise through q, under the contours of the posterior."""
    with torch.no_grad():
        z, log_dets = q(fine)
    draw_pushed(axis, z, normal_log_prob(fine) - log_dets.sum(0), high)
    sides = [one.reshape(201, 201) for one in [*reach.T, exact]]
    axis.contour(*sides, levels=[0.02 * high, 0.2 * high, 0.7 * high],
                 colors="black", linewidths=0.7)


candidates["IAF, 4 layers"] = IAFQ()
paths["IAF, 4 layers"] = climb(candidates["IAF, 4 layers"], see_parabola)
exact = (see_parabola(grid) - log_p).exp()
figure, axes = plt.subplots(1, 5, figsize=(12, 2.9), sharey=True,
                            layout="constrained")
for axis, (name, q) in zip(axes, candidates.items()):
    draw_q(axis, q, exact, exact.max().item(), grid)
    axis.set(xlim=(-2.6, 2.6), ylim=(-3, 3), title=name, xlabel="$z_1$")
axes[0].set_ylabel("$z_2$")
assert log_p - paths["IAF, 4 layers"][-100:].mean() < 0.2
plotting.picture(figure)

# %% [markdown]
# The Gaussian settles on one leg, since covering both would put mass where the posterior has none. Each bend lets $q$
# follow the arch a little further; with sixteen it stands firmly on both legs, and so does the IAF. The numbers: the
# bound over 20,000 fresh draws, with its standard error, and the gap to the exact $\log p(x)$.
#
# The summands are log weights, too: $w = p(x, z) / q(z)$ is what importance sampling in unit 05 averaged, so
# $\frac1k \sum_i w_i$ estimates $p(x)$ itself, exactly with $k = 1$ where $q$ is the posterior. The last column is the
# effective sample size as a share of the draws. **Predict**: does it rise along with the bound?

# %% tags=["demo"] exempt="trained numbers differ between processors"
@torch.no_grad()
def log_weights(q, log_joint, draws=20_000):
    noise = torch.randn(draws, 2, generator=new_generator(3))
    z, log_dets = q(noise)
    return elbo_terms(noise, z, log_dets, log_joint(z))


rows = []
for name, q in candidates.items():
    w = log_weights(q, see_parabola)
    error = w.std().item() / len(w) ** 0.5
    share = inference.Importance(w).effective_sample_size / len(w)
    rows.append([name, f"{w.mean():.3f} ± {error:.3f}",
                 (log_p - w.mean()).item(), f"{share:.0%}"])
gaps = [row[2] for row in rows]
assert 0.85 < gaps[0] < 1.05 and gaps[3] < 0.25 and gaps[4] < 0.15, gaps
assert min(gaps) > -0.01 and gaps[1] < gaps[0] and gaps[3] < gaps[2]
plotting.results_table(
    [*rows, ["the posterior itself", f"{log_p:.3f}", 0.0, "100%"]],
    ["q", "ELBO (nats)", "gap = KL (nats)", "effective sample"])

# %% [markdown]
# Every gap is positive, as it must be, and most of a nat is gained. Sixteen planar layers and the IAF both end close to
# $\log p(x)$. The IAF takes less than half the time: it needs four layers, because a planar layer sees $z$ through a
# single number, and an IAF layer through a network.
#
# The effective sample size tells another story. It punishes a $q$ that is too *thin* somewhere, which the ELBO hardly
# notices, and it need not rise along with the bound; where a whole leg is missing, so few draws fall there that even
# the estimate of its size is a matter of luck. Near the posterior the two agree: nearly all draws count.
#
# **Change one number.** Take `IAFQ(transforms=1)`. One leg, two legs? Remember what the second notebook said about the
# conditionals of a single layer: that of $z_1$ is a Gaussian, and so is that of $z_2$, but its mean and its width may
# depend on $z_1$ as they like. What is missing, then? (Delete the `assert` lines of the picture and of the table
# first.)
#
# ## 8 Flowers: where does one species end?
#
# Real data, two latent numbers. Of the irises that unit 05 clustered take two species, *setosa* and *versicolor*, and
# from each flower only the length $\ell$ of a petal. A logistic curve says how likely a flower is *versicolor*,
#
# $$\Pr(y = 1 \mid \ell, z) = \frac{1}{1 + e^{-5 (z_1 + z_2 (\ell - 2.5))}}, \qquad z \sim \mathcal N(0, I) ,$$
#
# so that weight and offset have prior width 5. The 60 flowers to train by are separated: no setosa reaches 2 cm, every
# versicolor has at least 3 cm. So the likelihood does not fall as the curve gets steeper, and only the prior ends the
# posterior: a wedge, steep on two sides, with a long upper end. **Predict**: what will a Gaussian do with a wedge?

# %% tags=["demo"] exempt="trained numbers differ between processors"
iris = data.iris()


def two_species(part):
    kept = part.y < 2
    return part.x[kept, 2] - 2.5, 2.0 * part.y[kept] - 1  # cm, -1 or 1


def log_curve(z, length, side):
    """log Pr(y | length, z): (draws, flowers)."""
    logit = 5 * (z[:, :1] + z[:, 1:] * length)
    return F.logsigmoid(side * logit)


flowers = two_species(iris.train)


def see_flowers(z):
    return normal_log_prob(z) + log_curve(z, *flowers).sum(1)


growers = {"Gaussian": GaussianQ(), "planar, K = 4": PlanarQ(4, seed=1),
           "IAF, 4 layers": IAFQ()}
ends = [climb(q, see_flowers)[-100:].mean() for q in growers.values()]
assert -2.95 < ends[0] < -2.65 and ends[1] > ends[0] and ends[2] > -2.6

# %% [markdown]
# Left to right: the three $q$ over the exact posterior, and what the IAF's draws say of the curve, beside the flowers.

# %% tags=["demo"]
wedge = torch.cartesian_prod(
    torch.linspace(-2, 2, 201), torch.linspace(-0.5, 4, 201))
cell = 4 / 200 * 4.5 / 200
log_joint = see_flowers(wedge)
log_p_iris, _ = evidence_and_gap(log_joint, normal_log_prob(wedge), cell)
exact = (log_joint - log_p_iris).exp()
figure, axes = plt.subplots(1, 4, figsize=(12, 3.1), layout="constrained")
for axis, (name, q) in zip(axes, growers.items()):
    draw_q(axis, q, exact, exact.max().item(), wedge)
    axis.set(xlim=(-2, 2), ylim=(-0.5, 4), title=name,
             xlabel="$z_1$ (offset / 5)")
axes[0].set_ylabel("$z_2$ (slope / 5)")
lengths = torch.linspace(-1.7, 2.8, 200)
with torch.no_grad():
    z = growers["IAF, 4 layers"](
        torch.randn(40, 2, generator=new_generator()))[0]
axes[3].plot(lengths + 2.5, log_curve(z, lengths, 1).exp().T, color="0.6",
             linewidth=0.5)
for side, mark in [(-1, "o"), (1, "^")]:
    one = flowers[0][flowers[1] == side] + 2.5
    axes[3].plot(one, 0 * one + (side + 1) / 2, mark, color="black",
                 fillstyle="none")
axes[3].set(xlabel="length of a petal (cm)", ylabel="Pr(versicolor)",
            title="40 curves of the IAF")
plotting.picture(figure)

# %% [markdown]
# The Gaussian has to stay inside the wedge, where the posterior is not nearly 0, and gives up its tip and its wide
# upper part. The IAF fills both. What does that buy for flowers that were not seen? Predict each of the 30 test flowers
# by the average over $q$ of the curve's probability of its species, and by the exact posterior on the grid; and then a
# petal of $2.2$ cm, longer than any *setosa* and shorter than any *versicolor*.

# %% tags=["demo"] exempt="trained numbers differ between processors"
held_out = two_species(iris.test)


def nats(log_weight, log_like):
    """-log of the average probability of each flower; their mean."""
    averaged = (log_weight[:, None] + log_like).logsumexp(0)
    return -(averaged - log_weight.logsumexp(0)).mean().item()


petal = torch.tensor([2.2 - 2.5])
rows = [["equal chances", "", "", math.log(2), 0.5]]
for name, q in growers.items():
    w = log_weights(q, see_flowers)
    z = q(torch.randn(5000, 2, generator=new_generator(4)))[0].detach()
    rows.append([name, f"{w.mean():.3f}", f"{log_p_iris - w.mean():.3f}",
                 nats(torch.zeros(5000), log_curve(z, *held_out)),
                 log_curve(z, petal, 1).exp().mean().item()])
gaps = [float(row[2]) for row in rows[1:]]
assert 0.2 < gaps[0] < 0.4 and -0.01 < gaps[2] < 0.1, gaps
exact_nats = nats(log_joint, log_curve(wedge, *held_out))
assert all(abs(row[3] - exact_nats) < 0.02 for row in rows[1:]), rows
weights, curves = log_joint.softmax(0), log_curve(wedge, petal, 1).exp()
border = (weights @ curves).item()
assert rows[1][4] < border - 0.02 and abs(rows[3][4] - border) < 0.02
plotting.results_table(
    [*rows, ["exact posterior", f"{log_p_iris:.3f}", "0", exact_nats,
             border]],
    ["q", "ELBO", "gap", "nats a test flower", "Pr(versicolor), 2.2 cm"])

# %% [markdown]
# The gap falls to nearly nothing, and the flowers do not care: the test petals lie far from the border, where all
# posteriors agree, and a bound is about the posterior, not about predictions. The difference shows where no flower was
# measured: for the petal of $2.2$ cm the Gaussian is surer of *setosa* than the exact posterior is, and the IAF is not.
#
# **Change one number.** Train with `climb(q, see_flowers, steps=60)`, all three, and delete the `assert` lines of this
# section first. The families are the same, so what are the gaps now?
#
# ## 9 gmlib's own versions, and your machine
# Locked cells: gmlib's flows are held to your checks on every device (0 points), your functions must agree with them
# (1 point each), and the last cell says whether your functions also run on a GPU.

# %% test="gmlib_planar--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_planar--devices")
    z = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    for kind in [PlanarFlow, IAF]:
        flow = kind(3, 3, generator=generator).double().to(device)
        checks.log_det(
            lambda z: [one.cpu() for one in flow(z.to(device))], z,
            "the log-determinant of gmlib's flow")
print("gmlib's flows pass on every device that this machine has.")

# %% test="planar_flow--gmlib" points=1
generator = checks.generator("planar_flow--gmlib")
flow = PlanarFlow(3, 4, generator)
U, W, b = (torch.stack([getattr(one, name).detach()
                        for one in flow.transforms]) for name in "uwb")
z = torch.randn(6, 3, generator=generator)
found = checks.items(planar_flow(z, U, W, b), 2, "the result")
there, total = flow(z)
checks.close(found[0], there, "your z beside gmlib's", tolerance=1e-3)
checks.close(found[1].sum(0), total, "the sum of your log-determinants "
             "beside gmlib's", tolerance=1e-3)
print("Your planar flow and gmlib's agree.")

# %% test="flow_elbo--gmlib" points=1
flow = IAF(3, 2, generator=checks.generator("flow_elbo--gmlib"))
g = checks.generator("flow_elbo--gmlib")
z, log_q = flow.sample_and_log_prob(6, g)
noise = torch.randn(6, 3, generator=checks.generator("flow_elbo--gmlib"))
found = elbo_terms(noise, z.detach(), flow(noise)[1].detach()[None],
                   torch.ones(6))
checks.close(found, 1 - log_q, "your summands beside gmlib's log q, with "
             "log p(x, z) = 1,", "log q is taken off, with all of the "
             "flow's log-determinants", tolerance=1e-3)
print("Your summands and gmlib's log q agree.")

# %% test="planar--devices" points=0
z, m, s = torch.randn(
    3, 4, 3, generator=checks.generator("planar--devices"))
one = m[0], m[1], s[0, 0]
for function, *given in [
    (planar, z, *one), (planar_log_det, z, *one), (constrain, *one[:2]),
    (planar_flow, z, m, s, m[:, 0]), (elbo_terms, z, m, s.T, z[:, 0]),
    (evidence_and_gap, z[0], m[0], 0.5), (gated_step, z, m, s),
]:
    checks.same_on_devices(
        lambda *given: sum(one.sum() for one in function(*given)), *given)
print("These functions run on every device that this machine has.")

# %% [markdown]
# ## Recap
#
# | | planar flow | IAF |
# |---|---|---|
# | a layer | $z' = z + \hat u \tanh(w \cdot z + b)$ | $z'_i = \sigma_i z_i + (1 - \sigma_i) \, m_i$, from $z_{1:i-1}$ |
# | log-determinant | $\log \vert 1 + h' \, w \cdot \hat u \vert$ | $\sum_i \log \sigma_i$ |
# | invertible | if $w \cdot \hat u > -1$ | always ($\sigma_i > 0$) |
# | inverse | not in closed form | $n$ steps |
# | a sample and its $\log q$ | one pass | one pass |
# | weak side | sees $z$ through one number a layer | density at a given point is slow |
#
# | what to remember | |
# |---|---|
# | $\log q(z_K)$ | $\log \mathcal N(\epsilon; 0, I) - \sum_k \log \vert \det_k \vert$: base at $\epsilon$, stretching lowers it |
# | a summand | $\log p(x, z_K) - \log q(z_K)$; constant where $q$ is the posterior |
# | the gap | $D_{KL}(q \,\|\, p(z \mid x))$: closed by a richer family, not by more steps |
# | folding | a formula that counts one preimage of several is no density |
#
# **Next.** Unit 11 asks for flows without triangles: convolutions, rounding, differential equations. **To read.**
# Rezende and Mohamed (2015), *Variational Inference with Normalizing Flows*; Kingma and others (2016), *Improved
# Variational Inference with Inverse Autoregressive Flow*; Papamakarios and others (2021), *Normalizing Flows for
# Probabilistic Modeling and Inference*, section 6.
