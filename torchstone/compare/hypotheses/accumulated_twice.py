"""A gradient is added once too often: to the gradient that went in, or over the calls of one probe."""

from collections.abc import Sequence

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, every_part, failing, strong
from torchstone.compare.hypotheses._observation import Observation, Part
from torchstone.compare.tolerance import greatest


def _fit(part: Part, o: Observation) -> Fit:
    if not part.gradient:
        return Fit.NO
    there = [x for x in o.tensors if x.shape == part.want.shape and x.any()]
    return strong(any(part.is_like(2 * part.want - x) for x in there))


def _over_calls(observations: Sequence[Observation]) -> bool:
    """Each call of a list adds to what the calls before it gave."""
    failed = failing(observations)
    steps = [pair for o in failed for pair in o.steps]
    if not steps or any(not o.steps for o in failed):
        return False
    close = [greatest(got - want.cumsum(0)) <= 1e-4 * greatest(want.cumsum(0)) for got, want in steps]
    return all(close)


_onto_what_was_there = every_part(_fit)


HYPOTHESIS = Hypothesis(
    "added once too often",
    "What was there before is added to, and then once more: how often does each share go in?",
    lambda observations: _onto_what_was_there(observations) or _over_calls(observations),
)
