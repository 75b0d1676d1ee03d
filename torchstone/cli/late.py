"""`torchstone late`: extensions, and penalties brought up to date."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.gradebook.late import Change


@click.group(epilog="Example: torchstone late apply --all")
def command() -> None:
    """Grant extensions, and bring late penalties up to date: extension, then the bank of free days, then the penalty.

    The time of receipt is the manifest's, the deadline the configuration's, by the course's wall clock.
    """


@command.command(epilog="Example: torchstone late apply week04")
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...", type=_options.AssignmentType())
@click.option("--all", "everything", is_flag=True, help="Every assignment of the gradebook.")
@click.option("--check-only", is_flag=True, help="Write nothing; exit with 1 if something would change.")
@_options.course
@_options.as_json
def apply(assignments: tuple[str, ...], everything: bool, check_only: bool, course: Course, as_json: bool) -> None:
    """Write the penalties that the policy gives now into nbgrader's gradebook, for formgrader and exports alike.

    Run it after an extension, a new deadline or policy, or late submissions: a student's bank of free days links the
    assignments. The gradebook is backed up first.
    """
    from torchstone.batch import course_lock
    from torchstone.gradebook.backup import backup
    from torchstone.gradebook.late import apply_penalties, stale_penalties
    from torchstone.gradebook.server import gradebook_lock

    if bool(assignments) == everything:
        raise click.UsageError("name assignments, or give --all")
    if check_only:
        changes = stale_penalties(course, assignments)
    else:
        with course_lock(course.state, "late apply"), gradebook_lock(course, "late apply"):
            backup(course)
            changes = apply_penalties(course, assignments)
    _show(changes, as_json, "would be" if check_only else "is now")
    raise click.exceptions.Exit(1 if check_only and changes else 0)


@command.command(epilog='Example: torchstone late extend week04 participant-07 --days 2 --reason "travel"')
@_options.assignment
@click.argument("student")
@click.option("--days", type=click.FloatRange(0, 365, min_open=True), help="From the deadline; fractions are allowed.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]), help="By the course's wall clock.")
@click.option("--reason", default="", help="For staff.")
@click.option("--remove", is_flag=True, help="Take the extension back.")
@_options.course
def extend(
    assignment: str,
    student: str,
    days: float | None,
    until: datetime | None,
    reason: str,
    remove: bool,
    course: Course,
) -> None:
    """Note an extension of ASSIGNMENT for STUDENT in seminar/extensions.csv, in place of an earlier one."""
    from torchstone.batch import course_lock
    from torchstone.collecting import read_roster
    from torchstone.collecting.extensions import FILE, Extension, read_extensions, write_extensions
    from torchstone.errors import CourseError
    from torchstone.gradebook.late import due_of

    due = course.due(assignment)
    if [days is not None, until is not None, remove].count(True) != 1:
        raise click.UsageError("give one of --days, --until, --remove")
    if read_roster(course.roster).get(student) is None:
        raise CourseError(f"{student!r} is not in {course.roster.name}")
    with course_lock(course.state, "late extend"):
        path = course.seminar / FILE
        kept = [e for e in read_extensions(path, due_of(course)) if (e.student, e.assignment) != (student, assignment)]
        if not remove:
            by = timedelta(days=days) if days is not None else (until or due) - due.replace(tzinfo=None)
            if by <= timedelta(0):
                raise CourseError(f"{until:%Y-%m-%d %H:%M} is not after the deadline, {due:%Y-%m-%d %H:%M}")
            kept.append(Extension(student, assignment, by, reason))
            click.echo(f"{student} has until {due + by:%Y-%m-%d %H:%M %Z} for {assignment}")
        write_extensions(path, kept)
    click.echo("`torchstone late apply --all` brings the gradebook up to date")


def _show(changes: tuple[Change, ...], as_json: bool, verb: str) -> None:
    if as_json:
        click.echo(json.dumps([asdict(change) for change in changes], indent=2, ensure_ascii=False))
        return
    for c in changes:
        click.echo(f"{c.student}, {c.assignment}: {c.stored:g} {verb} {c.due.penalty:g}. {c.due.reason}")
    word = "penalty" if len(changes) == 1 else "penalties"
    click.echo(f"{len(changes)} {word} {'not as the policy has it' if verb != 'is now' else 'changed'}")
