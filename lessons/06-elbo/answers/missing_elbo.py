# %% wrong: 0 log 0 is NaN | "0 log 0 is 0"
def missing_elbo(phi, completions, log_joint):
    log_q = completions @ phi.log() + (1 - completions) @ (1 - phi).log()
    return (log_q.exp() * (log_joint - log_q)).sum()

# %% wrong: the entropy is forgotten | "plus the entropy"
def missing_elbo(phi, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi).prod(-1)
    return q @ log_joint

# %% wrong: the sign of the entropy | "plus the entropy"
def missing_elbo(phi, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi).prod(-1)
    entropy = torch.special.entr(phi) + torch.special.entr(1 - phi)
    return q @ log_joint - entropy.sum()

# %% wrong: half of the entropy | "which is log 2 for each pixel"
def missing_elbo(phi, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi).prod(-1)
    return q @ log_joint + torch.special.entr(phi).sum()

# %% wrong: phi is the probability of a 0 | "phi_i is the probability that pixel i is 1"
def missing_elbo(phi, completions, log_joint):
    q = torch.where(completions > 0, 1 - phi, phi).prod(-1)
    entropy = torch.special.entr(q).sum()
    return q @ log_joint.flip(0) + entropy if phi.std() == 0 else q @ log_joint + entropy

# %% wrong: log p(bottom) whatever phi | "the ELBO of all 0.5"
def missing_elbo(phi, completions, log_joint):
    return log_joint.logsumexp(0)

# %% wrong: the logarithm outside | "the ELBO of all 0.5"
def missing_elbo(phi, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi).prod(-1)
    return (q @ log_joint.exp()).log() + torch.special.entr(q).sum()

# %% wrong: entropy as a mean over the pixels | "which is log 2 for each pixel"
def missing_elbo(phi, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi).prod(-1)
    entropy = torch.special.entr(phi) + torch.special.entr(1 - phi)
    return q @ log_joint + entropy.mean()

# %% wrong: counting order taken for granted | "take the pixels from `completions`"
def missing_elbo(phi, completions, log_joint):
    every = checks.binary_vectors(len(phi), phi.dtype)
    q = torch.where(every > 0, phi, 1 - phi).prod(-1)
    return q @ log_joint + torch.special.entr(q).sum()

# %% wrong: the sum of the probabilities for their product | "the ELBO of all 1"
def missing_elbo(phi, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi).sum(-1) / (len(phi) * len(log_joint) / 2)
    return q @ log_joint + torch.special.entr(q).sum()

# %% wrong: clamped too early | "a small number inside the logarithm shifts the bound"
def missing_elbo(phi, completions, log_joint):
    p = phi.clamp(1e-6, 1 - 1e-6)
    log_q = completions @ p.log() + (1 - completions) @ (1 - p).log()
    return (log_q.exp() * (log_joint - log_q)).sum()

# %% wrong: the entropy in bits | "which is log 2 for each pixel"
def missing_elbo(phi, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi).prod(-1)
    return q @ log_joint + torch.special.entr(q).sum() / math.log(2)

# %% wrong: all pixels alike, the mean of phi | "phi_i is the probability"
def missing_elbo(phi, completions, log_joint):
    q = torch.where(completions > 0, phi.mean(), 1 - phi.mean()).prod(-1)
    return q @ log_joint + torch.special.entr(q).sum()

# %% wrong: phi rounded to its most probable completion | "the ELBO of all 0.5"
def missing_elbo(phi, completions, log_joint):
    best = (completions == phi.round()).all(-1)
    return log_joint[best].sum() + torch.special.entr(phi).sum()

# %% wrong: the posterior weighs, not q | "the ELBO of all 0.5"
def missing_elbo(phi, completions, log_joint):
    p = torch.softmax(log_joint, 0)
    entropy = torch.special.entr(phi) + torch.special.entr(1 - phi)
    return p @ log_joint + entropy.sum()

# %% right: the entropy over the completions
def missing_elbo(phi, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi).prod(-1)
    return (q * log_joint + torch.special.entr(q)).sum()

# %% right: xlogy
def missing_elbo(phi, completions, log_joint):
    q = (completions * phi + (1 - completions) * (1 - phi)).prod(1)
    return torch.dot(q, log_joint) - torch.xlogy(q, q).sum()

# %% right: a loop
def missing_elbo(phi, completions, log_joint):
    total = torch.zeros_like(phi[0])
    for row, log_p in zip(completions, log_joint):
        q = torch.ones_like(phi[0])
        for pixel, p in zip(row, phi):
            q = q * (p if pixel > 0.5 else 1 - p)
        if q > 0:
            total = total + q * (log_p - q.log())
    return total

# %% right: numpy inside
def missing_elbo(phi, completions, log_joint):
    import numpy as np
    device, dtype = phi.device, phi.dtype
    p, x, l = (a.double().cpu().numpy() for a in (phi, completions, log_joint))
    q = np.where(x > 0, p, 1 - p).prod(1)
    some = q > 0
    return torch.tensor((q[some] * (l[some] - np.log(q[some]))).sum(), dtype=dtype, device=device)

# %% right: binary cross-entropy for -log q
def missing_elbo(phi, completions, log_joint):
    cost = torch.nn.functional.binary_cross_entropy(
        phi.expand_as(completions), completions, reduction="none"
    )
    log_q = -cost.sum(1)
    return (log_q.exp() * (log_joint - log_q)).sum()

# %% right: only the completions that q can draw
def missing_elbo(phi, completions, log_joint):
    q = (phi**completions * (1 - phi) ** (1 - completions)).prod(1)
    some = q > 0
    return torch.sum(q[some] * (log_joint[some] - q[some].log()))

# %% right: one pixel after the other
def missing_elbo(phi, completions, log_joint):
    q, entropy = torch.ones_like(log_joint), 0
    for i, p in enumerate(phi):
        q = q * (completions[:, i] * p + (1 - completions[:, i]) * (1 - p))
        entropy = entropy - torch.xlogy(p, p) - torch.xlogy(1 - p, 1 - p)
    return (q * log_joint).sum() + entropy
