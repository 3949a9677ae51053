"""The baselines that the benchmarks compare with are right; no time is measured here."""

import torch

from benchmarks import __main__ as command
from benchmarks import quality, references, report, submissions
from benchmarks.loops import LoopFVSBN, LoopNADE
from gmlib import checks, data, device
from gmlib.autoregressive import FVSBN, MADE, NADE


def test_reference_lines_are_distributions():
    x = data.digits().train.x[:200, 18:23]
    for model in (references.independent(x), references.mixture(x, 3, device.generator(0))):
        checks.sums_to_one(model.log_prob, 5)


def test_the_mixture_s_mean_is_that_of_the_data():
    x = data.digits().train.x[:400, 18:23]
    model = references.mixture(x, 3, device.generator(0))
    mean = model.log_pi.exp() @ model.mu
    torch.testing.assert_close(mean, x.mean(0), atol=0.02, rtol=0)


def test_the_loops_are_the_models():
    x = checks.binary_vectors(5)
    nade = NADE(5, 7, generator=device.generator(0))
    torch.testing.assert_close(LoopNADE(nade).log_prob(x), nade.log_prob(x))
    loop, fvsbn = LoopFVSBN(5), FVSBN(5)
    with torch.no_grad():
        fvsbn.alpha_0[0] = loop.first[0]
        for i, regression in enumerate(loop.regressions, start=1):
            fvsbn.alpha[i, :i], fvsbn.alpha_0[i] = regression.weight[0], regression.bias[0]
    torch.testing.assert_close(loop.log_prob(x), fvsbn.log_prob(x))


def test_noise_is_for_training_only():
    model, x = MADE(5, [16], generator=device.generator(0)), checks.binary_vectors(5)
    plain = -model.log_prob(x).mean()
    loss = quality.noisy_loss(0.5, device.generator(1))
    with torch.no_grad():
        torch.testing.assert_close(loss(model, x), plain)
    assert loss(model, x) != plain
    torch.testing.assert_close(quality.noisy_loss(0.0, device.generator(1))(model, x), plain)


def test_verdicts_and_tables(capsys):
    assert report.reached(1.0, 1.0, at_most=True) == report.reached(1.0, 1.0, at_most=False) == "reached"
    assert report.reached(1.1, 1.0, at_most=True) == report.reached(0.9, 1.0, at_most=False) == "NOT REACHED"
    assert report.reached(1.0, None, at_most=True) == ""
    report.table("title", ["", "nats"], [["a model", "17.00"], ["b", "9.00"]])
    assert capsys.readouterr().out.splitlines()[1:] == [
        "title",
        "",
        "          nats",
        "-------  -----",
        "a model  17.00",
        "b         9.00",
    ]


def test_an_unknown_part_is_named(capsys):
    assert command.main(["colour"]) == 2
    assert capsys.readouterr().err == f"benchmarks: got colour, expected {' or '.join(command.PARTS)}\n"


def test_no_two_submissions_are_alike(tmp_path):
    submissions.hand_in(tmp_path, "01-chain-rule", 50, ["01-chain-rule-b.ipynb"])
    texts = [path.read_text() for path in sorted(tmp_path.rglob("*.ipynb"))]
    assert len(set(texts)) == 50
    whole = [text for text in texts if text.endswith("}")]
    assert texts[-1] not in whole
    assert len(whole) == 49
