"""`torchstone demo`: the class of twelve."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click

from torchstone.cli import _options
from torchstone.config import Course


@click.command(epilog="Example: torchstone demo --to /tmp/demo")
@_options.course
@click.option("--assignment", default="week04", show_default=True, help="The week that is played.")
@click.option("--seminar", is_flag=True, help="Play a whole semester of thirty instead.")
@click.option("--to", "to", type=click.Path(path_type=Path, file_okay=False), help="An empty folder to play in.")
def command(course: Course, assignment: str, seminar: bool, to: Path | None) -> None:
    """Play a week with a class of twelve in a scratch copy of the course: hand in, collect, release, grade, feedback.

    Among them: a right solution and another one, the stub, misconceptions, a syntax error, an endless loop, a crash, a
    damaged notebook, a late one, one that is wrong but clever. Prints what each was given beside what was expected, and
    exits with 1 if any differs.

    With --seminar: rankings, topics, fourteen weeks of submissions, scores by people, late days, final grades, exports
    and the gallery. One week (--assignment) is graded for real; the others' scores are synthetic.
    """
    from rich.console import Console
    from rich.table import Table

    from torchstone.demo import play

    if to is not None and to.exists() and any(to.iterdir()):
        raise click.BadParameter(f"{to} is not empty", param_hint="--to")
    root = (to or Path(tempfile.mkdtemp(prefix="torchstone-demo-"))).resolve()
    start = time.monotonic()
    if seminar:
        _seminar(course, assignment, root)
        click.echo(f"{time.monotonic() - start:.0f} s, in {root}")
        return
    report = play(course, assignment, root, click.echo)

    table = Table(title="What was expected, and what was given")
    table.add_column("handed in")
    table.add_column("expected", justify="right")
    table.add_column("given", justify="right")
    table.add_column("")
    for row in report.rows:
        good = not row.complaints
        mark = "[green]✓[/]" if good else f"[red]✗ {'; '.join(row.complaints)}[/]"
        table.add_row(row.participant.title, f"{row.expected_total:g}", f"{row.total:g}", mark)
    Console().print(table)
    click.echo(f"{time.monotonic() - start:.0f} s. The pages, for staff: {report.index}")
    for row in report.rows:
        click.echo(f"  {row.page}")
    if not report.as_expected:
        click.secho("something was not given what it earned", fg="red", err=True)
        raise click.exceptions.Exit(1)


def _seminar(course: Course, assignment: str, root: Path) -> None:
    from torchstone.cli.grades import table
    from torchstone.demo.semester import play_semester

    report = play_semester(course, root, click.echo, real=assignment)
    table(report.grades)
    for what, held in report.checks:
        click.echo(f"{'✓' if held else '✗'} {what}")
    for path in (report.course.seminar, *report.exports, report.gallery):
        click.echo(f"  {path}")
    if not report.as_expected:
        click.secho("something does not hold", fg="red", err=True)
        raise click.exceptions.Exit(1)
