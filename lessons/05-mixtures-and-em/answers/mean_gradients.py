# %% wrong: softmax over the points | "softmax over the components"
def mean_gradients(x, log_joint, means, covariances):
    r = torch.softmax(log_joint, 0)
    apart = x[:, None] - means
    pull = torch.linalg.solve(covariances, apart[..., None])[..., 0]
    return r[..., None] * pull

# %% wrong: no responsibilities | "softmax over the components"
def mean_gradients(x, log_joint, means, covariances):
    apart = x[:, None] - means
    return torch.linalg.solve(covariances, apart[..., None])[..., 0]

# %% wrong: weighted by the joint | "softmax over the components"
def mean_gradients(x, log_joint, means, covariances):
    apart = x[:, None] - means
    pull = torch.linalg.solve(covariances, apart[..., None])[..., 0]
    return log_joint.exp()[..., None] * pull

# %% wrong: points away from the point | "then the pull towards the point"
def mean_gradients(x, log_joint, means, covariances):
    r = torch.softmax(log_joint, 1)
    apart = means - x[:, None]
    pull = torch.linalg.solve(covariances, apart[..., None])[..., 0]
    return r[..., None] * pull

# %% wrong: times the covariance | "solve with the whole covariance"
def mean_gradients(x, log_joint, means, covariances):
    r = torch.softmax(log_joint, 1)
    apart = x[:, None] - means
    return r[..., None] * torch.einsum("kij,bkj->bki", covariances, apart)

# %% wrong: the diagonal alone | "solve with the whole covariance"
def mean_gradients(x, log_joint, means, covariances):
    r = torch.softmax(log_joint, 1)
    variances = covariances.diagonal(dim1=1, dim2=2)
    return r[..., None] * (x[:, None] - means) / variances

# %% wrong: no covariance | "solve with the whole covariance"
def mean_gradients(x, log_joint, means, covariances):
    r = torch.softmax(log_joint, 1)
    return r[..., None] * (x[:, None] - means)

# %% wrong: solves with the Cholesky factor once | "solve with the whole covariance"
def mean_gradients(x, log_joint, means, covariances):
    r = torch.softmax(log_joint, 1)
    L = torch.linalg.cholesky(covariances)
    apart = (x[:, None] - means)[..., None]
    pull = torch.linalg.solve_triangular(L, apart, upper=False)
    return r[..., None] * pull[..., 0]

# %% wrong: summed over the points | "should have shape"
def mean_gradients(x, log_joint, means, covariances):
    r = torch.softmax(log_joint, 1)
    apart = x[:, None] - means
    pull = torch.linalg.solve(covariances, apart[..., None])[..., 0]
    return (r[..., None] * pull).sum(0)

# %% wrong: exp rounds to 0 | "contain NaN or infinity"
def mean_gradients(x, log_joint, means, covariances):
    p = log_joint.exp()
    r = p / p.sum(1, keepdim=True)
    apart = x[:, None] - means
    pull = torch.linalg.solve(covariances, apart[..., None])[..., 0]
    return r[..., None] * pull

# %% wrong: the likeliest component takes all | "gradients at x = 0"
def mean_gradients(x, log_joint, means, covariances):
    K = log_joint.shape[1]
    r = torch.nn.functional.one_hot(log_joint.argmax(1), K).to(x.dtype)
    apart = x[:, None] - means
    pull = torch.linalg.solve(covariances, apart[..., None])[..., 0]
    return r[..., None] * pull

# %% wrong: divided by the number of points | "gradients at x = 0"
def mean_gradients(x, log_joint, means, covariances):
    r = torch.softmax(log_joint, 1)
    apart = x[:, None] - means
    pull = torch.linalg.solve(covariances, apart[..., None])[..., 0]
    return r[..., None] * pull / len(x)

# %% wrong: takes equal weights and ignores log_joint | "r sums to one over the components"
def mean_gradients(x, log_joint, means, covariances):
    normal = torch.distributions.MultivariateNormal(means, covariances)
    r = torch.softmax(normal.log_prob(x[:, None]), 1)
    apart = x[:, None] - means
    pull = torch.linalg.solve(covariances, apart[..., None])[..., 0]
    return r[..., None] * pull

# %% wrong: divided by N_k, an M-step | "softmax over the components"
def mean_gradients(x, log_joint, means, covariances):
    r = torch.softmax(log_joint, 1)
    r = r / r.sum(0)
    apart = x[:, None] - means
    pull = torch.linalg.solve(covariances, apart[..., None])[..., 0]
    return r[..., None] * pull

# %% wrong: a factor of two from the square | "softmax over the components"
def mean_gradients(x, log_joint, means, covariances):
    r = torch.softmax(log_joint, 1)
    pull = torch.linalg.solve(covariances, (x[:, None] - means)[..., None])[..., 0]
    return 2 * r[..., None] * pull

# %% wrong: the first covariance for all | "solve with the whole covariance"
def mean_gradients(x, log_joint, means, covariances):
    r = torch.softmax(log_joint, 1)
    return r[..., None] * ((x[:, None] - means) @ torch.linalg.inv(covariances[0]))

# %% right: einsum with the inverse
def mean_gradients(x, log_joint, means, covariances):
    r = (log_joint - log_joint.logsumexp(1, keepdim=True)).exp()
    apart = x[:, None] - means
    inverse = torch.linalg.inv(covariances)
    return torch.einsum("bk,kij,bkj->bki", r, inverse, apart)

# %% right: one component at a time, by Cholesky
def mean_gradients(x, log_joint, means, covariances):
    r, columns = torch.softmax(log_joint, 1), []
    for k in range(len(means)):
        L = torch.linalg.cholesky(covariances[k])
        pull = torch.cholesky_solve((x - means[k]).T, L).T
        columns.append(r[:, k, None] * pull)
    return torch.stack(columns, 1)

# %% right: autograd
def mean_gradients(x, log_joint, means, covariances):
    r, rows = torch.softmax(log_joint, 1), []
    inverse = torch.linalg.inv(covariances)
    with torch.enable_grad():
        for n in range(len(x)):
            mu = means.detach().clone().requires_grad_()
            apart = x[n] - mu
            log_p = -0.5 * torch.einsum("ki,kij,kj->k", apart, inverse, apart)
            rows.append(torch.autograd.grad((r[n].detach() * log_p).sum(), mu)[0])
    return torch.stack(rows)

# %% right: numpy inside
def mean_gradients(x, log_joint, means, covariances):
    device = x.device
    r = torch.softmax(log_joint, 1).cpu().numpy()
    apart = (x[:, None] - means).cpu().numpy()
    inverse = np.linalg.inv(covariances.cpu().numpy())
    pull = (inverse @ apart[..., None])[..., 0]
    return torch.from_numpy(r[..., None] * pull).to(device)

# %% right: everything through autograd with a softmax weight
def mean_gradients(x, log_joint, means, covariances):
    r = torch.softmax(log_joint, 1)
    with torch.enable_grad():
        mu = means.expand(len(x), *means.shape).clone().requires_grad_()
        normal = torch.distributions.MultivariateNormal(mu, covariances.expand(len(x), *covariances.shape))
        (g,) = torch.autograd.grad((r * normal.log_prob(x[:, None])).sum(), mu)
    return g

# %% right: three loops
def mean_gradients(x, log_joint, means, covariances):
    out = torch.zeros(len(x), *means.shape, dtype=x.dtype, device=x.device)
    for b in range(len(x)):
        r = (log_joint[b] - log_joint[b].max()).exp()
        for k in range(len(means)):
            out[b, k] = r[k] / r.sum() * (torch.linalg.inv(covariances[k]) @ (x[b] - means[k]))
    return out
