"""A file of grades beside the grades as they stand: what it would change if it were entered."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from torchstone.collecting.match import Matcher
from torchstone.collecting.roster import Roster
from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.seminar.exports.canvas import PEOPLE, Cell, merge
from torchstone.seminar.exports.columns import Column, key_of, number, parsed
from torchstone.seminar.exports.tables import HUNDRED, MOODLE
from torchstone.seminar.table import read_table


def differences(path: Path, course: Course, roster: Roster, columns: Sequence[Column]) -> tuple[Cell, ...]:
    """Every cell of an export (ours, Moodle's, Canvas's) that differs from the grades as they stand.

    `before` is what the file has, `after` what stands; an empty text is a missing grade. Raises CourseError for a file
    of none of these kinds, or with people who are not in the roster, named with their rows.
    """
    first = path.read_bytes()[:4096].decode("utf-8-sig", errors="replace").splitlines()[:1] if path.exists() else []
    if first and all(name in first[0] for name in PEOPLE):
        return merge(path, course, roster, columns).changes
    table = read_table(path)
    known = [name for name in ("id", *map(str.casefold, MOODLE)) if name in table.columns]
    ours = {c.key: c for c in columns}
    pairs = {name: key for name in table.columns if (key := key_of(course, name)) in ours}
    if not known or not pairs:
        raise CourseError(
            f"{path} is no table of grades: it needs a column id (or {MOODLE[0]}) and one of {', '.join(ours)}"
        )
    matcher = Matcher(roster)
    found: list[Cell] = []
    faults: list[str] = []
    for row in table.rows:
        match = matcher.match([row.get(name) for name in known if row.get(name)])
        if match.student is None:
            faults.append(f"row {row.number}: {match.reason}")
            continue
        student = match.student.id
        for name, key in pairs.items():
            assert key is not None
            stands = number(ours[key].values[student], HUNDRED) if student in ours[key].values else ""
            if parsed(row.get(name)) != (Decimal(stands) if stands else None):
                found.append(Cell(row.number, student, name, row.get(name), stands))
    if faults:
        raise table.refuse(faults, "people who are not in the roster; nothing was compared")
    return tuple(found)
