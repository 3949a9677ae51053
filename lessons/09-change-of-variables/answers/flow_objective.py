# %% wrong: the determinant not inverted | "minus log |det J|"
def flow_objective(z, J):
    return (Normal(0.0, 1.0).log_prob(z).sum(1) + torch.linalg.slogdet(J).logabsdet).mean()

# %% wrong: no absolute value | "NaN or infinity"
def flow_objective(z, J):
    return (Normal(0.0, 1.0).log_prob(z).sum(1) - torch.logdet(J)).mean()

# %% wrong: the absolute value of the logarithm | "below 0 if need be"
def flow_objective(z, J):
    return (Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(J).logabsdet.abs()).mean()

# %% wrong: a sum for the mean | "one of each for every data point"
def flow_objective(z, J):
    return (Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(J).logabsdet).sum()

# %% wrong: log-determinants summed over the batch | "one of each for every data point"
def flow_objective(z, J):
    return Normal(0.0, 1.0).log_prob(z).sum(1).mean() - torch.linalg.slogdet(J).logabsdet.sum()

# %% wrong: the determinant of the mean Jacobian | "one of each for every data point"
def flow_objective(z, J):
    return Normal(0.0, 1.0).log_prob(z).sum(1).mean() - torch.linalg.slogdet(J.mean(0)).logabsdet

# %% wrong: without the constant | "with its constant"
def flow_objective(z, J):
    return (-(z**2).sum(1) / 2 - torch.linalg.slogdet(J).logabsdet).mean()

# %% wrong: the mean over the entries, too | "one of each for every data point"
def flow_objective(z, J):
    return Normal(0.0, 1.0).log_prob(z).mean() - torch.linalg.slogdet(J).logabsdet.mean()

# %% wrong: the determinant without its logarithm | "minus log |det J|"
def flow_objective(z, J):
    return (Normal(0.0, 1.0).log_prob(z).sum(1) - J.det().abs()).mean()

# %% wrong: a loss, to be minimised | "minus log |det J|"
def flow_objective(z, J):
    return -(Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(J).logabsdet).mean()

# %% wrong: no gradient | "the gradient for J"
def flow_objective(z, J):
    return (Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(J.detach()).logabsdet).mean()

# %% wrong: one number a point | "should have shape ()"
def flow_objective(z, J):
    return Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(J).logabsdet

# %% wrong: the product of the diagonal | "NaN or infinity"
def flow_objective(z, J):
    log_det = J.diagonal(dim1=1, dim2=2).abs().log().sum(1)
    return (Normal(0.0, 1.0).log_prob(z).sum(1) - log_det).mean()

# %% wrong: the absolute value of the entries | "volumes have no sign"
def flow_objective(z, J):
    return (Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(J.abs()).logabsdet).mean()

# %% wrong: the constant of the plane, hard-coded | "the constant is n / 2 log 2 pi"
def flow_objective(z, J):
    return (-(z**2).sum(1) / 2 - math.log(2 * math.pi) - torch.linalg.slogdet(J).logabsdet).mean()

# %% wrong: half of it, for a batch of two | "a mean"
def flow_objective(z, J):
    return (Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(J).logabsdet).sum() / 2

# %% wrong: no gradient for the data | "the gradient for z"
def flow_objective(z, J):
    return (Normal(0.0, 1.0).log_prob(z.detach()).sum(1) - torch.linalg.slogdet(J).logabsdet).mean()

# %% wrong: a plain number | "no gradient passes to z or J"
def flow_objective(z, J):
    found = (Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(J).logabsdet).mean()
    return torch.tensor(found.item(), dtype=z.dtype)

# %% right: the inverse Jacobian, added
def flow_objective(z, J):
    log_p = -(z**2).sum(1) / 2 - z.shape[1] * math.log(2 * math.pi) / 2
    return (log_p + torch.linalg.inv(J).det().abs().log()).mean()

# %% right: point by point
def flow_objective(z, J):
    total = 0
    for one, matrix in zip(z, J):
        total = total + Normal(0.0, 1.0).log_prob(one).sum() - matrix.det().abs().log()
    return total / len(z)

# %% right: half the log-determinant of J^T J
def flow_objective(z, J):
    log_det = torch.linalg.slogdet(J.mT @ J)[1] / 2
    noise = MultivariateNormal(torch.zeros_like(z[0]), torch.eye(z.shape[1], dtype=z.dtype))
    return noise.log_prob(z).mean() - log_det.mean()

# %% right: singular values
def flow_objective(z, J):
    return Normal(0.0, 1.0).log_prob(z).sum(1).mean() - torch.linalg.svdvals(J).log().sum(1).mean()

# %% right: elimination
def flow_objective(z, J):
    pivots = torch.linalg.lu(J)[2].diagonal(dim1=1, dim2=2)
    return (Normal(0.0, 1.0).log_prob(z) - pivots.abs().log()).sum() / len(z)

# %% right: a Gaussian for each point, as a distribution
def flow_objective(z, J):
    noise = torch.distributions.Independent(Normal(torch.zeros_like(z), torch.ones_like(z)), 1)
    return noise.log_prob(z).mean() - torch.stack([torch.det(one).abs() for one in J]).log().mean()
