"""Constant factors, and the sizes that explain them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from torchstone.compare.hypotheses._hypothesis import Explains, failing
from torchstone.compare.hypotheses._observation import Observation

_SAME: Final = 1e-4


def factor(observation: Observation) -> float | None:
    """By what everything that differs was multiplied; None if that is not one number."""
    found: float | None = None
    for part in observation.parts:
        if part.got is None or part.got.shape != part.want.shape or not part.want.any():
            return None
        got, want = part.got.flatten(), part.want.flatten()
        if found is None:
            found = float((got @ want) / (want @ want))
        if not part.is_like(found * part.want):
            return None
    return found


def constant(value: float) -> Explains:
    """Everything was multiplied by `value`."""
    return by(lambda o: {"": value})


def by(candidates: Callable[[Observation], dict[object, float]], *, inverse: bool = False) -> Explains:
    """Everything was multiplied (or divided) by one of the candidates, the same on every probe by its key."""

    def explains(observations: Sequence[Observation]) -> bool:
        left: set[object] | None = None
        counting = _counting_examples(observations)
        for o in failing(observations):
            f = factor(o)
            if f is None or f <= 0:
                return False
            wanted = 1 / f if inverse else f
            fitting = {k for k, v in candidates(o).items() if abs(wanted - v) <= _SAME * v} - counting
            left = fitting if left is None else left & fitting
            if not left:
                return False
        refuted = {k for o in _right(observations) for k, v in candidates(o).items() if v > 1}
        return bool((left or set()) - refuted)

    return explains


def batch(o: Observation) -> dict[object, float]:
    """N: the number of examples."""
    return {"": o.batch} if o.batch > 1 else {}


def other_axes(o: Observation) -> dict[object, float]:
    """C: the size of an axis that does not count examples."""
    return {role: size for role, size in o.sizes.items() if size > 1}


def entries(o: Observation) -> dict[object, float]:
    """N·C: the number of entries of an input, or of examples times an axis."""
    wholes: dict[object, float] = {
        i: t.numel() for i, t in enumerate(o.tensors) if t.dim() > 1 and t.numel() > max(t.shape)
    }
    pairs = {role: o.batch * size for role, size in other_axes(o).items() if o.batch > 1}
    return {**wholes, **pairs}


def _right(observations: Sequence[Observation]) -> list[Observation]:
    """Probes of the checks that failed which passed: there, every factor was 1."""
    failed = {o.check for o in failing(observations)}
    return [o for o in observations if not o.failed and o.check in failed]


def _counting_examples(observations: Sequence[Observation]) -> set[object]:
    """Axes that count examples: of the batch's size on every probe, for several sizes of it."""
    if len({o.batch for o in observations}) < 2:
        return set()
    return {role for role in observations[0].sizes if all(o.sizes.get(role) == o.batch for o in observations)}
