# %% wrong: nothing happens | "phi_1 of the example by hand"
def update_phi(phi, i, completions, log_joint):
    return phi.clone()

# %% wrong: the posterior marginal | "phi_1 of the example by hand"
def update_phi(phi, i, completions, log_joint):
    p = torch.softmax(log_joint, 0)
    new = phi.clone()
    new[i] = p @ completions[:, i]
    return new

# %% wrong: changes its argument | "your function changed phi"
def update_phi(phi, i, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi)
    others = q.prod(-1) / q[:, i]
    phi[i] = torch.sigmoid((others * (2 * completions[:, i] - 1)) @ log_joint)
    return phi

# %% wrong: pixel i weighs itself | "phi_1 of the example by hand"
def update_phi(phi, i, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi).prod(-1)
    new = phi.clone()
    new[i] = torch.sigmoid((q * (2 * completions[:, i] - 1)) @ log_joint)
    return new

# %% wrong: the sign | "phi_1 of the example by hand"
def update_phi(phi, i, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi)
    others = q.prod(-1) / q[:, i]
    new = phi.clone()
    new[i] = torch.sigmoid((others * (1 - 2 * completions[:, i])) @ log_joint)
    return new

# %% wrong: no sigmoid | "the mean difference of log p"
def update_phi(phi, i, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi)
    others = q.prod(-1) / q[:, i]
    new = phi.clone()
    new[i] = ((others * (2 * completions[:, i] - 1)) @ log_joint).clamp(0, 1)
    return new

# %% wrong: the others weighted alike | "the others' q weighs each difference"
def update_phi(phi, i, completions, log_joint):
    new = phi.clone()
    gain = (2 * completions[:, i] - 1) @ log_joint / 2 ** (len(phi) - 1)
    new[i] = torch.sigmoid(gain)
    return new

# %% wrong: the mean of the probabilities | "phi_1 of the example by hand"
def update_phi(phi, i, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi)
    weight = q.prod(-1) / q[:, i] * log_joint.exp()
    new = phi.clone()
    new[i] = weight @ completions[:, i] / weight.sum()
    return new

# %% wrong: only the new value | "phi should have shape (2,)"
def update_phi(phi, i, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi)
    return torch.sigmoid((q.prod(-1) / q[:, i] * (2 * completions[:, i] - 1)) @ log_joint)

# %% wrong: all pixels at once | "should stay as it was"
def update_phi(phi, i, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi)
    others = q.prod(-1, keepdim=True) / q
    return torch.sigmoid((others * (2 * completions - 1)).T @ log_joint)

# %% wrong: always the first pixel | "only entry i changes"
def update_phi(phi, i, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi)
    others = q.prod(-1) / q[:, 0]
    new = phi.clone()
    new[0] = torch.sigmoid((others * (2 * completions[:, 0] - 1)) @ log_joint)
    return new

# %% wrong: counting order taken for granted | "pixels come from `completions`"
def update_phi(phi, i, completions, log_joint):
    every = checks.binary_vectors(len(phi), phi.dtype)
    q = torch.where(every > 0, phi, 1 - phi)
    others = q.prod(-1) / q[:, i]
    new = phi.clone()
    new[i] = torch.sigmoid((others * (2 * every[:, i] - 1)) @ log_joint)
    return new

# %% wrong: a step halfway | "phi_1 of the example by hand"
def update_phi(phi, i, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi)
    others = q.prod(-1) / q[:, i]
    new = phi.clone()
    found = torch.sigmoid((others * (2 * completions[:, i] - 1)) @ log_joint)
    new[i] = (phi[i] + found) / 2
    return new

# %% wrong: the others at their most probable values | "phi_1 of the example by hand"
def update_phi(phi, i, completions, log_joint):
    sure, gain = phi.round(), 0
    for row, log_p in zip(completions, log_joint):
        keep = [j for j in range(len(phi)) if j != i]
        if bool((row[keep] == sure[keep]).all()):
            gain = gain + (2 * row[i] - 1) * log_p
    new = phi.clone()
    new[i] = torch.sigmoid(gain)
    return new

# %% wrong: the best of 0 and 1 | "phi_1 of the example by hand"
def update_phi(phi, i, completions, log_joint):
    q = torch.where(completions > 0, phi, 1 - phi)
    others = q.prod(-1) / q[:, i]
    new = phi.clone()
    new[i] = ((others * (2 * completions[:, i] - 1)) @ log_joint > 0).to(phi)
    return new

# %% right: sets the pixel to 1, then to 0
def update_phi(phi, i, completions, log_joint):
    means = []
    for value in (1, 0):
        bent = torch.cat([phi[:i], torch.full_like(phi[:1], value), phi[i + 1:]])
        means.append(torch.where(completions > 0, bent, 1 - bent).prod(-1) @ log_joint)
    one = torch.sigmoid(means[0] - means[1])
    return torch.cat([phi[:i], one[None], phi[i + 1:]])

# %% right: leaves the column out
def update_phi(phi, i, completions, log_joint):
    keep = [j for j in range(len(phi)) if j != i]
    q = torch.where(completions[:, keep] > 0, phi[keep], 1 - phi[keep]).prod(1)
    on = completions[:, i] == 1
    gain = (q[on] * log_joint[on]).sum() - (q[~on] * log_joint[~on]).sum()
    new = phi.clone()
    new[i] = 1 / (1 + torch.exp(-gain))
    return new

# %% right: softmax of the two means
def update_phi(phi, i, completions, log_joint):
    q = completions * phi + (1 - completions) * (1 - phi)
    q = q[:, [j for j in range(len(phi)) if j != i]].prod(1)
    pair = torch.stack([((1 - completions[:, i]) * q) @ log_joint, (completions[:, i] * q) @ log_joint])
    return torch.where(torch.arange(len(phi)) == i, torch.softmax(pair, 0)[1], phi)

# %% right: autograd, since the energy is linear in phi_i
def update_phi(phi, i, completions, log_joint):
    bent = phi.detach().clone().requires_grad_()
    q = (completions * bent + (1 - completions) * (1 - bent)).prod(1)
    gain = torch.autograd.grad(q @ log_joint, bent)[0][i]
    new = phi.clone()
    new[i] = gain.sigmoid()
    return new

# %% right: a loop over the completions
def update_phi(phi, i, completions, log_joint):
    gain = 0.0
    for row, log_p in zip(completions.tolist(), log_joint.tolist()):
        weight = 1.0
        for j, value in enumerate(row):
            if j != i:
                weight *= phi[j].item() if value else 1 - phi[j].item()
        gain += weight * (log_p if row[i] else -log_p)
    new = phi.clone()
    new[i] = 1 / (1 + math.exp(-gain))
    return new
