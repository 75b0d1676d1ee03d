"""None came out of a small program over the student's code: something is not returned, or its gradient is None."""

from collections.abc import Sequence

from torchstone.compare.hypotheses._hypothesis import Hypothesis, Rank, failing
from torchstone.compare.hypotheses._observation import Observation
from torchstone.model import Stage


def _explains(observations: Sequence[Observation]) -> bool:
    return all(_none(o) for o in failing(observations))


def _none(o: Observation) -> bool:
    return o.stage is Stage.TYPE and not o.direct and bool(o.differing) and all(d.got is None for d in o.differing)


HYPOTHESIS = Hypothesis(
    "None came",
    "None came where a value should: is something not returned, or does no gradient arrive at what should have one?",
    _explains,
    Rank.EXACT,
)
