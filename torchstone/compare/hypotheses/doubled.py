"""Twice what it should be. Adding a gradient twice to nothing looks the same: one class, one wording."""

from torchstone.compare.hypotheses import _factor
from torchstone.compare.hypotheses._hypothesis import Hypothesis

HYPOTHESIS = Hypothesis(
    "twice too large",
    "Everything is twice as large as it should be: is something added up twice, or a factor of ½ missing?",
    _factor.constant(2.0),
    family="scale",
)
