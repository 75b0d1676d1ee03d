"""Wanted values on disk, so that judges of one course share what the reference gave: SQLite, one row for each probe.

Values are kept as frames of the wire; nothing is pickled. The file is as secret as the graders: mode 600, in the
course's own state. A row that cannot be kept or read back exactly is computed again, so a damaged file costs time and
nothing else.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from torchstone import wire
from torchstone.errors import NotData, WireError
from torchstone.judge.trial import Oracle, Seen

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS wanted (
    assignment TEXT NOT NULL, digest TEXT NOT NULL, slot TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (assignment, digest, slot)) WITHOUT ROWID;
"""

_log: Final = logging.getLogger(__name__)


class WantedValues:
    """The wanted values of one assignment. `digest` addresses everything that they depend on; others' rows go."""

    def __init__(self, path: Path, assignment: str, digest: str) -> None:
        self._of = (assignment, digest)
        self._db: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=OFF")  # what a crash loses is computed again
            self._db.executescript(_TABLES)
            self._db.execute("DELETE FROM wanted WHERE assignment=? AND digest<>?", self._of)
        except (OSError, sqlite3.Error) as e:
            self._give_up(e)

    def get(self, slot: str) -> Oracle | None:
        """What the reference gave, if it is there."""
        if self._db is None:
            return None
        try:
            row = self._db.execute(
                "SELECT body FROM wanted WHERE assignment=? AND digest=? AND slot=?", (*self._of, slot)
            ).fetchone()
            return None if row is None else _oracle(wire.load(row[0]))
        except (sqlite3.Error, WireError, TypeError, ValueError) as e:
            self._give_up(e)
            return None

    def put(self, slot: str, oracle: Oracle) -> None:
        """Keep it, if it comes back as it went."""
        if self._db is None:
            return
        try:
            body = wire.dump(_plain(oracle))
            if wire.dump(wire.load(body)) == body:
                self._db.execute("INSERT OR REPLACE INTO wanted VALUES (?,?,?,?)", (*self._of, slot, body))
        except NotData:
            return
        except (sqlite3.Error, WireError) as e:
            self._give_up(e)

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _give_up(self, error: Exception) -> None:
        _log.warning("wanted values are not kept: %s", error)
        with suppress(sqlite3.Error):
            self.close()
        self._db = None


def _plain(oracle: Oracle) -> list[Any]:
    """Explicit values are compared with what the body says, never with the reference's: they need not be kept."""

    def rows(seen: Sequence[Seen]) -> list[Any]:
        return [[None if s.explicit else s.value, s.explicit, s.scale] for s in seen]

    return [rows(oracle.here), rows(oracle.truth), oracle.asserted, oracle.floats]


def _oracle(plain: Any) -> Oracle:
    here, truth, asserted, floats = plain
    return Oracle([Seen(*s) for s in here], [Seen(*s) for s in truth], asserted, floats)
