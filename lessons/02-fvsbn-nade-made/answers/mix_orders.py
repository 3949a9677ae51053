# %% wrong: the mean of the log-probabilities | "average the probabilities, not their logarithms"
def mix_orders(log_probs):
    return log_probs.mean(0)

# %% wrong: the sum of the probabilities | "log p(x) of the example by hand"
def mix_orders(log_probs):
    return torch.logsumexp(log_probs, 0)

# %% wrong: exp rounds to 0 | "exp rounds to 0 there: use logsumexp"
def mix_orders(log_probs):
    return log_probs.exp().mean(0).log()

# %% wrong: over the images, not the models | "log p(x) of the example by hand"
def mix_orders(log_probs):
    return torch.logsumexp(log_probs, 1) - math.log(log_probs.shape[1])

# %% wrong: the best model for each image | "log p(x) of the example by hand"
def mix_orders(log_probs):
    return log_probs.max(0).values

# %% wrong: divides the logarithm by k | "log p(x) of the example by hand"
def mix_orders(log_probs):
    return torch.logsumexp(log_probs, 0) / len(log_probs)

# %% wrong: the probability | "log p(x) of the example by hand"
def mix_orders(log_probs):
    return log_probs.exp().mean(0)

# %% wrong: always two models | "average over the models"
def mix_orders(log_probs):
    return torch.logsumexp(log_probs, 0) - math.log(2)

# %% right: subtracts the largest by hand
def mix_orders(log_probs):
    top = log_probs.amax(0)
    return top + (log_probs - top).exp().mean(0).log()

# %% right: a loop of logaddexp
def mix_orders(log_probs):
    total = log_probs[0]
    for log_p in log_probs[1:]:
        total = torch.logaddexp(total, log_p)
    return total - math.log(log_probs.shape[0])

# %% right: weights inside
def mix_orders(log_probs):
    return torch.logsumexp(log_probs + math.log(1 / len(log_probs)), dim=0)

# %% right: numpy inside
def mix_orders(log_probs):
    device = log_probs.device
    import numpy as np
    rows = log_probs.cpu().numpy()
    return torch.from_numpy(np.logaddexp.reduce(rows, axis=0) - np.log(len(rows)).astype(rows.dtype)).to(device)

# %% wrong: a small number inside the logarithm | "nothing clamped"
def mix_orders(log_probs):
    return (log_probs.exp().mean(0) + 1e-37).log()

# %% wrong: one maximum for all images | "nothing clamped"
def mix_orders(log_probs):
    top = log_probs.max()
    return top + ((log_probs - top).exp().mean(0) + 1e-37).log()

# %% wrong: subtracts from the caller's rows | "your function changed log_probs"
def mix_orders(log_probs):
    top = log_probs.amax(0)
    log_probs -= top
    return top + log_probs.exp().mean(0).log()

# %% wrong: float32 inside | "average over the models"
def mix_orders(log_probs):
    rows = log_probs.float()
    return (rows.logsumexp(0) - math.log(len(rows))).to(log_probs.dtype)

# %% wrong: squeezed | "should have shape (4,)"
def mix_orders(log_probs):
    return torch.logsumexp(log_probs.squeeze(), 0) - math.log(len(log_probs))

# %% wrong: a power mean | "log p(x) of the example by hand"
def mix_orders(log_probs):
    return (log_probs / 2).exp().mean(0).log() * 2

# %% wrong: clamps | "nothing clamped"
def mix_orders(log_probs):
    return log_probs.clamp(min=-80).exp().mean(0).log()

# %% right: cumulative
def mix_orders(log_probs):
    return torch.logcumsumexp(log_probs, 0)[-1] - math.log(len(log_probs))

# %% right: PyTorch's mixture weights
def mix_orders(log_probs):
    k = len(log_probs)
    weights = torch.log_softmax(torch.zeros(k, 1).to(log_probs), 0)
    return (weights + log_probs).logsumexp(0)

# %% right: float64 inside
def mix_orders(log_probs):
    top = log_probs.double().amax(0, keepdim=True)
    mean = torch.exp(log_probs.double() - top).mean(0)
    return (mean.log() + top[0]).to(log_probs.dtype)

# %% wrong: weighs the models by how good they are | "average the probabilities"
def mix_orders(log_probs):
    w = torch.log_softmax(log_probs.mean(1), 0)
    return torch.logsumexp(w[:, None] + log_probs, 0)
