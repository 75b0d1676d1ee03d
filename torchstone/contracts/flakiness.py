"""Do points depend on the seed? Every program of an exercise, graded with seed after seed, must pass the same checks.

Programs are ours, so they run in this process, on the CPU, without a jail: what is asked is whether a verdict turns
round on other inputs, with other numbers of threads, and not whether the jail holds.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any, Final

import torch

from torchstone.config import Course
from torchstone.contracts import programs
from torchstone.contracts.bench import Bench
from torchstone.contracts.kept import Kept, digest
from torchstone.contracts.pool import worked
from torchstone.errors import CourseFault
from torchstone.judge.draw import Draw
from torchstone.judge.implementations import Local
from torchstone.judge.probe import Probe
from torchstone.judge.trial import Oracle, Trial
from torchstone.judge.week import Week
from torchstone.model import DrawKey, Program

#: Exercise's programs that must earn the same with every seed.
SOLUTION: Final = "the solution"
#: Numbers of threads on which it is graded.
THREADS: Final = (1, 2)
#: What is kept of it is kept under this name.
KEPT: Final = "flakiness"


@dataclass(frozen=True)
class Steady:
    """What came of an exercise's programs over many seeds."""

    exercise: str
    programs: int
    seeds: int
    threads: tuple[int, ...]
    flaky: tuple[str, ...]  #: a line for each program whose verdicts turn round
    caught: Mapping[str, tuple[str, ...]]  #: misconception → the checks that it fails, with every seed if none is flaky


def all_programs(bench: Bench, exercise: str) -> dict[str, Program]:
    """The solution, each alternative, each misconception, by name."""
    whole = programs.alone(bench.solution, exercise, bench.names)
    found = {SOLUTION: whole}
    found |= {f"the alternative {stem}": bench.week.alternative(stem) for stem in bench.alternatives(exercise)}
    return found | {f"«{m.name}»": m.program(whole) for m in bench.misconceptions(exercise)}


def digest_of(bench: Bench, exercise: str) -> str:
    """Of all that `steady` depends on in the week."""
    return digest(bench, exercise, (p.digest.encode() for p in all_programs(bench, exercise).values()))


def kept(course: Course, assignment: str) -> Kept:
    """What was found of a week's exercises: `seeds`, `threads`, `programs`, `caught`; of steady ones alone."""
    return Kept(course, assignment, KEPT)


def graded(
    course: Course, assignment: str, exercises: Sequence[str], seeds: int, jobs: int = 2
) -> Iterator[tuple[str, Steady]]:
    """`steady` of these exercises, in processes of their own, as they come."""
    return worked(course, assignment, functools.partial(_steady, seeds=seeds), exercises, jobs)


def _steady(bench: Bench, exercise: str, seeds: int) -> Steady:
    return steady(bench, exercise, seeds)


def steady(bench: Bench, exercise: str, seeds: int, threads: Sequence[int] = THREADS) -> Steady:
    """Grade every program of an exercise with so many seeds, on each number of threads."""
    found = {who: _Runnable(program) for who, program in all_programs(bench, exercise).items()}
    probes = [p for p in bench.probes(exercise) if not p.on_accelerator]
    first: dict[str, Mapping[str, bool]] = {}
    flaky: dict[str, str] = {}
    for number in threads:
        for seed in range(seeds):
            key = DrawKey(f"flakiness {seed}".encode(), "public", f"flakiness {seed}")
            with _threads(number):
                for who, passed in _passed(Week(bench.week.folder, key, bench.solution), probes, found):
                    before = first.setdefault(who, passed)
                    if passed != before and who not in flaky:
                        turned = ", ".join(c for c in passed if passed[c] != before[c])
                        flaky[who] = f"{who}: {turned} turned round with seed {seed} on {number} threads"
    caught = {m.name: first[f"«{m.name}»"] for m in bench.misconceptions(exercise)}
    return Steady(
        exercise,
        len(found),
        seeds,
        tuple(threads),
        tuple(flaky.values()),
        {name: tuple(check for check, held in passed.items() if not held) for name, passed in caught.items()},
    )


def _passed(
    week: Week, probes: Sequence[Probe], found: Mapping[str, _Runnable]
) -> Iterator[tuple[str, Mapping[str, bool]]]:
    """Who passes which checks. A check that is the course's fault counts as failed by all."""
    oracles: dict[int, Oracle | None] = {}
    for i, probe in enumerate(probes):
        try:
            oracles[i] = week.oracle(probe)
        except CourseFault:
            oracles[i] = None
    checks = list(dict.fromkeys(p.check.name for p in probes))
    for who, runnable in found.items():
        yield who, {c: _passes(week, c, [(p, oracles[i]) for i, p in enumerate(probes)], runnable) for c in checks}


def _passes(week: Week, check: str, probes: Iterable[tuple[Probe, Oracle | None]], runnable: _Runnable) -> bool:
    code = Local(runnable.names())
    for probe, oracle in probes:
        if probe.check.name != check:
            continue
        if oracle is None:
            return False
        if probe.world.name != "float32" and not oracle.floats:
            continue
        draw = Draw(week.key, probe.name, probe.world.here())
        if Trial(oracle).run(probe.body, probe.args, code, draw) is not None:
            return False
    return True


class _Runnable:
    """A program, compiled once."""

    def __init__(self, program: Program) -> None:
        self._cells: list[CodeType] = [compile(c.source, f"<{c.name}>", "exec") for c in program.cells]

    def names(self) -> dict[str, Any]:
        """What it defines, made anew. A cell that fails leaves the others to run."""
        module = ModuleType("program")
        for cell in self._cells:
            try:
                exec(cell, module.__dict__)
            except Exception:
                continue
        return vars(module)


@contextmanager
def _threads(number: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.set_num_threads(before)
