"""`torchstone term`: the next term."""

from __future__ import annotations

from datetime import datetime

import click

from torchstone.cli import _options
from torchstone.config import Course


@click.group(epilog="Example: torchstone term new --start 2022-09-12")
def command() -> None:
    """Start the next term in this directory, with the old one in the archive."""


@command.command(epilog="Example: torchstone term new --start 2022-09-12")
@_options.course
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), help="The first session (default: 52 weeks later).")
@click.option("--id", "new_id", help="The new course id (default: the old one with the new year).")
@click.option("--yes", is_flag=True, help="Do not ask.")
def new(course: Course, start: datetime | None, new_id: str | None, yes: bool) -> None:
    """Move every date of course_config.py by whole weeks, archive the old term, make a new secret and gradebook.

    Sources, graders, releases and rubrics stay. Gradebook, submissions, scores, roster and secret go to
    archive/OLD-ID/. Nothing is deleted; if it is interrupted, run it again and it is finished.
    """
    from torchstone.batch import course_lock
    from torchstone.seminar.term import new_term

    if not yes:
        click.confirm(f"archive {course.id} and start the next term in {course.root}?", abort=True)
    with course_lock(course.state, "term new"):
        term = new_term(course, start.date() if start else None, new_id, lambda step: click.echo(f"  {step}"))
    made = term.course
    click.echo(f"{made.id}: {made.topics[0].date} to {made.topics[-1].date}; the old term is in {term.archive}")
    click.echo(
        "Next: `torchstone secret export`, a new roster (`torchstone roster FILE`), look through the comments of"
    )
    click.echo("course_config.py for dates, and release each week anew (`torchstone release week01`).")
