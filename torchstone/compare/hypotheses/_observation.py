"""What a hypothesis is judged by: one probe, with what came, what should have come, and what went in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import torch
from torch import Tensor

from torchstone.compare.comparison import Difference, differences
from torchstone.compare.tolerance import greatest, tolerance
from torchstone.model import Stage
from torchstone.wire import Record

#: How far a guess may be from what came, relative to the scale: rounding of the dtype in which it was computed.
_CLOSE: Final[dict[torch.dtype, float]] = {torch.float64: 1e-9, torch.float16: 1e-2, torch.bfloat16: 3e-2}
_CLOSE_FLOAT32: Final = 2e-5

_TOLD_TOGETHER: Final = (Stage.VALUE, Stage.GRADIENT)


@dataclass(frozen=True)
class Part:
    """A part of a result that differs, as numbers in float64. `got` is None where nothing numeric came."""

    path: str
    got: Tensor | None
    want: Tensor  #: the truth
    gradient: bool
    floating: bool
    limit: float  #: how far a guess may be from what came, relative to the guess's scale

    def is_like(self, guess: Tensor) -> bool:
        """Did `guess` come? In shape, and in every entry up to rounding."""
        if self.got is None or guess.shape != self.got.shape:
            return False
        return bool(((self.got - guess).abs() <= self.limit * greatest(guess)).all())


@dataclass(frozen=True)
class Observation:
    """One probe of a check and what became of it. `got`, `want`, `truth` are the values compared last (`compare`)."""

    got: Any = None
    want: Any = None
    truth: Any = None
    inputs: tuple[Any, ...] = ()  #: tensors and numbers that went into the call, in order
    stage: Stage | None = None  #: at which it failed; None if it passed
    said: str = ""  #: what was said of it
    scale: float = 0.0  #: of the operands, as in `compare`
    dtype: str = "float32"  #: of floating-point inputs
    strided: bool = False  #: the inputs were not contiguous
    probe: str = ""  #: names the inputs: the same in every dtype and layout
    direct: bool = True  #: the value is what a function of the student's returned, not what a scenario made of it
    repeated: bool = False  #: the same function had been called before in this probe, and was right

    @property
    def failed(self) -> bool:
        return self.stage is not None

    @property
    def check(self) -> str:
        """What the probe belongs to: its name without the parameters."""
        return self.probe.rpartition("/")[0]

    @cached_property
    def differing(self) -> tuple[Difference, ...]:
        """What differs at the stage that was told; wrong values and wrong gradients belong together."""
        if self.stage in (None, Stage.RAN, Stage.INPUTS, Stage.PROPERTY):
            return ()
        stages = _TOLD_TOGETHER if self.stage in _TOLD_TOGETHER else (self.stage,)
        found = differences(self.got, self.want, self.truth, scale=self.scale)
        return tuple(d for d in found if d.fault.stage in stages)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts that differ and should be numbers; empty if there is one that should be something else."""
        made = [_part(d) for d in self.differing]
        return tuple(p for p in made if p is not None) if None not in made else ()

    @cached_property
    def tensors(self) -> tuple[Tensor, ...]:
        """The tensors that went in, in float64."""
        return tuple(_number(x) for x in self.inputs if isinstance(x, Tensor) and not x.is_complex())

    @cached_property
    def batch(self) -> int:
        """How many examples: the leading size of the first input with two axes or more, else of the first; or 0."""
        sized = [t for t in self.tensors if t.dim() >= 2] or [t for t in self.tensors if t.dim()]
        return sized[0].shape[0] if sized else 0

    @cached_property
    def sizes(self) -> Mapping[tuple[int, int], int]:
        """The size of each axis of each input, by (input, axis)."""
        return {(i, axis): size for i, t in enumerate(self.tensors) for axis, size in enumerate(t.shape)}

    @cached_property
    def steps(self) -> tuple[tuple[Tensor, Tensor], ...]:
        """What came and what should have, stacked along a new first axis, for each list of tensors of one shape."""
        return tuple(_steps(self.got, self.want if self.truth is None else self.truth))


def flat(value: Any) -> Iterator[Any]:
    """The tensors and numbers in arguments, in order."""
    if isinstance(value, Record):
        value = value.fields
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from flat(item)
    elif isinstance(value, Tensor | int | float):
        yield value


def _part(difference: Difference) -> Part | None:
    if not _numeric(difference.truth):
        return None
    want, given = _number(difference.truth), difference.want
    got = _number(difference.got) if _numeric(difference.got) else None
    dtype = difference.got.dtype if isinstance(difference.got, Tensor) else torch.float32
    limit = _CLOSE.get(dtype, _CLOSE_FLOAT32)
    floating = isinstance(given, float) or (isinstance(given, Tensor) and given.is_floating_point())
    if (
        floating
        and isinstance(given, Tensor)
        and dtype.is_floating_point
        and (scale := greatest(want[want.isfinite()]))
    ):
        limit = max(limit, tolerance(given, want, dtype) / scale)
    return Part(difference.fault.path, got, want, difference.gradient, floating, limit)


def _steps(got: Any, want: Any) -> Iterator[tuple[Tensor, Tensor]]:
    if isinstance(want, Mapping) and isinstance(got, Mapping):
        for key in want:
            if key in got:
                yield from _steps(got[key], want[key])
    elif isinstance(want, list | tuple) and isinstance(got, list | tuple) and len(want) == len(got) > 1:
        values = [*want, *got]
        if all(isinstance(v, Tensor) and not v.is_complex() and v.shape == want[0].shape for v in values):
            yield torch.stack([_number(g) for g in got]), torch.stack([_number(w) for w in want])
        else:
            for g, w in zip(got, want, strict=True):
                yield from _steps(g, w)


def _numeric(value: Any) -> bool:
    if isinstance(value, Tensor):
        return value.layout is torch.strided
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> Tensor:
    if isinstance(value, Tensor):
        value = value.detach()
        return (torch.view_as_real(value.resolve_conj()) if value.is_complex() else value).double()
    return torch.tensor(float(value) if abs(value) < 1e300 else float("inf"), dtype=torch.float64)
