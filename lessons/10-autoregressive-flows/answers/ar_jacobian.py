# %% wrong: the width taken for a constant | "x_1 moves the mean and the width of x_2"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None]
    return J, -log_sigma.sum(1)

# %% wrong: transposed | "is J transposed?"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None] - z[:, :, None] * C
    return J.transpose(1, 2), -log_sigma.sum(1)

# %% wrong: of the forward map | "J is that of the map from x to z"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None] - z[:, :, None] * C
    return J.inverse(), log_sigma.sum(1)

# %% wrong: the sign of the log-determinant | "mind the sign"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None] - z[:, :, None] * C
    return J, log_sigma.sum(1)

# %% wrong: the determinant, not its logarithm | "log |det J| by hand"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None] - z[:, :, None] * C
    return J, torch.linalg.det(J)

# %% wrong: the width's part with a plus | "both with a minus sign"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None] + z[:, :, None] * C
    return J, -log_sigma.sum(1)

# %% wrong: z_j where z_i belongs | "d z_2 / d x_1 by hand"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None] - z[:, None, :] * C
    return J, -log_sigma.sum(1)

# %% wrong: divided by the width of the column | "is that of x_2"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, None, :] - z[:, :, None] * C
    return J, -log_sigma.sum(1)

# %% wrong: only the diagonal | "d z_2 / d x_1 by hand"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    return torch.diag_embed((-log_sigma).exp()), -log_sigma.sum(1)

# %% wrong: the Jacobian of the first row for all | "each row of x has its own"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None] - z[:, :, None] * C
    return J[:1].expand(J.shape), -log_sigma.sum(1)

# %% wrong: c forgotten | "the diagonal of J by hand"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None] - z[:, :, None] * C
    return J, -log_sigma.sum(1)

# %% right: entry by entry
def ar_jacobian(x, A, C, c):
    batch, n = x.shape
    J = torch.zeros(batch, n, n, dtype=x.dtype, device=x.device)
    sigma = (x @ C.T + c).exp()
    for i in range(n):
        z_i = (x[:, i] - x @ A[i]) / sigma[:, i]
        J[:, i, i] = 1 / sigma[:, i]
        for j in range(i):
            J[:, i, j] = -A[i, j] / sigma[:, i] - z_i * C[i, j]
    return J, -sigma.log().sum(1)

# %% right: autograd
def ar_jacobian(x, A, C, c):
    rows = [torch.autograd.functional.jacobian(
        lambda one: (one - A @ one) / (C @ one + c).exp(), one) for one in x]
    J = torch.stack(rows)
    return J, torch.linalg.slogdet(J).logabsdet

# %% right: diagonal matrices
def ar_jacobian(x, A, C, c):
    narrow = torch.diag_embed((-(x @ C.T + c)).exp())
    eye = torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    z = torch.einsum("bij,bj->bi", narrow, x - x @ A.T)
    J = narrow @ (eye - A) - torch.diag_embed(z) @ C
    return J, J.diagonal(dim1=1, dim2=2).log().sum(-1)

# %% right: einsum
def ar_jacobian(x, A, C, c):
    s = torch.exp(-(torch.einsum("ij,bj->bi", C, x) + c))
    z = s * (x - torch.einsum("ij,bj->bi", A, x))
    J = torch.diag_embed(s) - torch.einsum("bi,ij->bij", s, A) - torch.einsum("bi,ij->bij", z, C)
    return J, s.log().sum(1)

# %% wrong: the width's part divided by sigma once more | "d z_2 / d x_1 by hand"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A - z[:, :, None] * C) / log_sigma.exp()[:, :, None]
    return J, -log_sigma.sum(1)

# %% wrong: x - mu where z belongs | "d z_2 / d x_1 by hand"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None] - (x - x @ A.T)[:, :, None] * C
    return J, -log_sigma.sum(1)

# %% wrong: A and C transposed in the products | "by hand"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None] - z[:, :, None] * C
    return J, -log_sigma.sum(1)

# %% wrong: two entries only | "J of 3 variables"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = torch.diag_embed((-log_sigma).exp())
    J[:, 1, 0] = -A[1, 0] / log_sigma[:, 1].exp() - z[:, 1] * C[1, 0]
    return J, -log_sigma.sum(1)

# %% wrong: only the neighbour below the diagonal | "J of 3 variables"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None] - z[:, :, None] * C
    return J.triu(-1), -log_sigma.sum(1)

# %% wrong: one number for the batch | "one number"
def ar_jacobian(x, A, C, c):
    log_sigma = x @ C.T + c
    z = (x - x @ A.T) * (-log_sigma).exp()
    J = (torch.eye(x.shape[1]).to(x) - A) / log_sigma.exp()[:, :, None] - z[:, :, None] * C
    return J, torch.linalg.slogdet(J).logabsdet.mean().expand(len(x))

# %% wrong: the example's numbers | "J of 3 variables"
def ar_jacobian(x, A, C, c):
    slope = -0.5 - 3 * math.log(2)
    J = torch.tensor([[[0.5, 0], [slope, 0.5]], [[0.5, 0], [-1, 1]]])
    return J, -math.log(2) * torch.tensor([2.0, 1])

# %% right: torch.func, a determinant at the end
def ar_jacobian(x, A, C, c):
    def z(one):
        return (one - A @ one) * torch.exp(-(C @ one + c))

    J = torch.func.vmap(torch.func.jacrev(z))(x)
    return J, torch.linalg.det(J).abs().log()

# %% right: row by row, outer products
def ar_jacobian(x, A, C, c):
    batch = []
    for one in x:
        sigma = (C @ one + c).exp()
        z = (one - A @ one) / sigma
        rows = [-A[i] / sigma[i] - z[i] * C[i] for i in range(len(one))]
        batch.append(torch.stack(rows) + torch.diag(1 / sigma))
    J = torch.stack(batch)
    return J, J.diagonal(dim1=-2, dim2=-1).prod(-1).log()
