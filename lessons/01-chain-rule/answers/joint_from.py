# %% wrong: leaves the axes in the ordering | "are the axes back in the order x1, x2, x3?"
def joint_from(factors, ordering):
    table = factors[0]
    for factor in factors[1:]:
        table = table.unsqueeze(-1) * factor
    return table


# %% wrong: permutes by the ordering, not by its inverse | "are the axes back in the order x1, x2, x3?"
def joint_from(factors, ordering):
    table = factors[0]
    for factor in factors[1:]:
        table = table.unsqueeze(-1) * factor
    return table.permute(ordering)


# %% wrong: multiplies along the wrong axes | "the joint table is off by"
def joint_from(factors, ordering):
    table = factors[0]
    for factor in factors[1:]:
        table = table * factor
    return table.permute([ordering.index(i) for i in range(len(ordering))])


# %% wrong: adds logarithms and forgets the exponential | "NaN or infinity"
def joint_from(factors, ordering):
    table = factors[0].log()
    for factor in factors[1:]:
        table = table.unsqueeze(-1) + factor.log()
    return table.permute([ordering.index(i) for i in range(len(ordering))])


# %% wrong: only the last factor | "the joint table is off by"
def joint_from(factors, ordering):
    return factors[-1].permute([ordering.index(i) for i in range(len(ordering))])


# %% wrong: flat | "should have shape (2, 2, 2), but it has shape (8,)"
def joint_from(factors, ordering):
    table = factors[0]
    for factor in factors[1:]:
        table = table.unsqueeze(-1) * factor
    return table.permute([ordering.index(i) for i in range(len(ordering))]).flatten()


# %% wrong: calls gmlib | "write it yourself"
def joint_from(factors, ordering):
    return bayes_net.joint(factors, ordering)


# %% right: loops over all settings
def joint_from(factors, ordering):
    n = len(ordering)
    table = torch.empty([2] * n, dtype=torch.float64)
    for x in itertools.product((0, 1), repeat=n):
        table[x] = math.prod(float(f[tuple(x[i] for i in ordering[: k + 1])]) for k, f in enumerate(factors))
    return table


# %% right: einsum
def joint_from(factors, ordering):
    letters = "abcdefghijkl"
    inputs = ",".join("".join(letters[i] for i in ordering[: k + 1]) for k in range(len(factors)))
    return torch.einsum(f"{inputs}->{letters[: len(factors)]}", *factors)


# %% right: every factor moved into index order first
def joint_from(factors, ordering):
    n = len(ordering)
    table = torch.ones([2] * n, dtype=factors[0].dtype)
    for k, factor in enumerate(factors):
        axes = ordering[: k + 1]
        places = sorted(range(k + 1), key=lambda a: axes[a])
        table = table * factor.permute(places).reshape([2 if i in axes else 1 for i in range(n)])
    return table


# %% right: numpy inside
def joint_from(factors, ordering):
    import numpy as np
    table = np.ones(())
    for factor in factors:
        table = table[..., None] * factor.numpy()
    return torch.from_numpy(np.ascontiguousarray(np.transpose(table, np.argsort(ordering))))
