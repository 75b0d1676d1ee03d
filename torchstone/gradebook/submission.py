"""What a student handed in, as both ways of grading read it."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torchstone import notebook
from torchstone.config import Course
from torchstone.errors import CourseError, UnreadableNotebook
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
        return next((r for r in self.reading.repairs if r.kind in BLANK_KINDS), None)


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
    release = released(course, assignment)
    path = notebook_path(course, student, assignment)
    data = _bytes_of(path)
    if data is None:
        message = page.nothing_handed_in(assignment)
        blank = Reading(notebook.stub_program(release, assignment), release, (Repair("nothing-handed-in", message),))
        return Submission(student, assignment, blank, attempt="")
    return Submission(
        student,
        assignment,
        notebook.read_submission(data, release, assignment),
        attempt=hashlib.sha256(data).hexdigest(),
    )


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
