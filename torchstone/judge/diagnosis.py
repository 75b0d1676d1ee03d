"""Why a check may have failed: the misconception that would have failed the same way on every probe; where there is
none, the hypothesis that explains every probe that failed (`torchstone.compare.hypotheses`).

Misconceptions run in jailed children like a student's code, with a deadline of their own, after the score is known.
What they do on a probe is kept: it is the same for every submission.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import torch

from torchstone.compare import Fault
from torchstone.compare.hypotheses import Observation, explain
from torchstone.errors import CourseFault, TorchstoneError
from torchstone.jail import Child, ChildLost, StudentRaised
from torchstone.judge.children import Device, Zygotes
from torchstone.judge.draw import WORLDS, Draw
from torchstone.judge.implementations import REFUSED, Jailed, wall_seconds
from torchstone.judge.misconceptions import Misconception, section
from torchstone.judge.observing import Observer
from torchstone.judge.probe import ACCELERATOR, Finding, Probe
from torchstone.judge.trial import End, Trace, Trial
from torchstone.judge.week import Week
from torchstone.model import Hint, Limits, Program, Stage

_log: Final = logging.getLogger(__name__)

#: The diagnosis of one program, in seconds by the clock: what is not known by then stays unsaid.
SECONDS: Final = 120.0
#: One misconception on one probe, in CPU seconds.
PROBE_SECONDS: Final = 5.0

#: Ends that tell no value: what is not written, not there, or was refused by its name.
_UNWRITTEN: Final = frozenset({"NotImplementedError", "missing", REFUSED})
#: Where a check fails at one of these in float32, it may be right in float64.
_DIGITS: Final = frozenset({Stage.VALUE, Stage.GRADIENT, Stage.FINITE, Stage.PROPERTY})
#: Two values are the same as far as these can tell. In float64 a value that is nearly right would else be taken for
#: a misconception's that is nearly right, too.
_PRECISION: Final = {torch.float32: 2e-5, torch.float64: 1e-9}
#: So many probes of a check are run in float64 to know.
_PROBES_IN_FLOAT64: Final = 3


@dataclass(frozen=True)
class Evidence:
    """One probe, the student's trial on it, and what was wrong."""

    probe: Probe
    trial: Trial
    fault: Fault | None

    @property
    def failed(self) -> bool:
        return self.fault is not None


CheckName = tuple[str, str]  #: exercise and check, as in a CheckResult


def evidence(findings: Iterable[Finding]) -> dict[CheckName, list[Evidence]]:
    """What a diagnosis needs of a sitting, by check."""
    found: dict[CheckName, list[Evidence]] = {}
    for f in findings:
        if f.trial is not None and f.became in ("passed", "failed"):
            name = ACCELERATOR if f.probe.on_accelerator else f.probe.check.name
            found.setdefault((f.probe.check.exercise, name), []).append(Evidence(f.probe, f.trial, f.fault))
    return found


class Diagnosis:
    """Names misconceptions. Holds what each of them does on a probe, over all programs of a week."""

    def __init__(
        self, week: Week, zygotes: Zygotes, limits: Limits, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._week, self._zygotes, self._clock = week, zygotes, clock
        self._observer = Observer(week)
        self._limits = replace(limits, cpu_seconds=min(limits.cpu_seconds, PROBE_SECONDS))
        self._traces: dict[tuple[str, str, str], Trace] = {}

    def hints(self, program: Program, by_check: Mapping[CheckName, Sequence[Evidence]]) -> dict[CheckName, Hint]:
        """A hint for each failed check of a program that a misconception or a hypothesis explains.

        Where several misconceptions explain a check alike, those stay that explain most of the exercise's failed
        checks; if they do not share one wording even then, none is named: a wrong hint is worse than none. A device
        check has no hypotheses: it is run again under witness (`accounts.py`).
        """
        deadline = self._clock() + SECONDS
        failed = {check: tried for check, tried in by_check.items() if any(e.failed for e in tried)}
        explaining = {
            check: self._explaining(check[0], self._unrefused(program, tried), deadline)
            for check, tried in failed.items()
        }
        hints = {}
        for exercise, group in itertools.groupby(sorted(failed), key=lambda check: check[0]):
            checks = list(group)
            reach = Counter(m.name for check in checks for m in explaining[check])
            for check in checks:
                hint = _one_wording(explaining[check], reach)
                if hint is None and check[1] != ACCELERATOR and self._clock() < deadline:
                    hint = self._generic(program, failed[check])
                if hint is not None:
                    hints[(exercise, check[1])] = replace(hint, link=hint.link or section(exercise))
        return hints

    def _unrefused(self, program: Program, tried: Sequence[Evidence]) -> Sequence[Evidence]:
        """What a program would have answered that was refused a name: the same probes, with every name let through.

        Misconceptions are run so as well: a mistake is named whether or not it is written with a forbidden name.
        """
        if not any(e.fault is not None and e.fault.kind == REFUSED for e in tried):
            return tried
        with _Stand(self._zygotes, program, self._week, self._limits) as stand:
            return [Evidence(e.probe, *stand.trial(e.probe)) for e in tried]

    def _explaining(self, exercise: str, tried: Sequence[Evidence], deadline: float) -> list[Misconception]:
        if _unwritten(tried) or not any(e.failed for e in tried):
            return []
        candidates = [m for m in self._week.misconceptions if m.exercise == exercise]
        return [m for m in candidates if self._clock() < deadline and self._explains(m, tried)]

    def _explains(self, misconception: Misconception, tried: Sequence[Evidence]) -> bool:
        """Does it end alike on every probe? Those that failed are tried first, for most are refuted there."""
        if self._week.solution is None:
            raise CourseFault("there is no solution here that misconceptions could be edits of")
        mistaken = misconception.program(self._week.solution)
        with _Stand(self._zygotes, mistaken, self._week, self._limits) as stand:
            for e in sorted(tried, key=lambda e: not e.failed):
                slot = (e.probe.name, e.probe.world.name, misconception.name)
                if slot not in self._traces:
                    self._traces[slot] = stand.trial(e.probe)[0].trace
                if not self._traces[slot].explains(e.trial.trace, _PRECISION[e.probe.world.dtype]):
                    return False
        return True

    def _generic(self, program: Program, tried: Sequence[Evidence]) -> Hint | None:
        """What the framework's own hypotheses say, at first of what was seen, then of the same in float64."""
        if _unwritten(tried):
            return None
        try:
            seen = [self._observer.observation(e.probe, e.trial, e.fault) for e in tried]
            return explain(seen) or explain([*seen, *self._in_float64(program, tried)])
        except TorchstoneError:
            raise
        except Exception:  # a fault of ours, over a student's values: it costs the hint, and nothing else
            _log.warning("%s: a hypothesis failed", tried[0].probe.check.name, exc_info=True)
            return None

    def _in_float64(self, program: Program, tried: Sequence[Evidence]) -> list[Observation]:
        """Probes that failed in float32, once more in float64. Not where the check cannot be run in it."""
        digits = [e.probe for e in tried if e.fault is not None and e.fault.stage in _DIGITS]
        again = [replace(p, world=WORLDS["float64"]) for p in digits if p.world == WORLDS["float32"]]
        found = []
        with _Stand(self._zygotes, program, self._week, self._limits) as stand:
            for probe in again[:_PROBES_IN_FLOAT64]:
                try:
                    trial, fault = stand.trial(probe)
                except CourseFault:
                    return []
                found.append(self._observer.observation(probe, trial, fault))
        return found


class _Stand:
    """A program in a child of its own, made when it is needed."""

    def __init__(self, zygotes: Zygotes, program: Program, week: Week, limits: Limits) -> None:
        self._zygotes, self._program, self._week, self._limits = zygotes, program, week, limits
        self._children: dict[Device, Child] = {}

    def trial(self, probe: Probe) -> tuple[Trial, Fault | None]:
        """Run a probe; the fault that it ended with."""
        device: Device = probe.world.device
        trial = Trial(self._week.oracle(probe))
        if device not in self._children or not self._children[device].alive:
            self._leave(device)
            child = self._children[device] = self._zygotes.spawn(device)
            try:
                child.load(self._program.cells, wall_seconds(self._limits))
            except (ChildLost, StudentRaised):
                trial.end = End(Stage.RAN, "unloadable")
                return trial, Fault(Stage.RAN, "", kind="unloadable")
        code = Jailed(self._children[device], self._limits, device)
        return trial, trial.run(probe.body, probe.args, code, Draw(self._week.key, probe.name, probe.world))

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


def _unwritten(tried: Sequence[Evidence]) -> bool:
    return any(e.fault is not None and e.fault.stage is Stage.RAN and e.fault.kind in _UNWRITTEN for e in tried)
