# %% wrong: averages the table uniformly over the dropped parents | "weigh cloudy and cloudless days by how often they occur"
def best_table(joint, i, kept):
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    seen = joint.permute(*kept, i, *rest).movedim(len(kept), -1)
    before = seen.sum(-1, keepdim=True)
    table = torch.where(before > 0, seen / before, 0.5)
    return table.reshape([2] * len(kept) + [-1, 2]).mean(-2)


def cost(joint, i, dropped, kept):
    axes = [*dropped, *kept, i]
    rest = [j for j in range(joint.dim()) if j not in axes]
    p = joint.permute(*axes, *rest).reshape([2] * len(axes) + [-1]).sum(-1)
    ratio = best_table(joint, i, dropped + kept) / best_table(joint, i, kept)
    return torch.where(p > 0, p * ratio.log(), 0).sum()


# %% wrong: the joint instead of the conditional | "should sum to 1 over its last axis"
def best_table(joint, i, kept):
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    return joint.permute(*kept, i, *rest).reshape([2] * (len(kept) + 1) + [-1]).sum(-1)


def cost(joint, i, dropped, kept):
    axes = [*dropped, *kept, i]
    rest = [j for j in range(joint.dim()) if j not in axes]
    p = joint.permute(*axes, *rest).reshape([2] * len(axes) + [-1]).sum(-1)
    ratio = best_table(joint, i, dropped + kept) / best_table(joint, i, kept)
    return torch.where(p > 0, p * ratio.log(), 0).sum()


# %% wrong: only p(x_i = 1) | "should have shape (2, 2), but it has shape (2,)"
def best_table(joint, i, kept):
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    seen = joint.permute(*kept, i, *rest).reshape([2] * (len(kept) + 1) + [-1]).sum(-1)
    return seen[..., 1] / seen.sum(-1)


def cost(joint, i, dropped, kept):
    axes = [*dropped, *kept, i]
    rest = [j for j in range(joint.dim()) if j not in axes]
    p = joint.permute(*axes, *rest).reshape([2] * len(axes) + [-1]).sum(-1)
    ratio = best_table(joint, i, dropped + kept) / best_table(joint, i, kept)
    return torch.where(p > 0, p * ratio.log(), 0).sum()


# %% wrong: the kept variables in index order | "its axes are the kept variables as listed, then x_i"
def best_table(joint, i, kept):
    kept = sorted(kept)
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    seen = joint.permute(*kept, i, *rest).reshape([2] * (len(kept) + 1) + [-1]).sum(-1)
    before = seen.sum(-1, keepdim=True)
    return torch.where(before > 0, seen / before, 0.5)


def cost(joint, i, dropped, kept):
    axes = [*dropped, *kept, i]
    rest = [j for j in range(joint.dim()) if j not in axes]
    p = joint.permute(*axes, *rest).reshape([2] * len(axes) + [-1]).sum(-1)
    ratio = best_table(joint, i, dropped + kept) / best_table(joint, i, kept)
    return torch.where(p > 0, p * ratio.log(), 0).sum()


# %% wrong: NaN at zero over zero | "(1/2 at 0/0) contains NaN"
def best_table(joint, i, kept):
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    seen = joint.permute(*kept, i, *rest).reshape([2] * (len(kept) + 1) + [-1]).sum(-1)
    return seen / seen.sum(-1, keepdim=True)


def cost(joint, i, dropped, kept):
    axes = [*dropped, *kept, i]
    rest = [j for j in range(joint.dim()) if j not in axes]
    p = joint.permute(*axes, *rest).reshape([2] * len(axes) + [-1]).sum(-1)
    ratio = best_table(joint, i, dropped + kept) / best_table(joint, i, kept)
    return torch.where(p > 0, p * ratio.log(), 0).sum()


# %% wrong: the divergence the other way round | "each setting x counts with its probability"
def best_table(joint, i, kept):
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    seen = joint.permute(*kept, i, *rest).reshape([2] * (len(kept) + 1) + [-1]).sum(-1)
    before = seen.sum(-1, keepdim=True)
    return torch.where(before > 0, seen / before, 0.5)


def cost(joint, i, dropped, kept):
    axes = [*dropped, *kept, i]
    rest = [j for j in range(joint.dim()) if j not in axes]
    p = joint.permute(*axes, *rest).reshape([2] * len(axes) + [-1]).sum(-1)
    before = p.sum(-1, keepdim=True)
    full = best_table(joint, i, dropped + kept)
    less = best_table(joint, i, kept).expand(full.shape)
    q = before * less
    return torch.where((q > 0) & (full > 0), q * (less / full).log(), 0).sum()


# %% wrong: the sign | "each setting x counts with its probability"
def best_table(joint, i, kept):
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    seen = joint.permute(*kept, i, *rest).reshape([2] * (len(kept) + 1) + [-1]).sum(-1)
    before = seen.sum(-1, keepdim=True)
    return torch.where(before > 0, seen / before, 0.5)


def cost(joint, i, dropped, kept):
    axes = [*dropped, *kept, i]
    rest = [j for j in range(joint.dim()) if j not in axes]
    p = joint.permute(*axes, *rest).reshape([2] * len(axes) + [-1]).sum(-1)
    ratio = best_table(joint, i, kept) / best_table(joint, i, dropped + kept)
    return torch.where(p > 0, p * ratio.log(), 0).sum()


# %% wrong: settings not weighted by their probability | "each setting x counts with its probability"
def best_table(joint, i, kept):
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    seen = joint.permute(*kept, i, *rest).reshape([2] * (len(kept) + 1) + [-1]).sum(-1)
    before = seen.sum(-1, keepdim=True)
    return torch.where(before > 0, seen / before, 0.5)


def cost(joint, i, dropped, kept):
    full = best_table(joint, i, dropped + kept)
    less = best_table(joint, i, kept)
    terms = torch.where(full > 0, full * (full / less).log(), 0)
    return terms.sum(-1).mean()


# %% wrong: the mutual information without the condition | "each setting x counts with its probability"
def best_table(joint, i, kept):
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    seen = joint.permute(*kept, i, *rest).reshape([2] * (len(kept) + 1) + [-1]).sum(-1)
    before = seen.sum(-1, keepdim=True)
    return torch.where(before > 0, seen / before, 0.5)


def cost(joint, i, dropped, kept):
    axes = [*dropped, i]
    rest = [j for j in range(joint.dim()) if j not in axes]
    p = joint.permute(*axes, *rest).reshape([2] * len(axes) + [-1]).sum(-1)
    ratio = best_table(joint, i, dropped) / best_table(joint, i, [])
    return torch.where(p > 0, p * ratio.log(), 0).sum()


# %% wrong: independence read off pairs | "x3 is independent of x1, and of x2, but not of both together"
def best_table(joint, i, kept):
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    seen = joint.permute(*kept, i, *rest).reshape([2] * (len(kept) + 1) + [-1]).sum(-1)
    before = seen.sum(-1, keepdim=True)
    return torch.where(before > 0, seen / before, 0.5)


def cost(joint, i, dropped, kept):
    def between(a, b):
        axes = [*a, *b, i]
        rest = [j for j in range(joint.dim()) if j not in axes]
        p = joint.permute(*axes, *rest).reshape([2] * len(axes) + [-1]).sum(-1)
        ratio = best_table(joint, i, [*a, *b]) / best_table(joint, i, list(b))
        return torch.where(p > 0, p * ratio.log(), 0).sum()
    # "a pair without dependence costs nothing"
    if all(between([j], []) < 1e-6 for j in dropped):
        return torch.zeros((), dtype=joint.dtype)
    return between(dropped, kept)


# %% wrong: bits | "each setting x counts with its probability"
def best_table(joint, i, kept):
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    seen = joint.permute(*kept, i, *rest).reshape([2] * (len(kept) + 1) + [-1]).sum(-1)
    before = seen.sum(-1, keepdim=True)
    return torch.where(before > 0, seen / before, 0.5)


def cost(joint, i, dropped, kept):
    axes = [*dropped, *kept, i]
    rest = [j for j in range(joint.dim()) if j not in axes]
    p = joint.permute(*axes, *rest).reshape([2] * len(axes) + [-1]).sum(-1)
    ratio = best_table(joint, i, dropped + kept) / best_table(joint, i, kept)
    return torch.where(p > 0, p * ratio.log2(), 0).sum()


# %% wrong: calls gmlib | "write it yourself"
def best_table(joint, i, kept):
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    seen = joint.permute(*kept, i, *rest).reshape([2] * (len(kept) + 1) + [-1]).sum(-1)
    before = seen.sum(-1, keepdim=True)
    return torch.where(before > 0, seen / before, 0.5)


def cost(joint, i, dropped, kept):
    return bayes_net.conditional_information(joint, i, dropped, kept)


# %% right: entropies
def best_table(joint, i, kept):
    rest = [j for j in range(joint.dim()) if j != i and j not in kept]
    seen = joint.permute(*kept, i, *rest).reshape([2] * (len(kept) + 1) + [-1]).sum(-1)
    before = seen.sum(-1, keepdim=True)
    return torch.where(before > 0, seen / before, 0.5)


def cost(joint, i, dropped, kept):
    def h(axes):
        rest = [j for j in range(joint.dim()) if j not in axes]
        p = joint.double().permute(*axes, *rest).reshape(2 ** len(axes), -1).sum(-1)
        return -torch.xlogy(p, p).sum()
    return h([i, *kept]) + h([*dropped, *kept]) - h(kept) - h([i, *dropped, *kept])


# %% right: loops over settings
def best_table(joint, i, kept):
    seen = torch.zeros([2] * (len(kept) + 1), dtype=joint.dtype)
    for x in itertools.product((0, 1), repeat=joint.dim()):
        seen[tuple(x[j] for j in [*kept, i])] += joint[x]
    for values in itertools.product((0, 1), repeat=len(kept)):
        total = float(seen[values].sum())
        seen[values] = seen[values] / total if total > 0 else torch.full((2,), 0.5, dtype=joint.dtype)
    return seen


def cost(joint, i, dropped, kept):
    full, less = best_table(joint, i, [*dropped, *kept]), best_table(joint, i, kept)
    total = 0.0
    for x in itertools.product((0, 1), repeat=joint.dim()):
        if joint[x] > 0:
            a = full[tuple(x[j] for j in [*dropped, *kept, i])]
            b = less[tuple(x[j] for j in [*kept, i])]
            total += float(joint[x]) * math.log(a / b)
    return torch.tensor(total)


# %% right: einsum and numpy
def best_table(joint, i, kept):
    import numpy as np
    letters = "abcdefghijkl"
    axes = "".join(letters[j] for j in [*kept, i])
    seen = np.einsum(f"{letters[:joint.dim()]}->{axes}", joint.double().numpy())
    before = seen.sum(-1, keepdims=True)
    return torch.from_numpy(np.divide(seen, before, out=np.full(seen.shape, 0.5), where=before > 0))


def cost(joint, i, dropped, kept):
    letters = "abcdefghijkl"
    axes = "".join(letters[j] for j in [*dropped, *kept, i])
    p = torch.einsum(f"{letters[:joint.dim()]}->{axes}", joint).double()
    full, less = best_table(joint, i, dropped + kept), best_table(joint, i, kept)
    return (torch.xlogy(p, full) - torch.xlogy(p, less)).sum()
