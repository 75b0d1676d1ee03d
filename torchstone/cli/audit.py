"""`torchstone audit`: what in the gradebook nothing explains."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course


@click.command(epilog="Example: torchstone audit week04")
@_options.assignment
@_options.course
@click.option("--accept", is_flag=True, help="Take what is found as explained, as long as it stays as it is.")
@_options.as_json
def command(assignment: str, course: Course, accept: bool, as_json: bool) -> None:
    """Compare the gradebook with the receipts: points, extra credit, manual scores, triggers, rows from nowhere.

    Explorations that are in the ledger of rubric scores are explained. Exits with 1 if something is found.
    """
    from torchstone.gradebook import audit

    found = audit.audit(course, assignment, [_ledger])
    if accept:
        audit.accept(course, found)
    if as_json:
        click.echo(json.dumps(audit.as_json(found), indent=2, ensure_ascii=False))
    else:
        for item in found:
            click.echo(f"{item.kind}: {item.where}: {item.told}")
        click.echo(_summary(len(found), accept))
    raise click.exceptions.Exit(1 if found and not accept else 0)


def _summary(number: int, accepted: bool) -> str:
    if not number:
        return "Everything in the gradebook is explained by a receipt or a record."
    things = "1 thing is" if number == 1 else f"{number} things are"
    return f"{things} accepted from now on." if accepted else f"{things} not explained."


def _ledger(course: Course, assignment: str, student: str, cell: str) -> Iterable[float]:
    """What graders entered for a student's exploration."""
    from torchstone.seminar import ledger
    from torchstone.seminar.formgrader import CELL
    from torchstone.seminar.standing import latest

    if cell != CELL:
        return ()
    said = latest(ledger.read(course), "notebook").get((student, assignment), {})
    return [entry.what.points for entry in said.values() if isinstance(entry.what, ledger.Score)]
