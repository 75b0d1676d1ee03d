"""What an exercise's forbidden names cost: a policy on self-reported evidence. Pure functions.

Blunt use was refused, with a message: nothing of that exercise counts. Whatever only looks like use is told to staff
with its evidence, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from torchstone.judge.implementations import REFUSED
from torchstone.judge.mentions import mentions, ways_around
from torchstone.judge.probe import Check, Finding
from torchstone.messages import verdicts
from torchstone.model import Basis, CheckResult, ExerciseResult, Program, Stage, Verdict, Where


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
    blunt = next((f for f in findings if f.fault is not None and f.fault.kind == REFUSED), None)
    if blunt is not None and blunt.fault is not None:
        verdict = Verdict(
            Stage.RAN,
            verdicts.not_counted(blunt.fault.message),
            Basis.SELF_REPORTED,
            blunt.fault.where,
        )
        checks = tuple(_not_counted(check, verdict) for check in result.checks)
        return replace(result, earned=0.0, checks=checks)
    note = _note(forbidden, findings, program)
    if not note or not any(check.status == "passed" for check in result.checks):
        return result
    first = next(i for i, check in enumerate(result.checks) if check.status == "passed")
    told = tuple(replace(c, staff=_joined(c.staff, note)) if i == first else c for i, c in enumerate(result.checks))
    return replace(result, checks=told)


def _not_counted(check: CheckResult, verdict: Verdict) -> CheckResult:
    if check.status != "passed":
        return check
    return replace(check, status="skipped", earned=0.0, verdict=verdict)


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
