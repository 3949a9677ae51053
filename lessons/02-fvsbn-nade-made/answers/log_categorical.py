# %% wrong: log of a softmax that rounds to 0 | "take the log before you divide"
def log_categorical(x, scores):
    p = torch.softmax(scores, -1)
    return p.gather(-1, x[..., None])[..., 0].log().sum(-1)

# %% wrong: not normalised | "should sum to 1"
def log_categorical(x, scores):
    return scores.gather(-1, x[..., None])[..., 0].sum(-1)

# %% wrong: normalised over the pixels | "pick the log-probability of each pixel's own level"
def log_categorical(x, scores):
    log_p = scores - scores.logsumexp(1, keepdim=True)
    return log_p.gather(-1, x[..., None])[..., 0].sum(-1)

# %% wrong: mean over the pixels | "should sum to 1"
def log_categorical(x, scores):
    log_p = torch.log_softmax(scores, -1)
    return log_p.gather(-1, x[..., None])[..., 0].mean(-1)

# %% wrong: sums over all levels | "should sum to 1"
def log_categorical(x, scores):
    return torch.log_softmax(scores, -1).sum((-1, -2))

# %% wrong: levels counted from 1 | "should sum to 1"
def log_categorical(x, scores):
    log_p = torch.log_softmax(scores, -1)
    return log_p.gather(-1, (x - 1).clamp(min=0)[..., None])[..., 0].sum(-1)

# %% wrong: negative log-probability | "should sum to 1"
def log_categorical(x, scores):
    log_p = torch.log_softmax(scores, -1)
    return -log_p.gather(-1, x[..., None])[..., 0].sum(-1)

# %% wrong: probability instead of its logarithm | "should sum to 1"
def log_categorical(x, scores):
    p = torch.softmax(scores, -1)
    return p.gather(-1, x[..., None])[..., 0].prod(-1)

# %% wrong: one number for the batch | "should have shape (9,)"
def log_categorical(x, scores):
    log_p = torch.log_softmax(scores, -1)
    return log_p.gather(-1, x[..., None]).sum()

# %% wrong: one number a pixel | "should have shape (9,)"
def log_categorical(x, scores):
    log_p = torch.log_softmax(scores, -1)
    return log_p.gather(-1, x[..., None])[..., 0]

# %% right: PyTorch's log-softmax
def log_categorical(x, scores):
    return torch.log_softmax(scores, -1).gather(-1, x.unsqueeze(-1)).squeeze(-1).sum(-1)

# %% right: PyTorch's cross-entropy
def log_categorical(x, scores):
    loss = torch.nn.functional.cross_entropy(scores.movedim(-1, 1), x, reduction="none")
    return -loss.sum(1)

# %% right: one-hot
def log_categorical(x, scores):
    one_hot = torch.nn.functional.one_hot(x, scores.shape[-1]).to(scores.dtype)
    return ((one_hot * scores).sum(-1) - scores.logsumexp(-1)).sum(-1)

# %% right: loops over images and pixels
def log_categorical(x, scores):
    out = []
    for x_k, a in zip(x.tolist(), scores):
        out.append(sum(a[i, level] - a[i].logsumexp(0) for i, level in enumerate(x_k)))
    return torch.stack(out)

# %% right: a distribution object
def log_categorical(x, scores):
    return torch.distributions.Categorical(logits=scores).log_prob(x).sum(-1)

# %% wrong: one maximum for all pixels | "a logsumexp for each pixel"
def log_categorical(x, scores):
    scores = scores - scores.max()
    log_p = scores - scores.exp().sum(-1, keepdim=True).log()
    return log_p.gather(-1, x[..., None])[..., 0].sum(-1)

# %% wrong: a small number inside the logarithm | "sum over pixels the log-probability"
def log_categorical(x, scores):
    p = torch.softmax(scores, -1) + 1e-30
    return p.gather(-1, x[..., None])[..., 0].log().sum(-1)

# %% wrong: normalises the caller's scores | "your function changed scores"
def log_categorical(x, scores):
    scores -= scores.logsumexp(-1, keepdim=True)
    return scores.gather(-1, x[..., None])[..., 0].sum(-1)

# %% wrong: float32 inside | "log p(x) for"
def log_categorical(x, scores):
    log_p = torch.log_softmax(scores.float(), -1)
    return log_p.gather(-1, x[..., None])[..., 0].sum(-1).to(scores.dtype)

# %% wrong: squeezed | "should have shape (1,)"
def log_categorical(x, scores):
    return torch.log_softmax(scores, -1).gather(-1, x[..., None]).squeeze().sum(-1)

# %% wrong: the most likely level | "pick the log-probability of each pixel's own level"
def log_categorical(x, scores):
    return torch.log_softmax(scores, -1).amax(-1).sum(-1)

# %% wrong: scores of the first image for all | "of the level that each has"
def log_categorical(x, scores):
    log_p = torch.log_softmax(scores[0], -1)
    return log_p.expand(len(x), -1, -1).gather(-1, x[..., None])[..., 0].sum(-1)

# %% right: indices for all three axes
def log_categorical(x, scores):
    b, n = x.shape
    log_p = torch.nn.functional.log_softmax(scores, dim=2)
    return log_p[torch.arange(b)[:, None], torch.arange(n)[None], x].sum(1)

# %% right: take_along_dim and a cumulative sum
def log_categorical(x, scores):
    a = torch.take_along_dim(scores, x[..., None], -1)[..., 0]
    return (a - scores.logsumexp(-1)).cumsum(1)[:, -1]

# %% right: differences to the level that it has
def log_categorical(x, scores):
    own = scores.gather(-1, x[..., None])
    return -torch.logsumexp(scores - own, -1).sum(-1)

# %% right: negative log-likelihood loss
def log_categorical(x, scores):
    log_p = scores.log_softmax(-1).flatten(0, 1)
    return -torch.nn.functional.nll_loss(log_p, x.flatten(), reduction="none").view(x.shape).sum(1)
