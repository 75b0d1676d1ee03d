# === fault born: col2im adds into a canvas on the CPU
def col2im(columns, output_size, kernel_size, stride=1, padding=0, dilation=1):
    (height, width), (kh, kw) = output_size, pair(kernel_size)
    (sh, sw), (ph, pw), (dh, dw) = pair(stride), pair(padding), pair(dilation)
    rows = (height + 2 * ph - dh * (kh - 1) - 1) // sh + 1
    cols = (width + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    pieces = columns.reshape(len(columns), -1, kh, kw, rows, cols)
    canvas = torch.zeros(len(columns), pieces.shape[1], height + 2 * ph, width + 2 * pw, dtype=columns.dtype)  # fault
    for i in range(kh):
        for j in range(kw):
            at = slice(i * dh, i * dh + sh * rows, sh), slice(j * dw, j * dw + sw * cols, sw)
            canvas[:, :, at[0], at[1]] += pieces[:, :, i, j]
    return canvas[:, :, ph : ph + height, pw : pw + width]


# === fault born: the numbers of the pixels are on the CPU, and index_add wants them beside its input
def col2im(columns, output_size, kernel_size, stride=1, padding=0, dilation=1):
    height, width = output_size
    numbers = torch.arange(1, height * width + 1).reshape(1, 1, height, width)  # fault
    origin = im2col(numbers, kernel_size, stride, padding, dilation)[0]
    entries = columns.unflatten(1, (-1, len(origin))).flatten(2)
    pixels = entries.new_zeros(*entries.shape[:2], height * width + 1)
    return pixels.index_add(2, origin.flatten(), entries)[:, :, 1:].unflatten(2, (height, width))


# === fault born: columns are stored one after the other in a tensor on the CPU
def im2col(x, kernel_size, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = pair(kernel_size), pair(stride), pair(padding), pair(dilation)
    padded = torch.nn.functional.pad(x, (pw, pw, ph, ph))
    last_row, last_column = padded.shape[2] - dh * (kh - 1), padded.shape[3] - dw * (kw - 1)
    rows, cols = (last_row - 1) // sh + 1, (last_column - 1) // sw + 1
    out = torch.empty(*x.shape[:2], kh * kw, rows * cols, dtype=x.dtype)  # fault
    for i in range(kh):
        for j in range(kw):
            seen = padded[:, :, i * dh : i * dh + last_row : sh, j * dw : j * dw + last_column : sw]
            out[:, :, i * kw + j] = seen.flatten(2)
    return out.flatten(1, 2)


# === right: one index for all windows, made on the CPU
def im2col(x, kernel_size, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = pair(kernel_size), pair(stride), pair(padding), pair(dilation)
    padded = torch.nn.functional.pad(x, (pw, pw, ph, ph))
    top = torch.arange(0, padded.shape[2] - dh * (kh - 1), sh)
    left = torch.arange(0, padded.shape[3] - dw * (kw - 1), sw)
    rows = top[None, None, :, None] + dh * torch.arange(kh)[:, None, None, None]
    columns = left[None, None, None, :] + dw * torch.arange(kw)[None, :, None, None]
    return padded[:, :, rows, columns].flatten(4).flatten(1, 3)


# === right: scattered with an index of the device, made from a list
def col2im(columns, output_size, kernel_size, stride=1, padding=0, dilation=1):
    height, width = output_size
    numbers = torch.arange(1, height * width + 1).reshape(1, 1, height, width)
    origin = im2col(numbers, kernel_size, stride, padding, dilation)[0].flatten().tolist()
    entries = columns.reshape(len(columns), -1, len(origin))
    index = torch.tensor(origin, device=columns.device).expand_as(entries)
    pixels = torch.zeros(*entries.shape[:2], height * width + 1, dtype=columns.dtype, device=columns.device)
    return pixels.scatter_add(2, index, entries)[..., 1:].reshape(*entries.shape[:2], height, width)
