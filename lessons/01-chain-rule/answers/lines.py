# %% wrong: KL reversed | "the weights are p, not q"
def divergence(p, q):
    return torch.where(q > 0, q * (q.log() - p.log()), 0)


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return q[x].log() / len(x)


# %% wrong: cross-entropy reversed | "the weights are p, not q"
def divergence(p, q):
    return torch.where(p > 0, p * (p.log() - q.log()), 0)


def cross_entropy(p, q):
    return -q * p.log()


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return q[x].log() / len(x)


# %% wrong: the sum instead of the summands | "should have shape (4,), but it has shape ()"
def divergence(p, q):
    return (p * (p.log() - q.log())).sum()


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return q[x].log() / len(x)


# %% wrong: the same number on every line | "add up to the right number, but one is off by"
def divergence(p, q):
    total = torch.where(p > 0, p * (p.log() - q.log()), 0).sum()
    return total.expand(p.shape) / p.numel()


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return q[x].log() / len(x)


# %% wrong: the sign of the entropy | "have the wrong sign"
def divergence(p, q):
    return torch.where(p > 0, p * (p.log() - q.log()), 0)


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, p * p.log(), 0)


def log_likelihood(x, q):
    return q[x].log() / len(x)


# %% wrong: the sign of the likelihood | "have the wrong sign"
def divergence(p, q):
    return torch.where(p > 0, p * (p.log() - q.log()), 0)


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return -q[x].log() / len(x)


# %% wrong: divided by the number of outcomes | "divide by the number of examples, not of outcomes"
def divergence(p, q):
    return torch.where(p > 0, p * (p.log() - q.log()), 0)


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return q[x].log() / len(q)


# %% wrong: no average | "divide by the number of examples, not of outcomes"
def divergence(p, q):
    return torch.where(p > 0, p * (p.log() - q.log()), 0)


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return q[x].log()


# %% wrong: one summand an outcome instead of an example | "should have shape (6,), but it has shape (4,)"
def divergence(p, q):
    return torch.where(p > 0, p * (p.log() - q.log()), 0)


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return torch.bincount(x, minlength=len(q)) / len(x) * q.log()


# %% wrong: bits | "the summands of KL(p, q) are off"
def divergence(p, q):
    return torch.where(p > 0, p * (p.log2() - q.log2()), 0)


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return q[x].log() / len(x)


# %% wrong: the logarithms without their weights | "the weights are p, not q"
def divergence(p, q):
    return p.log() - q.log()


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return q[x].log() / len(x)


# %% wrong: NaN where p is 0 | "where p is 0 the summand is 0"
def divergence(p, q):
    return p * (p / q).log()


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return q[x].log() / len(x)


# %% wrong: calls gmlib | "write it yourself"
def divergence(p, q):
    return bayes_net.kl(p, q)


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return q[x].log() / len(x)


# %% right: xlogy
def divergence(p, q):
    return torch.xlogy(p, p / q)


def cross_entropy(p, q):
    return -torch.xlogy(p, q)


def entropy(p):
    return torch.special.entr(p)


def log_likelihood(x, q):
    return torch.log(q).index_select(0, x) / x.numel()


# %% right: the identity as the definition
def cross_entropy(p, q):
    terms = -p * q.clamp(min=1e-300 if q.dtype == torch.float64 else 1e-38).log()
    return terms


def entropy(p):
    return cross_entropy(p, p)


def divergence(p, q):
    return cross_entropy(p, q) - entropy(p)


def log_likelihood(x, q):
    return torch.stack([q[i].log() for i in x]) / len(x)


# %% right: loops in plain Python
def divergence(p, q):
    pairs = zip(p.flatten().tolist(), q.flatten().tolist())
    return torch.tensor([a * math.log(a / b) if a > 0 else 0.0 for a, b in pairs], dtype=torch.float64).reshape(p.shape)


def cross_entropy(p, q):
    pairs = zip(p.flatten().tolist(), q.flatten().tolist())
    return torch.tensor([-a * math.log(b) if a > 0 else 0.0 for a, b in pairs], dtype=torch.float64).reshape(p.shape)


def entropy(p):
    return torch.tensor([-a * math.log(a) if a > 0 else 0.0 for a in p.flatten().tolist()], dtype=torch.float64).reshape(p.shape)


def log_likelihood(x, q):
    return torch.tensor([math.log(q[i]) / len(x) for i in x.tolist()], dtype=torch.float64)


# %% right: numpy inside
def divergence(p, q):
    import numpy as np
    a, b = p.double().numpy(), q.double().numpy()
    return torch.from_numpy(a * np.log(np.where(a > 0, a, b) / b))


def cross_entropy(p, q):
    return torch.where(p > 0, -p * q.log(), 0)


def entropy(p):
    return torch.where(p > 0, -p * p.log(), 0)


def log_likelihood(x, q):
    return q[x].log() / len(x)
