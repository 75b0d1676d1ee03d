"""Plays one week: a scratch copy of the course, a class that hands in, and everything up to the feedback pages."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torchstone import config
from torchstone.batch import GradingService
from torchstone.collecting import collect
from torchstone.config import Course
from torchstone.demo import handins, participants
from torchstone.demo.participants import Participant
from torchstone.feedback import write_feedback
from torchstone.gradebook.book import gradebook_table
from torchstone.gradebook.grading import grade_with
from torchstone.gradebook.releasing import gate, generate
from torchstone.judge import Week
from torchstone.notebook import read, solution_program
from torchstone.secret import PUBLIC_KEY

#: What the scratch copy has of the course.
_COPIED: Final = ("source", "release", "graders", "rubrics", "nbgrader_config.py", "constraints.txt")

#: The class waits for an endless loop as long as this (CPU seconds), not as long as a real one.
_LIMITS: Final = {"cpu_seconds": 3, "exercise_cpu_seconds": 20}

_GRADEBOOK: Final = "sqlite:///gradebook.db"
_NBGRADER: Final = 'if "get_config" in globals()'


@dataclass(frozen=True)
class DemoRow:
    """One participant: what was expected beside what was given."""

    participant: Participant
    expected: dict[str, float]
    given: dict[str, float]
    expected_total: float
    total: float
    page: Path
    complaints: tuple[str, ...]


@dataclass(frozen=True)
class DemoReport:
    """The whole class, and where its pages are."""

    rows: tuple[DemoRow, ...]
    exercises: tuple[str, ...]
    root: Path
    index: Path

    @property
    def as_expected(self) -> bool:
        return not any(row.complaints for row in self.rows)


def play(course: Course, assignment: str, root: Path, say: Callable[[str], None]) -> DemoReport:
    """Play `assignment` in a scratch copy of `course` at `root` (an empty folder). Raises TorchstoneError."""
    scratch = copy_course(course, root)
    members = participants.load(scratch.graders / assignment / "demo.toml")
    with GradingService(scratch, jobs=2) as service:
        say(f"releasing {assignment}: the gate, then nbgrader")
        for line in gate(scratch, assignment, service):
            say(f"  ✓ {line}")
        generate(scratch, assignment)
        say(f"{len(members)} participants hand in")
        for line in _hand_in(scratch, assignment, members):
            say(f"  {line}")
        say("grading, two judges at once")
        report = grade_with(service, scratch, assignment)
    for fault in report.faults:
        say(f"  ! {fault}")
    say("writing feedback")
    written = write_feedback(scratch, assignment, ())
    table = {row.student: row for row in gradebook_table(scratch, assignment)}
    full = {e.exercise: e.points for row in report.rows if row.summary for e in row.summary.exercises}
    given = {row.student: dict(row.exercises) for row in report.rows}
    rows = tuple(
        _row(p, full, given.get(p.id, {}), table[p.id].total, written.pages.get(p.id, root / "missing"))
        for p in members
    )
    return DemoReport(rows, tuple(full), root, written.index)


def _hand_in(course: Course, assignment: str, members: tuple[Participant, ...]) -> tuple[str, ...]:
    """The class hands in through a learning platform, whose download is collected."""
    release = handins.as_json((course.release / assignment / f"{assignment}.ipynb").read_bytes())
    week = week_of(course, assignment)
    notebooks = [(p, handins.notebook_of(p, release, handins.answer_cells(p, week))) for p in members]
    course.roster.write_text(handins.roster(members))
    download = course.root / "download.zip"
    download.write_bytes(handins.download(notebooks, assignment, course.due(assignment)))
    taken = collect(
        download,
        assignment,
        collected=course.collected,
        submitted=course.submitted,
        roster=course.roster,
        timezone=course.timezone,
    )
    return taken.lines()


def week_of(course: Course, assignment: str) -> Week:
    """The graders of a week, with its solution and the public key."""
    source = read((course.source / assignment / f"{assignment}.ipynb").read_bytes())
    return Week(course.graders / assignment, PUBLIC_KEY, solution_program(source, assignment))


def copy_course(course: Course, root: Path, settings: str = "") -> Course:
    """The course's code and content, none of its people or secrets, with shorter limits and a gradebook of its own.
    `settings` is Python that changes `course` further.
    """
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in _COPIED:
        origin = course.root / name
        if origin.is_dir():
            shutil.copytree(origin, root / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
        elif origin.exists():
            shutil.copy(origin, root / name)
    text = (course.root / config.FILE).read_text()
    before, mark, after = text.partition(_NBGRADER)
    (root / config.FILE).write_text(
        f'{before}course["limits"] |= {_LIMITS!r}  # the demonstration\n'
        f'course["gradebook"] = {_GRADEBOOK!r}  # never the real one, wherever that is\n{settings}\n{mark}{after}'
    )
    return config.load(root)


def _row(p: Participant, full: dict[str, float], given: dict[str, float], total: float, page: Path) -> DemoRow:
    expected = {e: 0.0 if p.loses_everything else points - p.loses.get(e, 0.0) for e, points in full.items()}
    expected_total = sum(expected.values()) - p.penalty
    complaints = [
        f"{e}: expected {expected[e]:g}, given {given.get(e, 0.0):g}" for e in full if expected[e] != given.get(e)
    ]
    if abs(total - expected_total) > 1e-6:
        complaints.append(f"total: expected {expected_total:g}, in the gradebook {total:g}")
    if not page.is_file():
        complaints.append("no feedback page")
    elif p.page_says and p.page_says not in page.read_text():
        complaints.append(f"the page does not say «{p.page_says}»")
    return DemoRow(p, expected, given, expected_total, total, page, tuple(complaints))
