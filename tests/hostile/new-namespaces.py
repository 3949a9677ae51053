# tries: to become root in namespaces of its own, to mount, to trace, to reboot, and to type into the grader's terminal.

# %% extra
import ctypes
import os
import subprocess

libc = ctypes.CDLL(None, use_errno=True)
calls = {f"unshare {flags:x}": libc.unshare(flags) for flags in [0x10000000, 0x20000, 0x40000000, 0x20000000, 0x10020000]}
calls |= {"mount": libc.mount(b"proc", b"/tmp", b"proc", 0, None), "ptrace": libc.ptrace(16, 1, 0, 0), "setuid": libc.setuid(0)}
calls |= {"reboot": libc.reboot(0x1234567), "chroot": libc.chroot(b"/tmp"), "bpf": libc.syscall(321, 0, 0, 0)}
calls |= {"keyctl": libc.syscall(250, 0, -3), "io_uring": libc.syscall(425, 8, 0), "userfaultfd": libc.syscall(323, 0)}
for name, result in calls.items():
    print("BREACH" if result >= 0 else "", name, result)
for command in ["sudo -n id", "su -c id", "unshare -Ur id", "bwrap --bind / / id", "mount -t tmpfs x /tmp", "nsenter -t 1 -a id"]:
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=5)
    print("BREACH" if done.returncode == 0 else "", command, done.returncode, done.stdout, done.stderr[:200])


# %% extra
import fcntl
import os
import termios

for fd in [0, 1, 2]:
    try:
        for letter in "echo cheated\n":
            fcntl.ioctl(fd, termios.TIOCSTI, letter.encode())
            print("BREACH: typed")
    except OSError as error:
        print(fd, error)
for device in ["/dev/tty", "/dev/console", "/dev/pts/0", "/dev/ptmx"]:
    try:
        os.write(os.open(device, os.O_WRONLY), b"cheated\n")
    except OSError as error:
        print(device, error)
