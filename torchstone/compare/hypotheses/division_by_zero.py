"""Infinite where an input is 0, or NaN where a row or column does not vary: a division by 0, or log 0."""

from torch import Tensor

from torchstone.compare.hypotheses._hypothesis import Hypothesis
from torchstone.compare.hypotheses._nonfinite import aligned, starts_where


def _fits(got: Tensor, broken: Tensor, x: Tensor) -> bool:
    infinite = bool(got[broken].isinf().all())
    for there, entries in aligned(broken, x):
        if not bool(there.any()):
            continue
        if infinite and bool(((entries == 0).any(1) == there).all()):
            return True
        if entries.shape[1] > 1 and bool(((entries == entries[:, :1]).all(1) == there).all()):
            return True
    return False


HYPOTHESIS = Hypothesis(
    "division by 0",
    "It begins where something is 0 (an input, or the spread of a row or column): what is divided by it, or logged?",
    starts_where(_fits),
    family="zero",
)
