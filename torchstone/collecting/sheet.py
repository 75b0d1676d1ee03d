"""A table that people made in a spreadsheet: read strictly, with the row's number kept for messages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from torchstone.errors import CourseError

_MAX_BYTES: Final = 5_000_000
#: Faults that one message names.
SHOWN: Final = 5


@dataclass(frozen=True)
class Line:
    """One row: its number in the file, and its fields by column, without the white space around them."""

    number: int
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A whole table."""

    path: Path
    header: tuple[str, ...]
    lines: tuple[Line, ...]

    def refuse(self, faults: Iterable[str]) -> NoReturn:
        """Raises CourseError with the faults («row 3: …»), the first five in words."""
        refuse(self.path, tuple(faults))


def refuse(path: Path, faults: Sequence[str]) -> NoReturn:
    """Raises CourseError: the file, the first five faults, and how many more there are."""
    more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    raise CourseError(f"{path}, {'; '.join(faults[:SHOWN])}{more}")


def read_sheet(path: Path, required: Sequence[str], missing: str, *, semicolons: bool = False) -> Sheet:
    """Reads a CSV (UTF-8). `required` columns must be there; names of columns are compared without case.

    `missing` says what to do if there is no such file. With `semicolons`, a first row that has them and no comma is
    taken as a spreadsheet's of a country where the comma is in numbers.
    Raises CourseError, which names every row that cannot be used (to the first five).
    """
    text = read_text(path, missing)
    first = text.partition("\n")[0]
    delimiter = ";" if semicolons and ";" in first and "," not in first else ","
    rows = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        header = tuple(name.strip() for name in next(rows, []))
        folded = [name.lower() for name in header]
        lacking = [name for name in required if name not in folded]
        if lacking:
            raise CourseError(f"{path}: the first row lacks {', '.join(lacking)}; it should be {','.join(required)}")
        numbered = [(rows.line_num, row) for row in rows if any(field.strip() for field in row)]
    except csv.Error as e:
        raise CourseError(f"{path}, row {rows.line_num}: {e}") from None
    if twice := sorted({name for name in folded if name and folded.count(name) > 1}):
        raise CourseError(f"{path}, row 1: the column {twice[0]!r} is there twice; take one out")
    faults = [f"row {number}: {fault}" for number, row in numbered if (fault := _fault(row, header))]
    if faults:
        refuse(path, faults)
    return Sheet(
        path,
        header,
        tuple(Line(n, {k: v.strip() for k, v in zip(folded, row, strict=True)}) for n, row in numbered),
    )


def read_text(path: Path, missing: str) -> str:
    """The file as text. Raises CourseError: missing, too large, not UTF-8."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise CourseError(f"{path} has more than {_MAX_BYTES // 1_000_000} MB, so it is not such a table")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise CourseError(f"{path} is missing; {missing}") from None
    except OSError as e:
        raise CourseError(f"{path} cannot be read: {e.strerror}") from None
    except UnicodeDecodeError as e:
        raise CourseError(f"{path} is not UTF-8 text (at byte {e.start}); save it as «CSV UTF-8»") from None


def _fault(row: list[str], header: Sequence[str]) -> str:
    if len(row) != len(header):
        return f"it has {len(row)} fields, the first row {len(header)} (a name with a comma needs quotation marks)"
    if not all(field.isprintable() for field in row):
        return "it holds a sign that cannot be printed"
    return ""
