# %% wrong: falling maps are refused | "one-to-one"
def flow_properties(x, left, right, low, high):
    return torch.stack([(left == right).all(1), (x.diff(dim=1) > 0).all(1),
                        (x.amin(1) <= low) & (x.amax(1) >= high), ((left != 0) & (right != 0)).all(1)], 1)

# %% wrong: a positive slope asked for | "without a slope of 0"
def flow_properties(x, left, right, low, high):
    step = x.diff(dim=1)
    return torch.stack([(left == right).all(1), (step > 0).all(1) | (step < 0).all(1),
                        (x.amin(1) <= low) & (x.amax(1) >= high), ((left > 0) & (right > 0)).all(1)], 1)

# %% wrong: one end is enough | "its values reach low AND high"
def flow_properties(x, left, right, low, high):
    step = x.diff(dim=1)
    return torch.stack([(left == right).all(1), (step > 0).all(1) | (step < 0).all(1),
                        (x.amin(1) <= low) | (x.amax(1) >= high), ((left != 0) & (right != 0)).all(1)], 1)

# %% wrong: the ends of the grid for the ends of the values | "onto"
def flow_properties(x, left, right, low, high):
    step = x.diff(dim=1)
    return torch.stack([(left == right).all(1), (step > 0).all(1) | (step < 0).all(1),
                        (x[:, 0] <= low) & (x[:, -1] >= high), ((left != 0) & (right != 0)).all(1)], 1)

# %% wrong: differentiable once somewhere | "the two slopes agree at every point"
def flow_properties(x, left, right, low, high):
    step = x.diff(dim=1)
    return torch.stack([(left == right).any(1), (step > 0).all(1) | (step < 0).all(1),
                        (x.amin(1) <= low) & (x.amax(1) >= high), ((left != 0) & (right != 0)).all(1)], 1)

# %% wrong: each step is up or down | "always rising or always falling"
def flow_properties(x, left, right, low, high):
    step = x.diff(dim=1)
    return torch.stack([(left == right).all(1), (step != 0).all(1),
                        (x.amin(1) <= low) & (x.amax(1) >= high), ((left != 0) & (right != 0)).all(1)], 1)

# %% wrong: a level map passes as monotone | "one of your verdicts on eight other maps"
def flow_properties(x, left, right, low, high):
    step = x.diff(dim=1)
    return torch.stack([(left == right).all(1), (step >= 0).all(1) | (step <= 0).all(1),
                        (x.amin(1) <= low) & (x.amax(1) >= high), ((left != 0) & (right != 0)).all(1)], 1)

# %% wrong: a kink counts as a slope of 0 | "without a slope of 0"
def flow_properties(x, left, right, low, high):
    step = x.diff(dim=1)
    smooth = (left == right).all(1)
    return torch.stack([smooth, (step > 0).all(1) | (step < 0).all(1),
                        (x.amin(1) <= low) & (x.amax(1) >= high), smooth & (left != 0).all(1)], 1)

# %% wrong: one verdict a map | "should have shape (6, 4)"
def flow_properties(x, left, right, low, high):
    step = x.diff(dim=1)
    return (left == right).all(1) & (step > 0).all(1)

# %% wrong: numbers for booleans | "bool"
def flow_properties(x, left, right, low, high):
    step = x.diff(dim=1)
    return torch.stack([(left == right).all(1), (step > 0).all(1) | (step < 0).all(1),
                        (x.amin(1) <= low) & (x.amax(1) >= high), ((left != 0) & (right != 0)).all(1)], 1).float()

# %% wrong: no two values on the grid are equal | "one that turns back is not one-to-one"
def flow_properties(x, left, right, low, high):
    one_to_one = (x.sort(1).values.diff(dim=1) > 0).all(1)
    return torch.stack([(left == right).all(1), one_to_one,
                        (x.amin(1) <= low) & (x.amax(1) >= high), ((left != 0) & (right != 0)).all(1)], 1)

# %% wrong: the slope to the left alone | "the slope of either side may be 0"
def flow_properties(x, left, right, low, high):
    step = x.diff(dim=1)
    return torch.stack([(left == right).all(1), (step > 0).all(1) | (step < 0).all(1),
                        (x.amin(1) <= low) & (x.amax(1) >= high), (left != 0).all(1)], 1)

# %% wrong: the mean of the two slopes | "without a slope of 0"
def flow_properties(x, left, right, low, high):
    step = x.diff(dim=1)
    return torch.stack([(left == right).all(1), (step > 0).all(1) | (step < 0).all(1),
                        (x.amin(1) <= low) & (x.amax(1) >= high), (left + right != 0).all(1)], 1)

# %% wrong: one-to-one by the signs of the slopes | "whether z^3 is one-to-one"
def flow_properties(x, left, right, low, high):
    one = ((left > 0) & (right > 0)).all(1) | ((left < 0) & (right < 0)).all(1)
    return torch.stack([(left == right).all(1), one,
                        (x.amin(1) <= low) & (x.amax(1) >= high), ((left != 0) & (right != 0)).all(1)], 1)

# %% wrong: only the two ends compared | "one of your verdicts on eight other maps"
def flow_properties(x, left, right, low, high):
    return torch.stack([(left == right).all(1), x[:, 0] != x[:, -1],
                        (x.amin(1) <= low) & (x.amax(1) >= high), ((left != 0) & (right != 0)).all(1)], 1)

# %% wrong: the table of the example | "should have shape (8, 4)"
def flow_properties(x, left, right, low, high):
    return torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 1], [0, 1, 1, 1], [0, 0, 0, 1], [1, 1, 1, 1]]).bool()

# %% wrong: beyond low and high, not just there | "just touching them is enough"
def flow_properties(x, left, right, low, high):
    step = x.diff(dim=1)
    return torch.stack([(left == right).all(1), (step > 0).all(1) | (step < 0).all(1),
                        (x.amin(1) < low) & (x.amax(1) > high), ((left != 0) & (right != 0)).all(1)], 1)

# %% right: map by map
def flow_properties(x, left, right, low, high):
    rows = []
    for values, l, r in zip(x.tolist(), left.tolist(), right.tolist()):
        pairs = list(zip(values, values[1:]))
        rows.append([l == r, all(a < b for a, b in pairs) or all(a > b for a, b in pairs),
                     min(values) <= low and max(values) >= high, 0 not in l and 0 not in r])
    return torch.tensor(rows)

# %% right: by signs
def flow_properties(x, left, right, low, high):
    total = x.diff(dim=1).sign().sum(1).abs()
    onto = (x <= low).any(1) & (x >= high).any(1)
    return torch.stack([~(left != right).any(1), total == x.shape[1] - 1, onto, (left * right != 0).all(1)], 1)

# %% right: numpy inside
def flow_properties(x, left, right, low, high):
    import numpy as np

    x, left, right = x.numpy(), left.numpy(), right.numpy()
    step = np.diff(x, axis=1)
    found = np.stack([(left == right).all(1), (step.min(1) > 0) | (step.max(1) < 0),
                      (x.min(1) <= low) & (x.max(1) >= high), (left != 0).all(1) & (right != 0).all(1)], 1)
    return torch.from_numpy(found)

# %% right: by sorting
def flow_properties(x, left, right, low, high):
    up, strict = x.sort(1).values, (x.sort(1).values.diff(dim=1) > 0).all(1)
    ordered = (up == x).all(1) | (up.flip(1) == x).all(1)
    onto = (up[:, 0] <= low) & (up[:, -1] >= high)
    no_zero = torch.minimum(left.abs(), right.abs()).amin(1) > 0
    return torch.stack([(left - right).abs().amax(1) == 0, ordered & strict, onto, no_zero], 1)

# %% right: slopes compared with a tolerance, all steps of one sign
def flow_properties(x, left, right, low, high):
    step = (x[:, 1:] - x[:, :-1]).sign()
    same = (step == step[:, :1]).all(1) & (step[:, 0] != 0)
    onto = (x.min(1).values <= low).logical_and(x.max(1).values >= high)
    return torch.stack([torch.isclose(left, right).all(1), same, onto,
                        torch.cat([left, right], 1).ne(0).all(1)], dim=1)

# %% right: a table filled in
def flow_properties(x, left, right, low, high):
    found = torch.zeros(len(x), 4, dtype=torch.bool)
    for i, values in enumerate(x):
        found[i, 0] = bool((left[i] - right[i]).abs().max() == 0)
        found[i, 1] = bool((values.diff() > 0).all() or (values.diff() < 0).all())
        found[i, 2] = bool(values.min() <= low and high <= values.max())
        found[i, 3] = bool(left[i].abs().min() > 0 and right[i].abs().min() > 0)
    return found
