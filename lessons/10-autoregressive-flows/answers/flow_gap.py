# %% wrong: the divergence the other way round | "q's average of log q - log p(z | x)"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    posterior = log_joint - log_p
    return log_p, area * (posterior.exp() * (posterior - log_q)).sum()

# %% wrong: the area forgotten in log p(x) | "each times the area of a cell"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0)
    return log_p, area * (log_q.exp() * (log_q - log_joint + log_p)).sum()

# %% wrong: the area forgotten in the gap | "with the area of a cell"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    return log_p, (log_q.exp() * (log_q - log_joint + log_p)).sum()

# %% wrong: the divergence from the joint, not normalised | "p(x, z) over p(x)"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    return log_p, area * (log_q.exp() * (log_q - log_joint)).sum()

# %% wrong: leaves the logarithms | "stay among logarithms"
def evidence_and_gap(log_joint, log_q, area):
    log_p = (area * log_joint.exp().sum()).log()
    return log_p, area * (log_q.exp() * (log_q - log_joint + log_p)).sum()

# %% wrong: the mean over the grid | "q averages, and q is outside the logarithm"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    return log_p, (log_q - log_joint + log_p).mean()

# %% wrong: the ELBO for the gap | "the gap of the two cells by hand"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    return log_p, area * (log_q.exp() * (log_joint - log_q)).sum()

# %% wrong: an average over the grid's shares, of the joint | "p(x, z) over p(x)"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    return log_p, (log_q.softmax(0) * (log_q - log_joint)).sum()

# %% wrong: the mean for the integral | "each times the area of a cell"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area) - math.log(len(log_q))
    return log_p, area * (log_q.exp() * (log_q - log_joint + log_p)).sum()

# %% wrong: the mean of the logarithms | "log p(x) of the two cells by hand"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.mean()
    return log_p, area * (log_q.exp() * (log_q - log_joint + log_p)).sum()

# %% wrong: p(x) itself | "log p(x) of the two cells by hand"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    return log_p.exp(), area * (log_q.exp() * (log_q - log_joint + log_p)).sum()

# %% wrong: q not outside the logarithm | "q averages, and q is outside the logarithm"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    return log_p, area * (log_q - log_joint + log_p).sum()

# %% wrong: the sign | "the gap of the two cells by hand"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    return log_p, area * (log_q.exp() * (log_joint - log_p - log_q)).sum()

# %% wrong: no gap | "the gap of the two cells by hand"
def evidence_and_gap(log_joint, log_q, area):
    return log_joint.logsumexp(0) + math.log(area), torch.zeros_like(log_joint[0])

# %% wrong: divided by q, as if drawn from it | "the area counts once"
def evidence_and_gap(log_joint, log_q, area):
    log_p = (log_joint - log_q).logsumexp(0) + math.log(area)
    return log_p, area * (log_q.exp() * (log_q - log_joint + log_p)).sum()

# %% wrong: another distance | "q's average of log q - log p(z | x)"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    return log_p, area * (log_q.exp() - (log_joint - log_p).exp()).abs().sum()

# %% wrong: the posterior leaves the logarithms | "stay among logarithms"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    posterior = log_joint.exp() / log_p.exp()
    return log_p, area * (log_q.exp() * (log_q - posterior.log())).sum()

# %% wrong: the arguments of kl_div in the order of the formula | "the gap of the two cells by hand"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    return log_p, area * F.kl_div(log_q, log_joint - log_p, reduction="sum", log_target=True)

# %% wrong: the gap first | "log p(x) of the two cells by hand"
def evidence_and_gap(log_joint, log_q, area):
    log_p = log_joint.logsumexp(0) + math.log(area)
    return area * (log_q.exp() * (log_q - log_joint + log_p)).sum(), log_p

# %% right: log p(x) minus the ELBO
def evidence_and_gap(log_joint, log_q, area):
    log_p = torch.logsumexp(log_joint + math.log(area), 0)
    mass = log_q.exp() * area
    bound = (mass * (log_joint - log_q)).sum()
    return log_p, log_p * mass.sum() - bound

# %% right: the largest taken out
def evidence_and_gap(log_joint, log_q, area):
    top = log_joint.max()
    total = (log_joint - top).exp().sum() * area
    log_p = top + total.log()
    ratio = log_q - log_joint + log_p
    return log_p, torch.einsum("m,m->", log_q.exp(), ratio) * area

# %% right: kl_div
def evidence_and_gap(log_joint, log_q, area):
    posterior = log_joint.log_softmax(0) - math.log(area)
    log_p = (log_joint - posterior)[0]
    return log_p, area * F.kl_div(posterior, log_q, reduction="sum", log_target=True)

# %% right: cell by cell
def evidence_and_gap(log_joint, log_q, area):
    log_p = torch.tensor(-math.inf, dtype=log_joint.dtype)
    for one in log_joint:
        log_p = torch.logaddexp(log_p, one + math.log(area))
    gap = sum(area * q.exp() * (q - one + log_p) for one, q in zip(log_joint, log_q))
    return log_p, gap

# %% right: Python floats
def evidence_and_gap(log_joint, log_q, area):
    top, pairs = max(log_joint.tolist()), list(zip(log_joint.tolist(), log_q.tolist()))
    log_p = top + math.log(sum(math.exp(a - top) for a, _ in pairs) * area)
    return log_p, sum(math.exp(q) * (q - a + log_p) for a, q in pairs) * area

# %% right: shares of the cells
def evidence_and_gap(log_joint, log_q, area):
    q, p = log_q.log_softmax(0), log_joint.log_softmax(0)
    return log_joint.logsumexp(0) + math.log(area), (q.exp() * (q - p)).sum()
