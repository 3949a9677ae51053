# tries: other files in the folder: a configuration, a module that shadows, a gradebook, a timestamp of the future.

# %% file nbgrader_config.py
raise SystemExit("run by whoever grades")
# %% file torch.py
raise SystemExit("imported by whoever grades")
# %% file sitecustomize.py
raise SystemExit("imported by whoever grades")
# %% file gradebook.db
no database
# %% file timestamp.txt
9999-99-99 <script>alert(1)</script>
# %% file .grading_key
known
# %% answer step
import torch
def step(a, x_i, w_i):
    return a
