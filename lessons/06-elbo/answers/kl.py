# %% wrong: the factor 1/2 is lost | "a shift costs half its square"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: the mean over the entries | "and entries add"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).mean(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: a standard deviation taken for a variance | "the arguments are standard deviations: square them"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = std_q / std_p
    shift = (mean_q - mean_p) ** 2 / std_p
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: the other direction | "q comes first"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_p / std_q) ** 2
    shift = ((mean_q - mean_p) / std_q) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: log sigma for log sigma squared | "the logarithm is that of sigma^2"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = std_q / std_p
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio**2 - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: the sign of the logarithm | "the logarithm is that of sigma^2"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 + ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: the wrong sign of all | "a shift costs half its square"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return -0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: one number for the whole batch | "should have shape (1,), but it has shape ()"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum()


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: the term -1 is lost | "KL(N(1, 1), N(0, 1)), twice"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: xi: the factor is lost | "half the square of each mean"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: xi is taken for a log standard deviation | "xi is log sigma^2: exp(xi) is the variance"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * ((2 * xi).exp() - 1 - 2 * xi + mean**2).sum(-1)

# %% wrong: exp(xi / 2) taken for the variance | "exp(xi / 2) the standard deviation"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * ((xi / 2).exp() - 1 - xi / 2 + mean**2).sum(-1)

# %% wrong: xi: the sign | "it is -xi that is added"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 + xi + mean**2).sum(-1)

# %% wrong: xi: the sign of everything | "half the square of each mean"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return -0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: xi: the mean over the entries | "half the square of each mean"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).mean(-1)

# %% wrong: xi: not there | "is None"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    pass

# %% wrong: the shift in units of std_q | "the shift counts in units of std_p"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_q) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: the shift not squared | "square them"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p).abs()
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: summed over the batch, right for a batch of one alone | "KL(q, p) of 4 pairs with 3 entries each should have shape (4,)"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum().reshape(1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: both directions, halved | "q comes first"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = (mean_q - mean_p) ** 2 * (std_p**-2 + std_q**-2) / 2
    return 0.5 * ((ratio + 1 / ratio) / 2 - 1 + shift).sum(-1)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: xi below zero counted as zero | "xi is log sigma^2; summed over the entries"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    xi = xi.clamp(min=0)
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% wrong: float32 inside | "suggests float32 inside"
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    ratio = (std_q / std_p) ** 2
    shift = ((mean_q - mean_p) / std_p) ** 2
    return 0.5 * (ratio - 1 - ratio.log() + shift).sum(-1)


def kl_to_standard(mean, xi):
    m, v = mean.float(), xi.float()
    return (0.5 * (v.exp() - 1 - v + m**2).sum(-1)).to(mean.dtype)

# %% right: torch's own
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    q = Normal(mean_q, std_q)
    p = Normal(mean_p, std_p)
    return torch.distributions.kl_divergence(q, p).sum(-1)


def kl_to_standard(mean, xi):
    return kl_from_stds(mean, (xi / 2).exp(), torch.zeros_like(mean), torch.ones_like(xi))

# %% right: cross-entropy less entropy
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    cross = std_p.log() + (std_q**2 + (mean_q - mean_p) ** 2) / (2 * std_p**2)
    return (cross - std_q.log() - 0.5).sum(1)


def kl_to_standard(mean, xi):
    return -0.5 * torch.sum(1 + xi - mean.pow(2) - xi.exp(), dim=1)

# %% right: loops over the entries
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    total = 0
    for i in range(mean_q.shape[1]):
        v, w = std_q[:, i] ** 2, std_p[:, i] ** 2
        total = total + (v / w - 1 - torch.log(v / w) + (mean_q[:, i] - mean_p[:, i]) ** 2 / w) / 2
    return total


def kl_to_standard(mean, xi):
    rows = []
    for m, v in zip(mean, xi):
        rows.append(sum((torch.exp(b) - 1 - b + a * a) / 2 for a, b in zip(m, v)))
    return torch.stack(rows)

# %% right: numpy inside
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    import numpy as np
    mq, sq, mp, sp = (a.cpu().numpy() for a in (mean_q, std_q, mean_p, std_p))
    found = np.log(sp / sq) + (sq**2 + (mq - mp) ** 2) / (2 * sp**2) - 0.5
    return torch.from_numpy(found.sum(1)).to(mean_q.device)


def kl_to_standard(mean, xi):
    return 0.5 * (xi.exp() - 1 - xi + mean**2).sum(-1)

# %% right: two multivariate normals
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    q = torch.distributions.MultivariateNormal(mean_q, torch.diag_embed(std_q**2))
    p = torch.distributions.MultivariateNormal(mean_p, torch.diag_embed(std_p**2))
    return torch.distributions.kl_divergence(q, p)


def kl_to_standard(mean, xi):
    return (torch.expm1(xi) - xi + torch.square(mean)).sum(1).div(2)

# %% right: log-variances throughout, products by einsum
def kl_from_stds(mean_q, std_q, mean_p, std_p):
    a, b = 2 * std_q.log(), 2 * std_p.log()
    shift = torch.einsum("bi,bi,bi->b", mean_q - mean_p, mean_q - mean_p, (-b).exp())
    return ((a - b).exp().sum(1) - a.shape[1] - (a - b).sum(1) + shift) / 2


def kl_to_standard(mean, xi):
    variances = xi.exp()
    trace, squares = variances.sum(dim=1), (mean * mean).sum(dim=1)
    return (trace + squares - mean.shape[1] - variances.log().sum(dim=1)) / 2
