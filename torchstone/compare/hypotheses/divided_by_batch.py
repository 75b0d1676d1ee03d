"""A mean for a sum over the batch: the same as a factor 1/N."""

from torchstone.compare.hypotheses import _factor
from torchstone.compare.hypotheses._hypothesis import Hypothesis

HYPOTHESIS = Hypothesis(
    "a mean for a sum over the batch",
    "Something is divided by the number of examples once too often: where has the 1/N gone in already?",
    _factor.by(_factor.batch, inverse=True),
    family="scale",
)
