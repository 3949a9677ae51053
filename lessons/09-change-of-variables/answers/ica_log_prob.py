# %% wrong: the determinant not inverted | "add log |det W| once"
def ica_log_prob(x, W):
    z = x @ W.T
    return -(torch.logaddexp(z, -z) - math.log(2) + math.log(math.pi)).sum(1) - torch.linalg.slogdet(W).logabsdet

# %% wrong: no absolute value | "contains NaN or infinity"
def ica_log_prob(x, W):
    z = x @ W.T
    return -(torch.logaddexp(z, -z) - math.log(2) + math.log(math.pi)).sum(1) + torch.logdet(W)

# %% wrong: W inverted to map x to z | "W maps x to z"
def ica_log_prob(x, W):
    z = torch.linalg.solve(W, x.T).T
    return -(torch.logaddexp(z, -z) - math.log(2) + math.log(math.pi)).sum(1) + torch.linalg.slogdet(W).logabsdet

# %% wrong: cosh overflows | "contains NaN or infinity"
def ica_log_prob(x, W):
    z = x @ W.T
    return -(math.pi * torch.cosh(z)).log().sum(1) + torch.linalg.slogdet(W).logabsdet

# %% wrong: the log-determinant once a source | "add log |det W| once"
def ica_log_prob(x, W):
    z = x @ W.T
    return (-(torch.logaddexp(z, -z) - math.log(2) + math.log(math.pi)) + torch.linalg.slogdet(W).logabsdet).sum(1)

# %% wrong: the log-determinant summed over the batch | "add log |det W| once"
def ica_log_prob(x, W):
    z = x @ W.T
    return -(torch.logaddexp(z, -z) - math.log(2) + math.log(math.pi)).sum(1) + len(x) * torch.linalg.slogdet(W).logabsdet

# %% wrong: Gaussian sources | "sum log p over the sources"
def ica_log_prob(x, W):
    return Normal(0.0, 1.0).log_prob(x @ W.T).sum(1) + torch.linalg.slogdet(W).logabsdet

# %% wrong: pi forgotten | "sum log p over the sources"
def ica_log_prob(x, W):
    z = x @ W.T
    return -(torch.logaddexp(z, -z) - math.log(2)).sum(1) + torch.linalg.slogdet(W).logabsdet

# %% wrong: rows times W | "W maps x to z"
def ica_log_prob(x, W):
    z = x @ W
    return -(torch.logaddexp(z, -z) - math.log(2) + math.log(math.pi)).sum(1) + torch.linalg.slogdet(W).logabsdet

# %% wrong: the log-determinant forgotten | "add log |det W| once"
def ica_log_prob(x, W):
    z = x @ W.T
    return -(torch.logaddexp(z, -z) - math.log(2) + math.log(math.pi)).sum(1)

# %% wrong: far out clamped | "log p(x) where z = 1000"
def ica_log_prob(x, W):
    z = (x @ W.T).clamp(-50, 50)
    return -(math.pi * torch.cosh(z)).log().sum(1) + torch.linalg.slogdet(W).logabsdet

# %% wrong: the constant of two sources, hard-coded | "sum log p over all n sources"
def ica_log_prob(x, W):
    z = x @ W.T
    log_p = -(torch.logaddexp(z, -z) - math.log(2)).sum(1) - 2 * math.log(math.pi)
    return log_p + torch.linalg.slogdet(W).logabsdet

# %% wrong: the absolute value of the logarithm | "should integrate to 1"
def ica_log_prob(x, W):
    z = x @ W.T
    return -(torch.logaddexp(z, -z) - math.log(2) + math.log(math.pi)).sum(1) + torch.linalg.slogdet(W).logabsdet.abs()

# %% wrong: the far formula everywhere | "sum log p over the sources"
def ica_log_prob(x, W):
    z = x @ W.T
    return -(z.abs() - math.log(2) + math.log(math.pi)).sum(1) + torch.linalg.slogdet(W).logabsdet

# %% wrong: the logistic density | "sum log p over the sources"
def ica_log_prob(x, W):
    z = x @ W.T
    log_p = torch.nn.functional.logsigmoid(z) + torch.nn.functional.logsigmoid(-z)
    return log_p.sum(1) + torch.linalg.slogdet(W).logabsdet

# %% wrong: large on one side only | "contains NaN or infinity"
def ica_log_prob(x, W):
    z = x @ W.T
    log_cosh = (1 + (2 * z).exp()).log() - z - math.log(2)
    return -(log_cosh + math.log(math.pi)).sum(1) + torch.linalg.slogdet(W).logabsdet

# %% right: softplus
def ica_log_prob(x, W):
    size = torch.einsum("ij,bj->bi", W, x).abs()
    log_cosh = size + torch.nn.functional.softplus(-2 * size) - math.log(2)
    return -log_cosh.sum(1) - W.shape[0] * math.log(math.pi) + W.det().abs().log()

# %% right: row by row, through the inverse matrix
def ica_log_prob(x, W):
    A, found = torch.linalg.inv(W), []
    for row in x:
        z = torch.linalg.solve(A, row)
        log_cosh = torch.stack([z, -z]).logsumexp(0) - math.log(2)
        found.append(-(log_cosh + math.log(math.pi)).sum() - torch.linalg.slogdet(A)[1])
    return torch.stack(found)

# %% right: numpy inside
def ica_log_prob(x, W):
    import numpy as np

    z = x.numpy() @ W.numpy().T
    log_p = -(np.logaddexp(z, -z) + np.log(np.pi / 2)).sum(1) + np.linalg.slogdet(W.numpy())[1]
    return torch.from_numpy(log_p).to(x.dtype)

# %% right: two formulas, near and far
def ica_log_prob(x, W):
    z = x @ W.T
    near = z.clamp(-20, 20).cosh().log()
    log_cosh = torch.where(z.abs() < 20, near, z.abs() - math.log(2))
    return -(log_cosh + math.log(math.pi)).sum(1) + torch.linalg.slogdet(W).logabsdet

# %% right: a logistic function
def ica_log_prob(x, W):
    z = x @ W.T
    log_p = math.log(2 / math.pi) + torch.nn.functional.logsigmoid(2 * z) - z
    return log_p.sum(1) + 0.5 * torch.logdet(W @ W.T)

# %% right: source by source
def ica_log_prob(x, W):
    total = torch.linalg.qr(W)[1].diagonal().abs().log().sum()
    for w in W:
        z = (x * w).sum(1).abs()
        total = total - z - torch.log1p((-2 * z).exp()) + math.log(2 / math.pi)
    return total
