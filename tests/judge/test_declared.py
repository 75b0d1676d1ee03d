"""What graders declare, without running anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from torchstone.errors import CourseError, CourseFault
from torchstone.judge import declared_exercises, exercise, points
from torchstone.judge.probe import ACCELERATOR_TITLE
from torchstone.model import DeclaredCheck, DeclaredExercise


def test_exercises_checks_titles_and_points(bench: Any) -> None:
    week = bench.week(bench.one("raise RuntimeError", "b", 2) + bench.one("raise RuntimeError", "a", 3))
    plain = bench.head.replace('"e", accelerator=1', '"d"')
    (week / "test_first.py").write_text(plain + bench.one("raise RuntimeError"))
    assert declared_exercises(week) == (
        DeclaredExercise("d", 1, (DeclaredCheck("test_a", "Title of a", 1),)),
        DeclaredExercise(
            "e",
            6,
            (
                DeclaredCheck("test_b", "Title of b", 2),
                DeclaredCheck("test_a", "Title of a", 3),
                DeclaredCheck("accelerator", ACCELERATOR_TITLE, 1),
            ),
        ),
    )


def test_a_fault_of_the_course_is_raised(bench: Any) -> None:
    with pytest.raises(CourseFault, match="test_it"):
        declared_exercises(bench.week("1 / 0\n"))


def test_a_week_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no graders for week09"):
        declared_exercises(tmp_path / "week09")


def test_marks_refuse_what_they_do_not_know() -> None:
    with pytest.raises(ValueError, match="no world is called float16"):
        exercise("e", worlds=["float16"])
    with pytest.raises(ValueError, match="not among its worlds"):
        exercise("e", accelerator=1, worlds=["float32"])
    with pytest.raises(ValueError, match="cannot cost points"):
        points(-1)
