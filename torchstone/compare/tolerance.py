"""How far from the truth an answer may be.

The truth is the reference in float64. The reference's own error in the answer's precision says how well-conditioned the
problem is; a few units of rounding of the problem's scale are always allowed; and nothing loose ever is:

    tol = min( max( 16 · max|reference − truth|,  64 · eps(dtype) · S ),  1e-3 · S ),    S = max( max|truth|, scale )

`scale` is the size of the operands where a result is the small difference of large ones. In trials right solutions used
at most an eighth of it. A reference that would need more than the cap is ill-conditioned: the course's fault.

An answer in float64 is as exact as the truth itself, whose error nothing tells. There 4096 units of rounding stand for
it, 9e-13 · S: a well-conditioned 3×3 system solved through LAPACK's singular values is up to 115 units off (of 4,000
tried), and whatever passed through float32 is off by 1e-8.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

from torchstone.wire import Record

ORACLE_ERRORS: Final = 16  #: times the reference's own error
ROUNDINGS: Final = 64  #: times eps of the dtype, times the scale
ROUNDINGS_OF_DOUBLES: Final = 4096  #: the same in float64, where the reference is its own truth
CAP: Final = 1e-3  #: times the scale: whoever needs more has an ill-conditioned problem
NUMBER: Final = 1e-9  #: relative tolerance of a Python float that did not pass through float32

_DOUBLE: Final = torch.finfo(torch.float64).eps
#: Exact zero up to subnormal numbers, where the truth is zero everywhere.
_ZERO: Final = 1e-30
#: A single number next to zero has no scale of its own: below this it is compared absolutely.
_SMALL_NUMBER: Final = 1e-3


def tolerance(want: Tensor, truth: Tensor, dtype: torch.dtype, scale: float = 0.0) -> float:
    """The greatest distance from `truth` allowed for an answer of type `dtype`, one number for all entries.

    `want` is the reference in `dtype`, `truth` the same in float64; entries that are not finite do not count.
    """
    want, truth = real(want), real(truth)
    error = greatest(distance(want, truth))
    if not math.isfinite(error):
        keep = want.isfinite() & truth.isfinite()
        want, truth = want[keep], truth[keep]
        error = greatest(distance(want, truth))
    return allowed(error, max(greatest(truth), scale), dtype)


def allowed(error: float, size: float, dtype: torch.dtype) -> float:
    """The tolerance of type `dtype` where the reference is `error` off and the problem's scale is `size`."""
    eps = torch.finfo(dtype).eps
    roundings = ROUNDINGS_OF_DOUBLES if eps == _DOUBLE else ROUNDINGS
    cap = max(CAP, 4 * eps)  # half precision cannot hold CAP
    return max(min(max(ORACLE_ERRORS * error, roundings * eps * size), cap * size), _ZERO)


def number_tolerance(want: float, truth: float, scale: float = 0.0) -> float:
    """The same for a Python float. One that float32 holds exactly may have come from a float32 tensor."""
    size = max(abs(truth), scale, _SMALL_NUMBER)
    relative = ROUNDINGS * torch.finfo(torch.float32).eps if _single(want) or want != truth else NUMBER
    return min(max(ORACLE_ERRORS * abs(want - truth), relative * size), CAP * size)


def settled(here: Any, truth: Any, scale: float = 0.0) -> bool:
    """Does the reference agree with itself in float64, well within the widest tolerance that is ever granted?

    `here` and `truth` are whole results: tensors, numbers, or records, lists and dictionaries of them.
    """
    if isinstance(here, Tensor):
        return isinstance(truth, Tensor) and here.shape == truth.shape and _tensor_settled(here, truth, scale)
    if isinstance(here, Record) and isinstance(truth, Record):
        here, truth = here.fields, truth.fields
    if isinstance(here, Mapping):
        return (
            isinstance(truth, Mapping)
            and list(here) == list(truth)
            and all(settled(here[k], truth[k], scale) for k in here)
        )
    if isinstance(here, list | tuple):
        return (
            isinstance(truth, list | tuple)
            and len(here) == len(truth)
            and all(settled(h, t, max(scale, numbers_scale(truth))) for h, t in zip(here, truth, strict=True))
        )
    if isinstance(here, float) and isinstance(truth, float):
        size = max(abs(truth), scale, _SMALL_NUMBER)
        return (
            here == truth or (math.isnan(here) and math.isnan(truth)) or ORACLE_ERRORS * abs(here - truth) <= CAP * size
        )
    return bool(type(here) is type(truth) and here == truth)


def numbers_scale(values: Any) -> float:
    """The size of a list of numbers: they are compared like a tensor's entries. 0.0 for any other list."""
    if not values or not all(isinstance(v, float) for v in values):
        return 0.0
    return max((abs(v) for v in values if abs(v) < float("inf")), default=0.0)


def greatest(values: Tensor) -> float:
    """The greatest absolute value, 0.0 where there is none."""
    return float(values.abs().max()) if values.numel() else 0.0


def distance(one: Tensor, other: Tensor) -> Tensor:
    """How far apart entries are. Its greatest is finite only where every entry of both is."""
    return (one.double() - other.double()).abs()


def real(values: Tensor) -> Tensor:
    """Complex entries as pairs of real ones."""
    return torch.view_as_real(values.resolve_conj()) if values.is_complex() else values


def _tensor_settled(here: Tensor, truth: Tensor, scale: float) -> bool:
    here, truth = real(here), real(truth)
    if here.shape != truth.shape:  # one is complex
        return False
    if not here.is_floating_point():
        return here.dtype == truth.dtype and torch.equal(here, truth)
    error = greatest(distance(here, truth))
    if not math.isfinite(error):
        keep = truth.isfinite()
        if not torch.equal(keep, here.isfinite()):
            return False
        here, truth = here[keep], truth[keep]
        error = greatest(distance(here, truth))
    size = max(greatest(truth), scale)
    eps = torch.finfo(here.dtype).eps
    return ORACLE_ERRORS * error <= max(CAP, 4 * eps) * size or error <= _ZERO


def _single(value: float) -> bool:
    return abs(value) < 3e38 and float(torch.tensor(value, dtype=torch.float32)) == value
