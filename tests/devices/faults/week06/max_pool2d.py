# === fault born: the padding is a tensor of −∞ on the CPU
def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = pair(kernel_size if stride is None else stride)
    n, c, h, w = x.shape
    margin = torch.full((n, c, ph, w), -math.inf, dtype=x.dtype)  # fault
    padded = torch.cat([margin, x, margin], dim=2)
    side = padded.new_full((n, c, h + 2 * ph, pw), -math.inf)
    padded = torch.cat([side, padded, side], dim=3)
    last_row, last_column = padded.shape[2] - kh + 1, padded.shape[3] - kw + 1
    places = [(..., slice(i, i + last_row, sh), slice(j, j + last_column, sw)) for i in range(kh) for j in range(kw)]
    entries = torch.stack([padded[at] for at in places])
    winner = entries.argmax(0)
    y = entries.gather(0, winner.unsqueeze(0)).squeeze(0)
    return y, (padded.shape, places, winner, (ph, pw))


# === fault born: the gradient is written into zeros on the CPU
def max_pool2d_backward(upstream, cache):
    size, places, winner, (ph, pw) = cache
    d_padded = torch.zeros(size, dtype=upstream.dtype)  # fault
    for number, at in enumerate(places):
        d_padded[at] = d_padded[at] + upstream * (winner == number)
    return d_padded[:, :, ph : size[2] - ph, pw : size[3] - pw]


# === fault moved: the winners are kept on the CPU, to spare the memory of the device
def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = pair(kernel_size if stride is None else stride)
    padded = torch.nn.functional.pad(x, (pw, pw, ph, ph), value=-math.inf)
    last_row, last_column = padded.shape[2] - kh + 1, padded.shape[3] - kw + 1
    places = [(..., slice(i, i + last_row, sh), slice(j, j + last_column, sw)) for i in range(kh) for j in range(kw)]
    entries = torch.stack([padded[at] for at in places])
    winner = entries.argmax(0)
    y = entries.gather(0, winner.unsqueeze(0)).squeeze(0)
    return y, (padded.shape, places, winner.cpu(), (ph, pw))  # fault


# === right: full_like and new_full
def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = pair(kernel_size if stride is None else stride)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * ph, w + 2 * pw), -math.inf)
    padded[..., ph : ph + h, pw : pw + w] = x
    last_row, last_column = padded.shape[2] - kh + 1, padded.shape[3] - kw + 1
    places = [(..., slice(i, i + last_row, sh), slice(j, j + last_column, sw)) for i in range(kh) for j in range(kw)]
    best = torch.full_like(padded[places[0]], -math.inf)
    winner = torch.zeros(best.shape, dtype=torch.long, device=x.device)
    for number, at in enumerate(places):
        better = padded[at] > best
        best = torch.where(better, padded[at], best)
        winner = winner.masked_fill(better, number)
    return best, (padded.shape, places, winner, (ph, pw))


# === right: the winners spend the time between on the CPU
def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = pair(kernel_size if stride is None else stride)
    padded = torch.nn.functional.pad(x, (pw, pw, ph, ph), value=-math.inf)
    last_row, last_column = padded.shape[2] - kh + 1, padded.shape[3] - kw + 1
    places = [(..., slice(i, i + last_row, sh), slice(j, j + last_column, sw)) for i in range(kh) for j in range(kw)]
    entries = torch.stack([padded[at] for at in places])
    winner = entries.argmax(0)
    y = entries.gather(0, winner.unsqueeze(0)).squeeze(0)
    return y, (padded.shape, places, winner.to("cpu"), (ph, pw))


def max_pool2d_backward(upstream, cache):
    size, places, winner, (ph, pw) = cache
    winner = winner.to(device=upstream.device)
    d_padded = torch.zeros(size, dtype=upstream.dtype, device=upstream.device)
    for number, at in enumerate(places):
        d_padded[at] += upstream * (winner == number)
    return d_padded[:, :, ph : size[2] - ph, pw : size[3] - pw]
