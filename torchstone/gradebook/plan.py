"""Whom a run grades, and in which order: a line for each student, without their notebooks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self

from torchstone.gradebook.submission import Submission, Submissions, blank
from torchstone.model import Repair
from torchstone.results import Store
from torchstone.results.summary import ReadBefore

_PIECE: Final = 200  #: readings that become durable together


@dataclass(frozen=True)
class Entry:
    """One student's submission, and what a report says of how it was read."""

    student: str
    attempt: str  #: the hash of its bytes
    program: str  #: the digest of what it was read as
    key: str  #: of the result of that program
    blank: str = ""  #: why nothing of the student's could be graded
    repairs: int = 0

    @classmethod
    def of(cls, submission: Submission, key: str) -> Self:
        """The entry of a submission that is at hand."""
        reading = submission.reading
        return cls._made(submission.student, submission.attempt, reading.program.digest, key, reading.repairs)

    @classmethod
    def _made(cls, student: str, attempt: str, program: str, key: str, repairs: tuple[Repair, ...]) -> Self:
        found = blank(repairs)
        return cls(student, attempt, program, key, found.message if found else "", len(repairs))

    @classmethod
    def read_before(cls, student: str, attempt: str, before: ReadBefore, key: str) -> Self:
        """The entry of a submission whose bytes were read before, by the same rules."""
        return cls._made(student, attempt, before.program, key, before.repairs)


def plan(submissions: Submissions, store: Store, students: Iterable[str], key: Callable[[str], str]) -> Iterator[Entry]:
    """The entries of `students`; `key` gives a program's key. Bytes that were read before are not read again."""
    known = dict(store.readings(submissions.rules))
    new: dict[str, ReadBefore] = {}
    for student in students:
        attempt = submissions.attempt(student)
        if attempt in known:
            before = known[attempt]
        else:
            read = submissions.read(student)
            attempt = read.attempt  # of the same bytes, also where the file changed this moment
            before = known[attempt] = new[attempt] = ReadBefore(read.reading.program.digest, read.reading.repairs)
        yield Entry.read_before(student, attempt, before, key(before.program))
        if len(new) >= _PIECE:
            store.remember(submissions.rules, new)
            new.clear()
    store.remember(submissions.rules, new)


def order(entries: Iterable[Entry], seconds: Mapping[str, float]) -> list[Entry]:
    """Longest first by last time's figures, so that no judge is alone at the end with a long one.

    A submission without a figure comes before all others: it may be the longest.
    """
    return sorted(entries, key=lambda e: -seconds.get(e.student, math.inf))
