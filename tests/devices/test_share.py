"""What the device check is worth: one for each exercise on tensors, 10 to 15 % of its points."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import pytest

from torchstone import config
from torchstone.contracts.bench import weeks
from torchstone.judge import declared_exercises
from torchstone.judge.probe import ACCELERATOR

COURSE: Final = config.load(Path(__file__).parents[2])
#: Exercises without a tensor among what they are given.
WITHOUT_TENSORS: Final = {"receptive_field", "bleu", "schedules"}
#: The week's exercise about devices: there the device check is about half.
ABOUT_DEVICES: Final = {"device_placement", "channels_last", "packed_lengths", "state_follows"}


def fair(points: float) -> set[int]:
    """The whole points from 10 to 15 % of them; where there are none, those next to it."""
    inside = range(math.ceil(0.10 * points), math.floor(0.15 * points) + 1)
    return set(inside) or {math.floor(0.10 * points), math.ceil(0.15 * points)}


@pytest.mark.parametrize("week", weeks(COURSE))
def test_one_device_check_of_its_share(week: str) -> None:
    for exercise in declared_exercises(COURSE.graders / week):
        shares = [c.points for c in exercise.checks if c.name == ACCELERATOR]
        if exercise.id in WITHOUT_TENSORS:
            assert shares == [], exercise.id
        elif exercise.id in ABOUT_DEVICES:
            assert len(shares) == 1
            assert 0.4 <= shares[0] / exercise.points <= 0.5, exercise.id
        else:
            assert len(shares) == 1
            assert shares[0] in fair(exercise.points), exercise.id
