# %% wrong: 0 times log 0 | "a machine says that 0 times -inf is NaN"
def log_bernoullis(x, means):
    return x @ means.log().T + (1 - x) @ (1 - means).log().T

# %% wrong: zeros do not count | "the zeros count, too"
def log_bernoullis(x, means):
    return x @ means.clamp(min=1e-37).log().T

# %% wrong: the mean over the pixels | "log p(x | z)"
def log_bernoullis(x, means):
    ones, zeros = means.clamp(min=1e-37).log(), (1 - means).clamp(min=1e-37).log()
    return (x @ ones.T + (1 - x) @ zeros.T) / x.shape[1]

# %% wrong: clamps the probabilities | "do not clamp probabilities to 1e-6"
def log_bernoullis(x, means):
    means = means.clamp(1e-6, 1 - 1e-6)
    return x @ means.log().T + (1 - x) @ (1 - means).log().T

# %% wrong: NaN and infinity become 0 | "p(x | z) where a mean is 0 or 1 is off"
def log_bernoullis(x, means):
    log_p = x[:, None] * means.log() + (1 - x[:, None]) * (1 - means).log()
    return log_p.nan_to_num(nan=0.0, neginf=0.0).sum(-1)

# %% wrong: components in the rows | "should have shape"
def log_bernoullis(x, means):
    means = means.clamp(1e-37, 1 - 1e-7)
    return means.log() @ x.T + (1 - means).log() @ (1 - x).T

# %% wrong: ones and zeros swapped | "log p(x | z)"
def log_bernoullis(x, means):
    ones, zeros = means.clamp(min=1e-37).log(), (1 - means).clamp(min=1e-37).log()
    return (1 - x) @ ones.T + x @ zeros.T

# %% wrong: the probability | "log p(x | z)"
def log_bernoullis(x, means):
    return torch.where(x[:, None] == 1, means, 1 - means).prod(-1)

# %% wrong: a number for each pixel | "should have shape"
def log_bernoullis(x, means):
    return torch.where(x[:, None] == 1, means, 1 - means).log()

# %% wrong: bits | "log p(x | z)"
def log_bernoullis(x, means):
    return torch.where(x[:, None] == 1, means, 1 - means).log2().sum(-1)

# %% wrong: a product that rounds to 0 | "log p(x | z)"
def log_bernoullis(x, means):
    return torch.where(x[:, None] == 1, means, 1 - means).prod(-1).clamp(min=1e-37).log()

# %% wrong: PyTorch's Bernoulli clamps | "-inf or below -80"
def log_bernoullis(x, means):
    return torch.distributions.Bernoulli(means, validate_args=False).log_prob(x[:, None]).sum(-1)

# %% wrong: adds a small number inside the logarithm | "add nothing to mu"
def log_bernoullis(x, means):
    return x @ (means + 1e-6).log().T + (1 - x) @ (1 - means + 1e-6).log().T

# %% wrong: the sign of a loss | "log p(x | z)"
def log_bernoullis(x, means):
    p = means.expand(len(x), *means.shape)
    return torch.nn.functional.binary_cross_entropy(p, x[:, None].expand_as(p), reduction="none").sum(-1)

# %% wrong: means taken for log-odds | "log p(x | z)"
def log_bernoullis(x, means):
    F = torch.nn.functional
    return x @ F.logsigmoid(means).T + (1 - x) @ F.logsigmoid(-means).T

# %% right: the probability of what was seen
def log_bernoullis(x, means):
    return torch.where(x[:, None] == 1, means, 1 - means).log().sum(-1)

# %% right: xlogy
def log_bernoullis(x, means):
    x = x[:, None]
    return (torch.xlogy(x, means) + torch.special.xlog1py(1 - x, -means)).sum(-1)

# %% right: one product with the log-odds
def log_bernoullis(x, means):
    tiny = torch.finfo(means.dtype).tiny
    ones, zeros = means.clamp(min=tiny).log(), (1 - means).clamp(min=tiny).log()
    return zeros.sum(1) + x @ (ones - zeros).T

# %% right: a loop over components
def log_bernoullis(x, means):
    columns = []
    for mu in means:
        p = x * mu + (1 - x) * (1 - mu)
        columns.append(p.log().sum(1))
    return torch.stack(columns, dim=1)

# %% right: numpy inside
def log_bernoullis(x, means):
    device = x.device
    a, b = x.cpu().numpy()[:, None], means.cpu().numpy()
    with np.errstate(divide="ignore"):
        return torch.from_numpy(np.log(np.where(a == 1, b, 1 - b)).sum(-1)).to(device)

# %% right: the loss of PyTorch, which stops at -100
def log_bernoullis(x, means):
    p = means.expand(len(x), *means.shape)
    return -torch.nn.functional.binary_cross_entropy(p, x[:, None].expand_as(p), reduction="none").sum(-1)

# %% right: NaN becomes 0
def log_bernoullis(x, means):
    ones = (x[:, None] * means.log()).nan_to_num(nan=0.0, neginf=-1e3)
    zeros = ((1 - x[:, None]) * (1 - means).log()).nan_to_num(nan=0.0, neginf=-1e3)
    return (ones + zeros).sum(-1)
