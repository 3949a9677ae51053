# %% wrong: the variance for the standard deviation | "standard deviation exp(log_sigma_i)"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    conditionals = Normal(mu, (2 * log_sigma).exp()).log_prob(x)
    z = (x - mu) * (-log_sigma).exp()
    return conditionals, Normal(0.0, 1.0).log_prob(z).sum(1) - log_sigma.sum(1)

# %% wrong: the sign of the log-determinant | "the log-determinant of the direction from x to z"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    conditionals = Normal(mu, log_sigma.exp()).log_prob(x)
    z = (x - mu) * (-log_sigma).exp()
    return conditionals, Normal(0.0, 1.0).log_prob(z).sum(1) + log_sigma.sum(1)

# %% wrong: the base at x | "the log-density of the noise at z, not at x"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    conditionals = Normal(mu, log_sigma.exp()).log_prob(x)
    return conditionals, Normal(0.0, 1.0).log_prob(x).sum(1) - log_sigma.sum(1)

# %% wrong: no determinant | "the flow's log p(x) by hand"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    conditionals = Normal(mu, log_sigma.exp()).log_prob(x)
    z = (x - mu) * (-log_sigma).exp()
    return conditionals, Normal(0.0, 1.0).log_prob(z).sum(1)

# %% wrong: log 2 pi once for all entries | "the flow's log p(x) by hand"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    conditionals = Normal(mu, log_sigma.exp()).log_prob(x)
    z = (x - mu) * (-log_sigma).exp()
    base = -0.5 * ((z**2).sum(1) + math.log(2 * math.pi))
    return conditionals, base - log_sigma.sum(1)

# %% wrong: the conditionals summed already | "one of the conditionals by hand should have shape (2, 2)"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    total = Normal(mu, log_sigma.exp()).log_prob(x).sum(1)
    return total, total

# %% wrong: densities, not their logarithms | "one of the conditionals by hand"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    conditionals = Normal(mu, log_sigma.exp()).log_prob(x).exp()
    return conditionals, conditionals.prod(1)

# %% wrong: the log for the width | "one of the conditionals by hand"
def two_densities(x, conditioner):
    mu, sigma = conditioner(x)
    sigma = sigma.abs() + 1e-3
    return Normal(mu, sigma).log_prob(x), Normal(mu, sigma).log_prob(x).sum(1)

# %% wrong: the mean over the entries | "the flow's log p(x) by hand"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    conditionals = Normal(mu, log_sigma.exp()).log_prob(x)
    return conditionals, conditionals.mean(1)

# %% wrong: summed over the batch | "the flow's log p(x)"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    conditionals = Normal(mu, log_sigma.exp()).log_prob(x)
    z = (x - mu) * (-log_sigma).exp()
    return conditionals, Normal(0.0, 1.0).log_prob(z).sum(1) - log_sigma.sum()

# %% right: by formulas
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    norm = 0.5 * math.log(2 * math.pi)
    conditionals = -((x - mu) ** 2) / (2 * (2 * log_sigma).exp()) - log_sigma - norm
    z = (x - mu) / log_sigma.exp()
    return conditionals, -(z**2 / 2 + norm + log_sigma).sum(1)

# %% right: with its own inverse
def two_densities(x, conditioner):
    z, log_det = ar_inverse(x, conditioner)
    mu, log_sigma = conditioner(x)
    return Normal(mu, log_sigma.exp()).log_prob(x), Normal(0.0, 1.0).log_prob(z).sum(1) + log_det

# %% right: torch's transformed distribution
def two_densities(x, conditioner):
    from torch.distributions import AffineTransform, Independent, MultivariateNormal, TransformedDistribution

    mu, log_sigma = conditioner(x)
    base = Independent(Normal(torch.zeros_like(mu), torch.ones_like(mu)), 1)
    moved = TransformedDistribution(base, [AffineTransform(mu, log_sigma.exp(), event_dim=1)])
    return Normal(mu, log_sigma.exp()).log_prob(x), moved.log_prob(x)

# %% right: column by column
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    columns, total = [], 0
    for i in range(x.shape[1]):
        columns.append(Normal(mu[:, i], log_sigma[:, i].exp()).log_prob(x[:, i]))
        total = total + columns[-1]
    return torch.stack(columns, 1), total

# %% wrong: log 2 pi for two entries, whatever n | "the flow's log p(x)"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    z = (x - mu) / log_sigma.exp()
    conditionals = Normal(mu, log_sigma.exp()).log_prob(x)
    return conditionals, -(z**2).sum(1) / 2 - math.log(2 * math.pi) - log_sigma.sum(1)

# %% wrong: the determinant counted in both | "the flow's log p(x) by hand"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    conditionals = Normal(mu, log_sigma.exp()).log_prob(x)
    return conditionals, conditionals.sum(1) - log_sigma.sum(1)

# %% wrong: summed up as they come | "one of the conditionals by hand"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    conditionals = Normal(mu, log_sigma.exp()).log_prob(x).cumsum(1)
    return conditionals, conditionals[:, -1]

# %% wrong: the conditionals of z | "one of the conditionals by hand"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    z = (x - mu) / log_sigma.exp()
    conditionals = Normal(0.0, 1.0).log_prob(z)
    return conditionals, conditionals.sum(1) - log_sigma.sum(1)

# %% wrong: exp of the sum, not the sum | "the flow's log p(x) by hand"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    z = (x - mu) / log_sigma.exp()
    conditionals = Normal(mu, log_sigma.exp()).log_prob(x)
    return conditionals, Normal(0.0, 1.0).log_prob(z).sum(1) - log_sigma.exp().prod(1)

# %% wrong: no constant in the base | "the flow's log p(x) by hand"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    z = (x - mu) / log_sigma.exp()
    return Normal(mu, log_sigma.exp()).log_prob(x), -(z**2).sum(1) / 2 - log_sigma.sum(1)

# %% wrong: the log handed to Normal | "exp(log_sigma_i)"
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    conditionals = Normal(mu, log_sigma).log_prob(x)
    return conditionals, conditionals.sum(1)

# %% right: the base as one Gaussian in n dimensions
def two_densities(x, conditioner):
    from torch.distributions import MultivariateNormal

    mu, log_sigma = conditioner(x)
    z = (x - mu) / torch.exp(log_sigma)
    base = MultivariateNormal(x.new_zeros(x.shape[1]), torch.eye(x.shape[1]).to(x))
    return Normal(mu, log_sigma.exp()).log_prob(x), base.log_prob(z) - log_sigma.sum(1)

# %% right: logs of densities, precision instead of width
def two_densities(x, conditioner):
    mu, log_sigma = conditioner(x)
    precision = torch.exp(-2 * log_sigma)
    conditionals = 0.5 * (precision / (2 * math.pi)).log() - 0.5 * precision * (x - mu).square()
    z = (x - mu) * precision.sqrt()
    return conditionals, Normal(0.0, 1.0).log_prob(z).sum(1) + precision.prod(1).log() / 2
