"""The command line that starts a program in bubblewrap, and what of this machine the program then sees.

It sees the system's programs and libraries and Python with its packages, read-only, an empty /tmp, and files that come
from memory. Nothing is written on the host, so nothing is left behind, however a process ends.
"""

import os
import resource
import shutil
import sys
from pathlib import Path

from gmcourse.errors import CourseError
from gmcourse.grading import isolation, syscalls

TMP, SHM = 256 << 20, 64 << 20  # bytes: the folders that can be written
# Of each process. Libraries count in `as`, not in `data`; torch for GPUs alone has several GB of them.
LIMITS = {"data": 6 << 30, "as": 32 << 30, "fsize": 64 << 20, "core": 0, "nofile": 256, "nproc": 64}
UID = 23456  # whom root becomes before bubblewrap: the kernel holds uid 0 to no limit of processes
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {
    "PATH": f"{os.path.dirname(sys.executable)}:{PATH}",
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "PYTHONPATH": "/course",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "IPYTHONDIR": "/tmp/ipython",
    "TQDM_DISABLE": "1",
    "PIP_RETRIES": "0",
    "PIP_NO_INPUT": "1",
}
PASSWD = {"/etc/passwd": b"student:x:65534:65534::/tmp:/bin/sh\n", "/etc/group": b"student:x:65534:\n"}
PARTS = ("bin", "lib", "lib32", "lib64", "libexec", "pyvenv.cfg")  # of a Python's or the system's folder
SYSTEM = ("/usr/share/zoneinfo", "/etc/alternatives", "/etc/ld.so.cache", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
OF_THE_HOST = tuple(
    f"/proc/{name}"
    for name in ("cmdline", "config.gz", "diskstats", "kallsyms", "keys", "modules", "partitions", "version")
)
STARTED = b"the sandbox stands\n"  # on stderr
START = f"""echo {STARTED.decode().strip()} >&2; exec "$@" """
# Root's Python may lie in a folder that only root enters. In a mount namespace of its own, which ends with it,
# bubblewrap finds it elsewhere. Every step is an exec: the process that we started is bubblewrap in the end.
STAGE = """set -e; stage=$1; shift; mount -t tmpfs -o mode=755 tmpfs "$stage"; n=0
while [ "$1" != -- ]; do mkdir "$stage/$n"; mount --bind "$1" "$stage/$n"; n=$((n+1)); shift; done
shift; exec "$@" """


def command(program: list[str], files: dict[str, bytes], fds: list[int]) -> list[str]:
    """The command line for Python to run `program`, followed by the number of its socket, `fds[0]`.

    What is read from memory is added to `fds`: all of them are to be passed on, and closed here after the start.
    """

    def memory(content):
        fds.append(os.memfd_create("grading"))
        os.write(fds[-1], content)
        os.lseek(fds[-1], 0, os.SEEK_SET)
        return str(fds[-1])

    bwrap = tool("bwrap")
    before, binds = _binds()
    see = ["--unshare-all", "--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534"]
    see += ["--cap-drop", "ALL", "--new-session", "--die-with-parent", "--hostname", "student", "--clearenv"]
    see += [word for name, value in ENVIRONMENT.items() for word in ("--setenv", name, value)]
    see += ["--proc", "/proc", "--dev", "/dev", "--size", str(SHM), "--perms", "1777", "--tmpfs", "/dev/shm"]
    see += ["--size", str(TMP), "--perms", "1777", "--tmpfs", "/tmp", "--chdir", "/tmp", *binds]
    for path in OF_THE_HOST:
        if os.path.exists(path):
            see += ["--ro-bind-data", memory(b""), path]
    for path, content in (PASSWD | files).items():
        see += ["--perms", "0444", "--file", memory(content), path]
    see += ["--remount-ro", "/dev", "--remount-ro", "/"]  # otherwise they can be written, up to the host's memory
    if syscalls.compiled():
        see += ["--seccomp", memory(syscalls.compiled())]
    arguments = memory("\0".join(see).encode())  # /proc/1/cmdline shows the command line
    # Set inside, where since Linux 5.14 only the processes inside count; before, all of the user's did.
    limit = [f"--{name}={value}" for name, value in limits().items()]
    run = ["sh", "-c", START, "sh", "prlimit", *limit, sys.executable, "-s", *program, str(fds[0])]
    return [*before, bwrap, "--args", arguments, "--", *run]


def limits() -> dict[str, int]:
    """LIMITS, or what we are held to ourselves where that is less."""
    old = tuple(int(n) for n in os.uname().release.split("-")[0].split(".")[:2]) < (5, 14)
    found = LIMITS | {"nproc": 4096 if old else LIMITS["nproc"]}
    ours = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name.upper()}"))[1] for name in found}
    return {name: n if ours[name] == resource.RLIM_INFINITY else min(n, ours[name]) for name, n in found.items()}


def _binds():
    """What leads to bubblewrap, as words of a command line, and bubblewrap's options for what is seen of the host."""
    roots = python_folders()
    before, at = _as_somebody(roots) if os.getuid() == 0 else ([], {})
    source = {f"{root}/{part}": f"{at.get(root, root)}/{part}" for root in roots for part in PARTS}
    source = {path: where for path, where in (source | {p: p for p in SYSTEM}).items() if os.path.exists(path)}
    see = []
    for path, where in source.items():
        link = os.readlink(path) if os.path.islink(path) else None
        if link and os.path.normpath(os.path.join(os.path.dirname(path), link)) in source:
            see += ["--symlink", link, path]
        else:
            see += ["--ro-bind", where, path]
    installed = {p.resolve(): p for root in roots for p in Path(root).glob("lib*/python*/*-packages/gm*")}
    for path in installed.values():
        if path.name in ("gmlib", "gmcourse"):  # where the course is not a checkout, but installed
            see += ["--perms", "0555", "--size", "4096", "--tmpfs", str(path), "--remount-ro", str(path)]
    return before, see


def python_folders():
    """The system's folders, the environment, the Python that it is of, and those on the way from one to the other."""
    folders, link = ["/usr", "/usr/local", sys.prefix, sys.base_prefix], sys.executable
    while os.path.islink(link):
        link = os.path.normpath(os.path.join(os.path.dirname(link), os.readlink(link)))
        folders.append(os.path.dirname(os.path.dirname(link)))
    return [folder for folder in dict.fromkeys(folders) if folder != "/"]


def _as_somebody(roots):
    """For root: the words that make an ordinary user of it, and {folder that this user cannot enter: where it can}."""
    user = [tool("setpriv"), f"--reuid={UID}", f"--regid={UID}", "--clear-groups", "--bounding-set=-all"]
    user += ["--inh-caps=-all", "--no-new-privs"]
    hidden = [root for root in roots if not _open_to_all(root)]
    if not hidden:
        return user, {}
    real = [Path(os.path.realpath(root)) for root in roots]
    free = [d for d in ("/mnt", "/media", "/srv", "/opt") if not any(r.is_relative_to(d) for r in real)]
    stage = next(filter(os.path.isdir, free), "/mnt")
    private = [tool("unshare"), "--mount", "--propagation", "private", "sh", "-c", STAGE, "sh", stage]
    return [*private, *hidden, "--", *user], {folder: f"{stage}/{n}" for n, folder in enumerate(hidden)}


def _open_to_all(folder):
    """Whether any user may enter it."""
    path = Path(os.path.realpath(folder))
    return all(p.stat().st_mode & 0o001 for p in (path, *path.parents))


def tool(name: str) -> str:
    """Where a program is; CourseError with how to install it."""
    path = shutil.which(name) or shutil.which(name, path=PATH)
    if path is None:
        raise CourseError(isolation.missing(name))
    return path
