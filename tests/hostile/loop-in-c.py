# tries: endless work inside of C code, where no Python signal handler runs.

# %% answer step
def step(a, x_i, w_i):
    return 10 ** 10**9
