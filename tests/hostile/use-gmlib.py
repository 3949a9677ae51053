# tries: to answer by calling gmlib's own models, openly and through their private parts.

# %% answer fvsbn_logits
def fvsbn_logits(x, alpha_0, alpha):
    model = autoregressive.FVSBN(x.shape[1]).to(x.dtype)
    model.load_state_dict({"alpha_0": alpha_0, "alpha": alpha})
    return model.logits(x).detach()


# %% answer fvsbn_sample
def fvsbn_sample(count, alpha_0, alpha, generator):
    model = autoregressive.FVSBN(len(alpha_0)).to(alpha_0.dtype)
    model.load_state_dict({"alpha_0": alpha_0, "alpha": alpha})
    return model.sample(count, generator)


# %% answer step
def step(a, x_i, w_i):
    return autoregressive.step(a, x_i, w_i)


# %% answer nade_logits
def nade_logits(x, W, c, alpha, b):
    from gmlib.autoregressive import _sweep

    return _sweep.sweep(x, W.T, c, alpha[:, None], b[:, None])[:, 0].T
