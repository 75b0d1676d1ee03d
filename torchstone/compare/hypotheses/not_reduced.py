"""One value for each example came where they should have been combined: a bias gradient, a loss."""

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, every_part
from torchstone.compare.hypotheses._observation import Observation, Part
from torchstone.compare.tolerance import greatest


def _fit(part: Part, _: Observation) -> Fit:
    got = part.got
    if got is None or got.dim() <= part.want.dim() or got.shape[got.dim() - part.want.dim() :] != part.want.shape:
        return Fit.NO
    combined = got.flatten(0, got.dim() - part.want.dim() - 1)
    close = [
        greatest(c - part.want) <= part.limit * max(1.0, len(combined)) * greatest(got)
        for c in (combined.sum(0), combined.mean(0))
    ]
    if not any(close):
        return Fit.NO
    return Fit.STRONG if len(combined) > 1 else Fit.WEAK


HYPOTHESIS = Hypothesis(
    "not combined over the batch",
    "There is one value for each example, and the result is to have one for all: how do the examples' shares combine?",
    every_part(_fit),
)
