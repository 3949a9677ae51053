# tries: metadata that is a list, ids that are numbers, and cells that are no cells.
# broken: is no cell

# %% edit @3 {"metadata": {"nbgrader": null}, "id": 5}
# %% bytes
notebook.replace('"cells": [', '"cells": [null, 5, "x", [], {"cell_type": "code"}, ', 1).encode()
