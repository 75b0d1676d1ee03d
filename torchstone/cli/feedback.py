"""`torchstone feedback`: each student's page."""

from __future__ import annotations

import json

import click

from torchstone.cli import _options
from torchstone.config import Course


@click.command(epilog="Example: torchstone feedback week04")
@_options.assignment
@_options.course
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; repeatable.")
@_options.jobs("Processes that make pages at once")
@_options.as_json
def command(assignment: str, course: Course, students: tuple[str, ...], jobs: int, as_json: bool) -> None:
    """Write one self-contained page for each graded student into nbgrader's feedback folder.

    Only pages that would be others than those that lie there are made. `nbgrader release_feedback` hands them out.
    Staff read feedback/ASSIGNMENT.html, which links to pages with the evidence.
    """
    from torchstone.batch import course_lock
    from torchstone.cli._progress import Progress
    from torchstone.cli._stopping import stopping
    from torchstone.feedback import write_feedback

    course.topic(assignment)
    progress = Progress(quiet=as_json)
    with (
        course_lock(course.state, f"feedback {assignment}"),
        stopping(lambda: f"{progress.told or 'at the start'}; `torchstone feedback {assignment}` goes on from there"),
        progress,
    ):
        written = write_feedback(course, assignment, students, jobs=jobs, progress=progress)
    if as_json:
        click.echo(json.dumps([str(path) for path in written.all], indent=2))
        return
    click.echo(
        f"{len(written.pages)} pages below {course.feedback}; for staff: {written.index} "
        f"({written.made} of {len(written.pages) + len(written.staff)} had to be made)"
    )
