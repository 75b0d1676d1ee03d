"""What an exercise's forbidden names cost: a policy on self-reported evidence. Pure functions.

Blunt use was refused, with a message that tells the name and the line: no check whose answer reached the name has
points. What else the exercise asks for and the student wrote keeps its own. Whatever only looks like use is told to
staff with its evidence, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from torchstone.judge.mentions import mentions, ways_around
from torchstone.judge.probe import Check, Finding
from torchstone.model import ExerciseResult, Program, Where


def policed(
    results: Iterable[ExerciseResult], checks: Iterable[Check], findings: Sequence[Finding], program: Program
) -> tuple[ExerciseResult, ...]:
    """The results under the policy of each exercise's forbidden names."""
    forbidden = {c.exercise: c.forbidden for c in checks if c.forbidden}
    return tuple(
        _policed(r, forbidden[r.exercise], [f for f in findings if f.probe.check.exercise == r.exercise], program)
        if r.exercise in forbidden
        else r
        for r in results
    )


def _policed(
    result: ExerciseResult, forbidden: Sequence[str], findings: Sequence[Finding], program: Program
) -> ExerciseResult:
    note = _note(forbidden, findings, program)
    if not note or not any(check.status == "passed" for check in result.checks):
        return result
    first = next(i for i, check in enumerate(result.checks) if check.status == "passed")
    told = tuple(replace(c, staff=_joined(c.staff, note)) if i == first else c for i, c in enumerate(result.checks))
    return replace(result, checks=told)


def _note(forbidden: Sequence[str], findings: Sequence[Finding], program: Program) -> str:
    """For staff: what was seen of forbidden names though the answer was right, and where to look."""
    exercise = findings[0].probe.check.exercise if findings else ""
    noted = sorted(frozenset().union(*(f.noted for f in findings)))
    operations = [n for n in noted if "::" in n]
    refused = [n for n in noted if "::" not in n]
    parts = []
    if operations:
        places = _places(ways_around(program, exercise, forbidden))
        parts.append(f"{', '.join(operations)} ran while the answer was computed{places}")
    if refused:
        parts.append(f"{', '.join(refused)} was refused, and the program went on another way")
    if not parts and (found := mentions(program, exercise, forbidden)):
        parts.append(f"a forbidden name stands in the answer, and no call of it was seen{_places(found)}")
    return f"forbidden names (a policy; nothing was taken off): {'; '.join(parts)}" if parts else ""


def _places(places: Sequence[Where]) -> str:
    shown = "; ".join(f"{p.cell}, line {p.line}: {p.code}" for p in places)
    return f" ({shown})" if shown else ""


def _joined(first: str | None, second: str) -> str:
    return f"{first}; {second}" if first else second
