"""What may be told of a class without speaking of persons: no group of one to four people, shown or worked out.

A group is worked out by subtraction: 90 people, 87 of whom passed, tell of three who did not. So a number is shown only
if both sides of it are empty or large enough, and what is left of a whole after its shown parts, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

#: The smallest group that is shown.
SMALLEST: Final = 5

Name = TypeVar("Name")


@dataclass(frozen=True)
class Bin:
    """Scores from `low` (included) to `high` (excluded, but for the last) and how many people have one."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Told:
    """A check whose count is shown: all of its points or none."""

    points: float
    passed: int


def large(count: int) -> bool:
    """Whether a group of this size may be shown: nobody, or enough."""
    return count == 0 or count >= SMALLEST


def splits(part: int, whole: int) -> bool:
    """Whether `part` of `whole` may be shown: both the part and the rest are nobody, or enough."""
    return large(part) and large(whole - part)


def parts(groups: Mapping[Name, int], whole: int) -> dict[Name, int]:
    """The disjoint groups of a whole that may be shown beside it, the largest first.

    Small ones are left out; and while what is left of the whole is a small group, the smallest shown one joins it.
    """
    ordered = sorted(groups.items(), key=lambda item: -item[1])  # stable: ties stay in the given order
    shown = [(name, count) for name, count in ordered if count >= SMALLEST]
    while shown and not large(whole - sum(count for _, count in shown)):
        shown.pop()
    return dict(shown)


def histogram(scores: Sequence[float], maximum: float, bins: int = 20) -> tuple[Bin, ...]:
    """Scores in at most `bins` ranges over [0, maximum], with neighbours joined until each holds nobody or enough.

    Empty for fewer than `SMALLEST` scores. Scores above the maximum count in the last range.
    """
    if len(scores) < SMALLEST:
        return ()
    edges = [*(maximum * n / bins for n in range(bins)), maximum]
    counts = [0] * bins
    for score in scores:
        counts[min(bins - 1, max(0, sum(score >= edge for edge in edges[1:])))] += 1
    found = [Bin(low, high, count) for low, high, count in zip(edges, edges[1:], counts, strict=False)]
    while (small := next((i for i, b in enumerate(found) if not large(b.count)), None)) is not None:
        left, right = found[small - 1] if small else None, found[small + 1] if small + 1 < len(found) else None
        if left is None or (right is not None and 0 < right.count <= left.count):
            small += 1  # join with the right neighbour
        found[small - 1 : small + 1] = [
            Bin(found[small - 1].low, found[small].high, found[small - 1].count + found[small].count)
        ]
    return tuple(found)


def beside(bins: Sequence[Bin], checks: Iterable[Told], maximum: float) -> tuple[Bin, ...]:
    """The histogram that may be shown beside these checks of the same people: ranges joined where an edge tells more.

    Whoever scored above `maximum − points` passed a check, and whoever scored below `points` did not. Where an edge
    lies there, people beyond it are a part of those who passed (or did not), and the rest can be worked out.
    """
    told = tuple(checks)
    found: list[Bin] = []
    below = 0
    total = sum(b.count for b in bins)
    for b in bins:
        if found and not all(_safe(b.low, below, total, check, maximum) for check in told):
            last = found.pop()
            found.append(Bin(last.low, b.high, last.count + b.count))
        else:
            found.append(b)
        below += b.count
    return tuple(found)


def _safe(edge: float, below: int, total: int, check: Told, maximum: float) -> bool:
    if edge > maximum - check.points + 1e-9 and not large(check.passed - (total - below)):
        return False
    return edge > check.points + 1e-9 or large(total - check.passed - below)
