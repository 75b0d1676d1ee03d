"""The manifest: every attempt that was ever collected, when it was received, and what its bytes were.

Lateness comes from here alone. Nothing is ever taken out; a record with the number of an earlier one corrects its time.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

from torchstone.collecting.files import write_private
from torchstone.errors import CourseError

#: Where a time comes from, the least trustworthy first: a file's own time can be set by whoever made it.
TimeSource = Literal["file", "archive", "listing", "given"]
_TRUST: Final = get_args(TimeSource)
_VERSION: Final = 1


@dataclass(frozen=True)
class Attempt:
    """One file that one student handed in."""

    student: str
    assignment: str
    number: int  #: from 1, in the order of collection
    sha256: str  #: of the bytes that were handed in
    bytes: int
    received: datetime  #: with the course's offset from UTC at that time
    source_of_time: TimeSource
    source: str  #: where it was found: archive or folder, and the path in it
    file: str  #: where it is kept, relative to the manifest's folder
    kept: bool = True  #: False if it was too large, and a marker stands in its place

    @property
    def trust(self) -> int:
        """How trustworthy the time is; higher is more."""
        return int(_TRUST.index(self.source_of_time))


@dataclass(frozen=True)
class Manifest:
    """All records, in the order they were made."""

    records: tuple[Attempt, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Manifest:
        """Reads the manifest; an empty one if there is none yet.

        Raises CourseError if it is damaged or of another version.
        """
        try:
            content = json.loads(path.read_bytes())
        except FileNotFoundError:
            return cls()
        except OSError as e:
            raise CourseError(f"{path} cannot be read: {e.strerror}") from None
        except ValueError as e:
            raise CourseError(f"{path} is damaged ({e}); restore it from a backup. Nothing was changed.") from None
        if not isinstance(content, dict) or content.get("version") != _VERSION:
            raise CourseError(f"{path} is not a manifest of version {_VERSION}; it was written by another Torchstone")
        try:
            return cls(tuple(_attempt(entry) for entry in content["attempts"]))
        except (KeyError, TypeError, ValueError) as e:
            raise CourseError(f"{path} is damaged ({e}); restore it from a backup. Nothing was changed.") from None

    def write(self, path: Path) -> None:
        """Writes the manifest in one step, open to its owner only. Raises CourseError."""
        entries = [{**asdict(a), "received": a.received.isoformat()} for a in self.records]
        text = json.dumps({"version": _VERSION, "attempts": entries}, indent=1, ensure_ascii=False)
        write_private(path, f"{text}\n".encode())

    def with_record(self, attempt: Attempt) -> Manifest:
        """A manifest with one record more."""
        return replace(self, records=(*self.records, attempt))

    def attempts(self, student: str, assignment: str) -> tuple[Attempt, ...]:
        """A student's attempts by number, with corrected times."""
        by_number = {a.number: a for a in self.records if (a.student, a.assignment) == (student, assignment)}
        return tuple(by_number[number] for number in sorted(by_number))

    def latest(self, student: str, assignment: str) -> Attempt | None:
        """The attempt that counts: the one received last, whenever it was collected."""
        return max(self.attempts(student, assignment), key=lambda a: (a.received, a.number), default=None)

    def all_latest(self) -> dict[tuple[str, str], Attempt]:
        """`latest` of everyone, by student and assignment."""
        by_number = {(a.student, a.assignment, a.number): a for a in self.records}
        found: dict[tuple[str, str], Attempt] = {}
        for attempt in sorted(by_number.values(), key=lambda a: (a.received, a.number)):
            found[attempt.student, attempt.assignment] = attempt
        return found


def _attempt(entry: dict[str, Any]) -> Attempt:
    received = datetime.fromisoformat(entry["received"])
    attempt = Attempt(**{**entry, "received": received})
    texts = (attempt.student, attempt.assignment, attempt.sha256, attempt.source, attempt.file)
    if not all(isinstance(text, str) for text in texts) or type(attempt.number) is not int:
        raise ValueError(f"the record of {attempt.student!r} has values of a wrong type")
    if received.tzinfo is None or attempt.source_of_time not in _TRUST:
        raise ValueError(f"the time of {attempt.student!r} lacks its zone or source")
    return attempt
