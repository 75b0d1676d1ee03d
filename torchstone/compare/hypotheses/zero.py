"""Zeros came, all of them."""

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, every_part, strong
from torchstone.compare.hypotheses._observation import Observation, Part


def _fit(part: Part, _: Observation) -> Fit:
    return strong(part.got is not None and part.got.shape == part.want.shape and not part.got.any())


HYPOTHESIS = Hypothesis(
    "all zeros",
    "All of it is zero: is the result ever written into, and does the loop that fills it run at all?",
    every_part(_fit),
)
