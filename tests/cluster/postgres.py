"""A PostgreSQL server of the test's own, on a socket that only this machine has."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

#: What no message and no list of processes may show.
PASSWORD = "a-word-of-its-own"


def programs() -> Path | None:
    """Where initdb and pg_ctl are: on PATH, or where Debian puts them."""
    there = shutil.which("initdb")
    folders = (
        [Path(there).resolve().parent] if there else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    )
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


@contextmanager
def server() -> Iterator[str]:
    """A server with one empty database; its SQLAlchemy URL. Skips where it cannot be: no server, or root without the
    user that Debian makes for it.
    """
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL server here (Debian: apt-get install postgresql)")
    who: dict[str, Any] = {}
    folder = Path(tempfile.mkdtemp(prefix="torchstone-pg-"))
    try:
        if os.geteuid() == 0:
            try:
                shutil.chown(folder, "postgres", "postgres")
            except LookupError:
                pytest.skip("PostgreSQL refuses to run as root, and there is no user `postgres`")
            who = {"user": "postgres", "group": "postgres", "extra_groups": []}
        (folder / "word").write_text(PASSWORD)
        words = ("--auth=scram-sha-256", f"--pwfile={folder / 'word'}")
        run(who, found / "initdb", "-D", folder / "data", "-U", "grading", *words, "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        start = ("-o", options, "-l", folder / "log", "-w")
        run(who, found / "pg_ctl", "-D", folder / "data", *start, "start")
        try:
            url = f"postgresql://grading:{PASSWORD}@/{{}}?host={folder}"
            with psycopg.connect(url.format("postgres"), autocommit=True) as db:
                db.execute("CREATE DATABASE gradebook")
            yield url.format("gradebook")
        finally:
            run(who, found / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(who: dict[str, Any], *command: object) -> None:
    done = subprocess.run(
        list(map(str, command)),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if "start" not in command else subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        check=False,
        **who,
    )
    assert done.returncode == 0, done.stdout
