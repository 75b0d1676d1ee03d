"""`torchstone roster`: the class."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course


@click.command(epilog="Example: torchstone roster ~/Downloads/class.csv")
@click.argument("source", required=False, type=click.Path(path_type=Path, dir_okay=False))
@_options.course
def command(source: Path | None, course: Course) -> None:
    """Take in the class from SOURCE (default: look at roster.csv), and enter it into nbgrader's gradebook.

    Columns: id,last_name,first_name,email and, if wanted, section. Every row that cannot be used is named, and then
    nothing is changed. People in the gradebook who are not in the roster are named and stay.
    """
    from torchstone.batch import course_lock
    from torchstone.collecting import read_roster
    from torchstone.collecting.files import write_private
    from torchstone.gradebook.book import enter_roster, strangers, there_is_a_book
    from torchstone.gradebook.server import gradebook_lock

    roster = read_roster(source or course.roster)
    with course_lock(course.state, "roster"), gradebook_lock(course, "roster"):
        if source is not None:
            before = {s.id for s in read_roster(course.roster)} if course.roster.exists() else set()
            write_private(course.roster, source.read_bytes())
            added = [s.id for s in roster if s.id not in before]
            gone = sorted(before - {s.id for s in roster})
            click.echo(f"{len(added)} new, {len(gone)} not in it any more{': ' if gone else ''}{', '.join(gone)}")
        sections = sorted({s.section for s in roster if s.section})
        click.echo(f"{len(roster)} people" + (f" in sections {', '.join(sections)}" if sections else ""))
        if not there_is_a_book(course):
            click.echo("there is no gradebook yet: the class is entered when the first assignment is graded")
            return
        enter_roster(course)
        click.echo("entered into the gradebook")
        for name in strangers(course):
            click.secho(
                f"! {name} is in the gradebook and not in the roster; nothing of theirs is changed", fg="yellow"
            )
