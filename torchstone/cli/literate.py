"""`torchstone literate NOTEBOOK`: what a notebook lacks of the seminar's demands, told to its author."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from torchstone.cli import _options
from torchstone.errors import SubmissionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchstone.kit.literate import Advice
    from torchstone.seminar.rerun import Rerun

_SYMBOLS: Final = {"there": ("✓", "green"), "missing": ("✗", "red"), "look": ("·", "yellow")}
_CELLS_SHOWN: Final = 8


@click.command(epilog="Example: torchstone literate exploration.ipynb")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--seconds", type=click.FloatRange(1, 3600), default=60.0, show_default=True, help="How long it may run.")
@click.option("--run/--no-run", default=True, show_default=True, help="Run it from top to bottom, too.")
@click.option("--jail/--no-jail", "jailed", default=None, help="Insist on the jail, or on a plain kernel.")
@_options.as_json
def command(notebook: Path, seconds: float, run: bool, jailed: bool | None, as_json: bool) -> None:
    """Tell what NOTEBOOK still lacks before it is handed in: explanation, figures, seeds, references, a fresh run.

    It advises and never scores, and a reader may judge otherwise: words are looked for in English. Of a week's notebook
    the exploration is looked at, and all of it is run. Exits with 0 whatever the advice.
    """
    from torchstone.kit.literate import advise
    from torchstone.messages import literate as told
    from torchstone.notebook import authored_part, read

    try:
        data = notebook.read_bytes()
    except OSError as e:
        raise SubmissionError(f"{notebook} cannot be read: {e.strerror}") from None
    whole = read(data)
    found = authored_part(whole)
    part, report = found or (whole, None)
    advice = advise(part, _code_before(whole, part), report)
    done = None
    if run:
        from torchstone.seminar.rerun import rerun

        if not as_json:
            click.echo(told.running(), err=True)
        done = rerun(whole, seconds, jailed=jailed)
    if as_json:
        looked_at = "exploration" if found else "whole"
        ran = {**asdict(done), "good": done.good} if done else None
        facts = {"part": looked_at, "advice": [asdict(a) for a in advice], "run": ran}
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    if found:
        click.echo(told.about_exploration())
    _show(advice)
    if done:
        _show_run(done)
    open_points = sum(a.state != "there" for a in advice) + (done is not None and not done.good)
    click.echo(told.points_open(open_points) if open_points else told.nothing_open())


def _code_before(whole: dict[str, Any], part: dict[str, Any]) -> int:
    """The number of code cells of a notebook that come before a part of it (whose cells are the notebook's own)."""
    first = next((i for i, cell in enumerate(whole["cells"]) if part["cells"] and cell is part["cells"][0]), 0)
    return sum(cell["cell_type"] == "code" for cell in whole["cells"][:first])


def _show(advice: Sequence[Advice]) -> None:
    for one in advice:
        symbol, colour = _SYMBOLS[one.state]
        click.secho(f"{symbol} {one.title}", fg=colour, nl=False)
        click.echo(f": {one.text}")
        if one.cells and one.state != "there":
            more = f" and {len(one.cells) - _CELLS_SHOWN} more" if len(one.cells) > _CELLS_SHOWN else ""
            click.echo(f"    {', '.join(one.cells[:_CELLS_SHOWN])}{more}")


def _show_run(done: Rerun) -> None:
    from torchstone.messages import literate as told

    symbol, colour = _SYMBOLS["there" if done.good else "look" if done.place == "nowhere" else "missing"]
    click.secho(f"{symbol} {told.title('run')}", fg=colour, nl=False)
    if done.place == "nowhere":
        click.echo(f": {done.note}")
        return
    click.echo(f": {told.ran_in_jail(done.seconds) if done.place == 'jail' else told.ran_in_kernel(done.seconds)}")
    if done.seconds > done.limit:
        click.echo(f"    {told.make_faster(done.limit)}")
    for stop in done.stopped:
        click.echo(f"    {stop.cell}{f', line {stop.line}' if stop.line else ''}: {stop.text}")
    if done.note:
        click.echo(f"    {done.note}")
