"""What is proved of programs in the jail: right ones earn everything, wrong ones lose points and are named."""

from __future__ import annotations

import time
from dataclasses import replace

from torchstone.contracts import programs
from torchstone.contracts.bench import CPU, Bench, Sat
from torchstone.contracts.margins import BEYOND, WITHIN, Measured
from torchstone.contracts.proof import Complaints, Tally, place
from torchstone.judge.misconceptions import Misconception
from torchstone.judge.probe import Finding
from torchstone.judge.week import script_cells
from torchstone.model import Program


def solution(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """The solution earns everything: whole, and of this exercise alone, far within the tolerance."""
    yield _earns_everything(bench, exercise, "the solution", bench.solution, tally)
    alone, began = programs.alone(bench.solution, exercise, bench.names), time.process_time()
    sat = bench.sit(exercise, alone)
    tally.cost = time.process_time() - began + sat.cpu_seconds
    yield (
        None if sat.full else f"the solution of this exercise alone earns {_earned(sat)}: does it need another's cell?"
    )


def stub(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """The stub earns nothing."""
    sat = bench.sit(exercise, programs.stub(bench.solution))
    for check in sat.result.checks:
        yield f"{check.check} is passed by the stub" if check.earned else None
        yield (
            f"{check.check}, {check.status}: {check.staff}" if check.status in ("course_fault", "incomplete") else None
        )


def alternatives(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """Every alternative earns everything, far within the tolerance."""
    for stem in bench.alternatives(exercise):
        program = bench.week.alternative(stem)
        yield _earns_everything(bench, exercise, f"the alternative {stem}", program, tally)


def _earns_everything(bench: Bench, exercise: str, who: str, program: Program, tally: Tally) -> str | None:
    sat = bench.sit(exercise, program, trial=Measured)
    for finding in sat.findings:
        if isinstance(finding.trial, Measured) and finding.became == "passed":
            tally.use(finding.trial.share)
            if finding.trial.share > WITHIN:
                used = f"{who} uses more than a quarter of the tolerance in {place(finding.probe)}"
                return f"{used}: state the operands' size with agree(…, scale=…), or draw better-conditioned inputs"
    return None if sat.full else f"{who} earns {_earned(sat)}"


def _earned(sat: Sat) -> str:
    return f"{sat.result.earned:g} of {sat.result.points:g}: {sat.lost}"


def misconceptions(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """Every misconception loses points, by far, and is named; no other name is given."""
    whole = programs.alone(bench.solution, exercise, bench.names)
    for m in bench.misconceptions(exercise):
        yield _loses_and_is_named(bench, exercise, f"«{m.name}»", m.program(whole), m)


def rewritten(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """A misconception is named in other people's code too: wherever its edit fits an alternative."""
    for stem, text in bench.alternatives(exercise).items():
        for m in bench.misconceptions(exercise):
            try:
                changed = m.change(text)
            except ValueError:
                continue
            if changed.startswith(text):
                continue  # definitions that replace whatever was there
            before = [c for c in script_cells(bench.week.alternatives[stem].read_text()) if c.name == exercise]
            program = bench.week.alternative(stem)
            cells = tuple(replace(c, source=changed) if c.source == before[0].source else c for c in program.cells)
            yield _loses_and_is_named(bench, exercise, f"«{m.name}» in {stem}", replace(program, cells=cells), m)


def _loses_and_is_named(bench: Bench, exercise: str, who: str, program: Program, m: Misconception) -> str | None:
    sat = bench.sit(exercise, program, CPU, trial=Measured)
    if sat.full:  # it shows on an accelerator alone
        sat = bench.sit(exercise, program, trial=Measured)
    if sat.full:
        return f"{who} loses no points: sharpen a check"
    hints = bench.hints(program, sat.findings)
    named = {h.name for h in hints.values()}
    told = {bench_m.name for bench_m in bench.misconceptions(exercise) if bench_m.hint == m.hint}
    if not named & told:
        others = f"; it is told «{'», «'.join(sorted(named))}»" if named else ""
        return f"{who} is not named{others} ({sat.lost})"
    if wrong := (named & {other.name for other in bench.misconceptions(exercise)}) - told:
        return f"{who} is also told «{'», «'.join(sorted(wrong))}»"
    return _far_beyond(sat, who)


def _far_beyond(sat: Sat, who: str) -> str | None:
    """A complaint if a check is lost by probes alone that are next to their tolerance."""
    failed: dict[str, list[Finding]] = {}
    for f in sat.findings:
        if f.became == "failed" and not f.probe.on_accelerator:
            failed.setdefault(f.probe.check.name, []).append(f)
    for check, findings in failed.items():
        if all(isinstance(f.trial, Measured) and f.trial.near for f in findings):
            return f"{who} fails {check} by less than {BEYOND:g} tolerances: draw inputs on which it shows clearly"
    return None
