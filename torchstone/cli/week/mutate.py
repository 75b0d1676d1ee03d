"""`torchstone week mutate`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.contracts.mutate import Mutation


@click.command(epilog="Example: torchstone week mutate week04 --exercise dropout")
@_options.assignment
@_options.course
@click.option("--exercise", "-e", "exercises", multiple=True, metavar="ID", help="Only this exercise; repeatable.")
@click.option("--jobs", "-j", type=click.IntRange(1), default=2, show_default=True, help="Judges at work at once.")
@click.option("--fresh", is_flag=True, help="Try all mutants again, also those whose fate is known.")
@_options.as_json
def command(assignment: str, course: Course, exercises: tuple[str, ...], jobs: int, fresh: bool, as_json: bool) -> None:
    """Make mistakes in ASSIGNMENT's solution by machine, and see that each of them loses points.

    An operator, a sign, a comparison, an axis, a constant, a term, a call, a statement, an argument: one change a
    mutant, graded on its own exercise. What survives is listed with its line and its diff: sharpen a check, or say in
    graders/ASSIGNMENT/equivalents.toml why it is no mistake (at most 5 %; it is then tried on 10,000 probes).

    What became of them is kept in graders/kept/; only changed exercises are tried again, and one in twenty of the rest.
    Exits with 1 if anything survives.
    """
    from torchstone.cli._progress import Progress
    from torchstone.contracts.mutate import mutate_week

    with Progress(quiet=as_json) as progress:
        mutation = mutate_week(course, assignment, exercises, jobs=jobs, fresh=fresh, progress=progress)
    if as_json:
        click.echo(json.dumps(mutation.as_json(), indent=2, ensure_ascii=False))
    else:
        _show(mutation)
    raise click.exceptions.Exit(0 if mutation.holds else 1)


def _show(mutation: Mutation) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{mutation.assignment}: mutants")
    table.add_column("exercise", no_wrap=True)
    for name in ("mutants", "tried now", "equivalent", "survivors"):
        table.add_column(name, justify="right")
    for f in mutation.fates:
        survivors = f"[red]{len(f.survivors)}[/]" if f.survivors else "0"
        table.add_row(f.exercise, str(f.tried + f.known), str(f.tried), str(f.equivalent), survivors)
    Console().print(table)
    for mutant in mutation.survivors:
        click.secho("survives: ", fg="red", nl=False)
        click.echo(str(mutant))
    for complaint in mutation.complaints:
        click.secho("✗ ", fg="red", nl=False)
        click.echo(complaint)
    click.echo(f"{len(mutation.survivors)} of {mutation.total} mutants survive; {mutation.seconds:.0f} s")
