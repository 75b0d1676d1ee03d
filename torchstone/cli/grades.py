"""`torchstone grades`: final grades, their pages, and exports to other systems."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.seminar.exports.canvas import Cell
    from torchstone.seminar.grades.facts import Class

_FILE = click.Path(path_type=Path, dir_okay=False)
_SHORT: Final = {
    "exercises": "exercises",
    "explorations": "explor.",
    "presentation": "present.",
    "participation": "particip.",
}
_to = click.option("--to", "to", type=_FILE, required=True, help="The file to write.")


@click.group(invoke_without_command=True, epilog="Example: torchstone grades")
@click.option(
    "--course", "directory", default=".", metavar="DIR", help="The course directory (default: here, or above)."
)
@_options.as_json
@click.pass_context
def command(ctx: click.Context, directory: str, as_json: bool) -> None:
    """Show everyone's grade as it stands, and write the distribution to seminar/grades.png.

    Exercises, explorations, presentation and participation are weighted as course_config.py says. What is missing is
    shown as missing and keeps a grade open; it is zero only where the policy says so.
    """
    if ctx.invoked_subcommand is not None:
        ctx.default_map = {ctx.invoked_subcommand: {"course": directory}}  # `grades --course DIR csv` means DIR too
        return
    from torchstone import config
    from torchstone.collecting.files import write_private
    from torchstone.seminar.grades.plot import distribution

    course = config.load(config.find_root(Path(directory)))
    grades = _grades(course)
    plot = distribution(grades)
    if plot is not None:
        write_private(course.seminar / "grades.png", plot[0])
    if as_json:
        click.echo(json.dumps([_as_json(grades, g) for g in grades.grades], indent=2, ensure_ascii=False))
        return
    table(grades)
    if plot is None:
        click.echo("no distribution is drawn of fewer than 5 people")
    else:
        click.echo(f"{plot[1]}\nwrote {course.seminar / 'grades.png'}")


@command.command(epilog="Example: torchstone grades pages")
@_options.course
def pages(course: Course) -> None:
    """Write each student's page: the grade, everything that it is made of, and what is missing."""
    from torchstone.batch import course_lock
    from torchstone.seminar.grades.page import write_pages

    with course_lock(course.state, "grades pages"):
        written = write_pages(course, _grades(course))
    click.echo(f"{len(written)} pages below {course.seminar / 'grades'}")


@command.command(epilog="Example: torchstone grades csv --to grades.csv")
@_to
@_options.course
def csv(to: Path, course: Course) -> None:
    """Write a table of all parts in percent; an empty cell is a part that is missing."""
    from torchstone.seminar.exports.columns import columns_of
    from torchstone.seminar.exports.tables import own_table

    grades = _grades(course)
    _write(to, own_table(grades, columns_of(course, grades)))


@command.command(epilog="Example: torchstone grades moodle --to moodle.csv")
@_to
@_options.course
def moodle(to: Path, course: Course) -> None:
    """Write a CSV for Moodle's grade import; give each grade item there a maximum of 100."""
    from torchstone.collecting import read_roster
    from torchstone.seminar.exports.columns import columns_of
    from torchstone.seminar.exports.tables import moodle_table

    _write(to, moodle_table(read_roster(course.roster), columns_of(course, _grades(course))))


@command.command(epilog="Example: torchstone grades canvas export.csv --to import.csv")
@click.argument("export", type=_FILE)
@_to
@click.option("--column", "named", multiple=True, metavar="OURS=TITLE", help="Our column into Canvas's; repeatable.")
@_options.course
@_options.as_json
def canvas(export: Path, to: Path, named: tuple[str, ...], course: Course, as_json: bool) -> None:
    """Merge grades into EXPORT, the gradebook that you exported from Canvas, and show what changes.

    Columns are matched by title («Week 4», a topic's title, «Final grade»). Everything else stays as it is; a cell
    where our side has nothing keeps what it has. Exits with 1 if a row's person is not in the roster.
    """
    from dataclasses import asdict

    from torchstone.collecting import read_roster
    from torchstone.seminar.exports.canvas import merge
    from torchstone.seminar.exports.columns import columns_of

    if to.resolve() == export.resolve():
        raise click.BadParameter("it is the export itself; write to another file", param_hint="--to")
    titles = dict(_pair(text) for text in named)
    columns = columns_of(course, _grades(course))
    merged = merge(export, course, read_roster(course.roster), columns, titles)
    _write(to, merged.text, quiet=as_json)
    if as_json:
        click.echo(json.dumps({k: v for k, v in asdict(merged).items() if k != "text"}, indent=2, ensure_ascii=False))
    else:
        for theirs, ours in merged.filled:
            click.echo(f"«{theirs}» takes {ours}")
        _diff(merged.changes)
        click.echo(f"not in Canvas: {', '.join(merged.left_out) or 'nothing'}")
        for line in merged.unmatched:
            click.secho(f"! {line}; left as it was", fg="yellow", err=True)
    raise click.exceptions.Exit(1 if merged.unmatched else 0)


@command.command(epilog="Example: torchstone grades gradescope week04 --to gradescope/")
@_options.assignment
@click.option("--to", "to", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder to fill.")
@_options.course
def gradescope(assignment: str, to: Path, course: Course) -> None:
    """Write one results.json for each student who handed in ASSIGNMENT, as a Gradescope autograder would."""
    from torchstone.batch import GradingService
    from torchstone.collecting.files import write_private
    from torchstone.gradebook.book import open_book
    from torchstone.gradebook.report import Reports
    from torchstone.seminar.exports.gradescope import results_json

    course.topic(assignment)
    with GradingService(course) as service, open_book(course) as book:
        reports = Reports(course, assignment, service.store, book)
        students = [student for student, submitted in reports.everyone().items() if submitted]
        for report in reports.of(students):
            text = json.dumps(results_json(report), indent=1, ensure_ascii=False) + "\n"
            write_private(to.resolve() / report.student / "results.json", text.encode())
    click.echo(f"{len(students)} results below {to}")


@command.command(epilog="Example: torchstone grades compare moodle-export.csv")
@click.argument("file", type=_FILE)
@_options.course
def compare(file: Path, course: Course) -> None:
    """Show where FILE (our CSV, Moodle's or Canvas's) differs from the grades as they stand. Changes nothing.

    Exits with 1 if something differs.
    """
    from torchstone.collecting import read_roster
    from torchstone.seminar.exports.columns import columns_of
    from torchstone.seminar.exports.compare import differences

    found = differences(file, course, read_roster(course.roster), columns_of(course, _grades(course)))
    _diff(found)
    raise click.exceptions.Exit(1 if found else 0)


def _grades(course: Course) -> Class:
    from torchstone.seminar.grades.facts import class_grades

    return class_grades(course, datetime.now(UTC))


def _pair(text: str) -> tuple[str, str]:
    ours, mark, title = text.partition("=")
    if not mark or not title:
        raise click.BadParameter(f"{text!r}; write it as week04='Title in Canvas'", param_hint="--column")
    return ours, title


def _write(to: Path, text: str, *, quiet: bool = False) -> None:
    from torchstone.collecting.files import write_private

    write_private(to.resolve(), text.encode())
    if not quiet:
        click.echo(f"wrote {to}")


def _diff(changes: tuple[Cell, ...]) -> None:
    for c in changes:
        click.echo(f"row {c.row}, {c.student}, {c.column}: {c.before.strip() or 'empty'} → {c.after or 'missing'}")
    click.echo(f"{len(changes)} cells differ")


def _as_json(grades: Class, grade: Any) -> dict[str, Any]:
    from torchstone.seminar.grades.grade import rounded

    places = grades.policy.decimals
    return {
        "student": grade.student,
        "final": None if grade.shown is None else float(grade.shown),
        "letter": grade.letter,
        "so_far": None if grade.so_far is None else float(rounded(grade.so_far, places)),
        "parts": {
            p.name: None if p.fraction is None else float(rounded(p.fraction * 100, places)) for p in grade.parts
        },
        "open": list(grade.open_because),
    }


def table(grades: Class) -> None:
    """Prints everyone's grade by parts."""
    from rich.console import Console
    from rich.table import Table

    from torchstone.seminar.grades.grade import rounded

    places = grades.policy.decimals
    made = Table(title=f"{len(grades.grades)} participants; percent")
    made.add_column("student", no_wrap=True)
    for name, weight in grades.policy.weights.items():
        made.add_column(f"{_SHORT[name]} {float(weight):g}", justify="right")
    made.add_column("final", justify="right", no_wrap=True)
    made.add_column("so far", justify="right", no_wrap=True)
    made.add_column("", no_wrap=True)
    for g in grades.grades:
        parts = ["missing" if p.fraction is None else f"{rounded(p.fraction * 100, places):f}" for p in g.parts]
        so_far = "" if g.so_far is None else f"{rounded(g.so_far, places):f}"
        made.add_row(g.student, *parts, "open" if g.shown is None else f"{g.shown:f}", so_far, g.letter or "")
    Console().print(made)
    for g in grades.grades:
        if g.open_because:
            click.echo(f"open: {g.student}: {'; '.join(g.open_because)}")
    for line in grades.unsettled:
        click.secho(f"! {line}; their mean counts until they settle it", fg="yellow")
