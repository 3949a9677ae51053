# %% [markdown]
# # Unit 05, third notebook: when the sum is too long
#
# Every likelihood of this unit so far was a sum over a handful of latent values. Thirty binary latents have $2^{30}$
# of them, and nobody can write that sum down. So estimate it. At the end of this notebook you can
#
# - treat missing pixels as latent variables, and give the exact probability of those that are there;
# - estimate $p(x)$ by naive Monte Carlo, say with a number why that fails, and repair it by importance sampling;
# - tell how far an estimate can be trusted, when its own diagnostics mislead, and by how much its logarithm is too low.
#
# **Time**: about 90 minutes. **You need**: the first notebook, `05-mixtures-and-em`.
# **Points**: 19, two of them optional.
# It follows lecture 004 from *Marginal Likelihood* to *Estimating log-likelihoods*.

# %% install=True

# %% [markdown]
# All imports stand here, and one short helper, a seed. All logarithms are natural, and all log-probabilities in nats.
# None of your functions may change the tensors that it is given.

# %%
import math

import matplotlib.pyplot as plt
import torch

import gmlib
from gmlib import checks, data, plotting, training
from gmlib.autoregressive import MADE
from gmlib.autoregressive.bayes_net import BayesNet
from gmlib.explore import importance as explorer
from gmlib.latent.inference import Importance, importance_sampling


def new_generator(seed=0):
    return torch.Generator().manual_seed(seed)

# %% [markdown]
# ## 1 Missing pixels are latent variables
#
# A model gives $p_\theta(x)$ for whole images. The upper part of one is missing. Call the pixels that are there
# $\mathbf x$ and the missing ones $\mathbf z$: the model is a joint distribution, and the probability of what is there
# is the sum over *all possible ways to complete the image*,
#
# $$p_\theta(\mathbf x) = \sum_{\mathbf z} p_\theta(\mathbf x, \mathbf z), \qquad
# p_\theta(\mathbf z \mid \mathbf x) = \frac{p_\theta(\mathbf x, \mathbf z)}{p_\theta(\mathbf x)} .$$
#
# **By hand.** One pixel is missing; $p(\mathbf x, z{=}0) = .3$ and $p(\mathbf x, z{=}1) = .1$. Then
# $p(\mathbf x) = .4$, and the missing pixel is dark with probability $.3 / .4 = .75$. So $p(\mathbf x)$ counts every
# completion, not only the likelier one, and the posterior sums to one *over completions*, for each image.
#
# Whole images have tiny probabilities, $e^{-800}$ is nothing unusual, so the joint comes in as a logarithm and the sum
# is a `logsumexp`.
#
# ### Exercise 5.17: complete the image (3 points)

# %% solution="completions" withhold="latent.inference"
def completions(x, missing):
    """Every way to fill in the missing pixels of one image.

    x:       (n,), float: 0 or 1 where observed, anything where missing.
    missing: (n,), bool: which pixels are missing; m of them, m >= 1.
    Returns (2^m, n), float: each completed image once, in any order.
    """
    ### BEGIN SOLUTION
    m = int(missing.sum())
    numbers = torch.arange(2**m, device=x.device)[:, None]
    z = (numbers >> torch.arange(m, device=x.device)) & 1
    images = x.repeat(2**m, 1)
    images[:, missing] = z.to(x.dtype)
    return images
    ### END SOLUTION


def marginal(log_joint):
    """log p(x), and the posterior p(z | x), by adding up every z.

    log_joint: (m, batch), float: log p(x, z) in nats, a row for each z, a
               column for each x, which may lie anywhere, say near -800.
    Returns (batch,), log p(x), and (m, batch), probabilities of the z.
    """
    ### BEGIN SOLUTION
    log_p = torch.logsumexp(log_joint, 0)
    return log_p, (log_joint - log_p).exp()
    ### END SOLUTION

# %% test="completions--hand" points=1
checks.own_work(completions, "latent.inference")
x = torch.tensor([1.0, 0.5, 0.0, 0.5])
gone = torch.tensor([False, True, False, True])
found = checks.untouched(completions, x, gone)
found = checks.value(found, (4, 4), "float", "the completions", 0, 1)
checks.close(found[:, [0, 2]], torch.tensor([[1.0, 0.0]] * 4),
             "the observed part", "it stays in every completion")
order = (found @ torch.tensor([8.0, 4, 2, 1]).double()).argsort()
every = torch.tensor([[1.0, 0, 0, 0], [1, 0, 0, 1], [1, 1, 0, 0],
                      [1, 1, 0, 1]])
checks.close(found[order], every, "the list of completions",
             "each way to fill in the missing pixels comes once")
print("Two missing pixels, four completions.")
### BEGIN HIDDEN TESTS
generator = checks.generator("completions--hand", fresh=True)
for n, m, dtype in [(5, 1, torch.float64), (9, 5, torch.float64),
                    (6, 6, torch.float32)]:
    x = torch.rand(n, generator=generator, dtype=dtype).round()
    gone = torch.randperm(n, generator=generator) < m
    found = checks.untouched(completions, x, gone)
    found = checks.value(found, (2**m, n), "float", "the completions")
    whole = checks.binary_vectors(n, torch.float64)
    fits = ((whole - x.double()).abs() * (~gone) < 0.5).all(1)
    powers = 2.0 ** torch.arange(n, dtype=torch.float64).flip(0)
    order = (found @ powers).argsort()
    expected = whole[fits][(whole[fits] @ powers).argsort()]
    checks.close(found[order], expected, "the completions, sorted,",
                 "each of the 2^m comes once, observed pixels as in x")
### END HIDDEN TESTS

# %% test="completions--sum" points=2
checks.own_work(marginal, "latent.inference")
table = torch.tensor([[0.3, 0.2], [0.1, 0.4]], dtype=torch.float64)
found = checks.untouched(marginal, table.log())
log_p, posterior = checks.items(found, 2, "what marginal returns")
checks.close(log_p, torch.tensor([0.4, 0.6]).double().log(),
             "log p(x)", "add up the probabilities of all completions",
             tolerance=1e-6)
checks.close(posterior, table / table.sum(0), "the posterior p(z | x)",
             "it sums to one over z, for each x")
far = torch.tensor([2000.0, 0.0], dtype=torch.float64)
log_p, posterior = marginal(table.log() - far)
what = "of one x near -2000, where exp rounds to 0, and one near 0"
checks.close(log_p, table.sum(0).log() - far, f"log p(x) {what}",
             "use logsumexp over z for each x, nothing clamped")
checks.close(posterior, table / table.sum(0), f"p(z | x) {what}",
             "subtract each column's own log p(x) before you take exp")
print("The sum by hand, and the same sum where exp alone fails.")
### BEGIN HIDDEN TESTS
generator = checks.generator("completions--sum", fresh=True)
for m, batch, dtype in [(3, 2, torch.float64), (64, 5, torch.float64),
                        (7, 1, torch.float32)]:
    log_joint = torch.randn(m, batch, generator=generator, dtype=dtype)
    found = checks.untouched(marginal, 3 * log_joint)
    log_p, posterior = checks.items(found, 2, "what marginal returns")
    p = (3 * log_joint.double()).exp()
    checks.close(log_p, p.sum(0).log().to(dtype), "log p(x)",
                 "add up the probabilities of all completions")
    checks.close(posterior, (p / p.sum(0)).to(dtype), "p(z | x)",
                 "it sums to one over z, for each x")
### END HIDDEN TESTS

# %% [markdown]
# ### A model small enough to be exact
# Patches of $3 \times 4$ pixels from the middle of handwritten digits: $n = 12$, so nothing in this section has to be
# estimated. The model is gmlib's MADE of unit 02, trained in seconds.

# %% tags=["demo"]
patches = data.digit_patches()
model = MADE(12, [64], generator=new_generator())
history = training.fit(
    model, patches.train.x, patches.validation.x, epochs=30,
    batch_size=100, learning_rate=0.03, generator=new_generator(),
)
figure, axes = plt.subplots(1, 2, figsize=(8, 2.8), layout="constrained")
_ = history.plot(axes[0])
plotting.images(model.sample(40, new_generator(1)), columns=10,
                shape=(3, 4), title="samples of the model", ax=axes[1])
plotting.picture(figure)

# %% [markdown]
# Is it better than simple things? Held-out nats and bits per pixel, then the nats of *eight pixels missing, four
# observed* (the lowest row), which for independent pixels needs no sum and for MADE needs your two functions.

# %% tags=["demo"] exempt="trained numbers differ between processors"
gone = torch.arange(12) < 8
flat = BayesNet([[]] * 12).fit(patches.train.x, 1.0)
coins = BayesNet([[]] * 12)
rows = []
for name, one in [("fair coins", coins), ("independent", flat),
                  ("MADE", model)]:
    whole, seen = training.nll(one, patches.test.x), []
    for x in patches.test.x:
        with torch.no_grad():
            log_joint = one.log_prob(completions(x, gone))
        seen.append(-marginal(log_joint[:, None])[0].item())
    rows.append([name, whole, f"{training.bits_per_dim(whole, 12):.3f}",
                 sum(seen) / len(seen)])
assert 6.3 < rows[2][1] < 6.7 and 2.2 < rows[2][3] < 2.6, rows
plotting.results_table(rows, ["model", "nats of 12 pixels",
                              "bits per pixel", "nats of the lowest row"])

# %% [markdown]
# Now the posterior. The two legs in the lowest row could belong to several shapes. **Predict** what the likeliest
# completion is, and whether one of the 256 has most of the probability.

# %% tags=["demo"]
legs = torch.tensor([0.0] * 8 + [1, 0, 0, 1])
filled = completions(legs, gone)
with torch.no_grad():
    log_joint = model.log_prob(filled).double()
log_p, posterior = marginal(log_joint[:, None])
best = posterior[:, 0].argsort(descending=True)
figure, axes = plt.subplots(2, 6, figsize=(9, 3), layout="constrained")
shown = [(0.5 * gone + legs, "observed"),
         (posterior[:, 0] @ filled.double(), "posterior mean")]
shown += [(filled[j], f"{posterior[j, 0].item():.0%}") for j in best[:10]]
for ax, (image, title) in zip(axes.flat, shown):
    plotting.images(image[None], shape=(3, 4), title=title, ax=ax)
plotting.picture(figure)

# %% [markdown]
# A few completions share most of the probability, and the rest of the 256 have next to nothing: strokes continue. That
# is what makes the posterior useful, and, as we shall see, what makes the sum hard to estimate.
#
# **Change one number.** Set the lowest row of `legs` to `0, 1, 1, 0`. Is the likeliest completion as sure of itself?
#
# ## 2 First attempt: uniform draws
#
# With 784 pixels, half of them missing, the sum has $2^{392}$ terms. Lecture 004's first attempt writes it as an
# expectation and averages over draws. Let $|\mathcal Z|$ be the number of values of $\mathbf z$, and
# $\mathbf z^{(1)}, \dots, \mathbf z^{(k)}$ be uniform:
#
# $$p_\theta(\mathbf x) = |\mathcal Z| \; \mathbb E_{\mathbf z \sim \text{Uniform}(\mathcal Z)}[p_\theta(\mathbf x, \mathbf z)]
# \approx \hat p = |\mathcal Z| \, \frac1k \sum_{j=1}^k p_\theta(\mathbf x, \mathbf z^{(j)}) .$$
#
# **By hand.** With $p(\mathbf x, z) = .3, .1$ one draw gives $2 \times .3 = .6$ or $2 \times .1 = .2$, each half of
# the time: the mean is $.4 = p(\mathbf x)$. Two draws give $.6$, $.4$ or $.2$. Without $|\mathcal Z|$ the mean would
# be $.2$; the mean of the two *logarithms*, $\log \sqrt{.6 \times .2} = \log .346$, is too low.
#
# ### Exercise 5.18: naive Monte Carlo (2 points)

# %% solution="naive" withhold="latent.inference"
def naive(log_joint, size):
    """log p_hat of naive Monte Carlo, in nats.

    log_joint: (k, batch), float: log p(x, z) at k uniform draws of z, a
               column for each x, which may lie anywhere, say near -800.
    size:      whole number: how many values z can take, up to 2**60.
    Returns (batch,), float.
    """
    ### BEGIN SOLUTION
    k = len(log_joint)
    return torch.logsumexp(log_joint, 0) + math.log(size) - math.log(k)
    ### END SOLUTION

# %% test="naive--hand" points=1
checks.own_work(naive, "latent.inference")
equal = torch.full((6, 2), 1 / 16, dtype=torch.float64).log()
flat = checks.untouched(naive, equal, 8)
checks.close(flat, torch.full((2,), 0.5, dtype=torch.float64).log(),
             "log p_hat of 8 equal terms, of which 6 were drawn,",
             "|Z| times the average over the draws, then the log", 1e-6)
table = torch.tensor([[0.3, 0.2], [0.1, 0.4]], dtype=torch.float64)
checks.close(naive(table.log(), 2), table.sum(0).log(),
             "log p_hat where each z was drawn once",
             "average the probabilities, not their logarithms", 1e-6)
far = torch.tensor([2000.0, 0.0], dtype=torch.float64)
checks.close(naive(table.log() - far, 2), table.sum(0).log() - far,
             "log p_hat of one x near -2000, where exp rounds to 0,",
             "use logsumexp for each x, nothing clamped", 1e-6)
print("Each z once: the estimate is exact.")

# %% test="naive--fresh" points=1
# Fresh draws: 30 binary latents, any k, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("naive--fresh", fresh=True)
for k, batch, n, dtype in [(7, 1, 30, torch.float64),
                           (50, 4, 60, torch.float64),
                           (1, 3, 10, torch.float32)]:
    terms = torch.randn(k, batch, generator=generator, dtype=dtype)
    rough = 2e-4 if dtype == torch.float32 else 1e-6
    mean = terms.double().exp().mean(0).log() + n * math.log(2)
    checks.close(
        checks.untouched(naive, terms, 2**n), mean.to(dtype),
        f"log p_hat of {k} draws of {n} binary latents",
        "log |Z| plus the log of the average over the k draws", rough,
    )
### END HIDDEN TESTS

# %% [markdown]
# Unbiased, then. What is wrong with it? Its variance. With $r(\mathbf z) = p_\theta(\mathbf z \mid \mathbf x)$,
#
# $$\frac{\operatorname{Var}(\hat p)}{p_\theta(\mathbf x)^2} = \frac1k \Big(|\mathcal Z| \sum_{\mathbf z} r(\mathbf z)^2 - 1\Big) .$$
#
# $1 / \sum r^2$ is about the number of likely completions, so the bracket says how many draws it takes to hit one.
# Take $n$ binary latents, each of which the posterior knows with probability $.95$: the bracket is
# $\big(2 (.95^2 + .05^2)\big)^n - 1 = 1.81^n - 1$. That is $9.7$ for $n = 4$ and $5 \cdot 10^7$ for $n = 30$.
#
# **Predict** the picture: left, the relative error against $k$; right, a hundred estimates at $k = 1000$. Lines are
# the formula.

# %% tags=["demo"]
sure, latents, sizes = 0.95, [2, 4, 8, 16, 30], [10, 30, 100, 300, 1000]


def naive_estimates(n, k, repeats=100):
    """p_hat / p for n latents, each of which the posterior is sure of."""
    draws = torch.full((k, repeats), 0.5, dtype=torch.float64)
    generator = new_generator(k)
    known = sum(torch.bernoulli(draws, generator=generator)
                for _ in range(n))
    log_r = known * math.log(sure) + (n - known) * math.log(1 - sure)
    return naive(log_r, 2**n).exp()


figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
for place, (marker, n) in enumerate(zip("ov^sD", latents)):
    found = [naive_estimates(n, k) for k in sizes]
    error = [(p - 1).square().mean().sqrt() for p in found]
    bracket = (2 * (sure**2 + (1 - sure) ** 2)) ** n - 1
    theory = [math.sqrt(bracket / k) for k in sizes]
    line = axes[0].plot(sizes, theory, linewidth=1)[0]
    axes[0].plot(sizes, error, marker, color=line.get_color(),
                 label=f"n = {n}")
    side = place + torch.linspace(-0.25, 0.25, 100)
    axes[1].plot(side, found[-1], ".", color=line.get_color())
axes[0].set(xscale="log", yscale="log", xlabel="draws k", ylim=(0.01, 1e5),
            ylabel="relative error of $\\hat p$")
axes[1].set(yscale="log", xlabel="latents n", ylabel="$\\hat p$ / p")
axes[1].set_xticks(range(len(latents)), latents)
axes[1].axhline(1, color="black", linestyle="--", linewidth=1)
axes[0].legend(frameon=False, fontsize=8, ncols=5, columnspacing=0.8,
               handletextpad=0.1, loc="upper center")
plotting.picture(figure)

# %% [markdown]
# Every line falls as $k^{-1/2}$, but for $n = 30$ it starts so high that a thousand draws still have a relative error
# in the hundreds. And the *measured* error of $n = 30$ lies far below its line, near 1. That is no comfort: nearly all
# hundred estimates are far too small (right), since hardly a draw comes near the likely completions. Once in tens of
# millions of draws one hits them, and is enormous. Unbiased is a statement about the mean, and this mean is made by
# events that you will not see.
#
# **Change one number.** Set `sure` to `0.6`: a vague posterior. Are thirty latents still out of reach?
#
# ## 3 Second attempt: draw what is likely
#
# Draw from any distribution $q(\mathbf z)$, the **proposal**, and divide by it:
#
# $$p_\theta(\mathbf x) = \mathbb E_{\mathbf z \sim q}\Big[\frac{p_\theta(\mathbf x, \mathbf z)}{q(\mathbf z)}\Big]
# \approx \hat p = \frac1k \sum_{j=1}^k w_j, \qquad w_j = \frac{p_\theta(\mathbf x, \mathbf z^{(j)})}{q(\mathbf z^{(j)})} .$$
#
# The $w_j$ are the **importance weights**; uniform $q$ is the first attempt again.
#
# **By hand.** $p(\mathbf x, z) = .3, .1$ and $q = (.75, .25)$, which is the posterior: the weights are $.3 / .75 = .4$
# and $.1 / .25 = .4$. Whatever is drawn, $\hat p = p(\mathbf x)$, with one draw. In general
# $p(\mathbf x, \mathbf z) / p(\mathbf z \mid \mathbf x) = p(\mathbf x)$: the best proposal is the posterior, which is
# just what we do not have.
#
# ### Play with it
# One real latent. Grey is $p(\mathbf x, z)$, whose area is $p(\mathbf x) = 1/2$; blue is the proposal
# $N(\text{mean}, \text{width}^2)$. Below, the weight of every draw; right, $\hat p$ with its own error bar, and forty
# others. **Predict, then move.** Put $q$ on the right hump (mean 3, width 1.25). What happens to the estimate, to its
# error bar, to the effective sample size? Then try mean 0, width 1.

# %% tags=["demo"]
explorer.explore()

# %% [markdown]
# On the right hump alone the weights are nearly equal, the error bar is tiny, and the estimate is $.3$: the other hump
# is not in it. With a narrow $q$ in the middle, one weight in a hundred has almost the whole sum, and $\hat p$ is far
# above the picture. At the next seeds it is far too low: a few draws on the inner slopes of the humps decide it. Too
# wide is merely wasteful. So when in doubt, wide.
#
# ### Exercise 5.19: importance sampling (3 points)
# (One point is given at the end of the notebook, where gmlib's version must agree.) Stay in logarithms; a draw with
# weight 0 counts among the $k$.

# %% solution="importance" withhold="latent.inference"
def importance(log_joint, log_q):
    """The log weights, and log p_hat of importance sampling, in nats.

    log_joint: (k, batch), float: log p(x, z) at k draws of q; -inf where z
               is impossible. May lie anywhere, say near -800.
    log_q:     (k, batch), float: log q(z) at the same draws.
    Returns the log weights, (k, batch), and log p_hat, (batch,).
    """
    ### BEGIN SOLUTION
    log_weights = log_joint - log_q
    log_p = torch.logsumexp(log_weights, 0) - math.log(len(log_joint))
    return log_weights, log_p
    ### END SOLUTION

# %% test="importance--posterior" points=1
checks.own_work(importance, "latent.inference")
table = torch.tensor([[0.3, 0.2], [0.1, 0.4]], dtype=torch.float64)
r = table / table.sum(0)
for z in (0, 1):
    found = checks.untouched(
        importance, table[[z]].log(), r[[z]].log())
    log_w, log_p = checks.items(found, 2, "what importance returns")
    checks.close(log_w, table.sum(0, keepdim=True).log(),
                 f"the log weight of z = {z}, drawn from the posterior,",
                 "it is log p(x, z) - log q(z), not normalised", 1e-6)
    checks.close(log_p, table.sum(0).log(),
                 f"log p_hat of one draw, z = {z}, of the posterior",
                 "of a single draw it is that draw's log weight", 1e-6)
_, log_p = importance(table.log(), torch.full((2, 2), 0.5).log().double())
checks.close(log_p, table.sum(0).log(), "log p_hat with q = 1/2",
             "the log of the average weight, divided by k: the logarithm "
             "stays outside the average", 1e-6)
far = torch.tensor([2000.0, 0.0], dtype=torch.float64)
_, log_p = importance(table.log() - far, r.log())
checks.close(log_p, table.sum(0).log() - far,
             "log p_hat of one x near -2000, where exp rounds to 0,",
             "use logsumexp for each x, nothing clamped", 1e-6)
print("With the posterior, one draw is exact.")

# %% test="importance--fresh" points=1
# Fresh weights, any k, both float types, draws of weight 0.
### BEGIN HIDDEN TESTS
generator = checks.generator("importance--fresh", fresh=True)
for k, batch, dtype in [(33, 4, torch.float64), (8, 1, torch.float32),
                        (1, 2, torch.float64)]:
    draws = torch.randn(2, k, batch, generator=generator, dtype=dtype)
    found = checks.untouched(importance, draws[0], draws[1])
    rough = 2e-4 if dtype == torch.float32 else 1e-6
    log_w, log_p = checks.items(found, 2, "what importance returns")
    weights = draws[0].double().exp() / draws[1].double().exp()
    checks.close(log_w, weights.log().to(dtype),
                 "the table of log weights",
                 "log p(x, z) - log q(z), not normalised")
    checks.close(log_p, weights.mean(0).log().to(dtype), "log p_hat",
                 "the logarithm of the average weight", rough)
    if k > 1:
        never = torch.cat([draws[0][1:], draws[0][:1] - math.inf])
        _, log_p = importance(never, draws[1])
        weights = never.double().exp() / draws[1].double().exp()
        checks.close(log_p, weights.mean(0).log().to(dtype),
                     "log p_hat where one draw has weight 0",
                     "that draw counts among the k", rough)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 Can you trust it?
#
# Two numbers come free with the weights. The **effective sample size** says how many equal weights would be worth as
# much,
#
# $$\text{ESS} = \frac{\big(\sum_j w_j\big)^2}{\sum_j w_j^2} ,$$
#
# from 1 (one weight has it all) to $k$ (all are equal). It does not change when all weights are multiplied by one
# number, so it can be had from log weights of any size.
#
# **By hand.** Weights 3 and 1: $16 / 10 = 1.6$. Weights 1, 1, 1: $9 / 3 = 3$.
#
# ### Exercise 5.20: effective sample size (2 points)

# %% solution="effective_size" withhold="latent.inference"
def effective_size(log_weights):
    """The effective sample size of importance weights.

    log_weights: (k, batch), float, in nats. May lie anywhere.
    Returns (batch,), float: from 1 to k.
    """
    ### BEGIN SOLUTION
    share = torch.softmax(log_weights, 0)
    return 1 / share.square().sum(0)
    ### END SOLUTION

# %% test="effective_size--hand" points=1
checks.own_work(effective_size, "latent.inference")
log_w = torch.zeros(5, 2, dtype=torch.float64)
found = checks.untouched(effective_size, log_w)
checks.close(found, torch.full((2,), 5.0).double(),
             "the effective size of 5 equal weights",
             "(sum w)^2 over sum w^2, and not its inverse")
w = torch.tensor([[3.0, 1.0], [1.0, 1.0]], dtype=torch.float64)
aim = torch.tensor([1.6, 2.0], dtype=torch.float64)
checks.close(effective_size(w.log()), aim,
             "the effective size of weights 3 and 1",
             "square the sum, and the weights, over the draws")
checks.close(effective_size(w.log() + torch.tensor([3000, -3000])), aim,
             "the effective size with log weights near 3000 and -3000",
             "a multiple of the weights has the same: in each column, "
             "subtract in the logarithm before exp")
print("From 1 to k, whatever the scale of the weights.")

# %% test="effective_size--fresh" points=1
# Fresh weights, any k, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("effective_size--fresh", fresh=True)
for k, batch, dtype in [(9, 1, torch.float64), (60, 3, torch.float64),
                        (4, 3, torch.float32)]:
    log_w = 2 * torch.randn(k, batch, generator=generator, dtype=dtype)
    w = log_w.double().exp()
    expected = (w.sum(0).square() / w.square().sum(0)).to(dtype)
    checks.close(checks.untouched(effective_size, log_w + 7), expected,
                 f"the effective size of {k} weights",
                 "(sum w)^2 over sum w^2, over the draws",
                 tolerance=1e-3 if dtype == torch.float32 else None)
### END HIDDEN TESTS

# %% [markdown]
# The other number is the **estimated relative error** of $\hat p$: its standard error, as a share of itself. An
# average of $k$ weights has the standard deviation of one weight over $\sqrt k$, so
#
# $$\frac{\widehat{\text{se}}}{\hat p} = \frac1{\hat p}\, \frac{s}{\sqrt k}, \qquad
# s^2 = \frac1{k-1} \sum_j (w_j - \hat p)^2 .$$
#
# **By hand.** Weights 3 and 1: $\hat p = 2$, $s^2 = 2$, the error is $\sqrt 2 / \sqrt 2 / 2 = .5$: fifty per cent.
#
# ### Exercise 5.21: the error of the estimate (2 points)

# %% solution="relative_error" withhold="latent.inference"
def relative_error(log_weights):
    """The estimated standard error of p_hat, divided by p_hat.

    log_weights: (k, batch), float, in nats, k >= 2. May lie anywhere.
    Returns (batch,), float.
    """
    ### BEGIN SOLUTION
    k = len(log_weights)
    share = k * torch.softmax(log_weights, 0)  # w / p_hat
    return share.std(0) / math.sqrt(k)
    ### END SOLUTION

# %% test="relative_error--hand" points=1
checks.own_work(relative_error, "latent.inference")
w = torch.tensor([[3.0, 1.0], [1.0, 1.0]], dtype=torch.float64)
aim = torch.tensor([0.5, 0.0], dtype=torch.float64)
found = checks.untouched(relative_error, w.log())
checks.close(found, aim, "the relative error of weights 3 and 1",
             "the standard deviation of a weight (with k - 1), over the "
             "root of k, over p_hat")
checks.close(relative_error(w.log() + torch.tensor([3000, -3000])), aim,
             "the error with log weights near 3000 and -3000",
             "divide each column by its p_hat as logarithms, before exp")
print("Half of itself for weights 3 and 1, nothing for equal ones.")

# %% test="relative_error--fresh" points=1
# Fresh weights, any k, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("relative_error--fresh", fresh=True)
for k, batch, dtype in [(5, 1, torch.float64), (70, 4, torch.float64),
                        (2, 3, torch.float32)]:
    log_w = torch.randn(k, batch, generator=generator, dtype=dtype)
    w = log_w.double().exp()
    square = (w - w.mean(0)).square().sum(0) / (k - 1)
    expected = (square / k).sqrt() / w.mean(0)
    checks.close(checks.untouched(relative_error, log_w - 5),
                 expected.to(dtype), f"the relative error of {k} weights",
                 "s / sqrt(k) / p_hat, with k - 1 in s",
                 tolerance=1e-3 if dtype == torch.float32 else None)
### END HIDDEN TESTS

# %% [markdown]
# **Look.** Four proposals for the two humps of the explorer, $k = 1000$. **Predict** which has the smallest estimated
# error, and which the smallest true one. (With the posterior itself, both would be 0.)

# %% tags=["demo"]
def weights_of(mean, width, k, repeats=1, seed=0):
    """Log weights of k draws of N(mean, width^2), (k, repeats)."""
    noise = torch.randn(k, repeats, generator=new_generator(seed),
                        dtype=torch.float64)
    q = torch.distributions.Normal(mean, width)
    z = mean + width * noise
    return importance(explorer.log_joint(z), q.log_prob(z))[0]


rows = []
for name, mean, width in [("wide", 0.0, 4.0), ("wider", 0.0, 12.0),
                          ("right hump", 3.0, 1.25),
                          ("left hump", -3.5, 1.0)]:
    log_w = weights_of(mean, width, 1000)
    _, log_p = importance(log_w, torch.zeros(1000, 1).double())
    rows.append([name, f"{log_p.exp().item():.2f}",
                 f"{effective_size(log_w).item():.0f}",
                 f"{relative_error(log_w).item():.1%}",
                 f"{log_p.exp().item() / 0.5 - 1:+.0%}"])
plotting.results_table(rows, ["proposal", "p_hat", "effective size",
                              "estimated error", "true error"])

# %% [markdown]
# The two proposals that miss a hump have the *largest* effective sample sizes and the smallest estimated errors, and
# are off by 40% and 60%, both downwards. The diagnostics see the weights of the draws; of what no draw has reached
# they know nothing. A small effective sample size is a warning to be believed. A large one proves nothing.
#
# **Change one number.** Give the right hump's proposal the width 2.5 instead of 1.25. What becomes of effective size
# and true error, and which of the two would you rather have?
#
# ## 5 Good and bad proposals, exactly
#
# For a table, mean and variance of one weight need no draws:
#
# $$\mathbb E_q[w] = \sum_{\mathbf z:\, q(\mathbf z) > 0} q(\mathbf z)\, w(\mathbf z), \qquad
# \operatorname{Var}_q(w) = \sum_{\mathbf z:\, q(\mathbf z) > 0} q(\mathbf z)\, \big(w(\mathbf z) - \mathbb E_q[w]\big)^2 .$$
#
# A $\mathbf z$ with $q(\mathbf z) = 0$ is never drawn, so it is in neither sum.
#
# **By hand.** $p(\mathbf x, z) = .3, .1$. With $q = (\tfrac12, \tfrac12)$ the weights are $.6$ and $.2$: mean $.4$,
# variance $.04$. With $q = (1, 0)$ the weight is always $.3$: mean $.3$, variance 0. Perfectly sure, and wrong.
#
# *Beside the lecture.* It says that $\hat p$ is unbiased. It is, **if $q(\mathbf z) > 0$ wherever
# $p_\theta(\mathbf x, \mathbf z) > 0$**; otherwise its mean is what $q$ can reach, which is less than
# $p_\theta(\mathbf x)$.
#
# ### Exercise 5.22: the mean and variance of a weight (2 points)

# %% solution="weight_moments" withhold="latent.inference"
def weight_moments(joint, q):
    """Mean and variance of w = p(x, z) / q(z) for one draw z of q.

    joint: (m,), float: p(x, z) for each z, 0 or more.
    q:     (m,), float: probabilities that sum to 1, some perhaps 0.
    Returns two tensors of shape (): E_q[w] and Var_q(w).
    """
    ### BEGIN SOLUTION
    w = torch.where(q > 0, joint / q, 0.0)
    mean = (q * w).sum()
    return mean, (q * (w - mean) ** 2).sum()
    ### END SOLUTION

# %% test="weight_moments--hand" points=1
checks.own_work(weight_moments, "latent.inference")
joint = torch.tensor([0.3, 0.1], dtype=torch.float64)
for first, mean, variance, what in [
    (0.5, 0.4, 0.04, "for q = (1/2, 1/2)"),
    (0.75, 0.4, 0.0, "where q is the posterior"),
    (0.25, 0.4, 16 / 75, "for q = (1/4, 3/4)"),
    (1.0, 0.3, 0.0, "for q = (1, 0), which never draws the second z,"),
]:
    q = torch.tensor([first, 1 - first], dtype=torch.float64)
    found = checks.untouched(weight_moments, joint, q)
    found = checks.items(found, 2, "what weight_moments returns")
    checks.close(found[0], mean, f"E[w] {what}",
                 "weigh each w with q, over the z that q can draw")
    checks.close(found[1], variance, f"Var(w) {what}",
                 "the mean of (w - E[w])^2 under q")
print("The posterior has no variance; q = (1, 0) neither, and is wrong.")

# %% test="weight_moments--fresh" points=1
# Fresh tables, both float types, proposals that miss a part.
### BEGIN HIDDEN TESTS
generator = checks.generator("weight_moments--fresh", fresh=True)
for m, dtype in [(20, torch.float64), (7, torch.float32),
                 (3, torch.float64)]:
    joint = torch.rand(m, generator=generator, dtype=dtype) / m
    q = torch.rand(m, generator=generator, dtype=dtype) + 0.1
    q[: m // 3] = 0
    q = q / q.sum()
    mean = square = 0.0
    for a, b in zip(joint.tolist(), q.tolist()):
        mean += a if b else 0
        square += a * a / b if b else 0
    found = checks.untouched(weight_moments, joint, q)
    found = checks.items(found, 2, "what weight_moments returns")
    slip = "only the z that q can draw count, each with weight q(z)"
    checks.close(found[0], torch.tensor(mean, dtype=dtype), "E[w]", slip)
    checks.close(found[1], torch.tensor(square - mean**2, dtype=dtype),
                 "Var(w)", slip)
### END HIDDEN TESTS

# %% [markdown]
# Back to the patch with two legs, 256 completions. Four proposals: uniform; independent pixels with the means of the
# training data; independent pixels with the means of the *posterior*; the posterior. **Predict** how many draws each
# needs for a relative error of 1%, that is $\operatorname{Var}(w) / (.01\, p)^2$.

# %% tags=["demo"] exempt="trained numbers differ between processors"
joint, z = log_joint.exp(), filled[:, gone].double()


def pixels(mean):
    return (z * mean + (1 - z) * (1 - mean)).prod(1)


proposals = {
    "uniform": pixels(torch.full((8,), 0.5).double()),
    "means of the data": pixels(patches.train.x.double().mean(0)[gone]),
    "means of the posterior": pixels(posterior[:, 0] @ z),
    "posterior": posterior[:, 0],
}
rows = []
for name, q in proposals.items():
    mean, variance = weight_moments(joint, q)
    rows.append([name, math.ceil(variance / (0.01 * mean) ** 2) or 1])
assert 3e4 < rows[0][1] < 1e6 and rows[2][1] < rows[0][1] / 2, rows
plotting.results_table(rows, ["proposal", "draws for 1%"])

# %% [markdown]
# With 256 terms the sum itself is cheaper, of course; with $2^{392}$ it is not. The means of all the data do not help:
# they know nothing of the two legs. Independent pixels with the posterior's means save much, but not everything:
# strokes are not independent. Where the posterior's means come from when there is no posterior is the subject of
# unit 06.
#
# **Thirty latents after all.** For independent latents $1 + \operatorname{Var}(w) / p^2$ is a product, one factor a
# latent. In section 2 the posterior knew each of thirty with $.95$, and uniform draws gave $1.81^{30}$. A proposal
# that believes the same values with only $.8$ has the factor $.95^2 / .8 + .05^2 / .2 = 1.1406$, and $1.1406^{30} - 1$
# is about 51: a thousand draws have a relative error of 23%, uniform ones of 23,000%. A rough idea of what is
# likely is worth a great deal.
#
# ### A proposal that is too narrow
# With a real latent the variance can be **infinite**. Let the posterior be $N(0, 1)$ and $q = N(d, \tau^2)$. Then
#
# $$\frac{\operatorname{Var}_q(w)}{p(\mathbf x)^2} = \int \frac{N(z; 0, 1)^2}{N(z; d, \tau^2)}\, dz - 1
# = \frac{\tau}{\sqrt{2\pi}} \int e^{-z^2 + (z - d)^2 / (2 \tau^2)}\, dz - 1 ,$$
#
# and the exponent has the form $-\tfrac a2 z^2 + b z + c$. For $a > 0$ the integral of its exponential is
# $\sqrt{2\pi / a}\; e^{b^2 / (2a) + c}$; for $a \le 0$ it is infinite.
#
# **By hand.** $d = 0$, $\tau = 1$: $a = 1$, $b = c = 0$, and the variance is 0, for $q$ is the posterior. $d = 1$,
# $\tau = 1$: $b = -1$, $c = \tfrac12$: $e - 1$.
#
# ### Exercise 5.23, optional: when the variance is infinite (2 points)

# %% solution="gaussian_variance" withhold="latent.inference"
def gaussian_variance(d, tau):
    """Var(w) / p(x)^2 for the posterior N(0, 1) and q = N(d, tau^2).

    d, tau: (batch,), float; tau > 0 is a standard deviation.
    Returns (batch,), float: infinity (math.inf) where it is infinite.
    """
    ### BEGIN SOLUTION
    a, b, c = 2 - 1 / tau**2, -d / tau**2, d**2 / (2 * tau**2)
    bell = a.clamp(min=1e-12).rsqrt() * torch.exp(b**2 / (2 * a) + c)
    return torch.where(a > 0, tau * bell - 1, math.inf)
    ### END SOLUTION

# %% test="gaussian_variance--hand" points=1
checks.own_work(gaussian_variance, "latent.inference")
d = torch.tensor([0.0, 1.0, 0.0, 0.0], dtype=torch.float64)
tau = torch.tensor([1.0, 1.0, 2.0, 0.8], dtype=torch.float64)
aim = torch.tensor([0.0, math.e - 1, 4 / 7**0.5 - 1,
                    0.64 / 0.28**0.5 - 1], dtype=torch.float64)
found = checks.untouched(gaussian_variance, d, tau)
checks.close(found, aim, "Var(w) / p(x)^2 of the examples",
             "write -z^2 + (z - d)^2 / (2 tau^2) as -a/2 z^2 + b z + c, "
             "keep tau in front, subtract 1 at the end", tolerance=1e-6)
narrow = gaussian_variance(d, torch.tensor([0.5, 0.7, 0.1, 0.6]).double())
checks.require(
    bool((narrow == math.inf).all()),
    "where tau^2 is below 1/2 the integral is infinite: q's tails are too "
    "thin for the square of the posterior's",
)
print("Zero for the posterior, infinite where tau^2 is below 1/2.")

# %% test="gaussian_variance--fresh" points=1
# Against quadrature, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("gaussian_variance--fresh", fresh=True)
z = torch.linspace(-60, 60, 24001, dtype=torch.float64)[:, None]
for batch, dtype in [(6, torch.float64), (4, torch.float32),
                     (1, torch.float64)]:
    d, tau = torch.rand(2, batch, generator=generator, dtype=dtype)
    tau = tau + 0.75
    normal = torch.distributions.Normal
    log_p = normal(0.0, 1.0).log_prob(z)
    log_q = normal(d.double(), tau.double()).log_prob(z)
    ratio = torch.trapezoid((2 * log_p - log_q).exp(), z, dim=0) - 1
    hint = "is the integral's exponent that of the text?"
    found = checks.untouched(gaussian_variance, d, tau)
    checks.close(found, ratio.to(dtype), "Var(w) / p(x)^2", hint,
                 tolerance=1e-3 if dtype == torch.float32 else 1e-6)
    never = gaussian_variance(d, 0.3 + 0.4 * (tau - 0.75))
    checks.require(bool((never == math.inf).all()),
                   "for tau^2 below 1/2 the variance is infinite")
### END HIDDEN TESTS

# %% [markdown]
# **Look.** How the error falls with $k$, for three widths. Where the variance is finite, the central limit theorem
# promises $k^{-1/2}$: in a plot of logarithms a line of slope $-\tfrac12$, which is fitted here by least squares.
# **Predict** what $\tau = .5$, with its infinite variance, does. (Plotted: the median of $|\hat p / p - 1|$ over 1000
# repeats, since a mean square would be infinite, too.)

# %% tags=["demo"]
sizes, slopes = [4, 16, 64, 256, 1024], {}
figure, ax = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
for tau, marker in [(2.0, "o-"), (1.3, "s-"), (0.5, "^-")]:
    error = []
    for k in sizes:
        noise = torch.randn(k, 1000, generator=new_generator(k)).double()
        log_w = math.log(tau) + (noise**2 - (tau * noise) ** 2) / 2
        _, log_p = importance(log_w, torch.zeros(k, 1000).double())
        error.append((log_p.exp() - 1).abs().median())
    x = torch.tensor(sizes).double().log()
    y = torch.stack(error).log()
    x, y = x - x.mean(), y - y.mean()
    slopes[tau] = ((x * y).sum() / (x * x).sum()).item()
    ax.plot(sizes, error, marker,
            label=f"$\\tau$ = {tau}: slope {slopes[tau]:.2f}")
ax.set(xscale="log", yscale="log", xlabel="draws k",
       ylabel="median relative error")
ax.legend(frameon=False)
assert abs(slopes[2.0] + 0.5) < 0.04 > abs(slopes[1.3] + 0.5), slopes
assert -0.38 < slopes[0.5] < -0.2, slopes
plotting.picture(figure)

# %% [markdown]
# Two lines of slope about $-\tfrac12$, and one that falls half as fast. Theory says: the weights of $\tau = .5$ have a
# tail whose exponent is $1 / (1 - \tau^2) = 4/3$, and the error of an average of such numbers falls as $k^{-1/4}$ in
# the end. Quadrupling the draws halves the error of a good proposal; of the narrow one it keeps seven tenths.
#
# **Change one number.** Put a fourth pair, `(0.8, "d-")`, into the list: finite variance, but only just ($.64 > .5$).
# Is the slope already $-\tfrac12$ at these $k$?
#
# ## 6 The logarithm of an unbiased estimate is biased
#
# Training and reporting need $\log p_\theta(\mathbf x)$. So take $\log \hat p$. But the logarithm is concave: by
# Jensen's inequality $\mathbb E[\log \hat p] < \log \mathbb E[\hat p] = \log p_\theta(\mathbf x)$, unless $\hat p$
# does not vary. By how much? Write $\hat p = p\,(1 + \varepsilon)$, expand
# $\log(1 + \varepsilon) \approx \varepsilon - \varepsilon^2 / 2$, and take the mean:
#
# $$\mathbb E[\log \hat p] - \log p_\theta(\mathbf x) \approx -\frac{\operatorname{Var}(\hat p)}{2 p^2} = -\frac{\operatorname{Var}(w)}{2\, k\, p_\theta(\mathbf x)^2} .$$
#
# **By hand.** $p(\mathbf x, z) = .3, .1$, uniform $q$: weights $.6$ and $.2$. At $k = 1$ the mean log is
# $\tfrac12 \log .6 + \tfrac12 \log .2$, which is $.144$ below $\log .4$. At $k = 2$ the averages are $.6, .4, .4, .2$,
# and it is $.072$ below. The formula says $.04 / (2 \cdot .16) / k$: $.125$ and $.0625$.
#
# ### Exercise 5.24: measure the bias (3 points)
# Two functions: the bias from many repeated runs, at every $k$ at once; and exactly, for $k = 1$ and 2, over all draws
# of a table.

# %% solution="log_bias" withhold="latent.inference"
def log_bias(log_weights, log_p):
    """The mean of log p_hat over repeats, minus log p(x), at every k.

    log_weights: (repeats, k), float: each row is a run of k draws.
    log_p:       (), float: the true log p(x).
    Returns (k,), float: entry j uses the first j + 1 draws of each run.
    """
    ### BEGIN SOLUTION
    k = log_weights.shape[1]
    counts = torch.arange(1, k + 1).to(log_weights)
    estimates = torch.logcumsumexp(log_weights, 1) - counts.log()
    return estimates.mean(0) - log_p
    ### END SOLUTION


def exact_bias(joint, q):
    """E[log p_hat] - log p(x) at k = 1 and k = 2, over all draws of q.

    joint, q: (m,), float, all above 0: p(x, z) and q(z) for each z.
    Returns (2,), float.
    """
    ### BEGIN SOLUTION
    w, both = joint / q, q[:, None] * q
    one = (q * w.log()).sum()
    two = (both * ((w[:, None] + w) / 2).log()).sum()
    return torch.stack([one, two]) - joint.sum().log()
    ### END SOLUTION

# %% test="log_bias--runs" points=1
checks.own_work(log_bias, "latent.inference")
w = torch.tensor([[0.6, 0.6], [0.6, 0.2], [0.2, 0.6], [0.2, 0.2]]).double()
log_p = torch.tensor(0.4, dtype=torch.float64).log()
aim = [math.log(0.75) / 2, math.log(0.75) / 4]
hint = ("log p_hat is the log of the average of the first k weights of a "
        "run; average over the runs, then subtract log p(x)")
found = checks.untouched(log_bias, w.log(), log_p)
checks.close(found, torch.tensor(aim).double(),
             "the bias at k = 1 and 2 of the example by hand", hint,
             tolerance=1e-6)
checks.close(log_bias(w.log() - 2000, log_p - 2000),
             torch.tensor(aim).double(),
             "the bias near -2000, where exp rounds to 0,",
             "stay in logarithms: logcumsumexp, or logsumexp", 1e-6)
print("Too low by .144 at k = 1, by half of that at k = 2.")
### BEGIN HIDDEN TESTS
generator = checks.generator("log_bias--runs", fresh=True)
for runs, k in [(5, 4), (40, 9)]:
    log_w = torch.randn(runs, k, generator=generator, dtype=torch.float64)
    aim = [log_w[:, :j].exp().mean(1).log().mean() + 2
           for j in range(1, k + 1)]
    checks.close(log_bias(log_w, log_p * 0 - 2), torch.stack(aim),
                 f"the bias at k = 1 to {k}, {runs} runs,", hint, 1e-6)
### END HIDDEN TESTS

# %% test="log_bias--exact" points=1
checks.own_work(exact_bias, "latent.inference")
joint = torch.tensor([0.3, 0.1], dtype=torch.float64)
half = torch.full((2,), 0.5, dtype=torch.float64)
aim = [math.log(0.75) / 2, math.log(0.75) / 4]
found = checks.untouched(exact_bias, joint, half)
checks.close(found, torch.tensor(aim).double(),
             "the bias for uniform q of the example by hand",
             "the log of the weight, or of the average of two, weighed "
             "with q(z), or q(z) q(z')", tolerance=1e-6)
checks.close(exact_bias(joint, joint / 0.4), 0 * half,
             "the bias where q is the posterior",
             "there log p_hat does not vary", 1e-6)
one = (math.log(3) + 3 * math.log(1 / 3)) / 4
two = (math.log(3) + 6 * math.log(5 / 3) + 9 * math.log(1 / 3)) / 16
found = exact_bias(joint, torch.tensor([0.25, 0.75]).double())
checks.close(found, torch.tensor([one, two]).double(),
             "the bias for q = (1/4, 3/4)",
             "a pair z, z' has probability q(z) q(z'), and the log of the "
             "average of its two weights", tolerance=1e-6)
print("No bias with the posterior: there p_hat does not vary.")
### BEGIN HIDDEN TESTS
generator = checks.generator("log_bias--exact", fresh=True)
for m in (3, 6):
    p, q = torch.rand(2, m, generator=generator).double() + 0.1
    w, q = p / (q / q.sum()), q / q.sum()
    pairs = torch.cartesian_prod(torch.arange(m), torch.arange(m))
    aim = torch.stack([(q * w.log()).sum(), (
        q[pairs].prod(1) * w[pairs].mean(1).log()).sum()]) - p.sum().log()
    checks.close(exact_bias(p, q), aim, f"the exact bias of {m} outcomes",
                 "pairs of draws have probability q(z) q(z')", 1e-6)
### END HIDDEN TESTS

# %% test="log_bias--fresh" points=1
# Fresh runs and fresh tables, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("log_bias--fresh", fresh=True)
for runs, k, m, dtype in [(40, 9, 7, torch.float64),
                          (6, 3, 5, torch.float32),
                          (1, 4, 2, torch.float64)]:
    log_w = torch.randn(runs, k, generator=generator, dtype=dtype)
    log_p = torch.rand((), generator=generator, dtype=dtype)
    rough = 2e-4 if dtype == torch.float32 else 1e-6
    w, aim = log_w.double().exp(), []
    for j in range(1, k + 1):
        aim.append(w[:, :j].mean(1).log().mean() - log_p.double())
    checks.close(checks.untouched(log_bias, log_w, log_p),
                 torch.stack(aim).to(dtype), "the bias at every k",
                 "the first k draws, one log p_hat a run", rough)
    p, q = torch.rand(2, m, generator=generator, dtype=dtype) + 0.1
    q = q / q.sum()
    one = two = 0.0
    for a, b in zip(p.tolist(), q.tolist()):
        one += b * math.log(a / b)
        for c, e in zip(p.tolist(), q.tolist()):
            two += b * e * math.log((a / b + c / e) / 2)
    aim = torch.tensor([one, two], dtype=torch.float64)
    aim = (aim - p.double().sum().log()).to(dtype)
    checks.close(checks.untouched(exact_bias, p, q), aim,
                 "the exact bias at k = 1 and 2",
                 "pairs of draws have probability q(z) q(z')", rough)
### END HIDDEN TESTS

# %% [markdown]
# **Look.** The two humps again, with $q = N(0, 4^2)$, 40,000 runs. $\operatorname{Var}(w)$ is an integral over one
# variable, so the line is exact. **Predict**: from which $k$ on do points and line agree?

# %% tags=["demo"]
k, runs = 64, 40000
log_w = weights_of(0.0, 4.0, k, runs, seed=1).T
measured = log_bias(log_w, torch.tensor(0.5).double().log())
grid = torch.linspace(-40, 40, 40001, dtype=torch.float64)
log_q = torch.distributions.Normal(0.0, 4.0).log_prob(grid)
second = (2 * explorer.log_joint(grid) - log_q).exp()
ratio = torch.trapezoid(second, grid).item() / 0.25 - 1
counts = torch.arange(1, k + 1)
figure, ax = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
ax.plot(counts, -measured, "o", markersize=3, label="measured")
ax.plot(counts, ratio / (2 * counts), color="black", linewidth=1,
        label="Var(w) / (2 k p²)")
ax.set(xscale="log", yscale="log", xlabel="draws k",
       ylabel="log p − mean of log $\\hat p$ (nats)")
ax.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# From a few dozen draws on the formula is right to a tenth or so. With few draws the bias is much larger, because a run
# may miss both humps, and the logarithm of almost nothing is far away. The shortfall is positive at every $k$: a
# log-likelihood that was estimated by importance sampling never flatters the model on average, and more draws raise it.
# The value at $k = 1$, $\mathbb E_q[\log w]$, is the **evidence lower bound** of unit 06.
#
# **Change one number.** Replace the width 4 by 12 (twice in the cell). How many times more draws does the same bias
# need?
#
# ## 7 gmlib's own versions, and your machine
#
# gmlib draws, weighs and looks at the weights in one call: `importance_sampling(log_joint, q, k, generator)` takes a
# function and a `torch.distributions` object, and returns `log_p`, `effective_sample_size` and `relative_error`.

# %% test="importance--gmlib" points=1
generator = checks.generator("importance--gmlib")
draws = torch.randn(2, 20, 3, generator=generator)
log_w, log_p = importance(draws[0], draws[1])
theirs = Importance(draws[0] - draws[1])
checks.close(log_w, theirs.log_weights, "your log weights, beside gmlib's")
checks.close(log_p, theirs.log_p, "your log p_hat, beside gmlib's")
print("Your estimate and gmlib's agree.")

# %% test="gmlib_importance--devices" points=0
log_prior = torch.tensor([0.2, 0.5, 0.3]).log()
for device in gmlib.devices():
    q = torch.distributions.Categorical(torch.ones(3, device=device))
    exact = torch.distributions.Categorical(log_prior.exp().to(device))
    generator = checks.generator("gmlib_importance--devices")
    found = importance_sampling(
        lambda z: log_prior.to(device)[z] - 4, q, 20000, generator)
    checks.close(found.log_p.exp() * math.e**4, torch.tensor(1.0),
                 "gmlib's p_hat / p", tolerance=0.05)
    found = importance_sampling(
        lambda z: log_prior.to(device)[z] - 4, exact, 1, generator)
    checks.close(found.log_p, torch.tensor(-4.0),
                 "gmlib's log p_hat of one draw of the posterior")
print("gmlib's importance sampling is right on every device.")

# %% test="importance--devices" points=0
generator = checks.generator("importance--devices")
draws = torch.randn(2, 9, 4, generator=generator)
theirs = Importance(draws[0])
checks.close(effective_size(draws[0]), theirs.effective_sample_size,
             "your effective size, beside gmlib's", tolerance=1e-3)
checks.close(relative_error(draws[0]), theirs.relative_error,
             "your relative error, beside gmlib's", tolerance=1e-3)
checks.same_on_devices(lambda a, b: importance(a, b)[1], *draws)
checks.same_on_devices(effective_size, draws[0])
checks.same_on_devices(relative_error, draws[0])
checks.same_on_devices(lambda x: naive(x, 2**30), draws[1])
checks.same_on_devices(lambda x: marginal(x)[1], draws[1])
print("As gmlib's, and the same on every device that is here.")

# %% [markdown]
# ## Recap
#
# | | uniform draws | importance sampling |
# |---|---|---|
# | $\hat p$ | $\lvert\mathcal Z\rvert \frac1k \sum_j p(\mathbf x, \mathbf z^{(j)})$ | $\frac1k \sum_j p(\mathbf x, \mathbf z^{(j)}) / q(\mathbf z^{(j)})$ |
# | unbiased | yes | if $q > 0$ wherever $p(\mathbf x, \mathbf z) > 0$ |
# | $\operatorname{Var}(\hat p) / p^2$ | grows exponentially with the latents | 0 for the posterior, infinite for thin tails |
# | error against $k$ | $k^{-1/2}$ | $k^{-1/2}$ where $\operatorname{Var}(w)$ is finite |
#
# | what to remember | |
# |---|---|
# | logarithms | average the weights, then take the log: logsumexp $-$ log $k$ |
# | $\log \hat p$ | too low, by about $\operatorname{Var}(w) / (2 k p^2)$ |
# | a small effective sample size | believe it: the estimate rests on few draws |
# | a large one | proves nothing: a hump may have been missed |
#
# **Next.** Unit 06 asks for the best $q$ in a family, by maximising what here was the value at $k = 1$. **To read.**
# Owen, *Monte Carlo theory, methods and examples* (2013), chapter 9; Burda, Grosse and Salakhutdinov, *Importance
# Weighted Autoencoders* (2016), where $k$ draws train a model.
