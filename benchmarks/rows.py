"""What a benchmark found, in rows: what was measured, what it shall be, what it was, whether that holds.

A benchmark is a module with `parser()` and `measure(options) -> rows`; its last lines are

    if __name__ == "__main__":
        sys.exit(alone(parser(), measure))

Alone it prints its rows. `python -m benchmarks` runs all of them, each in a process of its own, into
docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One figure. `holds` is None where nothing is demanded of it."""

    what: str
    measured: str
    target: str = ""
    holds: bool | None = None


def at_least(what: str, value: float, target: float, unit: str = "") -> Row:
    """A figure that shall not be below its target."""
    return Row(what, quantity(value, unit), f"≥ {quantity(target, unit)}", value >= target)


def at_most(what: str, value: float, target: float, unit: str = "") -> Row:
    """A figure that shall not be above its target."""
    return Row(what, quantity(value, unit), f"≤ {quantity(target, unit)}", value <= target)


def figure(what: str, value: float, unit: str = "") -> Row:
    """A figure to know."""
    return Row(what, quantity(value, unit))


def quantity(value: float, unit: str = "") -> str:
    """Three digits and the unit: "0.0123 s", "31.4 ×", "4,200 MB"."""
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits} {unit}".rstrip()


def table(rows: Iterable[Row]) -> str:
    """The rows as Markdown."""
    said = {True: "holds", False: "**falls short**", None: ""}
    lines = ["| what | target | measured | |", "|---|---|---|---|"]
    return "\n".join(lines + [f"| {r.what} | {r.target} | {r.measured} | {said[r.holds]} |" for r in rows])


def alone(
    parser: argparse.ArgumentParser,
    measure: Callable[[argparse.Namespace], Iterable[Row]],
    arguments: Sequence[str] | None = None,
) -> int:
    """Measure and print the rows; 1 if one falls short. With `--rows FILE` they are also written there, as JSON."""
    parser.add_argument("--rows", type=Path, metavar="FILE", help="write the rows there too, as JSON")
    options = parser.parse_args(arguments)
    rows = list(measure(options))
    print(table(rows), flush=True)
    if options.rows is not None:
        dump(rows, options.rows)
    return int(any(r.holds is False for r in rows))


def dump(rows: Sequence[Row], path: Path) -> None:
    path.write_text(json.dumps([asdict(r) for r in rows], ensure_ascii=False), encoding="utf-8")


def load(path: Path) -> list[Row]:
    return [Row(**r) for r in json.loads(path.read_text(encoding="utf-8"))]


def between(page: Path, begin: str, end: str, text: str) -> None:
    """Replace what stands between two lines of a page, whole or not at all."""
    before, rest = page.read_text(encoding="utf-8").split(begin)
    after = rest.split(end)[1]
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=page.parent, delete=False) as file:
        file.write(f"{before}{begin}\n{text}\n{end}{after}")
    os.chmod(file.name, 0o644)
    os.replace(file.name, page)
