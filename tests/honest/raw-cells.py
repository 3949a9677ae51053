# has: raw cells, and given cells and prose turned into raw ones.

# %% edit @3 {"cell_type": "raw"}
# %% edit @0 {"cell_type": "raw"}
# %% edit @17 {"cell_type": "raw", "metadata": {"raw_mimetype": "text/latex"}}
# %% extra after @3
\begin{equation} not Python \end{equation}
