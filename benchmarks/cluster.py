"""Two Dask workers of one thread against one, on this machine: how much faster a class is judged.

The class has handed in week 4 (`benchmarks.classroom`). Each worker judges some first, untimed (it starts its judge
and fills its oracle); then the class is timed from the first batch to the last result in the store. Turns alternate;
each way's best counts. By the clock, which is what a second worker is for: it needs two idle cores.

A worker that is alone uses a part of the second core: its fork server makes processes ready and clears them up while
judge and student's process go on. So it is measured twice: workers that go where the kernel puts them, and workers that
are bound to a core each, as if each had a machine of one core.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from benchmarks.classroom import WEEK, answers, hand_in
from benchmarks.dask_cluster import DaskCluster
from benchmarks.rows import Row, alone, at_least, figure
from benchmarks.whole_tree import ROOT
from torchstone import config
from torchstone.batch import GradingService
from torchstone.cluster import engine_at
from torchstone.config import Course
from torchstone.demo.play import copy_course
from torchstone.gradebook import submission
from torchstone.model import Program
from torchstone.notebook import read

TARGET: Final = 1.5
_FIRST: Final = 4  #: programs that are judged untimed


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--submissions", type=int, default=16, metavar="N", help="programs in the class (default: 16)")
    made.add_argument("--turns", type=int, default=2, metavar="N", help="turns of each way (default: 2)")
    return made


def measure(options: argparse.Namespace) -> list[Row]:
    best: dict[tuple[int, bool], float] = {}
    with tempfile.TemporaryDirectory(prefix="torchstone-cluster-") as folder:
        course = copy_course(config.load(ROOT), Path(folder, "course"))
        release = read((course.release / WEEK / f"{WEEK}.ipynb").read_bytes())
        handed_in = answers(options.submissions + _FIRST)
        hand_in(course.root, release, handed_in)
        programs = [submission.read(course, student, WEEK).reading.program for student in handed_in]
        for turn, bound, workers in itertools.product(range(options.turns), (False, True), (1, 2)):
            with DaskCluster(Path(folder, f"turn{turn}-{workers}-{bound}")) as there:
                for core in itertools.islice(itertools.cycle(sorted(os.sched_getaffinity(0))), workers):
                    worker = there.worker("--no-nanny")
                    if bound:
                        os.sched_setaffinity(worker.pid, {core})  # it has started nothing yet
                there.wait_for(workers)
                seconds = judged(course, there.address, programs[:_FIRST], programs[_FIRST:])
            best[workers, bound] = min(seconds, best.get((workers, bound), seconds))
            where = "bound to a core each" if bound else "anywhere"
            print(f"turn {turn + 1}, {workers} worker(s), {where}: {seconds:.1f} s", file=sys.stderr, flush=True)
    return list(_rows(best, options.submissions))


def _rows(best: Mapping[tuple[int, bool], float], count: int) -> Iterator[Row]:
    what = f"Dask: two workers against one, {count} submissions of {WEEK}"
    yield at_least(what, best[1, False] / best[2, False], TARGET, "×")
    yield at_least("the same, each worker bound to a core", best[1, True] / best[2, True], TARGET, "×")
    for workers, bound in best:
        called = f"{'two workers' if workers == 2 else 'one worker'}{', bound' if bound else ''}"
        yield figure(f"Dask: {called}, a submission", best[workers, bound] / count, "s")


def judged(course: Course, address: str, first: list[Program], programs: list[Program]) -> float:
    """Seconds that a cluster takes for `programs`. Raises RuntimeError if one has no result."""
    said = engine_at(address, lambda line: print(line, file=sys.stderr))
    with GradingService(course, fresh=True, engine=said) as service:
        for _ in service.grade_many(WEEK, first):
            pass
        started = time.monotonic()
        outcomes = list(service.grade_many(WEEK, programs))
        seconds = time.monotonic() - started
    if faults := [str(o.fault) for o in outcomes if o.result is None]:
        raise RuntimeError(f"{len(faults)} programs were not graded: {faults[0]}")
    return seconds


if __name__ == "__main__":
    sys.exit(alone(parser(), measure))
