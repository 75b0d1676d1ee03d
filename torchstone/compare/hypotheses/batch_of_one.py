"""Right for one example, wrong for several."""

from collections.abc import Sequence

from torchstone.compare.hypotheses._hypothesis import Hypothesis, Rank, failing
from torchstone.compare.hypotheses._observation import Observation


def _explains(observations: Sequence[Observation]) -> bool:
    passed = [o for o in observations if not o.failed]
    alone = any(o.batch == 1 for o in passed) and all(o.batch == 1 for o in passed if o.batch)
    return alone and all(o.batch > 1 for o in failing(observations))


HYPOTHESIS = Hypothesis(
    "right for a batch of one only",
    "With a single example it is right: what happens along the batch's axis when there are several?",
    _explains,
    Rank.CONDITION,
)
