"""`torchstone publish`: the students' bundle."""

from __future__ import annotations

from pathlib import Path

import click

from torchstone.cli import _options
from torchstone.config import Course


@click.command(epilog="Example: torchstone publish week04 --to ~/bundle")
@_options.assignment
@click.option("--to", "to", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder.")
@_options.course
def command(assignment: str, to: Path, course: Course) -> None:
    """Write the folder that students get: released notebook, wheel, constraints, data; scanned for secrets."""
    from torchstone.gradebook.publish import publish

    report = publish(course, assignment, to)
    for path in report.files:
        click.echo(f"  {path}")
    click.echo(f"wrote {to}; {report.scanned} files scanned, no secret in them")
