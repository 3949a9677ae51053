# %% [markdown]
# # Unit 06, third notebook: a gradient through a sample
#
# The bound of this unit is an average over samples of $q_\phi$, and $\phi$ decides which samples come.
# How does one differentiate that? At the end you will be able to
#
# - estimate such a gradient in two ways, and say how far each of them strays;
# - move the randomness of any Gaussian, with full covariance too, out of the way of the gradient;
# - say what goes wrong with a coin, and what still works;
# - train a model of digits by sampled gradients of its ELBO, and check it against the exact likelihood.
#
# **Time**: 90 minutes. **You need**: the first two notebooks of this unit. **Points**: 18, of which 2 are optional.
# It follows lecture 000, *Re-Parametrization Trick* and problem 6.

# %% install=True

# %% [markdown]
# All imports of this notebook, and a seed. None of your functions may change the tensors that it is given.

# %%
import math

import matplotlib.pyplot as plt
import torch
from torch.distributions import MultivariateNormal, Normal

import gmlib
from gmlib import checks, data, plotting, training
from gmlib.explore import gradients as race
from gmlib.latent import gradients
from gmlib.latent.elbo import elbo


def new_generator(seed=0):
    return torch.Generator().manual_seed(seed)

# %% [markdown]
# ## 1 Two ways to the same gradient
#
# Problem 6 of lecture 000: $q_\theta(x) = \mathcal N(\theta, 1)$, and we want to minimise $\mathbb E_q[x^2]$ over
# $\theta$. The answer is known, $\mathbb E_q[x^2] = \theta^2 + 1$ with gradient $2\theta$, so that we can judge those
# who have to sample. Average $x^2$ over samples, and there is no $\theta$ left to differentiate: it is hidden in
# *which* samples came. Two ways out:
#
# **Reparameterise.** Draw noise that knows nothing of $\theta$ and compute the sample from it: $x = \theta + \epsilon$
# with $\epsilon \sim p = \mathcal N(0, 1)$. Now $\theta$ stands in plain sight, and the gradient goes through the
# sample: $\nabla_\theta \, \mathbb E_q[f(x)] = \mathbb E_p\big[f'(\theta + \epsilon)\big]$, here with $f(x) = x^2$.
#
# **Score function.** Leave the sample alone and differentiate the probability. Since
# $\nabla_\theta\, q_\theta(x) = q_\theta(x) \, \nabla_\theta \log q_\theta(x)$,
#
# $$\nabla_\theta \, \mathbb E_q[f(x)] = \int f(x) \, \nabla_\theta \, q_\theta(x) \, dx
# = \mathbb E_q\big[f(x) \, s(x)\big], \qquad s(x) = \nabla_\theta \log q_\theta(x) ,$$
#
# in words: make samples with a high $f$ more likely. For $\mathcal N(\theta, 1)$ the score is $s(x) = x - \theta$. This
# way needs only values of $f$, no derivative.
#
# **By hand.** $\theta = 1$ and $\epsilon = -1, \tfrac12, 2$, so $x = 0, \tfrac32, 3$. Each sample gives one estimate of
# the gradient. Through the sample: $2x = 0, 3, 6$. By the score: $x^2 (x - 1) = 0, \tfrac98, 18$. The truth is 2.
#
# ### Play with it
# Left, the mean over the first 10, 11, ... draws, with its error; right, single draws. **Predict, then move.** Which
# of the two is nearer after 1,000 draws? Does it depend on $\theta$? What will a baseline (section 2) change?

# %% tags=["demo"]
race.explore()

# %% [markdown]
# Both find the truth, so neither is wrong. But the score function needs many more draws, the more so the further
# $\theta$ is from 0. At $\theta = 1$ most of its draws say nearly nothing, and a few shout.
#
# ### Exercise 6.15: through the sample (2 points)
# Return what *each* draw says, before any average: the spread of these numbers is what this notebook is about.

# %% solution="pathwise" withhold="latent.gradients"
def pathwise_gradients(theta, eps):
    """What each draw says of d/dtheta E[x^2], x ~ N(theta, 1).

    theta: (), float. eps: (k,), float: draws from N(0, 1), one for each
    sample x = theta + eps.
    Returns (k,), float: reparameterised gradients, one a draw.
    """
    ### BEGIN SOLUTION
    return 2 * (theta + eps)
    ### END SOLUTION

# %% test="pathwise--square" points=2
checks.own_work(pathwise_gradients, "latent.gradients")
generator = checks.generator("pathwise--square")
eps, theta = torch.randn(20000, generator=generator), torch.tensor(1.5)
found = checks.untouched(pathwise_gradients, theta, eps)
checks.unbiased(
    found, 3.0, "your gradient at theta = 1.5",
    "differentiate (theta + eps)^2 with respect to theta", std=2.0,
)
checks.spread(
    found, 4.0, "your gradient",
    "return what each draw says at its own x, neither the mean nor the "
    "answer that is known here",
)
x = torch.tensor([0.0, 1.5, 3.0])
checks.close(
    pathwise_gradients(torch.tensor(1.0), x - 1), 2 * x,
    "one of the gradients of the example by hand",
    "its noise is -1, 1/2, 2",
)
print("Unbiased, and the variance is 4.")
### BEGIN HIDDEN TESTS
generator = checks.generator("pathwise--square", fresh=True)
for k, dtype in [(3, torch.float64), (40, None), (1, torch.float64)]:
    eps = torch.randn(k, generator=generator, dtype=dtype)
    theta = 1 + torch.rand((), generator=generator, dtype=dtype)
    for one in [theta, -theta]:
        checks.close(
            pathwise_gradients(one, eps), 2 * eps + 2 * one,
            f"one of the gradients of {k} draws",
            "each belongs to its own draw, and theta may be negative",
            dtype=eps.dtype,
        )
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 6.16: through the probability (3 points)
# The same noise, the same samples, the other estimator. (One point is given at the end of the notebook.) If you let
# PyTorch differentiate $\log q_\theta(x)$, mind that $x$ is held fixed there: `x.detach()`. Otherwise $x$ moves along
# with $\theta$, and the score is 0.

# %% solution="score" withhold="latent.gradients"
def score_gradients(theta, eps):
    """What each draw says of d/dtheta E[x^2], by the score function.

    theta: (), float. eps: (k,), float: draws from N(0, 1), one for each
    sample x = theta + eps.
    Returns (k,), float: f(x) d/dtheta log q(x) with f(x) = x^2, one a
    draw; x does not move when theta does.
    """
    ### BEGIN SOLUTION
    x = theta + eps
    return x**2 * (x - theta)
    ### END SOLUTION

# %% test="score--square" points=1
checks.own_work(score_gradients, "latent.gradients")
generator = checks.generator("score--square")
eps, theta = torch.randn(100_000, generator=generator), torch.tensor(1.5)
found = checks.untouched(score_gradients, theta, eps)
checks.unbiased(
    found, 3.0, "your score-function gradient at theta = 1.5",
    "each draw gives f(x) times the derivative of log q(x), not of q(x), "
    "and x is held fixed in both", std=51.5625**0.5,
)
checks.spread(
    found, 51.5625, "your score-function gradient",
    "each draw gives a number of its own: f(x), not differentiated and "
    "with nothing taken off, times the derivative of log q(x)",
    tolerance=0.2,
)
print("Unbiased as well, and the variance is far above 4.")

# %% test="score--fresh" points=1
# Draw by draw, other inputs.
### BEGIN HIDDEN TESTS
generator = checks.generator("score--fresh", fresh=True)
for k, dtype in [(3, torch.float64), (40, None), (1, torch.float64)]:
    eps = torch.randn(k, generator=generator, dtype=dtype)
    theta = 1 + torch.rand((), generator=generator, dtype=dtype)
    for one in [theta, -theta]:
        x = one + eps
        checks.close(
            score_gradients(one, eps), eps * x * x,
            f"one of the gradients of {k} draws",
            "f(x) times the derivative of log q(x), x held fixed, at the "
            "theta (it may be negative) and the eps that are given",
            tolerance=None if dtype == torch.float64 else 1e-3,
        )
### END HIDDEN TESTS

# %% [markdown]
# How far apart are they, exactly? The mean is the same, so compare variances. For $x = \theta + \epsilon$ all moments
# are known ($\mathbb E\, \epsilon^2 = 1$, $\mathbb E\, \epsilon^4 = 3$, $\mathbb E\, \epsilon^6 = 15$), and
#
# $$\text{Var}[2x] = 4, \qquad \text{Var}[x^2 s(x)] = \theta^4 + 14 \theta^2 + 15 .$$
#
# **Predict** the picture: lines for these formulas, points for 50,000 of *your* gradients at each $\theta$.

# %% tags=["demo"]
thetas = torch.linspace(-3, 3, 13)
line = torch.linspace(-3, 3, 121)
eps = torch.randn(50_000, generator=new_generator())


def variances(estimate):
    return [estimate(theta, eps).var().item() for theta in thetas]


figure, axis = plt.subplots(figsize=(5.6, 3.6), layout="constrained")
axis.plot(line, line**4 + 14 * line**2 + 15, "--",
          label=r"$\theta^4 + 14 \theta^2 + 15$")
axis.plot(line, 0 * line + 4, label="4")
axis.plot(thetas, variances(score_gradients), "s", color="black",
          label="score function, measured")
axis.plot(thetas, variances(pathwise_gradients), "o", color="black",
          fillstyle="none", label="reparameterised, measured")
axis.set(yscale="log", xlabel=r"$\theta$", ylim=(2, 2000),
         ylabel="variance of one draw")
axis.legend(frameon=False, fontsize=8, ncol=2, loc="upper center")
plotting.picture(figure)

# %% [markdown]
# At $\theta = 3$ the score function has 222 against 4: for the same error of the mean it needs 55 times as many draws.
#
# *Beside the lecture.* It says that the trick 'has low variance'. That is so for a smooth $f$. Through the sample you
# see $f'$, by the score only $f$: for the wiggly $f(x) = \sin(10x)$ the variances are close to 50 and to $\tfrac12$,
# and the order is turned round.
#
# **Change one number.** Draw the points from 50 draws instead of 50,000 (`eps = eps[:50]`). Which of the two variances
# can you still read off, and why not the other?
#
# ## 2 Baselines: the same mean, less noise
#
# The score itself has mean 0, since $\int \nabla_\theta \, q_\theta(x) \, dx = \nabla_\theta 1 = 0$. So any constant
# $b$ may be taken off $f$:
#
# $$\mathbb E_q\big[(f(x) - b) \, s(x)\big] = \mathbb E_q\big[f(x) \, s(x)\big] .$$
#
# What matters is only whether a sample was *better than usual*. But what is usual? The mean $\mathbb E f$ is a good
# guess, not the best one. The mean of $(f - b) s$ does not change with $b$, so minimise its second moment,
# $\mathbb E[(f - b)^2 s^2]$, a parabola in $b$: its derivative $-2 \, \mathbb E[(f - b) s^2]$ vanishes at
#
# $$b^* = \frac{\mathbb E[f s^2]}{\mathbb E[s^2]} ,$$
#
# an average of $f$ in which a sample counts by its squared score: where $s$ is near 0, no baseline is needed. In the
# example $\mathbb E f = \theta^2 + 1$ leaves the variance $8\theta^2 + 10$, and $b^* = \theta^2 + 3$ leaves
# $8\theta^2 + 6$. With $k$ samples in hand, estimate $b$ for each of them from the *others*. If a sample's own $f$ is
# in its baseline, $b$ is no constant any more: with the mean of all $k$ values the gradient shrinks to
# $1 - 1/k$ of what it should be.
# **By hand**: $f = (1, 2, 6)$ and $s = (-1, -1, 2)$. For the third sample the others' mean is $1.5$; for the first
# $b^* = (2 \cdot 1 + 6 \cdot 4) / (1 + 4) = 5.2$.
#
# ### Exercise 6.17, optional: what is usual? (2 points)

# %% solution="baselines" withhold="latent.gradients"
def leave_one_out(f, s):
    """Two baselines for each sample, made of the other samples.

    f: (k,), float: f at k samples, k >= 2. s: (k,), float: their scores,
    none of them 0.
    Returns two tensors (k,), float: the mean of f over the others, and
    the others' estimate of the best baseline E[f s^2] / E[s^2].
    """
    ### BEGIN SOLUTION
    mean = (f.sum() - f) / (len(f) - 1)
    above, below = f * s**2, s**2
    return mean, (above.sum() - above) / (below.sum() - below)
    ### END SOLUTION

# %% test="baselines--others" points=2
checks.own_work(leave_one_out, "latent.gradients")
f, s = torch.tensor([1.0, 2, 6]), torch.tensor([-1.0, -1, 2])
names = ["the mean of the others", "the best baseline"]
found = checks.untouched(leave_one_out, f, s)
found = checks.items(found, 2, "the two baselines")
for one, name in zip(found, names):
    checks.value(one, (3,), "float", name)
for i in range(3):
    moved = leave_one_out(f + 10.0 * (torch.arange(3) == i), s)
    for one, other, name in zip(found, moved, names):
        checks.close(other[i], one[i], f"{name} for sample {i} after "
                     f"f of sample {i} alone has changed",
                     "a sample may not decide its own baseline")
hints = ["first the plain mean: divide by the number of the others",
         "the others' f weighted by their squared scores"]
for one, right, name, hint in zip(
    found, [[4, 3.5, 1.5], [5.2, 5, 1.5]], names, hints
):
    checks.close(one, torch.tensor(right), name, hint)
print("No sample decides its own baseline.")
### BEGIN HIDDEN TESTS
generator = checks.generator("baselines--others", fresh=True)
for k, dtype in [(5, torch.float64), (9, torch.float32), (2, None)]:
    f = torch.randn(k, generator=generator, dtype=dtype)
    s = 0.5 + torch.rand(k, generator=generator, dtype=dtype)
    s = s * (-1.0) ** torch.arange(k)
    found = checks.items(leave_one_out(f, s), 2, "the two baselines")
    for i in range(k):
        rest = [j for j in range(k) if j != i]
        w = s[rest] ** 2
        for one, right, name, hint in zip(
            found, [f[rest].mean(), (w * f[rest]).sum() / w.sum()],
            names, hints,
        ):
            checks.close(one[i], right, f"{name} at k = {k}", hint)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** Where will the two baselines lie in the picture of the variances, and can one of them reach the
# reparameterised 4? And at $\theta = 1.5$, where the gradient is 3: what is the mean over many *pairs* of samples, with
# the mean of the pair as baseline, and with the other sample's $f$? (Lines are formulas, marks 50,000 draws.)

# %% tags=["demo"]
pairs = torch.randn(100_000, 2, generator=new_generator())
f = (1.5 + pairs) ** 2
own = ((f - f.mean(1, keepdim=True)) * pairs).mean()
other = ((f - f.flip(1)) * pairs).mean()
print(f"mean of the pair {own:.1f}, the other sample {other:.1f}")
figure, axis = plt.subplots(figsize=(5.6, 3.6), layout="constrained")
for b, formula, name, style, mark in [
    (lambda t: 0, lambda t: t**4 + 14 * t**2 + 15, "none", "--", "s"),
    (lambda t: t**2 + 1, lambda t: 8 * t**2 + 10, "mean", "-.", "^"),
    (lambda t: t**2 + 3, lambda t: 8 * t**2 + 6, "best", ":", "v"),
]:
    lines = axis.plot(line, formula(line), style, label=name)
    axis.plot(thetas, variances(lambda theta, eps: (
        (theta + eps) ** 2 - b(theta)) * eps), mark,
        color=lines[0].get_color())
axis.plot(line, 0 * line + 4, color="black", label="reparameterised")
axis.set(yscale="log", xlabel=r"$\theta$", ylim=(2, 2000),
         ylabel="variance of one draw")
axis.legend(frameon=False, fontsize=8, ncol=2, loc="upper center",
            title="baseline")
plotting.picture(figure)

# %% [markdown]
# With its own $f$ in the baseline half of the gradient is lost, as $1 - 1/2$ says. A true baseline costs nothing: it
# takes the fourth power away, and the best one a constant 4 more than the mean. But even at $\theta = 0$ it leaves 6,
# and none reaches 4: one number cannot follow $f(x)$ from sample to sample.
#
# **Change one number.** Draw ten samples in place of a pair, `torch.randn(100_000, 10, ...)`. How much does the mean of
# all ten lose? (`flip` still hands each sample the $f$ of another.)
#
# ## 3 Any mean, any width
#
# Lecture 000 writes $z = g_0(x) + \epsilon \cdot g_1(x)$. For a Gaussian with mean $\mu$ and standard deviation
# $\sigma$ that is $z = \mu + \sigma \epsilon$, and the gradients with respect to both go through: $\partial z /
# \partial \mu = 1$, $\partial z / \partial \sigma = \epsilon$. A network should give any real number for the
# width, so it gives the logarithm of the variance, $\xi = \log \sigma^2$, and $\sigma = e^{\xi / 2}$.
# **By hand**: $\mu = 1$, $\xi = \log 4$, $\epsilon = \tfrac12$ give $\sigma = 2$ and $z = 2$.
#
# *Beside the lecture.* In lecture 002 the network gives $\log \sigma$; in 003 it gives $\xi$, and samples come from
# '$\mathcal N(\mu, \exp(\xi / 2))$'. There the second argument is a standard deviation, elsewhere it is a variance. Say
# which one you mean, each time.
#
# ### Exercise 6.18: location and scale (2 points)

# %% solution="reparameterise"
def reparameterise(mean, log_var, eps):
    """Samples of N(mean, exp(log_var)) through which gradients pass.

    mean, log_var: (batch, d), float; log_var is the log of the VARIANCE.
    eps: (k, batch, d), float: draws from N(0, 1).
    Returns (k, batch, d), float: k samples for each row.
    """
    ### BEGIN SOLUTION
    return mean + (log_var / 2).exp() * eps
    ### END SOLUTION

# %% test="reparameterise--gradients" points=2
z = checks.untouched(
    reparameterise, torch.ones(1, 1), torch.full((1, 1), math.log(4.0)),
    torch.full((1, 1, 1), 0.5),
)
checks.close(
    z, torch.full((1, 1, 1), 2.0), "z of the example by hand",
    "exp(log_var) is the variance, its root the standard deviation",
)
generator = checks.generator("reparameterise--gradients")
eps = torch.randn(20000, 2, 1, generator=generator)
log_var = torch.tensor([[-1.0], [1.0]])
z = reparameterise(torch.zeros(2, 1), log_var, eps)
checks.spread(z, log_var.exp(), "your samples", "each row has its width")
print("The samples have the variance that was asked for.")
### BEGIN HIDDEN TESTS
generator = checks.generator("reparameterise--gradients", fresh=True)
for k, batch, d, dtype in [(4, 3, 2, torch.float64), (2, 5, 3, None)]:
    mean, log_var, c, eps = (
        torch.randn(*shape, generator=generator, dtype=dtype)
        for shape in [(batch, d)] * 2 + [(k, batch, d)] * 2
    )
    right = mean + log_var.exp().sqrt() * eps
    mean.requires_grad_(), log_var.requires_grad_()
    z = reparameterise(mean, log_var, eps)
    checks.close(z, right, "z", "mean + sigma eps, whatever the sign of "
                 "log_var, with every noise used once: k of them for each "
                 "row and column")
    checks.require(z.requires_grad, "no gradient passes through z: keep "
                   "to PyTorch's functions, and detach nothing")
    total = (c * z + 0 * mean + 0 * log_var).sum()
    slopes = torch.autograd.grad(total, [mean, log_var])
    hint = "it has to pass through the mean and through the width"
    checks.close(slopes[0], c.sum(0), "the gradient for the mean", hint)
    width = log_var.detach().exp().sqrt()
    checks.close(slopes[1], (c * eps * width / 2).sum(0),
                 "the gradient for log_var", hint)
one = torch.randn(1, 1, 1, generator=generator)
checks.close(reparameterise(one[0], one[0], one),
             one + (one.exp()) ** 0.5 * one, "z of one number")
### END HIDDEN TESTS

# %% [markdown]
# With this you can climb any ELBO. Take the two-humped posterior that you have met in this unit, $p(z \mid x) = .25 \,
# \mathcal N(-2, 1) + .75 \, \mathcal N(2.5, 1.3^2)$ with variances 1 and $1.3^2$, and say $\log p(x) = 0$: then the
# ELBO of $q$ is $-\text{KL}(q, p)$. Start at $\mathcal N(0, 1)$ and climb with $k$ samples a step. **Predict.** Does it
# get there with $k = 1$? What do more samples buy? (Plain gradient ascent; the curve shows the exact ELBO, by
# quadrature.)

# %% tags=["demo"] exempt="trained numbers differ between processors"
humps = torch.distributions.MixtureSameFamily(
    torch.distributions.Categorical(torch.tensor([0.25, 0.75])),
    Normal(torch.tensor([-2.0, 2.5]), torch.tensor([1.0, 1.3])),
)
grid = torch.linspace(-12, 12, 2401)


def exact_elbo(phi):
    q = Normal(phi[0], (phi[1] / 2).exp())
    log_q = q.log_prob(grid)
    inside = log_q.exp() * (humps.log_prob(grid) - log_q)
    return torch.trapezoid(inside, grid).item()


def climb(k, steps=300, rate=0.05):
    phi, path = torch.zeros(2, requires_grad=True), []
    noise = torch.randn(steps, k, 1, 1, generator=new_generator())
    for eps in noise:
        z = reparameterise(phi[:1, None], phi[1:, None], eps)
        q = Normal(phi[0], (phi[1] / 2).exp())
        bound = (humps.log_prob(z) - q.log_prob(z)).mean()
        slope = torch.autograd.grad(bound, phi)[0]
        phi = (phi + rate * slope).detach().requires_grad_()
        path.append(exact_elbo(phi.detach()))
    return path, phi.detach()


figure, axis = plt.subplots(figsize=(5.6, 3.2), layout="constrained")
for k, style in [(1, ":"), (10, "--"), (100, "-")]:
    path, phi = climb(k)
    axis.plot(path, style, label=f"k = {k}")
assert abs(path[-1] + 0.17) < 0.02 and abs(phi[0] - 1.5) < 0.3, phi
axis.axhline(-0.1645, color="black", linewidth=1,
             label="the best Gaussian")
axis.set(xlabel="step", ylabel="ELBO (nats)")
axis.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# One sample a step finds the way, on a shakier path. Ten cost hardly more and are much calmer; from there on, more
# samples buy little. The end lies below 0, for no Gaussian has two humps: the gap is what $q$ cannot
# be.
#
# **Change one number.** Take the step `rate=0.5`. Which $k$ suffers, and why?
#
# ## 4 Full covariance
#
# With several latents whose errors go together, $q = \mathcal N(\mu, \Sigma)$. Look for a matrix $L$ with
# $L L^\top = \Sigma$ and take
#
# $$z = \mu + L \epsilon, \qquad \text{since} \quad \mathbb E\big[L \epsilon \, (L \epsilon)^\top\big]
# = L \, \mathbb E[\epsilon \epsilon^\top] \, L^\top = L L^\top = \Sigma .$$
#
# The Cholesky factor is such a root, and cheap. **By hand**:
# $\Sigma = \begin{pmatrix} 4 & 2 \\ 2 & 5 \end{pmatrix}$ has $L = \begin{pmatrix} 2 & 0 \\ 1 & 2 \end{pmatrix}$, and
# $\epsilon = (1, 1)$ gives $L \epsilon = (2, 3)$. With $L^\top$ in place of $L$ the covariance would be $L^\top L =
# \begin{pmatrix} 5 & 2 \\ 2 & 4 \end{pmatrix}$: the same size, the same volume, and the wrong distribution. In code a
# sample is a *row*, so mind the side.
#
# ### Exercise 6.19: noise with a direction (2 points)
# Any root of $\Sigma$ will do.

# %% solution="correlate"
def correlate(mean, Sigma, eps):
    """Samples of N(mean, Sigma) through which gradients pass.

    mean: (d,), float. Sigma: (d, d), float: symmetric, positive definite.
    eps: (k, d), float: draws from N(0, I), one a row.
    Returns (k, d), float: one sample a row.
    """
    ### BEGIN SOLUTION
    L = torch.linalg.cholesky(Sigma)
    return mean + eps @ L.T
    ### END SOLUTION

# %% test="correlate--covariance" points=2
mean, Sigma = torch.tensor([1.0, -2]), torch.tensor([[4.0, 2], [2, 5]])
generator = checks.generator("correlate--covariance")
eps = torch.randn(20000, 2, generator=generator)
z = checks.untouched(correlate, mean, Sigma, eps)
checks.unbiased(z, mean, "the centre of z", "is the mean added once?")
away, diagonal = z.double() - mean, Sigma.diag()
std = (diagonal[:, None] * diagonal + Sigma**2).sqrt()
checks.unbiased(away[:, :, None] * away[:, None, :], Sigma, "the "
                "covariance of z", "which matrix times its transpose is "
                "Sigma, and on which side of a row does it stand?", std)
print("Mean and covariance of 20,000 samples are as asked.")
### BEGIN HIDDEN TESTS
generator = checks.generator("correlate--covariance", fresh=True)
for d, k, dtype in [(3, 4, torch.float64), (5, 2, None), (1, 1, None)]:
    root = torch.randn(d, d, generator=generator, dtype=dtype)
    Sigma = root @ root.T + torch.eye(d, dtype=dtype)
    mean, eps = (torch.randn(*shape, generator=generator, dtype=dtype)
                 for shape in [(d,), (k, d)])
    A = root + 1
    Sigma.requires_grad_()
    z = correlate(mean, Sigma, torch.eye(d, dtype=dtype))
    checks.value(z, (d, d), "float", f"z for d = {d}, k = {d}")
    M = z - mean
    checks.close(M.T @ M, Sigma.detach(), "the covariance of z",
                 "it is R R^T for z = mean + R eps", tolerance=1e-4)
    checks.close(correlate(mean, Sigma, eps), mean + eps @ M.detach(),
                 "z of other noise", "each row of z has its own row of "
                 "noise", tolerance=1e-4)
    checks.require(M.requires_grad, "no gradient passes to Sigma: keep to "
                   "PyTorch's functions, and detach nothing")
    energy = torch.einsum("ki,ij,kj->", M, A, M)
    slope = torch.autograd.grad(energy, Sigma)[0]
    checks.close((slope + slope.T) / 2, (A + A.T) / 2, "the gradient of "
                 "E[z^T A z] for Sigma", "it has to pass through the "
                 "root", tolerance=1e-6 if dtype else 2e-2)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** Left your samples for the example, with mean 0; right what the same noise gives with $L^\top$. The
# ellipses hold 90% of $\mathcal N(0, \Sigma)$. Do the clouds have the same area?

# %% tags=["demo"]
Sigma = torch.tensor([[4.0, 2], [2, 5]])
L = torch.linalg.cholesky(Sigma)
eps = torch.randn(600, 2, generator=new_generator())
angle = torch.linspace(0, 2 * math.pi, 200)
circle = torch.stack([angle.cos(), angle.sin()], 1)
ellipse = math.sqrt(-2 * math.log(0.1)) * circle @ L.T
figure, axes = plt.subplots(1, 2, figsize=(7.4, 3.7), layout="constrained")
for axis, z, title in zip(
    axes, [correlate(torch.zeros(2), Sigma, eps), eps @ L],
    ["yours", r"with $L^\top$"],
):
    axis.plot(*z.T, ".", markersize=3, color="0.5")
    axis.plot(*ellipse.T, color="tab:blue")
    axis.set(title=title, xlabel="$z_1$", ylabel="$z_2$", aspect="equal",
             xlim=(-9, 9), ylim=(-9, 9))
plotting.picture(figure)

# %% [markdown]
# The right-hand cloud is as large and leans as much, only $z_1$ and $z_2$ have changed places. No eye would catch that
# in a training run; a covariance does.
#
# **Change one number.** Let the two latents nearly agree: 4.4 in place of both 2s in this cell's `Sigma`. Work out
# $L^\top L$ first ($L$ has 2, 2.2 and 0.4): does the right-hand cloud still look innocent?
#
# ## 5 A coin
#
# One hears that a Bernoulli cannot be reparameterised. It can: draw $u$ uniformly from $[0, 1)$ and take
# $x = 1[u < p]$. The noise does not know $p$, and $x$ is a function of both. What fails is the next step. For a fixed
# $u$ the function $p \mapsto f(1[u < p])$ is flat but for one jump, so that its derivative is **0 almost everywhere**,
# and the mean of zeros is 0. The truth is
#
# $$\frac{d}{dp} \mathbb E[f(x)] = \frac{d}{dp} \big(p f(1) + (1 - p) f(0)\big) = f(1) - f(0) .$$
#
# Derivative and expectation may be exchanged only where the path has no jumps: all of the gradient sits in the jump.
# **Predict** the picture for $f(0) = 1$, $f(1) = 3$: $f(1[u < p])$ against $p$ for one $u$, and its mean over 10 and
# over 1,000 of them.

# %% tags=["demo"]
u = torch.rand(1000, generator=new_generator(4))
p = torch.linspace(0, 1, 401)
steps = 1 + 2 * (u[:, None] < p).float()
figure, axis = plt.subplots(figsize=(5.6, 3.2), layout="constrained")
for k, style in [(1, ":"), (10, "--"), (1000, "-")]:
    axis.plot(p, steps[:k].mean(0), style, color="black",
              label=f"mean over {k} u" if k > 1 else "one u")
axis.set(xlabel="p", ylabel="f(1[u < p])")
axis.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# Every one of these curves is a staircase: its slope is 0 wherever there is one. The more steps it has, the more it
# *looks* like a line of slope 2, but autograd sees slopes, not looks.
#
# The score function asks for no path: it needs only that $\log q(x)$ has a derivative in $p$, which is $1/p$
# for $x = 1$ and $-1/(1 - p)$ for $x = 0$. **By hand**, $p = \tfrac14$ and $f$ as above: a draw gives
# $3 \cdot 4 = 12$ with probability $\tfrac14$ and $1 \cdot (-\tfrac43)$ with probability $\tfrac34$; the mean is
# $3 - 1 = 2$.
#
# ### Exercise 6.20: the gradient of a coin (2 points)

# %% solution="coin" withhold="latent.gradients"
def coin_gradients(p, u, f0, f1):
    """Gradients of E[f(x)] for a coin, x = 1 where u < p, else 0.

    p: (), float, inside (0, 1). u: (k,), float: uniform draws.
    f0, f1: (), float: f at 0 and at 1.
    Returns two tensors: the exact d/dp E[f(x)], shape (), and what each
    draw says of it by the score function, (k,).
    """
    ### BEGIN SOLUTION
    score = torch.where(u < p, f1 / p, -f0 / (1 - p))
    return f1 - f0, score
    ### END SOLUTION

# %% test="coin--hand" points=2
checks.own_work(coin_gradients, "latent.gradients")
p, f0, f1 = torch.tensor(0.25), torch.tensor(1.0), torch.tensor(3.0)
u = torch.tensor([0.1, 0.3, 0.5, 0.9])
found = checks.untouched(coin_gradients, p, u, f0, f1)
exact, score = checks.items(found, 2, "the two results")
checks.close(exact, torch.tensor(2.0), "the exact gradient",
             "differentiate p f(1) + (1 - p) f(0) with respect to p")
checks.value(score, (4,), "float", "the score-function gradients")
checks.close(
    score, torch.tensor([12, -4 / 3, -4 / 3, -4 / 3]),
    "one of the score-function gradients of four draws, the first heads,",
    "f(x) times the derivative of log q(x): 1 / p for heads, for tails "
    "mind the sign and divide by 1 - p",
)
checks.close(score.mean(), exact, "their mean")
print("One head in four at p = 1/4: the mean is the truth.")
### BEGIN HIDDEN TESTS
generator = checks.generator("coin--hand", fresh=True)
for k, dtype in [(6, torch.float64), (50, None), (1, torch.float64)]:
    p, f0, f1 = (torch.rand(3, generator=generator, dtype=dtype)
                 * 0.6 + torch.tensor([0.2, 1.0, -3.0])).unbind()
    u = torch.rand(k, generator=generator, dtype=dtype)
    found = coin_gradients(p, u, f0, f1)
    exact, score = checks.items(found, 2, "the two results")
    x = (u < p).to(u.dtype)
    checks.close(
        score, (f0 + x * (f1 - f0)) * (x - p) / (p * (1 - p)),
        f"the score-function gradients of {k} draws",
        "f(x) times the derivative of log q(x), at this p",
    )
    checks.close(exact, f1 - f0, "the exact gradient", "it is the same "
                 "whatever the draws; f at which side is taken off?")
### END HIDDEN TESTS

# %% [markdown]
# **Change one number.** Add 100 to both values of $f$: the truth does not move. What happens to the numbers that single
# draws give, and what would a baseline do?
#
# ## 6 Digits by sampled gradients
#
# A model with latents, small enough to be exact: grey digits, standardised pixel by pixel,
#
# $$z \sim \mathcal N(0, I), \qquad x_i \mid z \sim \mathcal N\big((W z + b)_i, s_i^2\big), \qquad
# q_\phi(z \mid x) = \mathcal N\big(\mu(x), \text{diag}(\sigma^2)\big), \quad \mu(x) = A^\top x + c .$$
#
# All of it is Gaussian, so that $\log p(x) = \log \mathcal N(x; b, W W^\top + \text{diag}(s^2))$ is known (this model
# is called factor analysis), and the posterior is a Gaussian whose mean is linear in $x$ and whose covariance does
# not depend on $x$. The encoder learns the decoder's posterior from samples alone. One sample gives
#
# $$\log w = \log p(x \mid z) + \log p(z) - \log q_\phi(z \mid x), \qquad z \sim q_\phi(z \mid x) ,$$
#
# whose mean is the ELBO. **Where $q$ is the posterior, every sample gives $\log w = \log p(x)$, with no spread at
# all.** By hand: $W = s = 1$, $b = 0$, $x = 1$, one latent: the posterior is $\mathcal N(\tfrac12, \tfrac12)$, and at
# $z = 0$ and at $z = 1$ alike $\log w = -\tfrac12 \log(4 \pi) - \tfrac14 = \log \mathcal N(1; 0, 2)$, with variance 2.
#
# ### Exercise 6.21: both sides of the weight (3 points)
# (One point is given at the end of the notebook.)

# %% solution="log_terms" withhold="latent.elbo"
def log_terms(x, z, W, b, s, mean, std):
    """log p(x, z) and log q(z | x) of samples z, in nats.

    x: (batch, n). z: (k, batch, d): k samples for each row of x.
    W: (n, d), b: (n,), s: (n,): x_i given z is N((W z + b)_i, s_i^2).
    mean, std: (batch, d): q(z_j | x) is N(mean_j, std_j^2). All float.
    Returns two tensors (k, batch): log p(x | z) + log p(z), where
    z ~ N(0, I), and log q(z | x).
    """
    ### BEGIN SOLUTION
    log_x = Normal(z @ W.T + b, s).log_prob(x).sum(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return log_x + log_z, Normal(mean, std).log_prob(z).sum(-1)
    ### END SOLUTION

# %% test="log_terms--posterior" points=1
checks.own_work(log_terms, "latent.elbo")
one, half = torch.ones(1, 1), torch.full((1, 1), 0.5)
z = torch.tensor([0.0, 1, -2]).reshape(3, 1, 1)
for W, b, name in [
    (one, 0 * one[0], "log w in the example by hand"),
    (2 * one, one[0], "log w for W = s = 2, b = 1, x = 3, which have the "
     "same posterior"),
]:
    x = W + b
    found = checks.untouched(
        log_terms, x, z, W, b, W[0], half, half.sqrt()
    )
    log_joint, log_q = checks.items(found, 2, "the two terms")
    checks.value(log_joint, (3, 1), "float", "log p(x, z)")
    checks.value(log_q, (3, 1), "float", "log q(z | x)")
    checks.close(
        log_joint - log_q,
        Normal(b, 2**0.5 * W).log_prob(x).expand(3, 1),
        f"{name}, at z = 0, 1 and -2,",
        "at the posterior it is log p(x) for every z. Are all three "
        "densities taken at this z, with b, with standard deviations "
        "where they belong, and with their -log(2 pi) / 2?",
    )
print("At the posterior every sample gives log p(x).")

# %% test="log_terms--fresh" points=1
# Each term by itself, other sizes.
### BEGIN HIDDEN TESTS
generator = checks.generator("log_terms--fresh", fresh=True)
for k, batch, n, d, dtype in [
    (4, 3, 5, 2, torch.float64), (2, 6, 4, 3, None), (1, 1, 2, 1, None)
]:
    x, z, W, b, mean = (
        torch.randn(*shape, generator=generator, dtype=dtype)
        for shape in [(batch, n), (k, batch, d), (n, d), (n,), (batch, d)]
    )
    s, std = (0.5 + torch.rand(*shape, generator=generator, dtype=dtype)
              for shape in [(n,), (batch, d)])
    found = log_terms(x, z, W, b, s, mean, std)
    log_joint, log_q = checks.items(found, 2, "the two terms")
    at = torch.einsum("kbd,nd->kbn", z, W) + b
    norm = math.log(2 * math.pi) / 2
    right = -(((x - at) / s) ** 2 / 2 + s.log() + norm).sum(-1)
    right = right - (z**2 / 2 + norm).sum(-1)
    checks.close(log_joint, right, "log p(x, z)",
                 "log p(x | z) + log p(z) at this z: sum over all pixels "
                 "and latents; s is no variance",
                 tolerance=1e-8 if dtype else 1e-3)
    right = -(((z - mean) / std) ** 2 / 2 + std.log() + norm).sum(-1)
    checks.close(log_q, right, "log q(z | x)",
                 "its logarithm at the sample, not its entropy; sum over "
                 "the latents", tolerance=1e-8 if dtype else 1e-3)
### END HIDDEN TESTS

# %% [markdown]
# With reparameterised samples the loss is minus the mean of $\log w$, and autograd does the rest. For the score
# function one writes a **surrogate**: a number that nobody cares for, whose gradient is the estimate,
#
# $$\text{loss} = - \text{mean}\Big[\log p(x, z) + (\log w - b) \cdot \log q_\phi(z \mid x)\Big] ,$$
#
# with $\log w - b$ held fixed (`detach`) and $b$, for each row of $x$, the mean of $\log w$ over its *other*
# samples. The first term trains the decoder as usual, the second the encoder. (That $\log w$ contains $\phi$ itself
# adds $-\mathbb E[s] = 0$.) **By hand**: $k = 2$ and $\log w = (3, 1)$ give factors $+2$ and $-2$.
#
# ### Exercise 6.22: a loss with the right gradient (2 points)

# %% solution="score_loss"
def score_loss(log_joint, log_q):
    """A loss whose gradient is minus the score-function gradient.

    log_joint, log_q: (k, batch), float, k >= 2: log p(x, z) and
    log q(z | x) of k samples for each row; gradients pass through both.
    Returns (), float: the mean of the formula above over all samples,
    the baseline being the mean of log w over the k - 1 other samples.
    """
    ### BEGIN SOLUTION
    log_w = (log_joint - log_q).detach()
    baseline = (log_w.sum(0) - log_w) / (len(log_w) - 1)
    return -(log_joint + (log_w - baseline) * log_q).mean()
    ### END SOLUTION

# %% test="score_loss--gradient" points=2
log_joint = torch.tensor([[2.0], [1.0]], requires_grad=True)
log_q = torch.tensor([[-1.0], [0.0]], requires_grad=True)
loss = checks.untouched(score_loss, log_joint, log_q)
checks.value(loss, (), "float", "the loss")
checks.require(loss.requires_grad, "no gradient passes through the loss: "
               "detach only the factor log w - b")
loss = loss + 0 * (log_joint + log_q).sum()
slopes = torch.autograd.grad(loss, [log_joint, log_q])
checks.close(slopes[0], torch.full((2, 1), -0.5),
             "the gradient for log p(x, z)", "it is -1 for each sample, "
             "over their number: log w - b has to be held fixed")
checks.close(slopes[1], torch.tensor([[-1.0], [1.0]]),
             "the gradient for log q(z | x)", "it is b - log w for each "
             "sample, over their number; b is made of the others, and "
             "log w - b is held fixed")
print("Nobody reads this loss, but its gradient is right.")
### BEGIN HIDDEN TESTS
generator = checks.generator("score_loss--gradient", fresh=True)
for k, batch, dtype in [(3, 4, torch.float64), (5, 2, None), (2, 1, None)]:
    log_joint, log_q = torch.randn(
        2, k, batch, generator=generator, dtype=dtype
    )
    w = log_joint - log_q
    ahead = w - torch.stack([
        w[[j for j in range(k) if j != i]].mean(0) for i in range(k)
    ])
    log_joint.requires_grad_(), log_q.requires_grad_()
    loss = score_loss(log_joint, log_q)
    slopes = torch.autograd.grad(loss, [log_joint, log_q])
    checks.close(slopes[0], torch.full_like(w, -1 / (k * batch)),
                 f"the gradient for log p(x, z) at k = {k}",
                 "the mean is over all samples of all rows")
    checks.close(slopes[1], -ahead / (k * batch),
                 f"the gradient for log q at k = {k}", "the baseline is "
                 "the mean over the other samples of the same row")
### END HIDDEN TESTS

# %% [markdown]
# Now the digits. Their 17 grey levels get uniform noise, so that a density makes sense (minus its mean logarithm is
# then at least what the levels themselves would cost), and each pixel is standardised. A given class holds the
# numbers and joins your functions; `training.fit` does the steps.

# %% tags=["demo"]
grey = data.digits(levels=17)
noisy = [part.x + torch.rand(part.x.shape, generator=new_generator(seed))
         for seed, part in enumerate([grey.train, grey.test])]
centre, width = noisy[0].mean(0), noisy[0].std(0)
train_x, test_x = [(x - centre) / width for x in noisy]
offset = width.log().sum().item()  # nats from standardised to grey levels


class Factors(torch.nn.Module):
    def __init__(self, d=8, k=2, way="path"):
        super().__init__()
        weights = 0.1 * torch.randn(64, d, generator=new_generator())
        self.W = torch.nn.Parameter(weights)
        self.A = torch.nn.Parameter(torch.zeros(64, d))
        self.b, self.log_s, self.c, self.log_var = [
            torch.nn.Parameter(torch.zeros(n)) for n in (64, 64, d, d)
        ]
        self.k, self.way, self.noise = k, way, new_generator(1)

    def terms(self, x, k):
        mean = x @ self.A + self.c
        log_var = self.log_var.expand_as(mean)
        eps = torch.randn(k, *mean.shape, generator=self.noise)
        z = reparameterise(mean, log_var, eps)
        z = z if self.way == "path" else z.detach()
        return log_terms(x, z, self.W, self.b, self.log_s.exp(), mean,
                         (log_var / 2).exp())

    def log_prob(self, x):  # exact
        Sigma = self.W @ self.W.T + (2 * self.log_s).exp().diag()
        return MultivariateNormal(self.b, Sigma).log_prob(x) - offset

# %% [markdown]
# Three runs with the same start, the same steps and two samples an image: through the sample, by the score with the
# baseline of your loss, and by the score with none. **Predict.** Who gets how far, and how noisy are the curves?

# %% tags=["demo"] exempt="trained numbers differ between processors"
def loss_of(model, x):
    log_joint, log_q = model.terms(x, model.k)
    log_w = log_joint - log_q
    model.seen.append(log_w.mean().item() - offset)
    if model.way == "score":
        return score_loss(log_joint, log_q)
    if model.way == "bare":  # the score function without a baseline
        return -(log_joint + log_w.detach() * log_q).mean()
    return -log_w.mean()


names = {"path": "through the sample", "score": "score, baseline",
         "bare": "score, no baseline"}
models = {way: Factors(way=way) for way in names}
figure, axis = plt.subplots(figsize=(5.6, 3.4), layout="constrained")
for (way, model), style in zip(models.items(), ["-", "--", ":"]):
    model.seen = []
    training.fit(model, train_x, loss=loss_of, epochs=20, batch_size=100,
                 learning_rate=0.02, generator=new_generator(2))
    bound = torch.tensor(model.seen).reshape(20, 12).mean(1)
    axis.plot(range(1, 21), -bound, style, label=names[way])
assert bound[-1] < -145
axis.set(xlabel="epoch", ylabel="- ELBO (nats an image)",
         xticks=[1, 5, 10, 15, 20])
axis.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# With a baseline the score function keeps up here, for a reason worth a thought: near the posterior $\log w$ hardly
# varies, and a baseline takes nearly all of it away. Without one each step is mostly noise, and the bound even gets
# worse before the falling learning rate calms it.
#
# How good is the model? Its exact likelihood is the judge, next to pixels that do not know each other (a Gaussian
# each, or nothing at all) and to factor analysis as scikit-learn fits it, by EM on the exact likelihood. *Bits* divide
# by 64 pixels and $\log 2$. **Predict** the order.

# %% tags=["demo"] exempt="trained numbers differ between processors"
from sklearn.decomposition import FactorAnalysis

exact = FactorAnalysis(8).fit(train_x.double().numpy())
apart = Normal(0.0, 1.0).log_prob(test_x).sum(1).mean().item()
nats = {
    "17 levels, all alike": 64 * math.log(17),
    "a Gaussian for each pixel": offset - apart,
    "8 latents, EM (scikit-learn)": offset - exact.score(test_x),
}
with torch.no_grad():
    for way, model in models.items():
        nats[f"8 latents, {names[way]}"] = training.nll(model, test_x)
    log_joint, log_q = models["path"].terms(test_x, 64)
log_w = log_joint - log_q - offset
nats["through the sample: - ELBO"] = -log_w.mean().item()
for found, about in zip(
    nats.values(), [181.3, 149.5, 137.2, 137.6, 137.7, 145, 137.8]
):
    assert abs(found - about) < (4 if about == 145 else 0.8), nats
plotting.results_table(
    [[name, float(n), training.bits_per_dim(n, 64)]
     for name, n in nats.items()],
    ["model", "nats an image", "bits a pixel"],
)

# %% [markdown]
# Eight latents save twelve nats an image, and gradients through samples end about half a nat behind EM on the exact
# likelihood. Minus the ELBO, in the last row, lies just above the exact cost of the same model: the encoder has nearly
# learned the posterior. A diagonal covariance is enough for that: rotating the latents changes nothing in $p(x)$, and
# one rotation makes the posterior's covariance diagonal.
#
# Several weights an image give a better bound, $\log \frac1k \sum_i w_i$ on average (the *importance-weighted*
# bound, `gmlib.latent.elbo.iwae_bound`): it is the ELBO at $k = 1$, never falls as $k$ grows, and tends to
# $\log p(x)$. **Predict**: for which of the models does it rise most?

# %% tags=["demo"]
figure, axis = plt.subplots(figsize=(5.6, 3.2), layout="constrained")
ks = [1, 2, 4, 8, 16, 32, 64]
for (way, model), style in zip(models.items(), ["-", "--", ":"]):
    with torch.no_grad():
        log_joint, log_q = model.terms(test_x, 64)
        gap = (log_joint - log_q - offset) - model.log_prob(test_x)
    bounds = [
        gap.reshape(64 // k, k, -1).logsumexp(1).mean() - math.log(k)
        for k in ks
    ]
    checks.never_falls(torch.stack(bounds), "the bound", tolerance=1e-5)
    axis.plot(ks, bounds, style, marker="o", label=names[way])
axis.axhline(0, color="black", linewidth=1)
axis.set(xscale="log", xlabel="weights k", xticks=ks, xticklabels=ks,
         ylabel="bound - log p(x) (nats)")
axis.minorticks_off()
axis.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# Where $q$ is nearly the posterior, there is nothing left to gain. Without a baseline the encoder stayed far off, and
# more weights repair part of what it missed; unit 07 returns to this.
#
# Last, pictures. **Predict**: test digits, the decoder's means for the encoder's means (top and middle), and means for
# $z$ drawn from the prior (bottom). Which row will look least like digits?

# %% tags=["demo"]
model = models["path"]
with torch.no_grad():
    z = torch.cat([
        test_x[:10] @ model.A + model.c,
        torch.randn(10, 8, generator=new_generator(3)),
    ])
    shown = torch.cat([test_x[:10], z @ model.W.T + model.b])
figure = plotting.images(shown * width + centre, 10, low=0, high=17,
                         title="data, reconstructions, samples (means)")
plotting.picture(figure)

# %% [markdown]
# Eight numbers keep a blurred digit. The samples are blends: a linear decoder knows only one direction for each latent,
# and digits do not lie on a plane. Unit 07 bends it.
#
# **Change one number.** Take one sample an image for the first model (its loss needs no others): write
# `models["path"] = Factors(k=1)` before the loop over `models`. How much does it cost?
#
# ## 7 gmlib's own versions, and your machine
# Locked cells: gmlib's two estimators are held to your checks on every device (0 points), your functions must agree
# with them (1 point each), and the last cells say whether your functions also run on a GPU.

# %% test="gmlib_gradients--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_gradients--devices")
    theta = torch.tensor(1.5, device=device)
    unit = lambda theta: Normal(theta, torch.ones_like(theta))
    found = gradients.reparameterised_gradient(
        torch.square, unit, theta, 100_000, generator
    )
    checks.unbiased(found, 3.0, "gmlib's gradient", std=2.0)
    checks.spread(found, 4.0, "gmlib's gradient")
    for b, variance in [(0.0, 51.5625), ("mean", 28), ("best", 24)]:
        found = gradients.score_function_gradient(
            torch.square, unit, theta, 100_000, generator, b
        )
        checks.unbiased(found, 3.0, "gmlib's score-function gradient",
                        std=variance**0.5)
        checks.spread(found, variance, "gmlib's score-function gradient",
                      tolerance=0.2)
print("gmlib's estimators pass on every device that this machine has.")

# %% test="score--gmlib" points=1
theta = torch.tensor(-0.8, dtype=torch.float64)
unit = lambda theta: Normal(theta, torch.ones_like(theta))
g = checks.generator("score--gmlib")
noise = gmlib.device.draw(unit(theta), (9,), g)
for mine, name in [(pathwise_gradients, "reparameterised_gradient"),
                   (score_gradients, "score_function_gradient")]:
    found = getattr(gradients, name)(
        torch.square, unit, theta, 9, checks.generator("score--gmlib"))
    checks.close(mine(theta, noise - theta), found, "your gradients "
                 f"beside gmlib's {name}", "the noise is the same", 1e-6)
print("Your estimators and gmlib's agree, draw by draw.")

# %% test="log_terms--gmlib" points=1
generator = checks.generator("log_terms--gmlib")
x, mean, W = (torch.randn(*shape, generator=generator)
              for shape in [(6, 5), (6, 2), (5, 2)])
s, std = torch.ones(5), torch.full((6, 2), 0.7)
q = torch.distributions.Independent(Normal(mean, std), 1)
terms = lambda z: log_terms(x, z, W, 0 * s, s, mean, std)
g = checks.generator("log_terms--gmlib")
bound = elbo(lambda z: terms(z)[0], q, 3, g)
z = gmlib.device.draw(q, (3,), checks.generator("log_terms--gmlib"), True)
checks.close((terms(z)[0] - terms(z)[1]).mean(0), bound, "your log w over "
             "3 samples beside gmlib's elbo", "their mean", tolerance=1e-3)
print("Your log w and gmlib's elbo agree.")

# %% [markdown]
# Do your functions run where their inputs are? On a machine without a GPU these cells have nothing to find.

# %% test="reparameterise--devices" points=0
generator = checks.generator("reparameterise--devices")
eps = torch.randn(3, 4, 4, generator=generator)
mean, theta = eps[0], eps[0, 0, 0]
checks.same_on_devices(pathwise_gradients, theta, eps[1, 1])
checks.same_on_devices(score_gradients, theta, eps[1, 1])
checks.same_on_devices(reparameterise, mean, mean, eps)
checks.same_on_devices(
    correlate, mean[0], mean @ mean.T + torch.eye(4), eps[1]
)
print("These functions run on every device that this machine has.")

# %% test="log_terms--devices" points=0
generator = checks.generator("log_terms--devices")
z, s = torch.randn(4, 3, 3, generator=generator), torch.ones(3)
for function, given in [
    (log_terms, (z[0], z, z[1], s, s, z[2], z[3].exp())),
    (coin_gradients, (s[0] / 2, z[0, 0], s[1], z[1, 1, 1])),
    (leave_one_out, (z[0, 0], z[1, 1])),
]:
    checks.same_on_devices(lambda *given: sum(function(*given)), *given)
checks.same_on_devices(score_loss, z[0], z[1])
print("So do these.")

# %% [markdown]
# ## Recap
#
# | | through the sample | by the score |
# |---|---|---|
# | what is averaged | $f'(g(\theta, \epsilon)) \; \partial g / \partial \theta$ | $(f(x) - b) \; \nabla_\theta \log q_\theta(x)$ |
# | needs | a derivative of $f$, a path without jumps | values of $f$, $\log q$ |
# | variance for $x^2$, $\mathcal N(\theta, 1)$ | 4 | $\theta^4 + 14\theta^2 + 15$; with the best $b$ $8\theta^2 + 6$ |
# | a coin | 0, always: wrong | $f(1) - f(0)$ on average |
# | in code | `z = mean + sigma * eps` | `detach` the sample and the factor |
#
# | what to remember | |
# |---|---|
# | width | say whether it is $\log \sigma$, $\log \sigma^2$ or $\sigma$ |
# | full covariance | $z = \mu + L \epsilon$ with $L L^\top = \Sigma$ |
# | baseline | best at $\mathbb E[f s^2] / \mathbb E[s^2]$; made of the *other* samples |
# | at the posterior | every sample gives $\log w = \log p(x)$ |
#
# **Next.** The fourth notebook asks what it costs that one function gives $q$ for all $x$. **To read.** Kingma
# and Welling (2014), *Auto-Encoding Variational Bayes*; Williams (1992), REINFORCE; Greensmith, Bartlett and Baxter
# (2004), *Variance Reduction Techniques for Gradient Estimates*; Mohamed and others (2020), *Monte Carlo Gradient
# Estimation in Machine Learning*; Burda, Grosse and Salakhutdinov (2016), *Importance Weighted Autoencoders*.
