"""What a late submission costs. The time is our manifest's; a submission's own timestamp says nothing."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Any as AnyTrait

from torchstone.collecting.manifest import Attempt, Manifest
from torchstone.config import Course
from torchstone.model import LateNote, LatePolicy


def penalty(policy: LatePolicy, due: datetime, received: datetime | None, score: float, maximum: float) -> LateNote:
    """The points lost by a submission that was due at `due` and came in at `received` (both aware). Pure.

    A day starts at the deadline's wall clock, in the deadline's time zone, whether that day has 23, 24 or 25 hours. The
    grace is added to the deadline and to each such start. Each started day costs `per_day` of the maximum, at most
    `at_most`, and never more than the score. Where the time of receipt is not known there is no penalty.
    """
    if received is None:
        return LateNote(0, 0.0, "The time it was received is not known, so there is no penalty.")
    days = days_late(due, received, timedelta(minutes=policy.grace_minutes))
    if days == 0:
        return LateNote(0, 0.0, "It was received in time.")
    late = f"It was received {days} started {'day' if days == 1 else 'days'} after the deadline"
    if policy.closes_days is not None and days > policy.closes_days:
        return LateNote(days, max(score, 0.0), f"{late}; submissions close after {policy.closes_days}.")
    fraction = min(policy.per_day * days, policy.at_most)
    amount = max(0.0, min(round(fraction * maximum, 6), score))
    return LateNote(days, amount, f"{late}, which costs {fraction:.0%} of the {maximum:g} points.")


def days_late(due: datetime, received: datetime, grace: timedelta = timedelta(0)) -> int:
    """How many days after the deadline had started when a submission came in; 0 if it was in time (with grace)."""
    arrived = received.astimezone(UTC) - grace  # in UTC: Python compares two times of one zone by their wall clocks
    days = max(0, math.floor((arrived - due.astimezone(UTC)) / timedelta(days=1)))
    while arrived > (due + timedelta(days=days)).astimezone(UTC):
        days += 1
    while days > 0 and arrived <= (due + timedelta(days=days - 1)).astimezone(UTC):
        days -= 1
    return days


def latest_attempt(course: Course, student: str, assignment: str) -> Attempt | None:
    """The attempt that counts, from the manifest; None if the manifest has none. Raises CourseError if it is
    damaged.
    """
    return Manifest.load(course.manifest).latest(student, assignment)


def received(course: Course, student: str, assignment: str) -> datetime | None:
    """When the attempt that counts came in; None if the manifest does not say."""
    attempt = latest_attempt(course, student, assignment)
    return attempt.received if attempt is not None else None


def due_with_extension(course: Course, assignment: str, extension: timedelta | None) -> datetime:
    """The deadline, moved by the extension that staff entered into the gradebook."""
    return course.due(assignment) + (extension or timedelta(0))


def refresh_penalties(course: Course, assignment: str) -> int:
    """Compute every stored penalty anew (after a change of policy, deadline, manifest, or manual score).

    Gives the number of submissions. Raises GradebookError.
    """
    from torchstone.gradebook.book import open_book
    from torchstone.gradebook.settings import nbgrader_config

    with open_book(course) as book:
        students = [s.student.id for s in book.assignment_submissions(assignment)]
    assign = ManifestLatePenalties(config=nbgrader_config(course))
    for student in students:
        ids = {"student": student, "assignment": assignment, "notebook": assignment, "db_url": course.gradebook_url}
        assign.preprocess(NotebookNode(cells=[]), {"nbgrader": ids})
    return len(students)


class ManifestLatePenalties(AssignLatePenalties):
    """nbgrader's AssignLatePenalties on our times.

    nbgrader asks its plugin only about submissions that are late by the gradebook's timestamp, which comes from a file
    in the submitted folder. So the manifest's time and the configuration's deadline are written there first.
    """

    course: Course = AnyTrait(None, help="The course whose manifest and policy count.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        ids = resources["nbgrader"]
        student, assignment = ids["student"], ids["assignment"]
        time = received(self.course, student, assignment)
        if time is None:
            self.log.warning("%s is not in the manifest for %s: no late penalty", student, assignment)
        with Gradebook(ids["db_url"], self.course.id) as book:
            submission = book.find_submission(assignment, student)
            submission.timestamp = _naive_utc(time)
            submission.assignment.duedate = _naive_utc(self.course.due(assignment))
            book.db.commit()
        nb, resources = super().preprocess(nb, resources)
        return nb, resources


class ManifestLatePlugin(LateSubmissionPlugin):
    """Penalties by `penalty`. nbgrader's count of seconds is not used: it knows no grace and no time zone."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        asked: ManifestLatePenalties = self.parent
        submission = asked.gradebook.find_submission(asked.assignment_id, student_id)
        note = penalty(
            asked.course.late,
            due_with_extension(asked.course, asked.assignment_id, submission.extension),
            received(asked.course, student_id, asked.assignment_id),
            score,
            submission.max_score,
        )
        return note.penalty or None


def _naive_utc(time: datetime | None) -> datetime | None:
    """As nbgrader's database has it: UTC without a zone."""
    return None if time is None else time.astimezone(UTC).replace(tzinfo=None)
