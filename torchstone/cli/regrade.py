"""`torchstone regrade --what-if`: who would change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.gradebook.what_if import WhatIf


@click.command(epilog="Example: torchstone regrade week04 --what-if")
@_options.assignment
@_options.course
@click.option("--what-if", is_flag=True, help="Grade with today's graders on the side, compare, and write nothing.")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; repeatable.")
@click.option("--jobs", "-j", type=click.IntRange(1), default=2, show_default=True, help="Judges at work at once.")
@_options.as_json
def command(
    assignment: str, course: Course, what_if: bool, students: tuple[str, ...], jobs: int, as_json: bool
) -> None:
    """Show whose score of ASSIGNMENT would change, and by how much, if a corrected grader were applied.

    Compares the results that scores rest on with what the graders of today give, exercise by exercise, before late
    penalties. To apply them: torchstone grade ASSIGNMENT.
    """
    from torchstone.cli._progress import Progress
    from torchstone.gradebook.what_if import what_if as look

    if not what_if:
        raise click.UsageError(
            f"say --what-if to see who would change; `torchstone grade {assignment}` applies today's graders"
        )
    with Progress(quiet=as_json) as progress:
        found = look(course, assignment, students, jobs=jobs, progress=progress)
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        _show(found)


def _show(found: WhatIf) -> None:
    for row in found.changed:
        before = "–" if row.before is None else f"{row.before:g}"
        after = "–" if row.after is None else f"{row.after:g}"
        gain = f" ({row.after - row.before:+g})" if row.before is not None and row.after is not None else ""
        click.secho(f"{row.student}: {before} → {after}{gain}", bold=True, nl=not row.note)
        if row.note:
            click.echo(f"; {row.note}")
        for change in row.changes:
            stays = "; a grader's own points stand there and stay" if change.manual else ""
            click.echo(f"  {change.exercise}: {change.before:g} → {change.after:g}{stays}")
            for check in change.checks:
                click.echo(f"    {check}")
    click.echo(f"{len(found.changed)} of {len(found.rows)} would change; nothing was written")
