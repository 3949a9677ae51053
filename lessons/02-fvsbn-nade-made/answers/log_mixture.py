# %% wrong: the mean of the logarithms | "not the mean of their logs"
def log_mixture(x, mu, log_sigma, scores=None):
    u = (x[..., None] - mu) / log_sigma.exp()
    log_bells = -0.5 * u**2 - log_sigma - 0.5 * math.log(2 * math.pi)
    if scores is None:
        return log_bells.mean(-1).sum(-1)
    return (torch.softmax(scores, -1) * log_bells).sum(-1).sum(-1)

# %% wrong: the sum of the bells, without 1/K | "log p(0) of the example by hand is off"
def log_mixture(x, mu, log_sigma, scores=None):
    u = (x[..., None] - mu) / log_sigma.exp()
    log_bells = -0.5 * u**2 - log_sigma - 0.5 * math.log(2 * math.pi)
    log_weights = 0 if scores is None else torch.log_softmax(scores, -1)
    return torch.logsumexp(log_weights + log_bells, -1).sum(-1)

# %% wrong: sigma taken for a variance | "is sigma a standard deviation"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    square = (x[..., None] - mu) ** 2 / log_sigma.exp()
    log_bells = -0.5 * square - log_sigma - 0.5 * math.log(2 * math.pi)
    return torch.logsumexp(torch.log_softmax(scores, -1) + log_bells, -1).sum(-1)

# %% wrong: log sigma taken for sigma | "log p(0) of the example by hand"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    u = (x[..., None] - mu) / log_sigma
    log_bells = -0.5 * u**2 - log_sigma.abs().log() - 0.5 * math.log(2 * math.pi)
    return torch.logsumexp(torch.log_softmax(scores, -1) + log_bells, -1).sum(-1)

# %% wrong: log sigma added, not subtracted | "should integrate to 1"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    u = (x[..., None] - mu) / log_sigma.exp()
    log_bells = -0.5 * u**2 + log_sigma - 0.5 * math.log(2 * math.pi)
    return torch.logsumexp(torch.log_softmax(scores, -1) + log_bells, -1).sum(-1)

# %% wrong: 2 pi forgotten | "log p(0) of the example by hand"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    u = (x[..., None] - mu) / log_sigma.exp()
    log_bells = -0.5 * u**2 - log_sigma
    return torch.logsumexp(torch.log_softmax(scores, -1) + log_bells, -1).sum(-1)

# %% wrong: exp and log, without logsumexp | "all bells round to 0 out there"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    bells = torch.distributions.Normal(mu, log_sigma.exp()).log_prob(x[..., None]).exp()
    return (torch.softmax(scores, -1) * bells).sum(-1).log().sum(-1)

# %% wrong: the scores are ignored | "are the scores used"
def log_mixture(x, mu, log_sigma, scores=None):
    u = (x[..., None] - mu) / log_sigma.exp()
    log_bells = -0.5 * u**2 - log_sigma - 0.5 * math.log(2 * math.pi)
    return (torch.logsumexp(log_bells, -1) - math.log(mu.shape[-1])).sum(-1)

# %% wrong: scores used as log-weights, not normalised | "the weights are the softmax of the scores"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.full_like(mu, -math.log(mu.shape[-1])) if scores is None else scores
    u = (x[..., None] - mu) / log_sigma.exp()
    log_bells = -0.5 * u**2 - log_sigma - 0.5 * math.log(2 * math.pi)
    return torch.logsumexp(scores + log_bells, -1).sum(-1)

# %% wrong: one bell for the whole image | "each pixel has its own mixture"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    log_bells = torch.distributions.Normal(mu, log_sigma.exp()).log_prob(x[..., None])
    return torch.logsumexp((torch.log_softmax(scores, -1) + log_bells).sum(1), -1)

# %% wrong: mean over the pixels | "each pixel has its own mixture"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    log_bells = torch.distributions.Normal(mu, log_sigma.exp()).log_prob(x[..., None])
    return torch.logsumexp(torch.log_softmax(scores, -1) + log_bells, -1).mean(-1)

# %% right: normal densities from torch.distributions
def log_mixture(x, mu, log_sigma, scores=None):
    log_bells = torch.distributions.Normal(mu, log_sigma.exp()).log_prob(x[..., None])
    if scores is None:
        return (torch.logsumexp(log_bells, -1) - math.log(mu.shape[-1])).sum(-1)
    return torch.logsumexp(torch.log_softmax(scores, -1) + log_bells, -1).sum(-1)

# %% right: subtracts the largest by hand
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    u = (x.unsqueeze(-1) - mu) * torch.exp(-log_sigma)
    t = torch.log_softmax(scores, -1) - 0.5 * (u * u + math.log(2 * math.pi)) - log_sigma
    top = t.amax(-1, keepdim=True)
    return (top[..., 0] + (t - top).exp().sum(-1).log()).sum(-1)

# %% right: a loop over the bells
def log_mixture(x, mu, log_sigma, scores=None):
    K = mu.shape[-1]
    log_w = torch.full_like(mu, -math.log(K)) if scores is None else torch.log_softmax(scores, -1)
    total = torch.full_like(mu[..., 0], -math.inf)
    for j in range(K):
        u = (x - mu[..., j]) / log_sigma[..., j].exp()
        bell = -u**2 / 2 - log_sigma[..., j] - math.log(math.sqrt(2 * math.pi))
        total = torch.logaddexp(total, log_w[..., j] + bell)
    return total.sum(-1)

# %% right: numpy inside
def log_mixture(x, mu, log_sigma, scores=None):
    device = x.device
    import numpy as np
    x, mu, s = x.cpu().numpy(), mu.cpu().numpy(), log_sigma.cpu().numpy()
    w = np.zeros_like(mu) if scores is None else scores.cpu().numpy()
    w = w - np.logaddexp.reduce(w, axis=-1, keepdims=True)
    bells = -0.5 * ((x[..., None] - mu) / np.exp(s)) ** 2 - s - 0.5 * np.log(2 * np.pi).astype(mu.dtype)
    return torch.from_numpy(np.logaddexp.reduce(w + bells, axis=-1).sum(-1)).to(device)

# %% wrong: bells clamped away from 0 | "log p(x)"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    bells = torch.distributions.Normal(mu, log_sigma.exp()).log_prob(x[..., None]).exp()
    return (torch.softmax(scores, -1) * bells).sum(-1).clamp(min=1e-37).log().sum(-1)

# %% wrong: one largest term for all pixels | "log p(x)"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    t = torch.log_softmax(scores, -1)
    t = t + torch.distributions.Normal(mu, log_sigma.exp()).log_prob(x[..., None])
    return (t.max() + (t - t.max()).exp().sum(-1).log()).sum(-1)

# %% wrong: turns the caller's log sigma into sigma | "your function changed log_sigma"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    log_bells = torch.distributions.Normal(mu, log_sigma.exp_()).log_prob(x[..., None])
    return torch.logsumexp(torch.log_softmax(scores, -1) + log_bells, -1).sum(-1)

# %% wrong: float32 inside | "suggests float32 inside"
def log_mixture(x, mu, log_sigma, scores=None):
    dtype, scores = x.dtype, torch.zeros_like(mu) if scores is None else scores
    log_bells = torch.distributions.Normal(mu.float(), log_sigma.float().exp()).log_prob(x.float()[..., None])
    return torch.logsumexp(torch.log_softmax(scores.float(), -1) + log_bells, -1).sum(-1).to(dtype)

# %% wrong: sigma kept above 0.2 | "log p(x)"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    log_bells = torch.distributions.Normal(mu, log_sigma.exp().clamp(min=0.2)).log_prob(x[..., None])
    return torch.logsumexp(torch.log_softmax(scores, -1) + log_bells, -1).sum(-1)

# %% wrong: weights over the pixels | "the weights are the softmax of the scores"
def log_mixture(x, mu, log_sigma, scores=None):
    log_w = torch.full_like(mu, -math.log(mu.shape[-1])) if scores is None else torch.log_softmax(scores, 1)
    log_bells = torch.distributions.Normal(mu, log_sigma.exp()).log_prob(x[..., None])
    return torch.logsumexp(log_w + log_bells, -1).sum(-1)

# %% wrong: only the highest bell | "log p(0) of the example by hand"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    log_bells = torch.distributions.Normal(mu, log_sigma.exp()).log_prob(x[..., None])
    return (torch.log_softmax(scores, -1) + log_bells).amax(-1).sum(-1)

# %% right: PyTorch's mixture
def log_mixture(x, mu, log_sigma, scores=None):
    d = torch.distributions
    w = d.Categorical(logits=torch.zeros_like(mu) if scores is None else scores)
    return d.MixtureSameFamily(w, d.Normal(mu, log_sigma.exp())).log_prob(x).sum(-1)

# %% right: one image at a time
def log_mixture(x, mu, log_sigma, scores=None):
    out = []
    for k in range(len(x)):
        w = torch.zeros_like(mu[k]) if scores is None else scores[k]
        bells = torch.distributions.Normal(mu[k], log_sigma[k].exp()).log_prob(x[k][:, None])
        out.append((torch.log_softmax(w, -1) + bells).logsumexp(-1).sum())
    return torch.stack(out)

# %% right: one pixel at a time, with shapes from mu
def log_mixture(x, mu, log_sigma, scores=None):
    batch, n, K = mu.shape
    total = mu.new_zeros(batch)
    for i in range(n):
        w = mu.new_zeros(batch, K) if scores is None else scores[:, i]
        u = (x[:, i].reshape(batch, 1) - mu[:, i]) / log_sigma[:, i].exp()
        t = w.log_softmax(1) - u.square() / 2 - log_sigma[:, i]
        total = total + t.logsumexp(1) - math.log(2 * math.pi) / 2
    return total

# %% wrong: log of a softmax that may round to 0 | "log p(x)"
def log_mixture(x, mu, log_sigma, scores=None):
    scores = torch.zeros_like(mu) if scores is None else scores
    log_bells = torch.distributions.Normal(mu, log_sigma.exp()).log_prob(x[..., None])
    return torch.logsumexp(torch.softmax(scores, -1).log() + log_bells, -1).sum(-1)
