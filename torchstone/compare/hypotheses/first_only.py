"""Right on the first call or step, wrong on all later ones."""

from collections.abc import Sequence

from torch import Tensor

from torchstone.compare.hypotheses._hypothesis import Hypothesis, Rank, failing
from torchstone.compare.hypotheses._observation import Observation
from torchstone.compare.tolerance import greatest


def _explains(observations: Sequence[Observation]) -> bool:
    return all(_first_only(o) for o in failing(observations))


def _first_only(o: Observation) -> bool:
    if o.repeated:
        return True
    limit = max((p.limit for p in o.parts), default=0.0)
    return bool(o.steps) and limit > 0 and all(_right_at_first(got, want, limit) for got, want in o.steps)


def _right_at_first(got: Tensor, want: Tensor, limit: float) -> bool:
    wrong = [greatest(g - w) > limit * greatest(w) for g, w in zip(got, want, strict=True) if w.numel()]
    return len(wrong) > 2 and not wrong[0] and all(wrong[1:])


HYPOTHESIS = Hypothesis(
    "right on the first step only",
    "The first step is right and the later ones are not: what do they take over from the step before?",
    _explains,
    Rank.CONDITION,
)
