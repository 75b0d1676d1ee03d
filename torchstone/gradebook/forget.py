"""Forgetting a student: their work, what was made of it, and their rows; and what is left for people to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import MissingEntry

from torchstone import secret
from torchstone.collecting.manifest import Manifest
from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.gradebook.book import open_book, there_is_a_book
from torchstone.results import Store


@dataclass(frozen=True)
class Traces:
    """Where a student was found."""

    student: str
    paths: tuple[Path, ...]  #: files and folders of theirs alone
    attempts: int  #: records in the manifest
    gradings: int  #: in the results store
    assignments: int  #: submissions in the gradebook
    in_gradebook: bool
    left: tuple[str, ...]  #: what names them and is not removed, in words

    @property
    def anything(self) -> bool:
        return bool(self.paths or self.attempts or self.gradings or self.in_gradebook)

    @property
    def told(self) -> tuple[str, ...]:
        """What is removed, a line each."""
        lines = [str(path) for path in self.paths]
        lines += [f"{self.attempts} records of attempts in the manifest"] if self.attempts else []
        lines += [f"{self.gradings} gradings, and the results that are nobody else's"] if self.gradings else []
        lines += [f"the student and {self.assignments} submissions in the gradebook"] if self.in_gradebook else []
        return tuple(lines)


def traces(course: Course, student: str, pages: Iterable[Path] = ()) -> Traces:
    """Everything of a student that is here. `pages` are further files of theirs alone. Changes nothing.

    Raises CourseError for an id that cannot be one, GradebookError.
    """
    if not student or student in (".", "..") or "/" in student or "\0" in student:
        raise CourseError(f"{student!r} is not a student's id")
    homes = (course.submitted, course.autograded, course.feedback)
    manifest = Manifest.load(course.manifest)
    own = [r for r in manifest.records if r.student == student]
    kept = [course.collected / r.file for r in own]
    paths = [p for p in (*(home / student for home in homes), *pages, *kept) if p.exists() or p.is_symlink()]
    with _store(course) as store:
        gradings = store.gradings_of(student) if store else ()
    in_gradebook, assignments = _rows(course, student)
    return Traces(
        student,
        tuple(dict.fromkeys(paths)),
        len(own),
        len(gradings),
        assignments,
        in_gradebook,
        tuple(_left(course, student)),
    )


def forget(course: Course, found: Traces) -> None:
    """Remove what `traces` found. The gradebook goes last: a run that is cut short can be run again.

    Raises CourseError, GradebookError, StoreError; what was removed before stays removed.
    """
    try:
        for path in found.paths:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            _remove_empty(path.parent, course.collected)
        shutil.rmtree(course.state / "pages", ignore_errors=True)  # what pages were made from: it names everyone
    except OSError as e:
        raise CourseError(f"{e.filename} cannot be removed: {e.strerror}; run this again when it can") from e
    manifest = Manifest.load(course.manifest)
    if any(r.student == found.student for r in manifest.records):
        Manifest(tuple(r for r in manifest.records if r.student != found.student)).write(course.manifest)
    with _store(course) as store:
        if store:
            store.forget(found.student)
    if found.in_gradebook:
        with open_book(course) as book:
            book.remove_student(found.student)


class _store:  # noqa: N801 (used as a function)
    """The course's results store, or None where nothing was ever graded."""

    def __init__(self, course: Course) -> None:
        path = course.state / "results.sqlite"
        there = path.exists() and course.secret_path.exists()
        self._store = Store(path, secret.fingerprint(secret.load(course.secret_path))) if there else None

    def __enter__(self) -> Store | None:
        return self._store

    def __exit__(self, *_: object) -> None:
        if self._store:
            self._store.close()


def _rows(course: Course, student: str) -> tuple[bool, int]:
    if not there_is_a_book(course):
        return False, 0
    with open_book(course) as book:
        try:
            book.find_student(student)
        except MissingEntry:
            return False, 0
        return True, len(book.student_submissions(student))


def _left(course: Course, student: str) -> Iterator[str]:
    """What holds a student's name or points beside their own files, and is not ours to change in silence."""
    folder = course.state / "backups"
    if folder.is_dir() and (backups := list(folder.iterdir())):
        yield f"{len(backups)} backups of the gradebook in {folder}: delete them when they are needed no more"
    if course.roster.exists() and student in course.roster.read_text(encoding="utf-8", errors="replace"):
        yield f"the roster {course.roster}: delete the student's line, or `torchstone grade` enters them again"
    if course.feedback.is_dir() and any(course.feedback.glob("*.html")):
        yield "the staff's class pages in feedback/: write them again with `torchstone feedback WEEK`"
    records = sorted(course.seminar.rglob("*")) if course.seminar.is_dir() else []
    if any(student.encode() in p.read_bytes() for p in records if p.is_file()):
        yield f"the seminar's records in {course.seminar}, a chain that cannot lose a link: archive or delete it whole"


def _remove_empty(folder: Path, root: Path) -> None:
    """Folders of a kept attempt that held nothing else."""
    while root in folder.parents and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
