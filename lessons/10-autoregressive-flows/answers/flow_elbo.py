# %% wrong: the sign of the log-determinants | "every stretch LOWERS log q"
def elbo_terms(eps, z, log_dets, log_joint):
    log_base = Normal(0.0, 1.0).log_prob(eps).sum(1)
    return log_joint - (log_base + log_dets.sum(0))

# %% wrong: the base density at z | "base density at eps"
def elbo_terms(eps, z, log_dets, log_joint):
    log_base = Normal(0.0, 1.0).log_prob(z).sum(1)
    return log_joint - (log_base - log_dets.sum(0))

# %% wrong: log-determinants summed over the batch too | "sum over layers, not over rows"
def elbo_terms(eps, z, log_dets, log_joint):
    log_base = Normal(0.0, 1.0).log_prob(eps).sum(1)
    return log_joint - (log_base - log_dets.sum() / (len(eps) if log_dets.std() < 1e-9 else 1))

# %% wrong: log-determinants summed over the batch, plainly | "the summands of the example by hand"
def elbo_terms(eps, z, log_dets, log_joint):
    log_base = Normal(0.0, 1.0).log_prob(eps).sum(1)
    return log_joint - (log_base - log_dets.sum())

# %% wrong: the entropy forgotten | "so each is log p(x)"
def elbo_terms(eps, z, log_dets, log_joint):
    return log_joint

# %% wrong: the base forgotten | "so each is log p(x)"
def elbo_terms(eps, z, log_dets, log_joint):
    return log_joint + log_dets.sum(0)

# %% wrong: the log-determinants forgotten | "so each is log p(x)"
def elbo_terms(eps, z, log_dets, log_joint):
    return log_joint - Normal(0.0, 1.0).log_prob(eps).sum(1)

# %% wrong: the mean over the layers | "the summands of the example by hand"
def elbo_terms(eps, z, log_dets, log_joint):
    log_base = Normal(0.0, 1.0).log_prob(eps).sum(1)
    return log_joint - (log_base - log_dets.mean(0))

# %% wrong: only the last layer | "the summands of the example by hand"
def elbo_terms(eps, z, log_dets, log_joint):
    log_base = Normal(0.0, 1.0).log_prob(eps).sum(1)
    return log_joint - (log_base - log_dets[-1])

# %% wrong: the mean over the draws | "should have shape (6,), but it has shape ()"
def elbo_terms(eps, z, log_dets, log_joint):
    log_base = Normal(0.0, 1.0).log_prob(eps).sum(1)
    return (log_joint - (log_base - log_dets.sum(0))).mean()

# %% wrong: the constant of the normal | "the summands of the example by hand"
def elbo_terms(eps, z, log_dets, log_joint):
    return log_joint - (-(eps**2).sum(1) / 2 - log_dets.sum(0))

# %% wrong: the constant once for n entries | "log N(eps; 0, I)"
def elbo_terms(eps, z, log_dets, log_joint):
    log_base = -((eps**2).sum(1) + math.log(2 * math.pi)) / 2
    return log_joint - (log_base - log_dets.sum(0))

# %% wrong: log q added | "the summands of the example by hand"
def elbo_terms(eps, z, log_dets, log_joint):
    log_base = Normal(0.0, 1.0).log_prob(eps).sum(1)
    return log_joint + (log_base - log_dets.sum(0))

# %% wrong: a mean over the rows' entropies | "what a stretch of the first two rows alone adds"
def elbo_terms(eps, z, log_dets, log_joint):
    log_base = Normal(0.0, 1.0).log_prob(eps).sum(1)
    return log_joint - (log_base - log_dets.sum(0).mean())

# %% wrong: the constant of the example | "each row has its own"
def elbo_terms(eps, z, log_dets, log_joint):
    return torch.full_like(log_joint, -0.5 * math.log(4 * math.pi) - 1)

# %% wrong: log q alone | "so each is log p(x)"
def elbo_terms(eps, z, log_dets, log_joint):
    return Normal(0.0, 1.0).log_prob(eps).sum(1) - log_dets.sum(0)

# %% wrong: the loss, not the bound | "the summands of the example by hand"
def elbo_terms(eps, z, log_dets, log_joint):
    return Normal(0.0, 1.0).log_prob(eps).sum(1) - log_dets.sum(0) - log_joint

# %% wrong: the mean over the entries | "log N(eps; 0, I)"
def elbo_terms(eps, z, log_dets, log_joint):
    return log_joint - (Normal(0.0, 1.0).log_prob(eps).mean(1) - log_dets.sum(0))

# %% wrong: the entries' log densities not added up | "should have shape (6,), but it has shape (6, 6)"
def elbo_terms(eps, z, log_dets, log_joint):
    return log_joint - (Normal(0.0, 1.0).log_prob(eps) - log_dets.sum(0))

# %% wrong: determinants multiply, their logarithms do not | "every stretch LOWERS log q"
def elbo_terms(eps, z, log_dets, log_joint):
    return log_joint - (Normal(0.0, 1.0).log_prob(eps).sum(1) - log_dets.prod(0))

# %% right: Independent
def elbo_terms(eps, z, log_dets, log_joint):
    base = torch.distributions.Independent(Normal(torch.zeros_like(eps), torch.ones_like(eps)), 1)
    return log_joint - base.log_prob(eps) + torch.sum(log_dets, dim=0)

# %% right: layer by layer
def elbo_terms(eps, z, log_dets, log_joint):
    log_q = -0.5 * torch.einsum("bi,bi->b", eps, eps) - eps.shape[1] * 0.5 * math.log(2 * math.pi)
    for layer in log_dets:
        log_q = log_q - layer
    return log_joint - log_q

# %% right: a multivariate normal
def elbo_terms(eps, z, log_dets, log_joint):
    n = eps.shape[1]
    eye = torch.eye(n, dtype=eps.dtype, device=eps.device)
    base = torch.distributions.MultivariateNormal(eye[0] * 0, eye)
    return log_joint - (base.log_prob(eps) - log_dets.sum(0))

# %% wrong: row by row in Python | "no gradient passes through your function"
def elbo_terms(eps, z, log_dets, log_joint):
    out = []
    for r in range(len(eps)):
        base = sum(-float(e) ** 2 / 2 - math.log(2 * math.pi) / 2 for e in eps[r])
        out.append(float(log_joint[r]) - base + sum(float(d) for d in log_dets[:, r]))
    return torch.tensor(out, dtype=eps.dtype)

# %% wrong: numpy | "no gradient passes through your function"
def elbo_terms(eps, z, log_dets, log_joint):
    import numpy as np

    e = eps.detach().numpy()
    base = -0.5 * (e**2 + np.log(2 * np.pi)).sum(axis=1)
    out = log_joint.detach().numpy() - base + log_dets.detach().numpy().sum(axis=0)
    return torch.from_numpy(out.astype(e.dtype))

# %% wrong: log q held fixed | "the gradient of the result for eps"
def elbo_terms(eps, z, log_dets, log_joint):
    log_q = Normal(0.0, 1.0).log_prob(eps).sum(1) - log_dets.sum(0)
    return log_joint - log_q.detach()
