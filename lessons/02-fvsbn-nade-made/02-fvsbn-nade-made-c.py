# %% [markdown]
# # 02c MADE: masks turn an autoencoder into a distribution
#
# At the end of this notebook you can
#
# - build the masks that make an autoencoder a distribution, for any ordering and any depth;
# - draw images from it, in the order that it was built for;
# - compare independent pixels, FVSBN, NADE and MADE on the same held-out digits, and say what each of them costs.
#
# **Time** 90 minutes. **Before** notebooks 02a and 02b. **Points** 12, one of them optional. **Lecture** 001,
# *Autoregressive autoencoders* and *MADE*.

# %% install=True

# %% [markdown]
# All imports stand here, and two short helpers: the log-probability of binary pixels in PyTorch's words, and a seed.
# As before, none of your functions may change the tensors and lists that it is given.

# %%
import math

import matplotlib.pyplot as plt
import torch

import gmlib
from gmlib import autoregressive, checks, data, plotting, training
from gmlib.explore import made


def log_bernoulli(x, logits):
    """log p(x) in nats, (batch,), from the scores of the conditionals."""
    pixels = torch.distributions.Bernoulli(logits=logits)
    return pixels.log_prob(x).sum(-1)


def new_generator(seed=0):
    return torch.Generator().manual_seed(seed)

# %% [markdown]
# ## 1 Masks
#
# One network with $n$ outputs *could* give all conditionals in one pass, if only the output for $x_i$ could see
# neither $x_i$ nor anything that comes after it. MADE cuts exactly the connections through which it could.
#
# Number the variables by their **place** in the ordering, $1 \dots n$. Give each hidden unit a number $m$ between $1$
# and $n - 1$: it may depend on the first $m$ variables, and on no others. Then keep a connection
#
# | from | to | when |
# |---|---|---|
# | the input at place $p$ | hidden unit $m$ | $p \le m$ |
# | hidden unit $m'$ | hidden unit $m$ of the next layer | $m' \le m$ |
# | hidden unit $m$ | the output for place $p$ | $m < p$ |
#
# Follow any path from an input to an output: the numbers never fall, and on the last step they rise. Whatever you
# arrive at comes strictly later than what you started from.
#
# **By hand.** The lecture's ordering is $x_2, x_3, x_1$, in code `ordering = [1, 2, 0]`. Places are not indices:
# $x_1$ has index 0 and place 3, $x_2$ place 1, $x_3$ place 2. Take one hidden layer of four units with numbers
# 1, 2, 2, 1. Rows are the units an arrow goes to, columns those it comes from, inputs and outputs in index order:
#
# | | $x_1$ (3) | $x_2$ (1) | $x_3$ (2) |
# |---|---|---|---|
# | unit 1, $m = 1$ | 0 | 1 | 0 |
# | units 2 and 3, $m = 2$ | 0 | 1 | 1 |
# | unit 4, $m = 1$ | 0 | 1 | 0 |
#
# Into the outputs: $x_1$ (place 3) hears all four units, $x_2$ (place 1) none, $x_3$ (place 2) units 1 and 4.
#
# ### Play with it
# Left, the network: a number in a circle is $m$, or the place of a variable. Middle, the masks. Right, who sees
# whom in the end: blue where there is a path, a cross where a link is *allowed* but no path is left. **Predict, then
# move.** What happens to the right-hand matrix when you change the seed? And when the network is narrow and deep?

# %% tags=["demo"]
made.explore()

# %% [markdown]
# The ordering alone decides what is allowed; seed, width and depth only decide how much of it the network can use. A
# cross is no error: the model is still a distribution, but poorer than it might be. Wide layers rarely have one.
#
# ### Exercise 2.12: number the hidden units (1 point)
# The lecture: for each hidden unit pick a random whole number in $[1, n - 1]$, both ends included. (A unit with
# number $n$ would be allowed to see everything; then no output could use it.)

# %% solution="draw_degrees" withhold="autoregressive.made"
def draw_degrees(n, width, generator):
    """The number m of each unit of a hidden layer.

    n: how many variables, at least 2. width: how many units.
    generator: the torch.Generator to draw from.
    Returns (width,), long: whole numbers from 1 to n - 1, all equally
    likely, drawn for each unit by itself.
    """
    ### BEGIN SOLUTION
    return torch.randint(1, n, (width,), generator=generator)
    ### END SOLUTION

# %% test="draw_degrees--range" points=1
checks.own_work(draw_degrees, "autoregressive.made")
generator = checks.generator("draw_degrees--range")
for n, width in [(3, 400), (9, 2000)]:
    checks.degrees(draw_degrees(n, width, generator), n, width)
checks.repeats(lambda g: draw_degrees(9, 50, g), "draw_degrees--range")
print("All numbers from 1 to n - 1 occur, and no others.")
### BEGIN HIDDEN TESTS
generator = checks.generator("draw_degrees--range", fresh=True)
for n, width in [(2, 60), (6, 400)]:
    checks.degrees(draw_degrees(n, width, generator), n, width)
for n in [3, 6]:
    found = draw_degrees(n, 20000, generator)
    checks.close(
        torch.bincount(found, minlength=n)[1:] / 20000,
        torch.full((n - 1,), 1 / (n - 1)),
        f"the share of each number when n = {n}",
        "each number should have the same chance", tolerance=0.025,
    )
found = torch.stack([draw_degrees(3, 3, generator) for _ in range(2000)])
checks.close(
    (found == 1).float().mean(0), torch.full((3,), 0.5),
    "the share of number 1 in each unit, over 2000 layers",
    "each unit's number is drawn by itself: no sorting, no dealing out",
    tolerance=0.08,
)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2.13: the masks (3 points)
# For any ordering, any number of hidden layers, and any numbers in them. First find the place of each variable; then
# all masks are comparisons of two lists of numbers.

# %% solution="made_masks" withhold="autoregressive.made"
def made_masks(ordering, degrees):
    """The masks that make a fully connected network autoregressive.

    ordering: list of n variable indices, first generated first;
              [1, 2, 0] is x2, x3, x1.
    degrees:  list with one long tensor a hidden layer: the number m of
              each of its units.
    Returns a list of tensors of 0 and 1 (or booleans), one a weight
    matrix, each (units out, units in); inputs and outputs are in index
    order.
    """
    ### BEGIN SOLUTION
    place = torch.empty(len(ordering), dtype=torch.long)
    place[ordering] = torch.arange(1, len(ordering) + 1)
    layers = [place, *degrees]
    masks = [m_in <= m_out[:, None]
             for m_in, m_out in zip(layers, layers[1:])]
    return [*masks, layers[-1] < place[:, None]]
    ### END SOLUTION

# %% test="made_masks--lecture" points=1
checks.own_work(made_masks, "autoregressive.made")
ordering = [1, 2, 0]
degrees = [torch.tensor([1, 2, 2, 1])]
masks = checks.untouched(made_masks, ordering, degrees)
checks.masks(masks, [(4, 3), (3, 4)])
checks.dependencies(checks.paths(masks), ordering)
print("x2 sees nothing, x3 sees x2, x1 sees x2 and x3.")

# %% test="made_masks--any" points=2
# Any ordering, any depth.
### BEGIN HIDDEN TESTS
generator = checks.generator("made_masks--any", fresh=True)
for n, widths in [(2, [5]), (6, [40, 40]), (9, [60, 50, 60]), (5, [])]:
    ordering = torch.randperm(n, generator=generator).tolist()
    # every number from 1 to n - 1 is in every layer, so that each allowed
    # link has a path
    degrees = [torch.arange(width) % (n - 1) + 1 for width in widths]
    degrees = [
        d[torch.randperm(len(d), generator=generator)] for d in degrees
    ]
    masks = checks.untouched(made_masks, ordering, degrees)
    checks.masks(masks, list(zip([*widths, n], [n, *widths])))
    checks.dependencies(checks.paths(masks), ordering)
    numbers = [torch.tensor([ordering.index(i) + 1 for i in range(n)])]
    numbers += degrees
    for k, mask in enumerate(masks[:-1]):
        checks.close(
            mask.double(),
            (numbers[k] <= numbers[k + 1][:, None]).double(),
            f"mask {k}",
            "it cuts connections that the table keeps: into a hidden "
            "unit, equal and smaller numbers may enter",
        )
    checks.close(
        masks[-1].double(), (numbers[-1] < numbers[0][:, None]).double(),
        "the last mask", "it cuts connections that the table keeps: into "
        "an output, all smaller numbers may enter",
    )
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** Two hidden layers of 40 units for 16 pixels in raster order. What does the product of the masks look
# like, that is, the number of paths from each input to each output?

# %% tags=["demo"]
generator = new_generator(3)
degrees = [draw_degrees(16, 40, generator) for _ in range(2)]
masks = [mask.float() for mask in made_masks(list(range(16)), degrees)]
figure, axes = plt.subplots(1, 4, figsize=(11, 3.2), layout="constrained")
names = ["inputs to layer 1", "layer 1 to layer 2", "layer 2 to outputs"]
for axis, mask, name in zip(axes, masks, names):
    plotting.matrix(mask, title=name, ax=axis, numbers=False)
paths = masks[2] @ masks[1] @ masks[0]
plotting.matrix(paths.log1p(), title="log(1 + paths), input to output",
                ax=axes[3], numbers=False)
plotting.picture(figure)

# %% [markdown]
# The masks look like noise, since the numbers were drawn at random; their product is strictly lower triangular, as
# the matrix of the FVSBN was. That is all that a MADE needs to be a distribution. Where a place next to the diagonal
# is white, a number was not drawn: a link that is allowed, but lost.
#
# **Think.** Nothing may feed the output of the first variable. What does the network output for it, and why is that
# right?
#
# **Change one number.** With 8 units a layer instead of 40, which entries below the diagonal become 0?
#
# ## 2 The masked network
#
# The masks multiply the *weights*, and they do so in each call, while the weights themselves stay as they are:
# what is masked gets no gradient and never matters.
#
# $$h^1 = \text{relu}\big((W^1 \odot M^1) x + b^1\big), \quad \dots, \quad
# z = (W^L \odot M^L) h^{L-1} + b^L, \quad \hat x_i = \sigma(z_i)$$
#
# Biases carry nothing about $x$ and need no mask. **By hand.** With the masks above, all weights 1 and all biases 0,
# the image $x = (1, 1, 0)$ gives $h = (1, 1, 1, 1)$ (every unit sees $x_2 = 1$, none sees $x_1$) and $z = (4, 0, 2)$.
#
# ### Exercise 2.14: the forward pass (3 points)
# (One point is given at the end of the notebook, where gmlib's version must agree.)

# %% solution="made_logits" withhold="autoregressive.made"
def made_logits(x, weights, biases, masks):
    """All scores of a MADE in one pass.

    x:       (batch, n), float: the pixels.
    weights: list of L tensors, each (units out, units in).
    biases:  list of L tensors, each (units out,).
    masks:   list of L tensors of booleans, shaped like the weights.
    Returns (batch, n), float: the scores z. Relu after every layer but the
    last. Leaves the weights as they are.
    """
    ### BEGIN SOLUTION
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = torch.relu(h) if k > 0 else h
        h = h @ (W * mask).T + b
    return h
    ### END SOLUTION

# %% test="made_logits--lecture" points=1
checks.own_work(made_logits, "autoregressive.made")
M1 = torch.tensor([[0, 1, 0], [0, 1, 1], [0, 1, 1], [0, 1, 0]]) > 0
M2 = torch.tensor([[1, 1, 1, 1], [0, 0, 0, 0], [1, 0, 0, 1]]) > 0
weights = [torch.ones(4, 3), torch.ones(3, 4)]
biases = [torch.zeros(4), torch.zeros(3)]
x = torch.tensor([[1.0, 1, 0]])
z = checks.untouched(made_logits, x, weights, biases, [M1, M2])
checks.value(z, (1, 3), "float", "the scores z")
generator = checks.generator("made_logits--lecture")
weights = [torch.rand(4, 3, generator=generator) for _ in range(2)]
weights[1] = weights[1].T - 0.5
shift = [torch.tensor([0.5, -0.3, 0.4, 0.2]), torch.ones(3)]
checks.causal(
    lambda x: made_logits(x, weights, shift, [M1, M2]),
    checks.binary_vectors(3), [1, 2, 0],
)
checks.close(
    z, torch.tensor([[4.0, 0, 2]]), "z of the example by hand",
    "h is (1, 1, 1, 1) there: relu inside, nothing after the last layer",
)
z = made_logits(x, [-weights[0], weights[1]], biases, [M1, M2])
checks.close(
    z, torch.zeros(1, 3), "z where every hidden unit is switched off",
    "relu belongs after each hidden layer: the inner nonlinearity",
)
print("In the ordering x2, x3, x1 every output sees what it may.")

# %% test="made_logits--fresh" points=1
# Other depths and sizes, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("made_logits--fresh", fresh=True)
for sizes, dtype in [
    ([4, 7, 4], torch.float32), ([5, 5, 5, 5], torch.float64),
    ([5, 5], torch.float64),
]:
    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=dtype)

    weights = [draw(b, a) for a, b in zip(sizes, sizes[1:])]
    biases = [draw(b) for b in sizes[1:]]
    masks = [draw(*W.shape) > 0 for W in weights]
    masks[-1][0] = False  # as for the first variable of an ordering
    x = checks.random_bits(6, sizes[0], generator, dtype)
    layers = list(zip(weights, biases, masks))
    h = x
    for W, b, mask in layers[:-1]:
        h = (h @ W.masked_fill(~mask, 0).T + b).clamp(min=0)
    W, b, mask = layers[-1]
    checks.close(
        made_logits(x, weights, biases, masks),
        h @ W.masked_fill(~mask, 0).T + b,
        f"z of a network with layers of {sizes}",
        "mask the weights, add the bias (unmasked), relu after all layers "
        "but the last",
        dtype=dtype,
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Is it a distribution now?
# A given class draws the numbers and the first weights. We take the twelve-pixel patches of notebook 02b, the same
# loss, and one hidden layer of 64 units. **Predict** the log-sum, before training and after.

# %% tags=["demo"]
class MyMADE(torch.nn.Module):
    def __init__(self, n, widths, ordering, generator):
        super().__init__()
        self.ordering, sizes = ordering, [n, *widths, n]
        degrees = [draw_degrees(n, width, generator) for width in widths]
        self.masks = made_masks(ordering, degrees)
        self.weights = torch.nn.ParameterList()
        self.biases = torch.nn.ParameterList()
        for a, b in zip(sizes, sizes[1:]):
            noise = 2 * torch.rand(b, a, generator=generator) - 1
            self.weights.append(noise / a**0.5)
            self.biases.append(torch.zeros(b))

    def logits(self, x):
        return made_logits(
            x, list(self.weights), list(self.biases), self.masks
        )

    def conditionals(self, x):
        return torch.sigmoid(self.logits(x)).detach()

    def log_prob(self, x):
        return log_bernoulli(x, self.logits(x))

# %% [markdown]
# The class needs nothing but your three functions. Now the sum over all 4096 patches, which for an autoencoder was
# nowhere near 1, nor its logarithm near 0:

# %% tags=["demo"]
patches = data.digit_patches()
everything = checks.binary_vectors(12)
small = MyMADE(12, [64], list(range(12)), new_generator())
before = torch.logsumexp(small.log_prob(everything), 0).item()
training.fit(small, patches.train.x, patches.validation.x, epochs=10,
             generator=new_generator())
after = torch.logsumexp(small.log_prob(everything), 0).item()
print("log-sum is 0 before training:", abs(before) < 1e-4)
print("log-sum is 0 after training: ", abs(after) < 1e-4)

# %% [markdown]
# Masks make it a distribution whatever the weights are. Now the full digits: 64 pixels in raster order, 256 hidden
# units.

# %% tags=["demo"]
digits = data.digits()
my_made = MyMADE(64, [256], list(range(64)), new_generator())
history = training.fit(
    my_made, digits.train.x, digits.validation.x, epochs=25,
    learning_rate=0.02, weight_decay=2e-4, generator=new_generator(),
)
assert abs(training.nll(my_made, digits.test.x) - 17.4) < 0.6
plotting.picture(history.plot().figure)

# %% [markdown]
# The training curve goes on falling where the validation curve lies flat: with 33,000 weights for 1,200 images the
# model begins to learn its images by heart. `fit` keeps the weights of the best validation epoch (dotted line).
#
# **Change one number.** Train with `weight_decay=0`. What happens to the gap between the curves? (If the `assert`
# complains, delete it: it speaks of the numbers as they stood.)
#
# ## 3 Sampling takes $n$ steps, in the chosen order
#
# For a given image MADE needs one pass. For a new one it needs $n$: to draw the second variable *of the ordering* it
# must know the first. Each pass computes all $n$ conditionals and keeps one: the earlier ones are used up, and the
# later ones saw pixels that are not drawn yet.
#
# **By hand**, ordering $x_2, x_3, x_1$: start with zeros, draw $x_2$ from $\hat x_2$ and put it in; run the network
# again, draw $x_3$; run it again, draw $x_1$. Done after three passes, and $x_1$ came last.
#
# *Beside the lecture.* "NADE requires $n$ passes, MADE one" is about evaluation, and there NADE's $n$ steps are
# short ones, $O(nd)$ together. To draw a sample both take $n$ steps.
#
# ### Exercise 2.15: draw in order (2 points)

# %% solution="made_sample" withhold="autoregressive.made"
def made_sample(conditionals, ordering, count, generator):
    """Draw images from an autoregressive model, one variable at a time.

    conditionals: a function of x, (count, n) float, that returns x_hat,
                  (count, n): x_hat_i depends on the variables before i in
                  the ordering, and on nothing else in x.
    ordering:     list of n variable indices, first generated first.
    count:        how many images.
    generator:    the torch.Generator that every draw must use.
    Returns (count, n), float: each entry 0 or 1.
    """
    ### BEGIN SOLUTION
    x = torch.zeros(count, len(ordering))
    for i in ordering:
        x_hat = conditionals(x)
        x[:, i] = torch.bernoulli(x_hat[:, i], generator=generator)
    return x
    ### END SOLUTION

# %% test="made_sample--lecture" points=1
checks.own_work(made_sample, "autoregressive.made")
generator = checks.generator("made_sample--lecture")
ordering = [1, 2, 0]
b = torch.tensor([-1.5, 0.4, -2.0])
W = torch.tensor([[0, 3.0, -2.0], [0, 0, 0], [0, 3.5, 0]])


def toy(x):
    return torch.sigmoid(x.float() @ W.T + b)


samples = checks.untouched(
    made_sample, toy, ordering, 20000, generator
)
checks.value(samples, (20000, 3), "float", "your samples")
checks.sampler(
    samples, lambda x: (toy(x) * x + (1 - toy(x)) * (1 - x)).log().sum(1),
    3, "your samples",
    "draw x2 first, then x3 given x2, then x1 given both",
)
checks.repeats(
    lambda g: made_sample(toy, ordering, 50, g), "made_sample--lecture"
)
print("20,000 draws of x2, x3, x1 occur as often as they should.")

# %% test="made_sample--fresh" points=1
# Other orderings and sizes.
### BEGIN HIDDEN TESTS
generator = checks.generator("made_sample--fresh", fresh=True)
for ordering in [[0], [1, 0], [2, 0, 3, 1], [3, 0, 4, 1, 2]]:
    n = len(ordering)
    model = autoregressive.FVSBN(n, ordering)
    checks.randomise(model, generator, scale=2.0)
    alpha = model.alpha.detach() * model.mask
    alpha_0 = model.alpha_0.detach()
    samples = made_sample(
        lambda x: torch.sigmoid(x.float() @ alpha.T + alpha_0), ordering,
        20000, generator,
    )
    checks.value(samples, (20000, n), "float", "your samples")
    one = made_sample(lambda x: 0 * x + 0.5, ordering, 1, generator)
    checks.value(one, (1, n), "float", "a draw of one image")
    checks.sampler(
        samples, lambda x: model.log_prob(x.float()), n, "your samples",
        "each variable is drawn given those before it in the ordering",
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Half-drawn images
# **Predict.** Stop after 0, 16, 32, 48 and 64 of the 64 steps and look at the image so far, and at the $\hat x$ that
# the network gives at that moment. Which part of that $\hat x$ means something?

# %% tags=["demo"]
with torch.no_grad():
    full = made_sample(
        my_made.conditionals, my_made.ordering, 3, new_generator(2)
    )
steps, figure_rows = [0, 16, 32, 48, 64], []
for image in full:
    partial = torch.stack([image * (torch.arange(64) < k) for k in steps])
    figure_rows += [partial, my_made.conditionals(partial)]
figure, axis = plt.subplots(figsize=(5, 6.2), layout="constrained")
title = "after 0, 16, 32, 48, 64 steps; x_hat below"
plotting.images(torch.cat(figure_rows), 5, title=title, ax=axis)
plotting.picture(figure)

# %% [markdown]
# In each $\hat x$ only the part up to the *next* pixel counts; the rest was computed from zeros that stand for "not
# drawn yet" but look like "no ink". As rows arrive, what the network expects of the next row takes shape.
#
# **Change one number.** Draw with another seed (`new_generator(2)`). Are all samples digits?
#
# ## 4 Four models, one table
#
# What does each of them hold? Count the numbers that a model **stores** for $n$ pixels and $d$ hidden units:
#
# - independent pixels: one $\hat x_i$ each; FVSBN: $\alpha^i_0$ and $\alpha^i_j$ for $j < i$;
# - untied NADE: $A_i$ of shape $(d, i - 1)$, $c_i$, $\alpha_i$ and $b_i$ for each pixel;
# - tied NADE: $W$ of shape $(d, n)$, one $c$, $\alpha_i$ and $b_i$ for each pixel;
# - MADE with one hidden layer: two full weight matrices and their biases, masked entries counted too.
#
# **By hand**, $n = 3$, $d = 2$: $3$, $6$, $21$, $17$, $17$.
#
# ### Exercise 2.16: how many numbers? (2 points)

# %% solution="parameter_counts"
def parameter_counts(n, d):
    """How many numbers the models of this unit store.

    n: pixels. d: hidden units.
    Returns five whole numbers: (independent pixels, FVSBN, untied NADE,
    tied NADE, MADE with one hidden layer).
    """
    ### BEGIN SOLUTION
    pairs = n * (n - 1) // 2
    untied = d * pairs + n * (d + d + 1)
    tied = d * n + d + n * (d + 1)
    return n, n + pairs, untied, tied, tied
    ### END SOLUTION

# %% test="parameter_counts--small" points=1
names = ["independent pixels", "the FVSBN", "the untied NADE",
         "the tied NADE", "MADE"]
found = checks.items(parameter_counts(3, 2), 5, "the five counts")
for name, one, right in zip(names, found, [3, 6, 21, 17, 17]):
    checks.count(one, right, f"the count of {name} at n = 3, d = 2",
                 "add up the sizes in the list above")
print("The example by hand comes out.")

# %% test="parameter_counts--large" points=1
# Other sizes.
### BEGIN HIDDEN TESTS
for n, d in [(1, 4), (64, 48), (784, 500), (7, 1)]:
    untied = sum(d * (i - 1) + 2 * d + 1 for i in range(1, n + 1))
    masked = sum([d * n, d, n * d, n])
    rights = [n, sum(range(1, n + 1)), untied, masked, masked]
    found = checks.items(parameter_counts(n, d), 5, "the five counts")
    hints = ["one number a pixel", "row i has a bias and i - 1 weights",
             "each pixel has A_i, c_i, alpha_i and b_i of its own",
             "W and c are shared, alpha_i and b_i are not",
             "two full matrices and a bias for each layer"]
    names = ["independent pixels", "the FVSBN", "the untied NADE",
             "the tied NADE", "MADE"]
    for name, one, right, hint in zip(names, found, rights, hints):
        what = f"the count of {name} at n = {n}, d = {d}"
        checks.count(one, right, what, hint)
### END HIDDEN TESTS

# %% [markdown]
# Tied NADE and MADE store the same: at the same $d$ they differ only in how the hidden units see the pixels. In NADE
# *each* of the $d$ units is recomputed for every pixel; in MADE a unit has one value, and a mask says who may look.
#
# ### Train the others, and compare
# FVSBN and NADE come from gmlib here, in their fast forms; MADE is yours, from above. Independent pixels need no
# training: $\hat x_i$ is the share of ones, with one imagined 0 and one imagined 1 added to each count.
# **Predict** the order of the four, and by how many nats the best beats independent pixels.

# %% tags=["demo"]
class Independent:
    def __init__(self, x):
        self.x_hat = (x.sum(0) + 1) / (len(x) + 2)

    def conditionals(self, x):
        return self.x_hat.expand(len(x), -1)

    def log_prob(self, x):
        return log_bernoulli(x, self.x_hat.logit().expand(len(x), -1))


g = new_generator()
models = {
    "independent pixels": Independent(digits.train.x),
    "FVSBN": autoregressive.FVSBN(64, generator=g),
    "NADE, d = 64": autoregressive.NADE(64, 64, generator=g),
}
for name, rate, decay in [("FVSBN", 0.1, 0), ("NADE, d = 64", 0.03, 1e-4)]:
    training.fit(
        models[name], digits.train.x, digits.validation.x, epochs=20,
        batch_size=32, learning_rate=rate, weight_decay=decay,
        generator=new_generator(),
    )
models["MADE, d = 256"] = my_made

# %% [markdown]
# *Passes* counts how often the network must be run: for one density, and for one sample.

# %% tags=["demo"] exempt="trained numbers differ between processors"
counts = [parameter_counts(64, d)[k]
          for d, k in [(1, 0), (1, 1), (64, 3), (256, 4)]]
sweep = "64 short steps"
passes = [("1", "1"), ("1", "64"), (sweep, sweep), ("1", "64")]
rows, expected = [], [25.2, 18.4, 17.3, 17.4]
for k, (name, m) in enumerate(models.items()):
    nats = training.nll(m, digits.test.x)
    assert abs(nats - expected[k]) < 0.6, (name, nats)
    bits = training.bits_per_dim(nats, 64)
    rows.append([name, nats, bits, counts[k], *passes[k]])
assert rows[2][1] < rows[3][1] < rows[1][1] < rows[0][1]
plotting.results_table(rows, [
    "model", "nats an image", "bits a pixel", "numbers stored",
    "passes for a density", "passes for a sample",
])

# %% [markdown]
# Knowing the pixels before it saves each model more than a quarter of what independent pixels cost. The hidden layer
# is worth about one more nat. NADE, with a quarter of MADE's numbers, is ahead: in it every hidden unit serves every
# pixel, while a mask gives the early pixels few units. MADE's reward is speed: one pass for a density.
#
# A mean hides much. The models see the same test images, so compare them image by image. **Predict.** On what share
# of the test digits does NADE beat the FVSBN?

# %% tags=["demo"]
with torch.no_grad():
    gain = models["NADE, d = 64"].log_prob(digits.test.x)
    gain = gain - models["FVSBN"].log_prob(digits.test.x)
figure, axis = plt.subplots(figsize=(5.5, 3), layout="constrained")
axis.hist(gain.tolist(), bins=40)
axis.axvline(0, color="black", linewidth=1)
axis.set(xlabel="nats by which NADE beats the FVSBN", ylabel="test images")
plotting.picture(figure)

# %% [markdown]
# Most images are right of the line: the gain is not the luck of a few. Now the samples, beside data. All models draw
# with the same random numbers, so that images in the same place are relatives. **Predict.** Which models' images will
# resemble each other?

# %% tags=["demo"]
figure, axes = plt.subplots(1, 5, figsize=(12, 3.2), layout="constrained")
plotting.images(digits.test.x[:16], 4, title="data", ax=axes[0])
for axis, (name, m) in zip(axes[1:], models.items()):
    with torch.no_grad():
        drawn = made_sample(
            m.conditionals, list(range(64)), 16, new_generator(1)
        )
    plotting.images(drawn, 4, title=name, ax=axis)
plotting.picture(figure)

# %% [markdown]
# Independent pixels give the average digit, sprinkled: no pixel knows its neighbour. The other three agree in the
# first rows, where there is little to know, and part ways below. All give strokes; with a hidden layer they more
# often close into something with a name. The nats said so already, but not what the remaining errors look like.
#
# **Change one number.** Train NADE with $d = 16$ (`autoregressive.NADE(64, 16, ...)`) and make the table again, without
# its two `assert` lines, which speak of $d = 64$. How much of the gain over the FVSBN is left?
#
# ## 5 Several orders mixed (optional)
#
# Raster order is a choice. Train a MADE for each of $k$ orderings, and none of them is *the* model: use all,
#
# $$p(x) = \frac1k \sum_{j=1}^k p_j(x), \qquad \log p(x) = \log \frac1k \sum_j \exp(\log p_j(x))$$
#
# The average of probabilities is a distribution again. The average of *log*-probabilities is not: by Jensen's
# inequality it is never larger, and its exponentials sum to less than 1. **By hand**, for one image with
# probabilities 1/2 and 1/8: the mixture gives 5/16, the mean of the logarithms gives $\log 1/4$.
#
# ### Exercise 2.17, optional: log-mean-exp (1 point)

# %% solution="mix_orders" withhold="autoregressive.made"
def mix_orders(log_probs):
    """log p(x) under an equal mixture of k models.

    log_probs: (k, batch), float: row j holds log p_j(x) in nats. They may
               be as low as -1000.
    Returns (batch,), float: log p(x) in nats.
    """
    ### BEGIN SOLUTION
    return torch.logsumexp(log_probs, 0) - math.log(len(log_probs))
    ### END SOLUTION

# %% test="mix_orders--mean" points=1
checks.own_work(mix_orders, "autoregressive.made")
log_probs = torch.tensor([[0.5, 0.25], [0.125, 0.25]]).log()
checks.close(
    checks.untouched(mix_orders, log_probs),
    torch.tensor([5 / 16, 1 / 4]).log(),
    "log p(x) of the example by hand",
    "average the probabilities, not their logarithms",
)
found = mix_orders(log_probs - torch.tensor([0.0, 900]))
what = "log p(x) of two images, the second with log p_j near -900"
hint = "exp rounds to 0 there: use logsumexp"
checks.finite(found, what, hint)
checks.close(found, torch.tensor([5 / 16, 1 / 4]).log()
             - torch.tensor([0.0, 900]), what, hint + ", nothing clamped")
print("The mixture is an average of probabilities.")
### BEGIN HIDDEN TESTS
generator = checks.generator("mix_orders--mean", fresh=True)
for k, batch, dtype in [
    (1, 4, torch.float32), (4, 1, torch.float32), (3, 64, torch.float64)
]:
    p = torch.rand(k, batch, generator=generator, dtype=torch.float64)
    p = 0.01 + p
    checks.close(
        mix_orders(p.log().to(dtype)), p.mean(0).log().to(dtype),
        f"log p(x) of {k} models", "average over the models, row by row",
        dtype=dtype,
    )
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** Four MADEs, each with a random ordering of the pixels, alone and mixed. Will the mixture be better than
# the best of them?

# %% tags=["demo"] exempt="trained numbers differ between processors"
log_probs = []
for seed in range(4):
    order = torch.randperm(64, generator=new_generator(seed)).tolist()
    member = MyMADE(64, [200], order, new_generator(seed))
    training.fit(
        member, digits.train.x, digits.validation.x, epochs=20,
        learning_rate=0.02, weight_decay=2e-4,
        generator=new_generator(seed),
    )
    with torch.no_grad():
        log_probs.append(member.log_prob(digits.test.x))
log_probs = torch.stack(log_probs)
alone = [f"{-log_p.mean():.2f}" for log_p in log_probs]
mixed = -mix_orders(log_probs).mean()
assert mixed < -log_probs.mean(1).max()
print("alone:", *alone, f"nats; mixed: {mixed:.2f} nats")

# %% [markdown]
# It is. Each ordering stumbles over other images, and the mixture needs only one member that did not. The price is
# four times the work for a density; a sample still costs one model: choose a member at random, then draw from it.
#
# **Change one number.** Mix 2 orderings instead of 4. How much of the gain do two give?
#
# ## 6 gmlib's own versions, and your machine
# Locked cells again: gmlib's MADE is held to your checks on every device (0 points), your functions must agree with
# it (1 point), and the last cell says whether your functions also run on a GPU.

# %% test="gmlib_made--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_made--devices")
    ordering = [3, 0, 5, 1, 4, 2]
    model = autoregressive.MADE(6, (40, 40), ordering).to(device)
    checks.randomise(model, generator)
    masks = [layer.mask for layer in model.layers]
    checks.dependencies(checks.paths(masks), ordering)
    x = checks.binary_vectors(6).to(device)
    checks.causal(model.conditionals, x, ordering)
    checks.sums_to_one(lambda x: model.log_prob(x.to(device)), 6)
    table = lambda x: model.log_prob(x.float().to(device))
    checks.sampler(model.sample(20000, generator), table, 6)
print("gmlib's MADE passes on every device that this machine has.")

# %% test="made_logits--gmlib" points=1
generator = checks.generator("made_logits--gmlib")
ordering = torch.randperm(7, generator=generator).tolist()
model = autoregressive.MADE(7, (12, 9), ordering)
checks.randomise(model, generator)
x = checks.random_bits(20, 7, generator)
weights = [layer.weight.detach() for layer in model.layers]
biases = [layer.bias.detach() for layer in model.layers]
masks = [layer.mask > 0 for layer in model.layers]
checks.close(
    made_logits(x, weights, biases, masks), model.logits(x).detach(),
    "z beside gmlib's MADE",
    "both have the same weights, biases and masks",
    tolerance=1e-3,
)
print("Your MADE and gmlib's agree.")

# %% [markdown]
# Do your functions run where their inputs are? On a machine without a GPU these cells have nothing to find.

# %% test="made_logits--devices" points=0
generator = checks.generator("made_logits--devices")
x = checks.random_bits(4, 6, generator)
W = torch.randn(6, 6, generator=generator)
lists = [W, W], [W[0], W[1]], [W > 0, W < 0]
checks.same_on_devices(made_logits, x, *lists)
print("made_logits runs on every device that this machine has.")

# %% test="mix_orders--devices" points=0
generator = checks.generator("mix_orders--devices")
checks.same_on_devices(mix_orders, torch.randn(3, 4, generator=generator))
print("mix_orders runs on every device that this machine has.")

# %% [markdown]
# ## Recap
#
# | | autoencoder | MADE |
# |---|---|---|
# | what the output for $x_i$ sees | all of $x$ | the variables before it in the ordering |
# | $\log \sum_x \exp(-\text{BCE}(x))$ | anything; $n \log 2$ for the identity | 0, whatever the weights |
# | density | none | one pass |
# | sample | none | $n$ passes, in the ordering |
#
# | what to remember about masks | |
# |---|---|
# | numbers | inputs and outputs carry their *place*, hidden units a number from 1 to $n - 1$ |
# | rules | $\le$ into hidden layers, $<$ into the outputs |
# | where | on the weights, in the call |
#
# **Next.** Unit 03 lets the history grow: recurrent networks and attention, where a mask of the same triangular shape
# returns. **To read.** Germain, Gregor, Murray and Larochelle (2015), *MADE*; Uria, Murray and Larochelle (2014),
# *A Deep and Tractable Density Estimator* (several orders); Bengio and Bengio (2000), *Modeling High-Dimensional
# Discrete Data with Multi-Layer Neural Networks*, which was there before.
