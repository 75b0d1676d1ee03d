# written with einsum: every sum is spelled out by its indices, and caches are opaque objects

# %% mlp_forward_backward
class Tape:
    """What the way back needs to know of the way there."""

    __slots__ = ("H", "W1", "W2", "X")

    def __init__(self, X, H, W1, W2):
        self.X, self.H, self.W1, self.W2 = X, H, W1, W2


def mlp_forward(X, W1, b1, W2, b2):
    H = (torch.einsum("nd,dh->nh", X, W1) + b1).clamp(min=0)
    return torch.einsum("nh,hk->nk", H, W2) + b2, Tape(X, H, W1, W2)


def mlp_backward(d_logits, cache):
    alive = (cache.H > 0).to(d_logits)
    d_Z = torch.einsum("nk,hk,nh->nh", d_logits, cache.W2, alive)
    return {
        "X": torch.einsum("nh,dh->nd", d_Z, cache.W1),
        "W1": torch.einsum("nd,nh->dh", cache.X, d_Z),
        "b1": torch.einsum("nh->h", d_Z),
        "W2": torch.einsum("nh,nk->hk", cache.H, d_logits),
        "b2": torch.einsum("nk->k", d_logits),
    }


def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, tape = mlp_forward(X, W1, b1, W2, b2)
    log_p = logits.log_softmax(1)
    truth = (y[:, None] == torch.arange(logits.shape[1], device=y.device)).to(logits)
    loss = -torch.einsum("nk,nk->", log_p, truth) / len(y)
    return {"loss": loss, "logits": logits, "hidden": tape.H} | mlp_backward((log_p.exp() - truth) / len(y), tape)


# %% my_gradcheck
def my_gradcheck(f, x, eps=1e-6, tol=1e-5):
    if x.dtype != torch.float64:
        raise TypeError(f"central differences need float64, not {x.dtype}")
    x = x.detach().clone().requires_grad_()
    y = f(x)
    v = torch.randn(y.shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64).to(y.device)
    v = v + v.sign() / 2  # no entry so small that it hides an error
    by_autograd = torch.zeros_like(x)
    if y.requires_grad:
        (found,) = torch.autograd.grad(y, x, v, allow_unused=True)
        by_autograd = by_autograd if found is None else found

    # One row per entry of x, one column per entry of y.
    unit = torch.eye(x.numel(), dtype=x.dtype, device=x.device).reshape(-1, *x.shape)
    change = [f(x.detach() + eps * e).detach() - f(x.detach() - eps * e).detach() for e in unit]
    jacobian = torch.stack([c.reshape(-1) for c in change]) / (2 * eps)
    by_differences = torch.einsum("xy,y->x", jacobian, v.reshape(-1))

    rounding = 8 * torch.finfo(x.dtype).eps * (v * y.detach()).norm() / eps
    error = (by_autograd.reshape(-1) - by_differences).abs().max()
    return bool(error <= tol * by_differences.abs().max() + rounding)


# %% k_fold
def k_fold(k, X, y):
    fold_of = torch.arange(len(X), device=X.device) % k
    trains = (fold_of != torch.arange(k, device=X.device)[:, None]).double()  # [fold, example]
    size = trains.sum(1, keepdim=True)
    mean = torch.einsum("fn,nd->fd", trains, X.double()) / size
    off = X - mean[:, None]
    std = (torch.einsum("fn,fnd,fnd->fd", trains, off, off) / (size - 1).clamp(min=1)).sqrt()
    folds = []
    for fold in range(k):
        train, held = X[fold_of != fold], X[fold_of == fold]
        constant = train.amin(0) == train.amax(0)
        scale = std[fold].masked_fill(constant, 1)
        part = [((rows - mean[fold]) / scale).to(X.dtype) for rows in (train, held)]
        folds.append((part[0], y[fold_of != fold], part[1], y[fold_of == fold]))
    return folds


# %% label_shift_weights
def label_shift_weights(C, mu):
    joint = C / C.sum()
    U, sigma, Vh = torch.linalg.svd(joint)
    seen = sigma > sigma.amax() * len(C) * torch.finfo(C.dtype).eps
    inverse = torch.where(seen, 1 / sigma, 0)
    w = torch.einsum("rj,r,ir,i->j", Vh, inverse, U, mu / mu.sum()).clamp(min=0)
    return w / torch.einsum("ij,j->", joint, w)


def weighted_risk(losses, y, w):
    one_hot = (y[:, None] == torch.arange(len(w), device=y.device)).to(losses)
    return torch.einsum("n,nj,j->", losses, one_hot, w) / len(losses)


# %% device_placement
from torch import nn


class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        for name, value in (("mean", mean), ("std", std)):
            self.register_buffer(name, value.detach().clone())
        generator = torch.Generator().manual_seed(0)
        self.W1 = nn.Parameter(torch.randn(hidden, len(mean), generator=generator).to(mean) / len(mean) ** 0.5)
        self.b1 = nn.Parameter(torch.zeros(hidden).to(mean))
        self.W2 = nn.Parameter(torch.randn(outputs, hidden, generator=generator).to(mean) / hidden**0.5)
        self.b2 = nn.Parameter(torch.zeros(outputs).to(mean))

    def forward(self, x, noise_std=0.0, generator=None):
        z = torch.einsum("nd,hd->nh", (x - self.mean) / self.std, self.W1) + self.b1
        if noise_std:
            z = z + noise_std * torch.randn(z.shape, generator=generator, dtype=z.dtype).to(z.device)
        return torch.einsum("nh,oh->no", z.relu(), self.W2) + self.b2
