# written with closures: what goes forward returns, beside its value, the function that goes back

# %% activations
import math


class Elementwise(torch.autograd.Function):
    """Value and slope are computed together on the way there; only the slope is kept."""

    @classmethod
    def forward(cls, ctx, x):
        value, slope = cls.value_and_slope(x)
        ctx.save_for_backward(slope)
        return value

    @staticmethod
    def backward(ctx, upstream):
        (slope,) = ctx.saved_tensors
        return slope * upstream


class ReLU(Elementwise):
    @staticmethod
    def value_and_slope(x):
        active = (x > 0).to(x.dtype)
        return x * active, active


class GELU(Elementwise):
    @staticmethod
    def value_and_slope(x):
        cdf = 0.5 * (1 + torch.erf(x / math.sqrt(2)))
        return x * cdf, cdf + x * torch.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)


class Sigmoid(Elementwise):
    @staticmethod
    def value_and_slope(x):
        half = torch.tanh(x / 2) / 2
        return 0.5 + half, 0.25 - half**2


# %% mlp_forward_backward
def dense(A, W, b):
    def pull(d_out):
        return d_out @ W.T, A.T @ d_out, d_out.sum(0)

    return A @ W + b, pull


def rectify(Z):
    return Z.clamp(min=0), lambda d_out: d_out * (Z > 0)


def cross_entropy(logits, y):
    log_p = logits.log_softmax(1)
    rows = torch.arange(len(y), device=y.device)

    def pull(d_loss):
        d_logits = log_p.exp()
        d_logits[rows, y] -= 1
        return d_loss * d_logits / len(y)

    return -log_p[rows, y].mean(), pull


def layers(X, W1, b1, W2, b2):
    Z, pull_first = dense(X, W1, b1)
    H, pull_relu = rectify(Z)
    logits, pull_second = dense(H, W2, b2)

    def pull(d_logits):
        d_H, d_W2, d_b2 = pull_second(d_logits)
        d_X, d_W1, d_b1 = pull_first(pull_relu(d_H))
        return {"X": d_X, "W1": d_W1, "b1": d_b1, "W2": d_W2, "b2": d_b2}

    return H, logits, pull


def mlp_forward(X, W1, b1, W2, b2):
    _, logits, pull = layers(X, W1, b1, W2, b2)
    return logits, pull


def mlp_backward(d_logits, cache):
    return cache(d_logits)


def mlp_forward_backward(X, W1, b1, W2, b2, y):
    hidden, logits, pull = layers(X, W1, b1, W2, b2)
    loss, pull_loss = cross_entropy(logits, y)
    return {"loss": loss, "logits": logits, "hidden": hidden, **mlp_backward(pull_loss(1), pull)}


# %% dropout
class Mask(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, dropped, scale):
        ctx.back = lambda u: (u * scale).masked_fill(dropped, 0)
        return ctx.back(x)

    @staticmethod
    def backward(ctx, upstream):
        return ctx.back(upstream), None, None


def dropout(x, p, training, generator):
    if not training:
        return x
    dropped = torch.rand(x.shape, generator=generator, dtype=torch.float64).lt(p).to(x.device)
    return Mask.apply(x, dropped, 1 / (1 - p) if p < 1 else 0.0)


# %% weight_decay_step
def weight_decay_step(weights, biases, lr, weight_decay):
    def step(t, decay):
        t.data.sub_(t.grad.data + decay * t.data, alpha=lr)

    for group, decay in [(weights, weight_decay), (biases, 0)]:
        for t in filter(lambda t: t.grad is not None, group):
            step(t, decay)


# %% initialization
def filler(draw):
    """From a way to draw numbers, given sizes and fans, a function that fills a tensor with them."""

    def fill_(t, generator):
        receptive = t.shape[2:].numel()
        numbers = draw(t.shape, receptive * t.shape[1], receptive * t.shape[0], generator)
        with torch.no_grad():
            t[...] = numbers.to(t)
        return t

    return fill_


def uniform(shape, fan_in, fan_out, generator):
    a = (6 / (fan_in + fan_out)) ** 0.5
    return torch.rand(shape, generator=generator, dtype=torch.float64) * 2 * a - a


def normal(shape, fan_in, fan_out, generator):
    return torch.normal(torch.zeros(shape, dtype=torch.float64), (2 / fan_in) ** 0.5, generator=generator)


xavier_, kaiming_ = filler(uniform), filler(normal)


# %% my_gradcheck
def my_gradcheck(f, x, eps=1e-6, tol=1e-5):
    """As many random cotangents as it takes: here three, each against all entries of x."""
    if x.dtype != torch.float64:
        raise TypeError("only float64 has the digits for it")
    generator = torch.Generator().manual_seed(2021)
    x = x.detach()

    def probe(v, at):
        return (v * f(at)).sum()

    def agrees():
        leaf = x.clone().requires_grad_()
        y = f(leaf)
        v = torch.randn(y.shape, generator=generator, dtype=torch.float64).to(y.device)
        loss = (v * y).sum() + 0 * leaf.sum()  # the second term ties a constant f to its input
        (claimed,) = torch.autograd.grad(loss, leaf)
        measured = torch.zeros_like(x).reshape(-1)
        for i in range(x.numel()):
            e = torch.zeros_like(measured)
            e[i] = eps
            e = e.reshape(x.shape)
            measured[i] = (probe(v, x + e) - probe(v, x - e)).detach() / (2 * eps)
        rounding = 8 * torch.finfo(x.dtype).eps * (v * y).detach().abs().sum() / eps
        error = (claimed.reshape(-1) - measured).abs().max()
        return bool(error <= tol * torch.maximum(measured.abs().max(), claimed.abs().max()) + rounding)

    return all(agrees() for _ in range(3))


# %% k_fold
def k_fold(k, X, y):
    def standardiser(part):
        centre = part.mean(0)
        spread = (part - centre).square().sum(0).div(max(len(part) - 1, 1)).sqrt()
        spread = torch.where(part.amax(0) > part.amin(0), spread, 1)
        return lambda rows: (rows - centre) / spread

    def folds():
        order = torch.randperm(len(X), generator=torch.Generator().manual_seed(k)).to(X.device)
        for fold in range(k):
            held, rest = order[fold::k], torch.cat([order[other::k] for other in range(k) if other != fold])
            standardise = standardiser(X[rest])
            yield standardise(X[rest]), y[rest], standardise(X[held]), y[held]

    return list(folds())


# %% device_placement
from torch import nn


class Standardize(nn.Module):
    """Keeps no numbers of its own: they belong to the network."""

    def forward(self, x, mean, std):
        return (x - mean) / std


class Affine(nn.Module):
    def __init__(self, n_in, n_out, like):
        super().__init__()
        numbers = torch.randn(n_out, n_in, generator=torch.Generator().manual_seed(n_in))
        self.W = nn.Parameter((numbers * (2 / n_in) ** 0.5).to(like))
        self.b = nn.Parameter(torch.zeros(n_out).to(like))

    def forward(self, x):
        return x @ self.W.T + self.b


class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.register_buffer("mean", torch.clone(mean))
        self.register_buffer("std", torch.clone(std))
        self.standardize = Standardize()
        self.first, self.second = Affine(len(mean), hidden, mean), Affine(hidden, outputs, mean)

    def forward(self, x, noise_std=0.0, generator=None):
        def noisy(z):
            if noise_std == 0:
                return z
            return z + noise_std * torch.randn(*z.shape, generator=generator).to(z)

        return self.second(noisy(self.first(self.standardize(x, self.mean, self.std))).relu())
