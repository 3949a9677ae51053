"""Devices and seeds: what is there, and one way to make a generator."""

import torch

from gmlib import _arguments


def devices(mps=False):
    """The devices on which gmlib's checks run here: the CPU, every CUDA device, and Apple's GPU on request.

    mps: whether to list Apple's GPU where there is one. It knows float32 only.
    Returns a list of torch.device, the CPU first.
    """
    found = [torch.device("cpu")] + [torch.device("cuda", i) for i in range(torch.cuda.device_count())]
    if mps and torch.backends.mps.is_available():
        found.append(torch.device("mps"))
    return found


def get(name):
    """The device called `name` ("cpu", "cuda", "cuda:1", "mps"), once it is known to be there.

    Raises ValueError when it is not, and lists what is.
    """
    there = devices(mps=True)
    try:
        wanted = torch.device(name)
    except (RuntimeError, TypeError):
        _arguments.fail("device", repr(name), "one of " + ", ".join(map(str, there)))
    if wanted.type not in {d.type for d in there} or (
        wanted.index is not None and wanted not in there and wanted.index
    ):
        _arguments.fail(
            "device", repr(str(name)), "one of " + ", ".join(map(str, there)) + ", which are what this machine has"
        )
    return wanted


def generator(seed, device="cpu"):
    """A torch.Generator on `device`, seeded with the whole number `seed`."""
    return torch.Generator(device=get(device)).manual_seed(_arguments.count("seed", seed, low=0))


def draw(distribution, shape=(), generator=None, reparameterised=False):
    """Samples of a torch.distributions object, whose own `sample` takes no generator.

    reparameterised: whether gradients pass through the samples (`rsample`).
    Returns (*shape, *batch, *event) on the distribution's device. The generator gives the seed of these draws, on
    whatever device they are made; PyTorch's global random numbers stay as they were. None uses those.
    Raises ValueError for reparameterised samples of a distribution that has none.
    """
    if reparameterised and not distribution.has_rsample:
        plain = distribution
        while isinstance(plain, torch.distributions.Independent):
            plain = plain.base_dist
        _arguments.fail(
            "distribution", f"a {type(plain).__name__}", "one with rsample: a gradient passes through its samples"
        )
    take = distribution.rsample if reparameterised else distribution.sample
    if generator is None:
        return take(torch.Size(shape))
    seed = torch.randint(2**62, (), generator=generator, device=generator.device).item()
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        return take(torch.Size(shape))
