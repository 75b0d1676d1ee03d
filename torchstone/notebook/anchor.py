"""Re-anchoring: a submission's answers on the pristine release.

The student's cells keep their order. Everything that bears on a score (points, ids, marks, grade cells, setup) comes
from the release; a submission gives the text of its answers, and cells of its own. Every repair is told.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from torchstone.errors import UnreadableNotebook
from torchstone.messages import files
from torchstone.model import Reading, Repair
from torchstone.notebook import repairs
from torchstone.notebook.cells import OURS, Json, Role, defined, grade_id, is_grade, role, same_text
from torchstone.notebook.identify import Identified, Submitted, identify, numbered
from torchstone.notebook.program import Placed, program, stub_program
from torchstone.notebook.read import read, shown

_KEPT_TEXT: Final = frozenset({Role.ANSWER, Role.MANUAL, Role.DEMONSTRATION, Role.CODE, Role.TEXT})
_KEPT_OUTPUTS: Final = frozenset({Role.MANUAL, Role.DEMONSTRATION, Role.EXTRA})


def read_submission(data: bytes, release: Json, assignment: str) -> Reading:
    """`read` and `reanchor` in one; never raises for what a student handed in.

    A file that cannot be read, or that is of another assignment, gives the pristine release and one Repair of kind
    "unreadable" that says why.
    """
    try:
        return reanchor(read(data), release, assignment)
    except UnreadableNotebook as e:
        pristine = copy.deepcopy(release)
        return Reading(stub_program(release, assignment), pristine, (repairs.unreadable(str(e)),))


def reanchor(submitted: Json, release: Json, assignment: str) -> Reading:
    """The submission on the pristine release, both as `read` gives them.

    Returns the program, the re-anchored notebook, and one sentence for every repair. Re-anchoring the notebook that
    comes out gives the same program again, but for the cells' numbers.
    Raises UnreadableNotebook if most marked cells are those of another assignment.
    """
    cells = numbered(submitted)
    found = identify(cells, release["cells"])
    _refuse_another_assignment(found, release, assignment)
    desk = _Desk(cells, found, release["cells"])
    placed = desk.placed()
    running, told = program(assignment, placed)
    notebook = {
        "cells": [p.cell for p in placed],
        "metadata": copy.deepcopy(release["metadata"]),
        "nbformat": 4,
        "nbformat_minor": max(release["nbformat_minor"], 5),
    }
    return Reading(running, notebook, (*desk.told, *told))


def _refuse_another_assignment(found: Identified, release: Json, assignment: str) -> None:
    own = sum(any(s.position in found.by_mark for s in claimants) for claimants in found.claims.values())
    foreign = sorted({str(grade_id(s.cell)) for s in found.foreign})
    if len(foreign) > own:
        raise UnreadableNotebook(
            files.another_assignment(repairs.listed([shown(name) for name in foreign]), assignment)
        )


class _Desk:
    """Where one submission is put in order; `placed` fills it once."""

    def __init__(self, cells: Sequence[Submitted], found: Identified, release: Sequence[Json]) -> None:
        self.told: list[Repair] = []
        self._cells, self._found, self._release = cells, found, release
        self._roles = [role(cell) for cell in release]
        self._owner = found.owner()
        self._chosen = {index: self._choose(index, claims) for index, claims in sorted(found.claims.items())}
        self._ids = {cell["id"] for cell in release if "id" in cell}

    def placed(self) -> tuple[Placed, ...]:
        """The cells of the re-anchored notebook, in order."""
        anchored: list[tuple[int | None, Placed]] = []
        for s in self._cells:
            index = self._owner.get(s.position)
            if index is not None and self._chosen[index] is s:
                anchored.extend(self._release_cell(index, s))
            elif index is not None:
                anchored.extend((None, p) for p in self._copy(index, s))
            elif not is_grade(s.cell):
                anchored.append((None, self._extra(s)))
        self._tell_found_again()
        self._tell_foreign()
        self._tell_order([index for index, _ in anchored if index is not None])
        self._put_back(anchored)
        self._advance_setup(anchored)
        return tuple(p for _, p in anchored)

    # ---- cells of the release ----------------------------------------------------------------------------------

    def _choose(self, index: int, claims: Sequence[Submitted]) -> Submitted:
        """Which of several cells with one id is that cell, and what the student is told of it."""
        part, ours = self._roles[index], self._release[index]
        name = grade_id(ours) or ours.get("id", part.value)
        right_type = [s for s in claims if s.cell["cell_type"] == ours["cell_type"]] or list(claims)
        changed = [s for s in right_type if not same_text(s.source, ours["source"])]
        if part not in (Role.ANSWER, Role.MANUAL):
            certain = [s for s in claims if s.position in self._found.by_mark | self._found.by_id]
            alike = [s for s in certain or claims if same_text(s.source, ours["source"])]
            chosen = (alike or certain or claims)[0]
            dropped = [s.label for s in claims if s is not chosen and not self._keeps_copy(index, s)]
            if part in OURS and dropped:
                self.told.append(repairs.doubled(name, dropped))
            return chosen
        if part is Role.MANUAL:
            chosen = (changed or right_type)[-1]
            if len(changed) > 1:
                self.told.append(repairs.manual_copies(name, chosen.label))
        else:
            chosen = self._choose_answer(name, claims, right_type, changed)
        if chosen.cell["cell_type"] != ours["cell_type"]:
            self.told.append(repairs.retyped(name, chosen.label, ours["cell_type"]))
        return chosen

    def _choose_answer(
        self, name: str, claims: Sequence[Submitted], right_type: Sequence[Submitted], changed: Sequence[Submitted]
    ) -> Submitted:
        """The last changed one counts, as it does when the notebook runs from top to bottom; the others run too.

        They are parts of one answer if they define nothing twice, else copies.
        """
        chosen = (changed or right_type)[-1]
        others = [s.label for s in claims if s is not chosen]
        if len(changed) > 1:
            names = [defined(s.source) for s in changed]
            if sum(map(len, names)) == len(frozenset().union(*names)):
                self.told.append(repairs.split(name, [s.label for s in changed]))
            else:
                self.told.append(repairs.copied(name, chosen.label, [s.label for s in changed[:-1]]))
        elif others:
            self.told.append(repairs.untouched_copies(name, chosen.label, others))
        return chosen

    def _release_cell(self, index: int, s: Submitted) -> Iterator[tuple[int | None, Placed]]:
        part, ours = self._roles[index], self._release[index]
        same = same_text(s.source, ours["source"])
        cell = copy.deepcopy(ours)
        if part in _KEPT_TEXT:
            cell["source"] = s.source
        if part in _KEPT_OUTPUTS:
            _keep_pictures(cell, s.cell)
        number = s.number if s.is_code else s.number + (cell["cell_type"] == "code")
        yield index, Placed(cell, part, number, s.label, ours=True, untouched=part is Role.ANSWER and same)
        if part in OURS and not same:
            name = grade_id(ours) or ours.get("id", part.value)
            also_run = part is Role.SETUP and s.is_code
            self.told.append(repairs.restored(name, s.label, also_run=also_run))
            if also_run:
                yield None, self._extra(s)

    def _copy(self, index: int, s: Submitted) -> Iterable[Placed]:
        """What becomes of a further cell with an id that another cell has."""
        if not self._keeps_copy(index, s):
            return ()
        extra = self._extra(s)
        if self._roles[index] is Role.DEMONSTRATION and s.is_code:
            self.told.append(repairs.demonstration(s.label))
            return (Placed(extra.cell, Role.DEMONSTRATION, s.number, s.label),)
        return (extra,)

    def _keeps_copy(self, index: int, s: Submitted) -> bool:
        """Changed copies are the student's own cells; copies of grade cells and of locked text are nobody's."""
        part = self._roles[index]
        own = part not in OURS or (part is Role.SETUP and s.is_code)
        return own and not same_text(s.source, self._release[index]["source"])

    def _extra(self, s: Submitted) -> Placed:
        """A cell of the student's own: text and pictures, without any mark."""
        cell: Json = {"cell_type": s.cell["cell_type"], "id": self._fresh(s), "metadata": {}, "source": s.source}
        if s.is_code:
            cell |= {"execution_count": None, "outputs": []}
        _keep_pictures(cell, s.cell)
        return Placed(cell, Role.EXTRA if s.is_code else Role.TEXT, s.number, s.label)

    def _fresh(self, s: Submitted) -> str:
        wanted: str = s.cell.get("id", "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", wanted) or wanted in self._ids:
            wanted = f"student-{s.position + 1}"
            while wanted in self._ids:
                wanted += "-x"
        self._ids.add(wanted)
        return wanted

    # ---- order -------------------------------------------------------------------------------------------------

    def _put_back(self, anchored: list[tuple[int | None, Placed]]) -> None:
        """Adds the cells of the release that the submission lacks, each after what precedes it in the release."""
        answers: list[str] = []
        others: list[str] = []
        for index, ours in enumerate(self._release):
            part = self._roles[index]
            if index in self._chosen or part in (Role.TEXT, Role.DEMONSTRATION):
                continue
            label = grade_id(ours) or ours.get("id", part.value)
            (answers if part is Role.ANSWER else others).append(label)
            placed = Placed(copy.deepcopy(ours), part, 0, label, ours=True, untouched=part is Role.ANSWER)
            anchored.insert(self._place_for(index, [i for i, _ in anchored]), (index, placed))
        if answers or others:
            self.told.append(repairs.missing(answers, others))

    @staticmethod
    def _place_for(index: int, present: Sequence[int | None]) -> int:
        """Behind the nearest preceding cell of the release and the student's cells that follow it."""
        before = max((i for i in present if i is not None and i < index), default=None)
        at = 0 if before is None else present.index(before) + 1
        while before is not None and at < len(present) and present[at] is None:
            at += 1
        return at

    def _advance_setup(self, anchored: list[tuple[int | None, Placed]]) -> None:
        """Setup never runs later than a cell that follows it in the release."""
        for index in [i for i, part in enumerate(self._roles) if part is Role.SETUP]:
            at = next(n for n, (i, _) in enumerate(anchored) if i == index)
            first = next((n for n, (i, _) in enumerate(anchored) if i is not None and i > index), at)
            if first < at:
                anchored.insert(first, anchored.pop(at))

    # ---- telling -----------------------------------------------------------------------------------------------

    def _tell_found_again(self) -> None:
        found = {
            grade_id(self._release[index]) or "": s.label
            for index, s in self._chosen.items()
            if self._roles[index] in (Role.ANSWER, Role.MANUAL) and s.position not in self._found.by_mark
        }
        if found:
            self.told.append(repairs.found_again(list(found), list(found.values())))

    def _tell_foreign(self) -> None:
        for run in (True, False):
            cells = [s for s in self._found.foreign if is_grade(s.cell) is not run and s.position not in self._owner]
            if cells:
                ids = [shown(str(grade_id(s.cell))) for s in cells]
                self.told.append(repairs.foreign([s.label for s in cells], ids, run=run))

    def _tell_order(self, indices: Sequence[int]) -> None:
        answers = [i for i in indices if self._roles[i] is Role.ANSWER and len(self._found.claims[i]) == 1]
        if answers != sorted(answers):
            self.told.append(repairs.reordered())


def _keep_pictures(cell: Json, submitted: Json) -> None:
    key = "outputs" if cell["cell_type"] == "code" else "attachments"
    if submitted.get(key):
        cell[key] = copy.deepcopy(submitted[key])
