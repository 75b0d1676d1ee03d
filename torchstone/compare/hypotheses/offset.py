"""Every entry is off by the same amount."""

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, Rank, every_part
from torchstone.compare.hypotheses._observation import Observation, Part


def _fit(part: Part, _: Observation) -> Fit:
    if part.got is None or part.got.shape != part.want.shape:
        return Fit.NO
    gap = part.got - part.want
    if not part.is_like(part.want + gap.mean()):
        return Fit.NO
    return Fit.STRONG if gap.numel() > 2 else Fit.WEAK


HYPOTHESIS = Hypothesis(
    "off by a constant",
    "Every entry is off by the same amount: which term is the same for all of them, and missing or there twice?",
    every_part(_fit),
    Rank.LOOSE,
)
