# %% wrong: normalised over the data points | "by its sum over z, for each x_i"
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(0)


def gap(prior, likelihood, q):
    expected, h = energy_and_entropy(prior, likelihood, q)
    return (prior * likelihood).sum(1).log() - expected - h


# %% wrong: without the prior | "divide p_Z(z) p(x_i | z) by its sum over z"
def posterior(prior, likelihood):
    return likelihood / likelihood.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    expected, h = energy_and_entropy(prior, likelihood, q)
    return (prior * likelihood).sum(1).log() - expected - h


# %% wrong: the joint, not divided | "divide p_Z(z) p(x_i | z) by its sum over z"
def posterior(prior, likelihood):
    return prior * likelihood


def gap(prior, likelihood, q):
    expected, h = energy_and_entropy(prior, likelihood, q)
    return (prior * likelihood).sum(1).log() - expected - h


# %% wrong: KL swapped | "q first, the posterior second"
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    return kl(posterior(prior, likelihood), q.clamp(min=1e-6))


# %% wrong: KL to the prior | "the gap is KL(q, posterior)"
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    return kl(q, prior.expand_as(q))


# %% wrong: the sign | "the gap is off"
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    return -kl(q, posterior(prior, likelihood))


# %% wrong: without the entropy | "the gap is off"
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    return (prior * likelihood).sum(1).log() - energy_and_entropy(prior, likelihood, q)[0]


# %% wrong: the ELBO | "the gap is off"
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    return sum(energy_and_entropy(prior, likelihood, q))


# %% wrong: always closed | "the gap is off"
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    return 0 * q.sum(1)


# %% wrong: 0 log 0 is NaN | "0 log 0 is 0"
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    return (q * (q / posterior(prior, likelihood)).log()).sum(1)


# %% wrong: a softmax of probabilities | "divide p_Z(z) p(x_i | z) by its sum over z"
def posterior(prior, likelihood):
    return torch.softmax(prior * likelihood, 1)


def gap(prior, likelihood, q):
    expected, h = energy_and_entropy(prior, likelihood, q)
    return (prior * likelihood).sum(1).log() - expected - h


# %% wrong: one sum for the whole table | "by its sum over z, for each x_i"
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum()


def gap(prior, likelihood, q):
    expected, h = energy_and_entropy(prior, likelihood, q)
    return (prior * likelihood).sum(1).log() - expected - h


# %% wrong: the prior counts twice | "divide p_Z(z) p(x_i | z) by its sum over z"
def posterior(prior, likelihood):
    joint = prior**2 * likelihood
    return joint / joint.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    expected, h = energy_and_entropy(prior, likelihood, q)
    return (prior * likelihood).sum(1).log() - expected - h


# %% wrong: reconstruction alone for the ELBO | "the gap is off"
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    return (prior * likelihood).sum(1).log() - split(prior, likelihood, q)[0]


# %% wrong: the squared distance, which is zero there, too | "the gap is off"
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    return ((q - posterior(prior, likelihood)) ** 2).sum(1)


# %% right: as a KL
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    return kl(q, posterior(prior, likelihood))


# %% right: by softmax and log-sum-exp
def posterior(prior, likelihood):
    return torch.softmax(prior.log() + likelihood.log(), 1)


def gap(prior, likelihood, q):
    log_joint = prior.log() + likelihood.log()
    return log_joint.logsumexp(1) - (q * log_joint).sum(1) + torch.xlogy(q, q).sum(1)


# %% right: from reconstruction and regularisation, row by row
def posterior(prior, likelihood):
    return torch.stack([prior * row / (prior @ row) for row in likelihood])


def gap(prior, likelihood, q):
    reconstruction, regularisation = split(prior, likelihood, q)
    return (likelihood @ prior).log() - reconstruction + regularisation


# %% right: from Jensen's line
def posterior(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(1, keepdim=True)


def gap(prior, likelihood, q):
    return line_1(prior, likelihood).sum(1).log() - line_4(prior, likelihood, q).sum(1)


# %% right: sums of the parts of the gap
def posterior(prior, likelihood):
    joint = torch.einsum("k,nk->nk", prior, likelihood)
    return torch.nn.functional.normalize(joint, p=1, dim=1)


def gap(prior, likelihood, q):
    return sum(part.sum(1) for part in gap_parts(prior * likelihood, q))


# %% right: torch.distributions
def posterior(prior, likelihood):
    return Categorical(probs=prior * likelihood).probs


def gap(prior, likelihood, q):
    return torch.distributions.kl_divergence(Categorical(q), Categorical(prior * likelihood))
