"""Mixtures: EM against scikit-learn's, in time and memory, and test nats of mixtures of Bernoullis.

    python -m benchmarks.mixtures              all three tables
    python -m benchmarks.mixtures speed        time and memory of an EM iteration; or: quality
    python -m benchmarks.mixtures select       validation nats of every setting tried

An iteration is one E-step and one M-step on 100,000 points of 8 dimensions, 16 full covariances, in float64, on one
thread. Memory is the peak above what was there before, data included, of a process of its own.
"""

import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import torch
from threadpoolctl import threadpool_limits

from benchmarks import report
from benchmarks.speed import interleaved
from gmlib import data, device, training
from gmlib.latent.bernoulli_mixture import BernoulliMixture
from gmlib.latent.gaussian_mixture import GaussianMixture

N, D, K = 100_000, 8, 16
FASTER, MEGABYTES = 4, 60
SEEDS = range(20)
# (components, test nats that others reached)
BERNOULLIS = [(10, 19.93), (50, 17.72), (100, 17.39)]


# EM for Gaussians


def points(number=N, dtype=torch.float64):
    """(number, D) draws of a mixture, not well separated."""
    generator = device.generator(0)
    means = 2 * torch.randn(K, D, generator=generator, dtype=dtype)
    A = torch.randn(K, D, D, generator=generator, dtype=dtype) / D**0.5
    z = torch.randint(K, (number,), generator=generator)
    noise = torch.randn(number, D, generator=generator, dtype=dtype)
    for k in range(K):
        noise[z == k] = means[k] + noise[z == k] @ A[k]
    return noise


def started(x):
    """Our mixture after its start and one iteration."""
    model = GaussianMixture(D, K).to(x.dtype)
    model.fit(x, 1, generator=device.generator(1))
    return model


def our_iteration(model, x):
    return lambda: model.em_step(x, floor=1e-6)


def their_iteration(model, x):
    """scikit-learn's E-step and M-step, as its `fit` calls them, from our parameters."""
    from sklearn.mixture import GaussianMixture as Peer

    peer, array = Peer(K, reg_covar=1e-6), x.numpy()
    peer.weights_, peer.means_ = model.weights.numpy().copy(), model.means.numpy().copy()
    peer.precisions_cholesky_ = torch.linalg.inv(torch.linalg.cholesky(model.covariances)).mT.numpy()

    def call():
        _, log_r = peer._e_step(array)
        peer._m_step(array, log_r)

    return call


def loop_iteration(model, x):
    """The plain form, a component at a time, as in a textbook: what the matrix products replace."""
    state = [model.weights.clone(), model.means.clone(), model.covariances.clone()]

    def call():
        weights, means, covariances = state
        joint = []
        for k in range(K):
            L = torch.linalg.cholesky(covariances[k])
            z = torch.linalg.solve_triangular(L, (x - means[k]).t(), upper=False)
            joint.append(weights[k].log() - L.diagonal().log().sum() - 0.5 * z.square().sum(0))
        r = torch.softmax(torch.stack(joint), 0)
        counts = r.sum(1)
        means = (r @ x) / counts[:, None]
        moved = [x - mean for mean in means]
        found = [(away.t() * r[k]) @ away / counts[k] for k, away in enumerate(moved)]
        state[:] = counts / len(x), means, torch.stack(found) + 1e-6 * torch.eye(D, dtype=x.dtype)

    return call


THEIRS = {"scikit-learn": their_iteration, "a loop over components, torch": loop_iteration}


def peak(side, number=N):
    """Megabytes that iterations of `side` ("ours" or a name of THEIRS) take above the data; None off Linux."""
    if not Path("/proc/self/clear_refs").exists():
        return None
    command = [sys.executable, "-m", "benchmarks.mixtures", "peak", side, str(number)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])


def print_peak(side, number):
    """What `peak` starts: the high-water mark of this process during three iterations, above where it stood."""
    torch.set_num_threads(1)
    with threadpool_limits(1):
        x = points(int(number))
        make = our_iteration if side == "ours" else THEIRS[side]
        make(started(x[: 100 * K]), x[: 100 * K])()  # libraries load what they load
        call = make(started(x[: 100 * K]), x)
        Path("/proc/self/clear_refs").write_text("5")  # the mark starts again from here
        before = _status("VmRSS")
        for _ in range(3):
            call()
        print(f"{(_status('VmHWM') - before) / 1e3:.1f}")


def _status(name):
    """Kilobytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1.024


def speed(number=N, repeats=15):
    """Print the table; returns whether both targets were reached."""
    x = points(number)
    model = started(x)
    ours_took, rows, good = peak("ours", number), [], True
    with threadpool_limits(1):
        for name, make in THEIRS.items():
            pairs = interleaved(our_iteration(model, x), make(model, x), repeats)
            best = [min(side) for side in zip(*pairs, strict=True)]
            ratio, middle = best[1] / best[0], statistics.median(slow / fast for fast, slow in pairs)
            target = FASTER if name == "scikit-learn" else None
            verdict = report.reached(ratio, target, at_most=False)
            good &= verdict != "NOT REACHED"
            took = peak(name, number)
            row = [name, f"{best[0] * 1e3:.1f}", f"{best[1] * 1e3:.1f}", f"{ratio:.2f}", f"{middle:.2f}"]
            row += [f">= {target}" if target else "", verdict, _megabytes(ours_took), _megabytes(took)]
            rows.append(row)
    header = ["", "ours, ms", "other, ms", "best / best", "median", "target", "", "ours, MB", "other, MB"]
    title = f"EM iteration, {number:,} points, {D} dimensions, {K} full covariances, float64, one thread"
    report.table(title, header, rows)
    if ours_took is not None:
        reached = report.reached(ours_took, MEGABYTES, at_most=True)
        print(f"\nours above the data: {ours_took:.1f} MB, target <= {MEGABYTES}: {reached}")
        good &= reached == "reached"
    return good


def _megabytes(value):
    return "needs Linux" if value is None else f"{value:.0f}"


# mixtures of Bernoullis


def shaped(x, share, base=0.05):
    """Pseudo-counts (2, n): `share` of an average image for each component, and a little of both values."""
    mean = x.mean(0)
    return share * torch.stack([1 - mean, mean]) + base


SETTINGS = [("alpha", value) for value in (0.1, 0.2, 0.3, 0.5)] + [("share", value) for value in (0.7, 1.0, 1.5, 4.0)]


def pseudo_counts(x, setting):
    """What a setting gives as alpha: ("alpha", a number for all), ("share", as in `shaped`)."""
    kind, value = setting
    return value if kind == "alpha" else shaped(x, value)


def fitted(x, components, setting, seed):
    model = BernoulliMixture(x.shape[1], components)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of 100 components some lose all points, and the others do as well
        model.fit(x, 200, alpha=pseudo_counts(x, setting), generator=device.generator(seed))
    return model


def chosen(parts, components, settings=SETTINGS, seeds=SEEDS, say=None):
    """(setting, its best model, that one's nats), on the validation part: the setting with the best mean of seeds."""
    best = None
    for setting in settings:
        models = [fitted(parts.train.x, components, setting, seed) for seed in seeds]
        nats = torch.tensor([training.nll(model, parts.validation.x) for model in models])
        mean, least = nats.mean().item(), nats.min().item()
        if say:
            say(f"K = {components}, {setting[0]} {setting[1]}: {mean:.3f} nats, the best of {len(nats)} {least:.3f}")
        if best is None or mean < best[0]:
            best = mean, setting, models[int(nats.argmin())], least
    return best[1:]


def quality(lines=BERNOULLIS, settings=SETTINGS, seeds=SEEDS):
    """Print the table; returns whether every target was reached."""
    parts, rows, good = data.digits(), [], True
    everything = torch.cat([parts.train.x, parts.validation.x])
    for components, target in lines:
        began = time.process_time()
        setting, model, validation = chosen(parts, components, settings, seeds)
        alone = training.nll(model, parts.test.x)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(everything, 200, alpha=pseudo_counts(everything, setting), start="current")
        seconds = time.process_time() - began
        nats = training.nll(model, parts.test.x)
        verdict = report.reached(round(nats, 2), target, at_most=True)
        good &= verdict != "NOT REACHED"
        row = [f"K = {components}", f"{setting[0]} {setting[1]}", f"{validation:.2f}", f"{alone:.2f}", f"{nats:.2f}"]
        row += [f"{training.bits_per_dim(nats, 64):.3f}", f"<= {target}", verdict, f"{seconds:.0f}"]
        rows.append(row)
    header = ["", "pseudo-counts", "validation", "test", "test, refitted", "bits/dim", "target", "", "seconds"]
    report.table(f"Mixtures of Bernoullis on binary digits, nats, best of {len(seeds)} starts", header, rows)
    print(
        "\nThe validation part chose pseudo-counts and start; refitted: EM goes on, on all that is not the test part."
    )
    return good


def select():
    """Print the validation nats of every setting."""
    for components, _ in BERNOULLIS:
        chosen(data.digits(), components, say=print)


def run():
    """Print all tables; returns whether every target was reached."""
    return all([speed(), quality()])


PARTS = {"speed": speed, "quality": quality, "select": select, "peak": print_peak}

if __name__ == "__main__":
    torch.set_num_threads(1)
    PARTS[sys.argv[1]](*sys.argv[2:]) if sys.argv[1:] else run()
