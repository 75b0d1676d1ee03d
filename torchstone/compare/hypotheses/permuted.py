"""The right rows (columns, channels) came in another order."""

import torch

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, Rank, every_part
from torchstone.compare.hypotheses._observation import Observation, Part
from torchstone.compare.tolerance import greatest

#: Rows of which every two are compared.
_MOST = 2000


def _fit(part: Part, _: Observation) -> Fit:
    if part.got is None or part.got.shape != part.want.shape or not part.floating:
        return Fit.NO
    return max((_along(part, axis) for axis in range(part.want.dim())), default=Fit.NO)


def _along(part: Part, axis: int) -> Fit:
    assert part.got is not None
    got, want = (x.movedim(axis, 0).flatten(1) if x.dim() > 1 else x[:, None] for x in (part.got, part.want))
    if not 2 <= len(want) <= _MOST:
        return Fit.NO
    close = part.limit * greatest(want)
    if bool((torch.cdist(want, want, p=torch.inf) + torch.eye(len(want)) <= close).any()):
        return Fit.NO  # equal rows: any order would do
    order = torch.cdist(got, want, p=torch.inf).argmin(1)
    if len(set(order.tolist())) != len(want) or not bool(((got - want[order]).abs() <= close).all()):
        return Fit.NO
    return Fit.STRONG if len(want) > 2 or want.shape[1] > 2 else Fit.WEAK


HYPOTHESIS = Hypothesis(
    "in another order",
    "The right entries are there in another order: which index counts the rows or channels, and what sorts them?",
    every_part(_fit),
    Rank.LOOSE,
)
