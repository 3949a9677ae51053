# tries: an endless loop that catches whatever would stop it.

# %% answer step
def step(a, x_i, w_i):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
