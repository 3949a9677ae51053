# %% wrong: the transpose of the root | "on which side of a row does it stand?"
def correlate(mean, Sigma, eps):
    return mean + eps @ torch.linalg.cholesky(Sigma)

# %% wrong: the covariance for its root | "which matrix times its transpose is Sigma"
def correlate(mean, Sigma, eps):
    return mean + eps @ Sigma

# %% wrong: only the diagonal | "the covariance of z is biased"
def correlate(mean, Sigma, eps):
    return mean + Sigma.diagonal().sqrt() * eps

# %% wrong: the root of each entry | "which matrix times its transpose is Sigma"
def correlate(mean, Sigma, eps):
    return mean + eps @ Sigma.sqrt()

# %% wrong: the mean forgotten | "is the mean added once?"
def correlate(mean, Sigma, eps):
    return eps @ torch.linalg.cholesky(Sigma).T

# %% wrong: the inverse root | "which matrix times its transpose is Sigma"
def correlate(mean, Sigma, eps):
    return mean + eps @ torch.linalg.cholesky(Sigma).inverse()

# %% wrong: all samples alike | "is biased"
def correlate(mean, Sigma, eps):
    return mean + eps[:1].expand_as(eps) @ torch.linalg.cholesky(Sigma).T

# %% wrong: the gradient cut off | "no gradient passes to Sigma"
def correlate(mean, Sigma, eps):
    return mean + eps @ torch.linalg.cholesky(Sigma.detach()).T

# %% wrong: twice the mean | "is the mean added once?"
def correlate(mean, Sigma, eps):
    return 2 * mean + eps @ torch.linalg.cholesky(Sigma).T

# %% wrong: eigenvalues without their root | "the covariance of z is biased"
def correlate(mean, Sigma, eps):
    values, vectors = torch.linalg.eigh(Sigma)
    return mean + eps @ (vectors * values).T

# %% wrong: the root of a 2 x 2 matrix only | "z for d = 3, k = 3 should have shape (3, 3)"
def correlate(mean, Sigma, eps):
    a, c = Sigma[0, 0].sqrt(), Sigma[-1, 0] / Sigma[0, 0].sqrt()
    low = (Sigma[-1, -1] - c**2).abs().sqrt()
    return torch.stack([mean[0] + a * eps[:, 0], mean[-1] + c * eps[:, 0] + low * eps[:, -1]], 1)

# %% wrong: the correlation for the covariance | "the covariance of z is biased"
def correlate(mean, Sigma, eps):
    std = Sigma.diagonal().sqrt()
    return mean + eps @ torch.linalg.cholesky(Sigma / (std[:, None] * std)).T

# %% wrong: the mean goes through the root as well | "is the mean added once?"
def correlate(mean, Sigma, eps):
    return (mean + eps) @ torch.linalg.cholesky(Sigma).T

# %% wrong: torch draws by itself | "the covariance of z"
def correlate(mean, Sigma, eps):
    return MultivariateNormal(mean, Sigma).rsample((len(eps),))

# %% right: torch.distributions' root
def correlate(mean, Sigma, eps):
    L = MultivariateNormal(mean, Sigma).scale_tril
    return mean + (L @ eps.T).T

# %% right: the symmetric root
def correlate(mean, Sigma, eps):
    values, vectors = torch.linalg.eigh(Sigma)
    return mean + eps @ (vectors * values.sqrt()) @ vectors.T

# %% right: an upper root, one sample at a time
def correlate(mean, Sigma, eps):
    U = torch.linalg.cholesky(Sigma, upper=True)
    return torch.stack([mean + U.T @ noise for noise in eps])

# %% right: einsum
def correlate(mean, Sigma, eps):
    L = torch.linalg.cholesky(Sigma)
    return mean + torch.einsum("ij,kj->ki", L, eps)

# %% right: Cholesky by hand
def correlate(mean, Sigma, eps):
    d, rows = len(mean), []
    for i in range(d):
        row = []
        for j in range(i + 1):
            rest = Sigma[i, j] - sum(row[m] * (rows[j][m] if j < i else row[m]) for m in range(j))
            row.append(rest.sqrt() if i == j else rest / rows[j][j])
        rows.append(row)
    columns = [sum(rows[i][j] * eps[:, j] for j in range(i + 1)) for i in range(d)]
    return mean + torch.stack(columns, 1)

# %% right: singular values
def correlate(mean, Sigma, eps):
    U, S, _ = torch.linalg.svd(Sigma)
    return mean + eps @ torch.diag(S.sqrt()) @ U.T

# %% right: one column of z at a time
def correlate(mean, Sigma, eps):
    L = torch.linalg.cholesky(Sigma)
    return torch.stack([mean[i] + (eps * L[i]).sum(1) for i in range(len(mean))], dim=1)
