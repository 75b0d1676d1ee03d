"""The floor: a week's probes over a program that runs in this process, without jail or wire. For honest code only.

    python -m benchmarks.in_process floor ROOT N      # or "jailed": the same sessions, as they are graded

Prints what the sessions used up as JSON. A process of its own, since the simulated accelerator is installed for good.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import torch

from benchmarks import classroom
from benchmarks.whole_tree import so_far
from torchstone import config, sim
from torchstone.compare import Fault
from torchstone.config import Course
from torchstone.contracts.bench import Bench
from torchstone.gradebook import submission
from torchstone.jail import SCENARIO_NAMES
from torchstone.judge.children import Device, Zygotes
from torchstone.judge.collection import docket
from torchstone.judge.draw import Draw
from torchstone.judge.implementations import Code, Jailed, _calm, _compiled
from torchstone.judge.passes import Passes
from torchstone.judge.probe import Probe
from torchstone.judge.scenarios import Scenario
from torchstone.judge.sitting import Sitting, worlds
from torchstone.judge.trial import Oracle, Trial
from torchstone.model import Program

_PASSES: Final = 3  # over all probes, for one answer's cost


class InProcess(Code):
    """A program in this process; inputs are copied to `device`, what comes back is brought here."""

    def __init__(self, module: ModuleType, device: str) -> None:
        self._module, self._device = module, device

    def _call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        args, kwargs = self._there(args), self._there(dict(kwargs))
        with _calm():
            function: Any = self._module
            for part in name.split("."):
                function = getattr(function, part)
            return _here(function(*args, **kwargs))

    def _run(self, scenario: Scenario, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        args, kwargs = self._there(args), self._there(dict(kwargs))
        with _calm():
            names = dict(SCENARIO_NAMES)
            exec(_compiled(scenario.text, scenario.name), names)
            program: Any = names[scenario.name]
            return _here(program(self._module, *args, **kwargs))

    def _there(self, value: Any) -> Any:
        def moved(leaf: Any) -> Any:
            if isinstance(leaf, torch.Tensor):
                return leaf.detach().clone() if self._device == "cpu" else leaf.detach().to(self._device)
            return leaf.clone_state() if isinstance(leaf, torch.Generator) else leaf

        return _mapped(moved, value)


def _here(value: Any) -> Any:
    return _mapped(lambda leaf: leaf.detach().cpu() if isinstance(leaf, torch.Tensor) else leaf, value)


def _mapped(change: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _mapped(change, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_mapped(change, item) for item in value)
    return change(value)


class Floor(Sitting):
    """A sitting whose program runs in this process."""

    def _sit(self, probe: Probe, oracle: Oracle, device: Device) -> tuple[Trial | None, Fault | None]:
        if not hasattr(self, "_module"):
            self._module = loaded(self.program)
        trial, student = self._trial(oracle), InProcess(self._module, device)
        return trial, trial.run(probe.body, probe.args, student, Draw(self.week.key, probe.name, probe.world))


def loaded(program: Program) -> ModuleType:
    """The program's cells, run in a module; a cell that fails does not stop the rest."""
    module = ModuleType("program")
    with _calm():
        for cell in program.cells:
            exec(compile(cell.source, f"<{cell.label}>", "exec"), module.__dict__)
    return module


class _NoJail:
    """In place of zygotes: the accelerator is there, and nobody is asked for a child."""

    def refusal(self, device: str) -> str:
        return ""


def programs(course: Course, count: int) -> list[Program]:
    """What the first `count` people handed in."""
    students = sorted(p.name for p in course.submitted.iterdir())[:count]
    return [submission.read(course, s, classroom.WEEK).reading.program for s in students]


def sessions(course: Course, count: int, *, jailed: bool) -> dict[str, float]:
    """Processor seconds of one whole session on the solution (collection, reference, probes), of each further program,
    and of one answer on the CPU by a program that is there already.
    """
    bench = Bench(course, classroom.WEEK)
    policy = course.policy(classroom.WEEK)
    zygotes: Any = _warm_zygotes(bench) if jailed else _NoJail()
    if not jailed:
        _install_simulator()
    sitting: Callable[..., Sitting] = functools.partial(Sitting, passes=Passes()) if jailed else Floor
    everything = so_far(os.getpid())

    def sit(program: Program) -> None:
        with sitting(bench.week, program, policy, zygotes) as seated:
            for probe in probes:
                seated.conduct(probe)

    probes = docket(bench.week.folder, worlds(policy)).probes
    sit(bench.solution)
    session = so_far(os.getpid()) - everything
    handed_in = programs(course, count)
    before = so_far(os.getpid())
    for program in handed_in:
        sit(program)
    each = (so_far(os.getpid()) - before) / max(1, len(handed_in))
    answer = _answer(bench, [p for p in probes if not p.on_accelerator], zygotes if jailed else None)
    if jailed:
        zygotes.close()
    return {"session": session, "each": each, "answer": answer, "probes": len(probes)}


def _answer(bench: Bench, probes: list[Probe], zygotes: Zygotes | None) -> float:
    """Processor seconds of one probe by a program that is loaded already."""
    if zygotes is None:
        return _passes(bench, probes, InProcess(loaded(bench.solution), "cpu"))
    limits = bench.policy.jail.limits
    with zygotes.spawn("cpu") as child:
        child.load(bench.solution.cells, 60)
        return _passes(bench, probes, Jailed(child, limits))


def _passes(bench: Bench, probes: list[Probe], student: Code) -> float:
    before = so_far(os.getpid())
    for _ in range(_PASSES):
        for p in probes:
            oracle = bench.week.oracle(p)
            Trial(oracle).run(p.body, p.args, student, Draw(bench.week.key, p.name, p.world))
    return (so_far(os.getpid()) - before) / (_PASSES * len(probes))


def _warm_zygotes(bench: Bench) -> Zygotes:
    zygotes = bench.zygotes
    for device in ("cpu", "sim"):
        zygotes.spawn(device).close()  # type: ignore[arg-type]
    return zygotes


def _install_simulator() -> None:
    leaf = torch.ones((), requires_grad=True)
    torch.autograd.grad(leaf.neg(), leaf)
    torch.autograd.set_multithreading_enabled(False)
    sim.install()


if __name__ == "__main__":
    torch.set_num_threads(1)
    found = sessions(config.load(Path(sys.argv[2])), int(sys.argv[3]), jailed=sys.argv[1] == "jailed")
    print(json.dumps(found))
