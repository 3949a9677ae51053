# %% wrong: joint counts for conditional counts | "divide by the number of days with that rain, not by all days"
def count_cpt(x, i, parents):
    table = torch.full([2] * len(parents), 0.5)
    for values in itertools.product((0, 1), repeat=len(parents)):
        rows = (x[:, parents] == torch.tensor(values)).all(1)
        if rows.any():
            table[values] = x[rows, i].sum() / len(x)
    return table


# %% wrong: counts | "divide by the number of days with that rain"
def count_cpt(x, i, parents):
    table = torch.full([2] * len(parents), 0.5)
    for values in itertools.product((0, 1), repeat=len(parents)):
        rows = (x[:, parents] == torch.tensor(values)).all(1)
        if rows.any():
            table[values] = x[rows, i].sum()
    return table


# %% wrong: the parents given the variable | "divide by the number of days with that rain"
def count_cpt(x, i, parents):
    table = torch.full([2] * len(parents), 0.5)
    for values in itertools.product((0, 1), repeat=len(parents)):
        rows = (x[:, parents] == torch.tensor(values)).all(1)
        if (x[:, i] == 1).any():
            table[values] = rows[x[:, i] == 1].float().mean()
    return table


# %% wrong: probability of zero | "divide by the number of days with that rain"
def count_cpt(x, i, parents):
    table = torch.full([2] * len(parents), 0.5)
    for values in itertools.product((0, 1), repeat=len(parents)):
        rows = (x[:, parents] == torch.tensor(values)).all(1)
        if rows.any():
            table[values] = 1 - x[rows, i].mean()
    return table


# %% wrong: add-one smoothing | "divide by the number of days with that rain"
def count_cpt(x, i, parents):
    table = torch.full([2] * len(parents), 0.5)
    for values in itertools.product((0, 1), repeat=len(parents)):
        rows = (x[:, parents] == torch.tensor(values)).all(1)
        if rows.any():
            table[values] = (x[rows, i].sum() + 1) / (rows.sum() + 2)
    return table


# %% wrong: ignores the parents | "divide by the number of days with that rain"
def count_cpt(x, i, parents):
    table = torch.full([2] * len(parents), 0.5)
    for values in itertools.product((0, 1), repeat=len(parents)):
        rows = (x[:, parents] == torch.tensor(values)).all(1)
        if rows.any():
            table[values] = x[:, i].mean()
    return table


# %% wrong: NaN in empty rows | "the CPT (1/2 without examples) contains NaN"
def count_cpt(x, i, parents):
    table = torch.full([2] * len(parents), 0.5)
    for values in itertools.product((0, 1), repeat=len(parents)):
        rows = (x[:, parents] == torch.tensor(values)).all(1)
        table[values] = x[rows, i].mean()
    return table


# %% wrong: zero in empty rows | "count only examples with these values; 1/2 without any"
def count_cpt(x, i, parents):
    table = torch.full([2] * len(parents), 0.0)
    for values in itertools.product((0, 1), repeat=len(parents)):
        rows = (x[:, parents] == torch.tensor(values)).all(1)
        if rows.any():
            table[values] = x[rows, i].mean()
    return table


# %% wrong: parents in index order | "count only examples with these values"
def count_cpt(x, i, parents):
    parents = sorted(parents)
    table = torch.full([2] * len(parents), 0.5)
    for values in itertools.product((0, 1), repeat=len(parents)):
        rows = (x[:, parents] == torch.tensor(values)).all(1)
        if rows.any():
            table[values] = x[rows, i].mean()
    return table


# %% wrong: a row matches when one parent does | "count only examples with these values"
def count_cpt(x, i, parents):
    table = torch.full([2] * len(parents), 0.5)
    for values in itertools.product((0, 1), repeat=len(parents)):
        rows = torch.ones(len(x), dtype=torch.bool) if not parents else (x[:, parents] == torch.tensor(values)).any(1)
        if rows.any():
            table[values] = x[rows, i].mean()
    return table


# %% wrong: a list | "should be a tensor, but it is a list of float"
def count_cpt(x, i, parents):
    table = torch.full([2] * len(parents), 0.5)
    for values in itertools.product((0, 1), repeat=len(parents)):
        rows = (x[:, parents] == torch.tensor(values)).all(1)
        if rows.any():
            table[values] = x[rows, i].mean()
    return table.tolist()


# %% wrong: calls gmlib | "write it yourself"
def count_cpt(x, i, parents):
    graph = [[] for _ in range(x.shape[1])]
    graph[i] = parents
    return bayes_net.BayesNet(graph).fit(x).table(i)


# %% right: row numbers and bincount
def count_cpt(x, i, parents):
    row = torch.zeros(len(x), dtype=torch.long)
    for j in parents:
        row = 2 * row + x[:, j].long()
    total = torch.bincount(row, minlength=2 ** len(parents))
    ones = torch.bincount(row[x[:, i] == 1], minlength=2 ** len(parents))
    table = torch.where(total > 0, ones / total.clamp(min=1), 0.5)
    return table.reshape([2] * len(parents))


# %% right: one example at a time, float64
def count_cpt(x, i, parents):
    ones = torch.zeros([2] * len(parents), dtype=torch.float64)
    total = torch.zeros_like(ones)
    for example in x.long().tolist():
        values = tuple(example[j] for j in parents)
        ones[values] += example[i]
        total[values] += 1
    return torch.where(total > 0, ones / total, 0.5)


# %% right: from the empirical joint table
def count_cpt(x, i, parents):
    seen = torch.zeros([2] * (len(parents) + 1))
    columns = tuple(x[:, j].long() for j in [*parents, i])
    seen.index_put_(columns, torch.ones(len(x)), accumulate=True)
    return (seen[..., 1] / seen.sum(-1)).nan_to_num(nan=0.5)


# %% right: numpy inside
def count_cpt(x, i, parents):
    import numpy as np
    data = x.numpy().astype(int)
    table = np.full([2] * len(parents), 0.5)
    for values in np.ndindex(*table.shape):
        picked = data[(data[:, parents] == np.array(values, dtype=int)).all(1), i]
        if len(picked):
            table[values] = picked.mean()
    return torch.as_tensor(table)
