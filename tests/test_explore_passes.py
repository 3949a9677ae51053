"""The explorer of passes counts what it really does: each pass runs the network once and finds what became possible."""

import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.patches import Rectangle

from gmlib import checks
from gmlib.explore import passes


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def known(values):
    return (~values.isnan()).tolist()


@pytest.mark.parametrize("n", [2, 5, passes.LARGEST])
@pytest.mark.parametrize(("flow", "task"), passes.TASKS)
def test_the_walk_ends_at_a_pair_that_the_equation_holds_for(flow, task, n):
    z, x = passes._walk(flow, task, n)[-1]
    a, log_b = passes._conditioner(n)(x if flow == "MAF" else z)
    checks.close(a + log_b.exp() * z, x, f"x of {flow}, {task}")


@pytest.mark.parametrize("n", [2, 5, passes.LARGEST])
def test_what_looks_at_its_own_row_goes_one_by_one_and_the_other_all_at_once(n):
    for flow, task in (("MAF", "sampling"), ("IAF", "density")):
        states = passes._walk(flow, task, n)
        assert len(states) == n + 1
        for step, state in enumerate(states):
            assert known(state[task == "sampling"]) == [i < step for i in range(n)]
    for flow, task in (("MAF", "density"), ("IAF", "sampling")):
        states = passes._walk(flow, task, n)
        assert [known(state[task == "sampling"]) for state in states] == [[False] * n, [True] * n]


@pytest.mark.parametrize("n", [3, 6])
def test_the_conditioner_looks_at_all_before_and_at_nothing_else(n):
    v = torch.randn(5, n, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    allowed = torch.ones(n, n, dtype=torch.bool).tril(-1)
    for part in (0, 1):
        checks.links_are(lambda v, part=part: passes._conditioner(n)(v)[part], v, allowed)


@pytest.mark.parametrize(("step", "n"), [(0, 4), (2, 5), (8, 3), (8, 8)])
def test_each_box_shows_its_number_or_a_question_mark(step, n):
    figure = passes.draw_passes(step, n)
    for axis, (flow, task) in zip((figure.axes[k] for k in _panels(figure)), passes.TASKS, strict=True):
        states = passes._walk(flow, task, n)
        done = min(step, len(states) - 1)
        texts = [text.get_text() for text in axis.texts if "$" not in text.get_text() and text.get_text()]
        aim = [("?" if v.isnan() else f"{v:.1f}") for row in states[done] for v in row]
        assert texts == [text.replace("-0.0", "0.0") for text in aim]
        assert len([patch for patch in axis.patches if isinstance(patch, Rectangle)]) == 2 * n
        assert axis.get_title().startswith(f"{flow}, {task}: {done} of {len(states) - 1} pass")


def _panels(figure):
    titles = [axis.get_title() for axis in figure.axes]
    return [next(k for k, title in enumerate(titles) if title.startswith(f"{f}, {t}")) for f, t in passes.TASKS]


def test_the_totals_are_k_and_n_k():
    assert [passes.passes_needed(*task, 5, 3) for task in passes.TASKS] == [3, 15, 15, 3]
    figure = passes.draw_passes(1, 5, 3)
    (totals,) = [axis for axis in figure.axes if axis.get_title() == "5 variables, 3 layers"]
    assert [bar.get_width() for bar in totals.patches] == [3, 15, 15, 3]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"step": 9}, "step: got 9, expected a whole number from 0 to 8"),
        ({"n": 1}, "n: got 1, expected a whole number from 2 to 8"),
        ({"layers": 6}, "layers: got 6, expected a whole number from 1 to 5"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        passes.draw_passes(**arguments)


def test_the_explorer_steps_and_runs(monkeypatch, shown):
    monkeypatch.setattr(passes, "display", shown.display)
    passes.explore()
    run, controls, picture = shown.displayed
    assert [control.description for control in controls.children] == ["passes done", "variables n", "layers K"]
    run.value = 3  # what the player does as it runs
    assert controls.children[0].value == 3
    controls.children[1].value = 7
    controls.children[2].value = 2
    assert len({picture.data, *(one.data for one in shown.updated)}) == 4
