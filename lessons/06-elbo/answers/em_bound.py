# %% wrong: the prior forgotten in the E step | "where both components are the same, the prior decides"
def e_step(theta, w, x):
    return torch.sigmoid(2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: q of the other component | "where both components are the same, the prior decides"
def e_step(theta, w, x):
    return torch.sigmoid((1 - w).log() - w.log() - 2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: the E step is the prior | "after an E step the bound touches: is q the posterior?"
def e_step(theta, w, x):
    return w.expand_as(x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: half of the exponent lost in the E step | "after an E step the bound touches"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: the M step of one component only | "both components count"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return (q * x).sum() / q.sum()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: the M step divided by the sum of q | "both components count"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).sum() / q.sum()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: the M step does not move | "the M step at q = 1"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return 0 * x.sum()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: the bound without its entropy | "it is the log-likelihood"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second).sum()


# %% wrong: the sign of the entropy | "it is the log-likelihood"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second - entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: the log-likelihood for the bound | "both components, weighed by q and 1 - q, and the entropy"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return torch.logaddexp(first, second).sum()


# %% wrong: the mean over the data points | "summed over i"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).mean()


# %% wrong: normalising constants forgotten | "it is the log-likelihood"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    first = w.log() - 0.5 * (x - theta) ** 2
    second = (1 - w).log() - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: 0 log 0 is NaN in the bound | "0 log 0 is 0"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2 - q.log()
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2 - (1 - q).log()
    return (q * first + (1 - q) * second).sum()


# %% wrong: a theta that is never negative | "both components count"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean().abs()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: divided by the sum of 2 q - 1 | "both components count"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).sum() / (2 * q - 1).sum()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: a hard choice in the E step | "the prior decides"
def e_step(theta, w, x):
    return (w.log() - (1 - w).log() + 2 * theta * x > 0).to(x.dtype)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: the weight of the visible example by heart | "the posterior: w N(x; theta, 1) over the sum of both"
def e_step(theta, w, x):
    return torch.sigmoid(math.log(3) + 2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% wrong: the entropy of q alone, without 1 - q | "it is the log-likelihood"
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(q)).sum()


# %% right: Bayes' rule in probabilities
def e_step(theta, w, x):
    first, second = w * (-0.5 * (x - theta) ** 2).exp(), (1 - w) * (-0.5 * (x + theta) ** 2).exp()
    return first / (first + second)


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% right: torch.distributions
def e_step(theta, w, x):
    normal = torch.distributions.Normal
    both = torch.stack([w.log() + normal(theta, 1.0).log_prob(x), (1 - w).log() + normal(-theta, 1.0).log_prob(x)])
    return both.softmax(0)[0]


def m_step(x, q):
    return ((2 * q - 1) * x).mean()


def bound(theta, w, x, q):
    normal = torch.distributions.Normal
    first = w.log() + normal(theta, 1.0).log_prob(x)
    second = (1 - w).log() + normal(-theta, 1.0).log_prob(x)
    return (q * first + (1 - q) * second - torch.xlogy(q, q) - torch.xlogy(1 - q, 1 - q)).sum()


# %% right: log-likelihood minus KL
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    return (q @ x - (1 - q) @ x) / len(x)


def bound(theta, w, x, q):
    both = torch.stack([w.log() - 0.5 * (x - theta) ** 2, (1 - w).log() - 0.5 * (x + theta) ** 2], 1)
    gaps = kl(torch.stack([q, 1 - q], 1), both.softmax(1))
    return (both.logsumexp(1) - gaps).sum() - 0.5 * len(x) * math.log(2 * math.pi)


# %% right: a loop for the M step
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    total = 0
    for a, b in zip(x, q):
        total = total + b * a - (1 - b) * a
    return total / x.numel()


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% right: the M step as the zero of the parabola's slope, by autograd
def e_step(theta, w, x):
    return torch.sigmoid(w.log() - (1 - w).log() + 2 * theta * x)


def m_step(x, q):
    theta = torch.zeros((), dtype=x.dtype, requires_grad=True)
    with torch.enable_grad():
        energy = (q * (x - theta) ** 2 + (1 - q) * (x + theta) ** 2).sum() / 2
        (slope,) = torch.autograd.grad(energy, theta)
    return -slope / len(x)


def bound(theta, w, x, q):
    constant = -0.5 * math.log(2 * math.pi)
    first = w.log() + constant - 0.5 * (x - theta) ** 2
    second = (1 - w).log() + constant - 0.5 * (x + theta) ** 2
    return (q * first + (1 - q) * second + entropy(torch.stack([q, 1 - q], -1))).sum()


# %% right: both components on an axis of their own
def e_step(theta, w, x):
    weights, means = torch.stack([w, 1 - w]), torch.stack([theta, -theta])
    table = weights * torch.exp(-0.5 * (x[:, None] - means) ** 2)
    return (table / table.sum(1, keepdim=True))[:, 0]


def m_step(x, q):
    return torch.einsum("n,n->", 2 * q - 1, x) / x.shape[0]


def bound(theta, w, x, q):
    weights, means = torch.stack([w, 1 - w]), torch.stack([theta, -theta])
    table = weights.log() - 0.5 * (x[:, None] - means) ** 2 - 0.5 * math.log(2 * math.pi)
    both = torch.stack([q, 1 - q], 1)
    return (both * table - torch.xlogy(both, both)).sum()
