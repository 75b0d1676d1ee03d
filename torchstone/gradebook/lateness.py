"""What a late submission costs: a pure function of the manifest's times, the deadlines, the extensions and the policy.

First a student's extension moves the deadline. Of the days that are left, those in the student's bank of free late days
are taken first, in the order of the course's deadlines. What is left is charged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from torchstone.collecting.extensions import Due
from torchstone.config import Course
from torchstone.messages import late as told
from torchstone.model import LateNote, LatePolicy

_NO_TIME = timedelta(0)


@dataclass(frozen=True)
class HandIn:
    """When one student's assignment was due, and when the attempt that counts came in."""

    assignment: str
    due: datetime  #: aware, without the extension: the same for all
    received: datetime | None  #: aware, by our manifest; None where nothing was received or the time is not known
    extension: timedelta = _NO_TIME  #: what staff granted, by the deadline's wall clock


@dataclass(frozen=True)
class Lateness:
    """The days of one submission."""

    due: datetime  #: with the extension
    received: datetime | None
    days: int  #: started after the deadline
    free: int  #: of these, paid from the bank

    @property
    def charged(self) -> int:
        """Days that cost points."""
        return self.days - self.free


def account(policy: LatePolicy, hand_ins: Iterable[HandIn]) -> Mapping[str, Lateness]:
    """One student's late days in the whole course, by assignment. Pure.

    The bank is spent in the order of deadlines (without extensions), then of names, whatever the order in which things
    came in, and on each late day while it lasts. So nobody gains by handing in later, and an extension of one
    assignment never costs anything in another.
    """
    bank = policy.bank_days
    found: dict[str, Lateness] = {}
    for item in sorted(hand_ins, key=lambda h: (h.due.astimezone(UTC), h.assignment)):
        due = item.due + max(item.extension, _NO_TIME)
        grace = timedelta(minutes=policy.grace_minutes)
        days = 0 if item.received is None else days_late(due, item.received, grace)
        free = min(days, bank)
        bank -= free
        found[item.assignment] = Lateness(due, item.received, days, free)
    return found


def fraction_lost(policy: LatePolicy, charged: int) -> float:
    """The fraction of the maximum that `charged` days cost; 1 where submissions have closed."""
    if policy.closes_days is not None and charged > policy.closes_days:
        return 1.0
    return min(policy.per_day * charged, policy.at_most)


def charge(policy: LatePolicy, late: Lateness, score: float, maximum: float) -> LateNote:
    """The points that a submission loses, with the reason. Pure.

    Each charged day costs `per_day` of the maximum, at most `at_most`, and never more than the score. After
    `closes_days` charged days all is lost. Where the time of receipt is not known there is no penalty.
    """
    if late.received is None:
        return LateNote(0, 0.0, told.time_unknown())
    if late.days == 0:
        return LateNote(0, 0.0, told.in_time())
    if late.charged == 0:
        return LateNote(late.days, 0.0, told.costs_nothing(late.days, late.free))
    fraction = fraction_lost(policy, late.charged)
    if policy.closes_days is not None and late.charged > policy.closes_days:
        return LateNote(late.days, max(score, 0.0), told.closed(late.days, late.free, policy.closes_days))
    amount = max(0.0, min(round(fraction * maximum, 6), score))
    return LateNote(late.days, amount, told.costs(late.days, late.free, fraction, maximum))


def penalty(policy: LatePolicy, due: datetime, received: datetime | None, score: float, maximum: float) -> LateNote:
    """`charge` for a lone submission that was due at `due` (with any extension) and has no bank to draw on. Pure.

    A day starts at the deadline's wall clock, in the deadline's time zone, whether that day has 23, 24 or 25 hours. The
    grace is added to the deadline and to each such start.
    """
    grace = timedelta(minutes=policy.grace_minutes)
    days = 0 if received is None else days_late(due, received, grace)
    return charge(policy, Lateness(due, received, days, 0), score, maximum)


def days_late(due: datetime, received: datetime, grace: timedelta = _NO_TIME) -> int:
    """How many days after the deadline had started when a submission came in; 0 if it was in time (with grace)."""
    arrived = received.astimezone(UTC) - grace  # in UTC: Python compares two times of one zone by their wall clocks
    days = max(0, math.floor((arrived - due.astimezone(UTC)) / timedelta(days=1)))
    while arrived > (due + timedelta(days=days)).astimezone(UTC):
        days += 1
    while days > 0 and arrived <= (due + timedelta(days=days - 1)).astimezone(UTC):
        days -= 1
    return days


def due_of(course: Course) -> Due:
    """Assignment → its deadline; None for one that the course does not have."""
    return {t.assignment: course.due(t.assignment) for t in course.topics}.get
