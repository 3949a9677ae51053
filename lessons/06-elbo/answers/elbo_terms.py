# %% wrong: z from the prior | "which distribution is z drawn from?"
def elbo_terms(log_joint, mean, xi, eps):
    log_q = Normal(mean, (xi / 2).exp()).log_prob(eps).sum(-1)
    return log_joint(eps) - log_q

# %% wrong: z from the prior, log q of the noise | "which distribution is z drawn from?"
def elbo_terms(log_joint, mean, xi, eps):
    log_q = -0.5 * (eps**2 + xi + math.log(2 * math.pi)).sum(-1)
    return log_joint(eps) - log_q

# %% wrong: exp(xi) for the standard deviation | "exp(xi / 2) is the standard deviation"
def elbo_terms(log_joint, mean, xi, eps):
    q = Normal(mean, xi.exp())
    z = mean + xi.exp() * eps
    return log_joint(z) - q.log_prob(z).sum(-1)

# %% wrong: xi for the standard deviation | "biased"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean + xi * eps
    log_q = -0.5 * (eps**2 + xi + math.log(2 * math.pi)).sum(-1)
    return log_joint(z) - log_q

# %% wrong: log q is forgotten | "-log q(z) of each sample is left"
def elbo_terms(log_joint, mean, xi, eps):
    return log_joint(mean + (xi / 2).exp() * eps)

# %% wrong: log q is added | "-log q(z) of each sample is left"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean + (xi / 2).exp() * eps
    return log_joint(z) + Normal(mean, (xi / 2).exp()).log_prob(z).sum(-1)

# %% wrong: log q without its scale | "log q has log sigma = xi / 2 in it"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean + (xi / 2).exp() * eps
    return log_joint(z) + 0.5 * (eps**2 + math.log(2 * math.pi)).sum(-1)

# %% wrong: xi for log sigma | "log q has log sigma = xi / 2 in it"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean + (xi / 2).exp() * eps
    return log_joint(z) + (0.5 * eps**2 + xi + 0.5 * math.log(2 * math.pi)).sum(-1)

# %% wrong: the mean of the terms | "should have shape (40000,)"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean + (xi / 2).exp() * eps
    log_q = Normal(mean, (xi / 2).exp()).log_prob(z).sum(-1)
    return (log_joint(z) - log_q).mean()

# %% wrong: log q as the mean over the latents | "log q is summed over the entries"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean + (xi / 2).exp() * eps
    return log_joint(z) - Normal(mean, (xi / 2).exp()).log_prob(z).mean(-1)

# %% wrong: the entropy in place of -log q | "-log q(z) of each sample is left"
def elbo_terms(log_joint, mean, xi, eps):
    q = Normal(mean, (xi / 2).exp())
    return log_joint(mean + q.stddev * eps) + q.entropy().sum()

# %% wrong: the normaliser is lost | "with its normaliser"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean + (xi / 2).exp() * eps
    return log_joint(z) + 0.5 * (eps**2 + xi).sum(-1)

# %% wrong: one noise for all latents | "z = mean + exp(xi / 2) eps for both logarithms"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean + (xi / 2).exp() * eps[:, :1]
    return log_joint(z) - Normal(mean, (xi / 2).exp()).log_prob(z).sum(-1)

# %% wrong: the normaliser once, not for each latent | "log q is summed over the entries"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean + (xi / 2).exp() * eps
    log_q = -0.5 * (eps**2 + xi).sum(-1) - 0.5 * math.log(2 * math.pi)
    return log_joint(z) - log_q

# %% wrong: log q is that of a standard normal at z | "and log q is taken at that z"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean + (xi / 2).exp() * eps
    return log_joint(z) - Normal(torch.zeros_like(mean), 1.0).log_prob(z).sum(-1)

# %% wrong: every term is the mean of the terms | "-log q(z) of each sample is left"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean + (xi / 2).exp() * eps
    log_q = Normal(mean, (xi / 2).exp()).log_prob(z).sum(-1)
    return (log_joint(z) - log_q).mean().expand(len(eps))

# %% wrong: the ratio, not its logarithm | "-log q(z) of each sample is left"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean + (xi / 2).exp() * eps
    log_q = Normal(mean, (xi / 2).exp()).log_prob(z).sum(-1)
    return (log_joint(z) - log_q).exp()

# %% wrong: the other end of the noise | "z = mean + exp(xi / 2) eps"
def elbo_terms(log_joint, mean, xi, eps):
    z = mean - (xi / 2).exp() * eps
    return log_joint(z) - Normal(mean, (xi / 2).exp()).log_prob(z).sum(-1)

# %% right: torch's Normal
def elbo_terms(log_joint, mean, xi, eps):
    q = Normal(mean, torch.exp(xi / 2))
    z = q.loc + q.scale * eps
    return log_joint(z) - q.log_prob(z).sum(-1)

# %% right: one sample at a time
def elbo_terms(log_joint, mean, xi, eps):
    sigma, rows = xi.exp().sqrt(), []
    if len(eps) > 1000:
        z = mean + sigma * eps
        log_q = (-(z - mean) ** 2 / (2 * sigma**2) - torch.log(sigma)).sum(1)
        return log_joint(z) - log_q + len(xi) / 2 * math.log(2 * math.pi)
    for e in eps:
        z = mean + sigma * e
        log_q = (-0.5 * ((z - mean) / sigma) ** 2 - sigma.log()).sum()
        log_q = log_q - len(xi) * 0.5 * math.log(2 * math.pi)
        rows.append(log_joint(z[None])[0] - log_q)
    return torch.stack(rows)

# %% right: einsum for the squares
def elbo_terms(log_joint, mean, xi, eps):
    z = torch.addcmul(mean.expand(eps.shape), torch.exp(0.5 * xi).expand(eps.shape), eps)
    squares = torch.einsum("ki,ki->k", eps, eps)
    constant = xi.sum() + xi.shape[0] * math.log(2 * math.pi)
    return log_joint(z) + 0.5 * (squares + constant)

# %% right: a multivariate normal
def elbo_terms(log_joint, mean, xi, eps):
    q = torch.distributions.MultivariateNormal(mean, torch.diag(xi.exp()))
    z = mean + eps * xi.exp() ** 0.5
    return log_joint(z) - q.log_prob(z)

# %% right: the change of variables
def elbo_terms(log_joint, mean, xi, eps):
    standard = Normal(torch.zeros_like(eps), 1.0)
    log_q = standard.log_prob(eps).sum(1) - xi.sum() / 2
    return log_joint(mean + torch.sqrt(torch.exp(xi)) * eps) - log_q

# %% right: the density written out, its logarithm last
def elbo_terms(log_joint, mean, xi, eps):
    variance = xi.exp()
    z = mean + variance**0.5 * eps
    log_q = torch.zeros_like(eps[:, 0])
    for i in range(len(mean)):
        distance = (z[:, i] - mean[i]) ** 2 / variance[i]
        log_q = log_q - distance / 2 - torch.log(2 * math.pi * variance[i]) / 2
    return log_joint(z) - log_q
