"""What grades are computed from: the gradebook's weeks, the people's scores, the topics given, the late days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from torchstone.collecting.roster import Student, read_roster
from torchstone.config import Course
from torchstone.gradebook.lateness import Lateness, charge, fraction_lost
from torchstone.gradebook.scoring import exercise_of
from torchstone.gradebook.semester import Semester, read_semester
from torchstone.messages import grades as told
from torchstone.seminar.allocation import Allocation, load_allocation, path_of
from torchstone.seminar.formgrader import CELL
from torchstone.seminar.grades.grade import Grade, Item, PartName, Policy, compute, exact
from torchstone.seminar.standing import Standing, standings

_Scores = Mapping[tuple[str, str], Standing]


@dataclass(frozen=True)
class Class:
    """Everyone's grade, in the roster's order."""

    policy: Policy
    grades: tuple[Grade, ...]
    weeks: tuple[str, ...]  #: the assignments that were released
    unsettled: tuple[str, ...] = ()  #: scores on which graders differ; their mean counts until they settle it


def policy_of(course: Course) -> Policy:
    """The course's policy, in exact numbers."""
    weights, grades = course.settings.weights, course.settings.grades
    return Policy(
        {
            "exercises": exact(weights.notebooks.exercises),
            "explorations": exact(weights.notebooks.explorations),
            "presentation": exact(weights.presentation),
            "participation": exact(weights.participation),
        },
        grades.drop_lowest,
        grades.missing == "zero",
        tuple((letter, exact(bound)) for letter, bound in grades.letters.items()),
        grades.decimals,
    )


def class_grades(course: Course, now: datetime) -> Class:
    """Everyone's grade as things stand at `now` (aware).

    Raises CourseError (roster, allocation, scores, manifest), GradebookError.
    """
    facts = _Facts(course, now)
    policy = policy_of(course)
    grades = tuple(compute(policy, s.id, s.name, facts.items(s)) for s in read_roster(course.roster))
    return Class(policy, grades, facts.semester.assignments, facts.unsettled())


class _Facts:
    """All records of a course, read once."""

    def __init__(self, course: Course, now: datetime) -> None:
        self._course = course
        self._now = now
        self._zero = course.settings.grades.missing == "zero"
        self._today: date = now.astimezone(course.timezone).date()
        self.semester: Semester = read_semester(course)
        self._weeks = [a for a in self.semester.assignments if set(self.semester.maxima[a]) - {CELL}]
        self._given: Allocation | None = load_allocation(course) if path_of(course).exists() else None
        self._explorations: _Scores = standings(course, "notebook")
        self._presentations: _Scores = standings(course, "presentation")
        self._participation: _Scores = standings(course, "participation")
        self._sessions = [
            t.assignment for t in course.topics if any(week == t.assignment for _, week in self._participation)
        ]

    def items(self, student: Student) -> Mapping[PartName, tuple[Item, ...]]:
        return {
            "exercises": tuple(self._exercises(student.id, a) for a in self._weeks),
            "explorations": tuple(self._exploration(student.id, t) for t in self._topics(student.id)),
            "presentation": self._presentation(student.id),
            "participation": tuple(self._session(student.id, week) for week in self._sessions),
        }

    def unsettled(self) -> tuple[str, ...]:
        kinds = {
            "notebook": self._explorations,
            "presentation": self._presentations,
            "participation": self._participation,
        }
        return tuple(
            f"{student}, {kind} of {topic}: {' and '.join(standing.graders)} differ"
            for kind, scores in kinds.items()
            for (student, topic), standing in scores.items()
            if standing.differs
        )

    def _topics(self, student: str) -> tuple[str, ...]:
        return self._given.notebooks.get(student, ()) if self._given else ()

    def _exercises(self, student: str, assignment: str) -> Item:
        title = self._course.topic(assignment).title
        late = self.semester.lates.of(student, assignment)
        cells = self.semester.submissions.get((student, assignment))
        if cells is None and late.received is not None:  # collected and not graded yet
            return Item(assignment, title, "waiting", note=told.waits_for_a_grader())
        if cells is None:
            return self._absent(assignment, title, late)
        given = {c.cell: c.points for c in cells}
        maxima = {c: m for c, m in self.semester.maxima[assignment].items() if c != CELL}
        unscored = [c for c in maxima if given.get(c) is None]  # also a cell that was released after it was graded
        if unscored:
            return Item(assignment, title, "waiting", note=told.not_scored_yet([exercise_of(c) for c in unscored]))
        points = sum((exact(points) for c in maxima if (points := given[c]) is not None), Fraction(0))
        maximum = sum((exact(m) for m in maxima.values()), Fraction(0))
        return self._scored(assignment, title, points, maximum, late)

    def _exploration(self, student: str, topic: str) -> Item:
        title = self._course.topic(topic).title
        late = self.semester.lates.of(student, topic)
        standing = self._explorations.get((student, topic))
        if standing is not None:
            return self._scored(topic, title, _points(standing), exact(standing.maximum), late)
        cells = self.semester.submissions.get((student, topic))
        if cells is None and late.received is None:
            return self._absent(topic, title, late)
        return Item(topic, title, "waiting", note=told.waits_for_a_grader())

    def _presentation(self, student: str) -> tuple[Item, ...]:
        topic = self._given.presentations.get(student) if self._given else None
        if topic is None:
            return ()
        title = self._course.topic(topic).title
        standing = self._presentations.get((student, topic))
        if standing is not None:
            return (Item(topic, title, "graded", _points(standing), exact(standing.maximum)),)
        day = self._course.topic(topic).date
        if day >= self._today:
            return (Item(topic, title, "ahead", note=told.session(day.isoformat())),)
        return (Item(topic, title, "missing", note=told.no_presentation(day.isoformat(), self._zero)),)

    def _session(self, student: str, week: str) -> Item:
        title = self._course.topic(week).title
        standing = self._participation.get((student, week))
        if standing is None:
            return Item(week, title, "excused", note=told.excused())
        return Item(week, title, "graded", _points(standing), exact(standing.maximum))

    def _scored(self, name: str, title: str, points: Fraction, maximum: Fraction, late: Lateness) -> Item:
        if late.days == 0 or late.received is None:
            return Item(name, title, "graded", points, maximum)
        note = charge(self._course.late, late, float(points), float(maximum)).reason
        lost = exact(round(fraction_lost(self._course.late, late.charged), 12))  # 0.1 · 3 is 0.3, as people read it
        return Item(name, title, "graded", points, maximum, lost, note)

    def _absent(self, name: str, title: str, late: Lateness) -> Item:
        if self._now < late.due:
            return Item(name, title, "ahead", note=told.due(f"{late.due:%Y-%m-%d %H:%M}"))
        return Item(name, title, "missing", note=told.nothing_handed_in(self._zero))


def _points(standing: Standing) -> Fraction:
    """The graders' mean without the noise of floating point: 6, not 6.000000000000001."""
    return exact(round(standing.points, 9))
