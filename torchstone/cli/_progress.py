"""Progress on long work."""

from __future__ import annotations

import sys


class Progress:
    """A bar on a terminal, or a line for each tenth of the work in a pipe; on stderr. A context manager."""

    def __init__(self, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
        console = Console(stderr=True)
        self._quiet, self._terminal = quiet, console.is_terminal
        self._bar = Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)
        self._task = self._bar.add_task("", total=None)
        self._told = (0, 0)  #: of how many pieces of work, how many tenths

    def __call__(self, what: str, done: int, total: int) -> None:
        self._bar.update(self._task, description=what, completed=done, total=total)
        tenths = (total, done * 10 // max(total, 1))
        if not self._quiet and not self._terminal and tenths[1] and tenths != self._told:
            self._told = tenths
            print(f"{done} of {total}: {what}", file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
