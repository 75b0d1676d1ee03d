"""An attack counts only if it succeeds against a grader without protection."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from arena.attack import Attack, programs
from arena.control import Control
from arena.world import SOLUTION, WRONG, World


@pytest.mark.parametrize("attack", programs(), ids=str)
def test_an_attack_succeeds_without_protection(
    unprotected: Control, aims: World, attack: Attack, record_property: Callable[[str, object], None]
) -> None:
    observed = unprotected.observe(attack)
    assert observed.success(attack, aims), f"{attack.name}: {attack.tries} {observed}"
    record_property("control", attack.name)


@pytest.mark.parametrize(
    ("kind", "full"),
    [*[(kind, 6) for kind in ("in-process", "careless", "explaining", "patient", "pytest")], ("pickle", 5)],
)
def test_the_control_grades_honest_work(unprotected: Control, kind: str, full: float) -> None:
    for text, earned in ((SOLUTION, full), (WRONG, 0)):
        observed = unprotected.observe(Attack("honest", "nothing", "score", text, control=kind))
        assert (observed.earned, observed.second) == (earned, full)
