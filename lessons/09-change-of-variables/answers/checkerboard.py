# %% wrong: every other pixel in raster order | "each row starts with the other colour, at an even width too"
def checkerboard(height, width, parity):
    return ((torch.arange(height * width) + parity) % 2 == 0).reshape(height, width)


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: columns | "a pixel and its lower neighbour both stay or both move"
def checkerboard(height, width, parity):
    return ((torch.arange(width) + parity) % 2 == 0).repeat(height, 1)


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: rows | "a pixel and its right neighbour both stay or both move"
def checkerboard(height, width, parity):
    return ((torch.arange(height)[:, None] + parity) % 2 == 0).repeat(1, width)


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: the other colour stays | "the pixel at the top left should stay"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 1


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: parity ignored | "it is the complement of that of parity 0"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width)) % 2 == 0


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: numbers, no booleans | "should be a bool tensor"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width) + parity + 1) % 2


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: height and width swapped | "should have shape (2, 3)"
def checkerboard(height, width, parity):
    return (torch.arange(width)[:, None] + torch.arange(height) + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: flattened | "should have shape (2, 3)"
def checkerboard(height, width, parity):
    return ((torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 0).flatten()


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: the product in place of the sum | "a pixel and its right neighbour both stay or both move"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] * torch.arange(width) + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: squares of two pixels | "a pixel and its right neighbour both stay or both move"
def checkerboard(height, width, parity):
    rows, columns = torch.arange(height)[:, None] // 2, torch.arange(width) // 2
    return (rows + columns + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: channels side by side for each pixel | "channels come one after the other"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat(height * width)

# %% wrong: every other channel | "the first channels // 2 stay at parity 0"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    return ((torch.arange(channels) + parity) % 2 == 0).repeat_interleave(height * width)

# %% wrong: the second half of the channels stays | "the first channel stays as a whole"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (~first if parity == 0 else first).repeat_interleave(height * width)

# %% wrong: one entry for each channel | "should have shape (12,)"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return first if parity == 0 else ~first

# %% wrong: rounded up at an odd number of channels | "the first channels // 2 stay"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < (channels + 1) // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: the parity of channels ignored | "at parity 1 the others"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    return (torch.arange(channels) < channels // 2).repeat_interleave(height * width)

# %% wrong: only the larger size counts | "a pixel and its lower neighbour both stay or both move"
def checkerboard(height, width, parity):
    place = torch.arange(height * width) // max(height, width) + torch.arange(height * width) % max(height, width)
    return ((place + parity) % 2 == 0).reshape(height, width)


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: cut out of a board of 8x8 | "the mask should have shape"
def checkerboard(height, width, parity):
    board = torch.tensor([[(i + j + parity) % 2 == 0 for j in range(8)] for i in range(8)])
    return board[:height, :width]


def channel_mask(channels, height, width, parity):
    first = torch.arange(channels) < channels // 2
    return (first if parity == 0 else ~first).repeat_interleave(height * width)

# %% wrong: half of all entries | "the first channels // 2 stay"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    entries = channels * height * width
    return (torch.arange(entries) < entries // 2) != bool(parity)

# %% wrong: the last channels // 2 stay at parity 1 | "at parity 1 the others"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    k, half = torch.arange(channels), channels // 2
    stays = k < half if parity == 0 else k >= channels - half
    return stays.repeat_interleave(height * width)

# %% wrong: channels of a chess board each | "the first channel stays as a whole"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    return checkerboard(height, width, parity).expand(channels, height, width).flatten()

# %% wrong: left in three dimensions | "should have shape (12,)"
def checkerboard(height, width, parity):
    return (torch.arange(height)[:, None] + torch.arange(width) + parity) % 2 == 0


def channel_mask(channels, height, width, parity):
    first = (torch.arange(channels) < channels // 2) != bool(parity)
    return first[:, None, None].expand(channels, height, width)

# %% right: pixel by pixel
def checkerboard(height, width, parity):
    return torch.tensor([[(i + j) % 2 == parity for j in range(width)] for i in range(height)])


def channel_mask(channels, height, width, parity):
    stays = [(c < channels // 2) ^ bool(parity) for c in range(channels)]
    return torch.tensor([one for one in stays for _ in range(height * width)])

# %% right: strides
def checkerboard(height, width, parity):
    board = torch.zeros(height, width, dtype=torch.bool)
    board[::2, parity::2] = True
    board[1::2, 1 - parity :: 2] = True
    return board


def channel_mask(channels, height, width, parity):
    mask = torch.full((channels, height, width), bool(parity))
    mask[: channels // 2] = not parity
    return mask.flatten()

# %% right: an exclusive or of stripes, and a concatenation
def checkerboard(height, width, parity):
    rows, columns = torch.arange(height) % 2 == 1, torch.arange(width) % 2 == 1
    return rows[:, None] ^ columns[None] ^ (parity == 0)


def channel_mask(channels, height, width, parity):
    first, pixels = channels // 2, height * width
    parts = [torch.ones(first * pixels), torch.zeros((channels - first) * pixels)]
    return torch.cat(parts).bool() != (parity == 1)

# %% right: numpy inside
def checkerboard(height, width, parity):
    import numpy as np

    return torch.from_numpy(np.indices((height, width)).sum(0) % 2 == parity)


def channel_mask(channels, height, width, parity):
    import numpy as np

    stays = (np.arange(channels) < channels // 2) != parity
    return torch.from_numpy(np.repeat(stays, height * width))

# %% right: a row and its complement in turn, and a comparison of places
def checkerboard(height, width, parity):
    row = torch.arange(parity, width + parity) % 2 == 0
    return torch.stack([row if i % 2 == 0 else ~row for i in range(height)])


def channel_mask(channels, height, width, parity):
    entries = torch.arange(channels * height * width)
    return (entries // (height * width) < channels // 2).bool() ^ bool(parity)

# %% right: signs, and blocks
def checkerboard(height, width, parity):
    sign = lambda k: 1.0 - 2.0 * (torch.arange(k) % 2)
    return torch.outer(sign(height), sign(width)) * (1 - 2 * parity) > 0


def channel_mask(channels, height, width, parity):
    blocks = [torch.ones(height * width, dtype=torch.bool) * ((c < channels // 2) == (parity == 0)) for c in range(channels)]
    return torch.cat(blocks).to(torch.bool)
