# tries: a notebook of format 3, whose upgrade would run over what was checked.
# broken: is no notebook of format 4

# %% notebook {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": [{"cell_type": "code", "input": "1"}]}], "cells": null}
