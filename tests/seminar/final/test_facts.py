"""Grades of a course from its records: gradebook, manifest, allocation, people's scores."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from torchstone.gradebook.book import open_book
from torchstone.seminar import ledger
from torchstone.seminar.allocation import path_of
from torchstone.seminar.grades.facts import class_grades
from torchstone.seminar.ledger import New, Score, Withdrawal


def of(course, when):
    return {g.student: g for g in class_grades(course, when).grades}


def test_every_part_comes_from_its_record(semester, after):
    grades = of(semester(), after)
    ann = grades["ann"]
    assert [i.fraction for i in ann.part("exercises").items] == [1, 1, 1, 1]
    assert [i.name for i in ann.part("explorations").items] == ["week02", "week03", "week04"]
    assert ann.part("explorations").fraction == Fraction(8, 10)
    assert ann.part("presentation").fraction == Fraction(40, 50)
    assert ann.part("participation").fraction == 1
    assert ann.final == 25 + 20 + 20 + 25


def test_lateness_takes_from_exercises_and_exploration_after_the_bank(semester, after):
    """bob, two started days late in week 1: one is free, one costs a tenth of each maximum."""
    bob = of(semester(), after)["bob"]
    week = bob.part("exercises").items[0]
    assert (week.points, week.maximum, week.lost) == (29, 30, Fraction(1, 10))
    assert week.fraction == Fraction(29, 30) - Fraction(1, 10)
    assert "1 is paid from the bank" in week.note
    assert bob.part("explorations").items[0].fraction == Fraction(8, 10) - Fraction(1, 10)


def test_who_handed_in_nothing_is_missing(semester, after):
    flo = of(semester(), after)["flo"]
    assert [i.state for i in flo.part("exercises").items] == ["graded", "missing", "graded", "graded"]
    assert flo.final is None
    assert "Weekly exercises, week02: missing" in flo.open_because
    zero = of(semester(grades={"missing": "zero"}), after)["flo"]
    assert zero.part("exercises").fraction == 3 * Fraction(25, 30) / 4
    assert zero.final is not None


def test_an_exploration_that_was_not_allocated_is_not_in_it(semester, after):
    course = semester()
    names = [i.name for i in of(course, after)["bob"].part("explorations").items]
    assert names == ["week01", "week03", "week04"]
    path_of(course).unlink()
    grade = of(course, after)["bob"]
    assert grade.part("explorations").fraction is None
    assert "Explorations: nothing yet" in grade.open_because


def test_what_nobody_scored_yet_waits_and_what_is_ahead_is_ahead(semester, after):
    course = semester()
    ledger.append(course, [New(Withdrawal("notebook", "ann", "week02"), "grader-1")])
    ledger.append(course, [New(Withdrawal("presentation", "dan", "week04"), "grader-1")])
    grades = of(course, after)
    assert grades["ann"].part("explorations").items[0].state == "waiting"
    assert grades["dan"].part("presentation").items[0].state == "missing"
    early = of(course, datetime(2021, 11, 2, tzinfo=UTC))
    assert early["dan"].part("presentation").items[0].state == "ahead"


def test_graders_who_differ_are_named_and_their_mean_counts(semester, after):
    course = semester()
    assert class_grades(course, after).unsettled == ()
    ledger.append(course, [New(Score("notebook", "ann", "week02", 4.0, 10.0, tolerance=1.5), "grader-2")])
    grades = class_grades(course, after)
    assert grades.unsettled == ("ann, notebook of week02: grader-1 and grader-2 differ",)
    assert grades.grades[0].part("explorations").items[0].points == 6


def test_a_session_that_someone_was_excused_from_does_not_count(semester, after):
    course = semester(grades={"missing": "zero"})
    ledger.append(course, [New(Withdrawal("participation", "bob", "week03", "ill"), "grader-1")])
    bob = of(course, after)["bob"].part("participation")
    assert [i.state for i in bob.items] == ["graded", "graded", "excused", "graded"]
    assert bob.fraction == Fraction(1, 2)


def test_a_cell_without_a_score_is_ours_to_settle(semester, after):
    course = semester(grades={"missing": "zero"})
    with open_book(course) as book:
        grade = book.find_grade("a_check", "week01", "week01", "ann")
        grade.auto_score = None
        book.db.commit()
    ann = of(course, after)["ann"]
    assert ann.part("exercises").items[0].state == "waiting"
    assert ann.part("exercises").items[0].note == "The staff have still to score 1 exercise: a."
    assert ann.final is None


def test_an_exercise_that_was_released_after_grading_waits_and_is_no_zero(semester, after):
    course = semester()
    with open_book(course) as book:
        book.update_or_create_grade_cell("c_check", "week01", "week01", max_score=5, cell_type="code")
    item = of(course, after)["ann"].part("exercises").items[0]
    assert (item.state, item.note) == ("waiting", "The staff have still to score 1 exercise: c.")


def test_what_was_collected_and_not_graded_waits_and_is_not_missing(semester, after):
    course = semester(grades={"missing": "zero"})
    with open_book(course) as book:
        book.remove_submission("week03", "ann")
    item = of(course, after)["ann"].part("exercises").items[2]
    assert (item.state, item.note) == ("waiting", "It was handed in and waits for a grader.")


def test_a_graders_points_stand_in_for_the_checks(semester, after):
    course = semester()
    with open_book(course) as book:
        grade = book.find_grade("a_check", "week01", "week01", "ann")
        grade.manual_score, grade.extra_credit = 4.0, 0.5
        book.db.commit()
    assert of(course, after)["ann"].part("exercises").items[0].points == Fraction("24.5")


@pytest.mark.parametrize("settings", [{}, {"grades": {"drop_lowest": 1, "missing": "zero"}}])
def test_every_total_is_found_by_another_way_of_computing(semester, after, settings):
    """From nbgrader's own API and the ledger's lines, in floating point, without the code under test."""
    course = semester(**settings)
    drop = 1 if settings else 0
    entries = [e.what for e in ledger.read(course)]
    for n, grade in enumerate(class_grades(course, after).grades):
        student = grade.student
        lost = {("bob", "week01"): 0.1}
        weeks = []
        with open_book(course) as book:
            for week in ("week01", "week02", "week03", "week04"):
                try:
                    cells = book.find_submission_notebook(week, week, student).grades
                except Exception:  # nbgrader: no such submission
                    weeks.append(0.0 if settings else None)
                    continue
                total = sum(c.score for c in cells if c.name != "exploration")
                weeks.append(total / 30 - lost.get((student, week), 0.0))
        there = sorted(w for w in weeks if w is not None)
        own = [
            [
                e.points / e.maximum - lost.get((student, e.topic), 0.0) * (kind == "notebook")
                for e in entries
                if (e.student, e.kind) == (student, kind)
            ]
            for kind in ("notebook", "presentation", "participation")
        ]
        parts = [there[drop:], *own]
        assert grade.so_far == pytest.approx(Fraction(25 * sum(sum(p) / len(p) for p in parts)), abs=1e-9), n
