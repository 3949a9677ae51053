"""The explorer of planar maps draws the map that it states, folded or not."""

import re

import ipywidgets as widgets
import matplotlib.pyplot as plt
import pytest
import torch
from IPython.display import Image

from gmlib import checks
from gmlib.explore import planar

SETTINGS = [(30, 2.0, -3.0, 0.0, 0.0), (0, 0.5, 8.0, -2.0, 4.0), (180, 5.0, -8.0, 2.0, -4.0), (90, 1.0, 0.0, 1.0, 0.5)]


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("constrained", [True, False])
def test_the_determinant_is_that_of_the_map(settings, constrained):
    move, w, u = planar.planar_map(*settings, constrained)
    z = torch.randn(6, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    checks.close(torch.linalg.det(checks.jacobian(lambda z: move(z)[0], z)), move(z)[1], "the determinant")
    checks.close(w.norm(), torch.tensor(settings[1], dtype=torch.float64), "|w|")
    if constrained:
        assert w @ u > -1
        assert (move(z)[1] > 0).all()
    else:
        checks.close(w @ u, torch.tensor(settings[2], dtype=torch.float64), "w.u")


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_pushed_density_keeps_the_mass_and_the_mean(settings):
    density = planar.pushed_density(planar.planar_map(*settings)[0])
    square = (2 * planar.WIDTH / planar.BINS) ** 2
    # what leaves the picture is lost: with |u_hat| up to 8 / |w| = 16 that may be most of it
    if settings[1] >= 1:
        assert density.sum() * square == pytest.approx(1, abs=0.05)
    assert (density >= 0).all()


@pytest.mark.parametrize("settings", [(0, 0.5, -4.0, 0.0, 4.0), (0, 0.5, 8.0, -2.0, -4.0), (45, 0.5, -8.0, 2.0, 4.0)])
def test_what_moves_far_stays_in_sight_and_what_folds_beyond_the_grid_is_said_to_fold(settings):
    left, right = planar.draw_planar(*settings, constrained=False).axes[:2]
    half = right.get_xlim()[1]
    assert half > planar.WIDTH
    assert right.images[0].get_array().sum() * (2 * half / planar.BINS) ** 2 == pytest.approx(1, abs=0.02)
    assert left.get_xlim() == right.get_xlim()
    assert ("it folds" in left.get_title()) == (settings[2] < -1)


def test_the_density_of_an_invertible_map_is_the_formula():
    move, _, _ = planar.planar_map(30, 1.0, 1.5, 0.5, 0.0)
    found = planar.pushed_density(move)
    z = torch.tensor([[0.3, -0.4], [1.0, 0.8], [-0.9, 0.2]], dtype=torch.float64)
    x, determinant = move(z)
    expected = torch.exp(-0.5 * z.square().sum(1)) / (2 * torch.pi) / determinant
    cell = ((x + planar.WIDTH) / (2 * planar.WIDTH / planar.BINS)).long()
    for (column, row), aim in zip(cell.tolist(), expected, strict=True):
        around = found[row - 1 : row + 2, column - 1 : column + 2].mean()
        assert around == pytest.approx(aim.item(), rel=0.1)  # bins of a tenth, averaged over nine


def test_the_default_figure_is_invertible_and_without_the_constraint_another_may_fold():
    left, right = planar.draw_planar().axes[:2]
    assert re.fullmatch(r".*hat u.* = 3\.02, lowest determinant 1\.\d\d: invertible", left.get_title())
    assert left.get_legend() is None
    assert right.get_title() == "where a standard Gaussian goes (darker: denser)"
    left = planar.draw_planar(along=-3.0).axes[0]
    assert re.fullmatch(r".*hat u.* = -0\.95, lowest determinant 0\.05: invertible", left.get_title())
    left = planar.draw_planar(along=-3.0, constrained=False).axes[0]
    assert re.fullmatch(r".*w .cdot u.* = -3\.00, lowest determinant -2\.00: it folds", left.get_title())
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["determinant below 0: turned over"]


def test_the_line_that_does_not_move_is_drawn_where_it_is():
    move, w, _ = planar.planar_map(40, 2.0, 3.0, 1.0, 1.5)
    axis = planar.draw_planar(40, 2.0, 3.0, 1.0, 1.5).axes[1]
    ends = torch.tensor(axis.lines[0].get_xydata())
    checks.close(ends @ w, torch.full((2,), -1.5, dtype=torch.float64), "w.z", tolerance=1e-6)
    checks.close(move(ends)[0], ends, "the moved line", tolerance=1e-6)


def test_the_explorer_follows_its_controls(shown):
    planar.explore()
    box, first = shown.displayed
    assert isinstance(first, Image)
    named = {control.description: control for control in box.children}
    assert set(named) == {"angle of w", "|w|", "w.u", "u across", "b", "keep it invertible"}
    assert isinstance(named["keep it invertible"], widgets.Checkbox)
    named["keep it invertible"].value = False
    named["b"].value = 2.0
    assert len(shown.updated) == 2
    assert first.data != shown.updated[0].data != shown.updated[1].data


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"length": 0.0}, "length: got 0.0, expected a number above 0"),
        ({"length": -1}, "length: got -1, expected a number above 0"),
        ({"along": float("nan")}, "along: got nan, expected a finite number"),
        ({"angle": "up"}, "angle: got 'up', expected a finite number"),
    ],
)
def test_settings_that_cannot_be_drawn_are_refused(settings, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        planar.draw_planar(**settings)
