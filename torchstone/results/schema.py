"""The tables of the results store, and how a store of an earlier version becomes one of today's."""

from __future__ import annotations

import sqlite3
from typing import Final

from torchstone.results.codec import dump_summary, load_result
from torchstone.results.summary import summary

#: The layout of the tables and of the JSON in them.
VERSION: Final = 2

#: `results`: `summary` is what a class's table shows, so that a class is told without reading every body.
#: `gradings`: `inputs` and `outcome` are empty until the scores are in the gradebook (`Store.stamp`).
#: `readings`: what the bytes of a submission were read as, by the rules (release, reader) of that time.
TABLES: Final = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY, assignment TEXT NOT NULL, program TEXT NOT NULL, final INTEGER NOT NULL,
    body TEXT NOT NULL, stored TEXT NOT NULL, summary TEXT NOT NULL DEFAULT '', seconds REAL NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS gradings (
    assignment TEXT NOT NULL, student TEXT NOT NULL, key TEXT NOT NULL, attempt TEXT NOT NULL, repairs TEXT NOT NULL,
    received TEXT, graded TEXT NOT NULL, inputs TEXT NOT NULL DEFAULT '', outcome TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (assignment, student));
CREATE TABLE IF NOT EXISTS readings (
    attempt TEXT NOT NULL, rules TEXT NOT NULL, program TEXT NOT NULL, repairs TEXT NOT NULL,
    PRIMARY KEY (attempt, rules)) WITHOUT ROWID;
"""

_FROM_1: Final = (
    "ALTER TABLE results ADD COLUMN summary TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE results ADD COLUMN seconds REAL NOT NULL DEFAULT 0",
    "ALTER TABLE gradings ADD COLUMN inputs TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE gradings ADD COLUMN outcome TEXT NOT NULL DEFAULT ''",
)


def create(db: sqlite3.Connection) -> None:
    """The tables of a new store. Raises sqlite3.Error."""
    db.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version={VERSION}; COMMIT;")


def convert(db: sqlite3.Connection) -> None:
    """A store of version 1 becomes one of today's, whole or not at all. Nothing that it held is lost.

    Raises sqlite3.Error, or StoreError for a result that cannot be read.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        if db.execute("PRAGMA user_version").fetchone()[0] == 1:  # not converted by another process in the meantime
            for statement in (*_FROM_1, *filter(str.strip, TABLES.split(";"))):
                db.execute(statement)
            for key, body in db.execute("SELECT key, body FROM results").fetchall():
                result = load_result(body)
                values = (dump_summary(summary(result)), result.cpu_seconds, key)
                db.execute("UPDATE results SET summary=?, seconds=? WHERE key=?", values)
            db.execute(f"PRAGMA user_version={VERSION}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
