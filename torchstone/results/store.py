"""The results store: SQLite, one row for each result under its content address, and one for each graded submission.

A result is durable when `put` returns. A store of another course's secret is refused. One of version 1 is converted in
one transaction when it is opened: pages and receipts of the weeks before are written from what it holds, so refusing it
would cost them. A newer one is refused.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from torchstone.errors import SecretError, StoreError
from torchstone.model import Grading, Result
from torchstone.results import schema
from torchstone.results.codec import dump_repairs, dump_result, dump_summary, load_repairs, load_result, load_summary
from torchstone.results.summary import ReadBefore, Settled, Stamp, summary

_PIECE: Final = 500  #: values in one question: SQLite bounds them
_GRADINGS: Final = "SELECT assignment, student, key, attempt, repairs, received, graded FROM gradings"


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
            schema.create(self._db)
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('fingerprint', ?)", (fingerprint,))
        elif version not in (1, schema.VERSION):
            self._db.close()
            raise StoreError(
                f"the results store {self._path} is of version {version}, this Torchstone's is {schema.VERSION}; "
                "update Torchstone, or move the file away to grade afresh (scores already in the gradebook stay)"
            )
        found = self._db.execute("SELECT value FROM meta WHERE name='fingerprint'").fetchone()
        if found is None or found[0] != fingerprint:
            self._db.close()
            raise SecretError(
                f"the results in {self._path} were drawn from another secret ({found[0] if found else 'none'}, "
                f"this one is {fingerprint}); bring the right one with `torchstone secret import FILE`"
            )
        if version == 1:
            schema.convert(self._db)

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
        told = (dump_summary(summary(result)), result.cpu_seconds)
        values = (result.key, result.assignment, result.program, result.complete, dump_result(result), _now(), *told)
        with self._asking():
            self._db.execute("INSERT OR REPLACE INTO results VALUES (?,?,?,?,?,?,?,?)", values)

    def settled(self, keys: Iterable[str]) -> Mapping[str, Settled]:
        """Of `keys`, those whose result is final and has its diagnosis: what need not be graded again."""
        found: dict[str, Settled] = {}
        for key, stored, told in self._pieces("SELECT key, stored, summary FROM results WHERE final AND key", keys):
            kept = load_summary(told)
            if kept.diagnosed:
                found[key] = Settled(kept, stored)
        return found

    def seconds(self, assignment: str) -> Mapping[str, float]:
        """CPU seconds that each student's latest graded submission took."""
        question = (
            "SELECT student, seconds FROM gradings JOIN results USING (key) WHERE gradings.assignment=? AND seconds > 0"
        )
        with self._asking():
            return dict(self._db.execute(question, (assignment,)).fetchall())

    def _pieces(self, question: str, values: Iterable[str]) -> Iterator[tuple[str, ...]]:
        """The rows of `question` IN `values`, however many there are."""
        distinct = list(dict.fromkeys(values))
        for start in range(0, len(distinct), _PIECE):
            piece = distinct[start : start + _PIECE]
            with self._asking():
                rows = self._db.execute(f"{question} IN ({','.join('?' * len(piece))})", piece).fetchall()
            yield from rows

    def _result(self, question: str, key: str) -> Result | None:
        with self._asking():
            row = self._db.execute(question, (key,)).fetchone()
        return load_result(row[0]) if row else None

    # ---- readings ----
    def readings(self, rules: str) -> Mapping[str, ReadBefore]:
        """What submissions were read as by `rules`, by the hash of their bytes."""
        with self._asking():
            rows = self._db.execute("SELECT attempt, program, repairs FROM readings WHERE rules=?", (rules,)).fetchall()
        return {attempt: ReadBefore(program, load_repairs(repairs)) for attempt, program, repairs in rows}

    def remember(self, rules: str, readings: Mapping[str, ReadBefore]) -> None:
        """Add to `readings`."""
        rows = [(attempt, rules, r.program, dump_repairs(r.repairs)) for attempt, r in readings.items()]
        with self.together(), self._asking():
            self._db.executemany("INSERT OR REPLACE INTO readings VALUES (?,?,?,?)", rows)

    # ---- gradings ----
    def record(self, grading: Grading) -> None:
        """Note that a student's submission has this result; replaces the note, and the stamp, of an earlier grading."""
        g = grading
        received, graded = (t.isoformat() if t else None for t in (g.received, g.graded))
        values = (g.assignment, g.student, g.key, g.attempt, dump_repairs(g.repairs), received, graded or _now())
        with self._asking():
            self._db.execute("INSERT OR REPLACE INTO gradings VALUES (?,?,?,?,?,?,?,'','')", values)

    def stamp(self, assignment: str, student: str, stamp: Stamp) -> None:
        """Note that the recorded grading's scores are written: from what, and what stood in the gradebook after it."""
        values = (stamp.inputs, stamp.outcome, assignment, student)
        with self._asking():
            self._db.execute("UPDATE gradings SET inputs=?, outcome=? WHERE assignment=? AND student=?", values)

    def stamps(self, assignment: str) -> Mapping[str, Stamp]:
        """The stamps of an assignment's gradings, by student."""
        question = "SELECT student, inputs, outcome FROM gradings WHERE assignment=? AND outcome<>''"
        with self._asking():
            rows = self._db.execute(question, (assignment,)).fetchall()
        return {student: Stamp(inputs, outcome) for student, inputs, outcome in rows}

    def grading(self, assignment: str, student: str) -> Grading | None:
        """The latest grading of a student's submission, or None."""
        with self._asking():
            row = self._db.execute(f"{_GRADINGS} WHERE assignment=? AND student=?", (assignment, student)).fetchone()
        return _grading(row) if row else None

    def gradings(self, assignment: str) -> Iterator[Grading]:
        """All gradings of an assignment, by student."""
        with self._asking():
            rows = self._db.execute(f"{_GRADINGS} WHERE assignment=? ORDER BY student", (assignment,)).fetchall()
        yield from map(_grading, rows)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written inside becomes durable at once, at the end, or not at all. Not to be nested."""
        with self._asking():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    # ---- forgetting ----
    def gradings_of(self, student: str) -> tuple[Grading, ...]:
        """All gradings of one student's submissions, by assignment."""
        with self._asking():
            rows = self._db.execute(f"{_GRADINGS} WHERE student=? ORDER BY assignment", (student,)).fetchall()
        return tuple(map(_grading, rows))

    def forget(self, student: str) -> None:
        """Remove a student's gradings, and the results and readings that no other grading leads to, for good."""
        with self._asking():
            self._db.execute("PRAGMA secure_delete=ON")
            self._db.execute("DELETE FROM gradings WHERE student=?", (student,))
            self._db.execute("DELETE FROM results WHERE key NOT IN (SELECT key FROM gradings)")
            self._db.execute("DELETE FROM readings WHERE attempt NOT IN (SELECT attempt FROM gradings)")
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
