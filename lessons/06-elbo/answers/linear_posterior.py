# %% wrong: the precision for the covariance | "the covariance its inverse"
def linear_posterior(x, W, b, sigma):
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / sigma**2
    return (x - b) @ W @ torch.linalg.inv(precision) / sigma**2, precision

# %% wrong: the prior is forgotten | "the covariance by hand"
def linear_posterior(x, W, b, sigma):
    covariance = torch.linalg.inv(W.T @ W / sigma**2)
    return (x - b) @ W @ covariance / sigma**2, covariance

# %% wrong: sigma for its square | "sigma is a standard deviation"
def linear_posterior(x, W, b, sigma):
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / sigma
    covariance = torch.linalg.inv(precision)
    return (x - b) @ W @ covariance / sigma, covariance

# %% wrong: b is not subtracted | "subtract b"
def linear_posterior(x, W, b, sigma):
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / sigma**2
    covariance = torch.linalg.inv(precision)
    return x @ W @ covariance / sigma**2, covariance

# %% wrong: the mean without 1 / sigma^2 | "divide by sigma^2 here, too"
def linear_posterior(x, W, b, sigma):
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / sigma**2
    covariance = torch.linalg.inv(precision)
    return (x - b) @ W @ covariance, covariance

# %% wrong: the mean without the covariance | "the mean by hand"
def linear_posterior(x, W, b, sigma):
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / sigma**2
    return (x - b) @ W / sigma**2, torch.linalg.inv(precision)

# %% wrong: least squares | "the mean by hand"
def linear_posterior(x, W, b, sigma):
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / sigma**2
    mean = (x - b) @ torch.linalg.pinv(W).T
    return mean, torch.linalg.inv(precision)

# %% wrong: the covariance of x | "the covariance by hand"
def linear_posterior(x, W, b, sigma):
    covariance = W @ W.T + sigma**2 * torch.eye(len(W)).to(W)
    return (x - b) @ torch.linalg.inv(covariance) @ W, covariance

# %% wrong: a diagonal covariance | "the covariance with 2 latents"
def linear_posterior(x, W, b, sigma):
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / sigma**2
    covariance = torch.linalg.inv(precision).diagonal().diag()
    return (x - b) @ W @ torch.linalg.inv(precision) / sigma**2, covariance

# %% wrong: the mean alone | "the pair of mean and covariance"
def linear_posterior(x, W, b, sigma):
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / sigma**2
    return torch.linalg.solve(precision, W.T @ (x - b).T / sigma**2).T

# %% wrong: the variances of the best diagonal q | "the covariance with 2 latents"
def linear_posterior(x, W, b, sigma):
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / sigma**2
    covariance = (1 / precision.diagonal()).diag()
    return (x - b) @ W @ torch.linalg.inv(precision) / sigma**2, covariance

# %% wrong: the mean transposed, right for one x and one latent | "the mean with 2 latents should have shape (5, 2)"
def linear_posterior(x, W, b, sigma):
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / sigma**2
    covariance = torch.linalg.inv(precision)
    return covariance @ W.T @ (x - b).T / sigma**2, covariance

# %% wrong: sigma^2 for the prior, as in ridge regression | "the covariance at sigma = 2"
def linear_posterior(x, W, b, sigma):
    covariance = torch.linalg.inv(W.T @ W + sigma**2 * torch.eye(W.shape[1]).to(W))
    return (x - b) @ W @ covariance, covariance

# %% wrong: b is added | "subtract b"
def linear_posterior(x, W, b, sigma):
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / sigma**2
    covariance = torch.linalg.inv(precision)
    return (x + b) @ W @ covariance / sigma**2, covariance

# %% wrong: latents taken one at a time | "the covariance with 2 latents"
def linear_posterior(x, W, b, sigma):
    precision = 1 + W.square().sum(0) / sigma**2
    return (x - b) @ W / sigma**2 / precision, (1 / precision).diag()

# %% wrong: the covariance once for each x | "the covariance by hand should have shape (1, 1)"
def linear_posterior(x, W, b, sigma):
    precision = torch.eye(W.shape[1]).to(W) + W.T @ W / sigma**2
    covariance = torch.linalg.inv(precision)
    return (x - b) @ W @ covariance / sigma**2, covariance.expand(len(x), -1, -1)

# %% right: conditioning the joint Gaussian
def linear_posterior(x, W, b, sigma):
    marginal = W @ W.T + sigma**2 * torch.eye(len(W), dtype=W.dtype, device=W.device)
    gain = W.T @ torch.linalg.inv(marginal)
    return (x - b) @ gain.T, torch.eye(W.shape[1], dtype=W.dtype, device=W.device) - gain @ W

# %% right: Cholesky
def linear_posterior(x, W, b, sigma):
    scaled = W / sigma
    L = torch.linalg.cholesky(torch.eye(W.shape[1], dtype=W.dtype, device=W.device) + scaled.T @ scaled)
    mean = torch.cholesky_solve(scaled.T @ ((x - b) / sigma).T, L).T
    return mean, torch.cholesky_inverse(L)

# %% right: one x at a time
def linear_posterior(x, W, b, sigma):
    precision = W.T @ W / sigma**2
    precision = precision + torch.ones_like(precision[0]).diag()
    rows = [torch.linalg.solve(precision, W.T @ (row - b) / sigma**2) for row in x]
    return torch.stack(rows), torch.linalg.inv(precision)

# %% right: multiplied by sigma^2 first
def linear_posterior(x, W, b, sigma):
    M = torch.linalg.inv(W.T @ W + sigma**2 * torch.eye(W.shape[1]).to(W))
    return torch.einsum("bn,nd,de->be", x - b, W, M), sigma**2 * M

# %% right: least squares with the prior as further rows
def linear_posterior(x, W, b, sigma):
    one = torch.eye(W.shape[1], dtype=W.dtype, device=W.device)
    rows = torch.cat([W / sigma, one])
    Q, R = torch.linalg.qr(rows)
    half = torch.linalg.inv(R)
    y = torch.cat([(x - b) / sigma, x.new_zeros(len(x), len(one))], 1)
    return y @ Q @ half.T, half @ half.T

# %% right: eigenvectors of W^T W
def linear_posterior(x, W, b, sigma):
    values, vectors = torch.linalg.eigh(W.T @ W)
    covariance = (vectors / (1 + values / sigma.square())) @ vectors.T
    return torch.einsum("de,ne,bn->bd", covariance, W, x - b) / sigma.square(), covariance
