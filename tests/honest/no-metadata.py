# has: no metadata at all, as some web editors leave it; the cells' ids are there.

# %% bytes
json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [cell | {"metadata": {}} for cell in json.loads(notebook)["cells"]],
    }
).encode()
