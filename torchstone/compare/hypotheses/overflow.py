"""Numbers become too large: an exponential, or a power, of the largest inputs."""

from typing import Final

from torch import Tensor

from torchstone.compare.hypotheses._hypothesis import Hypothesis, Rank
from torchstone.compare.hypotheses._nonfinite import aligned, starts_where

#: exp of no less overflows in float32 (88.7), or underflows into a division by 0 (−87.3); half of it when squared.
_LARGE: Final = 40.0


def _fits(_: Tensor, broken: Tensor, x: Tensor) -> bool:
    """Every broken place has a large input, and no other place has one as large."""
    for there, entries in aligned(broken, x):
        size = entries.abs().amax(1)
        if bool(there.any()) and float(size[there].min()) > max([_LARGE, *size[~there].tolist()]):
            return True
    return False


HYPOTHESIS = Hypothesis(
    "overflow",
    "It begins where the inputs are largest: how large is eˣ there, and can the largest be subtracted first?",
    starts_where(_fits),
    Rank.EXACT,
)
