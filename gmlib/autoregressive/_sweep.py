"""The tied hidden layers of NADE for all variables in one sweep, with a backward pass written by hand."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

# Places that are worked on together. Within a block the partial sums come from one small masked matrix product, so that
# there are few calls; between blocks from the running sum, so that the cost stays O(nd). A block's h stays in cache.
BLOCK = 16


def sweep(
    x: Float[Tensor, "batch nq"],
    columns: Float[Tensor, "nq d"],
    c: Float[Tensor, "d"],
    V: Float[Tensor, "n K d"],
    b: Float[Tensor, "n K"],
) -> Float[Tensor, "n K batch"]:
    """o_i = V_i h_i + b_i with h_i = sigmoid(sum_{j < i} x_j w_j + c), for all n places, in O(nqd) a row.

    Every place has q inputs: 1 where x_j is a number, K where it is a one-hot vector. Places are in generation order.
    Differentiable once, by every argument. Autograd through the plain loop over `step` gives the same, slower.
    Source: Larochelle and Murray, The Neural Autoregressive Distribution Estimator (2011), algorithm 1.
    """
    return _Sweep.apply(x, columns, c, V, b)


def _blocks(n):
    return [(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]


def _before(x, n):
    """What each place sees of the inputs of its own block, the rest 0: (size, batch, size q) for each block."""
    q = x.shape[1] // n
    earlier = torch.ones(BLOCK, BLOCK, dtype=x.dtype, device=x.device).tril(-1).repeat_interleave(q, 1)[:, None]
    return [x[:, i * q : j * q] * earlier[: j - i, :, : (j - i) * q] for i, j in _blocks(n)]


class _Sweep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, columns, c, V, b):
        (n, K, d), batch = V.shape, len(x)
        q, before = len(columns) // n, _before(x, n)
        h, out = x.new_empty(n, batch, d), x.new_empty(n, K, batch)
        a = c.expand(batch, d)  # the running sum
        for (i, j), seen in zip(_blocks(n), before, strict=True):
            w, here = columns[i * q : j * q], h[i:j]
            here.copy_(a.expand_as(here))
            here.view(-1, d).addmm_(seen.view(-1, len(w)), w).sigmoid_()
            torch.bmm(V[i:j], here.transpose(1, 2), out=out[i:j])
            a = torch.addmm(a, x[:, i * q : j * q], w)
        ctx.save_for_backward(x, columns, V, h, *before)
        return out.add_(b[:, :, None])

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_out):
        x, columns, V, h, *before = ctx.saved_tensors
        (n, _, d), q = h.shape, len(columns) // len(V)
        grad_x = torch.empty_like(x) if ctx.needs_input_grad[0] else None
        grad_columns, grad_V = torch.empty_like(columns), torch.empty_like(V)
        delta = torch.empty_like(h[:BLOCK])  # the gradient at the sum inside each sigmoid of the block
        later = torch.zeros_like(h[0])  # the same, summed over all places after the block
        for (i, j), seen in zip(reversed(_blocks(n)), reversed(before), strict=True):
            w, x_block, grad_w = columns[i * q : j * q], x[:, i * q : j * q], grad_columns[i * q : j * q]
            torch.bmm(grad_out[i:j], h[i:j], out=grad_V[i:j])
            here = torch.bmm(grad_out[i:j].transpose(1, 2), V[i:j], out=delta[: j - i])
            torch.ops.aten.sigmoid_backward.grad_input(here, h[i:j], grad_input=here)
            torch.mm(seen.view(-1, len(w)).t(), here.view(-1, d), out=grad_w).addmm_(x_block.t(), later)
            if grad_x is not None:
                allowed = _before(torch.ones_like(x_block), j - i)[0]
                grad_x[:, i * q : j * q] = (allowed * (here @ w.t())).sum(0) + later @ w.t()
            later += here.sum(0)
        return grad_x, grad_columns, later.sum(0), grad_V, grad_out.sum(2)
