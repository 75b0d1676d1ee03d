"""`torchstone insights`: what a class missed, for the next lecture."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.feedback.insights import Insights


@click.command(epilog="Example: torchstone insights week04")
@_options.assignment
@_options.course
@_options.as_json
def command(assignment: str, course: Course, as_json: bool) -> None:
    """Show what the class missed in ASSIGNMENT: scores, checks by failure rate, shared misconceptions.

    Writes a page with plots, too. No number speaks of fewer than five people, shown or worked out from others; with
    fewer than five results nothing is shown.
    """
    from torchstone.feedback.insights_page import class_insights, write_insights

    facts = class_insights(course, assignment)
    page = write_insights(course, assignment, facts)
    if as_json:
        click.echo(json.dumps({**asdict(facts), "page": str(page)}, indent=2, ensure_ascii=False))
    else:
        _show(facts)
        click.echo(f"the page: {page}")


def _show(facts: Insights) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    for finding in facts.findings:
        where = f"{finding.exercise}, {finding.title}"
        click.echo(f"{finding.group.count} of {finding.of}: {finding.group.misconception} ({where})")
    if not facts.findings:
        click.echo("no misconception is shared by a group that is large enough to be shown")
    table = Table(title=f"{facts.assignment}: {facts.students} results, mean {facts.mean:.3g} of {facts.maximum:g}")
    table.add_column("check")
    table.add_column("exercise")
    table.add_column("do not pass", justify="right")
    table.add_column("explained by")
    shown = [check for check in facts.checks if check.failed is not None]
    for check in shown:
        count = f"{check.failed} of {check.settled}"
        groups = "; ".join(f"{g.count} {g.misconception}" for g in check.groups)
        table.add_row(escape(check.title), check.exercise, count, escape(groups))
    if shown:
        console.print(table)
    if hidden := len(facts.checks) - len(shown):
        click.echo(f"{hidden} of {len(facts.checks)} checks are not shown: a group would be smaller than five")
    highest = max((b.count for b in facts.bins), default=0)
    for b in facts.bins:
        bar = "█" * round(30 * b.count / highest) if highest else ""
        click.echo(f"{b.low:6.3g} to {b.high:<6.3g} {bar} {b.count}")
