"""`torchstone release`: check an assignment's source, then generate what students get."""

from __future__ import annotations

import click

from torchstone.cli import _options
from torchstone.config import Course


@click.command(epilog="Example: torchstone release week04")
@_options.assignment
@_options.course
@click.option("--check-only", is_flag=True, help="Run the gate and write nothing.")
def command(assignment: str, course: Course, check_only: bool) -> None:
    """Run the gate on source/ASSIGNMENT, then write release/ASSIGNMENT through nbgrader.

    The gate: the solution earns full marks and the stub none; ids and points agree between notebook and graders; public
    checks pass on the solution and fail on the stub. A fault stops the release, with the exercise and the reason.
    """
    from torchstone.batch import course_lock
    from torchstone.gradebook.releasing import gate, generate
    from torchstone.gradebook.server import gradebook_lock

    with course_lock(course.state, f"release {assignment}"), gradebook_lock(course, f"release {assignment}"):
        for line in gate(course, assignment):
            click.echo(f"✓ {line}")
        if check_only:
            return
        click.echo(f"wrote {generate(course, assignment)}")
