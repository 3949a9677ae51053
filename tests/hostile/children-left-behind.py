# tries: daemons that leave the session, ignore every signal and outlive the submission, waiting for the next one.

# %% extra
import os
import signal
import subprocess
import time

for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in range(1, 65):
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            os.closerange(0, 64)
            while True:
                time.sleep(1)
        os._exit(0)
subprocess.Popen(["/bin/sh", "-c", "trap '' TERM HUP INT; while :; do sleep 1; done"], start_new_session=True)
