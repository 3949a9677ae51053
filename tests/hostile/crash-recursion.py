# tries: recursion without a limit, until the C stack ends.

# %% answer step
import sys


def step(a, x_i, w_i):
    sys.setrecursionlimit(10**9)

    class Deep:
        def __getattr__(self, name):
            return getattr(self, name + "x")

    return step(a, x_i, w_i) or Deep().x
