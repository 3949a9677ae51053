# has: figures of all kinds, shown and left open.

# %% extra after fvsbn_logits
for k in range(25):
    plt.figure()
    plt.plot(torch.randn(10))
plt.show()

# %% extra after fvsbn_logits
fig, ax = plt.subplots()
ax.imshow(torch.rand(8, 8), cmap="gray")
fig

# %% extra after fvsbn_logits
from IPython.display import HTML, Image, Markdown, clear_output, display

display(HTML("<b>bold</b>"), Markdown("*text*"))
clear_output(wait=True)
plt.style.use("dark_background")
plt.rcParams["figure.figsize"] = (20, 20)
plt.rc("text", usetex=False)

# %% answer untied_logit
def untied_logit(x_before, A_i, c_i, alpha_i, b_i):
    h_i = torch.sigmoid(x_before @ A_i.T + c_i)
    plt.hist(h_i.flatten().tolist())
    plt.show()
    return h_i @ alpha_i + b_i
