# %% wrong: KL swapped | "the expectation under q, the first argument"
def entropy(q):
    return -torch.xlogy(q, q).sum(-1)


def kl(q, p):
    return (torch.xlogy(p, p) - torch.xlogy(p, q.clamp(min=1e-6))).sum(-1)


# %% wrong: expectation under the second argument | "the expectation under q, the first argument"
def entropy(q):
    return -torch.xlogy(q, q).sum(-1)


def kl(q, p):
    return -(p * p.log()).sum(-1) - entropy(q)


# %% wrong: the sign of H(q) in KL | "the expectation under q, the first argument"
def entropy(q):
    return -torch.xlogy(q, q).sum(-1)


def kl(q, p):
    return -(q * p.log()).sum(-1) + entropy(q)


# %% wrong: the sign of the entropy | "should not fall below"
def entropy(q):
    return torch.xlogy(q, q).sum(-1)


def kl(q, p):
    return torch.where(q > 0, q * (q.log() - p.log()), 0).sum(-1)


# %% wrong: cross-entropy for KL | "-E_q[log p] - H(q)"
def entropy(q):
    return -torch.xlogy(q, q).sum(-1)


def kl(q, p):
    return -(q * p.log()).sum(-1)


# %% wrong: bits | "natural logarithm"
def entropy(q):
    return -torch.xlogy(q, q).sum(-1) / math.log(2)


def kl(q, p):
    return torch.where(q > 0, q * (q.log() - p.log()), 0).sum(-1)


# %% wrong: 0 log 0 is NaN | "0 log 0 counts as 0"
def entropy(q):
    return -(q * q.log()).sum(-1)


def kl(q, p):
    return torch.where(q > 0, q * (q.log() - p.log()), 0).sum(-1)


# %% wrong: 0 log 0 is NaN in KL | "0 log 0 counts as 0"
def entropy(q):
    return -torch.xlogy(q, q).sum(-1)


def kl(q, p):
    return (q * (q / p).log()).sum(-1)


# %% wrong: summed over everything | "should have shape (3,), but it has shape ()"
def entropy(q):
    return -torch.xlogy(q, q).sum()


def kl(q, p):
    return torch.where(q > 0, q * (q.log() - p.log()), 0).sum(-1)


# %% wrong: the mean over the outcomes | "-sum q log q over the last axis"
def entropy(q):
    return -torch.xlogy(q, q).mean(-1)


def kl(q, p):
    return torch.where(q > 0, q * (q.log() - p.log()), 0).sum(-1)


# %% wrong: a small number inside the logarithm | "should not fall below"
def entropy(q):
    return -(q * (q + 1e-3).log()).sum(-1)


def kl(q, p):
    return torch.where(q > 0, q * (q.log() - p.log()), 0).sum(-1)


# %% wrong: calls gmlib | "write it yourself"
def entropy(q):
    return -torch.xlogy(q, q).sum(-1)


def kl(q, p):
    from gmlib.autoregressive import bayes_net
    return torch.stack([bayes_net.kl(a, b) for a, b in zip(q, p)])


# %% wrong: torch's kl_div with its arguments in our order | "the weights are q, the first argument"
def entropy(q):
    return -torch.xlogy(q, q).sum(-1)


def kl(q, p):
    return torch.nn.functional.kl_div(q.log(), p, reduction="none").sum(-1)


# %% wrong: the mean of both directions | "-E_q[log p] - H(q)"
def entropy(q):
    return -torch.xlogy(q, q).sum(-1)


def kl(q, p):
    ratio = q.clamp(min=1e-6).log() - p.log()
    return 0.5 * ((q - p) * ratio).sum(-1)


# %% wrong: the logarithm of the mean ratio | "should not fall below"
def entropy(q):
    return -torch.xlogy(q, q).sum(-1)


def kl(q, p):
    return -(q * (q / p)).sum(-1).log()


# %% wrong: renormalised with a floor | "H(q) is off"
def entropy(q):
    q = q.clamp(min=1e-6)
    return -(q * q.log()).sum(-1)


def kl(q, p):
    return torch.where(q > 0, q * (q.log() - p.log()), 0).sum(-1)


# %% right: torch's own entropy, and KL from the identity
def entropy(q):
    return torch.special.entr(q).sum(-1)


def kl(q, p):
    return -(q * p.log()).sum(-1) - entropy(q)


# %% right: numpy inside
def entropy(q):
    import numpy as np
    a = q.double().numpy()
    return torch.from_numpy(np.asarray(-(a * np.log(np.where(a > 0, a, 1))).sum(-1))).to(q.dtype)


def kl(q, p):
    return torch.where(q > 0, q * (q.log() - p.log()), 0).sum(-1)


# %% right: the entropy as a KL to the uniform distribution
def entropy(q):
    return math.log(q.shape[-1]) - kl(q, torch.full_like(q, 1 / q.shape[-1]))


def kl(q, p):
    return torch.where(q > 0, q * (q.log() - p.log()), 0).sum(-1)


# %% right: einsum
def entropy(q):
    return -torch.xlogy(q, q).sum(-1)


def kl(q, p):
    return torch.einsum("...k,...k->...", q, torch.where(q > 0, q / p, 1).log())


# %% right: torch's kl_div, which takes its arguments the other way round
def entropy(q):
    return -torch.xlogy(q, q).sum(-1)


def kl(q, p):
    return torch.nn.functional.kl_div(p.log(), q, reduction="none").sum(-1)


# %% right: torch.distributions
def entropy(q):
    return Categorical(q).entropy()


def kl(q, p):
    return torch.distributions.kl_divergence(Categorical(q), Categorical(p))
