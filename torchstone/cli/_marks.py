"""What `rubric`, `participation` and `presentation` share: options, and how scores are shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.seminar.ledger import Kind
    from torchstone.seminar.marking import Entered
    from torchstone.seminar.rubric import Rubric


_NOTES_SHOWN: Final = 5


def _login() -> str:
    import getpass

    return getpass.getuser()


by = click.option(
    "--by",
    default=_login,
    show_default="your login name",
    metavar="GRADER",
    help="Whose score it is: a neutral id. Two graders give a mean.",
)
bank = click.option("--bank", multiple=True, metavar="ID", help="A comment of the rubric's bank; repeatable.")
comment = click.option("--comment", default="", help="A comment of your own, to the student.")
items = click.option(
    "--item", "-i", "items", multiple=True, metavar="ID[=POINTS]", help="Points for an item (all, if none are named)."
)
csv_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
to = click.option("--to", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write.")


def given(rubric: Rubric, pairs: Sequence[str]) -> dict[str, float]:
    """`("seeds=2", "figure")` as points by item. Raises CourseError."""
    from torchstone.errors import CourseError
    from torchstone.seminar.marking import amount

    found: dict[str, float] = {}
    for pair in pairs:
        name, equals, points = pair.partition("=")
        if name in found:
            raise CourseError(f"{name} is given twice")
        full = rubric.item(name).points
        found[name] = amount(points, full) if equals else full
    return found


def score_all(
    course: Course,
    kind: Kind,
    students: Sequence[str],
    topic: str,
    pairs: Sequence[str],
    *,
    by: str,
    bank: Sequence[str] = (),
    comment: str = "",
) -> Entered:
    """Enter the same points for each of `students`, for all or for none. Raises CourseError."""
    from torchstone.batch import course_lock
    from torchstone.seminar.ledger import New
    from torchstone.seminar.marking import enter, mark
    from torchstone.seminar.people import People
    from torchstone.seminar.rubric import load_rubric

    rubric, people = load_rubric(course, kind), People(course)
    topic, points = people.topic(topic), given(rubric, pairs)
    scores = [mark(rubric, people.student(student), topic, points, comment, bank) for student in students]
    with course_lock(course.state, f"{kind} {topic}"):
        return enter(course, [New(score, by) for score in scores])


def take_in(course: Course, kind: Kind, file: Path, by: str, topic: str = "") -> Entered:
    """Enter the scores of a CSV sheet. Raises CourseError."""
    from torchstone.batch import course_lock
    from torchstone.seminar.sheet import take_in as take_sheet

    with course_lock(course.state, f"{kind} import"):
        return take_sheet(course, kind, file, by, topic=topic)


def write_sheet(
    course: Course, kind: Kind, topic: str, to: Path, by: str, students: Sequence[str] = (), *, anonymous: bool = False
) -> None:
    """Write a grader's sheet to the file `to`, which must not be there yet. Raises CourseError."""
    from torchstone.collecting.files import write_private
    from torchstone.errors import CourseError
    from torchstone.seminar.sheet import sheet

    if to.exists():
        raise CourseError(f"{to} is there already; name another file, so that no filled-in sheet is lost")
    write_private(to.resolve(), sheet(course, kind, topic, by, students, anonymous=anonymous).encode("utf-8"))
    verb = "rubric import notebook" if kind == "notebook" else f"{kind} import"
    click.echo(f"wrote {to}; fill it in, then run `torchstone {verb} {to}`")


def tell(course: Course, entered: Entered, *, as_json: bool) -> None:
    """What was entered, one line each, and what of it counts nowhere."""
    from torchstone.seminar import ledger
    from torchstone.seminar.marking import strays

    if as_json:
        entries = [ledger.as_json(entry) for entry in entered.entries]
        facts = {"entered": entries, "unchanged": entered.unchanged, "notes": strays(course, entered.entries)}
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for entry in entered.entries:
        click.echo(ledger.explain(entry))
    notes = strays(course, entered.entries)
    for note in notes[:_NOTES_SHOWN]:
        click.secho(f"! {note}", fg="yellow", err=True)
    if len(notes) > _NOTES_SHOWN:
        click.secho(f"! … and {len(notes) - _NOTES_SHOWN} more of this kind", fg="yellow", err=True)
    same = f", {entered.unchanged} were entered before" if entered.unchanged else ""
    click.echo(f"{len(entered.entries)} entered{same}")


def show_standings(course: Course, kind: Kind, topic: str | None, *, as_json: bool) -> None:
    """Where everyone stands, and who is to settle a difference."""
    from torchstone.seminar.people import People
    from torchstone.seminar.standing import standings

    chosen = People(course).topic(topic) if topic else None
    found = {key: s for key, s in standings(course, kind).items() if chosen in (None, key[1])}
    if as_json:
        rows: list[dict[str, Any]] = [{"student": who, "topic": what, **asdict(s)} for (who, what), s in found.items()]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{kind}: {len(found)} scored")
    for name, right in (("student", False), ("topic", False), ("points", True), ("of", True), ("graders", False)):
        table.add_column(name, justify="right" if right else "left")
    table.add_column("")
    for (student, what), s in found.items():
        flag = "! the graders differ: settle it" if s.differs else ""
        table.add_row(student, what, f"{s.points:.4g}", f"{s.maximum:g}", ", ".join(s.graders), flag)
    Console().print(table)


def weekly(kind: Kind, example: str, about: str) -> click.Group:
    """The group `torchstone KIND`: scores by week, from the terminal or from a CSV."""

    @click.group(epilog=f"Example: torchstone {kind} score week04 s01 s02 {example}", help=about)
    def group() -> None:
        return

    @group.command(epilog=f"Example: torchstone {kind} score week04 s01 s02 {example}")
    @click.argument("week")
    @click.argument("students", nargs=-1, required=True)
    @items
    @bank
    @comment
    @by
    @_options.course
    @_options.as_json
    def score(
        week: str,
        students: tuple[str, ...],
        items: tuple[str, ...],
        bank: tuple[str, ...],
        comment: str,
        by: str,
        course: Course,
        as_json: bool,
    ) -> None:
        """Give each of STUDENTS the same points for WEEK. One wrong id or item, and nothing is entered."""
        entered = score_all(course, kind, students, week, items, by=by, bank=bank, comment=comment)
        tell(course, entered, as_json=as_json)

    @group.command(epilog=f"Example: torchstone {kind} sheet week04 --to {kind}-week04.csv")
    @click.argument("week")
    @to
    @click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; repeatable.")
    @by
    @_options.course
    def sheet(week: str, to: Path, students: tuple[str, ...], by: str, course: Course) -> None:
        """Write a CSV sheet with a row for each student and a column for each item of the rubric."""
        write_sheet(course, kind, week, to, by, students)

    @group.command("import", epilog=f"Example: torchstone {kind} import {kind}-week04.csv")
    @csv_file
    @click.option("--week", default="", help="The week of every row, where the file has no such column.")
    @by
    @_options.course
    @_options.as_json
    def import_(file: Path, week: str, by: str, course: Course, as_json: bool) -> None:
        """Take in FILE: all rows, or none if one is wrong; each wrong row is named with its reason.

        Columns: student, week (or topic), and the rubric's items or points.
        """
        tell(course, take_in(course, kind, file, by, week), as_json=as_json)

    @group.command(epilog=f"Example: torchstone {kind} show --week week04")
    @click.option("--week", default=None, help="Only this week.")
    @_options.course
    @_options.as_json
    def show(week: str | None, course: Course, as_json: bool) -> None:
        """Show where everyone stands; an excused or absent entry is missing, not zero."""
        show_standings(course, kind, week, as_json=as_json)

    return group
