"""The ranking sheet: a row for each participant, a column for each topic, 1 for the favourite.

    id,name,away,week01 Introduction and preparation,week02 Mathematics for deep learning,…
    participant-07,,week05 2021-11-01,3,1,…

`away` names weeks or dates on which someone cannot present.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torchstone.collecting.roster import Roster
from torchstone.collecting.sheet import Line, read_sheet
from torchstone.config import Topic
from torchstone.errors import CourseError
from torchstone.seminar.table import table_text
from torchstone.seminar.topics.problem import KINDS, Fixed, Kind, Person

_COLUMNS: Final = ("id", "name", "away")
_FIXED_COLUMNS: Final = ("id", "kind", "topic")


@dataclass(frozen=True)
class Rankings:
    """The rows of a sheet, and who of the class has none."""

    people: tuple[Person, ...]
    missing: tuple[str, ...]


def template(roster: Roster, topics: Sequence[Topic]) -> str:
    """An empty ranking sheet (CSV) for the class."""
    columns = [*_COLUMNS, *(f"{t.assignment} {t.title}" for t in topics)]
    return table_text(columns, ([s.id, s.name, "", *("" for _ in topics)] for s in roster))


def read_rankings(path: Path, roster: Roster, topics: Sequence[Topic]) -> Rankings:
    """Reads a filled sheet.

    Raises CourseError, which names each row with its reason: a tie, a gap, a rank that is none, someone not in the
    roster or there twice, a day away that is none of the topics'; a column that is no topic, or one missing.
    """
    sheet = read_sheet(path, ("id",), "write one with `torchstone topics template`", semicolons=True)
    columns = _topic_columns(path, sheet.header, [t.assignment for t in topics])
    days = {t.assignment: t.assignment for t in topics} | {t.date.isoformat(): t.assignment for t in topics}
    known = {s.id for s in roster}
    people: list[Person] = []
    faults: list[str] = []
    rows: dict[str, int] = {}
    for line in sheet.lines:
        ranks, wrong = _ranks(line, columns)
        away, wrong_days = _away(line.fields.get("away", ""), days)
        name = line.fields["id"]
        if name not in known:
            faults.append(f"row {line.number}: {name!r} is not in the roster")
        elif name in rows:
            faults.append(f"row {line.number}: {name!r} is in row {rows[name]} already; keep one of the two")
        faults += [f"row {line.number} ({name}): {fault}" for fault in (*wrong, *wrong_days)]
        rows.setdefault(name, line.number)
        people.append(Person(name, ranks, away))
    if faults:
        sheet.refuse(faults)
    return Rankings(tuple(people), tuple(s.id for s in roster if s.id not in rows))


def read_fixed(path: Path, roster: Roster, topics: Sequence[Topic]) -> frozenset[Fixed]:
    """What the instructor fixed before: `id,kind,topic`, kind presentation or notebook.

    Raises CourseError, which names each row with its reason.
    """
    sheet = read_sheet(path, _FIXED_COLUMNS, f"it holds {','.join(_FIXED_COLUMNS)}", semicolons=True)
    people, weeks = {s.id for s in roster}, {t.assignment for t in topics}
    found: dict[tuple[str, str], Kind] = {}
    faults: list[str] = []
    for line in sheet.lines:
        person, topic = line.fields["id"], line.fields["topic"].lower()
        kind = next((k for k in KINDS if k == line.fields["kind"].lower()), None)
        held = [k for (p, _), k in found.items() if p == person]
        if person not in people:
            faults.append(f"row {line.number}: {person!r} is not in the roster")
        elif topic not in weeks:
            faults.append(f"row {line.number}: {topic!r} is no topic that is given out")
        elif kind is None:
            faults.append(f"row {line.number}: the kind {line.fields['kind']!r} is neither presentation nor notebook")
        elif (person, topic) in found:
            faults.append(f"row {line.number}: {person} has {topic} fixed already as {found[person, topic]}")
        elif held.count(kind) >= (1 if kind == "presentation" else 3):
            faults.append(f"row {line.number}: {person} has no further {kind} to be fixed")
        else:
            found[person, topic] = kind
    if faults:
        sheet.refuse(faults)
    return frozenset(Fixed(person, kind, topic) for (person, topic), kind in found.items())


def _topic_columns(path: Path, header: Sequence[str], topics: Sequence[str]) -> dict[str, str]:
    """Topic → the column (as `Line.fields` names it). Raises CourseError."""
    columns: dict[str, str] = {}
    faults: list[str] = []
    for number, name in enumerate(header, 1):
        topic = (name.lower().split() or [""])[0].rstrip(":")
        if name.lower() in _COLUMNS:
            continue
        if topic not in topics:
            faults.append(f"row 1: column {number} is {name!r}, which is no topic; there are {', '.join(topics)}")
        elif topic in columns:
            faults.append(f"row 1: column {number} ranks {topic} a second time; take one of the two out")
        else:
            columns[topic] = name.lower()
    if missing := [t for t in topics if t not in columns]:
        faults.append(f"row 1: no column for {', '.join(missing)}; begin anew from `torchstone topics template`")
    if faults:
        raise CourseError(f"{path}, {'; '.join(faults)}")
    return columns


def _ranks(line: Line, columns: Mapping[str, str]) -> tuple[dict[str, int], list[str]]:
    """The ranks of a row, and what is wrong with them."""
    count = len(columns)
    ranks: dict[str, int] = {}
    faults: list[str] = []
    for topic, column in columns.items():
        text = line.fields[column]
        if text.isascii() and text.isdigit() and 1 <= int(text) <= count:
            ranks[topic] = int(text)
        elif text:
            faults.append(f"{topic} has the rank {text!r}; ranks are 1 to {count}")
    if faults:
        return ranks, faults
    for rank in sorted(set(ranks.values())):
        tied = [topic for topic, r in ranks.items() if r == rank]
        if len(tied) > 1:
            faults.append(f"{' and '.join(tied)} share the rank {rank}; give each its own")
    blank = [topic for topic in columns if topic not in ranks]
    gaps = sorted(set(range(1, count + 1)) - set(ranks.values()))
    if blank:
        faults.append(f"no rank for {', '.join(blank)} (free: {_listed(gaps)})")
    elif gaps and not faults:
        faults.append(f"nothing has the rank {_listed(gaps)}")
    return ranks, faults


def _away(text: str, days: Mapping[str, str]) -> tuple[frozenset[str], list[str]]:
    words = text.replace(";", " ").replace(",", " ").lower().split()
    unknown = [word for word in words if word not in days]
    faults = [f"away {word!r} is neither a week (week05) nor the day of one (2021-10-18)" for word in unknown]
    return frozenset(days[word] for word in words if word in days), faults


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
