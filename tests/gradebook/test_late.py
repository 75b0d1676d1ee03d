"""The price of a late submission."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchstone.collecting.extensions import Extension, write_extensions
from torchstone.collecting.manifest import Manifest
from torchstone.gradebook.book import dump, open_book
from torchstone.gradebook.late import apply_penalties, days_late, penalty, refresh_penalties, stale_penalties
from torchstone.gradebook.scores import write_scores
from torchstone.model import LatePolicy

NEW_YORK = ZoneInfo("America/New_York")
DUE = datetime(2021, 10, 18, 9, 0, tzinfo=NEW_YORK)
POLICY = LatePolicy(grace_minutes=60, per_day=0.10, at_most=0.35, closes_days=7)

moments = st.datetimes(datetime(2021, 1, 1), datetime(2022, 12, 31))
policies = st.builds(
    LatePolicy,
    grace_minutes=st.integers(0, 2000),
    per_day=st.floats(0, 1),
    at_most=st.floats(0, 1),
    closes_days=st.none() | st.integers(0, 20),
)


@pytest.mark.parametrize(
    ("late_by", "days", "amount"),
    [
        (timedelta(0), 0, 0.0),
        (timedelta(minutes=60), 0, 0.0),
        (timedelta(minutes=60, seconds=1), 1, 9.2),
        (timedelta(days=1, minutes=60), 1, 9.2),
        (timedelta(days=1, minutes=61), 2, 18.4),
        (timedelta(days=5), 5, 32.2),
        (timedelta(days=7), 7, 32.2),
        (timedelta(days=8), 8, 70.0),
    ],
)
def test_each_started_day_costs_a_fraction_of_the_maximum(late_by: timedelta, days: int, amount: float) -> None:
    note = penalty(POLICY, DUE, DUE + late_by, score=70, maximum=92)
    assert (note.days, note.penalty) == (days, pytest.approx(amount))


def test_a_penalty_never_exceeds_the_score() -> None:
    assert penalty(POLICY, DUE, DUE + timedelta(days=3), score=5, maximum=92).penalty == 5


def test_an_unknown_time_costs_nothing_and_says_so() -> None:
    note = penalty(POLICY, DUE, None, 70, 92)
    assert (note.days, note.penalty) == (0, 0.0)
    assert "not known" in note.reason


def test_days_follow_the_wall_clock_when_the_clocks_change() -> None:
    due = datetime(2021, 11, 6, 23, 59, tzinfo=NEW_YORK)  # the next day has 25 hours
    at = due.astimezone(UTC)
    assert days_late(due, at + timedelta(hours=25)) == 1
    assert days_late(due, at + timedelta(hours=25, seconds=1)) == 2
    spring = datetime(2022, 3, 12, 23, 59, tzinfo=NEW_YORK)  # and this one 23
    assert days_late(spring, spring.astimezone(UTC) + timedelta(hours=23, seconds=1)) == 2


def test_the_repeated_hour_is_told_apart() -> None:
    due = datetime(2021, 11, 7, 1, 30, tzinfo=NEW_YORK)  # the first half past one of two
    assert days_late(due, datetime(2021, 11, 7, 1, 30, tzinfo=NEW_YORK, fold=1)) == 1


@given(
    due=moments,
    received=moments,
    policy=policies,
    score=st.floats(0, 100),
    more=st.timedeltas(timedelta(0), timedelta(days=1000)),
)
def test_a_penalty_is_bounded_and_grows_with_time(
    due: datetime, received: datetime, policy: LatePolicy, score: float, more: timedelta
) -> None:
    due, at = due.replace(tzinfo=NEW_YORK), received.replace(tzinfo=UTC)
    first = penalty(policy, due, at, score, maximum=100)
    later = penalty(policy, due, at + more, score, maximum=100)
    assert 0 <= first.penalty <= score
    assert later.penalty >= first.penalty
    assert later.days >= first.days


@given(due=moments, received=moments)
def test_the_count_of_days_is_the_smallest_that_covers_the_time(due: datetime, received: datetime) -> None:
    due, at = due.replace(tzinfo=NEW_YORK), received.replace(tzinfo=UTC)
    days = days_late(due, at)
    assert at <= (due + timedelta(days=days)).astimezone(UTC)
    assert days == 0 or at > (due + timedelta(days=days - 1)).astimezone(UTC)


def test_penalties_can_be_refreshed_and_extensions_count(released, hand_in, grader, note_time) -> None:  # type: ignore[no-untyped-def]
    due = released.due("week01")
    hand_in("ann", double="def double(x):\n    return 2 * x", received=due + timedelta(hours=30))
    write_scores(released, "week01", ["ann"], grader=grader)

    def stored() -> float | None:
        amount: float | None = dump(released, "week01")["ann"]["week01"]["penalty"]
        return amount

    assert stored() == pytest.approx(2.4)
    with open_book(released) as book:
        book.grant_extension("week01", "ann", days=1)
    assert refresh_penalties(released, "week01") == 1
    assert stored() == pytest.approx(1.2)
    Manifest().write(released.manifest)  # the listing was wrong
    note_time("ann", due)
    refresh_penalties(released, "week01")
    assert stored() is None


def test_the_submitted_folder_has_no_say_in_the_time(released, hand_in, grader) -> None:  # type: ignore[no-untyped-def]
    path = hand_in("ann", received=None)
    (path.parent / "timestamp.txt").write_text("2021-12-24 00:00:00 UTC")
    write_scores(released, "week01", ["ann"], grader=grader)
    with open_book(released) as book:
        submission = book.find_submission("week01", "ann")
        assert (submission.timestamp, submission.late_submission_penalty) == (None, 0.0)


def test_all_penalties_are_brought_up_to_date_at_once(released, hand_in, grader) -> None:  # type: ignore[no-untyped-def]
    due = released.due("week01")
    hand_in("ann", double="def double(x):\n    return 2 * x", received=due + timedelta(hours=30))
    write_scores(released, "week01", ["ann"], grader=grader)
    assert stale_penalties(released) == ()  # nbgrader's way and ours agree
    write_extensions(released.seminar / "extensions.csv", [Extension("ann", "week01", timedelta(days=1))])
    (change,) = stale_penalties(released)
    assert (change.student, change.stored, change.due.penalty) == ("ann", pytest.approx(2.4), pytest.approx(1.2))
    before = dump(released, "week01")
    assert before["ann"]["week01"]["penalty"] == pytest.approx(2.4)
    assert apply_penalties(released) == (change,)
    assert dump(released, "week01")["ann"]["week01"]["penalty"] == pytest.approx(1.2)
    assert apply_penalties(released) == ()
    write_scores(released, "week01", ["ann"], grader=grader)  # and nbgrader's way knows the sheet
    assert stale_penalties(released) == ()
