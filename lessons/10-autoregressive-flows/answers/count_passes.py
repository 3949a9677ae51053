# %% wrong: the two swapped | "the passes for a density in one layer"
def count_passes(n, layers):
    return n * layers, layers

# %% wrong: layers forgotten in sampling | "each layer waits for all n entries"
def count_passes(n, layers):
    return layers, n

# %% wrong: layers add | "the passes for samples of five variables"
def count_passes(n, layers):
    return layers, n + layers

# %% wrong: a density in one pass whatever the depth | "a density: one for each layer"
def count_passes(n, layers):
    return 1, n * layers

# %% wrong: a power | "each layer waits for all n entries"
def count_passes(n, layers):
    return layers, n**layers

# %% wrong: pairs of variables | "the passes for samples of five variables"
def count_passes(n, layers):
    return layers, layers * n * (n - 1) // 2

# %% wrong: sampling in one pass a layer | "the passes for samples of five variables"
def count_passes(n, layers):
    return layers, layers

# %% wrong: as many as entries for both | "the passes for a density in one layer"
def count_passes(n, layers):
    return n * layers, n * layers

# %% wrong: layers share the steps | "each layer waits for all n entries"
def count_passes(n, layers):
    return layers, n + layers - 1

# %% right: counted
def count_passes(n, layers):
    density = sampling = 0
    for _ in range(layers):
        density += 1
        for _ in range(n):
            sampling += 1
    return density, sampling

# %% right: a list of tensors
def count_passes(n, layers):
    return [torch.tensor(layers), torch.tensor(n) * layers]

# %% right: a sum
def count_passes(n, layers):
    return layers, sum(n for _ in range(layers))

# %% right: floats that are whole
def count_passes(n, layers):
    return float(layers), math.prod([n, layers])

# %% wrong: the layers not looked at | "a density: one for each layer"
def count_passes(n, layers):
    return 1, n

# %% wrong: the example's numbers | "a density: one for each layer"
def count_passes(n, layers):
    return 1, 5

# %% wrong: the first variable of later layers free | "each layer waits for all n entries"
def count_passes(n, layers):
    return layers, (n - 1) * layers + 1

# %% wrong: one more pass for the density of the sample | "the passes for samples of five variables"
def count_passes(n, layers):
    return layers, (n + 1) * layers

# %% wrong: one sum of both | "the two counts"
def count_passes(n, layers):
    return layers + n * layers

# %% right: numpy
def count_passes(n, layers):
    import numpy as np

    return np.ones(layers, dtype=int).sum(), np.ones((n, layers)).sum()

# %% right: by recursion
def count_passes(n, layers):
    if layers == 0:
        return 0, 0
    density, samples = count_passes(n, layers - 1)
    return density + 1, samples + n
