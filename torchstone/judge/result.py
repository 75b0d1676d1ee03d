"""From findings to results: all or nothing per check, and whose fault what is. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from torchstone.compare import Fault
from torchstone.judge.probe import ACCELERATOR, ACCELERATOR_TITLE, Check, Finding
from torchstone.messages import verdicts
from torchstone.model import CheckResult, ExerciseResult, Stage, Status, Verdict


def exercises(
    checks: Iterable[Check], findings: Sequence[Finding], blamed: Mapping[Check, str], *, scored: Collection[str]
) -> tuple[ExerciseResult, ...]:
    """What every exercise earned.

    `blamed` are checks that could not be started by the course's fault. `scored` are the devices that count; what was
    found on others is told to staff.
    """
    by_exercise: dict[str, list[Check]] = {}
    for check in checks:
        by_exercise.setdefault(check.exercise, []).append(check)
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.probe.check.exercise, []).append(finding)
    return tuple(
        _exercise(name, own, [f for f in found.get(name, ()) if f.probe.check in own], blamed, scored)
        for name, own in by_exercise.items()
    )


def _exercise(
    name: str,
    checks: Sequence[Check],
    findings: Sequence[Finding],
    blamed: Mapping[Check, str],
    scored: Collection[str],
) -> ExerciseResult:
    on_cpu = [f for f in findings if not f.probe.on_accelerator]
    accelerated = [f for f in findings if f.probe.on_accelerator]
    results = [_on_cpu(c, [f for f in on_cpu if f.probe.check == c], blamed.get(c, "")) for c in checks]
    points = max(c.accelerator for c in checks)
    if points:
        device = next((d for d in ("cuda", "sim") if d in scored), "sim")
        finish = _checked(name, ACCELERATOR, ACCELERATOR_TITLE, points, device)
        counting = [f for f in accelerated if f.probe.world.device in scored]
        all_right = all(r.status == "passed" for r in results)
        on_any = {"sim", "cuda"} & set(scored)
        result = _on_accelerator(finish, counting) if on_any else _unscored(finish, all_right)
        results.append(_advised(result, [f for f in accelerated if f.probe.world.device not in scored]))
    return ExerciseResult(name, sum(r.points for r in results), sum(r.earned for r in results), tuple(results))


Finish = Callable[..., CheckResult]


def _checked(exercise: str, name: str, title: str, points: float, device: str) -> Finish:
    """A check's result, but for how it ended."""

    def finish(
        status: Status, *, probes: int = 0, verdict: Verdict | None = None, staff: str | None = None
    ) -> CheckResult:
        earned = points if status == "passed" else 0.0
        return CheckResult(exercise, name, title, points, earned, status, device, probes, verdict, staff)

    return finish


def _on_cpu(check: Check, findings: Sequence[Finding], blamed: str) -> CheckResult:
    finish = _checked(check.exercise, check.name, check.title, check.points, "cpu")
    became = {b: [f for f in findings if f.became == b] for b in ("course", "failed", "withheld", "passed")}
    tried = len(became["failed"]) + len(became["passed"])
    if blamed:
        return finish("course_fault", staff=blamed)
    if became["course"]:
        return finish("course_fault", probes=tried, staff=became["course"][0].reason)
    if became["failed"]:
        return finish("failed", probes=tried, verdict=_verdict(became["failed"][0]))
    if became["withheld"]:
        return finish("skipped", probes=tried, verdict=_not_run(became["withheld"][0]))
    if not became["passed"]:
        return finish("course_fault", staff="the check was never tried: none of its exercise's worlds applies to it")
    return finish("passed", probes=tried)


def _on_accelerator(finish: Finish, findings: Sequence[Finding]) -> CheckResult:
    """Only what is about devices costs points: the simulator's own limits are told to staff.

    But something must have been compared there: where nothing could be, the check is incomplete, neither won nor lost.
    """
    became = {b: [f for f in findings if f.became == b] for b in ("failed", "passed", "limit", "absent", "withheld")}
    tried = sum(len(became[b]) for b in ("failed", "passed", "limit"))
    limits = "; ".join(dict.fromkeys(f"{f.probe.check.name}: {f.reason}" for f in became["limit"])) or None
    if became["failed"]:
        return finish("failed", probes=tried, verdict=_verdict(became["failed"][0]), staff=limits)
    if became["absent"]:  # of several scored devices one is missing: what the others say is no pass
        return finish("incomplete", staff=became["absent"][0].reason)
    if became["passed"]:
        return finish("passed", probes=tried, staff=limits)
    if became["limit"]:
        return finish("incomplete", probes=tried, staff=f"nothing could be compared on the accelerator: {limits}")
    if became["withheld"]:
        return finish("skipped", verdict=_not_run(became["withheld"][0]))
    if any(f.became == "repeat" for f in findings):
        return finish("skipped", verdict=Verdict(Stage.RAN, verdicts.not_right_on_the_cpu(), world="accelerator"))
    faults = [f.reason for f in findings if f.became == "course"]
    nothing = "there are points for the accelerator, and no check has anything to run there"
    return finish("course_fault", staff=faults[0] if faults else nothing)


def _advised(result: CheckResult, findings: Sequence[Finding]) -> CheckResult:
    """The result with a note for staff on a device that gives no points: a failure there, else its absence, else that
    all is right.
    """
    telling = (f for kinds in (("failed", "limit"), ("absent",), ("passed",)) for f in findings if f.became in kinds)
    found = next(telling, None)
    if found is None:
        return result
    says = {"passed": "right there too", "absent": found.reason}
    says.setdefault(found.became, f"{found.probe.check.name}: {found.fault or found.reason}")
    note = f"{found.probe.world.device} (advisory): {says[found.became]}"
    return replace(result, staff="; ".join(filter(None, [result.staff, note])))


def _unscored(finish: Finish, all_right: bool) -> CheckResult:
    """Where the accelerator is not scored, its points follow the checks on the CPU."""
    note = "the simulated accelerator is not scored here: its points follow the checks on the CPU"
    if all_right:
        return finish("passed", staff=note)
    return finish("skipped", verdict=Verdict(Stage.RAN, verdicts.follows_the_cpu(), world="accelerator"), staff=note)


def _verdict(finding: Finding) -> Verdict:
    fault = finding.fault or Fault(Stage.RAN, finding.reason)
    return Verdict(
        fault.stage, fault.message, fault.basis, fault.where, world=finding.probe.world.name, probe=finding.probe.shown
    )


def _not_run(finding: Finding) -> Verdict:
    return Verdict(Stage.RAN, finding.reason, world=finding.probe.world.name, probe=finding.probe.shown)
