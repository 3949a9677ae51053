# %% wrong: the mean is plugged into the decoder | "s_i^2 times the squared length of column i"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().sum(-1)
    noise = x.shape[1] * torch.log(2 * math.pi * sigma**2)
    price = q_std**2 + q_mean**2 - 1 - 2 * q_std.log()
    return -0.5 * (noise + error / sigma**2 + price.sum(-1))

# %% wrong: the price is added | "the price 1/2"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().sum(-1) + q_std.square() @ W.square().sum(0)
    noise = x.shape[1] * torch.log(2 * math.pi * sigma**2)
    price = q_std**2 + q_mean**2 - 1 - 2 * q_std.log()
    return -0.5 * (noise + error / sigma**2 - price.sum(-1))

# %% wrong: the factor 1/2 of the price | "the price 1/2"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().sum(-1) + q_std.square() @ W.square().sum(0)
    noise = x.shape[1] * torch.log(2 * math.pi * sigma**2)
    price = q_std**2 + q_mean**2 - 1 - 2 * q_std.log()
    return -0.5 * (noise + error / sigma**2) - price.sum(-1)

# %% wrong: without the noise's normaliser | "log p(x | z) is -log(2 pi) there"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().sum(-1) + q_std.square() @ W.square().sum(0)
    price = q_std**2 + q_mean**2 - 1 - 2 * q_std.log()
    return -0.5 * (error / sigma**2 + price.sum(-1))

# %% wrong: the mean over the variables | "log p(x | z) is -log(2 pi) there"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().mean(-1) + q_std.square() @ W.square().mean(0)
    noise = torch.log(2 * math.pi * sigma**2)
    price = q_std**2 + q_mean**2 - 1 - 2 * q_std.log()
    return -0.5 * (noise + error / sigma**2 + price.sum(-1))

# %% wrong: sigma for its square | "sigma and s are standard deviations"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().sum(-1) + q_std.square() @ W.square().sum(0)
    noise = x.shape[1] * torch.log(2 * math.pi * sigma)
    price = q_std**2 + q_mean**2 - 1 - 2 * q_std.log()
    return -0.5 * (noise + error / sigma + price.sum(-1))

# %% wrong: a standard deviation taken for a variance | "the ELBO of the example by hand"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().sum(-1) + q_std @ W.square().sum(0)
    noise = x.shape[1] * torch.log(2 * math.pi * sigma**2)
    price = q_std + q_mean**2 - 1 - q_std.log()
    return -0.5 * (noise + error / sigma**2 + price.sum(-1))

# %% wrong: log p(x) whatever q | "the price 1/2"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    marginal = W @ W.T + sigma**2 * torch.eye(len(W)).to(W)
    return torch.distributions.MultivariateNormal(b, marginal).log_prob(x)

# %% wrong: b is forgotten | "reconstruction less KL"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - q_mean @ W.T).square().sum(-1) + q_std.square() @ W.square().sum(0)
    noise = x.shape[1] * torch.log(2 * math.pi * sigma**2)
    price = q_std**2 + q_mean**2 - 1 - 2 * q_std.log()
    return -0.5 * (noise + error / sigma**2 + price.sum(-1))

# %% wrong: one number for the whole batch | "should have shape (1,)"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().sum(-1) + q_std.square() @ W.square().sum(0)
    noise = x.shape[1] * torch.log(2 * math.pi * sigma**2)
    price = q_std**2 + q_mean**2 - 1 - 2 * q_std.log()
    return (-0.5 * (noise + error / sigma**2 + price.sum(-1))).mean()

# %% wrong: the entropy of q for the price | "the price 1/2"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().sum(-1) + q_std.square() @ W.square().sum(0)
    noise = x.shape[1] * torch.log(2 * math.pi * sigma**2)
    entropy = (q_std.log() + 0.5 * math.log(2 * math.pi * math.e)).sum(-1)
    return -0.5 * (noise + error / sigma**2) + entropy

# %% wrong: the price the other way round | "the price is KL(q, N(0, I)), q first"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().sum(-1) + q_std.square() @ W.square().sum(0)
    noise = x.shape[1] * torch.log(2 * math.pi * sigma**2)
    price = (1 + q_mean**2) / q_std**2 - 1 + 2 * q_std.log()
    return -0.5 * (noise + error / sigma**2 + price.sum(-1))

# %% wrong: sigma forgotten beside the spread | "sigma and s are standard deviations"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().sum(-1) / sigma**2
    error = error + q_std.square() @ W.square().sum(0)
    noise = x.shape[1] * torch.log(2 * math.pi * sigma**2)
    price = q_std**2 + q_mean**2 - 1 - 2 * q_std.log()
    return -0.5 * (noise + error + price.sum(-1))

# %% wrong: the squared sum of the columns | "the ELBO with 3 variables and 2 latents"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().sum(-1) + (q_std @ W.T).square().sum(-1)
    noise = x.shape[1] * torch.log(2 * math.pi * sigma**2)
    price = q_std**2 + q_mean**2 - 1 - 2 * q_std.log()
    return -0.5 * (noise + error / sigma**2 + price.sum(-1))

# %% wrong: the mean over the latents in the price | "sums over variables and latents"
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    error = (x - b - q_mean @ W.T).square().sum(-1) + q_std.square() @ W.square().sum(0)
    noise = x.shape[1] * torch.log(2 * math.pi * sigma**2)
    price = q_std**2 + q_mean**2 - 1 - 2 * q_std.log()
    return -0.5 * (noise + error / sigma**2 + price.mean(-1))

# %% right: one x at a time
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    rows = []
    for row, m, s in zip(x, q_mean, q_std):
        found = Normal(W @ m + b, sigma).log_prob(row).sum()
        for i in range(len(m)):
            found = found - s[i] ** 2 * (W[:, i] ** 2).sum() / (2 * sigma**2)
            found = found - 0.5 * (s[i] ** 2 + m[i] ** 2 - 1) + torch.log(s[i])
        rows.append(found)
    return torch.stack(rows)

# %% right: torch's divergence
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    decoded = Normal(q_mean @ W.T + b, sigma).log_prob(x).sum(1)
    spread = torch.einsum("bi,ni->b", q_std**2, W**2) / (2 * sigma**2)
    prior = Normal(torch.zeros_like(q_mean), torch.ones_like(q_std))
    price = torch.distributions.kl_divergence(Normal(q_mean, q_std), prior)
    return decoded - spread - price.sum(1)

# %% right: energy and entropy
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    energy = (x - b - q_mean @ W.T).pow(2).sum(1) / sigma**2 + q_mean.pow(2).sum(1)
    precision = 1 + W.pow(2).sum(0) / sigma**2
    energy = energy + (q_std.pow(2) * precision).sum(1)
    n, d = W.shape
    constants = (n + d) * math.log(2 * math.pi) + 2 * n * torch.log(sigma)
    entropy = q_std.log().sum(1) + d / 2 * (1 + math.log(2 * math.pi))
    return -(energy + constants) / 2 + entropy

# %% right: numpy inside
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    import numpy as np
    dtype, device = x.dtype, x.device
    x, W, b, sigma, m, s = (a.double().cpu().numpy() for a in (x, W, b, sigma, q_mean, q_std))
    error = ((x - b - m @ W.T) ** 2).sum(1) + (s**2 @ (W**2).sum(0))
    price = (s**2 + m**2 - 1 - np.log(s**2)).sum(1)
    found = -0.5 * (x.shape[1] * np.log(2 * np.pi * sigma**2) + error / sigma**2 + price)
    return torch.tensor(found, dtype=dtype, device=device)

# %% right: log p(x) less the divergence from the posterior
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    Normals, (n, d) = torch.distributions.MultivariateNormal, W.shape
    one = torch.eye(max(n, d)).to(W)
    whole = Normals(b, W @ W.T + sigma**2 * one[:n, :n])
    precision = one[:d, :d] + W.T @ W / sigma**2
    mean = torch.linalg.solve(precision, W.T @ (x - b).T / sigma**2).T
    p = Normals(mean, precision_matrix=precision)
    q = Normals(q_mean, torch.diag_embed(q_std**2))
    return whole.log_prob(x) - torch.distributions.kl_divergence(q, p)

# %% right: the spread of W z as a trace
def linear_elbo(x, W, b, sigma, q_mean, q_std):
    rows = []
    for row, m, s in zip(x, q_mean, q_std):
        spread = torch.trace(W @ torch.diag(s**2) @ W.T)
        squares = torch.dot(row - b - W @ m, row - b - W @ m) + spread
        found = -squares / (2 * sigma**2) - len(row) * (sigma.log() + math.log(2 * math.pi) / 2)
        rows.append(found - (s @ s + m @ m - len(m)) / 2 + s.log().sum())
    return torch.stack(rows)
