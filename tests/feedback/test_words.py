from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from torchstone.feedback import words
from torchstone.model import Basis, Stage, Status


def test_every_stage_status_and_basis_has_words():
    assert set(words.STAGE) == set(Stage)
    assert set(words.STATUS) == set(get_args(Status))
    assert set(words.BASIS) == set(Basis)


@pytest.mark.parametrize(
    ("value", "text"),
    [(6.0, "6"), (5.5, "5.5"), (1 / 3, "0.33"), (0.0, "0"), (-0.001, "0"), (-1.5, "−1.5"), (100.0, "100")],
)
def test_numbers_are_as_people_write_them(value, text):
    assert words.number(value) == text


def test_points_agree_in_number():
    assert [words.points(n) for n in (0, 1, 1.5, 2)] == ["0 points", "1 point", "1.5 points", "2 points"]


def test_a_moment_names_its_zone():
    new_york = ZoneInfo("America/New_York")
    assert words.moment(datetime(2021, 11, 7, 5, 30, tzinfo=UTC).astimezone(new_york)) == "7 November 2021, 01:30 (EDT)"
    assert words.moment(datetime(2021, 11, 7, 6, 30, tzinfo=UTC).astimezone(new_york)) == "7 November 2021, 01:30 (EST)"
