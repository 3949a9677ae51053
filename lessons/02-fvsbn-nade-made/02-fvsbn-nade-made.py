# %% [markdown]
# # 02a Autoregressive models: FVSBN and NADE
#
# At the end of this notebook you can
#
# - write the log-probability of a fully visible sigmoid belief network (FVSBN) as **one** matrix product, and say why
#   that matrix is strictly lower triangular;
# - draw an image pixel by pixel, and read a picture of the conditionals $\hat x_i$;
# - turn the logistic regressions into small neural networks (NADE), tie their weights, and evaluate all of them in
#   one sweep that costs $O(nd)$.
#
# **Time** 80 minutes. **Before** unit 01: the chain rule, logistic conditionals, nats and bits. **Points** 13 here,
# 10 in notebook 02b (other outputs), 12 in 02c (MADE). **Lecture** 001, *Autoregressive Models* to *NADE results*;
# the letters are the lecture's.

# %% install=True

# %% [markdown]
# Everything that this notebook imports stands in the next cell. `checks` holds the tests that talk to you;
# `data`, `training` and `plotting` are short files that you are welcome to open. None of your functions may change
# the tensors and lists that it is given.

# %%
import math

import matplotlib.pyplot as plt
import torch
from torch.nn.functional import logsigmoid

import gmlib
from gmlib import autoregressive, checks, data, plotting, training

# %% [markdown]
# ## 1 FVSBN: a row of logistic regressions
#
# Number the pixels of an image in raster order, from the top left to the bottom right. The chain rule asks for one
# conditional a pixel. The plainest choice that learns is a logistic regression on all earlier pixels:
#
# $$\hat x_i = p(X_i = 1 \mid x_{<i}; \alpha^i) = \sigma(z_i), \qquad
# z_i = \alpha^i_0 + \sum_{j=1}^{i-1} \alpha^i_j x_j, \qquad \sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# Pixel 1 has nothing before it and owns a single number, pixel 2 owns two, pixel $n$ owns $n$: together
# $n(n+1)/2$, instead of the $2^n - 1$ of a table. The probability of an image is the product of its conditionals,
# with $\hat x_i$ where the pixel is 1 and $1 - \hat x_i$ where it is 0.
#
# **By hand.** Here are four pixels, the image $x = (0, 1, 1, 0)$ of the lecture, and coefficients that make the
# arithmetic easy, since $\sigma(0) = 1/2$, $\sigma(\ln 3) = 3/4$ and $\sigma(-\ln 3) = 1/4$:
#
# | pixel | $z_i$ | with $x = (0, 1, 1, 0)$ | $\hat x_i$ | factor |
# |---|---|---|---|---|
# | 1 | $0$ | $0$ | 1/2 | $1 - \hat x_1$ = 1/2 |
# | 2 | $\ln 3 - x_1$ | $\ln 3$ | 3/4 | $\hat x_2$ = 3/4 |
# | 3 | $-\ln 3 + 5 x_1 + 2 \ln 3 \; x_2$ | $\ln 3$ | 3/4 | $\hat x_3$ = 3/4 |
# | 4 | $4 x_1 + \ln 3 \; x_2 - 2 \ln 3 \; x_3$ | $-\ln 3$ | 1/4 | $1 - \hat x_4$ = 3/4 |
#
# The product is 27/128, a little above 1/5. **Predict** before you run the cell: which of the four pixels would
# change its $\hat x_i$ if we set $x_3$ to 0?

# %%
def sigma(z):
    return 1 / (1 + math.exp(-z))


x1, x2, x3, x4 = 0, 1, 1, 0
ln3 = math.log(3)
z = [0, ln3 - x1, -ln3 + 5 * x1 + 2 * ln3 * x2]
z.append(4 * x1 + ln3 * x2 - 2 * ln3 * x3)
x_hat = [sigma(z_i) for z_i in z]
print("x_hat:", [round(p, 4) for p in x_hat])
p = (1 - x_hat[0]) * x_hat[1] * x_hat[2] * (1 - x_hat[3])
print("p(0, 1, 1, 0) =", round(p, 6), "and 27/128 =", 27 / 128)

# %% [markdown]
# Only pixel 4 looks at $x_3$; pixel 3 must not, since it is the one being predicted. Now stack the coefficients: put
# $\alpha^i_j$ into row $i$ and column $j$ of a matrix. Row $i$ may only be filled left of the diagonal. All $n$
# regressions become one product with a **strictly lower-triangular** matrix:
#
# $$z = \alpha_0 + \begin{pmatrix} 0 & 0 & 0 & 0 \\ \alpha^2_1 & 0 & 0 & 0 \\ \alpha^3_1 & \alpha^3_2 & 0 & 0 \\
# \alpha^4_1 & \alpha^4_2 & \alpha^4_3 & 0 \end{pmatrix} x$$
#
# ### Exercise 2.1: all regressions in one product (3 points)
# A parameter in PyTorch is a full matrix, so gradient steps will put numbers on the diagonal and above it. Your
# function must not let them in. (One point is given at the end of the notebook, where gmlib's version must agree.)

# %% solution="fvsbn_logits" withhold="autoregressive.fvsbn"
def fvsbn_logits(x, alpha_0, alpha):
    """The scores z_i of an FVSBN, of which x_hat_i = sigma(z_i).

    x:       (batch, n), float: the pixels, 0 or 1.
    alpha_0: (n,), float: alpha_0[i] is the bias of row i.
    alpha:   (n, n), float: alpha[i, j] weighs x[:, j] in row i. Entries
             on and above the diagonal may be anything: leave them out.
    Returns (batch, n), float: the scores z, before the sigmoid.
    """
    ### BEGIN SOLUTION
    return alpha_0 + x @ alpha.tril(-1).T
    ### END SOLUTION

# %% test="fvsbn_logits--lecture" points=1
checks.own_work(fvsbn_logits, "autoregressive.fvsbn")
generator = checks.generator("fvsbn_logits--lecture")
alpha_0 = math.log(3) * torch.tensor([0.0, 1, -1, 0])
alpha = math.log(3) * torch.randn(4, 4, generator=generator)
x = checks.binary_vectors(4)
logits = checks.untouched(fvsbn_logits, x, alpha_0, alpha)
checks.value(logits, (16, 4), "float", "the scores z")
checks.causal(lambda x: fvsbn_logits(x, alpha_0, alpha), x)
checks.close(
    fvsbn_logits(torch.zeros(1, 4), alpha_0, alpha)[0], alpha_0,
    "z for an image of zeros",
    "there z is alpha_0 itself: scores come before the sigmoid",
)
print("Each output sees exactly the pixels before it.")

# %% test="fvsbn_logits--fresh" points=1
# Other sizes, both float types, and the values of the scores.
### BEGIN HIDDEN TESTS
generator = checks.generator("fvsbn_logits--fresh", fresh=True)
for n, dtype in zip([1, 2, 5, 9], [torch.float32, torch.float64] * 2):
    alpha_0 = torch.randn(n, generator=generator, dtype=dtype)
    alpha = torch.randn(n, n, generator=generator, dtype=dtype)
    x = checks.random_bits(6, n, generator, dtype)
    logits = fvsbn_logits(x, alpha_0, alpha)
    rows = [alpha_0[i] + x[:, :i] @ alpha[i, :i] for i in range(n)]
    checks.close(
        logits, torch.stack(rows, 1), f"z for n = {n}",
        "row i weighs the pixels j < i by alpha[i, j] and adds alpha_0[i]",
        dtype=dtype,
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2.2: the log-probability (2 points)
# A product of 64 factors below one is small, and of 784 it is zero in float32. So we add logarithms:
#
# $$\log p(x) = \sum_{i=1}^n \; x_i \log \hat x_i + (1 - x_i) \log (1 - \hat x_i)$$
#
# Mind the tails. In float32 $\sigma(20)$ is exactly 1, so `log(1 - sigmoid(20))` is $-\infty$, and one sure but wrong
# pixel ruins the whole training run. That is why the function receives the scores. It helps that
# $1 - \sigma(z) = \sigma(-z)$, and that `logsigmoid`, imported above, is exact far out.

# %% solution="log_bernoulli"
def log_bernoulli(x, logits):
    """log p(x) of binary pixels whose conditionals have the given scores.

    x:      (batch, n), float: the pixels, 0 or 1.
    logits: (batch, n), float: the scores z, with x_hat = sigma(z).
    Returns (batch,), float: log p(x) in nats, one number an image. Stays
    finite for scores as far out as -1000 and 1000.
    """
    ### BEGIN SOLUTION
    return logsigmoid((2 * x - 1) * logits).sum(-1)
    ### END SOLUTION

# %% test="log_bernoulli--lecture" points=1
z = math.log(3) * torch.tensor([[0.0, 1, 1, -1]])
x = torch.tensor([[0.0, 1, 1, 0]])
log_p = checks.untouched(log_bernoulli, x, z)
checks.value(log_p, (1,), "float", "log p(x)", high=0)
checks.close(
    log_p, torch.tensor([math.log(27 / 128)]), "log p(0, 1, 1, 0)",
    "sum log x_hat_i over the ones and log(1 - x_hat_i) over the zeros",
)
checks.sums_to_one(
    lambda x: log_bernoulli(x, z.expand(len(x), -1)), 4,
    hint="zeros must be counted as well as ones",
)
checks.finite(
    log_bernoulli(x, torch.tensor([[200.0, 200, -200, 200]])),
    "log p(x) at scores of 200",
    "sigma(200) rounds to 1: take the logarithm of the sigmoid in one go",
)
print("It sums to one, and it survives scores of 200.")

# %% test="log_bernoulli--fresh" points=1
# Other sizes, both float types, far scores.
### BEGIN HIDDEN TESTS
generator = checks.generator("log_bernoulli--fresh", fresh=True)
for n, dtype in zip([1, 7, 64], [torch.float32, torch.float64] * 2):
    z = 2 * torch.randn(8, n, generator=generator, dtype=dtype)
    x = checks.random_bits(8, n, generator, dtype)
    p = torch.where(x == 1, z.double().sigmoid(), 1 - z.double().sigmoid())
    checks.close(
        log_bernoulli(x, z), p.log().sum(1), f"log p(x) for n = {n}",
        "sum over the pixels of each image, in nats",
        tolerance=1e-4 if dtype == torch.float32 else 1e-8, dtype=dtype,
    )
    far = 900 * (1 - 2 * x)
    checks.close(
        log_bernoulli(x, far), torch.full((8,), -900.0 * n, dtype=dtype),
        "log p(x) where each pixel is wrong by a score of 900",
        "each such pixel costs 900 nats",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Train it on handwritten digits
# The data are scikit-learn's 8x8 digits: a pixel is 1 where the ink is above 7 of 16. A model is now three lines
# around your two functions. `training.fit` lowers the mean of $-\log p(x)$ with Adam and keeps the weights of the
# epoch that did best on the validation images.
#
# **Predict.** With all weights at zero, each $\hat x_i$ is 1/2. What is the loss then, in nats?

# %% tags=["demo"]
class MyFVSBN(torch.nn.Module):
    def __init__(self, n):
        super().__init__()
        self.alpha_0 = torch.nn.Parameter(torch.zeros(n))
        self.alpha = torch.nn.Parameter(torch.zeros(n, n))

    def logits(self, x):
        return fvsbn_logits(x, self.alpha_0, self.alpha)

    def log_prob(self, x):
        return log_bernoulli(x, self.logits(x))


digits = data.digits()
model = MyFVSBN(64)
before = training.nll(model, digits.train.x)
print(f"before training: {before:.2f} nats an image")
history = training.fit(
    model, digits.train.x, digits.validation.x, epochs=15,
    learning_rate=0.1, weight_decay=1e-3,
    generator=torch.Generator().manual_seed(0),
)
test_nats = training.nll(model, digits.test.x)
assert abs(test_nats - 18.4) < 0.5
plotting.picture(history.plot().figure)

# %% [markdown]
# Before training each pixel is a coin toss, $64 \ln 2$ nats in all. One epoch halves that. Held-out images end up
# about a nat dearer than training images: two thousand coefficients are not many for 1,200 images of 64 pixels.
#
# ### Look at the weights
# **Predict.** Row $i$ of $\alpha$ says how pixel $i$ uses the earlier ones. Which earlier pixels will weigh most?

# %% tags=["demo"]
figure, axes = plt.subplots(
    1, 3, figsize=(11, 4), width_ratios=[1.4, 1, 1], layout="constrained"
)
alpha = model.alpha.detach().tril(-1)
plotting.matrix(alpha, title="alpha: row i, column j", ax=axes[0])
for axis, i in zip(axes[1:], [35, 53]):
    plotting.matrix(
        alpha[i].reshape(8, 8), title=f"row {i + 1} as an image", ax=axis,
        numbers=False,
    )
    axis.plot(i % 8, i // 8, "ks", markersize=14, markerfacecolor="none")
plotting.picture(figure)

# %% [markdown]
# The left neighbour and the pixels just above weigh most, and nothing at or after the pixel itself (the square) has
# any weight: the upper triangle is empty. The faint bands in the matrix lie 1 and 8 places off the diagonal: left,
# above.
#
# ## 2 Sampling, pixel by pixel
#
# To draw an image we follow the chain rule: draw $x_1$ from $\hat x_1$, put it in, compute $\hat x_2$, draw $x_2$,
# and so on. Every step needs the *drawn* values of all earlier pixels, so there are $n$ steps, one after the other,
# but many images can be drawn side by side.
#
# **By hand.** In the four-pixel example $\hat x_1 = 1/2$. Suppose the coin says $x_1 = 0$: then $\hat x_2 = 3/4$.
# Suppose $x_2 = 1$: then $\hat x_3 = 3/4$, and so on down the table above.
#
# ### Exercise 2.3: draw from an FVSBN (2 points)
# `torch.bernoulli(p, generator=generator)` draws a 1 with probability `p`, entry by entry.

# %% solution="fvsbn_sample" withhold="autoregressive.fvsbn"
def fvsbn_sample(count, alpha_0, alpha, generator):
    """Draw images from an FVSBN, pixel by pixel in raster order.

    count:     how many images.
    alpha_0:   (n,), float: the biases.
    alpha:     (n, n), float: the weights, as in exercise 2.1: entries on
               and above the diagonal may be anything.
    generator: the torch.Generator that every draw must use.
    Returns (count, n), with the dtype of alpha_0: pixels, each 0 or 1.
    """
    ### BEGIN SOLUTION
    x = torch.zeros(count, len(alpha_0), dtype=alpha_0.dtype)
    for i in range(len(alpha_0)):
        x_hat = torch.sigmoid(alpha_0[i] + x[:, :i] @ alpha[i, :i])
        x[:, i] = torch.bernoulli(x_hat, generator=generator)
    return x
    ### END SOLUTION

# %% test="fvsbn_sample--lecture" points=1
checks.own_work(fvsbn_sample, "autoregressive.fvsbn")
generator = checks.generator("fvsbn_sample--lecture")
alpha_0 = torch.tensor([0.0, 1.1, -1.1, 0])
alpha = torch.tensor(
    [[9.0, 9, 9, 9], [-2.5, 9, 9, 9], [3, 2.2, 9, 9], [2, 1.1, -4, 9]]
)
right = autoregressive.FVSBN(4).double()
right.load_state_dict({"alpha_0": alpha_0, "alpha": alpha})
samples = checks.untouched(
    fvsbn_sample, 20000, alpha_0, alpha, generator
)
checks.sampler(
    samples, right.log_prob, 4, "your samples",
    "draw each pixel given the pixels that were drawn before it",
)
checks.repeats(
    lambda g: fvsbn_sample(50, alpha_0, alpha, g), "fvsbn_sample--lecture"
)
print("20,000 images of four pixels occur as often as they should.")

# %% test="fvsbn_sample--fresh" points=1
# Other weights and sizes.
### BEGIN HIDDEN TESTS
generator = checks.generator("fvsbn_sample--fresh", fresh=True)
for n, dtype in zip([1, 3, 6], [torch.float32, torch.float64] * 2):
    alpha_0 = torch.randn(n, generator=generator, dtype=dtype)
    alpha = 2 * torch.randn(n, n, generator=generator, dtype=dtype)
    right = autoregressive.FVSBN(n).double()
    right.load_state_dict({"alpha_0": alpha_0, "alpha": alpha})
    samples = checks.untouched(
        fvsbn_sample, 20000, alpha_0, alpha, generator
    )
    checks.value(samples, (20000, n), dtype, "your samples")
    one = fvsbn_sample(1, alpha_0, alpha, generator)
    checks.value(one, (1, n), dtype, "a draw of one image")
    checks.sampler(
        samples, right.log_prob, n, "your samples",
        "draw each pixel given the pixels that were drawn before it",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Samples, and what the model thought on the way
# The lecture shows samples on one side and the conditionals $\hat x_i$ on the other. The right picture is not a
# blurred copy of the left one: entry $i$ was computed *before* pixel $i$ was drawn. **Predict.** Where will $\hat
# x_i$ be grey, that is, where is the model in doubt?

# %% tags=["demo"]
generator = torch.Generator().manual_seed(1)
with torch.no_grad():
    samples = fvsbn_sample(20, model.alpha_0, model.alpha, generator)
    x_hat = torch.sigmoid(model.logits(samples))
figure, axes = plt.subplots(1, 2, figsize=(9, 3.9), layout="constrained")
plotting.images(samples, columns=5, title="samples", ax=axes[0])
plotting.images(x_hat, columns=5, title="their x_hat", ax=axes[1])
plotting.picture(figure)

# %% [markdown]
# Some samples could pass for digits, many are strokes that lead nowhere: a logistic regression can only add up votes
# of earlier pixels, it cannot say *this and that, but not both*. Doubt sits where strokes begin or end; inside a
# stroke and in the empty corners the pixel is nearly settled before it is drawn.
#
# **Change one number.** In the drawing cell above, replace `model.alpha` by `0 * model.alpha` and run it again. What
# kind of model are you looking at now, and why are all pictures of $\hat x$ the same?
#
# ## 3 NADE: one hidden layer a pixel
#
# NADE gives each conditional a small neural network in place of the logistic regression. In the first, *untied* form
# pixel $i$ has its own matrix $A_i$ with $i - 1$ columns, its own $c_i$, and its own outputs:
#
# $$h_i = \sigma(A_i x_{<i} + c_i), \qquad \hat x_i = \sigma(\alpha_i h_i + b_i)$$
#
# With $d$ hidden units, $A_i$ is $(d, i-1)$, $c_i$ and $\alpha_i$ have $d$ numbers, and $b_i$ is one. Pixel 1 sees
# nothing: $A_1$ has no columns, and $h_1 = \sigma(c_1)$.
#
# **By hand.** Two hidden units, pixel 3, $x_{<3} = (1, 0)$, $A_3 = \begin{pmatrix} \ln 3 & 5 \\ -\ln 3 & 7
# \end{pmatrix}$, $c_3 = (0, 0)$: the hidden units are $\sigma(\ln 3) = 3/4$ and $\sigma(-\ln 3) = 1/4$. With
# $\alpha_3 = (4, -4)$ and $b_3 = -2$ the score is $3 - 1 - 2 = 0$, so $\hat x_3 = 1/2$.
#
# ### Exercise 2.4: one untied conditional (2 points)

# %% solution="untied_logit" withhold="autoregressive.nade"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    """The score of pixel i in an untied NADE: x_hat_i = sigma(score).

    x_before: (batch, i - 1), float: earlier pixels; no column if i = 1.
    A_i:      (d, i - 1), float. c_i: (d,), float: the hidden layer.
    alpha_i:  (d,), float. b_i: (), float: the output.
    Returns (batch,), float: alpha_i h_i + b_i, before the sigmoid.
    """
    ### BEGIN SOLUTION
    h_i = torch.sigmoid(x_before @ A_i.T + c_i)
    return h_i @ alpha_i + b_i
    ### END SOLUTION

# %% test="untied_logit--hand" points=1
checks.own_work(untied_logit, "autoregressive.nade")
ln3 = math.log(3)
A_3 = torch.tensor([[ln3, 5], [-ln3, 7]])
alpha_3, b_3 = torch.tensor([4.0, -4]), torch.tensor(-2.0)
x_before = torch.tensor([[1.0, 0], [0, 0], [1, 0]])
score = checks.untouched(
    untied_logit, x_before, A_3, torch.zeros(2), alpha_3, b_3
)
checks.close(
    score, torch.tensor([0.0, -2, 0]), "the score of pixel 3 (by hand)",
    "h = sigma(A x + c), then alpha h + b, without another sigmoid",
)
score = untied_logit(
    torch.zeros(5, 0), torch.zeros(2, 0), torch.tensor([ln3, -ln3]),
    alpha_3, b_3,
)
checks.close(
    score, torch.zeros(5), "the score of pixel 1, which sees no pixel",
    "h_1 = sigma(c_1): the bias c belongs inside the sigmoid",
)
print("The example by hand comes out, and pixel 1 needs no input.")

# %% test="untied_logit--fresh" points=1
# Other sizes, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("untied_logit--fresh", fresh=True)
for i, d, batch, dtype in [
    (1, 3, 7, torch.float64), (9, 9, 7, torch.float32),
    (3, 1, 7, torch.float64), (4, 2, 1, torch.float32),
]:
    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=dtype)

    x = checks.random_bits(batch, i - 1, generator, dtype)
    A_i, c_i, alpha_i, b_i = draw(d, i - 1), draw(d), draw(d), draw(())
    h = torch.stack([
        sum((A_i[k, j] * x[:, j] for j in range(i - 1)),
            c_i[k].expand(batch))
        for k in range(d)
    ]).sigmoid()
    checks.close(
        checks.untouched(untied_logit, x, A_i, c_i, alpha_i, b_i),
        (alpha_i[:, None] * h).sum(0) + b_i,
        f"the score of pixel {i} with {d} hidden units",
        "h = sigma(A x + c), then alpha h + b", dtype=dtype,
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 4 Tied weights: one sweep through the image
#
# Untied, the matrices $A_i$ hold $d \, n(n-1)/2$ numbers, and pixel $i$ alone costs $d(i-1)$ multiplications.
# NADE **ties** them: all pixels share one $W$ of shape $(d, n)$ and one $c$, and pixel $i$ uses the first $i - 1$
# columns, $A_i = W_{\cdot, <i} = (w_1 \cdots w_{i-1})$:
#
# $$h_i = \sigma(\underbrace{c + w_1 x_1 + \dots + w_{i-1} x_{i-1}}_{a_i}), \qquad a_1 = c, \qquad
# a_{i+1} = a_i + w_i x_i$$
#
# That is the gain: $a_{i+1}$ differs from $a_i$ by one column, so a step costs $d$ multiplications and the whole
# image $O(nd)$, where computing every $A_i x_{<i}$ afresh costs $O(n^2 d)$. The order of business inside a step
# matters: **first predict pixel $i$ from $a_i$, then let pixel $i$ in**. The other way round, the network reads the
# answer off its input.
#
# **By hand.** $d = 2$, $c = (0, 1)$, $w_1 = (2, -1)$, $w_2 = (5, 5)$, $x = (1, 0)$: $a_1 = (0, 1)$, $a_2 = (2, 0)$,
# $a_3 = (2, 0)$. A pixel that is 0 leaves no trace.
#
# *Beside the lecture.* In its picture of the tied network the third matrix should be called $A_4$ ($A_3$ stands there
# twice), and the pictures leave out the bias: it is $\sigma(A_i x_{<i} + c)$, as in the line above them. Its later
# slide says that NADE requires $n$ passes. For a density it is one sweep of $n$ cheap steps, $O(nd)$ in all.
#
# ### Exercise 2.5: one step (1 point)

# %% solution="step" withhold="autoregressive.nade"
def step(a, x_i, w_i):
    """Let pixel i into the running sum: from a_i to a_{i+1}.

    a:   (batch, d), float: a_i = c + w_1 x_1 + ... + w_{i-1} x_{i-1}.
    x_i: (batch,), float: pixel i of each image.
    w_i: (d,), float: column i of W.
    Returns (batch, d), float: a_{i+1}. Leaves a as it is.
    """
    ### BEGIN SOLUTION
    return a + x_i[:, None] * w_i
    ### END SOLUTION

# %% test="step--hand" points=1
checks.own_work(step, "autoregressive.nade")
a = torch.tensor([[0.0, 1], [0, 1]])
kept = a.clone()
after = step(a, torch.tensor([1.0, 0]), torch.tensor([2.0, -1]))
checks.close(
    after, torch.tensor([[2.0, 0], [0, 1]]), "a after one step",
    "image k gains w_i if its own pixel i is 1, and nothing if it is 0",
)
checks.unchanged(kept, a, "a", "later steps and gradients still need it")
print("One step adds one column of W, where the pixel is 1.")
### BEGIN HIDDEN TESTS
generator = checks.generator("step--hand", fresh=True)
for batch, d, dtype in [
    (4, 4, torch.float64), (3, 6, torch.float32), (1, 3, torch.float32),
    (5, 1, torch.float64),
]:
    a = torch.randn(batch, d, generator=generator, dtype=dtype)
    x_i = torch.randn(batch, generator=generator, dtype=dtype)
    w_i = torch.randn(d, generator=generator, dtype=dtype)
    steps = [
        [a[k, u] + x_i[k] * w_i[u] for u in range(d)] for k in range(batch)
    ]
    checks.close(
        step(a, x_i, w_i), torch.tensor(steps, dtype=dtype),
        f"a after one step, with {batch} images and d = {d}",
        "entry (k, u) is a[k, u] + x_i[k] w_i[u]", dtype=dtype,
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2.6: the sweep (3 points)
# Start at $c$, and for each pixel in turn: predict, then step. The tests hold your sweep to your own untied networks
# with $A_i = W_{\cdot, <i}$: where their weights agree, so must their scores. (One point is given at the end, where
# gmlib's version must agree.)

# %% solution="nade_logits" withhold="autoregressive.nade"
def nade_logits(x, W, c, alpha, b):
    """The scores of all pixels of a tied NADE in one sweep of n steps.

    x:     (batch, n), float: the pixels.
    W:     (d, n), float: column i is w_i. c: (d,), float.
    alpha: (n, d), float: row i is alpha_i. b: (n,), float.
    Returns (batch, n), float: entry i is alpha_i h_i + b_i, before the
    sigmoid. Use `step`.
    """
    ### BEGIN SOLUTION
    a = c.expand(len(x), -1)
    logits = []
    for i in range(x.shape[1]):
        h_i = torch.sigmoid(a)
        logits.append(h_i @ alpha[i] + b[i])
        a = step(a, x[:, i], W[:, i])
    return torch.stack(logits, 1)
    ### END SOLUTION

# %% test="nade_logits--untied" points=1
checks.own_work(nade_logits, "autoregressive.nade")
generator = checks.generator("nade_logits--untied")
W, alpha = torch.randn(2, 3, 5, generator=generator)
c = torch.randn(3, generator=generator)
b = torch.randn(5, generator=generator)
x = checks.binary_vectors(5)
logits = checks.untouched(nade_logits, x, W, c, alpha.T, b)
checks.value(logits, (32, 5), "float", "the scores")
checks.causal(lambda x: nade_logits(x, W, c, alpha.T, b), x)
for i in range(5):
    untied = untied_logit(x[:, :i], W[:, :i], c, alpha[:, i], b[i])
    checks.close(
        logits[:, i], untied, f"the score of pixel {i + 1}",
        "it differs from your untied network with the same weights: "
        "does a start at c, and is h = sigma(a)?",
    )
print("Tied and untied agree where their weights do.")

# %% test="nade_logits--fresh" points=1
# Other sizes, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("nade_logits--fresh", fresh=True)
for n, d, batch, dtype in [
    (1, 2, 9, torch.float32), (6, 6, 9, torch.float64),
    (4, 1, 9, torch.float64), (8, 3, 1, torch.float32),
]:
    W = torch.randn(d, n, generator=generator, dtype=dtype)
    c = torch.randn(d, generator=generator, dtype=dtype)
    alpha = torch.randn(n, d, generator=generator, dtype=dtype)
    b = torch.randn(n, generator=generator, dtype=dtype)
    x = checks.random_bits(batch, n, generator, dtype)
    scores = [
        (c + x[:, :i] @ W[:, :i].T).sigmoid() @ alpha[i] + b[i]
        for i in range(n)
    ]
    checks.close(
        nade_logits(x, W, c, alpha, b), torch.stack(scores, 1),
        f"the scores for n = {n}, d = {d}",
        "does a start at c, and do you predict before you step?",
        dtype=dtype,
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Train it
# The weights start small and random: with $W = 0$ and $\alpha = 0$ all hidden units would get the same gradient for
# ever. **Predict.** After one backward pass, which column of $W$ has a gradient of exactly zero, and why?

# %% tags=["demo"]
class MyNADE(torch.nn.Module):
    def __init__(self, n, d, generator):
        super().__init__()

        def draw(*shape):
            start = 0.2 * torch.randn(*shape, generator=generator)
            return torch.nn.Parameter(start)

        self.W, self.c, self.alpha = draw(d, n), draw(d), draw(n, d)
        self.b = torch.nn.Parameter(torch.zeros(n))

    def logits(self, x):
        return nade_logits(x, self.W, self.c, self.alpha, self.b)

    def log_prob(self, x):
        return log_bernoulli(x, self.logits(x))


nade = MyNADE(64, 48, torch.Generator().manual_seed(0))
tosses = torch.rand(64, 64, generator=torch.Generator().manual_seed(0))
nade.log_prob((tosses > 0.5).float()).mean().backward()
size = nade.W.grad.norm(dim=0)
print("columns of W without a gradient:", (size == 0).nonzero()[:, 0] + 1)

# %% [markdown]
# Only the last: $w_{64}$ would carry pixel 64 into later hidden states, and no pixel comes later. (The images here
# were coin tosses. With digits, columns of the empty border join it: a pixel that is 0 in every image moves nothing.)
#
# Now the training itself. Each batch is a sweep of 64 steps in Python, so this takes a few seconds.

# %% tags=["demo"]
history = training.fit(
    nade, digits.train.x, digits.validation.x, epochs=15, batch_size=32,
    learning_rate=0.04, weight_decay=1e-4,
    generator=torch.Generator().manual_seed(0),
)
nade_nats = training.nll(nade, digits.test.x)
assert abs(nade_nats - 17.5) < 0.6 and nade_nats < test_nats
plotting.picture(history.plot().figure)

# %% [markdown]
# NADE ends lower than the FVSBN, on both parts. The gap between its curves is wider, too: with 48 hidden units it has
# three times as many numbers to fit, and begins to fit the training images themselves.
#
# ### Held-out digits, pixel by pixel
# To see what the hidden layer bought, give both models the same held-out images. On the left $\hat x_i$; on the right
# how many nats NADE saves at each pixel, averaged over all test images. **Predict.** Both know all pixels before $i$.
# Where in the image should the hidden layer help most?

# %% tags=["demo"]
x = digits.test.x
with torch.no_grad():
    z = [m.logits(x) for m in (model, nade)]
cost = [-logsigmoid((2 * x - 1) * z_m).mean(0) for z_m in z]
rows = torch.cat([x[:6], z[0][:6].sigmoid(), z[1][:6].sigmoid()])
figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
title = "test digits; x_hat of the FVSBN; x_hat of NADE"
plotting.images(rows, columns=6, title=title, ax=axes[0])
saved = (cost[0] - cost[1]).reshape(8, 8)
title = f"nats saved by NADE, up to {saved.max():.2f} a pixel"
plotting.matrix(saved, title=title, ax=axes[1], numbers=False)
plotting.picture(figure)

# %% [markdown]
# Both expect a stroke to go on. In the first rows hardly anything is saved: there is little to know yet. NADE saves most in
# the lower half, where it has seen enough of the digit to tell which one it is likely to be.
#
# **Change one number.** Train again with `MyNADE(64, 4, ...)`. Four hidden units must carry all that is known about
# the pixels so far. Is the result better or worse than the FVSBN, and how many parameters does each have? (The
# `assert` after the training speaks of 48 units: delete it first.)
#
# ## 5 gmlib's own versions, and your machine
# The following cells are locked. The first group holds gmlib's own models to the same checks as yours, on every
# device that this machine has (0 points). Then your functions and gmlib's must agree (1 point each). The last group
# says whether your functions also run on a GPU, if there is one (0 points: nothing is lost if not).

# %% test="gmlib_fvsbn--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_fvsbn--devices")
    model = autoregressive.FVSBN(6, ordering=[3, 0, 5, 1, 4, 2]).to(device)
    checks.randomise(model, generator)
    x = checks.binary_vectors(6).to(device)
    checks.causal(model.conditionals, x, [3, 0, 5, 1, 4, 2])
    checks.sums_to_one(lambda x: model.log_prob(x.to(device)), 6)
    table = lambda x: model.log_prob(x.float().to(device))
    checks.sampler(model.sample(20000, generator), table, 6)
print("gmlib's FVSBN passes on every device that this machine has.")

# %% test="gmlib_nade--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_nade--devices")
    model = autoregressive.NADE(6, 5).to(device)
    checks.randomise(model, generator)
    x = checks.binary_vectors(6).to(device)
    checks.causal(model.conditionals, x)
    checks.sums_to_one(lambda x: model.log_prob(x.to(device)), 6)
    table = lambda x: model.log_prob(x.float().to(device))
    checks.sampler(model.sample(20000, generator), table, 6)
print("gmlib's NADE passes on every device that this machine has.")

# %% [markdown]
# Now yours against gmlib's. (The weights are random, so that nothing agrees by accident.)

# %% test="fvsbn_logits--gmlib" points=1
generator = checks.generator("fvsbn_logits--gmlib")
model = autoregressive.FVSBN(9)
checks.randomise(model, generator)
x = checks.random_bits(20, 9, generator)
checks.close(
    fvsbn_logits(x, model.alpha_0.detach(), model.alpha.detach()),
    model.logits(x).detach(), "z beside gmlib's FVSBN",
    "both have the same alpha_0 and alpha",
)
print("Your FVSBN and gmlib's agree.")

# %% test="nade_logits--gmlib" points=1
generator = checks.generator("nade_logits--gmlib")
model = autoregressive.NADE(9, 5)
checks.randomise(model, generator)
x = checks.random_bits(20, 9, generator)
W, c, alpha, b = (
    v.detach() for v in (model.W, model.c, model.alpha, model.b)
)
checks.close(
    nade_logits(x, W, c, alpha, b), model.logits(x).detach(),
    "the scores beside gmlib's NADE",
    "both have the same W, c, alpha and b",
)
print("Your NADE and gmlib's agree.")

# %% [markdown]
# Do your functions run where their inputs are? On a machine without a GPU these cells have nothing to find.

# %% test="fvsbn_logits--devices" points=0
generator = checks.generator("fvsbn_logits--devices")
x = checks.random_bits(4, 6, generator)
alpha = torch.randn(6, 6, generator=generator)
checks.same_on_devices(fvsbn_logits, x, alpha[0], alpha)
print("fvsbn_logits runs on every device that this machine has.")

# %% test="log_bernoulli--devices" points=0
generator = checks.generator("log_bernoulli--devices")
x = checks.random_bits(4, 6, generator)
checks.same_on_devices(log_bernoulli, x, 4 * x - 1)
print("log_bernoulli runs on every device that this machine has.")

# %% test="untied_logit--devices" points=0
generator = checks.generator("untied_logit--devices")
x = checks.random_bits(4, 3, generator)
A = torch.randn(3, 3, generator=generator)
checks.same_on_devices(untied_logit, x, A, A[0], A[1], A[2, 2])
print("untied_logit runs on every device that this machine has.")

# %% test="step--devices" points=0
generator = checks.generator("step--devices")
a = torch.randn(4, 3, generator=generator)
checks.same_on_devices(step, a, a[:, 0], a[0])
print("step runs on every device that this machine has.")

# %% test="nade_logits--devices" points=0
generator = checks.generator("nade_logits--devices")
x = checks.random_bits(4, 6, generator)
W = torch.randn(6, 6, generator=generator)
checks.same_on_devices(nade_logits, x, W, W[0], W.T, W[1])
print("nade_logits runs on every device that this machine has.")

# %% [markdown]
# ## Recap
#
# | model | conditional of pixel $i$ | numbers | density | sample |
# |---|---|---|---|---|
# | FVSBN | $\sigma(\alpha^i_0 + \sum_{j<i} \alpha^i_j x_j)$ | $n(n+1)/2$ | one masked matrix product | $n$ steps |
# | NADE, untied | $\sigma(\alpha_i \, \sigma(A_i x_{<i} + c_i) + b_i)$ | $d\,n(n-1)/2 + n(2d+1)$ | $O(n^2 d)$ | $n$ steps |
# | NADE, tied | $\sigma(\alpha_i \, \sigma(W_{\cdot,<i} x_{<i} + c) + b_i)$ | $2nd + d + n$ | $O(nd)$, one sweep | $n$ steps |
#
# **Next.** Notebook 02b keeps the hidden states and changes the outputs: grey levels, real numbers; then it asks what
# an autoencoder lacks.
#
# **To read.** Frey (1998), *Graphical Models for Machine Learning and Digital Communication* (logistic
# autoregression); Larochelle and Murray (2011), *The Neural Autoregressive Distribution Estimator*.
