# %% wrong: zero times infinity is NaN | "with a certain pixel, which should add log 1 = 0, contains NaN"
def log_prob(x, x_hat):
    return (x * x_hat.log() + (1 - x) * (1 - x_hat).log()).sum(-1)


# %% wrong: a product, no logarithm | "log x_hat where x is 1, log(1 - x_hat) where it is 0, added up"
def log_prob(x, x_hat):
    return torch.where(x == 1, x_hat, 1 - x_hat).prod(-1)


# %% wrong: only the ones count | "log x_hat where x is 1, log(1 - x_hat) where it is 0, added up"
def log_prob(x, x_hat):
    return torch.where(x == 1, x_hat.log(), 0).sum(-1)


# %% wrong: zeros and ones swapped | "log p(x)"
def log_prob(x, x_hat):
    return torch.where(x == 1, 1 - x_hat, x_hat).log().sum(-1)


# %% wrong: the mean over pixels | "log x_hat where x is 1, log(1 - x_hat) where it is 0, added up"
def log_prob(x, x_hat):
    return torch.where(x == 1, x_hat, 1 - x_hat).log().mean(-1)


# %% wrong: the negative | "log x_hat where x is 1, log(1 - x_hat) where it is 0, added up"
def log_prob(x, x_hat):
    return -torch.where(x == 1, x_hat, 1 - x_hat).log().sum(-1)


# %% wrong: bits | "log x_hat where x is 1, log(1 - x_hat) where it is 0, added up"
def log_prob(x, x_hat):
    return torch.where(x == 1, x_hat, 1 - x_hat).log2().sum(-1)


# %% wrong: summed over the batch | "should have shape (2,), but it has shape ()"
def log_prob(x, x_hat):
    return torch.where(x == 1, x_hat, 1 - x_hat).log().sum()


# %% wrong: no sum | "should have shape (2,), but it has shape (2, 4)"
def log_prob(x, x_hat):
    return torch.where(x == 1, x_hat, 1 - x_hat).log()


# %% wrong: the log of the mean probability | "log x_hat where x is 1, log(1 - x_hat) where it is 0, added up"
def log_prob(x, x_hat):
    return torch.where(x == 1, x_hat, 1 - x_hat).mean(-1).log()


# %% wrong: probabilities kept away from 0 and 1 too far | "log"
def log_prob(x, x_hat):
    x_hat = x_hat.clamp(0.05, 0.95)
    return torch.where(x == 1, x_hat, 1 - x_hat).log().sum(-1)


# %% right: xlogy
def log_prob(x, x_hat):
    return (torch.xlogy(x, x_hat) + torch.xlogy(1 - x, 1 - x_hat)).sum(1)


# %% right: the distributions of torch
def log_prob(x, x_hat):
    bernoulli = torch.distributions.Bernoulli(probs=x_hat.double(), validate_args=False)
    p = x_hat.double() * x + (1 - x_hat.double()) * (1 - x)
    return p.log().sum(dim=1)


# %% right: loops
def log_prob(x, x_hat):
    def ln(p):
        return math.log(p) if p > 0 else -math.inf

    rows = []
    for example, rates in zip(x.tolist(), x_hat.tolist()):
        rows.append(sum(ln(q if v else 1 - q) for v, q in zip(example, rates)))
    return torch.tensor(rows, dtype=torch.float64)


# %% right: cross-entropy
def log_prob(x, x_hat):
    return -torch.nn.functional.binary_cross_entropy(x_hat, x, reduction="none").sum(-1)


# %% right: numpy inside, stacked then indexed
def log_prob(x, x_hat):
    import numpy as np
    both = np.stack([1 - x_hat.numpy(), x_hat.numpy()])
    picked = np.take_along_axis(both, x.numpy().astype(int)[None], 0)[0]
    return torch.from_numpy(np.log(picked).sum(1))


# %% wrong: probabilities clamped in place | "your function changed x_hat"
def log_prob(x, x_hat):
    x_hat.clamp_(1e-30, 1)
    return torch.where(x == 1, x_hat, 1 - x_hat).log().sum(-1)


# %% wrong: an impossible x counts as certain | "an impossible x should be -inf or below -15"
def log_prob(x, x_hat):
    p = torch.where(x == 1, x_hat, 1 - x_hat)
    return torch.where(p > 0, p.log(), 0).sum(-1)


# %% wrong: loops that stop at log 0 | "math domain error"
def log_prob(x, x_hat):
    rows = []
    for example, rates in zip(x.tolist(), x_hat.tolist()):
        rows.append(sum(math.log(q if v else 1 - q) for v, q in zip(example, rates)))
    return torch.tensor(rows, dtype=torch.float64)


# %% right: Bernoulli, which keeps off 0 and 1 by a rounding error
def log_prob(x, x_hat):
    return torch.distributions.Bernoulli(probs=x_hat).log_prob(x).sum(-1)
