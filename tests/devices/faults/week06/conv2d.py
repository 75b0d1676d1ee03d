# === fault born: the padded image is a tensor on the CPU, into which the input is written
def padded_image(x, ph, pw):
    n, c, h, w = x.shape
    image = torch.zeros(n, c, h + 2 * ph, w + 2 * pw, dtype=x.dtype)  # fault
    image[:, :, ph : ph + h, pw : pw + w] = x
    return image


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1, groups=1):
    (sh, sw), (ph, pw), (dh, dw) = pair(stride), pair(padding), pair(dilation)
    out_channels, _, kh, kw = w.shape
    padded = padded_image(x, ph, pw).unflatten(1, (groups, -1))
    kernel = w.unflatten(0, (groups, -1))
    out_h = (padded.shape[-2] - dh * (kh - 1) - 1) // sh + 1
    out_w = (padded.shape[-1] - dw * (kw - 1) - 1) // sw + 1

    def under(i, j):
        rows = slice(i * dh, i * dh + sh * (out_h - 1) + 1, sh)
        columns = slice(j * dw, j * dw + sw * (out_w - 1) + 1, sw)
        return (..., rows, columns)

    y = b.reshape(1, -1, 1, 1).expand(len(x), out_channels, out_h, out_w)
    for i in range(kh):
        for j in range(kw):
            products = torch.einsum("ngchw,gkc->ngkhw", padded[under(i, j)], kernel[..., i, j])
            y = y + products.flatten(1, 2)
    return y, (padded, kernel, under, (ph, pw))


# === fault born: the output is filled pixel by pixel, on the CPU
def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1, groups=1):
    (sh, sw), (ph, pw), (dh, dw) = pair(stride), pair(padding), pair(dilation)
    out_channels, _, kh, kw = w.shape
    padded = torch.nn.functional.pad(x, (pw, pw, ph, ph)).unflatten(1, (groups, -1))
    kernel = w.unflatten(0, (groups, -1))
    out_h = (padded.shape[-2] - dh * (kh - 1) - 1) // sh + 1
    out_w = (padded.shape[-1] - dw * (kw - 1) - 1) // sw + 1

    def under(i, j):
        rows = slice(i * dh, i * dh + sh * (out_h - 1) + 1, sh)
        columns = slice(j * dw, j * dw + sw * (out_w - 1) + 1, sw)
        return (..., rows, columns)

    y = torch.empty(len(x), out_channels, out_h, out_w, dtype=x.dtype)  # fault
    for i in range(out_h):
        for j in range(out_w):
            seen = padded[..., i * sh : i * sh + dh * (kh - 1) + 1 : dh, j * sw : j * sw + dw * (kw - 1) + 1 : dw]
            y[:, :, i, j] = torch.einsum("ngchw,gkchw->ngk", seen, kernel).flatten(1) + b
    return y, (padded, kernel, under, (ph, pw))


# === fault born: gradients are added up in zeros on the CPU
def conv2d_backward(upstream, cache):
    padded, kernel, under, (ph, pw) = cache
    grouped = upstream.unflatten(1, (kernel.shape[0], -1))
    d_padded = torch.zeros(padded.shape, dtype=padded.dtype)  # fault
    d_kernel = torch.zeros_like(kernel)
    for i in range(kernel.shape[-2]):
        for j in range(kernel.shape[-1]):
            d_padded[under(i, j)] += torch.einsum("ngkhw,gkc->ngchw", grouped, kernel[..., i, j])
            d_kernel[..., i, j] = torch.einsum("ngkhw,ngchw->gkc", grouped, padded[under(i, j)])
    d_x = d_padded.flatten(1, 2)
    d_x = d_x[:, :, ph : d_x.shape[2] - ph, pw : d_x.shape[3] - pw]
    return {"x": d_x, "w": d_kernel.flatten(0, 1), "b": upstream.sum((0, 2, 3))}


# === fault born: the gradient of the kernel alone is filled on the CPU, without an error
def conv2d_backward(upstream, cache):
    padded, kernel, under, (ph, pw) = cache
    grouped = upstream.unflatten(1, (kernel.shape[0], -1))
    d_padded = torch.zeros_like(padded)
    d_kernel = torch.zeros(*kernel.shape).type(kernel.dtype)  # fault
    for i in range(kernel.shape[-2]):
        for j in range(kernel.shape[-1]):
            d_padded[under(i, j)] += torch.einsum("ngkhw,gkc->ngchw", grouped, kernel[..., i, j])
            d_kernel[..., i, j] = torch.einsum("ngkhw,ngchw->gkc", grouped, padded[under(i, j)])
    d_x = d_padded.flatten(1, 2)
    d_x = d_x[:, :, ph : d_x.shape[2] - ph, pw : d_x.shape[3] - pw]
    return {"x": d_x, "w": d_kernel.flatten(0, 1), "b": upstream.sum((0, 2, 3))}


# === right: zeros of the input's device, written into by slices
def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1, groups=1):
    (sh, sw), (ph, pw), (dh, dw) = pair(stride), pair(padding), pair(dilation)
    out_channels, _, kh, kw = w.shape
    n, c, height, width = x.shape
    padded = x.new_zeros((n, c, height + 2 * ph, width + 2 * pw))
    padded[:, :, ph : ph + height, pw : pw + width] = x
    padded = padded.unflatten(1, (groups, -1))
    kernel = w.unflatten(0, (groups, -1))
    out_h = (padded.shape[-2] - dh * (kh - 1) - 1) // sh + 1
    out_w = (padded.shape[-1] - dw * (kw - 1) - 1) // sw + 1

    def under(i, j):
        rows = slice(i * dh, i * dh + sh * (out_h - 1) + 1, sh)
        columns = slice(j * dw, j * dw + sw * (out_w - 1) + 1, sw)
        return (..., rows, columns)

    y = torch.empty((n, out_channels, out_h, out_w), dtype=x.dtype, device=x.device)
    for i in range(out_h):
        for j in range(out_w):
            seen = padded[..., i * sh : i * sh + dh * (kh - 1) + 1 : dh, j * sw : j * sw + dw * (kw - 1) + 1 : dw]
            y[:, :, i, j] = torch.einsum("ngchw,gkchw->ngk", seen, kernel).flatten(1) + b
    return y, (padded, kernel, under, (ph, pw))
