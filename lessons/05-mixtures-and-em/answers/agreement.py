# %% wrong: greedy matching | "the best matching need not take the largest entry first"
def agreement(table):
    purity = table.max(1).values.sum() / table.sum()
    left, right = table.clone(), 0
    for k in range(min(table.shape)):
        row, column = divmod(int(left.argmax()), left.shape[1])
        right += table[row, column]
        left[row], left[:, column] = -1, -1
    return purity, right / table.sum()

# %% wrong: the worst matching | "the accuracy"
def agreement(table):
    rows, columns = linear_sum_assignment(table)
    purity = table.max(1).values.sum() / table.sum()
    return purity, table[rows, columns].sum() / table.sum()

# %% wrong: purity over the labels | "name each cluster (row) after its most frequent label"
def agreement(table):
    rows, columns = linear_sum_assignment(table, maximize=True)
    purity = table.max(0).values.sum() / table.sum()
    return purity, table[rows, columns].sum() / table.sum()

# %% wrong: the mean purity of the clusters | "name each cluster (row)"
def agreement(table):
    rows, columns = linear_sum_assignment(table, maximize=True)
    purity = (table.max(1).values / table.sum(1)).mean()
    return purity, table[rows, columns].sum() / table.sum()

# %% wrong: cluster k is label k | "the best matching need not"
def agreement(table):
    purity = table.max(1).values.sum() / table.sum()
    return purity, table.diagonal().sum() / table.sum()

# %% wrong: the other way round | "the purity is off"
def agreement(table):
    rows, columns = linear_sum_assignment(table, maximize=True)
    purity = table.max(1).values.sum() / table.sum()
    return table[rows, columns].sum() / table.sum(), purity

# %% wrong: matches shares of the clusters | "the accuracy"
def agreement(table):
    shares = table / table.sum(1, keepdim=True)
    rows, columns = linear_sum_assignment(shares, maximize=True)
    purity = table.max(1).values.sum() / table.sum()
    return purity, table[rows, columns].sum() / table[rows].sum()

# %% wrong: counts | "the purity is off"
def agreement(table):
    rows, columns = linear_sum_assignment(table, maximize=True)
    return table.max(1).values.sum(), table[rows, columns].sum()

# %% wrong: purity alone | "should be a list of 2 things"
def agreement(table):
    return table.max(1).values.sum() / table.sum()

# %% wrong: purity for both | "the accuracy is off"
def agreement(table):
    purity = table.max(1).values.sum() / table.sum()
    return purity, purity

# %% wrong: the example by heart | "the accuracy of 6 clusters"
def agreement(table):
    return torch.tensor(0.75), torch.tensor(0.6)

# %% wrong: clusters in their order take the best label left | "the best matching need not"
def agreement(table):
    left, right = table.clone(), 0
    for k in range(min(table.shape)):
        l = int(left[k].argmax())
        right += table[k, l]
        left[:, l] = -1
    return table.max(1).values.sum() / table.sum(), right / table.sum()

# %% wrong: divides by the points that are matched | "the accuracy"
def agreement(table):
    rows, columns = linear_sum_assignment(table, maximize=True)
    purity = table.max(1).values.sum() / table.sum()
    return purity, table[rows, columns].sum() / table[:, columns].sum()

# %% right: costs instead of gains
def agreement(table):
    pairs = linear_sum_assignment(-table.numpy())
    right = sum(int(table[k, l]) for k, l in zip(*pairs))
    pure = sum(int(row.max()) for row in table)
    return pure / int(table.sum()), right / int(table.sum())

# %% right: probabilities first
def agreement(table):
    p = table.double() / table.sum()
    rows, columns = linear_sum_assignment(p.T, maximize=True)
    return p.amax(1).sum(), p[columns, rows].sum()

# %% right: numpy inside
def agreement(table):
    counts = table.numpy()
    n = counts.sum()
    best = linear_sum_assignment(counts, maximize=True)
    return [counts.max(axis=1).sum() / n, counts[best].sum() / n]

# %% right: all matchings
def agreement(table):
    import itertools
    wide = (table if len(table) <= table.shape[1] else table.T).tolist()
    best = max(sum(row[l] for row, l in zip(wide, order))
               for order in itertools.permutations(range(len(wide[0])), len(wide)))
    n = table.sum().item()
    return table.amax(dim=1).sum().item() / n, best / n

# %% right: a square table with zeros
def agreement(table):
    size = max(table.shape)
    square = torch.zeros(size, size, dtype=torch.float64)
    square[: table.shape[0], : table.shape[1]] = table
    rows, columns = linear_sum_assignment(-square)
    return square.max(1)[0].sum() / square.sum(), square[rows, columns].sum() / square.sum()
