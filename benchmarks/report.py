"""Tables as plain text, and the machine that they belong to."""

import os
import pathlib
import platform

import torch


def machine():
    """One line: cores, processor, versions."""
    return (
        f"{os.cpu_count()} cores, {processor()}; torch {torch.__version__} on {torch.get_num_threads()} thread(s), "
        f"Python {platform.python_version()}, {platform.system()}"
    )


def processor():
    listed = pathlib.Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def reached(value, target, at_most):
    """target: a number, or None for a reference line."""
    if target is None:
        return ""
    return "reached" if (value <= target if at_most else value >= target) else "NOT REACHED"


def table(title, header, rows):
    """Print rows of strings under `header`, the first column flush left, the others flush right."""
    widths = [max(len(row[k]) for row in [header, *rows]) for k in range(len(header))]
    print(f"\n{title}\n")
    for row in [header, ["-" * width for width in widths], *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("  ".join(cells).rstrip())
