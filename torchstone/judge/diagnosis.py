"""Why a check may have failed: the misconception that would have failed the same way on every probe.

Misconceptions run in jailed children like a student's code, with a deadline of their own, after the score is known.
What they do on a probe is kept: it is the same for every submission.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from torchstone.errors import CourseFault
from torchstone.jail import Child, ChildLost, StudentRaised
from torchstone.judge.children import Device, Zygotes
from torchstone.judge.draw import Draw
from torchstone.judge.implementations import Jailed, wall_seconds
from torchstone.judge.misconceptions import Misconception
from torchstone.judge.probe import ACCELERATOR, Finding, Probe
from torchstone.judge.trial import End, Trace, Trial
from torchstone.judge.week import Week
from torchstone.model import Hint, Limits, Stage

#: The diagnosis of one program, in seconds by the clock: what is not known by then stays unsaid.
SECONDS: Final = 120.0
#: One misconception on one probe, in CPU seconds.
PROBE_SECONDS: Final = 5.0

#: Ends that no misconception has: what is not written, or not there, needs no diagnosis.
_UNWRITTEN: Final = frozenset({"NotImplementedError", "missing"})

#: Generic, and tried last: it fits any check that expected something.
NOTHING_RETURNED: Final = Hint("nothing is returned", "Does every path through the function end with `return`?")


@dataclass(frozen=True)
class Evidence:
    """One probe and what the student's trial on it looked like."""

    probe: Probe
    trace: Trace
    failed: bool


CheckName = tuple[str, str]  #: exercise and check, as in a CheckResult


def evidence(findings: Iterable[Finding]) -> dict[CheckName, list[Evidence]]:
    """What a diagnosis needs of a sitting, by check."""
    found: dict[CheckName, list[Evidence]] = {}
    for f in findings:
        if f.trial is not None and f.became in ("passed", "failed"):
            name = ACCELERATOR if f.probe.on_accelerator else f.probe.check.name
            found.setdefault((f.probe.check.exercise, name), []).append(
                Evidence(f.probe, f.trial.trace, f.became == "failed")
            )
    return found


class Diagnosis:
    """Names misconceptions. Holds what each of them does on a probe, over all programs of a week."""

    def __init__(
        self, week: Week, zygotes: Zygotes, limits: Limits, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._week, self._zygotes, self._clock = week, zygotes, clock
        self._limits = replace(limits, cpu_seconds=min(limits.cpu_seconds, PROBE_SECONDS))
        self._traces: dict[tuple[str, str, str], Trace] = {}

    def hints(self, by_check: Mapping[CheckName, Sequence[Evidence]]) -> dict[CheckName, Hint]:
        """A hint for each failed check that a misconception explains.

        Where several explain a check alike, those stay that explain most of the exercise's failed checks; if they do
        not share one wording even then, nothing is said: a wrong hint is worse than none.
        """
        deadline = self._clock() + SECONDS
        failed = {check: tried for check, tried in by_check.items() if any(e.failed for e in tried)}
        explaining = {check: self._explaining(check[0], tried, deadline) for check, tried in failed.items()}
        hints = {}
        for exercise, group in itertools.groupby(sorted(failed), key=lambda check: check[0]):
            checks = list(group)
            reach = Counter(m.name for check in checks for m in explaining[check])
            for check in checks:
                hint = _one_wording(explaining[check], reach) or _generic(failed[check])
                if hint is not None:
                    hints[(exercise, check[1])] = hint
        return hints

    def _explaining(self, exercise: str, tried: Sequence[Evidence], deadline: float) -> list[Misconception]:
        if any(e.failed and e.trace.end.stage is Stage.RAN and e.trace.end.detail in _UNWRITTEN for e in tried):
            return []
        candidates = [m for m in self._week.misconceptions if m.exercise == exercise]
        return [m for m in candidates if self._clock() < deadline and self._explains(m, tried)]

    def _explains(self, misconception: Misconception, tried: Sequence[Evidence]) -> bool:
        """Does it end alike on every probe? Those that failed are tried first, for most are refuted there."""
        with _Stand(self._zygotes, misconception, self._week, self._limits) as stand:
            for e in sorted(tried, key=lambda e: not e.failed):
                slot = (e.probe.name, e.probe.world.name, misconception.name)
                if slot not in self._traces:
                    self._traces[slot] = stand.trace(e.probe)
                if not self._traces[slot].explains(e.trace):
                    return False
        return True


class _Stand:
    """A misconception in a child of its own, made when it is needed."""

    def __init__(self, zygotes: Zygotes, misconception: Misconception, week: Week, limits: Limits) -> None:
        self._zygotes, self._misconception, self._week, self._limits = zygotes, misconception, week, limits
        self._children: dict[Device, Child] = {}

    def trace(self, probe: Probe) -> Trace:
        device: Device = "sim" if probe.on_accelerator else "cpu"
        if device not in self._children or not self._children[device].alive:
            self._leave(device)
            child = self._children[device] = self._zygotes.spawn(device)
            if self._week.solution is None:
                raise CourseFault("there is no solution here that misconceptions could be edits of")
            try:
                child.load(self._misconception.program(self._week.solution).cells, wall_seconds(self._limits))
            except (ChildLost, StudentRaised):
                return Trace(End(Stage.RAN, "unloadable"), 0, None)
        trial = Trial(self._week.oracle(probe))
        code = Jailed(self._children[device], self._limits, device)
        trial.run(probe.body, probe.args, code, Draw(self._week.key, probe.name, probe.world))
        return trial.trace

    def _leave(self, device: Device) -> None:
        child = self._children.pop(device, None)
        if child is not None:
            child.close()

    def __enter__(self) -> _Stand:
        return self

    def __exit__(self, *_: object) -> None:
        for device in list(self._children):
            self._leave(device)


def _one_wording(explaining: Sequence[Misconception], reach: Counter[str]) -> Hint | None:
    most = max((reach[m.name] for m in explaining), default=0)
    best = [m for m in explaining if reach[m.name] == most]
    return best[0].advice if len({m.hint for m in best}) == 1 else None


def _generic(tried: Sequence[Evidence]) -> Hint | None:
    failed = [e for e in tried if e.failed]
    nothing = all(e.trace.end.stage is Stage.TYPE and e.trace.count and _is_nothing(e.trace.last) for e in failed)
    return NOTHING_RETURNED if nothing else None


def _is_nothing(value: Any) -> bool:
    """None, also as the value beside the gradients of a `vjp`."""
    return value is None or (isinstance(value, dict) and "value" in value and value["value"] is None)
