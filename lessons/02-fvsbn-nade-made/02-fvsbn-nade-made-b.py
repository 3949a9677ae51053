# %% [markdown]
# # 02b Other outputs, and what an autoencoder lacks
#
# At the end of this notebook you can
#
# - give NADE's hidden states other outputs: 17 grey levels (softmax), or real numbers (a mixture of $K$ Gaussians);
# - keep all of that finite where the textbook formula is not;
# - say, with a number, why an ordinary autoencoder is not a distribution.
#
# **Time** 70 minutes. **Before** notebook 02a. **Points** 10. **Lecture** 001, *General discrete distributions* to
# *Autoregressive models vs. autoencoders*.

# %% install=True

# %% [markdown]
# All imports stand here, and two short helpers: the log-probability of binary pixels in PyTorch's words, and a seed.
# As before, none of your functions may change the tensors that it is given.

# %%
import math

import matplotlib.pyplot as plt
import torch

import gmlib
from gmlib import autoregressive, checks, data, plotting, training


def log_bernoulli(x, logits):
    """log p(x) in nats, (batch,), from the scores of the conditionals."""
    pixels = torch.distributions.Bernoulli(logits=logits)
    return pixels.log_prob(x).sum(-1)


def new_generator(seed=0):
    return torch.Generator().manual_seed(seed)

# %% [markdown]
# ## 1 More than two values: softmax
#
# The scanner gave 17 grey levels, $0 \dots 16$. For $K$ levels the output needs $K$ scores a pixel, and the softmax
# makes them probabilities:
#
# $$\hat x_i = (p^1_i, \dots, p^K_i) = \text{softmax}(A_i h_i + b_i), \qquad
# \text{softmax}(a)^k = \frac{\exp(a^k)}{\sum_j \exp(a^j)}$$
#
# (Here the lecture writes $A_i$, shape $(K, d)$, for the output weights, not those of the hidden layer.) Adding the
# same number to all scores changes nothing: it cancels. With $K = 2$ and scores $(z, 0)$ the first
# probability is $e^z / (e^z + 1) = \sigma(z)$: the sigmoid is a softmax with two levels.
#
# **By hand.** Scores $(\ln 1, \ln 2, \ln 5)$ give $(1/8, 2/8, 5/8)$. Scores 1000 higher give the same, on paper.
#
# *Beside the lecture.* It writes `np.exp(a)/np.sum(np.exp(a))`. On those higher scores this is $\infty / \infty$:

# %%
scores = torch.tensor([1.0, 2, 5]).log()
for a in [scores, scores + 1000]:
    print((torch.exp(a) / torch.sum(torch.exp(a))).tolist())

# %% [markdown]
# ### Exercise 2.7: a softmax that survives (1 point)
# Use the freedom above: **subtract the largest score of each row first**. Then no exponential exceeds 1.

# %% solution="softmax"
def softmax(a):
    """Probabilities from scores, along the last axis.

    a: (..., K), float: scores, of any size.
    Returns (..., K), float: non-negative, each row sums to 1.
    """
    ### BEGIN SOLUTION
    e = torch.exp(a - a.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
    ### END SOLUTION

# %% test="softmax--rows" points=1
ratio = torch.tensor([[1.0, 2, 5], [5, 1, 2], [4, 3, 1]])
p = checks.untouched(softmax, ratio.log() + 1000)
checks.finite(p, "softmax at scores of 1000",
              "exp(1000) overflows: subtract the largest score first")
checks.close(
    p, ratio / 8, "softmax(a)",
    "each row, along the last axis, is exp(a) over the sum of that row",
    tolerance=1e-3,
)
a = torch.tensor([[1000.0, 0], [0, -1000]])
p = softmax(a)
hint = "subtract from each row its own largest score"
checks.finite(p, "softmax of two rows 1000 apart", hint)
checks.close(p, torch.tensor([[1.0, 0], [1, 0]]),
             "softmax of two rows 1000 apart", hint)
print("Rows sum to one, also at scores of 1000.")
### BEGIN HIDDEN TESTS
generator = checks.generator("softmax--rows", fresh=True)
for shape, dtype in [
    ((7,), torch.float64), ((4, 3, 5), torch.float32),
    ((3, 3), torch.float64),
]:
    a = 3 * torch.randn(*shape, generator=generator, dtype=dtype)
    weights = a.double().exp()
    checks.close(
        softmax(a), (weights / weights.sum(-1, keepdim=True)).to(dtype),
        f"softmax of a tensor of shape {shape}",
        "normalise along the last axis", dtype=dtype,
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2.8: the log-probability of grey levels (3 points)
# Take the logarithm *before* you divide, $\log p^k = a^k - \log \sum_j e^{a^j}$ (`torch.logsumexp` is stable): the
# logarithm of a softmax that has rounded to 0 would be $-\infty$. Then pick, for each pixel, the entry of the level
# that it has, and sum over pixels. (One point is given at the end, where gmlib's version must agree.)

# %% solution="log_categorical" withhold="autoregressive.categorical_nade"
def log_categorical(x, scores):
    """log p(x) of pixels with K levels, from the scores of the levels.

    x:      (batch, n), long: the level of each pixel, 0 to K - 1.
    scores: (batch, n, K), float: a score for each level of each pixel.
    Returns (batch,), float: log p(x) in nats, summed over the pixels.
    Stays finite for scores that lie 1000 apart.
    """
    ### BEGIN SOLUTION
    log_p = scores - scores.logsumexp(-1, keepdim=True)
    return log_p.gather(-1, x[..., None])[..., 0].sum(-1)
    ### END SOLUTION

# %% test="log_categorical--levels" points=1
checks.own_work(log_categorical, "autoregressive.categorical_nade")
generator = checks.generator("log_categorical--levels")
scores = torch.randn(2, 3, generator=generator)
checks.levels_sum_to_one(
    lambda x: log_categorical(x, scores.repeat(len(x), 1, 1)), 2, 3,
    hint="pick the log-probability of each pixel's own level",
)
far = torch.tensor(
    [[[1000.0, 0, 0], [0, 1000, 0], [-1000, -3000, -2000]]]
)
log_p = checks.untouched(log_categorical, torch.tensor([[1, 1, 0]]), far)
checks.finite(
    log_p, "log p(x) at scores 1000 apart",
    "the softmax rounds to 0 there: take the log before you divide, with "
    "a logsumexp for each pixel",
)
checks.close(
    log_p, torch.tensor([-1000.0]), "log p(x) at scores 1000 apart",
    "sum over pixels the log-probability of the level that each has",
)
print("All images of two pixels with three levels sum to one.")

# %% test="log_categorical--fresh" points=1
# Other sizes, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("log_categorical--fresh", fresh=True)
for n, K, dtype in [
    (1, 2, torch.float64), (5, 17, torch.float32), (4, 4, torch.float64)
]:
    scores = 3 * torch.randn(4, n, K, generator=generator, dtype=dtype)
    x = torch.randint(K, (4, n), generator=generator)
    picked = torch.tensor(
        [[scores[k, i, x[k, i]] for i in range(n)] for k in range(4)]
    ).to(dtype)
    checks.close(
        log_categorical(x, scores),
        (picked - scores.logsumexp(-1)).sum(1),
        f"log p(x) for {n} pixels of {K} levels",
        "sum over pixels the log-probability of the level that each has",
        dtype=dtype,
    )
### END HIDDEN TESTS

# %% [markdown]
# ### A NADE with 17 levels
# gmlib's `CategoricalNADE` does the sweep and gives the scores (each level of each pixel has its own column of $W$);
# the loss is your function. **Predict.** With 17 equally likely levels a pixel costs $\log_2 17 \approx 4.09$ bits.
# Will the trained model need more or less than that, and how much?

# %% tags=["demo"] exempt="trained numbers differ between processors"
def level_loss(model, x):
    return -log_categorical(x, model.logits(x)).mean()


grey = data.digits(levels=17)
levels = autoregressive.CategoricalNADE(
    64, levels=17, hidden=48, generator=new_generator()
)
training.fit(levels, grey.train.x, grey.validation.x, loss=level_loss,
             epochs=8, learning_rate=0.03, generator=new_generator())
with torch.no_grad():
    nats = level_loss(levels, grey.test.x).item()
bits = training.bits_per_dim(nats, 64)
assert 1.9 < bits < 2.4
print(f"{nats:.1f} nats an image, {bits:.2f} bits a pixel")

# %% [markdown]
# About half: most pixels near the edge are always 0, and strokes are smooth. Next, what the softmax gives that a
# single number could not: the whole distribution of a pixel, given those before it. **Predict.** What shape will it
# have for a pixel that may or may not be part of a stroke?

# %% tags=["demo"]
with torch.no_grad():
    p = softmax(levels.logits(grey.test.x[:1]))[0].tolist()
figure, axes = plt.subplots(1, 4, figsize=(11, 2.7), layout="constrained")
x = grey.test.x[0]
plotting.images(x[None] / 16, 1, title="a test digit", ax=axes[0])
for axis, i in zip(axes[1:], [18, 27, 35]):
    axis.bar(range(17), p[i], color="tab:blue")
    axis.axvline(x[i].item(), color="tab:orange")
    axes[0].text(1 + i % 8, 1 + i // 8, i + 1, color="tab:orange",
                 ha="center", va="center", fontsize=8)
    axis.set(title=f"pixel {i + 1}", xlabel="level", ylim=(0, 0.6))
axes[1].set_ylabel("p(level | earlier pixels)")
plotting.picture(figure)

# %% [markdown]
# The orange line is the level that the pixel has. None of these is a bell curve: *no ink* has a bar of its own, and
# beside it stands a broad choice of shades or a pile at *full ink*. The softmax can give two answers at once.
#
# **Change one number.** Draw other pixels (the list `[18, 27, 35]`). Which pixels are nearly certain before you see
# them?
#
# What it learned, in pictures: samples (drawn by gmlib, pixel by pixel) beside data. **Predict.** The model treats
# the 17 levels as names without an order. Will its strokes be smooth all the same?

# %% tags=["demo"]
figure, axes = plt.subplots(1, 2, figsize=(9, 2.6), layout="constrained")
drawn = levels.sample(18, new_generator())
for axis, x, title in [
    (axes[0], grey.test.x[:18], "data"), (axes[1], drawn, "samples")
]:
    plotting.images(x / 16, columns=6, title=title, ax=axis)
plotting.picture(figure)

# %% [markdown]
# Strokes, though rougher than in the data. That 12 and 13 are neighbours the model must learn from the images, and
# 1,200 of them teach it only in part. And as before, the plan of the whole digit is often lost on the way down.
#
# ## 2 Real numbers: a mixture of $K$ Gaussians
#
# Brightness is really continuous. Let $\hat x_i$ hold the means and standard deviations of $K$ bells:
#
# $$p(x_i \mid x_{<i}) = \sum_{j=1}^K \pi_i^j \; \mathcal N(x_i; \mu_i^j, \sigma_i^j), \qquad
# \log \mathcal N(x; \mu, \sigma) = -\tfrac12 \Big(\frac{x - \mu}{\sigma}\Big)^2 - \log \sigma - \tfrac12 \log 2 \pi$$
#
# In the lecture all weights are equal, $\pi_i^j = 1/K$. We start there and then let the network choose them, through
# a softmax of $K$ further scores. The network gives $\log \sigma$, so that $\sigma = \exp(\log \sigma)$ is positive.
# $\sigma$ is a standard deviation, here and in the lecture. Densities may exceed 1, so $\log p(x)$ may be positive.
#
# **By hand.** $K = 2$, $\mu = (0, 1)$, $\sigma = (1, 1)$, equal weights, $x = 0$: the bells have heights $0.3989$ and
# $0.2420$, so $p(0) = 0.3205$ and $\log p(0) = -1.138$. The mean of the two logarithms is $-1.169$: lower, and what
# it is the logarithm of does not integrate to 1. Sum the bells first, then take the logarithm.
#
# ### Exercise 2.9: the log-density of a mixture (3 points)
# Far from every mean all bells round to 0 and their logarithm to $-\infty$. So combine the bells' *logarithms* with
# `torch.logsumexp`. Each pixel has its own mixture: sum over bells inside the pixel, then over pixels.

# %% solution="log_mixture" withhold="autoregressive.mixture_nade"
def log_mixture(x, mu, log_sigma, scores=None):
    """log p(x) of real pixels, each a mixture of K Gaussians.

    x:         (batch, n), float: the pixels.
    mu:        (batch, n, K), float: the means.
    log_sigma: (batch, n, K), float: logs of the standard deviations.
    scores:    (batch, n, K), float: the weights are softmax(scores) along
               the last axis; None means 1/K each.
    Returns (batch,), float: log p(x) in nats, summed over the pixels.
    Stays finite, and right, far from all means.
    """
    ### BEGIN SOLUTION
    if scores is None:
        scores = torch.zeros_like(mu)
    log_weights = scores - scores.logsumexp(-1, keepdim=True)
    u = (x[..., None] - mu) / log_sigma.exp()
    log_bells = -0.5 * u**2 - log_sigma - 0.5 * math.log(2 * math.pi)
    return torch.logsumexp(log_weights + log_bells, -1).sum(-1)
    ### END SOLUTION

# %% test="log_mixture--equal" points=1
checks.own_work(log_mixture, "autoregressive.mixture_nade")
mu = torch.tensor([[[0.0, 1]]])
zeros = torch.zeros(1, 1, 2)
log_p = checks.untouched(log_mixture, torch.zeros(1, 1), mu, zeros)
checks.close(
    log_p, torch.tensor([-1.1380]), "log p(0) of the example by hand",
    "the log of the mean of the bells, not the mean of their logs",
    tolerance=1e-3,
)
mu = torch.tensor([[[-1.0, 0.5, 2]]], dtype=torch.float64)
log_sigma = torch.tensor([[[0.2, -1, -0.5]]], dtype=torch.float64)
checks.integrates_to_one(
    lambda x: log_mixture(
        x, mu.repeat(len(x), 1, 1), log_sigma.repeat(len(x), 1, 1)
    ),
    -15, 15, "the mixture",
    "is sigma a standard deviation, and the weight 1/K?", points=1001,
)
checks.finite(
    log_mixture(torch.full((1, 1), 200.0), mu.float(), log_sigma.float()),
    "log p(200)", "all bells round to 0 out there: use logsumexp",
)
print("Equal weights: the density integrates to one.")

# %% test="log_mixture--learned" points=1
mu = torch.tensor([[[-1.0, 0.5, 2]]], dtype=torch.float64)
log_sigma = torch.tensor([[[0.2, -1, -0.5]]], dtype=torch.float64)
scores = torch.tensor([[[3.0, 0, 1]]], dtype=torch.float64)
three = [mu, log_sigma, scores]
checks.integrates_to_one(
    lambda x: log_mixture(x, *(v.repeat(len(x), 1, 1) for v in three)),
    -15, 15, "the mixture with learned weights",
    "the weights are the softmax of the scores, and sum to one",
    points=1001,
)
x = torch.tensor([[0.3]], dtype=torch.float64)
bells = torch.exp(-0.5 * ((x[..., None] - mu) / log_sigma.exp()) ** 2)
bells = bells / (log_sigma.exp() * math.sqrt(2 * math.pi))
checks.close(
    log_mixture(x, mu, log_sigma, scores),
    (torch.softmax(scores, -1) * bells).sum(-1).log().sum(-1),
    "log p(0.3) with learned weights", "are the scores used?",
)
print("Learned weights: the density integrates to one.")

# %% test="log_mixture--fresh" points=1
# Several pixels, other sizes, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("log_mixture--fresh", fresh=True)
for n, K, dtype in [
    (1, 1, torch.float32), (5, 4, torch.float64), (3, 3, torch.float32)
]:
    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=dtype)

    x, mu, log_sigma = draw(6, n), draw(6, n, K), draw(6, n, K)
    far = x.clone()
    far[:, 0] += 200
    bells = torch.distributions.Normal(mu, log_sigma.exp())
    for scores in [None, draw(6, n, K), 100 * draw(6, n, K)]:
        weights = torch.distributions.Categorical(
            logits=torch.zeros_like(mu) if scores is None else scores
        )
        right = torch.distributions.MixtureSameFamily(weights, bells)
        found = checks.untouched(log_mixture, x, mu, log_sigma, scores)
        checks.close(
            found, right.log_prob(x).sum(1),
            f"log p(x) for {n} pixels and {K} bells",
            "each pixel has its own mixture: bells first, then pixels",
            dtype=dtype,
        )
        found = log_mixture(far, mu, log_sigma, scores)
        what = "log p(x) where one pixel lies 200 from all means"
        hint = "logs of weights and bells, then a logsumexp per pixel"
        checks.finite(found, what, hint)
        checks.close(found, right.log_prob(far).sum(1), what, hint)
mu, scores = torch.tensor([[[0.0, 100]], [[0.0, -2000]]])[:, None]
found = log_mixture(mu[..., 1], mu, 0 * mu, scores)
checks.close(
    found, torch.tensor([-2000 - 0.5 * math.log(2 * math.pi)]),
    "log p(x) where only a bell of weight exp(-2000) is near", hint,
)
### END HIDDEN TESTS

# %% [markdown]
# ### Patches of two photographs
# Our real numbers are 3x3 patches of scikit-learn's two photographs, brightness between 0 and 1, with the rounding to
# 256 steps undone by a little uniform noise. gmlib's `MixtureNADE` does the sweep again, and its `conditionals`
# return the log-weights, the means and the log-sigmas; the loss is yours.
#
# **Predict.** We compare one bell, five bells of equal weight, and five whose weights are learned. One bell must
# place its mean between *the surface goes on* and *here is an edge*. How much do more bells help?

# %% tags=["demo"] exempt="trained numbers differ between processors"
def patch_loss(model, x):
    log_weights, mu, log_sigma = model.conditionals(x)
    return -log_mixture(x, mu, log_sigma, log_weights).mean()


patches = data.image_patches(6000, generator=new_generator())
train, held, test = patches.split([4000, 1000, 1000])
densities = {}
for name, K, learned in [
    ("1 bell", 1, False), ("5, equal weights", 5, False),
    ("5, learned weights", 5, True),
]:
    density = autoregressive.MixtureNADE(
        9, 32, K, learned, generator=new_generator()
    )
    training.fit(density, train, held, loss=patch_loss, epochs=8,
                 batch_size=100, generator=new_generator())
    densities[name] = density
    with torch.no_grad():
        nats = patch_loss(density, test).item()
    bits = 8 + training.bits_per_dim(nats, 9)
    print(f"{name:18}: {bits:.2f} bits a pixel")
    assert 4.5 < bits < 7

# %% [markdown]
# (A density of 1 on $[0, 1]$ would need the 8 bits of the file; hence *8 plus*.) Several bells help, and letting the
# network weigh them helps again: with equal weights a narrow bell on *as before* cannot be made more likely than the
# rest. Look at the last pixel of some patches, given the eight before it:

# %% tags=["demo"]
grid = torch.linspace(0, 1, 400)
figure, axes = plt.subplots(1, 3, figsize=(11, 3), layout="constrained")
rank = test[:, :8].std(1).argsort()
chosen = {"smooth": rank[100], "in between": rank[600], "edge": rank[950]}
for axis, (kind, k) in zip(axes, chosen.items()):
    x = test[k].repeat(len(grid), 1)
    x[:, 8] = grid
    for name, density in densities.items():
        w, mu, s = (v[:, 8:].detach() for v in density.conditionals(x))
        height = log_mixture(x[:, 8:], mu, s, w).exp()
        axis.semilogy(grid.tolist(), height.tolist(), label=name)
    axis.axvline(test[k, 8].item(), color="gray", linestyle=":")
    axis.set(title=f"a patch, {kind}", xlabel="brightness of pixel 9",
             ylim=(1e-3, 200))
axes[0].set_ylabel("density, given pixels 1 to 8")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right")
plotting.picture(figure)

# %% [markdown]
# The dotted line is the true brightness, the height is on a logarithmic scale. Several bells share the work: a narrow
# one on *as before*, wide ones under it for *here is an edge*. One bell must be wide enough for both, and so is low
# where the answer nearly always lies. Where the edge came (right) five bells lose to it, but the wide ones keep the
# loss small.
#
# **Change one number.** Use 2 bells instead of 5. Which part of the gain is left?
#
# Patches drawn from the densities, beside real ones, each sheet sorted from dark to light. **Predict.** What will be
# wrong with those of one bell?

# %% tags=["demo"]
figure, axes = plt.subplots(1, 3, figsize=(11, 2.0), layout="constrained")
sheets = {"real patches": test[:40]}
for name in ["1 bell", "5, learned weights"]:
    sheets[name] = densities[name].sample(40, new_generator())
for axis, (name, x) in zip(axes, sheets.items()):
    x = x[x.mean(1).argsort()]
    plotting.images(x, columns=10, shape=(3, 3), title=name, ax=axis)
plotting.picture(figure)

# %% [markdown]
# Real patches are flat or have an edge. One bell gives every patch the same middling noise. The mixture draws flat
# ones, and now and then a pixel that jumps: it has learned that there are edges, not yet how they run.
#
# ## 3 An autoencoder is not a distribution
#
# Seen from far away, FVSBN and NADE take $n$ pixels in and give $n$ numbers $\hat x_i$ out. So does an autoencoder:
# an encoder $e$ squeezes $x$ into a code $h$, a decoder $d$ unfolds it, and both are trained to make $\hat x =
# d(e(x))$ like $x$. For binary pixels the loss is the cross-entropy
#
# $$\text{BCE}(x) = \sum_i - x_i \log \hat x_i - (1 - x_i) \log (1 - \hat x_i)$$
#
# which looks just like the $-\log p(x)$ of notebook 02a. It is not one, and this section measures by how much.
#
# *Beside the lecture.* It writes the encoder as $e(x) = \sigma(W^2 (W^1 x + b^1) + b^2)$. Without a nonlinearity
# between them, the two layers are a single linear layer; you need $\sigma(W^2 \, \sigma(W^1 x + b^1) + b^2)$.
# **By hand**, with one number a layer: $3 \, (2x + 1) + 4 = 6x + 7$.
#
# ### Exercise 2.10: two linear layers are one (1 point)

# %% solution="collapse"
def collapse(W1, b1, W2, b2):
    """The single layer that does what two linear layers do in a row.

    W1: (d, n), b1: (d,): the first layer, W1 x + b1.
    W2: (k, d), b2: (k,): the second, on the result of the first.
    Returns (W, b) of shapes (k, n) and (k,), so that for every x
    W x + b = W2 (W1 x + b1) + b2.
    """
    ### BEGIN SOLUTION
    return W2 @ W1, W2 @ b1 + b2
    ### END SOLUTION

# %% test="collapse--hand" points=1
one = torch.ones(1)
answer = checks.untouched(
    collapse, 2 * one[None], one, 3 * one[None], 4 * one
)
W, b = checks.items(answer, 2, "the pair (W, b)")
checks.close(W, 6 * one[None], "W of the example by hand",
             "a factor of 2 and then one of 3 make 6")
checks.close(b, 7 * one, "b of the example by hand",
             "the first bias passes through the second layer too")
print("3 (2x + 1) + 4 = 6x + 7.")
### BEGIN HIDDEN TESTS
generator = checks.generator("collapse--hand", fresh=True)
for n, d, k, dtype in [(4, 4, 4, torch.float64), (3, 5, 2, torch.float32)]:
    W1 = torch.randn(d, n, generator=generator, dtype=dtype)
    W2 = torch.randn(k, d, generator=generator, dtype=dtype)
    b1 = torch.randn(d, generator=generator, dtype=dtype)
    b2 = torch.randn(k, generator=generator, dtype=dtype)
    W, b = checks.items(
        collapse(W1, b1, W2, b2), 2, "the pair (W, b)"
    )
    checks.value(W, (k, n), dtype, "W")
    checks.value(b, (k,), dtype, "b")
    columns = [
        sum(W2[:, u] * W1[u, j] for u in range(d)) for j in range(n)
    ]
    checks.close(
        W, torch.stack(columns, 1), "W",
        "W1 acts first, W2 on its result: the order of a product matters",
    )
    checks.close(
        b, sum(W2[:, u] * b1[u] for u in range(d)) + b2, "b",
        "the first bias passes through the second layer too",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### What the "probabilities" sum to
# If $\exp(-\text{BCE}(x))$ were a probability, its sum over all $2^n$ images would be 1. Take an autoencoder that got
# so good that it copies its input: $\hat x = x$. Then BCE is 0 for *every* $x$, noise included, each image gets
# "probability" 1, and the sum is $2^n$.
#
# **By hand**, $n = 1$. The identity: $1 + 1 = 2$. The constant $\hat x = 1/4$, which looks at nothing:
# $3/4 + 1/4 = 1$, a distribution. The contrarian $\hat x = 1 - x$: $0 + 0$.
#
# ### Exercise 2.11: the log of that sum (2 points)
# Return $\log \sum_x \exp(-\text{BCE}(x))$. Two traps: for the identity $0 \log 0$ occurs, which counts as 0 here
# (`torch.xlogy(a, b)` is $a \log b$ with that rule); and $\exp(-\text{BCE})$ rounds to 0 when BCE is large, so
# use `torch.logsumexp`.

# %% solution="log_total"
def log_total(x, x_hat):
    """log of the sum over all images of exp(-BCE): 0 for a distribution.

    x:     (2^n, n), float: all binary images of n pixels, one a row.
    x_hat: (2^n, n), float in [0, 1]: what the network made of each.
    Returns one number, shape (), in nats.
    """
    ### BEGIN SOLUTION
    bits = torch.xlogy(x, x_hat) + torch.xlogy(1 - x, 1 - x_hat)
    return torch.logsumexp(bits.sum(-1), 0)
    ### END SOLUTION

# %% test="log_total--identity" points=1
x = checks.binary_vectors(4)
total = log_total(x, torch.full_like(x, 0.25))
checks.close(
    total, torch.tensor(0.0), "the log-sum of a constant x_hat of 1/4",
    "that is four independent pixels, a distribution: its sum is 1",
)
total = checks.untouched(log_total, x, x.clone())
checks.finite(total, "the log-sum for the identity", "0 log 0 counts as 0")
checks.close(
    total, torch.tensor(4 * math.log(2)), "the log-sum for the identity",
    "each of the 2^n images has exp(-BCE) = 1",
)
x = checks.binary_vectors(10)
total = log_total(x, 2**-16 + (1 - 2**-15) * (1 - x))
what = "the log-sum where every BCE is large"
hint = "exp(-BCE) rounds to 0: use logsumexp"
checks.finite(total, what, hint + ", with nothing clamped")
checks.close(total, torch.tensor(-150 * math.log(2)), what,
             hint + ", with nothing clamped and nothing added")
print("n log 2 for the identity, 0 for independent pixels.")

# %% test="log_total--fresh" points=1
# Other networks and sizes, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("log_total--fresh", fresh=True)
for n, dtype in zip([1, 5, 8], [torch.float32, torch.float64] * 2):
    order = torch.randperm(2**n, generator=generator)
    x = checks.binary_vectors(n, dtype)[order]
    x_hat = torch.rand(2**n, n, generator=generator, dtype=dtype)
    x_hat = 0.02 + 0.96 * x_hat
    q = torch.where(x == 1, x_hat, 1 - x_hat).double().prod(1)
    checks.close(
        log_total(x, x_hat), q.sum().log().to(dtype),
        f"the log-sum for n = {n}",
        "row k of x_hat belongs to row k of x: sum BCE over its pixels, "
        "then exp(-BCE) over the images",
    )
    model = autoregressive.MADE(n, (9,)).to(dtype)
    checks.randomise(model, generator, scale=0.7)
    checks.close(
        log_total(x, model.conditionals(x).detach()),
        torch.tensor(0.0, dtype=dtype), "the log-sum under MADE's masks",
        "masks make the autoencoder a distribution",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Measured on trained autoencoders
# Patches of 3x4 pixels, cut from the middle of the digits, are small enough to enumerate: $2^{12} = 4096$ images. We
# train autoencoders with a code of $k$ numbers. **Predict.** With $k = 0$ the decoder sees nothing. What is the
# log-sum then? And where does it go as $k$ grows?

# %% tags=["demo"]
patches = data.digit_patches()
everything = checks.binary_vectors(12)


def autoencoder(k):
    with torch.random.fork_rng():
        torch.manual_seed(k)
        return torch.nn.Sequential(
            torch.nn.Linear(12, 32), torch.nn.ReLU(),
            torch.nn.Linear(32, k), torch.nn.Linear(k, 32),
            torch.nn.ReLU(), torch.nn.Linear(32, 12),
        )


def bce(network, x):
    return -log_bernoulli(x, network(x)).mean()


codes, totals, losses = [1, 2, 4, 6, 9, 12], [], []
for k in codes:
    network = autoencoder(k)
    training.fit(network, patches.train.x, loss=bce, epochs=12,
                 learning_rate=0.02, generator=new_generator())
    with torch.no_grad():
        x_hat = network(everything).sigmoid()
    totals.append(log_total(everything, x_hat).item())
    losses.append(bce(network, patches.test.x).item())
assert totals[-1] > totals[0] and losses[-1] < losses[0]

# %% [markdown]
# The dashed line is where a distribution would be, the dotted one is $n \log 2$, the identity.

# %% tags=["demo"]
figure, axis = plt.subplots(figsize=(6, 3.4), layout="constrained")
axis.plot(codes, totals, "o-", label="log-sum over all images")
axis.plot(codes, losses, "s-", label="mean BCE, test images")
axis.axhline(0, color="gray", linestyle="--")
axis.axhline(12 * math.log(2), color="gray", linestyle=":")
axis.set(xlabel="numbers in the code, k", ylabel="nats", xticks=codes)
axis.legend()
plotting.picture(figure)

# %% [markdown]
# The better the autoencoder gets at its own task, the further its sum is from 1: it learns to copy, and whoever
# copies everything finds nothing improbable. Its loss near 0 says nothing about how likely an image is. Nor is there
# a way to sample: each output wants to see the very pixel that we do not have yet.
#
# **Change one number.** Train for 2 epochs instead of 12. Which of the two curves moves, and does the log-sum of a
# badly trained autoencoder mean that it is closer to a distribution?
#
# ## 4 gmlib's own versions, and your machine
# The following cells are locked. gmlib's own models are held to your checks on every device that this machine has (0
# points), and your function must agree with gmlib's (1 point). The last ones say whether your functions also run on a
# GPU, if there is one (0 points: nothing is lost if not).

# %% test="gmlib_outputs--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_outputs--devices")
    levels = autoregressive.CategoricalNADE(3, 4, 5).to(device)
    checks.randomise(levels, generator)
    checks.levels_sum_to_one(lambda x: levels.log_prob(x.to(device)), 3, 4)
    density = autoregressive.MixtureNADE(1, 5, 3).to(device)
    checks.randomise(density, generator, scale=0.5)
    checks.integrates_to_one(
        lambda x: density.log_prob(x.float().to(device)).double(), -30, 30
    )
print("gmlib's outputs pass on every device that this machine has.")

# %% test="log_categorical--gmlib" points=1
generator = checks.generator("log_categorical--gmlib")
model = autoregressive.CategoricalNADE(6, 5, 4)
checks.randomise(model, generator)
x = torch.randint(5, (20, 6), generator=generator)
checks.close(
    log_categorical(x, model.logits(x).detach()),
    model.log_prob(x).detach(),
    "log p(x) beside gmlib's categorical NADE",
    "both have the same scores",
)
print("Your log-probability of levels and gmlib's agree.")

# %% [markdown]
# Do your functions run where their inputs are? On a machine without a GPU these cells have nothing to find.

# %% test="softmax--devices" points=0
generator = checks.generator("softmax--devices")
checks.same_on_devices(softmax, torch.randn(3, 4, generator=generator))
print("softmax runs on every device that this machine has.")

# %% test="log_categorical--devices" points=0
generator = checks.generator("log_categorical--devices")
x = torch.randint(5, (3, 4), generator=generator)
scores = torch.randn(3, 4, 5, generator=generator)
checks.same_on_devices(log_categorical, x, scores)
print("log_categorical runs on every device that this machine has.")

# %% test="log_mixture--devices" points=0
generator = checks.generator("log_mixture--devices")
x, mu = torch.randn(3, 4, generator=generator), torch.zeros(3, 4, 2)
checks.same_on_devices(log_mixture, x, mu, mu)
print("log_mixture runs on every device that this machine has.")

# %% test="log_total--devices" points=0
x = checks.binary_vectors(4)
checks.same_on_devices(log_total, x, torch.full_like(x, 0.3))
print("log_total runs on every device that this machine has.")

# %% [markdown]
# ## Recap
#
# | pixels | conditional of pixel $i$ | outputs a pixel | stable because |
# |---|---|---|---|
# | 0 or 1 | $\sigma(z_i)$ | 1 | `logsigmoid`, on scores |
# | $K$ levels | softmax of $K$ scores | $K$ | the largest score is subtracted; log before dividing |
# | real numbers | $\sum_j \pi_i^j \, \mathcal N(\mu_i^j, \sigma_i^j)$ | $2K$, with weights $3K$ | logsumexp over bells |
#
# | an autoencoder has | an autoregressive model has |
# |---|---|
# | outputs that see all of $x$ | outputs that see only earlier variables |
# | $\log \sum_x \exp(-\text{BCE}(x))$ anywhere, $n \log 2$ for the identity | there exactly 0 |
#
# **Next.** Notebook 02c cuts the connections that are too many: MADE.
#
# **To read.** Uria, Murray and Larochelle (2013), *RNADE: The real-valued neural autoregressive density-estimator*;
# Bishop (1994), *Mixture density networks*.
