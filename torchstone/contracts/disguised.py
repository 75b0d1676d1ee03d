"""What is proved without a jail: the reference stands in for the student, disguised where it has to be wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from torchstone.compare import Fault
from torchstone.contracts.bench import Bench
from torchstone.contracts.cotangents import AveragedInputs, averaging
from torchstone.contracts.impostors import (
    ANSWERS,
    Answer,
    Changing,
    Disguised,
    Impostor,
    Recorder,
    WatchedDraw,
    alike,
    first_again,
    has_floats,
    moving,
    replaying,
)
from torchstone.contracts.proof import Complaints, Tally, place
from torchstone.errors import CourseFault
from torchstone.judge.probe import Probe
from torchstone.judge.trial import Trial
from torchstone.model import DrawKey

#: How far the reference is moved; where the right answer is a sample, it is judged by its statistics, and moved far.
PERTURBED: Final = 0.01
PERTURBED_SAMPLE: Final = 0.5

OTHER_SEED: Final = DrawKey(b"torchstone public key, another one", "public", "other")

_CONSTANT: Final = "the same, whatever it is asked"
_OTHER_SEED: Final = "the right answer for another seed"


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
            yield f"{place(probe)}: {e}"


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
