# === fault drawn: the mask stays where it was drawn
def dropout(x, p, training, generator):
    if not training or p == 0:
        return x
    if p == 1:
        return x * 0
    keep = torch.rand(x.shape, generator=generator) >= p  # fault
    return x * keep / (1 - p)


# === fault generator: the numbers are asked for on the device, of a generator on the CPU
def dropout(x, p, training, generator):
    if not training or p == 0:
        return x
    if p == 1:
        return x * 0
    keep = torch.rand(x.shape, generator=generator, device=x.device) >= p  # fault
    return x * keep / (1 - p)


# === fault generator: filled in place on the device
def dropout(x, p, training, generator):
    if not training or p == 0:
        return x
    if p == 1:
        return x * 0
    keep = torch.empty_like(x).uniform_(generator=generator) >= p  # fault
    return torch.where(keep, x / (1 - p), torch.zeros_like(x))


# === fault drawn: `.to` gives a new tensor, which is dropped
def dropout(x, p, training, generator):
    if not training or p == 0:
        return x
    if p == 1:
        return x * 0
    keep = (torch.rand(x.shape, generator=generator) >= p).to(x.dtype)  # fault
    keep.to(x.device)
    return x * keep / (1 - p)


# === fault drawn: probabilities on the CPU, and what is drawn from them
def dropout(x, p, training, generator):
    if not training or p == 0:
        return x
    if p == 1:
        return x * 0
    keep = torch.bernoulli(torch.full(x.shape, 1 - p, dtype=x.dtype), generator=generator)  # fault
    return x * keep / (1 - p)


# === right: drawn on the CPU and moved together with its type
def dropout(x, p, training, generator):
    if not training or p == 0:
        return x
    if p == 1:
        return torch.zeros_like(x) * x
    noise = torch.rand(x.size(), generator=generator).to(x)
    return torch.where(noise < p, torch.tensor(0.0, dtype=x.dtype), x / (1 - p))


# === right: a mask that was copied into a tensor of the device
def dropout(x, p, training, generator):
    if not training or p == 0:
        return x
    if p == 1:
        return x.mul(0)
    keep = torch.empty(x.shape, dtype=torch.bool, device=x.device)
    keep.copy_(torch.rand(x.shape, generator=generator) >= p)
    return x.masked_fill(keep.logical_not(), 0) / (1 - p)


# === right: moved with non_blocking, from a list of numbers
def dropout(x, p, training, generator):
    if not training or p == 0:
        return x
    if p == 1:
        return x - x
    draws = torch.rand(x.numel(), generator=generator).tolist()
    scale = torch.tensor([0.0 if u < p else 1 / (1 - p) for u in draws], dtype=x.dtype)
    return x * scale.to(x.device, non_blocking=True).view(x.shape)
