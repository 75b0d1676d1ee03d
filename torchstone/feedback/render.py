"""Pages of many students: in this process where they are few, else in several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from torchstone.feedback.write import write_page, write_staff_page
from torchstone.judge.keys import file_digest
from torchstone.model import StudentReport

#: Students below which a second process costs more than it takes over, and how many a process is given at a time.
FEW: Final = 64
_PIECE: Final = 16


@dataclass(frozen=True)
class Job:
    """The pages of one student that have to be made."""

    report: StudentReport
    directory: Path | None  #: for the student's page; None: it stands
    secret: str | None  #: of nbgrader's exchange
    index: Path | None  #: the class's page, beside which the staff page lies; None: it stands


@dataclass(frozen=True)
class Done:
    """What was made for one student: the digests of the pages' bytes."""

    student: str
    page: str = ""
    staff: str = ""


def render(jobs: Iterable[Job], processes: int) -> Iterator[Done]:
    """Make the pages of `jobs`, each told when it is there; the order is lost. `jobs` is read as processes are free.

    Raises CourseError where a page cannot be written; the pages before it stand.
    """
    waiting = iter(jobs)
    first = list(islice(waiting, FEW))
    if processes == 1 or len(first) < FEW:
        yield from map(render_one, chain(first, waiting))
        return
    waiting = chain(first, waiting)
    with ProcessPoolExecutor(processes, mp_context=get_context("forkserver")) as pool:

        def next_of(count: int) -> set[Future[list[Done]]]:
            pieces = (list(islice(waiting, _PIECE)) for _ in range(count))
            return {pool.submit(_render_piece, piece) for piece in pieces if piece}

        try:
            pending = next_of(2 * processes)
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                pending |= next_of(len(done))
                for future in done:
                    yield from future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def render_one(job: Job) -> Done:
    """Make the pages of one student. Raises CourseError."""
    page = staff = ""
    if job.directory is not None:
        page = file_digest(write_page(job.report, job.directory, job.secret))
    if job.index is not None:
        staff = file_digest(write_staff_page(job.report, job.index))
    return Done(job.report.student, page, staff)


def _render_piece(jobs: list[Job]) -> list[Done]:
    return [render_one(job) for job in jobs]
