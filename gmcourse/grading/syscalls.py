"""The system calls that a student's process is refused, as a seccomp filter for bubblewrap.

Refused is what holds memory that no process shows (and so hides it from the watch), what sees or steers other
processes, and rarely used doors of the kernel that have been its weak ones. All else works as usual.
"""

import errno
import platform
import struct

# name: number on x86_64, number on aarch64 (and every newer architecture)
REFUSED = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "perf_event_open": (298, 241),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "syslog": (103, 116),
    "sched_setaffinity": (203, 122),  # whoever grades keeps each student to a core of its own
}
SOCKET = (41, 198)
FAMILIES = (1, 2, 10, 16)  # unix, IPv4, IPv6, netlink; a vsock, for one, would leave the network namespace
PRCTL, PDEATHSIG = (157, 167), 1  # bubblewrap's init, whose memory a student can write, must go on dying with us
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, AUDIT_ARCH_*

LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06  # classic BPF; a jump skips so many of the next instructions
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # where they are in struct seccomp_data
ALLOW, KILL, EPERM, EAFNOSUPPORT = 0x7FFF0000, 0x80000000, 0x50000 | errno.EPERM, 0x50000 | errno.EAFNOSUPPORT
X32 = 0x40000000  # x86_64's second table of system calls has this bit set


def compiled(machine: str | None = None) -> bytes | None:
    """The filter as the kernel takes it (struct sock_filter, one after the other); None: no table for this machine."""
    if (machine or platform.machine()) not in ARCHITECTURES:
        return None
    column, name = ARCHITECTURES[machine or platform.machine()]
    code = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, name), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]
    code += [(AT_LEAST, 0, 1, X32), (RETURN, 0, 0, EPERM)]
    for numbers in REFUSED.values():
        code += [(EQUAL, 0, 1, numbers[column]), (RETURN, 0, 0, EPERM)]
    code += [(EQUAL, 0, 4, PRCTL[column]), (LOAD, 0, 0, FIRST_ARGUMENT)]
    code += [(EQUAL, 0, 1, PDEATHSIG), (RETURN, 0, 0, EPERM), (RETURN, 0, 0, ALLOW)]
    code += [(EQUAL, 1, 0, SOCKET[column]), (RETURN, 0, 0, ALLOW), (LOAD, 0, 0, FIRST_ARGUMENT)]
    for family in FAMILIES:
        code += [(EQUAL, 0, 1, family), (RETURN, 0, 0, ALLOW)]
    code += [(RETURN, 0, 0, EAFNOSUPPORT)]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)
