"""What a notebook declares to be graded, for the release gate: ids and points must agree with the graders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from torchstone.errors import GateError
from torchstone.notebook.cells import Json, Role, grade_id, points, role

_HEADING: Final = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)


@dataclass(frozen=True)
class NotebookExercise:
    """One graded thing as the notebook declares it."""

    id: str
    points: float
    grade_cell_id: str  #: the cell that carries the points; for a manual exercise, the answer itself
    manual: bool
    title: str  #: the last heading above the answer, or the id


def declared(notebook: Json) -> tuple[NotebookExercise, ...]:
    """The exercises of a source or release notebook, in order.

    Raises GateError if an id occurs twice, an answer cell lacks its `<id>_check`, or a grade cell checks nothing.
    """
    exercises = tuple(_declared(notebook["cells"]))
    ids = [name for cell in notebook["cells"] if (name := grade_id(cell)) is not None]
    for name in ids:
        if ids.count(name) > 1:
            raise GateError(f"{name}: the notebook has this grade_id more than once")
    for cell in notebook["cells"]:
        if role(cell) is Role.CHECK and grade_id(cell) not in {e.grade_cell_id for e in exercises}:
            raise GateError(f"{grade_id(cell)}: this grade cell has no answer cell; name it <exercise>_check")
    return exercises


def _declared(cells: list[Json]) -> Iterator[NotebookExercise]:
    checks = {grade_id(cell): cell for cell in cells if role(cell) is Role.CHECK}
    heading = ""
    for cell in cells:
        part, name = role(cell), grade_id(cell)
        if part in (Role.TEXT, Role.LOCKED):
            heading = (_HEADING.findall(cell["source"]) or [heading])[-1]
        if name is None:
            continue
        if part is Role.MANUAL:
            yield NotebookExercise(name, points(cell), name, True, heading or name)
        elif part is Role.ANSWER:
            check = f"{name}_check"
            if check not in checks:
                raise GateError(f"{name}: the notebook has no grade cell {check}")
            yield NotebookExercise(name, points(checks[check]), check, False, heading or name)
