"""What a tree of processes uses, read from /proc, and how all of it is ended."""

import contextlib
import os
import select
import signal
import time
from pathlib import Path

MEMORY = 3 << 30  # bytes, of all processes together
PROCESSES = 32
ENTRIES = 50_000  # files and folders in each writable folder: an empty one takes memory too, and no process shows it


def excess(pid: int, inside: bool) -> str | None:
    """Why the tree of `pid` is to be ended, or None. inside: `pid` is bubblewrap, the tree has folders of its own."""
    pids = tree(pid)
    if len(pids) > PROCESSES:
        return f"started more than {PROCESSES} processes"
    sizes = {p: _resident(p) for p in pids}
    # Shared pages count in each process that has them. Only where that is too much is the slow exact sum worth it.
    if sum(sizes.values()) > MEMORY and sum(_proportional(p) or sizes[p] for p in pids) > MEMORY:
        return f"used more than {MEMORY / 2**30:g} GiB of memory"
    if inside and any(_entries(p) > ENTRIES for p in children(pid)):
        return f"made more than {ENTRIES} files"
    return None


def children(pid: int) -> list[int]:
    """The processes that `pid` started, or that came to it when their parents ended."""
    found = []
    with contextlib.suppress(OSError):  # it ended
        for thread in os.listdir(f"/proc/{pid}/task"):
            found += [int(p) for p in Path(f"/proc/{pid}/task/{thread}/children").read_text().split()]
    return found


def tree(pid: int) -> list[int]:
    """`pid` and all below it."""
    found = [pid]
    for p in found:  # grows meanwhile
        found += children(p)
    return found


def _resident(pid):
    """Bytes of memory, swap and page tables. Readable whatever the process does to hide its memory."""
    with contextlib.suppress(OSError):
        lines = [line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
        return sum(int(line[1]) << 10 for line in lines if line[0] in ("VmRSS:", "VmSwap:", "VmPTE:"))
    return 0


def _proportional(pid):
    """Like `_resident`, with a page that n processes share as 1/n; 0 where it cannot be read."""
    with contextlib.suppress(OSError):
        lines = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
        return sum(int(line[1]) << 10 for line in lines if line[0] in ("Pss:", "SwapPss:"))
    return 0


def _entries(pid):
    """How many files and folders the fuller one of the sandbox's writable folders has."""
    most = 0
    for folder in ("tmp", "dev/shm"):
        with contextlib.suppress(OSError):
            disk = os.statvfs(f"/proc/{pid}/root/{folder}")
            most = max(most, disk.f_files - disk.f_ffree)
    return most


def end(pid: int, seconds: float = 10.0):
    """Kill bubblewrap and wait until the last process inside is gone; after `seconds`, return all the same.

    `pid` must be a child of this process that nobody has waited for yet.
    """
    until = time.monotonic() + seconds
    # Stopped, it can start nothing between the look at its children and its end.
    os.kill(pid, signal.SIGSTOP)
    while time.monotonic() < until and not os.waitid(os.P_PID, pid, os.WSTOPPED | os.WEXITED | os.WNOHANG | os.WNOWAIT):
        time.sleep(0.001)
    watched = []
    for p in children(pid):
        with contextlib.suppress(OSError):
            watched.append(os.pidfd_open(p))
    os.kill(pid, signal.SIGKILL)
    for fd in watched:
        # The child is process 1 in there: the kernel ends it only after all others.
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(fd, signal.SIGKILL)
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        poll.poll(max(0, 1000 * (until - time.monotonic())))
        os.close(fd)
