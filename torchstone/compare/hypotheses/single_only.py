"""Right as far as float32 can tell, wrong in float64: something is computed in float32 throughout."""

from collections.abc import Sequence

from torchstone.compare.hypotheses._hypothesis import Hypothesis, Rank, failing
from torchstone.compare.hypotheses._observation import Observation


def _explains(observations: Sequence[Observation]) -> bool:
    right = {o.probe for o in observations if not o.failed and o.dtype == "float32" and not o.strided}
    return all(o.dtype == "float64" and o.probe in right for o in failing(observations))


HYPOTHESIS = Hypothesis(
    "right in float32 only",
    "It shows in float64 alone: what of yours computes in float32 whatever comes in, or adds a small constant?",
    _explains,
    Rank.CONDITION,
)
