# %% wrong: the last layer lets equal numbers through | "which is that variable itself"
def made_masks(ordering, degrees):
    place = torch.empty(len(ordering), dtype=torch.long)
    place[list(ordering)] = torch.arange(1, len(ordering) + 1)
    layers = [place, *degrees]
    return [a <= b[:, None] for a, b in zip(layers, layers[1:])] + [layers[-1] <= place[:, None]]

# %% wrong: strict everywhere | "something is too strict"
def made_masks(ordering, degrees):
    place = torch.empty(len(ordering), dtype=torch.long)
    place[list(ordering)] = torch.arange(1, len(ordering) + 1)
    layers = [place, *degrees, place]
    return [a < b[:, None] for a, b in zip(layers, layers[1:])]

# %% wrong: takes the ordering for the places | "in the ordering"
def made_masks(ordering, degrees):
    place = torch.tensor(ordering) + 1
    layers = [place, *degrees]
    return [a <= b[:, None] for a, b in zip(layers, layers[1:])] + [layers[-1] < place[:, None]]

# %% wrong: transposed | "(units out, units in)"
def made_masks(ordering, degrees):
    place = torch.empty(len(ordering), dtype=torch.long)
    place[list(ordering)] = torch.arange(1, len(ordering) + 1)
    layers = [place, *degrees]
    return [(a <= b[:, None]).T for a, b in zip(layers, layers[1:])] + [(layers[-1] < place[:, None]).T]

# %% wrong: ignores the ordering | "in the ordering"
def made_masks(ordering, degrees):
    place = torch.arange(1, len(ordering) + 1)
    layers = [place, *degrees]
    return [a <= b[:, None] for a, b in zip(layers, layers[1:])] + [layers[-1] < place[:, None]]

# %% wrong: only the last hidden layer is masked | "something lets too much through"
def made_masks(ordering, degrees):
    place = torch.empty(len(ordering), dtype=torch.long)
    place[list(ordering)] = torch.arange(1, len(ordering) + 1)
    layers = [place, *degrees]
    masks = [torch.ones(len(b), len(a), dtype=torch.bool) for a, b in zip(layers, layers[1:])]
    return masks + [layers[-1] < place[:, None]]

# %% wrong: forgets to return | "is the last line of your function a `return`"
def made_masks(ordering, degrees):
    place = torch.argsort(torch.tensor(ordering)) + 1

# %% wrong: right connections, scaled | "cuts it (0), but mask 0 contains -0.5"
def made_masks(ordering, degrees):
    place = torch.argsort(torch.tensor(ordering)) + 1
    layers = [place, *degrees]
    masks = [a <= b[:, None] for a, b in zip(layers, layers[1:])] + [layers[-1] < place[:, None]]
    return [-0.5 * mask for mask in masks]

# %% wrong: nested lists | "should be a tensor"
def made_masks(ordering, degrees):
    place = torch.argsort(torch.tensor(ordering)) + 1
    layers = [place, *degrees]
    masks = [a <= b[:, None] for a, b in zip(layers, layers[1:])] + [layers[-1] < place[:, None]]
    return [mask.tolist() for mask in masks]

# %% right: loops over units
def made_masks(ordering, degrees):
    place = {v: k + 1 for k, v in enumerate(ordering)}
    numbers = [[place[i] for i in range(len(ordering))]] + [d.tolist() for d in degrees]
    masks = [torch.tensor([[a <= b for a in ins] for b in outs]) for ins, outs in zip(numbers, numbers[1:])]
    return masks + [torch.tensor([[a < p for a in numbers[-1]] for p in numbers[0]])]

# %% right: argsort, float masks
def made_masks(ordering, degrees):
    place = torch.argsort(torch.tensor(ordering)) + 1
    layers = [place, *degrees]
    return [(a[None] <= b[:, None]).float() for a, b in zip(layers, layers[1:])] + [(layers[-1][None] < place[:, None]).float()]

# %% right: numpy inside, a tuple out
def made_masks(ordering, degrees):
    import numpy as np
    place = np.argsort(ordering) + 1
    layers = [place, *[np.asarray(d) for d in degrees]]
    masks = [np.less_equal.outer(a, b).T for a, b in zip(layers, layers[1:])] + [np.less.outer(layers[-1], place).T]
    return tuple(torch.from_numpy(np.ascontiguousarray(m)) for m in masks)

# %% wrong: hidden units joined only to those of the same number | "cuts connections that the table keeps"
def made_masks(ordering, degrees):
    place = torch.argsort(torch.tensor(ordering)) + 1
    layers = [place, *degrees]
    masks = [a <= b[:, None] for a, b in zip(layers[:1], layers[1:])]
    masks += [a == b[:, None] for a, b in zip(degrees, degrees[1:])]
    return masks + [layers[-1] < place[:, None]]

# %% wrong: inputs joined only to units of their own number | "cuts connections that the table keeps"
def made_masks(ordering, degrees):
    place = torch.argsort(torch.tensor(ordering)) + 1
    layers = [place, *degrees]
    masks = [(a <= b[:, None]) if k else (a == b[:, None]) for k, (a, b) in enumerate(zip(layers, layers[1:]))]
    return masks + [layers[-1] < place[:, None]]

# %% wrong: the places put into the caller's list | "your function changed degrees"
def made_masks(ordering, degrees):
    place = torch.argsort(torch.tensor(ordering)) + 1
    degrees.insert(0, place)
    masks = [a <= b[:, None] for a, b in zip(degrees, degrees[1:])]
    return masks + [degrees[-1] < place[:, None]]

# %% wrong: places from 0 | "something is too strict"
def made_masks(ordering, degrees):
    place = torch.argsort(torch.tensor(ordering))
    layers = [place, *degrees]
    return [a <= b[:, None] for a, b in zip(layers, layers[1:])] + [layers[-1] < place[:, None]]

# %% wrong: places from 0, with the strict sign in the other layers | "something is too strict"
def made_masks(ordering, degrees):
    place = torch.argsort(torch.tensor(ordering))
    layers = [place, *degrees]
    return [a < b[:, None] for a, b in zip(layers, layers[1:])] + [layers[-1] <= place[:, None]]

# %% wrong: one hidden layer, however many there are | "should have 3 entries"
def made_masks(ordering, degrees):
    place = torch.argsort(torch.tensor(ordering)) + 1
    m = degrees[0]
    return [place <= m[:, None], m < place[:, None]]

# %% wrong: an extra mask from inputs to outputs when there are hidden layers | "should have 2 entries"
def made_masks(ordering, degrees):
    place = torch.argsort(torch.tensor(ordering)) + 1
    layers = [place, *degrees, place]
    return [a <= b[:, None] for a, b in zip(layers, layers[1:])] + [layers[-1] < place[:, None]]

# %% right: broadcasting, whole numbers
def made_masks(ordering, degrees):
    n = len(ordering)
    place = torch.tensor([ordering.index(i) for i in range(n)]) + 1
    masks, before = [], place
    for m in degrees:
        masks.append((before.unsqueeze(0) <= m.unsqueeze(1)).long())
        before = m
    masks.append(torch.lt(before.unsqueeze(0), place.unsqueeze(1)).long())
    return masks

# %% right: half a place later for the outputs
def made_masks(ordering, degrees):
    place = torch.zeros(len(ordering)).scatter(0, torch.tensor(ordering), torch.arange(1.0, len(ordering) + 1))
    layers = [place, *(d.float() for d in degrees), place - 0.5]
    return [torch.heaviside(b[:, None] - a, torch.tensor(1.0)) for a, b in zip(layers, layers[1:])]
