"""Everything has the other sign."""

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, every_part, strong
from torchstone.compare.hypotheses._observation import Observation, Part


def _fit(part: Part, _: Observation) -> Fit:
    return strong(part.is_like(-part.want))


HYPOTHESIS = Hypothesis(
    "negated", "The sign is the other way round: which difference is taken, in which order?", every_part(_fit)
)
