"""Do points depend on the seed? Every program of an exercise, graded with seed after seed, must pass the same checks.

Programs are ours, so they run in this process, on the CPU, without a jail: what is asked is whether a verdict turns
round on other inputs, with other numbers of threads, and not whether the jail holds.

Most work is too small for torch to share out. Where no second thread of this process woke while a program was graded on
two, it has been graded on one; that is believed after the first seed, with which every number of threads is tried.
"""

from __future__ import annotations

import functools
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
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
from torchstone.judge.trial import Oracle, Seen, Trial
from torchstone.judge.week import Week
from torchstone.model import DrawKey, Program
from torchstone.wire import Record

#: Exercise's programs that must earn the same with every seed.
SOLUTION: Final = "the solution"
#: Numbers of threads on which it is graded.
THREADS: Final = (1, 2)
#: What is kept of it is kept under this name.
KEPT: Final = "flakiness"


_NOTHING: Final[Mapping[str, Any]] = {}

#: Of each check, its probes and what is known of them.
_Asked = dict[str, list["_Question"]]


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
    course: Course,
    assignment: str,
    exercises: Sequence[str],
    seeds: int,
    jobs: int = 2,
    known: Mapping[str, Mapping[str, Any]] = _NOTHING,
) -> Iterator[tuple[str, Steady]]:
    """`steady` of these exercises, in processes of their own, as they come. `known`: what is kept of each."""
    return worked(course, assignment, functools.partial(_steady, seeds=seeds, known=dict(known)), exercises, jobs)


def _steady(bench: Bench, exercise: str, seeds: int, known: Mapping[str, Mapping[str, Any]]) -> Steady:
    return steady(bench, exercise, seeds, known=known.get(exercise, _NOTHING))


def steady(
    bench: Bench,
    exercise: str,
    seeds: int,
    threads: Sequence[int] = THREADS,
    known: Mapping[str, Any] = _NOTHING,
) -> Steady:
    """Grade every program of an exercise with so many seeds, on each number of threads.

    `known`, what is kept of the exercise as it is, says with how many of them that was done, and what came of it.
    """
    begun = known["seeds"] if "caught" in known else 0
    found = {who: _Runnable(program) for who, program in all_programs(bench, exercise).items()}
    probes = [p for p in bench.probes(exercise) if not p.on_accelerator]
    first: dict[str, Mapping[str, bool]] = {}
    if begun:
        failed = {f"«{name}»": checks for name, checks in known["caught"].items()}
        first = {who: {p.check.name: p.check.name not in failed.get(who, ()) for p in probes} for who in found}
    flaky: dict[str, str] = {}
    for seed in range(begun, seeds):
        key = DrawKey(f"flakiness {seed}".encode(), "public", f"flakiness {seed}")
        week = Week(bench.week.folder, key, bench.solution)
        with _threads(1):  # as the judge asks it
            asked = _asked(week, probes)
        for who, runnable in found.items():
            for number, passed in _on_threads(week, asked, runnable, threads, trusting=seed > begun):
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


class _Question:
    """A probe under one seed."""

    def __init__(self, probe: Probe, oracle: Oracle | None) -> None:
        self.probe, self.oracle = probe, oracle  # no oracle: the course is at fault
        self.right: list[Seen] = []  #: what was compared when it was passed first

    def passed_by(self, week: Week, code: Local) -> bool:
        """Most right programs give the same values, which need not be compared again."""
        if self.oracle is None:
            return False
        trial = _Another(self.oracle, self.right)
        draw = Draw(week.key, self.probe.name, self.probe.world.here())
        passed = trial.run(self.probe.body, self.probe.args, code, draw) is None
        if passed and not self.right:
            self.right = trial.seen
        return passed


class _Another(Trial):
    """A trial after one that passed."""

    def __init__(self, oracle: Oracle, right: Sequence[Seen]) -> None:
        super().__init__(oracle)
        self._right = right

    def compare(self, got: Any, want: Any, truth: Any, scale: float) -> None:
        at = len(self.seen) - 1
        if at < len(self._right):
            right = self._right[at]
            if right.scale == scale and _equal(got, right.value) and (not right.explicit or _equal(want, right.want)):
                return
        super().compare(got, want, truth, scale)


def _equal(one: Any, other: Any) -> bool:
    """Equal in type and in every entry, whatever the tolerance. What holds a NaN equals nothing."""
    if type(one) is not type(other):
        return False
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, Record):
        return one.kind == other.kind and _equal(one.fields, other.fields)
    if isinstance(one, dict):
        return list(one) == list(other) and all(_equal(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)


def _asked(week: Week, probes: Iterable[Probe]) -> _Asked:
    """The probes of each check that mean anything in their world, with what the reference gives."""
    found: _Asked = {}
    for probe in probes:
        try:
            oracle = week.oracle(probe)
        except CourseFault:
            oracle = None
        questions = found.setdefault(probe.check.name, [])
        if oracle is None or probe.world.name == "float32" or oracle.floats:
            questions.append(_Question(probe, oracle))
    return found


def _on_threads(
    week: Week, asked: _Asked, runnable: _Runnable, threads: Iterable[int], trusting: bool
) -> Iterator[tuple[int, Mapping[str, bool]]]:
    """Which checks a program passes on each number of threads, from the most to the fewest.

    If `trusting`, no further than to a number on which this thread did all the work.
    """
    for number in sorted(threads, reverse=True):
        with _threads(number):
            before = _work_of_others()
            yield number, {check: _passes(week, questions, runnable) for check, questions in asked.items()}
            if trusting and _work_of_others() == before:
                return


def _work_of_others() -> dict[str, str]:
    """What the kernel has noted of the running time of each other thread of this process."""
    tasks, own = Path("/proc/self/task"), str(threading.get_native_id())
    return {task.name: (task / "schedstat").read_text() for task in tasks.iterdir() if task.name != own}


def _passes(week: Week, questions: Iterable[_Question], runnable: _Runnable) -> bool:
    """Are all probes of a check passed? Where the course is at fault, by nobody."""
    code = Local(runnable.names())
    return all(question.passed_by(week, code) for question in questions)


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
