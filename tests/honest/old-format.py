# has: nbformat 4.0, without cell ids and with sources as lists of lines.

# %% bytes
json.dumps(
    json.loads(notebook)
    | {
        "nbformat_minor": 0,
        "cells": [
            {key: value for key, value in cell.items() if key != "id"} | {"source": cell["source"].splitlines(True)}
            for cell in json.loads(notebook)["cells"]
        ],
    }
).encode()
