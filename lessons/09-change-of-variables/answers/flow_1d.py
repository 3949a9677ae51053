# %% wrong: the slope subtracted | "plus the log of the whole slope"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    slope = b + (h / s * (1 - bend**2)).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) - slope.log()

# %% wrong: no slope | "plus the log of the whole slope"
def flow_1d(x, a, b, h, m, s):
    z = a + b * x + (h * torch.tanh((x[:, None] - m) / s)).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z)

# %% wrong: the inner derivative forgotten | "the inner derivative is 1 / s"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    slope = b + (h * (1 - bend**2)).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% wrong: b forgotten in the slope | "plus the log of the whole slope"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + (h / s * (1 - bend**2)).sum(1).log()

# %% wrong: the sum of the logarithms | "plus the log of the whole slope"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + b.log() + (h / s * (1 - bend**2)).log().sum(1)

# %% wrong: the constant of the Gaussian forgotten | "constant included"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    slope = b + (h / s * (1 - bend**2)).sum(1)
    return z, -(z**2) / 2 + slope.log()

# %% wrong: the log-slope summed over the batch | "plus the log of the whole slope"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    slope = b + (h / s * (1 - bend**2)).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log().sum()

# %% wrong: the Gaussian at x | "should integrate to 1"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    slope = b + (h / s * (1 - bend**2)).sum(1)
    return z, Normal(0.0, 1.0).log_prob(x) + slope.log()

# %% wrong: the slope at z | "should integrate to 1"
def flow_1d(x, a, b, h, m, s):
    z = a + b * x + (h * torch.tanh((x[:, None] - m) / s)).sum(1)
    bend = torch.tanh((z[:, None] - m) / s)
    slope = b + (h / s * (1 - bend**2)).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% wrong: times the width instead of over it | "a + b x + the sum of h tanh((x - m) / s)"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) * s)
    z = a + b * x + (h * bend).sum(1)
    slope = b + (h * s * (1 - bend**2)).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% wrong: the slope without its tanh | "should integrate to 1"
def flow_1d(x, a, b, h, m, s):
    z = a + b * x + (h * torch.tanh((x[:, None] - m) / s)).sum(1)
    slope = b + (h / s).sum() + 0 * x
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% wrong: the slope, not its logarithm | "plus the log of the whole slope"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + b + (h / s * (1 - bend**2)).sum(1)

# %% wrong: the mean over the tanh | "a + b x + the sum of h tanh((x - m) / s)"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).mean(1)
    slope = b + (h / s * (1 - bend**2)).mean(1)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% wrong: z detached in the density | "it passes through z and through the slope"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = (a + b * x + (h * bend).sum(1)).detach()
    slope = b + (h / s * (1 - bend**2)).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% wrong: the slope detached, by autograd | "it passes through z and through the slope"
def flow_1d(x, a, b, h, m, s):
    at = x.detach().clone().requires_grad_()
    bend = torch.tanh((at[:, None] - m) / s)
    z = a + b * at + (h * bend).sum(1)
    (slope,) = torch.autograd.grad(z.sum(), at, retain_graph=True)
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% wrong: without gradients | "no gradient passes through log p"
def flow_1d(x, a, b, h, m, s):
    with torch.no_grad():
        bend = torch.tanh((x[:, None] - m) / s)
        z = a + b * x + (h * bend).sum(1)
        slope = b + (h / s * (1 - bend**2)).sum(1)
        log_p = Normal(0.0, 1.0).log_prob(z) + slope.log()
    return a + b * x + (h * torch.tanh((x[:, None] - m) / s)).sum(1), log_p

# %% wrong: log p alone | "should be a list of 2 things"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    slope = b + (h / s * (1 - bend**2)).sum(1)
    return Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% wrong: one tanh only | "each tanh with an h, m and s of its own"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x - m[0]) / s[0])
    z = a + b * x + h[0] * bend
    slope = b + h[0] / s[0] * (1 - bend**2)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% wrong: m added | "each tanh with an h, m and s of its own"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] + m) / s)
    z = a + b * x + (h * bend).sum(1)
    slope = b + (h / s * (1 - bend**2)).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% wrong: no half before the square | "log p is -z^2 / 2"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    slope = b + (h / s * (1 - bend**2)).sum(1)
    return z, -(z**2) - 0.5 * math.log(2 * math.pi) + slope.log()

# %% wrong: 1 - tanh without the square | "log p is -z^2 / 2"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    slope = b + (h / s * (1 - bend)).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% wrong: a taken as a number | "the gradient of log p(x) for a"
def flow_1d(x, a, b, h, m, s):
    a = a.item()
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    slope = b + (h / s * (1 - bend**2)).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% wrong: numpy inside, no gradients | "no gradient passes through log p"
def flow_1d(x, a, b, h, m, s):
    import numpy as np
    X, A, B, H, M, S = (t.detach().numpy() for t in (x, a, b, h, m, s))
    bend = np.tanh((X[:, None] - M) / S)
    z = A + B * X + (H * bend).sum(1)
    slope = B + (H / S * (1 - bend**2)).sum(1)
    return torch.from_numpy(z), torch.from_numpy(-z**2 / 2 - np.log(2 * np.pi) / 2 + np.log(slope)).to(x)

# %% wrong: b detached in the slope | "the gradient of log p(x) for b"
def flow_1d(x, a, b, h, m, s):
    bend = torch.tanh((x[:, None] - m) / s)
    z = a + b * x + (h * bend).sum(1)
    slope = b.detach() + (h / s * (1 - bend**2)).sum(1)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% right: torch's own Gaussian, cosh for the slope
def flow_1d(x, a, b, h, m, s):
    t = (x[:, None] - m) / s
    z = a + b * x + torch.tanh(t) @ h
    slope = b + (1 / torch.cosh(t) ** 2) @ (h / s)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% right: one tanh after the other
def flow_1d(x, a, b, h, m, s):
    z, slope = a + b * x, b + 0 * x
    for k in range(len(h)):
        bend = torch.tanh((x - m[k]) / s[k])
        z = z + h[k] * bend
        slope = slope + h[k] / s[k] * (1 - bend * bend)
    return z, -0.5 * (z * z + math.log(2 * math.pi)) + torch.log(slope)

# %% right: the slope by autograd
def flow_1d(x, a, b, h, m, s):
    at = x if x.requires_grad else x.detach().clone().requires_grad_()
    z = a + b * at + (h * torch.tanh((at[:, None] - m) / s)).sum(1)
    (slope,) = torch.autograd.grad(z.sum(), at, create_graph=True)
    return z, Normal(0.0, 1.0).log_prob(z) + slope.log()

# %% right: einsum and sigmoids
def flow_1d(x, a, b, h, m, s):
    t = 2 * (x.unsqueeze(1) - m) / s
    z = a + b * x + torch.einsum("bk,k->b", 2 * torch.sigmoid(t) - 1, h)
    slope = b + torch.einsum("bk,k->b", 4 * torch.sigmoid(t) * torch.sigmoid(-t), h / s)
    return [z, torch.log(slope) - z**2 / 2 - math.log(math.sqrt(2 * math.pi))]

# %% right: the slope by vmap of grad
def flow_1d(x, a, b, h, m, s):
    f = lambda v: a + b * v + (h * torch.tanh((v - m) / s)).sum()
    slope = torch.func.vmap(torch.func.grad(f))(x)
    z = torch.func.vmap(f)(x)
    return z, Normal(0.0, 1.0).log_prob(z) + torch.log(slope)

# %% right: sech squared, without overflow
def flow_1d(x, a, b, h, m, s):
    t = (x[:, None] - m) / s
    z = a + b * x + torch.tanh(t).matmul(h)
    q = 4 * torch.exp(-2 * t.abs()) / (1 + torch.exp(-2 * t.abs())) ** 2
    return z, -0.5 * z**2 + math.log(1 / math.sqrt(2 * math.pi)) + torch.log(b + q.matmul(h / s))
