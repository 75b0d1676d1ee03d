"""Do points depend on the seed? Grades every program of every exercise with many seeds, on 1 and 2 threads.

    python -m benchmarks.flakiness --seeds 200

Exercises that have not changed since they were last graded with so many seeds are not graded again: what was found is
kept in graders/kept/. Exits 1 if any verdict turns round, and names the program, the check and the seed.
"""

from __future__ import annotations

import argparse
import functools
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from torchstone import config
from torchstone.config import Course
from torchstone.contracts.bench import Bench, weeks
from torchstone.contracts.flakiness import Steady, digest_of, steady
from torchstone.contracts.kept import Kept
from torchstone.contracts.pool import worked

ROOT = Path(__file__).parents[1]
THREADS = (1, 2)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weeks", nargs="*", help="such as week04 (default: all)")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="grade also what is kept")
    options = parser.parse_args(arguments)
    course = config.load(ROOT)
    found = [s for week in options.weeks or weeks(course) for s in _week(course, week, options)]
    return int(any(s.flaky for s in found))


def _week(course: Course, week: str, options: argparse.Namespace) -> list[Steady]:
    bench, kept = Bench(course, week), Kept(course, week, "flakiness")
    digests = {e: digest_of(bench, e) for e in bench.names}
    known = {} if options.fresh else {e: kept.get(e, digests[e]) for e in bench.names}
    again = [e for e in bench.names if known.get(e, {}).get("seeds", 0) < options.seeds]
    for e in sorted(set(bench.names) - set(again)):
        print(f"{week} {e}: not changed since it was graded with {known[e]['seeds']} seeds", flush=True)
    came, began = [], time.monotonic()
    for _, s in worked(course, week, functools.partial(_steady, seeds=options.seeds), again, options.jobs):
        came.append(s)
        says = "; ".join(s.flaky) or "the same points each time"
        print(f"{week} {s.exercise}: {s.programs} programs, {s.seeds} seeds, threads {s.threads}: {says}", flush=True)
        if not s.flaky:
            kept.put(s.exercise, digests[s.exercise], seeds=s.seeds, programs=s.programs, threads=list(s.threads))
            kept.write()
    print(f"{week}: {time.monotonic() - began:.0f} s", flush=True)
    return came


def _steady(bench: Bench, exercise: str, seeds: int) -> Steady:
    return steady(bench, exercise, seeds, THREADS)


if __name__ == "__main__":
    sys.exit(main())
