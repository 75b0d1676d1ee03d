"""A gradebook on a PostgreSQL server: whether it can be written, who writes it, a copy of it, and what acts inside it.

Several people write to such a gradebook at once: formgrader's pages a row at a time, without a lock of ours, and a run
of ours that changes no column of theirs. Runs of ours exclude each other by an advisory lock, which the server lets go
of when the run's connection ends, however it ends.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from torchstone.config import Course
from torchstone.errors import BusyError, GradebookError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

#: The name of our lock, in the database of the gradebook: "torchstone" as a number.
_LOCK: Final = int.from_bytes(b"torchsto", "big") >> 1
_TABLES: Final = frozenset({"assignment", "grade", "submitted_assignment", "student"})
_CONNECT: Final = 10  #: seconds
_DUMP: Final = 600.0  #: seconds


def named(course: Course) -> str:
    """The gradebook as messages name it: without a password."""
    return str(_url(course).render_as_string(hide_password=True))


@contextmanager
def gradebook_lock(course: Course, what: str) -> Iterator[None]:
    """Hold a server's gradebook for `what` («grade week04»); nothing for a file, which the course's lock covers.

    Raises BusyError with what the other run is doing and where, GradebookError if the server cannot be asked.
    """
    if course.gradebook_path is not None:
        yield
        return
    with _connected(course, f"torchstone {what} on {socket.gethostname()}") as db:
        if not db.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()[0]:
            holder = db.execute(
                "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' "
                "AND granted AND objid = %s AND classid = %s",
                (_LOCK & 0xFFFFFFFF, _LOCK >> 32),
            ).fetchone()
            who = f"`{holder[0]}`" if holder and holder[0] else "another run"
            raise BusyError(f"{who} is at work in the gradebook {named(course)}; wait for it, then try again")
        yield


def check_server(course: Course) -> bool:
    """Whether the server has a gradebook that this user may write; False if there is none yet.

    Raises GradebookError: out of reach, or not to be written.
    """
    with _connected(course) as db:
        tables = {row[0] for row in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")}
        if not tables & _TABLES:
            return False
        lacks = [t for t in sorted(tables & _TABLES) if not _may_write(db, t)]
        if tables < _TABLES or lacks:
            why = f"may not write {', '.join(lacks)}" if lacks else "finds only a part of nbgrader's tables"
            raise GradebookError(f"the user of {named(course)} {why}; grant it, or name another in course_config.py")
        return True


def dump_server(course: Course, copy: Path) -> None:
    """Write the gradebook to `copy` with pg_dump, in its custom format (`pg_restore --clean` puts it back).

    Raises GradebookError if there is no pg_dump, or it fails.
    """
    program = shutil.which("pg_dump")
    if program is None:
        raise GradebookError(
            f"the gradebook {named(course)} cannot be backed up: there is no pg_dump here; install PostgreSQL's client "
            "programs, of the server's version or newer"
        )
    url = _url(course).set(drivername="postgresql")
    password = {"PGPASSWORD": str(url.password)} if url.password else {}  # never in the list of processes
    command = [program, "--format=custom", f"--file={copy}", url._replace(password=None).render_as_string()]
    try:
        subprocess.run(
            command, env={**os.environ, **password}, check=True, capture_output=True, text=True, timeout=_DUMP
        )
    except (subprocess.SubprocessError, OSError) as e:
        words = " ".join(str(getattr(e, "stderr", None) or e).split())
        raise GradebookError(f"pg_dump could not copy the gradebook {named(course)}: {words[-300:]}") from e


def acting(course: Course) -> tuple[tuple[str, str, str, str], ...]:
    """What acts by itself inside the database: kind, name, table and text of triggers, rules and views."""
    with _connected(course) as db:
        rows = db.execute(
            "SELECT 'trigger', tgname, tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger "
            "WHERE NOT tgisinternal "
            "UNION ALL SELECT 'rule', rulename, schemaname || '.' || tablename, definition FROM pg_rules "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') "
            "UNION ALL SELECT 'view', viewname, schemaname || '.' || viewname, definition FROM pg_views "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
        )
        return tuple((str(kind), str(name), str(table), str(text)) for kind, name, table, text in rows)


def _may_write(db: Any, table: str) -> bool:
    privileges = "SELECT has_table_privilege(%s, 'INSERT') AND has_table_privilege(%s, 'UPDATE')"
    return bool(db.execute(privileges, (f'"{table}"', f'"{table}"')).fetchone()[0])


@contextmanager
def _connected(course: Course, name: str = "torchstone") -> Iterator[Any]:
    try:
        import psycopg
    except ModuleNotFoundError as e:
        raise GradebookError(
            f'the gradebook {named(course)} is on a server, which needs `pip install "torchstone[cluster]"` ({e})'
        ) from e
    url = _url(course).set(drivername="postgresql")
    try:
        with psycopg.connect(
            url.render_as_string(hide_password=False),
            autocommit=True,
            application_name=name[:63],
            connect_timeout=_CONNECT,
        ) as db:
            yield db
    except psycopg.Error as e:
        words = " ".join(str(e).split())
        raise GradebookError(f"the gradebook {named(course)} cannot be used: {words}") from e


def _url(course: Course) -> URL:
    from sqlalchemy.engine import make_url  # not before there is a server: a run with nothing to do is over sooner

    return make_url(course.gradebook_url)
