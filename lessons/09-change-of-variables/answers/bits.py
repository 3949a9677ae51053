# %% wrong: the constant forgotten | "log p(y) = 0 leaves the constant n log levels alone"
def bits_per_pixel(log_p, n, levels):
    return -log_p / (n * math.log(2))


def log_density(bits, n, levels):
    return -bits * n * math.log(2)

# %% wrong: the constant with the wrong sign | "log p(y) = 0 leaves the constant n log levels alone"
def bits_per_pixel(log_p, n, levels):
    return (-log_p - n * math.log(levels)) / (n * math.log(2))


def log_density(bits, n, levels):
    return -n * math.log(levels) - bits * n * math.log(2)

# %% wrong: a higher density costs more | "a higher density costs fewer bits"
def bits_per_pixel(log_p, n, levels):
    return (log_p + n * math.log(levels)) / (n * math.log(2))


def log_density(bits, n, levels):
    return bits * n * math.log(2) - n * math.log(levels)

# %% wrong: nats a pixel | "and by log 2"
def bits_per_pixel(log_p, n, levels):
    return math.log(levels) - log_p / n


def log_density(bits, n, levels):
    return n * math.log(levels) - bits * n

# %% wrong: bits of the image | "then divide by n"
def bits_per_pixel(log_p, n, levels):
    return (n * math.log(levels) - log_p) / math.log(2)


def log_density(bits, n, levels):
    return n * math.log(levels) - bits * math.log(2)

# %% wrong: the constant once for the image | "log p(y) = 0 leaves the constant n log levels alone"
def bits_per_pixel(log_p, n, levels):
    return (math.log(levels) - log_p) / (n * math.log(2))


def log_density(bits, n, levels):
    return math.log(levels) - bits * n * math.log(2)

# %% wrong: log of levels - 1 | "what a uniform density over 10 pixels"
def bits_per_pixel(log_p, n, levels):
    return (n * math.log(levels - 1) - log_p) / (n * math.log(2))


def log_density(bits, n, levels):
    return n * math.log(levels - 1) - bits * n * math.log(2)

# %% wrong: times log 2 | "what a uniform density over 10 pixels"
def bits_per_pixel(log_p, n, levels):
    return (n * math.log(levels) - log_p) * math.log(2) / n


def log_density(bits, n, levels):
    return n * math.log(levels) - bits * n / math.log(2)

# %% wrong: 256 levels whatever comes | "the constant is n log levels"
def bits_per_pixel(log_p, n, levels):
    return 8 - log_p / (n * math.log(2))


def log_density(bits, n, levels):
    return n * math.log(256) - bits * n * math.log(2)

# %% wrong: 10 pixels whatever come | "the bits a pixel of 64 pixels"
def bits_per_pixel(log_p, n, levels):
    return (10 * math.log(levels) - log_p) / (10 * math.log(2))


def log_density(bits, n, levels):
    return 10 * math.log(levels) - bits * 10 * math.log(2)

# %% wrong: the mean over the images | "should have shape (3,)"
def bits_per_pixel(log_p, n, levels):
    return ((n * math.log(levels) - log_p) / (n * math.log(2))).mean()


def log_density(bits, n, levels):
    return n * math.log(levels) - bits * n * math.log(2)

# %% wrong: the way back forgets the constant | "it should undo bits_per_pixel"
def bits_per_pixel(log_p, n, levels):
    return (n * math.log(levels) - log_p) / (n * math.log(2))


def log_density(bits, n, levels):
    return -bits * n * math.log(2)

# %% wrong: the way back gives the nats of the image | "it should undo bits_per_pixel"
def bits_per_pixel(log_p, n, levels):
    return (n * math.log(levels) - log_p) / (n * math.log(2))


def log_density(bits, n, levels):
    return bits * n * math.log(2)

# %% wrong: nothing comes back | "is the last line of your function a `return`?"
def bits_per_pixel(log_p, n, levels):
    bits = (n * math.log(levels) - log_p) / (n * math.log(2))


def log_density(bits, n, levels):
    return n * math.log(levels) - bits * n * math.log(2)

# %% wrong: n is the number of images | "what a uniform density over 10 pixels"
def bits_per_pixel(log_p, n, levels):
    return math.log2(levels) / n * len(log_p) - log_p / (n * math.log(2))


def log_density(bits, n, levels):
    return n * math.log(levels) - bits * n * math.log(2)

# %% wrong: log p taken in bits already | "what a density twice as high"
def bits_per_pixel(log_p, n, levels):
    return math.log2(levels) - log_p / n


def log_density(bits, n, levels):
    return n * (math.log2(levels) - bits)

# %% wrong: nats of the constant beside bits of the density | "what a uniform density over 10 pixels"
def bits_per_pixel(log_p, n, levels):
    return math.log(levels) - log_p / (n * math.log(2))


def log_density(bits, n, levels):
    return (math.log(levels) - bits) * n * math.log(2)

# %% wrong: the saving counted once for the image | "what a density twice as high"
def bits_per_pixel(log_p, n, levels):
    return math.log2(levels) - log_p / math.log(2)


def log_density(bits, n, levels):
    return (math.log2(levels) - bits) * math.log(2)

# %% wrong: the way back forgets to change the unit | "it should undo bits_per_pixel"
def bits_per_pixel(log_p, n, levels):
    return (n * math.log(levels) - log_p) / (n * math.log(2))


def log_density(bits, n, levels):
    return n * math.log(levels) - n * bits

# %% right: bits from the start
def bits_per_pixel(log_p, n, levels):
    return math.log2(levels) - log_p / math.log(2) / n


def log_density(bits, n, levels):
    return n * (math.log2(levels) - bits) * math.log(2)

# %% right: through the probability of the image
def bits_per_pixel(log_p, n, levels):
    log_P = log_p - n * math.log(levels)
    return -log_P / n / math.log(2)


def log_density(bits, n, levels):
    log_P = -(bits * n) * math.log(2)
    return log_P + n * math.log(levels)

# %% right: numpy, image by image
def bits_per_pixel(log_p, n, levels):
    import numpy as np

    found = [np.log2(levels) - v / (n * np.log(2)) for v in log_p.cpu().double().numpy()]
    return torch.as_tensor(np.array(found)).to(log_p)


def log_density(bits, n, levels):
    return torch.stack([(math.log(levels) - b * math.log(2)) * n for b in bits])

# %% right: gmlib's units
def bits_per_pixel(log_p, n, levels):
    return training.bits_per_dim(n * math.log(levels) - log_p, n)


def log_density(bits, n, levels):
    return -n * torch.log(2**bits / levels)

# %% right: the logarithm with base two of the density
def bits_per_pixel(log_p, n, levels):
    log2_p = log_p * math.log2(math.e)
    return -(log2_p / n - math.log(levels, 2))


def log_density(bits, n, levels):
    per_pixel = torch.full_like(bits, math.log(levels)) - bits / math.log2(math.e)
    return per_pixel * n

# %% right: a tensor of levels, and powers of two
def bits_per_pixel(log_p, n, levels):
    uniform = torch.tensor(float(levels), dtype=log_p.dtype, device=log_p.device).log2()
    return uniform - torch.log2((log_p / n).exp())


def log_density(bits, n, levels):
    return n * (levels * 2.0**-bits).log()
