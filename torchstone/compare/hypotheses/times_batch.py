"""A sum for a mean over the batch: the same as a factor N."""

from torchstone.compare.hypotheses import _factor
from torchstone.compare.hypotheses._hypothesis import Hypothesis

HYPOTHESIS = Hypothesis(
    "a sum for a mean over the batch",
    "The result grows with the number of examples: is it to be a sum over the batch, or a mean?",
    _factor.by(_factor.batch),
    family="scale",
)
