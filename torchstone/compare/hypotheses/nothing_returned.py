"""None came where something was expected."""

from collections.abc import Sequence

from torchstone.compare.hypotheses._hypothesis import Hypothesis, Rank, failing
from torchstone.compare.hypotheses._observation import Observation
from torchstone.model import Stage


def _explains(observations: Sequence[Observation]) -> bool:
    return all(_nothing(o) for o in failing(observations))


def _nothing(o: Observation) -> bool:
    """None, also as the value beside the gradients of a `vjp`."""
    if o.stage is not Stage.TYPE or not o.differing:
        return False
    return all(d.got is None and (d.fault.path == "value" or (o.direct and not d.fault.path)) for d in o.differing)


HYPOTHESIS = Hypothesis(
    "nothing is returned", "Does every path through the function end with `return`?", _explains, Rank.SEEN
)
