# The course's commands; `make` alone lists them. POSIX sh, GNU make 3.81 (the Mac's) or later.
#
# PYTHON=python3.12      the Python to make .venv with (default: the first of 3.11 to 3.13 that is found)
# TORCH_INDEX=URL        the package index for torch alone: its CPU build is small, the ordinary Linux one brings CUDA
# LAB_ARGS=--no-browser  further arguments for JupyterLab
# UNIT=01-chain-rule     the unit that `make grade` shows

LAB_ARGS =
UNIT = 01-chain-rule
PY = .venv/bin/python
export TORCH_INDEX
export PYTHON
# the environment's own programs first: nbgrader calls alembic
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help lab test test-long build grade bench picture clean clean-all

# the Python of .venv once there is one, which needs no search
install = if [ -x $(PY) ] && $(PY) -c '' 2>/dev/null; then python=$(PY); else python=$$(sh tools/find_python.sh) || exit 1; fi; \
	"$$python" tools/environment.py

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1  \2/p' Makefile | awk '{ printf "  %s %-10s", $$1, $$2; $$1 = $$2 = ""; print }'
	@echo "Variables: PYTHON=python3.12  TORCH_INDEX=URL (CPU build of torch)  LAB_ARGS=--no-browser  UNIT=01-chain-rule"

lab: ## install what is missing and open JupyterLab on the first notebook
	@$(install) notebooks grading
	@$(PY) tools/lab.py $(LAB_ARGS)

test: ## run everything that CI runs (some minutes)
	@$(install) notebooks grading postgresql cluster test
	@sh tools/system_packages.sh
	@$(PY) tools/run_tests.py

test-long: ## run the tests of every right answer 200 times
	@$(install) notebooks grading postgresql cluster test
	@echo "Trying every right answer 200 times"
	@GM_REPEAT=200 OMP_NUM_THREADS=1 $(PY) -m pytest -n 2 --dist loadfile tests/test_answers.py

build: ## make solutions/ and notebooks/ from lessons/
	@$(install) notebooks grading
	@$(PY) -m gmcourse.cli build

grade: ## grade four sample submissions of UNIT in a temporary course
	@$(install) notebooks grading
	@$(PY) -m gmcourse.grading.demo $(UNIT)

bench: ## compare gmlib with its peers (benchmarks/)
	@$(install) notebooks grading bench
	@OMP_NUM_THREADS=1 $(PY) -m benchmarks

picture: ## draw docs/course.png, the README's picture of the course at work
	@$(install) notebooks grading postgresql cluster test
	@$(PY) tools/screenshot.py

clean: ## remove what tests and tools leave behind
	@echo "Removing caches and build folders"
	@rm -rf build dist .pytest_cache .ruff_cache *.egg-info
	@find . -name .venv -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

clean-all: clean ## the same, and the virtual environment
	@echo "Removing .venv"
	@rm -rf .venv
