# tries: to flood the socket with garbage from four threads, for as long as the process lives.

# %% extra
import os
import stat
import threading

fds = [int(n) for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")]
fd = next(fd for fd in fds if stat.S_ISSOCK(os.fstat(fd).st_mode))


def flood():
    while True:
        os.write(fd, os.urandom(65536))


for _ in range(4):
    threading.Thread(target=flood, daemon=True).start()
