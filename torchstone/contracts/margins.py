"""How far from its tolerance a comparison falls: right answers well within, wrong ones far beyond.

A verdict that falls near the tolerance may be another one on another machine; these margins make a score independent of
the machine.
"""

from __future__ import annotations

from typing import Any, Final

from torchstone.compare import Fault, compare
from torchstone.judge.trial import Oracle, Trial
from torchstone.model import Stage

#: The share of the tolerance that a right answer may use.
WITHIN: Final = 0.25
#: Times the tolerance: what a wrong answer must be off by, in some probe of a check that it loses.
BEYOND: Final = 8.0

_FINEST: Final = 2.0**-10
_BY_VALUE: Final = frozenset({Stage.VALUE, Stage.GRADIENT})


class Measured(Trial):
    """A trial that notes how much of the tolerance right answers used, and whether a wrong one was near it."""

    def __init__(self, oracle: Oracle | None = None) -> None:
        super().__init__(oracle)
        self.share = _FINEST  #: the most that was used, up to a factor of 2
        self.near = False  #: it failed, by less than BEYOND tolerances

    def compare(self, got: Any, want: Any, truth: Any, scale: float) -> None:
        try:
            compare(got, want, truth, scale=scale)
        except Fault as fault:
            self.near = fault.stage in _BY_VALUE and _passes(got, want, truth, scale, BEYOND)
            raise
        while self.share < 1.0 and not _passes(got, want, truth, scale, self.share):
            self.share *= 2


def _passes(got: Any, want: Any, truth: Any, scale: float, share: float) -> bool:
    try:
        compare(got, want, truth, scale=scale, share=share)
    except Fault:
        return False
    return True
