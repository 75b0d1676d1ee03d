"""A factor C: a sum for a mean over an axis that is not the batch."""

from torchstone.compare.hypotheses import _factor
from torchstone.compare.hypotheses._hypothesis import Hypothesis

HYPOTHESIS = Hypothesis(
    "a sum for a mean over another axis",
    "The result is too large by the size of an axis (features, classes, …): which axes is the mean taken over?",
    _factor.by(_factor.other_axes),
    family="scale",
)
