# %% wrong: log of the rounded sigmoid | "take the logarithm of the sigmoid in one go"
def log_bernoulli(x, logits):
    x_hat = torch.sigmoid(logits)
    return torch.where(x == 1, x_hat, 1 - x_hat).log().sum(-1)

# %% wrong: clamped away from 0 and 1 | "each such pixel costs 900 nats"
def log_bernoulli(x, logits):
    x_hat = torch.sigmoid(logits).clamp(1e-6, 1 - 1e-6)
    return torch.where(x == 1, x_hat, 1 - x_hat).log().sum(-1)

# %% wrong: only the ones counted | "log(1 - x_hat_i) over the zeros"
def log_bernoulli(x, logits):
    return (x * logsigmoid(logits)).sum(-1)

# %% wrong: mean over the pixels | "sum log x_hat_i over the ones"
def log_bernoulli(x, logits):
    return logsigmoid((2 * x - 1) * logits).mean(-1)

# %% wrong: negative log-probability | "should not exceed 0"
def log_bernoulli(x, logits):
    return -logsigmoid((2 * x - 1) * logits).sum(-1)

# %% wrong: the probability, not its logarithm | "should not exceed 0"
def log_bernoulli(x, logits):
    return torch.sigmoid((2 * x - 1) * logits).prod(-1)

# %% wrong: one number for the batch | "should have shape (1,)"
def log_bernoulli(x, logits):
    return logsigmoid((2 * x - 1) * logits).sum()

# %% wrong: in bits | "log p(0, 1, 1, 0) is off"
def log_bernoulli(x, logits):
    return logsigmoid((2 * x - 1) * logits).sum(-1) / math.log(2)

# %% wrong: ones and zeros exchanged | "log p(0, 1, 1, 0) is off"
def log_bernoulli(x, logits):
    return logsigmoid((1 - 2 * x) * logits).sum(-1)

# %% wrong: forgets to return | "is the last line of your function a `return`"
def log_bernoulli(x, logits):
    logsigmoid((2 * x - 1) * logits).sum(-1)

# %% right: the formula, with logsigmoid for both logarithms
def log_bernoulli(x, logits):
    return (x * logsigmoid(logits) + (1 - x) * logsigmoid(-logits)).sum(dim=1)

# %% right: PyTorch's cross-entropy
def log_bernoulli(x, logits):
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    return -bce(logits, x, reduction="none").sum(1)

# %% right: softplus
def log_bernoulli(x, logits):
    return (x * logits - torch.nn.functional.softplus(logits)).sum(-1)

# %% right: numpy inside
def log_bernoulli(x, logits):
    device = x.device
    import numpy as np
    z = np.where(x.cpu().numpy() == 1, logits.cpu().numpy(), -logits.cpu().numpy())
    return torch.from_numpy(-np.logaddexp(0, -z).sum(1)).to(device)

# %% wrong: turns the caller's scores round | "your function changed logits"
def log_bernoulli(x, logits):
    logits[x == 0] *= -1
    return logsigmoid(logits).sum(-1)

# %% wrong: 1 log 0 set to 0 | "each such pixel costs 900 nats"
def log_bernoulli(x, logits):
    x_hat = torch.sigmoid(logits)
    log_p = x * x_hat.log() + (1 - x) * (1 - x_hat).log()
    return log_p.nan_to_num(0, 0, 0).sum(-1)

# %% wrong: PyTorch's cross-entropy of x_hat, which stops at 100 nats | "each such pixel costs 900 nats"
def log_bernoulli(x, logits):
    bce = torch.nn.functional.binary_cross_entropy
    return -bce(torch.sigmoid(logits), x, reduction="none").sum(-1)

# %% wrong: scores clamped | "each such pixel costs 900 nats"
def log_bernoulli(x, logits):
    return logsigmoid(((2 * x - 1) * logits).clamp(-300, 300)).sum(-1)

# %% wrong: float32 inside | "log p(x) for n ="
def log_bernoulli(x, logits):
    return logsigmoid((2 * x - 1).float() * logits.float()).sum(-1).to(x.dtype)

# %% wrong: summed over the images | "log p(x)"
def log_bernoulli(x, logits):
    return logsigmoid((2 * x - 1) * logits).sum(0)

# %% wrong: the mean over pixels and images | "log p(0, 1, 1, 0) is off"
def log_bernoulli(x, logits):
    return logsigmoid((2 * x - 1) * logits).sum(-1).mean().expand(len(x)) / x.shape[-1]

# %% right: a distribution object
def log_bernoulli(x, logits):
    return torch.distributions.Bernoulli(logits=logits).log_prob(x).sum(-1)

# %% right: where, logaddexp and a cumulative sum
def log_bernoulli(x, logits):
    z = torch.where(x > 0.5, logits, -logits)
    return -torch.logaddexp(torch.zeros_like(z), -z).cumsum(1)[:, -1]

# %% right: a softmax of two levels
def log_bernoulli(x, logits):
    pair = torch.stack([torch.zeros_like(logits), logits], -1)
    return pair.log_softmax(-1).gather(-1, x.long()[..., None]).sum((1, 2))

# %% right: the score taken off where the pixel is 0
def log_bernoulli(x, logits):
    return (logsigmoid(logits) - (1 - x) * logits).sum(-1)
