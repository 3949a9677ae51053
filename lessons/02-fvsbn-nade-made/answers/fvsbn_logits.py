# %% wrong: diagonal kept | "which is that variable itself"
def fvsbn_logits(x, alpha_0, alpha):
    return alpha_0 + x @ alpha.tril().T

# %% wrong: no mask at all | "something lets too much through"
def fvsbn_logits(x, alpha_0, alpha):
    return alpha_0 + x @ alpha.T

# %% wrong: the upper triangle | "comes after"
def fvsbn_logits(x, alpha_0, alpha):
    return alpha_0 + x @ alpha.triu(1).T

# %% wrong: rows and columns swapped | "comes after"
def fvsbn_logits(x, alpha_0, alpha):
    return alpha_0 + x @ alpha.tril(-1)

# %% wrong: one diagonal too many cut | "something is too strict"
def fvsbn_logits(x, alpha_0, alpha):
    return alpha_0 + x @ alpha.tril(-2).T

# %% wrong: bias forgotten | "there z is alpha_0 itself"
def fvsbn_logits(x, alpha_0, alpha):
    return x @ alpha.tril(-1).T

# %% wrong: returns x_hat | "scores come before the sigmoid"
def fvsbn_logits(x, alpha_0, alpha):
    return torch.sigmoid(alpha_0 + x @ alpha.tril(-1).T)

# %% wrong: weights taken as positive | "row i weighs the pixels j < i"
def fvsbn_logits(x, alpha_0, alpha):
    return alpha_0 + x @ alpha.tril(-1).abs().T

# %% wrong: forgets to return | "is the last line of your function a `return`"
def fvsbn_logits(x, alpha_0, alpha):
    alpha_0 + x @ alpha.tril(-1).T

# %% wrong: a list of columns | "it is a list of Tensor"
def fvsbn_logits(x, alpha_0, alpha):
    return [alpha_0[i] + x[:, :i] @ alpha[i, :i] for i in range(len(alpha_0))]

# %% wrong: calls gmlib | "write it yourself"
def fvsbn_logits(x, alpha_0, alpha):
    model = autoregressive.FVSBN(len(alpha_0)).to(x.dtype)
    model.load_state_dict({"alpha_0": alpha_0, "alpha": alpha})
    return model.logits(x).detach()

# %% right: one regression at a time
def fvsbn_logits(x, alpha_0, alpha):
    rows = [alpha_0[i] + x[:, :i] @ alpha[i, :i] for i in range(len(alpha_0))]
    return torch.stack(rows, dim=1)

# %% right: einsum with a mask of ones
def fvsbn_logits(x, alpha_0, alpha):
    n = len(alpha_0)
    before = torch.arange(n)[None, :] < torch.arange(n)[:, None]
    return torch.einsum("bj,ij->bi", x, alpha * before.to(x.device)) + alpha_0

# %% right: numpy inside
def fvsbn_logits(x, alpha_0, alpha):
    import numpy as np
    z = x.cpu().numpy() @ np.tril(alpha.cpu().numpy(), -1).T
    return alpha_0 + torch.from_numpy(z).to(x.device)

# %% wrong: cuts the caller's matrix | "your function changed alpha"
def fvsbn_logits(x, alpha_0, alpha):
    return alpha_0 + x @ alpha.tril_(-1).T

# %% wrong: superfluous axes squeezed away | "z for n = 1 should have shape (6, 1)"
def fvsbn_logits(x, alpha_0, alpha):
    z = alpha_0 + x @ alpha.tril(-1).T
    return z.squeeze(-1)

# %% wrong: float32 inside | "suggests float32 inside"
def fvsbn_logits(x, alpha_0, alpha):
    before = torch.ones(len(alpha_0), len(alpha_0)).tril(-1)
    z = x.float() @ (alpha.float() * before).T + alpha_0.float()
    return z.to(x.dtype)

# %% wrong: bias only where a pixel is on | "there z is alpha_0 itself"
def fvsbn_logits(x, alpha_0, alpha):
    rows = [alpha_0[i] * (i == 0) + x[:, :i] @ alpha[i, :i] for i in range(len(alpha_0))]
    return torch.stack(rows, 1)

# %% wrong: starts at the second pixel | "row i weighs the pixels j < i"
def fvsbn_logits(x, alpha_0, alpha):
    z = torch.zeros_like(x)
    for i in range(1, len(alpha_0)):
        z[:, i] = alpha_0[i] + x[:, :i] @ alpha[i, :i]
    return z

# %% wrong: pixels as -1 and 1 | "there z is alpha_0 itself"
def fvsbn_logits(x, alpha_0, alpha):
    return alpha_0 + (2 * x - 1) @ alpha.tril(-1).T

# %% right: a running sum, pixel by pixel
def fvsbn_logits(x, alpha_0, alpha):
    z = alpha_0.repeat(len(x), 1)
    for j in range(x.shape[1]):
        z[:, j + 1:] += x[:, j:j + 1] * alpha[j + 1:, j]
    return z

# %% right: a linear layer with a filled matrix
def fvsbn_logits(x, alpha_0, alpha):
    keep = torch.ones_like(alpha, dtype=torch.bool).tril(-1)
    return torch.nn.functional.linear(x, alpha.masked_fill(~keep, 0), alpha_0)

# %% right: all products, summed over the earlier pixels
def fvsbn_logits(x, alpha_0, alpha):
    return (x[:, None, :] * alpha.tril(diagonal=-1)).sum(2) + alpha_0
