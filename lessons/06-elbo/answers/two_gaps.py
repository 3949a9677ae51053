# %% wrong: the covariance's diagonal | "not the covariance's diagonal"
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    log_det, variances = precision.logdet(), covariance.diagonal()
    d, shift = len(covariance), q_mean - mean
    family = 0.5 * ((precision.diagonal() * variances).sum() - d - variances.log().sum() - log_det)
    whole = (precision.diagonal() * q_std**2 - 1 - 2 * q_std.log()).sum(-1) - log_det
    return family, 0.5 * (whole + ((shift @ precision) * shift).sum(-1)) - family

# %% wrong: the whole for the rest | "the family gap is no part of it"
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    log_det, shift = precision.logdet(), q_mean - mean
    family = 0.5 * (precision.diagonal().log().sum() - log_det)
    whole = (precision.diagonal() * q_std**2 - 1 - 2 * q_std.log()).sum(-1) - log_det
    return family, 0.5 * (whole + ((shift @ precision) * shift).sum(-1))

# %% wrong: a standard deviation taken for a variance | "q_std holds standard deviations"
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    log_det, shift = precision.logdet(), q_mean - mean
    family = 0.5 * (precision.diagonal().log().sum() - log_det)
    whole = (precision.diagonal() * q_std - 1 - q_std.log()).sum(-1) - log_det
    return family, 0.5 * (whole + ((shift @ precision) * shift).sum(-1)) - family

# %% wrong: the factor 1/2 of the family gap | "the family gap by hand"
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    log_det, shift = precision.logdet(), q_mean - mean
    family = precision.diagonal().log().sum() - log_det
    whole = (precision.diagonal() * q_std**2 - 1 - 2 * q_std.log()).sum(-1) - log_det
    return family, 0.5 * (whole + ((shift @ precision) * shift).sum(-1)) - family

# %% wrong: the sign of the determinant | "the family gap by hand"
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    log_det, shift = covariance.logdet(), q_mean - mean
    family = 0.5 * (precision.diagonal().log().sum() - log_det)
    whole = (precision.diagonal() * q_std**2 - 1 - 2 * q_std.log()).sum(-1) - log_det
    return family, 0.5 * (whole + ((shift @ precision) * shift).sum(-1)) - family

# %% wrong: the shift weighed by the covariance | "Lambda is the inverse of the covariance"
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    log_det, shift = precision.logdet(), q_mean - mean
    family = 0.5 * (precision.diagonal().log().sum() - log_det)
    whole = (precision.diagonal() * q_std**2 - 1 - 2 * q_std.log()).sum(-1) - log_det
    return family, 0.5 * (whole + ((shift @ covariance) * shift).sum(-1)) - family

# %% wrong: the shift is forgotten | "half of delta^T Lambda delta"
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    log_det = precision.logdet()
    family = 0.5 * (precision.diagonal().log().sum() - log_det)
    whole = (precision.diagonal() * q_std**2 - 1 - 2 * q_std.log()).sum(-1) - log_det
    return family, 0.5 * whole - family

# %% wrong: the divergence the other way round | "the amortisation gap"
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    family = 0.5 * (precision.diagonal().log().sum() - precision.logdet())
    q = torch.distributions.MultivariateNormal(q_mean, torch.diag_embed(q_std**2))
    p = torch.distributions.MultivariateNormal(mean, covariance)
    return family, torch.distributions.kl_divergence(p, q) - family

# %% wrong: the family gap once for each x | "should have shape ()"
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    log_det, shift = precision.logdet(), q_mean - mean
    family = 0.5 * (precision.diagonal().log().sum() - log_det).expand(len(mean))
    whole = (precision.diagonal() * q_std**2 - 1 - 2 * q_std.log()).sum(-1) - log_det
    return family, 0.5 * (whole + ((shift @ precision) * shift).sum(-1)) - family

# %% wrong: the mean amortisation gap | "the amortisation gap"
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    log_det, shift = precision.logdet(), q_mean - mean
    family = 0.5 * (precision.diagonal().log().sum() - log_det)
    whole = (precision.diagonal() * q_std**2 - 1 - 2 * q_std.log()).sum(-1) - log_det
    rest = 0.5 * (whole + ((shift @ precision) * shift).sum(-1)) - family
    return family, rest.mean().expand(len(mean))

# %% wrong: the covariance for its inverse | "Lambda is the inverse of the covariance"
def two_gaps(mean, covariance, q_mean, q_std):
    log_det, shift = covariance.logdet(), q_mean - mean
    diagonal = covariance.diagonal()
    family = 0.5 * (diagonal.log().sum() - log_det)
    whole = (diagonal * q_std**2 - 1 - 2 * q_std.log()).sum(-1) - log_det
    return family, 0.5 * (whole + ((shift @ covariance) * shift).sum(-1)) - family

# %% wrong: the marginals' divergence, which is the same in the plane | "and Lambda is the inverse of the covariance"
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    log_det, shift = precision.logdet(), q_mean - mean
    family = 0.5 * (covariance.diagonal().log().sum() - covariance.logdet())
    whole = (precision.diagonal() * q_std**2 - 1 - 2 * q_std.log()).sum(-1) - log_det
    return family, 0.5 * (whole + ((shift @ precision) * shift).sum(-1)) - family

# %% wrong: the shift without what couples the latents | "half of delta^T Lambda delta"
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    diagonal = precision.diagonal()
    family = 0.5 * (diagonal.log().sum() - precision.logdet())
    ratio = diagonal * q_std**2
    return family, 0.5 * (ratio - 1 - ratio.log() + diagonal * (q_mean - mean) ** 2).sum(-1)

# %% wrong: widths taken for best, only the shift counts | "the amortisation gap with 3 latents"
def two_gaps(mean, covariance, q_mean, q_std):
    precision, shift = torch.linalg.inv(covariance), q_mean - mean
    family = 0.5 * (precision.diagonal().log().sum() - precision.logdet())
    return family, 0.5 * ((shift @ precision) * shift).sum(-1)

# %% wrong: both gaps in one tensor | "the pair of gaps"
def two_gaps(mean, covariance, q_mean, q_std):
    precision, shift = torch.linalg.inv(covariance), q_mean - mean
    ratio = precision.diagonal() * q_std**2
    family = 0.5 * (precision.diagonal().log().sum() - precision.logdet())
    rest = 0.5 * ((ratio - 1 - ratio.log()).sum(-1) + ((shift @ precision) * shift).sum(-1))
    return torch.cat([family[None], rest])

# %% right: torch's divergences
def two_gaps(mean, covariance, q_mean, q_std):
    Normals, kl = torch.distributions.MultivariateNormal, torch.distributions.kl_divergence
    best = torch.linalg.inv(covariance).diagonal() ** -1
    p = Normals(mean, covariance)
    family = kl(Normals(mean, best.diag()), p)
    return family[0], kl(Normals(q_mean, torch.diag_embed(q_std**2)), p) - family

# %% right: the amortisation gap written out
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.linalg.inv(covariance)
    scale = precision.diagonal()
    family = 0.5 * (torch.log(scale).sum() + torch.logdet(covariance))
    shift = q_mean - mean
    ratio = scale * q_std**2
    rest = (ratio - 1 - ratio.log()).sum(1) + torch.einsum("bi,ij,bj->b", shift, precision, shift)
    return family, rest / 2

# %% right: one x at a time
def two_gaps(mean, covariance, q_mean, q_std):
    P = torch.linalg.inv(covariance)
    log_det = torch.linalg.slogdet(P)[1]
    family = (P.diagonal().log().sum() - log_det) / 2
    rest = []
    for m, n, s in zip(mean, q_mean, q_std):
        D = torch.diag(s**2)
        kl = torch.trace(P @ D) - len(m) - torch.logdet(D) - log_det + (n - m) @ P @ (n - m)
        rest.append(kl / 2 - family)
    return family, torch.stack(rest)

# %% right: numpy inside
def two_gaps(mean, covariance, q_mean, q_std):
    import numpy as np
    dtype, device = mean.dtype, mean.device
    m, c, n, s = (a.double().cpu().numpy() for a in (mean, covariance, q_mean, q_std))
    P = np.linalg.inv(c)
    family = 0.5 * (np.log(np.diag(P)).sum() - np.linalg.slogdet(P)[1])
    ratio = np.diag(P) * s**2
    rest = 0.5 * ((ratio - 1 - np.log(ratio)).sum(1) + (((n - m) @ P) * (n - m)).sum(1))
    return torch.tensor(family, dtype=dtype, device=device), torch.tensor(rest, dtype=dtype, device=device)

# %% right: a correlation matrix and two scalings
def two_gaps(mean, covariance, q_mean, q_std):
    precision = torch.cholesky_inverse(torch.linalg.cholesky(covariance))
    scale = precision.diagonal().sqrt()
    R = precision / scale[:, None] / scale
    width, delta = q_std * scale, (q_mean - mean) * scale
    rest = 0.5 * (width**2 - 1).sum(1) - width.log().sum(1)
    return -0.5 * torch.logdet(R), rest + 0.5 * torch.einsum("bi,ij,bj->b", delta, R, delta)

# %% right: cross-entropy less entropy, twice
def two_gaps(mean, covariance, q_mean, q_std):
    P, d = torch.linalg.inv(covariance), len(covariance)

    def divergence(m, s):
        cross = (P.diagonal() * s**2).sum(-1) + ((m - mean) @ P * (m - mean)).sum(-1)
        cross = 0.5 * (cross + torch.logdet(covariance) + d * math.log(2 * math.pi))
        return cross - s.log().sum(-1) - 0.5 * d * math.log(2 * math.pi * math.e)

    best = divergence(mean, P.diagonal().rsqrt().expand_as(mean))
    return best[0], divergence(q_mean, q_std) - best
