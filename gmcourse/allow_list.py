"""The last step of nbgrader's release: nothing but an allow-list of metadata leaves the house."""

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import NbGraderPreprocessor

NOTEBOOK = ("kernelspec", "language_info")
# `deletable` and `editable` are nbgrader's locks
CELL = ("nbgrader", "deletable", "editable")


class AllowList(NbGraderPreprocessor):
    """Drop every metadata of notebook and cells that is not on the list, and all that is attached to a cell."""

    def preprocess(self, nb, resources):
        keep(nb.metadata, NOTEBOOK)
        for cell in nb.cells:
            keep(cell.metadata, CELL)
            cell.pop("attachments", None)
        return nb, resources


def keep(metadata, allowed):
    """Delete from `metadata` every key that is not `allowed`."""
    for key in set(metadata) - set(allowed):
        del metadata[key]


def steps():
    """nbgrader's own steps in its order, then ours."""
    return [*GenerateAssignment.preprocessors.default(), AllowList]
