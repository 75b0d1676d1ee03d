"""A factor 1/(N·C): a mean over all entries for a sum."""

from torchstone.compare.hypotheses import _factor
from torchstone.compare.hypotheses._hypothesis import Hypothesis

HYPOTHESIS = Hypothesis(
    "a mean for a sum over all entries",
    "The result is divided by the number of entries: is it to be a mean over all of them, or a sum?",
    _factor.by(_factor.entries, inverse=True),
    family="scale",
)
