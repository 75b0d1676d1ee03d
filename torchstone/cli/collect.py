"""`torchstone collect`: take in submissions."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from torchstone.cli import _options
from torchstone.config import Course


@click.command(epilog="Example: torchstone collect ~/Downloads/week04-submissions.zip week04")
@click.argument("source", type=click.Path(path_type=Path))
@_options.assignment
@_options.course
@click.option(
    "--received",
    type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"]),
    help="When these were received (course time), if SOURCE does not know it.",
)
@click.option("--times", type=click.Path(path_type=Path, dir_okay=False), help="The platform's listing of times (CSV).")
@_options.as_json
def command(
    source: Path, assignment: str, course: Course, received: datetime | None, times: Path | None, as_json: bool
) -> None:
    """Take in SOURCE: a learning platform's ZIP, a folder of notebooks, or nbgrader's own submitted/.

    Every attempt is kept under collected/ with its hash and the time it was received; the latest goes to submitted/.
    Archives are read member by member and never extracted. Exits with 1 if something could not be taken.
    """
    from torchstone.batch import course_lock
    from torchstone.collecting import collect

    course.topic(assignment)
    with course_lock(course.state, f"collect {assignment}"):
        report = collect(
            source,
            assignment,
            collected=course.collected,
            submitted=course.submitted,
            roster=course.roster,
            timezone=course.timezone,
            received=received.replace(tzinfo=course.timezone) if received else None,
            times=times,
        )
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
    else:
        for line in report.lines():
            click.echo(line)
    raise click.exceptions.Exit(0 if report.clean else 1)
