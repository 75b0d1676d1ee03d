"""`torchstone forget`: remove everything of one student."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course


@click.command(epilog="Example: torchstone forget aj42")
@click.argument("student")
@_options.course
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(student: str, course: Course, yes: bool) -> None:
    """Remove STUDENT's submissions, graded copies, feedback, attempts, results and gradebook rows, after asking.

    Says what is removed, and what still names them (backups, the roster, class pages). It cannot be undone.
    Exits with 1 if there is nothing of theirs.
    """
    from torchstone.batch import course_lock
    from torchstone.gradebook.forget import forget, traces
    from torchstone.gradebook.server import gradebook_lock

    with course_lock(course.state, f"forget {student}"), gradebook_lock(course, f"forget {student}"):
        found = traces(course, student, _staff_pages(course, student))
        if not found.anything:
            click.echo(f"there is nothing of {student} here")
            _tell_what_is_left(found.left)
            raise click.exceptions.Exit(1)
        click.echo(f"of {student}:")
        for line in found.told:
            click.echo(f"  {line}")
        if not yes:
            click.confirm("Remove all of it for good?", abort=True)
        forget(course, found)
        click.echo("removed")
        _tell_what_is_left(found.left)


def _tell_what_is_left(left: tuple[str, ...]) -> None:
    for line in left:
        click.echo(f"still there: {line}")


def _staff_pages(course: Course, student: str) -> list[Path]:
    from torchstone.feedback.page import staff_page_name

    return sorted(course.feedback.glob(f"*-staff/{staff_page_name(student)}"))
