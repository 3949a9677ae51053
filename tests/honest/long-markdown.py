# has: very long notes with pictures in them, and a thousand lines of data in a cell.

# %% bytes
json.dumps(
    json.loads(notebook)
    | {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": "my notes, $x_i$, " * 60_000},
            {"cell_type": "markdown", "metadata": {}, "source": "![](data:image/png;base64," + "iVBORw0K" * 100_000 + ")"},
            *json.loads(notebook)["cells"],
            {"cell_type": "code", "metadata": {}, "source": "data = [\n" + "    0.123456789,\n" * 9000 + "]"},
        ]
    }
).encode()
