# tries: a link to another submission's notebook.
# broken: is not an ordinary file

# %% link ../../../f-honest/02-fvsbn-nade-made/02-fvsbn-nade-made.ipynb
