"""A gradient is put in the place of what was there, where it should be added to it."""

from collections.abc import Sequence

import torch

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, every_part, failing, strong
from torchstone.compare.hypotheses._observation import Observation, Part
from torchstone.compare.tolerance import greatest


def _fit(part: Part, o: Observation) -> Fit:
    if not part.gradient:
        return Fit.NO
    there = [x for x in o.tensors if x.shape == part.want.shape and x.any()]
    return strong(any(part.is_like(part.want - x) for x in there))


def _over_calls(observations: Sequence[Observation]) -> bool:
    """Each entry of a list should hold the sum so far, and holds its own share."""
    failed = failing(observations)
    steps = [(got, want) for o in failed if all(d.gradient for d in o.differing) for got, want in o.steps]
    if not steps or any(not o.steps for o in failed):
        return False
    shares = [(got, torch.cat([want[:1], want.diff(dim=0)])) for got, want in steps]
    return all(greatest(got - share) <= 1e-4 * greatest(share) for got, share in shares)


_what_was_there = every_part(_fit)


HYPOTHESIS = Hypothesis(
    "overwritten instead of added",
    "A gradient was there already: is yours to be added to it, or to take its place?",
    lambda observations: _what_was_there(observations) or _over_calls(observations),
)
