# tries: tests that are turned into markdown, raw cells and kinds that do not exist.

# %% edit step--hand {"cell_type": "markdown", "outputs": null, "execution_count": null}
# %% edit log_bernoulli--lecture {"cell_type": "raw", "outputs": null, "execution_count": null}
# %% edit log_bernoulli--fresh {"cell_type": "code ", "metadata": {"nbgrader": {"cell_type": "markdown"}}}
# %% edit fvsbn_logits {"cell_type": "raw", "outputs": null, "execution_count": null}
# %% edit nade_logits {"cell_type": ["code"]}
# %% answer step
def step(a, x_i, w_i):
    return a
