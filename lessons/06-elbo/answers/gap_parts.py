# %% wrong: the sign of H(q) | "the summands of -H(q) have the wrong sign"
def gap_parts(joint, q):
    log_evidence = joint.sum(1, keepdim=True).log()
    return -q * joint.log(), q * log_evidence, -torch.xlogy(q, q)


def gap_summands(joint, q):
    return torch.xlogy(q, q / (joint / joint.sum(1, keepdim=True)))


# %% wrong: the sign of the first part | "the summands of -sum q log p(z, x) have the wrong sign"
def gap_parts(joint, q):
    log_evidence = joint.sum(1, keepdim=True).log()
    return q * joint.log(), q * log_evidence, torch.xlogy(q, q)


def gap_summands(joint, q):
    return torch.xlogy(q, q / (joint / joint.sum(1, keepdim=True)))


# %% wrong: log p(x) for every z, without its weight | "the same logarithm for every z, weighed by q"
def gap_parts(joint, q):
    log_evidence = joint.sum(1, keepdim=True).log().expand_as(q)
    return -q * joint.log(), log_evidence, torch.xlogy(q, q)


def gap_summands(joint, q):
    return torch.xlogy(q, q / (joint / joint.sum(1, keepdim=True)))


# %% wrong: log p(x) divided evenly | "log p(x) add up to the right number, but one is off"
def gap_parts(joint, q):
    log_evidence = joint.sum(1, keepdim=True).log().expand_as(q)
    return -q * joint.log(), log_evidence / q.shape[1], torch.xlogy(q, q)


def gap_summands(joint, q):
    return torch.xlogy(q, q / (joint / joint.sum(1, keepdim=True)))


# %% wrong: the posterior for the joint | "the logarithm is of the joint p(z, x)"
def gap_parts(joint, q):
    evidence = joint.sum(1, keepdim=True)
    return -q * (joint / evidence).log(), q * evidence.log(), torch.xlogy(q, q)


def gap_summands(joint, q):
    return torch.xlogy(q, q / (joint / joint.sum(1, keepdim=True)))


# %% wrong: weighed by the posterior | "the weights are q"
def gap_parts(joint, q):
    evidence = joint.sum(1, keepdim=True)
    return -joint / evidence * joint.log(), q * evidence.log(), torch.xlogy(q, q)


def gap_summands(joint, q):
    return torch.xlogy(q, q / (joint / joint.sum(1, keepdim=True)))


# %% wrong: the sums | "should have shape (2, 3), but it has shape (2,)"
def gap_parts(joint, q):
    evidence = joint.sum(1)
    return -(q * joint.log()).sum(1), evidence.log(), torch.xlogy(q, q).sum(1)


def gap_summands(joint, q):
    return torch.xlogy(q, q / (joint / joint.sum(1, keepdim=True)))


# %% wrong: KL to the joint | "where p(z | x) = p(z, x) / p(x)"
def gap_parts(joint, q):
    log_evidence = joint.sum(1, keepdim=True).log()
    return -q * joint.log(), q * log_evidence, torch.xlogy(q, q)


def gap_summands(joint, q):
    return torch.xlogy(q, q / joint)


# %% wrong: KL swapped | "q (log q - log p(z | x))"
def gap_parts(joint, q):
    log_evidence = joint.sum(1, keepdim=True).log()
    return -q * joint.log(), q * log_evidence, torch.xlogy(q, q)


def gap_summands(joint, q):
    posterior = joint / joint.sum(1, keepdim=True)
    return posterior * (posterior.log() - q.clamp(min=1e-6).log())


# %% wrong: 0 log 0 is NaN | "contain NaN or infinity"
def gap_parts(joint, q):
    log_evidence = joint.sum(1, keepdim=True).log()
    return -q * joint.log(), q * log_evidence, torch.xlogy(q, q)


def gap_summands(joint, q):
    return q * (q.log() - (joint / joint.sum(1, keepdim=True)).log())


# %% wrong: normalised over the data points | "the summands of KL are off"
def gap_parts(joint, q):
    log_evidence = joint.sum(1, keepdim=True).log()
    return -q * joint.log(), q * log_evidence, torch.xlogy(q, q)


def gap_summands(joint, q):
    return torch.xlogy(q, q / (joint / joint.sum(0)))


# %% wrong: the joint taken for a posterior, log p(x) = 0 | "q(z) log p(x): the same logarithm for every z"
def gap_parts(joint, q):
    return -q * joint.log(), 0 * q, torch.xlogy(q, q)


def gap_summands(joint, q):
    return torch.xlogy(q, q / (joint / joint.sum(1, keepdim=True)))


# %% wrong: log p(x) of all data points together | "q(z) log p(x): the same logarithm for every z"
def gap_parts(joint, q):
    return -q * joint.log(), q * joint.sum().log(), torch.xlogy(q, q)


def gap_summands(joint, q):
    return torch.xlogy(q, q / (joint / joint.sum(1, keepdim=True)))


# %% wrong: a floor below q | "0 where q is 0"
def gap_parts(joint, q):
    q = q.clamp(min=1e-6)
    log_evidence = joint.sum(1, keepdim=True).log()
    return -q * joint.log(), q * log_evidence, q * q.log()


def gap_summands(joint, q):
    return torch.xlogy(q, q / (joint / joint.sum(1, keepdim=True)))


# %% wrong: log p(x) added to each summand, without its weight | "q (log q - log p(z | x))"
def gap_parts(joint, q):
    log_evidence = joint.sum(1, keepdim=True).log()
    return -q * joint.log(), q * log_evidence, torch.xlogy(q, q)


def gap_summands(joint, q):
    return torch.xlogy(q, q / joint) + joint.sum(1, keepdim=True).log()


# %% right: the divergence from its parts
def gap_parts(joint, q):
    log_evidence = joint.sum(1, keepdim=True).log()
    return -q * joint.log(), q * log_evidence, torch.xlogy(q, q)


def gap_summands(joint, q):
    return sum(gap_parts(joint, q))


# %% right: logarithms of a softmax
def gap_parts(joint, q):
    log_joint = joint.log()
    safe = torch.where(q > 0, q, 1)
    return [q * -log_joint, q * log_joint.logsumexp(1)[:, None], q * safe.log()]


def gap_summands(joint, q):
    return torch.where(q > 0, q * (q.log() - joint.log().log_softmax(1)), 0)


# %% right: row by row
def gap_parts(joint, q):
    rows = [(-b * a.log(), b * a.sum().log(), -torch.special.entr(b)) for a, b in zip(joint, q)]
    return tuple(torch.stack(part) for part in zip(*rows))


def gap_summands(joint, q):
    return torch.xlogy(q, q / (joint / joint.sum(1, keepdim=True)))


# %% right: torch's kl_div for the divergence
def gap_parts(joint, q):
    log_evidence = joint.sum(1, keepdim=True).log()
    return -q * joint.log(), q * log_evidence, torch.xlogy(q, q)


def gap_summands(joint, q):
    return torch.nn.functional.kl_div((joint / joint.sum(1, keepdim=True)).log(), q, reduction="none")


# %% right: the divergence over p(x), then the evidence
def gap_parts(joint, q):
    evidence = torch.einsum("nk->n", joint)
    weighted = torch.einsum("nk,n->nk", q, evidence.log())
    return -torch.xlogy(q, joint), weighted, -torch.special.entr(q)


def gap_summands(joint, q):
    return torch.xlogy(q, q / joint) + q * joint.sum(1).log()[:, None]
