"""Work on a week's graders in several processes, each with a bench of its own.

The graders are the course's own code, so plain worker processes do; students' code stays in the jail.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from torchstone import config
from torchstone.config import Course
from torchstone.contracts.bench import Bench
from torchstone.model import Limits

Unit = TypeVar("Unit")
Came = TypeVar("Came")

_WAITING: Final = "OMP_WAIT_POLICY"

#: Told as work goes on: what is done, how many are done, of how many.
Progress = Callable[[str, int, int], None]


def worked(
    course: Course,
    assignment: str,
    work: Callable[[Bench, Unit], Came],
    units: Sequence[Unit],
    jobs: int,
    limits: Limits | None = None,
) -> Iterator[tuple[Unit, Came]]:
    """Each unit with what `work` makes of it, as they come. `work` is a function of a module, `limits` the bench's."""
    if jobs == 1:
        with Bench(course, assignment, limits=limits) as bench:
            for unit in units:
                yield unit, work(bench, unit)
        return
    processes = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, processes, initializer=_quiet) as pool:
        with _waiting_asleep():
            futures: dict[Future[Came], Unit] = {
                pool.submit(_work, work, str(course.root), assignment, limits, unit): unit for unit in units
            }
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@contextmanager
def _waiting_asleep() -> Iterator[None]:
    """Processes that begin now have threads that sleep while they wait. Where cores are shared, threads that spin until
    their turn comes take ten times as long.
    """
    before = os.environ.get(_WAITING)
    os.environ[_WAITING] = "passive"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_WAITING]
        else:
            os.environ[_WAITING] = before


def _quiet() -> None:
    warnings.simplefilter("ignore")


@functools.cache
def _bench(root: str, assignment: str, limits: Limits | None) -> Bench:
    """A worker process's own; its zygotes end with it."""
    return Bench(config.load(Path(root)), assignment, limits=limits)


def _work(work: Callable[[Bench, Unit], Came], root: str, assignment: str, limits: Limits | None, unit: Unit) -> Came:
    return work(_bench(root, assignment, limits), unit)
