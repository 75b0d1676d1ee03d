"""What a student handed in, as both ways of grading read it."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from torchstone import notebook
from torchstone.config import Course
from torchstone.errors import CourseError, UnreadableNotebook
from torchstone.judge.keys import own_digest
from torchstone.messages import page
from torchstone.model import Reading, Repair

#: Bytes of a submission that are read: one more than the reader takes, so that it sees that there are more.
_READ: Final = notebook.MAX_BYTES + 1

#: Repairs after which nothing of the student's is left to grade.
BLANK_KINDS: Final = frozenset({"unreadable", "nothing-handed-in"})


@dataclass(frozen=True)
class Submission:
    """One student's notebook: as handed in (its hash), and as we read it."""

    student: str
    assignment: str
    reading: Reading
    attempt: str  #: sha256 of what was read (of the marker, where that was too much); empty where there was no file

    @property
    def blank(self) -> Repair | None:
        """Why the released notebook stands in for the student's, if it does."""
        return blank(self.reading.repairs)


def blank(repairs: Iterable[Repair]) -> Repair | None:
    """The repair after which nothing of the student's is left, if there is one."""
    return next((r for r in repairs if r.kind in BLANK_KINDS), None)


def released(course: Course, assignment: str) -> dict[str, Any]:
    """The notebook that students were given. Raises CourseError if there is none."""
    path = course.release / assignment / f"{assignment}.ipynb"
    try:
        return notebook.read(path.read_bytes())
    except FileNotFoundError:
        raise CourseError(
            f"{path} is missing; run `torchstone release {assignment}` before submissions are graded"
        ) from None
    except UnreadableNotebook as e:
        raise CourseError(f"{path} is damaged ({e}); run `torchstone release {assignment}` again") from e


def notebook_path(course: Course, student: str, assignment: str) -> Path:
    """Where a student's notebook is, if there is one."""
    return course.submitted / student / assignment / f"{assignment}.ipynb"


def read(course: Course, student: str, assignment: str) -> Submission:
    """Read a student's notebook, bounded, and never through a link.

    A file that is missing or cannot be read becomes the released notebook, and a repair says so. Raises CourseError if
    the assignment was not released.
    """
    return Submissions(course, assignment).read(student)


class Submissions:
    """The submissions of one assignment. The release is read once. Raises CourseError if it was not released."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course, self._assignment = course, assignment
        self._release = released(course, assignment)

    @cached_property
    def rules(self) -> str:
        """The digest of what the same bytes are read by: the release, and the reader itself."""
        return hashlib.sha256(json.dumps([self._release, own_digest()]).encode()).hexdigest()

    def read(self, student: str) -> Submission:
        """As `submission.read`."""
        data = self._data(student)
        if data is None:
            message = page.nothing_handed_in(self._assignment)
            program = notebook.stub_program(self._release, self._assignment)
            blank = Reading(program, copy.deepcopy(self._release), (Repair("nothing-handed-in", message),))
            return Submission(student, self._assignment, blank, attempt="")
        reading = notebook.read_submission(data, self._release, self._assignment)
        return Submission(student, self._assignment, reading, _attempt(data))

    def attempt(self, student: str) -> str:
        """`Submission.attempt`, without what it holds."""
        return _attempt(self._data(student))

    def _data(self, student: str) -> bytes | None:
        return _bytes_of(notebook_path(self._course, student, self._assignment))


def _attempt(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _bytes_of(path: Path) -> bytes | None:
    """The file's bytes, or the marker of a file that is too large; None where there is no plain file."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        if path.is_symlink():  # a link shows another file: it is not what the student handed in
            return None
        raise
    with os.fdopen(fd, "rb") as file:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            return None
        data = file.read(_READ)
        return data if len(data) < _READ else notebook.oversize_marker(found.st_size, hashlib.sha256(data).hexdigest())
