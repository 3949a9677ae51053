# %% wrong: sides swapped | "log E[X] comes first and is the larger"
def jensen(values, weights):
    return (weights * values.log()).sum(-1), (weights * values).sum(-1).log()


# %% wrong: as if the logarithm were convex | "log E[X] comes first and is the larger"
def jensen(values, weights):
    return (weights * values.log()).sum(-1), (weights * values.log()).sum(-1) + 0.3


# %% wrong: without the weights | "each value has its weight"
def jensen(values, weights):
    return values.mean(-1).log(), values.log().mean(-1)


# %% wrong: weights on one side only | "each value has its weight"
def jensen(values, weights):
    return (weights * values).sum(-1).log(), (weights * values.log()).sum(-1).minimum(values.log().mean(-1))


# %% wrong: logarithm of the weighted values | "each value has its weight"
def jensen(values, weights):
    return (weights * values).sum(-1).log(), (weights * values).log().sum(-1)


# %% wrong: two times the same side | "E[log X] is off"
def jensen(values, weights):
    above = (weights * values).sum(-1).log()
    return above, above


# %% wrong: bits | "log E[X] is off"
def jensen(values, weights):
    return (weights * values).sum(-1).log2(), (weights * values.log2()).sum(-1)


# %% wrong: the mean over the batch | "should have shape (3,), but it has shape (2,)"
def jensen(values, weights):
    return (weights * values).sum(0).log(), (weights * values.log()).sum(0)


# %% wrong: the gap alone | "should be a list of 2 things"
def jensen(values, weights):
    return (weights * values).sum(-1).log() - (weights * values.log()).sum(-1)


# %% wrong: two values only, as in the lecture's line | "however many values"
def jensen(values, weights):
    p, x, x_prime = weights[:, 0], values[:, 0], values[:, 1]
    return (p * x + (1 - p) * x_prime).log(), p * x.log() + (1 - p) * x_prime.log()


# %% wrong: the gap by its formula for small spread | "E[log X] is off"
def jensen(values, weights):
    mean = (weights * values).sum(-1)
    variance = (weights * values**2).sum(-1) - mean**2
    return mean.log(), mean.log() - variance / (2 * mean**2)


# %% wrong: the first value's weight for all | "each value has its weight"
def jensen(values, weights):
    return (weights[0] * values).sum(-1).log(), (weights[0] * values.log()).sum(-1)


# %% right: einsum
def jensen(values, weights):
    return torch.einsum("bm,bm->b", weights, values).log(), torch.einsum("bm,bm->b", weights, values.log())


# %% right: a loop over the rows
def jensen(values, weights):
    above = torch.stack([(v @ w).log() for v, w in zip(values, weights)])
    below = torch.stack([v.log() @ w for v, w in zip(values, weights)])
    return [above, below]


# %% right: in logarithms
def jensen(values, weights):
    log_x = torch.log(values)
    return torch.logsumexp(weights.log() + log_x, 1), torch.sum(weights * log_x, 1)


# %% right: matrix products
def jensen(values, weights):
    both = torch.stack([values, values.log()], -1)
    sides = torch.bmm(weights[:, None], both)[:, 0]
    return sides[:, 0].log(), sides[:, 1]
