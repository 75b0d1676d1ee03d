"""The class's grades as CSV: our own table, and one that Moodle imports. Every column is in percent."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from torchstone.collecting.roster import Roster
from torchstone.seminar.exports.columns import Column, number
from torchstone.seminar.grades.facts import Class
from torchstone.seminar.table import table_text

HUNDRED: Final = Fraction(100)
#: Moodle finds people by these columns, and maps the others to its grade items by hand, once.
MOODLE: Final = ("ID number", "Email address")


def own_table(grades: Class, columns: Sequence[Column]) -> str:
    """Our table: an empty cell is a part that is missing, and `open` says why there is no final grade yet."""
    rows = [
        [g.student, g.name, *_cells(g.student, columns), g.letter or "", "; ".join(g.open_because)]
        for g in grades.grades
    ]
    return table_text(["id", "name", *(c.key for c in columns), "letter", "open"], rows)


def moodle_table(roster: Roster, columns: Sequence[Column]) -> str:
    """For Moodle's grade import (CSV, comma, UTF-8), where a grade item's maximum is 100.

    A missing grade is a dash, which Moodle reads as «no grade» for items that are there and for new ones. (An empty
    cell may become a zero in a new item.)
    """
    rows = [[s.id, s.email, *_cells(s.id, columns, missing="-")] for s in roster]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([[*MOODLE, *(c.key for c in columns)], *rows])
    return out.getvalue()


def _cells(student: str, columns: Sequence[Column], missing: str = "") -> list[str]:
    return [number(c.values[student], HUNDRED) if student in c.values else missing for c in columns]
