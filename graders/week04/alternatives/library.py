# written with what PyTorch has: torch.special, nn.functional, torch.distributions, _foreach, nn.Sequential

# %% activations
from torch import special


class ReLU(torch.autograd.Function):
    """`setup_context` apart from `forward`: so torch.func can go through it too."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return torch.relu(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * torch.heaviside(x, x.new_zeros(()))


class GELU(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x * special.ndtr(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        density = torch.exp(-x.square() / 2) / (2 * torch.pi) ** 0.5
        return upstream * torch.addcmul(special.ndtr(x), x, density)


class Sigmoid(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return special.expit(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * special.expit(x) * special.expit(-x)


# %% mlp_forward_backward
from torch.nn import functional as fn


def mlp_forward(X, W1, b1, W2, b2):
    H = fn.relu(fn.linear(X, W1.T, b1))
    return fn.linear(H, W2.T, b2), (X, W1, W2, H)


def mlp_backward(d_logits, cache):
    X, W1, W2, H = cache
    d_Z = fn.linear(d_logits, W2) * H.sign()
    return {
        "X": fn.linear(d_Z, W1),
        "W1": torch.mm(X.t(), d_Z),
        "b1": d_Z.sum(0),
        "W2": torch.mm(H.t(), d_logits),
        "b2": d_logits.sum(0),
    }


def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    d_logits = (fn.softmax(logits, dim=1) - fn.one_hot(y, logits.shape[1])) / len(y)
    *_, H = cache
    return dict(mlp_backward(d_logits, cache), loss=fn.cross_entropy(logits, y), logits=logits, hidden=H)


# %% dropout
def dropout(x, p, training, generator):
    if not training:
        return x
    keep = torch.bernoulli(torch.full(x.shape, 1 - p, dtype=torch.float64), generator=generator)
    return x * torch.nan_to_num(keep / (1 - torch.tensor(p, dtype=torch.float64))).to(x)


# %% weight_decay_step
def weight_decay_step(weights, biases, lr, weight_decay):
    for tensors, decay in ((weights, weight_decay), (biases, 0.0)):
        moved = [t.detach() for t in tensors if t.grad is not None]
        gradients = [t.grad for t in tensors if t.grad is not None]
        if moved:
            torch._foreach_mul_(moved, 1 - lr * decay)
            torch._foreach_add_(moved, gradients, alpha=-lr)


# %% initialization
from torch.distributions import Normal, Uniform


def _sized(t):
    return (t.shape[1] * t[0, 0].numel(), t.shape[0] * t[0, 0].numel())


def xavier_(t, generator):
    """The quantile function of torch.distributions, at uniform numbers."""
    bound = (6 / sum(_sized(t))) ** 0.5
    u = torch.rand(t.shape, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        return t.copy_(Uniform(-bound, bound).icdf(u))


def kaiming_(t, generator):
    u = torch.rand(t.shape, generator=generator, dtype=torch.float64).clamp(1e-12, 1 - 1e-12)
    with torch.no_grad():
        return t.copy_(Normal(0.0, (2 / _sized(t)[0]) ** 0.5).icdf(u))


# %% my_gradcheck
def my_gradcheck(f, x, eps=1e-6, tol=1e-5):
    """Directional derivatives along a random orthonormal basis: together they see every entry."""
    if x.dtype != torch.float64:
        raise TypeError(f"my_gradcheck needs float64; x is {x.dtype}")
    generator = torch.Generator().manual_seed(1)
    x = x.detach()
    v = torch.empty(f(x.clone()).shape, dtype=x.dtype).uniform_(-2, -0.5, generator=generator).to(x.device)
    y, product = torch.autograd.functional.vjp(f, x.clone(), v)
    basis, _ = torch.linalg.qr(torch.randn(x.numel(), x.numel(), generator=generator, dtype=x.dtype))
    directions = basis.to(x.device).unflatten(1, x.shape) if x.dim() else basis.to(x.device).reshape(-1)
    measured = torch.stack([torch.sum(v * (f(x + eps * d) - f(x - eps * d))) / (2 * eps) for d in directions])
    claimed = torch.stack([torch.sum(product * d) for d in directions])
    rounding = 8 * torch.finfo(x.dtype).eps * torch.linalg.vector_norm(v * y) / eps
    return torch.allclose(claimed, measured, rtol=0, atol=float(tol * measured.abs().max() + rounding))


# %% k_fold
def k_fold(k, X, y):
    folds = []
    X_parts, y_parts = X.tensor_split(k), y.tensor_split(k)
    for fold in range(k):
        X_train = torch.cat(X_parts[:fold] + X_parts[fold + 1 :])
        y_train = torch.cat(y_parts[:fold] + y_parts[fold + 1 :])
        std, mean = torch.std_mean(X_train, dim=0, correction=min(1, len(X_train) - 1))
        low, high = torch.aminmax(X_train, dim=0)
        std = std.where(low < high, torch.ones_like(std))
        folds.append(((X_train - mean) / std, y_train, (X_parts[fold] - mean) / std, y_parts[fold]))
    return folds


# %% label_shift_weights
from torch.nn import functional as fn


def label_shift_weights(C, mu):
    joint = fn.normalize(C, p=1, dim=(0, 1))
    w = torch.linalg.pinv(joint).mv(fn.normalize(mu, p=1, dim=0)).relu()
    return w / joint.mv(w).sum()


def weighted_risk(losses, y, w):
    return fn.embedding(y, w.unsqueeze(1)).squeeze(1).mul(losses).mean()


# %% device_placement
from torch import nn


class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.register_buffer("mean", mean.clone())
        self.register_buffer("std", std.clone())
        like = {"device": mean.device, "dtype": mean.dtype}
        with torch.random.fork_rng(devices=[]):
            self.layers = nn.Sequential(
                nn.Linear(len(mean), hidden, **like), nn.ReLU(), nn.Linear(hidden, outputs, **like)
            )

    def forward(self, x, noise_std=0.0, generator=None):
        first, relu, second = self.layers
        z = first((x - self.mean) / self.std)
        if noise_std > 0:
            z = z + torch.normal(0.0, noise_std, z.shape, generator=generator, dtype=z.dtype).to(z.device)
        return second(relu(z))
