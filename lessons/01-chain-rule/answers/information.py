# %% wrong: only both ones | "equal columns share their entropy, log 2; independent ones nothing"
def information(x):
    total = torch.zeros(x.shape[1], x.shape[1], dtype=torch.float64)
    for a, b in [(x, x)]:
        p = (a.T @ b).double() / len(x)
        product = a.double().mean(0)[:, None] * b.double().mean(0)
        total += torch.where(p > 0, p * (p / product).log(), 0)
    return total


# %% wrong: bits | "equal columns share their entropy, log 2; independent ones nothing"
def information(x):
    total = torch.zeros(x.shape[1], x.shape[1], dtype=torch.float64)
    for a, b in itertools.product((x, 1 - x), repeat=2):
        p = (a.T @ b).double() / len(x)
        product = a.double().mean(0)[:, None] * b.double().mean(0)
        total += torch.where(p > 0, p * (p / product).log2(), 0)
    return total


# %% wrong: correlation | "equal columns share their entropy, log 2; independent ones nothing"
def information(x):
    return torch.corrcoef(x.T).double()


# %% wrong: the divergence the other way round | "equal columns share their entropy, log 2; independent ones nothing"
def information(x):
    total = torch.zeros(x.shape[1], x.shape[1], dtype=torch.float64)
    for a, b in itertools.product((x, 1 - x), repeat=2):
        p = (a.T @ b).double() / len(x)
        product = a.double().mean(0)[:, None] * b.double().mean(0)
        total += torch.where(p > 0, product * (product / p).log(), 0)
    return total


# %% wrong: zero times infinity | "(0 log 0 is 0) contains NaN"
def information(x):
    total = torch.zeros(x.shape[1], x.shape[1], dtype=torch.float64)
    for a, b in itertools.product((x, 1 - x), repeat=2):
        p = (a.T @ b).double() / len(x)
        product = a.double().mean(0)[:, None] * b.double().mean(0)
        total += p * (p / product).log()
    return total


# %% wrong: the joint entropy | "equal columns share their entropy, log 2; independent ones nothing"
def information(x):
    total = torch.zeros(x.shape[1], x.shape[1], dtype=torch.float64)
    for a, b in itertools.product((x, 1 - x), repeat=2):
        p = (a.T @ b).double() / len(x)
        product = a.double().mean(0)[:, None] * b.double().mean(0)
        total += torch.where(p > 0, p * -p.log(), 0)
    return total


# %% wrong: a pseudo-count | "equal columns share their entropy, log 2; independent ones nothing"
def information(x):
    total = torch.zeros(x.shape[1], x.shape[1], dtype=torch.float64)
    for a, b in itertools.product((x, 1 - x), repeat=2):
        p = ((a.T @ b).double() + 1) / (len(x) + 4)
        product = a.double().mean(0)[:, None] * b.double().mean(0)
        total += torch.where(p > 0, p * (p / product).log(), 0)
    return total


# %% wrong: the diagonal left 0 | "equal columns share their entropy, log 2; independent ones nothing"
def information(x):
    total = torch.zeros(x.shape[1], x.shape[1], dtype=torch.float64)
    for a, b in itertools.product((x, 1 - x), repeat=2):
        p = (a.T @ b).double() / len(x)
        product = a.double().mean(0)[:, None] * b.double().mean(0)
        total += torch.where(p > 0, p * (p / product).log(), 0)
    return total.fill_diagonal_(0)


# %% wrong: calls gmlib | "write it yourself"
def information(x):
    from gmlib.autoregressive import bayes_net
    n = x.shape[1]
    table = torch.zeros([2] * n, dtype=torch.float64)
    table.index_put_(tuple(x.long().T), torch.ones(len(x), dtype=torch.float64) / len(x), accumulate=True)
    return torch.stack([torch.stack([bayes_net.conditional_information(table, i, [j]) for j in range(n)]) for i in range(n)])


# %% right: loops over pairs
def information(x):
    n = x.shape[1]
    out = torch.zeros(n, n, dtype=torch.float64)
    for i in range(n):
        for j in range(n):
            for a in (0, 1):
                for b in (0, 1):
                    p = ((x[:, i] == a) & (x[:, j] == b)).double().mean().item()
                    q = (x[:, i] == a).double().mean().item() * (x[:, j] == b).double().mean().item()
                    out[i, j] += p * math.log(p / q) if p > 0 else 0
    return out


# %% right: sums of entropies
def information(x):
    both = torch.stack([1 - x, x]).double()
    p = torch.einsum("ani,bnj->abij", both, both) / len(x)
    single = both.mean(1)
    h = torch.special.entr(single).sum(0)
    return h[:, None] + h - torch.special.entr(p).sum((0, 1))


# %% right: numpy inside, xlogy
def information(x):
    import numpy as np
    both = np.stack([1 - x.numpy(), x.numpy()]).astype(np.float64)
    p = np.einsum("ani,bnj->abij", both, both) / len(x)
    single = both.mean(1)
    q = single[:, None, :, None] * single[None, :, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        return torch.from_numpy(np.where(p > 0, p * np.log(p / q), 0).sum((0, 1)))

# %% wrong: NaN for a column without ones | "with a column of zeros (0 log 0 is 0) contains NaN"
def information(x):
    total = torch.zeros(x.shape[1], x.shape[1], dtype=torch.float64)
    for a, b in itertools.product((x.double(), 1 - x.double()), repeat=2):
        p = a.T @ b / len(x)
        product = a.mean(0)[:, None] * b.mean(0)
        total += p * (p.clamp(min=1e-30) / product).log()
    return total
