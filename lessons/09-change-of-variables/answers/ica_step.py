# %% wrong: downhill | "taken off the identity"
def ica_step(W, x, rate):
    z = x @ W.T
    return W - rate * (W - torch.tanh(z).T @ z / len(x) @ W)

# %% wrong: a sum for the mean | "the MEAN over the batch"
def ica_step(W, x, rate):
    z = x @ W.T
    return W + rate * (W - torch.tanh(z).T @ z @ W)

# %% wrong: tanh on the other factor | "which factor has the tanh?"
def ica_step(W, x, rate):
    z = x @ W.T
    return W + rate * (W - z.T @ torch.tanh(z) / len(x) @ W)

# %% wrong: W on the left | "however x was mixed"
def ica_step(W, x, rate):
    z = x @ W.T
    return W + rate * (W - W @ torch.tanh(z).T @ z / len(x))

# %% wrong: the factor W forgotten | "taken off the identity, times W"
def ica_step(W, x, rate):
    z = x @ W.T
    return W + rate * (torch.eye(len(W), dtype=W.dtype) - torch.tanh(z).T @ z / len(x))

# %% wrong: the plain gradient | "taken off the identity, times W"
def ica_step(W, x, rate):
    z = x @ W.T
    return W + rate * (torch.linalg.inv(W).T - torch.tanh(z).T @ x / len(x))

# %% wrong: x for z | "taken off the identity, times W"
def ica_step(W, x, rate):
    z = x @ W.T
    return W + rate * (W - torch.tanh(z).T @ x / len(x) @ W)

# %% wrong: no tanh, a Gaussian | "the step of the example by hand"
def ica_step(W, x, rate):
    z = x @ W.T
    return W + rate * (W - z.T @ z / len(x) @ W)

# %% wrong: the change without W | "the step of the example by hand"
def ica_step(W, x, rate):
    z = x @ W.T
    return rate * (W - torch.tanh(z).T @ z / len(x) @ W)

# %% wrong: W changed in place | "changed W"
def ica_step(W, x, rate):
    z = x @ W.T
    W += rate * (W - torch.tanh(z).T @ z / len(x) @ W)
    return W

# %% wrong: the rate forgotten | "the new W for 3 sources"
def ica_step(W, x, rate):
    z = x @ W.T
    return W + (W - torch.tanh(z).T @ z / len(x) @ W)

# %% wrong: the means multiplied, not the mean of the product | "the MEAN over the batch"
def ica_step(W, x, rate):
    z = x @ W.T
    return W + rate * (W - torch.outer(torch.tanh(z).mean(0), z.mean(0)) @ W)

# %% wrong: rows times W | "however x was mixed"
def ica_step(W, x, rate):
    z = x @ W
    return W + rate * (W - torch.tanh(z).T @ z / len(x) @ W)

# %% wrong: the mean over the sources | "the MEAN over the batch"
def ica_step(W, x, rate):
    z = x @ W.T
    return W + rate * (W - torch.tanh(z).T @ z / x.shape[1] @ W)

# %% wrong: only the diagonal of the moments | "the new W for 3 sources"
def ica_step(W, x, rate):
    z = x @ W.T
    return W + rate * (W - (torch.tanh(z) * z).mean(0)[:, None] * W)

# %% wrong: W turned back to a rotation | "the step of the example by hand"
def ica_step(W, x, rate):
    z = x @ W.T
    U, _, V = torch.linalg.svd(W + rate * (W - torch.tanh(z).T @ z / len(x) @ W))
    return U @ V

# %% wrong: an identity in float64, whatever W is | "dtype"
def ica_step(W, x, rate):
    z = x @ W.T
    inside = torch.eye(len(W), dtype=torch.float64) - torch.tanh(z).T @ z / len(x)
    return W + rate * inside @ W

# %% right: an identity, an einsum
def ica_step(W, x, rate):
    z = torch.einsum("ij,bj->bi", W, x)
    moments = torch.einsum("bi,bj->ij", z.tanh(), z) / len(x)
    return W + rate * (torch.eye(len(W), dtype=W.dtype) - moments) @ W

# %% right: the gradient by autograd, times W^T W
def ica_step(W, x, rate):
    free = W.clone().requires_grad_()
    z = x @ free.T
    log_p = -torch.logaddexp(z, -z).sum(1).mean() + torch.linalg.slogdet(free)[1]
    return W + rate * torch.autograd.grad(log_p, free)[0] @ W.T @ W

# %% right: row by row
def ica_step(W, x, rate):
    inside = torch.eye(len(W), dtype=W.dtype)
    for row in x:
        z = W @ row
        inside = inside - z.tanh()[:, None] * z / len(x)
    return W + rate * inside @ W

# %% right: numpy inside
def ica_step(W, x, rate):
    import numpy as np

    w = W.numpy()
    z = x.numpy() @ w.T
    return torch.from_numpy(w + rate * (w - np.tanh(z).T @ z @ w / len(z))).to(W.dtype)

# %% right: a weighted mean of two matrices
def ica_step(W, x, rate):
    z = torch.matmul(W, x.T)
    return (1 + rate) * W - rate / x.shape[0] * torch.tanh(z).matmul(z.T).matmul(W)

# %% right: the formula of the gradient, times W^T W
def ica_step(W, x, rate):
    z = x @ W.T
    G = torch.linalg.inv(W).T - torch.tanh(z).T @ x / len(x)
    return W + rate * G @ W.T @ W
