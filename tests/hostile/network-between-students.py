# tries: to meet another submission on a socket, in a file or in shared memory, and to take its answers.

# %% extra
import os
import socket
import threading


def serve(sock):
    while True:
        one, _ = sock.accept()
        one.send(b"answers")


print("BREACH" if os.path.exists("/dev/shm/hostile-answers") or os.path.exists("/tmp/hostile-answers") else "alone")
for family, name in [(socket.AF_UNIX, "\0hostile-answers"), (socket.AF_UNIX, "/tmp/hostile-answers"), (socket.AF_INET, ("127.0.0.1", 45871))]:
    try:
        with socket.socket(family) as sock:
            sock.connect(name)
            print("BREACH", sock.recv(100))
    except OSError as error:
        print(error)
    try:
        sock = socket.socket(family)
        sock.bind(name)
        sock.listen()
        threading.Thread(target=serve, args=[sock], daemon=True).start()
        print("waiting on", name)
    except OSError as error:
        print(error)
open("/dev/shm/hostile-answers", "w").write("answers")

# %% answer log_bernoulli
import time


def log_bernoulli(x, logits):
    time.sleep(0.3)  # long enough for the other one to come
    return x
