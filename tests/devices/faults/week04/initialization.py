# === fault generator: the tensor of the device is filled by a generator of the CPU
import math


def xavier_(t, generator):
    fan_out, fan_in = t.shape[:2]
    a = math.sqrt(6 / ((fan_in + fan_out) * t.shape[2:].numel()))
    with torch.no_grad():
        return t.uniform_(-a, a, generator=generator)  # fault


# === fault generator: normal numbers of the device, drawn by a generator of the CPU
import math


def kaiming_(t, generator):
    std = math.sqrt(2 / t[0].numel())
    with torch.no_grad():
        z = torch.randn(t.shape, generator=generator, dtype=t.dtype, device=t.device)  # fault
        return t.copy_(std * z)


# === fault drawn: what was drawn on the CPU is added to zeros of the device
import math


def kaiming_(t, generator):
    z = torch.randn(t.shape, generator=generator, dtype=t.dtype)  # fault
    with torch.no_grad():
        return t.zero_().add_(z, alpha=math.sqrt(2 / t[0].numel()))


# === right: a copy may cross devices, and so may an assignment to a slice
import math


def xavier_(t, generator):
    fan_out, fan_in = t.shape[:2]
    a = math.sqrt(6 / ((fan_in + fan_out) * t.shape[2:].numel()))
    with torch.no_grad():
        t[:] = torch.empty(t.shape, dtype=t.dtype).uniform_(-a, a, generator=generator)
    return t


def kaiming_(t, generator):
    std = math.sqrt(2 / t[0].numel())
    with torch.no_grad():
        t.copy_(torch.empty(t.shape, dtype=t.dtype).normal_(0, std, generator=generator))
    return t


# === right: moved first, then scaled in place
import math


def kaiming_(t, generator):
    z = torch.randn(t.shape, generator=generator, dtype=t.dtype).to(t.device)
    with torch.no_grad():
        return t.zero_().add_(z.mul_(torch.tensor(2 / t[0].numel(), dtype=t.dtype).sqrt()))
