"""A program that speaks like gmcourse.grading.worker and does what a job says. It imports little: it starts at once.

A job: {"notebook": name, "seconds": how long it takes, "stubborn": seconds in which it does not look up, "dies": [file,
how often it dies of this job]}. The result's notes are the job's name and the number of the process.
"""

import json
import os
import select
import signal
import sys
import time


def main():
    """Answer jobs until the input ends."""
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        if "dies" in job:
            file, times = job["dies"]
            with open(file, "a+") as marks:
                marks.write("x")
                marks.seek(0)
                count = len(marks.read())
            if count <= times:
                os.kill(os.getpid(), signal.SIGKILL)
        poll = select.poll()
        poll.register(sys.stdin, select.POLLHUP)
        if poll.poll(1000 * job.get("seconds", 0)):
            return
        time.sleep(job.get("stubborn", 0))
        answer = {"grades": {}, "outputs": {}, "notes": [job["notebook"], os.getpid()], "seconds": {}, "fault": None}
        print(json.dumps({"result": answer}), flush=True)


if __name__ == "__main__":
    main()
