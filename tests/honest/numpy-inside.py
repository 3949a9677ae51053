# has: answers that work in numpy and in float64 inside.

# %% extra after @3
import numpy as np
np.set_printoptions(precision=3)

# %% answer fvsbn_logits
def fvsbn_logits(x, alpha_0, alpha):
    z = x.numpy().astype(np.float64) @ np.tril(alpha.numpy(), -1).T.astype(np.float64)
    return (alpha_0.double() + torch.from_numpy(z)).to(x.dtype)

# %% answer log_bernoulli
def log_bernoulli(x, logits):
    z = np.where(x.numpy() == 1, logits.numpy(), -logits.numpy())
    return torch.from_numpy(-np.logaddexp(0, -z).sum(1))

# %% answer untied_logit
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    h = torch.sigmoid(x_before.double() @ A_i.double().T + c_i.double())
    return (h @ alpha_i.double() + b_i.double()).to(c_i.dtype)

# %% answer nade_logits
def nade_logits(x, W, c, alpha, b):
    x, W, c, alpha, b = (np.asarray(v) for v in (x, W, c, alpha, b))
    out, a = np.empty_like(x), np.tile(c, (len(x), 1))
    for i in range(x.shape[1]):
        out[:, i] = (1 / (1 + np.exp(-a))) @ alpha[i] + b[i]
        a = a + x[:, i:i + 1] * W[:, i]
    return torch.tensor(out)
