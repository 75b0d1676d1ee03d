"""Right in float64, wrong for the same inputs in float32: digits are lost on the way."""

from collections.abc import Sequence

from torchstone.compare.hypotheses._hypothesis import Hypothesis, Rank, failing
from torchstone.compare.hypotheses._observation import Observation


def _explains(observations: Sequence[Observation]) -> bool:
    right = {o.probe for o in observations if not o.failed and o.dtype == "float64"}
    return all(o.dtype != "float64" and o.probe in right for o in failing(observations))


HYPOTHESIS = Hypothesis(
    "right in float64 only",
    "In float64 it is right: where do large numbers cancel, or grow beyond what float32 can hold?",
    _explains,
    Rank.CONDITION,
)
