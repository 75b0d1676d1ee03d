# written with fused operations: addmm, addcmul, lerp, std_mean, scatter, results written with out=

# %% mlp_forward_backward
from typing import NamedTuple


class Cache(NamedTuple):
    X: "torch.Tensor"
    W1: "torch.Tensor"
    W2: "torch.Tensor"
    H: "torch.Tensor"


def mlp_forward(X, W1, b1, W2, b2):
    H = torch.addmm(b1, X, W1).clamp_(min=0)
    return torch.addmm(b2, H, W2), Cache(X, W1, W2, H)


def mlp_backward(d_logits, cache):
    d_Z = torch.mm(d_logits, cache.W2.t()).mul_(cache.H > 0)
    ones = d_Z.new_ones(len(d_Z))
    return {
        "X": torch.mm(d_Z, cache.W1.t()),
        "W1": torch.mm(cache.X.t(), d_Z),
        "b1": torch.mv(d_Z.t(), ones),
        "W2": torch.mm(cache.H.t(), d_logits),
        "b2": torch.mv(d_logits.t(), ones),
    }


def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    log_p, column = torch.log_softmax(logits, dim=1), y.unsqueeze(1)
    loss = log_p.gather(1, column).mean().neg()
    d_logits = log_p.exp().scatter_add_(1, column, torch.full_like(log_p[:, :1], -1)).div_(len(y))
    return {"loss": loss, "logits": logits, "hidden": cache.H} | mlp_backward(d_logits, cache)


# %% dropout
def dropout(x, p, training, generator):
    if not training:
        return x
    mask = torch.empty(x.shape, dtype=x.dtype).bernoulli_(1 - p, generator=generator)
    if p < 1:
        mask.div_(1 - p)
    return torch.mul(x, mask.to(x.device))


# %% weight_decay_step
@torch.no_grad()
def weight_decay_step(weights, biases, lr, weight_decay):
    for w in weights:
        if w.grad is not None:
            torch.add(w * (1 - lr * weight_decay), w.grad, alpha=-lr, out=w)
    for b in biases:
        if b.grad is not None:
            b.add_(b.grad, alpha=-lr)


# %% initialization
import math


@torch.no_grad()
def xavier_(t, generator):
    a = torch.tensor(6 / (t[0].numel() + t[:, 0].numel()), dtype=torch.float64).sqrt()
    return t.copy_(torch.lerp(-a, a, torch.rand(t.shape, generator=generator, dtype=torch.float64)))


@torch.no_grad()
def kaiming_(t, generator):
    fan_in = math.prod(t.shape[1:])
    return t.copy_(torch.empty(t.shape, dtype=t.dtype).normal_(0, math.sqrt(2 / fan_in), generator=generator))


# %% k_fold
def k_fold(k, X, y):
    """The data as a wheel: turn it until the fold's part comes first, then cut."""
    folds, start, n = [], 0, len(X)
    for fold in range(k):
        m = (n + fold) // k
        X_valid, X_train = X.roll(-start, 0).split([m, n - m])
        y_valid, y_train = y.roll(-start, 0).split([m, n - m])
        std, mean = torch.std_mean(X_train, 0, correction=min(1, n - m - 1))
        std.masked_fill_(X_train.eq(X_train[0]).all(0), 1)
        folds.append((X_train.sub(mean).div_(std), y_train, X_valid.sub(mean).div_(std), y_valid))
        start += m
    return folds


# %% label_shift_weights
def label_shift_weights(C, mu):
    """The one driver of lstsq that knows rank deficiency runs on the CPU: k numbers travel there and back."""
    joint = (C / C.sum()).cpu()
    w = torch.linalg.lstsq(joint, (mu / mu.sum()).cpu().unsqueeze(1), driver="gelsd").solution.squeeze(1)
    w.clamp_(min=0)
    return w.div_(joint.sum(0).dot(w)).to(C.device)


def weighted_risk(losses, y, w):
    return torch.dot(w.index_select(0, y), losses) / len(losses)


# %% device_placement
from torch import nn


class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.register_buffer("mean", mean.clone())
        self.register_buffer("std", std.clone())
        generator = torch.Generator().manual_seed(0)
        for layer, (fan_out, fan_in) in enumerate(((hidden, len(mean)), (outputs, hidden)), start=1):
            weight = torch.empty(fan_out, fan_in).uniform_(-1, 1, generator=generator).div_(fan_in**0.5)
            self.register_parameter(f"W{layer}", nn.Parameter(weight.to(mean)))
            self.register_parameter(f"b{layer}", nn.Parameter(weight.new_zeros(fan_out).to(mean)))

    def forward(self, x, noise_std=0.0, generator=None):
        z = torch.addmm(self.b1, torch.sub(x, self.mean).div(self.std), self.W1.t())
        if noise_std:
            noise = torch.empty(z.shape, dtype=z.dtype).normal_(generator=generator)
            z = torch.add(z, noise.to(z.device), alpha=noise_std)
        return torch.addmm(self.b2, z.clamp(min=0), self.W2.t())
