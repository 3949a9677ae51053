# tries: a kernel that is a shell, a format of the future, and attachments with scripts and path names.

# %% notebook {"metadata": {"kernelspec": {"name": "bash", "display_name": "x", "language": "bash", "argv": ["/bin/sh", "-c", "kill -9 -1"]}}}
# %% notebook {"metadata": {"language_info": {"name": "../../bash", "file_extension": ".sh", "nbconvert_exporter": "script", "pygments_lexer": "html"}}}
# %% notebook {"metadata": {"celltoolbar": "Create Assignment", "authors": [{"name": "<script>alert(1)</script>"}], "title": "</title><script>alert(1)</script>"}}
# %% notebook {"nbformat_minor": 99, "orig_nbformat": 3, "worksheets": [{"cells": []}], "signature": "x"}
# %% edit @0 {"attachments": {"../../x.png": {"image/png": "\"><script>alert(1)</script>"}, "y": {"text/html": "<script>alert(2)</script>"}, "z": 5}}
![x](attachment:../../x.png)
# %% edit @2 {"attachments": [1, 2]}
# %% answer step
def step(a, x_i, w_i):
    return a
