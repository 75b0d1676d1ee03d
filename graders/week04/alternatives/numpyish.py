# written with NumPy inside: arrays on the way in, tensors of the right dtype and device on the way out

# %% activations
import math

import numpy as np

erfc = np.vectorize(math.erfc, otypes=[float])


def array(t):
    return t.detach().cpu().numpy().astype(float)


def tensor_like(values, t):
    return torch.as_tensor(values).to(t)


class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.slope = array(x) > 0
        return tensor_like(np.maximum(array(x), 0), x)

    @staticmethod
    def backward(ctx, upstream):
        return tensor_like(np.where(ctx.slope, array(upstream), 0.0), upstream)


class GELU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = array(x)
        ctx.cdf = erfc(-ctx.x / np.sqrt(2)) / 2
        return tensor_like(ctx.x * ctx.cdf, x)

    @staticmethod
    def backward(ctx, upstream):
        pdf = np.exp(-np.square(ctx.x) / 2) / np.sqrt(2 * np.pi)
        return tensor_like(array(upstream) * (ctx.cdf + ctx.x * pdf), upstream)


class Sigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.y = np.exp(-np.logaddexp(0, -array(x)))
        return tensor_like(ctx.y, x)

    @staticmethod
    def backward(ctx, upstream):
        return tensor_like(array(upstream) * ctx.y * (1 - ctx.y), upstream)


# %% mlp_forward_backward
import numpy as np


def mlp_forward(X, W1, b1, W2, b2):
    x, w1, c1, w2, c2 = (t.detach().cpu().numpy() for t in (X, W1, b1, W2, b2))
    h = np.maximum(np.dot(x, w1) + c1, 0)
    return torch.from_numpy(np.dot(h, w2) + c2).to(X.device), {"x": x, "h": h, "w1": w1, "w2": w2}


def mlp_backward(d_logits, cache):
    d_o = d_logits.detach().cpu().numpy()
    d_z = np.where(cache["h"] > 0, np.dot(d_o, cache["w2"].T), 0)
    grads = {
        "X": np.dot(d_z, cache["w1"].T),
        "W1": np.dot(cache["x"].T, d_z),
        "b1": d_z.sum(axis=0),
        "W2": np.dot(cache["h"].T, d_o),
        "b2": d_o.sum(axis=0),
    }
    return {name: torch.from_numpy(grad).to(d_logits) for name, grad in grads.items()}


def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    o = logits.cpu().numpy()
    o = o - o.max(axis=1, keepdims=True)
    log_p = o - np.log(np.exp(o).sum(axis=1, keepdims=True))
    truth = np.eye(o.shape[1], dtype=o.dtype)[y.cpu().numpy()]
    loss = -(log_p * truth).sum() / len(o)
    d_logits = torch.from_numpy((np.exp(log_p) - truth) / len(o)).to(logits)
    return {
        "loss": torch.tensor(loss).to(logits),
        "logits": logits,
        "hidden": torch.from_numpy(cache["h"].copy()).to(logits),
        **mlp_backward(d_logits, cache),
    }


# %% dropout
import numpy as np


def dropout(x, p, training, generator):
    if not training:
        return x
    coins = torch.rand(x.shape, generator=generator, dtype=torch.float64).numpy()
    scale = np.zeros(x.shape)
    np.divide(1.0, 1.0 - p, out=scale, where=np.asarray(coins >= p))
    return x * torch.from_numpy(scale).to(x)


# %% weight_decay_step
import numpy as np


def weight_decay_step(weights, biases, lr, weight_decay):
    for t in weights:
        if t.grad is not None:
            w, g = t.detach().cpu().numpy(), t.grad.cpu().numpy()
            t.data.copy_(torch.from_numpy(np.asarray((1 - lr * weight_decay) * w - lr * g)))
    for t in biases:
        if t.grad is not None:
            b, g = t.detach().cpu().numpy(), t.grad.cpu().numpy()
            t.data.copy_(torch.from_numpy(np.asarray(b - lr * g)))


# %% initialization
import numpy as np


def xavier_(t, generator):
    fan_out, fan_in = np.array(t.shape[:2]) * np.prod(t.shape[2:])
    a = np.sqrt(6 / (fan_in + fan_out))
    u = torch.rand(t.shape, generator=generator, dtype=torch.float64).numpy()
    t.data.copy_(torch.from_numpy(np.interp(u, [0, 1], [-a, a])))
    return t


def kaiming_(t, generator):
    sigma = np.sqrt(2 / np.prod(t.shape[1:]))
    xi = torch.randn(t.shape, generator=generator, dtype=torch.float64).numpy()
    t.data.copy_(torch.from_numpy(sigma * xi))
    return t


# %% my_gradcheck
import numpy as np


def my_gradcheck(f, x, eps=1e-6, tol=1e-5):
    if x.dtype != torch.float64:
        raise TypeError("give x in float64")

    def value(a):
        return f(torch.as_tensor(a).to(x.device)).detach().cpu().numpy()

    leaf = x.detach().clone().requires_grad_(True)
    y = f(leaf)
    rng = np.random.default_rng(5)
    v = rng.choice([-1, 1], size=tuple(y.shape)) * rng.uniform(1.5, 3, size=tuple(y.shape))
    claimed = np.zeros(x.shape)
    if y.requires_grad:
        y.backward(torch.as_tensor(v).to(y))
        claimed = np.zeros(x.shape) if leaf.grad is None else leaf.grad.cpu().numpy()

    measured = np.zeros(x.shape)
    start = x.detach().cpu().numpy()
    for index in np.ndindex(*x.shape):
        e = np.zeros(x.shape)
        e[index] = eps
        measured[index] = np.vdot(v, value(start + e) - value(start - e)) / (2 * eps)
    rounding = 8 * np.finfo(float).eps * np.linalg.norm(v * y.detach().cpu().numpy()) / eps
    return bool(np.linalg.norm(claimed - measured) <= tol * np.linalg.norm(measured) + rounding * x.numel() ** 0.5)


# %% k_fold
import numpy as np


def k_fold(k, X, y):
    features, numbers = X.cpu().numpy(), np.arange(len(X))
    folds = []
    for held in np.array_split(numbers, k):
        rest = np.setdiff1d(numbers, held)
        mean = features[rest].mean(axis=0, dtype=float)
        std = features[rest].std(axis=0, dtype=float, ddof=min(1, len(rest) - 1))
        std[np.ptp(features[rest], axis=0) == 0] = 1
        standard = torch.from_numpy((features - mean) / std).to(X)
        train, valid = (torch.from_numpy(part).to(X.device) for part in (rest, held))
        folds.append((standard[train], y[train], standard[valid], y[valid]))
    return folds


# %% label_shift_weights
import numpy as np


def label_shift_weights(C, mu):
    joint, predicted = (t.cpu().numpy() / t.cpu().numpy().sum() for t in (C, mu))
    w, *_ = np.linalg.lstsq(joint, predicted, rcond=None)
    w = np.maximum(w, 0)
    return torch.from_numpy(w / (joint.sum(axis=0) @ w)).to(C)


def weighted_risk(losses, y, w):
    share = torch.from_numpy(np.eye(len(w))[y.cpu().numpy()]).to(losses) / len(y)  # [n, k], sums to 1
    return losses @ share @ w
