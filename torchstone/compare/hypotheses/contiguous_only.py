"""Right for contiguous inputs, wrong for the same values in another layout."""

from collections.abc import Sequence

from torchstone.compare.hypotheses._hypothesis import Hypothesis, Rank, failing
from torchstone.compare.hypotheses._observation import Observation


def _explains(observations: Sequence[Observation]) -> bool:
    right = {o.probe for o in observations if not o.failed and not o.strided}
    return all(o.strided and o.probe in right for o in failing(observations))


HYPOTHESIS = Hypothesis(
    "right for contiguous inputs only",
    "Here the same values lie in memory in another order: what of yours takes that order for granted?",
    _explains,
    Rank.SEEN,
)
