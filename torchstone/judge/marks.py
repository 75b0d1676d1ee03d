"""The marks of a grader: which exercise a module checks, and what a check is worth."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from torchstone.jail import refusable
from torchstone.judge.draw import ACCELERATED, WORLDS


def exercise(
    name: str, *, accelerator: float = 0, worlds: Sequence[str] = tuple(WORLDS), forbidden: Sequence[str] = ()
) -> pytest.MarkDecorator:
    """Says at the top of a module which exercise it checks: `name` is the id of the answer cell.

    `accelerator` are the points of the automatic check that everything gives the same on an accelerator and stays
    there. `worlds` are the ways in which inputs are presented, by default all of `WORLDS`: leave some out where an
    exercise makes no sense in them. `forbidden` are names that would do the exercise's work
    (`"torch.nn.functional.gelu"`, `"torch.optim.*"`) or operations (`"aten::gelu"`): while the student's code answers,
    names are refused and operations are noted for staff. A policy, not a boundary: see SECURITY.md.
    Raises ValueError for a world or a name that there is not.
    """
    if unknown := [w for w in worlds if w not in WORLDS]:
        raise ValueError(f"exercise {name}: no world is called {', '.join(unknown)}; there are {', '.join(WORLDS)}")
    if accelerator and "accelerator" not in worlds:
        raise ValueError(f"exercise {name}: points for the accelerator, which is not among its worlds")
    if absent := [n for n in forbidden if not refusable(n)]:
        raise ValueError(f"exercise {name}: nothing is called {', '.join(absent)}, so it cannot be forbidden")
    if "accelerator" in worlds:
        worlds = (*(w for w in worlds if w not in ACCELERATED), *ACCELERATED)
    return pytest.mark.exercise(name, accelerator=float(accelerator), worlds=tuple(worlds), forbidden=tuple(forbidden))


def points(number: float) -> pytest.MarkDecorator:
    """`@points(4)` on a check: its worth, all or nothing over its probes on the CPU. Raises ValueError below 0."""
    if number < 0:
        raise ValueError(f"points({number}): a check cannot cost points")
    return pytest.mark.points(float(number))
