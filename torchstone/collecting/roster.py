"""The class: `roster.csv` with the columns id, last_name, first_name, email and, if wanted, section."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torchstone.errors import CourseError

_COLUMNS: Final = ("id", "last_name", "first_name", "email")
#: Ids become names of folders: nothing that means something to a file system or to nbgrader (`+`).
_ID: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,62}[A-Za-z0-9_@-])?")
_MAX_BYTES: Final = 5_000_000


@dataclass(frozen=True)
class Student:
    """One row of the roster."""

    id: str  #: also the name of the student's folder in `submitted/`
    last_name: str
    first_name: str
    email: str
    section: str = ""

    @property
    def name(self) -> str:
        """As one speaks: first name, last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Roster:
    """The class, in the roster's order."""

    students: tuple[Student, ...]

    def __iter__(self) -> Iterator[Student]:
        return iter(self.students)

    def __len__(self) -> int:
        return len(self.students)

    def get(self, name: str) -> Student | None:
        """The student with this id, or None."""
        return next((s for s in self.students if s.id == name), None)


def read_roster(path: Path) -> Roster:
    """Reads the class. Raises CourseError, which names every row that cannot be used (to the first five)."""
    rows = csv.reader(io.StringIO(_text(path)), strict=True)
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        missing = [name for name in _COLUMNS if name not in header]
        if missing:
            raise CourseError(f"{path}: the first row lacks {', '.join(missing)}; it should be {','.join(_COLUMNS)}")
        numbered = [(rows.line_num, row) for row in rows if any(field.strip() for field in row)]
    except csv.Error as e:
        raise CourseError(f"{path}, row {rows.line_num}: {e}") from None
    students: list[Student] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for number, row in numbered:
        fault = _fault(row, header) or _add(dict(zip(header, row, strict=True)), number, seen, students)
        if fault:
            faults.append(f"row {number}: {fault}")
    if faults:
        more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
        raise CourseError(f"{path}, {'; '.join(faults[:5])}{more}")
    if not students:
        raise CourseError(f"{path} lists no student; add one row for each")
    return Roster(tuple(students))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise CourseError(f"{path} has more than {_MAX_BYTES // 1_000_000} MB, so it is not a roster")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise CourseError(f"{path} is missing; write one row for each student: {','.join(_COLUMNS)}") from None
    except OSError as e:
        raise CourseError(f"{path} cannot be read: {e.strerror}") from None
    except UnicodeDecodeError as e:
        raise CourseError(f"{path} is not UTF-8 text (at byte {e.start}); save it as «CSV UTF-8»") from None


def _fault(row: list[str], header: list[str]) -> str:
    if len(row) != len(header):
        return f"it has {len(row)} fields, the first row {len(header)} (a name with a comma needs quotation marks)"
    if not all(field.isprintable() for field in row):
        return "it holds a sign that cannot be printed"
    return ""


def _add(fields: dict[str, str], number: int, seen: dict[str, int], students: list[Student]) -> str:
    values = {name: fields.get(name, "").strip() for name in (*_COLUMNS, "section")}
    if not _ID.fullmatch(values["id"]):
        return f"the id {values['id']!r} cannot name a folder; use letters, digits and . _ @ -"
    for kind in ("id", "email"):
        key = f"{kind} {values[kind].casefold()}"  # some file systems do not tell a from A
        if values[kind] and key in seen:
            return f"the {kind} {values[kind]!r} is that of row {seen[key]}"
        seen[key] = number
    students.append(Student(**values))
    return ""
