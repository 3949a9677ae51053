# %% wrong: the columns swapped | "mu_z belongs to z = 1"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([mu_z, 1 - mu_z]).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: the coin is left out | "times the probability of that side"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: the standard deviation taken for the variance | "and N is 1 / (sigma sqrt(2 pi))"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x.sqrt()
    log_normal = -(distance**2) / 2 - sigma_x.log() / 2 - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: log sigma with the wrong sign | "and N is 1 / (sigma sqrt(2 pi))"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 + sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: 2 pi forgotten | "and N is 1 / (sigma sqrt(2 pi))"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log()
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: the square is not halved | "square it, halve it"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: probabilities | "log p(x, z) at x = mu_x by hand"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal.exp() * torch.stack([1 - mu_z, mu_z])


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: z runs along the rows | "should have shape (3, 2)"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return (log_normal + torch.stack([1 - mu_z, mu_z]).log()).T


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: float32 inside | "log p(x, z)"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    found = log_normal.float() + torch.stack([1 - mu_z, mu_z]).log().float()
    return found.to(x.dtype)


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: changes x | "your function changed x"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    x -= 0 * x + 1e-3
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: exp rounds to 0 | "use logsumexp"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return log_joint.exp().sum(1).log()


# %% wrong: the sum of the logarithms | "add the two probabilities"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return log_joint.sum(1)


# %% wrong: the larger of the two | "add the two probabilities"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return log_joint.amax(1)


# %% wrong: the mean over z | "add the two probabilities"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1) - math.log(2)


# %% wrong: over the points | "should have shape (3,)"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 0)


# %% wrong: a small number inside the logarithm | "nothing clamped"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return (log_joint.exp().sum(1) + 1e-37).log()


# %% wrong: one maximum for all points | "exp rounds to 0 there"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    top = log_joint.max()
    return top + (log_joint - top).exp().sum(1).log()


# %% right: PyTorch's normal distribution
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    log_p = torch.distributions.Normal(mu_x, sigma_x).log_prob(x[:, None])
    z = torch.tensor([0.0, 1.0], dtype=x.dtype, device=x.device)
    return log_p + torch.distributions.Bernoulli(mu_z).log_prob(z)


def coin_log_marginal(log_joint):
    return torch.logaddexp(log_joint[:, 0], log_joint[:, 1])


# %% right: a column at a time
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    columns = []
    for z in range(2):
        variance = sigma_x[z] ** 2
        log_p = -((x - mu_x[z]) ** 2) / (2 * variance) - torch.log(2 * math.pi * variance) / 2
        columns.append(log_p + torch.log(mu_z if z else 1 - mu_z))
    return torch.stack(columns, dim=1)


def coin_log_marginal(log_joint):
    top = log_joint.max(1, keepdim=True).values
    return top[:, 0] + (log_joint - top).exp().sum(1).log()


# %% right: numpy inside, float64
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    import numpy as np
    v, m, s = (part.double().cpu().numpy() for part in (x, mu_x, sigma_x))
    log_p = -0.5 * ((v[:, None] - m) / s) ** 2 - np.log(s * np.sqrt(2 * np.pi))
    log_p = log_p + np.log(np.array([1 - mu_z.item(), mu_z.item()]))
    return torch.from_numpy(log_p).to(x)


def coin_log_marginal(log_joint):
    import numpy as np
    rows = log_joint.double().cpu().numpy()
    return torch.from_numpy(np.logaddexp(rows[:, 0], rows[:, 1])).to(log_joint)


# %% wrong: the means left out | "there x - mu_x is 0"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    log_normal = -((x[:, None] / sigma_x) ** 2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: the logarithm of the product | "write its logarithm down at once"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    p = (-(distance**2) / 2).exp() / (sigma_x * math.sqrt(2 * math.pi))
    return (p * torch.stack([1 - mu_z, mu_z])).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: a small number inside the logarithm of the joint | "log p(x, z)"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    p = (-(distance**2) / 2).exp() / (sigma_x * math.sqrt(2 * math.pi))
    return (p * torch.stack([1 - mu_z, mu_z]) + 1e-37).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: the mean of the other side | "log p(x, z) is off"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x.flip(0)) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint, 1)


# %% wrong: float64 for the exponentials | "use logsumexp"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return log_joint.double().exp().sum(1).log().to(log_joint)


# %% wrong: clamped at -700 | "nothing clamped"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return torch.logsumexp(log_joint.clamp(min=-700), 1)


# %% wrong: normalised | "should have shape (3,)"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return torch.log_softmax(log_joint, 1)


# %% wrong: the second column alone | "add the two probabilities"
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    distance = (x[:, None] - mu_x) / sigma_x
    log_normal = -(distance**2) / 2 - sigma_x.log() - math.log(2 * math.pi) / 2
    return log_normal + torch.stack([1 - mu_z, mu_z]).log()


def coin_log_marginal(log_joint):
    return log_joint[:, 1]


# %% right: PyTorch's loss, and Bayes' rule turned round
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    v = x[:, None].expand(-1, 2)
    loss = torch.nn.functional.gaussian_nll_loss(
        mu_x.expand_as(v), v, (sigma_x**2).expand_as(v), full=True, eps=1e-12, reduction="none")
    return torch.cat([torch.log1p(-mu_z)[None], mu_z.log()[None]]) - loss


def coin_log_marginal(log_joint):
    return log_joint[:, 0] - torch.log_softmax(log_joint, 1)[:, 0]


# %% right: a point at a time
def coin_log_joint(x, mu_z, mu_x, sigma_x):
    coin = torch.tensor([1 - mu_z, mu_z], dtype=x.dtype).log()
    rows = []
    for point in x:
        d = (point - mu_x) / sigma_x
        rows.append(-0.5 * d * d - torch.log(sigma_x * (2 * math.pi) ** 0.5) + coin)
    return torch.stack(rows)


def coin_log_marginal(log_joint):
    high, low = log_joint.amax(1), log_joint.amin(1)
    return high + torch.log1p((low - high).exp())
