"""The forms that the mixtures' benchmarks compare do the same, and the tables say what was reached; no time is held."""

import torch
from threadpoolctl import threadpool_limits

from benchmarks import __main__ as command
from benchmarks import mixtures
from gmlib import data

SMALL = 2000


def test_all_sides_take_the_same_step():
    x = mixtures.points(SMALL)
    assert x.shape == (SMALL, mixtures.D)
    model = mixtures.started(x)
    with threadpool_limits(1):
        peer, loop = mixtures.their_iteration(model, x), mixtures.loop_iteration(model, x)
        ours = mixtures.our_iteration(model, x)
        for _ in range(2):
            ours(), peer(), loop()
    found, state = _inside(peer)["peer"], _inside(loop)["state"]
    for plain, name in zip(state, ("weights", "means", "covariances"), strict=True):
        torch.testing.assert_close(getattr(model, name), plain, rtol=0, atol=1e-9)
        theirs = torch.from_numpy(getattr(found, f"{name}_"))
        torch.testing.assert_close(getattr(model, name), theirs, rtol=0, atol=1e-9)


def _inside(call):
    return dict(zip(call.__code__.co_freevars, (cell.cell_contents for cell in call.__closure__), strict=True))


def test_it_is_a_part_of_the_command():
    assert command.PARTS["mixtures"] is mixtures.run


def test_the_tables(capsys, monkeypatch):
    monkeypatch.setattr(mixtures, "peak", lambda side, number: 12.0 if side == "ours" else None)
    mixtures.speed(SMALL, repeats=1)
    said = capsys.readouterr().out
    assert "EM iteration, 2,000 points, 8 dimensions, 16 full covariances, float64, one thread" in said
    assert "needs Linux" in said
    assert "ours above the data: 12.0 MB, target <= 60: reached" in said
    assert mixtures.quality([(2, 30.0)], [("alpha", 0.5)], range(2))
    assert not mixtures.quality([(2, 3.0)], [("share", 1.0)], range(1))
    said = capsys.readouterr().out
    assert said.splitlines()[5].split()[:5] == ["K", "=", "2", "alpha", "0.5"]
    assert "NOT REACHED" in said


def test_the_peak_is_that_of_a_process():
    found = mixtures.peak("ours", SMALL)
    assert found is None or 0 <= found < mixtures.MEGABYTES


def test_pseudo_counts_are_shares_of_the_mean_image():
    x = data.digits().train.x
    found = mixtures.pseudo_counts(x, ("share", 2.0))
    torch.testing.assert_close(found.sum(0), torch.full((64,), 2.1))
    torch.testing.assert_close(found[1], 2 * x.mean(0) + 0.05)
    assert mixtures.pseudo_counts(x, ("alpha", 0.3)) == 0.3
