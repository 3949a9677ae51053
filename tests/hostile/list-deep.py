# tries: a list a hundred thousand levels deep, one that holds itself, and one that is two to the thirty-fifth wide.

# %% answer log_bernoulli
def log_bernoulli(x, logits):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep


# %% answer untied_logit
def untied_logit(*args):
    loop = []
    loop.append({"me": (loop,)})
    return loop


# %% answer step
def step(a, x_i, w_i):
    wide = [0.0]
    for _ in range(35):
        wide = [wide, wide]
    return wide
