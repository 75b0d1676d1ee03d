"""`torchstone week new`."""

from __future__ import annotations

import click

from torchstone.cli import _options
from torchstone.config import Course


@click.command(epilog="Example: torchstone week new week15")
@click.argument("week")
@_options.course
def command(week: str, course: Course) -> None:
    """Write source/WEEK and graders/WEEK with one example exercise, which passes `torchstone week check` at once.

    Replace the example bit by bit, and check as you go: docs/graders.md. Nothing that is there is replaced.
    """
    from torchstone.contracts.scaffold import scaffold

    for path in scaffold(course, week):
        click.echo(f"wrote {path.relative_to(course.root)}")
    known = {topic.assignment for topic in course.topics}
    if week not in known:
        click.echo(f"next: add a topic for {week} to course_config.py, or it cannot be released")
    click.echo(f"next: torchstone week check {week}")
