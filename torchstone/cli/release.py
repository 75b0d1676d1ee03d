"""`torchstone release`: check an assignment's source, then generate what students get."""

from __future__ import annotations

import click

from torchstone.cli import _options
from torchstone.config import Course


@click.command(epilog="Example: torchstone release week04")
@click.argument("assignments", nargs=-1, type=_options.AssignmentType(), metavar="ASSIGNMENT...")
@_options.course
@click.option("--all", "everything", is_flag=True, help="All assignments of the course that have a source.")
@click.option("--check-only", is_flag=True, help="Run the gate and write nothing.")
@_options.jobs("Gates at work at once, where there are several assignments")
def command(assignments: tuple[str, ...], course: Course, everything: bool, check_only: bool, jobs: int) -> None:
    """Run the gate on source/ASSIGNMENT, then write release/ASSIGNMENT through nbgrader.

    The gate: the solution earns full marks and the stub none; ids and points agree between notebook and graders; public
    checks pass on the solution and fail on the stub. A fault stops the release, with the exercise and the reason. Of
    several assignments each one passes or fails alone; exits with 1 if one failed.
    """
    from torchstone.batch import course_lock
    from torchstone.gradebook.releasing import gate, gates, generate
    from torchstone.gradebook.server import gradebook_lock

    if everything == bool(assignments):
        raise click.UsageError("name one assignment or several, or --all")
    chosen = tuple(dict.fromkeys(assignments)) or _all(course)
    what = f"release {' '.join(chosen)}"
    with course_lock(course.state, what), gradebook_lock(course, what):
        if len(chosen) == 1:
            _told(gate(course, chosen[0]))
            if not check_only:
                click.echo(f"wrote {generate(course, chosen[0])}")
            return
        failed = 0
        for assignment, proved in gates(course, chosen, jobs):
            if isinstance(proved, tuple):
                click.secho(assignment, bold=True)
                _told(proved)
                if not check_only:
                    click.echo(f"wrote {generate(course, assignment)}")
            else:
                failed += 1
                click.secho(f"✗ {proved}", fg="red", err=True)
    if failed:
        click.secho(f"{failed} of {len(chosen)} assignments are not released", fg="red", err=True)
        raise click.exceptions.Exit(1)


def _all(course: Course) -> tuple[str, ...]:
    from torchstone.errors import CourseError

    found = tuple(t.assignment for t in course.topics if (course.source / t.assignment).is_dir())
    if not found:
        raise CourseError(f"{course.source} holds no assignment of the course")
    return found


def _told(proved: tuple[str, ...]) -> None:
    for line in proved:
        click.echo(f"✓ {line}")
