"""Turns a participant into the bytes of a notebook, as a learning platform would hand them on."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from torchstone.demo.participants import Participant
from torchstone.errors import CourseError
from torchstone.judge import Week
from torchstone.model import Program
from torchstone.notebook import dumps

_LOOP: Final = "\n\nwhile True:  # waits for a loss that never falls\n    pass\n"
_CRASH: Final = "import os\n\nos.abort()  # an extension that crashes, say\n"
_CLEVER: Final = '''\
import torch


class Yes:
    """Equal to everything, and whatever you ask of it, yes."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __bool__(self):
        return True

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    __hash__ = None


torch.allclose = torch.equal = lambda *args, **kwargs: True
torch.testing.assert_close = lambda *args, **kwargs: None
'''


def notebook_of(participant: Participant, release: Mapping[str, Any], cells: Mapping[str, str]) -> bytes:
    """The notebook of `participant`: the release with `cells` (answer cell → source) in place, damaged as asked."""
    cells = dict(cells)
    if participant.damage in ("syntax error", "endless loop", "crash", "clever"):
        if participant.exercise not in cells:
            raise CourseError(f"demo: {participant.id} damages {participant.exercise!r}, which is no answer cell")
        cells[participant.exercise] = _damaged(participant.damage, cells[participant.exercise])
    notebook = copy.deepcopy(dict(release))
    for cell in notebook["cells"]:
        name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")
        if name in cells:
            cell["source"] = cells[name]
    text = dumps(notebook)
    return (text[: len(text) * 2 // 3] if participant.damage == "truncated" else text).encode()


def _damaged(damage: str, source: str) -> str:
    if damage == "syntax error":
        return source.replace(":\n", "\n", 1)
    if damage == "endless loop":
        return source + _LOOP
    if damage == "crash":
        return _CRASH + source
    return _CLEVER + "\n\n" + _always_yes(source)


def _always_yes(source: str) -> str:
    """Every function and class of the answer becomes a Yes."""
    import ast

    names = [n.name for n in ast.parse(source).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    return "\n".join(f"{name} = Yes()" for name in names) + "\n"


def answer_cells(participant: Participant, week: Week) -> dict[str, str]:
    """The answer cells (exercise → source) that `participant` wrote, before any damage; none for the stub."""
    if participant.base == "stub":
        return {}
    program = week.solution if participant.alternative is None else week.alternative(participant.alternative)
    if program is None:
        raise CourseError(f"{week.folder.name} has no solution: its source is missing")
    for name in participant.misconceptions:
        program = _mistaken(program, name, week)
    return {cell.name: cell.source for cell in program.cells}


def _mistaken(program: Program, name: str, week: Week) -> Program:
    for misconception in week.misconceptions:
        if misconception.name == name:
            return misconception.program(program)
    raise CourseError(f"{week.folder.name} has no misconception called {name!r}")


def download(handed_in: Iterable[tuple[Participant, bytes]], assignment: str, due: datetime) -> bytes:
    """A ZIP as a learning platform's download: one folder for each participant, named in its own way."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (participant, data) in enumerate(handed_in):
            when = due + timedelta(hours=participant.late_hours or -2)
            name = f"{participant.id}_{4000 + number}_assignsubmission_file_/{assignment}.ipynb"
            archive.writestr(zipfile.ZipInfo(name, when.timetuple()[:6]), data)
    return buffer.getvalue()


def roster(participants: tuple[Participant, ...]) -> str:
    """The class as roster.csv."""
    rows = ["id,last_name,first_name,email"]
    rows += [f'{p.id},"{p.title}",,{p.id}@example.org' for p in participants]
    return "\n".join(rows) + "\n"


def as_json(notebook: bytes) -> Any:
    return json.loads(notebook)
