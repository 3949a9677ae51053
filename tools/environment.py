"""Make the virtual environment .venv with the course in it; instant when nothing has changed since.

    python tools/environment.py notebooks grading

The arguments are extras of pyproject.toml. TORCH_INDEX, if set, is the package index that torch alone comes from (the
CPU build, for example). Runs on any Python 3.11 to 3.13 with nothing installed.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "gmcourse-installed.json"
GB = 10**9

# what pip says, and what to do about it
REMEDIES = [
    (
        r"No space left on device|Errno 28|not enough space|Disk quota exceeded",
        "the disk is full. The course needs about 2 GB with the CPU build of torch, 8 GB with CUDA, and pip unpacks in "
        "TMPDIR: make room, or set TMPDIR to a folder on a larger disk, and run this again.",
    ),
    (
        r"NewConnectionError|Temporary failure in name resolution|nodename nor servname|Network is unreachable|"
        r"Connection refused|ConnectTimeout|Read timed out|ProxyError|getaddrinfo failed|Connection aborted|"
        r"Could not fetch URL|Failed to establish a new connection|Connection reset",
        "the package index cannot be reached. Is there a network? Behind a proxy, set HTTPS_PROXY; with an index of "
        "your own, set PIP_INDEX_URL. Then run this again: what is there already is kept.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "the package index's certificate was refused. Behind a firm's proxy, set PIP_CERT to its certificate file.",
    ),
    (
        r"No matching distribution found for torch",
        "there is no build of this torch for this computer and Python. There are some for 64-bit Linux and for Apple "
        "silicon (with a Python for arm64), Python 3.11 to 3.13. If TORCH_INDEX is set: is that address the right one?",
    ),
    (
        r"No matching distribution found|ResolutionImpossible",
        "the index lacks one of the pinned packages (the last lines above name it). Is PIP_INDEX_URL set to an index "
        "that is out of date?",
    ),
    (r"Permission denied|Errno 13|Read-only file system", "the folder cannot be written: look who owns it."),
]


def say(text):
    print(text, flush=True)


def fail(text):
    print(f"\nCannot set up the course: {text}", file=sys.stderr)
    sys.exit(1)


def python():
    return VENV / "bin" / "python"


def key():
    """What the environment depends on: the pins, the ranges, and where it stands."""
    parts = [(ROOT / name).read_bytes() for name in ("constraints.txt", "pyproject.toml")]
    parts += [str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def installed():
    """(key, extras) of what was installed last; (None, []) if nothing was."""
    try:
        stamp = json.loads(STAMP.read_text())
        return stamp["key"], stamp["extras"]
    except (OSError, ValueError, KeyError):
        return None, []


def make_venv():
    """Create .venv, or keep the one that is there if it works."""
    if VENV.exists():
        code = "import sys; print('%d.%d' % sys.version_info[:2]); import pip"
        found = subprocess.run([python(), "-c", code], capture_output=True, text=True) if python().exists() else None
        if found and found.returncode == 0 and found.stdout.strip() in ("3.11", "3.12", "3.13"):
            return
        fail(f"{VENV} is there but does not work (an old or removed Python?): make clean-all, then this again.")
    version = platform.python_version()
    say(f"Making the virtual environment .venv with Python {version}")
    try:
        import ensurepip  # noqa: F401  (Debian puts it into a package of its own)
        import venv  # noqa: F401
    except ImportError:
        minor = ".".join(version.split(".")[:2])
        fail(
            f"this Python {version} has no venv module. On Debian and Ubuntu: sudo apt-get install python{minor}-venv. "
            "Or name another Python: make lab PYTHON=python3.12"
        )
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        explain(made.stdout + made.stderr, "python -m venv failed")


def check_space():
    """Refuse what cannot fit; warn where only the CUDA build does not."""
    free = shutil.disk_usage(ROOT).free
    if free < 2 * GB:
        fail(f"{ROOT} has {free / GB:.1f} GB free. The course needs about 2 GB (8 GB with CUDA): make room.")
    if free < 8 * GB and sys.platform == "linux" and not os.environ.get("TORCH_INDEX"):
        say(
            f"Note: {free / GB:.1f} GB are free, and the ordinary Linux build of torch with CUDA needs about 8 GB. "
            "TORCH_INDEX=URL chooses the CPU build (see the README)."
        )


def pip(*arguments):
    """Run pip with its progress on the terminal; explain a failure and stop."""
    command = [python(), "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=None, stderr=subprocess.PIPE, text=True)
    errors = []
    for line in process.stderr:
        errors.append(line)
        print(line, end="", file=sys.stderr, flush=True)
    if process.wait():
        explain("".join(errors), "pip failed")


def explain(said, what):
    for pattern, remedy in REMEDIES:
        if re.search(pattern, said):
            fail(remedy)
    fail(f"{what}:\n{said.strip() or '(it said nothing)'}")


def pinned_torch():
    line = next(line for line in (ROOT / "constraints.txt").read_text().splitlines() if line.startswith("torch=="))
    return line.split(";")[0].strip()


def install(extras):
    say(f"Installing the course with [{','.join(extras)}] into .venv; the first time this takes some minutes.")
    index = os.environ.get("TORCH_INDEX")
    if index:
        say(f"torch comes from {index}")
        pip("--no-deps", "--index-url", index, pinned_torch())
    pip("-c", "constraints.txt", "-e", f".[{','.join(extras)}]")
    settings = VENV / "etc" / "jupyter" / "labconfig"
    settings.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tools" / "labconfig" / "default_setting_overrides.json", settings)


def main(wanted):
    before, extras = installed()
    if before == key() and set(wanted) <= set(extras) and python().exists():
        return
    make_venv()
    if before is None:
        check_space()
    extras = sorted({*wanted, *extras})
    install(extras)
    STAMP.write_text(json.dumps({"key": key(), "extras": extras}))
    say("Installed.")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        explain(str(error), "the file system refused")
    except KeyboardInterrupt:
        fail("stopped. Run it again: what is there already is kept.")
