"""Late penalties in nbgrader's gradebook. The time is our manifest's; a submission's own timestamp says nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Any as AnyTrait

from torchstone.collecting.extensions import FILE, as_mapping, read_extensions
from torchstone.collecting.manifest import Attempt, Manifest
from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.gradebook.lateness import HandIn, Lateness, account, charge, days_late, due_of, penalty
from torchstone.model import LateNote

__all__ = ["days_late", "due_of", "penalty"]  # the pure part, where it is looked for

#: nbgrader stores floats; a smaller difference is none.
CLOSE = 1e-6


@dataclass(frozen=True)
class Change:
    """A penalty that is not what the policy gives."""

    student: str
    assignment: str
    stored: float
    due: LateNote  #: what it should be, and why


def latest_attempt(course: Course, student: str, assignment: str) -> Attempt | None:
    """The attempt that counts, from the manifest; None if the manifest has none. Raises CourseError if it is
    damaged.
    """
    return Manifest.load(course.manifest).latest(student, assignment)


def received(course: Course, student: str, assignment: str) -> datetime | None:
    """When the attempt that counts came in; None if the manifest does not say."""
    attempt = latest_attempt(course, student, assignment)
    return attempt.received if attempt is not None else None


class Lates:
    """Everyone's late days, from the manifest, the deadlines, the extension sheet and the gradebook's extensions.

    `granted` are the extensions in the gradebook, by student and assignment; of two extensions the longer one counts.
    Raises CourseError for a manifest or a sheet that cannot be used.
    """

    def __init__(self, course: Course, granted: Mapping[tuple[str, str], timedelta]) -> None:
        self._course = course
        self._received = {key: a.received for key, a in Manifest.load(course.manifest).all_latest().items()}
        self._sheet = as_mapping(read_extensions(course.seminar / FILE, due_of(course)))
        self._granted = granted
        self._accounts: dict[str, Mapping[str, Lateness]] = {}

    def of(self, student: str, assignment: str) -> Lateness:
        """The late days of one submission, with what the bank pays of them."""
        if student not in self._accounts:
            items = [self._item(student, topic.assignment) for topic in self._course.topics]
            self._accounts[student] = account(self._course.late, items)
        return self._accounts[student][assignment]

    def charge(self, student: str, assignment: str, score: float, maximum: float) -> LateNote:
        """The penalty of one submission by the course's policy."""
        return charge(self._course.late, self.of(student, assignment), score, maximum)

    def _item(self, student: str, assignment: str) -> HandIn:
        key = (student, assignment)
        extension = max(self._sheet.get(key, timedelta(0)), self._granted.get(key, timedelta(0)))
        return HandIn(assignment, self._course.due(assignment), self._received.get(key), extension)


def lates(course: Course, book: Any) -> Lates:
    """Everyone's late days; `book` is the open gradebook, whose extensions count too."""
    from nbgrader.api import Assignment, Student, SubmittedAssignment

    rows = (
        book.db.query(Student.id, Assignment.name, SubmittedAssignment.extension)
        .join(SubmittedAssignment, SubmittedAssignment.student_id == Student.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(SubmittedAssignment.extension.isnot(None))
    )
    return Lates(course, {(student, assignment): extension for student, assignment, extension in rows})


def stale_penalties(course: Course, assignments: Iterable[str] = ()) -> tuple[Change, ...]:
    """The penalties in the gradebook that are not what the policy gives now; of all assignments if none is named.

    Changes nothing. Raises GradebookError, CourseError.
    """
    from torchstone.gradebook.book import open_book

    with open_book(course) as book:
        return tuple(change for change, _ in _stale(course, book, _chosen(course, book, assignments)))


def apply_penalties(course: Course, assignments: Iterable[str] = ()) -> tuple[Change, ...]:
    """Write what the policy gives into the gradebook, for all assignments if none is named; gives what changed.

    Needed after a change of policy, deadline, extension, manifest or manual score, and after another assignment's
    submission drew on the same bank. Raises GradebookError, CourseError; then nothing was written.
    """
    from torchstone.gradebook.book import open_book

    with open_book(course) as book:
        chosen = _chosen(course, book, assignments)
        changed = list(_stale(course, book, chosen))
        for change, notebook in changed:
            notebook.late_submission_penalty = change.due.penalty or None
        attempts = Manifest.load(course.manifest).all_latest()
        for assignment in chosen:
            row = book.find_assignment(assignment)
            row.duedate = naive_utc(course.due(assignment))
            for submission in row.submissions:
                attempt = attempts.get((submission.student_id, assignment))
                submission.timestamp = naive_utc(attempt.received if attempt else None)
        book.db.commit()
        return tuple(change for change, _ in changed)


def refresh_penalties(course: Course, assignment: str) -> int:
    """`apply_penalties` for one assignment; gives the number of its submissions."""
    from torchstone.gradebook.book import open_book

    apply_penalties(course, [assignment])
    with open_book(course) as book:
        return len(book.assignment_submissions(assignment))


def _chosen(course: Course, book: Any, assignments: Iterable[str]) -> tuple[str, ...]:
    """The assignments, in the course's order; all that the gradebook and the course both have if none is named."""
    there = {a.name for a in book.assignments}
    asked = tuple(assignments)
    for assignment in asked:
        course.topic(assignment)
        if assignment not in there:
            raise CourseError(f"the gradebook has no assignment {assignment!r}; run `torchstone release {assignment}`")
    return asked or tuple(t.assignment for t in course.topics if t.assignment in there)


def _stale(course: Course, book: Any, assignments: Iterable[str]) -> Iterable[tuple[Change, Any]]:
    """Each penalty that is not the policy's, with the gradebook's notebook that holds it."""
    everyone = lates(course, book)
    by_notebook: defaultdict[str, list[Any]] = defaultdict(list)
    for assignment in assignments:
        by_notebook[assignment] += book.notebook_submissions(assignment, assignment)
    for assignment, notebooks in by_notebook.items():
        for notebook in sorted(notebooks, key=lambda n: str(n.student.id)):
            student = str(notebook.student.id)
            stored = float(notebook.late_submission_penalty or 0.0)
            score, maximum = float(notebook.score), float(notebook.max_score)
            note = everyone.charge(student, assignment, score, maximum)
            if abs(note.penalty - stored) > CLOSE:
                yield Change(student, assignment, stored, note), notebook


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
            submission.timestamp = naive_utc(time)
            submission.assignment.duedate = naive_utc(self.course.due(assignment))
            book.db.commit()
        nb, resources = super().preprocess(nb, resources)
        return nb, resources


class ManifestLatePlugin(LateSubmissionPlugin):
    """Penalties by `charge`. nbgrader's count of seconds is not used: it knows no grace, no bank and no time zone."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        asked: ManifestLatePenalties = self.parent
        submission = asked.gradebook.find_submission(asked.assignment_id, student_id)
        everyone = lates(asked.course, asked.gradebook)
        note = everyone.charge(student_id, asked.assignment_id, score, float(submission.max_score))
        return note.penalty or None


def naive_utc(time: datetime | None) -> datetime | None:
    """As nbgrader's database has it: UTC without a zone."""
    return None if time is None else time.astimezone(UTC).replace(tzinfo=None)
