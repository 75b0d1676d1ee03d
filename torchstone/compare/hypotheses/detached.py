"""No gradient arrives: the graph was cut on the way."""

from collections.abc import Sequence

from torchstone.compare.hypotheses._hypothesis import Hypothesis, failing
from torchstone.compare.hypotheses._observation import Observation
from torchstone.model import Stage


def _detached(o: Observation) -> bool:
    if o.stage is Stage.RAN:
        return "does not require grad" in o.said
    return bool(o.differing) and all(d.gradient and d.got is None for d in o.differing)


def _explains(observations: Sequence[Observation]) -> bool:
    return all(_detached(o) for o in failing(observations))


HYPOTHESIS = Hypothesis(
    "detached",
    "No gradient arrives: what cuts the graph (`.detach()`, `.data`, `.item()`, `torch.tensor(…)`, numpy)?",
    _explains,
)
