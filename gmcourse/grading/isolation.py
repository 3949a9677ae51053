"""Why a sandbox does not start, in the instructor's words, and what to do about it."""

import re

NOT_LINUX = "students' code can be isolated on Linux only (it takes bubblewrap): grade there"
PROFILE = """
    abi <abi/4.0>,
    include <tunables/global>
    profile bwrap /usr/bin/bwrap flags=(unconfined) {
      userns,
      include if exists <local/bwrap>
    }
"""
CONTAINER = "--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined"
NO_NAMESPACE = (
    "this machine forbids the user namespaces that isolate students' code. In a container: start it with "
    f"`docker run {CONTAINER}` (podman: --security-opt unmask=ALL). Elsewhere: sudo sysctl "
    "kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000"
)
# What bubblewrap and what leads to it write on stderr: (pattern, what it means and what to do), the first that fits.
KNOWN = [
    (
        r"setting up uid map: Permission denied|loopback: Failed RTM_\w+: Operation not permitted",
        "AppArmor forbids user namespaces to bubblewrap, as Ubuntu does since 23.10. Allow them to bubblewrap alone: "
        f"write these lines to /etc/apparmor.d/bwrap{PROFILE}and run `sudo apparmor_parser -r /etc/apparmor.d/bwrap`. "
        "(For every program: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0)",
    ),
    (
        r"unshare: unshare failed|mount: .*(permission denied|Operation not permitted)|mount failed",
        "you are root in a container that may not mount, and Python lies in a folder that only root may enter: grade "
        "as another user, or install Python and the environment where every user can read them, or start the "
        f"container with `docker run --cap-add SYS_ADMIN {CONTAINER}`",
    ),
    (r"No permissions to creat\w+ (a )?new namespace|Creating new namespace failed|unshare user ns", NO_NAMESPACE),
    (
        r"Can't mount proc on|Failed to make / slave|Failed to mount tmpfs|pivot_root",
        f"this container may not mount what the sandbox needs: start it with `docker run {CONTAINER}` (podman: "
        "--security-opt unmask=ALL; with SELinux also --security-opt label=disable)",
    ),
    (
        r"Unknown option|disable-userns.*(setuid|not supported)",
        "bubblewrap is too old or installed setuid: version 0.8 or newer is needed, without the setuid bit (Debian 12, "
        "Ubuntu 24.04, Fedora 38 or newer have it)",
    ),
    (
        r"setre[sg]*[ug]id failed|setgroups failed",
        "root could not become an ordinary user, which the sandbox needs: grade as an ordinary user",
    ),
    (r"SECCOMP", "the kernel has no seccomp filters (CONFIG_SECCOMP_FILTER), which the sandbox needs"),
    (
        r"Permission denied|PermissionError|No module named|failed to execute|error while loading shared libraries",
        "Python or a package of it cannot be read in the sandbox. Its folders must be readable by the user who grades "
        "(by every user, where root grades): chmod -R a+rX on the environment, or make it anew with `umask 022`",
    ),
]


def missing(program: str) -> str:
    """What to say where a program is not installed."""
    package = "bubblewrap" if program == "bwrap" else "util-linux"
    return (
        f"{program} is not installed, which isolates students' code: sudo apt-get install {package} "
        f"(Fedora: sudo dnf install {package})"
    )


def explain(stderr: str) -> str:
    """What to say where a sandbox started with this on stderr did not run its program."""
    last = next((line for line in reversed(stderr.strip().splitlines()) if line.strip()), "it ended without a word")
    for pattern, meaning in KNOWN:
        if re.search(pattern, stderr):
            return f"students' code cannot be isolated here: {meaning} [{last.strip()}]"
    return f"students' code cannot be isolated here: bubblewrap does not start its program [{last.strip()}]"
