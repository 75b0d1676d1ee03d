"""A copy of the gradebook before it is written to."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from torchstone.config import Course
from torchstone.errors import GradebookError
from torchstone.gradebook.server import check_server, dump_server, named

#: Copies that are kept.
KEEP: Final = 10
#: How long another writer may take before we call the gradebook locked, in seconds.
PATIENCE: Final = 5.0
_STAMP: Final = "%Y%m%dT%H%M%S%fZ"
_TABLES: Final = frozenset({"assignment", "grade", "submitted_assignment", "student"})


def check_gradebook(course: Course) -> Path | None:
    """The gradebook's file, proved to be a gradebook that can be written now; None where it is on a server, and can.

    Raises GradebookError: missing, not a gradebook, read-only, out of reach, or locked.
    """
    path = course.gradebook_path
    if path is None:
        if not check_server(course):
            raise GradebookError(
                f"there is no gradebook in {named(course)}; `torchstone release` makes one with its first assignment"
            )
        return None
    if not path.exists():
        raise GradebookError(
            f"there is no gradebook at {path}; `torchstone release` makes one with its first assignment"
        )
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=PATIENCE)) as db:
            tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")}
            if not tables >= _TABLES:
                raise GradebookError(
                    f"{path} is not an nbgrader gradebook; move it away, or name another in course_config.py"
                )
            db.execute("BEGIN IMMEDIATE")
            db.rollback()
    except sqlite3.Error as e:
        raise GradebookError(_reason(path, e)) from e
    if not os.access(path, os.W_OK):
        raise GradebookError(
            f"the gradebook {path} is read-only; `chmod u+w` it, or work on a disk that can be written"
        )
    return path


def backup(course: Course, *, keep: int = KEEP, not_sooner_than: timedelta = timedelta(0)) -> Path | None:
    """Copy the gradebook to the course's state folder (mode 600) and keep the last `keep` copies.

    A file is copied by SQLite, a server's gradebook by pg_dump. Gives the copy's path; None if the last copy is younger
    than `not_sooner_than`. Raises GradebookError if the gradebook cannot be used or the copy cannot be written.
    """
    path = check_gradebook(course)
    folder = course.state / "backups"
    now = datetime.now(UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        copies = sorted(p for p in folder.glob("gradebook-*") if p.suffix in (".db", ".dump"))
        if copies and now - _when(copies[-1]) < not_sooner_than:
            return None
        copy = folder / f"gradebook-{now.strftime(_STAMP)}{'.db' if path else '.dump'}"
        _copy(course, path, copy)
        for old in [*copies, copy][:-keep]:
            old.unlink()
    except (OSError, sqlite3.Error) as e:
        raise GradebookError(f"the gradebook could not be backed up to {folder} ({e}); nothing was written") from e
    return copy


def _copy(course: Course, path: Path | None, copy: Path) -> None:
    """A copy that is right even while others write; its name appears when it is whole."""
    partial = copy.with_suffix(".partial")
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if path is None:
            dump_server(course, partial)
        else:
            with closing(sqlite3.connect(path, timeout=PATIENCE)) as old, closing(sqlite3.connect(partial)) as new:
                old.backup(new)
        partial.rename(copy)
    finally:
        partial.unlink(missing_ok=True)


def _when(copy: Path) -> datetime:
    try:
        return datetime.strptime(copy.stem.removeprefix("gradebook-"), _STAMP).replace(tzinfo=UTC)
    except ValueError:  # somebody's own file
        return datetime.min.replace(tzinfo=UTC)


def _reason(path: Path, error: sqlite3.Error) -> str:
    text = str(error)
    if "locked" in text or "busy" in text:
        return f"the gradebook {path} is locked by another program; close it (or wait) and try again"
    if "readonly" in text or "read-only" in text:
        return f"the gradebook {path} is read-only; `chmod u+w` it, or work on a disk that can be written"
    if "not a database" in text or "malformed" in text:
        return f"{path} is damaged or not a gradebook ({text}); the last copies are in .torchstone/backups"
    return f"the gradebook {path} cannot be used: {text}"
