# tries: to crash the interpreter by a null pointer and by freed memory.

# %% answer step
import ctypes


def step(a, x_i, w_i):
    ctypes.string_at(0)


# %% answer log_bernoulli
import ctypes
import faulthandler


def log_bernoulli(x, logits):
    if len(x) == 1:
        faulthandler.dump_traceback_later(0.01, exit=True, file=open("/tmp/hostile-dump", "w"))
        ctypes.memset(id(x), 0, 64)
    return x[:, 0]
