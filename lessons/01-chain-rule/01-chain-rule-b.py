# %% [markdown]
# # Unit 01, second notebook: functions instead of tables, and data
#
# The first notebook put every conditional into a table and took the truth as given. Here a conditional is
# a function with a few parameters, and the truth is a set of handwritten digits. At the end you will be able to
#
# - write a conditional as logistic regression, and as a small neural network;
# - evaluate and train a chain of them by maximum likelihood;
# - see bias and variance: which model wins with how many examples.
#
# **Time**: about 70 minutes. **You need**: the first notebook, `01-chain-rule`.
# **Points**: 8.
# It follows lecture 001 up to the FVSBN, and 'bias-variance' of lecture 002.

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
# ## 1 A conditional as a function
#
# A table for $p(x_i \mid x_{<i})$ has $2^{i-1}$ rows, and a row that no example visited knows nothing. A function can
# share what it learned between rows. Lecture 001 writes $Y$ for the variable to be predicted and $x$ for its $n$
# parents, and takes **logistic regression**:
#
# $$p_{\text{logit}}(Y = 1 \mid x; \alpha) = \sigma\Big(\alpha_0 + \sum_{i=1}^n \alpha_i x_i\Big),
# \qquad \sigma(z) = \frac{1}{1 + e^{-z}} .$$
#
# **By hand.** $\alpha_0 = -1$, $\alpha = (2, 1)$. At $x = (0, 0)$ the sum is $-1$ and the probability
# $\sigma(-1) \approx .27$; at $(1, 0)$ it is $\sigma(1) \approx .73$; at $(0, 1)$ it is $\sigma(0) = .5$.
# Every weight has its own parent: the mean of the parents would not do.
#
# ### Exercise 1.9: the logistic conditional (1 point)

# %% solution="logistic" withhold="autoregressive.fvsbn"
def logistic_conditional(alpha_0, alpha, x):
    """p(Y = 1 | x) by logistic regression.

    alpha_0: tensor of shape (), the bias.    alpha: (n,), the weights.
    x:       (batch, n) with entries 0 and 1; n may be 0.
    Returns the probabilities, shape (batch,). All are float tensors.
    """
    ### BEGIN SOLUTION
    return torch.sigmoid(alpha_0 + x @ alpha)
    ### END SOLUTION


# %% test="logistic--hand" points=1
checks.own_work(logistic_conditional, "autoregressive.fvsbn")
x = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
found = logistic_conditional(
    torch.tensor(-1.0), torch.tensor([2.0, 1.0]), x
)
expected = [1 / (1 + math.exp(-z)) for z in (-1, 1, 0, 2)]
hint = "add the bias and one weight for each parent that is 1"
checks.close(found, torch.tensor(expected), "p(Y = 1 | x)", hint)
found = logistic_conditional(torch.tensor(0.0), x[0, :0], x[:, :0])
checks.close(found, torch.full((4,), 0.5), "p(Y = 1) without parents")
### BEGIN HIDDEN TESTS
generator = checks.generator("logistic--hand", fresh=True)
sizes = [(1, torch.float64), (6, torch.float32), (11, torch.float64)]
for n, dtype in sizes:
    draw = torch.randn(n + 1, generator=generator, dtype=dtype)
    x = torch.randint(0, 2, (7, n), generator=generator).to(dtype)
    z = [draw[0] + sum(a * v for a, v in zip(draw[1:], r)) for r in x]
    rows = [1 / (1 + math.exp(-v)) for v in z]
    found = logistic_conditional(draw[0], draw[1:], x)
    checks.close(found, torch.tensor(rows), "p(Y = 1 | x)", hint)
    found = logistic_conditional(draw[0], draw[1:], x[:1])
    checks.value(found, (1,), "float", "p(Y = 1 | x) for a batch of 1")
### END HIDDEN TESTS
print("Right for two parents and for none.")

# %% [markdown]
# A weighted sum is a strong assumption. Parity, $Y = 1$ when exactly one of $x_1, x_2$ is 1, is out of its reach: going
# from $(0, 0)$ to $(0, 1)$ must push the sum up, so $\alpha_2 > 0$; from $(1, 0)$ to $(1, 1)$ it must push it down.
#
# A **neural conditional** first computes features $\mathbf h$, a non-linear function of $x$, and takes logistic regression
# on those:
#
# $$\mathbf h = \sigma(A x + \mathbf b), \qquad
# p_{\text{Neural}}(Y = 1 \mid x; \alpha, A, \mathbf b) = \sigma\Big(\alpha_0 + \sum_{i=1}^h \alpha_i \mathbf h_i\Big) .$$
#
# **By hand.** Parity from two hidden units: with $A = \begin{pmatrix} 20 & 20 \\ 20 & 20 \end{pmatrix}$ and
# $\mathbf b = (-10, -30)$, $\mathbf h_1$ says 'at least one' and $\mathbf h_2$ says 'both'. With $\alpha = (20, -20)$ and
# $\alpha_0 = -10$ the output is 'at least one, but not both'.
#
# *Beside the lecture.* It leaves the form of $\mathbf h(A, \mathbf b, x)$ open and uses the letter $h$ twice: bold for the features,
# plain for their number.
#
# ### Exercise 1.10: the neural conditional (2 points)

# %% solution="neural" withhold="autoregressive.nade"
def neural_conditional(alpha_0, alpha, A, b, x):
    """p(Y = 1 | x) by a network with one hidden layer of h sigmoid units.

    alpha_0: tensor of shape ().    alpha: (h,).    A: (h, n).    b: (h,).
    x:       (batch, n) with entries 0 and 1; n may be 0.
    Returns the probabilities, shape (batch,). All are float tensors.
    """
    ### BEGIN SOLUTION
    h = torch.sigmoid(x @ A.T + b)
    return torch.sigmoid(alpha_0 + h @ alpha)
    ### END SOLUTION


# %% test="neural--parity" points=1
checks.own_work(neural_conditional, "autoregressive.nade")
x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
found = neural_conditional(
    torch.tensor(-10.0),
    torch.tensor([20.0, -20.0]),
    torch.full((2, 2), 20.0),
    torch.tensor([-10.0, -30.0]),
    x,
)
checks.close(
    found,
    torch.tensor([0.0, 1.0, 1.0, 0.0]),
    "the probability that exactly one of two is 1",
    "a sigmoid inside, one outside, both with their bias",
    tolerance=1e-3,
)
print("With these weights the network computes parity.")

# %% test="neural--any" points=1
# Any sizes, small weights, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("neural--any", fresh=True)
sizes = [
    (3, 5, torch.float64), (4, 4, torch.float32), (0, 2, torch.float64)
]
for n, hidden, dtype in sizes:
    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=dtype)

    alpha_0, alpha, b = draw(), draw(hidden), draw(hidden)
    A = draw(hidden, n)
    x = torch.randint(0, 2, (6, n), generator=generator).to(dtype)
    found = neural_conditional(alpha_0, alpha, A, b, x)
    found = checks.value(found, (6,), "float", "p(Y = 1 | x)", 0, 1)
    alone = neural_conditional(alpha_0, alpha, A, b, x[:1])
    checks.value(alone, (1,), "float", "p(Y = 1 | x) for a batch of 1")
    for row, p in zip(x, found):
        z = alpha_0.item()
        for k in range(hidden):
            inner = b[k] + sum(A[k, j] * row[j] for j in range(n))
            z += alpha[k].item() / (1 + math.exp(-inner))
        checks.close(
            p,
            1 / (1 + math.exp(-z)),
            f"p(Y = 1 | x) with {n} inputs and {hidden} hidden units",
            "h = sigmoid(A x + b), then sigmoid(alpha_0 + alpha . h)",
            tolerance=1e-4,
        )
### END HIDDEN TESTS

# %% [markdown]
# **Look.** Both conditionals as functions of two inputs between 0 and 1 (data are only at the corners). Predict the
# shape of the border where the probability is 1/2.

# %% tags=["demo"]
line = torch.linspace(0, 1, 60)
points = torch.cartesian_prod(line, line)
one = logistic_conditional(
    torch.tensor(-10.0), torch.tensor([20.0, 0.0]), points
)
two = neural_conditional(
    torch.tensor(-10.0),
    torch.tensor([20.0, -20.0]),
    torch.full((2, 2), 20.0),
    torch.tensor([-10.0, -30.0]),
    points,
)
figure, axes = plt.subplots(1, 2, figsize=(7, 3.2), layout="constrained")
for ax, p, title in zip(axes, (one, two), ("logistic", "neural")):
    shown = ax.imshow(
        p.reshape(60, 60).T, origin="lower", extent=(0, 1, 0, 1),
        cmap="RdBu_r", vmin=0, vmax=1,
    )
    ax.set(title=title, xlabel="$x_1$", ylabel="$x_2$")
figure.colorbar(shown, ax=axes, label="p(Y = 1 | x)")
plotting.picture(figure)

# %% [markdown]
# Logistic: one straight border, whatever the weights. Neural: two borders, one a hidden unit.
#
# **Change one number.** Set the second weight of the logistic conditional (`0.0`) to 20. Where is the border now? Can any
# choice of the three numbers separate the corners (0, 1) and (1, 0) from the other two?
#
# ## 2 The likelihood of a chain
#
# Line the conditionals up: $\hat x_i = p(X_i = 1 \mid x_{<i})$. To evaluate $p(x)$, multiply: $\hat x_i$ where $x_i = 1$ and
# $1 - \hat x_i$ where $x_i = 0$. In the lecture's example,
#
# $$p(X_1 = 0, X_2 = 1, X_3 = 1, X_4 = 0) = (1 - \hat x_1)\, \hat x_2\, \hat x_3\, (1 - \hat x_4) .$$
#
# A product of 784 such numbers is too small for a computer; a sum of logarithms is not. So we work with $\log p(x)$, in nats.
#
# **By hand.** $\hat x = (\tfrac12, \tfrac12, 1, \tfrac14)$ and $x = (0, 1, 1, 0)$:
# $p(x) = \tfrac12 \cdot \tfrac12 \cdot 1 \cdot \tfrac34 = \tfrac{3}{16}$. The certain pixel contributes $\log 1 = 0$, although
# $\log (1 - \hat x_3)$ is infinite: it must not come into the sum.
#
# ### Exercise 1.11: the log-probability (3 points)

# %% solution="log_prob" withhold="autoregressive.bayes_net"
def log_prob(x, x_hat):
    """log p(x) of a chain of binary variables, in nats.

    x:     (batch, n) with entries 0 and 1.
    x_hat: (batch, n); x_hat[:, i] is p(X_i = 1 | those before), from 0 to
           1, the ends included. Both are float tensors.
    Returns shape (batch,); where x is impossible: -inf, or any value below
    -15.
    """
    ### BEGIN SOLUTION
    return torch.where(x == 1, x_hat, 1 - x_hat).log().sum(-1)
    ### END SOLUTION


# %% test="log_prob--hand" points=1
checks.own_work(log_prob, "autoregressive.bayes_net")
x = torch.tensor([[0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 1.0, 1.0]])
x_hat = torch.tensor([0.5, 0.5, 0.5, 0.25]).repeat(2, 1)
expected = torch.tensor([math.log(3 / 32), math.log(1 / 32)])
hint = "log x_hat where x is 1, log(1 - x_hat) where it is 0, added up"
log_p = checks.untouched(log_prob, x, x_hat)
checks.close(log_p, expected, "log p(x)", hint)
x_hat[:, 2] = 1.0
what = "log p(x) with a certain pixel, which should add log 1 = 0,"
log_p = checks.untouched(log_prob, x, x_hat)
checks.close(log_p, expected + math.log(2), what, hint)
print("Right by hand, with a certain pixel among the four.")

# %% test="log_prob--any" points=1
# Any chain; all 2^n probabilities of one add up to 1.
### BEGIN HIDDEN TESTS
generator = checks.generator("log_prob--any", fresh=True)
hint = "log x_hat where x is 1, log(1 - x_hat) where it is 0, added up"
sizes = [(1, torch.float64), (5, torch.float32), (8, torch.float64)]
for n, dtype in sizes:
    every = checks.binary_vectors(n, dtype)
    weights = torch.randn(n, n, generator=generator, dtype=dtype)

    def chain(x):
        return torch.sigmoid(x @ weights.tril(-1).T + weights.diagonal())

    checks.sums_to_one(lambda x: log_prob(x, chain(x)), n, dtype=dtype)
    for row, found in zip(every[:6], log_prob(every, chain(every))[:6]):
        p = 1.0
        for v, q in zip(row.tolist(), chain(row[None])[0].tolist()):
            p *= q if v else 1 - q
        checks.close(found, math.log(p), "log p(x)", hint, 1e-4)
    sure = checks.untouched(log_prob, every, every.clone())
    checks.close(sure, every[:, 0] * 0, "log 1", hint)
    never = log_prob(every, 1 - every).max().item()
    low = "log p(x) of an impossible x should be -inf or below -15"
    checks.require(never < -15, low)
### END HIDDEN TESTS

# %% [markdown]
# **Change one number.** Let the certain pixel be wrong: in your head, set $\hat x_3 = 0$ in the example by hand. What is $p(x)$ now, and
# what would one such pixel do to the average $\log p(x)$ of a whole data set?
#
# ## 3 A chain that learns
#
# Now train chains on real data: a patch of $3 \times 4$ pixels from the middle of handwritten digits, 1,200 examples. It has
# $n = 12$ binary pixels, so all $2^{12} = 4096$ patches can be listed, and every claim checked exactly.
#
# The class below only lines up your functions; its sampler is the ancestral one of the first notebook. `training.fit` then
# maximises the likelihood, watches the validation part and keeps the weights of the best epoch.

# %% tags=["demo"]
class Chain(torch.nn.Module):
    """p(x) = prod_i p(x_i | x_<i), logistic, or neural if hidden > 0."""

    def __init__(self, n, hidden=0, seed=0):
        super().__init__()
        generator = gmlib.device.generator(seed)

        def small(*shape):
            draw = 0.3 * torch.randn(*shape, generator=generator)
            return torch.nn.Parameter(draw)

        self.hidden, self.n, self.alpha_0 = hidden, n, small(n)
        self.alpha = small(n, hidden or n)
        if hidden:
            self.A, self.b = small(n, hidden, n), small(n, hidden)

    def conditional(self, i, x):
        if self.hidden:
            A, b = self.A[i, :, :i], self.b[i]
            weights = (self.alpha_0[i], self.alpha[i], A, b)
            return neural_conditional(*weights, x[:, :i])
        weights = (self.alpha_0[i], self.alpha[i, :i])
        return logistic_conditional(*weights, x[:, :i])

    def log_prob(self, x):
        columns = [self.conditional(i, x) for i in range(self.n)]
        return log_prob(x, torch.stack(columns, 1))

    @torch.no_grad()
    def sample(self, n, generator):
        x = torch.zeros(n, self.n)
        for i in range(self.n):
            u = torch.rand(n, generator=generator)
            x[:, i] = (u < self.conditional(i, x)).float()
        return x

# %% [markdown]
# Training takes a few seconds. Predict: which of the two ends lower on the validation part?

# %% tags=["demo"]
patches = data.digit_patches()
chains, figure = {}, plt.figure(figsize=(8, 3), layout="constrained")
for k, (name, hidden) in enumerate([("logistic", 0), ("neural", 12)]):
    chains[name] = Chain(12, hidden)
    history = training.fit(
        chains[name], patches.train.x, patches.validation.x,
        epochs=40, batch_size=100, learning_rate=0.03,
        weight_decay=1e-3 if hidden else 0.0,
        generator=gmlib.device.generator(0),
    )
    ax = history.plot(figure.add_subplot(1, 2, k + 1))
    ax.set(title=f"{name} chain", ylim=(6.4, 8.4))
plotting.picture(figure)

# %% [markdown]
# Both curves fall below 8 nats, which is what independent pixels reach (next table), and flatten. Where the training part goes
# on falling while the validation part does not, the model learns examples by heart.
#
# Is each chain a distribution? Sum all $4096$ probabilities. Then look at samples.

# %% tags=["demo"]
every = checks.binary_vectors(12)
figure, axes = plt.subplots(1, 3, figsize=(9, 1.5), layout="constrained")
shown = {"data": patches.test.x[:40]}
for seed, (name, model) in enumerate(chains.items()):
    total = model.log_prob(every).double().exp().sum()
    print(f"{name} chain: all probabilities add up to {total:.4f}")
    shown[name] = model.sample(40, gmlib.device.generator(seed))
for ax, (name, x) in zip(axes, shown.items()):
    plotting.images(x, columns=10, shape=(3, 4), title=name, ax=ax)
plotting.picture(figure)

# %% [markdown]
# Strokes come out connected: a pixel knows its neighbours. With 12 pixels, though, the eye is a poor judge. The likelihood
# is not: here is the held-out negative log-likelihood beside simple baselines. A Bayes net with two parents (the pixel to the
# left and the one above) is fitted by counting, as in exercise 1.8.

# %% tags=["demo"] exempt="trained numbers differ between processors"
near = [
    [j for j, there in ((i - 1, i % 4), (i - 4, i >= 4)) if there]
    for i in range(12)
]
models = {
    "fair coins": BayesNet([[]] * 12),
    "independent pixels": BayesNet([[]] * 12).fit(patches.train.x, 1.0),
    "Bayes net, 2 parents": BayesNet(near).fit(patches.train.x, 1.0),
    "logistic chain": chains["logistic"],
    "neural chain": chains["neural"],
}
sizes = [0, 12, sum(models["Bayes net, 2 parents"].table_sizes())]
sizes += [12 * 13 // 2, sum(12 * (i + 2) + 1 for i in range(12))]
nats = [training.nll(m, patches.test.x) for m in models.values()]
assert 6.6 < nats[4] < 6.95 and 6.7 < nats[3] < 7.0, nats
plotting.results_table(
    [
        [name, f"{v:.2f}", f"{training.bits_per_dim(v, 12):.3f}", size]
        for name, v, size in zip(models, nats, sizes)
    ],
    ["model", "held-out nats", "bits per pixel", "parameters"],
)

# %% [markdown]
# Fair coins need exactly one bit a pixel. Everything below that has been learned. Note how much the two parents of the Bayes
# net already bring, and that the neural chain pays many parameters for its last tenths.
#
# **Change one number.** Give the neural chain 2 hidden units instead of 12. Does it still beat the logistic chain, and why
# might it not?
#
# ## 4 Bias and variance
#
# The full table makes no assumption at all: it *can* represent the truth, so it has no **bias**. But it has 4,095 numbers to learn,
# and from few examples it learns them badly: **variance**. Independent pixels are the opposite. In between stand the Bayes net and
# the logistic chain. Which wins depends on the number of examples.
#
# A full table by plain counting gives probability 0 to every patch that it has not seen: one new patch in the held-out part, and
# its negative log-likelihood is infinite. The remedy is a **pseudo-count** $c$, added to the count of *every* possible $x$:
#
# $$p(x) = \frac{\text{count}(x) + c}{N + c\, 2^n} .$$
#
# How large should $c$ be? The training part cannot tell: it always prefers $c = 0$. So $c$ is chosen by the likelihood of the
# **validation** part. The test part is kept for the last number and selects nothing.
#
# **By hand.** Two pixels, $N = 4$ examples: three times $(1, 1)$, once $(0, 1)$, and $c = 1$. Then $p(1, 1) = (3 + 1) / (4 + 4) = .5$,
# $p(0, 1) = .25$, and the two unseen patches get $1/8$ each. Sum: 1.
#
# ### Exercise 1.12: a smoothed table, and how much to smooth (2 points)

# %% solution="smoothed" withhold="autoregressive.bayes_net"
def smoothed_table(x, pseudo_count):
    """The joint table by counting, with a pseudo-count for each entry.

    x:            float tensor (N, n) with entries 0 and 1.
    pseudo_count: a number c >= 0.
    Returns a float tensor of shape (2, ..., 2), n axes, that sums to 1.
    """
    ### BEGIN SOLUTION
    counts = torch.full([2] * x.shape[1], float(pseudo_count))
    columns = tuple(x.long().T)
    counts.index_put_(columns, torch.ones(len(x)), accumulate=True)
    return counts / counts.sum()
    ### END SOLUTION


def choose(train, validation, candidates):
    """The pseudo-count with which the smoothed table of `train` gives
    `validation` the highest mean log-likelihood.

    train, validation: float tensors (number, n).    candidates: list of
    numbers >= 0, at least one of them > 0. Returns one of the candidates.
    """
    ### BEGIN SOLUTION
    def score(c):
        table = smoothed_table(train, c)
        return table[tuple(validation.long().T)].log().mean()

    return max(candidates, key=score)
    ### END SOLUTION


# %% test="smoothed--hand" points=1
checks.own_work(smoothed_table, "autoregressive.bayes_net")
x = torch.tensor([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [0.0, 1.0]])
found = smoothed_table(x, 1)
checks.probabilities(found, (2, 2), "the smoothed table")
checks.close(
    found,
    torch.tensor([[0.125, 0.25], [0.125, 0.5]]),
    "the smoothed table",
    "c goes to each of the 2^n entries, also to those never seen",
)
held = torch.tensor([[0.0, 0.0], [1.0, 1.0]])
checks.require(
    choose(x, held, [0, 0.01, 1]) == 1,
    "a patch that was never seen is in the validation part, so of 0, 0.01 "
    "and 1 the largest pseudo-count is best: is it judged there?",
)
print("Counted, smoothed, and chosen on the validation part.")

# %% test="smoothed--any" points=1
# More pixels, other pseudo-counts; the choice follows the validation part.
### BEGIN HIDDEN TESTS
generator = checks.generator("smoothed--any", fresh=True)
grid = [20, 0, 0.05, 400, 0.001, 1]
for n, number, dtype in [(3, 9, torch.float32), (6, 60, torch.float64)]:
    x = (torch.rand(3, number, n, generator=generator) < 0.3).to(dtype)
    for c in (0, 0.5, 3):
        found = smoothed_table(x[0], c)
        found = checks.probabilities(found, (2,) * n, "the smoothed table")
        for bits in itertools.product((0, 1), repeat=n):
            seen = (x[0] == torch.tensor(bits)).all(1).sum().item()
            checks.close(
                found[bits],
                (seen + c) / (number + c * 2**n),
                f"p(x) at x = {bits} with c = {c}",
                "(count + c) / (N + c 2^n)",
                tolerance=1e-5,
            )
    for held in (x[0], x[1], (x[2] > -1).to(dtype)):
        scores = {}
        for c in grid:
            rows = [(x[0] == h).all(1).sum().item() for h in held]
            shares = [(k + c) / (number + c * 2**n) for k in rows]
            logs = [math.log(p) if p else -math.inf for p in shares]
            scores[c] = sum(logs) / len(logs)
        found = checks.number(choose(x[0], held, grid), "the pseudo-count")
        checks.require(
            found in scores,
            "choose should return one of the candidates",
        )
        checks.require(
            scores[found] >= max(scores.values()) - 1e-5,
            "another candidate gives the validation part a higher mean "
            "log-likelihood with the table of the training part",
        )
### END HIDDEN TESTS

# %% [markdown]
# **Look.** Held-out nats of five models against the number of training examples. Predict the winner at 30 examples, and at
# 1,200. (For counting, the pseudo-count is chosen on the validation part; for the chain, the epoch is.)

# %% tags=["demo"]
numbers, grid = [30, 100, 300, 1200], [0.01, 0.03, 0.1, 0.3, 1, 3, 10]
held, test = patches.validation.x, patches.test.x
curves = {}


def record(name, nats):
    curves.setdefault(name, []).append(nats)


for number in numbers:
    x = patches.train.x[:number]
    full = smoothed_table(x, choose(x, held, grid))
    record("full table", -full[tuple(test.long().T)].log().mean().item())
    whole = [list(range(i)) for i in range(12)]
    for name, graph in (
        ("independent pixels", [[]] * 12),
        ("Bayes net, 2 parents", near),
        ("CPTs, all parents", whole),
    ):
        nets = [BayesNet(graph).fit(x, c) for c in grid]
        best = min(nets, key=lambda net: training.nll(net, held))
        record(name, training.nll(best, test))
    chain = Chain(12)
    _ = training.fit(
        chain, x, held, epochs=25, batch_size=max(10, number // 12),
        learning_rate=0.05, generator=gmlib.device.generator(0),
        progress=False,
    )
    record("logistic chain", training.nll(chain, test))

# %% [markdown]
# And the picture:

# %% tags=["demo"]
figure, ax = plt.subplots(figsize=(8, 3.8), layout="constrained")
for name, nats in curves.items():
    ax.plot(numbers, nats, "o-", label=name)
ax.set(xscale="log", xlabel="training examples", ylabel="held-out nats")
ax.set_xticks(numbers, numbers)
ax.minorticks_off()
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plotting.picture(figure)

# %% [markdown]
# Independent pixels hardly improve: their error is bias, and no amount of data removes it. The full table starts badly and goes
# on falling: its error is variance, and data remove it. The models in between win where most of us work, with few
# examples for many variables. 'CPTs, all parents' has as many numbers as the full table and the same reach, but it smooths
# every conditional, not every patch, and that is a better guess.
#
# **Change one number.** Give the full table the fixed pseudo-count 1 (in `smoothed_table(x, 1)`). How much does the choice
# on the validation part bring at 1,200 examples?
#
# ## 5 Your functions and gmlib's
#
# As in the first notebook: yours against gmlib's, and on every device.

# %% test="log_prob--gmlib" points=1
generator = checks.generator("log_prob--gmlib")
x = torch.randint(0, 2, (50, 5), generator=generator).float()
net = BayesNet([[], [0], [0, 1], [2], [1, 3]]).fit(x, pseudo_count=1.0)
found = log_prob(x, net.conditionals(x))
checks.close(found, net.log_prob(x), "your log p(x) against gmlib's")
print("Your log-probability agrees with gmlib's Bayes net.")

# %% test="gmlib_bayes_net_data--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_bayes_net_data--devices")
    x = (torch.rand(400, 6, generator=generator) < 0.6).float()
    graph = [[], [0], [0, 1], [], [3, 1, 0], [4]]
    net = BayesNet(graph).to(device).fit(x.to(device), 0.5)
    here = BayesNet(graph).fit(x, 0.5)
    found = net.log_prob(x.to(device))
    checks.close(found, here.log_prob(x), "gmlib's log p(x)")
    checks.sums_to_one(lambda v: net.log_prob(v.to(device)), 6)
print("gmlib's Bayes net is the same on every device.")

# %% test="log_prob--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("log_prob--devices")
    x = torch.randint(0, 2, (9, 4), generator=generator).float()
    p = logistic_conditional(
        torch.tensor(0.3, device=device),
        torch.ones(4, device=device),
        x.to(device),
    )
    here = logistic_conditional(torch.tensor(0.3), torch.ones(4), x)
    checks.close(p, here, "your logistic conditional on a device")
    x_hat = torch.rand(9, 4, generator=generator)
    found = log_prob(x.to(device), x_hat.to(device))
    checks.close(found, log_prob(x, x_hat), "your log p(x) on a device")
print("Your functions run on every device.")

# %% [markdown]
# ## What you have
#
# | idea | formula | where |
# |---|---|---|
# | logistic conditional | $\sigma(\alpha_0 + \sum_i \alpha_i x_i)$ | unit 02: all of them as one matrix, the FVSBN |
# | neural conditional | $\sigma(\alpha_0 + \sum_i \alpha_i \mathbf h_i)$, $\mathbf h = \sigma(A x + \mathbf b)$ | unit 02: with shared weights, NADE |
# | likelihood of a chain | $\sum_i \log p(x_i \mid x_{<i})$ | `training.fit`, `training.nll` |
# | bias and variance | few parameters or few assumptions | the pseudo-count, chosen on validation |
#
# **Further**: `01-chain-rule-c` models images and labels together. For bias and variance: Hastie, Tibshirani and Friedman, *The
# Elements of Statistical Learning*, chapter 7.
