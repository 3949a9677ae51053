# %% wrong: the pixel is let in before it is predicted | "which is that variable itself"
def nade_logits(x, W, c, alpha, b):
    a, logits = c.expand(len(x), -1), []
    for i in range(x.shape[1]):
        a = step(a, x[:, i], W[:, i])
        logits.append(torch.sigmoid(a) @ alpha[i] + b[i])
    return torch.stack(logits, 1)

# %% wrong: c left out, as in the lecture's pictures | "does a start at c"
def nade_logits(x, W, c, alpha, b):
    a, logits = torch.zeros(len(x), len(c), dtype=x.dtype), []
    for i in range(x.shape[1]):
        logits.append(torch.sigmoid(a) @ alpha[i] + b[i])
        a = step(a, x[:, i], W[:, i])
    return torch.stack(logits, 1)

# %% wrong: h without the sigmoid | "is h = sigma(a)"
def nade_logits(x, W, c, alpha, b):
    a, logits = c.expand(len(x), -1), []
    for i in range(x.shape[1]):
        logits.append(a @ alpha[i] + b[i])
        a = step(a, x[:, i], W[:, i])
    return torch.stack(logits, 1)

# %% wrong: steps from h instead of a | "it differs from your untied network"
def nade_logits(x, W, c, alpha, b):
    a, logits = c.expand(len(x), -1), []
    for i in range(x.shape[1]):
        h = torch.sigmoid(a)
        logits.append(h @ alpha[i] + b[i])
        a = step(h, x[:, i], W[:, i])
    return torch.stack(logits, 1)

# %% wrong: c added at every step | "it differs from your untied network"
def nade_logits(x, W, c, alpha, b):
    a, logits = c.expand(len(x), -1), []
    for i in range(x.shape[1]):
        logits.append(torch.sigmoid(a) @ alpha[i] + b[i])
        a = step(a, x[:, i], W[:, i]) + c
    return torch.stack(logits, 1)

# %% wrong: forgets the history, a is always c plus one column | "something is too strict"
def nade_logits(x, W, c, alpha, b):
    a, logits = c.expand(len(x), -1), []
    for i in range(x.shape[1]):
        logits.append(torch.sigmoid(a) @ alpha[i] + b[i])
        a = step(c.expand(len(x), -1), x[:, i], W[:, i])
    return torch.stack(logits, 1)

# %% wrong: all hidden units see all pixels | "something lets too much through"
def nade_logits(x, W, c, alpha, b):
    return torch.sigmoid(x @ W.T + c) @ alpha.T + b

# %% wrong: b forgotten | "it differs from your untied network"
def nade_logits(x, W, c, alpha, b):
    a, logits = c.expand(len(x), -1), []
    for i in range(x.shape[1]):
        logits.append(torch.sigmoid(a) @ alpha[i])
        a = step(a, x[:, i], W[:, i])
    return torch.stack(logits, 1)

# %% wrong: returns x_hat | "it differs from your untied network"
def nade_logits(x, W, c, alpha, b):
    a, x_hat = c.expand(len(x), -1), []
    for i in range(x.shape[1]):
        x_hat.append(torch.sigmoid(torch.sigmoid(a) @ alpha[i] + b[i]))
        a = step(a, x[:, i], W[:, i])
    return torch.stack(x_hat, 1)

# %% wrong: pixels along the first axis | "should have shape (32, 5)"
def nade_logits(x, W, c, alpha, b):
    a, logits = c.expand(len(x), -1), []
    for i in range(x.shape[1]):
        logits.append(torch.sigmoid(a) @ alpha[i] + b[i])
        a = step(a, x[:, i], W[:, i])
    return torch.stack(logits)

# %% right: all running sums at once
def nade_logits(x, W, c, alpha, b):
    sums = (x[:, :, None] * W.T).cumsum(1)
    before = torch.cat([torch.zeros_like(sums[:, :1]), sums[:, :-1]], 1)
    return (torch.sigmoid(c + before) * alpha).sum(-1) + b

# %% right: every product afresh
def nade_logits(x, W, c, alpha, b):
    columns = [
        untied_logit(x[:, :i], W[:, :i], c, alpha[i], b[i])
        for i in range(x.shape[1])
    ]
    return torch.stack(columns, 1)

# %% right: einsum with a triangular mask
def nade_logits(x, W, c, alpha, b):
    n = x.shape[1]
    before = torch.ones(n, n, dtype=x.dtype).tril(-1)
    h = torch.sigmoid(torch.einsum("bj,ij,dj->bid", x, before.to(x.device), W) + c)
    return torch.einsum("bid,id->bi", h, alpha) + b

# %% right: numpy inside
def nade_logits(x, W, c, alpha, b):
    device = x.device
    import numpy as np
    x, W, c, alpha, b = (v.cpu().numpy() for v in (x, W, c, alpha, b))
    out, a = np.empty_like(x), np.tile(c, (len(x), 1))
    for i in range(x.shape[1]):
        out[:, i] = (1 / (1 + np.exp(-a))) @ alpha[i] + b[i]
        a = a + x[:, i:i + 1] * W[:, i]
    return torch.from_numpy(out).to(device)

# %% wrong: squeezed, so that one image gives no axis | "should have shape (1, 8)"
def nade_logits(x, W, c, alpha, b):
    a, logits = c.expand(len(x), -1), []
    for i in range(x.shape[1]):
        logits.append((torch.sigmoid(a) @ alpha[i]).squeeze() + b[i])
        a = step(a, x[:, i], W[:, i])
    return torch.stack(logits, -1)

# %% wrong: W read by rows | "it differs from your untied network"
def nade_logits(x, W, c, alpha, b):
    a, logits = c.expand(len(x), -1), []
    W = W.reshape(-1, len(c)).T
    for i in range(x.shape[1]):
        logits.append(torch.sigmoid(a) @ alpha[i] + b[i])
        a = step(a, x[:, i], W[:, i])
    return torch.stack(logits, 1)

# %% wrong: float32 inside | "the scores for n ="
def nade_logits(x, W, c, alpha, b):
    a, logits = c.expand(len(x), -1).float(), []
    for i in range(x.shape[1]):
        logits.append(torch.sigmoid(a) @ alpha[i].float() + b[i].float())
        a = step(a, x[:, i].float(), W[:, i].float())
    return torch.stack(logits, 1).to(x.dtype)

# %% wrong: adds to the caller's c | "your function changed c"
def nade_logits(x, W, c, alpha, b):
    first = c.clone()
    c += 1
    a, logits = first.expand(len(x), -1), []
    for i in range(x.shape[1]):
        logits.append(torch.sigmoid(a) @ alpha[i] + b[i])
        a = step(a, x[:, i], W[:, i])
    return torch.stack(logits, 1)

# %% wrong: pixel 1 gets its bias only | "the score of pixel 1"
def nade_logits(x, W, c, alpha, b):
    a, logits = c.expand(len(x), -1), []
    for i in range(x.shape[1]):
        h = torch.sigmoid(a) if i else torch.zeros_like(a)
        logits.append(h @ alpha[i] + b[i])
        a = step(a, x[:, i], W[:, i])
    return torch.stack(logits, 1)

# %% wrong: one alpha for all pixels | "it differs from your untied network"
def nade_logits(x, W, c, alpha, b):
    a, logits = c.expand(len(x), -1), []
    for i in range(x.shape[1]):
        logits.append(torch.sigmoid(a) @ alpha[0] + b[i])
        a = step(a, x[:, i], W[:, i])
    return torch.stack(logits, 1)

# %% right: fills a tensor
def nade_logits(x, W, c, alpha, b):
    z, a = b.repeat(len(x), 1), c.repeat(len(x), 1)
    for i, (w_i, alpha_i) in enumerate(zip(W.T, alpha)):
        z[:, i] += a.sigmoid() @ alpha_i
        a = step(a, x[:, i], w_i)
    return z
