"""Random operations of random sizes: inputs, the right result, and what the judge would see of another."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional as F

from torchstone.compare import Fault, compare
from torchstone.compare.hypotheses import Observation, flat
from torchstone.model import Stage

Result = Any


@dataclass(frozen=True)
class Operation:
    """Inputs of random sizes, and the right result: a tensor, a list of steps, or values and gradients by name."""

    name: str
    inputs: Callable[[Callable[..., Tensor], Sizes], tuple[Any, ...]]
    run: Callable[..., Result]


@dataclass(frozen=True)
class Sizes:
    """Of one probe."""

    n: int  #: examples
    d: int  #: features
    k: int  #: classes, units
    t: int  #: steps
    side: int  #: of a picture
    window: int  #: of a kernel


def sizes(rng: random.Random, *, batch: int | None = None) -> Sizes:
    return Sizes(
        n=rng.randint(2, 12) if batch is None else batch,
        d=rng.randint(2, 9),
        k=rng.randint(2, 7),
        t=rng.randint(3, 6),
        side=rng.randint(6, 9),
        window=rng.choice((2, 3)),
    )


# ---- operations -----------------------------------------------------------------------------------------------------


def pulled_back(f: Callable[..., Tensor], *inputs: Tensor, up: Tensor) -> Result:
    """Value and gradients."""
    leaves = [x.detach().clone().requires_grad_() for x in inputs]
    value = f(*leaves)
    return {"value": value.detach(), "gradient": list(torch.autograd.grad(value, leaves, up))}


def _linear(X: Tensor, W: Tensor, b: Tensor, up: Tensor) -> Result:
    return pulled_back(lambda X, W, b: X @ W + b, X, W, b, up=up)


def _mlp(X: Tensor, W: Tensor, b: Tensor, V: Tensor, c: Tensor, up: Tensor) -> Result:
    return pulled_back(lambda X, W, b, V, c: torch.tanh(X @ W + b) @ V + c, X, W, b, V, c, up=up)


def _loss(z: Tensor, y: Tensor) -> Result:
    return pulled_back(lambda z: F.cross_entropy(z, y), z, up=z.new_ones(()))


def _squares(a: Tensor, b: Tensor) -> Result:
    return pulled_back(lambda a: F.mse_loss(a, b), a, up=a.new_ones(()))


def _convolution(x: Tensor, K: Tensor, b: Tensor, up: Tensor) -> Result:
    return pulled_back(lambda x, K, b: F.conv2d(x, K, b, padding=1), x, K, b, up=up)


def _correlation(x: Tensor, K: Tensor) -> Result:
    return F.conv2d(x[None, None], K[None, None])[0, 0]


def _recurrence(x: Tensor, h: Tensor, W: Tensor, U: Tensor) -> Result:
    states = []
    for x_t in x:
        h = torch.tanh(x_t @ W + h @ U)
        states.append(h)
    return states


def _stacked(x: Tensor, h: Tensor, W: Tensor, U: Tensor) -> Result:
    return torch.stack(_recurrence(x, h, W, U))


def descent_with_momentum(w: Tensor, g: list[Tensor], beta: float = 0.9) -> Result:
    v, path = torch.zeros_like(w), []
    for grad in g:
        v = beta * v + grad
        w = w - 0.1 * v
        path.append(w)
    return path


def _descent(w: Tensor, g: list[Tensor]) -> Result:
    path = []
    for grad in g:
        w = w - 0.1 * grad
        path.append(w)
    return path


def _attention(q: Tensor, k: Tensor, v: Tensor) -> Result:
    return F.scaled_dot_product_attention(q, k, v)


def _product(a: Tensor, b: Tensor) -> Result:
    return a @ b


def _accumulating(X: Tensor, up: Tensor, before: Tensor) -> Result:
    return {"gradient": {"W": before + X.T @ up}}


def _shares(g: list[Tensor]) -> Result:
    """Gradients of some backward passes, none zeroed in between."""
    return {"gradient": list(torch.stack(g).cumsum(0))}


def _calls(g: list[Tensor]) -> Result:
    """Gradients of calls that have nothing to do with each other."""
    return {"gradient": [x.tanh() for x in g]}


OPERATIONS: Final = {
    o.name: o
    for o in (
        Operation("linear", lambda r, s: (r(s.n, s.d), r(s.d, s.k), r(s.k), r(s.n, s.k)), _linear),
        Operation("mlp", lambda r, s: (r(s.n, s.d), r(s.d, 5), r(5), r(5, s.k), r(s.k), r(s.n, s.k)), _mlp),
        Operation("loss", lambda r, s: (r(s.n, s.k), r(s.n, s.k).argmax(1)), _loss),
        Operation("squares", lambda r, s: (r(s.n, s.d), r(s.n, s.d)), _squares),
        Operation(
            "convolution",
            lambda r, s: (
                r(s.n, s.d, s.side, s.side + 1),
                r(s.k, s.d, s.window, s.window),
                r(s.k),
                r(s.n, s.k, s.side + 3 - s.window, s.side + 4 - s.window),
            ),
            _convolution,
        ),
        Operation("correlation", lambda r, s: (r(s.side, s.side + 1), r(s.window, s.window)), _correlation),
        Operation("recurrence", lambda r, s: (r(s.t, s.n, s.d), r(s.n, s.k), r(s.d, s.k), r(s.k, s.k)), _recurrence),
        Operation("stacked", lambda r, s: (r(s.t, s.n, s.d), r(s.n, s.k), r(s.d, s.k), r(s.k, s.k)), _stacked),
        Operation("descent", lambda r, s: (r(s.d, s.k), [r(s.d, s.k) for _ in range(s.t)]), _descent),
        Operation("momentum", lambda r, s: (r(s.d, s.k), [r(s.d, s.k) for _ in range(s.t)]), descent_with_momentum),
        Operation("attention", lambda r, s: (r(s.n, s.t, s.d), r(s.n, s.t, s.d), r(s.n, s.t, s.d)), _attention),
        Operation("sigmoid", lambda r, s: (r(s.n, s.d),), torch.sigmoid),
        Operation("softmax", lambda r, s: (r(s.n, s.k),), lambda x: x.softmax(1)),
        Operation("column means", lambda r, s: (r(s.n, s.d),), lambda x: x.mean(0)),
        Operation("row norms", lambda r, s: (r(s.n, s.d),), lambda x: x.norm(dim=1)),
        Operation("square product", lambda r, s: (r(s.d, s.d), r(s.d, s.d)), _product),
        Operation("layer norm", lambda r, s: (r(s.n, s.d + 2),), lambda x: F.layer_norm(x, x.shape[1:])),
        Operation("accumulating", lambda r, s: (r(s.n, s.d), r(s.n, s.k), r(s.d, s.k)), _accumulating),
        Operation("shares", lambda r, s: ([r(s.d, s.k) for _ in range(s.t)],), _shares),
        Operation("calls", lambda r, s: ([r(s.d, s.k) for _ in range(s.t)],), _calls),
    )
}


# ---- probes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Probe:
    """One set of inputs and the right answer, in the answer's precision and in float64."""

    inputs: tuple[Any, ...]
    want: Result
    truth: Result
    sizes: Sizes
    dtype: str = "float32"
    strided: bool = False
    name: str = ""


def probe(
    operation: Operation, s: Sizes, seed: int, dtype: torch.dtype = torch.float32, strided: bool = False
) -> Probe:
    """Inputs drawn in float64, given in `dtype`; `strided` changes their layout only."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)

    inputs = operation.inputs(draw, s)
    want = operation.run(*inputs)
    truth = operation.run(*mapped(lambda x: x.double() if x.is_floating_point() else x, inputs))
    return Probe(inputs, want, truth, s, str(dtype).removeprefix("torch."), strided, f"{operation.name}/{seed}")


def mapped(f: Callable[[Tensor], Any], value: Any, at: Iterable[int] | None = None) -> Any:
    """`f` over the tensors of a result; with `at`, over those numbers of them only."""
    chosen = None if at is None else set(at)
    count = -1

    def walk(v: Any) -> Any:
        nonlocal count
        if isinstance(v, Tensor):
            count += 1
            return f(v) if chosen is None or count in chosen else v
        if isinstance(v, Mapping):
            return {k: walk(x) for k, x in v.items()}
        if isinstance(v, list | tuple):
            return type(v)(walk(x) for x in v)
        return v

    return walk(value)


def observed(p: Probe, got: Result, stage: Stage | None = None) -> Observation:
    """What the judge would see of `got`. A stage that is given was told from inside."""
    found = stage
    if stage is None:
        try:
            compare(got, p.want, p.truth)
        except Fault as fault:
            found = fault.stage
    return Observation(
        got, p.want, p.truth, tuple(flat(p.inputs)), found, dtype=p.dtype, strided=p.strided, probe=p.name
    )
