# tries: destructors, atexit functions and non-daemon threads that sleep when all is over.

# %% extra
import atexit
import threading
import time


class Sleepy:
    def __del__(self):
        time.sleep(10**6)


kept = Sleepy()
atexit.register(time.sleep, 10**6)
threading.Thread(target=time.sleep, args=[10**6]).start()

# %% answer step
def step(a, x_i, w_i):
    Sleepy()
    return a
