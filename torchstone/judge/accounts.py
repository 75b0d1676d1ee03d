"""The explaining second run: on which line a failed device check went wrong, and what to do there.

It runs like a misconception does: in a jailed child of its own, after the score is known, with a deadline of its own.
What it tells is self-reported evidence; it never changes a score.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from torchstone.compare import clean
from torchstone.compare.hypotheses.other_device import HYPOTHESIS as OTHER_DEVICE
from torchstone.jail import Account, ChildLost, StudentRaised
from torchstone.judge.children import Zygotes
from torchstone.judge.device_faults import asks_by_name
from torchstone.judge.diagnosis import CheckName, Evidence
from torchstone.judge.draw import Draw
from torchstone.judge.implementations import Jailed, wall_seconds
from torchstone.judge.misconceptions import section
from torchstone.judge.probe import ACCELERATOR
from torchstone.judge.trial import Trial
from torchstone.judge.week import Week
from torchstone.messages import devices
from torchstone.model import CheckResult, Hint, Limits, Program, Stage, Verdict, Where

#: One explaining run, in CPU seconds.
SECONDS: Final = 10.0

_ADVICE: Final = 600


@dataclass(frozen=True)
class Explained:
    """What is added to a device verdict: the line of the mistake, if it is known, and the advice."""

    where: Where | None
    hint: Hint


def explained(
    week: Week, zygotes: Zygotes, limits: Limits, program: Program, by_check: Mapping[CheckName, Sequence[Evidence]]
) -> dict[CheckName, Explained]:
    """For each exercise whose device check failed about devices: its first failed probe, run again under witness."""
    found = {}
    for name, tried in by_check.items():
        failed = [e for e in tried if e.failed]
        if name[1] == ACCELERATOR and failed:
            account = _account(week, zygotes, limits, program, failed[0])
            if account is not None:
                found[name] = _told(account)
    return found


def applied(check: CheckResult, explanation: Explained | None) -> CheckResult:
    """A check's result with the line of the mistake; the advice too, unless a misconception was named already."""
    verdict = check.verdict
    if check.status != "failed" or verdict is None:
        return check
    hint = verdict.hint or (_without_a_line(verdict) if explanation is None else explanation.hint)
    where = verdict.where if explanation is None else explanation.where or verdict.where
    if hint is not None:
        hint = replace(hint, link=hint.link or section(check.exercise))
    return replace(check, verdict=replace(verdict, where=where, hint=hint))


def _without_a_line(verdict: Verdict) -> Hint | None:
    """Where the program asked for a device by its name, which fails on the CPU already; where no line is known."""
    if verdict.stage in (Stage.RAN, Stage.DEVICE) and asks_by_name(verdict.message):
        return Hint(devices.name("named"), devices.take_the_inputs_device(""))
    return OTHER_DEVICE.advice if verdict.stage is Stage.DEVICE else None


def _account(week: Week, zygotes: Zygotes, limits: Limits, program: Program, evidence: Evidence) -> Account | None:
    limits = replace(limits, cpu_seconds=min(limits.cpu_seconds, SECONDS))
    probe = evidence.probe
    with zygotes.spawn("sim") as child, contextlib.suppress(ChildLost, StudentRaised):
        child.witness()
        child.load(program.cells, wall_seconds(limits))
        student = Jailed(child, limits, probe.world.device)
        Trial(week.oracle(probe)).run(probe.body, probe.args, student, Draw(week.key, probe.name, probe.world))
        return child.account()
    return None


def _told(account: Account) -> Explained:
    where = None
    if account.cell is not None and account.line is not None and account.code is not None:
        where = Where(clean(account.cell, 60), account.line, clean(account.code, 200))
    return Explained(where, Hint(devices.name(account.kind), clean(account.text, _ADVICE)))
