"""NaN where an input is 0: 0·log 0, or 0/0; the two look alike from outside."""

from torch import Tensor

from torchstone.compare.hypotheses._hypothesis import Hypothesis
from torchstone.compare.hypotheses._nonfinite import aligned, starts_where


def _fits(got: Tensor, broken: Tensor, x: Tensor) -> bool:
    """NaN wherever an input is 0, and nowhere else."""
    if not bool(got[broken].isnan().all()):
        return False
    return any(
        bool(there.any()) and bool(((entries == 0).any(1) == there).all()) for there, entries in aligned(broken, x)
    )


HYPOTHESIS = Hypothesis(
    "0 · log 0",
    "NaN begins where an input is 0: what is 0 · log 0 (or 0 / 0) for a computer, and what should it be here?",
    starts_where(_fits),
    family="zero",
)
