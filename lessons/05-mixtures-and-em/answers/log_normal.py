# %% wrong: half the log-determinant halved again | "half of log det Sigma is the sum of log L_ii"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - half / 2 - x.shape[1] / 2 * math.log(2 * math.pi)

# %% wrong: the log-determinant doubled | "half of log det Sigma is the sum of log L_ii"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - 2 * half - x.shape[1] / 2 * math.log(2 * math.pi)

# %% wrong: 2 pi only once, whatever n | "-|y|^2 / 2 - sum log L_ii - n / 2 log 2 pi"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - half - 1.0 * math.log(2 * math.pi)

# %% wrong: half a log 2 pi | "has the power n / 2"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - half - 0.5 * math.log(2 * math.pi)

# %% wrong: no 2 pi | "has the power n / 2"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - half

# %% wrong: Sigma where its inverse belongs | "take half of the square of y"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = (L.mT @ d[..., None])[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - half - x.shape[1] / 2 * math.log(2 * math.pi)

# %% wrong: L transposed | "take half of the square of y"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L.mT, d[..., None], upper=True)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - half - x.shape[1] / 2 * math.log(2 * math.pi)

# %% wrong: no solve | "take half of the square of y"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = d
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - half - x.shape[1] / 2 * math.log(2 * math.pi)

# %% wrong: the square is not halved | "take half of the square of y"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) - half - x.shape[1] / 2 * math.log(2 * math.pi)

# %% wrong: only the variances | "half of log det Sigma"
def log_normal(x, means, covariances):
    v = covariances.diagonal(dim1=1, dim2=2)
    d = x[:, None] - means
    return (-(d**2) / v / 2 - v.log() / 2 - math.log(2 * math.pi) / 2).sum(-1)

# %% wrong: the determinant rounds to 0 | "sum the logarithms of L_ii"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = torch.det(covariances).log() / 2
    return -(y**2).sum(-1) / 2 - half - x.shape[1] / 2 * math.log(2 * math.pi)

# %% wrong: the transposed table | "should have shape (3, 2)"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return (-(y**2).sum(-1) / 2 - half - x.shape[1] / 2 * math.log(2 * math.pi)).T

# %% wrong: the first component for all | "log N"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances[:1].expand_as(covariances))
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - half - x.shape[1] / 2 * math.log(2 * math.pi)

# %% wrong: a density | "log N at the mean"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return (-(y**2).sum(-1) / 2 - half - x.shape[1] / 2 * math.log(2 * math.pi)).exp()

# %% wrong: regularised | "log N"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances + 1e-3 * torch.eye(x.shape[1], dtype=x.dtype))
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - half - x.shape[1] / 2 * math.log(2 * math.pi)

# %% right: PyTorch's multivariate normal
def log_normal(x, means, covariances):
    gaussians = torch.distributions.MultivariateNormal(means, covariances)
    return gaussians.log_prob(x[:, None])

# %% right: inverse and logdet
def log_normal(x, means, covariances):
    d = x[:, None] - means
    square = torch.einsum("bki,kij,bkj->bk", d, torch.linalg.inv(covariances), d)
    return -0.5 * (square + torch.linalg.slogdet(covariances)[1] + x.shape[1] * math.log(2 * math.pi))

# %% right: a loop over components
def log_normal(x, means, covariances):
    columns = []
    for m, S in zip(means, covariances):
        L = torch.linalg.cholesky(S)
        y = torch.linalg.solve_triangular(L, (x - m).T, upper=False)
        c = L.diagonal().log().sum() + x.shape[1] * math.log(2 * math.pi) / 2
        columns.append(-0.5 * (y * y).sum(0) - c)
    return torch.stack(columns, 1)

# %% right: cholesky_solve
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = (x - means[:, None]).mT
    square = (d * torch.cholesky_solve(d, L)).sum(1)
    half = torch.diagonal(L, dim1=-2, dim2=-1).log().sum(-1)
    return (-square / 2 - half[:, None] - x.shape[1] / 2 * math.log(2 * math.pi)).T

# %% right: float64 inside, eigenvalues
def log_normal(x, means, covariances):
    v, U = torch.linalg.eigh(covariances.double())
    d = (x[:, None] - means).double()
    y = torch.einsum("kij,bki->bkj", U, d)
    log_p = -(y**2 / v).sum(-1) / 2 - v.log().sum(-1) / 2
    return (log_p - x.shape[1] / 2 * math.log(2 * math.pi)).to(x.dtype)

# %% wrong: K for n | "n / 2 log 2 pi"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - half - len(means) / 2 * math.log(2 * math.pi)

# %% wrong: a jitter on the diagonal | "nothing is added to Sigma"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances + 1e-6 * torch.eye(x.shape[1], dtype=x.dtype))
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - half - x.shape[1] / 2 * math.log(2 * math.pi)

# %% wrong: the product of the diagonal of L rounds to 0 | "sum the logarithms of L_ii"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).prod(1).log()
    return -(y**2).sum(-1) / 2 - half - x.shape[1] / 2 * math.log(2 * math.pi)

# %% wrong: the logarithm of the density rounds to 0 | "log N"
def log_normal(x, means, covariances):
    d = x[:, None] - means
    square = torch.einsum("bki,kij,bkj->bk", d, covariances.inverse(), d)
    return ((-square / 2).exp() / ((2 * math.pi) ** x.shape[1] * covariances.det()).sqrt()).log()

# %% wrong: the length of y, not its square | "half of the square of y"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -y.norm(dim=-1) / 2 - half - x.shape[1] / 2 * math.log(2 * math.pi)

# %% wrong: log det for all components together | "log det Sigma is 0"
def log_normal(x, means, covariances):
    L = torch.linalg.cholesky(covariances)
    d = x[:, None] - means
    y = torch.linalg.solve_triangular(L, d[..., None], upper=False)[..., 0]
    half = L.diagonal(dim1=1, dim2=2).log().sum(1)
    return -(y**2).sum(-1) / 2 - half.sum() - x.shape[1] / 2 * math.log(2 * math.pi)

# %% right: a factor for each component, by torch's distribution
def log_normal(x, means, covariances):
    columns = []
    for k in range(len(means)):
        L = torch.linalg.cholesky(covariances[k])
        columns.append(torch.distributions.MultivariateNormal(means[k], scale_tril=L).log_prob(x))
    return torch.stack(columns, dim=-1)

# %% right: numpy inside, a point at a time
def log_normal(x, means, covariances):
    import numpy as np
    X, M, S = (v.double().numpy() for v in (x, means, covariances))
    out = np.empty((len(X), len(M)))
    for k in range(len(M)):
        log_det = np.linalg.slogdet(2 * np.pi * S[k])[1]
        for b in range(len(X)):
            d = X[b] - M[k]
            out[b, k] = -0.5 * (d @ np.linalg.solve(S[k], d) + log_det)
    return torch.from_numpy(out).to(x)

# %% right: the inverse of L
def log_normal(x, means, covariances):
    W = torch.linalg.inv(torch.linalg.cholesky(covariances))
    y = torch.einsum("kij,bkj->bki", W, x[:, None] - means)
    log_p = torch.distributions.Normal(0.0, 1.0).log_prob(y).sum(-1)
    return log_p + torch.diagonal(W, dim1=-2, dim2=-1).log().sum(-1)
