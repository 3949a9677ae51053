# %% [markdown]
# # Unit 01: the chain rule, with tables
#
# A generative model is a probability $p(x)$ for every possible $x$. This notebook builds such models
# out of tables that are small enough to check by hand. At the end you will be able to
#
# - split any joint distribution into conditionals, in any order, and put it together again;
# - draw the graph of a factorisation, and count what it has to store;
# - say what a missing arrow costs, in nats;
# - sample from a model one variable at a time;
# - show, line by line, why maximum likelihood is minimum KL divergence.
#
# **Time**: about 90 minutes. **You need**: conditional probability, logarithms, a little PyTorch.
# **Points**: 19 here, 8 in the second notebook (functions and data), 6 in the third (images and labels).
# It follows lecture 001 up to the autoregressive models, and lecture 002 up to its output distributions.
#
# Work from top to bottom. Where you meet `raise NotImplementedError`, put your answer in its place, run
# the cell, then run the tests below it. A test that fails says what is wrong in words. Some test cells
# show only a comment: their tests run when the notebook is graded.

# %% install=True

# %% [markdown]
# The imports stand in one place. `checks` holds the tests' comparisons, `explore` the pictures with
# controls, `bayes_net` gmlib's own version of this unit, which your functions meet at the end.

# %%
import itertools
import math

import matplotlib.pyplot as plt
import torch

import gmlib
from gmlib import checks, plotting
from gmlib.autoregressive import bayes_net
from gmlib.explore import chain_rule

# %% [markdown]
# ## 1 One table for everything
#
# Three questions about tomorrow, each answered by 0 (no) or 1 (yes): will it be cloudy, $x_1$? Will it
# rain, $x_2$? Will you carry an umbrella, $x_3$? There are $2^3 = 8$ possible tomorrows, and a model is
# one probability for each of them:
#
# | cloud $x_1$ | rain $x_2$ | $p(x_1, x_2, x_3 = 0)$ | $p(x_1, x_2, x_3 = 1)$ |
# |---|---|---|---|
# | 0 | 0 | .45 | .05 |
# | 0 | 1 | 0 | 0 |
# | 1 | 0 | .15 | .15 |
# | 1 | 1 | .02 | .18 |
#
# In code the table is a tensor with one axis for each variable, `joint[x1, x2, x3]`. Python counts from
# 0, so the variable $x_1$ has number 0 and lives on axis 0. Summing an axis away gives a marginal.

# %%
names = ["cloud", "rain", "umbrella"]
joint = torch.tensor(
    [
        [[0.45, 0.05], [0.00, 0.00]],
        [[0.15, 0.15], [0.02, 0.18]],
    ],
    dtype=torch.float64,
)
print(f"sum of all entries  {joint.sum():.2f}")
print(f"p(umbrella = 1)     {joint.sum((0, 1))[1]:.2f}")
print(f"p(rain = 1)         {joint.sum((0, 2))[1]:.2f}")

# %% [markdown]
# Before any formula, look at all that this notebook is about in one picture. Choose an order and see
# how the graph turns around. Switch an arrow off, and see two things move: how many numbers have to be
# stored, and how far the model is then from the truth (sections 4 and 5 say how both are measured).
#
# *Predict first: which single arrow can go at the least cost?*

# %% tags=["demo"]
chain_rule.explore(joint, names)

# %% [markdown]
# With all three arrows the model stores 7 numbers and loses nothing, in whichever order: that is the
# chain rule. In the order cloud, rain, umbrella the cheapest arrow is *rain - umbrella*. You may have
# expected *cloud - umbrella*; but clouds come without rain more often than with it, and you look up before
# you go. What counts is what an arrow adds to the others.
#
# ## 2 The chain rule, in any order
#
# The definition of a conditional probability, $p(a \mid b) = p(a, b) / p(b)$, read backwards says
# $p(a, b) = p(b)\, p(a \mid b)$. Apply it again and again, each time to what is left:
#
# $$p(x_1, \dots, x_n) = p(x_1)\, p(x_2 \mid x_1) \cdots p(x_n \mid x_1, \dots, x_{n-1})
# = \prod_{i=1}^n p(x_i \mid x_{<i})$$
#
# No assumption was made. Nor does the order matter: any other order of the variables gives another
# product, of other factors, with the same value. We write an order as a list of variable numbers, first
# one first: `[1, 2, 0]` means $p(x_2)\, p(x_3 \mid x_2)\, p(x_1 \mid x_2, x_3)$.
#
# **By hand.** In the order 1, 2, 3: $p(x_1 = 1) = .15 + .15 + .02 + .18 = .5$. Then
# $p(x_2 = 1 \mid x_1 = 1) = (.02 + .18) / .5 = .4$, and
# $p(x_3 = 1 \mid x_1 = 1, x_2 = 1) = .18 / (.02 + .18) = .9$. Multiply: $.5 \cdot .4 \cdot .9 = .18$,
# which is the entry we started from.
#
# **Zero over zero.** Rain without clouds has probability 0, so $p(x_3 \mid x_1 = 0, x_2 = 1)$ is
# $0 / 0$. Whatever stands there is multiplied by 0, so it changes nothing. Our convention: put the
# uniform distribution, 1/2 and 1/2.
#
# ### Exercise 1.1: from the joint table to its factors (3 points)
# A factor that follows $k$ variables is a table with $k + 1$ axes. Each factor is a distribution of its
# *last* axis: sum over that axis, and you get ones.

# %% solution="conditionals" withhold="autoregressive.bayes_net"
def conditionals(joint, ordering):
    """The chain-rule factors of a joint table, in a given order.

    joint:    float tensor of shape (2, ..., 2), n axes, of probabilities
              joint[x1, ..., xn]; axis i is that of variable number i.
    ordering: list of the n variable numbers (from 0), first one first.
    Returns a list of n tensors. Factor k has shape (2, ..., 2), with k + 1
    axes: the variables ordering[0], ..., ordering[k] in this order. Its
    entries are p(last | those before), and 1/2 wherever those before have
    probability 0.
    """
    ### BEGIN SOLUTION
    factors = []
    for k in range(len(ordering)):
        sizes = [2] * (k + 1) + [-1]
        seen = joint.permute(ordering).reshape(sizes).sum(-1)
        before = seen.sum(-1, keepdim=True)
        factors.append(torch.where(before > 0, seen / before, 0.5))
    return factors
    ### END SOLUTION


# %% test="conditionals--weather" points=1
checks.own_work(conditionals, "autoregressive.bayes_net")
for ordering in ([0, 1, 2], [1, 2, 0]):
    checks.factors(conditionals(joint, ordering), joint, ordering)
print("Right in the orders 1, 2, 3 and 2, 3, 1, zero over zero included.")

# %% test="conditionals--any" points=1
# Any number of variables, any order, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("conditionals--any", fresh=True)
for n, dtype, zeros in [
    (1, torch.float64, False),
    (3, torch.float32, True),
    (4, torch.float64, False),
    (5, torch.float64, True),
    (6, torch.float32, False),
]:
    table = checks.random_joint(n, generator, dtype, zeros)
    ordering = torch.randperm(n, generator=generator).tolist()
    checks.factors(conditionals(table, ordering), table, ordering)
    ordering = list(range(n))[::-1]
    checks.factors(conditionals(table, ordering), table, ordering)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 1.2: and back again (2 points)
# Multiply the factors, each by the table of those before it. Mind the last step: the product has its
# axes in the order of the *ordering*, while a joint table has them in the order $x_1, \dots, x_n$.

# %% solution="joint_from" withhold="autoregressive.bayes_net"
def joint_from(factors, ordering):
    """The joint table from its chain-rule factors.

    factors:  list of n float tensors, factor k of shape (2, ..., 2), k + 1
              axes, as conditionals(joint, ordering) returns them.
    ordering: list of the n variable numbers (from 0), first one first.
    Returns a tensor of shape (2, ..., 2), n axes, axis i for variable i.
    """
    ### BEGIN SOLUTION
    table = factors[0]
    for factor in factors[1:]:
        table = table.unsqueeze(-1) * factor
    place = [ordering.index(i) for i in range(len(ordering))]
    return table.permute(place)
    ### END SOLUTION


# %% test="joint_from--weather" points=1
checks.own_work(joint_from, "autoregressive.bayes_net")
# p(x2), p(x3 | x2) and p(x1 | x2, x3), in the order 2, 3, 1.
checks.close(
    joint_from(
        [
            torch.tensor([0.80, 0.20], dtype=torch.float64),
            torch.tensor([[0.75, 0.25], [0.1, 0.9]], dtype=torch.float64),
            torch.tensor(
                [[[0.75, 0.25], [0.25, 0.75]], [[0, 1], [0, 1]]],
                dtype=torch.float64,
            ),
        ],
        [1, 2, 0],
    ),
    joint,
    "the joint table",
    "are the axes back in the order x1, x2, x3?",
)
print("The three factors multiply to the table of section 1.")

# %% test="joint_from--any" points=1
# Any factors: they need not come from a joint table that you have seen.
### BEGIN HIDDEN TESTS
generator = checks.generator("joint_from--any", fresh=True)
sizes = [(1, torch.float64), (3, torch.float32), (5, torch.float64)]
for n, dtype in sizes:
    ordering = torch.randperm(n, generator=generator).tolist()
    factors = []
    for k in range(n):
        ones = torch.rand((2,) * k, generator=generator, dtype=dtype)
        factors.append(torch.stack([1 - ones, ones], -1))
    found = joint_from(factors, ordering)
    plain = checks.probabilities(found, (2,) * n, "the joint table")
    for x in itertools.product((0, 1), repeat=n):
        product = 1.0
        for k in range(n):
            product *= factors[k][tuple(x[i] for i in ordering[: k + 1])]
        checks.close(
            plain[x],
            product,
            f"p(x) at x = {x}, in the ordering {ordering},",
            "are the axes back in the order x1, x2, ...?",
            tolerance=1e-5,
        )
### END HIDDEN TESTS

# %% [markdown]
# **Look.** The last factor is the largest table. It should look quite different in two orders, although
# both products are the same joint table. Each row is one setting of the variables before it.

# %% tags=["demo"]
figure, axes = plt.subplots(1, 2, figsize=(8, 2.9), layout="constrained")
for ax, ordering in zip(axes, ([0, 1, 2], [2, 1, 0])):
    first, second, last = (names[i] for i in ordering)
    plotting.matrix(
        conditionals(joint, ordering)[-1].reshape(4, 2),
        rows=["0, 0", "0, 1", "1, 0", "1, 1"],
        columns=["0", "1"],
        xlabel=last,
        ylabel=f"{first}, {second}",
        title=f"p({last} | {first}, {second})",
        ax=ax,
    )
plotting.picture(figure)

# %% [markdown]
# Left, the row 0, 1 (rain without cloud) never happens: it shows the convention, .5 and .5. Right, both
# rows with rain (0, 1 and 1, 1) are certain: whoever knows of rain knows of clouds.
#
# **Change one number.** In the table of section 1 move .01 from the entry (1, 0, 0) to (0, 1, 0). Which
# row of the left picture stops being a convention, and what does it become?
#
# ## 3 The graph: who are the parents?
#
# Draw one node for each variable, and an arrow to $x_i$ from every variable that its factor is
# conditioned on: its **parents**. Without further assumptions the parents of a variable are all that
# come before it. The first has none, the second one, the last $n - 1$, so there are
#
# $$0 + 1 + \dots + (n - 1) = \frac{n (n - 1)}{2}$$
#
# arrows, one for each pair of variables. The order decides only which way each of them points. No
# arrow can lead back, so the graph is directed and acyclic (a DAG).
#
# Lecture 002 asks for an autoregressive model of three variables in **plate notation**: that is this
# graph with its three arrows, inside a box with the letter $N$ in its corner. The box (the plate) says
# that everything inside is repeated for $N$ independent examples.
#
# **By hand.** In the order `[1, 2, 0]` ($x_2$, then $x_3$, then $x_1$) variable 1 has no parents, variable
# 2 has the parent 1, variable 0 has the parents 1 and 2: `parents = [[1, 2], [], [1]]`.
#
# ### Exercise 1.3: parents and arrows (2 points)

# %% solution="parents" withhold="autoregressive.bayes_net"
def parents(ordering):
    """The parents of every variable when none is dropped.

    ordering: list of the n variable numbers (from 0), first one first.
    Returns a list of n lists: entry i holds the numbers of the variables
    that come before variable i in the ordering (in any order).
    """
    ### BEGIN SOLUTION
    return [ordering[: ordering.index(i)] for i in range(len(ordering))]
    ### END SOLUTION


def edges(parents):
    """The arrows of a graph: a list of pairs (parent, child).

    parents: list of n lists; entry i holds the parents of variable i.
    """
    ### BEGIN SOLUTION
    return [(j, i) for i, listed in enumerate(parents) for j in listed]
    ### END SOLUTION


# %% test="parents--three" points=1
checks.own_work(parents, "autoregressive.bayes_net")
checks.parents(checks.untouched(parents, [1, 2, 0]), [1, 2, 0])
checks.edges(edges([[1, 2], [], [1]]), [[1, 2], [], [1]])
print("Right for the order 2, 3, 1: three variables, three arrows.")

# %% test="parents--any" points=1
# Any ordering; and the arrows of a graph from which some were taken.
### BEGIN HIDDEN TESTS
generator = checks.generator("parents--any", fresh=True)
for n in (1, 2, 5, 9):
    ordering = torch.randperm(n, generator=generator).tolist()
    found = checks.untouched(parents, ordering)
    checks.parents(found, ordering)
    full = bayes_net.parents(ordering)
    checks.edges(edges(full), full)
kept = [[], [0], [], [2, 0], [3]]
checks.edges(edges(kept), kept)
### END HIDDEN TESTS

# %% [markdown]
# **Look.** Two orders of the same three variables. Predict: which arrows turn around?

# %% tags=["demo"]
figure, axes = plt.subplots(1, 2, figsize=(8, 2.1), layout="constrained")
for ax, ordering in zip(axes, ([0, 1, 2], [1, 2, 0])):
    arrows = len(edges(parents(ordering)))
    title = f"ordering {ordering}: {arrows} arrows"
    plotting.graph(parents(ordering), ordering, title=title, ax=ax)
plotting.picture(figure)

# %% [markdown]
# Both arrows of $x_1$ turn around, because $x_1$ moved from the first place to the last. The arrow between
# $x_2$ and $x_3$ stays. An arrow here says 'is conditioned on', not 'causes': umbrellas make no rain.
#
# **Change one number.** Write another ordering into the cell. In how many of the six does the arrow between $x_1$ and
# $x_3$ point to $x_1$, and why that many?
#
# ## 4 What has to be stored
#
# A joint table of $n$ binary variables has $2^n$ entries. They sum to one, so the last follows from the
# others: $2^n - 1$ free numbers. With $n = 784$ pixels, a small image, no computer can store it.
#
# The chain rule alone saves nothing. A conditional probability table (**CPT**) stores one number,
# $p(x_i = 1 \mid \dots)$, for each setting of the parents: $2^m$ numbers for $m$ parents. All together
#
# $$2^0 + 2^1 + \dots + 2^{n-1} = 2^n - 1 .$$
#
# There are two ways out. A **Bayes net** drops parents: at most $m$ each, and $n$ tables cost at most
# $n\, 2^m$. A **functional form** replaces the table by a formula: logistic regression on $i - 1$ parents
# has $i$ numbers, a weight for each parent and a bias, in total
#
# $$1 + 2 + \dots + n = \frac{n (n + 1)}{2} .$$
#
# **By hand.** For $n = 3$: the table 7, the CPTs $1 + 2 + 4 = 7$, the logistic chain $1 + 2 + 3 = 6$;
# and with the arrow from $x_1$ to $x_3$ dropped, the CPTs have $1 + 2 + 2 = 5$.
#
# *Beside the lecture.* 001 writes $\approx n^2 / 2$, which is the same for large $n$.
#
# ### Exercise 1.4: parameter counts (2 points)
# Python's whole numbers have no limit. Keep them whole: a float has 16 digits, and you will need 237.

# %% solution="counts" withhold="autoregressive.bayes_net"
def count_table(n):
    """Free parameters of the joint table of n binary variables: an int."""
    ### BEGIN SOLUTION
    return 2**n - 1
    ### END SOLUTION


def count_cpts(parents):
    """Free parameters of one CPT for each variable: an int.

    parents: list of n lists; entry i holds the parents of variable i.
    """
    ### BEGIN SOLUTION
    return sum(2 ** len(listed) for listed in parents)
    ### END SOLUTION


def count_logistic(n):
    """Parameters of n logistic regressions, each with a bias and on all
    variables before it in the order: an int."""
    ### BEGIN SOLUTION
    return n * (n + 1) // 2
    ### END SOLUTION


# %% test="counts--small" points=1
for function in (count_table, count_cpts, count_logistic):
    checks.own_work(function, "autoregressive.bayes_net")
checks.count(count_table(3), 7, "count_table(3)", "8 entries, sum 1")
for graph, expected in ([[[], [0], [0, 1]], 7], [[[], [0], [1]], 5]):
    checks.count(
        count_cpts(graph),
        expected,
        f"count_cpts({graph})",
        "one number, p(x_i = 1 | ...), for each setting of the parents",
    )
checks.count(
    count_logistic(3), 6, "count_logistic(3)", "weights and a bias each"
)
print("Right for three variables: 7 by table, 5 without an arrow, 6.")

# %% test="counts--image" points=1
# Other sizes, up to the 784 pixels of an image.
### BEGIN HIDDEN TESTS
for n in (1, 2, 7, 64, 784):
    what = f"count_table({n})"
    checks.count(count_table(n), 2**n - 1, what, "is it a whole number?")
    what, hint = f"count_logistic({n})", "variable i has i - 1 weights"
    checks.count(count_logistic(n), n * (n + 1) // 2, what, hint)
generator = checks.generator("counts--image", fresh=True)
sizes = torch.randint(0, 70, (12,), generator=generator).tolist()
graph = [list(range(100, 100 + size)) for size in sizes]
checks.count(
    count_cpts(graph),
    sum(2**size for size in sizes),
    f"the count for tables with {sizes} parents",
    "2^m numbers for m parents",
)
### END HIDDEN TESTS

# %% [markdown]
# **Run.** The image of lecture 001 has $28 \times 28 = 784$ pixels. How many decimal digits does the
# *number of entries* of its joint table have? (There are about $10^{80}$ atoms in the visible universe.)

# %% tags=["demo"]
sizes = range(1, 41)
chain = [[list(range(max(0, i - 5), i)) for i in range(n)] for n in sizes]
figure, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
ax.semilogy(sizes, [count_table(n) for n in sizes], label="full table")
ax.semilogy(sizes, [count_cpts(g) for g in chain], label="5 parents each")
logistic = [count_logistic(n) for n in sizes]
ax.semilogy(sizes, logistic, label="logistic, all parents")
ax.set(xlabel="number of binary variables n", ylabel="parameters")
ax.legend(frameon=False)
print("digits of the 784-pixel table:", len(str(count_table(784))))
print("logistic chain of 784 pixels: ", count_logistic(784))
plotting.picture(figure)

# %% [markdown]
# The full table leaves every scale behind; both ways out stay useful. They give up different things: a
# dropped parent can never matter, a logistic form can use all parents but only in a weighted sum.
#
# **Change one number.** Give every variable 10 parents in the cell above (`i - 5` becomes `i - 10`).
# Up to which $n$ are the curves of the full table and of the CPTs the same, and why?
#
# ## 5 Dropping a parent, and what it costs
#
# A Bayes net stores $p(x_i \mid x_{\text{kept}})$ instead of $p(x_i \mid x_{\text{kept}}, x_{\text{dropped}})$.
# Which numbers should stand in the smaller table? Those of the joint distribution itself: sum the dropped
# variable out, then divide. That **weighs** each setting of the dropped parent by how often it occurs.
#
# How far is the net then from the truth? We measure by the Kullback-Leibler divergence
# $\mathrm{KL}(p, q) = \sum_x p(x) \log \frac{p(x)}{q(x)}$. With the natural logarithm its unit is the nat;
# it is 0 only if $q = p$. All other factors cancel in the fraction, and what is left is
#
# $$\sum_x p(x) \log \frac{p(x_i \mid x_{\text{dropped}}, x_{\text{kept}})}{p(x_i \mid x_{\text{kept}})}
# = I(X_i ; X_{\text{dropped}} \mid X_{\text{kept}}) ,$$
#
# the **conditional mutual information**: what the dropped parents still tell about $x_i$ when the kept
# ones are known. If several variables drop parents, their costs add up.
#
# **By hand.** Drop cloud as a parent of umbrella. On a day without rain, $p(x_3 = 1)$ is
# $.05 / .5 = .1$ without clouds and $.15 / .3 = .5$ with them. Together:
# $p(x_3 = 1 \mid x_2 = 0) = (.05 + .15) / (.5 + .3) = .25$. Not the plain average of .1 and .5, which is
# .3: cloudless days are more frequent.

# %% tags=["demo"]
chain_rule.explore(joint, names, dropped=[(0, 2)])

# %% [markdown]
# The same explorer, with that arrow switched off at the start. Try: which arrow costs the most, and does
# the answer depend on the order? Which pair of arrows costs *more* together than the sum of the two?
#
# ### Exercise 1.5: the smaller table, and its cost (3 points)
# `best_table` is what you did in exercise 1.1, for any set of parents. For `cost` it helps to let
# `best_table` give the fuller table too.

# %% solution="dropped" withhold="autoregressive.bayes_net"
def best_table(joint, i, kept):
    """The table p(x_i | x_kept) that belongs to a joint table.

    joint: float tensor of shape (2, ..., 2), axis j for variable j.
    i:     number of a variable.    kept: list of others, its parents.
    Returns a tensor of shape (2, ..., 2), len(kept) + 1 axes: the kept
    variables in the given order, then x_i, over which it sums to one.
    Where the kept ones take values of probability 0, it is 1/2.
    """
    ### BEGIN SOLUTION
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    sizes = [2] * (len(kept) + 1) + [-1]
    seen = joint.permute(*kept, i, *rest).reshape(sizes).sum(-1)
    before = seen.sum(-1, keepdim=True)
    return torch.where(before > 0, seen / before, 0.5)
    ### END SOLUTION


def cost(joint, i, dropped, kept):
    """I(X_i; X_dropped | X_kept) in nats, a float tensor of shape ().

    joint, i, kept: as above.    dropped: list of parents to be dropped.
    Settings x of probability 0 contribute 0.
    """
    ### BEGIN SOLUTION
    axes = [*dropped, *kept, i]
    rest = [j for j in range(joint.dim()) if j not in axes]
    p = joint.permute(*axes, *rest).reshape([2] * len(axes) + [-1]).sum(-1)
    full = best_table(joint, i, dropped + kept)
    ratio = full / best_table(joint, i, kept)
    return torch.where(p > 0, p * ratio.log(), 0).sum()
    ### END SOLUTION


# %% test="dropped--weather" points=1
checks.own_work(best_table, "autoregressive.bayes_net")
checks.own_work(cost, "autoregressive.bayes_net")
found = best_table(joint, 2, [1])
checks.probabilities(found, (2, 2), "best_table(joint, 2, [1])", axis=-1)
checks.close(
    found[:, 1],
    torch.tensor([0.25, 0.90], dtype=torch.float64),
    "p(umbrella = 1 | rain)",
    "weigh cloudy and cloudless days by how often they occur",
)
by_hand = (
    0.45 * math.log(0.9 / 0.75)
    + 0.05 * math.log(0.1 / 0.25)
    + 0.15 * math.log(0.5 / 0.75)
    + 0.15 * math.log(0.5 / 0.25)
)
hint = "each setting x counts with its probability, log(full / smaller)"
what = "cost(joint, 2, [0], [1])"
checks.close(cost(joint, 2, [0], [1]), by_hand, what, hint)
print("Dropping cloud from the umbrella's parents costs what it should.")

# %% test="dropped--any" points=1
# Any table; and parity, where no pair of variables shows a dependence.
### BEGIN HIDDEN TESTS
generator = checks.generator("dropped--any", fresh=True)
cases = [(4, torch.float64, True), (5, torch.float32, False)]
for n, dtype, zeros in cases:
    table = checks.random_joint(n, generator, dtype, zeros)
    i, a, b, c, *_ = torch.randperm(n, generator=generator).tolist()
    for kept in ([], [a], [b, a], [c, a, b]):
        checks.close(
            best_table(table, i, kept),
            bayes_net.conditional(table, i, kept),
            f"best_table with {len(kept)} parents kept (1/2 at 0/0)",
            "its axes are the kept variables as listed, then x_i",
        )
    # p(x_1 = 0, x_n = 1) may be 0: some of these rows are 0/0
    checks.close(
        best_table(table, 1, [n - 1, 0]),
        bayes_net.conditional(table, 1, [n - 1, 0]),
        "best_table with 2 parents kept (1/2 at 0/0)",
        "its axes are the kept variables as listed, then x_i",
    )
    pairs = [[a], []], [[a], [b]], [[b, c], [a]], [[c], [b, a]]
    for gone, kept in pairs:
        checks.close(
            cost(table, i, gone, kept),
            bayes_net.conditional_information(table, i, gone, kept),
            f"the cost of dropping {len(gone)} and keeping {len(kept)}",
            "use log p(x_i | all) - log p(x_i | kept), weighted by p(x)",
        )
parity = torch.tensor([[[1.0, 0], [0, 1]], [[0, 1], [1, 0]]]) / 4
hint = "x3 is independent of x1, and of x2, but not of both together"
found = cost(parity, 2, [0, 1], [])
checks.close(found, math.log(2), "the cost for parity", hint, 1e-5)
found = cost(parity, 2, [0], [1])
checks.close(found, math.log(2), "the cost for parity", hint, 1e-5)
checks.close(cost(parity, 2, [0], []), 0.0, "a cost", hint, 1e-5)
### END HIDDEN TESTS

# %% [markdown]
# **Look.** The cost of taking away one single arrow, in each of the six orders. Predict first: the arrow
# between cloud and umbrella is cheap when the umbrella comes last, because rain is then known. What if
# rain comes last?

# %% tags=["demo"]
orders = list(itertools.permutations(range(3)))
pairs = [(0, 1), (0, 2), (1, 2)]
losses = torch.zeros(len(orders), len(pairs))
for row, order in enumerate(orders):
    for column, pair in enumerate(pairs):
        parent, child = sorted(pair, key=order.index)
        known = [j for j in order[: order.index(child)] if j != parent]
        losses[row, column] = cost(joint, child, [parent], known)
figure, ax = plt.subplots(figsize=(7.5, 3.2), layout="constrained")
plotting.matrix(
    losses,
    rows=[", ".join(names[i] for i in order) for order in orders],
    columns=[f"{names[a]} - {names[b]}" for a, b in pairs],
    title="cost of dropping one arrow (nats), by order",
    ax=ax,
)
ax.set_aspect("auto")
plotting.picture(figure)

# %% [markdown]
# One arrow has only two possible costs: the third variable is known when the arrow's end is drawn, or it
# is not. And there is no rule that more knowledge makes an arrow cheaper: **parity** ($x_3 = 1$ when
# exactly one of $x_1, x_2$ is 1, both fair coins) has three pairs that are all independent, and dropping
# either parent of $x_3$ costs $\log 2$, all that there is. Independence cannot be read off marginals.
#
# **Change one number.** Add `joint = bayes_net.closest(joint, [[], [0], [1]])` above the loop of that cell:
# the truth now has no arrow from cloud to umbrella. In which orders is dropping it free? (Run the cell of
# section 1 again afterwards.)
#
# ## 6 Sampling: parents before children
#
# To draw $x \sim p(x)$, draw one variable at a time in the order of the factors, each given what has been
# drawn already. Lecture 001 writes it for the order $1, \dots, n$:
#
# 1. sample $\bar x_1 \sim p(x_1)$
# 2. sample $\bar x_2 \sim p(x_2 \mid x_1 = \bar x_1)$
# 3. sample $\bar x_3 \sim p(x_3 \mid x_1 = \bar x_1, x_2 = \bar x_2)$, and so on.
#
# This is **ancestral sampling**. It takes $n$ steps, one after another, but a whole batch of samples can
# take each step together. A yes with probability $q$ is `u < q` for a $u$ that is uniform on $[0, 1)$.
#
# **By hand.** With $u = (.3, .7, .2)$: $.3 < .5$, so it is cloudy; $.7 \ge .4$, so no rain; $.2 < .5$, so you
# carry the umbrella. The sample is $(1, 0, 1)$.
#
# ### Exercise 1.6: ancestral sampling (2 points)
# A table can be indexed with one tensor for each axis: `table[a, b]` with `a`, `b` of shape `(n,)` reads $n$
# entries at once, and `table[tuple(columns)]` is the same for a list of columns.

# %% solution="sample" withhold="autoregressive.bayes_net"
def sample(factors, ordering, n, generator):
    """Draw n examples from a product of conditionals.

    factors:   list of tables, as conditionals(joint, ordering) gives
               them: factor k has the axes ordering[0], ..., ordering[k].
    ordering:  list of the variable numbers (from 0), first one first.
    generator: a torch.Generator, for torch.rand(..., generator=generator).
    Returns a float tensor of shape (n, number of variables) with entries 0
    and 1; column i belongs to variable i.
    """
    ### BEGIN SOLUTION
    x = torch.zeros(n, len(ordering))
    for k, i in enumerate(ordering):
        before = [x[:, j].long() for j in ordering[:k]]
        yes = factors[k][..., 1][tuple(before)]
        x[:, i] = (torch.rand(n, generator=generator) < yes).float()
    return x
    ### END SOLUTION


# %% test="sample--weather" points=1
checks.own_work(sample, "autoregressive.bayes_net")
for ordering in ([0, 1, 2], [1, 2, 0]):
    factors = bayes_net.conditionals(joint, ordering)
    seeds = [checks.generator("sample--weather") for _ in range(2)]
    draws = [sample(factors, ordering, 4000, seed) for seed in seeds]
    checks.value(draws[0], (4000, 3), "float", "the samples")
    checks.sampler(
        draws[0],
        lambda x: joint[tuple(x.long().T)].log(),
        3,
        f"samples in the ordering {ordering}",
        "condition each draw on the draws before it, by variable number",
    )
    checks.close(
        draws[0],
        draws[1],
        "a second draw with the same seed",
        "draw with generator=generator",
    )
print("4,000 samples occur as often as the table says, in two orders.")

# %% test="sample--any" points=1
# More variables, any order, float32 tables.
### BEGIN HIDDEN TESTS
generator = checks.generator("sample--any", fresh=True)
sizes = [(1, torch.float64), (4, torch.float32), (5, torch.float64)]
for n, dtype in sizes:
    table = checks.random_joint(n, generator, dtype)
    ordering = torch.randperm(n, generator=generator).tolist()
    factors = bayes_net.conditionals(table, ordering)
    checks.sampler(
        sample(factors, ordering, 20000, generator),
        lambda x: table[tuple(x.long().T)].log(),
        n,
        f"samples in the ordering {ordering}",
        "condition each draw on the draws before it, by variable number",
    )
pair = [sample(factors, ordering, 99, generator) for _ in range(2)]
checks.require(
    bool((pair[0] != pair[1]).any()),
    "two calls with one generator give the same samples: draw from "
    "the generator that is passed in, and set no seed of your own",
)
### END HIDDEN TESTS

# %% [markdown]
# **Look.** The frequencies of the eight tomorrows among 100 and among 10,000 samples, beside the table.
# Predict how much closer the larger sample is: the error of a frequency falls as $1 / \sqrt{N}$.

# %% tags=["demo"]
days = ["".join(map(str, x)) for x in itertools.product((0, 1), repeat=3)]
figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
ax.bar(range(8), joint.flatten(), width=0.8, color="0.85", label="table")
for n, mark, size in ((100, "o", 7), (10_000, "_", 24)):
    generator = gmlib.device.generator(1)
    ordering = [0, 1, 2]
    x = sample(conditionals(joint, ordering), ordering, n, generator)
    rows = (x @ torch.tensor([4.0, 2.0, 1.0])).long()
    shares = torch.bincount(rows, minlength=8) / n
    label = f"{n:,} samples"
    ax.plot(range(8), shares, mark, ms=size, mew=2, label=label)
ax.set_xticks(range(8), days)
ax.set(xlabel="cloud, rain, umbrella", ylabel="probability, frequency")
ax.legend(frameon=False)
plotting.picture(figure)

# %% [markdown]
# The dashes lie on the bars, the dots beside them. What the table forbids (01x) is never drawn: a sampler
# makes no near misses.
#
# **Change one number.** Which seed makes 100 samples look worst? Change the `1` in `generator(1)` a few times
# before you believe a picture of 100 samples.
#
# ## 7 Learning: maximum likelihood is minimum KL
#
# So far the table was given. In practice we have examples $x^{(1)}, \dots, x^{(N)}$ from some $p_{\text{data}}$ that
# nobody knows, and want a model $p_\theta$ that is close to it. Lecture 002 needs three lines:
#
# $$\begin{aligned} \theta^* &= \arg\min_\theta \; \mathrm{KL}(p_{\text{data}}, p_\theta) \\
# &= \arg\min_\theta \; \mathbb{E}_{p_{\text{data}}}[\log p_{\text{data}}(x) - \log p_\theta(x)] \\
# &= \arg\max_\theta \; \mathbb{E}_{p_{\text{data}}}[\log p_\theta(x)]
# \quad\text{where}\quad \mathbb{E}_{p_{\text{data}}}[\log p_\theta(x)] \approx
# \frac{1}{N} \sum_{i=1}^N \log p_\theta(x^{(i)}) \end{aligned}$$
#
# From the second line to the third a term disappeared: $\mathbb{E}[\log p_{\text{data}}]$ does not depend on
# $\theta$. It is minus the entropy $H(p)$. In words, with the cross-entropy $H(p, q) = -\sum_x p(x) \log q(x)$:
#
# $$\mathrm{KL}(p, q) = H(p, q) - H(p) .$$
#
# **By hand.** $p = (\tfrac12, \tfrac14, \tfrac14, 0)$, $q = (\tfrac18, \tfrac14, \tfrac12, \tfrac18)$. In units of
# $\log 2$:
#
# | outcome | 1 | 2 | 3 | 4 | sum |
# |---|---|---|---|---|---|
# | KL | 1 | 0 | -1/4 | 0 | 3/4 |
# | cross-entropy | 3/2 | 1/2 | 1/4 | 0 | 9/4 |
# | entropy | 1/2 | 1/2 | 1/2 | 0 | 3/2 |
#
# The identity holds in every column. Single summands of a KL may be negative, their sum may not.
#
# *Beside the lecture.* 002 says that density estimation estimates 'the density of the empirical data
# distribution'. It is the density of the distribution that the examples *came from*: the empirical one is
# known, and copying it is what a full table does when it overfits (second notebook).
#
# ### Exercise 1.7: the proof, line by line (3 points)
# Each function returns the *summands* of its line, one number for each outcome (or for each example), not
# their sum. All logarithms are natural.

# %% solution="lines" withhold="autoregressive.bayes_net"
def divergence(p, q):
    """The summands of KL(p, q), line 2: one for each outcome.

    p, q: float tensors of one shape, probabilities; q > 0 everywhere.
    Returns a tensor of that shape; where p is 0 the summand is 0.
    """
    ### BEGIN SOLUTION
    return torch.where(p > 0, p * (p.log() - q.log()), 0)
    ### END SOLUTION


def cross_entropy(p, q):
    """The summands of H(p, q), shaped like p; 0 where p is 0."""
    ### BEGIN SOLUTION
    return torch.where(p > 0, -p * q.log(), 0)
    ### END SOLUTION


def entropy(p):
    """The summands of H(p), shaped like p; 0 where p is 0."""
    ### BEGIN SOLUTION
    return cross_entropy(p, p)
    ### END SOLUTION


def log_likelihood(x, q):
    """The summands of (1/N) sum_i log q(x^(i)), line 3: one an example.

    x: long tensor (N,), the outcomes as positions in q.
    q: float tensor (number of outcomes,), probabilities > 0.
    Returns a float tensor of shape (N,).
    """
    ### BEGIN SOLUTION
    return q[x].log() / len(x)
    ### END SOLUTION


# %% test="lines--hand" points=1
for function in (divergence, cross_entropy, entropy, log_likelihood):
    checks.own_work(function, "autoregressive.bayes_net")
p = torch.tensor([4, 2, 2, 0], dtype=torch.float64) / 8
q = torch.tensor([1, 2, 4, 1], dtype=torch.float64) / 8
log2 = math.log(2)
for found, what, summands in (
    (divergence(p, q), "the summands of KL(p, q)", [1, 0, -0.25, 0]),
    (cross_entropy(p, q), "the summands of H(p, q)", [1.5, 0.5, 0.25, 0]),
    (entropy(p), "the summands of H(p)", [0.5, 0.5, 0.5, 0]),
):
    expected = torch.tensor(summands, dtype=torch.float64) * log2
    hint = "the weights are p, not q, and where p is 0 the summand is 0"
    checks.summands(found, torch.ones_like(p), expected, what, hint)
found = log_likelihood(torch.tensor([0, 0, 1, 2, 2, 3]), q)
expected = torch.tensor([-3, -3, -2, -1, -1, -3], dtype=torch.float64)
weights = torch.full((6,), 1 / 6, dtype=torch.float64)
what = "the summands of the mean log-likelihood"
hint = "divide by the number of examples, not of outcomes"
checks.summands(found, weights, expected * log2, what, hint)
print("Each line has the right summands in the example by hand.")

# %% test="lines--identity" points=2
# Any tables: KL = cross-entropy - entropy, outcome by outcome, and the
# likelihood of examples is minus the cross-entropy to their frequencies.
### BEGIN HIDDEN TESTS
generator = checks.generator("lines--identity", fresh=True)
sizes = [(2, torch.float64), (4, torch.float64), (5, torch.float32)]
for n, dtype in sizes:
    p = checks.random_joint(n, generator, dtype, zeros=True)
    q = checks.random_joint(n, generator, dtype)
    hint = "the weights are p, the logarithm is natural, 0 log 0 is 0"
    kl, cross, h = divergence(p, q), cross_entropy(p, q), entropy(p)
    checks.summands(kl, p, p.log() - q.log(), "the summands of KL", hint)
    checks.summands(cross, p, -q.log(), "the summands of H(p, q)", hint)
    checks.summands(h, p, -p.log(), "the summands of H(p)", hint)
    checks.close(kl, cross - h, "KL against H(p, q) - H(p)", hint)
    checks.close(divergence(q, q), torch.zeros_like(q), "KL(q, q)", hint)
    x = torch.randint(2**n, (50,), generator=generator)
    table = q.flatten()
    found = log_likelihood(x, table)
    checks.summands(
        found,
        torch.full((50,), 1 / 50, dtype=dtype),
        table[x].log(),
        "the summands of the mean log-likelihood",
        "one for each example, divided by N",
    )
    shares = torch.bincount(x, minlength=2**n).to(dtype) / 50
    checks.close(
        found.sum(),
        -cross_entropy(shares, table).sum(),
        "the likelihood of examples against their cross-entropy",
        tolerance=1e-4,
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 1.8: a CPT by counting (2 points)
# In a chain, $\log p_\theta(x) = \sum_i \log p_\theta(x_i \mid x_{<i})$: every CPT can be learned on its own. For one
# row of it, $k$ ones among $m$ examples have the log-likelihood $k \log \theta + (m - k) \log (1 - \theta)$, and the
# derivative vanishes at $\theta = k / m$. **Maximum likelihood is counting**, among the examples in that row only.
#
# **By hand.** Ten days: on 4 it rained, and on 3 of these you had the umbrella; on 6 it did not, and on 1 of
# these you had it. Then $p(x_3 = 1 \mid x_2) = (1/6,\ 3/4)$. Not $(1/10,\ 3/10)$: that is the joint.

# %% solution="count_cpt" withhold="autoregressive.bayes_net"
def count_cpt(x, i, parents):
    """The maximum-likelihood table p(x_i = 1 | x_parents), by counting.

    x:       float tensor (N, n) with entries 0 and 1, one example a row.
    i:       number of a variable.    parents: list of others, or [].
    Returns a float tensor of shape (2, ..., 2), one axis for each parent
    in the given order. Where no example has the parents' values: 1/2.
    """
    ### BEGIN SOLUTION
    table = torch.full([2] * len(parents), 0.5)
    for values in itertools.product((0, 1), repeat=len(parents)):
        rows = (x[:, parents] == torch.tensor(values)).all(1)
        if rows.any():
            table[values] = x[rows, i].mean()
    return table
    ### END SOLUTION


# %% test="count_cpt--ten_days" points=1
checks.own_work(count_cpt, "autoregressive.bayes_net")
# Columns: rain, umbrella.
days_ten = torch.tensor(
    [[1, 1]] * 3 + [[1, 0]] + [[0, 1]] + [[0, 0]] * 5
).float()
checks.close(
    count_cpt(days_ten, 1, [0]),
    torch.tensor([1 / 6, 3 / 4]),
    "p(umbrella = 1 | rain) of the ten days",
    "divide by the number of days with that rain, not by all days",
)
checks.close(
    count_cpt(days_ten, 1, []),
    torch.tensor(0.4),
    "p(umbrella = 1) without parents",
    "the shape is () and the value the share of ones",
)
print("Counted right, with one parent and with none.")

# %% test="count_cpt--any" points=1
# More parents in any order, rows that no example visits, both dtypes.
### BEGIN HIDDEN TESTS
generator = checks.generator("count_cpt--any", fresh=True)
for number, dtype in [(12, torch.float32), (200, torch.float64)]:
    x = torch.rand(number, 5, generator=generator, dtype=dtype)
    x = (x < torch.tensor([0.3, 0.5, 0.9, 0.5, 0.6])).to(dtype)
    x[:, 2] = torch.maximum(x[:, 2], x[:, 0])  # never 0 where x1 is 1
    for i, listed in [(4, [2, 0]), (1, [3, 0, 2]), (0, [4]), (3, [])]:
        found = count_cpt(x, i, listed)
        what = "the CPT (1/2 without examples)"
        checks.value(found, (2,) * len(listed), "float", what, 0, 1)
        for values in itertools.product((0, 1), repeat=len(listed)):
            rows = [r for r in x.tolist()
                    if all(r[j] == v for j, v in zip(listed, values))]
            ones = sum(r[i] for r in rows)
            checks.close(
                found[values],
                ones / len(rows) if rows else 0.5,
                f"p(x{i + 1} = 1) where the parents {listed} are {values}",
                "count only examples with these values; 1/2 without any",
                tolerance=1e-5,
            )
### END HIDDEN TESTS

# %% [markdown]
# **Look.** Move one number of the model: $\theta = p(\text{umbrella} = 1 \mid \text{cloud}, \text{no rain})$, all else as
# in the table. Two curves: the KL from the truth, and the mean negative log-likelihood of 200 sampled days.
# Predict: where are their minima, and how far apart do the curves run?

# %% tags=["demo"]
grid = torch.linspace(0.02, 0.98, 97, dtype=torch.float64)
ordering = [0, 1, 2]
generator = gmlib.device.generator(0)
x = sample(conditionals(joint, ordering), ordering, 200, generator)
rows = (x @ torch.tensor([4.0, 2.0, 1.0])).long()
kls, nlls = [], []
for theta in grid:
    model = joint.clone()
    model[1, 0] = joint[1, 0].sum() * torch.stack([1 - theta, theta])
    kls.append(divergence(joint, model).sum())
    nlls.append(-log_likelihood(rows, model.flatten()).sum())
figure, ax = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
ax.plot(grid, kls, label="KL(truth, model)")
ax.plot(grid, nlls, label="negative log-likelihood of 200 days")
ax.axhline(entropy(joint).sum(), color="0.7", ls=":", label="H(truth)")
counted = count_cpt(x, 2, [0, 1])[1, 0]
for place, color, label in (
    (0.5, "tab:blue", "the truth, .5"),
    (counted, "tab:orange", "by counting"),
):
    ax.axvline(place, 0, 0.7, color=color, ls="--", lw=1, label=label)
ax.set(xlabel=r"$\theta$", ylabel="nats", ylim=(-0.05, 3))
ax.legend(frameon=False, fontsize=8, ncol=2)
plotting.picture(figure)

# %% [markdown]
# The curves run nearly parallel, about one entropy apart: that is the identity, and it would be exact if the 200
# days were all there is. They have their minima at different
# places, because 200 days are not the truth: the KL is smallest at the true .5, the likelihood is best where
# counting puts it. Only the second curve can be drawn when the truth is unknown.
#
# **Change one number.** Take 20,000 days instead of 200. What happens to the distance of the two minima?
#
# ## 8 Your functions and gmlib's
#
# `gmlib.autoregressive.bayes_net` holds the same functions, and a `BayesNet` that fits all its tables at once.
# The cells below compare them with yours, hold gmlib to your checks on every device that is here, and tell
# whether your functions would run on a GPU too. You need not write anything.

# %% test="conditionals--gmlib" points=1
table = checks.random_joint(5, checks.generator("conditionals--gmlib"))
ordering = [3, 0, 4, 1, 2]
found = checks.items(conditionals(table, ordering), 5, "your factors")
for k, factor in enumerate(bayes_net.conditionals(table, ordering)):
    checks.close(found[k], factor, f"factor {k} against gmlib's")
print("Your factors of five variables are gmlib's.")

# %% test="dropped--gmlib" points=1
# The costs of all variables add up to the KL of the whole net.
table = checks.random_joint(4, checks.generator("dropped--gmlib"))
net = bayes_net.closest(table, [[], [0], [1], [0, 2]])
losses = [cost(table, 2, [0], [1]), cost(table, 3, [1], [0, 2])]
total = sum(checks.number(loss, "a cost", low=-1e-9) for loss in losses)
expected = bayes_net.kl(table, net).item()
checks.close(total, expected, "the sum of your costs against gmlib's KL")
print("Your costs add up to the KL of gmlib's Bayes net.")

# %% test="gmlib_bayes_net--devices" points=0
for device in gmlib.devices():
    ordering = [2, 0, 3, 1]
    generator = checks.generator("gmlib_bayes_net--devices")
    table = checks.random_joint(4, generator, torch.float32, zeros=True)
    factors = bayes_net.conditionals(table.to(device), ordering)
    checks.factors(factors, table, ordering)
    again = bayes_net.joint(factors, ordering)
    checks.close(again, table, "gmlib's joint table")
    net = bayes_net.BayesNet([[], [0], [0, 1]]).to(device)
    x = (torch.rand(500, 3, generator=generator) < 0.4).float()
    net.fit(x.to(device), pseudo_count=1.0)
    checks.sums_to_one(lambda x: net.log_prob(x.to(device)), 3)
    checks.sampler(
        net.sample(4000, generator=generator),
        lambda x: net.log_prob(x.to(device, torch.float32)),
        3,
    )
print("gmlib's own version passes your checks on every device.")

# %% test="conditionals--devices" points=0
for device in gmlib.devices():
    ordering = [2, 0, 3, 1]
    generator = checks.generator("conditionals--devices")
    table = checks.random_joint(4, generator, torch.float32)
    factors = conditionals(table.to(device), ordering)
    checks.factors(factors, table, ordering)
    again = joint_from(factors, ordering)
    checks.close(again, table, "your joint table")
print("Your factors can be made on every device.")

# %% [markdown]
# ## What you have
#
# | idea | formula | in gmlib |
# |---|---|---|
# | chain rule, any order | $p(x) = \prod_i p(x_i \mid x_{<i})$ | `conditionals`, `joint` |
# | graph | $n(n-1)/2$ arrows | `parents` |
# | full table, CPTs, logistic chain | $2^n - 1$, $\sum_i 2^{m_i}$, $n(n+1)/2$ | `BayesNet.table_sizes` |
# | a dropped parent costs | $I(X_i; X_{\text{dropped}} \mid X_{\text{kept}})$ | `conditional_information` |
# | ancestral sampling | parents before children | `BayesNet.sample` |
# | learning | $\mathrm{KL}(p, q) = H(p, q) - H(p)$; counting | `kl`, `BayesNet.fit` |
#
# **Further**: `01-chain-rule-b` replaces tables by functions and learns from real digits,
# `01-chain-rule-c` models images and labels together. Unit 02 makes one
# network of all conditionals. Mutual information, entropy and KL: Cover and Thomas, *Elements of Information
# Theory*, chapter 2. Bayes nets: Koller and Friedman, *Probabilistic Graphical Models*, chapter 3.
