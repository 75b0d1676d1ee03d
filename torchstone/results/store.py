"""The results store: SQLite, one row for each result under its content address, and one for each graded submission.

A result is durable when `put` returns. A store of another version or of another course's secret is refused, not
converted.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from torchstone.errors import SecretError, StoreError
from torchstone.model import Grading, Result
from torchstone.results.codec import dump_repairs, dump_result, load_repairs, load_result

#: The layout of the tables and of the JSON in them.
SCHEMA_VERSION: Final = 1

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY, assignment TEXT NOT NULL, program TEXT NOT NULL, final INTEGER NOT NULL,
    body TEXT NOT NULL, stored TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS gradings (
    assignment TEXT NOT NULL, student TEXT NOT NULL, key TEXT NOT NULL, attempt TEXT NOT NULL, repairs TEXT NOT NULL,
    received TEXT, graded TEXT NOT NULL, PRIMARY KEY (assignment, student));
"""


class Store:
    """The results of one course. A context manager; safe for several processes, one connection for each thread.

    `fingerprint` is that of the course's secret: results drawn from another secret do not belong here.
    Raises StoreError (version, damage, disk) or SecretError (another secret).
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._open(fingerprint)
        except (OSError, sqlite3.Error) as e:
            raise StoreError(f"the results store {path} cannot be used: {e}") from e

    def _open(self, fingerprint: str) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;")
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('fingerprint', ?)", (fingerprint,))
        elif version != SCHEMA_VERSION:
            self._db.close()
            raise StoreError(
                f"the results store {self._path} is of version {version}, this Torchstone's is {SCHEMA_VERSION}; "
                "move the file away to grade afresh (scores already in the gradebook stay)"
            )
        found = self._db.execute("SELECT value FROM meta WHERE name='fingerprint'").fetchone()
        if found is None or found[0] != fingerprint:
            self._db.close()
            raise SecretError(
                f"the results in {self._path} were drawn from another secret ({found[0] if found else 'none'}, "
                f"this one is {fingerprint}); bring the right one with `torchstone secret import FILE`"
            )

    # ---- results ----
    def get(self, key: str) -> Result | None:
        """The final result under `key`, or None: what need not be graded again."""
        return self._result("SELECT body FROM results WHERE key=? AND final", key)

    def latest(self, key: str) -> Result | None:
        """The result under `key`, final or not: what pages are written from."""
        return self._result("SELECT body FROM results WHERE key=?", key)

    def put(self, result: Result) -> None:
        """Keep `result` under its key; a diagnosed one replaces the bare score.

        A result with a fault of the course, or with a scored device missing, is kept for the pages but is not final.
        """
        values = (result.key, result.assignment, result.program, result.complete, dump_result(result), _now())
        with self._asking():
            self._db.execute("INSERT OR REPLACE INTO results VALUES (?,?,?,?,?,?)", values)

    def _result(self, question: str, key: str) -> Result | None:
        with self._asking():
            row = self._db.execute(question, (key,)).fetchone()
        return load_result(row[0]) if row else None

    # ---- gradings ----
    def record(self, grading: Grading) -> None:
        """Note that a student's submission has this result; replaces the note of an earlier grading."""
        g = grading
        received, graded = (t.isoformat() if t else None for t in (g.received, g.graded))
        values = (g.assignment, g.student, g.key, g.attempt, dump_repairs(g.repairs), received, graded or _now())
        with self._asking():
            self._db.execute("INSERT OR REPLACE INTO gradings VALUES (?,?,?,?,?,?,?)", values)

    def grading(self, assignment: str, student: str) -> Grading | None:
        """The latest grading of a student's submission, or None."""
        with self._asking():
            row = self._db.execute(
                "SELECT * FROM gradings WHERE assignment=? AND student=?", (assignment, student)
            ).fetchone()
        return _grading(row) if row else None

    def gradings(self, assignment: str) -> Iterator[Grading]:
        """All gradings of an assignment, by student."""
        with self._asking():
            rows = self._db.execute(
                "SELECT * FROM gradings WHERE assignment=? ORDER BY student", (assignment,)
            ).fetchall()
        yield from map(_grading, rows)

    # ---- forgetting ----
    def gradings_of(self, student: str) -> tuple[Grading, ...]:
        """All gradings of one student's submissions, by assignment."""
        with self._asking():
            rows = self._db.execute("SELECT * FROM gradings WHERE student=? ORDER BY assignment", (student,)).fetchall()
        return tuple(map(_grading, rows))

    def forget(self, student: str) -> None:
        """Remove a student's gradings, and the results that no other student's grading leads to, for good."""
        with self._asking():
            self._db.execute("PRAGMA secure_delete=ON")
            self._db.execute("DELETE FROM gradings WHERE student=?", (student,))
            self._db.execute("DELETE FROM results WHERE key NOT IN (SELECT key FROM gradings)")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as e:
            raise StoreError(f"the results store {self._path} cannot be used: {e}") from e

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def _grading(row: tuple[str, str, str, str, str, str | None, str]) -> Grading:
    assignment, student, key, attempt, repairs, received, graded = row
    return Grading(
        assignment=assignment,
        student=student,
        key=key,
        attempt=attempt,
        repairs=load_repairs(repairs),
        received=datetime.fromisoformat(received) if received else None,
        graded=datetime.fromisoformat(graded),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()
