# %% wrong: no masks | "weights times mask"
def maf_conditioner(x, weights, biases, masks):
    h = x
    for W, b in zip(weights[:-1], biases[:-1]):
        h = torch.relu(h @ W.T + b)
    a, raw = (h @ weights[-1].T + biases[-1]).chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% wrong: only the mean is masked | "with the same mask"
def maf_conditioner(x, weights, biases, masks):
    *first, last = masks
    h = x
    for W, b, mask in zip(weights, biases, first):
        h = torch.relu(h @ (W * mask).T + b)
    a, raw = (h @ (weights[-1] * torch.cat([last, torch.ones_like(last)])).T + biases[-1]).chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% wrong: each row of the mask twice in a row | "a of the example by hand"
def maf_conditioner(x, weights, biases, masks):
    masks = [*masks[:-1], masks[-1].repeat_interleave(2, 0)]
    h = x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    a, raw = (h @ (weights[-1] * masks[-1]).T + biases[-1]).chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% wrong: outputs taken in turns | "a of the example by hand"
def maf_conditioner(x, weights, biases, masks):
    masks = [*masks[:-1], masks[-1].repeat(2, 1)]
    h = x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    out = h @ (weights[-1] * masks[-1]).T + biases[-1]
    return out[:, ::2], 5 * torch.tanh(out[:, 1::2] / 5)

# %% wrong: the limit on a, none on log b | "a of the example by hand"
def maf_conditioner(x, weights, biases, masks):
    masks = [*masks[:-1], masks[-1].repeat(2, 1)]
    h = x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    a, raw = (h @ (weights[-1] * masks[-1]).T + biases[-1]).chunk(2, 1)
    return 5 * torch.tanh(a / 5), raw

# %% wrong: no limit | "through 5 tanh(raw / 5)"
def maf_conditioner(x, weights, biases, masks):
    masks = [*masks[:-1], masks[-1].repeat(2, 1)]
    h = x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    return tuple((h @ (weights[-1] * masks[-1]).T + biases[-1]).chunk(2, 1))

# %% wrong: a hard limit | "through 5 tanh(raw / 5)"
def maf_conditioner(x, weights, biases, masks):
    masks = [*masks[:-1], masks[-1].repeat(2, 1)]
    h = x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    a, raw = (h @ (weights[-1] * masks[-1]).T + biases[-1]).chunk(2, 1)
    return a, raw.clamp(-5, 5)

# %% wrong: a ReLU after the last layer | "ReLU after each layer but the last"
def maf_conditioner(x, weights, biases, masks):
    masks = [*masks[:-1], masks[-1].repeat(2, 1)]
    h = x
    for W, b, mask in zip(weights, biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    a, raw = h.chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% wrong: the weights overwritten | "your function changed weights"
def maf_conditioner(x, weights, biases, masks):
    masks = [*masks[:-1], masks[-1].repeat(2, 1)]
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        W *= mask
        h = h @ W.T + b
        if k + 1 < len(masks):
            h = h.relu()
    a, raw = h.chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% wrong: b looks at x itself | "log b of the example by hand"
def maf_conditioner(x, weights, biases, masks):
    masks = [*masks[:-1], masks[-1].repeat(2, 1)]
    h = x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    a, raw = (h @ (weights[-1] * masks[-1]).T + biases[-1]).chunk(2, 1)
    return a, 5 * torch.tanh((raw + x) / 5)

# %% wrong: a and log b swapped | "the first half of the outputs"
def maf_conditioner(x, weights, biases, masks):
    masks = [*masks[:-1], masks[-1].repeat(2, 1)]
    h = x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    raw, a = (h @ (weights[-1] * masks[-1]).T + biases[-1]).chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% wrong: no biases | "plus bias"
def maf_conditioner(x, weights, biases, masks):
    masks = [*masks[:-1], masks[-1].repeat(2, 1)]
    h = x
    for W, mask in zip(weights[:-1], masks):
        h = torch.relu(h @ (W * mask).T)
    a, raw = (h @ (weights[-1] * masks[-1]).T).chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% wrong: b for log b | "not yet its exponential"
def maf_conditioner(x, weights, biases, masks):
    masks = [*masks[:-1], masks[-1].repeat(2, 1)]
    h = x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    a, raw = (h @ (weights[-1] * masks[-1]).T + biases[-1]).chunk(2, 1)
    return a, (5 * torch.tanh(raw / 5)).exp()

# %% wrong: b sees x_i | "which it must not"
def maf_conditioner(x, weights, biases, masks):
    masks = [*masks[:-1], masks[-1].repeat(2, 1)]
    h = x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    a, raw = (h @ (weights[-1] * masks[-1]).T + biases[-1]).chunk(2, 1)
    n = x.shape[1]
    own = x * (torch.arange(n) > 1)
    return a, 5 * torch.tanh((raw + own) / 5)

# %% wrong: the mask forgotten between hidden layers | "a, hidden layers: 2"
def maf_conditioner(x, weights, biases, masks):
    h = torch.relu(x @ (weights[0] * masks[0]).T + biases[0])
    for W, b in zip(weights[1:-1], biases[1:]):
        h = torch.relu(h @ W.T + b)
    a, raw = (h @ (weights[-1] * masks[-1].repeat(2, 1)).T + biases[-1]).chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% right: functional linear
def maf_conditioner(x, weights, biases, masks):
    from torch.nn import functional as F

    n, h = x.shape[1], x
    for k, (W, b) in enumerate(zip(weights, biases)):
        mask = masks[k] if k + 1 < len(masks) else masks[k].repeat(2, 1)
        h = F.linear(h if k == 0 else h.relu(), W * mask, b)
    return h[:, :n], 5 * torch.tanh(h[:, n:] / 5)

# %% right: two heads
def maf_conditioner(x, weights, biases, masks):
    n, h = x.shape[1], x
    for W, b, mask in zip(weights[:-1], biases[:-1], masks[:-1]):
        h = (h @ (W * mask.to(W.dtype)).T + b).clamp(min=0)
    heads = [h @ (weights[-1][part] * masks[-1]).T + biases[-1][part] for part in (slice(0, n), slice(n, 2 * n))]
    return heads[0], torch.tanh(heads[1] / 5) * 5

# %% right: einsum and where
def maf_conditioner(x, weights, biases, masks):
    h = x
    for W, b, mask in zip(weights[:-1], biases[:-1], masks[:-1]):
        h = torch.relu(torch.einsum("bi,oi->bo", h, torch.where(mask, W, torch.zeros_like(W))) + b)
    V = weights[-1].reshape(2, x.shape[1], -1) * masks[-1]
    a, raw = torch.einsum("bh,pnh->pbn", h, V) + biases[-1].reshape(2, 1, -1)
    return a, 5 * (2 * torch.sigmoid(2 * raw / 5) - 1)

# %% wrong: no ReLU | "ReLU after each layer but the last"
def maf_conditioner(x, weights, biases, masks):
    h = x
    for W, b, mask in zip(weights, biases, [*masks[:-1], masks[-1].repeat(2, 1)]):
        h = h @ (W * mask).T + b
    a, raw = h.chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% wrong: ReLU before each layer | "ReLU after each layer but the last"
def maf_conditioner(x, weights, biases, masks):
    h = x
    for W, b, mask in zip(weights, biases, [*masks[:-1], masks[-1].repeat(2, 1)]):
        h = torch.relu(h) @ (W * mask).T + b
    a, raw = h.chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% wrong: tanh without its inner 5 | "log b of the example by hand"
def maf_conditioner(x, weights, biases, masks):
    h = x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    a, raw = (h @ (weights[-1] * masks[-1].repeat(2, 1)).T + biases[-1]).chunk(2, 1)
    return a, 5 * torch.tanh(raw)

# %% wrong: one hidden layer, whatever is given | "RuntimeError"
def maf_conditioner(x, weights, biases, masks):
    h = torch.relu(x @ (weights[0] * masks[0]).T + biases[0])
    a, raw = (h @ (weights[-1] * masks[-1].repeat(2, 1)).T + biases[-1]).chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% wrong: the last mask not doubled | "The size of tensor a (4) must match"
def maf_conditioner(x, weights, biases, masks):
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = h @ (W * mask).T + b
        h = h.relu() if k + 1 < len(masks) else h
    a, raw = h.chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% wrong: halves of the batch | "a of the example by hand"
def maf_conditioner(x, weights, biases, masks):
    h = x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    a, raw = (h @ (weights[-1] * masks[-1].repeat(2, 1)).T + biases[-1]).chunk(2)
    return a, 5 * torch.tanh(raw / 5)

# %% wrong: the limit before the second half's bias | "log b"
def maf_conditioner(x, weights, biases, masks):
    n, h = x.shape[1], x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    a, raw = (h @ (weights[-1] * masks[-1].repeat(2, 1)).T).chunk(2, 1)
    return a + biases[-1][:n], 5 * torch.tanh(raw / 5) + biases[-1][n:]

# %% wrong: lower triangles for the masks, whatever the order | "a, hidden layers: "
def maf_conditioner(x, weights, biases, masks):
    n, h = x.shape[1], x
    for W, b, mask in zip(weights[:-1], biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    number = (weights[0] * 0 + masks[0]).sum(1) if len(masks) == 2 else masks[0].sum(1)
    last = number <= torch.arange(n)[:, None]
    last = last if last.shape == masks[-1].shape else masks[-1]
    a, raw = (h @ (weights[-1] * last.repeat(2, 1)).T + biases[-1]).chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)

# %% right: masked_fill and matrix times column
def maf_conditioner(x, weights, biases, masks):
    h = x.T
    for k, (W, b) in enumerate(zip(weights, biases)):
        keep = masks[k] if k < len(weights) - 1 else torch.vstack([masks[k], masks[k]])
        h = W.masked_fill(~keep, 0) @ (h if k == 0 else h.clamp_min(0)) + b[:, None]
    a, raw = h.T.tensor_split(2, dim=1)
    return a, torch.mul(torch.tanh(raw / 5), 5)

# %% right: units one by one
def maf_conditioner(x, weights, biases, masks):
    n, h = x.shape[1], x
    for k, (W, b) in enumerate(zip(weights, biases)):
        columns = []
        for j in range(len(W)):
            mask = masks[k][j % n] if k == len(masks) - 1 else masks[k][j]
            column = (h[:, mask] * W[j, mask]).sum(1) + b[j]
            columns.append(column if k == len(masks) - 1 else column.relu())
        h = torch.stack(columns, 1)
    return h[:, :n], (h[:, n:] / 5).tanh() * 5

# %% wrong: numpy inside | "no gradient passes through your function"
def maf_conditioner(x, weights, biases, masks):
    n, h = x.shape[1], x.detach().numpy()
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        last = k + 1 == len(masks)
        M = W.detach().numpy() * (mask.repeat(2, 1) if last else mask).numpy()
        h = h @ M.T + b.detach().numpy()
        h = h if last else h.clip(min=0)
    h = torch.from_numpy(h)
    return h[:, :n], 5 * torch.tanh(h[:, n:] / 5)

# %% wrong: masks set on .data | "the gradient of part 1 of the result for weights"
def maf_conditioner(x, weights, biases, masks):
    h = x
    for W, b, mask in zip(weights, biases, [*masks[:-1], masks[-1].repeat(2, 1)]):
        h = (h if h is x else h.relu()) @ (W.data * mask).T + b
    a, raw = h.chunk(2, 1)
    return a, 5 * torch.tanh(raw / 5)
