"""Small weeks made for the purpose, and one judge's zygotes for all of them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from torchstone.judge.children import Zygotes
from torchstone.judge.judge import Judge
from torchstone.judge.week import script_cells
from torchstone.model import CheckResult, GradingPolicy, JailPolicy, Limits, Program, Result
from torchstone.secret import PUBLIC_KEY

HEAD = """\
import pytest
import torch

from torchstone.judge import agree, exercise, fill, points, scenario, vjp

pytestmark = exercise("e", accelerator=1)
"""

POLICY = GradingPolicy(
    jail=JailPolicy(limits=Limits(cpu_seconds=1.0, wall_factor=3.0, exercise_cpu_seconds=20.0), preload=()),
    key=PUBLIC_KEY,
)
CPU_ONLY = GradingPolicy(jail=POLICY.jail, key=PUBLIC_KEY, scored_devices=("cpu",))


def program(text: str) -> Program:
    """Cells from a `# %% name` script."""
    return Program("week01", script_cells(textwrap.dedent(text)))


class Bench:
    """Makes small weeks and grades programs on them."""

    head = HEAD
    everywhere = POLICY
    cpu_only = CPU_ONLY

    def __init__(self, folder: Path, zygotes: Zygotes) -> None:
        self.folder, self.zygotes = folder, zygotes
        self._judges: list[Judge] = []

    def week(self, grader: str, *, reference: str = "", misconceptions: str = "", head: str = HEAD) -> Path:
        week = self.folder / "graders" / "week01"
        week.mkdir(parents=True, exist_ok=True)
        for name, text in (
            ("test_it.py", head + textwrap.dedent(grader)),
            ("reference.py", textwrap.dedent(reference)),
            ("misconceptions.py", textwrap.dedent(misconceptions)),
        ):
            (week / name).write_text(text)
        return week

    def judge(self, policy: GradingPolicy = POLICY, zygotes: Zygotes | None = None) -> Judge:
        judge = Judge(self.folder / "graders", policy, zygotes=zygotes or self.zygotes)
        self._judges.append(judge)
        return judge

    def grade(self, submission: str, solution: str, policy: GradingPolicy = CPU_ONLY) -> Result:
        """By a judge of its own, diagnosed."""
        judge = self.judge(policy)
        handed_in = program(submission)
        return judge.diagnose(handed_in, judge.grade(handed_in, program(solution)))

    @staticmethod
    def program(text: str) -> Program:
        return program(text)

    @staticmethod
    def checks(result: Result) -> dict[str, CheckResult]:
        """Each check by its short name."""
        return {c.check.removeprefix("test_"): c for e in result.exercises for c in e.checks}

    @staticmethod
    def said(check: CheckResult) -> str:
        """Stage and message of a failed check."""
        return f"[{check.verdict.stage}] {check.verdict.message}" if check.verdict else check.status

    @staticmethod
    def one(body: str, name: str = "a", points: int = 1) -> str:
        """A check of one line."""
        return f'\n@points({points})\ndef test_{name}(student, draw):\n    """Title of {name}"""\n    {body}\n'

    def close(self) -> None:
        for judge in self._judges:
            judge.close()


@pytest.fixture(scope="session")
def zygotes() -> Iterator[Zygotes]:
    zygotes = Zygotes(POLICY.jail)
    yield zygotes
    zygotes.close()


@pytest.fixture
def bench(tmp_path: Path, zygotes: Zygotes) -> Iterator[Bench]:
    bench = Bench(tmp_path, zygotes)
    yield bench
    bench.close()
