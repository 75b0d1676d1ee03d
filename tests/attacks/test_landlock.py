"""Every attack gets its honest score on the landlock tier, and nothing else of what it is after."""

from __future__ import annotations

from typing import Any

import pytest
from arena.attack import Attack, programs

TIER = "landlock"


@pytest.mark.parametrize("attack", programs(), ids=str)
def test_an_attack_gets_its_honest_score(holds: Any, ours: Any, attack: Attack) -> None:
    observed = holds(attack)
    assert observed.earned == attack.honest
    assert ours.last.first.complete, "an attack became a fault of the course"
    for exercise in ours.last.first.exercises:
        for check in exercise.checks:
            if check.verdict is not None:
                assert check.verdict.message.isprintable()
                assert len(check.verdict.message) < 600
