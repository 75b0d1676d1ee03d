"""The laws of lateness: extension, then bank, then penalty."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchstone.gradebook.lateness import HandIn, account, charge, fraction_lost
from torchstone.model import LatePolicy

NEW_YORK = ZoneInfo("America/New_York")
WEEKS = [f"week{n:02d}" for n in range(1, 6)]
DUES = [datetime(2021, 10, 18, 9, 0) + timedelta(days=7 * n) for n in range(5)]  # the clocks change within

policies = st.builds(
    LatePolicy,
    grace_minutes=st.integers(0, 300),
    per_day=st.floats(0, 0.5),
    at_most=st.floats(0, 1),
    closes_days=st.none() | st.integers(0, 9),
    bank_days=st.integers(0, 6),
)
hours = st.none() | st.floats(-50, 400)
semesters = st.lists(st.tuples(hours, st.integers(0, 96)), min_size=5, max_size=5)


def hand_ins(semester):
    found = []
    for week, due, (late, extension) in zip(WEEKS, DUES, semester, strict=True):
        aware = due.replace(tzinfo=NEW_YORK)
        received = None if late is None else aware.astimezone(UTC) + timedelta(hours=late)
        found.append(HandIn(week, aware, received, timedelta(hours=extension)))
    return found


def penalties(policy, semester):
    days = account(policy, hand_ins(semester))
    return {week: charge(policy, days[week], 70, 92).penalty for week in WEEKS}


@given(policies, semesters, st.integers(0, 4), st.integers(1, 200))
def test_an_extension_costs_nobody_anything_anywhere(policy, semester, which, more):
    late, extension = semester[which]
    extended = [*semester[:which], (late, extension + more), *semester[which + 1 :]]
    before, after = penalties(policy, semester), penalties(policy, extended)
    assert all(after[week] <= before[week] for week in WEEKS)


@given(policies, semesters, st.integers(0, 4), st.floats(0, 300))
def test_later_is_never_cheaper_here_or_elsewhere(policy, semester, which, more):
    late, extension = semester[which]
    if late is None:
        return
    later = [*semester[:which], (late + more, extension), *semester[which + 1 :]]
    before, after = penalties(policy, semester), penalties(policy, later)
    assert all(after[week] >= before[week] for week in WEEKS)


@given(policies, semesters)
def test_the_bank_is_spent_in_the_order_of_deadlines_and_not_more_than_it_holds(policy, semester):
    days = account(policy, reversed(hand_ins(semester)))
    left = policy.bank_days
    for week in WEEKS:
        assert days[week].free == min(days[week].days, left)
        left -= days[week].free
    assert left >= 0


@given(policies, semesters)
def test_a_larger_bank_costs_nobody_anything(policy, semester):
    richer = penalties(replace(policy, bank_days=policy.bank_days + 1), semester)
    assert all(richer[week] <= amount for week, amount in penalties(policy, semester).items())


@given(policies, semesters)
def test_a_penalty_is_the_fraction_of_the_maximum_and_never_more_than_the_score(policy, semester):
    days = account(policy, hand_ins(semester))
    for week in WEEKS:
        note = charge(policy, days[week], 70, 92)
        wanted = 70.0 if fraction_lost(policy, days[week].charged) == 1 else None
        assert 0 <= note.penalty <= 70
        if wanted is None:
            assert note.penalty == pytest.approx(min(70, fraction_lost(policy, days[week].charged) * 92), abs=1e-5)
        else:
            assert note.penalty == wanted


@given(policies, semesters)
def test_what_was_never_received_costs_nothing_and_draws_nothing(policy, semester):
    semester[2] = (None, 0)
    days = account(policy, hand_ins(semester))
    assert (days["week03"].days, days["week03"].free) == (0, 0)
    assert charge(policy, days["week03"], 70, 92).penalty == 0


def test_an_extension_moves_the_wall_clock_over_the_change_of_clocks():
    due = datetime(2021, 11, 6, 12, 0, tzinfo=NEW_YORK)
    at = datetime(2021, 11, 7, 12, 0, tzinfo=NEW_YORK)  # 25 hours later
    one = HandIn("week08", due, at.astimezone(UTC), timedelta(days=1))
    assert account(LatePolicy(), [one])["week08"].days == 0
    assert account(LatePolicy(), [replace(one, received=at.astimezone(UTC) + timedelta(seconds=1))])["week08"].days == 1


def test_the_reason_tells_what_the_bank_paid():
    policy = LatePolicy(per_day=0.1, at_most=0.5, bank_days=2)
    late = account(policy, hand_ins([(60, 0), (10, 0), *[(None, 0)] * 3]))
    first, second = (charge(policy, late[week], 70, 92) for week in WEEKS[:2])
    assert first.penalty == pytest.approx(9.2)
    assert first.reason.startswith(
        "It was received 3 started days after the deadline, of which 2 are paid from the bank"
    )
    assert second.penalty == pytest.approx(9.2)
    assert "bank" not in second.reason
