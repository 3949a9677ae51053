# %% wrong: the normalising constant forgotten | "their -log(2 pi) / 2"
def log_terms(x, z, W, b, s, mean, std):
    log_x = (-(((x - z @ W.T - b) / s) ** 2) / 2 - s.log()).sum(-1)
    log_z = (-(z**2) / 2).sum(-1)
    return log_x + log_z, (-(((z - mean) / std) ** 2) / 2 - std.log()).sum(-1)

# %% wrong: the variance for the standard deviation | "with standard deviations where they belong"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s**2).log_prob(x).sum(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return log_x + log_z, Normal(mean, std**2).log_prob(z).sum(-1)

# %% wrong: s taken for a variance | "with standard deviations where they belong"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s.sqrt()).log_prob(x).sum(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return log_x + log_z, Normal(mean, std).log_prob(z).sum(-1)

# %% wrong: the prior forgotten | "it is log p(x) for every z"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s).log_prob(x).sum(-1)
    return log_x, Normal(mean, std).log_prob(z).sum(-1)

# %% wrong: minus the entropy for log q | "Are all three densities taken at this z"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s).log_prob(x).sum(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    entropy = Normal(mean, std).entropy().sum(-1)
    return log_x + log_z, -entropy.expand(log_z.shape)

# %% wrong: the closed form of the KL | "at the posterior it is log p(x) for every z"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s).log_prob(x).sum(-1)
    kl = (std**2 + mean**2 - 1 - 2 * std.log()).sum(-1) / 2
    return log_x, kl.expand(log_x.shape)

# %% wrong: the prior's density for q's | "it is log p(x) for every z"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s).log_prob(x).sum(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return log_x + log_z, log_z

# %% wrong: the mean over pixels | "sum over all pixels and latents"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s).log_prob(x).mean(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return log_x + log_z, Normal(mean, std).log_prob(z).sum(-1)

# %% wrong: the mean of q for z in the decoder | "Are all three densities taken at this z"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(mean @ W.T + b, s).log_prob(x).sum(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return log_x + log_z, Normal(mean, std).log_prob(z).sum(-1)

# %% wrong: the sign of log q | "it is log p(x) for every z"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s).log_prob(x).sum(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return log_x + log_z, -Normal(mean, std).log_prob(z).sum(-1)

# %% wrong: not summed | "log p(x, z) should have shape (3, 1), but it has shape (3, 1, 1)"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s).log_prob(x)
    log_z = Normal(0.0, 1.0).log_prob(z)
    return log_x + log_z, Normal(mean, std).log_prob(z)

# %% wrong: b forgotten | "log w for W = s = 2, b = 1, x = 3"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T, s).log_prob(x).sum(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return log_x + log_z, Normal(mean, std).log_prob(z).sum(-1)

# %% wrong: the two terms swapped | "log w in the example by hand"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s).log_prob(x).sum(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return Normal(mean, std).log_prob(z).sum(-1), log_x + log_z

# %% wrong: W not transposed | "RuntimeError"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W + b, s).log_prob(x).sum(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return log_x + log_z, Normal(mean, std).log_prob(z).sum(-1)

# %% wrong: log p(x) where q is the posterior, whatever q is | "log p(x, z) is off"
def log_terms(x, z, W, b, s, mean, std):
    Sigma = W @ W.T + torch.diag(s**2)
    log_q = Normal(mean, std).log_prob(z).sum(-1)
    return MultivariateNormal(b, Sigma).log_prob(x) + log_q, log_q

# %% wrong: the prior around the mean of q | "log w in the example by hand"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s).log_prob(x).sum(-1)
    log_z = Normal(mean, 1.0).log_prob(z).sum(-1)
    return log_x + log_z, Normal(mean, std).log_prob(z).sum(-1)

# %% wrong: the mean over latents | "sum over the latents"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s).log_prob(x).sum(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return log_x + log_z, Normal(mean, std).log_prob(z).mean(-1)

# %% wrong: log w for log p(x, z) | "log w in the example by hand"
def log_terms(x, z, W, b, s, mean, std):
    log_x = Normal(z @ W.T + b, s).log_prob(x).sum(-1)
    log_z = Normal(0.0, 1.0).log_prob(z).sum(-1)
    log_q = Normal(mean, std).log_prob(z).sum(-1)
    return log_x + log_z - log_q, log_q

# %% right: the densities written out
def log_terms(x, z, W, b, s, mean, std):
    def log_normal(v, m, sd):
        return (-((v - m) ** 2) / (2 * sd**2) - sd.log() - 0.5 * math.log(2 * math.pi)).sum(-1)

    one = torch.ones_like(std[0])
    log_joint = log_normal(x, z @ W.T + b, s) + log_normal(z, 0 * one, one)
    return log_joint, log_normal(z, mean, std)

# %% right: Independent
def log_terms(x, z, W, b, s, mean, std):
    vector = lambda m, sd: torch.distributions.Independent(Normal(m, sd), 1)
    decoded = torch.einsum("nd,kbd->kbn", W, z) + b
    log_joint = vector(decoded, s.expand_as(decoded)).log_prob(x)
    log_joint = log_joint + vector(torch.zeros_like(z), torch.ones_like(z)).log_prob(z)
    return log_joint, vector(mean, std).log_prob(z)

# %% right: full covariances
def log_terms(x, z, W, b, s, mean, std):
    log_x = MultivariateNormal(z @ W.T + b, torch.diag(s**2)).log_prob(x)
    log_z = MultivariateNormal(torch.zeros_like(mean), torch.diag_embed(torch.ones_like(std))).log_prob(z)
    return log_x + log_z, MultivariateNormal(mean, torch.diag_embed(std**2)).log_prob(z)

# %% right: one sample at a time
def log_terms(x, z, W, b, s, mean, std):
    joint, log_q = [], []
    for one in z:
        pixels = Normal((W @ one.T).T + b, s).log_prob(x).sum(1)
        joint.append(pixels + Normal(0.0, 1.0).log_prob(one).sum(1))
        log_q.append(Normal(mean, std).log_prob(one).sum(1))
    return torch.stack(joint), torch.stack(log_q)

# %% right: quadratic forms by einsum
def log_terms(x, z, W, b, s, mean, std):
    r, t = (x - b - torch.einsum("nd,kbd->kbn", W, z)) / s, (z - mean) / std
    n, d = W.shape
    half = math.log(2 * math.pi) / 2
    log_x = -torch.einsum("kbn,kbn->kb", r, r) / 2 - s.log().sum() - n * half
    log_z = -torch.einsum("kbd,kbd->kb", z, z) / 2 - d * half
    return log_x + log_z, -torch.einsum("kbd,kbd->kb", t, t) / 2 - std.log().sum(-1) - d * half

# %% right: one density of all pixels and latents together
def log_terms(x, z, W, b, s, mean, std):
    both = torch.cat([x.expand(len(z), *x.shape), z], -1)
    centre = torch.cat([z @ W.T + b, torch.zeros_like(z)], -1)
    width = torch.cat([s, torch.ones_like(std[0])])
    return Normal(centre, width).log_prob(both).sum(-1), Normal(mean, std).log_prob(z).sum(-1)
