"""Plays a whole semester of thirty: rankings, topics, submissions, scores, late days, grades, gallery, exports.

One week (`real`) is graded for real: thirty notebooks go through collection, the jail and nbgrader; equal programs are
judged once and found in the results store. The other weeks' scores are written into nbgrader's gradebook as grading
would leave them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from torchstone.batch import GradingService
from torchstone.collecting import Manifest, collect, read_roster
from torchstone.collecting.extensions import FILE, Extension, write_extensions
from torchstone.collecting.files import write_private
from torchstone.config import Course, Topic
from torchstone.demo import handins, participants, synthetic
from torchstone.demo.play import copy_course, week_of
from torchstone.demo.synthetic import Member
from torchstone.gradebook.book import enter_roster
from torchstone.gradebook.grading import grade_with
from torchstone.gradebook.late import apply_penalties, stale_penalties
from torchstone.gradebook.rehearsal import enter_scores
from torchstone.gradebook.releasing import generate
from torchstone.gradebook.report import student_report
from torchstone.seminar.allocation import load_allocation
from torchstone.seminar.exports import canvas
from torchstone.seminar.exports.columns import columns_of
from torchstone.seminar.exports.compare import differences
from torchstone.seminar.exports.gradescope import results_json
from torchstone.seminar.exports.tables import moodle_table, own_table
from torchstone.seminar.gallery import build
from torchstone.seminar.grades.facts import Class, class_grades
from torchstone.seminar.grades.page import write_pages
from torchstone.seminar.grades.plot import distribution
from torchstone.seminar.ledger import New
from torchstone.seminar.marking import enter, mark
from torchstone.seminar.rubric import load_rubric
from torchstone.seminar.shared import share
from torchstone.seminar.topics.allocate import Outcome, allocate
from torchstone.seminar.topics.receipt import read_receipt, verify

#: The last one joins after topics were given out.
_PEOPLE: Final = 30
_SEED: Final = 2021
#: When everything is over.
AFTER: Final = datetime(2022, 1, 31, tzinfo=UTC)

_SETTINGS: Final = """
course["late"] |= {"bank_days": 2}  # the demonstration
course["grades"] = {
    "drop_lowest": 1,
    "letters": {"A": 90, "B": 80, "C": 70, "D": 60, "F": 0},
}
"""

Say = Callable[[str], None]


@dataclass(frozen=True)
class SemesterReport:
    """What was played, and where it lies."""

    course: Course
    grades: Class
    outcome: Outcome  #: of the topics
    exports: tuple[Path, ...]
    gallery: Path  #: its index
    checks: tuple[tuple[str, bool], ...]  #: what had to hold, and whether it did

    @property
    def as_expected(self) -> bool:
        return all(held for _, held in self.checks)


def play_semester(course: Course, root: Path, say: Say, real: str | None = "week04") -> SemesterReport:
    """Play a semester in a scratch copy of `course` at `root` (an empty folder). `real` is the week that is graded for
    real; None writes the scores of all. Raises TorchstoneError.
    """
    scratch = copy_course(course, root, _SETTINGS)
    members = synthetic.people(_PEOPLE, _SEED)
    outcome, checks = _give_topics(scratch, members, say)
    synthetic_weeks = [t for t in scratch.topics if t.assignment != real]
    if real is not None:
        _grade_for_real(scratch, real, members, say)
    say(f"{len(synthetic_weeks)} weeks of scores are written as grading would leave them")
    weeks = {t.assignment: synthetic.CELLS for t in synthetic_weeks}
    enter_scores(scratch, weeks, synthetic.exercise_scores(members, synthetic_weeks, _SEED))
    enter_roster(scratch)
    checks += _late_days(scratch, members, synthetic_weeks, say)
    _score_by_people(scratch, members, say)
    grades = class_grades(scratch, AFTER)
    write_pages(scratch, grades)
    plot = distribution(grades)
    if plot is not None:
        write_private(scratch.seminar / "grades.png", plot[0])
        say(plot[1])
    exports, held = _export(scratch, grades, real, say)
    gallery, shown = _share(scratch, members, real, say)
    return SemesterReport(scratch, grades, outcome, exports, gallery, (*checks, *held, shown))


def _give_topics(course: Course, members: Sequence[Member], say: Say) -> tuple[Outcome, list[tuple[str, bool]]]:
    say(f"{len(members) - 1} participants rank {len(course.topics)} topics; one more joins afterwards")
    sheet = course.root / "rankings.csv"
    sheet.write_text(synthetic.rankings(members, course.topics, _SEED))
    course.roster.write_text(synthetic.roster(members[:-1]))
    early = course.root / "rankings-of-29.csv"
    early.write_text("\n".join(sheet.read_text().splitlines()[:-1]) + "\n")
    first = allocate(course, early)
    before = load_allocation(course)
    course.roster.write_text(synthetic.roster(members))
    outcome = allocate(course, sheet, add=True)
    after = load_allocation(course)
    kept = all(
        after.presentations[s] == t and after.notebooks[s] == before.notebooks[s]
        for s, t in before.presentations.items()
    )
    reached = first.objectives
    say(
        f"  worst presentation rank {reached.worst_presentation}, worst notebook rank {reached.worst_notebook}, "
        f"sum {reached.total}"
    )
    for number in (1, 2):
        verify(read_receipt(course.seminar / f"topics-receipt-{number}.json"))
    return outcome, [("the newcomer moved nobody", kept), ("both receipts hold, solved again", True)]


def _grade_for_real(course: Course, assignment: str, members: Sequence[Member], say: Say) -> None:
    """Thirty notebooks with a few different programs, from a platform's download to nbgrader's gradebook."""
    topic = course.topic(assignment)
    say(f"{assignment} is graded for real")
    generate(course, assignment)
    week = week_of(course, assignment)
    kinds = [p for p in participants.load(course.graders / assignment / "demo.toml") if p.damage is None]
    release = handins.as_json((course.release / assignment / f"{assignment}.ipynb").read_bytes())
    writing = load_allocation(course).notebooks
    handed_in = []
    for number, person in enumerate(members):
        if topic.week in synthetic.ABSENT.get(person.id, ()):
            continue
        kind = kinds[number % len(kinds)]
        late = synthetic.LATE.get((person.id, topic.week), 0)
        as_person = kind.model_copy(update={"id": person.id, "late_hours": int(late)})
        cells = handins.answer_cells(kind, week)
        if assignment in writing[person.id]:
            cells["exploration"] = f"An exploration by {person.id}: noise against dropout, three seeds."
        handed_in.append((as_person, handins.notebook_of(as_person, release, cells)))
    download = course.root / "download.zip"
    download.write_bytes(handins.download(handed_in, assignment, course.due(assignment)))
    collect(
        download,
        assignment,
        collected=course.collected,
        submitted=course.submitted,
        roster=course.roster,
        timezone=course.timezone,
    )
    with GradingService(course, jobs=2) as service:
        report = grade_with(service, course, assignment)
    programs = len({row.key for row in report.rows})
    say(f"  {len(report.rows)} notebooks, {programs} different programs judged")
    for fault in report.faults:
        say(f"  ! {fault}")


def _late_days(course: Course, members: Sequence[Member], topics: Sequence[Topic], say: Say) -> list[tuple[str, bool]]:
    manifest = Manifest.load(course.manifest)
    for topic in topics:
        for person in members:
            if topic.week not in synthetic.ABSENT.get(person.id, ()):
                manifest = manifest.with_record(synthetic.attempt(person.id, topic, course.due(topic.assignment)))
    manifest.write(course.manifest)
    granted = [
        Extension(person, f"week{week:02d}", timedelta(days=days), "synthetic")
        for (person, week), days in synthetic.EXTENSIONS.items()
    ]
    write_extensions(course.seminar / FILE, granted)
    changed = apply_penalties(course)
    say(f"late days: {len(changed)} penalties, after {len(granted)} extensions and a bank of two days each")
    return [("late penalties are the policy's", stale_penalties(course) == ())]


def _score_by_people(course: Course, members: Sequence[Member], say: Say) -> None:
    """Explorations (every fifth by two graders), presentations, participation."""
    given = load_allocation(course)
    notebook, presentation, participation = (
        load_rubric(course, "notebook"),
        load_rubric(course, "presentation"),
        load_rubric(course, "participation"),
    )
    new: list[New] = []
    for number, person in enumerate(members):
        for topic in given.notebooks[person.id]:
            if course.topic(topic).week in synthetic.ABSENT.get(person.id, ()):
                continue
            for grader in ("grader-1", "grader-2")[: 2 if number % 5 == 0 else 1]:
                points = synthetic.marks(notebook, person, topic, grader, _SEED)
                new.append(New(mark(notebook, person.id, topic, points), grader, "synthetic"))
        topic = given.presentations[person.id]
        points = synthetic.marks(presentation, person, topic, "grader-1", _SEED)
        new.append(New(mark(presentation, person.id, topic, points), "grader-1", "synthetic"))
        for week in course.topics:
            points = synthetic.marks(participation, person, week.assignment, "grader-1", _SEED)
            new.append(New(mark(participation, person.id, week.assignment, points), "grader-1", "synthetic"))
    entered = enter(course, new)
    say(f"{len(entered.entries)} scores by people: explorations, presentations, participation")


def _export(
    course: Course, grades: Class, real: str | None, say: Say
) -> tuple[tuple[Path, ...], list[tuple[str, bool]]]:
    """Every export, and each read back."""
    folder = course.root / "exports"
    folder.mkdir(mode=0o700)
    roster, columns = read_roster(course.roster), columns_of(course, grades)
    export = folder / "canvas-export.csv"
    export.write_text(_canvas_export(course))
    texts = {
        "grades.csv": own_table(grades, columns),
        "moodle.csv": moodle_table(roster, columns),
        "canvas-import.csv": canvas.merge(export, course, roster, columns).text,
    }
    held = []
    for name, text in texts.items():
        (folder / name).write_text(text)
        held.append((f"{name}, read back, changes nothing", differences(folder / name, course, roster, columns) == ()))
    written = [folder / name for name in texts]
    if real is not None:
        with GradingService(course) as service:
            for student in sorted(p.name for p in course.submitted.iterdir()):
                content = results_json(student_report(course, real, student, service.store))
                write_private(folder / "gradescope" / student / "results.json", json.dumps(content).encode())
        written.append(folder / "gradescope")
    say(f"exports below {folder}")
    return tuple(written), held


def _share(course: Course, members: Sequence[Member], real: str | None, say: Say) -> tuple[Path, tuple[str, bool]]:
    """Everyone's notebooks in the gallery; those of the real week are taken out of its submissions."""
    given = load_allocation(course).notebooks
    shared = 0
    for person in members:
        for name in given[person.id]:
            topic = course.topic(name)
            if topic.week in synthetic.ABSENT.get(person.id, ()):
                continue
            shared += 1
            if name != real:
                share(course, person.id, name, synthetic.exploration(person.id, topic))
    built = build(course, course.root / "gallery", now=AFTER)
    say(f"the gallery shows {len(built.pieces)} notebooks: {built.index}")
    return built.index, ("every shared notebook is in the gallery", len(built.pieces) == shared)


def _canvas_export(course: Course) -> str:
    """What a learning platform would hand out before any grade is in it."""
    titles = [f"Week {t.week} ({1000 + t.week})" for t in course.topics] + ["Final grade (2000)"]
    lines = [
        ",".join(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles, "Current Score"]),
        ",".join(["    Points Possible", "", "", "", "", *("100" for _ in titles), "(read only)"]),
    ]
    for number, s in enumerate(read_roster(course.roster)):
        lines.append(f'"{s.last_name}, {s.first_name}",{900 + number},{s.id},{s.email},A,{"," * len(titles)}')
    return "\n".join(lines) + "\n"
