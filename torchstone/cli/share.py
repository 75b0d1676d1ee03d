"""`torchstone share`: the notebooks that participants share, and how far each goes."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from torchstone.cli import _marks, _options

if TYPE_CHECKING:
    from torchstone.config import Course


@click.group(epilog="Example: torchstone share add attention.ipynb s01 week10")
def command() -> None:
    """The notebooks that participants share in the gallery. Inside the class, under their names, unless they say so."""


@command.command(epilog="Example: torchstone share add attention.ipynb s01 week10")
@click.argument("notebook", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("student")
@click.argument("topic")
@_options.course
def add(notebook: Path, student: str, topic: str, course: Course) -> None:
    """Keep NOTEBOOK as what STUDENT shares on TOPIC; it stands in for the exploration of that week's submission."""
    from torchstone.batch import course_lock
    from torchstone.errors import CourseError
    from torchstone.seminar.shared import share

    try:
        data = notebook.read_bytes()
    except OSError as e:
        raise CourseError(f"{notebook} cannot be read: {e.strerror}") from None
    with course_lock(course.state, "share add"):
        path = share(course, student, topic, data)
    click.echo(f"kept {path}")


@command.command(epilog="Example: torchstone share consent s01 --beyond --anonymous")
@click.argument("student")
@click.option("--beyond/--class-only", default=False, show_default=True, help="Whether it may leave the class.")
@click.option("--anonymous/--named", default=False, show_default=True, help="Whether the author's name is taken out.")
@_marks.by
@_options.course
def consent(student: str, beyond: bool, anonymous: bool, by: str, course: Course) -> None:
    """Note what STUDENT said of how far their notebooks may go; the latest word counts."""
    from torchstone.batch import course_lock
    from torchstone.seminar.shared import Consent, set_consent

    with course_lock(course.state, "share consent"):
        set_consent(course, student, Consent(beyond, anonymous), by)
    where = "beyond the class" if beyond else "inside the class only"
    click.echo(f"{student}: {where}, {'without the name' if anonymous else 'with the name'}")


@command.command("list", epilog="Example: torchstone share list --json")
@_options.course
@_options.as_json
def list_(course: Course, as_json: bool) -> None:
    """List the shared notebooks, those that ought to be and are not, and what their authors said."""
    from torchstone.seminar.shared import Consent, consents, shared_notebooks

    shared, left_out = shared_notebooks(course)
    said = consents(course)
    rows = [
        {"student": s.student, "topic": s.topic, "own": s.own, **asdict(said.get(s.student, Consent()))} for s in shared
    ]
    if as_json:
        click.echo(json.dumps({"shared": rows, "left_out": [asdict(one) for one in left_out]}, indent=2))
        return
    for row in rows:
        kind = "a notebook of its own" if row["own"] else "the exploration of the week's submission"
        marks = [word for word in ("beyond", "anonymous") if row[word]]
        click.echo(f"{row['student']}, {row['topic']}: {kind}{'; ' + ', '.join(marks) if marks else ''}")
    for one in left_out:
        click.secho(f"· {one.student}, {one.topic}: left out, {one.reason}", fg="yellow")
