"""`torchstone grade`: submissions into the gradebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.batch import Engine
    from torchstone.config import Course
    from torchstone.gradebook.grading import ClassReport, Row

#: Columns of a terminal that the table needs beside its exercises.
_BESIDE: Final = 60


@click.command(epilog="Example: torchstone grade week04 --jobs 4")
@_options.assignment
@_options.course
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; repeatable.")
@_options.jobs("Judges at work at once")
@click.option(
    "--on", "address", metavar="ADDRESS", help="Judge on the Dask cluster with this scheduler (docs/cluster.md)."
)
@click.option("--fresh", is_flag=True, help="Grade again what the results store already holds, and write all scores.")
@_options.trust
@_options.as_json
def command(
    assignment: str,
    course: Course,
    students: tuple[str, ...],
    jobs: int,
    address: str | None,
    fresh: bool,
    trust: bool,
    as_json: bool,
) -> None:
    """Grade ASSIGNMENT's submissions in the jail, then write scores into nbgrader's gradebook.

    A second run judges and writes only what changed. One that is stopped (Ctrl-C) keeps what was graded; run it again,
    and it goes on from there. Manual scores and comments that were given stay. The gradebook is backed up before it is
    written. Exits with 1 if a submission could not be graded through a fault of the course; its scores are left as they
    were.
    """
    from torchstone.batch import GradingService, course_lock
    from torchstone.cli._progress import Progress
    from torchstone.cli._stopping import stopping
    from torchstone.gradebook.grading import grade_with
    from torchstone.gradebook.report_json import report_json
    from torchstone.gradebook.server import gradebook_lock

    progress = Progress(quiet=as_json)
    with (
        course_lock(course.state, f"grade {assignment}"),
        gradebook_lock(course, f"grade {assignment}"),
        stopping(
            lambda: f"{progress.told or 'nothing graded yet'}; `torchstone grade {assignment}` goes on from there"
        ),
        GradingService(course, jobs, trust=trust, fresh=fresh, engine=_engine(address)) as service,
    ):
        with progress:
            report = grade_with(service, course, assignment, students, progress)
        if as_json:
            for piece in report_json(report, service.store.latest):
                click.echo(piece, nl=False)
        else:
            _table(report)
    raise click.exceptions.Exit(0 if report.clean else 1)


def _engine(address: str | None) -> Engine | None:
    if address is None:
        return None
    from torchstone.cluster import engine_at

    return engine_at(address, lambda line: click.secho(f"! {line}", fg="yellow", err=True))


def _table(report: ClassReport) -> None:
    from rich.console import Console
    from rich.table import Table

    console, exercises = Console(), report.exercises
    wide = console.width >= _BESIDE + sum(len(e) + 3 for e in exercises)
    table = Table(title=f"{report.assignment}: {len(report.rows)} submission{'s' * (len(report.rows) != 1)}")
    table.add_column("student", overflow="fold")
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("of", justify="right", no_wrap=True)
    for exercise in exercises if wide else ():
        table.add_column(exercise, justify="right", no_wrap=True)
    if not wide:
        table.add_column("points lost")
    table.add_column("notes")
    for row in report.rows:
        earned = "–" if row.earned is None else f"{row.earned:g}"
        given = row.exercises
        scores = [f"{given[e]:g}" if e in given else "–" for e in exercises]
        middle = scores if wide else [_lost(row)]
        table.add_row(row.student, earned, f"{row.points:g}", *middle, "; ".join(row.notes))
    console.print(table)
    for fault in report.faults:
        click.secho(f"! {fault}", fg="red", err=True)


def _lost(row: Row) -> str:
    """Where a student lost points, for a terminal too narrow for a column an exercise."""
    exercises = row.summary.exercises if row.summary else ()
    return ", ".join(f"{e.exercise} {e.points - e.earned:g}" for e in exercises if e.earned < e.points)
