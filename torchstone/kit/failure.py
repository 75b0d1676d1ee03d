"""What a failed public check says, and where in the student's own code it points."""

from __future__ import annotations

import linecache
import re
import sysconfig
import traceback
from pathlib import Path

from torchstone.messages import checks
from torchstone.model import Where

#: Files whose lines are not the student's: installed libraries, the interpreter's own, this package.
_FOREIGN = tuple(
    str(Path(p).resolve())
    for p in {*(sysconfig.get_paths()[k] for k in ("stdlib", "purelib", "platlib")), str(Path(__file__).parents[1])}
)
#: How `localcheck` and the graders name a compiled cell.
CELL_FILE = re.compile(r"<(cell \d+)>")


class CheckFailed(AssertionError):
    """A public check does not hold. `str()` reads: what failed → where → why it may be."""

    def __init__(self, what: str, where: Where | None = None, why: str = "", exercise: str = "") -> None:
        self.what = what
        self.where = where
        self.why = why
        self.exercise = exercise
        super().__init__(what)

    def named(self, exercise: str) -> CheckFailed:
        """The same failure, said of an exercise; an exercise named before is kept."""
        if self.exercise:
            return self
        return CheckFailed(self.what, self.where, self.why, exercise)

    def __str__(self) -> str:
        lines = [checks.failed(self.exercise, self.what)]
        if self.where is not None:
            lines.append(f"  {checks.where(self.where.cell, self.where.line, self.where.code)}")
        if self.why:
            lines.append(f"  {checks.why(self.why)}")
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        """IPython shows this in place of a traceback through our own code."""
        return str(self).splitlines()


class NotWritten(CheckFailed):
    """The exercise is still the stub it was handed out as."""

    def __init__(self, exercise: str) -> None:
        super().__init__(checks.not_written(), exercise=exercise)


def place(error: BaseException) -> Where | None:
    """The deepest line of the student's own code in the traceback of `error`, None if there is none.

    A notebook's cell has a temporary file or `<cell 7>` for a name; a line of a library, or of this package, is not the
    student's.
    """
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if _foreign(frame.filename):
            continue
        cell = CELL_FILE.fullmatch(frame.filename)
        name = cell[1] if cell else "your cell" if frame.name == "<module>" else f"`{frame.name}`"
        code = frame.line or linecache.getline(frame.filename, frame.lineno or 0)
        return Where(name, frame.lineno or 0, code.strip()[:200])
    return None


def _foreign(filename: str) -> bool:
    if filename.startswith("<"):
        return CELL_FILE.fullmatch(filename) is None
    return str(Path(filename).resolve()).startswith(_FOREIGN)
