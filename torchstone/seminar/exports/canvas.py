"""Canvas: grades merged into the instructor's own gradebook export, cell by cell, with a diff.

    Student,ID,SIS User ID,SIS Login ID,Section,Week 4 (1234),…,Final Score
        Points Possible,,,,,100,…,(read only)

Canvas takes back only what it wrote itself, so that everything but the cells we fill stays as it was: the order of rows
and columns, ids, other people's columns, cells where our side has nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final

from torchstone.collecting.match import Matcher
from torchstone.collecting.roster import Roster
from torchstone.collecting.sheet import SHOWN, read_text
from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.seminar.exports.columns import Column, key_of, number, parsed

PEOPLE: Final = ("Student", "ID", "SIS Login ID")
_OTHER: Final = frozenset({"SIS User ID", "Section", "Integration ID", "Root Account"})
_ID: Final = re.compile(r"\s*\((\d+)\)\s*$")
_POSSIBLE: Final = "Points Possible"
_TEST_STUDENT: Final = "student, test"


@dataclass(frozen=True)
class Cell:
    """A cell that differs from ours."""

    row: int
    student: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Merge:
    """The export with our grades in it."""

    text: str
    changes: tuple[Cell, ...]
    filled: tuple[tuple[str, str], ...]  #: Canvas's column → ours
    left_out: tuple[str, ...]  #: our columns that Canvas does not have
    unmatched: tuple[str, ...]  #: rows of people who are not in the roster, with the reason


def merge(
    export: Path, course: Course, roster: Roster, columns: Sequence[Column], named: Mapping[str, str] | None = None
) -> Merge:
    """Puts our columns into Canvas's. `named` says which of ours goes into which of Canvas's where titles differ.

    Values are scaled to Canvas's Points Possible. A cell whose number is right already keeps its text. Raises
    CourseError: no Canvas export, an export of another course (nobody of the roster, no column of ours), a person in
    two rows, a column without Points Possible.
    """
    raw = read_text(export, "export it in Canvas: Grades → Export")
    bom = "\ufeff" if export.read_bytes().startswith(b"\xef\xbb\xbf") else ""
    end = "\r\n" if "\r\n" in raw else "\n"
    try:
        reader = csv.reader(io.StringIO(raw, newline=""), strict=True)
        numbered = [(reader.line_num, row) for row in reader]
    except csv.Error as e:
        raise CourseError(f"{export}, row {reader.line_num}: {e}") from None
    header = numbered[0][1] if numbered else []
    if lacking := [name for name in PEOPLE if name not in header]:
        raise CourseError(f"{export} is no gradebook export of Canvas: its first row lacks {', '.join(lacking)}")
    short = [n for n, row in numbered if row and len(row) != len(header)]
    if short:
        raise CourseError(f"{export}, row {short[0]}: it has another number of cells than the first row")
    start, possible = _possible(export, numbered)
    targets = _targets(export, course, header, possible, {c.key: c for c in columns}, named or {})
    people, unmatched = _people(export, header, numbered[start:], roster)
    changes: list[Cell] = []
    for line, row in numbered[start:]:
        student = people.get(line)
        for at, (column, maximum) in targets.items():
            if student is None or student not in column.values:
                continue
            after = number(column.values[student], maximum)
            if parsed(row[at]) != Decimal(after):
                changes.append(Cell(line, student, header[at], row[at], after))
                row[at] = after
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows(row for _, row in numbered)
    used = {column.key for column, _ in targets.values()}
    return Merge(
        bom + out.getvalue(),
        tuple(changes),
        tuple((header[at], column.key) for at, (column, _) in targets.items()),
        tuple(c.key for c in columns if c.key not in used),
        unmatched,
    )


def _possible(export: Path, numbered: list[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """Where people's rows begin, and the row of points possible."""
    for index, (_, row) in enumerate(numbered):
        if row and row[0].strip() == _POSSIBLE:
            return index + 1, row
    raise CourseError(f"{export} has no row «{_POSSIBLE}»; export it again in Canvas: Grades → Export")


def _targets(
    export: Path,
    course: Course,
    header: list[str],
    possible: list[str],
    ours: Mapping[str, Column],
    named: Mapping[str, str],
) -> dict[int, tuple[Column, Fraction]]:
    """Position in a row → our column and Canvas's maximum."""
    by_title = {_ID.sub("", title): title for title in header} | {title: title for title in header}
    asked: dict[str, str] = {}
    for key, title in named.items():
        if key not in ours:
            raise CourseError(f"there is no column {key!r} of ours; there are {', '.join(ours)}")
        if title not in by_title:
            raise CourseError(f"{export} has no column {title!r}; it has {', '.join(header)}")
        asked[by_title[title]] = key
    found: dict[int, tuple[Column, Fraction]] = {}
    taken: dict[str, str] = {}
    for at, title in enumerate(header):
        plain = title in PEOPLE or title in _OTHER or "read only" in possible[at].casefold()
        means = asked.get(title) or (None if plain else key_of(course, _ID.sub("", title)))
        key = means or ""
        if key not in ours or (key in named and title not in asked):
            continue
        if key in taken:
            raise CourseError(f"{export}: {taken[key]!r} and {title!r} both mean {key}; say which with --column")
        maximum = parsed(possible[at])
        if maximum is None or maximum <= 0:
            raise CourseError(f"{export}: {title!r} has no Points Possible; set them in Canvas and export again")
        taken[key] = title
        found[at] = (ours[key], Fraction(maximum))
    if not found:
        raise CourseError(
            f"{export} has no column of this course ({', '.join(ours)}); is it another course's export? "
            "Columns with other titles are named with --column week04='Title in Canvas'"
        )
    return found


def _people(
    export: Path, header: list[str], rows: list[tuple[int, list[str]]], roster: Roster
) -> tuple[dict[int, str], tuple[str, ...]]:
    """Row → student, and the rows of whom the roster does not know. Never a guess."""
    matcher = Matcher(roster)
    ids = [header.index(name) for name in ("SIS User ID", "SIS Login ID") if name in header]
    name_at = header.index("Student")
    found: dict[int, str] = {}
    unmatched: list[str] = []
    for line, row in rows:
        if not any(cell.strip() for cell in row) or row[name_at].strip().casefold() == _TEST_STUDENT:
            continue
        known = {m.student for at in ids if (m := matcher.match([row[at]])).student is not None}
        # A name helps only where no id is known; two ids of two people stay a contradiction.
        match = matcher.match([row[at] for at in ids] if known else [row[name_at]])
        if match.student is None:
            unmatched.append(f"row {line}: {match.reason}")
        elif match.student.id in found.values():
            raise CourseError(f"{export}, row {line}: {match.student.id} is in another row already; keep one")
        else:
            found[line] = match.student.id
    if not found:
        more = f"; and {len(unmatched) - SHOWN} more" if len(unmatched) > SHOWN else ""
        raise CourseError(
            f"{export} is of another course: nobody in it is in {'roster.csv'} "
            f"({'; '.join(unmatched[:SHOWN]) or 'it lists nobody'}{more}). Nothing was written."
        )
    return found, tuple(unmatched)
