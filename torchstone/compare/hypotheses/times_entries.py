"""A factor N·C: a sum for a mean over all entries."""

from torchstone.compare.hypotheses import _factor
from torchstone.compare.hypotheses._hypothesis import Hypothesis

HYPOTHESIS = Hypothesis(
    "a sum for a mean over all entries",
    "The result is too large by the number of entries: is it to be a sum over all of them, or a mean?",
    _factor.by(_factor.entries),
    family="scale",
)
