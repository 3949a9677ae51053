# %% wrong: 2^n, the sum to one forgotten | "count_table(3) is too large: 8 entries, sum 1"
def count_table(n):
    return 2**n


def count_cpts(parents):
    return sum(2 ** len(listed) for listed in parents)


def count_logistic(n):
    return n * (n + 1) // 2


# %% wrong: both values of x_i stored | "too large: one number, p(x_i = 1 | ...), for each setting"
def count_table(n):
    return 2**n - 1


def count_cpts(parents):
    return sum(2 ** (len(listed) + 1) for listed in parents)


def count_logistic(n):
    return n * (n + 1) // 2


# %% wrong: one number a parent | "too small: one number, p(x_i = 1 | ...), for each setting"
def count_table(n):
    return 2**n - 1


def count_cpts(parents):
    return sum(len(listed) for listed in parents)


def count_logistic(n):
    return n * (n + 1) // 2


# %% wrong: 2^m - 1 for a table with m parents | "too small: one number"
def count_table(n):
    return 2**n - 1


def count_cpts(parents):
    return sum(2 ** len(listed) - 1 for listed in parents)


def count_logistic(n):
    return n * (n + 1) // 2


# %% wrong: the full table whatever was dropped | "too large: one number"
def count_table(n):
    return 2**n - 1


def count_cpts(parents):
    return 2 ** len(parents) - 1


def count_logistic(n):
    return n * (n + 1) // 2


# %% wrong: no biases | "count_logistic(3) is too small: weights and a bias each"
def count_table(n):
    return 2**n - 1


def count_cpts(parents):
    return sum(2 ** len(listed) for listed in parents)


def count_logistic(n):
    return n * (n - 1) // 2


# %% wrong: n^2 / 2 | "count_logistic(3) is too small"
def count_table(n):
    return 2**n - 1


def count_cpts(parents):
    return sum(2 ** len(listed) for listed in parents)


def count_logistic(n):
    return n * n // 2


# %% wrong: floats | "stay with whole numbers"
def count_table(n):
    return 2.0**n - 1


def count_cpts(parents):
    return sum(2 ** len(listed) for listed in parents)


def count_logistic(n):
    return n * (n + 1) // 2


# %% wrong: a division gives a float | "stay with whole numbers"
def count_table(n):
    return 2**n - 1


def count_cpts(parents):
    return sum(2 ** len(listed) for listed in parents)


def count_logistic(n):
    return n * (n + 1) / 2


# %% wrong: 64 bits only | "count_table(64)"
def count_table(n):
    return int(torch.tensor(2) ** n - 1)


def count_cpts(parents):
    return sum(2 ** len(listed) for listed in parents)


def count_logistic(n):
    return n * (n + 1) // 2


# %% wrong: forgets to return | "is the last line of your function a `return`?"
def count_table(n):
    2**n - 1


def count_cpts(parents):
    return sum(2 ** len(listed) for listed in parents)


def count_logistic(n):
    return n * (n + 1) // 2


# %% right: loops
def count_table(n):
    entries = 1
    for _ in range(n):
        entries *= 2
    return entries - 1


def count_cpts(parents):
    total = 0
    for listed in parents:
        total += 1 << len(listed)
    return total


def count_logistic(n):
    return sum(range(n + 1))


# %% right: the table as the sum of full CPTs
def count_table(n):
    return count_cpts([range(i) for i in range(n)])


def count_cpts(parents):
    return sum(2 ** len(listed) for listed in parents)


def count_logistic(n):
    return math.comb(n + 1, 2)


# %% right: numpy integers where they are large enough
def count_table(n):
    return 2**n - 1


def count_cpts(parents):
    return sum(pow(2, len(listed)) for listed in parents)


def count_logistic(n):
    import numpy as np
    return np.arange(1, n + 1).sum()
