"""Every solution notebook runs again, and says what it said: nbval, strictly, on this processor and as on another."""

import json
import subprocess
import sys

import pytest
from small_course import ROOT, UNIT, gmcourse, write

from gmcourse.course import Course
from gmcourse.execute import environment

pytestmark = pytest.mark.pipeline

SOLUTIONS = sorted(ROOT.glob("solutions/*/*.ipynb"))


def nbval(folder, scratch, workers=2, **variables):
    """Run nbval over all notebooks in `folder` with the installed environment."""
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=60", "-q"]
    command += [
        "-n",
        str(workers),
        "--dist",
        "loadfile",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(folder),
        str(folder),
    ]
    # the hash seed of each run is its own: what depends on the order of a set must not be stored
    ours = environment(scratch).items()
    outside = {key: value for key, value in ours if key != "PYTHONHASHSEED" and not key.startswith("PYTEST_")}
    return subprocess.run(
        command, cwd=ROOT, env=outside | variables, capture_output=True, text=True, check=False, timeout=1200
    )


def test_there_are_solutions_of_every_unit():
    assert {path.parent.name for path in SOLUTIONS} == set(Course(ROOT).units())


# PyTorch's own kernels, MKL's and oneDNN's, as a processor without AVX would run them
OLDER = {"ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "COMPATIBLE", "ONEDNN_MAX_CPU_ISA": "SSE41"}


@pytest.mark.parametrize("variables", [{}, OLDER], ids=["here", "another processor"])
def test_every_solution_runs_and_says_the_same(variables, tmp_path):
    done = nbval(ROOT / "solutions", tmp_path, **variables)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_every_code_cell_was_run_and_every_exemption_has_its_reason(path):
    counts = []
    for cell in json.loads(path.read_text())["cells"]:
        if cell["cell_type"] == "code":
            counts.append(cell["execution_count"])
        tags = set(cell["metadata"].get("tags", []))
        assert tags <= {"demo", "nbval-ignore-output"}
        reason = cell["metadata"].get("gmcourse", {}).get("exempt", "")
        assert ("nbval-ignore-output" in tags) == (len(reason.split()) >= 3)
    assert counts == list(range(1, len(counts) + 1))


def test_the_runner_notices_another_output_and_a_cell_that_fails(tmp_path):
    write(tmp_path)
    assert gmcourse(tmp_path, "build") == 0
    path = tmp_path / "solutions" / UNIT / f"{UNIT}.ipynb"
    text = path.read_text()
    path.with_name("says.ipynb").write_text(text.replace("is what it should be.\\n", "was what it should be.\\n"))
    path.with_name("fails.ipynb").write_text(text.replace("return marker_of", "return 1 + marker_of"))
    done = nbval(path.parent, tmp_path, workers=0)
    failed = [line.split("::")[0].split("/")[-1] for line in done.stdout.split("\n") if line.startswith("FAILED")]
    assert done.returncode == 1
    assert set(failed) == {"says.ipynb", "fails.ipynb"}
