"""Which cell of the release each cell of a submission is.

The `grade_id` decides where there is one; where a student's editor lost it, the cell's id, its text, or what it defines
still tells. Nothing else of a submission's metadata is believed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from torchstone.notebook.cells import Json, Role, defined, grade_id, is_grade, role

#: How many of its lines a student's cell shares with a demonstration or grade cell to count as (a copy of) it.
_ALIKE: Final = 0.75


@dataclass(frozen=True)
class Submitted:
    """One cell of the submission and where the student sees it."""

    position: int  #: among all cells, from 0
    number: int  #: among the code cells, from 1; for a text cell, that of the code cell before it
    cell: Json

    @property
    def is_code(self) -> bool:
        return bool(self.cell["cell_type"] == "code")

    @property
    def source(self) -> str:
        source: str = self.cell["source"]
        return source

    @property
    def label(self) -> str:
        """What a student reads: «cell 7», or «the text after cell 7»."""
        return f"cell {self.number}" if self.is_code else f"the text after cell {self.number}"


@dataclass
class Identified:
    """The outcome: a submission's cells by the release cell they are."""

    claims: defaultdict[int, list[Submitted]] = field(default_factory=lambda: defaultdict(list))  #: in file order
    by_mark: set[int] = field(default_factory=set)  #: positions of cells that were told by their grade_id
    by_id: set[int] = field(default_factory=set)  #: positions of cells that were told by their id
    foreign: list[Submitted] = field(default_factory=list)  #: cells with a grade_id that the release does not have

    def owner(self) -> Mapping[int, int]:
        """From a position in the submission to the index of the release cell."""
        return {s.position: index for index, claimants in self.claims.items() for s in claimants}


def numbered(notebook: Json) -> tuple[Submitted, ...]:
    """The cells of a submission as the student counts them."""
    return tuple(_numbered(notebook["cells"]))


def _numbered(cells: Sequence[Json]) -> Iterator[Submitted]:
    number = 0
    for position, cell in enumerate(cells):
        number += cell["cell_type"] == "code"
        yield Submitted(position, number, cell)


def identify(submitted: Sequence[Submitted], release: Sequence[Json]) -> Identified:
    """Tells the cells of a submission apart, the most certain sign first: grade_id, id, text, definitions, likeness."""
    found = Identified()
    rest = _by_mark(submitted, release, found)
    rest = _by_text(rest, release, found)
    rest = _by_definitions(rest, release, found)
    _by_likeness(rest, release, found)
    for claimants in found.claims.values():
        claimants.sort(key=lambda s: s.position)
    return found


def _by_mark(submitted: Sequence[Submitted], release: Sequence[Json], found: Identified) -> list[Submitted]:
    by_grade_id = {name: i for i, cell in enumerate(release) if (name := grade_id(cell)) is not None}
    by_id = {cell["id"]: i for i, cell in enumerate(release) if "id" in cell}
    rest: list[Submitted] = []
    for s in submitted:
        mark = grade_id(s.cell)
        if mark in by_grade_id:
            found.claims[by_grade_id[mark]].append(s)
            found.by_mark.add(s.position)
            continue
        index = by_id.get(s.cell.get("id"))
        if index is not None:
            found.claims[index].append(s)
            found.by_id.add(s.position)
            continue
        if mark is not None:
            found.foreign.append(s)
        if mark is None or not is_grade(s.cell):
            rest.append(s)
    return rest


def _by_text(rest: Sequence[Submitted], release: Sequence[Json], found: Identified) -> list[Submitted]:
    unclaimed: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for index, cell in enumerate(release):
        if index not in found.claims and cell["source"].strip():
            unclaimed[cell["cell_type"], cell["source"].strip()].append(index)
    still: list[Submitted] = []
    for s in rest:
        matches = unclaimed.get((s.cell["cell_type"], s.source.strip()))
        if matches:
            found.claims[matches.pop(0)].append(s)
        else:
            still.append(s)
    return still


def _by_definitions(rest: Sequence[Submitted], release: Sequence[Json], found: Identified) -> list[Submitted]:
    """An answer cell that nobody claims goes to the cells that define what its stub defines."""
    wanted = {
        index: defined(cell["source"])
        for index, cell in enumerate(release)
        if role(cell) is Role.ANSWER and index not in found.claims
    }
    still: list[Submitted] = []
    for s in rest:
        names = defined(s.source) if s.is_code and wanted else frozenset()
        shared = Counter({index: len(names & stub) for index, stub in wanted.items()})
        best = max(shared, key=lambda index: (shared[index], -index), default=None)
        if best is not None and shared[best]:
            found.claims[best].append(s)
        else:
            still.append(s)
    return still


def _by_likeness(rest: Sequence[Submitted], release: Sequence[Json], found: Identified) -> None:
    """Changed copies of cells that never run do not run: a training run or a public check is no part of an answer."""
    never_run = (Role.DEMONSTRATION, Role.CHECK)
    models = {i: _lines(cell["source"]) for i, cell in enumerate(release) if role(cell) in never_run}
    for s in rest:
        lines = _lines(s.source) if s.is_code and models else Counter[str]()
        index = next((i for i, model in models.items() if _likeness(lines, model) >= _ALIKE), None)
        if index is not None:
            found.claims[index].append(s)


def _lines(source: str) -> Counter[str]:
    return Counter(line.strip() for line in source.split("\n") if line.strip())


def _likeness(a: Counter[str], b: Counter[str]) -> float:
    """The share of lines in common, in any order: 1 for equal, 0 for different; linear in their number."""
    both = a.total() + b.total()
    return 2 * (a & b).total() / both if a and b else 0.0
