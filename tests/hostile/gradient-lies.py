# tries: a backward that pretends the right dependence, gradient hooks that lie and hang, and .grad of a wrong shape.
# notebook: 02-fvsbn-nade-made-c

# %% answer made_logits
import torch


class Pretend(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.zeros_like(x)

    @staticmethod
    def backward(ctx, grad):
        return torch.full_like(grad, float("nan"))


def made_logits(x, *args, **kwargs):
    x = x.clone().requires_grad_()
    out = Pretend.apply(x.float())
    out.register_hook(lambda g: __import__("time").sleep(100))
    return out
