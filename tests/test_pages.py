"""README.md and CONTRIBUTING.md keep their word: code runs, the exercise passes lint, answers get their verdicts."""

import re
from pathlib import Path

from gmcourse import answers, lesson, lint

ROOT = Path(__file__).parents[1]
TOP = """# %% [markdown]
# # A unit

# %% install=True

# %% [markdown]
# Imports

# %%
import torch
from gmlib import checks

"""


def python_blocks(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, flags=re.M | re.S)


def test_the_exercise_of_contributing_is_one(tmp_path):
    cells, listed = python_blocks("CONTRIBUTING.md")
    unit = tmp_path / "09-page"
    (unit / "answers").mkdir(parents=True)
    (unit / "09-page.py").write_text(TOP + cells)
    (unit / "answers" / "surprise.py").write_text(listed)
    assert lint.lint([lesson.read(unit / "09-page.py")]) == []
    found = list(answers.verdicts(unit, repeat=5))
    assert len(found) == 1 + listed.count("# %%")
    assert all(verdict.as_expected for verdict in found), "\n".join(map(str, found))


def test_the_code_of_the_readme_runs(capsys):
    (code,) = python_blocks("README.md")
    names = {}
    exec(code.replace("epochs=60", "epochs=2"), names)
    assert names["images"].shape == (100, 64)
    assert 15 < float(capsys.readouterr().out.split()[0]) < 45
