"""Mistakes of students that are on no list of hypotheses: no diagnosis may give any of them a name.

Written before the hypotheses. Each is a right and a wrong implementation of one thing, over the same inputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional as F

Make = Callable[["Sizes", torch.Generator], tuple[Any, ...]]


@dataclass(frozen=True)
class Sizes:
    """Of one probe: examples, features, hidden units, classes, steps, height, width."""

    n: int
    d: int
    h: int
    k: int
    t: int
    height: int
    width: int


@dataclass(frozen=True)
class Unlisted:
    """A mistake: what goes in, the right answer and the wrong one."""

    name: str
    inputs: Make
    right: Callable[..., Any]
    wrong: Callable[..., Any]


def normal(g: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(shape, generator=g, dtype=torch.float64)


def gradient(f: Callable[..., Tensor]) -> Callable[..., Any]:
    """Value and gradients of `f`, from an upstream gradient that is the last input."""

    def run(*inputs: Any) -> Any:
        *inputs_, up = inputs
        leaves = [x.detach().clone().requires_grad_() for x in inputs_]
        value = f(*leaves)
        grads = torch.autograd.grad(value, leaves, up, allow_unused=True)
        return {"value": value.detach(), "gradient": [None if g is None else g.detach() for g in grads]}

    return run


# ---- what goes in ---------------------------------------------------------------------------------------------------


def rows(s: Sizes, g: torch.Generator) -> tuple[Any, ...]:
    return (normal(g, s.n + 2, s.d + 2),)


def two(s: Sizes, g: torch.Generator) -> tuple[Any, ...]:
    return normal(g, s.n + 2, s.d + 2), normal(g, s.n + 2, s.d + 2)


def positive(s: Sizes, g: torch.Generator) -> tuple[Any, ...]:
    return (normal(g, s.n + 2, s.d + 2).abs() + 0.1,)


def shares(s: Sizes, g: torch.Generator) -> tuple[Any, ...]:
    return normal(g, s.n + 2, s.d + 2).softmax(1), normal(g, s.n + 2, s.d + 2).softmax(1)


def affine(s: Sizes, g: torch.Generator) -> tuple[Any, ...]:
    return normal(g, s.n, s.d), normal(g, s.d, s.k), normal(g, s.k)


def with_upstream(s: Sizes, g: torch.Generator) -> tuple[Any, ...]:
    return normal(g, s.n + 2, s.d + 2), normal(g, s.n + 2, s.d + 2)


def network(s: Sizes, g: torch.Generator) -> tuple[Any, ...]:
    return normal(g, s.n + 1, s.d), normal(g, s.d, s.h), normal(g, s.h, s.k), normal(g, s.n + 1, s.k)


def attention_inputs(s: Sizes, g: torch.Generator) -> tuple[Any, ...]:
    d = s.d + 2
    return normal(g, s.n, s.t, d), normal(g, s.n, s.t, d), normal(g, s.n, s.t, d)


def scores_and_labels(s: Sizes, g: torch.Generator) -> tuple[Any, ...]:
    k = s.k + 1
    return normal(g, s.n + 2, k) * 2, torch.randint(0, k, (s.n + 2,), generator=g)


def step(s: Sizes, g: torch.Generator) -> tuple[Any, ...]:
    """Weights and the gradients of some steps."""
    return normal(g, s.d, s.h), [normal(g, s.d, s.h) for _ in range(s.t)]


def sequence(s: Sizes, g: torch.Generator) -> tuple[Any, ...]:
    h = s.h + 1
    return normal(g, s.t, s.n, s.d), normal(g, s.n, h), normal(g, s.d, h), normal(g, h, h)


def picture(s: Sizes, g: torch.Generator) -> tuple[Any, ...]:
    return normal(g, s.n, 2, s.height + 3, s.width + 3), normal(g, 3, 2, 3, 3)


# ---- recurrences and optimizers, right and wrong --------------------------------------------------------------------


def rnn(act: Callable[[Tensor], Tensor] = torch.tanh, keep: float = 0.0, late: bool = False) -> Callable[..., Any]:
    def run(x: Tensor, h: Tensor, W: Tensor, U: Tensor) -> list[Tensor]:
        states = []
        for x_t in x:
            new = act(x_t @ W + (h if late else h @ U))
            h = keep * h + (1 - keep) * new
            states.append(h)
        return states

    return run


def gru(swapped: bool = False, reset_after: bool = False) -> Callable[..., Any]:
    def run(x: Tensor, h: Tensor, W: Tensor, U: Tensor) -> list[Tensor]:
        states = []
        for x_t in x:
            z, r = torch.sigmoid(x_t @ W + h @ U), torch.sigmoid(x_t @ W - h @ U)
            new = torch.tanh(x_t @ W + (r * (h @ U) if reset_after else (r * h) @ U))
            h = z * new + (1 - z) * h if swapped else z * h + (1 - z) * new
            states.append(h)
        return states

    return run


def momentum(beta: float = 0.9, damp: float = 1.0, nesterov: bool = False) -> Callable[..., Any]:
    def run(w: Tensor, grads: list[Tensor]) -> list[Tensor]:
        v, path = torch.zeros_like(w), []
        for grad in grads:
            v = beta * v + damp * grad
            w = w - 0.1 * (grad + beta * v if nesterov else v)
            path.append(w)
        return path

    return run


def adam(
    correct: bool = True, eps: float = 1e-3, inside: bool = False, root: bool = True, decay: float = 0.0
) -> Callable[..., Any]:
    def run(w: Tensor, grads: list[Tensor]) -> list[Tensor]:
        m, v, path = torch.zeros_like(w), torch.zeros_like(w), []
        for i, grad in enumerate(grads, 1):
            g = grad + decay * w
            m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g * g
            m_, v_ = (m / (1 - 0.9**i), v / (1 - 0.99**i)) if correct else (m, v)
            below = torch.sqrt(v_ + eps) if inside else torch.sqrt(v_) + eps
            w = w - 0.1 * m_ / (below if root else v_ + 1)
            path.append(w)
        return path

    return run


def attention(scale: Callable[[int], float], masked: str = "") -> Callable[..., Any]:
    def run(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        s = q @ k.mT / scale(q.shape[-1])
        future = torch.ones(s.shape[-2:]).triu(1).bool()
        if masked == "before":
            return s.masked_fill(future, -math.inf).softmax(-1) @ v
        p = s.softmax(-1)
        return (p.masked_fill(future, 0.0) if masked == "after" else p) @ v

    return run


def normalized(axis: int, eps: float = 1e-5, unbiased: bool = False, root: bool = True) -> Callable[..., Any]:
    def run(x: Tensor) -> Tensor:
        var = x.var(axis, unbiased=unbiased, keepdim=True) + eps
        return (x - x.mean(axis, keepdim=True)) / (var.sqrt() if root else var)

    return run


def mlp_gradient(mask: Callable[[Tensor], Tensor]) -> Callable[..., Any]:
    def run(x: Tensor, W: Tensor, V: Tensor, up: Tensor) -> Any:
        z = x @ W
        delta = (up @ V.T) * mask(z)
        return {"W": x.T @ delta, "V": z.clamp(min=0).T @ up, "X": delta @ W.T}

    return run


def rotated(x: Tensor) -> Tensor:
    return x.flip(0).flip(1) * torch.linspace(0.5, 1.5, x.shape[1], dtype=x.dtype)


def one_entry(x: Tensor) -> Tensor:
    y = x.clone()
    y[x.shape[0] // 2, x.shape[1] // 2] += 1
    return y


def last_row_zero(x: Tensor) -> Tensor:
    return torch.cat([x[:-1], torch.zeros_like(x[-1:])])


def same(x: Tensor) -> Tensor:
    return x


def first_row_everywhere(x: Tensor) -> Tensor:
    return x[:1].expand_as(x).clone()


def both_axes_permuted(x: Tensor) -> Tensor:
    return x.roll(1, 0).roll(1, 1) if min(x.shape) > 1 else x * 1.7


def centred(x: Tensor) -> Tensor:
    return x - x.mean(0)


def divergence(p: Tensor, q: Tensor) -> Tensor:
    return F.kl_div(q.log(), p, reduction="batchmean")


def correct_entropy(p: Tensor, q: Tensor) -> Tensor:
    return -(p * q.log()).sum(1)


_E: Final = Unlisted
UNLISTED: Final[tuple[Unlisted, ...]] = (
    # activations and their derivatives
    _E("softmax over the batch", rows, lambda x: x.softmax(1), lambda x: x.softmax(0)),
    _E("softmax without normalizing", rows, lambda x: x.softmax(1), lambda x: x.exp()),
    _E("sigmoid for softmax", rows, lambda x: x.softmax(1), lambda x: x.sigmoid()),
    _E("temperature multiplied", rows, lambda x: (x / 3).softmax(1), lambda x: (x * 3).softmax(1)),
    _E("absolute value for relu", rows, torch.relu, torch.abs),
    _E("leaky slope", rows, lambda x: F.leaky_relu(x, 0.01), lambda x: F.leaky_relu(x, 0.2)),
    _E("gelu by tanh", rows, F.gelu, lambda x: F.gelu(x, approximate="tanh")),
    _E("silu for gelu", rows, F.gelu, F.silu),
    _E("sigmoid derivative s", rows, lambda x: x.sigmoid() * (1 - x.sigmoid()), torch.sigmoid),
    _E("tanh derivative 1 - h", rows, lambda x: 1 - x.tanh() ** 2, lambda x: 1 - x.tanh()),
    _E(
        "product rule with one term",
        with_upstream,
        lambda x, u: {"gradient": u * (x.sigmoid() + x * x.sigmoid() * (1 - x.sigmoid()))},
        lambda x, u: {"gradient": u * x.sigmoid()},
    ),
    _E(
        "upstream gradient ignored",
        with_upstream,
        lambda x, u: {"gradient": u * (x > 0)},
        lambda x, u: {"gradient": (x > 0) * torch.ones_like(u)},
    ),
    _E("inner derivative forgotten", with_upstream, gradient(lambda x: (x * x).sin()), gradient(torch.sin)),
    _E("mask of the relu forgotten", network, mlp_gradient(lambda z: z > 0), mlp_gradient(torch.ones_like)),
    _E("mask of the other sign", network, mlp_gradient(lambda z: z > 0), mlp_gradient(lambda z: z < 0)),
    _E("mask is the activation", network, mlp_gradient(lambda z: z > 0), mlp_gradient(lambda z: z.clamp(min=0))),
    # statistics and normalization
    _E("unbiased variance", rows, lambda x: x.var(0, unbiased=False), lambda x: x.var(0)),
    _E("deviation for variance", rows, lambda x: x.var(0, unbiased=False), lambda x: x.std(0, unbiased=False)),
    _E("normalized over the batch", rows, normalized(1), normalized(0)),
    _E("normalized by the variance", rows, normalized(0), normalized(0, root=False)),
    _E("normalized by the unbiased variance", rows, normalized(1), normalized(1, unbiased=True)),
    _E("a large eps", rows, normalized(1), normalized(1, eps=0.3)),
    _E("not centred", rows, centred, same),
    _E("median for mean", rows, lambda x: x.mean(0), lambda x: x.median(0).values),
    _E("largest for mean", rows, lambda x: x.mean(0), lambda x: x.amax(0)),
    _E("last example left out", rows, lambda x: x.mean(0), lambda x: x[:-1].sum(0) / len(x)),
    _E("divided by n - 1", rows, lambda x: x.mean(0), lambda x: x.sum(0) / (len(x) - 1 + 1e-12)),
    _E("divided by the root of n", rows, lambda x: x.mean(0), lambda x: x.sum(0) / math.sqrt(len(x) + 1.5)),
    # losses
    _E(
        "logarithm of base 2",
        scores_and_labels,
        lambda z, y: F.cross_entropy(z, y, reduction="none"),
        lambda z, y: F.cross_entropy(z, y, reduction="none") / math.log(2),
    ),
    _E(
        "labels of the neighbours",
        scores_and_labels,
        lambda z, y: F.cross_entropy(z, y, reduction="none"),
        lambda z, y: F.cross_entropy(z, (y + 1) % z.shape[1], reduction="none"),
    ),
    _E(
        "no softmax in the loss",
        scores_and_labels,
        lambda z, y: F.cross_entropy(z, y, reduction="none"),
        lambda z, y: -z.gather(1, y[:, None])[:, 0],
    ),
    _E(
        "label smoothing over the others",
        scores_and_labels,
        lambda z, y: F.cross_entropy(z, y, reduction="none", label_smoothing=0.2),
        lambda z, y: F.cross_entropy(z, y, reduction="none") * 0.8 - 0.2 * z.log_softmax(1).sum(1) / (z.shape[1] - 0.5),
    ),
    _E("absolute for squared error", two, lambda a, b: (a - b) ** 2, lambda a, b: (a - b).abs()),
    _E("huber with another delta", two, F.huber_loss, lambda a, b: F.huber_loss(a, b, delta=0.3)),
    _E("divergence the other way", shares, divergence, lambda p, q: divergence(q, p)),
    _E("entropies swapped", shares, correct_entropy, lambda p, q: correct_entropy(q, p)),
    _E("logsumexp without the maximum", rows, lambda x: x.logsumexp(1), lambda x: x.logsumexp(1) - x.amax(1)),
    _E("one norm forgotten", two, F.cosine_similarity, lambda a, b: (a * b).sum(1) / a.norm(dim=1)),
    _E("distance for squared distance", two, lambda a, b: ((a - b) ** 2).sum(1), lambda a, b: (a - b).norm(dim=1)),
    # layers
    _E("bias forgotten", affine, lambda x, W, b: x @ W + b, lambda x, W, b: x @ W),
    _E("bias subtracted", affine, lambda x, W, b: x @ W + b, lambda x, W, b: x @ W - b),
    _E("residual forgotten", rows, lambda x: x + x.tanh(), torch.tanh),
    _E("attention without scale", attention_inputs, attention(math.sqrt), attention(lambda d: 1.0)),
    _E("attention scaled by d", attention_inputs, attention(math.sqrt), attention(float)),
    _E(
        "masked after the softmax",
        attention_inputs,
        attention(math.sqrt, "before"),
        attention(math.sqrt, "after"),
    ),
    _E("mask forgotten", attention_inputs, attention(math.sqrt, "before"), attention(math.sqrt)),
    _E(
        "pooling the maximum",
        picture,
        lambda x, w: F.avg_pool2d(x, 2),
        lambda x, w: F.max_pool2d(x, 2),
    ),
    _E(
        "another stride",
        picture,
        lambda x, w: F.conv2d(x, w, stride=1),
        lambda x, w: F.conv2d(x, w, stride=2),
    ),
    _E(
        "dilated",
        picture,
        lambda x, w: F.conv2d(x, w, padding=1),
        lambda x, w: F.conv2d(x, w, padding=2, dilation=2),
    ),
    _E(
        "one channel of the input",
        picture,
        F.conv2d,
        lambda x, w: F.conv2d(x[:, :1], w[:, :1]),
    ),
    _E("dropout without rescaling", rows, lambda x: x * (x > 0) / 0.7, lambda x: x * (x > 0)),
    # sequences and optimizers
    _E("relu in the recurrence", sequence, rnn(), rnn(torch.relu)),
    _E("state not multiplied by its weights", sequence, rnn(), rnn(late=True)),
    _E("leaky state", sequence, rnn(), rnn(keep=0.3)),
    _E("update gate swapped", sequence, gru(), gru(swapped=True)),
    _E("reset after the product", sequence, gru(), gru(reset_after=True)),
    _E("dampened momentum", step, momentum(), momentum(damp=0.1)),
    _E("nesterov", step, momentum(), momentum(nesterov=True)),
    _E("adam without bias correction", step, adam(), adam(correct=False)),
    _E("eps inside the root", step, adam(), adam(inside=True)),
    _E("adam without the root", step, adam(), adam(root=False)),
    _E("decay in the gradient", step, adam(), adam(decay=0.3)),
    # numbers
    _E("three times", rows, same, lambda x: 3.3 * x),
    _E("minus two times", rows, same, lambda x: -2 * x),
    _E("a tenth", rows, same, lambda x: x / 10.7),
    _E("squared", rows, torch.exp, lambda x: x.exp() ** 2),
    _E("half precision on the way", rows, torch.sin, lambda x: x.bfloat16().sin().to(x.dtype)),
    _E("clipped", rows, lambda x: 2 * x, lambda x: (2 * x).clamp(-1, 1)),
    _E("rounded", rows, lambda x: 4 * x, lambda x: (4 * x).round()),
    _E("noise", rows, same, lambda x: x + 0.1 * torch.randn(x.shape, generator=torch.Generator().manual_seed(5))),
    _E("one entry wrong", rows, same, one_entry),
    _E("last row zero", rows, same, last_row_zero),
    _E("first row everywhere", rows, same, first_row_everywhere),
    _E("rows and columns moved", rows, same, both_axes_permuted),
    _E("turned round and weighted", rows, same, rotated),
    _E("offset of each column", rows, same, lambda x: x + x.mean(0)),
    _E("offset of each row", rows, same, lambda x: x + x.mean(1, keepdim=True)),
    _E("lower for upper triangle", rows, torch.triu, torch.tril),
    _E("running sum", rows, same, lambda x: x.cumsum(0)),
    _E("another axis kept", rows, lambda x: x.sum(1), lambda x: x.sum(1, keepdim=True)),
    _E("flattened", rows, same, lambda x: x.flatten()),
    _E("a batch axis too many", rows, same, lambda x: x[None]),
    _E("smallest for largest", rows, lambda x: x.argmax(1), lambda x: x.argmin(1)),
    _E("a list for a tensor", rows, same, lambda x: x.tolist()),
    # not a number
    _E("root of negative numbers", rows, lambda x: x.abs().sqrt(), lambda x: x.sqrt()),
    _E("logarithm of negative numbers", rows, lambda x: x.abs().log(), lambda x: x.log()),
    _E("not a number in one entry", rows, same, lambda x: one_entry(x) + torch.where(one_entry(x) != x, math.nan, 0.0)),
    _E("arc sine out of its domain", rows, lambda x: x.clamp(-1, 1).asin(), torch.asin),
)
