"""The explorer of EM draws the mixture after each step, and its curve is the likelihood of those mixtures."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.patches import Ellipse

from gmlib import checks
from gmlib.explore import em
from gmlib.latent.gaussian_mixture import GaussianMixture


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def ellipses(axis):
    return [patch for patch in axis.patches if isinstance(patch, Ellipse)]


@pytest.mark.parametrize("points", em.POINTS)
@pytest.mark.parametrize(("components", "seed"), [(1, 0), (2, 1), (3, 15), (5, 4)])
def test_the_curve_is_the_likelihood_of_the_states_and_climbs(points, components, seed):
    states, curve = em._climb(points, components, seed)
    assert len(states) == len(curve) == em.STEPS + 1
    checks.never_falls(curve, tolerance=1e-5)  # the floor of 1e-4 costs as much near a maximum
    assert curve[-1] > curve[0] + 0.1
    x = em._points(points)
    for step in (0, 1, 17, em.STEPS):
        weights, means, covariances, shares = states[step]
        model = GaussianMixture(2, components).double().set(weights, means, covariances)
        aim = torch.tensor(curve[step], dtype=torch.float64)
        checks.close(model.log_prob(x).mean(), aim, f"the likelihood after {step} steps", tolerance=1e-9)
        checks.close(model.responsibilities(x), shares, "the responsibilities")


def test_the_first_means_are_points_and_another_seed_takes_others():
    x = em._points("three clouds")
    starts = [em._climb("three clouds", 3, seed)[0][0][1] for seed in (0, 1)]
    for means in starts:
        assert torch.cdist(means, x).min(1).values.max() == 0
    assert (starts[0] != starts[1]).any()


def test_no_two_of_the_first_means_are_equal_though_some_flowers_are():
    x = em._points("iris petals")
    assert len(x.unique(dim=0)) < len(x)
    for seed in range(21):
        means = em._climb("iris petals", 5, seed)[0][0][1]
        assert len(means.unique(dim=0)) == 5


@pytest.mark.parametrize(("points", "components", "steps"), [("three clouds", 3, 4), ("two moons", 5, 40)])
def test_ellipses_are_one_and_two_standard_deviations(points, components, steps):
    figure = em.draw_em(points, components, seed=2, steps=steps)
    _, means, covariances, _ = em._climb(points, components, 2)[0][steps]
    found, angle = ellipses(figure.axes[0]), torch.linspace(0, 2 * torch.pi, 30)
    circle = torch.stack([angle.cos(), angle.sin()], 1).double().numpy()
    assert len(found) == 2 * components
    for k in range(components):
        for size, ellipse in zip((1, 2), found[2 * k : 2 * k + 2], strict=True):
            edge = torch.tensor(ellipse.get_patch_transform().transform(circle)) - means[k]
            distance = (edge @ covariances[k].inverse() * edge).sum(1).sqrt()
            assert (distance - size).abs().max() < 1e-6


def test_every_point_is_drawn_once_in_the_colour_of_its_responsibilities():
    figure = em.draw_em("iris petals", 2, seed=1, steps=3)
    clouds = figure.axes[0].collections
    assert sum(len(cloud.get_offsets()) for cloud in clouds) == len(em._points("iris petals"))
    shares = em._climb("iris petals", 2, 1)[0][3][3]
    own = shares.argmax(1) == 0
    palette = np.array([em.to_rgb(colour) for colour in em.COLOURS[:2]])
    np.testing.assert_allclose(clouds[0].get_facecolors()[:, :3], shares[own].numpy() @ palette, atol=1e-6)
    assert figure.axes[0].get_xlabel() == "petal length / cm"


def test_the_black_curve_ends_at_the_step_shown_and_the_axes_stay():
    early, late = (em.draw_em(steps=steps).axes[1] for steps in (1, 30))
    assert [len(line.get_xdata()) for line in early.lines] == [em.STEPS + 1, 2]
    assert [len(line.get_xdata()) for line in late.lines] == [em.STEPS + 1, 31]
    assert early.get_ylim() == late.get_ylim()
    assert late.get_title() == f"{em._climb('three clouds', 3, 0)[1][30]:.3f} nats a point"


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"points": "roses"}, "points: got 'roses', expected 'three clouds' or 'two moons' or 'iris petals'"),
        ({"components": 6}, "components: got 6, expected a whole number from 1 to 5"),
        ({"seed": -1}, "seed: got -1, expected a whole number of at least 0"),
        ({"steps": 41}, "steps: got 41, expected a whole number from 0 to 40"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        em.draw_em(**arguments)


def test_the_explorer_resets_steps_and_runs(monkeypatch, shown):
    monkeypatch.setattr(em, "display", shown.display)
    em.explore()
    (reset, step, run), controls = shown.displayed[0].children, shown.displayed[1].children
    assert [control.description for control in controls] == ["data", "K", "seed", "EM steps"]
    steps = controls[3]
    step.click()
    assert steps.value == run.value == 5
    assert len(shown.updated) == 1
    assert shown.updated[0].data != shown.displayed[2].data
    run.value = 12  # what the player does as it runs
    assert steps.value == 12
    reset.click()
    assert steps.value == 0
    steps.value = em.STEPS
    step.click()
    assert steps.value == em.STEPS
    controls[1].value = 2  # another mixture starts from its beginning
    assert steps.value == 0
