"""What the device check is worth: one for each exercise on tensors, 10 to 15 % of its points."""

from __future__ import annotations

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
#: Each week's one exercise whose subject is the device: code that stays on the CPU misses what is asked, not a detail,
#: so the device check is about half.
ABOUT_DEVICES: Final = {"device_placement", "channels_last", "packed_lengths", "state_follows"}


@pytest.mark.parametrize("week", weeks(COURSE))
def test_one_device_check_of_its_share(week: str) -> None:
    for exercise in declared_exercises(COURSE.graders / week):
        shares = [c.points for c in exercise.checks if c.name == ACCELERATOR]
        if exercise.id in WITHOUT_TENSORS:
            assert shares == [], exercise.id
            continue
        (points,) = shares
        low, high = (0.4, 0.5) if exercise.id in ABOUT_DEVICES else (0.10, 0.15)
        assert low <= points / exercise.points <= high, exercise.id
