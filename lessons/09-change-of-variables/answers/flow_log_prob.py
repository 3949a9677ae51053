# %% wrong: undone in the order of the forward map | "the last layer of the list is undone first"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in inverses:
        z, log_det = inverse(z)
        total = total + log_det
    return total - 0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)

# %% wrong: a log-determinant once too often | "each log-determinant is added once"
def flow_log_prob(x, inverses):
    z, total = x, inverses[0](x)[1]
    for inverse in reversed(inverses):
        z, log_det = inverse(z)
        total = total + log_det
    return total - 0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)

# %% wrong: only the last log-determinant | "each log-determinant is added once"
def flow_log_prob(x, inverses):
    z = x
    for inverse in inverses[::-1]:
        z, log_det = inverse(z)
    return log_det - 0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)

# %% wrong: the layer next to the noise forgotten | "each log-determinant is added once"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in inverses[:0:-1]:
        z, log_det = inverse(z)
        total = total + log_det
    return total - 0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)

# %% wrong: the determinants have the sign of the forward map | "log p of the example"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in reversed(inverses):
        z, log_det = inverse(z)
        total = total - log_det
    return total - 0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)

# %% wrong: summed over the batch | "log p of the example"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in reversed(inverses):
        z, log_det = inverse(z)
        total = total + log_det.sum()
    return total - 0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)

# %% wrong: one number for all points | "should have shape (2,)"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in reversed(inverses):
        z, log_det = inverse(z)
        total = total + log_det.sum()
    return total - 0.5 * (z**2).sum() - 0.5 * z.numel() * math.log(2 * math.pi)

# %% wrong: the normal density at x | "z enters the normal density"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in reversed(inverses):
        z, log_det = inverse(z)
        total = total + log_det
    return total - 0.5 * (x**2).sum(1) - 0.5 * x.shape[1] * math.log(2 * math.pi)

# %% wrong: each layer is handed x | "walk home from x"
def flow_log_prob(x, inverses):
    total = 0.0
    for inverse in reversed(inverses):
        z, log_det = inverse(x)
        total = total + log_det
    return total - 0.5 * (z**2).sum(1) - 0.5 * x.shape[1] * math.log(2 * math.pi)

# %% wrong: the normal without its constant | "log p of the example"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in reversed(inverses):
        z, log_det = inverse(z)
        total = total + log_det
    return total - 0.5 * (z**2).sum(1)

# %% wrong: the constant of one dimension | "integrate to 1"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in reversed(inverses):
        z, log_det = inverse(z)
        total = total + log_det
    return total - 0.5 * (z**2).sum(1) - 0.5 * math.log(2 * math.pi)

# %% wrong: a density, no logarithm | "log p of the example"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in reversed(inverses):
        z, log_det = inverse(z)
        total = total + log_det
    return (total - 0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)).exp()

# %% wrong: two layers, always | "K = 3"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in inverses[-2:][::-1]:
        z, log_det = inverse(z)
        total = total + log_det
    return total - 0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)

# %% wrong: each log-determinant a step too late, at z | "where its own layer stands"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in reversed(inverses):
        z, _ = inverse(z)
        total = total + inverse(z)[1]
    return total - 0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)

# %% wrong: the mean over the entries | "integrate to 1"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in reversed(inverses):
        z, log_det = inverse(z)
        total = total + log_det
    return total + torch.distributions.Normal(0.0, 1.0).log_prob(z).mean(1)

# %% wrong: the last layer of the list is taken for the noise's | "log p"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in inverses[-1:] + inverses[:-1]:
        z, log_det = inverse(z)
        total = total + log_det
    return total - 0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)

# %% wrong: one log-determinant serves the batch | "log p"
def flow_log_prob(x, inverses):
    z, total = x, 0.0
    for inverse in reversed(inverses):
        z, log_det = inverse(z)
        total = total + log_det[0]
    return total - 0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)

# %% right: torch's normal
def flow_log_prob(x, inverses):
    total = torch.zeros(len(x), dtype=x.dtype, device=x.device)
    for k in range(len(inverses) - 1, -1, -1):
        x, log_det = inverses[k](x)
        total = total + log_det
    return total + torch.distributions.Normal(0.0, 1.0).log_prob(x).sum(-1)

# %% right: recursive
def flow_log_prob(x, inverses):
    if not inverses:
        normal = -0.5 * x.square() - 0.5 * math.log(2 * math.pi)
        return normal.sum(1)
    before, log_det = inverses[-1](x)
    return log_det + flow_log_prob(before, inverses[:-1])

# %% right: the log-determinants stacked at the end
def flow_log_prob(x, inverses):
    parts = []
    for inverse in inverses[::-1]:
        x, log_det = inverse(x)
        parts.append(log_det)
    base = torch.distributions.MultivariateNormal(x.new_zeros(x.shape[1]), torch.eye(x.shape[1]).to(x))
    return base.log_prob(x) + torch.stack(parts).sum(0)

# %% right: numpy inside
def flow_log_prob(x, inverses):
    import numpy as np
    total = np.zeros(len(x))
    for inverse in reversed(inverses):
        x, log_det = inverse(x)
        total += log_det.detach().cpu().numpy()
    z = x.detach().cpu().numpy().astype(float)
    return torch.from_numpy(total - 0.5 * (z**2 + np.log(2 * np.pi)).sum(1)).to(x)

# %% right: reduced
def flow_log_prob(x, inverses):
    from functools import reduce

    def step(state, inverse):
        value, log_det = inverse(state[0])
        return value, state[1] + log_det

    z, total = reduce(step, inverses[::-1], (x, x.new_zeros(len(x))))
    return total - (z * z + math.log(2 * math.pi)).sum(1) / 2

# %% right: torch's independent normals
def flow_log_prob(x, inverses):
    stack, total = list(inverses), 0
    while stack:
        x, log_det = stack.pop()(x)
        total = log_det + total
    base = torch.distributions.Independent(torch.distributions.Normal(torch.zeros_like(x), 1), 1)
    return base.log_prob(x) + total
