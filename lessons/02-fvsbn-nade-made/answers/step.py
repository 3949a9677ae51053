# %% wrong: pixels and hidden units confused | "image k gains w_i if its own pixel i is 1"
def step(a, x_i, w_i):
    return a + x_i * w_i

# %% wrong: the column is always added | "nothing if it is 0"
def step(a, x_i, w_i):
    return a + w_i

# %% wrong: the increment alone | "a after one step"
def step(a, x_i, w_i):
    return x_i[:, None] * w_i

# %% wrong: returns h, not a | "a after one step"
def step(a, x_i, w_i):
    return torch.sigmoid(a + x_i[:, None] * w_i)

# %% wrong: changes a in place | "your function changed a"
def step(a, x_i, w_i):
    a += x_i[:, None] * w_i
    return a

# %% wrong: subtracts | "a after one step"
def step(a, x_i, w_i):
    return a - x_i[:, None] * w_i

# %% wrong: transposed | "image k gains w_i if its own pixel i is 1"
def step(a, x_i, w_i):
    return a + x_i * w_i[:, None]

# %% wrong: only ones let in, as if pixels could only be 0 or 1 | "entry (k, u) is a[k, u] + x_i[k] w_i[u]"
def step(a, x_i, w_i):
    return torch.where(x_i[:, None] == 1, a + w_i, a)

# %% wrong: calls gmlib | "write it yourself"
def step(a, x_i, w_i):
    return autoregressive.step(a, x_i, w_i)

# %% right: an outer product
def step(a, x_i, w_i):
    return a + torch.outer(x_i, w_i)

# %% right: addr
def step(a, x_i, w_i):
    return torch.addr(a, x_i, w_i)

# %% right: einsum
def step(a, x_i, w_i):
    return a + torch.einsum("b,d->bd", x_i, w_i)

# %% right: a loop over images
def step(a, x_i, w_i):
    return torch.stack([a_k + x_k * w_i for a_k, x_k in zip(a, x_i)])

# %% right: numpy inside
def step(a, x_i, w_i):
    device = a.device
    import numpy as np
    return torch.from_numpy(a.cpu().numpy() + np.multiply.outer(x_i.cpu().numpy(), w_i.cpu().numpy())).to(device)

# %% wrong: float32 inside | "suggests float32 inside"
def step(a, x_i, w_i):
    return (a.float() + torch.outer(x_i.float(), w_i.float())).to(a.dtype)

# %% wrong: adds to a by addr_ | "your function changed a"
def step(a, x_i, w_i):
    return a.addr_(x_i, w_i)

# %% wrong: one pixel for all images | "a after one step"
def step(a, x_i, w_i):
    return a + x_i[0] * w_i

# %% wrong: the mean pixel | "a after one step"
def step(a, x_i, w_i):
    return a + x_i.mean() * w_i

# %% wrong: truncates the pixel | "a after one step"
def step(a, x_i, w_i):
    return a + x_i.long()[:, None] * w_i

# %% wrong: squeezes a batch of one | "should have shape (1, 3)"
def step(a, x_i, w_i):
    return (a + x_i[:, None] * w_i).squeeze()

# %% right: matrices
def step(a, x_i, w_i):
    return a + x_i.unsqueeze(1) @ w_i.unsqueeze(0)

# %% right: addcmul on a copy
def step(a, x_i, w_i):
    return torch.addcmul(a, x_i[:, None].expand_as(a), w_i.expand_as(a))
