"""Progress on long work."""

from __future__ import annotations

import sys
import time
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

_SECONDS_BETWEEN_LINES: Final = 1.0


class Progress:
    """A bar with rate and time left on a terminal; in a pipe a line for each tenth of long work. On stderr.

    A context manager. `told` is the last that was told: «37 of 500: judging».
    """

    def __init__(self, quiet: bool) -> None:
        columns = (BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn(), TextColumn("{task.description}"))
        console = Console(stderr=True)
        self._quiet, self._terminal = quiet, console.is_terminal
        self._bar = Bar(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)
        self._task = self._bar.add_task("", total=None)
        self._what, self._began, self._tenth, self._last = "", 0.0, 0, 0.0
        self.told = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        if what != self._what:  # another kind of work has a rate of its own
            self._what, self._began, self._tenth = what, time.monotonic(), 0
            self._bar.reset(self._task, description=what, total=total)
        self._bar.update(self._task, completed=done, total=total)
        self.told = f"{done} of {total}: {what}"
        tenth = done * 10 // max(total, 1)
        now = time.monotonic()
        if self._quiet or self._terminal or tenth <= self._tenth:
            return
        if done == total or now - self._last >= _SECONDS_BETWEEN_LINES:
            self._tenth, self._last = tenth, now
            print(f"{self.told}{self._left(done, total)}", file=sys.stderr, flush=True)

    def _left(self, done: int, total: int) -> str:
        took = time.monotonic() - self._began
        if done == total or took < 1:
            return ""
        return f" ({_rate(done / took)}, {_duration(took / done * (total - done))} left)"

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(_rate(task.speed) if task.speed else "", style="progress.data.speed")


def _rate(per_second: float) -> str:
    return f"{per_second:.3g}/s" if per_second >= 1 else f"{60 * per_second:.3g}/min"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{seconds:.0f} s" if minutes < 2 else f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
