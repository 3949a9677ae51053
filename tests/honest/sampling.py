# has: answers of the third notebook in other words, with loops over units and tuples.
# notebook: 02-fvsbn-nade-made-c

# %% extra
%matplotlib inline
import numpy as np

# %% answer draw_degrees
def draw_degrees(n, width, generator):
    degrees = [torch.randint(1, n, (), generator=generator) for _ in range(width)]
    return torch.stack(degrees).long()

# %% answer made_masks
def made_masks(ordering, degrees):
    place = {v: k + 1 for k, v in enumerate(ordering)}
    numbers = [[place[i] for i in range(len(ordering))]] + [d.tolist() for d in degrees]
    masks = [torch.tensor([[a <= b for a in ins] for b in outs]) for ins, outs in zip(numbers, numbers[1:])]
    return tuple(masks + [torch.tensor([[a < p for a in numbers[-1]] for p in numbers[0]])])

# %% answer made_sample
def made_sample(conditionals, ordering, count, generator):
    x = torch.zeros(count, len(ordering))
    for step, i in enumerate(ordering):
        print("step", step)
        for _ in range(3):
            x_hat = conditionals(x)
        x[:, i] = torch.bernoulli(x_hat, generator=generator)[:, i] if False else (
            torch.rand(count, generator=generator) < x_hat[:, i]).float()
    return x

# %% answer parameter_counts
def parameter_counts(n, d):
    i = np.arange(1, n + 1)
    tied = np.int64(2 * n * d + d + n)
    return np.int64(n), i.sum(), (d * (i - 1) + 2 * d + 1).sum(), tied, tied
