# tries: JSON that is a hundred thousand levels deep.
# broken: too many lists in lists

# %% bytes
b'{"nbformat": 4, "cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
