"""`torchstone week check`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.contracts.check import Report, Row


@click.command(epilog="Example: torchstone week check week04 --exercise dropout")
@_options.assignment
@_options.course
@click.option("--exercise", "-e", "exercises", multiple=True, metavar="ID", help="Only this exercise; repeatable.")
@click.option("--jobs", "-j", type=click.IntRange(1), default=2, show_default=True, help="Judges at work at once.")
@_options.as_json
def command(assignment: str, course: Course, exercises: tuple[str, ...], jobs: int, as_json: bool) -> None:
    """Prove that the graders of ASSIGNMENT can be trusted with grades.

    For every exercise: the solution and every alternative earn everything, far within the tolerance; the stub earns
    nothing; every misconception loses points, far beyond it, and is named; every check compares something, fails when
    its reference is perturbed, and is passed by no impostor (a constant, the input, zeros, NaN, None, nothing, the
    right answer for another seed); gradients are checked through random upstream gradients. The solution notebook runs
    in a Jupyter kernel in under 60 s. Inputs are drawn from the public key.

    Exits with 1, the exercise and the reason if anything does not hold. docs/graders.md says what to do about it.
    """
    from torchstone.cli._progress import Progress
    from torchstone.contracts import check_week

    with Progress(quiet=as_json) as progress:
        report = check_week(course, assignment, exercises, jobs=jobs, progress=progress)
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
    else:
        _show(report)
    raise click.exceptions.Exit(0 if report.holds else 1)


def _show(report: Report) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{report.assignment}: graders, graded")
    table.add_column("exercise", no_wrap=True)
    for name in ("points", "checks", "wrong", "right", "tol", "CPU s"):
        table.add_column(name, justify="right")
    table.add_column("")
    for row in report.rows:
        table.add_row(row.exercise, *_figures(row), "[green]✓[/]" if row.holds else "[red]✗[/]")
    Console().print(table)
    if report.notebook is not None:
        sign = "✓" if not report.notebook.complaints else "✗"
        click.echo(f"{sign} the solution notebook: {report.notebook.cost:.0f} s in a Jupyter kernel")
    for exercise, proof, complaint in report.complaints:
        click.secho(f"✗ {exercise}, {proof}: ", fg="red", nl=False)
        click.echo(complaint)
    tried = sum(p.tried for r in report.rows for p in r.proofs)
    verdict = "everything holds" if report.holds else f"{len(report.complaints)} complaints"
    click.echo(f"{verdict}: {tried} cases in {report.seconds:.0f} s")


def _figures(row: Row) -> tuple[str, ...]:
    share = f"≤ {row.share:.1%}" if row.share is not None else "–"
    cost = f"{row.cost:.1f}" if row.cost is not None else "–"
    return f"{row.points:g}", str(row.checks), str(row.misconceptions), str(row.alternatives), share, cost
