"""Where everyone stands in what people score: the mean of the graders, and a flag where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from torchstone.config import Course
from torchstone.seminar import ledger
from torchstone.seminar.ledger import Entry, Kind, Score

_EPSILON = 1e-9


@dataclass(frozen=True)
class Standing:
    """What one piece of work stands at."""

    points: float  #: the graders' mean
    maximum: float
    graders: tuple[str, ...]  #: their ids, sorted
    differs: bool  #: two graders are further apart than the rubric's tolerance: for staff to settle


def standings(course: Course, kind: Kind) -> Mapping[tuple[str, str], Standing]:
    """What everyone's work of this kind stands at, by (student, topic); «topic» is the assignment's name, `week04`.

    A grader's latest word counts. Work that nobody scored, or whose only score was withdrawn, is not in the mapping:
    ungraded, not zero. Raises CourseError for a damaged ledger.
    """
    return of_entries(ledger.read(course), kind)


def of_entries(entries: Iterable[Entry], kind: Kind) -> dict[tuple[str, str], Standing]:
    """`standings` of a ledger's entries."""
    return {key: _standing(scores) for key, scores in latest(entries, kind).items()}


def latest(entries: Iterable[Entry], kind: Kind) -> dict[tuple[str, str], dict[str, Entry]]:
    """Each grader's latest score, by (student, topic) and grader; what was withdrawn is left out."""
    found: dict[tuple[str, str], dict[str, Entry]] = {}
    for entry in entries:
        if entry.what.kind == kind:
            said = found.setdefault((entry.what.student, entry.what.topic), {})
            said.pop(entry.by, None)
            if isinstance(entry.what, Score):
                said[entry.by] = entry
    return {key: found[key] for key in sorted(found) if found[key]}


def differing(course: Course, kind: Kind) -> dict[tuple[str, str], dict[str, dict[str, float]]]:
    """Work whose graders are too far apart: by (student, topic) and grader, the points by item and their `total`.

    Raises CourseError for a damaged ledger.
    """
    entries = ledger.read(course)
    apart = {key for key, standing in of_entries(entries, kind).items() if standing.differs}
    return {
        key: {
            by: {**entry.what.items, "total": entry.what.points}
            for by, entry in sorted(said.items())
            if isinstance(entry.what, Score)
        }
        for key, said in latest(entries, kind).items()
        if key in apart
    }


def _standing(said: Mapping[str, Entry]) -> Standing:
    """Of one piece of work. Where the rubric's maximum changed between two graders, fractions are averaged."""
    newest = max(said.values(), key=lambda entry: entry.number).what
    scores = [entry.what for entry in said.values() if isinstance(entry.what, Score)]
    assert isinstance(newest, Score)
    fractions = [score.points / score.maximum for score in scores]
    apart = (max(fractions) - min(fractions)) * newest.maximum
    return Standing(
        points=fmean(fractions) * newest.maximum,
        maximum=newest.maximum,
        graders=tuple(sorted(said)),
        differs=apart > newest.tolerance + _EPSILON or len({score.maximum for score in scores}) > 1,
    )
