"""One program before the judge: its probes are conducted one after the other, and become findings."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Final, Self

from torchstone.compare import Fault
from torchstone.errors import CourseFault
from torchstone.judge.children import Children, Device, Unloadable, Zygotes, own_cell
from torchstone.judge.device_faults import is_about_devices
from torchstone.judge.draw import WORLDS, Draw
from torchstone.judge.implementations import Jailed, Lost
from torchstone.judge.passes import Passes
from torchstone.judge.probe import Became, Check, Finding, Probe
from torchstone.judge.trial import Oracle, Trial
from torchstone.judge.week import Week
from torchstone.messages import verdicts
from torchstone.model import Basis, GradingPolicy, Program, Stage, Where

#: After so many deaths the remaining checks of an exercise are not tried.
DEATHS: Final = 2
#: All exercises of one program together, in seconds by the clock.
PROGRAM_SECONDS: Final = 1200.0


@dataclass(frozen=True)
class Spent:
    """What an exercise used up so far."""

    seconds: float = 0.0  #: by the clock
    deaths: int = 0
    deaths_on_accelerator: int = 0


def worlds(policy: GradingPolicy) -> tuple[str, ...]:
    """The worlds that are tried: an accelerator's only where it is scored, or told to staff."""
    devices = {*policy.scored_devices, *policy.advisory_devices}
    return tuple(w.name for w in WORLDS.values() if w.device in devices)


class Sitting:
    """A context manager. `findings` holds what became of every probe so far, in order. `trial` makes its trials;
    `passes` remembers what passed, over all programs of a week.
    """

    def __init__(
        self,
        week: Week,
        program: Program,
        policy: GradingPolicy,
        zygotes: Zygotes,
        clock: Callable[[], float] = time.monotonic,
        trial: Callable[[Oracle], Trial] = Trial,
        passes: Passes | None = None,
    ) -> None:
        self._trial, self._passes = trial, passes
        self.week, self.program, self.policy = week, program, policy
        self.findings: list[Finding] = []
        self.blamed: dict[Check, str] = {}  #: checks that could not be started, by the course's fault
        self.children = Children(zygotes, program, policy.jail.limits)
        self._zygotes, self._clock = zygotes, clock
        self._spent: dict[str, Spent] = {}
        self._on_cpu: defaultdict[str, set[Became]] = defaultdict(set)  #: what became of probes there, by their name
        self._silent: Counter[tuple[Check, Device]] = Counter()  #: checks whose child died
        self._unloadable: Unloadable | None = None
        self._says_cuda = any("cuda" in cell.source for cell in program.cells)
        self._noted: frozenset[str] = frozenset()  #: of the probe at hand

    @property
    def missing_devices(self) -> tuple[str, ...]:
        """Scored devices that are not there."""
        absent = {f.probe.world.device for f in self.findings if f.became == "absent"}
        return tuple(
            d for d in self.policy.scored_devices if d in absent or (d == "cuda" and self._zygotes.refusal("cuda"))
        )

    @property
    def cpu_seconds(self) -> float:
        """Used by the program's children that have ended."""
        return self.children.cpu_seconds()

    def conduct(self, probe: Probe) -> Finding:
        """Run a probe over the reference and the program. Raises JailError if there can be no child."""
        finding = self._conduct(probe)
        self.findings.append(finding)
        if not probe.on_accelerator:
            self._on_cpu[probe.name].add(finding.became)
        return finding

    def blame_course(self, check: Check, reason: str) -> None:
        """A check that could not even be started, by the course's fault."""
        self.blamed.setdefault(check, reason)

    def _conduct(self, probe: Probe) -> Finding:
        try:
            oracle = self.week.oracle(probe)
        except CourseFault as e:
            return Finding(probe, "course", reason=str(e))
        self._noted = frozenset()
        finding = self._reason_to_skip(probe, oracle) or self._try(probe, oracle)
        return replace(finding, noted=self._noted)

    def _reason_to_skip(self, probe: Probe, oracle: Oracle) -> Finding | None:
        check, device = probe.check, _device(probe)
        spent = self._spent.get(check.exercise, Spent())
        if probe.world.name != "float32" and not oracle.floats:
            return Finding(probe, "moot", reason="it has no floating-point input")
        before = self._on_cpu[probe.name]
        if "failed" in before or (probe.on_accelerator and before and "passed" not in before):
            return Finding(probe, "repeat", reason="it failed already")
        if self._silent[check, device]:
            return Finding(probe, "repeat", reason="the check gave no answer before")
        if probe.on_accelerator:
            if why := self._zygotes.refusal(device):
                gone = "the simulated accelerator is not there" if device == "sim" else why
                return Finding(probe, "absent", reason=gone)
            if spent.deaths_on_accelerator >= DEATHS:
                return Finding(probe, "limit", reason=f"not tried: {DEATHS} checks ended the process there")
        elif spent.deaths >= DEATHS:
            return Finding(probe, "withheld", reason=verdicts.program_ended_before(DEATHS))
        if self._is_used_up(check.exercise, spent):
            return Finding(probe, "withheld", reason=verdicts.exercise_time_used_up())
        if sum(s.seconds for s in self._spent.values()) > PROGRAM_SECONDS:
            return Finding(probe, "withheld", reason=verdicts.notebook_time_used_up())
        return None

    def _is_used_up(self, exercise: str, spent: Spent) -> bool:
        limits = self.policy.jail.limits
        budget = limits.exercise_cpu_seconds
        return self.children.cpu_seconds(exercise) > budget or spent.seconds > budget * limits.wall_factor

    def _try(self, probe: Probe, oracle: Oracle) -> Finding:
        began = self._clock()
        device = _device(probe)
        trial, fault = self._sit(probe, oracle, device)
        if isinstance(fault, Lost) and fault.maybe_ours:
            self.children.leave(device)  # once more, alone: it may have been the machine
            trial, fault = self._sit(probe, oracle, device)
        self._note(probe, fault, self._clock() - began)
        if fault is None:
            return Finding(probe, "passed", trial=trial)
        if not probe.on_accelerator:
            return Finding(probe, "failed", self._told(probe, fault), trial=trial)
        if is_about_devices(fault):
            if self._says_cuda and device == "sim":
                return self._posed(probe, oracle, fault)
            return _of_devices(probe, fault, trial)
        return Finding(probe, "limit", fault, reason=str(fault), trial=trial)

    def _posed(self, probe: Probe, oracle: Oracle, fault: Fault) -> Finding:
        """Once more on an accelerator that is called `cuda`, for a program that says so: there it may be right."""
        if why := self._zygotes.refusal("posing"):
            return Finding(probe, "limit", fault, reason=f"it asks for cuda, and the accelerator cannot pose: {why}")
        trial, posed = self._sit(probe, oracle, "posing")
        if posed is None:
            return Finding(probe, "passed", trial=trial)
        if isinstance(posed, Lost):
            self.children.leave("posing")
        return _of_devices(probe, fault, trial)

    def _sit(self, probe: Probe, oracle: Oracle, device: Device) -> tuple[Trial | None, Fault | None]:
        """One trial of the program, in the child of its check."""
        if self._unloadable is not None:
            return None, self._unloadable
        try:
            child = self.children.seat(probe.check, device)
        except Unloadable as e:
            self._unloadable = e
            return None, e
        student = Jailed(child, self.policy.jail.limits, device)
        passes = self._passes if device == probe.world.device else None  # not where it poses
        if passes is not None and (passed := student._recall(probe, passes)) is not None:
            return passed, None
        trial = self._trial(oracle)
        fault = trial.run(probe.body, probe.args, student, Draw(self.week.key, probe.name, probe.world))
        self._noted = student._what_was_noted()
        if passes is not None and fault is None and not self._noted:
            passes.remember(probe, student._what_was_exchanged(), trial)
        return trial, fault

    def _note(self, probe: Probe, fault: Fault | None, seconds: float) -> None:
        spent = self._spent.get(probe.check.exercise, Spent())
        spent = replace(spent, seconds=spent.seconds + seconds)
        if isinstance(fault, Lost):
            self._silent[probe.check, _device(probe)] += 1
            self.children.leave(_device(probe))
            if probe.on_accelerator:
                spent = replace(spent, deaths_on_accelerator=spent.deaths_on_accelerator + 1)
            else:
                spent = replace(spent, deaths=spent.deaths + 1)
        self._spent[probe.check.exercise] = spent

    def _told(self, probe: Probe, fault: Fault) -> Fault:
        """Where a name is missing because its cell failed, tell of that."""
        if fault.kind != "missing":
            return fault
        label = own_cell(self.program.cells, probe.check.exercise)
        broken = next((b for b in self.children.broken if b.cell == label), None)
        if broken is None:
            return fault
        where = Where(broken.cell, broken.line, broken.code) if broken.line is not None and broken.code else None
        return Fault(fault.stage, verdicts.cell_failed(broken.cell, broken.message), where=where, kind=fault.kind)

    def close(self) -> None:
        self.children.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def _device(probe: Probe) -> Device:
    return probe.world.device


def _of_devices(probe: Probe, fault: Fault, trial: Trial | None) -> Finding:
    """A failure about devices: self-reported, whatever stage it was seen at; the diagnosis sees it so as well."""
    fault = Fault(Stage.DEVICE, fault.message, where=fault.where, basis=Basis.SELF_REPORTED, kind=fault.kind)
    return Finding(probe, "failed", fault, trial=trial)
