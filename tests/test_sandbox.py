"""What a student's process can reach and use. All hostile code here is text that runs inside the sandbox only."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import pytest

from gmcourse.errors import CourseError
from gmcourse.grading import bubblewrap, isolation, sandbox, syscalls, watch

pytestmark = [
    pytest.mark.grading,
    pytest.mark.skipif(
        shutil.which("bwrap") is None and os.environ.get("CI") != "true", reason="needs bubblewrap (Linux)"
    ),
]
CHECKOUT = Path(__file__).resolve().parents[1]
PRELUDE = """
import ctypes, errno, json, os, signal, socket, subprocess, sys, time
sock = socket.socket(fileno=int(sys.argv[1]))
libc = ctypes.CDLL(None, use_errno=True)
def say(x): sock.sendall(json.dumps(x).encode() + b"\\n")
def tried(f, *args):
    try:
        f(*args)
    except OSError as e:
        return errno.errorcode[e.errno]
    return "done"
"""


@pytest.fixture
def start():
    """A function: code -> a sandbox that runs it and is ended after the test; `marker` is on its command lines."""
    started = []

    def start(code, isolated=True, files=None):
        path = f"/grader/{uuid.uuid4().hex}.py"
        box = sandbox.Sandbox([path], {path: (PRELUDE + code).encode()} | (files or {}), isolated)
        box.sock.settimeout(30)
        box.marker, box.lines = path, box.sock.makefile("rb")
        started.append(box)
        return box

    yield start
    for box in started:
        box.lines.close()
        box.kill()


def heard(box):
    """The next thing that it said; None: it is gone."""
    with contextlib.suppress(ConnectionResetError):
        line = box.lines.readline()
        return json.loads(line) if line else None


def outcome(box):
    """(all that it said before it ended, why it was killed)"""
    said = list(iter(lambda: heard(box), None))
    assert "Traceback" not in (error := box.said()), error
    return said, box.why


def strays(marker):
    """Processes of this machine with `marker` on their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if marker.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def gone(marker, seconds=5.0):
    until = time.monotonic() + seconds
    while strays(marker) and time.monotonic() < until:
        time.sleep(0.02)
    return not strays(marker)


def test_no_file_of_the_course_or_the_host(start, tmp_path):
    (tmp_path / "submission").write_text("another student's")
    box = start(f"""
import importlib.util
say([p for p in {[str(tmp_path), str(CHECKOUT / "lessons"), os.path.expanduser("~/.bashrc")]} if os.path.exists(p)])
python, system = {bubblewrap.python_folders()}, ("bin", "sbin", "lib", "lib32", "lib64", "usr", "dev", "proc")
found = []
for top in set(os.listdir("/")) - set(system):
    for folder, inside, files in os.walk("/" + top):
        inside[:] = [name for name in inside if folder + "/" + name not in python]
        found += [folder + "/" + name for name in files]
say(sorted(found))
say([importlib.util.find_spec("gmlib").origin, importlib.util.find_spec("gmcourse")])
""")
    (exist, found, modules), why = outcome(box)
    assert (exist, why) == ([], None)
    gmlib = [f"/course/{path.relative_to(CHECKOUT)}" for path in (CHECKOUT / "gmlib").rglob("*.py")]
    known = {*gmlib, box.marker, "/etc/passwd", "/etc/group", "/etc/ld.so.cache"}
    assert {path for path in found if not path.startswith("/etc/alternatives/")} == known
    assert modules == ["/course/gmlib/__init__.py", None]


def test_a_replaced_module_is_nowhere_else(start):
    path = "/course/gmlib/autoregressive/made.py"
    first = sandbox.gmlib_files()[path].decode().splitlines()[0]
    code = f"""
say(open({path!r}).read())
say([f for d, _, fs in os.walk("/course") for f in fs if {first!r} in open(d + "/" + f).read()])"""
    assert outcome(start(code)) == ([sandbox.gmlib_files()[path].decode(), ["made.py"]], None)
    assert outcome(start(code, files={path: b"# withheld"})) == (["# withheld", []], None)


def test_an_installed_course_is_not_seen(start, tmp_path, monkeypatch):
    package = tmp_path / "environment/lib/python3.11/site-packages"
    for name in ("gmlib", "gmcourse", "gmother"):
        (package / name).mkdir(parents=True)
        (package / name / "made.py").write_text("the answer")
    tmp_path.chmod(0o755)
    folders = [*bubblewrap.python_folders(), str(tmp_path / "environment")]
    monkeypatch.setattr(bubblewrap, "python_folders", lambda: folders)
    box = start(f"""
say({{name: os.listdir({str(package)!r} + "/" + name) for name in ("gmlib", "gmcourse", "gmother")}})
say(tried(open, {str(package / "gmlib/new")!r}, "w"))""")
    assert outcome(box) == ([{"gmlib": [], "gmcourse": [], "gmother": ["made.py"]}, "EROFS"], None)


def test_no_other_process_and_no_environment_of_ours(start, monkeypatch):
    monkeypatch.setenv("GM_SECRET", "between us")
    box = start("""
pids = [p for p in os.listdir("/proc") if p.isdigit()]
say(sorted(map(int, pids)))
say(["between us" in open(f"/proc/{p}/" + f).read() for p in pids for f in ("environ", "cmdline")])
say([f for f in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + f)] == ["0", "1", "2", sys.argv[1]])
say(os.environ["HOME"])
say([socket.gethostname(), open("/proc/cmdline").read(), os.getuid()])
""")
    said, _ = outcome(box)
    assert said == [[1, 2], [False] * 4, True, "/tmp", ["student", "", 65534]]


def test_writes_only_to_its_two_folders(start):
    box = start(f"""
folders = {{"/", "/proc", "/sys", *(line.split()[1] for line in open("/proc/mounts"))}}
folders |= {{d for d, _, _ in os.walk("/course")}} | {{"/grader", "/etc", *{[*map(str, Path(sys.prefix).parents)]}}}
own = lambda d: d.startswith("/tmp/")  # where a course lies there, what is around its parts is the box's own /tmp
say(sorted(d for d in folders if os.path.isdir(d) and not own(d) and tried(open, d + "/new", "w") == "done"))
def rewrite(): os.chmod(sys.argv[0], 0o777); open(sys.argv[0], "a")
say(tried(rewrite))
""")
    assert outcome(box) == ([["/dev/shm", "/tmp"], "EROFS"], None)


def test_no_network(start):
    with socket.socket() as here, socket.socket(socket.AF_UNIX) as local:
        here.bind(("127.0.0.1", 0))
        here.listen()
        name = f"\0{uuid.uuid4().hex}"
        local.bind(name)
        local.listen()
        box = start(f"""
say([name for _, name in socket.if_nameindex()])
say(tried(socket.create_connection, ("127.0.0.1", {here.getsockname()[1]}), 2))
say(tried(socket.create_connection, ("192.0.2.1", 80), 2))
say(tried(socket.socket(socket.AF_UNIX).connect, {name!r}))
say(tried(socket.socket, socket.AF_VSOCK))
""")
        said, _ = outcome(box)
    assert said == [["lo"], "ECONNREFUSED", "ENETUNREACH", "ECONNREFUSED", "EAFNOSUPPORT"]


def test_no_rights(start):
    box = start(f"""
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
say([int(status[k], 16) for k in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")])
import resource
say([resource.getrlimit(getattr(resource, "RLIMIT_" + k.upper()))[1] for k in {list(bubblewrap.LIMITS)}])
def newuser():
    pid = libc.syscall(56 if os.uname().machine == "x86_64" else 220, 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0: os._exit(0)
    if pid < 0: raise OSError(ctypes.get_errno(), "clone")
say(tried(newuser))
""")
    said, _ = outcome(box)
    assert said == [[0, 0, 0, 0, 0, 1, 2], list(bubblewrap.LIMITS.values()), "ENOSPC"]


def test_refused_system_calls(start):
    column = syscalls.ARCHITECTURES[os.uname().machine][0]
    numbers = {name: row[column] for name, row in syscalls.REFUSED.items()}
    box = start(f"""
def call(*args):
    if libc.syscall(*args, *[0] * (7 - len(args))) < 0: raise OSError(ctypes.get_errno(), "")
say({{name: tried(call, number) for name, number in {numbers}.items()}})
say([tried(call, {syscalls.PRCTL[column]}, option, 0) for option in (1, 3)] + [tried(os.memfd_create, "x")])
""")
    said, _ = outcome(box)
    assert said == [dict.fromkeys(numbers, "EPERM"), ["EPERM", "done", "EPERM"]]


def verdict(filter_, architecture, number, argument=0):
    """What the kernel makes of a filter: runs the few instructions that ours has."""
    code = [tuple(instruction) for instruction in syscalls.struct.iter_unpack("=HBBI", filter_)]
    data, value, at = {0: number, 4: architecture, 16: argument}, 0, 0
    while True:
        op, yes, no, k = code[at]
        if op == syscalls.RETURN:
            return k
        if op == syscalls.LOAD:
            value = data[k]
        else:
            at += yes if (value == k if op == syscalls.EQUAL else value >= k) else no
        at += 1


@pytest.mark.parametrize(("machine", "architecture"), [("x86_64", 0xC000003E), ("aarch64", 0xC00000B7)])
def test_the_filter_for_each_machine(machine, architecture):
    filter_, column = syscalls.compiled(machine), syscalls.ARCHITECTURES[machine][0]
    numbers = {row[column] for row in syscalls.REFUSED.values()}
    for number in range(500):
        special = number in (syscalls.SOCKET[column], syscalls.PRCTL[column])
        expected = syscalls.EPERM if number in numbers else syscalls.ALLOW
        assert special or verdict(filter_, architecture, number) == expected
    families = [f for f in range(50) if verdict(filter_, architecture, syscalls.SOCKET[column], f) == syscalls.ALLOW]
    assert families == [1, 2, 10, 16]
    assert verdict(filter_, architecture, syscalls.PRCTL[column], 1) == syscalls.EPERM
    assert verdict(filter_, architecture, syscalls.PRCTL[column], 15) == syscalls.ALLOW
    assert verdict(filter_, 0x40000003, 1) == syscalls.KILL  # 32-bit calls
    assert verdict(filter_, architecture, 0x40000001) == syscalls.EPERM  # x32
    assert syscalls.compiled("riscv64") is None


def test_a_fork_bomb_is_contained_and_ended(start):
    box = start("""
say("ready")
while True:
    try: os.fork()
    except OSError: pass
""")
    most = 0
    assert heard(box) == "ready"
    while not box.why:
        most = max(most, len(strays(box.marker)))
    assert box.why == "started more than 32 processes"
    assert most <= bubblewrap.LIMITS["nproc"] + 1  # bubblewrap's first process is outside
    assert gone(box.marker)


def test_no_more_threads_than_allowed(start):
    box = start("""
import threading
def count(n=0):
    try:
        for n in range(1000): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()
    except RuntimeError: return n
say(count())""")
    said, why = outcome(box)
    assert 40 < said[0] < 64
    assert why is None


@pytest.mark.parametrize("hide", ["", "libc.prctl(4, 0, 0, 0, 0)"])
def test_a_memory_bomb_is_ended(start, monkeypatch, hide):
    monkeypatch.setattr(watch, "MEMORY", 200 << 20)
    box = start(f"""
{hide}
x = []
while True:
    x.append(b"x" * (1 << 20)); time.sleep(.001)
""")
    assert outcome(box) == ([], "used more than 0.195312 GiB of memory")
    assert gone(box.marker, 0)


def test_memory_over_many_processes_counts_and_shared_memory_counts_once(start, monkeypatch):
    monkeypatch.setattr(watch, "MEMORY", 200 << 20)
    box = start("""
x = b"x" * (80 << 20)
for _ in range(5):
    if os.fork() == 0: time.sleep(99)
time.sleep(1)
say("still here")
for _ in range(5):
    if os.fork() == 0: y = x[1:]; time.sleep(99)
time.sleep(99)
""")
    assert outcome(box) == (["still here"], "used more than 0.195312 GiB of memory")


def test_a_disk_bomb_stops_at_the_folders_size(start):
    box = start("""
def fill(folder, n=0):
    try:
        for i in range(1000):
            with open(f"{folder}/{i}", "wb", buffering=0) as f:
                for _ in range(32): n += f.write(b"x" * (1 << 20))
    except OSError as e: return n >> 20, errno.errorcode[e.errno]
say(fill("/tmp")); say(fill("/dev/shm"))
for i in range(9): os.unlink(f"/tmp/{i}") if os.path.exists(f"/tmp/{i}") else None
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def large():
    with open("/tmp/large", "wb", buffering=0) as f:
        for _ in range(100): f.write(b"x" * (1 << 20))
say(tried(large))
""")
    assert outcome(box) == ([[256, "ENOSPC"], [64, "ENOSPC"], "EFBIG"], None)


def test_a_bomb_of_empty_files_is_ended(start, monkeypatch):
    monkeypatch.setattr(watch, "ENTRIES", 1000)
    box = start("""
i = 0
while True: i += 1; open(f"/dev/shm/{i}", "w").close()
""")
    assert outcome(box) == ([], "made more than 1000 files")


HIDE = """
for s in range(1, 65):
    if s not in (9, 19, 32, 33): signal.signal(s, signal.SIG_IGN)
for i in range(4):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            sock.close()
            while True: time.sleep(.001)
        os._exit(0)
"""


def test_kill_ends_all_and_returns(start):
    box = start(HIDE + "say('ready')\ntime.sleep(99)")
    assert heard(box) == "ready"
    until = time.monotonic() + 5
    while len(strays(box.marker)) < 6 and time.monotonic() < until:  # a look may miss one that comes as another goes
        pass
    assert time.monotonic() < until
    began = time.monotonic()
    box.kill()
    assert strays(box.marker) == []
    box.kill()
    assert time.monotonic() - began < 2
    assert box.why is None


def test_kill_ends_what_forks_all_the_time(start):
    box = start("""
say("ready")
while True:
    if os.fork(): os._exit(0)
""")
    assert heard(box) == "ready"
    assert heard(box) is None  # its first process is gone, and with it all others
    box.kill()
    assert strays(box.marker) == []


def test_it_is_complete_when_it_is_made(start):
    for _ in range(5):
        _, init, _, *_ = watch.tree(start("sock.recv(1)")._process.pid)
        assert "Seccomp:\t2" in Path(f"/proc/{init}/status").read_text()


def test_kill_at_any_moment_of_the_start(start):
    for n in range(12):
        box = start("sock.recv(1)")
        time.sleep(0.004 * n)
        box.kill()
        assert strays(box.marker) == []


def test_no_trace_is_left(start, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    mounts = Path("/proc/mounts").read_text()
    fds = len(os.listdir("/proc/self/fd"))
    box = start("open('/tmp/left', 'w').close(); say('ready'); sock.recv(1)")
    assert heard(box) == "ready"
    assert Path("/proc/mounts").read_text() == mounts
    box.lines.close()
    box.kill()
    assert Path("/proc/mounts").read_text() == mounts
    assert [*tmp_path.iterdir(), *Path("/tmp").glob("left")] == []
    assert len(os.listdir("/proc/self/fd")) == fds


ON_A_WORD = "if not sock.recv(1): sys.exit()" + HIDE + "sock.sendall(b'x'); time.sleep(99)"
OUTSIDE = f"""
import sys, time
from gmcourse.grading.sandbox import Sandbox
box = Sandbox([sys.argv[1]], {{sys.argv[1]: {PRELUDE + ON_A_WORD!r}.encode()}})
box.sock.sendall(b"x")
if sys.argv[2] == "ready": box.sock.recv(1)
print("ready", flush=True)
time.sleep(99)
"""


@pytest.mark.parametrize("when", ["ready", "at once"])
def test_nothing_outlives_us(when):
    marker = f"/grader/{uuid.uuid4().hex}.py"
    with subprocess.Popen(
        [sys.executable, "-c", OUTSIDE, marker, when], stdout=subprocess.PIPE, cwd=CHECKOUT
    ) as parent:
        assert parent.stdout.readline() == b"ready\n"
        assert strays(marker)
        parent.kill()
    assert gone(marker)


def test_a_flood_on_stderr_holds_nobody_up(start):
    box = start("""
for _ in range(50): tried(os.write, 2, b"x" * 100_000)
say("through")""")
    assert outcome(box) == (["through"], None)


def test_libraries_work(start):
    box = start("""
import torch, IPython.core.interactiveshell, gmlib.checks, sklearn.mixture
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
import matplotlib.pyplot as plt
plt.plot(torch.arange(3)); plt.title("$x$"); plt.savefig("/tmp/figure.png")
with ThreadPoolExecutor(4) as pool: say(list(pool.map(abs, [-1, 2])))
with get_context("fork").Pool(2) as pool: say(pool.map(abs, [-3, 4]))
""")
    assert outcome(box) == ([[1, 2], [3, 4]], None)


# As root, an ordinary user who can read Python is made in a mount namespace of its own: Python's folder appears below
# an empty folder in place of the one that only root enters.
AS_USER = """set -e; top=$1 base=$2; shift 2; mount -t tmpfs -o mode=755 tmpfs /mnt; mkdir /mnt/0
mount --bind "$base" /mnt/0; mount -t tmpfs -o mode=755 tmpfs "$top"; mkdir -p "$base"; mount --bind /mnt/0 "$base"
umount -l /mnt; exec setpriv --reuid=23457 --regid=23457 --clear-groups --bounding-set=-all --inh-caps=-all "$@" """
USE = f"""
import os, sys
from gmcourse.grading import sandbox, watch
watch.MEMORY = 100 << 20
code = {PRELUDE + "libc.prctl(4, 0, 0, 0, 0); say(os.getuid()); x = b'x' * (200 << 20); time.sleep(30)"!r}
box = sandbox.Sandbox(["/grader/student.py"], {{"/grader/student.py": code.encode()}})
first, rest = box.sock.recv(9), box.sock.recv(1)
box.kill()
print(os.getuid() != 0, first, rest, box.why, sandbox.probe())
"""


def test_an_ordinary_user(tmp_path):
    command = [sys.executable, "-c", USE]
    if os.getuid() == 0:
        closed = next((p for p in reversed(Path(sys.base_prefix).parents) if not p.stat().st_mode & 1), None)
        alone = ["unshare", "--mount", "--propagation", "private", "sh", "-c", AS_USER, "sh"]
        user = ["setpriv", "--reuid=23457", "--regid=23457", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]
        command = [*alone, str(closed), sys.base_prefix, *command] if closed else [*user, *command]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == (
        "True b'65534\\n' b'' used more than 0.0976562 GiB of memory None",
        "",
    )


def test_the_probe_passes_here():
    assert sandbox.probe() is None


def test_a_python_that_cannot_be_read(tmp_path, monkeypatch):
    if os.getuid() != 0:
        pytest.skip("as root: a folder that the user who grades cannot read is not found by Python either")
    tmp_path.chmod(0o755)
    locked = tmp_path / "environment"
    (locked / "bin").mkdir(parents=True)
    (locked / "bin/python").symlink_to(os.path.realpath(sys.executable))
    locked.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(locked / "bin/python"))
    monkeypatch.setattr(sys, "prefix", str(locked))
    assert "chmod -R a+rX" in sandbox.probe()


def test_the_probe_says_what_is_not_installed(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bubblewrap, "PATH", str(tmp_path))
    assert "apt-get install bubblewrap" in sandbox.probe()
    with pytest.raises(CourseError, match="not installed"):
        sandbox.Sandbox(["x"], {})


@pytest.mark.parametrize(
    ("stderr", "advice"),
    [
        ("bwrap: setting up uid map: Permission denied", "/etc/apparmor.d/bwrap"),
        ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "apparmor_restrict_unprivileged_userns=0"),
        (
            "bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged "
            "user namespaces. On e.g. debian this can be enabled with 'sysctl kernel.unprivileged_userns_clone=1'.",
            "seccomp=unconfined",
        ),
        ("bwrap: No permissions to creating new namespace, likely because", "unprivileged_userns_clone=1"),
        ("bwrap: Creating new namespace failed: Operation not permitted", "docker run"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "systempaths=unconfined"),
        ("bwrap: Failed to make / slave: Permission denied", "apparmor=unconfined"),
        ("bwrap: Failed to mount tmpfs: Permission denied", "label=disable"),
        ("unshare: unshare failed: Operation not permitted", "--cap-add SYS_ADMIN"),
        ("mount: /mnt: permission denied.", "--cap-add SYS_ADMIN"),
        ("bwrap: Unknown option --disable-userns", "0.8"),
        ("bwrap: --disable-userns is not supported in setuid mode", "setuid"),
        ("setpriv: setresuid failed: Invalid argument", "ordinary user"),
        ("bwrap: prctl(PR_SET_SECCOMP): Invalid argument", "CONFIG_SECCOMP_FILTER"),
        ("bwrap: Can't find source path /root/venv/bin: Permission denied", "chmod -R a+rX"),
        ("prlimit: failed to execute /venv/bin/python: No such file or directory", "umask 022"),
        ("ModuleNotFoundError: No module named 'torch'", "environment"),
        ("bwrap: something new\n", "[bwrap: something new]"),
        ("", "without a word"),
    ],
)
def test_what_the_probe_advises(stderr, advice):
    assert advice in isolation.explain(stderr)


def test_without_a_sandbox(start, tmp_path, monkeypatch):
    monkeypatch.setenv("GM_SECRET", "between us")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    box = start(
        """
import gmlib.training
if os.fork() == 0: time.sleep(99)
say([os.environ.get("GM_SECRET"), gmlib.training.__doc__, gmlib.__file__ == os.getcwd() + "/course/gmlib/__init__.py"])
time.sleep(99)""",
        isolated=False,
        files={"/course/gmlib/training.py": b"'withheld'"},
    )
    assert heard(box) == [None, "withheld", True], box.said()
    box.lines.close()
    box.kill()
    assert gone(box.marker)
    assert list(tmp_path.iterdir()) == []


def test_signals_of_the_terminal_do_not_reach_it(start):
    before = signal.getsignal(signal.SIGINT)
    box = start("say('ready'); sock.recv(1)")
    heard(box)
    assert os.getpgid(box._process.pid) == box._process.pid != os.getpgid(0)
    assert signal.getsignal(signal.SIGINT) is before
