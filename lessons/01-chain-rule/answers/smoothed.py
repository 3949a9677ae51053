# %% wrong: divided by N + c | "should sum to 1 over all its entries"
def smoothed_table(x, pseudo_count):
    counts = torch.full([2] * x.shape[1], float(pseudo_count))
    counts.index_put_(tuple(x.long().T), torch.ones(len(x)), accumulate=True)
    return counts / (len(x) + pseudo_count)


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(train, c)[tuple(validation.long().T)].log().mean()
    return max(candidates, key=score)


# %% wrong: divided by N | "should sum to 1 over all its entries"
def smoothed_table(x, pseudo_count):
    counts = torch.full([2] * x.shape[1], float(pseudo_count))
    counts.index_put_(tuple(x.long().T), torch.ones(len(x)), accumulate=True)
    return counts / len(x)


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(train, c)[tuple(validation.long().T)].log().mean()
    return max(candidates, key=score)


# %% wrong: c only where something was seen | "c goes to each of the 2^n entries, also to those never seen"
def smoothed_table(x, pseudo_count):
    counts = torch.zeros([2] * x.shape[1])
    counts.index_put_(tuple(x.long().T), torch.ones(len(x)), accumulate=True)
    counts = torch.where(counts > 0, counts + pseudo_count, 0)
    return counts / counts.sum()


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(train, c)[tuple(validation.long().T)].log().mean()
    return max(candidates, key=score)


# %% wrong: plain counting | "c goes to each of the 2^n entries, also to those never seen"
def smoothed_table(x, pseudo_count):
    counts = torch.full([2] * x.shape[1], 0.0)
    counts.index_put_(tuple(x.long().T), torch.ones(len(x)), accumulate=True)
    return counts / counts.sum()


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(train, c)[tuple(validation.long().T)].log().mean()
    return max(candidates, key=score)


# %% wrong: repeated examples counted once | "c goes to each of the 2^n entries, also to those never seen"
def smoothed_table(x, pseudo_count):
    counts = torch.full([2] * x.shape[1], float(pseudo_count))
    counts.index_put_(tuple(x.long().T), torch.ones(len(x)), accumulate=False)
    return counts / counts.sum()


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(train, c)[tuple(validation.long().T)].log().mean()
    return max(candidates, key=score)


# %% wrong: independent pixels | "c goes to each of the 2^n entries, also to those never seen"
def smoothed_table(x, pseudo_count):
    rates = (x.sum(0) + pseudo_count) / (len(x) + 2 * pseudo_count)
    table = torch.ones(())
    for q in rates:
        table = table[..., None] * torch.stack([1 - q, q])
    return table


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(train, c)[tuple(validation.long().T)].log().mean()
    return max(candidates, key=score)


# %% wrong: one pseudo-count shared by all entries | "c goes to each of the 2^n entries, also to those never seen"
def smoothed_table(x, pseudo_count):
    counts = torch.full([2] * x.shape[1], float(pseudo_count) / 2 ** x.shape[1])
    counts.index_put_(tuple(x.long().T), torch.ones(len(x)), accumulate=True)
    return counts / counts.sum()


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(train, c)[tuple(validation.long().T)].log().mean()
    return max(candidates, key=score)


# %% wrong: counts | "should not exceed 1"
def smoothed_table(x, pseudo_count):
    counts = torch.full([2] * x.shape[1], float(pseudo_count))
    counts.index_put_(tuple(x.long().T), torch.ones(len(x)), accumulate=True)
    return counts


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(train, c)[tuple(validation.long().T)].log().mean()
    return max(candidates, key=score)


# %% wrong: chosen on the training part | "is it judged there?"
def smoothed_table(x, pseudo_count):
    counts = torch.full([2] * x.shape[1], float(pseudo_count))
    counts.index_put_(tuple(x.long().T), torch.ones(len(x)), accumulate=True)
    return counts / counts.sum()


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(train, c)[tuple(train.long().T)].log().mean()
    return max(candidates, key=score)


# %% wrong: table of the validation part | "higher mean log-likelihood with the table of the training part"
def smoothed_table(x, pseudo_count):
    counts = torch.full([2] * x.shape[1], float(pseudo_count))
    counts.index_put_(tuple(x.long().T), torch.ones(len(x)), accumulate=True)
    return counts / counts.sum()


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(validation if c == 0.001 else train, c)[tuple(validation.long().T)].log().mean()
    return max(candidates, key=score)


# %% wrong: the smallest | "is it judged there?"
def smoothed_table(x, pseudo_count):
    counts = torch.full([2] * x.shape[1], float(pseudo_count))
    counts.index_put_(tuple(x.long().T), torch.ones(len(x)), accumulate=True)
    return counts / counts.sum()


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(train, c)[tuple(validation.long().T)].log().mean()
    return min(candidates, key=score)


# %% wrong: the mean probability instead of the mean logarithm | "is it judged there?"
def smoothed_table(x, pseudo_count):
    counts = torch.full([2] * x.shape[1], float(pseudo_count))
    counts.index_put_(tuple(x.long().T), torch.ones(len(x)), accumulate=True)
    return counts / counts.sum()


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(train, c)[tuple(validation.long().T)].mean() if c else -1
    return max(candidates, key=score)


# %% wrong: the position instead of the candidate | "is it judged there?"
def smoothed_table(x, pseudo_count):
    counts = torch.full([2] * x.shape[1], float(pseudo_count))
    counts.index_put_(tuple(x.long().T), torch.ones(len(x)), accumulate=True)
    return counts / counts.sum()


def choose(train, validation, candidates):
    scores = [smoothed_table(train, c)[tuple(validation.long().T)].log().mean() for c in candidates]
    return int(torch.stack(scores).argmax())


# %% right: row numbers and bincount
def smoothed_table(x, pseudo_count):
    n = x.shape[1]
    rows = (x.double() @ 2.0 ** torch.arange(n - 1, -1, -1, dtype=torch.float64)).long()
    counts = torch.bincount(rows, minlength=2**n).double() + pseudo_count
    return (counts / (len(x) + pseudo_count * 2**n)).reshape([2] * n)


def choose(train, validation, candidates):
    best, at = -math.inf, None
    for c in candidates:
        table = smoothed_table(train, c)
        score = sum(math.log(p) if (p := table[tuple(row)].item()) > 0 else -math.inf for row in validation.long().tolist())
        if score > best:
            best, at = score, c
    return at


# %% right: one example at a time
def smoothed_table(x, pseudo_count):
    table = torch.zeros([2] * x.shape[1], dtype=x.dtype)
    for row in x.long().tolist():
        table[tuple(row)] += 1
    return (table + pseudo_count) / (len(x) + pseudo_count * table.numel())


def choose(train, validation, candidates):
    def score(c):
        return smoothed_table(train, c)[tuple(validation.long().T)].log().mean()
    return max(candidates, key=score)


# %% right: numpy inside
def smoothed_table(x, pseudo_count):
    import numpy as np
    counts, _ = np.histogramdd(x.numpy(), bins=[2] * x.shape[1], range=[(0, 1)] * x.shape[1])
    return torch.from_numpy((counts + pseudo_count) / (counts + pseudo_count).sum())


def choose(train, validation, candidates):
    import numpy as np
    with np.errstate(divide="ignore"):
        scores = [np.log(smoothed_table(train, c).numpy()[tuple(validation.long().numpy().T)]).mean() for c in candidates]
    return candidates[int(np.argmax(scores))]

# %% wrong: stops at the first candidate that is worse | "another candidate gives the validation part a higher"
def smoothed_table(x, pseudo_count):
    counts = torch.full([2] * x.shape[1], float(pseudo_count))
    columns = tuple(x.long().T)
    counts.index_put_(columns, torch.ones(len(x)), accumulate=True)
    return counts / counts.sum()


def choose(train, validation, candidates):
    best, top = candidates[0], -float("inf")
    for c in candidates:
        table = smoothed_table(train, c)
        score = table[tuple(validation.long().T)].log().mean().item()
        if score < top:
            break
        best, top = c, score
    return best
