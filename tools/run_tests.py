"""All that CI runs, step by step; goes on after a failure and says at the end which steps failed.

python tools/run_tests.py            every step
python tools/run_tests.py lint tests only these
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUN = [sys.executable, "-m"]
# the order is that of tests/conftest.py: the longest files first
TESTS = [*RUN, "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
# jaxtyping's hook holds every call to the shapes in the signatures; it raises before our own errors can
HOOK = ["--jaxtyping-packages=gmlib,beartype.beartype", "-m", "not (bad_input or browser or grading or pipeline)"]

# name: (what it shows, command)
STEPS = {
    "lint": ("ruff finds nothing", [*RUN, "ruff", "check", "."]),
    "format": ("ruff would format nothing", [*RUN, "ruff", "format", "--check", "."]),
    "release": ("solutions/ and notebooks/ are what lessons/ give", [*RUN, "gmcourse.cli", "build", "--check"]),
    "shapes": ("the shapes in gmlib's signatures hold at every call", [*TESTS, *HOOK]),
    "tests": ("gmlib, lessons, answers, solution notebooks, grading, the browser", [*TESTS, "--durations=10"]),
}


def main(names):
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        sys.exit(f"no step {unknown[0]!r}: the steps are {', '.join(STEPS)}")
    failed, took = [], {}
    quiet = {"OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1", "PYTHONUNBUFFERED": "1"}
    for name in names or STEPS:
        shows, command = STEPS[name]
        print(f"\n== {name}: {shows}", flush=True)
        start = time.perf_counter()
        if subprocess.run(command, cwd=ROOT, env=os.environ | quiet).returncode:
            failed.append(name)
        took[name] = time.perf_counter() - start
    print("\n" + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in took.items()))
    if failed:
        sys.exit(f"FAILED: {', '.join(failed)}. One step alone: .venv/bin/python tools/run_tests.py {failed[0]}")
    print("All steps passed.")


if __name__ == "__main__":
    main(sys.argv[1:])
