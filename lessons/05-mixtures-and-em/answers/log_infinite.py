# %% wrong: every node counts the same | "every node has its weight"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    mean, log_variance = torch.sigmoid(A * z + c), B * z + d
    normal = torch.distributions.Normal(mean, (log_variance / 2).exp())
    return normal.log_prob(x[:, None]).sum(-1).logsumexp(1) - math.log(len(t))

# %% wrong: no square root of two | "z is sqrt(2) t"
def log_infinite(x, A, B, c, d, t, w):
    z = t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), ((B * z + d) / 2).exp())
    log_p = normal.log_prob(x[:, None]).sum(-1)
    return torch.logsumexp(log_p + w.log() - 0.5 * math.log(math.pi), 1)

# %% wrong: the weights do not sum to one | "the weights sum to sqrt(pi)"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), ((B * z + d) / 2).exp())
    return torch.logsumexp(normal.log_prob(x[:, None]).sum(-1) + w.log(), 1)

# %% wrong: the probabilists' constant | "the weights sum to sqrt(pi)"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), ((B * z + d) / 2).exp())
    log_p = normal.log_prob(x[:, None]).sum(-1)
    return torch.logsumexp(log_p + w.log() - 0.5 * math.log(2 * math.pi), 1)

# %% wrong: the mean of the logarithms | "average is one of densities"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), ((B * z + d) / 2).exp())
    return normal.log_prob(x[:, None]).sum(-1) @ w / math.sqrt(math.pi)

# %% wrong: exp rounds to 0 | "exp rounds to 0 there: use logsumexp"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), ((B * z + d) / 2).exp())
    p = normal.log_prob(x[:, None]).sum(-1).exp()
    return (p @ w / math.sqrt(math.pi)).log()

# %% wrong: variances for standard deviations | "exp(d) its variances"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), (B * z + d).exp())
    log_p = normal.log_prob(x[:, None]).sum(-1)
    return torch.logsumexp(log_p + w.log() - 0.5 * math.log(math.pi), 1)

# %% wrong: no sigmoid | "one Gaussian is left"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(A * z + c, ((B * z + d) / 2).exp())
    log_p = normal.log_prob(x[:, None]).sum(-1)
    return torch.logsumexp(log_p + w.log() - 0.5 * math.log(math.pi), 1)

# %% wrong: the prior counted twice | "log p(x)"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), ((B * z + d) / 2).exp())
    log_p = normal.log_prob(x[:, None]).sum(-1) - z[:, 0] ** 2 / 2
    return torch.logsumexp(log_p + w.log() - 0.5 * math.log(math.pi), 1)

# %% wrong: weights added, not their logarithms | "log p(x)"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), ((B * z + d) / 2).exp())
    log_p = normal.log_prob(x[:, None]).sum(-1)
    return torch.logsumexp(log_p + w, 1)

# %% wrong: a mixture for every variable by itself | "log p(x) beside the integral over a fine grid of z"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), ((B * z + d) / 2).exp())
    log_w = w.log() - 0.5 * math.log(math.pi)
    return torch.logsumexp(normal.log_prob(x[:, None]) + log_w[:, None], 1).sum(-1)

# %% wrong: the constant once, not for each variable | "one Gaussian is left"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    mean, log_variance = torch.sigmoid(A * z + c), B * z + d
    square = (x[:, None] - mean) ** 2 / log_variance.exp()
    log_p = -0.5 * (square + log_variance).sum(-1) - 0.5 * math.log(2 * math.pi)
    return torch.logsumexp(log_p + w.log() - 0.5 * math.log(math.pi), 1)

# %% wrong: nodes divided by the square root of two | "z is sqrt(2) t"
def log_infinite(x, A, B, c, d, t, w):
    z = t[:, None] / math.sqrt(2)
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), ((B * z + d) / 2).exp())
    return torch.logsumexp(normal.log_prob(x[:, None]).sum(-1) + w.log() - 0.5 * math.log(math.pi), 1)

# %% wrong: one spread for all z | "log p(x) beside the integral over a fine grid of z"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), (d / 2).exp())
    return torch.logsumexp(normal.log_prob(x[:, None]).sum(-1) + w.log() - 0.5 * math.log(math.pi), 1)

# %% wrong: a second sigmoid in the exponential | "exp(d) its variances"
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), (torch.sigmoid(B * z + d) / 2).exp())
    return torch.logsumexp(normal.log_prob(x[:, None]).sum(-1) + w.log() - 0.5 * math.log(math.pi), 1)

# %% wrong: its own fine grid | "log p(x) of 2 variables with 3 nodes"
def log_infinite(x, A, B, c, d, t, w):
    z = torch.linspace(-9, 9, 2001, dtype=x.dtype)[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), ((B * z + d) / 2).exp())
    log_w = torch.log_softmax(-z[:, 0] ** 2 / 2, 0)
    return torch.logsumexp(normal.log_prob(x[:, None]).sum(-1) + log_w, 1)

# %% wrong: 30 nodes of its own | "log p(x) of 2 variables with 3 nodes"
def log_infinite(x, A, B, c, d, t, w):
    t, w = (torch.tensor(v, dtype=x.dtype) for v in np.polynomial.hermite.hermgauss(30))
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), ((B * z + d) / 2).exp())
    return torch.logsumexp(normal.log_prob(x[:, None]).sum(-1) + w.log() - 0.5 * math.log(math.pi), 1)

# %% right: torch.distributions and a softmax over the weights
def log_infinite(x, A, B, c, d, t, w):
    z = math.sqrt(2) * t[:, None]
    normal = torch.distributions.Normal(torch.sigmoid(A * z + c), ((B * z + d) / 2).exp())
    log_p = normal.log_prob(x[:, None]).sum(-1)
    return torch.logsumexp(log_p + torch.log_softmax(w.log(), 0), 1)

# %% right: a mixture of PyTorch
def log_infinite(x, A, B, c, d, t, w):
    D = torch.distributions
    z = 2**0.5 * t[:, None]
    parts = D.Independent(D.Normal(torch.sigmoid(A * z + c), torch.exp((B * z + d) / 2)), 1)
    return D.MixtureSameFamily(D.Categorical(w), parts).log_prob(x)

# %% right: one node at a time
def log_infinite(x, A, B, c, d, t, w):
    total = torch.full_like(x[:, 0], -math.inf)
    for t_j, w_j in zip(t, w / math.pi**0.5):
        z = 2**0.5 * t_j
        variance = (B * z + d).exp()
        square = (x - torch.sigmoid(A * z + c)) ** 2 / variance
        log_p = -0.5 * (square + (2 * math.pi * variance).log()).sum(1)
        total = torch.logaddexp(total, log_p + w_j.log())
    return total

# %% right: numpy inside
def log_infinite(x, A, B, c, d, t, w):
    device, dtype = x.device, x.dtype
    x, A, B, c, d, t, w = (v.double().cpu().numpy() for v in (x, A, B, c, d, t, w))
    z = np.sqrt(2) * t[:, None]
    mean, variance = 1 / (1 + np.exp(-A * z - c)), np.exp(B * z + d)
    log_p = -0.5 * ((x[:, None] - mean) ** 2 / variance + np.log(2 * np.pi * variance)).sum(-1)
    log_p = log_p + np.log(w / np.sqrt(np.pi))
    top = log_p.max(1, keepdims=True)
    return torch.from_numpy(top[:, 0] + np.log(np.exp(log_p - top).sum(1))).to(device, dtype)

# %% right: a multivariate normal at each node
def log_infinite(x, A, B, c, d, t, w):
    columns = []
    for t_j, w_j in zip(t, w):
        z = math.sqrt(2) * t_j
        normal = torch.distributions.MultivariateNormal(torch.sigmoid(A * z + c), torch.diag((B * z + d).exp()))
        columns.append(normal.log_prob(x) + torch.log(w_j / math.sqrt(math.pi)))
    return torch.stack(columns).logsumexp(0)

# %% right: the largest exponent taken out by hand
def log_infinite(x, A, B, c, d, t, w):
    z = 2**0.5 * t
    mean = 1 / (1 + torch.exp(-(torch.outer(z, A) + c)))
    log_sigma = (torch.outer(z, B) + d) / 2
    apart = (x[:, None] - mean) / log_sigma.exp()
    log_p = -(apart.square() / 2 + log_sigma).sum(2) - x.shape[1] / 2 * math.log(2 * math.pi)
    top = log_p.max(1).values
    return top + ((log_p - top[:, None]).exp() @ w / math.pi**0.5).log()
