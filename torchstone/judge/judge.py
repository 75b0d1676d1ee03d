"""`Judge`: programs in, results out."""

from __future__ import annotations

import contextlib
import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import torch

from torchstone import eager
from torchstone.errors import CourseError, CourseFault, JailError, TorchstoneError
from torchstone.judge import accounts, collection
from torchstone.judge.children import Zygotes
from torchstone.judge.diagnosis import CheckName, Diagnosis, Evidence, evidence
from torchstone.judge.keys import WeekKeys, wanted_digest
from torchstone.judge.passes import Passes
from torchstone.judge.policy import policed
from torchstone.judge.probe import Check
from torchstone.judge.result import exercises
from torchstone.judge.sitting import Sitting, worlds
from torchstone.judge.wanted import WantedValues
from torchstone.judge.week import Week
from torchstone.model import CheckResult, GradingPolicy, Hint, Program, Result

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Known:
    """A week as this judge knows it."""

    week: Week
    diagnosis: Diagnosis
    worlds: tuple[str, ...]
    kept: WantedValues | None
    keys: WeekKeys
    passes: Passes = field(default_factory=Passes)

    @cached_property
    def docket(self) -> collection.Docket:
        """What is tried of every program. Raises CourseFault if pytest cannot collect the graders.

        Where wanted values are shared, all are asked for now, in an order of this process's own: judges that start
        together then share the work.
        """
        made = collection.docket(self.week.folder, self.worlds)
        if self.kept is not None:
            for probe in random.SystemRandom().sample(made.probes, len(made.probes)):
                with contextlib.suppress(CourseFault):  # told where the probe is conducted
                    self.week.oracle(probe)
        return made


class Judge:
    """Grades programs, one after the other, with zygotes and wanted values that are made once. A context manager.

    `graders` is the folder that holds the weeks' folders. `zygotes` may be shared by several judges of one jail policy:
    whoever made them closes them. `wanted` is a file through which judges share what the reference gave. Raises
    JailUnavailable if no jail can be built as the policy promises.
    """

    def __init__(
        self, graders: Path, policy: GradingPolicy, zygotes: Zygotes | None = None, wanted: Path | None = None
    ) -> None:
        self._graders, self._policy, self._wanted = graders.resolve(), policy, wanted
        self._own = zygotes is None
        self._zygotes = Zygotes(policy.jail) if zygotes is None else zygotes
        self._weeks: dict[tuple[str, str], _Known] = {}
        self._solutions: dict[str, Program] = {}
        self._last: tuple[str, Mapping[CheckName, list[Evidence]]] | None = None
        torch.set_num_threads(1)
        eager.without_compiler()

    def grade(self, program: Program, solution: Program | None = None) -> Result:
        """The score: what each check earned, and the evidence, without diagnosis (`diagnosed` is False).

        `solution` stands in for what the week's reference lacks; it is kept for further programs of the week. A
        student's code never makes this raise. Raises CourseError without graders for the week, CourseFault if they
        cannot be collected, JailError if the jail fails.
        """
        if solution is not None:
            self.know(solution)
        with self.sitting(program) as sitting:
            docket = self._known(program.assignment).docket
            for check, reason in docket.blamed.items():
                sitting.blame_course(check, reason)
            for probe in docket.probes:
                sitting.conduct(probe)
            sitting.close()
            return self.result(sitting, docket.checks)

    def know(self, solution: Program) -> None:
        """From now on this is the solution of its week."""
        self._solutions[solution.assignment] = solution

    def learn(self, assignment: str) -> None:
        """Work out ahead what is the same for every program; no child is needed yet.

        A fault of the course is told when a program is graded.
        """
        with contextlib.suppress(CourseError, CourseFault):
            _ = self._known(assignment).docket

    def sitting(self, program: Program) -> Sitting:
        """One program before this judge, to be conducted by pytest. A context manager."""
        known = self._known(program.assignment)
        return Sitting(known.week, program, self._policy, self._zygotes, passes=known.passes)

    def result(self, sitting: Sitting, checks: Sequence[Check]) -> Result:
        """What a sitting came to, and its evidence kept for a diagnosis."""
        program, key, keys = sitting.program, self._policy.key, self._known(sitting.program.assignment).keys
        result = Result(
            assignment=program.assignment,
            program=program.digest,
            key=keys.key(program),
            exercises=policed(
                exercises(checks, sitting.findings, sitting.blamed, scored=self._policy.scored_devices),
                checks,
                sitting.findings,
                program,
            ),
            tier=self._zygotes.tier,
            trusted=self._policy.jail.tier == "none",
            fingerprint=key.fingerprint,
            round=key.round,
            devices=self._policy.scored_devices,
            missing_devices=sitting.missing_devices,
            broken_cells=sitting.children.broken,
            output=sitting.children.output,
            cpu_seconds=sitting.cpu_seconds,
            graders=keys.graders,
        )
        self._last = (result.key, evidence(sitting.findings))
        return result

    def diagnose(self, program: Program, result: Result) -> Result:
        """The same result with hints where a misconception explains a failed check, and `diagnosed` True.

        Never raises for a misconception, nor changes a score: what goes wrong is logged, and nothing is said. A program
        that was not the last one graded is graded again first, for the evidence.
        """
        hints: dict[CheckName, Hint] = {}
        explained: dict[CheckName, accounts.Explained] = {}
        try:
            found = self._evidence(program, result)
            hints = self._known(program.assignment).diagnosis.hints(program, found)
            explained = self._explained(program, found)
        except JailError as e:  # the jail broke on us: the score stands, and a later run tries the diagnosis again
            _log.warning("%s: no diagnosis yet: %s", program.assignment, e)
            return result
        except TorchstoneError as e:
            _log.warning("%s: no diagnosis: %s", program.assignment, e)
        told = tuple(
            replace(e, checks=tuple(_told(c, hints, explained, (e.exercise, c.check)) for c in e.checks))
            for e in result.exercises
        )
        return replace(result, exercises=told, diagnosed=True)

    def _explained(
        self, program: Program, found: Mapping[CheckName, Sequence[Evidence]]
    ) -> dict[CheckName, accounts.Explained]:
        week = self._known(program.assignment).week
        return accounts.explained(week, self._zygotes, self._policy.jail.limits, program, found)

    def _evidence(self, program: Program, result: Result) -> Mapping[CheckName, Sequence[Evidence]]:
        """What the last sitting of this program left behind; of nothing, where nothing failed."""
        if all(c.status != "failed" for e in result.exercises for c in e.checks):
            return {}
        if self._last is None or self._last[0] != result.key:
            self.grade(program)
        if self._last is None or self._last[0] != result.key:
            raise CourseError("the result was graded under another policy, solution or version")
        return self._last[1]

    def _known(self, assignment: str) -> _Known:
        solution = self._solutions.get(assignment)
        slot = (assignment, solution.digest if solution else "")
        if slot not in self._weeks:
            self._weeks[slot] = self._learn(assignment, solution)
        return self._weeks[slot]

    def _learn(self, assignment: str, solution: Program | None) -> _Known:
        folder, key = self._graders / assignment, self._policy.key
        kept = None
        if self._wanted is not None and folder.is_dir():
            kept = WantedValues(self._wanted, assignment, wanted_digest(folder, key, solution))
        week = Week(folder, key, solution, kept)
        diagnosis = Diagnosis(week, self._zygotes, self._policy.jail.limits)
        keys = WeekKeys(folder, self._policy, self._zygotes.tier, solution)
        return _Known(week, diagnosis, worlds(self._policy), kept, keys)

    def close(self) -> None:
        for known in self._weeks.values():
            if known.kept is not None:
                known.kept.close()
        if self._own:
            self._zygotes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def _told(
    check: CheckResult,
    hints: Mapping[CheckName, Hint],
    explained: Mapping[CheckName, accounts.Explained],
    name: CheckName,
) -> CheckResult:
    """A check's result with what is known of why it failed."""
    if check.status == "failed" and check.verdict is not None and name in hints:
        check = replace(check, verdict=replace(check.verdict, hint=hints[name]))
    return accounts.applied(check, explained.get(name))


def grade(program: Program, graders: Path, policy: GradingPolicy, solution: Program | None = None) -> Result:
    """One program's result, with its diagnosis. `graders` is the folder that holds the weeks' folders."""
    with Judge(graders, policy) as judge:
        return judge.diagnose(program, judge.grade(program, solution))
