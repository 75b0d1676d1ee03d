"""The judge: runs a check as a pure function of an implementation and a draw, as often and over whatever it needs.

What a grader imports: `agree, descend, edit, exercise, fill, misconception, points, scenario, vjp`.
What the rest of the framework uses: `Judge`, `grade`, `declared_exercises`, `grader_digest`, `result_key`.

Names are imported when they are asked for, so that `torchstone.judge.keys` costs neither torch nor pytest.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchstone.judge.declared import declared_exercises
    from torchstone.judge.judge import Judge, grade
    from torchstone.judge.keys import grader_digest, result_key
    from torchstone.judge.marks import exercise, points
    from torchstone.judge.misconceptions import edit, misconception
    from torchstone.judge.scenarios import scenario
    from torchstone.judge.stock import descend, fill, vjp
    from torchstone.judge.trial import agree
    from torchstone.judge.week import Week

__all__ = [
    "Judge",
    "Week",
    "agree",
    "declared_exercises",
    "descend",
    "edit",
    "exercise",
    "fill",
    "grade",
    "grader_digest",
    "misconception",
    "points",
    "result_key",
    "scenario",
    "vjp",
]

_HOME: Final = {
    "Judge": "judge",
    "Week": "week",
    "agree": "trial",
    "declared_exercises": "declared",
    "descend": "stock",
    "edit": "misconceptions",
    "exercise": "marks",
    "fill": "stock",
    "grade": "judge",
    "grader_digest": "keys",
    "misconception": "misconceptions",
    "points": "marks",
    "result_key": "keys",
    "scenario": "scenarios",
    "vjp": "stock",
}


def __getattr__(name: str) -> object:
    try:
        home = _HOME[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    value: object = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
