# %% wrong: indexed addition counts a pair once | "also where a pair comes twice"
def contingency(z, y, K, L):
    table = torch.zeros(K, L, dtype=torch.long, device=z.device)
    table[z, y] += 1
    return table

# %% wrong: labels in the rows | "should have shape (3, 2)"
def contingency(z, y, K, L):
    return torch.bincount(y * K + z, minlength=K * L).view(L, K)

# %% wrong: reads the rows of the other order | "the table of the example"
def contingency(z, y, K, L):
    return torch.bincount(y * K + z, minlength=K * L).view(K, L)

# %% wrong: a row as long as there are clusters | "the table of the example"
def contingency(z, y, K, L):
    return torch.bincount(z * K + y, minlength=K * L)[: K * L].view(K, L)

# %% wrong: shares | "should be an integer tensor"
def contingency(z, y, K, L):
    table = torch.bincount(z * L + y, minlength=K * L).view(K, L)
    return table / table.sum()

# %% wrong: only the clusters that occur | "should have shape"
def contingency(z, y, K, L):
    K, L = int(z.max()) + 1, int(y.max()) + 1
    return torch.bincount(z * L + y, minlength=K * L).view(K, L)

# %% wrong: forgets what is returned | "is None"
def contingency(z, y, K, L):
    table = torch.bincount(z * L + y, minlength=K * L).view(K, L)

# %% wrong: whether they meet, not how often | "also where a pair comes twice"
def contingency(z, y, K, L):
    return torch.tensor([[int(((z == k) & (y == l)).any()) for l in range(L)] for k in range(K)])

# %% wrong: one_hot guesses how many there are | "should have shape"
def contingency(z, y, K, L):
    hot = torch.nn.functional.one_hot
    return hot(z).T @ hot(y)

# %% wrong: the example by heart | "should have shape"
def contingency(z, y, K, L):
    return torch.tensor([[0, 2], [1, 0], [1, 2]])

# %% right: one at a time
def contingency(z, y, K, L):
    table = [[0] * L for k in range(K)]
    for k, l in zip(z.tolist(), y.tolist()):
        table[k][l] += 1
    return torch.tensor(table)

# %% right: a product of indicators
def contingency(z, y, K, L):
    hot = torch.nn.functional.one_hot
    return hot(z, K).T @ hot(y, L)

# %% right: accumulate
def contingency(z, y, K, L):
    table = torch.zeros(K, L, dtype=torch.long, device=z.device)
    return table.index_put((z, y), torch.ones_like(z), accumulate=True)

# %% right: comparisons
def contingency(z, y, K, L):
    is_k = z == torch.arange(K)[:, None]
    is_l = y == torch.arange(L)[:, None]
    return (is_k[:, None] & is_l).sum(-1)

# %% right: numpy inside
def contingency(z, y, K, L):
    table = np.zeros((K, L), dtype=np.int64)
    np.add.at(table, (z.numpy(), y.numpy()), 1)
    return torch.from_numpy(table)

# %% right: scatter
def contingency(z, y, K, L):
    table = torch.zeros(K * L, dtype=torch.long)
    return table.scatter_add(0, z * L + y, torch.ones_like(z)).reshape(K, L)
