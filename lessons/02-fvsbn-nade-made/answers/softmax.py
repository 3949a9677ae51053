# %% wrong: the lecture's line, along the last axis | "exp(1000) overflows: subtract the largest score first"
def softmax(a):
    return torch.exp(a) / torch.exp(a).sum(-1, keepdim=True)

# %% wrong: subtracts the largest score of all rows | "subtract from each row its own largest score"
def softmax(a):
    e = torch.exp((a - a.max()).clamp(min=-1e4))
    return e / e.sum(-1, keepdim=True)

# %% wrong: divides by the sum of everything | "over the sum of that row"
def softmax(a):
    e = torch.exp(a - a.amax(-1, keepdim=True))
    return e / e.sum()

# %% wrong: along the first axis | "each row, along the last axis"
def softmax(a):
    e = torch.exp(a - a.amax(-1, keepdim=True))
    return e / e.sum(0, keepdim=True)

# %% wrong: no exponential | "is exp(a) over the sum of that row"
def softmax(a):
    a = a - a.amin(-1, keepdim=True) + 1e-3
    return a / a.sum(-1, keepdim=True)

# %% wrong: a sigmoid for each level | "is exp(a) over the sum of that row"
def softmax(a):
    return torch.sigmoid(a)

# %% wrong: the log-softmax | "is exp(a) over the sum of that row"
def softmax(a):
    return a - a.logsumexp(-1, keepdim=True)

# %% wrong: forgets to divide | "is exp(a) over the sum of that row"
def softmax(a):
    return torch.exp(a - a.amax(-1, keepdim=True))

# %% wrong: always the second axis | "normalise along the last axis"
def softmax(a):
    if a.dim() == 1:
        return softmax(a[None])[0]
    e = torch.exp(a - a.amax(1, keepdim=True))
    return e / e.sum(1, keepdim=True)

# %% wrong: forgets to return | "is the last line of your function a `return`"
def softmax(a):
    e = torch.exp(a - a.amax(-1, keepdim=True))

# %% right: PyTorch's
def softmax(a):
    return torch.softmax(a, -1)

# %% right: logsumexp
def softmax(a):
    return torch.exp(a - torch.logsumexp(a, -1, keepdim=True))

# %% right: max with values
def softmax(a):
    a = a - a.max(dim=-1, keepdim=True).values
    return a.exp() / a.exp().sum(dim=-1, keepdim=True)

# %% right: numpy inside
def softmax(a):
    device = a.device
    import numpy as np
    e = np.exp(a.cpu().numpy() - a.cpu().numpy().max(-1, keepdims=True))
    return torch.from_numpy(e / e.sum(-1, keepdims=True)).to(device)

# %% wrong: one maximum for all rows, and a small number in the denominator | "subtract from each row its own largest score"
def softmax(a):
    e = torch.exp(a - a.max())
    return e / (e.sum(-1, keepdim=True) + 1e-30)

# %% wrong: NaN replaced | "subtract from each row its own largest score"
def softmax(a):
    e = torch.exp(a - a.max())
    return (e / e.sum(-1, keepdim=True)).nan_to_num(0)

# %% wrong: subtracts from the caller's scores | "your function changed a"
def softmax(a):
    a -= a.amax(-1, keepdim=True)
    return a.exp() / a.exp().sum(-1, keepdim=True)

# %% wrong: scores clamped | "is exp(a) over the sum of that row"
def softmax(a):
    e = torch.exp(a.clamp(-80, 80))
    return e / e.sum(-1, keepdim=True)

# %% wrong: subtracts the mean of each row | "subtract from each row its own largest score"
def softmax(a):
    e = torch.exp(a - a.mean(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)

# %% wrong: float32 inside | "softmax of a tensor of shape"
def softmax(a):
    return torch.softmax(a.float(), -1).to(a.dtype)

# %% wrong: one maximum, clamped below | "subtract from each row its own largest score"
def softmax(a):
    e = torch.exp((a - a.max()).clamp(min=-80))
    return e / e.sum(-1, keepdim=True)

# %% right: the layer
def softmax(a):
    return torch.nn.Softmax(dim=-1)(a)

# %% right: differences of scores
def softmax(a):
    return 1 / torch.exp(a[..., None, :] - a[..., :, None]).sum(-1)

# %% right: one row at a time
def softmax(a):
    rows = a.reshape(-1, a.shape[-1])
    out = [torch.exp(r - max(r)) / torch.exp(r - max(r)).sum() for r in rows]
    return torch.stack(out).reshape(a.shape)
