"""Causes that the stage of the verdict tells by itself."""

from __future__ import annotations

from collections.abc import Sequence

from torchstone.compare.hypotheses._hypothesis import Explains, failing
from torchstone.compare.hypotheses._observation import Observation
from torchstone.model import Stage


def told_by(stage: Stage) -> Explains:
    """Every probe that failed did so at this stage."""

    def explains(observations: Sequence[Observation]) -> bool:
        return all(o.stage is stage for o in failing(observations))

    return explains
