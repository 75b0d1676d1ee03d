"""`torchstone check NOTEBOOK`: a student's public checks, on the student's own machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from torchstone.cli import _options
from torchstone.errors import SubmissionError
from torchstone.messages import page, terminal

if TYPE_CHECKING:
    from torchstone.kit.localcheck import LocalReport

_SYMBOLS: Final = {"passed": ("✓", "green"), "failed": ("✗", "red"), "not written": ("·", "yellow")}


@click.command(epilog="Example: torchstone check week04.ipynb --exercise dropout")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--exercise", "-e", "exercises", multiple=True, help="Only this exercise (may be given several times).")
@_options.as_json
def command(notebook: Path, exercises: tuple[str, ...], as_json: bool) -> None:
    """Run NOTEBOOK's public checks here. Training runs and figures (demonstration cells) are left out.

    Exits with 0 if every exercise passed. The hidden checks look at more cases than these.
    """
    from torchstone.kit import localcheck
    from torchstone.notebook import read

    try:
        data = notebook.read_bytes()
    except OSError as e:
        raise SubmissionError(terminal.cannot_be_read(str(notebook), e.strerror or type(e).__name__)) from None
    cells = localcheck.cells_of(read(data))
    known = [c.exercise for c in cells if c.grade]
    for name in exercises:
        if name not in known:
            raise click.BadParameter(terminal.no_such_exercise(name, [str(k) for k in known]))
    report = localcheck.run(cells, only=exercises or None)
    if as_json:
        click.echo(json.dumps({**asdict(report), "passed": report.passed}, indent=2, ensure_ascii=False))
    else:
        _show(report)
    raise click.exceptions.Exit(0 if report.passed else 1)


def _show(report: LocalReport) -> None:
    for cell in report.broken:
        click.secho(terminal.could_not_run(page.place(cell.cell, cell.line), cell.message), fg="yellow")
        if cell.code:
            click.echo(f"    {cell.code}")
    for result in report.results:
        symbol, colour = _SYMBOLS[result.status]
        click.secho(f"{symbol} {result.exercise}", fg=colour, nl=not result.message)
        if result.message:
            first, *rest = result.message.splitlines()
            click.echo(f": {first.removeprefix(f'{result.exercise}: ')}")
            for line in rest:
                click.echo(f"    {line}")
    passed = sum(r.status == "passed" for r in report.results)
    click.echo(terminal.exercises_passed(passed, len(report.results)))
