# %% wrong: without the distance of the points | "times the distance of points"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    return (log_q.exp() * (log_joint - log_q)).sum(-1)

# %% wrong: std taken for a variance | "std is a standard deviation, not a variance"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None].sqrt()).log_prob(z)
    return (log_q.exp() * (log_joint - log_q)).sum(-1) * (z[1] - z[0])

# %% wrong: the entropy is forgotten | "the ELBO of N(0, 1) and N(1, 1)"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    return (log_q.exp() * log_joint).sum(-1) * (z[1] - z[0])

# %% wrong: the sign of the entropy | "the ELBO of N(0, 1) and N(1, 1)"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    return (log_q.exp() * (log_joint + log_q)).sum(-1) * (z[1] - z[0])

# %% wrong: an unweighted mean over the grid | "are the summands multiplied by q"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    return (log_q.exp() * (log_joint - log_q)).mean(-1) * (z[1] - z[0])

# %% wrong: weighted by the posterior | "are the summands multiplied by q"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    return (log_joint.exp() * (log_joint - log_q)).sum(-1) * (z[1] - z[0])

# %% wrong: log of the mean ratio, which is log p(x) for all | "the ELBO of N(0, 1) and N(1, 1)"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    ratio = (log_joint - log_q + log_q + math.log(z[1] - z[0]))
    return ratio.logsumexp(-1)

# %% wrong: no gradient | "no gradient reaches mean and std"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean.detach()[:, None], std.detach()[:, None]).log_prob(z)
    return (log_q.exp() * (log_joint - log_q)).sum(-1) * (z[1] - z[0])

# %% wrong: no gradient through the weights | "the gradient with respect to"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    return (log_q.exp().detach() * (log_joint - log_q)).sum(-1) * (z[1] - z[0])

# %% wrong: one number for all q | "should have shape"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    return (log_q.exp() * (log_joint - log_q)).sum() * (z[1] - z[0])

# %% wrong: the visible distance of points | "the ELBO of 4 q"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    return (log_q.exp() * (log_joint - log_q)).sum(-1) * 0.02

# %% wrong: log p(x, z) made a posterior first | "taken as it is?"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    log_p = log_joint - log_joint.logsumexp(0) - (z[1] - z[0]).log()
    return (log_q.exp() * (log_p - log_q)).sum(-1) * (z[1] - z[0])

# %% wrong: weights that add up to 1, and their logarithm for log q | "is log q subtracted"
def elbo_on_grid(log_joint, z, mean, std):
    weights = Normal(mean[:, None], std[:, None]).log_prob(z).softmax(-1)
    return (weights * log_joint + torch.special.entr(weights)).sum(-1)

# %% wrong: log p(x) less the other divergence | "the ELBO of N(0, 2^2)"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    step = z[1] - z[0]
    log_p_x = log_joint.logsumexp(0) + step.log()
    log_p = log_joint - log_p_x
    return log_p_x - (log_p.exp() * (log_p - log_q)).sum(-1) * step

# %% wrong: the gradient of the means alone | "the gradient with respect to std"
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std.detach()[:, None]).log_prob(z)
    return (log_q.exp() * (log_joint - log_q)).sum(-1) * (z[1] - z[0])

# %% right: the trapezium rule
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    return torch.trapezoid(log_q.exp() * (log_joint - log_q), z)

# %% right: the entropy in closed form
def elbo_on_grid(log_joint, z, mean, std):
    q = Normal(mean[:, None], std[:, None])
    energy = q.log_prob(z).exp() @ log_joint * (z[1] - z[0])
    return energy + q.entropy()[:, 0]

# %% right: one q at a time, the density by hand
def elbo_on_grid(log_joint, z, mean, std):
    found = []
    for m, s in zip(mean, std):
        log_q = -0.5 * ((z - m) / s) ** 2 - torch.log(s) - 0.5 * math.log(2 * math.pi)
        found.append(torch.sum(torch.exp(log_q) * (log_joint - log_q)) * (z[-1] - z[0]) / (len(z) - 1))
    return torch.stack(found)

# %% right: einsum
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean, std).log_prob(z[:, None])
    step = (z[1:] - z[:-1]).mean()
    return torch.einsum("mb,mb->b", log_q.exp(), log_joint[:, None] - log_q) * step

# %% right: weights that add up to 1
def elbo_on_grid(log_joint, z, mean, std):
    log_q = Normal(mean[:, None], std[:, None]).log_prob(z)
    weights = torch.softmax(log_q, dim=1)
    return (weights * (log_joint - log_q)).sum(dim=1)

# %% right: the gap subtracted from log p(x)
def elbo_on_grid(log_joint, z, mean, std):
    step = z[1] - z[0]
    log_p_x = torch.logsumexp(log_joint, 0) + torch.log(step)
    q = Normal(mean.unsqueeze(1), std.unsqueeze(1))
    log_q = q.log_prob(z.unsqueeze(0))
    gap = (log_q.exp() * (log_q - (log_joint - log_p_x))).sum(1) * step
    return log_p_x - gap
