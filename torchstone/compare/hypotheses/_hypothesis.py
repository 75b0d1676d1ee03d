"""A hypothesis: a cause of wrong answers that is told by what came, whatever the exercise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from torchstone.compare.hypotheses._observation import Observation, Part
from torchstone.model import Hint

Explains = Callable[[Sequence[Observation]], bool]


class Fit(IntEnum):
    """How far a hypothesis explains something. What is compatible by chance (two entries, one step) is weak."""

    NO = 0
    WEAK = 1
    STRONG = 2


class Rank(IntEnum):
    """Which hypotheses are asked first: those that say most."""

    SEEN = 0  #: told by the stage, or by the world in which alone it fails
    EXACT = 1  #: a formula for what came
    LOOSE = 2  #: a formula with something free in it (a permutation, a constant)
    CONDITION = 3  #: where it is right and where not, whatever came


@dataclass(frozen=True)
class Hypothesis:
    """`explains` is given every probe of a check that was tried: does the cause explain all that failed?"""

    name: str  #: short: what staff read, and what the class is called
    hint: str  #: what a student reads: a question that leads on
    explains: Explains
    rank: Rank = Rank.EXACT
    family: str = ""  #: hypotheses of one family that fit alike share the family's wording

    @property
    def advice(self) -> Hint:
        return Hint(self.name, self.hint)


def failing(observations: Sequence[Observation]) -> list[Observation]:
    return [o for o in observations if o.failed]


def every_part(fit: Callable[[Part, Observation], Fit]) -> Explains:
    """Explains all if `fit` holds for every part that differs, on every probe that failed, and strongly for one."""

    def explains(observations: Sequence[Observation]) -> bool:
        strongest = Fit.NO
        for o in failing(observations):
            if not o.parts:
                return False
            for part in o.parts:
                found = Fit.NO if part.is_like(part.want) else fit(part, o)  # what is nearly right has no pattern
                if found is Fit.NO:
                    return False
                strongest = max(strongest, found)
        return strongest is Fit.STRONG

    return explains


def strong(holds: bool) -> Fit:
    return Fit.STRONG if holds else Fit.NO
