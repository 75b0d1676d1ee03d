"""Public checks: what the cells below an exercise call, in the words of the graders.

A check that fails raises `CheckFailed`, whose message reads: what failed → where → why it may be. A check that holds
returns quietly; `exercise` prints one line at the end. Numerical gradients are central differences in float64 against a
random upstream gradient (a sum, or an upstream gradient of ones, lets most wrong backward passes through).
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor

from torchstone.compare import Fault, compare
from torchstone.compare.hypotheses import Observation, explain
from torchstone.kit.failure import CheckFailed, NotWritten, place
from torchstone.messages import checks
from torchstone.model import Stage

__all__ = [
    "CheckFailed",
    "NotWritten",
    "backward",
    "close",
    "exercise",
    "gradient",
    "own_randomness",
    "raises",
    "shape",
    "that",
    "unchanged",
]

T = TypeVar("T")

#: Stages at which one set of inputs can tell a cause; at the others the message says it.
_OF_NUMBERS = (Stage.SHAPE, Stage.VALUE, Stage.GRADIENT)
#: Step of a central difference in float64, times max(1, |x|): the cube root of the machine epsilon, which balances
#: truncation and rounding.
STEP = 6e-6
#: A gradient is right within this fraction of the largest entry of the numerical one ...
RELATIVE = 1e-5
#: ... plus this much, the rounding error of the differences themselves.
ABSOLUTE = 1e-7


@contextlib.contextmanager
def exercise(name: str) -> Iterator[None]:
    """Runs the checks of one exercise: `with check.exercise("dropout"): ...`.

    Prints «✓ dropout» when all hold. A stub becomes `NotWritten`; any other exception of the student's code becomes
    `CheckFailed` with its own text and the line it came from.
    """
    try:
        yield
    except CheckFailed as error:
        raise error.named(name) from None
    except NotImplementedError as error:
        if not str(error):  # a stub says nothing; torch's own NotImplementedError explains itself
            raise NotWritten(name) from None
        raise _raised(error, name) from error
    except NameError as error:
        what = checks.exception(type(error).__name__, str(error))
        raise CheckFailed(what, where=place(error), why=checks.run_the_cell_first(name), exercise=name) from error
    except Exception as error:
        raise _raised(error, name) from error
    print(checks.holds(name))


def that(condition: object, message: str, why: str = "") -> None:
    """Fails with `message` unless `condition` is true; a tensor of one entry counts as its value."""
    if not bool(condition):
        raise CheckFailed(message, why=why)


def shape(got: object, want: tuple[int, ...], name: str = "the result") -> None:
    """Fails unless `got` is a tensor of shape `want`."""
    if not isinstance(got, Tensor):
        raise CheckFailed(checks.not_a_tensor(name, _article(got), want), why=_forgotten(got))
    if tuple(got.shape) != tuple(want):
        raise CheckFailed(checks.other_shape(name, got.shape, want))


def close(got: object, want: object, name: str = "the result", why: str = "") -> None:
    """Fails unless `got` equals `want` in type, shape, dtype, finiteness and value, within the graders' tolerance."""
    try:
        compare(got, want)
    except Fault as fault:
        why = why or _forgotten(got) or _cause(got, want, fault)
        raise CheckFailed(checks.differs(name, fault.message), why=why) from None


def unchanged(f: Callable[..., T], *inputs: Any, name: str = "your function") -> T:
    """Calls `f(*inputs)`, fails if a tensor among the inputs is not what it was, returns the result.

    Lists, tuples and dicts are looked into.
    """
    before = [t.detach().clone() for t in _tensors(inputs)]
    result = f(*inputs)
    for index, (old, new) in enumerate(zip(before, _tensors(inputs), strict=True)):
        if old.shape != new.shape or not torch.equal(old, new.detach()):
            raise CheckFailed(checks.input_changed(name, index + 1), why=checks.wrote_in_place())
    return result


def own_randomness(f: Callable[..., T], *inputs: Any, name: str = "your function") -> T:
    """Calls `f(*inputs)`, fails if it drew from the global random state, returns the result."""
    before = torch.random.get_rng_state()
    result = f(*inputs)
    if not torch.equal(before, torch.random.get_rng_state()):
        raise CheckFailed(checks.global_randomness(name), why=checks.sampler_without_generator())
    return result


def raises(kind: type[BaseException], f: Callable[..., object], *inputs: Any, name: str = "your function") -> None:
    """Fails unless `f(*inputs)` raises `kind`."""
    try:
        f(*inputs)
    except kind:
        return
    raise CheckFailed(checks.did_not_raise(name, kind.__name__))


def gradient(f: Callable[..., Any], *inputs: Any, name: str = "the gradient", seed: int = 0) -> None:
    """Autograd's gradient of `f` at `inputs` against central differences, in float64, for a random upstream gradient.

    Every floating-point tensor among `inputs` is checked, at every entry. `f` returns a tensor, or a tuple, list or
    dict of tensors. Keep the inputs away from kinks: there a function has no gradient to compare with.
    """
    points = [_double(x).requires_grad_(True) if _floating(x) else x for x in inputs]
    outputs = _outputs(f(*points), name)
    upstream = _cotangents(outputs, seed)
    leaves = [p for p in points if isinstance(p, Tensor) and p.requires_grad]
    if not any(o.requires_grad for o in outputs):
        raise CheckFailed(checks.detached(name), why=checks.cut_graph())
    got = _vjp(outputs, leaves, upstream)
    blind = _vjp(outputs, leaves, [torch.ones_like(u) for u in upstream], free=True)

    def value() -> Tensor:
        return _paired(_outputs(f(*points), name), upstream)

    number = 0
    for position, point in enumerate(points):
        if not (isinstance(point, Tensor) and point.requires_grad):
            continue
        label = name if len(leaves) == 1 else checks.with_respect_to(name, position + 1)
        want = numerical(value, point)
        why = ""
        if torch.equal(got[number], blind[number]) and want.abs().max() > 0:
            why = checks.upstream_ignored()
        _agree(got[number], want, label, why)
        number += 1


def backward(
    f: Callable[..., Any],
    inputs: Mapping[str, Tensor],
    grads: object,
    upstream: Tensor | None = None,
    name: str = "the gradient",
) -> None:
    """Gradients written by hand against central differences of `f(**inputs)`.

    `grads` maps names of `inputs` to gradients; all names must be there. `upstream` has the shape of the result; where
    that is one number, leave it out. Give float64.
    """
    if not isinstance(grads, Mapping):
        raise CheckFailed(checks.not_a_dictionary(name, _article(grads), list(inputs)), why=_forgotten(grads))
    points = {key: _double(value) if _floating(value) else value for key, value in inputs.items()}

    def value() -> Tensor:
        with torch.no_grad():
            result = _outputs(f(**points), name)
        return _paired(result, [torch.ones_like(r) if upstream is None else upstream.double() for r in result])

    for key, point in points.items():
        if not point.is_floating_point():
            continue
        label = checks.gradient_of(name, key)
        if key not in grads:
            raise CheckFailed(checks.missing_gradient(label, [str(key) for key in grads]))
        shape(grads[key], tuple(point.shape), label)
        _agree(grads[key], numerical(value, point), label)


def numerical(value: Callable[[], Tensor], point: Tensor) -> Tensor:
    """The derivative of a value by a point, by central differences.

    `point` (float64) is moved entry by entry and put back bit by bit.
    """
    result = torch.zeros(point.shape, dtype=torch.float64)
    with torch.no_grad():
        for index in _indices(point.shape):
            kept = point[index].item()
            step = STEP * max(1.0, abs(kept))
            high, low = kept + step, kept - step
            point[index] = high
            above = value().item()
            point[index] = low
            below = value().item()
            point[index] = kept
            result[index] = (above - below) / (high - low)
    return result


def _raised(error: Exception, name: str) -> CheckFailed:
    what = checks.raised(type(error).__name__, str(error)[:300])
    return CheckFailed(what, where=place(error), exercise=name)


def _agree(got: Tensor, want: Tensor, name: str, why: str = "") -> None:
    """The wording is the graders'; the tolerance is what central differences can promise."""
    name = checks.against_differences(name)
    scale = want.abs().max().item() if want.numel() else 0.0
    gap = (got.double() - want).abs()
    if not want.numel() or (gap <= RELATIVE * scale + ABSOLUTE).all():
        return
    close(got.float(), torch.where(want.abs() <= ABSOLUTE, 0.0, want).float(), name, why)
    raise CheckFailed(checks.off_by(name, gap.max().item(), scale), why=why)


def _vjp(outputs: list[Tensor], leaves: list[Tensor], upstream: list[Tensor], free: bool = False) -> list[Tensor]:
    live = [(o, u) for o, u in zip(outputs, upstream, strict=True) if o.requires_grad]
    grads = torch.autograd.grad(
        [o for o, _ in live], leaves, [u for _, u in live], allow_unused=True, retain_graph=not free
    )
    return [torch.zeros_like(leaf) if g is None else g for leaf, g in zip(leaves, grads, strict=True)]


def _outputs(result: Any, name: str) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    if isinstance(result, Mapping):
        result = list(result.values())
    if isinstance(result, (tuple, list)) and result and all(isinstance(r, Tensor) for r in result):
        return [r for r in result if r.is_floating_point()]
    raise CheckFailed(checks.no_tensor_returned(name, _article(result)), why=_forgotten(result))


def _cotangents(outputs: list[Tensor], seed: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(o.shape, dtype=o.dtype, generator=generator) for o in outputs]


def _paired(outputs: list[Tensor], upstream: list[Tensor]) -> Tensor:
    return torch.stack([(o * u).sum().double() for o, u in zip(outputs, upstream, strict=True)]).sum()


def _indices(size: torch.Size) -> Iterator[tuple[int, ...]]:
    for flat in range(math.prod(size)):
        yield tuple(int(i) for i in torch.unravel_index(torch.tensor(flat), size)) if size else ()


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, Mapping):
        value = list(value.values())
    return [t for v in value for t in _tensors(v)] if isinstance(value, (tuple, list)) else []


def _floating(x: object) -> bool:
    return isinstance(x, Tensor) and x.is_floating_point()


def _double(x: Tensor) -> Tensor:
    return x.detach().clone().double()


def _article(value: object) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _forgotten(value: object) -> str:
    return checks.forgotten_return() if value is None else ""


def _cause(got: object, want: object, fault: Fault) -> str:
    """The hypothesis that explains it, as far as one set of inputs can tell."""
    hint = explain([Observation(got, want, stage=fault.stage)])
    return hint.text if hint and fault.stage in _OF_NUMBERS else ""
