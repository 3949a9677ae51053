# %% wrong: n is among them | "no output may use a unit that sees all"
def draw_degrees(n, width, generator):
    return torch.randint(1, n + 1, (width,), generator=generator)

# %% wrong: starts at 0 | "it would see no variable and be a constant"
def draw_degrees(n, width, generator):
    return torch.randint(0, n, (width,), generator=generator)

# %% wrong: the upper end taken as included | "none has the number"
def draw_degrees(n, width, generator):
    return torch.randint(1, max(n - 1, 2), (width,), generator=generator)

# %% wrong: a float tensor | "should be an integer tensor"
def draw_degrees(n, width, generator):
    return torch.randint(1, n, (width,), generator=generator).float()

# %% wrong: rounds uniform numbers, so that the ends are rarer | "each number should have the same chance"
def draw_degrees(n, width, generator):
    u = torch.rand(width, generator=generator)
    return (1 + (n - 2) * u**2).round().long()

# %% wrong: ignores the generator | "pass `generator=generator` to every draw"
def draw_degrees(n, width, generator):
    return torch.randint(1, n, (width,))

# %% wrong: nothing random | "is anything drawn at all"
def draw_degrees(n, width, generator):
    return torch.arange(width) % (n - 1) + 1

# %% wrong: one number a variable | "should have shape (400,)"
def draw_degrees(n, width, generator):
    return torch.randint(1, n, (n,), generator=generator)

# %% wrong: a list | "it is a list of int"
def draw_degrees(n, width, generator):
    return torch.randint(1, n, (width,), generator=generator).tolist()

# %% right: shifted by one
def draw_degrees(n, width, generator):
    return 1 + torch.randint(n - 1, (width,), generator=generator)

# %% right: uniform numbers, rounded down
def draw_degrees(n, width, generator):
    u = torch.rand(width, generator=generator, dtype=torch.float64)
    return (u * (n - 1)).long() + 1

# %% right: multinomial
def draw_degrees(n, width, generator):
    chances = torch.ones(n - 1)
    return torch.multinomial(chances, width, replacement=True, generator=generator) + 1

# %% right: a loop
def draw_degrees(n, width, generator):
    numbers = [torch.randint(1, n, (), generator=generator) for _ in range(width)]
    return torch.stack(numbers)

# %% wrong: rounds, so that both ends come half as often | "each number should have the same chance"
def draw_degrees(n, width, generator):
    u = torch.rand(width, generator=generator)
    return (1 + (n - 2) * u).round().long()

# %% wrong: sorted | "unit"
def draw_degrees(n, width, generator):
    return torch.randint(1, n, (width,), generator=generator).sort().values

# %% wrong: a shuffled count, so that the numbers left over are always the small ones | "no sorting, no dealing out"
def draw_degrees(n, width, generator):
    m = torch.arange(width) % (n - 1) + 1
    return m[torch.randperm(width, generator=generator)]

# %% wrong: seeds the global generator from the given one | "drew from PyTorch's global random numbers"
def draw_degrees(n, width, generator):
    torch.manual_seed(generator.initial_seed())
    return torch.randint(1, n, (width,))

# %% wrong: shares of a normal distribution | "each number should have the same chance"
def draw_degrees(n, width, generator):
    z = torch.randn(width, generator=generator)
    return (n / 2 + n * z / 5).round().long().clamp(1, n - 1)

# %% right: argmax of noise
def draw_degrees(n, width, generator):
    return torch.rand(width, n - 1, generator=generator).argmax(1) + 1

# %% right: Python's random numbers, seeded by a draw
def draw_degrees(n, width, generator):
    import random
    seed = torch.randint(2**31, (), generator=generator).item()
    draw = random.Random(seed)
    return torch.tensor([draw.randint(1, n - 1) for _ in range(width)])
