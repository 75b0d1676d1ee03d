# === fault born: windows are counted on the CPU, and their product stays there
def avg_pool2d(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = pair(kernel_size if stride is None else stride)

    def along(size, k, s, p):
        room = size + 2 * p - k
        number = (math.ceil(room / s) if ceil_mode else math.floor(room / s)) + 1
        if ceil_mode and (number - 1) * s - p >= size:
            number -= 1
        start = torch.arange(number) * s - p  # fault
        pixel = torch.arange(size, device=x.device)
        inside = (pixel >= start[:, None]) & (pixel < start[:, None] + k)
        counted = (start + k).clamp(max=size + p) - start if count_include_pad else inside.sum(1)
        return inside.to(x.dtype), counted.to(x.dtype)

    rows, height = along(x.shape[2], kh, sh, ph)
    columns, width = along(x.shape[3], kw, sw, pw)
    return rows @ x @ columns.T / (height[:, None] * width)


# === fault born: the divisors are a table of the sizes alone, made on the CPU
def avg_pool2d(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = pair(kernel_size if stride is None else stride)

    def along(size, k, s, p):
        room = size + 2 * p - k
        number = (math.ceil(room / s) if ceil_mode else math.floor(room / s)) + 1
        if ceil_mode and (number - 1) * s - p >= size:
            number -= 1
        windows = [(i * s - p, i * s - p + k) for i in range(number)]
        inside = [[float(a <= t < b) for t in range(size)] for a, b in windows]
        counted = [
            float(min(b, size + p) - a) if count_include_pad else sum(row) for (a, b), row in zip(windows, inside)
        ]
        return inside, counted

    rows, height = along(x.shape[2], kh, sh, ph)
    columns, width = along(x.shape[3], kw, sw, pw)
    rows, columns = x.new_tensor(rows), x.new_tensor(columns)
    divisor = torch.tensor([[a * b for b in width] for a in height], dtype=x.dtype)  # fault
    return rows @ x @ columns.T / divisor


# === right: new_tensor of lists
def avg_pool2d(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = pair(kernel_size if stride is None else stride)

    def along(size, k, s, p):
        room = size + 2 * p - k
        number = (math.ceil(room / s) if ceil_mode else math.floor(room / s)) + 1
        if ceil_mode and (number - 1) * s - p >= size:
            number -= 1
        windows = [(i * s - p, i * s - p + k) for i in range(number)]
        inside = [[float(a <= t < b) for t in range(size)] for a, b in windows]
        counted = [
            float(min(b, size + p) - a) if count_include_pad else sum(row) for (a, b), row in zip(windows, inside)
        ]
        return x.new_tensor(inside), x.new_tensor(counted)

    rows, height = along(x.shape[2], kh, sh, ph)
    columns, width = along(x.shape[3], kw, sw, pw)
    return rows @ x @ columns.T / torch.outer(height, width)


# === right: everything is made on the CPU, and moved where it is needed
def avg_pool2d(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = pair(kernel_size if stride is None else stride)

    def along(size, k, s, p):
        room = size + 2 * p - k
        number = (math.ceil(room / s) if ceil_mode else math.floor(room / s)) + 1
        if ceil_mode and (number - 1) * s - p >= size:
            number -= 1
        start = torch.arange(number) * s - p
        pixel = torch.arange(size)
        inside = (pixel >= start[:, None]) & (pixel < start[:, None] + k)
        counted = (start + k).clamp(max=size + p) - start if count_include_pad else inside.sum(1)
        return inside.to(x), counted.type_as(x)

    rows, height = along(x.shape[2], kh, sh, ph)
    columns, width = along(x.shape[3], kw, sw, pw)
    return rows @ x @ columns.T / (height[:, None] * width)
