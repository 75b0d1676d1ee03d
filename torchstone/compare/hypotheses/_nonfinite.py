"""Where entries are infinite or NaN that should not be, and what went in there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from torch import Tensor

from torchstone.compare.hypotheses._hypothesis import Explains, failing
from torchstone.compare.hypotheses._observation import Observation
from torchstone.model import Stage

Fits = Callable[[Tensor, Tensor, Tensor], bool]


def starts_where(fits: Fits) -> Explains:
    """On every probe that failed, numbers cease where an input says: `fits(got, broken, x)` for an input `x`.

    `broken` has an entry for each of x, or for each row of x (its last axis gone), or for each column: the shape of
    `got`, or one to which it can be brought.
    """

    def explains(observations: Sequence[Observation]) -> bool:
        failed = failing(observations)
        return all(o.stage is Stage.FINITE and _holds(o, fits) for o in failed)

    return explains


def _holds(o: Observation, fits: Fits) -> bool:
    if not o.parts:
        return False
    for part in o.parts:
        if part.got is None or not bool((~part.got.isfinite() & part.want.isfinite()).any()):
            return False
        if not any(fits(part.got, ~part.got.isfinite() & part.want.isfinite(), x) for x in o.tensors if x.numel()):
            return False
    return True


def aligned(broken: Tensor, x: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Pairs (is it broken?, the entries of x that belong there): entry by entry, by row, by column, or all at once.

    The second has one row for each entry of the first.
    """
    if broken.shape == x.shape:
        yield broken.flatten(), x.reshape(-1, 1)
    if x.dim() > 1 and broken.numel():
        for axis in range(x.dim()):
            lines = x.movedim(axis, 0).flatten(1)
            if broken.dim() == 1 and len(broken) == len(lines):
                yield broken, lines
            elif broken.shape == x.shape:
                yield broken.movedim(axis, 0).flatten(1).any(1), lines
    if not broken.dim() or broken.numel() == 1:
        yield broken.reshape(1), x.reshape(1, -1)
