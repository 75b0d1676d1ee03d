"""A factor 1/C: a mean for a sum over an axis that is not the batch."""

from torchstone.compare.hypotheses import _factor
from torchstone.compare.hypotheses._hypothesis import Hypothesis

HYPOTHESIS = Hypothesis(
    "a mean for a sum over another axis",
    "The result is divided by the size of an axis (features, classes, …): which axes are only to be summed over?",
    _factor.by(_factor.other_axes, inverse=True),
    family="scale",
)
