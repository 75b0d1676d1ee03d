"""The bench: one week's graders, run over any program, one exercise at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import torch

from torchstone.config import Course
from torchstone.contracts.allowances import Allowance, allowances
from torchstone.errors import CourseError
from torchstone.judge.children import Zygotes
from torchstone.judge.collection import Docket, docket
from torchstone.judge.diagnosis import Diagnosis, evidence
from torchstone.judge.draw import WORLDS
from torchstone.judge.misconceptions import Misconception
from torchstone.judge.probe import Check, Finding, Probe
from torchstone.judge.result import exercises as scored
from torchstone.judge.sitting import Sitting, worlds
from torchstone.judge.trial import Oracle, Trial
from torchstone.judge.week import Week, script_cells
from torchstone.model import DrawKey, ExerciseResult, GradingPolicy, Hint, JailPolicy, Limits, Program
from torchstone.notebook import NotebookExercise, declared, read, solution_program
from torchstone.secret import PUBLIC_KEY

CPU: Final = ("cpu",)
EVERYWHERE: Final = ("cpu", "sim")


@dataclass(frozen=True)
class Sat:
    """What became of one program on one exercise."""

    result: ExerciseResult
    findings: tuple[Finding, ...]
    cpu_seconds: float

    @property
    def full(self) -> bool:
        return self.result.earned == self.result.points

    @property
    def lost(self) -> str:
        """The first check that was not passed, for whoever reads a complaint."""
        for check in self.result.checks:
            if check.status != "passed":
                verdict = check.verdict
                why = f"{verdict.stage}: {verdict.message}" if verdict else check.staff or "no reason was given"
                where = f" ({'; '.join(filter(None, (verdict.probe, verdict.world)))})" if verdict else ""
                return f"{check.check}, {check.status}: {why}{where}"
        return ""


class Bench:
    """A week's graders, with zygotes and wanted values that are made once. A context manager.

    Inputs are drawn from `key`; `limits` are the course's where none are given. Raises CourseError if the week has no
    notebook or no graders, CourseFault if these cannot be collected, JailUnavailable.
    """

    def __init__(
        self, course: Course, assignment: str, key: DrawKey = PUBLIC_KEY, limits: Limits | None = None
    ) -> None:
        notebook = course.source / assignment / f"{assignment}.ipynb"
        if not notebook.exists():
            raise CourseError(f"there is no source for {assignment}: {notebook} is missing")
        self.notebook_path = notebook
        self.notebook = read(notebook.read_bytes())
        self.solution = solution_program(self.notebook, assignment)
        limits = limits or Limits(**course.settings.limits.model_dump())
        self.policy = GradingPolicy(JailPolicy(limits=limits, preload=course.settings.jail.preload), key)
        self.week = Week(course.graders / assignment, key, self.solution)
        self._zygotes: Zygotes | None = None
        torch.set_num_threads(1)

    # ---- what there is ----------------------------------------------------------------------------------------------

    @cached_property
    def exercises(self) -> tuple[NotebookExercise, ...]:
        """The exercises that the notebook has graded by machine."""
        return tuple(e for e in declared(self.notebook) if not e.manual)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(e.id for e in self.exercises)

    @cached_property
    def docket(self) -> Docket:
        return docket(self.week.folder, tuple(WORLDS))

    def checks(self, exercise: str) -> tuple[Check, ...]:
        return tuple(c for c in self.docket.checks if c.exercise == exercise)

    def probes(self, exercise: str) -> tuple[Probe, ...]:
        """The exercise's probes, in the worlds that every machine has."""
        return self._probes(exercise, worlds(self.policy))

    def _probes(self, exercise: str, there: Sequence[str]) -> tuple[Probe, ...]:
        return tuple(p for p in self.docket.probes if p.check.exercise == exercise and p.world.name in there)

    def misconceptions(self, exercise: str) -> tuple[Misconception, ...]:
        return tuple(m for m in self.week.misconceptions if m.exercise == exercise)

    def alternatives(self, exercise: str) -> dict[str, str]:
        """The exercise's cell in each alternative that has one, by the file's stem."""
        found = {}
        for stem, path in self.week.alternatives.items():
            for cell in script_cells(path.read_text()):
                if cell.name == exercise:
                    found[stem] = cell.source
        return found

    @cached_property
    def allowances(self) -> tuple[Allowance, ...]:
        return allowances(self.week.folder)

    # ---- what it does -----------------------------------------------------------------------------------------------

    @property
    def zygotes(self) -> Zygotes:
        if self._zygotes is None:
            self._zygotes = Zygotes(self.policy.jail)
        return self._zygotes

    def sit(
        self,
        exercise: str,
        program: Program,
        devices: Sequence[str] = EVERYWHERE,
        *,
        trial: Callable[[Oracle], Trial] = Trial,
        until: Callable[[Finding], bool] = lambda finding: False,
        only: str | None = None,
    ) -> Sat:
        """Try a program on the probes of one exercise, in the worlds of these devices, or in one of them `only`.

        `until` ends it after a finding: what is not tried then is not among the findings, and costs its check nothing.
        """
        policy = replace(self.policy, scored_devices=tuple(devices))
        there = worlds(policy) if only is None else (only,)
        with Sitting(self.week, program, policy, self.zygotes, trial=trial) as sitting:
            for probe in self._probes(exercise, there):
                if until(sitting.conduct(probe)):
                    break
            sitting.close()
            blamed = {c: why for c, why in self.docket.blamed.items() if c.exercise == exercise}
            (result,) = scored(self.checks(exercise), sitting.findings, blamed, scored=tuple(devices))
            return Sat(result, tuple(sitting.findings), sitting.cpu_seconds)

    @cached_property
    def _diagnosis(self) -> Diagnosis:
        return Diagnosis(self.week, self.zygotes, self.policy.jail.limits)

    def hints(self, program: Program, findings: Iterable[Finding]) -> dict[str, Hint]:
        """What a student would be told: a hint by check, where a misconception or a hypothesis explains it."""
        return {check: hint for (_, check), hint in self._diagnosis.hints(program, evidence(findings)).items()}

    def close(self) -> None:
        if self._zygotes is not None:
            self._zygotes.close()
            self._zygotes = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def weeks(course: Course) -> tuple[str, ...]:
    """The weeks that have both graders and a notebook, by name."""
    return tuple(
        sorted(p.name for p in course.graders.glob("*") if (course.source / p.name / f"{p.name}.ipynb").exists())
    )


def notebook_exercises(course: Course, assignment: str) -> tuple[str, ...]:
    """The exercises that a week's notebook has graded by machine; nothing of its graders is looked at."""
    path: Path = course.source / assignment / f"{assignment}.ipynb"
    return tuple(e.id for e in declared(read(path.read_bytes())) if not e.manual)
