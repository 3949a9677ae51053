"""The explorers of unit 06 show what quadrature and closed forms say, for every setting of their controls."""

import math

import matplotlib.pyplot as plt
import pytest
import torch
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from gmlib.explore import elbo


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("apart", [0.0, 1.5, 4.0])
def test_the_posterior_is_a_distribution(apart):
    z = torch.linspace(-20, 20, 8001, dtype=torch.float64)
    assert torch.trapezoid(elbo.log_posterior(z, apart).exp(), z).item() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(
    ("mean", "std", "gap"), [(2, 2, 0.19), (-4, 0.75, 3.45), (2, math.sqrt(2), 0.23), (-4, math.sqrt(0.75), 3.40)]
)
def test_the_lectures_two_candidates(mean, std, gap):
    assert elbo.measures(mean, std)["reverse"] == pytest.approx(gap, abs=0.006)


@pytest.mark.parametrize("mean", [-8, 0.3, 8])
@pytest.mark.parametrize("std", [0.2, 1.0, 5.0])
@pytest.mark.parametrize("apart", [0.0, 4.0])
def test_bound_and_gap_add_up_and_no_divergence_is_negative(mean, std, apart):
    found = elbo.measures(mean, std, apart)
    assert found["elbo"] + found["reverse"] == pytest.approx(found["log_p_x"], abs=1e-6)
    assert found["reverse"] > 0
    assert found["forward"] > 0


def test_far_from_the_other_hump_it_is_the_closed_form():
    q, hump = Normal(6.0, 1.0), Normal(6.5, 1.3)
    expected = kl_divergence(q, hump).item() - math.log(0.75)
    assert elbo.measures(6.0, 1.0, apart=4.0)["reverse"] == pytest.approx(expected, abs=1e-6)


def test_the_default_figure():
    figure = elbo.draw_elbo()
    found = elbo.measures(-1.0, 1.0)
    titles = [axis.get_title() for axis in figure.axes]
    assert titles[0] == "q and the posterior"
    assert titles[1] == f"log p(x) -3.00 = ELBO {found['elbo']:.2f} + gap {found['reverse']:.2f}"
    assert titles[2] == f"gap: KL(q, p(z | x)) = {found['reverse']:.2f} nats"
    assert titles[3] == f"KL(p(z | x), q) = {found['forward']:.2f} nats"
    for axis, terms in zip(figure.axes[2:], ("reverse_terms", "forward_terms"), strict=True):
        assert axis.lines[0].get_ydata() == pytest.approx(found[terms].numpy())
    log_p_x, bound, gap = figure.axes[1].patches
    assert log_p_x.get_height() == pytest.approx(elbo.LOG_P_X)
    assert bound.get_height() == pytest.approx(found["elbo"])
    assert gap.get_height() == pytest.approx(-found["reverse"])


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mean": 9}, "mean: got 9, expected a number from -8 to 8"),
        ({"std": 0.1}, "std: got 0.1, expected a number from 0.2 to 5"),
        ({"std": math.nan}, "std: got nan, expected a number from 0.2 to 5"),
        ({"apart": -1}, "apart: got -1, expected a number from 0 to 4"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        elbo.draw_elbo(**arguments)


@pytest.mark.parametrize(
    ("explore", "names"),
    [
        ("explore", ["mean of q", "its width", "humps apart"]),
        ("explore_gaps", ["angle", "stretch", "width of q", "shift of q"]),
    ],
)
def test_an_explorer_shows_controls_and_a_picture_that_follows_them(shown, explore, names):
    getattr(elbo, explore)()
    controls, picture = shown.displayed
    assert [control.description for control in controls.children] == names
    controls.children[0].value = 2.0
    assert len(shown.updated) == 1
    assert shown.updated[0].data != picture.data


@pytest.mark.parametrize("angle", [0, 30, 45, 90])
@pytest.mark.parametrize(("ratio", "width", "shift"), [(1, 1.0, 0.0), (9, 1.0, 0.0), (50, 0.2, 2.0), (4, 4.0, -0.7)])
def test_the_two_gaps_add_up_to_the_divergence(angle, ratio, width, shift):
    precision, family, rest = elbo.gaps(angle, ratio, width, shift)
    posterior = MultivariateNormal(torch.zeros(2, dtype=torch.float64), precision_matrix=precision)
    stds = width * precision.diagonal().rsqrt()
    q = MultivariateNormal(torch.tensor([shift, 0.0], dtype=torch.float64), scale_tril=stds.diag())
    assert kl_divergence(q, posterior).item() == pytest.approx(family + rest, abs=1e-9)
    assert (family > 1e-6) == (ratio > 1 and angle in (30, 45))
    assert (rest > 1e-6) == (width != 1 or shift != 0)


def test_the_figure_of_the_gaps():
    figure = elbo.draw_gaps(45, 9, 1.5, 0.5)
    precision, family, rest = elbo.gaps(45, 9, 1.5, 0.5)
    plane, bars = figure.axes
    assert bars.get_title() == f"log p(x) - ELBO = {family:.2f} + {rest:.2f} nats"
    assert [bar.get_height() for bar in bars.patches] == pytest.approx([family, rest])
    best, encoder = (line.get_xydata() for line in plane.lines)
    assert best[:, 0].max() == pytest.approx(2 * precision[0, 0].item() ** -0.5)
    assert encoder[:, 0].mean() == pytest.approx(0.5, abs=0.05)
    posterior = torch.tensor(plane.patches[0].get_xy())
    assert torch.einsum("ki,ij,kj->k", posterior, precision, posterior).tolist() == pytest.approx(
        [4.0] * len(posterior)
    )


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"angle": 91}, "angle: got 91, expected a number from 0 to 90"),
        ({"ratio": 0.5}, "ratio: got 0.5, expected a number from 1 to 50"),
        ({"width": 0}, "width: got 0, expected a number from 0.2 to 4"),
        ({"shift": math.nan}, "shift: got nan, expected a number from -2 to 2"),
    ],
)
def test_bad_input_of_the_gaps(arguments, message):
    with pytest.raises(ValueError, match=message):
        elbo.draw_gaps(**arguments)
