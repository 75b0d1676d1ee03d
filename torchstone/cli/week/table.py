"""`torchstone week table`."""

from __future__ import annotations

import click

from torchstone.cli import _options
from torchstone.config import Course


@click.command(epilog="Example: torchstone week table --measure week04")
@_options.course
@click.option("--measure", "measured", multiple=True, metavar="WEEK", help="Time this week anew; repeatable.")
def command(course: Course, measured: tuple[str, ...]) -> None:
    """Write docs/weeks.md: every week with its exercises, points, checks, misconceptions, alternatives and runtimes.

    Runtimes that stand there already are kept; `--measure week04` grades week 4's solution and runs its notebook.
    """
    from torchstone.contracts import table

    click.echo(f"wrote {table.write(course, measured)}")
