"""`pytest graders/week04 --submission FILE`: what a student would read of one submission, on a terminal.

`graders/conftest.py` brings it in. Inputs are drawn from the public key; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from torchstone.compare import clean
from torchstone.errors import CourseError, TorchstoneError, UnreadableNotebook
from torchstone.judge.collection import Declared, Vocabulary, check_of, probe_of, setup_fault
from torchstone.judge.draw import WORLDS
from torchstone.judge.judge import Judge
from torchstone.judge.probe import Check, Finding
from torchstone.judge.sitting import Sitting
from torchstone.judge.week import Week, script_cells
from torchstone.messages.diagnosis import no_known_pattern
from torchstone.model import CheckResult, GradingPolicy, JailPolicy, Program, Reading, Result, Verdict
from torchstone.secret import PUBLIC_KEY

_SIGNS: Final = {"passed": "✓", "failed": "✗", "skipped": "✗", "course_fault": "!", "incomplete": "?"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Whom to grade, and on what."""
    group = parser.getgroup("torchstone")
    group.addoption("--submission", metavar="FILE", help="grade a notebook (.ipynb) or a `# %% name` script (.py)")
    group.addoption(
        "--as",
        dest="as_whom",
        metavar="NAME",
        default="solution",
        help="grade the solution, the stub, an alternative (by its file's stem) or a misconception (by its name)",
    )
    group.addoption("--solution", metavar="FILE", help="the solution (default: source/weekNN/weekNN.ipynb)")
    group.addoption("--devices", default="cpu,sim", metavar="LIST", help="scored devices (default: cpu,sim)")


def pytest_configure(config: pytest.Config) -> None:
    """Make the vocabulary known; the judge comes when the checks are collected."""
    options = config.option
    devices = tuple(d.strip() for d in options.devices.split(",") if d.strip())
    ask = Ask(devices, options.as_whom, _path(options.submission), _path(options.solution))
    config.pluginmanager.register(Vocabulary(tuple(w.name for w in WORLDS.values() if w.device in devices)))
    config.pluginmanager.register(Reception(ask))


@dataclass(frozen=True)
class Ask:
    """What was asked for on the command line."""

    devices: tuple[str, ...]
    as_whom: str
    submission: Path | None
    solution: Path | None

    @property
    def whom(self) -> str:
        return self.submission.name if self.submission else self.as_whom


class Reception(Declared):
    """Lets a judge sit once the checks of a week are collected, and has its result printed."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask
        self._stack = ExitStack()
        self._hearing: _Hearing | None = None
        self._repairs: tuple[str, ...] = ()

    def pytest_collection_finish(self, session: pytest.Session) -> None:  # type: ignore[override]
        folders = sorted({item.path.parent for item in session.items})
        if session.config.option.collectonly or not folders:
            return
        try:
            if len(folders) > 1:
                raise CourseError(f"one week at a time, please: {', '.join(f.name for f in folders)}")
            self.raise_faults(folders[0])
            self._hearing = self._open(folders[0])
        except (TorchstoneError, OSError) as e:
            pytest.exit(f"{type(e).__name__}: {e}", returncode=int(pytest.ExitCode.USAGE_ERROR))
        session.config.pluginmanager.register(self._hearing)

    def _open(self, folder: Path) -> _Hearing:
        policy = GradingPolicy(JailPolicy(), PUBLIC_KEY, scored_devices=self._ask.devices)
        solution = _solution(folder, self._ask.solution)
        program, self._repairs = whom(folder, self._ask, solution)
        judge = self._stack.enter_context(Judge(folder.parent, policy))
        if solution is not None:
            judge.know(solution)
        return _Hearing(judge, self._stack.enter_context(judge.sitting(program)), self.checks)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        with self._stack:
            if self._hearing is not None and self._hearing.close():
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._hearing is not None and self._hearing.result is not None:
            terminalreporter.section(f"what a student reads: {self._ask.whom}")
            for line in (*self._repairs, *told(self._hearing.result)):
                terminalreporter.write_line(line)


class _Hearing:
    """Conducts the probes, each as a test of its own for the terminal.

    An error of ours, which is no verdict, is kept and ends the run.
    """

    def __init__(self, judge: Judge, sitting: Sitting, checks: list[Check]) -> None:
        self.sitting = sitting
        self.error: Exception | None = None
        self._judge, self._checks = judge, checks
        self.result: Result | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        try:
            finding = self.sitting.conduct(probe_of(pyfuncitem))
        except Exception as e:
            self.error = e
            pytest.exit(f"the judge failed: {type(e).__name__}")
        self.finding(finding)
        return True

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if (why := setup_fault(call)) is not None:
            self.sitting.blame_course(check_of(item), why)

    def finding(self, finding: Finding) -> None:
        if finding.became in ("failed", "limit"):
            pytest.fail(str(finding.fault or finding.reason), pytrace=False)
        elif finding.became == "course":
            pytest.fail(f"the course's fault: {finding.reason}", pytrace=False)
        elif finding.became != "passed":
            pytest.skip(finding.reason)

    def close(self) -> bool:
        """Come to the result. True if something is missing from full marks."""
        if self.error is not None:
            return True
        self.sitting.close()
        scored = self._judge.result(self.sitting, self._checks)
        self.result = self._judge.diagnose(self.sitting.program, scored)
        return self.result.earned < self.result.points or not self.result.complete


# ---- whom -----------------------------------------------------------------------------------------------------------


def _solution(folder: Path, given: Path | None) -> Program | None:
    """The week's solution: from the instructor's notebook beside the graders, unless a file was named."""
    path = given or folder.parent.parent / "source" / folder.name / f"{folder.name}.ipynb"
    if path.suffix == ".py":
        return Program(folder.name, script_cells(path.read_text()))
    if given is None and not path.exists():
        return None
    from torchstone import notebook

    return notebook.solution_program(notebook.read(path.read_bytes()), folder.name)


def whom(folder: Path, ask: Ask, solution: Program | None) -> tuple[Program, tuple[str, ...]]:
    """The program that was asked for, and what was repaired in a notebook.

    Raises CourseError, UnreadableNotebook, OSError.
    """
    if ask.submission is not None:
        return _submission(folder, ask.submission)
    return _stand_in(folder, ask, solution), ()


def _stand_in(folder: Path, ask: Ask, solution: Program | None) -> Program:
    if ask.as_whom == "stub":
        from torchstone import notebook

        return notebook.stub_program(_release(folder), folder.name)
    if solution is None:
        raise CourseError(f"{folder.name} has no solution: there is no source/{folder.name}/{folder.name}.ipynb")
    return _known(Week(folder, PUBLIC_KEY, solution), ask.as_whom)


def _known(week: Week, name: str) -> Program:
    if name == "solution" and week.solution is not None:
        return week.solution
    if name in week.alternatives:
        return week.alternative(name)
    if name in {m.name for m in week.misconceptions}:
        return week.misconception(name)
    there_are = ["solution", "stub", *week.alternatives, *(m.name for m in week.misconceptions)]
    raise CourseError(f"nobody in {week.folder.name} is called {name!r}; there are: {', '.join(there_are)}")


def _submission(folder: Path, path: Path) -> tuple[Program, tuple[str, ...]]:
    if path.suffix == ".py":
        return Program(folder.name, script_cells(path.read_text())), ()
    from torchstone import notebook

    reading: Reading = notebook.read_submission(path.read_bytes(), _release(folder), folder.name)
    if (unreadable := next((r for r in reading.repairs if r.kind == "unreadable"), None)) is not None:
        raise UnreadableNotebook(f"{path.name}: {unreadable.message}")
    return reading.program, tuple(r.message for r in reading.repairs)


def _release(folder: Path) -> dict[str, object]:
    """The notebook that students got. Raises CourseError if there is none yet."""
    path = folder.parent.parent / "release" / folder.name / f"{folder.name}.ipynb"
    if not path.exists():
        raise CourseError(f"{folder.name} is not released: run `torchstone release {folder.name}` first")
    from torchstone import notebook

    return notebook.read(path.read_bytes())


def _path(text: str | None) -> Path | None:
    return Path(text).absolute() if text else None


# ---- words ----------------------------------------------------------------------------------------------------------


def told(result: Result) -> Iterator[str]:
    """A result in lines, as a student reads it; what only staff read stands in brackets."""
    for cell in result.broken_cells:
        yield f"{cell.cell} failed: {clean(cell.message, 300)}"
    for exercise in result.exercises:
        yield f"{exercise.exercise}: {exercise.earned:g} of {exercise.points:g}"
        for check in exercise.checks:
            yield from _told(check, diagnosed=result.diagnosed)
    missing = f" · missing: {', '.join(result.missing_devices)}" if result.missing_devices else ""
    yield f"total: {result.earned:g} of {result.points:g} · jail: {result.tier}{missing}"


def _told(check: CheckResult, *, diagnosed: bool) -> Iterable[str]:
    yield f"  {_SIGNS[check.status]} {check.title}: {check.earned:g} of {check.points:g}"
    if check.verdict is not None:
        yield from (f"      {line}" for line in _evidence(check.verdict))
    if diagnosed and check.status == "failed" and check.verdict is not None and check.verdict.unexplained:
        yield f"      {no_known_pattern()}"
    if check.staff is not None:
        yield f"      [for staff: {clean(check.staff, 600)}]"


def _evidence(verdict: Verdict) -> Iterable[str]:
    context = ", ".join(part for part in (verdict.probe, "" if verdict.world == "float32" else verdict.world) if part)
    yield f"{verdict.message}{f' ({context})' if context else ''}"
    if verdict.where is not None:
        yield f"in {verdict.where.cell}, line {verdict.where.line}: {verdict.where.code}"
    if verdict.hint is not None:
        yield f"hint: {verdict.hint.text} [{verdict.hint.name}]"
