# has: extra cells that wait for the keyboard.

# %% extra
name = input("What is your name? ")
print("Hello", name)

# %% extra after fvsbn_logits
from getpass import getpass
token = getpass("token: ")

# %% extra after step
import sys
line = sys.stdin.readline()
for line in sys.stdin:
    print(line)
