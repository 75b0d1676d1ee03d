"""The catalogue: every text that a student can read, by area one module, each text with an id.

Code calls `messages.verdicts.timed_out(...)`; `catalogue()` lists all, and `tests/messages` renders each and keeps the
rules of wording: recommendation first; never "just" or "simply"; whole sentences end; no words of the machine.
Two kinds of texts live beside what they belong to, under the same rules: a generic hypothesis's hint in its one file
(`torchstone.compare.hypotheses`), and a week's titles and hints in its graders.
Imports neither torch nor anything above `torchstone.model`, so that any layer may speak.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from torchstone.messages._message import Kind, Message, message

__all__ = ["Kind", "Message", "catalogue", "message"]


def catalogue() -> dict[str, Message[Any]]:
    """All texts by their id."""
    areas = [m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")]
    values = [v for area in areas for v in vars(importlib.import_module(f"{__name__}.{area}")).values()]
    return {v.id: v for v in values if isinstance(v, Message)}
