# %% wrong: the gate turned round | "sigma of z is kept"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return (1 - sigma) * z + sigma * m, F.logsigmoid(s).sum(1)

# %% wrong: the log of 1 - sigma | "on the diagonal stand the sigma_i"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, F.logsigmoid(-s).sum(1)

# %% wrong: s for log sigma | "beside the Jacobian's"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, s.sum(1)

# %% wrong: exp for the gate | "z' of the example by hand"
def gated_step(z, m, s):
    return s.exp() * z + (1 - s.exp()) * m, s.sum(1)

# %% wrong: m not gated | "1 - sigma of m comes in"
def gated_step(z, m, s):
    return torch.sigmoid(s) * z + m, F.logsigmoid(s).sum(1)

# %% wrong: summed over the batch | "one number a row"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, F.logsigmoid(s).sum()

# %% wrong: not summed | "one number a row"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, F.logsigmoid(s)

# %% wrong: the sign of the density | "beside the Jacobian's"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, -F.logsigmoid(s).sum(1)

# %% wrong: sigma for its logarithm | "add up their logarithms"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, sigma.sum(1)

# %% wrong: the log of a sigma that is 0 to rounding | "logsigmoid, not its log"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, sigma.log().sum(1)

# %% wrong: the log of the product | "logsigmoid, not its log"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, sigma.prod(1).log()

# %% wrong: the mean over the entries | "add up their logarithms in each row"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, F.logsigmoid(s).mean(1)

# %% wrong: the inverse | "z' of the example by hand"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return (z - (1 - sigma) * m) / sigma, -F.logsigmoid(s).sum(1)

# %% wrong: tanh for the gate | "z' of the example by hand"
def gated_step(z, m, s):
    sigma = torch.tanh(s)
    return sigma * z + (1 - sigma) * m, F.logsigmoid(s).sum(1)

# %% wrong: the sum of both is gated | "1 - sigma of m comes in"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * (z + m), F.logsigmoid(s).sum(1)

# %% wrong: m is added | "sigma of z is kept"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return z + sigma * m, F.logsigmoid(s).sum(1)

# %% wrong: a clamp against the 0 | "the log-determinant for batch 5 and n = 4"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, sigma.clamp(min=1e-30).log().sum(1)

# %% wrong: the log of a sum | "add up their logarithms"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, sigma.sum(1).log()

# %% wrong: the infinity replaced | "logsigmoid, not its log"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, torch.nan_to_num(sigma.log()).sum(1)

# %% wrong: double for all | "should be a float32 tensor"
def gated_step(z, m, s):
    s = s.double()
    return torch.lerp(m.double(), z.double(), s.sigmoid()), F.logsigmoid(s).sum(1)

# %% wrong: three entries alone | "for batch 5 and n = 4"
def gated_step(z, m, s):
    sigma = torch.sigmoid(s)
    return sigma * z + (1 - sigma) * m, F.logsigmoid(s[:, :3]).sum(1)

# %% right: lerp and softplus
def gated_step(z, m, s):
    return torch.lerp(m, z, torch.sigmoid(s)), -F.softplus(-s).sum(1)

# %% right: as a + b z
def gated_step(z, m, s):
    log_b = -torch.logaddexp(-s, torch.zeros_like(s))
    a = torch.sigmoid(-s) * m
    return a + log_b.exp() * z, torch.einsum("bi->b", log_b)

# %% right: column by column
def gated_step(z, m, s):
    columns, log_det = [], 0
    for i in range(z.shape[1]):
        keep = 1 / (1 + torch.exp(-s[:, i]))
        columns.append(m[:, i] + keep * (z[:, i] - m[:, i]))
        log_det = log_det + F.logsigmoid(s[:, i])
    return torch.stack(columns, 1), log_det

# %% right: in double precision
def gated_step(z, m, s):
    gate = s.double()
    keep = torch.sigmoid(gate).to(z.dtype)
    return keep * z + (1 - keep) * m, F.logsigmoid(gate).sum(1).to(z.dtype)

# %% right: Bernoulli's log-probability
def gated_step(z, m, s):
    gate = torch.distributions.Bernoulli(logits=s)
    return gate.probs * z + (1 - gate.probs) * m, gate.log_prob(torch.ones_like(s)).sum(1)
