# %% [markdown]
# # Unit 05, second notebook: what clusters mean
#
# EM gives you components and, for each point, the probability that it came from each of them. It gives no names, no
# promise that a component is a *kind* of thing, and no reason to stop at finitely many. At the end you will be able to
#
# - compare clusters with labels although their numbers mean nothing;
# - write the gradient of $\log p(x)$ as a posterior mean, and see k-means as the limit of EM for tiny variances;
# - cluster handwritten digits with a mixture of Bernoullis, and use its posterior as features;
# - compute the density of a mixture of *infinitely* many Gaussians by quadrature.
#
# **Time**: about 90 minutes. **You need**: the first notebook, `05-mixtures-and-em`.
# **Points**: 14, one of them optional.
# It follows lecture 004, from *Mixture models* to *Variational Autoencoder*.

# %% install=True

# %% [markdown]
# All imports of this notebook, and a seed. None of your functions may change the tensors that it is given.

# %%
import math

import matplotlib.pyplot as plt
import numpy as np
import torch
from IPython.display import display
from scipy.optimize import linear_sum_assignment

import gmlib
from gmlib import checks, data, plotting, training
from gmlib.explore import clusters
from gmlib.latent.bernoulli_mixture import BernoulliMixture
from gmlib.latent.gaussian_mixture import GaussianMixture
from gmlib.latent.infinite_mixture import InfiniteMixture


def new_generator(seed=0):
    return torch.Generator().manual_seed(seed)

# %% [markdown]
# ## 1 Names that mean nothing
#
# A mixture is a sum, and a sum does not care about the order of its terms:
#
# $$p(x) = \sum_{k=1}^K p(z = k)\, p(x \mid z = k) = \sum_{k=1}^K p(z = \pi(k))\, p(x \mid z = \pi(k))$$
#
# for every permutation $\pi$. If one setting of the parameters is a maximum of the likelihood, then its $K!$
# renumberings are maxima, too, equally high: **label switching**. Ten components have $10! = 3{,}628{,}800$ of them.
#
# **By hand.** $\tfrac12 N(x; -2, 1) + \tfrac12 N(x; 2, 1)$ and the same with $\mu_1 = 2$, $\mu_2 = -2$ are one density.
# Average the two solutions, as you might average the results of two runs, and you get $\mu_1 = \mu_2 = 0$: one hump,
# highest in the valley between the two heaps of data.
#
# **Predict.** 200 points from that density; both variances and weights are known, only $\mu_1$ and $\mu_2$ are not.
# How many maxima does the log-likelihood have over the plane, and what is it at their average?

# %% tags=["demo"]
side = torch.tensor([-2.0, 2.0], dtype=torch.float64).repeat(100)
noise = torch.randn(200, generator=new_generator(1), dtype=torch.float64)
points = side + noise
mu = torch.linspace(-5, 5, 101, dtype=torch.float64)
log_n = -0.5 * (points - mu[:, None]) ** 2 - 0.5 * math.log(2 * math.pi)
both = torch.logaddexp(log_n[:, None], log_n) + math.log(0.5)
surface = both.mean(-1)                       # entry (i, j): mu_2, mu_1
figure, axis = plt.subplots(figsize=(4.6, 3.9), layout="constrained")
drawn = axis.contourf(mu, mu, surface, cmap="Greys_r", extend="min",
                      levels=torch.arange(-6.0, -1.9, 0.25))
figure.colorbar(drawn, label="mean log p(x), nats")
best = (surface == surface.max()).nonzero()
i, j = best.sum(0) // 2
print(f"{surface.max():.2f} nats at the maxima, {surface[i, j]:.2f} "
      "at their average")
axis.plot(mu[best[:, 1]], mu[best[:, 0]], "o", color="tab:blue",
          label="maxima")
axis.plot(mu[j], mu[i], "X", color="tab:red", markersize=9,
          label="their average")
axis.set(xlabel=r"$\mu_1$", ylabel=r"$\mu_2$")
axis.legend(loc="lower left")
plotting.picture(figure)

# %% [markdown]
# Two, mirror images of each other in the diagonal $\mu_1 = \mu_2$. Their average lies on that diagonal, in the lowest
# place of the line from one to the other. So parameters of two runs must not be averaged or compared number by number;
# first somebody has to find out which component of one is which component of the other.
#
# **Change one number.** Let the data come from means at $\pm .2$ (`[-0.2, 0.2]`). There are two maxima still; how much
# do you now lose at their average?
#
# The same holds for clusters and labels. A cluster number $z_n$ (the component of largest responsibility) and a label
# $y_n$ meet in a **contingency table**: entry $(k, l)$ counts the points of cluster $k$ that carry label $l$.
#
# **By hand.** $z = (0, 0, 1, 2, 2, 2)$ and $y = (1, 1, 0, 0, 1, 1)$ give the rows $(0, 2)$, $(1, 0)$ and $(1, 2)$.
#
# ### Exercise 5.9: the table (1 point)

# %% solution="contingency"
def contingency(z, y, K, L):
    """How often each cluster meets each label.

    z: (batch,), long: cluster numbers, from 0 to K - 1.
    y: (batch,), long: labels, from 0 to L - 1.
    Returns (K, L), long. A cluster or label that never occurs keeps its
    row or column, of zeros.
    """
    ### BEGIN SOLUTION
    return torch.bincount(z * L + y, minlength=K * L).view(K, L)
    ### END SOLUTION

# %% test="contingency--hand" points=1
z, y = torch.tensor([0, 0, 1, 2, 2, 2]), torch.tensor([1, 1, 0, 0, 1, 1])
checks.close(
    checks.untouched(contingency, z, y, 3, 2),
    torch.tensor([[0, 2], [1, 0], [1, 2]]), "the table of the example",
    "row k, column l: count every point, also where a pair comes twice",
    dtype="integer",
)
print("The example by hand comes out.")
### BEGIN HIDDEN TESTS
generator = checks.generator("contingency--hand", fresh=True)
for batch, K, L in [(1, 2, 3), (200, 5, 3), (60, 2, 7), (300, 4, 4)]:
    z = torch.randint(K - 1, (batch,), generator=generator)
    y = torch.randint(L - 1, (batch,), generator=generator)
    rows = [[int(((z == k) & (y == l)).sum()) for l in range(L)]
            for k in range(K)]
    checks.close(
        contingency(z, y, K, L), torch.tensor(rows),
        f"the table of {K} clusters and {L} labels", "count every point; "
        "a cluster or a label may be absent", dtype="integer",
    )
### END HIDDEN TESTS

# %% [markdown]
# Two numbers sum such a table up.
#
# - **Purity**: every cluster is named after its most frequent label, and purity is the share of points that are then
#   right. Two clusters may get the same name.
# - **Matched accuracy**: a label names one cluster at most. Among all one-to-one matchings take the one with the most
#   points right. SciPy finds it: `rows, columns = linear_sum_assignment(table, maximize=True)`. Points of a cluster
#   that is left without a name count as wrong.
#
# **By hand.** For the rows $(5, 2, 0)$, $(4, 0, 1)$ and $(0, 2, 6)$, 20 points in all, purity is $(5 + 4 + 6)/20 =
# .75$. Being greedy, cluster 0 takes label 0 with 5, cluster 2 takes label 2 with 6, and 0 is left for cluster 1: 11
# right. Better let cluster 1 have label 0: $2 + 4 + 6 = 12$, an accuracy of $.6$.
#
# ### Exercise 5.10: purity and matched accuracy (1 point)

# %% solution="agreement"
def agreement(table):
    """How well clusters agree with labels.

    table: (K, L), long: counts; K and L may differ.
    Returns two numbers from 0 to 1: (purity, matched accuracy).
    """
    ### BEGIN SOLUTION
    rows, columns = linear_sum_assignment(table.cpu(), maximize=True)
    total = table.sum()
    purity = table.max(1).values.sum() / total
    return purity, table[rows, columns].sum() / total
    ### END SOLUTION

# %% test="agreement--hand" points=1
table = torch.tensor([[5, 2, 0], [4, 0, 1], [0, 2, 6]])
slips = ["name each cluster (row) after its most frequent label; divide "
         "by the number of all points",
         "a label names one cluster, and the best matching need not take "
         "the largest entry first; divide by the number of all points"]
for order in [[0, 1, 2], [2, 0, 1]]:
    found = checks.untouched(agreement, table[order][:, [1, 0, 2]])
    purity, accuracy = checks.items(found, 2, "purity and accuracy")
    checks.close(purity, torch.tensor(0.75), "the purity", slips[0])
    checks.close(accuracy, torch.tensor(0.6), "the accuracy", slips[1])
print("The example comes out, whatever the numbers of the clusters.")
### BEGIN HIDDEN TESTS
generator = checks.generator("agreement--hand", fresh=True)
a = int(torch.randint(5, 90, (), generator=generator))
for K, L in [(6, 6), (9, 4), (3, 8)]:
    table = torch.randint(4, (K, L), generator=generator)
    block = torch.tensor([[a, a - 2], [a - 1, 0]]) + 4
    table = torch.cat([torch.cat([block, table[:2, 2:]], 1), table[2:]])
    order = torch.randperm(K, generator=generator)
    table = table[order][:, torch.randperm(L, generator=generator)]
    best = linear_sum_assignment(table, maximize=True)
    found = checks.items(agreement(table), 2, "purity and accuracy")
    rights = table.max(1).values.sum(), table[best].sum()
    for k, name in [(1, "accuracy"), (0, "purity")]:
        checks.close(
            found[k], rights[k] / table.sum(),
            f"the {name} of {K} clusters and {L} labels", slips[k],
        )
### END HIDDEN TESTS

# %% [markdown]
# Purity can be bought: give every point a cluster of its own and it is 1. So it compares clusterings with the *same*
# number of clusters. Matched accuracy cannot be bought that way. You will need both for the digits.
#
# ## 2 The gradient is a posterior mean
#
# EM is one way up the likelihood; the next units will go up by gradients, since their models have no M-step in closed
# form. For a latent variable the gradient has a form worth knowing:
#
# $$\nabla_\theta \log p(x) = \frac{\sum_z \nabla_\theta\, p(x, z)}{p(x)}
# = \sum_z \frac{p(x, z)}{p(x)} \nabla_\theta \log p(x, z) = E_{p(z \mid x)}\big[\nabla_\theta \log p(x, z)\big]$$
#
# The middle step is $\nabla p = p\, \nabla \log p$. So: imagine $z$ were seen, take the easy gradient, and average over
# the posterior. For a mean of a Gaussian mixture only the term $z = k$ contains $\mu_k$, and one point $x_n$ gives
#
# $$\nabla_{\mu_k} \log p(x_n) = r_{nk}\, \Sigma_k^{-1} (x_n - \mu_k), \qquad r_{nk} = p(z = k \mid x_n).$$
#
# **By hand.** $\tfrac12 N(-1, 1) + \tfrac12 N(1, 1)$ and $x = 0$: both responsibilities are $\tfrac12$, and the
# gradient is $\tfrac12 (0 + 1) = \tfrac12$ for $\mu_1$ and $-\tfrac12$ for $\mu_2$. The point pulls both means, each
# with half its force.
#
# ### Exercise 5.11: the pull of every point (2 points)
# Return the terms themselves, one for each point and component, before anything is summed. Softmax turns
# $\log p(x_n, z = k)$ into the responsibilities, however small they are.

# %% solution="mean_gradients" withhold="latent.gaussian_mixture"
def mean_gradients(x, log_joint, means, covariances):
    """The gradient of log p(x_n) with respect to each mean.

    x:           (batch, n), float.
    log_joint:   (batch, K), float: log p(x_n, z = k) in nats.
    means:       (K, n). covariances: (K, n, n), symmetric, not diagonal.
    Returns (batch, K, n), float: r_nk Sigma_k^-1 (x_n - mu_k).
    """
    ### BEGIN SOLUTION
    r = torch.softmax(log_joint, 1)
    apart = x[:, None] - means                    # (batch, K, n)
    pull = torch.linalg.solve(covariances, apart[..., None])[..., 0]
    return r[..., None] * pull
    ### END SOLUTION

# %% test="mean_gradients--hand" points=1
checks.own_work(mean_gradients, "latent.gaussian_mixture")
x, means = torch.tensor([[0.0], [3.0]]), torch.tensor([[-1.0], [1.0]])
log_joint = math.log(0.5) - 0.5 * (x - means.T) ** 2
log_joint = log_joint - 0.5 * math.log(2 * math.pi)
found = checks.untouched(
    mean_gradients, x, log_joint, means, torch.ones(2, 1, 1)
)
slip = "softmax over the components, then the pull towards the point"
checks.value(found, (2, 2, 1), "float", "the tensor of gradients")
checks.close(found[:1], torch.tensor([[[0.5], [-0.5]]]),
             "the tensor of gradients at x = 0", slip)
generator = checks.generator("mean_gradients--hand")
root = torch.randn(3, 2, 2, generator=generator, dtype=torch.float64)
covariances = root @ root.mT + torch.eye(2)
x = torch.randn(6, 2, generator=generator, dtype=torch.float64)
means = torch.randn(3, 2, generator=generator, dtype=torch.float64)
means.requires_grad_()
normal = torch.distributions.MultivariateNormal(means, covariances)
log_joint = normal.log_prob(x[:, None]) - math.log(3)
log_p = torch.logsumexp(log_joint, 1)
for k in range(6):
    right = torch.autograd.grad(log_p[k], means, retain_graph=True)[0]
    found = mean_gradients(x, log_joint.detach(), means.detach(),
                           covariances)
    checks.value(found, (6, 3, 2), "float", "the tensor of gradients")
    checks.close(found[k], right, f"the gradient of log p(x_{k})", slip
                 + "; solve with the whole covariance")
print("Autograd finds the same gradients of log p(x).")

# %% test="mean_gradients--fresh" points=1
# Other sizes, both float types, points far from all means.
### BEGIN HIDDEN TESTS
generator = checks.generator("mean_gradients--fresh", fresh=True)
for batch, K, n, low, dtype in [
    (5, 3, 2, 1000, torch.float64), (7, 4, 3, 1000, torch.float64),
    (1, 2, 4, 150, torch.float32), (3, 1, 2, 0, torch.float64),
]:
    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=dtype)

    root = draw(K, n, n) / n**0.5
    covariances = root @ root.mT + torch.eye(n, dtype=dtype)
    x, means = draw(batch, n), draw(K, n)
    log_joint = 2 * draw(batch, K) - low
    r = (log_joint - log_joint.logsumexp(1, keepdim=True)).exp()
    inverse = torch.linalg.inv(covariances)
    pulls = [(x - means[k]) @ inverse[k] for k in range(K)]
    checks.summands(
        mean_gradients(x, log_joint, means, covariances),
        r[..., None].expand(batch, K, n), torch.stack(pulls, 1),
        f"the gradients of {batch} points and {K} components in {n} "
        "dimensions", "r sums to one over the components, also where "
        "log p(x, z) is near -1000; Sigma_k^-1 (x - mu_k) with all of "
        "Sigma_k",
    )
### END HIDDEN TESTS

# %% [markdown]
# Set the sum over the points to zero and $\Sigma_k^{-1}$ drops out: $\sum_n r_{nk} (x_n - \mu_k) = 0$ gives
# $\mu_k = \sum_n r_{nk} x_n / \sum_n r_{nk}$, the M-step for the means. EM solves this equation with the
# responsibilities held still; a gradient step only goes some way along it. **Predict.** From the same start, which of
# the two climbs faster: EM, or gradient ascent with your function and a step of .3 on the mean log-likelihood?

# %% tags=["demo"]
heaps = clusters.points()
start = torch.tensor([[0.5, 0.5], [1.0, 0.5], [0.7, 1.0]]).double()
shape = 0.5 * torch.eye(2).double().expand(3, 2, 2)
normal = torch.distributions.MultivariateNormal
curves = {}
for name in ["EM", "gradient ascent"]:
    mu, curves[name] = start, []
    for step in range(40):
        log_joint = normal(mu, shape).log_prob(heaps[:, None])
        log_joint = log_joint - math.log(3)
        curves[name].append(torch.logsumexp(log_joint, 1).mean().item())
        r = torch.softmax(log_joint, 1)
        if name == "EM":
            mu = (r.T @ heaps) / r.sum(0)[:, None]
        else:
            g = mean_gradients(heaps, log_joint, mu, shape)
            mu = mu + 0.3 * g.mean(0)
figure, axis = plt.subplots(figsize=(5.5, 3), layout="constrained")
for style, (name, curve) in zip(["-", "--"], curves.items()):
    axis.plot(curve, style, label=name)
axis.set(xlabel="step", ylabel="mean log p(x), nats")
axis.legend()
plotting.picture(figure)

# %% [markdown]
# EM is there in a few steps, without a step size. It is a gradient step, too, but one in which each mean has a step
# size of its own: dividing the sum above by $N$ shows $\mu_k^{\text{new}} - \mu_k = \frac{N}{N_k} \Sigma_k\, g_k$,
# where $g_k$ is the gradient of the mean log-likelihood.
#
# **Change one number.** By that formula, with three heaps of one size and $\Sigma_k = .5\, I$, which step is EM's? Try
# it in place of .3, and then try 4.
#
# ## 3 k-means is EM without doubt
#
# Give all components the same weight and one variance $s$ in every direction, $\Sigma_k = s I$. Then
#
# $$r_{nk} = \frac{\exp(-|x_n - \mu_k|^2 / 2s)}{\sum_j \exp(-|x_n - \mu_j|^2 / 2s)}$$
#
# and $s$ says how much a difference of distances counts. **By hand.** A point has squared distances 1 and 2 to two
# means. With $s = 1$ its responsibilities are in the ratio $e^{1/2} : 1$, or .62 and .38; with $s = 0.1$ the ratio is
# $e^5 : 1$, or .993 and .007. As $s \to 0$ the nearest mean takes all: that is **k-means**. Its two steps are the
# E-step and the M-step of this limit: assign every point to its nearest mean; move each mean to the average of its
# points.
#
# ### Play with it
# Left, colours show who is responsible, dashed lines the borders of k-means' cells; arrows show one EM step, squares
# one k-means step. Right, a cut along the line through means 1 and 2. **Predict, then move.** Do the *borders* move
# with $s$, or only their sharpness? Where does EM put the three means when $s$ is very large?

# %% tags=["demo"]
clusters.explore()

# %% [markdown]
# Only the sharpness: with equal weights and one shared $s$ the border between two means is halfway, for any $s$. For
# large $s$ all three are equally responsible for every point: all means go to the average of all points and stay
# there, one hump.
#
# What the limit leaves open has to be said:
#
# - a **tie**: EM's limit gives each of two equally near means half of the point. k-means must choose; here, the lower
#   number.
# - an **empty cluster**: no point is nearest, and the average is $0/0$. Here the mean stays where it is. (In EM it
#   would move for any $s > 0$, to the point that it loses by least, until rounding makes its responsibilities 0.)
#
# ### Exercise 5.12: one step of k-means (2 points)

# %% solution="kmeans_step"
def kmeans_step(x, means):
    """Assign the points, then move the means.

    x:     (batch, n), float. means: (K, n), float.
    Returns (z, new_means): z (batch,), long, the nearest mean of each
    point, the lowest number where two are equally near; new_means (K, n),
    the average of its points, or the old mean where there are none.
    """
    ### BEGIN SOLUTION
    distance = (x[:, None] - means).square().sum(-1)
    z = distance.argmin(1)
    new = [x[z == k].mean(0) if (z == k).any() else means[k]
           for k in range(len(means))]
    return z, torch.stack(new)
    ### END SOLUTION

# %% test="kmeans_step--hand" points=1
x = torch.tensor([[0.0], [1.0], [2.0], [10.0]])
means = torch.tensor([[0.0], [4.0], [50.0]])
found = checks.untouched(kmeans_step, x, means)
z, moved = checks.items(found, 2, "z and the new means")
checks.close(z, torch.tensor([0, 0, 0, 1]), "z", "the nearest mean; 2 is "
             "as near to 0 as to 4: the lower number takes it",
             dtype="integer")
checks.finite(moved, "the tensor of new means",
              "an empty cluster keeps its mean")
checks.close(moved, torch.tensor([[1.0], [10.0], [50.0]]),
             "the tensor of new means", "average the points of each "
             "cluster; an empty cluster keeps its mean")
generator = checks.generator("kmeans_step--hand")
x = torch.randn(40, 2, generator=generator, dtype=torch.float64)
distance = (x[:, None] - x[:3]).square().sum(-1)
r = torch.softmax(-distance / (2 * 1e-12), 1)
z, moved = checks.items(kmeans_step(x, x[:3]), 2, "z and the new means")
checks.close(moved, (r.T @ x) / r.sum(0)[:, None],
             "the tensor of new means, beside an EM step with s = 1e-12,",
             "Euclidean distance, and the average of a cluster's points")
print("An EM step with s = 1e-12 moves the means to the same places.")

# %% test="kmeans_step--fresh" points=1
# Whole numbers, so that there are ties; empty clusters.
### BEGIN HIDDEN TESTS
generator = checks.generator("kmeans_step--fresh", fresh=True)
for batch, K, n, dtype in [
    (40, 3, 2, torch.float64), (90, 6, 3, torch.float32),
    (1, 2, 3, torch.float64), (60, 5, 1, torch.float64),
]:
    x = torch.randint(-9, 10, (batch, n), generator=generator).to(dtype)
    means = torch.randint(-9, 10, (K, n), generator=generator).to(dtype)
    means = torch.cat([means, torch.full((1, n), 99, dtype=dtype)])
    nearest = torch.stack([(x - m).square().sum(1) for m in means])
    nearest, rights = nearest.argmin(0), []
    for k in range(K + 1):
        own = x[nearest == k]
        rights.append(own.mean(0) if len(own) else means[k])
    what = f"of {batch} points in {n} dimensions and {K + 1} means"
    z, moved = checks.items(kmeans_step(x, means), 2, "z and new means")
    checks.close(z, nearest, f"z {what}", "squared differences, summed "
                 "over the dimensions; ties go to the lowest number",
                 dtype="integer")
    checks.finite(moved, f"the tensor of new means {what}",
                  "an empty cluster keeps its mean")
    checks.close(moved, torch.stack(rights),
                 f"the tensor of new means {what}",
                 "averages of whole clusters; an empty one keeps its mean")
### END HIDDEN TESTS

# %% [markdown]
# In the limit nothing is left of the density: k-means has no $p(x)$, so it cannot say how surprising a new point is,
# nor be compared with another model in nats. It will return in section 5, on digits.
#
# ## 4 A mixture for binary pixels
#
# Digits are binary images, so let component $k$ be a picture of $n$ independent coins, one for each pixel:
#
# $$p(x \mid z = k) = \prod_{i=1}^n \mu_{ki}^{x_i} (1 - \mu_{ki})^{1 - x_i}, \qquad
# \log p(x \mid z = k) = \sum_i x_i \log \mu_{ki} + (1 - x_i) \log(1 - \mu_{ki})$$
#
# Given $z$ the pixels are independent; not given it, they are not: seeing the upper half changes the posterior of $z$
# and with it the lower half. Read the sum over $i$ for all points and components at once, and it is two matrix
# products.
#
# **By hand.** $\mu = (\tfrac12, \tfrac14)$: $x = (1, 0)$ has probability $\tfrac12 \cdot \tfrac34 = \tfrac38$. With
# $\mu = (1, \tfrac14)$ it is $1 \cdot \tfrac34$, and $(0, 0)$ is impossible. The factor $0^0 = 1$ means $0 \log 0 = 0$;
# a machine says NaN.
#
# ### Exercise 5.13: all images, all components (2 points)
# (One point is given at the end of the notebook, where gmlib's version must agree.) Where $x$ is impossible, return
# $-\infty$ or any number below $-80$: its exponential counts as 0.

# %% solution="log_bernoullis" withhold="latent.bernoulli_mixture"
def log_bernoullis(x, means):
    """log p(x | z = k) of independent binary pixels, in nats.

    x:     (batch, n), float: 0 or 1.
    means: (K, n), float: probabilities of a 1, from 0 to 1, both included.
    Returns (batch, K), float. 0 log 0 counts as 0.
    """
    ### BEGIN SOLUTION
    tiny = torch.finfo(means.dtype).tiny     # its logarithm is below -80
    ones = means.clamp(min=tiny).log()
    zeros = (1 - means).clamp(min=tiny).log()
    return x @ ones.T + (1 - x) @ zeros.T
    ### END SOLUTION

# %% test="log_bernoullis--hand" points=1
checks.own_work(log_bernoullis, "latent.bernoulli_mixture")
x = torch.tensor([[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
means = torch.tensor([[0.5, 0.25], [0.2, 0.5]])
right = torch.tensor([[3 / 8, 0.1], [3 / 8, 0.4], [1 / 8, 0.1]]).log()
checks.close(checks.untouched(log_bernoullis, x, means), right,
             "log p(x | z)", "a sum over the pixels, in nats; the zeros "
             "count, too: (1 - x) log(1 - mu)")
means = torch.tensor([[1.0, 0.25], [0.5, 0.0]])
found = log_bernoullis(x, means).exp()
slip = "0 log 0 is 0, but a machine says that 0 times -inf is NaN"
checks.finite(found, "p(x | z) where a mean is 0 or 1", slip)
checks.close(found, torch.tensor([[0.75, 0.5], [0, 0.5], [0.25, 0]]),
             "p(x | z) where a mean is 0 or 1", slip)
print("Two pixels come out, also where a mean is 0 or 1.")
### BEGIN HIDDEN TESTS
generator = checks.generator("log_bernoullis--hand", fresh=True)
for batch, K, n, dtype in [(9, 4, 6, torch.float64), (30, 5, 64, x.dtype),
                           (1, 3, 5, torch.float64)]:
    x = checks.random_bits(batch, n, generator, dtype)
    means = 0.02 + 0.9 * torch.rand(K, n, generator=generator, dtype=dtype)
    rows = [[(a * m + (1 - a) * (1 - m)).log().sum() for m in means]
            for a in x]
    what = f"of {batch} images and {K} components"
    checks.close(log_bernoullis(x, means),
                 torch.tensor(rows, dtype=dtype), f"log p(x | z) {what}",
                 "sum over all pixels, the zeros too; add nothing to mu",
                 dtype=dtype)
    means = torch.cat([means, 1e-9 + 0.9 * (1 - x[:1])])
    right = (x * means[K] + (1 - x) * (1 - means[K])).log().sum(1)
    checks.close(log_bernoullis(x, means)[:, K], right,
                 f"log p(x | z) {what}, one of them a very bad match",
                 "do not clamp probabilities to 1e-6 or so", dtype=dtype)
    flip = (x[:1] - torch.eye(n, dtype=dtype)[:1]).abs()  # one pixel
    found = log_bernoullis(torch.cat([x[:1], flip]), x[:1])[:, 0]
    checks.close(found.exp(), torch.tensor([1.0, 0], dtype=dtype),
                 "p(x | z) where all means are 0 or 1", slip,
                 0.01)  # log-odds add and subtract 87 for every pixel
    checks.at_most(found[1].clamp(min=-1e4), -80.0,
                   "log p of an impossible image", "-inf or below -80")
### END HIDDEN TESTS

# %% [markdown]
# **The M-step.** With responsibilities in hand, a component is the weighted average of the images; $N_k = \sum_n
# r_{nk}$ says how many it owns. One thing is new. A pixel that is off in all of the component's images would get
# $\mu_{ki} = 0$, and then every image in which it is on would be impossible. As with the counts of unit 01, imagine
# $\alpha$ more images with the pixel on and $\alpha$ with it off:
#
# $$p(z = k) = \frac{N_k}{N}, \qquad \mu_{ki} = \frac{\sum_n r_{nk} x_{ni} + \alpha}{N_k + 2 \alpha}$$
#
# **By hand.** Images $(1, 0)$, $(1, 1)$, $(0, 1)$, of which the first belongs to component 0, the last to component 1,
# and the middle one half to each, so that $N = (1.5, 1.5)$. With $\alpha = 0$ the means of component 0 are $1$ and $.5
# / 1.5 = \tfrac13$; with $\alpha = 1$ they are $(1.5 + 1)/(1.5 + 2) = \tfrac57$ and $(.5 + 1)/(1.5 + 2) = \tfrac37$.
#
# ### Exercise 5.14: the M-step with pseudo-counts (2 points)

# %% solution="bernoulli_m_step" withhold="latent.bernoulli_mixture"
def bernoulli_m_step(x, r, alpha):
    """Weights and means from images and responsibilities.

    x:     (batch, n), float: 0 or 1.
    r:     (batch, K), float: responsibilities; each row sums to 1.
    alpha: a number: imagined images with a pixel on, and as many with it
           off. Either it is above 0, or all N_k are.
    Returns (weights, means): (K,), sums to 1, alpha plays no part; (K, n).
    """
    ### BEGIN SOLUTION
    N = r.sum(0)
    means = (r.T @ x + alpha) / (N[:, None] + 2 * alpha)
    return N / len(x), means
    ### END SOLUTION

# %% test="bernoulli_m_step--hand" points=1
checks.own_work(bernoulli_m_step, "latent.bernoulli_mixture")
x = torch.tensor([[1.0, 0], [1, 1], [0, 1]])
r = torch.tensor([[1.0, 0], [0.5, 0.5], [0, 1]])
for alpha, right in [(0, [[1, 1 / 3], [1 / 3, 1]]),
                     (1, [[5 / 7, 3 / 7], [3 / 7, 5 / 7]])]:
    found = checks.untouched(bernoulli_m_step, x, r, alpha)
    weights, means = checks.items(found, 2, "weights and means")
    checks.close(weights, torch.tensor([0.5, 0.5]),
                 "the tensor of weights",
                 "the share of the images that each component owns")
    checks.close(means, torch.tensor(right),
                 f"the tensor of means at alpha = {alpha}",
                 "the weighted count of ones and alpha, divided by N_k "
                 "+ 2 alpha: a pixel has two values, alpha for each")
generator = checks.generator("bernoulli_m_step--hand")
x = checks.random_bits(30, 5, generator, torch.float64)
r = torch.rand(30, 3, generator=generator, dtype=torch.float64).square()
r = r / r.sum(1, keepdim=True)
weights, means = checks.items(bernoulli_m_step(x, r, 2.0), 2, "the pair")
checks.probabilities(weights, (3,), "the tensor of weights")
checks.value(means, (3, 5), "float", "the tensor of means", 1e-6, 1 - 1e-6)


def goal(w, m):  # E_q[log p(x, z)] and the imagined images
    pixels = r.T @ x, r.T @ (1 - x)
    pixels = [count + 2.0 for count in pixels]
    logs = pixels[0] * m.log() + pixels[1] * (1 - m).log()
    return (r.sum(0) * w.log()).sum() + logs.sum()


for k in range(3):
    step = 0.01 * (torch.arange(3) == k)
    moved = {"weight": [goal((weights + a * step) / (1 + a * 0.01), means)
                        for a in (-1, 1)],
             "means": [goal(weights, means + a * step[:, None])
                       for a in (-1, 1)]}
    for name, goals in moved.items():
        checks.at_most(
            torch.stack(goals), goal(weights, means).expand(2),
            f"E_q[log p(x, z)] with other {name} for component {k}",
            f"the M-step's {name} should be the best (alpha joins the "
            "counts of the pixels alone)",
        )
print("No weight and no mean can be moved without a loss.")

# %% test="bernoulli_m_step--fresh" points=1
# Other sizes, both float types, a component without images.
### BEGIN HIDDEN TESTS
generator = checks.generator("bernoulli_m_step--fresh", fresh=True)
for batch, K, n, alpha, dtype in [
    (50, 4, 9, 0.3, torch.float64), (8, 3, 4, 0, torch.float64),
    (1, 2, 3, 1.5, torch.float64), (70, 6, 20, 0.1, torch.float32),
]:
    x = checks.random_bits(batch, n, generator, dtype)
    r = torch.rand(batch, K, generator=generator, dtype=dtype).square()
    r = r + 0.1
    if alpha:
        r = r * (torch.arange(K) < K - 1)     # the last one owns nothing
    r = r / r.sum(1, keepdim=True)
    what = f"of {K} components, {batch} images, alpha = {alpha}"
    found = checks.items(bernoulli_m_step(x, r, alpha), 2, "the pair")
    N = r.double().sum(0)
    means = [[(r[:, k].double() @ x[:, i].double() + alpha)
              / (N[k] + 2 * alpha) for i in range(n)] for k in range(K)]
    checks.close(found[0], (N / batch).to(dtype),
                 f"the tensor of weights {what}",
                 "N_k over the number of images", dtype=dtype)
    checks.close(found[1], torch.tensor(means).to(dtype),
                 f"the tensor of means {what}", "weighted counts of ones, "
                 "alpha for each of a pixel's two values", dtype=dtype)
### END HIDDEN TESTS

# %% [markdown]
# ### Train it on digits
# EM with your two functions, on the 1200 binary training digits. The means start near distinct random images.
# **Predict.** Which pseudo-count is best for 10 components, and which for 50? Too small, and a component believes
# too firmly in the few images that it owns; too large, and all become grey. The *validation* digits choose among seven
# pseudo-counts; each fit takes a few hundredths of a second.

# %% tags=["demo"]
def fit_mixture(x, K, alpha, generator, steps=60):
    rows = torch.randperm(len(x), generator=generator)[:K]
    weights, means = torch.full((K,), 1 / K), 0.25 + 0.5 * x[rows]
    curve = []
    for step in range(steps):
        log_joint = weights.log() + log_bernoullis(x, means)
        curve.append(torch.logsumexp(log_joint, 1).mean().item())
        r = torch.softmax(log_joint, 1)
        weights, means = bernoulli_m_step(x, r, alpha)
    return weights, means, curve


def log_joint_of(model, x):
    weights, means, curve = model
    return weights.log() + log_bernoullis(x, means)


def mixture_nll(model, x):
    return -torch.logsumexp(log_joint_of(model, x), 1).mean().item()


digits = data.digits()
alphas, fitted = [0.01, 0.03, 0.1, 0.3, 1, 3, 10], {}
figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
for K, style in [(10, "o-"), (50, "s--")]:
    models = [fit_mixture(digits.train.x, K, alpha, new_generator())
              for alpha in alphas]
    costs = [mixture_nll(model, digits.validation.x) for model in models]
    best = min(range(len(alphas)), key=costs.__getitem__)
    fitted[K] = models[best]
    axes[0].semilogx(alphas, costs, style, color="black", label=f"K = {K}")
    axes[0].plot(alphas[best], costs[best], "*", ms=14, color="tab:red")
    axes[1].plot(fitted[K][2], style[1:], color="black", label=f"K = {K}")
axes[0].set(xlabel="pseudo-count", ylabel="validation part, nats")
axes[1].set(xlabel="EM step", ylabel="mean log p(x), training part")
for axis in axes:
    axis.legend()
plotting.picture(figure)

# %% [markdown]
# The more components, the fewer images each owns, the more the pseudo-count matters. On the right is what EM does with
# the chosen ones (red stars): most of the climb takes ten steps. (With $\alpha > 0$ the curve that can never fall is
# the likelihood of the real and the imagined images together.)
#
# **Predict.** Independent pixels cost a little over 25 nats on the test digits. How much do 10 and 50 components save?

# %% tags=["demo"] exempt="trained numbers differ between processors"
alone = bernoulli_m_step(digits.train.x, torch.ones(1200, 1), 1.0)
rows, expected = [], [25.2, 20.0, 18.2]
models = {"independent pixels": (*alone, None)}
models |= {f"mixture, K = {K}": model for K, model in fitted.items()}
for name, model in models.items():
    nats = mixture_nll(model, digits.test.x)
    assert abs(nats - expected[len(rows)]) < 0.5, (name, nats)
    stored = model[1].numel() + len(model[0]) - 1
    rows.append([name, nats, training.bits_per_dim(nats, 64), stored])
plotting.results_table(
    rows, ["model", "nats an image", "bits a pixel", "numbers stored"]
)

# %% [markdown]
# Ten pictures with coins for pixels save a fifth of the cost, fifty more than a quarter. That is in the region of the
# FVSBN of unit 02, which knows every pair of pixels and no latent variable at all.
#
# What has each component learned? **Predict** before you look: will the ten means be the ten digits?

# %% tags=["demo"]
def sample_mixture(model, n, generator):
    weights, means, curve = model
    z = torch.multinomial(weights, n, True, generator=generator)
    return torch.bernoulli(means[z], generator=generator)


figure, axes = plt.subplots(1, 4, figsize=(11, 3.3), layout="constrained",
                            width_ratios=[1, 1.75, 1, 1])
order = [m[0].argsort(descending=True) for m in fitted.values()]
plotting.images(fitted[10][1][order[0]], 4, title="K = 10: the means",
                ax=axes[0])
plotting.images(fitted[50][1][order[1][:28]], 7, ax=axes[1],
                title="K = 50: the 28 largest means")
for axis, (K, m) in zip(axes[2:], fitted.items()):
    drawn = sample_mixture(m, 16, new_generator(1))
    plotting.images(drawn, 4, title=f"K = {K}: samples", ax=axis)
plotting.picture(figure)

# %% [markdown]
# Not quite. Some digits have a picture to themselves, some a blurred one together, some two, for two ways of writing
# them. With 50 components nearly each mean is one way to write one digit. The samples show what is wrong with the
# model: their outline is a digit's, their edges are noisy, since given $z$ every pixel tosses its own coin.
#
# **Change one number.** Fit 200 components with $\alpha = .3$. What becomes of the cost of the training digits (minus
# the last value of the curve), and of the test digits?
#
# ## 5 Unsupervised digits
#
# The lecture shows clusters of handwritten digits found without a label. How well do ours agree with the labels that
# were kept from them? Here your first two functions meet the test digits. **Predict** the matched accuracy at
# $K = 10$, and which digits share a cluster.

# %% tags=["demo"] exempt="trained numbers differ between processors"
x, y = digits.test.x, digits.test.y
other = fit_mixture(digits.train.x, 10, 0.3, new_generator(1))
mu = digits.train.x[torch.randperm(1200, generator=new_generator())[:10]]
for step in range(60):
    mu = kmeans_step(digits.train.x, mu)[1]
found = {"K = 10": log_joint_of(fitted[10], x).argmax(1),
         "K = 10, another run": log_joint_of(other, x).argmax(1),
         "k-means, K = 10": kmeans_step(x, mu)[0],
         "K = 50": log_joint_of(fitted[50], x).argmax(1)}
for name, z in found.items():
    scores = [float(v) for v in agreement(contingency(z, y, 50, 10))]
    assert 0.6 < scores[0] < 0.95 and 0.25 < scores[1] < 0.85, scores
    print(f"{name}: purity {scores[0]:.2f}, matched {scores[1]:.2f}")
first, second, *rest = found.values()
same = float(agreement(contingency(first, second, 10, 10))[1])
assert 0.5 < same < 1, same
print(f"the two runs, matched to each other: {same:.2f}")
table = contingency(first, y, 10, 10)
cluster, label = linear_sum_assignment(table, maximize=True)
order = torch.as_tensor(cluster)[torch.as_tensor(label).argsort()]
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4),
                                     layout="constrained")
plotting.matrix(table[order], range(10), range(10), ax=left,
                title="test digits of each cluster, rows by matched label",
                xlabel="label", ylabel="cluster matched to")
plotting.images(fitted[10][1][order], 5, ax=right,
                title="the means, matched to 0 1 2 3 4 / 5 6 7 8 9")
plotting.picture(figure)

# %% [markdown]
# Between two in three and three in four, without a single label. Off the diagonal are the digits that share a cluster:
# the mean of a shared one is their blurred average. With $K = 50$ purity rises and the matched accuracy falls, as it
# must: at most ten clusters get a name. k-means is in the same region here; its lack of doubt costs little. And two
# runs of EM, compared as if one were the labels of the other, agree better with each other than with the digits, but
# not wholly: there is more than label switching between them, they are different maxima.
#
# *Beside the lecture.* To cluster by the posterior is to name a component, and nothing says that a component is a
# digit: the likelihood only asks which pixels occur together. In this sense the problem is ill-posed.
#
# **Features.** The lecture's third use of a latent variable: $p(z \mid x)$ as a description of $x$. Learn the mixture
# from all images, labelled or not. Then a *few* labels say what each component means:
#
# $$p(y \mid x) = \sum_k p(z = k \mid x)\, p(y \mid z = k), \qquad
# p(y = l \mid z = k) = \frac{\beta + \sum_{n : y_n = l} r_{nk}}{L \beta + \sum_n r_{nk}}$$
#
# where $n$ runs over the labelled images and $L$ is the number of labels. The pseudo-count $\beta$ makes components
# without a labelled image undecided. **By hand.** $K = L = 2$, $\beta = 1$, two labelled images: $r_1 = (1, 0)$ with
# label 0 and $r_2 = (.5, .5)$ with label 1. Then $p(y \mid z = 0) = (2, 1.5)/3.5$ and $p(y \mid z = 1) = (1, 1.5)/2.5$.
#
# ### Exercise 5.15, optional: labels from clusters (1 point)

# %% solution="label_posterior"
def label_posterior(r, r_labelled, y, L, beta):
    """p(y | x) by way of the components.

    r:          (batch, K), float: p(z | x) of the images to be labelled.
    r_labelled: (m, K), float: p(z | x) of the labelled images.
    y:          (m,), long: their labels, from 0 to L - 1.
    beta:       a number above 0. Returns (batch, L), float.
    """
    ### BEGIN SOLUTION
    seen = torch.nn.functional.one_hot(y, L).to(r.dtype)
    counts = r_labelled.T @ seen + beta               # (K, L)
    return r @ (counts / counts.sum(1, keepdim=True))
    ### END SOLUTION

# %% test="label_posterior--hand" points=1
r_labelled = torch.tensor([[1.0, 0.0], [0.5, 0.5]])
y = torch.tensor([0, 1])
r = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
rows = torch.tensor([[4 / 7, 3 / 7], [0.4, 0.6], [17 / 35, 18 / 35]])
slip = ("beta joins every count first; then p(y | z) is a row for each "
        "component, which sums to one over y")
found = checks.untouched(label_posterior, r, r_labelled, y, 2, 1.0)
checks.close(found, rows, "p(y | x) of the example", slip)
checks.probabilities(found, (3, 2), "p(y | x)", axis=-1)
print("The example by hand comes out.")
### BEGIN HIDDEN TESTS
generator = checks.generator("label_posterior--hand", fresh=True)
for m, batch, K, L, beta, dtype in [
    (30, 7, 4, 3, 0.5, torch.float64), (9, 1, 6, 4, 0.1, torch.float64),
    (40, 20, 5, 10, 2.0, torch.float32),
]:
    both = torch.rand(m + batch, K, generator=generator, dtype=dtype)
    both = both / both.sum(1, keepdim=True)
    y = torch.randint(L - 1, (m,), generator=generator)
    right = torch.zeros(batch, L, dtype=dtype)
    for k in range(K):
        n = [beta + both[:m][y == l, k].sum() for l in range(L)]
        row = torch.stack([a / sum(n) for a in n])
        right = right + both[m:, k, None] * row
    checks.close(label_posterior(both[m:], both[:m], y, L, beta), right,
                 f"p(y | x) of {K} components and {L} labels", slip
                 + "; a label that never occurs counts, too",
                 dtype=dtype)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** 1200 images, but labels for only 20, 50, 100, 400 or all of them. When do clusters help? Beside your
# function with $K = 50$: the label of the nearest labelled image, in pixels, which can use labelled images only.

# %% tags=["demo"] exempt="trained numbers differ between processors"
sizes, rights = [20, 50, 100, 400, 1200], {"K = 50": [], "nearest": []}
train, test = digits.train, digits.test
r = torch.softmax(log_joint_of(fitted[50], train.x), 1)
r_test = torch.softmax(log_joint_of(fitted[50], test.x), 1)
for m in sizes:
    for name in rights:
        rights[name].append(0.0)
    for seed in range(10):
        some = torch.randperm(1200, generator=new_generator(seed))[:m]
        p = label_posterior(r_test, r[some], train.y[some], 10, 0.1)
        near = torch.cdist(test.x, train.x[some]).argmin(1)
        for name, guess in [("K = 50", p.argmax(1)),
                            ("nearest", train.y[some][near])]:
            share = (guess == test.y).double().mean().item()
            rights[name][-1] += share / 10
assert rights["K = 50"][1] > rights["nearest"][1] + 0.02, rights
assert rights["K = 50"][-1] < rights["nearest"][-1], rights
figure, axis = plt.subplots(figsize=(5.5, 3), layout="constrained")
for style, (name, shares) in zip(["o-", "s--"], rights.items()):
    axis.semilogx(sizes, shares, style, color="black", label=name)
axis.set(xlabel="labelled images", ylabel="test digits right")
axis.legend()
plotting.picture(figure)

# %% [markdown]
# With few labels the clusters are ahead: every label speaks for a whole component, learned from images without labels.
# With many they fall behind: all images of one component look alike to them, whatever else the pixels say.
#
# **Change one number.** Use `fitted[10]` in the two lines that call `log_joint_of`, without the `assert` lines. Where
# does the curve of the clusters level off, and why there?
#
# ## 6 Infinitely many Gaussians
#
# Why stop at $K$? Let $z$ be a real number, and every value of it a Gaussian. Lecture 004, in two dimensions:
#
# $$z \sim N(0, 1), \qquad p(x \mid z) = N\big(x; \mu(z), \Sigma(z)\big), \qquad
# \mu(z) = \sigma(A z + c), \qquad \Sigma(z) = \text{diag}\big(e^{B z + d}\big)$$
#
# with $A, B, c, d$ of two entries each, so that $\mu(z) = (\sigma(a_1 z + c_1), \sigma(a_2 z + c_2))$ runs along a
# curve in the unit square. Each $p(x \mid z)$ is as simple as can be; their mixture is not. The sum has become an
# integral,
#
# $$p(x) = \int N(z; 0, 1)\, p(x \mid z)\, dz,$$
#
# which has no closed form. But $z$ has one dimension, so a weighted sum over $m$ nodes will do: **quadrature**. NumPy's
# `hermgauss(m)` gives the physicists' nodes $t_j$ and weights $w_j$, made for $\int e^{-t^2} f(t)\, dt \approx \sum_j
# w_j f(t_j)$. Our weight is $e^{-z^2/2} / \sqrt{2\pi}$, so put $z = \sqrt2\, t$:
#
# $$p(x) = \frac{1}{\sqrt\pi} \int e^{-t^2} p(x \mid z = \sqrt2\, t)\, dt \approx
# \sum_j \frac{w_j}{\sqrt\pi}\, p\big(x \mid z = \sqrt2\, t_j\big)$$
#
# **By hand.** $m = 2$: $t = \pm 1/\sqrt2$ and $w = \sqrt\pi / 2$. So $z = \pm 1$, half of the weight each: right for
# the mean of $z$, 0, and for the mean of $z^2$, 1. Without the $\sqrt2$ the variance of $z$ would be $\tfrac12$.
#
# *Beside the lecture.* We read $e^{Bz + d}$ as *variances*, with no further sigmoid inside the exponential:
# $e^{\sigma(Bz + d)}$ would keep them between 1 and $e$, wider than the square in which all means lie.
#
# ### Exercise 5.16: the density of an infinite mixture (3 points)
# In logarithms again: $p(x \mid z)$ may be $e^{-1000}$ at every node. (One point is given at the end of the notebook.)

# %% solution="log_infinite" withhold="latent.infinite_mixture"
def log_infinite(x, A, B, c, d, t, w):
    """log p(x) of the infinite mixture by Gauss-Hermite quadrature.

    x:          (batch, n), float.
    A, B, c, d: (n,) each: means sigmoid(A z + c), variances exp(B z + d).
    t, w:       (m,) each: nodes and weights for the weight exp(-t^2).
    Returns (batch,), float, in nats.
    """
    ### BEGIN SOLUTION
    z = math.sqrt(2) * t[:, None]                     # (m, 1)
    mean, log_variance = torch.sigmoid(A * z + c), B * z + d
    square = (x[:, None] - mean) ** 2 / log_variance.exp()
    log_p = -0.5 * (square + log_variance + math.log(2 * math.pi)).sum(-1)
    log_w = w.log() - 0.5 * math.log(math.pi)
    return torch.logsumexp(log_p + log_w, 1)          # over the nodes
    ### END SOLUTION

# %% test="log_infinite--hand" points=1
checks.own_work(log_infinite, "latent.infinite_mixture")
t, w = (torch.tensor(v) for v in np.polynomial.hermite.hermgauss(30))
zero, c = torch.zeros(2).double(), torch.tensor([0.4, -1.0]).double()
d = torch.tensor([-1.0, -2.0]).double()
x = torch.tensor([[0.3, 0.1], [0.9, 0.5], [60.0, -40]]).double()
one = torch.distributions.Normal(torch.sigmoid(c), (d / 2).exp())
found = checks.untouched(log_infinite, x, zero, zero, c, d, t, w)
checks.finite(found, "log p(x), also far away,",
              "exp rounds to 0 there: use logsumexp")
checks.close(found, one.log_prob(x).sum(1), "log p(x) where A = B = 0",
             "one Gaussian is left, exp(d) its variances; the weights sum "
             "to sqrt(pi)")
A, B = torch.tensor([[1.5, -1.0], [0.2, 0.1]]).double()
z = torch.linspace(-9, 9, 2001).double()
one = torch.distributions.Normal(
    torch.sigmoid(z[:, None] * A + c), ((z[:, None] * B + d) / 2).exp()
)
log_p = one.log_prob(x[:2, None]).sum(-1) - z**2 / 2
right = (torch.trapezoid(log_p.exp(), z) / (2 * math.pi)**0.5).log()
checks.close(log_infinite(x[:2], A, B, c, d, t, w), right,
             "log p(x) beside the integral over a fine grid of z",
             "z is sqrt(2) t, every node has its weight, and the average "
             "is one of densities, not of their logarithms",
             tolerance=1e-4)
print("30 nodes give the integral, and one Gaussian where z is no use.")

# %% test="log_infinite--fresh" points=1
# Other sizes, few nodes, both float types.
### BEGIN HIDDEN TESTS
generator = checks.generator("log_infinite--fresh", fresh=True)
for batch, n, m, dtype in [
    (6, 2, 3, torch.float64), (9, 3, 12, torch.float64),
    (1, 1, 2, torch.float64), (5, 2, 8, torch.float32),
]:
    t, w = np.polynomial.hermite.hermgauss(m)
    t, w = torch.tensor(t, dtype=dtype), torch.tensor(w, dtype=dtype)
    x = torch.rand(batch, n, generator=generator, dtype=dtype)
    A, B, c, d = torch.randn(4, n, generator=generator, dtype=dtype)
    A, B, d = 2 * A, 0.3 * B, d - 2
    p = 0.0
    for j in range(m):
        z = 2**0.5 * t[j].double()
        mean = 1 / (1 + (-A * z - c).exp())
        spread = ((B * z + d) / 2).exp()
        log_p = torch.distributions.Normal(mean, spread).log_prob(x)
        p = p + w[j].double() / math.pi**0.5 * log_p.sum(1).double().exp()
    checks.close(
        log_infinite(x, A, B, c, d, t, w), p.log().to(dtype),
        f"log p(x) of {n} variables with {m} nodes", "z = sqrt(2) t; "
        "sum over the variables; weights w / sqrt(pi)",
        dtype=dtype, tolerance=1e-3 if dtype == torch.float32 else 1e-8,
    )
### END HIDDEN TESTS

# %% [markdown]
# Read the last sum once more: with $m$ nodes it *is* a mixture of $m$ Gaussians, with means strung along a curve.
# **Predict.** The same parameters, 4, 30 and 200 nodes: what will the three densities look like?

# %% tags=["demo"]
A, B = torch.tensor([[2.4, 2.4], [0.4, 0.4]]).double()
c, d = torch.tensor([[2.0, -2.0], [-4.6, -4.6]]).double()
axis = torch.linspace(-0.3, 1.3, 121).double()
grid = torch.cartesian_prod(axis, axis).flip(1)
figure, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained")
for ax, m in zip(axes, [4, 30, 200]):
    t, w = (torch.tensor(v) for v in np.polynomial.hermite.hermgauss(m))
    p = log_infinite(grid, A, B, c, d, t, w).exp()
    ax.imshow(p.view(121, 121).sqrt(), origin="lower", cmap="Greys",
              extent=(-0.3, 1.3, -0.3, 1.3))
    ax.set(xlabel="$x_1$", ylabel="$x_2$",
           title=f"{m} nodes: square root of p(x)")
z = torch.linspace(-3, 3, 200).double()[:, None]
axes[2].plot(*torch.sigmoid(A * z + c).T, color="tab:blue", lw=1)
plotting.picture(figure)

# %% [markdown]
# Four Gaussians are four heaps; thirty are beads on a string. With 200 the steps of $\mu(z)$ are smaller than the
# Gaussians are wide, and the sum has become the integral: a bent ridge along the curve (blue), which widens upwards as
# $e^{Bz + d}$ grows. Quadrature is right once more nodes change nothing.
#
# **Change one number.** Make the Gaussians wider: $-3$ in place of both $-4.6$. How many nodes are enough now?
#
# **A few against infinitely many.** Real data with a one-dimensional story: two neighbouring pixels of a photograph,
# scaled to $[0, 1)$. Brightness is what they share. The infinite mixture has 8 numbers, fitted by gradients of its
# $\log p(x)$ (gmlib's sums over an even grid of $z$); beside it 1, 2 and 4 free Gaussians, by EM. **Predict** its place
# among them.

# %% tags=["demo"] exempt="trained numbers differ between processors"
pairs = data.image_patches(4000, size=2, generator=new_generator())[:, :2]
seen, held = pairs[:3000], pairs[3000:]
infinite = InfiniteMixture(2, nodes=129, generator=new_generator())
history = training.fit(
    infinite, seen, epochs=15, batch_size=100, learning_rate=0.05,
    generator=new_generator(),
)
models = {"infinite mixture": (infinite, 8)}
for K in [1, 2, 4]:
    mixture = GaussianMixture(2, K)
    mixture.fit(seen, generator=new_generator(2))
    name = "one Gaussian" if K == 1 else f"{K} Gaussians"
    models[name] = mixture, 6 * K - 1
rows = []
for name, (model, stored) in models.items():
    nats = training.nll(model, held)
    rows.append([name, nats, training.bits_per_dim(nats, 2) + 8, stored])
assert abs(rows[0][1] + 1.08) < 0.15 and abs(rows[1][1] + 0.81) < 0.1, rows
assert rows[3][1] < rows[2][1] < rows[0][1] < rows[1][1], rows
display(plotting.results_table(rows, [
    "model", "nats a pair", "bits a pixel, 256 levels", "numbers stored",
]))
figure, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained")
axes[0].plot(history.train, color="black")
axes[0].set(xlabel="epoch", ylabel="mean -log p(x), nats")
drawn = infinite.sample(1000, new_generator(3))
for ax, some, name in [(axes[1], held, "held-out pairs"),
                       (axes[2], drawn, "samples, infinite mixture")]:
    ax.scatter(*some.T, s=3, color="black")
    ax.set(xlim=(-0.3, 1.3), ylim=(-0.3, 1.3), title=name,
           xlabel="a pixel", ylabel="its right neighbour", aspect="equal")
plotting.picture(figure)

# %% [markdown]
# Infinitely many, yet not the best: all its Gaussians hang on one smooth curve and share 8 numbers. That beats one
# Gaussian, which has 5, since the spread may grow with the brightness. But at each brightness it has a single spread.
# Two free Gaussians have two: one for pairs that are nearly equal, at every brightness, the other for edges, where
# neighbours differ. How *many* components there are says little; what ties them says more. Replace $\sigma(Az + c)$ by
# a neural network, and you have the decoder of unit 07.
#
# **Change one number.** Let EM start from `new_generator(1)`. Which row changes most, and what does that say about EM?
#
# ## 7 gmlib's own versions, and your machine
# Locked cells: gmlib's mixtures are held to your checks on every device (0 points), two of your functions must agree
# with them (1 point each), and the last cells say whether your functions also run on a GPU; on a machine without one
# these have nothing to find.

# %% test="gmlib_clusters--devices" points=0
for device in gmlib.devices():
    generator = checks.generator("gmlib_clusters--devices")
    mixture = BernoulliMixture(4, 3, generator=generator).to(device)
    table = lambda x: mixture.log_prob(x.float().to(device))
    checks.sums_to_one(table, 4)
    checks.sampler(mixture.sample(20000, generator), table, 4)
    x = checks.random_bits(40, 4, generator).to(device)
    moves = [mixture.em_step(x) for step in range(20)]
    checks.never_falls(moves, "gmlib's log-likelihood", tolerance=1e-5)
    model = InfiniteMixture(1, generator=generator)
    model = model.to(device, torch.float64)
    checks.integrates_to_one(
        lambda x: model.log_prob(x.to(device)), -4, 5, points=4001)
print("gmlib's mixtures pass on every device that this machine has.")

# %% test="log_bernoullis--gmlib" points=1
generator = checks.generator("log_bernoullis--gmlib")
mixture = BernoulliMixture(9, 4, generator=generator).double()
x = checks.random_bits(20, 9, generator, torch.float64)
checks.close(
    mixture.weights.log() + log_bernoullis(x, mixture.means),
    mixture.log_joint(x), "log p(x, z) beside gmlib's mixture",
    "both have the same weights and means",
)
print("Your components and gmlib's agree.")

# %% test="log_infinite--gmlib" points=1
generator = checks.generator("log_infinite--gmlib")
model = InfiniteMixture(2, generator=generator).double()
A, B, c, d = 2 * torch.rand(4, 2, generator=generator).double() - 1
B, d = 0.2 * B, d - 1.5
model.load_state_dict({"A": A, "B": B, "c": c, "d": d})
x = torch.rand(20, 2, generator=generator, dtype=torch.float64)
t, w = (torch.tensor(v) for v in np.polynomial.hermite.hermgauss(60))
checks.close(
    log_infinite(x, A, B, c, d, t, w), model.log_prob(x).detach(),
    "log p(x) beside gmlib's, which sums over an even grid of z",
    "two ways to take the same integral", tolerance=1e-3,
)
print("Gauss-Hermite nodes and gmlib's even grid give the same density.")

# %% test="mean_gradients--devices" points=0
generator = checks.generator("mean_gradients--devices")
x = torch.randn(4, 2, generator=generator)
checks.same_on_devices(
    mean_gradients, x, x @ x.T[:, :3], x[:3], torch.eye(2).expand(3, 2, 2)
)
print("mean_gradients runs on every device that this machine has.")

# %% test="log_bernoullis--devices" points=0
generator = checks.generator("log_bernoullis--devices")
x = checks.random_bits(4, 6, generator)
checks.same_on_devices(
    log_bernoullis, x, torch.rand(3, 6, generator=generator)
)
print("log_bernoullis runs on every device that this machine has.")

# %% test="log_infinite--devices" points=0
generator = checks.generator("log_infinite--devices")
x = torch.rand(5, 2, generator=generator)
four = torch.randn(4, 2, generator=generator)
t, w = (torch.tensor(v).float()
        for v in np.polynomial.hermite.hermgauss(9))
checks.same_on_devices(log_infinite, x, *four, t, w)
print("log_infinite runs on every device that this machine has.")

# %% [markdown]
# ## Recap
#
# | | |
# |---|---|
# | label switching | $K!$ equal maxima: match before you compare, never average parameters |
# | purity, matched accuracy | many clusters a label, or one; purity grows with $K$ by itself |
# | gradient | $\nabla \log p(x) = E_{p(z \mid x)}[\nabla \log p(x, z)]$ |
# | k-means | EM with equal weights and $\Sigma_k = sI$, $s \to 0$ |
# | Bernoulli mixture | two matrix products; $\alpha$ imagined images keep $0$ and $1$ out of the means |
# | features | $p(z \mid x)$, learned without labels, named with a few |
# | infinite mixture | an integral over $z$: few dimensions, quadrature |
#
# Quadrature needs $m$ nodes in one dimension and $m^2$ in two; with thirty it is over. **Next.** The third notebook
# asks what can be done then: estimate the sum by sampling.
#
# **To read.** Bishop (2006), *Pattern Recognition and Machine Learning*, sections 9.1 and 9.3; Stephens (2000),
# *Dealing with Label Switching in Mixture Models*; Salakhutdinov, Roweis and Ghahramani (2003), *Optimization with EM
# and Expectation-Conjugate-Gradient*, on the gradient as a posterior mean.
