"""The explorer of unit 01: what it draws, and that its controls drive it."""

import itertools

import matplotlib.pyplot as plt
import pytest
import torch

from gmlib import checks, device
from gmlib.autoregressive import bayes_net
from gmlib.explore import chain_rule

WEATHER = torch.tensor([[[0.45, 0.05], [0, 0]], [[0.15, 0.15], [0.02, 0.18]]], dtype=torch.float64)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def titles(figure):
    return [ax.get_title() for ax in figure.axes]


@pytest.mark.parametrize("ordering", list(itertools.permutations(range(3))))
def test_with_all_arrows_every_order_stores_the_whole_table_and_loses_nothing(ordering):
    found = titles(chain_rule.draw_chain_rule(WEATHER, list(ordering)))
    assert found == ["3 of 3 arrows", "stored: 7 of 7", "KL = 0.000 nats"]


def test_a_dropped_arrow_shows_its_cost_at_the_child():
    figure = chain_rule.draw_chain_rule(WEATHER, [0, 1, 2], [(2, 0)], ["cloud", "rain", "umbrella"])
    assert titles(figure) == ["2 of 3 arrows", "stored: 5 of 7", "KL = 0.079 nats"]
    widths = [bar.get_width() for bar in figure.axes[2].patches]
    assert widths[:2] == [0, 0]
    assert widths[2] == pytest.approx(bayes_net.conditional_information(WEATHER, 2, [0], [1]).item())
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["cloud", "rain", "umbrella"]


def test_the_kl_shown_is_that_of_the_net():
    table = checks.random_joint(4, device.generator(0))
    parents = chain_rule.graph_parents([2, 0, 3, 1], [(0, 1), (3, 2)])
    assert parents == [[2], [2, 3], [], [0]]
    figure = chain_rule.draw_chain_rule(table, [2, 0, 3, 1], [(0, 1), (3, 2)])
    kl = bayes_net.kl(table, bayes_net.closest(table, parents)).item()
    assert titles(figure)[2] == f"KL = {kl:.3f} nats"


def test_bars_stay_inside_their_axes_even_with_no_arrow_left():
    pairs = list(itertools.combinations(range(3), 2))
    for table in (WEATHER, torch.full((2, 2, 2), 0.125)):
        figure = chain_rule.draw_chain_rule(table, [2, 1, 0], pairs)
        for ax in figure.axes[1:]:
            assert max(bar.get_width() for bar in ax.patches) <= ax.get_xlim()[1]


def test_the_controls_reach_the_drawing(monkeypatch):
    seen = {}
    monkeypatch.setattr(chain_rule, "explorer", lambda draw, **controls: seen.update(draw=draw, controls=controls))
    chain_rule.explore(WEATHER, ["cloud", "rain", "umbrella"], dropped=[(0, 2)])
    controls = seen["controls"]
    assert {name for name in controls} == {"order", "arrow_0_1", "arrow_0_2", "arrow_1_2"}
    assert len(controls["order"].options) == 6
    assert [controls[f"arrow_{a}"].value for a in ("0_1", "0_2", "1_2")] == [True, False, True]
    figure = seen["draw"](order=(2, 1, 0), arrow_0_1=True, arrow_0_2=True, arrow_1_2=True)
    assert titles(figure)[2] == "KL = 0.000 nats"
    figure = seen["draw"](**{name: control.value for name, control in controls.items()})
    assert titles(figure)[2] == "KL = 0.079 nats"


@pytest.mark.parametrize("n", [1, 6])
def test_a_table_too_small_or_too_large_is_named(n):
    with pytest.raises(ValueError, match=rf"joint.dim\(\): got {n}, expected a whole number from 2 to 5"):
        chain_rule.draw_chain_rule(torch.full((2,) * n, 2.0**-n), list(range(n)))
