# has: names of builtins, of modules and of the notebook used for other things.

# %% extra after @5
sum = 0
for x in [1, 2, 3]:
    sum = sum + x
max, min, list, type, len_, id, input = 3, 1, [1, 2], "a", 2, 7, None
x_hat, z, p, ln3, x, digits, sigma, alpha = 1, 2, 3, 4, 5, 6, 7, 8
print = print
data, training, plotting, plt = {}, True, None, "plot"
str = "text"

# %% extra after step
del z, p
range_ = range
dict = {}
