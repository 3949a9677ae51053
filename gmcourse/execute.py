"""Run a solution notebook in a kernel of its own."""

import os
import re
import signal
from pathlib import Path

from gmcourse.errors import CourseError
from gmcourse.lesson import first_line

KERNEL = "python3"
SECONDS_A_CELL = 120
_running = set()


def execute(notebook, unit, folder):
    """Run all cells in place, in `folder`; CourseError names the unit and the cell that fails."""
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    started = []
    client = NotebookClient(
        notebook,
        timeout=SECONDS_A_CELL,
        kernel_name=KERNEL,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=lambda cell, cell_index: started.append(cell),
    )
    _running.add(client)
    try:
        with open(Path(folder) / "kernel.log", "w") as log:  # what ipykernel says of itself
            client.execute(env=environment(folder), stderr=log)
    except CellExecutionError as error:
        traceback = re.sub(r"\x1b\[[0-9;]*m", "", error.traceback or "")
        raise CourseError(_failed(unit, started, f"{error.ename}: {error.evalue}", traceback)) from None
    except CellTimeoutError:
        raise CourseError(_failed(unit, started, f"took longer than {SECONDS_A_CELL} s")) from None
    except NoSuchKernel:
        raise CourseError(f"no Jupyter kernel {KERNEL!r}: pip install 'gmcourse[notebooks,grading]'") from None
    except RuntimeError as error:  # nbclient's kinds of dead kernel, before and during a cell
        raise CourseError(
            _failed(unit, started, f"the kernel died (out of memory?): {first_line(str(error))}")
        ) from None
    finally:
        _running.discard(client)


def stop():
    """Kill the kernels of all notebooks that are being executed, in whatever thread."""
    for client in tuple(_running):
        if client.km is not None and client.km.has_kernel:
            os.kill(client.km.provisioner.pid, signal.SIGKILL)


def environment(folder):
    """The environment of the kernel: no progress bars, one thread, nothing of the user's IPython."""
    ours = {
        "TQDM_DISABLE": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": str(Path(folder) / "ipython"),
    }
    return {key: value for key, value in os.environ.items() if key != "MPLBACKEND"} | ours


def _failed(unit, started, what, traceback=""):
    cell = started[-1] if started else {"id": "?", "source": ""}
    shown = [line for line in traceback.split("\n") if line.strip() and "Traceback (most recent" not in line]
    head = f"{unit}: cell {cell['id']} ({first_line(cell['source'])!r}) failed: {what}"
    return "\n".join([head, *(f"    {line}" for line in shown[-6:])])
