"""Right for one example, wrong for several."""

from collections.abc import Sequence

from torchstone.compare.hypotheses._hypothesis import Hypothesis, Rank, failing
from torchstone.compare.hypotheses._observation import Observation


def _explains(observations: Sequence[Observation]) -> bool:
    passed = [o for o in observations if not o.failed and o.batch]
    failed = failing(observations)
    if not passed or any(o.batch != 1 for o in passed) or any(o.batch < 2 for o in failed):
        return False
    return not _something_else_is_one(passed, failed)


def _something_else_is_one(passed: Sequence[Observation], failed: Sequence[Observation]) -> bool:
    """Is another axis (a window's, a step's) of size 1 exactly where it is right? Then that may be the reason, too."""
    for role in passed[0].sizes:
        if all(o.sizes.get(role) == o.batch for o in [*passed, *failed]):
            continue  # it counts examples
        if all(o.sizes.get(role) == 1 for o in passed) and all(o.sizes.get(role, 1) > 1 for o in failed):
            return True
    return False


HYPOTHESIS = Hypothesis(
    "right for a batch of one only",
    "With a single example it is right: what happens along the batch's axis when there are several?",
    _explains,
    Rank.CONDITION,
)
