# tries: lone surrogates, null bytes and control characters in the file, and keys that are there twice.

# %% bytes
(
    notebook.replace("def step(a", "x = '\\ud800\\udfff \\u0000 \\u001b[31m \\u202e'\\ndef step(a")
    .replace('"id": "', '"id": "\\ud83d')
    .replace('"cells": [', '"cells": [], "cells": [', 1)
    .replace('"nbformat": 4', '"nbformat": 3, "nbformat": 4')
    .encode()
)
