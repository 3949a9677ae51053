# tries: a million empty lists in few bytes, which take a gigabyte as objects.
# broken: lists and objects

# %% bytes
b'{"nbformat": 4, "cells": [' + b"[]," * 1_000_000 + b"[]]}"
