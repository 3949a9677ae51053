# %% wrong: no mask | "something lets too much through"
def made_logits(x, weights, biases, masks):
    h = x
    for k, (W, b) in enumerate(zip(weights, biases)):
        h = (torch.relu(h) if k > 0 else h) @ W.T + b
    return h

# %% wrong: only the last layer is masked | "something lets too much through"
def made_logits(x, weights, biases, masks):
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = torch.relu(h) if k > 0 else h
        W = W * mask if k == len(weights) - 1 else W
        h = h @ W.T + b
    return h

# %% wrong: masks written into the weights | "your function changed weights"
def made_logits(x, weights, biases, masks):
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        W *= mask
        h = (torch.relu(h) if k > 0 else h) @ W.T + b
    return h

# %% wrong: no nonlinearity between the layers | "relu belongs after each hidden layer"
def made_logits(x, weights, biases, masks):
    h = x
    for W, b, mask in zip(weights, biases, masks):
        h = h @ (W * mask).T + b
    return h

# %% wrong: relu on the output too | "but the last"
def made_logits(x, weights, biases, masks):
    h = x
    for W, b, mask in zip(weights, biases, masks):
        h = torch.relu(h @ (W * mask).T + b)
    return h

# %% wrong: sigmoid for relu | "z of the example by hand"
def made_logits(x, weights, biases, masks):
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = (torch.sigmoid(h) if k > 0 else h) @ (W * mask).T + b
    return h

# %% wrong: biases forgotten | "mask the weights, add the bias"
def made_logits(x, weights, biases, masks):
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = (torch.relu(h) if k > 0 else h) @ (W * mask).T
    return h

# %% wrong: keeps what should be cut | "although x2 comes before it"
def made_logits(x, weights, biases, masks):
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = (torch.relu(h) if k > 0 else h) @ (W * ~mask).T + b
    return h

# %% wrong: returns x_hat | "z of the example by hand"
def made_logits(x, weights, biases, masks):
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = (torch.relu(h) if k > 0 else h) @ (W * mask).T + b
    return torch.sigmoid(h)

# %% wrong: two layers, whatever the depth | "z of a network with layers of"
def made_logits(x, weights, biases, masks):
    h = torch.relu(x @ (weights[0] * masks[0]).T + biases[0])
    return h @ (weights[1] * masks[1]).T + biases[1] if len(weights) == 2 else h

# %% wrong: relu on the inputs only | "relu belongs after each hidden layer"
def made_logits(x, weights, biases, masks):
    h = torch.relu(x)
    for W, b, mask in zip(weights, biases, masks):
        h = h @ (W * mask).T + b
    return h

# %% right: PyTorch's linear
def made_logits(x, weights, biases, masks):
    linear = torch.nn.functional.linear
    h = linear(x, weights[0] * masks[0], biases[0])
    for W, b, mask in zip(weights[1:], biases[1:], masks[1:]):
        h = linear(h.relu(), W * mask, b)
    return h

# %% right: masked_fill and einsum
def made_logits(x, weights, biases, masks):
    last = len(weights) - 1
    for k in range(last + 1):
        W = weights[k].masked_fill(~masks[k], 0)
        x = torch.einsum("bj,ij->bi", x, W) + biases[k]
        if k < last:
            x = x.clamp(min=0)
    return x

# %% right: a call inside a call
def made_logits(x, weights, biases, masks):
    z = x @ torch.where(masks[0], weights[0], 0).T + biases[0]
    if len(weights) == 1:
        return z
    return made_logits(torch.relu(z), weights[1:], biases[1:], masks[1:])

# %% right: numpy inside
def made_logits(x, weights, biases, masks):
    device = x.device
    import numpy as np
    h = x.cpu().numpy()
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = (np.maximum(h, 0) if k else h) @ (W.cpu().numpy() * mask.cpu().numpy()).T + b.cpu().numpy()
    return torch.from_numpy(h).to(device)

# %% wrong: cuts the last weights for good | "your function changed weights"
def made_logits(x, weights, biases, masks):
    weights[-1] *= masks[-1]
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = (torch.relu(h) if k > 0 else h) @ (W * mask).T + b
    return h

# %% wrong: takes the last layer out of the lists | "your function changed weights"
def made_logits(x, weights, biases, masks):
    W, b, mask = weights.pop(), biases.pop(), masks.pop()
    h = x
    for V, c, m in zip(weights, biases, masks):
        h = torch.relu(h @ (V * m).T + c)
    return h @ (W * mask).T + b

# %% wrong: relu before the bias | "relu after all layers but the last"
def made_logits(x, weights, biases, masks):
    h, last = x, len(weights) - 1
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        z = h @ (W * mask).T
        h = (torch.relu(z) if k < last else z) + b
    return h

# %% wrong: the bias masked too | "add the bias (unmasked)"
def made_logits(x, weights, biases, masks):
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = (torch.relu(h) if k > 0 else h) @ (W * mask).T + b * mask.any(1)
    return h

# %% wrong: relu after the first layer only | "relu after all layers but the last"
def made_logits(x, weights, biases, masks):
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = (torch.relu(h) if k == 1 else h) @ (W * mask).T + b
    return h

# %% wrong: float32 inside | "z of a network with layers of"
def made_logits(x, weights, biases, masks):
    h = x.float()
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = (torch.relu(h) if k > 0 else h) @ (W * mask).float().T + b.float()
    return h.to(x.dtype)

# %% wrong: needs a hidden layer | "z of a network with layers of"
def made_logits(x, weights, biases, masks):
    h = torch.relu(x @ (weights[0] * masks[0]).T + biases[0])
    for W, b, mask in zip(weights[1:-1], biases[1:-1], masks[1:-1]):
        h = torch.relu(h @ (W * mask).T + b)
    return h @ (weights[-1] * masks[-1]).T + biases[-1]

# %% wrong: gelu for relu | "z of the example by hand"
def made_logits(x, weights, biases, masks):
    h = x
    for k, (W, b, mask) in enumerate(zip(weights, biases, masks)):
        h = (torch.nn.functional.gelu(h) if k > 0 else h) @ (W * mask).T + b
    return h

# %% right: a network of modules
def made_logits(x, weights, biases, masks):
    layers = []
    for W, b, mask in zip(weights, biases, masks):
        layer = torch.nn.Linear(W.shape[1], W.shape[0], device=W.device, dtype=W.dtype)
        layer.weight.data, layer.bias.data = W * mask, b.clone()
        layers += [layer, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])(x).detach()

# %% right: columns
def made_logits(x, weights, biases, masks):
    h = x.T
    for k in range(len(weights)):
        h = torch.addmm(biases[k][:, None], weights[k] * masks[k].to(x.dtype), h)
        h = torch.maximum(h, torch.zeros_like(h)) if k + 1 < len(weights) else h
    return h.T
