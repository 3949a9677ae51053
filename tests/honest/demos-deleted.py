# has: all demonstrations, given cells and much of the prose deleted.

# %% drop @0
# %% drop @1
# %% drop @3
# %% drop @4
# %% drop @5
# %% drop @15
# %% drop @17
# %% drop @23
# %% drop @36
# %% drop @38
# %% drop @40
