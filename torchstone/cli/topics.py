"""`torchstone topics`: give out presentations and notebooks by people's rankings."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchstone.config import Course
    from torchstone.seminar.topics.allocate import Outcome

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(epilog="Example: torchstone topics allocate rankings.csv")
def command() -> None:
    """Give one presentation and three other notebooks to each participant, by their rankings."""


@command.command(epilog="Example: torchstone topics template --to rankings.csv")
@_options.course
@click.option("--to", "to", type=_FILE, default="rankings.csv", show_default=True, help="The file to write.")
def template(course: Course, to: Path) -> None:
    """Write an empty ranking sheet: a row for each participant, a column for each topic."""
    from torchstone.collecting import read_roster
    from torchstone.collecting.files import write_private
    from torchstone.errors import CourseError
    from torchstone.seminar.topics import rankings
    from torchstone.seminar.topics.allocate import given_out

    if to.exists():
        raise CourseError(f"{to} is there already, perhaps filled in; move it away, or name another with --to")
    roster = read_roster(course.roster)
    write_private(to.resolve(), rankings.template(roster, given_out(course)).encode("utf-8-sig"))
    click.echo(f"wrote {to}: {len(roster)} rows; 1 is the favourite, and each number stands once in a row")


@command.command(epilog="Example: torchstone topics allocate rankings.csv --fixed fixed.csv")
@click.argument("rankings", type=_FILE)
@_options.course
@click.option("--fixed", type=_FILE, help="What you decided before: a CSV of id,kind,topic.")
@click.option("--seed", help="A text that ties are drawn by, thrown in public; default: the problem's own hash.")
@click.option("--add", is_flag=True, help="Give topics to newcomers; nobody who has topics is moved.")
@click.option("--anew", is_flag=True, help="Give out everything again, in place of what stands.")
@click.option("--unranked-take-the-rest", "unranked", is_flag=True, help="People without a row take what remains.")
@_options.as_json
def allocate(
    rankings: Path,
    course: Course,
    fixed: Path | None,
    seed: str | None,
    add: bool,
    anew: bool,
    unranked: bool,
    as_json: bool,
) -> None:
    """Give out topics by RANKINGS: the best allocation, proved to be the best.

    First the worst rank of a presentation is made as small as can be, then the worst rank of a notebook, then the sum
    of all ranks; ties are drawn by the seed. Writes the allocation, a table, a calendar, a page with a picture, and a
    receipt that you can publish. Where nothing fits, it says what is in the way and the smallest change.
    """
    from torchstone.batch import course_lock
    from torchstone.seminar.topics.allocate import allocate as give_out

    if add and anew:
        raise click.UsageError("--add keeps what stands and --anew replaces it; give one of them")
    with course_lock(course.state, "topics allocate"):
        outcome = give_out(
            course,
            rankings,
            fixed=fixed,
            seed=seed,
            add=add,
            anew=anew,
            unranked=unranked,
            progress=_progress(as_json),
        )
    if as_json:
        content = {**asdict(outcome), "files": [str(f) for f in outcome.files]}
        click.echo(json.dumps(content, indent=2, ensure_ascii=False))
    else:
        _show(outcome)


@command.command(epilog="Example: torchstone topics verify topics-receipt-1.json")
@click.argument("receipt", type=_FILE)
def verify(receipt: Path) -> None:
    """Solve the problem in a published RECEIPT again, and see that nothing better and nothing else comes out.

    Needs no course. Exits with 1 if something does not hold.
    """
    from torchstone.seminar.topics.receipt import read_receipt
    from torchstone.seminar.topics.receipt import verify as check

    read = read_receipt(receipt)
    for line in check(read, _progress(quiet=False)):
        click.echo(f"✓ {line}")


def _progress(quiet: bool) -> Callable[[str], None]:
    """Tells the stage at work on a terminal; silence in a pipe."""
    import sys

    if quiet or not sys.stderr.isatty():
        return lambda stage: None
    return lambda stage: click.echo(f"making small: {stage}", err=True)


def _show(outcome: Outcome) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{len(outcome.given)} participants; in brackets: the rank in their own list")
    for column in ("id", "name", "presents", "notebooks", "code", ""):
        table.add_column(column, overflow="fold")
    for g in outcome.given:
        first, *others = (f" ({r})" if r is not None else "" for r in g.ranks)
        notebooks = ", ".join(t + r for t, r in zip(g.notebooks, others, strict=True))
        table.add_row(g.student, g.name, g.presentation + first, notebooks, g.code, "as before" if g.kept else "")
    Console().print(table)
    reached = outcome.objectives
    click.echo(
        f"worst presentation rank {reached.worst_presentation}, worst notebook rank {reached.worst_notebook}, "
        f"sum of ranks {reached.total}: none of them can be smaller (model {outcome.model[:12]}…)"
    )
    if outcome.left:
        click.echo(f"not in the roster any more, topics given back: {', '.join(outcome.left)}")
    for path in outcome.files:
        click.echo(f"wrote {path}")
