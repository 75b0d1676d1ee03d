"""Stages: type, shape, dtype, device, finite, value, gradient. The first stage that fails is what a student reads."""

from __future__ import annotations

import dataclasses
import math
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from torchstone.compare import messages
from torchstone.compare.fault import Fault
from torchstone.compare.tolerance import allowed, distance, greatest, number_tolerance, numbers_scale, real
from torchstone.messages import comparison as told
from torchstone.model import Basis, Stage
from torchstone.wire import Record

#: A part of a result under such a key is a gradient.
_GRADIENT: Final = re.compile(r"(grad|grads|gradient|gradients)(\W|_|$)", re.IGNORECASE)
_ORDER: Final = {stage: i for i, stage in enumerate(Stage)}


def compare(got: Any, want: Any, truth: Any = None, *, scale: float = 0.0, share: float = 1.0) -> None:
    """Raise Fault at the first stage at which `got` is not `want`, over all parts of a result.

    `want` says type, shape and dtype; `truth`, the same in float64 (by default `want`), says the value; their distance
    says the tolerance (`torchstone.compare.tolerance`). `scale` is the size of the operands where a result is the small
    difference of large ones. `share` is the part of the tolerance that is granted: whoever grades a grader asks whether
    right answers stay far below it and wrong ones far above. A record (a named tuple, a dataclass, or what is left of
    them after the wire) may also be spelled as a tuple, a list or a dictionary; a list as a tuple; otherwise types must
    match. Below a key called `gradient` a wrong value has stage GRADIENT, and None is a gradient of zeros.
    """
    found = differences(got, want, truth, scale=scale, share=share)
    if found:
        raise min((d.fault for d in found), key=lambda fault: _ORDER[fault.stage])


@dataclass(frozen=True)
class Difference:
    """A part that differs: what is wrong with it, and the values, for whoever asks why. The values stay on our side."""

    fault: Fault
    got: Any
    want: Any
    truth: Any
    gradient: bool  #: it lies below a key that says so


def differences(got: Any, want: Any, truth: Any = None, *, scale: float = 0.0, share: float = 1.0) -> list[Difference]:
    """What `compare` finds wrong, part by part, in order; empty where all agrees."""
    return list(_differing(_Pair("", got, want, want if truth is None else truth, scale, share=share)))


def same(one: Any, other: Any, *, precision: float = 2e-5) -> bool:
    """Are two observed values the same, as far as float32 can tell? Tensors within `precision` of their scale."""
    return not any(_differing(_Pair("", one, other, other, 0.0, precision=precision)))


@dataclass(frozen=True)
class _Pair:
    """A part of what came, beside the part it should equal."""

    path: str
    got: Any
    want: Any
    truth: Any
    scale: float
    gradient: bool = False
    precision: float | None = None  #: instead of the tolerance: relative to the scale
    share: float = 1.0  #: of the tolerance

    def part(self, key: object, got: Any, want: Any, truth: Any, scale: float) -> _Pair:
        if isinstance(key, int):
            path = f"{self.path or 'result'}[{key}]"
        else:
            path = f"{self.path}.{key}" if self.path else str(key)
        gradient = self.gradient or bool(isinstance(key, str) and _GRADIENT.match(key))
        return _Pair(path, got, want, truth, scale, gradient, self.precision, self.share)

    def differs(self, stage: Stage, message: str, basis: Basis = Basis.BOUNDARY) -> Difference:
        if self.gradient and stage is Stage.VALUE:
            stage = Stage.GRADIENT
        fault = Fault(stage, told.at(messages.clean(self.path, 80), message), path=self.path, basis=basis)
        return Difference(fault, self.got, self.want, self.truth, self.gradient)


def _differing(pair: _Pair) -> Iterator[Difference]:
    """What is first wrong with every part, in order."""
    want = pair.want
    if isinstance(want, Tensor):
        yield from _tensor(pair)
    elif want is None:
        yield from _nothing(pair)
    elif _fields(want) is not None:
        yield from _record(pair)
    elif isinstance(want, Mapping):
        yield from _mapping(pair)
    elif isinstance(want, list | tuple):
        yield from _sequence(pair)
    elif isinstance(want, int | float) and not isinstance(want, bool):
        yield from _number(pair)
    elif isinstance(want, complex):
        yield from _complex(pair)
    elif isinstance(want, bool | str | set | frozenset):
        yield from _exact(pair)
    else:
        raise TypeError(f"there is no way to compare with {messages.kind(want)}")


# ---- parts ----------------------------------------------------------------------------------------------------------


def _record(pair: _Pair) -> Iterator[Difference]:
    want, truth = _fields(pair.want) or {}, _fields(pair.truth) or {}
    got: Any = _fields(pair.got)
    if got is not None and set(got) != set(want) and len(got) == len(want):
        got = dict(zip(want, got.values(), strict=True))  # a tuple under names of the student's own: by order
    if isinstance(pair.got, list | tuple) and got is None:
        if len(pair.got) != len(want):
            yield pair.differs(Stage.SHAPE, told.unexpected_length(len(pair.got), len(want)))
            return
        got = dict(zip(want, pair.got, strict=True))
    if isinstance(pair.got, Mapping):
        got = pair.got
    if got is None:
        yield pair.differs(Stage.TYPE, messages.unexpected_type(pair.got, pair.want))
    else:
        yield from _entries(pair, got, want, truth)


def _mapping(pair: _Pair) -> Iterator[Difference]:
    if isinstance(pair.got, Mapping):
        yield from _entries(pair, pair.got, pair.want, pair.truth)
    else:
        yield pair.differs(Stage.TYPE, messages.unexpected_type(pair.got, pair.want))


def _entries(
    pair: _Pair, got: Mapping[Any, Any], want: Mapping[Any, Any], truth: Mapping[Any, Any]
) -> Iterator[Difference]:
    if set(got) != set(want):
        yield pair.differs(Stage.TYPE, messages.unexpected_keys(list(got), list(want)))
        return
    scale = max(pair.scale, numbers_scale(list(truth.values())))
    for key in want:
        yield from _differing(pair.part(key, got[key], want[key], truth[key], scale))


def _sequence(pair: _Pair) -> Iterator[Difference]:
    fields = _fields(pair.got)
    got = list(fields.values()) if fields is not None else pair.got
    if not isinstance(got, list | tuple):
        yield pair.differs(Stage.TYPE, messages.unexpected_type(pair.got, pair.want))
        return
    if len(got) != len(pair.want):
        yield pair.differs(Stage.SHAPE, told.unexpected_length(len(got), len(pair.want)))
        return
    scale = max(pair.scale, numbers_scale(pair.truth))
    for i, (g, w, t) in enumerate(zip(got, pair.want, pair.truth, strict=True)):
        yield from _differing(pair.part(i, g, w, t, scale))


def _nothing(pair: _Pair) -> Iterator[Difference]:
    zeros = pair.gradient and isinstance(pair.got, Tensor) and not pair.got.any()
    if pair.got is not None and not zeros:
        yield pair.differs(Stage.TYPE, messages.unexpected_type(pair.got, None))


def _exact(pair: _Pair) -> Iterator[Difference]:
    got, want = _scalar(pair.got), pair.want
    if isinstance(got, frozenset):
        got = set(got)
    if isinstance(want, frozenset):
        want = set(want)
    if type(got) is not type(want):
        yield pair.differs(Stage.TYPE, messages.unexpected_type(pair.got, want))
    elif got != want:
        yield pair.differs(Stage.VALUE, messages.different(want))


def _complex(pair: _Pair) -> Iterator[Difference]:
    if isinstance(pair.got, complex | float):
        got, want, truth = (torch.tensor(x, dtype=torch.complex128) for x in (pair.got, pair.want, pair.truth))
        yield from _tensor(dataclasses.replace(pair, got=got, want=want, truth=truth))
    else:
        yield pair.differs(Stage.TYPE, messages.unexpected_type(pair.got, pair.want))


def _number(pair: _Pair) -> Iterator[Difference]:
    got, want, truth = _scalar(pair.got), pair.want, pair.truth
    if isinstance(got, bool) or not isinstance(got, int | float):
        yield pair.differs(Stage.TYPE, messages.unexpected_type(pair.got, want))
    elif isinstance(want, int):
        if got != want:
            yield pair.differs(Stage.VALUE, messages.different(want))
    elif isinstance(got, int) and abs(got) > sys.float_info.max:
        yield pair.differs(Stage.VALUE, messages.different(want))  # an integer that no float can hold
    elif _finite(want) != _finite(got) or (not _finite(want) and repr(float(got)) != repr(want)):
        yield pair.differs(Stage.FINITE, told.not_finite(1, 1, _finite(want)))
    elif _finite(want):
        size = max(abs(truth), pair.scale)
        limit = (
            pair.share * number_tolerance(want, truth, pair.scale)
            if pair.precision is None
            else pair.precision * max(size, 1e-3)
        )
        gap = abs(got - truth)
        if gap > limit:
            ratio = _ratio(torch.tensor([float(got)]).double(), torch.tensor([truth]).double())
            yield pair.differs(Stage.VALUE, told.different_entries(1, 1, (), gap=gap, scale=abs(truth), ratio=ratio))


# ---- tensors --------------------------------------------------------------------------------------------------------


def _tensor(pair: _Pair) -> Iterator[Difference]:
    got, want = pair.got, pair.want
    if got is None and pair.gradient:
        if want.any():
            yield pair.differs(Stage.GRADIENT, told.no_gradient(want.shape))
    elif not isinstance(got, Tensor) or got.layout is not torch.strided:
        yield pair.differs(Stage.TYPE, messages.unexpected_type(got, want))
    elif got.shape != want.shape:
        yield pair.differs(Stage.SHAPE, told.unexpected_shape(got.shape, want.shape))
    elif got.dtype != want.dtype:
        yield pair.differs(Stage.DTYPE, messages.unexpected_dtype(got.dtype, want.dtype))
    elif got.device.type != want.device.type:
        message = told.unexpected_device(got.device.type, want.device.type)
        yield pair.differs(Stage.DEVICE, message, Basis.SELF_REPORTED)
    elif want.numel():
        with torch.no_grad():
            yield from _floats(pair) if want.is_floating_point() or want.is_complex() else _items(pair)


def _items(pair: _Pair) -> Iterator[Difference]:
    wrong = pair.got != pair.want
    if wrong.any():
        message = told.different_items(int(wrong.sum()), wrong.numel(), wrong.nonzero()[0].tolist())
        yield pair.differs(Stage.VALUE, message)


def _floats(pair: _Pair) -> Iterator[Difference]:
    got, want, truth = real(pair.got), real(pair.want), real(pair.truth)
    gap, off = distance(got, truth), distance(want, truth)
    greatest_gap, error = greatest(gap), greatest(off)
    if not math.isfinite(greatest_gap + error):  # seldom: an entry of the three is not finite
        finite = want.isfinite()
        strange = (got.isfinite() != finite) | (~finite & (got != want) & ~(got.isnan() & want.isnan()))
        if strange.any():
            invented = bool((finite & strange).any())
            message = told.not_finite(int(strange.sum()), strange.numel(), invented, strange.nonzero()[0].tolist())
            yield pair.differs(Stage.FINITE, message)
            return
        keep = finite & truth.isfinite()
        gap, off, got, truth = torch.where(keep, gap, 0.0), off[keep], got[keep], truth[keep]
        greatest_gap, error = greatest(gap), greatest(off)
    scale = greatest(truth)
    limit = (
        pair.share * allowed(error, max(scale, pair.scale), pair.got.dtype)
        if pair.precision is None
        else pair.precision * max(scale, pair.scale)
    )
    if greatest_gap > limit:
        index = [int(i) for i in torch.unravel_index(gap.argmax(), gap.shape)] if gap.dim() else []
        wrong, ratio = int((gap > limit).sum()), _ratio(got.flatten().double(), truth.flatten().double())
        message = told.different_entries(wrong, gap.numel(), index, gap=greatest_gap, scale=scale, ratio=ratio)
        yield pair.differs(Stage.VALUE, message)


def _ratio(got: Tensor, truth: Tensor) -> float | None:
    """The constant factor between what came and the truth, if there is one.

    For a single number there always is one, and it would tell the truth: then only a factor that explains something.
    """
    if not truth.any():
        return None
    if not got.any():
        return 0.0
    factor = float((got @ truth) / (truth @ truth))
    if abs(factor - 1) < 1e-4 or greatest(got - factor * truth) > 1e-4 * greatest(got):
        return None
    if got.numel() == 1 and min(abs(factor - f) for f in (-1, 2, -2, 0.5, -0.5)) > 1e-4:
        return None
    return factor


# ---- what things are ------------------------------------------------------------------------------------------------


def _fields(value: Any) -> dict[str, Any] | None:
    """The parts of a record by name: of the wire's, of a named tuple, of a dataclass. None for anything else."""
    if isinstance(value, Record):
        return dict(value.fields)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return dict(zip(value._fields, value, strict=True))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    return None


def _scalar(value: Any) -> Any:
    """A tensor with one entry stands for that entry."""
    return value.item() if isinstance(value, Tensor) and value.numel() == 1 and not value.is_complex() else value


def _finite(value: float) -> bool:
    return value - value == 0
