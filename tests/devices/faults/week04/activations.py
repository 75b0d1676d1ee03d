# === fault born: ReLU compares with a zero of one entry, which is not a number but a vector
class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.maximum(x, torch.zeros(1, dtype=x.dtype))  # fault

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * (x > 0)


# === fault moved: the mask for the way back is put aside on the CPU
class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mask = (x > 0).cpu()  # fault
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, upstream):
        return upstream * ctx.mask


# === fault numpy: Φ comes from NumPy's world
import math

import numpy as np


class GELU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        phi = np.vectorize(math.erf)(x.detach().numpy() / math.sqrt(2))  # fault
        cdf = 0.5 * (1 + torch.as_tensor(phi, dtype=x.dtype))
        ctx.save_for_backward(x, cdf)
        return x * cdf

    @staticmethod
    def backward(ctx, upstream):
        x, cdf = ctx.saved_tensors
        return upstream * (cdf + x * torch.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))


# === fault born: Φ is computed in plain Python and becomes a tensor again, on the CPU
import math


class GELU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        phi = [0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x.flatten().tolist()]
        cdf = torch.tensor(phi, dtype=x.dtype).reshape(x.shape)  # fault
        ctx.save_for_backward(x, cdf)
        return x * cdf

    @staticmethod
    def backward(ctx, upstream):
        x, cdf = ctx.saved_tensors
        return upstream * (cdf + x * torch.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))


# === fault born: the result of Sigmoid is filled half by half into a tensor on the CPU
class Sigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        s = torch.empty(x.shape, dtype=x.dtype)  # fault
        small = torch.exp(-x.abs())
        s[:] = torch.where(x >= 0, 1 / (1 + small), small / (1 + small))
        ctx.save_for_backward(s)
        return s

    @staticmethod
    def backward(ctx, upstream):
        (s,) = ctx.saved_tensors
        return upstream * s * (1 - s)


# === fault global: the constant under the root is a vector of one entry, made once
import math

ROOT = torch.full((1,), math.sqrt(2), dtype=torch.float64)  # fault


class GELU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        cdf = 0.5 * (1 + torch.erf(x / ROOT.to(x.dtype)))
        ctx.save_for_backward(x, cdf)
        return x * cdf

    @staticmethod
    def backward(ctx, upstream):
        x, cdf = ctx.saved_tensors
        return upstream * (cdf + x * torch.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))


# === right: tensors without axes may stay on the CPU
import math

ROOT = torch.tensor(math.sqrt(2), dtype=torch.float64)


class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.maximum(x, torch.tensor(0.0))

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return torch.where(x > 0, upstream, torch.tensor(0.0))


class GELU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        cdf = 0.5 * (1 + torch.erf(x / ROOT))
        ctx.save_for_backward(x, cdf)
        return x * cdf

    @staticmethod
    def backward(ctx, upstream):
        x, cdf = ctx.saved_tensors
        return upstream * (cdf + x * torch.exp(-0.5 * x * x) / torch.tensor(2 * math.pi, dtype=torch.float64).sqrt())


# === right: computed in plain Python, and back to where the input was
import math


class GELU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        phi = [0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x.flatten().tolist()]
        cdf = x.new_tensor(phi).reshape(x.shape)
        ctx.save_for_backward(x, cdf)
        return x * cdf

    @staticmethod
    def backward(ctx, upstream):
        x, cdf = ctx.saved_tensors
        return upstream * (cdf + x * torch.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))


# === right: in place on a copy, by masks that are where the input is
class Sigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        s = torch.empty_like(x)
        up = x >= 0
        s[up] = 1 / (1 + torch.exp(-x[up]))
        e = torch.exp(x[~up])
        s[~up] = e / (1 + e)
        ctx.save_for_backward(s)
        return s

    @staticmethod
    def backward(ctx, upstream):
        (s,) = ctx.saved_tensors
        return torch.full_like(s, 1.0).sub_(s).mul_(s) * upstream


class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.clone()
        y[y < 0] = 0
        ctx.mask = x > 0
        return y

    @staticmethod
    def backward(ctx, upstream):
        return upstream.masked_fill(~ctx.mask, 0.0)
