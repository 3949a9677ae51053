"""From a lesson to a notebook and back to bytes: pure steps, nothing is executed or written here."""

import copy
import hashlib
import json
import re

from gmcourse.errors import CourseError
from gmcourse.lesson import first_line

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
WIDGET = "application/vnd.jupyter.widget-view+json"
INSTALL = """\
# Nothing happens here where the course is installed already.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("gmlib") is None:
"""
FROM_ADDRESS = """\
    address = {address!r}
    command = [sys.executable, "-m", "pip", "install", "--quiet", address]
    subprocess.run(command, check=True)"""
BY_HAND = """\
    raise ImportError(
        "gmlib is not installed here: run `make lab` in the course's "
        "folder, or `pip install -e .` there, and open this notebook again"
    )"""


def unexecuted(lesson, repository=""):
    """The solution notebook of a lesson, without outputs."""
    import nbformat

    cells = []
    for cell in lesson.cells:
        node = nbformat.v4.new_code_cell if cell.is_code else nbformat.v4.new_markdown_cell
        source = install_source(repository) if cell.kind == "install" else cell.source
        cells.append(node(source, id=cell.id, metadata=cell_metadata(cell)))
    metadata = KERNEL | {"gmcourse": {"source": lesson.sha256}}
    return nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(metadata))


def install_source(repository):
    """The code of the install cell: a no-op where gmlib can be imported."""
    return INSTALL + (FROM_ADDRESS.format(address=f"git+{repository}") if repository else BY_HAND)


def cell_metadata(cell):
    """The metadata of a cell of the solution: nbgrader's, the tags, and what only we read (`gmcourse`)."""
    metadata = {}
    if cell.kind in ("answer", "test", "manual"):
        graded = cell.kind != "answer"
        metadata["nbgrader"] = {
            "schema_version": 3,
            "grade_id": cell.id,
            "grade": graded,
            "locked": cell.kind == "test",
            "solution": cell.kind != "test",
            "task": False,
            "cell_type": "code" if cell.is_code else "markdown",
        } | ({"points": cell.points} if graded else {})
    tags = ["demo"] * (cell.kind == "demo") + ["nbval-ignore-output"] * bool(cell.exempt)
    ours = ({"exempt": cell.exempt} if cell.exempt else {}) | ({"withhold": [*cell.withhold]} if cell.withhold else {})
    return metadata | ({"tags": tags} if tags else {}) | ({"gmcourse": ours} if ours else {})


def clean(notebook, unit):
    """Drop what changes from run to run; CourseError for what would and cannot be dropped.

    Returns one line for each given cell that wrote to stderr; a test cell must not.
    """
    kept = {key: notebook.metadata[key] for key in ("kernelspec", "language_info", "gmcourse")}
    notebook.metadata.clear()
    notebook.metadata.update(copy.deepcopy(kept | KERNEL))  # without `widgets` and the version of this Python
    notes = []
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # nbclient's timings
        if cell.cell_type != "code":
            continue
        where = f"{unit}: cell {cell.id} ({first_line(cell.source)!r})"
        written = "".join(output.text for output in cell.outputs if output.get("name") == "stderr")
        is_test = cell.metadata.get("nbgrader", {}).get("grade", False)
        if written and is_test:
            raise CourseError(f"{where}: a test cell must write nothing to stderr, got {first_line(written)!r}")
        if written:
            notes.append(f"{where}: wrote to stderr, which is dropped: {first_line(written)!r}")
        cell.outputs = _merged(cell.outputs)
        _check_outputs(cell.outputs, is_test, where)
    return notes


def _merged(outputs):
    """Without stderr and widget models, and with neighbouring pieces of stdout as one."""
    kept = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stderr":
            continue
        if output.output_type == "stream" and kept and kept[-1].output_type == "stream":
            kept[-1].text += output.text
            continue
        if "data" in output:
            output.data.pop(WIDGET, None)  # a random model id
        kept.append(output)
    return kept


def _check_outputs(outputs, is_test, where):
    for output in outputs:
        text = output.get("text", "") + "".join(str(v) for k, v in output.get("data", {}).items() if "image" not in k)
        if re.search(r"\bat 0x[0-9a-f]{6,}", text):
            raise CourseError(f"{where}: prints a memory address, which differs in every run: write `_ = ...`")
        if is_test and output.output_type == "execute_result":
            raise CourseError(f"{where}: a test cell ends in a value, which nbgrader may take for partial credit")


def written(notebook):
    """The bytes of a notebook file."""
    import nbformat

    return (nbformat.writes(notebook, version=4) + "\n").encode()


def seal(notebook, release):
    """The notebook with the hashes of its content and of its release, whose bytes are `release`."""
    sealed = copy.deepcopy(notebook)
    sealed.metadata.gmcourse |= {"content": content(json.loads(written(notebook))), "release": sha256(release)}
    return sealed


def content(read):
    """The hash of a solution, as read from its file, without the hashes that it carries."""
    ours = read["metadata"].get("gmcourse", {})
    bare = read | {"metadata": read["metadata"] | {"gmcourse": {"source": ours.get("source")}}}
    return sha256(json.dumps(bare, sort_keys=True, ensure_ascii=False).encode())


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def outline(read):
    """{id: (type, source, metadata)} of a notebook as read from its file: all that needs no execution."""
    return {cell["id"]: (cell["cell_type"], "".join(cell["source"]), cell["metadata"]) for cell in read["cells"]}
