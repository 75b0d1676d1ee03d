"""`seminar/scores.jsonl`: every score that a person entered, in the order of entering, and never one taken out.

A correction is a new entry; a withdrawal is one, too. Each line carries the hash of the line before it, so that a line
that was changed, dropped or slipped in later shows. Whoever can write the file can also write all of it anew: the chain
tells of accidents and of careless hands; `head`, noted down elsewhere, tells of careful ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError

from torchstone.collecting.files import write_private
from torchstone.config import Course
from torchstone.errors import CourseError

#: What is scored by people: an exploration, a presentation, a week's participation.
Kind = Literal["notebook", "presentation", "participation"]
KINDS: Final[tuple[Kind, ...]] = ("notebook", "presentation", "participation")

FILE: Final = "scores.jsonl"
_NOTHING: Final = "0" * 64

_STRICT: Final = ConfigDict(extra="forbid")
_Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Name = Annotated[str, Field(min_length=1, max_length=200)]


@dataclass(frozen=True)
class Score:
    """What a grader says of one student's work, before it is entered."""

    kind: Kind
    student: _Name
    topic: _Name  #: the assignment's name, «week04»: of the notebook, of the presentation, or of the session
    points: _Points
    maximum: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    items: Mapping[str, _Points] = field(default_factory=dict)  #: points by rubric item; empty where none were told
    comment: str = ""  #: to the student
    tolerance: _Points = 0.0  #: graders who differ by more than this many points are flagged
    rubric: str = ""  #: the rubric's fingerprint at the time
    action: Literal["score"] = "score"
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Withdrawal:
    """A grader takes back what they said of one student's work."""

    kind: Kind
    student: _Name
    topic: _Name
    comment: str = ""  #: why, for staff
    action: Literal["withdraw"] = "withdraw"
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: what, by whom, when, and how it came in."""

    number: int  #: from 1
    when: AwareDatetime
    by: _Name  #: the grader's neutral id
    source: str  #: «terminal», «formgrader», «marks.csv, row 7»
    what: Annotated[Score | Withdrawal, Field(discriminator="action")]
    before: str  #: SHA-256 of the line before, or 64 zeros
    __pydantic_config__ = _STRICT

    @property
    def key(self) -> tuple[Kind, str, str]:
        """Whose work it is about: kind, student, topic."""
        return self.what.kind, self.what.student, self.what.topic


@dataclass(frozen=True)
class New:
    """A score or a withdrawal on its way into the ledger."""

    what: Score | Withdrawal
    by: str
    source: str = "terminal"


def path_of(course: Course) -> Path:
    """Where the course's ledger lies, be it written or not."""
    return course.seminar / FILE


def read(course: Course) -> tuple[Entry, ...]:
    """All entries, oldest first; none where nothing was entered yet.

    Raises CourseError, which names the first line that is damaged or does not fit the line before.
    """
    return tuple(entry for entry, _ in _entries(path_of(course)))


def head(course: Course) -> str:
    """The hash of the last line: with it noted elsewhere, nobody can change the ledger unseen."""
    return _hash_of_last(list(_entries(path_of(course))))


def append(course: Course, new: Iterable[New], now: datetime | None = None) -> tuple[Entry, ...]:
    """Enter all of `new` or, on an error, none of it; returns the entries as they stand in the ledger.

    `now` is for trials. Raises CourseError for a damaged ledger or a value that no entry may hold. Two writers at once
    are kept apart by the caller (`batch.course_lock`).
    """
    path = path_of(course)
    lines = list(_entries(path))
    when = (now or datetime.now(UTC)).astimezone(UTC)
    added: list[Entry] = []
    for item in new:
        entry = Entry(len(lines) + 1, when, item.by, item.source, item.what, _hash_of_last(lines))
        line = _line(entry)
        try:
            _parse(line)
        except ValidationError as e:
            raise CourseError(
                f"{item.what.student}, {item.what.topic}: {_first_fault(e)}; nothing was entered"
            ) from None
        lines.append((entry, line))
        added.append(entry)
    if added:
        # Whole and renamed: a crash leaves the old ledger, never half a line.
        write_private(path, "".join(f"{line}\n" for _, line in lines).encode())
    return tuple(added)


def explain(entry: Entry, earlier: Entry | None = None) -> str:
    """One sentence for an audit: who did what, when, and instead of what (`earlier`: the same grader's word before)."""
    what = entry.what
    about = f"{what.student}'s {what.kind} of {what.topic}"
    when = f"{entry.when:%Y-%m-%d %H:%M} UTC"
    why = f" ({what.comment})" if what.comment else ""
    before = earlier.what if earlier is not None else None
    if isinstance(what, Withdrawal):
        taken = f", {before.points:g} of {before.maximum:g}," if isinstance(before, Score) else ""
        return f"#{entry.number} {when}: {entry.by} withdrew their score{taken} for {about}{why}; by {entry.source}"
    text = f"#{entry.number} {when}: {entry.by} gave {about} {what.points:g} of {what.maximum:g}"
    if what.items:
        text += " (" + ", ".join(f"{item} {points:g}" for item, points in what.items.items()) + ")"
    if isinstance(before, Score):
        text += f" instead of {before.points:g} of {before.maximum:g}"
    return f"{text}; by {entry.source}"


def explained(entries: Iterable[Entry]) -> Iterator[str]:
    """`explain` for each entry, with what the same grader said before."""
    said: dict[tuple[object, ...], Entry] = {}
    for entry in entries:
        who = (*entry.key, entry.by)
        yield explain(entry, said.get(who))
        said[who] = entry


def as_json(entry: Entry) -> dict[str, Any]:
    """An entry as plain JSON, as its line holds it."""
    return {**asdict(entry), "when": entry.when.isoformat()}


# ---- lines ----------------------------------------------------------------------------------------------------------


_ADAPTER: Final[TypeAdapter[Entry]] = TypeAdapter(Entry)


def _line(entry: Entry) -> str:
    return json.dumps(as_json(entry), ensure_ascii=False)


def _parse(line: str) -> Entry:
    return _ADAPTER.validate_json(line)


def _entries(path: Path) -> Iterator[tuple[Entry, str]]:
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return
    except OSError as e:
        raise CourseError(f"{path} cannot be read: {e.strerror}") from None
    except UnicodeDecodeError as e:
        raise CourseError(
            f"{path} is damaged at byte {e.start}; restore it from a backup. Nothing was changed."
        ) from None
    before = _NOTHING
    for number, line in enumerate(text.splitlines(), 1):
        try:
            entry = _parse(line)
        except ValidationError as e:
            raise CourseError(
                f"{path}, line {number}, is damaged: {_first_fault(e)}; restore it from a backup"
            ) from None
        if (entry.number, entry.before) != (number, before):
            raise CourseError(
                f"{path}, line {number}, does not follow the line before it: a line was changed, left out or slipped "
                "in after it was entered; compare with a backup"
            )
        before = _hash(line)
        yield entry, line


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _hash_of_last(lines: list[tuple[Entry, str]]) -> str:
    return _hash(lines[-1][1]) if lines else _NOTHING


def _first_fault(error: ValidationError) -> str:
    fault: Any = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"] if part not in ("score", "withdraw"))
    return f"{where or 'the line'}: {fault['msg'].lower()}"
