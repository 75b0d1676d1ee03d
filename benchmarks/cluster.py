"""Two Dask workers of one thread against one, on this machine: how much faster a class is judged.

The class is `--submissions` different programs of the course's week. Each worker judges one first, untimed (it starts
its judge and fills its oracle); then the class is timed from the first batch to the last result in the store. Turns
alternate; each way's best counts. By the clock, which is what a second worker is for: it needs two idle cores.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks.classes import hand_in, students
from benchmarks.rows import Row, alone, at_least, figure
from benchmarks.whole_tree import ROOT
from torchstone import config
from torchstone.batch import GradingService
from torchstone.cluster import engine_at
from torchstone.config import Course
from torchstone.demo.play import copy_course
from torchstone.gradebook import submission
from torchstone.model import Program

TARGET: Final = 1.5
_READY: Final = 60.0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--submissions", type=int, default=24, metavar="N", help="programs in the class (default: 24)")
    made.add_argument("--turns", type=int, default=2, metavar="N", help="turns of each way (default: 2)")
    made.add_argument("--week", default="week04", help="the week that is judged (default: week04)")
    return made


def measure(options: argparse.Namespace) -> list[Row]:
    best: dict[int, float] = {}
    with tempfile.TemporaryDirectory(prefix="torchstone-cluster-") as folder:
        course = copy_course(config.load(ROOT), Path(folder, "course"))
        hand_in(course, options.submissions + 2, options.week)
        programs = [submission.read(course, s, options.week).reading.program for s in students(options.submissions + 2)]
        distinct = list({p.digest: p for p in programs}.values())
        for turn in range(options.turns):
            for workers in (1, 2):
                with cluster(Path(folder, f"turn{turn}-{workers}"), workers) as address:
                    seconds = judged(course, options.week, address, distinct[:2], distinct[2:])
                best[workers] = min(seconds, best.get(workers, seconds))
                print(f"turn {turn + 1}, {workers} worker(s): {seconds:.1f} s", file=sys.stderr, flush=True)
    count = len(distinct) - 2
    return [
        at_least(
            f"Dask: two workers against one, {count} submissions of {options.week}", best[1] / best[2], TARGET, "×"
        ),
        figure("Dask: one worker, a submission", best[1] / count, "s"),
        figure("Dask: two workers, a submission", best[2] / count, "s"),
    ]


def judged(course: Course, week: str, address: str, first: list[Program], programs: list[Program]) -> float:
    """Seconds that a cluster takes for `programs`. Raises RuntimeError if one has no result."""
    said = engine_at(address, lambda line: print(line, file=sys.stderr))
    with GradingService(course, fresh=True, engine=said) as service:
        for _ in service.grade_many(week, first):
            pass
        started = time.monotonic()
        outcomes = list(service.grade_many(week, programs))
        seconds = time.monotonic() - started
    if faults := [str(o.fault) for o in outcomes if o.result is None]:
        raise RuntimeError(f"{len(faults)} programs were not graded: {faults[0]}")
    return seconds


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """A scheduler and workers of one thread, as processes on the loopback interface; the scheduler's address."""
    folder.mkdir()
    found = folder / "scheduler.json"
    with contextlib.ExitStack() as running:

        def start(what: str, *arguments: str) -> None:
            with (folder / f"{what}.log").open("ab") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments],
                    cwd=folder,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, "OMP_NUM_THREADS": "1"},
                )
            running.callback(_ended, process)

        start("scheduler", "--host", "tcp://127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(found))
        _wait(found.exists)
        address = str(json.loads(found.read_text())["address"])
        for _ in range(workers):
            start("worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard")
        _wait(lambda: (folder / "scheduler.log").read_text().count("Register worker addr") == workers)
        yield address


def _wait(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _READY
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError("the cluster does not start")
        time.sleep(0.1)


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(alone(parser(), measure))
