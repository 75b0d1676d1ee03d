# written with logarithms and transformed draws: waiting times, Box–Muller, homogeneous coordinates

# %% activations
import math


class ReLU(torch.autograd.Function):
    """The slope can be read off the output: it is the sign of it."""

    @staticmethod
    def forward(ctx, x):
        y = x / 2 + x.abs() / 2
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, upstream):
        return upstream * torch.sgn(*ctx.saved_tensors)


class GELU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.special.log_ndtr(x).exp()

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        log_density = -(x.square() + math.log(2 * math.pi)) / 2
        return upstream * (torch.special.log_ndtr(x).exp() + x * log_density.exp())


class Sigmoid(torch.autograd.Function):
    """log σ(x) = −log(1 + e⁻ˣ), and log σ′(x) = log σ(x) + log σ(−x)."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.exp(-torch.logaddexp(torch.zeros_like(x), -x))

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        zero = torch.zeros_like(x)
        return upstream * torch.exp(-torch.logaddexp(zero, -x) - torch.logaddexp(zero, x))


# %% mlp_forward_backward
from dataclasses import dataclass


@dataclass(frozen=True)
class Augmented:
    """Inputs with a column of ones, weights with the bias as a last row: an affine map becomes a linear one."""

    X: "torch.Tensor"
    H: "torch.Tensor"
    V1: "torch.Tensor"
    V2: "torch.Tensor"


def with_ones(A):
    return torch.nn.functional.pad(A, (0, 1), value=1.0)


def mlp_forward(X, W1, b1, W2, b2):
    V1, V2 = torch.vstack([W1, b1]), torch.vstack([W2, b2])
    H = with_ones((with_ones(X) @ V1).relu())
    return H @ V2, Augmented(with_ones(X), H, V1, V2)


def mlp_backward(d_logits, cache):
    d_H = (d_logits @ cache.V2.T)[:, :-1]
    d_Z = d_H * (cache.H[:, :-1] > 0)
    d_V1, d_V2 = cache.X.T @ d_Z, cache.H.T @ d_logits
    return {
        "X": (d_Z @ cache.V1.T)[:, :-1],
        "W1": d_V1[:-1],
        "b1": d_V1[-1],
        "W2": d_V2[:-1],
        "b2": d_V2[-1],
    }


def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    surprise = logits.logsumexp(1) - logits.take_along_dim(y[:, None], 1).squeeze(1)
    truth = torch.eye(logits.shape[1], dtype=logits.dtype, device=logits.device)[y]
    grads = mlp_backward((logits.softmax(1) - truth) / len(logits), cache)
    return {"loss": surprise.mean(), "logits": logits, "hidden": cache.H[:, :-1], **grads}


# %% dropout
import math


def dropout(x, p, training, generator):
    """Each entry has an exponential clock, and survives if its clock runs beyond −log(1 − p)."""
    if not training:
        return x
    if p == 1:
        return torch.where(torch.zeros_like(x, dtype=torch.bool), x, 0)
    clock = torch.empty(x.shape, dtype=torch.float64).exponential_(generator=generator)
    return torch.where((clock > -math.log1p(-p)).to(x.device), x / (1 - p), 0)


# %% initialization
import math


def box_muller(shape, generator):
    """Standard normal numbers: radius and angle of a point in the plane, from two uniform ones."""
    u = torch.rand(2, *shape, generator=generator, dtype=torch.float64)
    return torch.sqrt(-2 * torch.log1p(-u[0])) * torch.cos(2 * math.pi * u[1])


def xavier_(t, generator):
    a = math.sqrt(6 / ((t.shape[0] + t.shape[1]) * math.prod(t.shape[2:])))
    t.data.copy_(a * torch.erf(box_muller(t.shape, generator) / math.sqrt(2)))  # 2Φ(ξ) − 1 is uniform on (−1, 1)
    return t


def kaiming_(t, generator):
    t.data.copy_(box_muller(t.shape, generator) * math.sqrt(2 / math.prod(t.shape[1:])))
    return t


# %% device_placement
import math

from torch import nn


class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.register_buffer("mean", mean.clone())
        self.register_buffer("std", std.clone())
        generator = torch.Generator().manual_seed(1)
        shapes = {"W1": (hidden, len(mean)), "b1": (hidden,), "W2": (outputs, hidden), "b2": (outputs,)}
        self.theta = nn.ParameterDict()
        for name, shape in shapes.items():  # one by one: a dictionary given as a whole would be sorted
            self.theta[name] = torch.rand(shape, generator=generator).sub(0.5).div(shape[-1] ** 0.5).to(mean)

    def forward(self, x, noise_std=0.0, generator=None):
        V1, V2 = (torch.column_stack([self.theta[f"W{i}"], self.theta[f"b{i}"]]) for i in (1, 2))
        ones = x.new_ones(len(x), 1)
        z = torch.hstack([(x - self.mean) / self.std, ones]) @ V1.T
        u = torch.rand(2, *z.shape, generator=generator, dtype=torch.float64) if noise_std else z.new_zeros(2, 1, 1)
        xi = torch.sqrt(-2 * torch.log1p(-u[0])) * torch.cos(2 * math.pi * u[1])
        return torch.hstack([(z + noise_std * xi.to(z)).relu(), ones]) @ V2.T
