"""Runs a notebook's public checks in this process: what `torchstone check` does on a student's own machine.

Cells run from top to bottom in one namespace, as in Jupyter. A broken cell does not stop the rest. Demonstrations
(training runs, figures) are left out. There is no jail: it is the student's own code on the student's own machine.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import linecache
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from torchstone.kit.failure import CheckFailed, NotWritten, place
from torchstone.messages import checks
from torchstone.model import BrokenCell, Where

LocalStatus = Literal["passed", "failed", "not written"]

_MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)


@dataclass(frozen=True)
class LocalCell:
    """A code cell of a notebook on its way to `run`."""

    number: int  #: position among the notebook's code cells, from 1: «cell 7»
    source: str
    exercise: str | None = None  #: for a grade cell, the exercise it checks
    demonstration: bool = False
    grade: bool = False
    name: str = ""  #: the grade_id, if it has one

    @property
    def label(self) -> str:
        return f"cell {self.number}"


@dataclass(frozen=True)
class LocalResult:
    """What the public checks say of one exercise."""

    exercise: str
    status: LocalStatus
    message: str = ""  #: what failed → where → why it may be
    where: Where | None = None
    output: str = ""  #: what its grade cell printed


@dataclass(frozen=True)
class LocalReport:
    """What the public checks say of a notebook."""

    results: tuple[LocalResult, ...]
    broken: tuple[BrokenCell, ...] = ()  #: cells, other than grade cells, that could not run
    output: str = ""  #: what the other cells printed, capped

    @property
    def passed(self) -> bool:
        """Every exercise that was looked at passed."""
        return bool(self.results) and all(r.status == "passed" for r in self.results)


def run(cells: Sequence[LocalCell], only: str | Iterable[str] | None = None) -> LocalReport:
    """Runs the cells; reports on every grade cell, or on those of the exercises named in `only`.

    Raises ValueError if `only` names an exercise that the notebook does not have.
    """
    chosen = _chosen(cells, only)
    namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
    results: list[LocalResult] = []
    broken: dict[str, BrokenCell] = {}
    printed = io.StringIO()
    for cell in cells:
        if cell.demonstration or (cell.grade and cell.exercise not in chosen):
            continue
        output, error = _run(cell, namespace)
        if cell.grade:
            results.append(_judged(cell, error, output, broken))
            continue
        printed.write(output)
        if error is not None:
            broken[cell.name or cell.label] = _broken(cell, error)
    return LocalReport(tuple(results), tuple(broken.values()), printed.getvalue()[:20_000])


def cells_of(notebook: Mapping[str, Any]) -> tuple[LocalCell, ...]:
    """The code cells of a notebook (nbformat 4 JSON) as `run` takes them; `<exercise>_check` checks `<exercise>`."""
    cells = []
    code = (c for c in notebook["cells"] if c["cell_type"] == "code")
    for number, cell in enumerate(code, 1):
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        meta = cell.get("metadata", {})
        mark = meta.get("nbgrader", {})
        name = mark.get("grade_id", "")
        grade = bool(mark.get("grade")) and not mark.get("solution")
        exercise = name.removesuffix("_check") if grade else None
        cells.append(LocalCell(number, source, exercise, "demonstration" in meta.get("tags", ()), grade, name))
    return tuple(cells)


def _chosen(cells: Sequence[LocalCell], only: str | Iterable[str] | None) -> set[str | None]:
    known = {c.exercise for c in cells if c.grade}
    if only is None:
        return known
    wanted = {only} if isinstance(only, str) else set(only)
    if unknown := wanted - known:
        names = ", ".join(sorted(str(k) for k in known)) or "none"
        raise ValueError(f"no exercise called {', '.join(sorted(unknown))}; this notebook has {names}")
    return set(wanted)


def _run(cell: LocalCell, namespace: dict[str, Any]) -> tuple[str, BaseException | None]:
    """What the cell printed, and what it raised. Warnings are shown by Jupyter, not counted here."""
    filename = f"<{cell.label}>"
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            source = _without_magics(cell.source)
            linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
            exec(compile(source, filename, "exec"), namespace)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # sys.exit() in a cell is a broken cell, too
            return out.getvalue(), error
    return out.getvalue(), None


def _without_magics(source: str) -> str:
    """Lines that begin with `%` or `!` become `pass`, if the cell is no Python as it stands; line numbers stay."""
    try:
        ast.parse(source)
    except SyntaxError:
        return _MAGIC.sub(r"\1pass", source)
    return source


def _judged(cell: LocalCell, error: BaseException | None, output: str, broken: Mapping[str, BrokenCell]) -> LocalResult:
    exercise = cell.exercise or cell.name
    if error is None:
        return LocalResult(exercise, "passed", output=output)
    if isinstance(error, NotWritten) or (isinstance(error, NotImplementedError) and not str(error)):
        return LocalResult(exercise, "not written", str(NotWritten(exercise)), output=output)
    if exercise in broken:
        answer = broken[exercise]
        place_ = Where(answer.cell, answer.line or 0, answer.code or "") if answer.line else None
        failed = CheckFailed(checks.cell_could_not_run(answer.message), place_, checks.mend_that_cell_first(), exercise)
        return LocalResult(exercise, "failed", str(failed), place_, output)
    if isinstance(error, CheckFailed):
        failed = error.named(exercise)
    else:
        failed = CheckFailed(checks.exception(type(error).__name__, str(error)[:300]), place(error), exercise=exercise)
    return LocalResult(exercise, "failed", str(failed), failed.where, output)


def _broken(cell: LocalCell, error: BaseException) -> BrokenCell:
    message = checks.exception(type(error).__name__, str(error)[:300])
    if isinstance(error, SyntaxError):
        code = (error.text or "").strip()[:200]
        return BrokenCell(cell.label, checks.exception(type(error).__name__, error.msg), error.lineno, code)
    where = place(error)
    return BrokenCell(cell.label, message, where.line if where else None, where.code if where else None)
