"""Runs a notebook from top to bottom, afresh: in the jail on Linux, elsewhere in a Jupyter kernel of its own.

It is the author's own notebook on the author's own machine; the jail shows what the course's machine will meet: no
network, none of the author's files, nothing left over from an earlier run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from torchstone.errors import JailError
from torchstone.messages import literate as told
from torchstone.model import Cell, JailPolicy, Limits
from torchstone.notebook.magics import without_magics

Place = Literal["jail", "kernel", "nowhere"]

#: A busy machine gives a program less than its share: how much longer than the limit we wait.
_PATIENCE: Final = 4.0
_CORES: Final = 2
_NO_FILE: Final = ("FileNotFoundError", "PermissionError")


@dataclass(frozen=True)
class Stopped:
    """A cell that did not end well."""

    cell: str  #: «cell 7»
    text: str  #: the exception, or why the process had to be ended
    line: int | None = None


@dataclass(frozen=True)
class Rerun:
    """What running the notebook afresh gave."""

    place: Place
    seconds: float  #: in the jail, of CPU; in a kernel, of the clock
    limit: float
    stopped: tuple[Stopped, ...] = ()
    note: str = ""  #: why it was not the jail, or why nothing ran

    @property
    def good(self) -> bool:
        """Every cell ran, within the limit."""
        return self.place != "nowhere" and not self.stopped and self.seconds <= self.limit


def rerun(notebook: Mapping[str, Any], limit: float, *, jailed: bool | None = None) -> Rerun:
    """Run all code cells of `notebook` (nbformat 4 JSON) in order, in a fresh process, for about `limit` seconds.

    `jailed` None takes the jail where one can be built, and a plain kernel with a word about it elsewhere; True and
    False insist. Lines of IPython's own syntax are left out in the jail. Raises JailError if the jail is insisted on
    and cannot be built.
    """
    if jailed is False:
        return _in_kernel(notebook, limit, "")
    try:
        return _in_jail(notebook, limit)
    except (JailError, ImportError) as e:  # no jail, or a system without what one is made of
        if jailed:
            raise
        why = told.jail_needs_linux() if sys.platform != "linux" else told.no_jail_here(_first_line(e))
        return _in_kernel(notebook, limit, why)


def _in_jail(notebook: Mapping[str, Any], limit: float) -> Rerun:
    from torchstone.jail import ChildLost, Zygote

    limits = Limits(cpu_seconds=_CORES * limit, exercise_cpu_seconds=_CORES * limit)
    cells = _cells(notebook)
    stopped: list[Stopped] = []
    with Zygote.start(JailPolicy(limits=limits)) as zygote:
        with zygote.spawn() as child:
            end = time.monotonic() + limit * _PATIENCE
            try:
                for cell in cells:
                    broken = child.load([cell], max(0.0, end - time.monotonic()))
                    stopped += [Stopped(b.cell, b.message, b.line) for b in broken]
            except ChildLost as lost:
                stopped.append(Stopped(lost.cell or told.the_notebook(), _lost(lost.reason, limit)))
        files = any(s.text.startswith(_NO_FILE) for s in stopped)
        note = told.no_files_in_jail() if files else ""
        return Rerun("jail", round(child.cpu_seconds, 1), limit, tuple(stopped), note)


def _in_kernel(notebook: Mapping[str, Any], limit: float, why: str) -> Rerun:
    """`why` is the reason for which it is not the jail; empty where a plain kernel was asked for."""
    try:
        import nbclient
        import nbformat
    except ImportError:
        return Rerun("nowhere", 0.0, limit, note=told.not_run(why or told.asked_for_kernel()))
    book = nbformat.from_dict(_plain(notebook))
    client = nbclient.NotebookClient(
        book, timeout=int(limit * _PATIENCE), kernel_name="python3", allow_errors=True, force_raise_errors=False
    )
    start = time.monotonic()
    stopped: list[Stopped] = []
    try:
        client.execute()
    except (nbclient.exceptions.CellTimeoutError, nbclient.exceptions.DeadKernelError) as e:
        stopped.append(Stopped(told.the_notebook(), _first_line(e)))
    except Exception as e:  # no kernel of that name, or one that does not start: nothing of the author's
        return Rerun("nowhere", 0.0, limit, note=told.no_kernel(_first_line(e)))
    seconds = time.monotonic() - start
    for number, cell in enumerate((c for c in book.cells if c.cell_type == "code"), 1):
        errors = (o for o in cell.outputs if o.output_type == "error")
        stopped += [Stopped(f"cell {number}", f"{o.ename}: {o.evalue}"[:300]) for o in errors]
    return Rerun("kernel", round(seconds, 1), limit, tuple(stopped), told.plain_kernel(why) if why else "")


def _cells(notebook: Mapping[str, Any]) -> tuple[Cell, ...]:
    found = []
    for number, cell in enumerate((c for c in notebook["cells"] if c["cell_type"] == "code"), 1):
        plain = without_magics(cell["source"]).source
        if plain is not None and plain.strip():
            found.append(Cell(f"cell-{number}", number, plain))
    return tuple(found)


def _plain(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook without its outputs, as a kernel takes it."""
    cells = []
    for number, cell in enumerate(notebook["cells"], 1):
        kept = {"cell_type": cell["cell_type"], "id": f"cell-{number}", "metadata": {}, "source": cell["source"]}
        cells.append(kept | ({"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {}))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _lost(reason: str, limit: float) -> str:
    if reason == "deadline":
        return told.no_end(limit * _PATIENCE)
    if reason == "cpu":
        return told.too_much_cpu(_CORES * limit)
    if reason == "memory":
        return told.too_much_memory()
    return told.prints_without_end() if reason == "output" else told.took_process_down()


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
