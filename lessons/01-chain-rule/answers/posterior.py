# %% wrong: no prior | "multiply by the prior, then divide by the sum over y"
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood + log_prior).logsumexp(1)


def log_posterior(log_likelihood, log_prior):
    log_joint = log_likelihood
    return log_joint - log_joint.logsumexp(1, keepdim=True)


# %% wrong: not normalised, the joint | "multiply by the prior, then divide by the sum over y"
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood + log_prior).logsumexp(1)


def log_posterior(log_likelihood, log_prior):
    log_joint = log_likelihood + log_prior
    return log_joint


# %% wrong: normalised over the batch | "multiply by the prior, then divide by the sum over y"
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood + log_prior).logsumexp(1)


def log_posterior(log_likelihood, log_prior):
    log_joint = log_likelihood + log_prior
    return log_joint - log_joint.logsumexp(0, keepdim=True)


# %% wrong: the prior not as a logarithm | "multiply by the prior, then divide by the sum over y"
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood + log_prior).logsumexp(1)


def log_posterior(log_likelihood, log_prior):
    log_joint = log_likelihood + log_prior.exp()
    return log_joint - log_joint.logsumexp(1, keepdim=True)


# %% wrong: probabilities | "multiply by the prior, then divide by the sum over y"
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood + log_prior).logsumexp(1)


def log_posterior(log_likelihood, log_prior):
    log_joint = log_likelihood + log_prior
    return log_joint.softmax(1)


# %% wrong: the prior divided out twice | "multiply by the prior, then divide by the sum over y"
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood + log_prior).logsumexp(1)


def log_posterior(log_likelihood, log_prior):
    log_joint = log_likelihood - log_prior
    return log_joint - log_joint.logsumexp(1, keepdim=True)


# %% wrong: the exponential underflows | "log p(x) is infinite for likelihoods near exp(-500)"
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood.exp() * log_prior.exp()).sum(1).log()


def log_posterior(log_likelihood, log_prior):
    log_joint = log_likelihood + log_prior
    return log_joint - log_joint.logsumexp(1, keepdim=True)


# %% wrong: the posterior underflows | "log p(y | x) for likelihoods near exp(-500) contains NaN"
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood + log_prior).logsumexp(1)


def log_posterior(log_likelihood, log_prior):
    p = log_likelihood.exp() * log_prior.exp()
    return (p / p.sum(1, keepdim=True)).log()


# %% wrong: the mean of log-likelihoods | "sum p(x | y) p(y) over y, then take the logarithm"
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood * log_prior.exp()).sum(1)


def log_posterior(log_likelihood, log_prior):
    log_joint = log_likelihood + log_prior
    return log_joint - log_joint.logsumexp(1, keepdim=True)


# %% wrong: the largest term for the sum | "sum p(x | y) p(y) over y, then take the logarithm"
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood + log_prior).max(1).values


def log_posterior(log_likelihood, log_prior):
    log_joint = log_likelihood + log_prior
    return log_joint - log_joint.logsumexp(1, keepdim=True)


# %% wrong: uniform average over classes | "sum p(x | y) p(y) over y, then take the logarithm"
def log_marginal(log_likelihood, log_prior):
    return log_likelihood.logsumexp(1) - math.log(log_likelihood.shape[1])


def log_posterior(log_likelihood, log_prior):
    log_joint = log_likelihood + log_prior
    return log_joint - log_joint.logsumexp(1, keepdim=True)


# %% wrong: p(x) for the whole batch | "should have shape (2,), but it has shape ()"
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood + log_prior).logsumexp(1).sum()


def log_posterior(log_likelihood, log_prior):
    log_joint = log_likelihood + log_prior
    return log_joint - log_joint.logsumexp(1, keepdim=True)


# %% right: log_softmax
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood + log_prior).logsumexp(1)


def log_posterior(log_likelihood, log_prior):
    return torch.log_softmax(log_likelihood + log_prior, dim=-1)


# %% right: log-sum-exp by hand
def log_marginal(log_likelihood, log_prior):
    a = log_likelihood + log_prior[None]
    m = a.max(dim=1, keepdim=True).values
    return m[:, 0] + torch.log(torch.sum(torch.exp(a - m), dim=1))


def log_posterior(log_likelihood, log_prior):
    return log_likelihood + log_prior - log_marginal(log_likelihood, log_prior)[:, None]


# %% right: logaddexp in a loop, float64
def log_marginal(log_likelihood, log_prior):
    total = torch.full((len(log_likelihood),), -math.inf, dtype=torch.float64)
    for k in range(len(log_prior)):
        total = torch.logaddexp(total, log_likelihood[:, k].double() + log_prior[k].double())
    return total


def log_posterior(log_likelihood, log_prior):
    total = log_marginal(log_likelihood, log_prior)
    columns = [log_likelihood[:, k].double() + log_prior[k].double() - total for k in range(len(log_prior))]
    return torch.stack(columns, dim=1)


# %% right: numpy inside
def log_marginal(log_likelihood, log_prior):
    import numpy as np
    a = log_likelihood.double().numpy() + log_prior.double().numpy()
    return torch.from_numpy(np.logaddexp.reduce(a, axis=1))


def log_posterior(log_likelihood, log_prior):
    return log_likelihood.double() + log_prior.double() - log_marginal(log_likelihood, log_prior)[:, None]

# %% wrong: adds the prior in place | "your function changed log_likelihood"
def log_marginal(log_likelihood, log_prior):
    return (log_likelihood + log_prior).logsumexp(1)


def log_posterior(log_likelihood, log_prior):
    log_joint = log_likelihood
    log_joint += log_prior
    return log_joint - log_joint.logsumexp(1, keepdim=True)
