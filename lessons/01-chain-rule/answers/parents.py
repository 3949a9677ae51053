# %% wrong: a variable is its own parent | "which is that variable itself in the ordering x2, x3, x1"
def parents(ordering):
    return [ordering[: ordering.index(i) + 1] for i in range(len(ordering))]


def edges(parents):
    return [(j, i) for i, listed in enumerate(parents) for j in listed]


# %% wrong: those that come after | "which comes after x2 in the ordering x2, x3, x1"
def parents(ordering):
    return [ordering[ordering.index(i) + 1 :] for i in range(len(ordering))]


def edges(parents):
    return [(j, i) for i, listed in enumerate(parents) for j in listed]


# %% wrong: listed by place, not by variable | "in the ordering x2, x3, x1"
def parents(ordering):
    return [ordering[:k] for k in range(len(ordering))]


def edges(parents):
    return [(j, i) for i, listed in enumerate(parents) for j in listed]


# %% wrong: the ordering taken for the places | "in the ordering x2, x3, x1"
def parents(ordering):
    return [[j for j in range(len(ordering)) if ordering[j] < ordering[i]] for i in range(len(ordering))]


def edges(parents):
    return [(j, i) for i, listed in enumerate(parents) for j in listed]


# %% wrong: only the one just before | "lack x2, although x2 comes before x1"
def parents(ordering):
    found = [[] for _ in ordering]
    for before, after in zip(ordering, ordering[1:]):
        found[after] = [before]
    return found


def edges(parents):
    return [(j, i) for i, listed in enumerate(parents) for j in listed]


# %% wrong: counted from one | "should not exceed 2"
def parents(ordering):
    return [[j + 1 for j in ordering[: ordering.index(i)]] for i in range(len(ordering))]


def edges(parents):
    return [(j, i) for i, listed in enumerate(parents) for j in listed]


# %% wrong: arrows from child to parent | "every edge points the wrong way"
def parents(ordering):
    return [ordering[: ordering.index(i)] for i in range(len(ordering))]


def edges(parents):
    return [(i, j) for i, listed in enumerate(parents) for j in listed]


# %% wrong: both directions | "one edge for each parent, 3 in all, but there are 6"
def parents(ordering):
    return [ordering[: ordering.index(i)] for i in range(len(ordering))]


def edges(parents):
    return [pair for i, listed in enumerate(parents) for j in listed for pair in ((i, j), (j, i))]


# %% wrong: the number of edges | "should be a list of pairs, but it is an int"
def parents(ordering):
    return [ordering[: ordering.index(i)] for i in range(len(ordering))]


def edges(parents):
    return sum(len(listed) for listed in parents)


# %% wrong: edges of the complete graph, whatever was dropped | "one edge for each parent, 4 in all, but there are 10"
def parents(ordering):
    return [ordering[: ordering.index(i)] for i in range(len(ordering))]


def edges(parents):
    n = len(parents)
    order = sorted(range(n), key=lambda i: len(parents[i]))
    return [(order[a], order[b]) for b in range(n) for a in range(b)]


# %% wrong: calls gmlib | "write it yourself"
def parents(ordering):
    return bayes_net.parents(ordering)


def edges(parents):
    return [(j, i) for i, listed in enumerate(parents) for j in listed]


# %% right: sets
def parents(ordering):
    found, before = [None] * len(ordering), set()
    for i in ordering:
        found[i] = set(before)
        before.add(i)
    return found


def edges(parents):
    return {(j, i) for i in range(len(parents)) for j in parents[i]}


# %% right: places
def parents(ordering):
    place = {variable: k for k, variable in enumerate(ordering)}
    return [[j for j in place if place[j] < place[i]] for i in range(len(ordering))]


def edges(parents):
    arrows = []
    for i in range(len(parents)):
        for j in range(len(parents)):
            if j in parents[i]:
                arrows.append([j, i])
    return arrows


# %% right: torch inside
def parents(ordering):
    place = torch.argsort(torch.tensor(ordering))
    before = place[None, :] < place[:, None]
    return [row.nonzero().flatten().tolist() for row in before]


def edges(parents):
    return tuple(tuple(pair) for i, listed in enumerate(parents) for pair in itertools.product(listed, [i]))

# %% wrong: empties the ordering | "your function changed ordering"
def parents(ordering):
    found = [[] for _ in ordering]
    while ordering:
        last = ordering.pop()
        found[last] = list(ordering)
    return found


def edges(parents):
    return [(j, i) for i, listed in enumerate(parents) for j in listed]
