# written with masks: torch.where, masked_fill and boolean indices; the way back computes again what it needs

# %% activations
import math


class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        silent = x <= 0
        ctx.save_for_backward(silent)
        return x.masked_fill(silent, 0)

    @staticmethod
    def backward(ctx, upstream):
        (silent,) = ctx.saved_tensors
        return upstream.masked_fill(silent, 0)


class GELU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        # By symmetry: a fraction ½·erfc(|x|/√2) of the normal variable lies beyond |x|, on either side.
        tail = torch.erfc(x.abs() / math.sqrt(2)) / 2
        cdf = torch.where(x < 0, tail, 1 - tail)
        ctx.save_for_backward(x, cdf)
        return x * cdf

    @staticmethod
    def backward(ctx, upstream):
        x, cdf = ctx.saved_tensors
        return upstream * (cdf + x * torch.exp(-x * x / 2) / math.sqrt(2 * math.pi))


class Sigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        small = torch.exp(-x.abs())
        return torch.where(x < 0, small, 1) / (1 + small)

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        small = torch.exp(-x.abs())
        return upstream * small / (1 + small) ** 2


# %% mlp_forward_backward
def mlp_forward(X, W1, b1, W2, b2):
    """The cache is the arguments: the backward pass computes the rest a second time and keeps the memory free."""
    Z = X @ W1 + b1
    return torch.where(Z > 0, Z, 0) @ W2 + b2, (X, W1, b1, W2, b2)


def mlp_backward(d_logits, cache):
    X, W1, b1, W2, _ = cache
    Z = X @ W1 + b1
    silent = ~(Z > 0)
    d_Z = (d_logits @ W2.mT).masked_fill(silent, 0)
    return {
        "X": d_Z @ W1.mT,
        "W1": X.mT @ d_Z,
        "b1": d_Z.sum(dim=0),
        "W2": Z.masked_fill(silent, 0).mT @ d_logits,
        "b2": d_logits.sum(dim=0),
    }


def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    label = torch.arange(logits.shape[1], device=y.device) == y.unsqueeze(1)
    log_p = logits - logits.logsumexp(1, keepdim=True)
    result = mlp_backward(torch.where(label, log_p.exp() - 1, log_p.exp()) / len(X), cache)
    result["loss"] = -torch.where(label, log_p, 0).sum() / len(X)
    result["logits"] = logits
    result["hidden"] = (X @ W1 + b1).clamp_min(0)
    return result


# %% dropout
def dropout(x, p, training, generator):
    if not training:
        return x
    dropped = (torch.rand(x.shape, generator=generator, dtype=torch.float64) < p).to(x.device)
    survivors = x.masked_fill(dropped, 0)
    return survivors if p == 1 else survivors / (1 - p)


# %% my_gradcheck
def my_gradcheck(f, x, eps=1e-6, tol=1e-5):
    """Entry by entry: each has to agree to `tol` of itself, or to what rounding leaves undecided."""
    if x.dtype != torch.float64:
        raise TypeError(f"x is {x.dtype}; an answer can be had in torch.float64 only")
    at = x.detach().clone().requires_grad_()
    y = f(at)
    generator = torch.Generator().manual_seed(11)
    v = torch.empty(y.shape, dtype=y.dtype).uniform_(0.5, 2, generator=generator)
    v = torch.where(torch.rand(y.shape, generator=generator) < 0.5, -v, v).to(y.device)
    grad = None
    if y.requires_grad:
        (grad,) = torch.autograd.grad(y, at, v, allow_unused=True)
    grad = torch.zeros_like(x) if grad is None else grad

    at = at.detach()
    measured, undecided = torch.zeros_like(at), torch.zeros_like(at)
    numbers = torch.arange(x.numel(), device=x.device).reshape(x.shape)
    for number in range(x.numel()):
        here = numbers == number
        above, below = f(torch.where(here, at + eps, at)).detach(), f(torch.where(here, at - eps, at)).detach()
        measured[here] = (v * (above - below)).sum() / (2 * eps)
        undecided[here] = (v * above).norm() * 8 * torch.finfo(x.dtype).eps / eps
    floor = tol * 1e-3 * measured.abs().sum()  # an entry this far below the others is a matter of truncation
    return bool(((grad - measured).abs() <= tol * measured.abs() + undecided + floor).all())


# %% k_fold
def k_fold(k, X, y):
    part = torch.arange(len(X), device=X.device) * k // len(X)  # blocks: 0 0 0 1 1 1 1 2 2 2 …
    folds = []
    for held in (part == fold for fold in range(k)):
        first = X[~held][0]
        shifted = X - first  # a column that is constant in training is now exactly 0 there
        mean = shifted[~held].mean(0)
        std = shifted[~held].std(0, correction=min(1, int((~held).sum()) - 1))
        standard = (shifted - mean) / torch.where(std == 0, 1, std)
        folds.append((standard[~held], y[~held], standard[held], y[held]))
    return folds


# %% label_shift_weights
def label_shift_weights(C, mu):
    """Least squares by the normal equations, in the eigenvectors of CᵀC which C does not send to 0."""
    joint = (C / C.sum()).double()
    curvature, directions = torch.linalg.eigh(joint.T @ joint)
    seen = curvature > 1e-13 * curvature.max()
    along = directions.T @ (joint.T @ (mu / mu.sum()).double())
    w = directions @ torch.where(seen, along / curvature, 0)
    w = w.masked_fill(w < 0, 0)
    return (w / (joint @ w).sum()).to(C.dtype)


def weighted_risk(losses, y, w):
    return torch.stack([weight * losses.masked_fill(y != j, 0).sum() for j, weight in enumerate(w)]).sum() / len(y)
