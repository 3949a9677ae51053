# %% wrong: the joint instead of the conditional | "was it divided by the right marginal?"
def conditionals(joint, ordering):
    factors = []
    for k in range(len(ordering)):
        seen = joint.permute(ordering).reshape([2] * (k + 1) + [-1]).sum(-1)
        factors.append(seen)
    return factors


# %% wrong: the product is right, the normalisation is not | "so it is no conditional distribution"
def conditionals(joint, ordering):
    factors = [torch.ones([2] * (k + 1), dtype=joint.dtype) for k in range(len(ordering))]
    factors[-1] = joint.permute(ordering)  # the product is the joint table
    return factors


# %% wrong: marginals, as if the variables were independent | "it is the marginal"
def conditionals(joint, ordering):
    factors = []
    for k, i in enumerate(ordering):
        others = [j for j in ordering if j != i]
        own = joint.permute(i, *others).reshape(2, -1).sum(-1)
        factors.append(own.expand([2] * (k + 1)))
    return factors


# %% wrong: ignores the ordering | "the ordering was not used"
def conditionals(joint, ordering):
    factors = []
    for k in range(len(ordering)):
        seen = joint.reshape([2] * (k + 1) + [-1]).sum(-1)
        before = seen.sum(-1, keepdim=True)
        factors.append(torch.where(before > 0, seen / before, 0.5))
    return factors


# %% wrong: takes the ordering for the places | "in the ordering"
def conditionals(joint, ordering):
    place = [ordering.index(i) for i in range(len(ordering))]
    factors = []
    for k in range(len(ordering)):
        seen = joint.permute(place).reshape([2] * (k + 1) + [-1]).sum(-1)
        before = seen.sum(-1, keepdim=True)
        factors.append(torch.where(before > 0, seen / before, 0.5))
    return factors


# %% wrong: conditions on the mean of the variables before | "its parents should be exactly the variables before it"
def conditionals(joint, ordering):
    factors = []
    for k in range(len(ordering)):
        seen = joint.permute(ordering).reshape([2] * (k + 1) + [-1]).sum(-1)
        pooled = torch.zeros_like(seen)
        for x in itertools.product((0, 1), repeat=k):
            for y in itertools.product((0, 1), repeat=k):
                if sum(x) == sum(y):
                    pooled[x] += seen[y]
        before = pooled.sum(-1, keepdim=True)
        factors.append(torch.where(before > 0, pooled / before, 0.5))
    return factors


# %% wrong: only the variable just before is a parent | "its parents should be exactly the variables before it"
def conditionals(joint, ordering):
    factors = []
    for k in range(len(ordering)):
        seen = joint.permute(ordering).reshape([2] * (k + 1) + [-1]).sum(-1)
        if k > 1:
            seen = seen.sum(tuple(range(k - 1)), keepdim=True).expand([2] * (k + 1))
        before = seen.sum(-1, keepdim=True)
        factors.append(torch.where(before > 0, seen / before, 0.5))
    return factors


# %% wrong: zero over zero is NaN | "take values of probability zero (0/0)"
def conditionals(joint, ordering):
    factors = []
    for k in range(len(ordering)):
        seen = joint.permute(ordering).reshape([2] * (k + 1) + [-1]).sum(-1)
        factors.append(seen / seen.sum(-1, keepdim=True))
    return factors


# %% wrong: zero over zero is zero | "take values of probability zero (0/0)"
def conditionals(joint, ordering):
    factors = []
    for k in range(len(ordering)):
        seen = joint.permute(ordering).reshape([2] * (k + 1) + [-1]).sum(-1)
        factors.append((seen / seen.sum(-1, keepdim=True)).nan_to_num())
    return factors


# %% wrong: its own variable on the first axis | "should sum to 1 over its last axis"
def conditionals(joint, ordering):
    factors = []
    for k in range(len(ordering)):
        seen = joint.permute(ordering).reshape([2] * (k + 1) + [-1]).sum(-1)
        before = seen.sum(-1, keepdim=True)
        factors.append(torch.where(before > 0, seen / before, 0.5).movedim(-1, 0))
    return factors


# %% wrong: one joint table instead of a list | "should be a list of 3 things, but it is a float64 tensor"
def conditionals(joint, ordering):
    return joint.permute(ordering)


# %% wrong: calls gmlib | "write it yourself"
def conditionals(joint, ordering):
    return bayes_net.conditionals(joint, ordering)


# %% wrong: forgets to return | "is the last line of your function a `return`?"
def conditionals(joint, ordering):
    factors = [joint.permute(ordering)]


# %% right: loops over all settings
def conditionals(joint, ordering):
    n, factors = len(ordering), []
    for k in range(n):
        seen = torch.zeros([2] * (k + 1), dtype=torch.float64)
        for x in itertools.product((0, 1), repeat=n):
            seen[tuple(x[i] for i in ordering[: k + 1])] += joint[x]
        factor = torch.full_like(seen, 0.5)
        for x in itertools.product((0, 1), repeat=k):
            if seen[x].sum() > 0:
                factor[x] = seen[x] / seen[x].sum()
        factors.append(factor)
    return factors


# %% right: einsum
def conditionals(joint, ordering):
    letters = "abcdefghijkl"[: joint.dim()]
    factors, before = [], torch.ones((), dtype=joint.dtype)
    for k in range(len(ordering)):
        axes = "".join(letters[i] for i in ordering[: k + 1])
        seen = torch.einsum(f"{letters}->{axes}", joint)
        ratio = seen / before.unsqueeze(-1)
        factors.append(torch.where(before.unsqueeze(-1) == 0, torch.full_like(ratio, 0.5), ratio))
        before = seen
    return factors


# %% right: numpy inside, from the last variable back, a tuple out
def conditionals(joint, ordering):
    import numpy as np
    table, factors = np.transpose(joint.double().numpy(), ordering), []
    for _ in ordering:
        before = table.sum(-1, keepdims=True)
        factor = np.divide(table, before, out=np.full(table.shape, 0.5), where=before > 0)
        factors.insert(0, torch.from_numpy(factor))
        table = before[..., 0]
    return tuple(factors)


# %% right: in float32 or float64 logarithms
def conditionals(joint, ordering):
    log_seen, factors = joint.double().permute(*ordering).log(), []
    for _ in ordering:
        before = log_seen.logsumexp(-1, keepdim=True)
        factors.append((log_seen - before).exp().nan_to_num(nan=0.5).to(joint.dtype))
        log_seen = before.squeeze(-1)
    return factors[::-1]
