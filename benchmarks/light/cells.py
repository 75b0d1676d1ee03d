# What `graders.py` asks, as an instructor would write it in nbgrader's own test cells: one for each exercise.

# %% setup
import torch
import torch.nn.functional as F

PROBES = 2
generator = torch.Generator().manual_seed(1)


def draw(*shape, low=None, high=1.0):
    if low is None:
        return torch.randn(shape, generator=generator)
    return torch.rand(shape, generator=generator) * (high - low) + low


def labels(n, k):
    return torch.randint(k, (n,), generator=generator)


def close(a, b):
    return a.shape == b.shape and a.dtype == b.dtype and torch.allclose(a, b, rtol=1e-5, atol=1e-5)


# %% activations
for case in range(PROBES):
    shape = [(7, 5), (4, 4)][case % 2]
    x, upstream = draw(*shape), draw(*shape)
    kept = upstream.clone()  # a backward pass may write into what it is given
    for f, reference in ((ReLU, F.relu), (GELU, F.gelu), (Sigmoid, torch.sigmoid)):
        a, b = x.clone().requires_grad_(), x.clone().requires_grad_()
        y, want = f.apply(a), reference(b)
        assert close(y, want)
        assert close(torch.autograd.grad(y, a, upstream)[0], torch.autograd.grad(want, b, kept)[0])

# %% mlp_forward_backward
for case in range(PROBES):
    n, d, h, k = [(7, 5, 3, 2), (11, 4, 4, 4)][case % 2]
    inputs, y = [draw(n, d), draw(d, h), draw(h), draw(h, k), draw(k)], labels(n, k)
    got = mlp_forward_backward(*inputs, y)
    X, W1, b1, W2, b2 = leaves = [t.clone().requires_grad_() for t in inputs]
    hidden = F.relu(X @ W1 + b1)
    logits = hidden @ W2 + b2
    loss = F.cross_entropy(logits, y)
    want = {"loss": loss, "logits": logits, "hidden": hidden}
    want |= dict(zip(("X", "W1", "b1", "W2", "b2"), torch.autograd.grad(loss, leaves), strict=True))
    assert set(got) == set(want)
    assert all(close(got[name], want[name]) for name in want)

# %% dropout
for case in range(PROBES):
    p, x = [0.5, 0.2][case % 2], draw(101, 101, low=0.5, high=2.0)
    output = dropout(x, p, True, generator)
    assert close(torch.zeros_like(output), torch.zeros_like(x))
    assert round((output == 0).double().mean().item(), 1) == p
    assert close((output / x)[output != 0].max(), torch.tensor(1 / (1 - p)))
    assert close(dropout(x, p, False, generator), x)

# %% weight_decay_step
for case in range(PROBES):
    lr, weight_decay = [(0.1, 0.3), (0.5, 0.01)][case % 2]
    given = [draw(5, 3), draw(4, 4), draw(3), draw(4)]
    gradients = [draw(*t.shape) for t in given]
    mine, theirs = ([t.clone().requires_grad_() for t in given] for _ in range(2))
    for p, q, g in zip(mine, theirs, gradients, strict=True):
        p.grad, q.grad = g.clone(), g.clone()
    weight_decay_step(mine[:2], mine[2:], lr, weight_decay)
    groups = [{"params": theirs[:2], "weight_decay": weight_decay}, {"params": theirs[2:]}]
    torch.optim.SGD(groups, lr=lr).step()
    assert all(close(p, q) for p, q in zip(mine, theirs, strict=True))

# %% initialization
for case in range(PROBES):
    t = draw(149, 293)
    filled = kaiming_(t, generator) if case % 2 else xavier_(t, generator)
    wanted = (2 / 293) ** 0.5 if case % 2 else (2 / (149 + 293)) ** 0.5
    assert filled.shape == (149, 293)
    assert round((filled.std() / wanted).item(), 1) == 1.0


# %% my_gradcheck
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin()

    @staticmethod
    def backward(ctx, upstream):
        return 2 * upstream * ctx.saved_tensors[0].cos()


for case in range(PROBES):
    x = draw([3, 4][case % 2], 2).double()
    assert my_gradcheck(torch.sin, x) is True
    assert my_gradcheck(Wrong.apply, x) is False

# %% k_fold
for case in range(PROBES):
    k, n, d = [(5, 20, 3), (4, 23, 3)][case % 2]
    X = draw(n, d)
    folds = k_fold(k, X, torch.arange(n))
    assert torch.equal(torch.cat([fold[3] for fold in folds]).sort().values, torch.arange(n))
    for X_train, y_train, X_valid, y_valid in folds:
        mean, std = X[y_train].mean(0), X[y_train].std(0)
        assert close(X_train, (X[y_train] - mean) / std)
        assert close(X_valid, (X[y_valid] - mean) / std)

# %% label_shift_weights
for case in range(PROBES):
    k = [3, 5][case % 2]
    C = 20 * (0.5 * draw(k, k, low=0.0) + torch.diag(draw(k, low=2.0, high=4.0)))
    mu = C @ draw(k, low=0.3, high=2.0)
    joint, target = C / C.sum(), mu / mu.sum()
    w = torch.linalg.lstsq(joint.double(), target.double()[:, None]).solution[:, 0].clamp(min=0)
    assert close(label_shift_weights(C, mu), (w / (joint.double().sum(0) * w).sum()).float())
    losses, y, w = draw(13, low=0.0), labels(13, k), draw(k, low=0.0)
    assert close(weighted_risk(losses, y, w), (w[y] * losses).mean())

# %% device_placement
for case in range(PROBES):
    n, d, h, k = [(7, 5, 3, 2), (11, 4, 4, 4)][case % 2]
    x, mean, std, upstream = draw(n, d), draw(d), draw(d, low=0.5, high=2.0), draw(n, k)
    net = StandardizedMLP(mean, std, hidden=h, outputs=k)
    W1, b1, W2, b2 = leaves = [draw(*shape).requires_grad_() for shape in ((h, d), (h,), (k, h), (k,))]
    with torch.no_grad():
        for p, value in zip(net.parameters(), leaves, strict=True):
            p.copy_(value)
    output = net(x)
    want = F.relu((x - mean) / std @ W1.T + b1) @ W2.T + b2
    assert close(output, want)
    gradients = torch.autograd.grad(output, list(net.parameters()), upstream)
    assert all(close(g, w) for g, w in zip(gradients, torch.autograd.grad(want, leaves, upstream), strict=True))
