# tries: to reach machines by address and by name, a page, and services of the host by Unix and other sockets.

# %% answer step
import socket

reached = []
for address in [("1.1.1.1", 53), ("8.8.8.8", 443), ("127.0.0.1", 22), ("127.0.0.1", 8888), ("10.0.0.1", 80),
                ("169.254.169.254", 80), ("::1", 22)]:
    try:
        with socket.create_connection(address, timeout=0.2):
            reached.append(address)
    except OSError:
        pass
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x", address)
            reached += [] if "127" in address[0] else [("udp", address)]
    except OSError:
        pass
print("BREACH" if reached else "no network", reached)


def step(a, x_i, w_i):
    return a if reached else None


# %% extra
import socket
import subprocess
import sys
import urllib.request

socket.setdefaulttimeout(1)
try:
    print("BREACH", socket.gethostbyname("example.com"))
except OSError as error:
    print(error)
try:
    print("BREACH", urllib.request.urlopen("http://example.com", timeout=1).read(100))
except OSError as error:
    print(error)

# %% extra
import signal

signal.alarm(0)
try:
    done = subprocess.run(["curl", "-sm", "1", "http://1.1.1.1"], capture_output=True, timeout=2)
    print("BREACH" if done.returncode == 0 else "no network")
except (OSError, subprocess.TimeoutExpired) as error:
    print(error)


# %% extra
import glob
import os
import socket

names = ["/var/run/docker.sock", "/run/dbus/system_bus_socket", "/run/user/0/bus", "/tmp/.X11-unix/X0", "/run/postgresql/.s.PGSQL.5432"]
names += ["\0" + line.split()[-1][1:] for line in open("/proc/net/unix") if "@" in line] if os.path.exists("/proc/net/unix") else []
for name in names:
    with socket.socket(socket.AF_UNIX) as one:
        try:
            one.connect(name)
            print("BREACH", name)
        except OSError as error:
            print(repr(name), error)
for family in ["AF_VSOCK", "AF_PACKET", "AF_NETLINK", "AF_ALG", "AF_BLUETOOTH", "AF_CAN"]:
    try:
        with socket.socket(getattr(socket, family), socket.SOCK_RAW) as one:
            print("BREACH" if family != "AF_NETLINK" else "", family, "opened")
    except (OSError, AttributeError) as error:
        print(family, error)
