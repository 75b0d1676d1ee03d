"""From cells to the program that goes to the jail: which cells run, and as what text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from torchstone.model import Cell, Program, Repair
from torchstone.notebook import repairs
from torchstone.notebook.cells import Json, Role, defined, grade_id, role
from torchstone.notebook.identify import numbered
from torchstone.notebook.magics import without_magics
from torchstone.notebook.read import shown

_RUN: Final = frozenset({Role.ANSWER, Role.SETUP, Role.CODE, Role.EXTRA})
_NOT_CODE: Final = frozenset({Role.TEXT, Role.LOCKED})


@dataclass(frozen=True)
class Placed:
    """One cell of the re-anchored notebook: what it is, and where the student sees it."""

    cell: Json
    role: Role
    number: int  #: among the student's code cells, from 1; 0 for one that their file lacks
    label: str
    ours: bool = False  #: a cell of the release, by whichever text
    untouched: bool = False  #: an answer cell with the text that was handed out


def program(assignment: str, placed: Sequence[Placed]) -> tuple[Program, tuple[Repair, ...]]:
    """The cells that run, in order and without IPython's syntax, and what the student is told about the others.

    Answers, setup, the release's other code and the student's own cells run. Demonstrations, grade cells and manually
    graded cells do not, nor does the student's code after the last exercise: that is the exploration.
    """
    cells: list[Cell] = []
    told: list[Repair] = []
    names = _Names()
    exploration = _exploration(placed)
    needed = _needed_by_answers(placed) if exploration else frozenset()
    shadows = _shadows([p for i, p in enumerate(placed) if i not in exploration])
    for index, p in enumerate(placed):
        if p.role not in _RUN:
            continue
        if index in exploration:
            if used := sorted(defined(p.cell["source"]) & needed):
                told.append(repairs.not_run(p.label, [shown(name) for name in used]))
            continue
        name = grade_id(p.cell) if p.role is Role.ANSWER else None
        if p.untouched and name in shadows:
            told.append(shadows[name])
            continue
        plain = without_magics(p.cell["source"])
        if plain.source is None:
            told.append(repairs.whole_cell_left_out(p.label, plain.left_out[0]))
            continue
        if plain.left_out:
            told.append(repairs.left_out(p.label, plain.left_out))
        if plain.source.strip():
            cells.append(Cell(names.unique(name or f"cell-{p.number}"), p.number, plain.source))
    return Program(assignment, tuple(cells)), tuple(told)


def solution_program(source: Json, assignment: str) -> Program:
    """The instructor's own cells: what the solution is."""
    return program(assignment, tuple(_as_it_stands(source)))[0]


def stub_program(release: Json, assignment: str) -> Program:
    """The release as it was handed out: what an untouched submission is."""
    return program(assignment, tuple(_as_it_stands(release)))[0]


def _as_it_stands(notebook: Json) -> Iterable[Placed]:
    return (Placed(s.cell, role(s.cell), s.number, s.label, ours=True) for s in numbered(notebook))


class _Names:
    """Hands out names that are unique in a program."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def unique(self, name: str) -> str:
        candidates = (name if n == 1 else f"{name}-{n}" for n in count(1))
        chosen = next(c for c in candidates if c not in self._used)
        self._used.add(chosen)
        return chosen


def _exploration(placed: Sequence[Placed]) -> frozenset[int]:
    """The student's code cells that belong to an exploration.

    They are those that follow a manually graded answer, and those after the last exercise; but not the parts of that
    exercise's answer, which come before its grade cell.
    """
    last = max((i for i, p in enumerate(placed) if p.role is Role.ANSWER), default=len(placed))
    found: set[int] = set()
    before: Role | None = None
    for i, p in enumerate(placed):
        if p.role is Role.EXTRA and (before is Role.MANUAL or (i > last and before is not Role.ANSWER)):
            found.add(i)
        elif p.ours:
            before = p.role
    return frozenset(found)


def _needed_by_answers(placed: Sequence[Placed]) -> frozenset[str]:
    """Names that answers use and do not define: a cell that defines one is a helper of theirs."""
    answers = [p.cell["source"] for p in placed if p.role is Role.ANSWER and not p.untouched]
    words = frozenset(word for source in answers for word in _words(source))
    # The names of the stubs belong to the answers; a cell that defines them anew is no helper.
    return words - {name for source in answers for name in defined(source)}


def _words(source: str) -> set[str]:
    return set("".join(c if c.isalnum() or c == "_" else " " for c in source).split())


def _shadows(placed: Sequence[Placed]) -> dict[str | None, Repair]:
    """Answer cells left as handed out whose names another of the student's cells defines."""
    written = [(p, defined(p.cell["source"])) for p in placed if p.role in _RUN and not p.untouched]
    found: dict[str | None, Repair] = {}
    for p in placed:
        if p.role is Role.ANSWER and p.untouched:
            wanted = defined(p.cell["source"])
            other = next((w for w, names in written if names & wanted and w.role is not Role.SETUP), None)
            name = grade_id(p.cell)
            if other is not None and name is not None:
                both = sorted(wanted & defined(other.cell["source"]))
                found[name] = repairs.shadowed(name, both, other.label)
    return found
