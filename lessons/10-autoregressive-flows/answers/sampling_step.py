# %% wrong: the state after its ReLU | "the old sums, before any ReLU"
def sampling_step(state, z_i, w_i, v_i, d_i):
    h = torch.relu(state)
    a, raw = (h @ v_i.T + d_i).unbind(1)
    x_i = a + (5 * torch.tanh(raw / 5)).exp() * z_i
    return x_i, h + x_i[:, None] * w_i

# %% wrong: no ReLU | "from the ReLU of the state"
def sampling_step(state, z_i, w_i, v_i, d_i):
    a, raw = (state @ v_i.T + d_i).unbind(1)
    x_i = a + (5 * torch.tanh(raw / 5)).exp() * z_i
    return x_i, state + x_i[:, None] * w_i

# %% wrong: the noise taken up, not x | "the new state by hand"
def sampling_step(state, z_i, w_i, v_i, d_i):
    a, raw = (torch.relu(state) @ v_i.T + d_i).unbind(1)
    x_i = a + (5 * torch.tanh(raw / 5)).exp() * z_i
    return x_i, state + z_i[:, None] * w_i

# %% wrong: the state replaced | "the new state by hand"
def sampling_step(state, z_i, w_i, v_i, d_i):
    a, raw = (torch.relu(state) @ v_i.T + d_i).unbind(1)
    x_i = a + (5 * torch.tanh(raw / 5)).exp() * z_i
    return x_i, x_i[:, None] * w_i

# %% wrong: the log for the width | "x_i of the example by hand"
def sampling_step(state, z_i, w_i, v_i, d_i):
    a, raw = (torch.relu(state) @ v_i.T + d_i).unbind(1)
    x_i = a + 5 * torch.tanh(raw / 5) * z_i
    return x_i, state + x_i[:, None] * w_i

# %% wrong: no limit on the width | "log b_i = 5 tanh(raw / 5)"
def sampling_step(state, z_i, w_i, v_i, d_i):
    a, raw = (torch.relu(state) @ v_i.T + d_i).unbind(1)
    x_i = a + raw.clamp(-20, 20).exp() * z_i
    return x_i, state + x_i[:, None] * w_i

# %% wrong: the state first, then x | "x_i of the example by hand"
def sampling_step(state, z_i, w_i, v_i, d_i):
    state = state + z_i[:, None] * w_i
    a, raw = (torch.relu(state) @ v_i.T + d_i).unbind(1)
    x_i = a + (5 * torch.tanh(raw / 5)).exp() * z_i
    return x_i, state

# %% wrong: the state changed in place | "your function changed state"
def sampling_step(state, z_i, w_i, v_i, d_i):
    a, raw = (torch.relu(state) @ v_i.T + d_i).unbind(1)
    x_i = a + (5 * torch.tanh(raw / 5)).exp() * z_i
    state += x_i[:, None] * w_i
    return x_i, state

# %% wrong: no bias | "x_i of the example by hand"
def sampling_step(state, z_i, w_i, v_i, d_i):
    a, raw = (torch.relu(state) @ v_i.T).unbind(1)
    x_i = a + (5 * torch.tanh(raw / 5)).exp() * z_i
    return x_i, state + x_i[:, None] * w_i

# %% wrong: rows swapped | "x_i of the example by hand"
def sampling_step(state, z_i, w_i, v_i, d_i):
    raw, a = (torch.relu(state) @ v_i.T + d_i).unbind(1)
    x_i = a + (5 * torch.tanh(raw / 5)).exp() * z_i
    return x_i, state + x_i[:, None] * w_i

# %% right: einsum and outer products
def sampling_step(state, z_i, w_i, v_i, d_i):
    h = state.clamp(min=0)
    a = torch.einsum("bh,h->b", h, v_i[0]) + d_i[0]
    log_b = 5 * torch.tanh((torch.einsum("bh,h->b", h, v_i[1]) + d_i[1]) / 5)
    x_i = torch.addcmul(a, log_b.exp(), z_i)
    return x_i, state + torch.einsum("b,h->bh", x_i, w_i)

# %% right: sample by sample
def sampling_step(state, z_i, w_i, v_i, d_i):
    drawn, states = [], []
    for s, z in zip(state, z_i):
        a, raw = v_i @ torch.relu(s) + d_i
        drawn.append(a + torch.exp(5 * torch.tanh(raw / 5)) * z)
        states.append(s + drawn[-1] * w_i)
    return torch.stack(drawn), torch.stack(states)

# %% right: functional linear
def sampling_step(state, z_i, w_i, v_i, d_i):
    out = torch.nn.functional.linear(torch.relu(state), v_i, d_i)
    x_i = out[:, 0] + z_i * torch.exp(5 * torch.tanh(out[:, 1] / 5))
    return x_i, torch.addmm(state, x_i[:, None], w_i[None])

# %% wrong: the outer product forgotten | "the new state by hand"
def sampling_step(state, z_i, w_i, v_i, d_i):
    a, raw = (torch.relu(state) @ v_i.T + d_i).unbind(1)
    x_i = a + (5 * torch.tanh(raw / 5)).exp() * z_i
    return x_i, state + x_i * w_i

# %% wrong: rows of v for its columns | "x_i of the example by hand"
def sampling_step(state, z_i, w_i, v_i, d_i):
    a, raw = (torch.relu(state) @ v_i + d_i).unbind(1)
    x_i = a + (5 * torch.tanh(raw / 5)).exp() * z_i
    return x_i, state + x_i[:, None] * w_i

# %% wrong: width 1 | "a_i + b_i z_i with log b_i"
def sampling_step(state, z_i, w_i, v_i, d_i):
    x_i = torch.relu(state) @ v_i[0] + d_i[0] + z_i
    return x_i, state + x_i[:, None] * w_i

# %% wrong: the noise ends in no sample | "x_i of the example by hand"
def sampling_step(state, z_i, w_i, v_i, d_i):
    a = torch.relu(state) @ v_i[0] + d_i[0]
    return a, state + a[:, None] * w_i

# %% wrong: the inverse step | "x_i of the example by hand"
def sampling_step(state, z_i, w_i, v_i, d_i):
    a, raw = (torch.relu(state) @ v_i.T + d_i).unbind(1)
    x_i = (z_i - a) * (-5 * torch.tanh(raw / 5)).exp()
    return x_i, state + x_i[:, None] * w_i

# %% wrong: the state of the first row | "x_i of the example by hand"
def sampling_step(state, z_i, w_i, v_i, d_i):
    a, raw = (torch.relu(state[:1]) @ v_i.T + d_i).unbind(1)
    x_i = a + (5 * torch.tanh(raw / 5)).exp() * z_i
    return x_i, state + x_i[:, None] * w_i

# %% right: sums of products, where for the ReLU
def sampling_step(state, z_i, w_i, v_i, d_i):
    h = torch.where(state > 0, state, torch.zeros_like(state))
    a, raw = ((h * row).sum(-1) + d for row, d in zip(v_i, d_i))
    x_i = a + z_i * torch.exp(5 * (2 * torch.sigmoid(raw / 2.5) - 1))
    return [x_i, state + torch.outer(x_i, w_i)]

# %% right: numpy inside
def sampling_step(state, z_i, w_i, v_i, d_i):
    import numpy as np

    s, z, w, v, d = (part.numpy() for part in (state, z_i, w_i, v_i, d_i))
    out = np.maximum(s, 0) @ v.T + d
    x = out[:, 0] + np.exp(5 * np.tanh(out[:, 1] / 5)) * z
    return torch.from_numpy(x), torch.from_numpy(s + x[:, None] * w[None])
