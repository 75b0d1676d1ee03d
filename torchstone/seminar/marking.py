"""From points by item to a score that keeps the rubric's rules; and many scores into the ledger at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.seminar import ledger
from torchstone.seminar.allocation import load_allocation, path_of
from torchstone.seminar.ledger import Entry, New, Score
from torchstone.seminar.rubric import Rubric


@dataclass(frozen=True)
class Entered:
    """What became of scores that were to be entered."""

    entries: tuple[Entry, ...]
    unchanged: int  #: the same grader had said exactly that before


def mark(
    rubric: Rubric, student: str, topic: str, given: Mapping[str, float], comment: str = "", bank: Iterable[str] = ()
) -> Score:
    """A score from points by item; comments of the bank go before the grader's own.

    Every item that is no choice must be given, be it 0; of each group of choices at least one, and at most one above 0.
    Raises CourseError, which names the item.
    """
    for name, points in given.items():
        item = rubric.item(name)
        if not math.isfinite(points) or not 0 <= points <= item.points:
            raise CourseError(f"{name}: {points:g} is not between 0 and {item.points:g}")
        if item.exclusive and points not in (0, item.points):
            raise CourseError(f"{name}: {points:g}; it is a choice, which gives {item.points:g} or 0")
    _complete(rubric, given)
    return _score(rubric, student, topic, math.fsum(given.values()), comment, bank, dict(given))


def mark_total(
    rubric: Rubric, student: str, topic: str, points: float, comment: str = "", bank: Iterable[str] = ()
) -> Score:
    """A score without its items, where only the sum is known. Raises CourseError."""
    if not math.isfinite(points) or not 0 <= points <= rubric.points:
        raise CourseError(f"points: {points:g} is not between 0 and {rubric.points:g}")
    return _score(rubric, student, topic, points, comment, bank, {})


def enter(course: Course, new: Sequence[New]) -> Entered:
    """Enter those of `new` that say something new, or, on an error, none. Raises CourseError."""
    said = {(*entry.key, entry.by): entry.what for entry in ledger.read(course)}
    fresh: list[New] = []
    for item in new:
        key = (item.what.kind, item.what.student, item.what.topic, item.by)
        if said.get(key) != item.what:
            fresh.append(item)
            said[key] = item.what
    return Entered(ledger.append(course, fresh), len(new) - len(fresh))


def strays(course: Course, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Scores that will count nowhere, since the topic was not given to that student: one sentence each.

    None before topics were given out. Raises CourseError for a damaged allocation.
    """
    if not path_of(course).exists():
        return ()
    given = load_allocation(course)
    found = []
    for kind, student, topic in dict.fromkeys(entry.key for entry in entries):
        if kind == "presentation" and given.presentations.get(student) != topic:
            theirs = given.presentations.get(student, "nothing")
            found.append(f"{student} presents {theirs}, not {topic}: this score counts nowhere")
        elif kind == "notebook" and topic not in given.notebooks.get(student, ()):
            theirs = ", ".join(given.notebooks.get(student, ())) or "none"
            found.append(f"{student}'s notebooks are {theirs}, not {topic}: this score counts nowhere")
    return tuple(found)


def amount(text: str, full: float) -> float:
    """A number as people type it: `1.5`, `1,5`, or `x` for all of it. Raises CourseError."""
    if text.strip().casefold() == "x":
        return full
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CourseError(f"{text.strip()!r} is no number of points; write one such as 1.5, or x for all {full:g}")
    return value


def _score(
    rubric: Rubric,
    student: str,
    topic: str,
    points: float,
    comment: str,
    bank: Iterable[str],
    items: Mapping[str, float],
) -> Score:
    texts = [*(rubric.comment(name) for name in bank), comment.strip()]
    score = Score(rubric.kind, student, topic, points, rubric.points, items, "\n".join(filter(None, texts)))
    return replace(score, tolerance=rubric.tolerance, rubric=rubric.fingerprint)


def _complete(rubric: Rubric, given: Mapping[str, float]) -> None:
    missing = [item.id for item in rubric.items if not item.exclusive and item.id not in given]
    for group, items in rubric.choices.items():
        chosen = [item.id for item in items if given.get(item.id, 0) > 0]
        if len(chosen) > 1:
            raise CourseError(f"{' and '.join(chosen)} exclude each other (group {group}); keep one")
        if not any(item.id in given for item in items):
            missing.append(f"one of {', '.join(item.id for item in items)}")
    if missing:
        raise CourseError(f"no points for {'; '.join(missing)}; write 0 where none are given")
