"""Random operations of random sizes, and every fault on the list applied to what they give.

The class that a fault must be given is the name of the hypothesis (`torchstone.compare.hypotheses`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
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


def _momentum(w: Tensor, g: list[Tensor], beta: float = 0.9) -> Result:
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
        Operation("momentum", lambda r, s: (r(s.d, s.k), [r(s.d, s.k) for _ in range(s.t)]), _momentum),
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


# ---- faults ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A fault on the list: its class, where it can happen, and what the judge sees of it."""

    named: str
    operations: tuple[str, ...]
    observe: Callable[[Operation, random.Random], list[Observation]]


VALUES: Final = tuple(OPERATIONS)
GRADIENTS: Final = ("linear", "mlp", "loss", "squares", "convolution", "accumulating")


def _probes(operation: Operation, rng: random.Random) -> list[Probe]:
    return [probe(operation, sizes(rng), rng.getrandbits(40)) for _ in range(rng.randint(2, 4))]


def _count(value: Any) -> int:
    return sum(1 for _ in flat(value))


def _some(value: Any, rng: random.Random) -> list[int]:
    """All tensors of a result, or one of them."""
    numbers = list(range(_count(value)))
    return numbers if rng.random() < 0.5 else [rng.choice(numbers)]


def each(change: Callable[[Tensor, Probe, random.Random], Any], *, whole: bool = False) -> Any:
    """A fault that does the same to some tensors of the result (or to all), on every probe."""

    def observe(operation: Operation, rng: random.Random) -> list[Observation]:
        probes = _probes(operation, rng)
        at = list(range(_count(probes[0].want)))
        at = at if whole or isinstance(probes[0].want, list) else _some(probes[0].want, rng)
        fixed = rng.getrandbits(40)
        changed = []
        for p in probes:
            own = random.Random(fixed)
            lists = isinstance(p.want, list)
            changed.append(
                observed(p, mapped(lambda x, p=p, own=own: change(x, p, own), p.want, None if lists else at))  # type: ignore[misc]
            )
        return changed

    return observe


def scaled(by: Callable[[Probe], float]) -> Any:
    return each(lambda x, p, _: x * by(p))


def _two_axes(x: Tensor, _: Probe, rng: random.Random) -> Tensor:
    return x.transpose(-1, -2) if x.dim() > 1 else x


def _shiftlike(order: list[int]) -> bool:
    n = len(order)
    return (
        all(order[i] == order[i - 1] + 1 for i in range(2, n))
        or all(order[i] == i + 1 for i in range(n - 1))
        or order == list(range(n))
    )


def _rows_permuted(x: Tensor, p: Probe, rng: random.Random) -> Tensor:
    n = x.shape[0] if x.dim() else 0
    if n < 4:
        return x
    order = list(range(n))
    own = random.Random(rng.random())
    while _shiftlike(order) or order == list(range(n))[::-1]:
        own.shuffle(order)
    return x[order]


def _rolled(x: Tensor, p: Probe, rng: random.Random) -> Tensor:
    """One place later along the first axis; something else comes in."""
    if not x.dim() or x.shape[0] < 3:
        return x
    late, fill = rng.random() < 0.5, torch.full_like(x[:1], 0.3)
    return torch.cat([fill, x[:-1]]) if late else torch.cat([x[1:], fill])


def late_steps(operation: Operation, rng: random.Random) -> list[Observation]:
    late = rng.random() < 0.5
    out = []
    for p in _probes(operation, rng):
        want = p.want
        fill = torch.zeros_like(want[0])
        out.append(observed(p, [fill, *want[:-1]] if late else [*want[1:], fill]))
    return out


def not_summed(operation: Operation, rng: random.Random) -> list[Observation]:
    """The bias gradient keeps the batch's axis (`up`)."""
    out = []
    for p in _probes(operation, rng):
        g = p.want["gradient"]
        out.append(observed(p, {**p.want, "gradient": [*g[:-1], p.inputs[-1]]}))
    return out


def loss_each(operation: Operation, rng: random.Random) -> list[Observation]:
    """The loss of each example."""
    out = []
    for p in _probes(operation, rng):
        z, y = p.inputs
        out.append(observed(p, {**p.want, "value": F.cross_entropy(z, y, reduction="none")}))
    return out


def other_axis(operation: Operation, rng: random.Random) -> list[Observation]:
    """The bias gradient (the output's, or the hidden one's) is summed along the features."""
    hidden = operation.name == "mlp" and rng.random() < 0.5
    square = rng.random() < 0.3 and not hidden
    out = []
    for p in [
        probe(operation, replace(sizes(rng), **({"n": 5, "k": 5} if square else {})), rng.getrandbits(40))
        for _ in range(3)
    ]:
        g = list(p.want["gradient"])
        up = p.inputs[-1]
        if hidden:
            X, W, b, V, _c, _ = p.inputs
            g[2] = ((up @ V.T) * (1 - torch.tanh(X @ W + b) ** 2)).sum(1)
        else:
            g[-1] = up.sum(1)
        out.append(observed(p, {**p.want, "gradient": g}))
    return out


def onto_what_was_there(twice: bool) -> Any:
    def observe(operation: Operation, rng: random.Random) -> list[Observation]:
        out = []
        for p in _probes(operation, rng):
            X, up, before = p.inputs
            share = X.T @ up
            out.append(observed(p, {"gradient": {"W": before + 2 * share if twice else share}}))
        return out

    return observe


def over_calls(twice: bool) -> Any:
    def observe(operation: Operation, rng: random.Random) -> list[Observation]:
        out = []
        for p in _probes(operation, rng):
            steps = torch.stack(p.want["gradient"])
            got = steps.cumsum(0) if twice else torch.cat([steps[:1], steps.diff(dim=0)])
            out.append(observed(p, {"gradient": list(got)}))
        return out

    return observe


def cut(operation: Operation, rng: random.Random) -> list[Observation]:
    return [
        observed(p, {**p.want, "gradient": mapped(lambda _: None, p.want["gradient"])}) for p in _probes(operation, rng)
    ]


def turned_kernel(operation: Operation, rng: random.Random) -> list[Observation]:
    """Cross-correlation with the kernel turned round, forward and backward; or its gradient alone."""
    gradient_only = operation.name == "convolution" and rng.random() < 0.3
    out = []
    for p in _probes(operation, rng):
        if gradient_only:
            g = list(p.want["gradient"])
            g[1] = g[1].flip(-1, -2)
            out.append(observed(p, {**p.want, "gradient": g}))
            continue
        x, K, *rest = p.inputs
        if operation.name == "correlation":
            got: Any = operation.run(x, K.flip(-1, -2))
        else:
            got = operation.run(x, K.flip(-1, -2), *rest)
            got["gradient"][1] = got["gradient"][1].flip(-1, -2)
        out.append(observed(p, got))
    return out


def _garbled(x: Tensor, rng: random.Random) -> Tensor:
    """Wrong in a way that has no pattern."""
    return x * 1.37 + x.abs().sqrt() * 0.21 + 0.11


def alone(operation: Operation, rng: random.Random) -> list[Observation]:
    one = [probe(operation, sizes(rng, batch=1), rng.getrandbits(40))]
    more = _probes(operation, rng)
    return [observed(p, p.want) for p in one] + [observed(p, mapped(lambda x: _garbled(x, rng), p.want)) for p in more]


def layouts(operation: Operation, rng: random.Random) -> list[Observation]:
    """Right as long as inputs are contiguous; else what lies in memory is read in its order."""
    out = []
    for p in _probes(operation, rng):
        out.append(observed(p, p.want))
        read = mapped(lambda x: x.mT.contiguous().reshape(x.shape) if x.dim() > 1 else x, p.inputs)
        out.append(observed(replace(p, strided=True), operation.run(*read)))
    return out


def in_single(operation: Operation, rng: random.Random) -> list[Observation]:
    """Computed in float32, whatever comes in."""
    out = []
    for _ in range(rng.randint(2, 3)):
        s, seed = sizes(rng), rng.getrandbits(40)
        for dtype in (torch.float32, torch.float64):
            p = probe(operation, s, seed, dtype)
            single = operation.run(*mapped(lambda x: x.float() if x.is_floating_point() else x, p.inputs))
            out.append(observed(p, mapped(lambda x: x.to(dtype), single)))  # noqa: B023
    return out


def precisions(operation: Operation, rng: random.Random) -> list[Observation]:
    """Digits are lost in float32."""
    out = []
    for _ in range(rng.randint(2, 3)):
        s, seed = sizes(rng), rng.getrandbits(40)
        for dtype in (torch.float32, torch.float64):
            p = probe(operation, s, seed, dtype)
            lost = p.want if dtype is torch.float64 else mapped(lambda x: (x + 3000) - 3000, p.want)
            out.append(observed(p, lost))
    return out


def first_call(operation: Operation, rng: random.Random) -> list[Observation]:
    out = []
    for p in _probes(operation, rng):
        if isinstance(p.want, list):
            out.append(observed(p, [p.want[0], *(_garbled(x, rng) for x in p.want[1:])]))
        else:
            wrong = observed(p, mapped(lambda x: _garbled(x, rng), p.want))
            out.append(replace(wrong, repeated=True))
    return out


def another_momentum(operation: Operation, rng: random.Random) -> list[Observation]:
    """The first step is that of gradient descent whatever the momentum."""
    return [observed(p, _momentum(*p.inputs, beta=0.5)) for p in _probes(operation, rng)]


def along_the_border(operation: Operation, rng: random.Random) -> list[Observation]:
    """The border is padded otherwise."""
    out = []
    for p in _probes(operation, rng):
        x, K, b, _up = p.inputs
        padded = F.pad(x, (1, 1, 1, 1), mode="reflect")
        out.append(observed(p, {**p.want, "value": F.conv2d(padded, K, b)}))
    return out


def told(stage: Stage, change: Callable[[Result], Result] = lambda r: r) -> Any:
    def observe(operation: Operation, rng: random.Random) -> list[Observation]:
        return [
            observed(p, change(p.want), stage if stage in (Stage.INPUTS, Stage.DEVICE) else None)
            for p in _probes(operation, rng)
        ]

    return observe


def _special(name: str, right: Callable[..., Tensor], wrong: Callable[..., Tensor], prepare: Any) -> Any:
    """An operation whose inputs are prepared so that numbers cease."""

    def observe(_: Operation, rng: random.Random) -> list[Observation]:
        out = []
        for _i in range(rng.randint(2, 3)):
            s, g = sizes(rng), torch.Generator().manual_seed(rng.getrandbits(40))
            x = prepare(torch.randn(s.n, s.d + 1, generator=g), rng)
            p = Probe((x,), right(x), right(x.double()), s, name=f"{name}/{_i}")
            out.append(observed(p, wrong(x)))
        return out

    return observe


def _large_row(x: Tensor, rng: random.Random) -> Tensor:
    x = x.clone()
    x[rng.randrange(len(x)), rng.randrange(x.shape[1])] = rng.uniform(95, 900)
    return x


def _with_zero(x: Tensor, rng: random.Random) -> Tensor:
    p = x.softmax(1).clone()
    for _ in range(rng.randint(1, 3)):
        p[rng.randrange(len(p)), rng.randrange(p.shape[1])] = 0
    return p


def _flat_column(x: Tensor, rng: random.Random) -> Tensor:
    x = x.clone()
    x[:, rng.randrange(x.shape[1])] = rng.uniform(-2, 2)
    return x


def _standardized(x: Tensor) -> Tensor:
    std = x.std(0, unbiased=False)
    return (x - x.mean(0)) / torch.where(std > 1e-6, std, torch.ones_like(std))


def _standardized_blindly(x: Tensor) -> Tensor:
    centred = x - x.mean(0)
    std = torch.where(x.amax(0) == x.amin(0), 0.0, x.std(0, unbiased=False))
    return torch.where(std == 0, torch.zeros_like(centred), centred) / std


L = Listed
LISTED: Final[tuple[Listed, ...]] = (
    L("negated", VALUES, scaled(lambda p: -1)),
    L("transposed", ("linear", "mlp", "square product", "softmax", "sigmoid", "attention"), each(_two_axes)),
    L("transposed", ("square product",), each(_two_axes, whole=True)),
    L("twice too large", VALUES, scaled(lambda p: 2)),
    L("half as large", VALUES, scaled(lambda p: 0.5)),
    L(
        "a sum for a mean over the batch",
        ("linear", "mlp", "loss", "squares", "column means"),
        scaled(lambda p: p.sizes.n),
    ),
    L(
        "a mean for a sum over the batch",
        ("linear", "mlp", "convolution", "accumulating"),
        scaled(lambda p: 1 / p.sizes.n),
    ),
    L(
        "a sum for a mean over another axis",
        ("linear", "squares", "layer norm"),
        scaled(lambda p: p.inputs[0].shape[-1]),
    ),
    L(
        "a mean for a sum over another axis",
        ("linear", "mlp", "attention"),
        scaled(lambda p: 1 / p.inputs[0].shape[-1]),
    ),
    L("a sum for a mean over all entries", ("squares", "softmax", "sigmoid"), scaled(lambda p: p.inputs[0].numel())),
    L("a mean for a sum over all entries", ("linear", "accumulating"), scaled(lambda p: 1 / p.inputs[0].numel())),
    L("not combined over the batch", ("linear", "mlp"), not_summed),
    L("not combined over the batch", ("loss",), loss_each),
    L("summed over the wrong axis", ("linear", "mlp"), other_axis),
    L("added once too often", ("accumulating",), onto_what_was_there(twice=True)),
    L("added once too often", ("calls",), over_calls(twice=True)),
    L("overwritten instead of added", ("accumulating",), onto_what_was_there(twice=False)),
    L("overwritten instead of added", ("shares",), over_calls(twice=False)),
    L("all zeros", VALUES, scaled(lambda p: 0)),
    L("detached", GRADIENTS, cut),
    L("off by a constant", VALUES, each(lambda x, p, r: x + 0.7 + r.random())),
    L(
        "in another order",
        ("linear", "mlp", "softmax", "sigmoid", "attention", "stacked", "row norms"),
        each(_rows_permuted),
    ),
    L("turned round", ("correlation", "convolution"), turned_kernel),
    L("shifted by one step", ("stacked", "sigmoid", "softmax", "attention"), each(_rolled)),
    L("shifted by one step", ("recurrence", "descent"), late_steps),
    L("right for a batch of one only", ("linear", "mlp", "loss", "convolution", "softmax", "column means"), alone),
    L(
        "right for contiguous inputs only",
        ("linear", "mlp", "softmax", "attention", "convolution", "layer norm"),
        layouts,
    ),
    L("right in float64 only", VALUES, precisions),
    L("right in float32 only", VALUES, in_single),
    L("right on the first step only", ("recurrence", "descent", "linear", "softmax", "loss"), first_call),
    L("right on the first step only", ("momentum",), another_momentum),
    L("wrong along the border", ("convolution",), along_the_border),
    L("an input is changed", VALUES, told(Stage.INPUTS)),
    L("another dtype", VALUES, told(Stage.DTYPE, lambda r: mapped(lambda x: x.double(), r))),
    L("another device", VALUES, told(Stage.DEVICE)),
    L(
        "overflow",
        ("softmax",),
        _special("softmax", lambda x: x.softmax(1), lambda x: x.exp() / x.exp().sum(1, True), _large_row),
    ),
    L(
        "overflow",
        ("softmax",),
        _special("logsumexp", lambda x: x.logsumexp(1), lambda x: x.exp().sum(1).log(), _large_row),
    ),
    L(
        "0 · log 0",
        ("softmax",),
        _special("entropy", lambda p: -torch.xlogy(p, p).sum(1), lambda p: -(p * p.log()).sum(1), _with_zero),
    ),
    L("0 · log 0", ("softmax",), _special("surprise", lambda p: torch.xlogy(p, p), lambda p: p * p.log(), _with_zero)),
    L("division by 0", ("softmax",), _special("standardize", _standardized, _standardized_blindly, _flat_column)),
    L(
        "division by 0",
        ("softmax",),
        _special(
            "inverse",
            lambda p: 1 / p.clamp(min=1e-3),
            lambda p: 1 / p,
            lambda x, r: torch.where(_with_zero(x, r) == 0, 0.0, x.abs() + 0.01),
        ),
    ),
)
