"""Extensions that staff granted: `seminar/extensions.csv`, one row for each student and assignment.

    id,assignment,days,until,reason
    participant-07,week04,2,,travel
    participant-09,week05,,2021-10-29 18:00,illness

`days` count from the deadline; `until` is a time by the course's wall clock.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from torchstone.collecting.files import write_private
from torchstone.collecting.sheet import Line, read_sheet

FILE: Final = "extensions.csv"
_COLUMNS: Final = ("id", "assignment", "days", "until", "reason")
_TIMES: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d")


@dataclass(frozen=True)
class Extension:
    """One row of the sheet."""

    student: str
    assignment: str
    by: timedelta  #: from the deadline, by the wall clock
    reason: str = ""


#: The deadline of an assignment (the course's wall clock); None for one that the course does not have.
Due = Callable[[str], datetime | None]


def read_extensions(path: Path, due: Due, students: Iterable[str] | None = None) -> tuple[Extension, ...]:
    """All extensions; none if there is no sheet. `students`, if given, are those that it may name.

    Raises CourseError, which names each row with its reason: someone or an assignment that is not there, a pair that
    stands twice, neither days nor a time or both, a time before the deadline.
    """
    if not path.exists():
        return ()
    known = None if students is None else set(students)
    sheet = read_sheet(path, _COLUMNS, "")
    found: list[Extension] = []
    faults: list[str] = []
    rows: dict[tuple[str, str], int] = {}
    for line in sheet.lines:
        student, assignment = line.fields["id"], line.fields["assignment"]
        deadline = due(assignment)
        if known is not None and student not in known:
            faults.append(f"row {line.number}: {student!r} is not in the roster")
        elif deadline is None:
            faults.append(f"row {line.number}: there is no assignment {assignment!r}")
        elif (student, assignment) in rows:
            faults.append(f"row {line.number}: {student}, {assignment} is in row {rows[student, assignment]} already")
        else:
            by, fault = _by(line, deadline)
            if fault:
                faults.append(f"row {line.number}: {fault}")
            found.append(Extension(student, assignment, by, line.fields["reason"]))
        rows.setdefault((student, assignment), line.number)
    if faults:
        sheet.refuse(faults)
    return tuple(found)


def write_extensions(path: Path, extensions: Iterable[Extension]) -> None:
    """Writes the sheet in one step, open to its owner only; extensions are written as days. Raises CourseError."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for e in sorted(extensions, key=lambda e: (e.assignment, e.student)):
        rows.writerow([e.student, e.assignment, f"{e.by / timedelta(days=1):.15g}", "", e.reason])
    write_private(path, out.getvalue().encode())


def as_mapping(extensions: Iterable[Extension]) -> Mapping[tuple[str, str], timedelta]:
    """(student, assignment) → how much later."""
    return {(e.student, e.assignment): e.by for e in extensions}


def _by(line: Line, due: datetime) -> tuple[timedelta, str]:
    days, until = line.fields["days"], line.fields["until"]
    if bool(days) == bool(until):
        return timedelta(0), "give either days or until"
    if days:
        try:
            number = float(days)
        except ValueError:
            number = -1.0
        if not 0 < number <= 365:
            return timedelta(0), f"days is {days!r}; it is a number above 0, at most 365"
        return timedelta(days=number), ""
    for layout in _TIMES:
        try:
            wall = datetime.strptime(until, layout)
        except ValueError:
            continue
        wall = wall.replace(hour=23, minute=59) if layout == "%Y-%m-%d" else wall
        by = wall - due.replace(tzinfo=None)
        return by, "" if by > timedelta(0) else f"until {until} is not after the deadline, {due:%Y-%m-%d %H:%M}"
    return timedelta(0), f"until is {until!r}; write it as 2021-10-29 18:00"
