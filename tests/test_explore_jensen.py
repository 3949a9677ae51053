"""The explorer of Jensen's inequality draws the two sides, and the gap between them, for every setting."""

import math

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gmlib.explore import jensen


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def drawn(axis, label):
    (line,) = (line for line in axis.lines if line.get_label() == label)
    return line.get_xdata(), line.get_ydata()


def test_both_sides_by_hand():
    top, mean_log = jensen._sides([1, 4], [0.5, 0.5])
    assert top == pytest.approx(math.log(2.5))
    assert mean_log == pytest.approx(math.log(2))
    assert jensen._sides([3, 3], [0.2, 0.8]) == pytest.approx((math.log(3), math.log(3)))


@pytest.mark.parametrize(
    ("values", "weights"),
    [((0.5, 4.5), (0.5, 0.5)), ((6, 0.1), (0.05, 0.95)), ((0.2, 3, 1), (0.3, 0.3, 0.4)), ((2, 2), (0.5, 0.5))],
)
def test_the_gap_is_drawn_between_the_mean_of_the_points_and_the_curve(values, weights):
    left, right = jensen.draw_jensen(values, weights).axes
    mean = float(np.dot(weights, values))
    x, y = drawn(left, "(E[X], log E[X])")
    assert (x, y) == (pytest.approx([mean]), pytest.approx([math.log(mean)]))
    x, low = drawn(left, "(E[X], E[log X])")
    assert low == pytest.approx([float(np.dot(weights, np.log(values)))])
    _, ends = drawn(left, "the gap")
    assert ends == pytest.approx([low[0], y[0]])
    assert low[0] <= y[0] + 1e-12
    # on the right the marker lies on the curve, which is 0 at a weight of 1
    curve, marker = right.lines
    assert np.interp(weights[0], *curve.get_data()) == pytest.approx(marker.get_ydata()[0], abs=1e-3)
    assert curve.get_ydata()[-1] == pytest.approx(0, abs=1e-12)
    assert marker.get_ydata()[0] == pytest.approx(y[0] - low[0])


def test_all_weight_on_one_value_leaves_no_gap():
    for weights in ((1, 0), (0, 1)):
        left, right = jensen.draw_jensen((0.5, 4.0), weights).axes
        assert right.get_title() == "the gap here: 0.000 nats"
        assert np.isfinite(right.lines[0].get_ydata()).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": (1.0,), "weights": (1.0,)}, "the number of values: got 1, expected a whole number of at least 2"),
        ({"weights": (0.5, 0.3, 0.2)}, "weights: got 3 numbers, expected 2, one for each value"),
        ({"values": (0.0, 1.0)}, r"values: got \[0.0, 1.0\], expected finite numbers above 0"),
        ({"values": (math.nan, 1.0)}, r"values: got \[nan, 1.0\], expected finite numbers above 0"),
        ({"weights": (0.5, 0.6)}, r"weights: got \[0.5, 0.6\], expected probabilities that sum to 1"),
        ({"weights": (-0.5, 1.5)}, r"weights: got \[-0.5, 1.5\], expected probabilities that sum to 1"),
    ],
)
@pytest.mark.bad_input
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        jensen.draw_jensen(**arguments)


def test_the_explorer_shows_controls_and_a_picture_that_follows_them(shown):
    jensen.explore()
    controls, picture = shown.displayed
    assert [control.description for control in controls.children] == ["x", "x'", "p, weight of x"]
    for control, value in zip(controls.children, (2.0, 0.3, 1.0), strict=True):
        control.value = value
    assert len(shown.updated) == 3
    assert len({picture.data, *(one.data for one in shown.updated)}) == 4
