# has: the line ends of Windows, in the file and in every cell.

# %% answer step
def step(a, x_i, w_i):
    text = """two
    lines"""
    return a + x_i[:, None] * w_i

# %% extra after step
%%time
print(1)

# %% bytes
notebook.replace("\\n", "\\r\\n").replace("\n", "\r\n").encode()
