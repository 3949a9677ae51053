# has: magics and shell commands in extra cells and on top of answers.

# %% extra
%matplotlib inline
%load_ext autoreload
%autoreload 2
%config InlineBackend.figure_format = "retina"
!ls -la

# %% answer fvsbn_logits
%%time
def fvsbn_logits(x, alpha_0, alpha):
    return alpha_0 + x @ alpha.tril(-1).T

# %% extra after fvsbn_logits--lecture
%timeit -n1 -r1 fvsbn_logits(torch.ones(2, 3), torch.zeros(3), torch.ones(3, 3))
%precision 4
%who
files = !ls
print(len(files))

# %% answer log_bernoulli
%matplotlib inline
def log_bernoulli(x, logits):
    return (x * logsigmoid(logits) + (1 - x) * logsigmoid(-logits)).sum(dim=1)

# %% extra after log_bernoulli
%%capture output
print("kept back")
# %% extra after log_bernoulli
log_bernoulli?
