"""Do points depend on the seed? Grades every program of every exercise with many seeds, on 1 and 2 threads.

    python -m benchmarks.flakiness week04 --seeds 200

What was found is kept in graders/kept/, every twenty seeds: an exercise that has not changed since is graded with the
seeds that are missing. Exits 1 if any verdict turns round, and names the program, the check and the seed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.rows import Row, alone, at_most
from torchstone import config
from torchstone.config import Course
from torchstone.contracts.bench import Bench, weeks
from torchstone.contracts.flakiness import digest_of, graded, kept

ROOT = Path(__file__).parents[1]
_AT_ONCE: Final = 20  # seeds, then what was found is kept


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("weeks", nargs="*", help="such as week04 (default: all)")
    made.add_argument("--exercise", "-e", action="append", help="only this exercise; repeatable")
    made.add_argument("--seeds", type=int, default=200)
    made.add_argument("--jobs", type=int, default=2)
    made.add_argument("--fresh", action="store_true", help="grade also what is kept")
    return made


def measure(options: argparse.Namespace) -> Iterator[Row]:
    course = config.load(ROOT)
    for week in options.weeks or weeks(course):
        yield from _of_week(course, week, options)


def _of_week(course: Course, week: str, options: argparse.Namespace) -> Iterator[Row]:
    bench, record = Bench(course, week), kept(course, week)
    wanted = [e for e in bench.names if not options.exercise or e in options.exercise]
    digests = {e: digest_of(bench, e) for e in wanted}
    known = {e: {} if options.fresh else record.get(e, digests[e]) for e in wanted}
    turned: dict[str, int] = {}
    for seeds in (*range(_AT_ONCE, options.seeds, _AT_ONCE), options.seeds):
        again = [e for e in wanted if known[e].get("seeds", 0) < seeds and e not in turned]
        for e, found in graded(course, week, again, seeds, options.jobs, known):
            says = "; ".join(found.flaky) or "the same points each time"
            print(f"{week} {e}: {found.programs} programs, {found.seeds} seeds: {says}", flush=True)
            if found.flaky:
                turned[e] = len(found.flaky)
            else:
                known[e] = {
                    "seeds": found.seeds,
                    "threads": list(found.threads),
                    "programs": found.programs,
                    "caught": found.caught,
                }
                record.put(e, digests[e], **known[e])
                record.write()
    if wanted:
        yield at_most(_what(week, list(known.values())), sum(turned.values()), 0)


def _what(week: str, known: list[dict[str, Any]]) -> str:
    programs, seeds = sum(k.get("programs", 0) for k in known), min(k.get("seeds", 0) for k in known)
    return f"{week}: programs whose points depend on the seed, of {programs}, over {seeds} seeds on 1 and 2 threads"


if __name__ == "__main__":
    sys.exit(alone(parser(), measure))
