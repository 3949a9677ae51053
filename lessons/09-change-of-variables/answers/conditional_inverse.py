# %% wrong: x2 from its marginal | "neither the joint nor the marginal of x2"
def conditional_inverse(u, table):
    x1 = (table.sum(1).cumsum(0) < u[:, :1]).sum(1)
    x2 = (table.sum(0).cumsum(0) < u[:, 1:]).sum(1)
    return torch.stack([x1, x2], 1)

# %% wrong: the row not divided by its mass | "its row divided by the mass of the row"
def conditional_inverse(u, table):
    x1 = (table.sum(1).cumsum(0) < u[:, :1]).sum(1)
    x2 = (table[x1].cumsum(1) < u[:, 1:]).sum(1).clamp(max=table.shape[1] - 1)
    return torch.stack([x1, x2], 1)

# %% wrong: the same u for both | "x2"
def conditional_inverse(u, table):
    x1 = (table.sum(1).cumsum(0) < u[:, :1]).sum(1)
    row = table[x1]
    x2 = (row.cumsum(1) / row.sum(1, keepdim=True) < u[:, :1]).sum(1)
    return torch.stack([x1, x2], 1)

# %% wrong: rows and columns exchanged | "its marginal is the sum of each row"
def conditional_inverse(u, table):
    x2 = (table.sum(0).cumsum(0) < u[:, :1]).sum(1)
    column = table.T[x2]
    x1 = (column.cumsum(1) / column.sum(1, keepdim=True) < u[:, 1:]).sum(1)
    return torch.stack([x1, x2], 1)

# %% wrong: x2 first, each with its own u | "its marginal is the sum of each row"
def conditional_inverse(u, table):
    x2 = (table.sum(0).cumsum(0) < u[:, 1:]).sum(1)
    column = table.T[x2]
    x1 = (column.cumsum(1) / column.sum(1, keepdim=True) < u[:, :1]).sum(1)
    return torch.stack([x1, x2], 1)

# %% wrong: the conditional of the first draw for all | "x2"
def conditional_inverse(u, table):
    x1 = (table.sum(1).cumsum(0) < u[:, :1]).sum(1)
    row = table[x1[0]]
    x2 = (row.cumsum(0) / row.sum() < u[:, 1:]).sum(1)
    return torch.stack([x1, x2], 1)

# %% wrong: the columns divided by their mass | "x2"
def conditional_inverse(u, table):
    x1 = (table.sum(1).cumsum(0) < u[:, :1]).sum(1)
    row = (table / table.sum(0))[x1]
    x2 = (row.cumsum(1) < u[:, 1:]).sum(1).clamp(max=table.shape[1] - 1)
    return torch.stack([x1, x2], 1)

# %% wrong: not cumulated | "the share of a cell in 20,000 draws"
def conditional_inverse(u, table):
    x1 = (table.sum(1) < u[:, :1]).sum(1).clamp(max=len(table) - 1)
    row = table[x1]
    x2 = (row.cumsum(1) / row.sum(1, keepdim=True) < u[:, 1:]).sum(1)
    return torch.stack([x1, x2], 1)

# %% wrong: one place too high | "x1"
def conditional_inverse(u, table):
    x1 = ((table.sum(1).cumsum(0) < u[:, :1]).sum(1) + 1).clamp(max=len(table) - 1)
    row = table[x1]
    x2 = (row.cumsum(1) / row.sum(1, keepdim=True) < u[:, 1:]).sum(1)
    return torch.stack([x1, x2], 1)

# %% wrong: the most likely column | "x2"
def conditional_inverse(u, table):
    x1 = (table.sum(1).cumsum(0) < u[:, :1]).sum(1)
    return torch.stack([x1, table[x1].argmax(1)], 1)

# %% wrong: in floats | "should be an integer tensor"
def conditional_inverse(u, table):
    x1 = (table.sum(1).cumsum(0) < u[:, :1]).sum(1)
    row = table[x1]
    x2 = (row.cumsum(1) / row.sum(1, keepdim=True) < u[:, 1:]).sum(1)
    return torch.stack([x1, x2], 1).to(u)

# %% wrong: multinomial draws, u forgotten | "x1"
def conditional_inverse(u, table):
    flat = torch.multinomial(table.flatten(), len(u), replacement=True, generator=new_generator())
    return torch.stack([flat // table.shape[1], flat % table.shape[1]], 1)

# %% wrong: only for two columns | "the share of a cell in 20,000 draws"
def conditional_inverse(u, table):
    x1 = (table.sum(1).cumsum(0) < u[:, :1]).sum(1)
    row = table[x1]
    return torch.stack([x1, (row[:, 0] / row.sum(1) < u[:, 1]).long()], 1)

# %% wrong: beyond the step | "a sum that equals u has reached it"
def conditional_inverse(u, table):
    x1 = (table.sum(1).cumsum(0) <= u[:, :1]).sum(1)
    row = table[x1]
    F2 = row.cumsum(1) / row.sum(1, keepdim=True)
    return torch.stack([x1, (F2 <= u[:, 1:]).sum(1)], 1)

# %% wrong: two rows only | "the pairs from a table with"
def conditional_inverse(u, table):
    x1 = (table[0].sum() < u[:, 0]).long()
    row = table[x1]
    F2 = row.cumsum(1) / row.sum(1, keepdim=True)
    return torch.stack([x1, (F2 < u[:, 1:]).sum(1)], 1)

# %% wrong: the flattened table and u1 alone | "neither the joint nor the marginal of x2"
def conditional_inverse(u, table):
    k = (table.flatten().cumsum(0) < u[:, :1]).sum(1).clamp(max=table.numel() - 1)
    return torch.stack([k // table.shape[1], k % table.shape[1]], 1)

# %% wrong: all rows equally likely | "the share of a cell in 20,000 draws"
def conditional_inverse(u, table):
    x1 = (u[:, 0] * len(table)).ceil().long() - 1
    row = table[x1]
    F2 = row.cumsum(1) / row.sum(1, keepdim=True)
    return torch.stack([x1, (F2 < u[:, 1:]).sum(1)], 1)

# %% right: searchsorted
def conditional_inverse(u, table):
    x1 = torch.searchsorted(table.sum(1).cumsum(0), u[:, 0].contiguous())
    share = table / table.sum(1, keepdim=True)
    x2 = torch.searchsorted(share.cumsum(1)[x1], u[:, 1:].contiguous())[:, 0]
    return torch.stack([x1, x2], 1)

# %% right: one draw at a time
def conditional_inverse(u, table):
    pairs = []
    for u1, u2 in u:
        x1 = int((table.sum(1).cumsum(0) < u1).sum())
        row = table[x1] / table[x1].sum()
        pairs.append([x1, int((row.cumsum(0) < u2).sum())])
    return torch.tensor(pairs)

# %% right: u2 scaled to the row instead of the row to one
def conditional_inverse(u, table):
    x1 = (u[:, :1] > table.sum(1).cumsum(0)).long().sum(1)
    row = table[x1]
    x2 = (row.cumsum(1) < u[:, 1:] * row.sum(1, keepdim=True)).long().sum(1)
    return torch.stack([x1, x2], dim=1)

# %% right: numpy inside
def conditional_inverse(u, table):
    import numpy
    p, v = table.double().numpy(), u.double().numpy()
    x1 = numpy.searchsorted(p.sum(1).cumsum(), v[:, 0])
    x2 = [numpy.searchsorted((p[i] / p[i].sum()).cumsum(), w) for i, w in zip(x1, v[:, 1])]
    return torch.from_numpy(numpy.stack([x1, numpy.array(x2)], 1))

# %% right: a python loop that adds up
def conditional_inverse(u, table):
    def climb(v, masses):
        total = 0.0
        for k, mass in enumerate(masses):
            total += mass
            if total >= v:
                return k
        return len(masses) - 1
    pairs = []
    for u1, u2 in u.double().tolist():
        i = climb(u1, table.double().sum(1).tolist())
        row = table[i].double()
        pairs.append((i, climb(u2, (row / row.sum()).tolist())))
    return torch.tensor(pairs)

# %% right: argmax
def conditional_inverse(u, table):
    first = table.sum(1, keepdim=True)
    x1 = (first[:, 0].cumsum(0) >= u[:, :1]).int().argmax(1)
    F2 = (table / first).cumsum(1)[x1]
    return torch.column_stack([x1, (F2 >= u[:, 1:]).int().argmax(1)])
