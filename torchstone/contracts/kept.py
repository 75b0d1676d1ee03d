"""What was found out at length is kept, exercise by exercise, under a digest of all that it depends on in the week.

The files are committed, in `graders/kept/`: beside the weeks, since they are no part of what grades.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from torchstone.config import Course
from torchstone.contracts.bench import Bench

FOLDER: Final = "kept"


class Kept:
    """A JSON file of one week: exercise → digest and what was found."""

    def __init__(self, course: Course, assignment: str, what: str) -> None:
        self.path = course.graders / FOLDER / f"{assignment}-{what}.json"
        self._rows = self._read()
        self._put: set[str] = set()

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            rows: dict[str, dict[str, Any]] = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return rows

    def get(self, exercise: str, digest: str) -> dict[str, Any]:
        """What is known of an exercise as it is now; empty if nothing is."""
        row = self._rows.get(exercise, {})
        return row if row.get("digest") == digest else {}

    def put(self, exercise: str, digest: str, **found: Any) -> None:
        self._rows[exercise] = {"digest": digest, **found}
        self._put.add(exercise)

    def write(self) -> None:
        """To a temporary file, then in place. What others have written of other exercises meanwhile stays."""
        self._rows = self._read() | {exercise: self._rows[exercise] for exercise in self._put}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fd, name = tempfile.mkstemp(dir=self.path.parent, suffix=".json")
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            json.dump(self._rows, file, indent=1, ensure_ascii=False, sort_keys=True)
            file.write("\n")
        os.chmod(name, 0o644)
        os.replace(name, self.path)


def digest(bench: Bench, exercise: str, others: Iterable[bytes]) -> str:
    """Of an exercise's checks, the reference, and `others`."""
    files = {Path(p.body.__code__.co_filename) for p in bench.probes(exercise)} | {bench.week.folder / "reference.py"}
    parts = [*others, *(path.read_bytes() for path in sorted(files) if path.exists())]
    return hashlib.sha256(b"\0".join(hashlib.sha256(p).digest() for p in parts)).hexdigest()
