"""How often is the right cause named? Draws faults with known causes and writes the figures to docs/diagnosis.md.

    python -m benchmarks.diagnosis --draws 10000 --seed 20210913

Exits 1 if fewer than 99 % are named by the right class, or if a fault outside the list is given a name.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import torch

from benchmarks.faults.draws import Tally, listed, unlisted
from benchmarks.rows import Row, alone, at_least, at_most, between

PAGE: Final = Path(__file__).parents[1] / "docs" / "diagnosis.md"
BEGIN: Final = "<!-- figures: written by benchmarks/diagnosis.py -->"
END: Final = "<!-- end of figures -->"
WANTED: Final = 99.0  #: per cent


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--draws", type=int, default=10_000, help="faults of the list to draw")
    made.add_argument("--sets", type=int, default=10, help="sets of probes for each fault outside the list")
    made.add_argument("--seed", type=int, default=20210913)
    made.add_argument("--dry", action="store_true", help="print the figures, and leave the page as it is")
    return made


def measure(options: argparse.Namespace) -> Iterator[Row]:
    torch.set_num_threads(1)
    inside = listed(options.draws, options.seed)
    outside = {fault.name: names for fault, names in unlisted(options.sets, options.seed)}
    command = f"python -m benchmarks.diagnosis --draws {options.draws} --sets {options.sets} --seed {options.seed}"
    text = figures(inside, outside, command)
    print(text)
    if not options.dry:
        between(PAGE, BEGIN, END, text)
    drawn = sum(t.drawn for t in inside.values())
    right = 100 * sum(t.right for t in inside.values()) / max(1, drawn)
    yield at_least(f"faults of the list that are named by the right class, of {drawn:,}", right, WANTED, "%")
    sets = sum(map(len, outside.values()))
    wrong = sum(map(_count, outside.values()))
    yield at_most(f"wrong names for {len(outside)} faults outside the list, over {sets:,} sets of probes", wrong, 0)


def figures(inside: Mapping[str, Tally], outside: Mapping[str, Sequence[str | None]], command: str) -> str:
    """The generated part of the page."""
    drawn, right = sum(t.drawn for t in inside.values()), sum(t.right for t in inside.values())
    probes = sum(len(names) for names in outside.values())
    named = {fault: _count(names) for fault, names in outside.items() if any(names)}
    today = datetime.datetime.now(datetime.UTC).date()
    lines = [
        f"`{command}`, {today}, torch {torch.__version__}, on the CPU:",
        "",
        f"- **{right:,} of {drawn:,}** faults of the list named rightly ({100 * right / max(1, drawn):.2f} %)",
        f"- **{len(outside)} faults outside the list**, {probes:,} sets of probes: {sum(named.values())} given a name",
        "",
        "| class | drawn | named rightly | said otherwise |",
        "|---|---|---|---|",
    ]
    for name in sorted(inside):
        tally = inside[name]
        other = ", ".join(f"{wrong or 'nothing'} ({times})" for wrong, times in tally.wrong.most_common())
        lines.append(f"| {name} | {tally.drawn} | {tally.right} | {other} |")
    lines += [f"| *outside:* {fault} | | | {times} times |" for fault, times in named.items()]
    return "\n".join(lines)


def _count(names: Sequence[str | None]) -> int:
    return sum(name is not None for name in names)


if __name__ == "__main__":
    sys.exit(alone(parser(), measure))
