# written one axis at a time: selection matrices and running sums for rows and for columns, joined by einsum

# %% conv2d
def picks(length, k, stride, padding, dilation, like):
    """P[a, i, r] is 1 where entry a of window i lies on pixel r of the line, and 0 elsewhere: [k, out, length]."""
    out = (length + 2 * padding - dilation * (k - 1) - 1) // stride + 1
    entry = torch.arange(k, device=like.device)[:, None] * dilation
    pixel = entry + torch.arange(out, device=like.device) * stride - padding
    return (pixel[..., None] == torch.arange(length, device=like.device)).to(like.dtype)


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1, groups=1):
    R, C = (
        picks(length, k, s, p, d, x)
        for length, k, s, p, d in zip(x.shape[2:], w.shape[2:], pair(stride), pair(padding), pair(dilation))
    )
    images = torch.stack(x.chunk(groups, 1))
    kernels = torch.stack(w.chunk(groups, 0))
    lines = torch.einsum("gncrs,bjs->gncrbj", images, C)
    seen = torch.einsum("gncrbj,air->gncabij", lines, R)
    y = torch.cat(list(torch.einsum("gncabij,gqcab->gnqij", seen, kernels)), 1)
    return y + b.reshape(1, -1, 1, 1), {"R": R, "C": C, "seen": seen, "kernels": kernels}


def conv2d_backward(upstream, cache):
    blocks = torch.stack(upstream.chunk(len(cache["kernels"]), 1))
    d_kernels = torch.einsum("gnqij,gncabij->gqcab", blocks, cache["seen"])
    d_lines = torch.einsum("gnqij,gqcab,air->gncrbj", blocks, cache["kernels"], cache["R"])
    d_images = torch.einsum("gncrbj,bjs->gncrs", d_lines, cache["C"])
    return {
        "x": torch.cat(list(d_images), 1),
        "w": torch.cat(list(d_kernels), 0),
        "b": torch.einsum("noij->o", upstream),
    }


# %% im2col
def choose(length, k, stride, padding, dilation, like):
    """S[a, i, r] is 1 where entry a of window i lies on pixel r: [k, out, length]. The padding has no pixel."""
    out = (length + 2 * padding - dilation * (k - 1) - 1) // stride + 1
    S = like.new_zeros(k, out, length)
    for a in range(k):
        for i in range(out):
            r = i * stride + a * dilation - padding
            if 0 <= r < length:
                S[a, i, r] = 1
    return S


def both_axes(size, kernel_size, stride, padding, dilation, like):
    settings = zip(size, pair(kernel_size), pair(stride), pair(padding), pair(dilation))
    return [choose(*line, like) for line in settings]


def im2col(x, kernel_size, stride=1, padding=0, dilation=1):
    R, C = both_axes(x.shape[2:], kernel_size, stride, padding, dilation, x)
    return torch.einsum("ncrs,air,bjs->ncabij", x, R, C).flatten(4).flatten(1, 3)


def col2im(columns, output_size, kernel_size, stride=1, padding=0, dilation=1):
    R, C = both_axes(output_size, kernel_size, stride, padding, dilation, columns)
    (kh, out_h, _), (kw, out_w, _) = R.shape, C.shape
    seen = columns.unflatten(2, (out_h, out_w)).unflatten(1, (-1, kh, kw))
    return torch.einsum("ncabij,air,bjs->ncrs", seen, R, C)


# %% max_pool2d
def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    kernel, (top, left) = pair(kernel_size), pair(padding)
    steps = kernel if stride is None else pair(stride)
    lowest = torch.nn.functional.pad(x, (left, left, top, top), value=-math.inf)
    windows = lowest.unfold(2, kernel[0], steps[0]).unfold(3, kernel[1], steps[1])
    y = windows.amax((-2, -1))
    largest = (windows == y[..., None, None]).flatten(-2)
    first = largest & (largest.cumsum(-1) == 1)
    return y, (first.unflatten(-1, kernel), lowest.shape, steps, (top, left), x.shape)


def max_pool2d_backward(upstream, cache):
    first, shape, (sh, sw), (top, left), (_, _, h, w) = cache
    image = upstream.new_zeros(shape)
    out_h, out_w = upstream.shape[2:]
    for a in range(first.shape[-2]):
        for b in range(first.shape[-1]):
            share = upstream.where(first[..., a, b], upstream.new_zeros(()))
            image[:, :, a : a + sh * (out_h - 1) + 1 : sh, b : b + sw * (out_w - 1) + 1 : sw] += share
    return image.narrow(2, top, h).narrow(3, left, w)


# %% avg_pool2d
def avg_pool2d(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    kernel = pair(kernel_size)
    steps = kernel if stride is None else pair(stride)
    mean = x.double()  # running sums lose digits: take them in float64
    divisor = torch.ones((), dtype=torch.float64, device=x.device)
    for axis, k, s, p in zip((2, 3), kernel, steps, pair(padding)):
        length = x.shape[axis]
        out = (length + 2 * p - k + (s - 1 if ceil_mode else 0)) // s + 1
        if ceil_mode and (out - 1) * s >= length + p:
            out -= 1
        begin = torch.arange(out, device=x.device) * s - p
        end = (begin + k).clamp(max=length + p)
        low, high = begin.clamp(0, length), end.clamp(0, length)
        zero = torch.zeros_like(mean.narrow(axis, 0, 1))
        running = torch.cat([zero, mean.cumsum(axis)], axis)
        mean = running.index_select(axis, high) - running.index_select(axis, low)
        count = (end - begin if count_include_pad else high - low).double()
        divisor = divisor * (count[:, None] if axis == 2 else count)
    return (mean / divisor).to(x.dtype)


# %% receptive_field
import itertools
import operator


def spans(layers):
    return [dilation * (kernel - 1) for kernel, _, _, dilation in layers]


def jumps(layers):
    """The jump before each layer, and after the last."""
    return list(itertools.accumulate((stride for _, stride, _, _ in layers), operator.mul, initial=1))


def out_shape(size, layers):
    def one(length):
        for (_, stride, padding, _), span in zip(layers, spans(layers)):
            room = length + 2 * padding - span - 1
            if room < 0:
                raise ValueError(f"a kernel that spans {span + 1} pixels meets {length + 2 * padding}")
            length = room // stride + 1
        return length

    return one(size[0]), one(size[1])


def receptive_field(layers):
    before = jumps(layers)
    size = 1 + sum(map(operator.mul, spans(layers), before))
    start = -sum(padding * jump for (_, _, padding, _), jump in zip(layers, before))
    return size, before[-1], start


# %% lenet
import torch.nn.functional as F
from torch import nn


class LeNet(nn.Module):
    SHAPES = ((6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84))

    def __init__(self):
        super().__init__()
        for number, shape in enumerate(self.SHAPES):
            bound = 1 / math.sqrt(math.prod(shape[1:]))
            self.register_parameter(f"w{number}", nn.Parameter(torch.empty(shape).uniform_(-bound, bound)))
            self.register_parameter(f"b{number}", nn.Parameter(torch.empty(shape[0]).uniform_(-bound, bound)))

    def forward(self, x):
        h = F.avg_pool2d(F.conv2d(x, self.w0, self.b0, padding=2).sigmoid(), 2)
        h = F.avg_pool2d(F.conv2d(h, self.w1, self.b1).sigmoid(), 2)
        h = h.reshape(len(h), 400)
        h = torch.sigmoid(torch.addmm(self.b2, h, self.w2.T))
        h = torch.sigmoid(torch.addmm(self.b3, h, self.w3.T))
        return torch.addmm(self.b4, h, self.w4.T)


def train_steps(net, batches, lr):
    parameters = [p for p in net.parameters() if p.requires_grad]

    def step(X, y):
        log_p = net(X).log_softmax(1)
        loss = -log_p.gather(1, y[:, None]).mean()
        gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients):
                if gradient is not None:
                    parameter -= lr * gradient
        return float(loss)

    return [step(X, y) for X, y in batches]


# %% learn_kernel
def learn_kernel(X, Y, kernel_size, steps, lr):
    kh, kw = kernel_size
    windows = X.detach().unfold(0, kh, 1).unfold(1, kw, 1).reshape(-1, kh * kw)
    targets = Y.detach().reshape(-1)
    gram, moment = windows.T @ windows / len(targets), windows.T @ targets / len(targets)
    k = torch.zeros_like(moment)
    for _ in range(steps):
        k = k - 2 * lr * (gram @ k - moment)
    return k.reshape(kh, kw)


def conv1x1(x, w, b):
    return (w @ x.flatten(2) + b[:, None]).unflatten(2, x.shape[2:])


# %% equivariance_error
def equivariance_error(f, x, T, S=None, border=0):
    def inside(y):
        for axis in (-2, -1) if border else ():
            y = y.narrow(axis, border, y.shape[axis] - 2 * border)
        return y.detach().double().flatten()

    answer = inside((T if S is None else S)(f(x)))
    gap = inside(f(T(x))) - answer
    square, whole = float(gap @ gap), float(answer @ answer)
    return math.sqrt(square / whole) if whole > 0 else (math.inf if square > 0 else 0.0)


# %% channels_last
import torch.nn.functional as F
from torch import nn


def to_channels_last(x):
    return x.contiguous(memory_format=torch.channels_last)


class PlaceNet(nn.Module):
    def __init__(self, channels, size, hidden, outputs):
        super().__init__()
        features = hidden * size[0] * size[1]
        self.kernels = nn.Parameter(torch.empty(hidden, channels + 2, 3, 3).uniform_(-0.2, 0.2))
        self.offsets = nn.Parameter(torch.zeros(hidden))
        self.weight = nn.Parameter(torch.empty(outputs, features).uniform_(-(features**-0.5), features**-0.5))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.register_buffer("rows", torch.linspace(-1, 1, size[0], dtype=torch.float64), persistent=False)
        self.register_buffer("columns", torch.linspace(-1, 1, size[1], dtype=torch.float64), persistent=False)

    def forward(self, x):
        grid = torch.stack(torch.meshgrid(self.rows.to(x), self.columns.to(x), indexing="ij"))
        placed = torch.cat([x, grid.expand(len(x), -1, -1, -1)], dim=1)
        seen = F.conv2d(placed, self.kernels, self.offsets, padding=1).clamp(min=0)
        return torch.einsum("nf,of->no", seen.reshape(len(x), -1), self.weight) + self.bias
