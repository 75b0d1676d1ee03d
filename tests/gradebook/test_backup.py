"""The gradebook is copied before it is written to, and refused where it cannot be."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from torchstone.config import Course
from torchstone.errors import GradebookError
from torchstone.gradebook import backup as module
from torchstone.gradebook.backup import backup, check_gradebook


def students(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT count(*) FROM student").fetchone()[0])


def test_a_copy_is_whole_private_and_only_ten_are_kept(released: Course) -> None:
    path = released.gradebook_path
    assert path is not None
    copies = []
    for number in range(12):
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("INSERT INTO student (id) VALUES (?)", (f"s{number}",))
        copies.append(backup(released))
    kept = sorted((released.state / "backups").iterdir())
    assert kept == copies[-10:]
    assert [students(p) for p in kept] == list(range(3, 13))
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in kept)


def test_copies_can_be_spaced(released: Course) -> None:
    assert backup(released) is not None
    assert backup(released, not_sooner_than=timedelta(minutes=10)) is None
    assert backup(released, not_sooner_than=timedelta(0)) is not None


def test_a_missing_gradebook_is_told(course: Course) -> None:
    with pytest.raises(GradebookError, match=r"there is no gradebook at .*torchstone release"):
        backup(course)


def test_a_locked_gradebook_is_told(released: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    with closing(sqlite3.connect(released.gradebook_path)) as db:
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GradebookError, match="locked by another program"):
            backup(released)
    assert not (released.state / "backups").exists()


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be looked at" * 50, b""])
def test_a_file_that_is_no_gradebook_is_told(released: Course, content: bytes) -> None:
    assert released.gradebook_path is not None
    released.gradebook_path.write_bytes(content)
    with pytest.raises(GradebookError, match=r"not (an nbgrader|a) gradebook"):
        check_gradebook(released)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_gradebook_is_told(released: Course) -> None:
    assert released.gradebook_path is not None
    released.gradebook_path.chmod(0o400)
    with pytest.raises(GradebookError, match="read-only"):
        backup(released)


def test_where_no_copy_can_be_made_nothing_is_written(released: Course) -> None:
    released.state.mkdir(exist_ok=True)
    (released.state / "backups").write_text("in the way")
    with pytest.raises(GradebookError, match=r"could not be backed up .* nothing was written"):
        backup(released)
