"""The explaining second run, seen from inside: what a program did with devices, and on which line.

Self-reported evidence: it teaches, and never decides a score.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import torch

import torchstone
from torchstone import sim

#: Frames that are nobody's homework: ours, and a scenario's.
_OURS: Final = (str(Path(torchstone.__file__).parent), "<check>")


class Witness:
    """Stamps CPU tensors and notes moves from now on, for good: it belongs into a process that ends soon."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._log = self._stack.enter_context(sim.watch(skip=_OURS))
        self._stack.enter_context(sim.Births())

    def of_error(self, error: BaseException) -> dict[str, object] | None:
        """An account of why a program stopped, if devices were the reason."""
        found = sim.explain(error)
        return None if found is None else _account(found.kind, found.text, found.cause or found.place)

    def of_value(self, value: object) -> dict[str, object] | None:
        """An account of how a part of a result came to be on the CPU, if one is."""
        for tensor in _tensors(value):
            if tensor.device.type == "cpu":
                born = sim.born_at(tensor)
                moved = next((m.place for m in reversed(self._log.moves) if m.to == "cpu" and m.place), None)
                return _account("elsewhere", sim.returned_elsewhere("the CPU"), born or moved)
        return None


def _account(kind: str, text: str, place: sim.Place | None) -> dict[str, object]:
    file = place.file if place is not None else ""
    cell = file[1:-1] if file.startswith("<") and file.endswith(">") else None
    return {"kind": kind, "text": text, "cell": cell, "line": place.line if place is not None else None}


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensors(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)
