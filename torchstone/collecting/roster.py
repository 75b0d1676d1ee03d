"""The class: `roster.csv` with the columns id, last_name, first_name, email and, if wanted, section."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torchstone.collecting.sheet import read_sheet
from torchstone.errors import CourseError

_COLUMNS: Final = ("id", "last_name", "first_name", "email")
#: Ids become names of folders: nothing that means something to a file system or to nbgrader (`+`).
_ID: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,62}[A-Za-z0-9_@-])?")


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
    sheet = read_sheet(path, _COLUMNS, f"write one row for each student: {','.join(_COLUMNS)}")
    students: list[Student] = []
    seen: dict[str, int] = {}
    added = ((line.number, _add(line.fields, line.number, seen, students)) for line in sheet.lines)
    if faults := [f"row {number}: {fault}" for number, fault in added if fault]:
        sheet.refuse(faults)
    if not students:
        raise CourseError(f"{path} lists no student; add one row for each")
    return Roster(tuple(students))


def _add(fields: Mapping[str, str], number: int, seen: dict[str, int], students: list[Student]) -> str:
    values = {name: fields.get(name, "") for name in (*_COLUMNS, "section")}
    if not _ID.fullmatch(values["id"]):
        return f"the id {values['id']!r} cannot name a folder; use letters, digits and . _ @ -"
    for kind in ("id", "email"):
        key = f"{kind} {values[kind].casefold()}"  # some file systems do not tell a from A
        if values[kind] and key in seen:
            return f"the {kind} {values[kind]!r} is that of row {seen[key]}"
        seen[key] = number
    students.append(Student(**values))
    return ""
