# %% wrong: the base at x | "log N at the noise z"
def iaf_density(z, conditioner):
    x, log_det = iaf_forward(z, conditioner)
    log_n = -(x**2).sum(1) / 2 - z.shape[1] * math.log(2 * math.pi) / 2
    return x, log_n - log_det

# %% wrong: the sign of the log-determinant | "minus the log-determinant of z -> x"
def iaf_density(z, conditioner):
    x, log_det = iaf_forward(z, conditioner)
    log_n = -(z**2).sum(1) / 2 - z.shape[1] * math.log(2 * math.pi) / 2
    return x, log_n + log_det

# %% wrong: the constant forgotten | "with its constant"
def iaf_density(z, conditioner):
    x, log_det = iaf_forward(z, conditioner)
    return x, -(z**2).sum(1) / 2 - log_det

# %% wrong: the constant of two variables | "summed over its entries"
def iaf_density(z, conditioner):
    x, log_det = iaf_forward(z, conditioner)
    return x, -(z**2).sum(1) / 2 - math.log(2 * math.pi) - log_det

# %% wrong: the mean over the entries | "log q(x) of the example by hand is off"
def iaf_density(z, conditioner):
    x, log_det = iaf_forward(z, conditioner)
    return x, torch.distributions.Normal(0.0, 1.0).log_prob(z).mean(1) - log_det

# %% wrong: back through the inverse | "you know z, do not look for it"
def iaf_density(z, conditioner):
    x, _ = iaf_forward(z, conditioner)
    z, log_det = iaf_inverse(x, conditioner)
    log_n = -(z**2).sum(1) / 2 - z.shape[1] * math.log(2 * math.pi) / 2
    return x, log_n + log_det

# %% wrong: the log-determinant forgotten | "minus the log-determinant of z -> x"
def iaf_density(z, conditioner):
    x, log_det = iaf_forward(z, conditioner)
    return x, torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1)

# %% wrong: b for a variance | "log q(x) of the example by hand is off"
def iaf_density(z, conditioner):
    a, log_b = conditioner(z)
    x = a + log_b.exp() * z
    return x, MultivariateNormal(a, torch.diag_embed(log_b.exp())).log_prob(x)

# %% wrong: a second call | "one call gives x and log b"
def iaf_density(z, conditioner):
    x, _ = iaf_forward(z, conditioner)
    log_n = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1)
    return x, log_n - conditioner(z)[1].sum(1)

# %% right: a Gaussian with mean a and width b, at x
def iaf_density(z, conditioner):
    a, log_b = conditioner(z)
    x = a + log_b.exp() * z
    return x, torch.distributions.Normal(a, log_b.exp()).log_prob(x).sum(1)

# %% right: torch's own base
def iaf_density(z, conditioner):
    x, log_det = iaf_forward(z, conditioner)
    return x, torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(-1) - log_det

# %% right: one sum over the entries
def iaf_density(z, conditioner):
    a, log_b = conditioner(z)
    each = -0.5 * torch.einsum("bi,bi->bi", z, z) - 0.5 * math.log(2 * math.pi) - log_b
    return a + torch.exp(log_b) * z, each.sum(1)

# %% right: a multivariate base
def iaf_density(z, conditioner):
    n = z.shape[1]
    base = MultivariateNormal(torch.zeros(n).to(z), torch.eye(n).to(z))
    x, log_det = iaf_forward(z, conditioner)
    return x, base.log_prob(z) - log_det

# %% right: torch's transformed distribution
def iaf_density(z, conditioner):
    a, log_b = conditioner(z)
    D = torch.distributions
    q = D.TransformedDistribution(D.Independent(D.Normal(torch.zeros_like(z), torch.ones_like(z)), 1), [D.AffineTransform(a, log_b.exp(), event_dim=1)])
    x = a + log_b.exp() * z
    return x, q.log_prob(x)
