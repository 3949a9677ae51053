# %% wrong: no nonlinearity in the hidden layer | "h = sigma(A x + c)"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    return (x_before @ A_i.T + c_i) @ alpha_i + b_i

# %% wrong: c added after the sigmoid | "the bias c belongs inside the sigmoid"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    h = torch.sigmoid(x_before @ A_i.T) + c_i
    return h @ alpha_i + b_i

# %% wrong: c forgotten | "h_1 = sigma(c_1)"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    return torch.sigmoid(x_before @ A_i.T) @ alpha_i + b_i

# %% wrong: b forgotten | "then alpha h + b"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    return torch.sigmoid(x_before @ A_i.T + c_i) @ alpha_i

# %% wrong: returns x_hat | "without another sigmoid"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    return torch.sigmoid(torch.sigmoid(x_before @ A_i.T + c_i) @ alpha_i + b_i)

# %% wrong: tanh for sigma | "h = sigma(A x + c)"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    return torch.tanh(x_before @ A_i.T + c_i) @ alpha_i + b_i

# %% wrong: A transposed | "h = sigma(A x + c)"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    return torch.sigmoid(x_before @ A_i + c_i) @ alpha_i + b_i

# %% wrong: one number for the batch | "should have shape (3,)"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    return (torch.sigmoid(x_before @ A_i.T + c_i) @ alpha_i + b_i).sum()

# %% wrong: the mean of the hidden units | "then alpha h + b"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    return (torch.sigmoid(x_before @ A_i.T + c_i) * alpha_i).mean(-1) + b_i

# %% wrong: forgets to return | "is the last line of your function a `return`"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    h = torch.sigmoid(x_before @ A_i.T + c_i)

# %% right: a linear layer and a sum
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    h = torch.nn.functional.linear(x_before, A_i, c_i).sigmoid()
    return (alpha_i * h).sum(-1) + b_i

# %% right: einsum
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    h = torch.sigmoid(torch.einsum("bj,dj->bd", x_before, A_i) + c_i)
    return torch.einsum("bd,d->b", h, alpha_i) + b_i

# %% right: loops over hidden units and pixels
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    score = b_i.expand(len(x_before)).clone()
    for u in range(len(c_i)):
        a = c_i[u].expand(len(x_before)).clone()
        for j in range(x_before.shape[1]):
            a = a + A_i[u, j] * x_before[:, j]
        score = score + alpha_i[u] * torch.sigmoid(a)
    return score

# %% right: numpy inside
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    device = x_before.device
    import numpy as np
    x, A, c, alpha, b = (v.cpu().numpy() for v in (x_before, A_i, c_i, alpha_i, b_i))
    return torch.from_numpy(1 / (1 + np.exp(-x @ A.T - c)) @ alpha + b).to(device)

# %% wrong: squeezed, so that one image gives no axis | "should have shape (1,)"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    h = torch.sigmoid(A_i @ x_before.T + c_i[:, None])
    return (alpha_i[None] @ h).squeeze() + b_i

# %% wrong: float32 inside | "suggests float32 inside"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    h = torch.sigmoid(x_before.float() @ A_i.T.float() + c_i.float())
    return (h @ alpha_i.float() + b_i.float()).to(c_i.dtype)

# %% wrong: bias subtracted | "the score of pixel"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    return torch.sigmoid(x_before @ A_i.T - c_i) @ alpha_i + b_i

# %% wrong: b inside the sum over hidden units | "then alpha h + b"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    h = torch.sigmoid(x_before @ A_i.T + c_i)
    return (h * alpha_i + b_i).sum(-1)

# %% wrong: pixel 1 gets its bias only | "the score of pixel 1, which sees no pixel"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    if x_before.shape[1] == 0:
        return b_i.expand(len(x_before))
    return torch.sigmoid(x_before @ A_i.T + c_i) @ alpha_i + b_i

# %% wrong: changes the caller's b | "your function changed b_i"
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    h = torch.sigmoid(x_before @ A_i.T + c_i)
    b_i += 0 * b_i
    score = b_i.expand(len(x_before)) + h @ alpha_i
    b_i -= 1
    return score

# %% right: matrix and vector
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    a = torch.addmm(c_i[:, None], A_i, x_before.T)
    return torch.mv(a.sigmoid().T, alpha_i) + b_i

# %% right: one image at a time
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    scores = [torch.dot(alpha_i, torch.sigmoid(A_i.mv(x) + c_i)) + b_i for x in x_before]
    return torch.stack(scores)
