"""Half of what it should be."""

from torchstone.compare.hypotheses import _factor
from torchstone.compare.hypotheses._hypothesis import Hypothesis

HYPOTHESIS = Hypothesis(
    "half as large",
    "Everything is half as large as it should be: is there a factor of ½ too many, or a 2 from a derivative missing?",
    _factor.constant(0.5),
    family="scale",
)
