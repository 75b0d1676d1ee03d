# === fault numpy: the norms are NumPy's
import numpy as np


def equivariance_error(f, x, T, S=None, border=0):
    S = T if S is None else S

    def inside(y):
        return y[..., border : y.shape[-2] - border, border : y.shape[-1] - border] if border else y

    after, before = inside(f(T(x))), inside(S(f(x)))
    gap = float(np.linalg.norm((after - before).detach().numpy()))  # fault
    size = before.norm().item()
    if size == 0:
        return math.inf if gap else 0.0
    return gap / size


# === fault born: what counts is marked by a mask on the CPU
def equivariance_error(f, x, T, S=None, border=0):
    S = T if S is None else S
    after, before = f(T(x)), S(f(x))
    mask = torch.ones(before.shape, dtype=before.dtype)  # fault
    if border:
        mask.zero_()
        mask[..., border : mask.shape[-2] - border, border : mask.shape[-1] - border] = 1
    gap, size = ((after - before) * mask).norm().item(), (before * mask).norm().item()
    if size == 0:
        return math.inf if gap else 0.0
    return gap / size


# === right: the numbers are compared on the CPU
def equivariance_error(f, x, T, S=None, border=0):
    S = T if S is None else S
    after, before = f(T(x)).detach().cpu(), S(f(x)).detach().cpu()
    mask = torch.ones(before.shape, dtype=before.dtype)
    if border:
        mask.zero_()
        mask[..., border : mask.shape[-2] - border, border : mask.shape[-1] - border] = 1
    gap, size = float(((after - before) * mask).norm()), float((before * mask).norm())
    if size == 0:
        return math.inf if gap else 0.0
    return gap / size
