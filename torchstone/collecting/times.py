"""When submissions were received, from a platform's listing that the instructor gives (a CSV file)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final

from torchstone.collecting.match import Matcher
from torchstone.errors import CourseError

#: Columns that say who, in the order of trust: our own, Moodle's grading worksheet, Canvas's.
_WHO: Final = (
    "id", "student", "student id", "username", "sis login id", "sis user id", "email", "email address", "full name",
)  # fmt: skip
_WHEN: Final = ("received", "submitted", "submitted at", "submission time", "last modified (submission)")
_FORMATS: Final = (
    "%A, %d %B %Y, %I:%M %p",
    "%A, %d %B %Y, %H:%M",
    "%d %B %Y, %I:%M %p",
    "%d %B %Y, %H:%M",
    "%Y-%m-%d %H:%M:%S UTC",
)
_NONE: Final = ("", "-", "never")
_MAX_BYTES: Final = 20_000_000


@dataclass(frozen=True)
class Listing:
    """Times by student id, and the rows that nobody can be given."""

    times: Mapping[str, datetime]
    unmatched: tuple[str, ...] = ()


def read_listing(path: Path, matcher: Matcher, zone: tzinfo) -> Listing:
    """Reads a CSV with a column for the student and one for the time.

    A time without a zone is in `zone`; in the hour that the clocks repeat, the earlier one counts.
    Raises CourseError, which names the row or the columns that are missing.
    """
    rows = csv.DictReader(io.StringIO(_text(path)))
    header = {name.strip().lower(): name for name in rows.fieldnames or ()}
    who = [header[name] for name in _WHO if name in header]
    when = next((header[name] for name in _WHEN if name in header), None)
    if not who or when is None:
        raise CourseError(
            f"{path} needs a column for the student ({', '.join(_WHO)}) and one for the time ({', '.join(_WHEN)})"
        )
    times: dict[str, datetime] = {}
    unmatched: list[str] = []
    for row in rows:
        text = (row.get(when) or "").strip()
        if text.lower() in _NONE:
            continue
        time = _time(text, zone)
        if time is None:
            raise CourseError(f"{path}, row {rows.line_num}: {text!r} is not a time; write 2021-10-04 09:15")
        match = matcher.match(value for name in who if (value := (row.get(name) or "").strip()))
        if match.student is None:
            unmatched.append(f"row {rows.line_num}: {match.reason}")
        else:
            times[match.student.id] = time
    return Listing(times, tuple(unmatched))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise CourseError(f"{path} has more than {_MAX_BYTES // 1_000_000} MB, so it is not a listing")
        return data.decode("utf-8-sig")
    except OSError as e:
        raise CourseError(f"{path} cannot be read: {e.strerror}") from None
    except UnicodeDecodeError as e:
        raise CourseError(f"{path} is not UTF-8 text (at byte {e.start}); save it as «CSV UTF-8»") from None


def _time(text: str, zone: tzinfo) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
        return time if time.tzinfo else time.replace(tzinfo=zone)
    except ValueError:
        pass
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC if form.endswith("UTC") else zone)
        except ValueError:
            continue
    return None
