# %% wrong: the logarithm inside the sum | "multiply by the prior, sum over z, and only then the logarithm"
def log_likelihood(x, log_prior, log_conditional):
    return (log_prior.exp()[:, None] * log_conditional[:, x]).sum(0)


# %% wrong: exp first, so that it underflows | "exp(-500) is 0"
def log_likelihood(x, log_prior, log_conditional):
    return (log_prior.exp() @ log_conditional.exp())[x].log()


# %% wrong: without the prior | "multiply by the prior, sum over z"
def log_likelihood(x, log_prior, log_conditional):
    return log_conditional[:, x].logsumexp(0)


# %% wrong: all z alike | "multiply by the prior, sum over z"
def log_likelihood(x, log_prior, log_conditional):
    return log_conditional[:, x].logsumexp(0) - math.log(len(log_prior))


# %% wrong: the most likely z only | "sum over z, and only then the logarithm"
def log_likelihood(x, log_prior, log_conditional):
    return (log_prior[:, None] + log_conditional[:, x]).max(0).values


# %% wrong: summed over the data points | "should have shape (4,), but it has shape ()"
def log_likelihood(x, log_prior, log_conditional):
    return (log_prior[:, None] + log_conditional[:, x]).logsumexp(0).sum()


# %% wrong: summed over the data points, not over z | "should have shape (4,), but it has shape (3,)"
def log_likelihood(x, log_prior, log_conditional):
    return (log_prior[:, None] + log_conditional[:, x]).logsumexp(1)


# %% wrong: every x of the table, not those of the data | "should have shape (4,), but it has shape (2,)"
def log_likelihood(x, log_prior, log_conditional):
    return (log_prior[:, None] + log_conditional).logsumexp(0)


# %% wrong: bits | "log p(x_i) in the bag is off"
def log_likelihood(x, log_prior, log_conditional):
    return (log_prior[:, None] + log_conditional[:, x]).logsumexp(0) / math.log(2)


# %% wrong: the data points taken for 0, 1, 2, ... | "the column of x_i"
def log_likelihood(x, log_prior, log_conditional):
    log_p = (log_prior[:, None] + log_conditional).logsumexp(0)
    return log_p[torch.arange(len(x)) % len(log_p)]


# %% wrong: calls gmlib | "write it yourself"
def log_likelihood(x, log_prior, log_conditional):
    table = log_prior[:, None] + log_conditional[:, x]
    return log_marginal(lambda z: table[z[:, 0]], torch.arange(len(table))[:, None])


# %% wrong: one maximum for all data points | "exp(-500) is 0"
def log_likelihood(x, log_prior, log_conditional):
    log_joint = log_prior[:, None] + log_conditional[:, x]
    top = log_joint.max()
    return top + (log_joint - top).exp().sum(0).log()


# %% wrong: a small number inside the logarithm | "exp(-500) is 0"
def log_likelihood(x, log_prior, log_conditional):
    return ((log_prior.exp() @ log_conditional.exp())[x] + 1e-12).log()


# %% wrong: the table normalised over z, as if it were a posterior | "multiply by the prior, sum over z"
def log_likelihood(x, log_prior, log_conditional):
    log_joint = log_prior[:, None] + log_conditional[:, x]
    return log_joint.log_softmax(0).logsumexp(0)


# %% right: a loop over the data points
def log_likelihood(x, log_prior, log_conditional):
    return torch.stack([(log_prior + log_conditional[:, i]).logsumexp(0) for i in x])


# %% right: the maximum taken out by hand
def log_likelihood(x, log_prior, log_conditional):
    log_joint = log_prior[:, None] + log_conditional.index_select(1, x)
    top = log_joint.max(0).values
    return top + (log_joint - top).exp().sum(0).log()


# %% right: logaddexp, one z after the other
def log_likelihood(x, log_prior, log_conditional):
    total = torch.full_like(log_conditional[0, x], -math.inf)
    for a, row in zip(log_prior, log_conditional):
        total = torch.logaddexp(total, a + row[x])
    return total


# %% right: numpy inside
def log_likelihood(x, log_prior, log_conditional):
    import numpy as np
    table = np.logaddexp.reduce((log_prior[:, None] + log_conditional).double().numpy(), axis=0)
    return torch.from_numpy(table)[x].to(log_prior.dtype)


# %% right: the axes swapped, the data points first
def log_likelihood(x, log_prior, log_conditional):
    return torch.logsumexp(log_conditional.T[x] + log_prior, dim=1)


# %% right: each x of the table once, then looked up
def log_likelihood(x, log_prior, log_conditional):
    table = {i: torch.logsumexp(log_prior + log_conditional[:, i], 0) for i in set(x.tolist())}
    return torch.stack([table[i] for i in x.tolist()])
