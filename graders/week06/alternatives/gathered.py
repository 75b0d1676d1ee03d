# written with index tensors: every window is gathered from the flattened image, and scattered back onto it

# %% conv2d
def places(size, kernel, stride, dilation, device):
    """Flat places in an image of `size` (padding included): [kh, kw, out_h, out_w]."""
    lines = []
    for length, k, s, d in zip(size, kernel, stride, dilation):
        firsts = torch.arange(0, length - d * (k - 1), s, device=device)
        lines.append(torch.arange(k, device=device)[:, None] * d + firsts)
    rows, columns = lines
    return rows[:, None, :, None] * size[1] + columns[None, :, None, :]


def framed(x, padding, fill=0.0):
    (h, w), (top, left) = x.shape[2:], padding
    canvas = x.new_full((*x.shape[:2], h + 2 * top, w + 2 * left), fill)
    canvas[:, :, top : top + h, left : left + w] = x
    return canvas


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1, groups=1):
    padding = pair(padding)
    canvas = framed(x, padding)
    at = places(canvas.shape[2:], w.shape[2:], pair(stride), pair(dilation), x.device)
    seen = canvas.flatten(2)[:, :, at]
    seen = seen.reshape(x.shape[0], groups, -1, *at.shape)
    kernels = w.reshape(groups, -1, *w.shape[1:])
    y = torch.einsum("ngcabij,gqcab->ngqij", seen, kernels).flatten(1, 2)
    return y + b[:, None, None], (seen, kernels, at, canvas.shape, padding, x.shape, w.shape)


def conv2d_backward(upstream, cache):
    seen, kernels, at, framed_shape, (top, left), x_shape, w_shape = cache
    blocks = upstream.reshape(upstream.shape[0], kernels.shape[0], kernels.shape[1], *upstream.shape[2:])
    d_seen = torch.einsum("ngqij,gqcab->ngcabij", blocks, kernels)
    n, c, h, w = framed_shape
    d_canvas = upstream.new_zeros(n, c, h * w)
    d_canvas.index_add_(2, at.flatten(), d_seen.reshape(n, c, -1))
    d_x = d_canvas.reshape(framed_shape)[:, :, top : top + x_shape[2], left : left + x_shape[3]]
    d_w = torch.einsum("ngcabij,ngqij->gqcab", seen, blocks).reshape(w_shape)
    return {"x": d_x, "w": d_w, "b": upstream.sum((0, 2, 3))}


# %% im2col
def window_places(height, width, kernel_size, stride, padding, dilation, device):
    """For each row of a column and each position its flat place in the padded image: [kh·kw, L]."""
    (kh, kw), (sh, sw), (dh, dw) = pair(kernel_size), pair(stride), pair(dilation)
    top, left = pair(padding)
    height, width = height + 2 * top, width + 2 * left
    out_h, out_w = (height - dh * (kh - 1) - 1) // sh + 1, (width - dw * (kw - 1) - 1) // sw + 1
    inside = torch.cartesian_prod(torch.arange(kh, device=device) * dh, torch.arange(kw, device=device) * dw)
    corners = torch.cartesian_prod(torch.arange(out_h, device=device) * sh, torch.arange(out_w, device=device) * sw)
    inside, corners = inside.reshape(-1, 2), corners.reshape(-1, 2)
    rows = inside[:, :1] + corners[:, 0]
    columns = inside[:, 1:] + corners[:, 1]
    return rows * width + columns, (height, width), (top, left)


def im2col(x, kernel_size, stride=1, padding=0, dilation=1):
    at, _, (top, left) = window_places(*x.shape[2:], kernel_size, stride, padding, dilation, x.device)
    flat = torch.nn.functional.pad(x, (left, left, top, top)).flatten(2)
    return flat[:, :, at].flatten(1, 2)


def col2im(columns, output_size, kernel_size, stride=1, padding=0, dilation=1):
    at, (height, width), (top, left) = window_places(
        *output_size, kernel_size, stride, padding, dilation, columns.device
    )
    n, channels = columns.shape[0], columns.shape[1] // at.shape[0]
    empty = columns.new_zeros(n, channels, height * width)
    image = empty.index_add(2, at.flatten(), columns.reshape(n, channels, at.numel()))
    return image.reshape(n, channels, height, width)[:, :, top : top + output_size[0], left : left + output_size[1]]


# %% max_pool2d
def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    (kh, kw), (top, left) = pair(kernel_size), pair(padding)
    sh, sw = (kh, kw) if stride is None else pair(stride)
    n, c, h, w = x.shape
    canvas = x.new_full((n, c, h + 2 * top, w + 2 * left), -math.inf)
    canvas[:, :, top : top + h, left : left + w] = x
    height, width = canvas.shape[2:]
    rows = torch.arange(0, height - kh + 1, sh, device=x.device)[:, None, None, None]
    columns = torch.arange(0, width - kw + 1, sw, device=x.device)[None, :, None, None]
    rows = rows + torch.arange(kh, device=x.device)[:, None]
    columns = columns + torch.arange(kw, device=x.device)
    at = (rows * width + columns).flatten(2)  # [out_h, out_w, kh·kw]
    y, which = canvas.flatten(2)[:, :, at].max(-1)
    winners = at.expand(n, c, *at.shape).gather(-1, which[..., None])[..., 0]
    return y, (winners, canvas.shape, (top, left, h, w))


def max_pool2d_backward(upstream, cache):
    winners, shape, (top, left, h, w) = cache
    flat = upstream.new_zeros(*shape[:2], shape[2] * shape[3])
    flat.scatter_add_(2, winners.flatten(2), upstream.flatten(2))
    return flat.reshape(shape)[:, :, top : top + h, left : left + w]


# %% avg_pool2d
def avg_pool2d(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    kernel, margins = pair(kernel_size), pair(padding)
    steps = kernel if stride is None else pair(stride)

    def starts(length, k, s, p):
        """Where the windows begin, counted from the first row of the image."""
        last = length + p - 1 if ceil_mode else length + p - k
        found = [t for t in range(-p, last + 1, s) if t < length]
        if not ceil_mode:
            return range(-p, last + 1, s)
        need = math.ceil((length + 2 * p - k) / s) + 1
        return found[:need]

    sums, counts = x, 1.0
    for axis, (length, k, s, p) in enumerate(zip(x.shape[2:], kernel, steps, margins), 2):
        begins = torch.tensor(list(starts(length, k, s, p)), device=x.device)
        place = begins[:, None] + torch.arange(k, device=x.device)
        there = (place >= 0) & (place < length)
        counted = (place < length + p) if count_include_pad else there
        picked = sums.index_select(axis, place.clamp(0, length - 1).flatten())
        picked = picked.unflatten(axis, place.shape)
        shape = [1] * picked.dim()
        shape[axis : axis + 2] = place.shape
        sums = (picked * there.reshape(shape)).sum(axis + 1)
        size = [1, 1, 1, 1]
        size[axis] = len(begins)
        counts = counts * counted.sum(1).to(x.dtype).reshape(size)
    return sums / counts


# %% receptive_field
def out_shape(size, layers):
    for kernel, stride, padding, dilation in layers:
        sizes = []
        for length in size:
            fits = range(-padding, length + padding - dilation * (kernel - 1), stride)
            if not len(fits):
                raise ValueError(f"a kernel of {kernel} with dilation {dilation} does not fit into {length} pixels")
            sizes.append(len(fits))
        size = sizes
    return tuple(size)


def receptive_field(layers):
    def seen(pixel):
        """First and last input pixel that this output pixel depends on, layer by layer from the top."""
        first = last = pixel
        for kernel, stride, padding, dilation in reversed(layers):
            first = first * stride - padding
            last = last * stride - padding + dilation * (kernel - 1)
        return first, last

    first, last = seen(0)
    return last - first + 1, seen(1)[0] - first, first


# %% lenet
from torch import nn


class LeNet(nn.Sequential):
    def __init__(self):
        features = [nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2)]
        features += [nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten()]
        head = [nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)]
        super().__init__(*features, *head)


def train_steps(net, batches, lr):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for X, y in batches:
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(net(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% learn_kernel
def learn_kernel(X, Y, kernel_size, steps, lr):
    K = torch.zeros(kernel_size, dtype=X.dtype, device=X.device, requires_grad=True)
    optimizer = torch.optim.SGD([K], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        made = torch.nn.functional.conv2d(X[None, None], K[None, None])[0, 0]
        torch.nn.functional.mse_loss(made, Y).backward()
        optimizer.step()
    return K.detach()


def conv1x1(x, w, b):
    return torch.nn.functional.linear(x.movedim(1, -1), w, b).movedim(-1, 1)


# %% equivariance_error
def equivariance_error(f, x, T, S=None, border=0):
    turned, answer = f(T(x)), (S or T)(f(x))
    if border:
        inside = (..., slice(border, -border), slice(border, -border))
        turned, answer = turned[inside], answer[inside]
    off, size = (turned - answer).norm().item(), answer.norm().item()
    if size == 0:
        return 0.0 if off == 0 else math.inf
    return off / size


# %% channels_last
from torch import nn


def to_channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)


class PlaceNet(nn.Module):
    def __init__(self, channels, size, hidden, outputs):
        super().__init__()
        h, w = size
        self.look = nn.Conv2d(channels + 2, hidden, 3, padding=1)
        self.tell = nn.Linear(hidden * h * w, outputs)

    def forward(self, x):
        n, _, h, w = x.shape
        rows = torch.linspace(-1, 1, h, dtype=x.dtype, device=x.device)[:, None].expand(n, 1, h, w)
        columns = torch.linspace(-1, 1, w, dtype=x.dtype, device=x.device).expand(n, 1, h, w)
        return self.tell(torch.relu(self.look(torch.cat([x, rows, columns], 1))).flatten(1))
