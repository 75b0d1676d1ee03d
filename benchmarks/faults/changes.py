"""Faults, each applied to an operation's right result on some probes: a list of what the judge sees of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks.faults.operations import Operation, Probe, Result, descent_with_momentum, mapped, observed, probe, sizes
from torchstone.compare.hypotheses import Observation, flat
from torchstone.model import Stage


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


def two_axes(x: Tensor, _: Probe, rng: random.Random) -> Tensor:
    return x.transpose(-1, -2) if x.dim() > 1 else x


def _shiftlike(order: list[int]) -> bool:
    n = len(order)
    return (
        all(order[i] == order[i - 1] + 1 for i in range(2, n))
        or all(order[i] == i + 1 for i in range(n - 1))
        or order == list(range(n))
    )


def rows_permuted(x: Tensor, p: Probe, rng: random.Random) -> Tensor:
    n = x.shape[0] if x.dim() else 0
    if n < 4:
        return x
    order = list(range(n))
    own = random.Random(rng.random())
    while _shiftlike(order) or order == list(range(n))[::-1]:
        own.shuffle(order)
    return x[order]


def rolled(x: Tensor, p: Probe, rng: random.Random) -> Tensor:
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
    return [observed(p, descent_with_momentum(*p.inputs, beta=0.5)) for p in _probes(operation, rng)]


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


def special(name: str, right: Callable[..., Tensor], wrong: Callable[..., Tensor], prepare: Any) -> Any:
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


def large_row(x: Tensor, rng: random.Random) -> Tensor:
    x = x.clone()
    x[rng.randrange(len(x)), rng.randrange(x.shape[1])] = rng.uniform(95, 900)
    return x


def with_zero(x: Tensor, rng: random.Random) -> Tensor:
    p = x.softmax(1).clone()
    for _ in range(rng.randint(1, 3)):
        p[rng.randrange(len(p)), rng.randrange(p.shape[1])] = 0
    return p


def flat_column(x: Tensor, rng: random.Random) -> Tensor:
    x = x.clone()
    x[:, rng.randrange(x.shape[1])] = rng.uniform(-2, 2)
    return x


def standardized(x: Tensor) -> Tensor:
    std = x.std(0, unbiased=False)
    return (x - x.mean(0)) / torch.where(std > 1e-6, std, torch.ones_like(std))


def standardized_blindly(x: Tensor) -> Tensor:
    centred = x - x.mean(0)
    std = torch.where(x.amax(0) == x.amin(0), 0.0, x.std(0, unbiased=False))
    return torch.where(std == 0, torch.zeros_like(centred), centred) / std
