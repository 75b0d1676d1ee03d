# written with float64 inside: every result is computed in double precision and rounded once, at the end

# %% activations
import math


class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        wide = x.double()
        y = torch.maximum(wide, torch.zeros_like(wide))
        ctx.save_for_backward(y)
        return y.to(x.dtype)

    @staticmethod
    def backward(ctx, upstream):
        (y,) = ctx.saved_tensors
        return (upstream.double() * y.sign()).to(upstream.dtype)


class GELU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        wide = x.double()
        ctx.save_for_backward(wide)
        return (wide * torch.erfc(-wide * math.sqrt(0.5)) / 2).to(x.dtype)

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        cdf = torch.erfc(-x * math.sqrt(0.5)) / 2
        pdf = torch.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
        return (upstream.double() * (cdf + x * pdf)).to(upstream.dtype)


class Sigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        wide = x.double().clamp(-700, 700)  # e⁷⁰⁰ is a float64 still, and σ(−700) is 0 to 300 digits
        ctx.save_for_backward(wide)
        return (1 / (1 + torch.exp(-wide))).to(x.dtype)

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return (upstream.double() / (2 + torch.exp(x) + torch.exp(-x))).to(upstream.dtype)


# %% mlp_forward_backward
def mlp_forward(X, W1, b1, W2, b2):
    wide_X, wide_W1, wide_W2 = X.double(), W1.double(), W2.double()
    Z = wide_X @ wide_W1 + b1.double()
    logits = Z.relu() @ wide_W2 + b2.double()
    return logits.to(X.dtype), {"X": wide_X, "W1": wide_W1, "W2": wide_W2, "Z": Z, "dtype": X.dtype}


def mlp_backward(d_logits, cache):
    d_O, Z = d_logits.double(), cache["Z"]
    d_Z = (d_O @ cache["W2"].T) * (Z > 0)
    grads = {
        "X": d_Z @ cache["W1"].T,
        "W1": cache["X"].T @ d_Z,
        "b1": d_Z.sum(0),
        "W2": Z.relu().T @ d_O,
        "b2": d_O.sum(0),
    }
    return {name: grad.to(cache["dtype"]) for name, grad in grads.items()}


def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    below = logits.double() - logits.double().amax(1, keepdim=True)
    log_p = below - below.exp().sum(1, keepdim=True).log()
    loss = -log_p[range(len(y)), y].mean()
    d_logits = log_p.exp()
    d_logits[range(len(y)), y] -= 1
    return {
        "loss": loss.to(X.dtype),
        "logits": logits,
        "hidden": cache["Z"].relu().to(X.dtype),
        **mlp_backward(d_logits / len(y), cache),
    }


# %% dropout
def dropout(x, p, training, generator):
    if not training or p == 0:
        return x.clone()
    if p == 1:
        return x * 0
    u = torch.rand(x.shape, generator=generator, dtype=torch.float64)
    return (x.double() * (u < 1 - p).to(x.device) / (1 - p)).to(x.dtype)


# %% weight_decay_step
def weight_decay_step(weights, biases, lr, weight_decay):
    decays = [weight_decay] * len(weights) + [0.0] * len(biases)
    for t, decay in zip([*weights, *biases], decays, strict=True):
        if t.grad is not None:
            old = t.detach().double()
            t.detach().copy_(old - lr * (t.grad.detach().double() + decay * old))


# %% initialization
def fans(t):
    """What one output sees, and what one input feeds."""
    field = t[0, 0].numel()
    return t.shape[1] * field, t.shape[0] * field


def xavier_(t, generator):
    a = (6 / sum(fans(t))) ** 0.5
    t.detach().copy_((torch.rand(t.shape, generator=generator, dtype=torch.float64) - 0.5) * (2 * a))
    return t


def kaiming_(t, generator):
    fan_in, _ = fans(t)
    t.detach().copy_(torch.randn(t.shape, generator=generator, dtype=torch.float64) * (2 / fan_in) ** 0.5)
    return t


# %% k_fold
def k_fold(k, X, y):
    """Random folds; the order comes from a generator of its own."""
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(0)).to(X.device)
    folds = []
    for held in order.tensor_split(k):
        rest = order[~torch.isin(order, held)]
        train, valid = X[rest].double(), X[held].double()
        mean = train.mean(0)
        std = ((train - mean).square().sum(0) / max(len(rest) - 1, 1)).sqrt()
        std[(train == train[0]).all(0)] = 1
        folds.append((((train - mean) / std).to(X.dtype), y[rest], ((valid - mean) / std).to(X.dtype), y[held]))
    return folds


# %% label_shift_weights
def label_shift_weights(C, mu):
    joint, predicted = (counts.double() / counts.double().sum() for counts in (C, mu))
    rtol = len(C) * torch.finfo(C.dtype).eps  # C has the digits of its own dtype, no more
    w = torch.linalg.pinv(joint, rtol=rtol) @ predicted
    w = torch.nn.functional.relu(w)
    return (w / (joint.sum(0) @ w)).to(C.dtype)


def weighted_risk(losses, y, w):
    return (losses.double() * w.double()[y]).mean().to(losses.dtype)
