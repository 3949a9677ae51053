# tries: sources that are no text: lists of other things, numbers, null, objects.
# broken: has a source that is no text

# %% edit step {"source": [["def step(a, x_i, w_i):"], {"a": 1}, 5, null]}
# %% edit step--hand {"source": 5}
# %% edit log_bernoulli {"source": {"text": "pass"}}
