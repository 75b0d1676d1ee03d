"""Summed (or averaged) over another axis than the one asked for: a bias gradient along the features.

A sum over any axis leaves the sum of all entries as it is; where an input has the asked-for sum, the other is compared.
"""

from torch import Tensor

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, every_part
from torchstone.compare.hypotheses._observation import Observation, Part
from torchstone.compare.tolerance import greatest


def _fit(part: Part, o: Observation) -> Fit:
    got, want = part.got, part.want
    if got is None or got.dim() != 1 or want.dim() != 1:
        return Fit.NO
    if any(_reduced(part, x) for x in o.tensors if x.dim() >= 2):
        return Fit.STRONG
    if not _same(got.sum(), want.sum(), part, got) and not _same(got.mean(), want.mean(), part, got):
        return Fit.NO
    return Fit.STRONG if got.shape != want.shape and len(got) in o.sizes.values() else Fit.WEAK


def _reduced(part: Part, x: Tensor) -> bool:
    """Is an input's sum along one axis what was asked for, and along another what came?"""
    for found in (x.sum, x.mean):
        along = [found(dim=[a for a in range(x.dim()) if a != kept]) for kept in range(x.dim())]
        asked = any(
            a.shape == part.want.shape and greatest(a - part.want) <= part.limit * float(x.abs().sum()) for a in along
        )
        if asked and any(part.is_like(a) for a in along):
            return True
    return False


def _same(one: Tensor, other: Tensor, part: Part, got: Tensor) -> bool:
    return bool((one - other).abs() <= part.limit * max(float(got.abs().sum()), float(part.want.abs().sum())))


HYPOTHESIS = Hypothesis(
    "summed over the wrong axis",
    "The sum of all entries is right and their places are not: along which axis is the sum to be taken?",
    every_part(_fit),
)
