# %% wrong: KL swapped | "q first, the prior, no posterior"
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(1), entropy(q)


def split(prior, likelihood, q):
    return (q * likelihood.log()).sum(1), kl(prior.expand_as(q), q.clamp(min=1e-6))


# %% wrong: KL to the posterior | "q first, the prior, no posterior"
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(1), entropy(q)


def split(prior, likelihood, q):
    joint = prior * likelihood
    return (q * likelihood.log()).sum(1), kl(q, joint / joint.sum(1, keepdim=True))


# %% wrong: minus KL | "should not fall below"
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(1), entropy(q)


def split(prior, likelihood, q):
    return (q * likelihood.log()).sum(1), -kl(q, prior.expand_as(q))


# %% wrong: expectation under the prior | "weighed by q and not by the prior"
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(1), entropy(q)


def split(prior, likelihood, q):
    return (prior * likelihood.log()).sum(1), kl(q, prior.expand_as(q))


# %% wrong: the sign of H(q) | "should not fall below"
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(1), -entropy(q)


def split(prior, likelihood, q):
    return (q * likelihood.log()).sum(1), kl(q, prior.expand_as(q))


# %% wrong: the posterior for the joint | "log p_Z(z) + log p(x | z), weighed by q"
def energy_and_entropy(prior, likelihood, q):
    joint = prior * likelihood
    return (q * (joint / joint.sum(1, keepdim=True)).log()).sum(1), entropy(q)


def split(prior, likelihood, q):
    return (q * likelihood.log()).sum(1), kl(q, prior.expand_as(q))


# %% wrong: the conditional for the joint | "log p_Z(z) + log p(x | z), weighed by q"
def energy_and_entropy(prior, likelihood, q):
    return (q * likelihood.log()).sum(1), entropy(q)


def split(prior, likelihood, q):
    return (q * likelihood.log()).sum(1), kl(q, prior.expand_as(q))


# %% wrong: log p(x) twice | "log p_Z(z) + log p(x | z), weighed by q"
def energy_and_entropy(prior, likelihood, q):
    log_p = (prior * likelihood).sum(1).log()
    return log_p, 0 * log_p


def split(prior, likelihood, q):
    log_p = (prior * likelihood).sum(1).log()
    return log_p, 0 * log_p


# %% wrong: one number, the ELBO | "should be a list of 2 things"
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(1), entropy(q)


def split(prior, likelihood, q):
    return (q * likelihood.log()).sum(1) - kl(q, prior.expand_as(q))


# %% wrong: 0 log 0 is NaN | "where q is 0 the summand is 0"
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(1), -(q * q.log()).sum(1)


def split(prior, likelihood, q):
    return (q * likelihood.log()).sum(1), kl(q, prior.expand_as(q))


# %% wrong: summed over the data points | "should have shape (2,), but it has shape ()"
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(), entropy(q).sum()


def split(prior, likelihood, q):
    return (q * likelihood.log()).sum(1), kl(q, prior.expand_as(q))


# %% wrong: the logarithm outside | "E_q[log p(x, z)] is off"
def energy_and_entropy(prior, likelihood, q):
    return (q * prior * likelihood).sum(1).log(), entropy(q)


def split(prior, likelihood, q):
    return (q * likelihood.log()).sum(1), kl(q, prior.expand_as(q))


# %% wrong: minus the expectation, as physicists count energy | "with no minus"
def energy_and_entropy(prior, likelihood, q):
    return -(q * (prior.log() + likelihood.log())).sum(1), entropy(q)


def split(prior, likelihood, q):
    return (q * likelihood.log()).sum(1), kl(q, prior.expand_as(q))


# %% wrong: the ELBO as the energy, so that the entropy counts twice | "E_q[log p(x, z)] is off"
def energy_and_entropy(prior, likelihood, q):
    h = entropy(q)
    return (q * (prior.log() + likelihood.log())).sum(1) + h, h


def split(prior, likelihood, q):
    return (q * likelihood.log()).sum(1), kl(q, prior.expand_as(q))


# %% wrong: the logarithm of the expected likelihood | "the reconstruction E_q[log p(x | z)] is off"
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(1), entropy(q)


def split(prior, likelihood, q):
    return (q * likelihood).sum(1).log(), kl(q, prior.expand_as(q))


# %% wrong: KL against a uniform prior | "q first, the prior, no posterior"
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(1), entropy(q)


def split(prior, likelihood, q):
    uniform = torch.full_like(q, 1 / q.shape[1])
    return (q * likelihood.log()).sum(1), kl(q, uniform)


# %% right: sums of the lines before
def energy_and_entropy(prior, likelihood, q):
    parts = gap_parts(prior * likelihood, q)
    return -parts[0].sum(1), -parts[2].sum(1)


def split(prior, likelihood, q):
    return (q * likelihood.log()).sum(1), kl(q, prior.expand_as(q))


# %% right: matrix products
def energy_and_entropy(prior, likelihood, q):
    expected = q @ prior.log() + torch.einsum("nk,nk->n", q, likelihood.log())
    return expected, torch.special.entr(q).sum(1)


def split(prior, likelihood, q):
    return (q @ likelihood.log().T).diagonal(), -q @ prior.log() - torch.special.entr(q).sum(1)


# %% right: one data point after the other
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(1), entropy(q)


def split(prior, likelihood, q):
    first = torch.stack([a @ b.log() for a, b in zip(q, likelihood)])
    second = torch.stack([kl(a, prior) for a in q])
    return [first, second]


# %% right: torch.distributions
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(1), entropy(q)


def split(prior, likelihood, q):
    second = torch.distributions.kl_divergence(Categorical(q), Categorical(prior))
    return (q * likelihood.log()).sum(1), second


# %% right: the split from the first way, by what the ELBO must be
def energy_and_entropy(prior, likelihood, q):
    return (q * (prior.log() + likelihood.log())).sum(1), entropy(q)


def split(prior, likelihood, q):
    expected, h = energy_and_entropy(prior, likelihood, q)
    reconstruction = torch.einsum("nk,nk->n", q, likelihood.log())
    return reconstruction, reconstruction - expected - h
