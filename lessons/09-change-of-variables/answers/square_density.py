# %% wrong: the lecture's 2 / sqrt(x) | "it is the slope of sqrt(x)"
def square_density(x, a):
    root = x.abs().sqrt()
    preimages = (root < 1).to(x) + (root < -a).to(x)
    return torch.where(x > 0, preimages * 2 / root / (1 - a), 0)

# %% wrong: the slope not inverted | "where the map is steep, mass lies thin"
def square_density(x, a):
    root = x.abs().sqrt()
    preimages = (root < 1).to(x) + (root < -a).to(x)
    return torch.where(x > 0, preimages * 2 * root / (1 - a), 0)

# %% wrong: the slope at x in place of z | "the integral of your density from 0 to 1"
def square_density(x, a):
    root = x.abs().sqrt()
    preimages = (root < 1).to(x) + (root < -a).to(x)
    return torch.where(x > 0, preimages / (2 * x * (1 - a)), 0)

# %% wrong: no 1/2 | "the integral of your density from 0 to 1"
def square_density(x, a):
    root = x.abs().sqrt()
    preimages = (root < 1).to(x) + (root < -a).to(x)
    return torch.where(x > 0, preimages / root / (1 - a), 0)

# %% wrong: the probability up to x | "the integral of your density from 0 to 1"
def square_density(x, a):
    return torch.where((x > 0) & (x < 1), x.abs().sqrt(), 0)

# %% wrong: NaN below 0 | "sqrt of a negative number"
def square_density(x, a):
    root = x.sqrt()
    preimages = (root < 1).to(x) + (root < -a).to(x)
    return preimages / ((1 - a) * 2 * root)

# %% wrong: not zero beyond 1 | "no z in (0, 1) has such a square"
def square_density(x, a):
    root = x.abs().sqrt()
    return torch.where(x > 0, 1 / (2 * root), 0)

# %% wrong: negative x folded over | "no z in (0, 1) has such a square"
def square_density(x, a):
    root = x.abs().sqrt()
    preimages = (root < 1).to(x) + (root < -a).to(x)
    return preimages / ((1 - a) * 2 * root)

# %% wrong: one preimage only | "z is half as dense as on (0, 1)"
def square_density(x, a):
    root = x.abs().sqrt()
    return torch.where((x > 0) & (root < 1), 1 / ((1 - a) * 2 * root), 0)

# %% wrong: two preimages without half of the density | "z is half as dense as on (0, 1)"
def square_density(x, a):
    root = x.abs().sqrt()
    preimages = (root < 1).to(x) + (root < -a).to(x)
    return torch.where(x > 0, preimages / (2 * root), 0)

# %% wrong: both preimages with the sign of their slope | "z is half as dense as on (0, 1)"
def square_density(x, a):
    root = x.abs().sqrt()
    total = (root < 1).to(x) / root - (root < -a).to(x) / root
    return torch.where(x > 0, total / (2 * (1 - a)), 0)

# %% wrong: two preimages wherever x lies | "both preimages count up to x = a^2"
def square_density(x, a):
    root = x.abs().sqrt()
    both = 2 if a < 0 else 1
    return torch.where((x > 0) & (root < 1), both / ((1 - a) * 2 * root), 0)

# %% wrong: always the lecture's density | "both preimages count up to x = a^2"
def square_density(x, a):
    root = x.abs().sqrt()
    return torch.where((x > 0) & (root < 1), 1 / (2 * root), 0)

# %% wrong: the border at a instead of its square | "both preimages count up to x = a^2"
def square_density(x, a):
    root = x.abs().sqrt()
    preimages = (root < 1).to(x) + (x < -a).to(x)
    return torch.where(x > 0, preimages / ((1 - a) * 2 * root), 0)

# %% wrong: nothing beyond 1 although a is below -1 | "(a may be below -1"
def square_density(x, a):
    root = x.abs().sqrt()
    preimages = (root < 1).to(x) + (root < -a).to(x)
    return torch.where((x > 0) & (x < 1), preimages / ((1 - a) * 2 * root), 0)

# %% wrong: up to a^2 both count, beyond 1 too | "(a may be below -1"
def square_density(x, a):
    root = x.abs().sqrt()
    n = torch.where(x < a * a, 2.0, 1.0) * (x < max(1, a * a))
    return torch.where(x > 0, n.to(x) / (2 * root * (1 - a)), 0)

# %% wrong: the length 1 + a | "the interval (a, 1) has the length 1 - a"
def square_density(x, a):
    root = x.abs().sqrt()
    n = (root < 1).to(x) + (root < -a).to(x)
    return torch.where(x > 0, n / (2 * root * (1 + a)), 0)

# %% wrong: a = -1 for all negative a | "both preimages count up to x = a^2"
def square_density(x, a):
    root = x.abs().sqrt()
    inside = (x > 0) & (root < 1)
    if a < 0 and a > -1:
        inner = (x > 0) & (root < -a)
        return (2 * inside + 0 * inner).to(x) / (4 * root)
    return torch.where(inside, 1 / (2 * root), 0)

# %% wrong: the visible a by heart | "which of sqrt(x) and -sqrt(x) lie between a and 1?"
def square_density(x, a):
    root = x.abs().sqrt()
    n = (root < 1).to(x) + ((root < 0.5).to(x) if a == -0.5 else (root < 1).to(x) if a == -1 else 0)
    return torch.where(x > 0, n / (2 * root * (1 - a)), 0)

# %% right: interval by interval
def square_density(x, a):
    p = torch.zeros_like(x)
    for i, one in enumerate(x.tolist()):
        for z in (one**0.5, -(one**0.5)) if one > 0 else ():
            if a < z < 1:
                p[i] += 1 / ((1 - a) * abs(2 * z))
    return p

# %% right: the slope of the probability
def square_density(x, a):
    at = x.detach().clone().abs().requires_grad_()
    mass = at.sqrt().clamp(max=1) - (-at.sqrt()).clamp(min=a)
    (slope,) = torch.autograd.grad(mass.sum(), at)
    return torch.where(x > 0, slope / (1 - a), 0)

# %% right: numpy inside
def square_density(x, a):
    import numpy
    v = x.numpy().astype("float64")
    root = numpy.sqrt(numpy.where(v > 0, v, 1))
    n = 1.0 * (root < 1) + 1.0 * (root < -a)
    return torch.from_numpy(numpy.where(v > 0, n / (2 * root * (1 - a)), 0)).to(x)

# %% right: a density of z for both preimages
def square_density(x, a):
    root = x.clamp(min=1e-30).sqrt()
    p_z = lambda z: ((z > a) & (z < 1)).to(z) / (1 - a)
    return (x > 0) * (p_z(root) + p_z(-root)) / (2 * root)

# %% right: masks and indices
def square_density(x, a):
    p = torch.zeros_like(x)
    up = (x > 0) & (x < 1)
    down = (x > 0) & (x < a * a)
    p[up] += 0.5 / x[up].sqrt()
    p[down] += 0.5 / x[down].sqrt()
    return p / (1 - a)

# %% right: nan_to_num
def square_density(x, a):
    z = torch.stack([x.sqrt(), -x.sqrt()])
    inside = (z > a) & (z < 1)
    return (inside / (2 * z.abs() * (1 - a))).nan_to_num(0.0).sum(0)

# %% right: torch.distributions Uniform
def square_density(x, a):
    r = x.clamp(min=1e-20).sqrt()
    u = torch.distributions.Uniform(float(a), 1.0, validate_args=False)
    p = (u.log_prob(r).exp() + u.log_prob(-r).exp()) / (2 * r)
    return torch.where(x > 0, p, torch.zeros_like(p))
