# === fault drawn: the upstream gradient is drawn on the CPU
import itertools


def my_gradcheck(f, x, eps=1e-6, tol=1e-5):
    if x.dtype != torch.float64:
        raise TypeError("float64, please")
    x = x.detach().clone().requires_grad_()
    y = f(x)
    v = torch.randn(y.shape, dtype=y.dtype, generator=torch.Generator().manual_seed(4))  # fault
    analytic = torch.zeros_like(x)
    if y.requires_grad:
        (gradient,) = torch.autograd.grad((y * v).sum(), x, allow_unused=True)
        analytic = analytic if gradient is None else gradient
    x = x.detach()
    numeric = torch.zeros_like(x)
    for index in itertools.product(*map(range, x.shape)):
        step = torch.zeros_like(x)
        step[index] = eps
        numeric[index] = (v * (f(x + step) - f(x - step)).detach()).sum() / (2 * eps)
    scale = torch.maximum(analytic.abs().max(), numeric.abs().max())
    return bool((analytic - numeric).abs().max() <= tol * scale)


# === fault born: the steps are rows of an identity on the CPU
def my_gradcheck(f, x, eps=1e-6, tol=1e-5):
    if x.dtype != torch.float64:
        raise TypeError("float64, please")
    x = x.detach().clone().requires_grad_()
    y = f(x)
    v = torch.randn(y.shape, dtype=y.dtype, generator=torch.Generator().manual_seed(4)).to(y.device)
    analytic = torch.zeros_like(x)
    if y.requires_grad:
        (gradient,) = torch.autograd.grad(y, x, v, allow_unused=True)
        analytic = analytic if gradient is None else gradient
    x = x.detach()
    numeric = []
    for row in torch.eye(x.numel(), dtype=x.dtype):  # fault
        step = eps * row.reshape(x.shape)
        numeric.append((v * (f(x + step) - f(x - step)).detach()).sum() / (2 * eps))
    numeric = torch.stack(numeric).reshape(x.shape)
    scale = torch.maximum(analytic.abs().max(), numeric.abs().max())
    return bool((analytic - numeric).abs().max() <= tol * scale)


# === fault born: the slopes are collected in a tensor on the CPU
import itertools


def my_gradcheck(f, x, eps=1e-6, tol=1e-5):
    if x.dtype != torch.float64:
        raise TypeError("float64, please")
    x = x.detach().clone().requires_grad_()
    y = f(x)
    v = torch.randn(y.shape, dtype=y.dtype, generator=torch.Generator().manual_seed(4)).to(y.device)
    analytic = torch.zeros_like(x)
    if y.requires_grad:
        (gradient,) = torch.autograd.grad(y, x, v, allow_unused=True)
        analytic = analytic if gradient is None else gradient
    x = x.detach()
    numeric = torch.zeros(x.shape, dtype=x.dtype)  # fault
    for index in itertools.product(*map(range, x.shape)):
        step = torch.zeros_like(x)
        step[index] = eps
        numeric[index] = (v * (f(x + step) - f(x - step)).detach()).sum() / (2 * eps)
    gap = (analytic - numeric).abs().max()
    return bool(gap <= tol * max(analytic.abs().max().item(), numeric.abs().max().item()))


# === right: numbers are collected in lists and compared as numbers
import itertools


def my_gradcheck(f, x, eps=1e-6, tol=1e-5):
    if x.dtype != torch.float64:
        raise TypeError("float64, please")
    x = x.detach().clone().requires_grad_()
    y = f(x)
    v = torch.randn(y.shape, dtype=y.dtype, generator=torch.Generator().manual_seed(4)).to(y)
    gradient = torch.autograd.grad(y, x, v, allow_unused=True)[0] if y.requires_grad else None
    analytic = x.new_zeros(x.shape) if gradient is None else gradient
    x = x.detach()
    pairs = []
    for index in itertools.product(*map(range, x.shape)):
        step = torch.zeros(x.shape, dtype=x.dtype, device=x.device)
        step[index] = eps
        slope = (v * (f(x + step) - f(x - step)).detach()).sum().item() / (2 * eps)
        pairs.append((analytic[index].item(), slope))
    scale = max(abs(number) for pair in pairs for number in pair)
    return max(abs(a - b) for a, b in pairs) <= tol * scale


# === right: compared on the CPU, where both of them were brought
def my_gradcheck(f, x, eps=1e-6, tol=1e-5):
    if x.dtype != torch.float64:
        raise TypeError("float64, please")
    x = x.detach().clone().requires_grad_()
    y = f(x)
    v = torch.randn(y.shape, dtype=y.dtype, generator=torch.Generator().manual_seed(4)).to(y.device)
    gradient = torch.autograd.grad(y, x, v, allow_unused=True)[0] if y.requires_grad else None
    analytic = torch.zeros(x.shape, dtype=x.dtype) if gradient is None else gradient.cpu()
    x = x.detach()
    numeric = torch.zeros(x.numel(), dtype=x.dtype)
    for i, row in enumerate(torch.eye(x.numel(), dtype=x.dtype, device=x.device)):
        step = eps * row.view_as(x)
        numeric[i] = (v * (f(x + step) - f(x - step)).detach()).sum() / (2 * eps)
    numeric = numeric.reshape(x.shape)
    scale = torch.maximum(analytic.abs().max(), numeric.abs().max())
    return bool((analytic - numeric).abs().max() <= tol * scale)
