"""`torchstone term new`: the next term in the same directory, and the old one in the archive.

Nothing is copied and deleted: every folder of the old term is renamed into the archive, one step each, and a plan that
was written before says which. So at any moment each file is in one of two places, and a run that was interrupted is
finished by running the command again.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final

from torchstone import config, secret
from torchstone.collecting.files import private_folder, write_private
from torchstone.config import FILE, Course
from torchstone.errors import CourseError
from torchstone.gradebook.backup import check_gradebook
from torchstone.gradebook.book import open_book
from torchstone.seminar.shift import checked, next_id, shifted

_PARTIAL: Final = ".partial"
_PLAN: Final = "term.json"
_MOVED: Final = "moved"
#: What a term leaves behind, beside the gradebook and the secret. Sources, graders, release and rubrics stay.
_OLD: Final = ("submitted", "feedback", "collected", "seminar", "gallery", "exchange", "roster.csv")
#: Folders that stay and are emptied, with what stays in them.
_EMPTIED: Final = (("autograded", "README.md"), (".torchstone", "lock"))

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """A roll-over that was begun."""

    old: str
    new: str
    days: int
    moves: tuple[str, ...]  #: paths below the course directory that go to the archive
    text: str  #: the new course_config.py


@dataclass(frozen=True)
class Term:
    """The new term."""

    course: Course
    archive: Path
    resumed: bool


def new_term(course: Course, first: date | None, new_id: str | None, progress: Progress = lambda step: None) -> Term:
    """Start the term whose first session is on `first`, or finish a roll-over that was interrupted.

    Dates move by whole weeks, so that weekdays stay. The old gradebook, submissions, scores, secret and roster go to
    `archive/<old id>/`; a new secret and an empty gradebook take their places. The caller holds the course's lock.

    Raises CourseError (a date on another weekday, a configuration that cannot be moved, an archive that is there),
    GradebookError (in use, or on a server). Then nothing was changed.
    """
    archives = course.root / "archive"
    begun = sorted(p.parent for p in archives.glob(f"*{_PARTIAL}/{_PLAN}"))  # without a plan, nothing was moved yet
    if begun:
        plan = _read(begun[0])
        progress(f"finishing the roll-over from {plan.old} to {plan.new} that was interrupted")
        partial = begun[0]
    else:
        plan = _plan(course, first, new_id)
        partial = archives / f"{plan.old}{_PARTIAL}"
        private_folder(partial)
        write_private(partial / FILE, (course.root / FILE).read_bytes())
        write_private(partial / _PLAN, json.dumps(asdict(plan), indent=1).encode())
    if not (partial / _MOVED).exists():
        for path in plan.moves:
            progress(f"archiving {path}")
            _move(course.root / path, partial / path)
        write_private(partial / _MOVED, b"")
    progress(f"writing {FILE}")
    _replace_config(course.root / FILE, plan.text)
    made = config.load(course.root)
    if not made.secret_path.exists():
        secret.create(made.secret_path)
    progress("making an empty gradebook")
    with open_book(made, create=True):
        pass
    archive = archives / plan.old
    partial.rename(archive)
    (archive / _MOVED).unlink()
    return Term(made, archive, bool(begun))


def _plan(course: Course, first: date | None, new_id: str | None) -> Plan:
    """Everything that can go wrong goes wrong here, before anything is moved."""
    if course.gradebook_path is None:
        raise CourseError(
            "the gradebook is on a database server: dump it, name a new database in course_config.py, then try again"
        )
    if not course.secret_path.resolve().is_relative_to(course.root):
        raise CourseError(f"the secret {course.secret_path} is outside the course directory; move it there first")
    old_first = course.topics[0].date
    start = first or date.fromordinal(old_first.toordinal() + 52 * 7)
    days = (start - old_first).days
    if days <= 0 or days % 7:
        ahead = start.toordinal() + (-days) % 7
        raise CourseError(
            f"the first session was on {old_first:%A %Y-%m-%d}, so the next term starts on a later {old_first:%A}, "
            f"for example {max(date.fromordinal(ahead), date.fromordinal(old_first.toordinal() + 364))}"
        )
    name = new_id or next_id(course.id, start)
    archive = course.root / "archive" / course.id
    if name == course.id:
        raise CourseError(f"the new term has the old one's id, {name}; name another with --id")
    if archive.exists():
        raise CourseError(f"there is an archive of {course.id} already, {archive}; move it away first")
    if course.gradebook_path.exists():
        check_gradebook(course)
    text = shifted((course.root / FILE).read_text(encoding="utf-8"), days, name)
    checked(course, text, days, name)
    return Plan(course.id, name, days, tuple(_moves(course)), text)


def _moves(course: Course) -> Iterator[str]:
    root = course.root
    assert course.gradebook_path is not None
    listed = [root / name for name in _OLD]
    listed += sorted(root.glob(f"{course.gradebook_path.relative_to(root)}*"))
    for folder, stays in _EMPTIED:
        listed += sorted(p for p in (root / folder).glob("*") if p.name != stays)
    secret_path = course.secret_path
    if secret_path not in listed:
        listed.append(secret_path)
    yield from (str(p.relative_to(root)) for p in listed if p.exists() or p.is_symlink())


def _read(partial: Path) -> Plan:
    try:
        content = json.loads((partial / _PLAN).read_bytes())
        return Plan(**{**content, "moves": tuple(content["moves"])})
    except (OSError, ValueError, TypeError, KeyError) as e:
        raise CourseError(f"{partial / _PLAN} cannot be read ({e}); the old term's files are in {partial}") from None


def _move(origin: Path, target: Path) -> None:
    """Rename, once: on a second run what was moved is left alone."""
    if not origin.exists() and not origin.is_symlink():
        return
    if target.exists():
        raise CourseError(
            f"{origin} is there again and {target} too: something was written between two runs of this command; "
            f"move {origin} away, then run it again"
        )
    private_folder(target.parent)
    try:
        origin.rename(target)
    except OSError as e:
        raise CourseError(
            f"{origin} cannot be moved to {target}: {e.strerror}; run this again after mending it"
        ) from None


def _replace_config(path: Path, text: str) -> None:
    """In one step; the file keeps its mode, since it is no secret and belongs to git."""
    mode = path.stat().st_mode & 0o777
    fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(fd, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
