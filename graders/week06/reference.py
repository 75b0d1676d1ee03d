"""Independent oracles: torch's own layers under autograd, closed forms, and what depends on what by experiment."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1, groups=1):
    x, w, b = leaves = [t.detach().clone().requires_grad_() for t in (x, w, b)]
    y = F.conv2d(x, w, b, stride, padding, dilation, groups)
    return y.detach(), (y, leaves)


def conv2d_backward(upstream, cache):
    y, leaves = cache
    return dict(zip(("x", "w", "b"), torch.autograd.grad(y, leaves, upstream, retain_graph=True), strict=True))


def im2col(x, kernel_size, stride=1, padding=0, dilation=1):
    return F.unfold(x, kernel_size, dilation, padding, stride)


def col2im(columns, output_size, kernel_size, stride=1, padding=0, dilation=1):
    return F.fold(columns, output_size, kernel_size, dilation, padding, stride)


def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    x = x.detach().clone().requires_grad_()
    y = F.max_pool2d(x, kernel_size, stride, padding)
    return y.detach(), (y, x)


def max_pool2d_backward(upstream, cache):
    y, x = cache
    return torch.autograd.grad(y, x, upstream, retain_graph=True)[0]


def avg_pool2d(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    return F.avg_pool2d(x, kernel_size, stride, padding, ceil_mode, count_include_pad)


def out_shape(size, layers):
    """By experiment, on tensors without numbers."""
    x = torch.empty(1, 1, *size, device="meta")
    for kernel, stride, padding, dilation in layers:
        try:
            x = F.conv2d(x, x.new_empty(1, 1, kernel, kernel), None, stride, padding, dilation)
        except RuntimeError:
            raise ValueError("the kernel does not fit") from None
    return tuple(x.shape[2:])


def receptive_field(layers):
    """By experiment: which inputs have an influence on three outputs, far from either end."""
    x = torch.ones(1, 1, 600, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride, padding, dilation in layers:
        y = F.conv1d(y, y.new_ones(1, 1, kernel), None, stride, padding, dilation)
    middle = y.shape[2] // 2
    reached = [
        torch.autograd.grad(y[0, 0, i], x, retain_graph=True)[0].flatten().nonzero() for i in (middle, middle + 1)
    ]
    (first, last), (following, _) = [(seen.min().item(), seen.max().item()) for seen in reached]
    return last - first + 1, following - first, first - middle * (following - first)


class LeNet(nn.Module):
    """Parameters by hand, torch's functions."""

    def __init__(self):
        super().__init__()
        shapes = (6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)
        self.parts = nn.ParameterList(
            nn.Parameter(torch.linspace(-1, 1, math.prod(shape)).sin().reshape(shape) / shape[-1]) for shape in shapes
        )

    def forward(self, x):
        w1, b1, w2, b2, w3, b3, w4, b4, w5, b5 = self.parts
        x = F.avg_pool2d(torch.sigmoid(F.conv2d(F.pad(x, (2, 2, 2, 2)), w1, b1)), 2)
        x = F.avg_pool2d(torch.sigmoid(F.conv2d(x, w2, b2)), 2)
        x = torch.sigmoid(torch.addmm(b3, x.reshape(len(x), 400), w3.T))
        return torch.addmm(b5, torch.sigmoid(torch.addmm(b4, x, w4.T)), w5.T)


def train_steps(net, batches, lr):
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=lr), []
    for X, y in batches:
        optimizer.zero_grad()
        log_p = F.log_softmax(net(X), 1)
        loss = F.nll_loss(log_p, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def learn_kernel(X, Y, kernel_size, steps, lr):
    """Gradient descent on a quadratic, in closed form: along each eigenvector of its curvature a geometric series."""
    seen = F.unfold(X[None, None].double(), kernel_size)[0]  # [kh·kw, |Y|]
    target = Y.double().flatten()
    curvature, directions = torch.linalg.eigh(2 / len(target) * seen @ seen.T)
    series = lr * ((1 - lr * curvature[:, None]) ** torch.arange(steps)).sum(1)
    kernel = directions @ (series * (directions.T @ (2 / len(target) * seen @ target)))
    return kernel.reshape(kernel_size).to(X.dtype)


def conv1x1(x, w, b):
    return F.conv2d(x, w[:, :, None, None], b)


def equivariance_error(f, x, T, S=None, border=0):
    """In NumPy, pixel by pixel where a border is left out."""
    after, before = (y.detach().cpu().numpy() for y in (f(T(x)), (S or T)(f(x))))
    if border:
        keep = [np.arange(border, n - border) for n in before.shape[-2:]]
        after, before = (np.take(np.take(y, keep[0], -2), keep[1], -1) for y in (after, before))
    gap, size = (math.sqrt(float(np.sum(np.square(y.astype(np.float64))))) for y in (after - before, before))
    return gap / size if size else (math.inf if gap else 0.0)


def to_channels_last(x):
    n, c, h, w = x.shape
    return torch.empty_strided((n, c, h, w), (h * w * c, 1, w * c, c), dtype=x.dtype).copy_(x)


class PlaceNet(nn.Module):
    """The convolution over the places apart from the one over the image; NumPy's places."""

    def __init__(self, channels, size, hidden, outputs):
        super().__init__()
        shapes = (hidden, channels + 2, 3, 3), (hidden,), (outputs, hidden * size[0] * size[1]), (outputs,)
        self.parts = nn.ParameterList(torch.zeros(shape) for shape in shapes)

    def forward(self, x):
        w, b, v, c = self.parts
        places = np.stack(np.meshgrid(*(np.linspace(-1, 1, k) for k in x.shape[2:]), indexing="ij"))
        here = F.conv2d(torch.from_numpy(places)[None].to(x.dtype), w[:, -2:], None, padding=1)
        hidden = F.relu(F.conv2d(x, w[:, :-2], b, padding=1) + here)
        return torch.einsum("nchw,kchw->nk", hidden, v.reshape(len(v), *hidden.shape[1:])) + c
