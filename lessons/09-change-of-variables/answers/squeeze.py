# %% wrong: torch's order of channels | "they are the top left pixels of all squares, in every colour"
def squeeze(x):
    return torch.nn.functional.pixel_unshuffle(x, 2)


def unsqueeze(y):
    return torch.nn.functional.pixel_shuffle(y, 2)

# %% wrong: columns before rows | "top left, top right, bottom left, bottom right"
def squeeze(x):
    return torch.cat([x[:, :, a::2, b::2] for b in range(2) for a in range(2)], 1)


def unsqueeze(y):
    batch, c, h, w = y.shape
    y = y.reshape(batch, 2, 2, c // 4, h, w).permute(0, 3, 4, 2, 5, 1)
    return y.reshape(batch, c // 4, 2 * h, 2 * w)

# %% wrong: a reshape without moving pixels | "they are the top left pixels of all squares"
def squeeze(x):
    batch, c, h, w = x.shape
    return x.reshape(batch, 4 * c, h // 2, w // 2)


def unsqueeze(y):
    batch, c, h, w = y.shape
    return y.reshape(batch, c // 4, 2 * h, 2 * w)

# %% wrong: quadrants of the image | "they are the top left pixels of all squares"
def squeeze(x):
    h, w = x.shape[2] // 2, x.shape[3] // 2
    return torch.cat([x[:, :, :h, :w], x[:, :, :h, w:], x[:, :, h:, :w], x[:, :, h:, w:]], 1)


def unsqueeze(y):
    a, b, c, d = y.chunk(4, 1)
    return torch.cat([torch.cat([a, b], 3), torch.cat([c, d], 3)], 2)

# %% wrong: one corner four times | "top left, top right, bottom left, bottom right"
def squeeze(x):
    return x[:, :, ::2, ::2].repeat(1, 4, 1, 1)


def unsqueeze(y):
    batch, c, h, w = y.shape
    y = y.reshape(batch, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(batch, c // 4, 2 * h, 2 * w)

# %% wrong: height and width swapped | "should have shape (1, 8, 2, 3)"
def squeeze(x):
    return torch.cat([x[:, :, a::2, b::2] for a in range(2) for b in range(2)], 1).transpose(2, 3)


def unsqueeze(y):
    batch, c, h, w = y.shape
    y = y.reshape(batch, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(batch, c // 4, 2 * h, 2 * w).transpose(2, 3)

# %% wrong: the mean of each square | "should have shape (1, 4, 1, 1)"
def squeeze(x):
    return torch.nn.functional.avg_pool2d(x, 2)


def unsqueeze(y):
    batch, c, h, w = y.shape
    y = y.reshape(batch, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(batch, c // 4, 2 * h, 2 * w)

# %% wrong: unsqueeze by torch's pixel_shuffle | "it should give the image back, pixel by pixel"
def squeeze(x):
    return torch.cat([x[:, :, a::2, b::2] for a in range(2) for b in range(2)], 1)


def unsqueeze(y):
    return torch.nn.functional.pixel_shuffle(y, 2)

# %% wrong: unsqueeze with rows and columns swapped | "it should give the image back, pixel by pixel"
def squeeze(x):
    return torch.cat([x[:, :, a::2, b::2] for a in range(2) for b in range(2)], 1)


def unsqueeze(y):
    batch, c, h, w = y.shape
    y = y.reshape(batch, 2, 2, c // 4, h, w).permute(0, 3, 4, 2, 5, 1)
    return y.reshape(batch, c // 4, 2 * h, 2 * w)

# %% wrong: unsqueeze only reshapes | "it should give the image back, pixel by pixel"
def squeeze(x):
    return torch.cat([x[:, :, a::2, b::2] for a in range(2) for b in range(2)], 1)


def unsqueeze(y):
    batch, c, h, w = y.shape
    return y.reshape(batch, c // 4, 2 * h, 2 * w)

# %% wrong: unsqueeze repeats pixels | "unsqueeze of squeeze"
def squeeze(x):
    return torch.cat([x[:, :, a::2, b::2] for a in range(2) for b in range(2)], 1)


def unsqueeze(y):
    c = y.shape[1] // 4
    return y[:, :c].repeat_interleave(2, 2).repeat_interleave(2, 3)

# %% wrong: only one image of a batch | "should have shape"
def squeeze(x):
    x = x[:1]
    return torch.cat([x[:, :, a::2, b::2] for a in range(2) for b in range(2)], 1)


def unsqueeze(y):
    batch, c, h, w = y.shape
    y = y.reshape(batch, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(batch, c // 4, 2 * h, 2 * w)

# %% wrong: square images only | "RuntimeError"
def squeeze(x):
    return torch.cat([x[:, :, a::2, b::2] for a in range(2) for b in range(2)], 1)


def unsqueeze(y):
    batch, c, h, w = y.shape
    y = y.reshape(batch, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(batch, c // 4, 2 * h, 2 * h)

# %% wrong: the batch and the channels mixed | "which corner of which channel goes where"
def squeeze(x):
    corners = torch.stack([x[:, :, a::2, b::2] for a in range(2) for b in range(2)])
    return corners.reshape(len(x), 4 * x.shape[1], x.shape[2] // 2, x.shape[3] // 2)


def unsqueeze(y):
    batch, c, h, w = y.shape
    y = y.reshape(batch, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(batch, c // 4, 2 * h, 2 * w)

# %% wrong: the image changed in place | "your function changed x"
def squeeze(x):
    y = torch.cat([x[:, :, a::2, b::2] for a in range(2) for b in range(2)], 1)
    x.zero_()
    return y


def unsqueeze(y):
    batch, c, h, w = y.shape
    y = y.reshape(batch, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(batch, c // 4, 2 * h, 2 * w)

# %% wrong: unfolded, with the channels of torch | "they are the top left pixels of all squares, in every colour"
def squeeze(x):
    batch, c, h, w = x.shape
    return torch.nn.functional.unfold(x, 2, stride=2).reshape(batch, 4 * c, h // 2, w // 2)


def unsqueeze(y):
    batch, c, h, w = y.shape
    y = y.reshape(batch, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(batch, c // 4, 2 * h, 2 * w)

# %% wrong: the corners clockwise | "top left, top right, bottom left, bottom right"
def squeeze(x):
    return torch.cat([x[:, :, a::2, b::2] for a, b in [(0, 0), (0, 1), (1, 1), (1, 0)]], 1)


def unsqueeze(y):
    x = y.new_zeros(len(y), y.shape[1] // 4, 2 * y.shape[2], 2 * y.shape[3])
    for (a, b), part in zip([(0, 0), (0, 1), (1, 1), (1, 0)], y.chunk(4, 1)):
        x[:, :, a::2, b::2] = part
    return x

# %% wrong: always float32 | "should be a float64 tensor"
def squeeze(x):
    return torch.cat([x[:, :, a::2, b::2] for a in range(2) for b in range(2)], 1).float()


def unsqueeze(y):
    batch, c, h, w = y.shape
    y = y.reshape(batch, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(batch, c // 4, 2 * h, 2 * w)

# %% wrong: unsqueeze puts the four parts side by side | "it should give the image back, pixel by pixel"
def squeeze(x):
    return torch.cat([x[:, :, a::2, b::2] for a in range(2) for b in range(2)], 1)


def unsqueeze(y):
    a, b, c, d = y.chunk(4, 1)
    return torch.cat([torch.cat([a, b], 3), torch.cat([c, d], 3)], 2)

# %% right: six axes and permute
def squeeze(x):
    batch, c, h, w = x.shape
    x = x.reshape(batch, c, h // 2, 2, w // 2, 2)
    return x.permute(0, 3, 5, 1, 2, 4).reshape(batch, 4 * c, h // 2, w // 2)


def unsqueeze(y):
    batch, c, h, w = y.shape
    x = y.new_zeros(batch, c // 4, 2 * h, 2 * w)
    for n, corner in enumerate(y.chunk(4, 1)):
        x[:, :, n // 2 :: 2, n % 2 :: 2] = corner
    return x

# %% right: torch's unshuffle, its channels put in order
def squeeze(x):
    order = torch.arange(4 * x.shape[1]).reshape(-1, 4).T.flatten()
    return torch.nn.functional.pixel_unshuffle(x, 2)[:, order]


def unsqueeze(y):
    order = torch.arange(y.shape[1]).reshape(4, -1).T.flatten()
    return torch.nn.functional.pixel_shuffle(y[:, order], 2)

# %% right: by the formula, entry after entry
def squeeze(x):
    batch, c, h, w = x.shape
    y = x.new_zeros(batch, 4 * c, h // 2, w // 2)
    for n in range(4 * c):
        a, b, k = n // c // 2, n // c % 2, n % c
        for i in range(h // 2):
            for j in range(w // 2):
                y[:, n, i, j] = x[:, k, 2 * i + a, 2 * j + b]
    return y


def unsqueeze(y):
    batch, channels, h, w = y.shape
    c = channels // 4
    x = y.new_zeros(batch, c, 2 * h, 2 * w)
    for row in range(2 * h):
        for column in range(2 * w):
            n = 2 * (row % 2) + column % 2
            x[:, :, row, column] = y[:, n * c : n * c + c, row // 2, column // 2]
    return x

# %% right: numpy, einops by hand
def squeeze(x):
    v = x.detach().cpu().numpy()
    corners = [v[:, :, a::2, b::2] for a in (0, 1) for b in (0, 1)]
    return torch.stack([torch.tensor(one) for one in corners], 1).flatten(1, 2).to(x)


def unsqueeze(y):
    import numpy as np

    a, b, c, d = np.split(y.detach().cpu().numpy(), 4, axis=1)
    top, bottom = np.stack([a, b], -1), np.stack([c, d], -1)  # (batch, c, h, w, 2)
    whole = np.stack([top, bottom], 3)  # (batch, c, h, 2, w, 2)
    batch, k, h, _, w, _ = whole.shape
    return torch.from_numpy(whole.reshape(batch, k, 2 * h, 2 * w)).to(y)

# %% right: a permutation of the entries, found on an image of places
def squeeze(x):
    places = torch.arange(x[0].numel(), device=x.device).reshape(x.shape[1:])
    order = torch.cat([places[:, a::2, b::2] for a in (0, 1) for b in (0, 1)])
    return x.flatten(1)[:, order]


def unsqueeze(y):
    c, h, w = y.shape[1] // 4, 2 * y.shape[2], 2 * y.shape[3]
    places = torch.arange(y[0].numel(), device=y.device).reshape(1, c, h, w)
    order = torch.argsort(squeeze(places).flatten())
    return y.flatten(1)[:, order].reshape(len(y), c, h, w)

# %% right: a strided convolution for each corner
def squeeze(x):
    c = x.shape[1]
    weights = torch.zeros(4 * c, c, 2, 2, dtype=x.dtype, device=x.device)
    for n in range(4 * c):
        weights[n, n % c, n // c // 2, n // c % 2] = 1
    return torch.nn.functional.conv2d(x, weights, stride=2)


def unsqueeze(y):
    c = y.shape[1] // 4
    weights = torch.zeros(4 * c, c, 2, 2, dtype=y.dtype, device=y.device)
    for n in range(4 * c):
        weights[n, n % c, n // c // 2, n // c % 2] = 1
    return torch.nn.functional.conv_transpose2d(y, weights, stride=2)
