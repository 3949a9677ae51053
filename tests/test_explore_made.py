"""The explorer of MADE draws what the masks are, for every setting of its controls."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from gmlib import checks
from gmlib.explore import made


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def shown(axis):
    """What the matrix in `axis` shows, and where its crosses are."""
    crosses = {(int(text.get_position()[1]), int(text.get_position()[0])) for text in axis.texts}
    return np.asarray(axis.images[0].get_array()) > 0, crosses


def test_the_default_figure_is_the_lectures_example():
    figure = made.draw_made()
    assert [axis.get_title() for axis in figure.axes] == [
        "the network: places and numbers m",
        "mask 1",
        "mask 2",
        "who sees whom:\nno allowed link lost",
    ]
    reach, crosses = shown(figure.axes[-1])
    checks.dependencies(torch.tensor(reach), [1, 2, 0])
    assert crosses == set()
    assert [label.get_text() for label in figure.axes[-1].get_xticklabels()] == ["$x_{1}$", "$x_{2}$", "$x_{3}$"]


@pytest.mark.parametrize("ordering", made.ORDERINGS.values())
@pytest.mark.parametrize(("width", "depth", "seed"), [(1, 1, 0), (3, 2, 1), (8, 3, 20)])
def test_every_allowed_link_is_blue_or_crossed_and_no_other(ordering, width, depth, seed):
    figure = made.draw_made(ordering, width, depth, seed)
    assert len(figure.axes) == depth + 3
    reach, crosses = shown(figure.axes[-1])
    for cell in crosses:
        assert not reach[cell]
        reach[cell] = True
    checks.dependencies(torch.tensor(reach), list(ordering))


def test_a_narrow_network_loses_links_and_says_how_many():
    figure = made.draw_made((0, 1, 2, 3, 4), width=1, depth=1, seed=0)
    _, crosses = shown(figure.axes[-1])
    assert crosses
    assert f"{len(crosses)} allowed link" in figure.axes[-1].get_title()


def test_the_seed_changes_the_masks():
    first, second = (shown(made.draw_made(seed=seed).axes[1])[0] for seed in (0, 3))
    assert (first != second).any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ordering": (1, 1, 0)}, r"ordering: got \[1, 1, 0\], expected each index from 0 to 2 once"),
        ({"ordering": (0,)}, "the number of variables: got 1, expected a whole number of at least 2"),
        ({"width": 0}, "width: got 0, expected a whole number of at least 1"),
        ({"depth": 0}, "depth: got 0, expected a whole number of at least 1"),
        ({"seed": -1}, "seed: got -1, expected a whole number of at least 0"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        made.draw_made(**arguments)


def test_the_explorer_shows_controls_and_a_picture_that_follows_them(shown):
    made.explore()
    controls, picture = shown.displayed
    assert [control.description for control in controls.children] == [
        "ordering",
        "units a layer",
        "hidden layers",
        "seed",
    ]
    controls.children[1].value = 7
    assert len(shown.updated) == 1
    assert shown.updated[0].data != picture.data
