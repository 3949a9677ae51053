# %% wrong: the sign of the other direction | "it is that of dz/dy"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), (s.log() + (1 - s).log()).sum(1) - y.shape[1] * math.log(1 - 2 * alpha)

# %% wrong: alpha left out of the slope | "alpha changes the slope too"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), -(s.log() + (1 - s).log()).sum(1)

# %% wrong: 1 - 2 alpha counted once for the image | "alpha changes the slope too"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), math.log(1 - 2 * alpha) - (s.log() + (1 - s).log()).sum(1)

# %% wrong: 1 - 2 alpha divided out | "alpha changes the slope too"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), -(s.log() + (1 - s).log() + math.log(1 - 2 * alpha)).sum(1)

# %% wrong: the slope at y, not at s | "the log-determinant in the result, one number a row"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), (math.log(1 - 2 * alpha) - y.log() - (1 - y).log()).sum(1)

# %% wrong: alpha at one end only | "0 goes to alpha, 1 to 1 - alpha"
def to_logits(y, alpha):
    s = alpha + (1 - alpha) * y * (1 - 1e-9)
    return torch.logit(s), (math.log(1 - alpha) - s.log() - (1 - s).log()).sum(1)

# %% wrong: no alpha at all | "contains NaN or infinity"
def to_logits(y, alpha):
    return torch.logit(y), -(y.log() + (1 - y).log()).sum(1)

# %% wrong: clamped in place of moved | "0 goes to alpha, 1 to 1 - alpha"
def to_logits(y, alpha):
    s = y.clamp(alpha, 1 - alpha)
    return torch.logit(s), -(s.log() + (1 - s).log()).sum(1)

# %% wrong: summed over the batch | "should have shape (3,)"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), (math.log(1 - 2 * alpha) - s.log() - (1 - s).log()).sum()

# %% wrong: the batch's sum, once for each image | "summed over the pixels of one image"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    total = (math.log(1 - 2 * alpha) - s.log() - (1 - s).log()).sum()
    return torch.logit(s), total.expand(len(y))

# %% wrong: one number for each pixel | "should have shape (3,)"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), math.log(1 - 2 * alpha) - s.log() - (1 - s).log()

# %% wrong: the mean over the pixels | "summed over the pixels of one image"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), (math.log(1 - 2 * alpha) - s.log() - (1 - s).log()).mean(1)

# %% wrong: the determinant, no logarithm | "the log-det of the example by hand"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), ((1 - 2 * alpha) / (s * (1 - s))).prod(1)

# %% wrong: the slope of log s alone | "the log-det of the example by hand"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), (math.log(1 - 2 * alpha) - s.log()).sum(1)

# %% wrong: the sigmoid | "z at y = 1/2"
def to_logits(y, alpha):
    s = torch.sigmoid(alpha + (1 - 2 * alpha) * y)
    return s, (math.log(1 - 2 * alpha) + s.log() + (1 - s).log()).sum(1)

# %% wrong: the logit upside down | "sigmoid(z)"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return -torch.logit(s), (math.log(1 - 2 * alpha) - s.log() - (1 - s).log()).sum(1)

# %% wrong: the alpha of the test | "alpha"
def to_logits(y, alpha):
    alpha = 0.05 if alpha > 0 else 0.0
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), (math.log(1 - 2 * alpha) - s.log() - (1 - s).log()).sum(1)

# %% wrong: only z | "should be a list of 2 things"
def to_logits(y, alpha):
    return torch.logit(alpha + (1 - 2 * alpha) * y)

# %% wrong: Real-NVP's own alpha, 1 - alpha | "0 goes to alpha, 1 to 1 - alpha"
def to_logits(y, alpha):
    s = alpha / 2 + (1 - alpha) * y
    return torch.logit(s), (math.log(1 - alpha) - s.log() - (1 - s).log()).sum(1)

# %% wrong: the log of z for the log of the slope | "the log-det of the example by hand"
def to_logits(y, alpha):
    z = torch.logit(alpha + (1 - 2 * alpha) * y)
    return z, z.abs().sum(1)

# %% wrong: the slope of the sigmoid at y | "the log-det of the example by hand"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    slope = torch.sigmoid(y) * (1 - torch.sigmoid(y))
    return torch.logit(s), -slope.log().sum(1) + y.shape[1] * math.log(1 - 2 * alpha)

# %% wrong: two pixels whatever come | "alpha"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    slopes = -s.log() - (1 - s).log()
    return torch.logit(s), slopes.sum(1) + 2 * math.log(1 - 2 * alpha)

# %% wrong: 2 alpha taken off the log | "alpha changes the slope too"
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), (-2 * alpha - s.log() - (1 - s).log()).sum(1)

# %% right: torch's logit, the slope as a product
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    return torch.logit(s), torch.log((1 - 2 * alpha) / (s * (1 - s))).sum(-1)

# %% right: log-sigmoids of z
def to_logits(y, alpha):
    z = torch.logit(torch.lerp(torch.full_like(y, alpha), torch.full_like(y, 1 - alpha), y))
    logs = torch.nn.functional.logsigmoid(z) + torch.nn.functional.logsigmoid(-z)
    return z, y.shape[1] * math.log1p(-2 * alpha) - logs.sum(1)

# %% right: torch.distributions
def to_logits(y, alpha):
    s = alpha + (1 - 2 * alpha) * y
    logit = torch.distributions.transforms.SigmoidTransform().inv
    z = logit(s)
    return z, (logit.log_abs_det_jacobian(s, z) + math.log(1 - 2 * alpha)).sum(1)

# %% right: pixel by pixel
def to_logits(y, alpha):
    z, log_det = torch.zeros_like(y), 0
    columns = []
    for i in range(y.shape[1]):
        s = alpha + (1 - 2 * alpha) * y[:, i]
        columns.append(torch.log(s / (1 - s)))
        log_det = log_det + torch.log((1 - 2 * alpha) * (1 / s + 1 / (1 - s)))
    return torch.stack(columns, 1), log_det

# %% right: numpy inside
def to_logits(y, alpha):
    import numpy as np

    v = y.detach().cpu().double().numpy()
    s = alpha + (1 - 2 * alpha) * v
    slope = (1 - 2 * alpha) * (1 / s + 1 / (1 - s))
    z = np.log(s) - np.log1p(-s)
    return torch.from_numpy(z).to(y), torch.from_numpy(np.log(slope).sum(1)).to(y)

# %% right: hyperbolic functions
def to_logits(y, alpha):
    s = (y - 0.5) * (1 - 2 * alpha) + 0.5
    z = 2 * torch.atanh(2 * s - 1)
    return z, (math.log(4 * (1 - 2 * alpha)) + 2 * torch.log(torch.cosh(z / 2))).sum(1)

# %% right: a product of slopes, then one logarithm
def to_logits(y, alpha):
    s = alpha + y - 2 * alpha * y
    odds = s / (1 - s)
    slopes = (1 - 2 * alpha) * (1 + odds) ** 2 / odds
    return odds.log(), slopes.log().sum(dim=1)

# %% right: the slope by autograd
def to_logits(y, alpha):
    with torch.enable_grad():
        y = y.detach().clone().requires_grad_()
        z = torch.special.logit(alpha + (1 - 2 * alpha) * y)
        (slopes,) = torch.autograd.grad(z.sum(), y)
    return z.detach(), slopes.log().sum(1)
