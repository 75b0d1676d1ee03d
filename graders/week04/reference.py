"""Independent oracles: autograd, torch's own layers and optimizer, NumPy, and PyTorch's gradcheck."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class _Differentiable:
    """Stands for an autograd Function: the same `apply`, and autograd does the rest."""

    def __init__(self, function):
        self.apply = function


ReLU, GELU, Sigmoid = (_Differentiable(f) for f in (F.relu, F.gelu, F.sigmoid))


def mlp_forward(X, W1, b1, W2, b2):
    X, W1, b1, W2, b2 = leaves = [t.detach().clone().requires_grad_() for t in (X, W1, b1, W2, b2)]
    hidden = F.relu(F.linear(X, W1.T, b1))
    logits = F.linear(hidden, W2.T, b2)
    return logits, (logits, hidden, leaves)


def mlp_backward(d_logits, cache):
    logits, _, leaves = cache
    gradients = torch.autograd.grad(logits, leaves, d_logits, retain_graph=True)
    return dict(zip(("X", "W1", "b1", "W2", "b2"), gradients, strict=True))


def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, (_, hidden, leaves) = mlp_forward(X, W1, b1, W2, b2)
    loss = F.cross_entropy(logits, y)
    gradients = torch.autograd.grad(loss, leaves)
    return {
        "loss": loss,
        "logits": logits,
        "hidden": hidden,
        **dict(zip(("X", "W1", "b1", "W2", "b2"), gradients, strict=True)),
    }


def dropout(x, p, training, generator):
    if not training:
        return x.clone()
    kept = torch.full(x.shape, 1 - p).bernoulli(generator=generator)  # 0 or 1
    return x * kept.to(x.dtype) * (1 / (1 - p) if p < 1 else 0.0)


def weight_decay_step(weights, biases, lr, weight_decay):
    groups = [{"params": weights, "weight_decay": weight_decay}, {"params": biases, "weight_decay": 0.0}]
    torch.optim.SGD(groups, lr=lr).step()


def xavier_(t, generator):
    return nn.init.xavier_uniform_(t, generator=generator)


def kaiming_(t, generator):
    return nn.init.kaiming_normal_(t, nonlinearity="relu", generator=generator)


def my_gradcheck(f, x, eps=1e-6, tol=1e-5):
    if x.dtype != torch.float64:
        raise TypeError("float64 is needed")
    x = x.detach().clone(memory_format=torch.contiguous_format).requires_grad_()
    largest = torch.autograd.functional.jacobian(f, x).abs().max().item()
    return math.isfinite(largest) and torch.autograd.gradcheck(
        f, (x,), eps=eps, atol=tol * largest, rtol=0.0, raise_exception=False, check_undefined_grad=False
    )


def k_fold(k, X, y):
    rows, labels = X.double().numpy(), y.numpy()
    folds = []
    for i in range(k):
        held_out = np.arange(len(rows)) % k == i  # every k-th example
        mean, std = rows[~held_out].mean(0), rows[~held_out].std(0, ddof=1)
        std[std == 0] = 1
        parts = []
        for chosen in (~held_out, held_out):
            parts += [torch.tensor((rows[chosen] - mean) / std, dtype=X.dtype), torch.tensor(labels[chosen])]
        folds.append(tuple(parts))
    return folds


def label_shift_weights(C, mu):
    joint, target = C.numpy() / C.numpy().sum(), mu.numpy() / mu.numpy().sum()
    w = np.maximum(np.linalg.lstsq(joint, target, rcond=None)[0], 0)
    return torch.from_numpy(w / (joint.sum(0) * w).sum())


def weighted_risk(losses, y, w):
    return (F.one_hot(y, len(w)).to(w.dtype) @ w) @ losses / len(losses)


class StandardizedMLP(nn.Module):
    """Parameters by hand, matrix products by hand; torch's own normal_ for the noise."""

    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)
        shapes = (hidden, len(mean)), (hidden,), (outputs, hidden), (outputs,)
        self.weights = nn.ParameterList(torch.zeros(shape) for shape in shapes)

    def forward(self, x, noise_std=0.0, generator=None):
        W1, b1, W2, b2 = self.weights
        hidden = torch.addmm(b1, F.batch_norm(x, self.mean, self.std**2, eps=0.0), W1.T)
        if noise_std > 0:
            hidden = hidden + torch.empty_like(hidden).normal_(0.0, noise_std, generator=generator)
        return torch.addmm(b2, F.relu(hidden), W2.T)
