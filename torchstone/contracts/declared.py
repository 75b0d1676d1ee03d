"""What is proved of what a grader declares: points, misconceptions, alternatives, chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from torchstone.contracts import programs
from torchstone.contracts.bench import Bench
from torchstone.contracts.chance import unstated
from torchstone.contracts.proof import Complaints, Tally
from torchstone.errors import CourseFault
from torchstone.judge.misconceptions import Misconception

MISCONCEPTIONS: Final = 4  #: at least, for each exercise
ALTERNATIVES: Final = 2  #: at least, for each exercise


def declaration(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """Points agree; there are misconceptions and alternatives enough, with hints that ask."""
    ours = next((e.points for e in bench.exercises if e.id == exercise), None)
    checks = bench.checks(exercise)
    if not checks:
        yield f"no file of graders/{bench.week.folder.name} says `pytestmark = exercise({exercise!r})`"
        return
    theirs = sum(c.points for c in checks) + max(c.accelerator for c in checks)
    yield None if ours == theirs else f"{ours:g} points in the notebook, {theirs:g} in the graders"
    found = bench.misconceptions(exercise)
    short = f"{len(found)} misconceptions; write at least {MISCONCEPTIONS} into misconceptions.py"
    yield None if len(found) >= MISCONCEPTIONS else short
    for m in found:
        yield None if "?" in m.hint else f"the hint of «{m.name}» does not ask anything: {m.hint!r}"
        yield None if m.link else f"«{m.name}» has no link to read on"
        yield _only_its_own_cell(bench, m)
    cells = bench.alternatives(exercise)
    short = f"{len(cells)} alternatives; write at least {ALTERNATIVES} into alternatives/*.py (`# %% {exercise}`)"
    yield None if len(cells) >= ALTERNATIVES else short
    yield from _written_otherwise(bench, exercise, cells)


def _only_its_own_cell(bench: Bench, m: Misconception) -> str | None:
    try:
        changed = m.program(bench.solution)
    except CourseFault as e:
        return str(e)
    same = any(a != b for a, b in zip(bench.solution.cells, changed.cells, strict=True))
    return None if same else f"«{m.name}» changes nothing"


def _written_otherwise(bench: Bench, exercise: str, cells: Mapping[str, str]) -> Complaints:
    own = programs.cell_of(bench.solution, exercise)
    known = {"the solution": own.source} if own else {}
    for stem, source in cells.items():
        twin = next((who for who, text in known.items() if programs.alike(text, source)), None)
        yield f"the alternative {stem} is {twin} under other names" if twin else None
        known[f"the alternative {stem}"] = source


def chance(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """A grader whose checks judge a sample states how often right code fails by chance: seldom enough."""
    yield from unstated(bench, exercise)
