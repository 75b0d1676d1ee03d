"""Tables that graders fill in: CSV from any spreadsheet, whose comments may have several lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torchstone.collecting.sheet import read_text
from torchstone.errors import CourseError

_SHOWN: Final = 10
#: What a spreadsheet takes for a formula at the beginning of a cell.
_FORMULA: Final = ("=", "+", "-", "@", "\t")


@dataclass(frozen=True)
class Row:
    """One row of a table: its number as a text editor shows it, and its cells by the column's name."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """The cell without white space around it; empty where there is no such column."""
        return self.cells.get(column, "").strip()


@dataclass(frozen=True)
class Table:
    """A table as it was read."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def refuse(self, faults: Sequence[str], consequence: str) -> CourseError:
        """The error that tells the first faults, one a line, and that nothing came of the table."""
        more = [f"… and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        return CourseError("\n".join([f"{self.path}: {consequence}", *(f"  {f}" for f in faults[:_SHOWN]), *more]))


def read_table(path: Path) -> Table:
    """Reads CSV with a header row, separated by commas or by semicolons (a spreadsheet's choice in many countries).

    Column names are taken in lower case, and empty rows left out. Raises CourseError with the row for what is no table.
    """
    text = read_text(path, "name the sheet that was filled in")
    first = next(iter(text.splitlines()), "")
    rows = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    try:
        header = tuple(name.strip().casefold() for name in next(rows, []))
        numbered = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as e:
        raise CourseError(f"{path}, row {rows.line_num}: {e}") from None
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise CourseError(f"{path}, row 1: two columns are called {twice!r}")
    wrong = [
        f"row {number}: it has {len(row)} cells, the first row {len(header)} (text with a comma needs quotation marks)"
        for number, row in numbered
        if len(row) != len(header)
    ]
    found = tuple(Row(number, dict(zip(header, row, strict=False))) for number, row in numbered)
    table = Table(path, header, found)
    if wrong:
        raise table.refuse(wrong, "rows of another length; nothing was read")
    return table


def table_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as CSV. A cell that a spreadsheet would take for a formula gets a space before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([f" {cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return out.getvalue()
