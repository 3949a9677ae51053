# %% wrong: the sign of the other direction | "of the direction from y to z"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), (r.log() + (1 - r).log()).sum(1) - y.shape[1] * math.log(1 - 2 * alpha)

# %% wrong: alpha left out of the slope | "alpha changes the slope too"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), -(r.log() + (1 - r).log()).sum(1)

# %% wrong: 1 - 2 alpha counted once for the image | "alpha changes the slope too"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), math.log(1 - 2 * alpha) - (r.log() + (1 - r).log()).sum(1)

# %% wrong: 1 - 2 alpha divided out | "alpha changes the slope too"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), -(r.log() + (1 - r).log() + math.log(1 - 2 * alpha)).sum(1)

# %% wrong: the slope at y, not at r | "the log-determinant in the result, one number a row"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), (math.log(1 - 2 * alpha) - y.log() - (1 - y).log()).sum(1)

# %% wrong: alpha at one end only | "0 goes to alpha, 1 to 1 - alpha"
def to_logits(y, alpha):
    r = alpha + (1 - alpha) * y * (1 - 1e-9)
    return torch.logit(r), (math.log(1 - alpha) - r.log() - (1 - r).log()).sum(1)

# %% wrong: no alpha at all | "contains NaN or infinity"
def to_logits(y, alpha):
    return torch.logit(y), -(y.log() + (1 - y).log()).sum(1)

# %% wrong: clamped in place of moved | "0 goes to alpha, 1 to 1 - alpha"
def to_logits(y, alpha):
    r = y.clamp(alpha, 1 - alpha)
    return torch.logit(r), -(r.log() + (1 - r).log()).sum(1)

# %% wrong: summed over the batch | "should have shape (3,)"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), (math.log(1 - 2 * alpha) - r.log() - (1 - r).log()).sum()

# %% wrong: the batch's sum, once for each image | "summed over the pixels of one image"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    total = (math.log(1 - 2 * alpha) - r.log() - (1 - r).log()).sum()
    return torch.logit(r), total.expand(len(y))

# %% wrong: one number for each pixel | "should have shape (3,)"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), math.log(1 - 2 * alpha) - r.log() - (1 - r).log()

# %% wrong: the mean over the pixels | "summed over the pixels of one image"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), (math.log(1 - 2 * alpha) - r.log() - (1 - r).log()).mean(1)

# %% wrong: the determinant, no logarithm | "it is the log of dz/dy"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), ((1 - 2 * alpha) / (r * (1 - r))).prod(1)

# %% wrong: the slope of log r alone | "the log-det of the example by hand"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), (math.log(1 - 2 * alpha) - r.log()).sum(1)

# %% wrong: the sigmoid | "z at y = 1/2"
def to_logits(y, alpha):
    r = torch.sigmoid(alpha + (1 - 2 * alpha) * y)
    return r, (math.log(1 - 2 * alpha) + r.log() + (1 - r).log()).sum(1)

# %% wrong: the logit upside down | "sigmoid(z)"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return -torch.logit(r), (math.log(1 - 2 * alpha) - r.log() - (1 - r).log()).sum(1)

# %% wrong: the alpha of the test | "alpha"
def to_logits(y, alpha):
    alpha = 0.05 if alpha > 0 else 0.0
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), (math.log(1 - 2 * alpha) - r.log() - (1 - r).log()).sum(1)

# %% wrong: only z | "should be a list of 2 things"
def to_logits(y, alpha):
    return torch.logit(alpha + (1 - 2 * alpha) * y)

# %% wrong: Real-NVP's own alpha, 1 - alpha | "0 goes to alpha, 1 to 1 - alpha"
def to_logits(y, alpha):
    r = alpha / 2 + (1 - alpha) * y
    return torch.logit(r), (math.log(1 - alpha) - r.log() - (1 - r).log()).sum(1)

# %% wrong: the log of z for the log of the slope | "the log-det of the example by hand"
def to_logits(y, alpha):
    z = torch.logit(alpha + (1 - 2 * alpha) * y)
    return z, z.abs().sum(1)

# %% wrong: the slope of the sigmoid at y | "the log-det of the example by hand"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    slope = torch.sigmoid(y) * (1 - torch.sigmoid(y))
    return torch.logit(r), -slope.log().sum(1) + y.shape[1] * math.log(1 - 2 * alpha)

# %% wrong: two pixels whatever come | "alpha"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    slopes = -r.log() - (1 - r).log()
    return torch.logit(r), slopes.sum(1) + 2 * math.log(1 - 2 * alpha)

# %% wrong: 2 alpha taken off the log | "alpha changes the slope too"
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), (-2 * alpha - r.log() - (1 - r).log()).sum(1)

# %% right: torch's logit, the slope as a product
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    return torch.logit(r), torch.log((1 - 2 * alpha) / (r * (1 - r))).sum(-1)

# %% right: log-sigmoids of z
def to_logits(y, alpha):
    z = torch.logit(torch.lerp(torch.full_like(y, alpha), torch.full_like(y, 1 - alpha), y))
    logs = torch.nn.functional.logsigmoid(z) + torch.nn.functional.logsigmoid(-z)
    return z, y.shape[1] * math.log1p(-2 * alpha) - logs.sum(1)

# %% right: torch.distributions
def to_logits(y, alpha):
    r = alpha + (1 - 2 * alpha) * y
    logit = torch.distributions.transforms.SigmoidTransform().inv
    z = logit(r)
    return z, (logit.log_abs_det_jacobian(r, z) + math.log(1 - 2 * alpha)).sum(1)

# %% right: pixel by pixel
def to_logits(y, alpha):
    z, log_det = torch.zeros_like(y), 0
    columns = []
    for i in range(y.shape[1]):
        r = alpha + (1 - 2 * alpha) * y[:, i]
        columns.append(torch.log(r / (1 - r)))
        log_det = log_det + torch.log((1 - 2 * alpha) * (1 / r + 1 / (1 - r)))
    return torch.stack(columns, 1), log_det

# %% right: numpy inside
def to_logits(y, alpha):
    import numpy as np

    v = y.detach().cpu().double().numpy()
    r = alpha + (1 - 2 * alpha) * v
    slope = (1 - 2 * alpha) * (1 / r + 1 / (1 - r))
    z = np.log(r) - np.log1p(-r)
    return torch.from_numpy(z).to(y), torch.from_numpy(np.log(slope).sum(1)).to(y)

# %% right: hyperbolic functions
def to_logits(y, alpha):
    r = (y - 0.5) * (1 - 2 * alpha) + 0.5
    z = 2 * torch.atanh(2 * r - 1)
    return z, (math.log(4 * (1 - 2 * alpha)) + 2 * torch.log(torch.cosh(z / 2))).sum(1)

# %% right: a product of slopes, then one logarithm
def to_logits(y, alpha):
    r = alpha + y - 2 * alpha * y
    odds = r / (1 - r)
    slopes = (1 - 2 * alpha) * (1 + odds) ** 2 / odds
    return odds.log(), slopes.log().sum(dim=1)

# %% right: the slope by autograd
def to_logits(y, alpha):
    with torch.enable_grad():
        y = y.detach().clone().requires_grad_()
        z = torch.special.logit(alpha + (1 - 2 * alpha) * y)
        (slopes,) = torch.autograd.grad(z.sum(), y)
    return z.detach(), slopes.log().sum(1)
