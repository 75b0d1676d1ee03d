"""Explorations scored in formgrader come back into the seminar's ledger."""

from __future__ import annotations

from typing import Any

import pytest

from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.gradebook.book import enter_roster, open_book
from torchstone.gradebook.manual import ManualScore, manual_scores
from torchstone.gradebook.scores import write_scores
from torchstone.seminar import ledger
from torchstone.seminar.formgrader import read_back
from torchstone.seminar.standing import standings

WEEK = "week01"
RUBRIC = """
kind: notebook
title: Exploration
points: 5
tolerance: 1
items:
  - {id: all, points: 5, title: All of it, student_explanation: All of it.}
"""


def in_formgrader(course: Course, student: str, points: float | None, comment: str | None = None) -> None:
    with open_book(course) as book:
        book.find_grade("exploration", WEEK, WEEK, student).manual_score = points
        book.find_comment("exploration", WEEK, WEEK, student).manual_comment = comment
        book.db.commit()


@pytest.fixture
def scored(released: Course, hand_in: Any, grader: Any) -> Course:
    """Two students with explorations, one of them scored by hand."""
    rows = "".join(f"s{n},Last{n},First{n},\n" for n in (1, 2))
    released.roster.write_text(f"id,last_name,first_name,email\n{rows}")
    released.rubrics.mkdir()
    (released.rubrics / "notebook.yaml").write_text(RUBRIC)
    for student in ("s1", "s2"):
        hand_in(student, exploration="Noise helps.")
    write_scores(released, WEEK, ["s1", "s2"], grader=grader)
    enter_roster(released)
    in_formgrader(released, "s1", 4.0, "Well seen, now add seeds.")
    return released


def test_only_what_a_person_entered_is_read(scored: Course) -> None:
    assert manual_scores(scored, WEEK, "exploration") == (ManualScore("s1", 4.0, 5.0, "Well seen, now add seeds."),)
    with pytest.raises(CourseError, match="no manually graded cell 'double'; it has exploration"):
        manual_scores(scored, WEEK, "double")


def test_reading_back_enters_changes_once_and_takes_back_what_is_gone(scored: Course) -> None:
    assert len(read_back(scored, WEEK).entries) == 1
    assert read_back(scored, WEEK).unchanged == 1
    found = standings(scored, "notebook")["s1", WEEK]
    assert (found.points, found.maximum, found.graders) == (4.0, 5.0, ("formgrader",))
    in_formgrader(scored, "s1", 2.0)
    in_formgrader(scored, "s2", 5.0)
    read_back(scored, WEEK)
    assert {key: s.points for key, s in standings(scored, "notebook").items()} == {("s1", WEEK): 2.0, ("s2", WEEK): 5.0}
    in_formgrader(scored, "s1", None)
    read_back(scored, WEEK)
    assert set(standings(scored, "notebook")) == {("s2", WEEK)}
    assert [entry.source for entry in ledger.read(scored)] == ["formgrader"] * 4


def test_a_second_grader_beside_formgrader_gives_a_mean(scored: Course) -> None:
    read_back(scored, WEEK)
    ledger.append(scored, [ledger.New(ledger.Score("notebook", "s1", WEEK, 1.0, 5.0, tolerance=1.0), "ta2")])
    found = standings(scored, "notebook")["s1", WEEK]
    assert (found.points, found.differs) == (2.5, True)


def test_a_rubric_of_another_maximum_is_refused(scored: Course) -> None:
    (scored.rubrics / "notebook.yaml").write_text(RUBRIC.replace("points: 5", "points: 10"))
    with pytest.raises(CourseError, match="is worth 5 points, the notebook rubric 10"):
        read_back(scored, WEEK)
    assert ledger.read(scored) == ()


def test_points_above_the_maximum_are_refused_with_the_student(scored: Course) -> None:
    in_formgrader(scored, "s2", 7.0)
    with pytest.raises(CourseError, match="formgrader, s2, week01: points: 7 is not between 0 and 5"):
        read_back(scored, WEEK)
    assert ledger.read(scored) == ()
