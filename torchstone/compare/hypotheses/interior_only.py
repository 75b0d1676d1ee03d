"""Right away from the border, wrong along it."""

import torch

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, Rank, every_part
from torchstone.compare.hypotheses._observation import Observation, Part
from torchstone.compare.tolerance import greatest

_WIDEST = 2


def _fit(part: Part, _: Observation) -> Fit:
    got, want = part.got, part.want
    if got is None or got.shape != want.shape or not want.dim():
        return Fit.NO
    wrong = ((got - want).abs() > part.limit * greatest(want)) | ~got.isfinite()
    spatial = 2 if want.dim() >= 2 else 1
    wrong = wrong.flatten(0, want.dim() - spatial - 1) if want.dim() > spatial else wrong[None]
    anywhere = wrong.any(0)
    return max((_frame(anywhere, width) for width in range(1, _WIDEST + 1)), default=Fit.NO)


def _frame(wrong: torch.Tensor, width: int) -> Fit:
    """Is the inside right, and most of a frame so wide around it wrong, on each side?"""
    if any(n < 2 * width + 2 for n in wrong.shape):
        return Fit.NO
    inside = tuple(slice(width, -width) for _ in wrong.shape)
    frame = torch.ones_like(wrong)
    frame[inside] = False
    sides = [wrong.select(axis, i) for axis in range(wrong.dim()) for i in (0, -1)]
    on_each = all(bool(side.double().mean() >= 0.5) for side in sides)
    if wrong[inside].any() or not on_each:
        return Fit.NO
    return Fit.STRONG if int(wrong.sum()) > 2 else Fit.WEAK


HYPOTHESIS = Hypothesis(
    "wrong along the border",
    "Inside it is right, and wrong along the border: what stands where the window reaches beyond the input?",
    every_part(_fit),
    Rank.CONDITION,
)
