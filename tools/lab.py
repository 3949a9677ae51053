"""Open JupyterLab on the first notebook of the course. Further arguments go to JupyterLab, such as --no-browser."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIRST = Path("notebooks/01-chain-rule/01-chain-rule.ipynb")


def main(arguments):
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        print("You are root: JupyterLab starts with --allow-root.")
        command.append("--allow-root")
    if (ROOT / FIRST).exists():
        command.append(str(FIRST))
    else:
        print(f"{FIRST} is not there (make build writes it): opening the folder.")
    print("Opening JupyterLab; stop it with Ctrl-C. Without a browser, open the address that it prints.", flush=True)
    os.chdir(ROOT)
    os.execv(command[0], [*command, *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
