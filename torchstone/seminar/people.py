"""Whom and what a score may be about: the class, the topics, and neutral ids for graders who should not know whom."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from torchstone import secret
from torchstone.collecting.roster import read_roster
from torchstone.config import Course
from torchstone.errors import CourseError


@dataclass(frozen=True)
class People:
    """The class and its topics, for checking what people typed."""

    course: Course

    @cached_property
    def students(self) -> tuple[str, ...]:
        """Ids of the class, in the roster's order. Raises CourseError if roster.csv cannot be used."""
        return tuple(student.id for student in read_roster(self.course.roster))

    def student(self, name: str) -> str:
        """The id as the roster writes it. Raises CourseError for somebody else."""
        if name in self.students:
            return name
        raise CourseError(f"{name!r} is not in {self.course.roster.name}" if name else "the student is missing")

    def topic(self, name: str) -> str:
        """The assignment's name, from `week04`, `04` or `4`. Raises CourseError."""
        if not name:
            raise CourseError("the topic is missing")
        assignment = f"week{int(name):02d}" if name.isascii() and name.isdigit() and len(name) < 4 else name
        self.course.topic(assignment)
        return assignment


def anonymous_ids(course: Course, purpose: str, topic: str, students: Iterable[str]) -> Mapping[str, str]:
    """A neutral id (`r-5f0c21ab`) for each student, sorted by it: neither id nor order tells who it is.

    They come from the course's secret, so they stay the same for one purpose (a kind, the gallery) and topic, differ
    otherwise, and cannot be computed by a grader who has the roster alone. Raises SecretError.
    """
    key = secret.load_or_create(course.secret_path)
    found = {
        f"r-{hmac.digest(key, f'anonymous/{purpose}/{topic}/{student}'.encode(), 'sha256').hex()[:8]}": student
        for student in students
    }
    return {student: name for name, student in sorted(found.items())}
