"""How long does it take to give out topics, and how well can wishes be met? Writes the figures to docs/seminar.md.

    python -m benchmarks.topics --seed 2021

Classes of 15 to 500 rank fourteen topics with the same favourites, as classes do; everyone is away on one day. CPU
seconds of this process, since a busy machine says nothing about the solver; exits 1 if 500 people took 5 or more.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from torchstone.seminar.topics.problem import KINDS, Person, Problem, even
from torchstone.seminar.topics.solve import solve

PAGE: Final = Path(__file__).parents[1] / "docs" / "seminar.md"
BEGIN: Final = "<!-- figures: written by benchmarks/topics.py -->"
END: Final = "<!-- end of figures -->"
SIZES: Final = (15, 50, 200, 500)
TOPICS: Final = tuple(f"week{n:02d}" for n in range(1, 15))
#: CPU seconds that the largest class may take.
LIMIT: Final = 5.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the table into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2021)
    seed = parser.parse_args(arguments).seed
    rows = [
        "| participants | CPU seconds | worst presentation rank | worst notebook rank | mean rank |",
        "|---:|---:|---:|---:|---:|",
    ]
    solve(problem(10, seed), "warm")
    seconds = 0.0
    for size in SIZES:
        start = time.process_time()
        solution = solve(problem(size, seed), "seed")
        seconds = time.process_time() - start
        if solution is None:
            raise SystemExit(f"{size} people: no allocation")
        reached = solution.objectives
        rows.append(
            f"| {size} | {seconds:.2f} | {reached.worst_presentation} | {reached.worst_notebook} "
            f"| {reached.total / (4 * size):.2f} |"
        )
    table = "\n".join(rows)
    print(table)
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
    return 0 if seconds < LIMIT else 1


def problem(people: int, seed: int) -> Problem:
    """A class that likes the first topics better, each person in an order of their own, and away on one day."""
    source = random.Random(f"{seed} {people}")
    members = []
    for number in range(people):
        order = sorted(TOPICS, key=lambda topic: source.random() * (2 + TOPICS.index(topic)))
        away = frozenset({source.choice(TOPICS)})
        members.append(Person(f"p{number:03d}", {t: rank for rank, t in enumerate(order, 1)}, away))
    return Problem(TOPICS, tuple(members), {kind: even(people, TOPICS, kind) for kind in KINDS})


if __name__ == "__main__":
    sys.exit(main())
