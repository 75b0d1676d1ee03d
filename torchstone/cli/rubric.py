"""`torchstone rubric`: what people score by, and scores entered by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from torchstone.cli import _marks, _options

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.seminar.ledger import Kind
    from torchstone.seminar.rubric import Rubric

_kind = click.argument("kind", type=click.Choice(["notebook", "presentation", "participation"]))


@click.group(epilog="Example: torchstone rubric score notebook s01 week04 -i hypothesis=2 -i comparison=2.5 …")
def command() -> None:
    """Score explorations, presentations and participation by a rubric. Every entry is kept with who and when."""


@command.command(epilog="Example: torchstone rubric show notebook")
@_kind
@click.option("--student-view", is_flag=True, help="Only what students may read.")
@_options.course
@_options.as_json
def show(kind: Kind, student_view: bool, course: Course, as_json: bool) -> None:
    """Show the rubric of KIND with its notes and its bank of comments; faults in the file are named."""
    from torchstone.seminar.rubric import load_rubric

    rubric = load_rubric(course, kind)
    if as_json:
        facts = rubric.model_dump(mode="json")
        if student_view:
            del facts["comments"]
            facts["items"] = [{k: v for k, v in item.items() if k != "grader_note"} for item in facts["items"]]
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        _show(rubric, student_view=student_view)


@command.command(epilog="Example: torchstone rubric score notebook s01 week04 -i hypothesis -i comparison=2.5 …")
@_kind
@click.argument("student")
@click.argument("topic")
@_marks.items
@_marks.bank
@_marks.comment
@_marks.by
@_options.course
@_options.as_json
def score(
    kind: Kind,
    student: str,
    topic: str,
    items: tuple[str, ...],
    bank: tuple[str, ...],
    comment: str,
    by: str,
    course: Course,
    as_json: bool,
) -> None:
    """Enter points for STUDENT's KIND of TOPIC. Every item is named (0 where none are given), choices once."""
    entered = _marks.score_all(course, kind, [student], topic, items, by=by, bank=bank, comment=comment)
    _marks.tell(course, entered, as_json=as_json)


@command.command(epilog="Example: torchstone rubric withdraw notebook s01 week04 --why 'entered for the wrong person'")
@_kind
@click.argument("student")
@click.argument("topic")
@click.option("--why", required=True, help="The reason, for the record.")
@_marks.by
@_options.course
@_options.as_json
def withdraw(kind: Kind, student: str, topic: str, why: str, by: str, course: Course, as_json: bool) -> None:
    """Take back what you entered: the work is ungraded then, not zero. The record keeps both entries."""
    from torchstone.batch import course_lock
    from torchstone.errors import CourseError
    from torchstone.seminar import ledger
    from torchstone.seminar.marking import Entered
    from torchstone.seminar.people import People
    from torchstone.seminar.standing import latest

    topic = People(course).topic(topic)
    with course_lock(course.state, f"rubric withdraw {topic}"):
        said = latest(ledger.read(course), kind).get((student, topic), {})
        if by not in said:
            whose = f"; {', '.join(said)} did" if said else ""
            raise CourseError(f"{by} has entered no {kind} of {student} for {topic}{whose}")
        entries = ledger.append(course, [ledger.New(ledger.Withdrawal(kind, student, topic, why), by)])
    _marks.tell(course, Entered(entries, 0), as_json=as_json)


@command.command(epilog="Example: torchstone rubric sheet notebook week04 --to week04-ta1.csv --anonymous --by ta1")
@_kind
@click.argument("topic")
@_marks.to
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; repeatable.")
@click.option("--anonymous", is_flag=True, help="Neutral ids, in an order that tells nothing.")
@_marks.by
@_options.course
def sheet(
    kind: Kind, topic: str, to: Path, students: tuple[str, ...], anonymous: bool, by: str, course: Course
) -> None:
    """Write a CSV sheet for one grader: a row for each student, a column for each item, earlier points filled in."""
    _marks.write_sheet(course, kind, topic, to, by, students, anonymous=anonymous)


@command.command(epilog="Example: torchstone rubric work week04 --to to-read --anonymous")
@click.argument("topic")
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder.")
@click.option("--anonymous", is_flag=True, help="Under the sheet's neutral ids, without the authors' names.")
@_options.course
def work(topic: str, to: Path, anonymous: bool, course: Course) -> None:
    """Write the notebooks of TOPIC as pages to read while scoring, under the ids of the sheet."""
    from torchstone.batch import course_lock
    from torchstone.cli.gallery import left_out_lines
    from torchstone.seminar.gallery import build_for_grading

    with course_lock(course.state, f"rubric work {topic}"):
        built = build_for_grading(course, topic, to, anonymous=anonymous)
    for line in left_out_lines(built):
        click.secho(f"· {line}", fg="yellow")
    click.echo(f"{len(built.pieces)} notebooks; open {built.index}")


@command.command("import", epilog="Example: torchstone rubric import notebook week04-ta1.csv --by ta1")
@_kind
@_marks.csv_file
@click.option("--topic", default="", help="The topic of every row, where the file has no such column.")
@_marks.by
@_options.course
@_options.as_json
def import_(kind: Kind, file: Path, topic: str, by: str, course: Course, as_json: bool) -> None:
    """Take in a filled-in sheet: all rows, or none if one is wrong; each wrong row is named with its reason."""
    _marks.tell(course, _marks.take_in(course, kind, file, by, topic), as_json=as_json)


@command.command(epilog="Example: torchstone rubric formgrader week04")
@click.argument("topic")
@click.option("--by", default="formgrader", show_default=True, metavar="GRADER", help="Whose scores they are.")
@_options.course
@_options.as_json
def formgrader(topic: str, by: str, course: Course, as_json: bool) -> None:
    """Read back the explorations of TOPIC that were scored in nbgrader's formgrader."""
    from torchstone.batch import course_lock
    from torchstone.seminar.formgrader import read_back

    with course_lock(course.state, f"rubric formgrader {topic}"):
        entered = read_back(course, topic, by)
    _marks.tell(course, entered, as_json=as_json)


@command.command(epilog="Example: torchstone rubric standings notebook --topic week04")
@_kind
@click.option("--topic", default=None, help="Only this topic.")
@_options.course
@_options.as_json
def standings(kind: Kind, topic: str | None, course: Course, as_json: bool) -> None:
    """Show where everyone stands: the graders' mean, and a flag where they differ."""
    _marks.show_standings(course, kind, topic, as_json=as_json)


@command.command(epilog="Example: torchstone rubric differences notebook")
@_kind
@_options.course
@_options.as_json
def differences(kind: Kind, course: Course, as_json: bool) -> None:
    """Show where graders are too far apart, item by item, for them to settle. Exits with 1 if there is such work."""
    from torchstone.seminar.standing import differing

    found = differing(course, kind)
    if as_json:
        rows = [{"student": s, "topic": t, "graders": said} for (s, t), said in found.items()]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    for (student, topic), said in () if as_json else found.items():
        click.echo(f"{student}, {topic}:")
        for grader, items in said.items():
            click.echo(f"  {grader}: " + ", ".join(f"{item} {points:g}" for item, points in items.items()))
    if not found and not as_json:
        click.echo("no graders differ by more than their rubric's tolerance")
    raise click.exceptions.Exit(1 if found else 0)


@command.command(epilog="Example: torchstone rubric pages")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; repeatable.")
@_options.course
@_options.as_json
def pages(students: tuple[str, ...], course: Course, as_json: bool) -> None:
    """Write a page for each student: every score by item, with the comments, and without who gave it."""
    from torchstone.batch import course_lock
    from torchstone.seminar.scored import write_scored_pages

    with course_lock(course.state, "rubric pages"):
        written = write_scored_pages(course, students)
    if as_json:
        click.echo(json.dumps([str(path) for path in written], indent=2))
        return
    click.echo(f"{len(written)} pages in {course.seminar / 'scored'}")


@command.command(epilog="Example: torchstone rubric log --student s01")
@click.option("--student", default=None, metavar="ID", help="Only about this student.")
@_options.course
@_options.as_json
def log(student: str | None, course: Course, as_json: bool) -> None:
    """Show every entry ever made: who, when, what, instead of what. A ledger that was changed by hand is refused."""
    from torchstone.seminar import ledger

    entries = ledger.read(course)
    rows = [
        (entry, text)
        for entry, text in zip(entries, ledger.explained(entries), strict=True)
        if student in (None, entry.what.student)
    ]
    if as_json:
        found = [{**ledger.as_json(entry), "text": text} for entry, text in rows]
        click.echo(json.dumps({"head": ledger.head(course), "entries": found}, indent=2, ensure_ascii=False))
        return
    for _, text in rows:
        click.echo(text)
    click.echo(f"{len(rows)} entries; the ledger ends with {ledger.head(course)[:16]}")


def _show(rubric: Rubric, *, student_view: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=f"{escape(rubric.title)}: {rubric.points:g} points", show_lines=True)
    table.add_column("id")
    table.add_column("points", justify="right")
    table.add_column("what a student reads")
    if not student_view:
        table.add_column("for graders")
    for item in rubric.items:
        choice = f"\n(one of group {item.group})" if item.exclusive else ""
        reads = f"[bold]{escape(item.title)}[/]\n{escape(item.student_explanation)}"
        cells = [item.id + choice, f"{item.points:g}", reads]
        table.add_row(*cells, *([] if student_view else [escape(item.grader_note)]))
    console = Console()
    console.print(table)
    if rubric.comments and not student_view:
        console.print("Comments of the bank (--bank ID):")
        for comment in rubric.comments:
            console.print(f"  [bold]{comment.id}[/]: {escape(comment.text)}")
