# has: all code copied into a new notebook: no metadata, no ids, no prose.

# %% bytes
json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [
            {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": cell["source"]}
            for cell in json.loads(notebook)["cells"]
            if cell["cell_type"] == "code"
        ],
    }
).encode()
