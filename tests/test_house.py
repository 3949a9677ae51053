"""The files that say what the course needs agree with each other, and the commands that it promises are there."""

import re
import shutil
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TARGETS = ["lab", "test", "test-long", "build", "grade", "bench", "picture", "clean", "clean-all", "help"]


def pins():
    """{package: its line of constraints.txt}"""
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    found = [Requirement(line) for line in lines]
    assert len({canonicalize_name(pin.name) for pin in found}) == len(found), "a package twice"
    return {canonicalize_name(pin.name): pin for pin in found}


def version(pin):
    """The one version that a line of constraints.txt allows."""
    (one,) = pin.specifier
    assert one.operator == "==", pin
    assert "*" not in one.version, pin
    assert "+" not in one.version, f"{pin}: a local version is one machine's build"
    return one.version


def direct():
    extras = PROJECT["optional-dependencies"]
    lines = PROJECT["dependencies"] + [line for extra in extras.values() for line in extra]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("wanted", direct(), ids=lambda wanted: wanted.name)
def test_every_direct_dependency_is_pinned_within_its_range(wanted):
    assert wanted.specifier, "pyproject.toml gives no range"
    assert version(pins()[canonicalize_name(wanted.name)]) in wanted.specifier


def needed(name, extras=(), seen=None):
    """The names of all that a distribution needs here, itself included."""
    seen = set() if seen is None else seen
    if canonicalize_name(name) in seen:
        return seen
    seen.add(canonicalize_name(name))
    for line in distribution(name).requires or []:
        wanted = Requirement(line)
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            needed(wanted.name, wanted.extras, seen)
    return seen


def test_all_that_is_installed_for_the_course_is_pinned_and_at_its_pin():
    peers = {Requirement(line).name for line in PROJECT["optional-dependencies"]["bench"]}  # `make test` needs none
    there = [wanted for wanted in direct() if wanted.name not in peers or is_installed(wanted.name)]
    found = set().union(*(needed(wanted.name, wanted.extras) for wanted in there))
    unpinned = {name for name in found if name not in pins()} - cuda(found)
    assert not unpinned
    other = {name: distribution(name).version for name in found - cuda(found)}
    assert {n: v for n, v in other.items() if v.split("+")[0] != version(pins()[n])} == {}


def test_every_pin_can_be_installed_on_every_python_of_the_course():
    found = {
        wanted: distribution(wanted).metadata.get("Requires-Python") or "" for wanted in pins() if is_installed(wanted)
    }
    assert len(found) > 100
    pythons = ["3.11.0", "3.12.0", "3.13.0"]  # Debian 12 has 3.11.2
    assert {n: needs for n, needs in found.items() if not all(p in SpecifierSet(needs) for p in pythons)} == {}


def is_installed(name):
    try:
        return bool(distribution(name))
    except PackageNotFoundError:
        return False


def cuda(names):
    """What only the CUDA build of torch brings along, and pins itself."""
    return {name for name in names if name.startswith(("nvidia-", "cuda-")) or name in ("triton", "nvidia")}


def test_the_conda_environment_is_the_same():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, tool, packages = conda["dependencies"]
    assert tool == "pip"
    assert SpecifierSet(python.removeprefix("python").strip()) == SpecifierSet(PROJECT["requires-python"])
    assert packages["pip"] == ["-c constraints.txt", "-e .[notebooks,grading,postgresql,cluster,test]"]
    assert {"notebooks", "grading", "test"} <= set(PROJECT["optional-dependencies"])


def test_the_pythons_are_the_same_everywhere():
    assert SpecifierSet(PROJECT["requires-python"]) == SpecifierSet(">=3.11,<3.14")
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in (ROOT / "tools/find_python.sh").read_text()


def test_make_lists_every_command_with_what_it_does():
    said = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = re.findall(r"^  make ([a-z-]+) +\S.+$", said, re.M)
    assert sorted(found) == sorted(TARGETS)


def test_an_old_python_is_refused_with_the_remedy(tmp_path):
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] || exit 1\necho Python 3.9.1\n')
    old.chmod(0o755)
    found = subprocess.run(
        ["sh", ROOT / "tools/find_python.sh"], env={"PYTHON": str(old)}, capture_output=True, text=True
    )
    assert found.returncode == 1
    assert "Python 3.9.1; the course needs Python 3.11, 3.12 or 3.13." in found.stderr
    (tmp_path / "python3").symlink_to(old)
    (tmp_path / "cat").symlink_to(shutil.which("cat"))
    found = subprocess.run(
        [shutil.which("sh"), ROOT / "tools/find_python.sh"], env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert found.returncode == 1
    assert "apt-get install python3.12 python3.12-venv" in found.stderr


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full"),
        ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", "cannot be reached"),
        ("ERROR: No matching distribution found for torch==2.13.0", "no build of this torch"),
        ("ERROR: No matching distribution found for numpy==9", "the index lacks one of the pinned packages"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))", "PIP_CERT"),
        ("[Errno 13] Permission denied: '.venv'", "cannot be written"),
        ("something else", "pip failed:\nsomething else"),
    ],
)
def test_a_failed_installation_is_explained(said, remedy, capsys):
    with pytest.raises(SystemExit):
        environment().explain(said, "pip failed")
    assert remedy in capsys.readouterr().err


def environment():
    """tools/environment.py as a module."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("environment", ROOT / "tools/environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_full_disk_is_found_before_anything_is_loaded(monkeypatch, capsys):
    module = environment()
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**11, 10**11, 10**9))
    with pytest.raises(SystemExit):
        module.check_space()
    assert "has 1.0 GB free. The course needs about 2 GB (8 GB with CUDA)" in capsys.readouterr().err


def test_missing_system_packages_fail_under_ci_and_are_named_elsewhere(tmp_path):
    for program in ("uname", "id"):
        (tmp_path / program).symlink_to(shutil.which(program))
    script = [shutil.which("sh"), ROOT / "tools/system_packages.sh"]
    if Path("/Applications/Google Chrome.app").exists():
        pytest.skip("Chrome is always found on this Mac")
    for ci, code in (("", 0), ("true", 1)):
        found = subprocess.run(script, env={"PATH": str(tmp_path), "CI": ci}, capture_output=True, text=True)
        assert found.returncode == code
        assert "Missing: chromium" in found.stdout + found.stderr
        assert "install" in found.stdout + found.stderr
