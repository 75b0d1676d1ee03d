"""`torchstone grade`: submissions into the gradebook."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.gradebook.grading import ClassReport, Row

#: Columns of a terminal that the table needs beside its exercises.
_BESIDE: Final = 60


@click.command(epilog="Example: torchstone grade week04 --jobs 2")
@_options.assignment
@_options.course
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; repeatable.")
@click.option("--jobs", "-j", type=click.IntRange(1), default=2, show_default=True, help="Judges at work at once.")
@click.option("--fresh", is_flag=True, help="Grade again what the results store already holds.")
@_options.trust
@_options.as_json
def command(
    assignment: str, course: Course, students: tuple[str, ...], jobs: int, fresh: bool, trust: bool, as_json: bool
) -> None:
    """Grade ASSIGNMENT's submissions in the jail, then write scores into nbgrader's gradebook.

    Manual scores and comments that were given stay. The gradebook is backed up first. Exits with 1 if a submission
    could not be graded through a fault of the course; its scores are left as they were.
    """
    from torchstone.batch import course_lock
    from torchstone.cli._progress import Progress
    from torchstone.gradebook.grading import grade_assignment

    with course_lock(course.state, f"grade {assignment}"), Progress(quiet=as_json) as progress:
        report = grade_assignment(
            course, assignment, students=students, jobs=jobs, fresh=fresh, trust=trust, progress=progress
        )
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
    else:
        _table(report)
    raise click.exceptions.Exit(0 if report.clean else 1)


def _table(report: ClassReport) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    wide = console.width >= _BESIDE + sum(len(e) + 3 for e in report.exercises)
    table = Table(title=f"{report.assignment}: {len(report.rows)} submission{'s' * (len(report.rows) != 1)}")
    table.add_column("student", overflow="fold")
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("of", justify="right", no_wrap=True)
    for exercise in report.exercises if wide else ():
        table.add_column(exercise, justify="right", no_wrap=True)
    if not wide:
        table.add_column("points lost")
    table.add_column("notes")
    for row in report.rows:
        earned = "–" if row.earned is None else f"{row.earned:g}"
        scores = [f"{row.exercises[e]:g}" if e in row.exercises else "–" for e in report.exercises]
        middle = scores if wide else [_lost(row)]
        table.add_row(row.student, earned, f"{row.points:g}", *middle, "; ".join(row.notes))
    console.print(table)
    for fault in report.faults:
        click.secho(f"! {fault}", fg="red", err=True)


def _lost(row: Row) -> str:
    """Where a student lost points, for a terminal too narrow for a column an exercise."""
    exercises = row.result.exercises if row.result else ()
    return ", ".join(f"{e.exercise} {e.points - e.earned:g}" for e in exercises if e.earned < e.points)
