# %% wrong: the determinant not inverted | "is log |det A| taken off once a row"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return Normal(0.0, 1.0).log_prob(z).sum(1) + torch.linalg.slogdet(A).logabsdet

# %% wrong: no absolute value | "contains NaN or infinity"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return Normal(0.0, 1.0).log_prob(z).sum(1) - torch.logdet(A)

# %% wrong: the density of the noise at x | "is it taken at z = f^-1(x)"
def linear_log_prob(x, A, b):
    return Normal(0.0, 1.0).log_prob(x).sum(1) - torch.linalg.slogdet(A).logabsdet

# %% wrong: the map applied once more, not undone | "is it taken at z = f^-1(x)"
def linear_log_prob(x, A, b):
    z = x @ A.T + b
    return Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(A).logabsdet

# %% wrong: the log-determinant summed over the batch | "taken off once a row"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return Normal(0.0, 1.0).log_prob(z).sum(1) - len(x) * torch.linalg.slogdet(A).logabsdet

# %% wrong: the shift forgotten | "is it taken at z = f^-1(x)"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A, x.T).T
    return Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(A).logabsdet

# %% wrong: rows solved with the transpose | "is it taken at z = f^-1(x)"
def linear_log_prob(x, A, b):
    z = (x - b) @ torch.linalg.inv(A)
    return Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(A).logabsdet

# %% wrong: the shift undone after the matrix | "is it taken at z = f^-1(x)"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A, x.T).T - b
    return Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(A).logabsdet

# %% wrong: one number for the batch | "should have shape (2,)"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return Normal(0.0, 1.0).log_prob(z).sum() - torch.linalg.slogdet(A).logabsdet

# %% wrong: one number an entry | "should have shape (2,)"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return Normal(0.0, 1.0).log_prob(z) - torch.linalg.slogdet(A).logabsdet

# %% wrong: the determinant of the diagonal alone | "contains NaN or infinity"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return Normal(0.0, 1.0).log_prob(z).sum(1) - A.diagonal().abs().log().sum()

# %% wrong: the constant of the plane, hard-coded | "is n / 2 log 2 pi the constant?"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return -(z**2).sum(1) / 2 - math.log(2 * math.pi) - torch.linalg.slogdet(A).logabsdet

# %% wrong: the absolute value of the logarithm | "with that of the logarithm"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(A).logabsdet.abs()

# %% wrong: the determinant of the covariance for its root | "is log |det A| taken off once a row"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return Normal(0.0, 1.0).log_prob(z).sum(1) - torch.logdet(A @ A.T)

# %% wrong: A^T A for the covariance | "is it taken at z = f^-1(x)"
def linear_log_prob(x, A, b):
    return MultivariateNormal(b, A.T @ A).log_prob(x)

# %% wrong: one row only | "should have shape (2,)"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A, x[0] - b)
    return Normal(0.0, 1.0).log_prob(z).sum() - torch.linalg.slogdet(A).logabsdet

# %% wrong: float32 inside | "so small a difference suggests float32 inside"
def linear_log_prob(x, A, b):
    z = torch.linalg.solve(A.float(), (x - b).float().T).T
    return (Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(A.float()).logabsdet).to(x.dtype)

# %% right: a Gaussian with covariance A A^T
def linear_log_prob(x, A, b):
    return MultivariateNormal(b, A @ A.T).log_prob(x)

# %% right: the inverse matrix and its own determinant
def linear_log_prob(x, A, b):
    W = torch.linalg.inv(A)
    z = torch.einsum("ij,bj->bi", W, x - b)
    log_p = -(z**2).sum(1) / 2 - x.shape[1] * math.log(2 * math.pi) / 2
    return log_p + torch.det(W).abs().log()

# %% right: row by row
def linear_log_prob(x, A, b):
    found = []
    for row in x:
        z = torch.linalg.solve(A, row - b)
        found.append(Normal(0.0, 1.0).log_prob(z).sum() - torch.det(A).abs().log())
    return torch.stack(found)

# %% right: numpy inside
def linear_log_prob(x, A, b):
    import numpy as np

    z = np.linalg.solve(A.numpy(), (x - b).numpy().T)
    log_p = -(z**2).sum(0) / 2 - len(z) * np.log(2 * np.pi) / 2 - np.linalg.slogdet(A.numpy())[1]
    return torch.from_numpy(log_p).to(x.dtype)

# %% right: a rotation and a triangle
def linear_log_prob(x, A, b):
    Q, R = torch.linalg.qr(A)
    z = torch.linalg.solve_triangular(R, Q.T @ (x - b).T, upper=True)
    return Normal(0.0, 1.0).log_prob(z).sum(0) - R.diagonal().abs().log().sum()

# %% right: singular values
def linear_log_prob(x, A, b):
    U, S, _ = torch.linalg.svd(A)
    turned = (x - b) @ U / S
    return -(turned.square() + math.log(2 * math.pi)).sum(1) / 2 - S.log().sum()
