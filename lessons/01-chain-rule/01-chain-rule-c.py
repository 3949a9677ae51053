# %% [markdown]
# # Unit 01, third notebook: one joint model, three uses
#
# A model of images and labels together, $p(x, y)$, answers more than one question. At the end you will be able to
#
# - use one joint model as a classifier and as a generator;
# - rank clean against corrupted images by their density;
# - let a model show how the variables hang together.
#
# **Time**: about 50 minutes. **You need**: the first notebook, `01-chain-rule`, and from the second the log-likelihood of a chain.
# **Points**: 6, of which 2 are optional.
# It follows section 1 of lecture 000, and 'Learning a generative model' of lecture 001.

# %% install=True

# %% [markdown]
# All imports of this notebook:

# %%
import itertools
import math

import matplotlib.pyplot as plt
import torch

import gmlib
from gmlib import checks, data, plotting, training
from gmlib.autoregressive.bayes_net import BayesNet

# %% [markdown]
# ## 1 One joint model, two uses
#
# Lecture 000 begins with the joint distribution $p(x, y)$ of inputs and outputs. Factor it with the label first,
#
# $$p(x, y) = p(y)\, p(x \mid y) ,$$
#
# and let each of the ten digits have its own Bayes net for $p(x \mid y)$. Read from left to right this is a **generator**: draw $y$,
# then $x$ given $y$. Read backwards, with Bayes' rule, it is a **classifier**:
#
# $$\log p(y \mid x) = \log p(x \mid y) + \log p(y) - \log p(x), \qquad
# p(x) = \sum_{y'} p(x \mid y')\, p(y') .$$
#
# With $\log p(x \mid y)$ near $-20$ for 64 pixels, and near $-100$ for larger images, the sum cannot be taken directly: in float32
# $e^{-104}$ is 0. **Log-sum-exp** takes the largest term out first,
# $\log \sum_k e^{a_k} = m + \log \sum_k e^{a_k - m}$ with $m = \max_k a_k$; in PyTorch `torch.logsumexp`.
#
# **By hand.** Two classes, $p(y) = (\tfrac14, \tfrac34)$ and $p(x \mid y) = (.4, .2)$ for some $x$. Then $p(x) = .1 + .15 = .25$ and
# $p(y \mid x) = (.4, .6)$: the prior turned the verdict around.
#
# ### Exercise 1.13: the posterior over labels (2 points)

# %% solution="posterior"
def log_marginal(log_likelihood, log_prior):
    """log p(x) = log sum_y p(x | y) p(y), in nats.

    log_likelihood: (batch, classes), log p(x | y).
    log_prior:      (classes,), log p(y). Both are float tensors.
    Returns shape (batch,).
    """
    ### BEGIN SOLUTION
    return (log_likelihood + log_prior).logsumexp(1)
    ### END SOLUTION


def log_posterior(log_likelihood, log_prior):
    """log p(y | x), shape (batch, classes); arguments as above."""
    ### BEGIN SOLUTION
    log_joint = log_likelihood + log_prior
    return log_joint - log_joint.logsumexp(1, keepdim=True)
    ### END SOLUTION


# %% test="posterior--hand" points=1
log_likelihood = torch.tensor([[0.4, 0.2], [0.9, 0.1]]).log()
log_prior = torch.tensor([0.25, 0.75]).log()
found = checks.untouched(log_posterior, log_likelihood, log_prior)
checks.close(
    checks.value(found, (2, 2), "float", "log p(y | x)").exp(),
    torch.tensor([[0.4, 0.6], [0.75, 0.25]]),
    "p(y | x)",
    "multiply by the prior, then divide by the sum over y",
    tolerance=1e-5,
)
checks.close(
    log_marginal(log_likelihood, log_prior),
    torch.tensor([0.25, 0.30]).log(),
    "log p(x)",
    "sum p(x | y) p(y) over y, then take the logarithm",
)
# An image of many pixels: all terms are far below float32's range.
log_likelihood = log_likelihood - 500
hint = "no exp of numbers near -500: torch.logsumexp"
what = "log p(y | x) for likelihoods near exp(-500)"
found = checks.value(log_posterior(log_likelihood, log_prior), what=what)
total = found.exp().sum(1)
checks.close(total, torch.ones(2), "the sum over y", hint, 1e-3)
found = log_marginal(log_likelihood, log_prior)
checks.require(
    bool(torch.isfinite(torch.as_tensor(found)).all()),
    "log p(x) is infinite for likelihoods near exp(-500): " + hint,
)
expected = torch.tensor([0.25, 0.3]).log() - 500
checks.close(found, expected, "log p(x)", hint)
print("Right by hand, and where the likelihoods underflow.")

# %% test="posterior--any" points=1
# Any number of classes, very different likelihoods, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("posterior--any", fresh=True)
cases = [(3, 1.0, torch.float64), (10, 30.0, torch.float32),
         (5, 400.0, torch.float64)]
for classes, spread, dtype in cases:
    draw = torch.randn(classes, generator=generator, dtype=torch.float64)
    log_prior = draw - draw.exp().sum().log()
    log_likelihood = -1000 + spread * torch.randn(
        8, classes, generator=generator, dtype=torch.float64
    )
    a = log_likelihood + log_prior
    top = a.max(1, keepdim=True).values
    log_p = top + (a - top).exp().sum(1, keepdim=True).log()
    arguments = log_likelihood.to(dtype), log_prior.to(dtype)
    found = checks.untouched(log_posterior, *arguments)
    tolerance = 3e-3 if dtype == torch.float32 else 1e-8
    hint = "log p(x | y) + log p(y) - log p(x), all by log-sum-exp over y"
    checks.close(found, a - log_p, "log p(y | x)", hint, tolerance)
    total = checks.value(found, (8, classes)).exp().sum(1)
    ones = torch.ones(8, dtype=torch.float64)
    what = "the sum of p(y | x) over y"
    checks.close(total, ones, what, hint, tolerance)
    found = log_marginal(*arguments)
    checks.close(found, log_p[:, 0], "log p(x)", hint, tolerance)
### END HIDDEN TESTS

# %% [markdown]
# The other direction needs only what you have. For a first generator let $p(x \mid y)$ have the label as the *only* parent of every pixel:
# given the digit, the pixels are independent, and $p(x_i = 1 \mid y)$ is a table with ten rows and one column a pixel. Multiply its rows
# by nothing, average over nothing: a sample uses the row of *its* label.
#
# ### Exercise 1.14: draw the label, then the image (2 points)

# %% solution="sample_pairs"
def sample_pairs(prior, means, n, generator):
    """Draw n pairs from p(x, y) = p(y) prod_i p(x_i | y).

    prior:     (classes,), probabilities p(y).
    means:     (classes, pixels), probabilities p(x_i = 1 | y).
    generator: a torch.Generator, for every draw.
    Returns x, float (n, pixels) with entries 0 and 1, and y, long (n,).
    """
    ### BEGIN SOLUTION
    y = torch.multinomial(prior, n, replacement=True, generator=generator)
    u = torch.rand(n, means.shape[1], generator=generator)
    return (u < means[y]).float(), y
    ### END SOLUTION


# %% test="sample_pairs--two" points=1
prior = torch.tensor([0.2, 0.8])
means = torch.tensor([[0.9, 0.1, 0.5], [0.2, 0.6, 0.5]])
draws = [
    sample_pairs(prior, means, 5000, checks.generator("sample_pairs--two"))
    for _ in range(2)
]


def log_joint(s):
    label = s[:, 0].long()
    rows = means.double()[label]
    p_x = torch.where(s[:, 1:] == 1, rows, 1 - rows).prod(1)
    return (prior.double()[label] * p_x).log()


x, y = checks.items(draws[0], 2, "what sample_pairs returns")
x = checks.value(x, (5000, 3), "float", "x", low=0, high=1)
y = checks.value(y, (5000,), "integer", "y", low=0, high=1)
checks.sampler(
    torch.cat([y[:, None].double(), x], 1),
    log_joint,
    4,
    "the pairs (y, x)",
    "each image must use the row of means of its own label",
)
again = checks.items(draws[1], 2, "what sample_pairs returns")
hint = "draw both with generator=generator"
checks.close(x, again[0], "x of the same seed", hint)
print("Labels and images occur together as often as they should.")

# %% test="sample_pairs--classes" points=1
# Four classes, so that a label is two bits.
### BEGIN HIDDEN TESTS
generator = checks.generator("sample_pairs--classes", fresh=True)
for dtype in (torch.float32, torch.float64):
    prior = torch.rand(4, generator=generator, dtype=dtype) + 0.1
    prior = prior / prior.sum()
    means = torch.rand(4, 2, generator=generator, dtype=dtype)
    pair = sample_pairs(prior, means, 20000, generator)
    x, y = checks.items(pair, 2, "what sample_pairs returns")
    x = checks.value(x, (20000, 2), "float", "x", low=0, high=1)
    y = checks.value(y, (20000,), "integer", "y", low=0, high=3)
    both = torch.stack([1 - means, means], 1).double()  # (y, bit, pixel)
    p = prior.double()[:, None, None] * both[:, :, None, 0]
    p = p * both[:, None, :, 1]
    bits = torch.stack([y // 2, y % 2], 1).double()
    checks.sampler(
        torch.cat([bits, x], 1),
        lambda s: p.flatten()[
            (s @ torch.tensor([8, 4, 2, 1.0], dtype=s.dtype)).long()
        ].log(),
        4,
        "the pairs (y as two bits, x)",
        "each image must use the row of means of its own label",
    )
    second = sample_pairs(prior, means, 20000, generator)
    checks.require(
        bool((x != second[0]).any() and (y != second[1]).any()),
        "two calls with one generator give the same samples: draw from "
        "the generator that is passed in, and set no seed of your own",
    )
### END HIDDEN TESTS

# %% [markdown]
# **Look.** Train by counting on 1,200 whole digits of 64 pixels. First row: your generator. Second row: a Bayes net for each digit
# in which a pixel also has its neighbours to the left and above as parents. Third row: data. Predict what the first row lacks.

# %% tags=["demo"]
digits = data.digits()
x, y = digits.train.x, digits.train.y
prior = torch.bincount(y).float() / len(y)
means = torch.stack([(x[y == k].sum(0) + 1) / ((y == k).sum() + 2)
                     for k in range(10)])
steps = [(-1, 0), (0, -1), (-1, -1), (1, -1)]
around = [
    [8 * (r + b) + c + a for a, b in steps
     if 0 <= c + a < 8 and 0 <= r + b]
    for r in range(8) for c in range(8)
]
nets = [BayesNet(around).fit(x[y == k], 0.5) for k in range(10)]
generator = gmlib.device.generator(2)
first = torch.cat([sample_pairs(torch.eye(10)[k], means, 1, generator)[0]
                   for k in range(10)])
second = torch.cat([net.sample(1, generator) for net in nets])
third = torch.stack([x[y == k][0] for k in range(10)])
rows = "rows: label the only parent; four neighbours too; data"
sheet = torch.cat([first, second, third])
plotting.picture(plotting.images(sheet, title=rows))

# %% [markdown]
# The first row has the right pixels in roughly the right places, but they do not know of each other: ragged edges, holes. The second
# row has strokes. Both can be judged as classifiers, and by their likelihood.

# %% tags=["demo"]
def judge(name, log_likelihood, labels):
    log_p = log_marginal(log_likelihood, prior.log())
    guess = log_posterior(log_likelihood, prior.log()).argmax(1)
    share = (guess == labels).float().mean().item()
    nats = -log_p.mean().item()
    bits = training.bits_per_dim(nats, 64)
    return [name, f"{nats:.1f}", f"{bits:.3f}", f"{share:.0%}"]


test = digits.test
pixels = [BayesNet([[]] * 64).fit(x[y == k], 1.0) for k in range(10)]
alone = torch.stack([net.log_prob(test.x) for net in pixels], 1)
strokes = torch.stack([net.log_prob(test.x) for net in nets], 1)
single = [training.nll(BayesNet([[]] * 64).fit(x, 1.0), test.x)]
single += [training.bits_per_dim(single[0], 64)]
plotting.results_table(
    [
        ["independent pixels, no label",
         f"{single[0]:.1f}", f"{single[1]:.3f}", "-"],
        judge("label the only parent", alone, test.y),
        judge("label and four neighbours", strokes, test.y),
    ],
    ["model", "held-out nats", "bits per pixel", "labels right"],
)

# %% [markdown]
# The label alone saves several nats, the neighbours more, and better densities also make the better classifier here. Nobody trained
# a classifier: the labels were only used to sort the images into ten piles.
#
# **Change one number.** Replace `prior.log()` in `judge` by a prior that is certain of digit 3, and look at the right-hand column. What does
# a classifier do with a prior that is wrong?
#
# ## 2 Three uses of a model
#
# Lecture 001 names three reasons to learn $p(x)$.
#
# 1. **Generation**: samples look like data (section 1).
# 2. **Density**: $p(x)$ is high for what looks like the data and low otherwise, so a low $\log p(x)$ raises an alarm (*anomaly detection*).
# 3. **Features**: the model shows what the images have in common.
#
# For the second, corrupt digits by flipping a few pixels and ask how well $\log p(x)$ ranks them. A fair score is the probability that
# a random clean image has a higher $\log p$ than a random corrupted one, a tie counting one half. It is known as the area under
# the ROC curve (AUC): 1 is perfect, 1/2 is guessing.
#
# **By hand.** Clean $(-1, -3)$, corrupted $(-2, -3)$. Of the four pairs, $-1$ wins twice, $-3$ loses to $-2$ and ties with $-3$:
# $(1 + 1 + 0 + \tfrac12) / 4 = .625$.
#
# ### Exercise 1.15, optional: how well does it rank? (1 point)

# %% solution="auc"
def auc(clean, corrupted):
    """The probability that a clean example has the higher score.

    clean, corrupted: float tensors (a,) and (b,), for example log p(x).
    Returns a number from 0 to 1; among all a * b pairs a tie counts 1/2.
    """
    ### BEGIN SOLUTION
    difference = clean[:, None] - corrupted
    return ((difference > 0).float() + 0.5 * (difference == 0)).mean()
    ### END SOLUTION


# %% test="auc--pairs" points=1
found = auc(torch.tensor([-1.0, -3.0]), torch.tensor([-2.0, -3.0]))
hint = "compare every clean with every corrupted score; a tie counts 1/2"
found = checks.number(found, "the AUC", low=0, high=1)
checks.close(found, 0.625, "the AUC by hand", hint, 1e-5)
### BEGIN HIDDEN TESTS
generator = checks.generator("auc--pairs", fresh=True)
for a, b, dtype in [(7, 4, torch.float32), (30, 50, torch.float64)]:
    clean = torch.randint(0, 9, (a,), generator=generator).to(dtype) + 1
    corrupted = torch.randint(0, 9, (b,), generator=generator).to(dtype)
    wins = [(c > d) + (c == d) / 2
            for c in clean.tolist() for d in corrupted.tolist()]
    found = checks.number(auc(clean, corrupted), "the AUC", low=0, high=1)
    checks.close(found, sum(wins) / (a * b), "the AUC", hint, 1e-5)
### END HIDDEN TESTS
print("Wins and ties are counted as they should be.")

# %% [markdown]
# **Look.** Flip 3 of the 64 pixels of each test digit. Predict: how much do the two clouds of $\log p(x)$ overlap, under a model with
# independent pixels and under the one with neighbours?

# %% tags=["demo"]
generator = gmlib.device.generator(5)
scores = torch.rand(360, 64, generator=generator)
flip = scores.argsort(1)[:, :3]
broken = test.x.scatter(1, flip, 1 - test.x.gather(1, flip))
plain = BayesNet([[]] * 64).fit(x, 1.0)


def density(images):
    likelihood = torch.stack([net.log_prob(images) for net in nets], 1)
    return log_marginal(likelihood, prior.log())


figure, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
for ax, name, f in zip(
    axes, ("independent pixels", "label and neighbours"),
    (plain.log_prob, density),
):
    bins = torch.linspace(-70, -5, 40)
    ax.hist(f(test.x), bins, alpha=0.6, label="clean")
    ax.hist(f(broken), bins, alpha=0.6, label="3 pixels flipped")
    area = float(auc(f(test.x), f(broken)))
    ax.set(title=f"{name}: AUC {area:.2f}", xlabel="log p(x) (nats)")
    ax.set_ylabel("digits")
    ax.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# Independent pixels notice a flip where a pixel hardly ever changes, but neither a gap in a stroke nor a stray pixel beside one.
# The model with neighbours sees most of those too. (A warning for later units:
# simple images may have a high density under a model that never saw one. Low density is a reason to look, not a proof.)
#
# **Change one number.** Flip a single pixel (`[:, :1]` for `[:, :3]`). How much of the AUC of each model is left?
#
# For the third use, let the model show structure. The mutual information $I(X_i; X_j)$ of two pixels is what they tell about each other.
# Forget that pixels lie on a grid, connect the pairs that know most of each other into a tree, and see whether the grid comes back.
#
# ### Exercise 1.16, optional: what do two pixels share? (1 point)
# Estimate the four probabilities $p(x_i, x_j)$ by counting, without pseudo-count, and use
# $I(X_i; X_j) = \sum p(x_i, x_j) \log \frac{p(x_i, x_j)}{p(x_i)\, p(x_j)}$, with $0 \log 0 = 0$.

# %% solution="information" withhold="autoregressive.bayes_net"
def information(x):
    """The mutual information of all pairs of columns, in nats.

    x: float tensor (N, n) with entries 0 and 1.
    Returns a float tensor (n, n); entry (i, j) is I(X_i; X_j) under the
    frequencies of x. On the diagonal it is the entropy of X_i.
    """
    ### BEGIN SOLUTION
    total = torch.zeros(x.shape[1], x.shape[1], dtype=torch.float64)
    for a, b in itertools.product((x, 1 - x), repeat=2):
        p = (a.T @ b).double() / len(x)
        product = a.double().mean(0)[:, None] * b.double().mean(0)
        total += torch.where(p > 0, p * (p / product).log(), 0)
    return total
    ### END SOLUTION


# %% test="information--pairs" points=1
checks.own_work(information, "autoregressive.bayes_net")
x = torch.tensor([[0.0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]])
log2 = math.log(2)
expected = torch.tensor([[1.0, 1, 0], [1, 1, 0], [0, 0, 1]]) * log2
hint = "equal columns share their entropy, log 2; independent ones nothing"
what = "the mutual information (0 log 0 is 0)"
checks.close(information(x), expected, what, hint)
### BEGIN HIDDEN TESTS
generator = checks.generator("information--pairs", fresh=True)
for n, number, dtype in [(3, 40, torch.float32), (5, 300, torch.float64)]:
    x = (torch.rand(number, n, generator=generator) < 0.4).to(dtype)
    x[:, 1] = torch.maximum(x[:, 1], x[:, 0])
    x[:, 2] = 0  # like a pixel at the margin: it shares nothing
    what = "the information with a column of zeros (0 log 0 is 0)"
    found = checks.value(information(x), (n, n), "float", what)
    for i, j in itertools.product(range(n), repeat=2):
        truth = 0.0
        for a, b in itertools.product((0, 1), repeat=2):
            p = ((x[:, i] == a) & (x[:, j] == b)).double().mean().item()
            q = (x[:, i] == a).double().mean().item()
            q *= (x[:, j] == b).double().mean().item()
            truth += p * math.log(p / q) if p else 0.0
        what = f"I(X{i + 1}; X{j + 1})"
        checks.close(found[i, j], truth, what, hint, tolerance=1e-4)
### END HIDDEN TESTS
print("Equal columns share log 2 nats, independent ones nothing.")

# %% [markdown]
# **Look.** The tree of 63 edges with the largest total information, drawn at the places that the pixels really have. Nothing
# told it about places. (Edges below .02 nats are left out: pixels at the margin are nearly always 0 and share nothing.)

# %% tags=["demo"]
share = information(digits.train.x)
tree, inside = [[] for _ in range(64)], [int(share.diagonal().argmax())]
while len(inside) < 64:
    outside = [j for j in range(64) if j not in inside]
    block = share[inside][:, outside]
    best = int(block.argmax())
    parent, child = best // len(outside), best % len(outside)
    tree[outside[child]] = [inside[parent]]
    inside.append(outside[child])
figure, ax = plt.subplots(figsize=(4, 4), layout="constrained")
ax.imshow(share.diagonal().reshape(8, 8), cmap="Greys", vmax=1.2)
for child, listed in enumerate(tree):
    for parent in listed if share[child, listed].sum() > 0.02 else []:
        ends = [(v % 8, v // 8) for v in (parent, child)]
        ax.plot(*zip(*ends), "o-", color="tab:blue", ms=3)
ax.set(title="shade: entropy of a pixel", xticks=[], yticks=[])
left = [[i - 1] if i % 8 else [] for i in range(64)]
for name, graph in (("left neighbour", left), ("this tree", tree)):
    nats = training.nll(BayesNet(graph).fit(digits.train.x, 1.0), test.x)
    print(f"one parent each, {name}: {nats:.1f} held-out nats")
plotting.picture(figure)

# %% [markdown]
# Most edges join neighbours, and they run along strokes: the grid came back, from 0s and 1s alone. The few long ones join places where
# the same digits have ink. As the graph of a Bayes net
# the tree is the best that one parent a pixel can do on the training part (the theorem of Chow and Liu), and it also wins held out.
# Features that a network learns come in units 02 and 07.
#
# **Change one number.** Estimate `share` from the first 50 digits only (`digits.train.x[:50]`). How many long edges appear?
#
# ## 3 On every device
#
# The class-conditional nets of this notebook are gmlib's `BayesNet`. The cells below hold it to the checks on every device that is
# here, and tell whether your functions would run on a GPU too.

# %% test="gmlib_bayes_net_pairs--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_bayes_net_pairs--devices")
    x = (torch.rand(300, 4, generator=generator) < 0.6).float()
    net = BayesNet([[], [0], [0, 1], [1]]).to(device)
    net.fit(x.to(device), pseudo_count=1.0)
    checks.sampler(
        net.sample(4000, generator=generator),
        lambda v: net.log_prob(v.to(device, torch.float32)),
        4,
        "the samples of gmlib's Bayes net",
    )
print("gmlib's Bayes net samples what its log_prob says, everywhere.")

# %% test="posterior--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("posterior--devices")
    a = torch.randn(9, 4, generator=generator) - 50
    prior = torch.full((4,), 0.25).log()
    found = log_posterior(a.to(device), prior.to(device))
    checks.close(found, log_posterior(a, prior), "log p(y | x)")
    found = log_marginal(a.to(device), prior.to(device))
    checks.close(found, log_marginal(a, prior), "log p(x)")
print("Your functions run on every device.")

# %% [markdown]
# ## What you have
#
# | idea | formula | where it goes on |
# |---|---|---|
# | generator | $y \sim p(y)$, then $x \sim p(x \mid y)$ | unit 05: when nobody tells the labels |
# | classifier | $\log p(x \mid y) + \log p(y) - \log p(x)$ | unit 13: classifiers that are energies |
# | density | a low $\log p(x)$ raises an alarm | unit 04: adversarial images |
# | features | what do the variables share? | units 02 and 07: learned ones |
#
# **Further**: C. K. Chow and C. N. Liu, *Approximating discrete probability distributions with dependence trees* (1968). A. Ng and
# M. Jordan, *On discriminative vs. generative classifiers* (2001).
