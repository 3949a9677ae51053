# %% wrong: half a bin | "each filled from end to end"
def dequantise(x, u, levels):
    return (x + u / 2) / levels


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: divided by levels - 1 | "4 bins of the same width"
def dequantise(x, u, levels):
    return (x + u) / (levels - 1)


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: no noise | "each filled from end to end"
def dequantise(x, u, levels):
    return x / levels + 0 * u


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: noise of width one after the scaling | "each filled from end to end"
def dequantise(x, u, levels):
    return x / levels + u


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: noise around the level | "they should fill [0, 1) evenly"
def dequantise(x, u, levels):
    return (x + u - 0.5) / levels


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: rounded to the nearest | "round down"
def dequantise(x, u, levels):
    return (x + u) / levels


def quantise(y, levels):
    return (y * levels).round().clamp(0, levels - 1).long()

# %% wrong: divided by levels - 1 and rounded | "4 bins of the same width"
def dequantise(x, u, levels):
    return (x + u) / (levels - 1)


def quantise(y, levels):
    return (y * (levels - 1)).round().clamp(0, levels - 1).long()

# %% wrong: back with one level too few | "the level of a y inside a bin"
def dequantise(x, u, levels):
    return (x + u) / levels


def quantise(y, levels):
    return (y * (levels - 1)).floor().clamp(0, levels - 1).long()

# %% wrong: levels outside of the range | "below 0 it is the first, from 1 on the last"
def dequantise(x, u, levels):
    return (x + u) / levels


def quantise(y, levels):
    return (y * levels).floor().long()

# %% wrong: truncated to zero and only held below | "below 0 it is the first, from 1 on the last"
def dequantise(x, u, levels):
    return (x + u) / levels


def quantise(y, levels):
    return (y * levels).long().clamp(max=levels)

# %% wrong: levels as floats | "the levels should be an integer tensor"
def dequantise(x, u, levels):
    return (x + u) / levels


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1)

# %% wrong: the same noise for all pixels | "each filled from end to end"
def dequantise(x, u, levels):
    return (x + u[:, :1]) / levels


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: noise of its own | "each filled from end to end"
def dequantise(x, u, levels):
    return (x + torch.rand_like(u)) / levels


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: the noise runs backwards | "in the order of its noise"
def dequantise(x, u, levels):
    return (x + 0.75 - u) / levels


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: the noise changed in place | "your function changed u"
def dequantise(x, u, levels):
    u += x
    return u / levels


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: nothing comes back | "is the last line of your function a `return`?"
def dequantise(x, u, levels):
    y = (x + u) / levels


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: always float32 | "should be a float64 tensor"
def dequantise(x, u, levels):
    return ((x + u) / levels).float()


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: only for four levels | "each bin is 1 / levels wide"
def dequantise(x, u, levels):
    return (x + u) / 4


def quantise(y, levels):
    return (y * 4).floor().clamp(0, 3).long()

# %% wrong: the levels guessed from the pixels | "each bin is 1 / levels wide"
def dequantise(x, u, levels):
    return (x + u) / (x.max() + 1)


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: rounded up and one off | "an edge begins the bin above it"
def dequantise(x, u, levels):
    return (x + u) / levels


def quantise(y, levels):
    return ((y * levels).ceil() - 1).clamp(0, levels - 1).long()

# %% wrong: wrapped round at the ends | "below 0 it is the first, from 1 on the last"
def dequantise(x, u, levels):
    return (x + u) / levels


def quantise(y, levels):
    return (y * levels).floor().long() % levels

# %% wrong: y held to [0, 1], the end included | "from 1 on the last"
def dequantise(x, u, levels):
    return (x + u) / levels


def quantise(y, levels):
    return (y.clamp(0, 1) * levels).long()

# %% wrong: always float64 | "should be a float32 tensor"
def dequantise(x, u, levels):
    return (x.double() + u) / levels


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% wrong: noise around the level, wrapped to [0, 1) | "every pixel lies in its own bin"
def dequantise(x, u, levels):
    return ((x + u - 0.5) / levels) % 1


def quantise(y, levels):
    return (y * levels).floor().clamp(0, levels - 1).long()

# %% right: each part scaled, and a search among the edges
def dequantise(x, u, levels):
    width = 1 / levels
    return x * width + u * width


def quantise(y, levels):
    edges = torch.arange(1, levels, dtype=y.dtype, device=y.device) / levels
    return torch.bucketize(y.contiguous(), edges, right=True)

# %% right: numpy inside
def dequantise(x, u, levels):
    y = (x.cpu().numpy() + u.cpu().numpy()) / levels
    return torch.as_tensor(y).to(u)


def quantise(y, levels):
    import numpy as np

    found = np.clip(np.floor(y.detach().cpu().numpy() * levels), 0, levels - 1)
    return torch.as_tensor(found).long().to(y.device)

# %% right: pixel by pixel
def dequantise(x, u, levels):
    y = torch.empty_like(u)
    for i in range(len(x)):
        for j in range(x.shape[1]):
            y[i, j] = (x[i, j] + u[i, j]) / levels
    return y


def quantise(y, levels):
    rows = [[min(max(math.floor(v * levels), 0), levels - 1) for v in row] for row in y.tolist()]
    return torch.tensor(rows, device=y.device)

# %% right: a mean of the two edges, and where
def dequantise(x, u, levels):
    low, high = x.to(u.dtype) / levels, (x + 1).to(u.dtype) / levels
    return torch.lerp(low, high, u)


def quantise(y, levels):
    level = torch.floor(levels * y).to(torch.int64)
    level = torch.where(level < 0, 0, level)
    return torch.where(level >= levels, levels - 1, level)

# %% right: in place on a copy, truncated after the ends
def dequantise(x, u, levels):
    y = u.clone()
    y += x
    y /= levels
    return y


def quantise(y, levels):
    return torch.clamp((y * levels).long(), min=0, max=levels - 1)

# %% right: how many edges lie at or below y
def dequantise(x, u, levels):
    return torch.stack([x.to(u.dtype), u]).sum(0) * (1 / levels)


def quantise(y, levels):
    return sum((y >= k / levels).long() for k in range(1, levels))
