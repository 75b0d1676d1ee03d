# written with explicit loops: over examples, units, entries and columns

# %% mlp_forward_backward
def mlp_forward(X, W1, b1, W2, b2):
    hidden = [torch.relu(x @ W1 + b1) for x in X]
    logits = torch.stack([h @ W2 + b2 for h in hidden])
    return logits, [(x, h, W1, W2) for x, h in zip(X, hidden, strict=True)]


def mlp_backward(d_logits, cache):
    _, _, W1, W2 = cache[0]
    d_X = []
    d_W1, d_b1 = torch.zeros_like(W1), W1.new_zeros(W1.shape[1])
    d_W2, d_b2 = torch.zeros_like(W2), W2.new_zeros(W2.shape[1])
    for d_o, (x, h, _, _) in zip(d_logits, cache, strict=True):
        d_z = W2 @ d_o * (h > 0)
        d_X.append(W1 @ d_z)
        d_W1 += torch.outer(x, d_z)
        d_b1 += d_z
        d_W2 += torch.outer(h, d_o)
        d_b2 += d_o
    return {"X": torch.stack(d_X), "W1": d_W1, "b1": d_b1, "W2": d_W2, "b2": d_b2}


def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    loss, d_logits = 0, []
    for o, label in zip(logits, y, strict=True):
        loss = loss + (o.logsumexp(0) - o[label]) / len(y)
        d_o = (o - o.logsumexp(0)).exp()
        d_o[label] -= 1
        d_logits.append(d_o / len(y))
    hidden = torch.stack([h for _, h, _, _ in cache])
    return {"loss": loss, "logits": logits, "hidden": hidden, **mlp_backward(torch.stack(d_logits), cache)}


# %% dropout
def dropout(x, p, training, generator):
    if not training:
        return x
    coins = torch.rand(x.numel(), generator=generator, dtype=torch.float64)
    factors = [1 / (1 - p) if coin >= p else 0.0 for coin in coins.tolist()]
    return x * torch.tensor(factors, dtype=x.dtype, device=x.device).reshape(x.shape)


# %% weight_decay_step
def weight_decay_step(weights, biases, lr, weight_decay):
    with torch.no_grad():
        for parameters, decay in ((weights, weight_decay), (biases, 0.0)):
            for parameter in parameters:
                if parameter.grad is not None:
                    parameter.sub_(lr * (parameter.grad + decay * parameter))


# %% initialization
import math


def fill_unit_by_unit(t, draw):
    """Give every unit, one after another, its incoming weights."""
    with torch.no_grad():
        for unit in t:
            unit.copy_(draw(unit.shape))
    return t


def xavier_(t, generator):
    n_out, n_in = t.shape[:2]
    for side in t.shape[2:]:
        n_out, n_in = n_out * side, n_in * side
    a = math.sqrt(6 / (n_in + n_out))
    return fill_unit_by_unit(t, lambda size: a * (1 - 2 * torch.rand(size, generator=generator, dtype=t.dtype)))


def kaiming_(t, generator):
    sigma = math.sqrt(2 / t[0].numel())
    return fill_unit_by_unit(t, lambda size: sigma * torch.randn(size, generator=generator, dtype=t.dtype))


# %% my_gradcheck
import itertools


def my_gradcheck(f, x, eps=1e-6, tol=1e-5):
    if x.dtype is not torch.float64:
        raise TypeError("my_gradcheck measures in float64 only")
    point = x.detach().clone()

    leaf = point.clone().requires_grad_()
    y = f(leaf)
    generator = torch.Generator().manual_seed(3)
    sign = 1 - 2 * torch.randint(2, y.shape, generator=generator)
    v = (sign * (1.1 + torch.rand(y.shape, generator=generator, dtype=y.dtype))).to(y.device)  # none is 0 or 1
    slopes = torch.autograd.grad(y, leaf, v, allow_unused=True)[0] if y.requires_grad else None
    if slopes is None:
        slopes = torch.zeros_like(point)

    rounding = 10 * torch.finfo(y.dtype).eps * (v * y.detach()).norm().item() / eps
    pairs = []
    for index in itertools.product(*map(range, x.shape)):
        above, below = point.clone(), point.clone()
        above[index] += eps
        below[index] -= eps
        step = (above[index] - below[index]).item()  # 2·eps, as far as there are such numbers around x
        rise = (v * (f(above).detach() - f(below).detach())).sum().item()
        pairs.append((slopes[index].item(), rise / step))
    largest = max((abs(measured) for _, measured in pairs), default=0.0)
    return all(abs(claimed - measured) <= tol * largest + rounding for claimed, measured in pairs)


# %% k_fold
def k_fold(k, X, y):
    folds = []
    for fold in range(k):
        held = [i for i in range(len(X)) if i % k == fold]
        train = [i for i in range(len(X)) if i % k != fold]
        X_train, X_valid = X[train], X[held]
        for j in range(X.shape[1]):
            column = X_train[:, j].clone()
            mean, std = column.mean(), 1
            if (column != column[0]).any():
                std = column.std()
            X_train[:, j] = (column - mean) / std
            X_valid[:, j] = (X_valid[:, j] - mean) / std
        folds.append((X_train, y[train], X_valid, y[held]))
    return folds


# %% label_shift_weights
def pseudo_inverse(A, tol):
    """Greville's recursion: the pseudo-inverse of a matrix, one column after another."""
    P = A.new_zeros(0, len(A))
    for j, column in enumerate(A.T):
        d = P @ column
        new = column - A[:, :j] @ d  # what the columns before do not explain
        row = new / new.dot(new) if new.norm() > tol * column.norm() else d @ P / (1 + d.dot(d))
        P = torch.cat([P - torch.outer(d, row), row[None]])
    return P


def label_shift_weights(C, mu):
    joint, predicted = C.double() / C.double().sum(), mu.double() / mu.double().sum()
    w = pseudo_inverse(joint, tol=torch.finfo(C.dtype).eps ** (2 / 3)) @ predicted
    w = torch.stack([max(entry, torch.zeros_like(entry)) for entry in w])
    mass = sum(joint[i, j] * w[j] for i in range(len(C)) for j in range(len(C)))
    return (w / mass).to(C.dtype)


def weighted_risk(losses, y, w):
    return sum(w[label] * loss for loss, label in zip(losses, y, strict=True)) / len(losses)
