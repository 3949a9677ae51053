# tries: os._exit in an extra cell before any answer, and in a thread at some moment during the tests.

# %% extra
import os
import threading

threading.Timer(0.4, os._exit, [0]).start()


# %% extra
import os

os._exit(0)
