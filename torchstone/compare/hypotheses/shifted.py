"""Everything stands one place too early or too late along an axis, or in a list of steps."""

from collections.abc import Sequence

from torch import Tensor

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, every_part, failing
from torchstone.compare.hypotheses._observation import Observation, Part
from torchstone.compare.tolerance import greatest


def _fit(part: Part, _: Observation) -> Fit:
    if part.got is None or part.got.shape != part.want.shape or not part.floating:
        return Fit.NO
    found = [_along(part.got.movedim(a, 0), part.want.movedim(a, 0), part.limit) for a in range(part.want.dim())]
    return max(found, default=Fit.NO)


def _along(got: Tensor, want: Tensor, limit: float) -> Fit:
    """Late or early by one; what stands in the place that came free may be anything."""
    if len(want) < 2:
        return Fit.NO
    close = limit * greatest(want)
    late = bool(((got[1:] - want[:-1]).abs() <= close).all())
    early = bool(((got[:-1] - want[1:]).abs() <= close).all())
    moved = greatest(want[1:] - want[:-1]) > close
    if not (late or early) or not moved:
        return Fit.NO
    return Fit.STRONG if len(want) > 2 else Fit.WEAK


_entries = every_part(_fit)


def _steps(observations: Sequence[Observation]) -> bool:
    failed = failing(observations)
    if any(not o.steps or not o.parts for o in failed):
        return False
    fits = [_along(got, want, o.parts[0].limit) for o in failed for got, want in o.steps]
    return all(fits) and max(fits) is Fit.STRONG


HYPOTHESIS = Hypothesis(
    "shifted by one step",
    "Everything stands one place off: with which index does your first step begin, and what is stored when?",
    lambda observations: _entries(observations) or _steps(observations),
)
