"""What every exercise must prove. Each proof is a function of the bench and the exercise; it gives what it found wrong.

Cheap proofs need no jail: the reference itself stands in for the student, disguised where it has to be wrong.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from torchstone.compare import Fault
from torchstone.contracts import programs
from torchstone.contracts.allowances import accepted
from torchstone.contracts.bench import CPU, Bench, Sat
from torchstone.contracts.chance import unstated
from torchstone.contracts.impostors import (
    ANSWERS,
    Answer,
    AveragedInputs,
    Changing,
    Disguised,
    Impostor,
    Recorder,
    WatchedDraw,
    alike,
    averaging,
    first_again,
    has_floats,
    moving,
    replaying,
)
from torchstone.contracts.margins import BEYOND, WITHIN, Measured
from torchstone.contracts.proof import Proof
from torchstone.errors import CourseFault
from torchstone.judge.misconceptions import Misconception
from torchstone.judge.probe import Finding, Probe
from torchstone.judge.trial import Trial
from torchstone.judge.week import script_cells
from torchstone.model import DrawKey, Program

MISCONCEPTIONS: Final = 4  #: at least, for each exercise
ALTERNATIVES: Final = 2  #: at least, for each exercise

#: How far the reference is moved; where the right answer is a sample, it is judged by its statistics, and moved far.
PERTURBED: Final = 0.01
PERTURBED_SAMPLE: Final = 0.5

OTHER_SEED: Final = DrawKey(b"torchstone public key, another one", "public", "other")

_CONSTANT: Final = "the same, whatever it is asked"
_OTHER_SEED: Final = "the right answer for another seed"

#: Complaints, one after the other; what is tried is counted by the generator's caller.
Complaints = Iterator[str | None]
Proving = Callable[[Bench, str, "Tally"], Complaints]


class Tally:
    """What a proof notes beside its complaints."""

    def __init__(self) -> None:
        self.share: float | None = None
        self.cost: float | None = None

    def use(self, share: float) -> None:
        self.share = max(share, self.share or 0.0)


# ---- what is declared -----------------------------------------------------------------------------------------------


def declaration(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """Points agree; there are misconceptions and alternatives enough, with hints that ask."""
    ours = next((e.points for e in bench.exercises if e.id == exercise), None)
    checks = bench.checks(exercise)
    if not checks:
        yield f"no file of graders/{bench.week.folder.name} says `pytestmark = exercise({exercise!r})`"
        return
    theirs = sum(c.points for c in checks) + max(c.accelerator for c in checks)
    yield None if ours == theirs else f"{ours:g} points in the notebook, {theirs:g} in the graders"
    found = bench.misconceptions(exercise)
    short = f"{len(found)} misconceptions; write at least {MISCONCEPTIONS} into misconceptions.py"
    yield None if len(found) >= MISCONCEPTIONS else short
    for m in found:
        yield None if "?" in m.hint else f"the hint of «{m.name}» does not ask anything: {m.hint!r}"
        yield None if m.link else f"«{m.name}» has no link to read on"
        yield _only_its_own_cell(bench, m)
    cells = bench.alternatives(exercise)
    short = f"{len(cells)} alternatives; write at least {ALTERNATIVES} into alternatives/*.py (`# %% {exercise}`)"
    yield None if len(cells) >= ALTERNATIVES else short
    yield from _written_otherwise(bench, exercise, cells)


def _only_its_own_cell(bench: Bench, m: Misconception) -> str | None:
    try:
        changed = m.program(bench.solution)
    except CourseFault as e:
        return str(e)
    same = any(a != b for a, b in zip(bench.solution.cells, changed.cells, strict=True))
    return None if same else f"«{m.name}» changes nothing"


def _written_otherwise(bench: Bench, exercise: str, cells: Mapping[str, str]) -> Complaints:
    own = programs.cell_of(bench.solution, exercise)
    known = {"the solution": own.source} if own else {}
    for stem, source in cells.items():
        twin = next((who for who, text in known.items() if programs.alike(text, source)), None)
        yield f"the alternative {stem} is {twin} under other names" if twin else None
        known[f"the alternative {stem}"] = source


# ---- the reference --------------------------------------------------------------------------------------------------


def reference(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """On every probe, in every world: it passes its own check, agrees with itself in float64, something is compared."""
    for check, why in bench.docket.blamed.items():
        if check.exercise == exercise:
            yield f"{check.name}: {why}"
    for probe in bench.probes(exercise):
        try:
            bench.week.oracle(probe)
            yield None
        except CourseFault as e:
            yield f"{_place(probe)}: {e}"


def perturbation(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """Every check fails when its reference is perturbed."""
    for check, probes in _by_check(bench, exercise).items():
        caught = False
        for probe in probes:
            for by in (PERTURBED, PERTURBED_SAMPLE):
                fault, sampled = _try(bench, probe, Changing(bench.week.names, moving(by)))
                caught = caught or fault is not None
                if fault is not None or not sampled:
                    break
            if caught:
                break
        yield None if caught else f"{check} passes although its reference is perturbed: what does it compare?"


def impostors(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """No check is passed by an answer that is none: whatever crosses the boundary, whatever the functions give."""
    names = bench.week.names
    for check, probes in _by_check(bench, exercise).items():
        for says, answer in ANSWERS.items():
            yield _imposed(bench, check, probes, says, partial(_changing, names, answer))
            yield _imposed(bench, check, probes, says, partial(_in_disguise, names, answer))
        here = {p.name: _recorded(bench, p, bench.week.key) for p in probes}
        there = {p.name: _recorded(bench, p, OTHER_SEED) for p in probes}
        fixed = all(alike(here[p.name].taken, there[p.name].taken) for p in probes)
        fixed = fixed and any(has_floats(here[p.name].taken) for p in probes)  # sizes may be asked for one by one
        yield f"{check} asks the same with every seed, and can be learnt by heart: draw its inputs" if fixed else None
        crossed = {name: recorder.given for name, recorder in there.items()}
        once = replaying(crossed[probes[0].name][:1])
        yield _imposed(bench, check, probes, _CONSTANT, partial(_changing, names, once), sample=True)
        yield _imposed(bench, check, probes, _CONSTANT, partial(_in_disguise, names, first_again()), sample=True)
        yield _imposed(bench, check, probes, _OTHER_SEED, partial(_replayed, names, crossed), sample=True)


def _changing(names: Mapping[str, Any], answer: Answer, probe: Probe) -> Impostor:
    return Changing(names, answer)


def _in_disguise(names: Mapping[str, Any], answer: Answer, probe: Probe) -> Impostor:
    return Impostor(names, Disguised(names, answer))


def _replayed(names: Mapping[str, Any], crossed: Mapping[str, list[Any]], probe: Probe) -> Impostor:
    return Changing(names, replaying(crossed[probe.name]))


def _recorded(bench: Bench, probe: Probe, key: DrawKey) -> Recorder:
    """What crosses the boundary where the reference is asked, on inputs drawn from this key."""
    code = Recorder(bench.week.names)
    Trial().run(probe.body, probe.args, code, WatchedDraw(key, probe.name, probe.world.here()))
    return code


def _imposed(
    bench: Bench,
    check: str,
    probes: Sequence[Probe],
    name: str,
    make: Callable[[Probe], Impostor],
    *,
    sample: bool = False,
) -> str | None:
    """A complaint if an impostor passes all probes of a check, though it gave another answer than the right one.

    `sample`: where a generator is drawn the right answer is a sample, and one from elsewhere may be as good.
    """
    differs = sampled = False
    for probe in probes:
        code = make(probe)
        fault, drew = _try(bench, probe, code)
        if fault is not None:
            return None
        differs, sampled = differs or code.differs, sampled or drew
    excused = not differs or (sample and sampled)
    return None if excused else f"{check} is passed by an impostor that says «{name}»"


def cotangents(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """Gradients are checked through upstream gradients whose entries differ: right for their mean is not right."""
    for check, probes in _by_check(bench, exercise).items():
        for disguise in (averaging, AveragedInputs):
            flow: list[int] = []
            passed = True
            for probe in probes:
                fault, _ = _try(bench, probe, Impostor(bench.week.names, disguise(bench.week.names, flow)))
                passed = passed and fault is None
            if max(flow, default=0) > 1:
                wrong = f"{check} is passed by gradients that are right only for an upstream gradient of equal entries"
                yield f"{wrong}: draw it at random" if passed else None


def _try(bench: Bench, probe: Probe, code: Impostor) -> tuple[Fault | None, bool]:
    """The fault that an implementation ends with on a probe, and whether a generator was drawn."""
    draw = WatchedDraw(bench.week.key, probe.name, probe.world.here())
    fault = Trial(bench.week.oracle(probe)).run(probe.body, probe.args, code, draw)
    return fault, draw.sampled


def _by_check(bench: Bench, exercise: str) -> dict[str, list[Probe]]:
    """The probes of each check in the first world that its exercise has."""
    found: dict[str, list[Probe]] = {}
    for probe in bench.probes(exercise):
        of_check = found.setdefault(probe.check.name, [])
        if not of_check or of_check[0].world == probe.world:
            of_check.append(probe)
    return found


def chance(bench: Bench, exercise: str, tally: Tally) -> Complaints:
    """A grader whose checks judge a sample states how often right code fails by chance: seldom enough."""
    yield from unstated(bench, exercise)


# ---- programs in the jail -------------------------------------------------------------------------------------------


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
                used = f"{who} uses more than a quarter of the tolerance in {_place(finding.probe)}"
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


# ---- all of them ----------------------------------------------------------------------------------------------------

#: What is proved, by name. The first ones need no jail.
PROOFS: Final[Mapping[str, Proving]] = {
    "declaration": declaration,
    "reference": reference,
    "perturbation": perturbation,
    "impostors": impostors,
    "cotangents": cotangents,
    "chance": chance,
    "solution": solution,
    "stub": stub,
    "alternatives": alternatives,
    "misconceptions": misconceptions,
    "rewritten": rewritten,
}
#: Those that take long.
HEAVY: Final = frozenset({"alternatives", "misconceptions", "rewritten"})


def prove(bench: Bench, exercise: str, name: str) -> Proof:
    """One proof of one exercise. A fault of the course that ends it is a complaint too."""
    began, tally = time.monotonic(), Tally()
    found: list[str | None] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found.extend(PROOFS[name](bench, exercise, tally))
        except CourseFault as e:
            found.append(str(e))
    complaints = tuple(dict.fromkeys(c for c in found if c is not None))
    own = tuple(a for a in bench.allowances if (a.exercise, a.proof) == (exercise, name))
    complaints = accepted(complaints, own)
    return Proof(exercise, name, len(found), complaints, tally.share, tally.cost, time.monotonic() - began)


def _place(probe: Probe) -> str:
    shown = f" ({probe.shown})" if probe.shown else ""
    return f"{probe.check.name}{shown}, {probe.world.name}"
