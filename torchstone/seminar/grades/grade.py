"""A final grade, computed exactly from its parts. Pure.

Each item (a week's exercises, an exploration, the presentation, a session's participation) is a fraction of its
maximum, after what lateness takes. A part is the mean of its items: every week counts alike. The grade is the weighted
sum of the parts, in exact fractions of the decimal numbers that were entered, rounded half up once, at the end.

What is missing is missing: the part then is the mean of what is there, and the grade stays open. Only where the
course's policy says so does it count as zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from torchstone.messages import grades as told

#: graded: counts. missing: nothing was handed in. waiting: staff have still to score it. ahead: not due yet.
#: dropped: among the lowest that do not count. excused: others have a score and this one needs none.
State = Literal["graded", "missing", "waiting", "ahead", "dropped", "excused"]
PartName = Literal["exercises", "explorations", "presentation", "participation"]
PARTS: Final[tuple[PartName, ...]] = ("exercises", "explorations", "presentation", "participation")
TITLES: Final[Mapping[PartName, str]] = {name: told.part(name) for name in PARTS}
#: States that keep a grade open, whatever the policy: they are ours to settle, or the calendar's.
_OPEN: Final = frozenset({"waiting", "ahead"})


@dataclass(frozen=True)
class Item:
    """One thing that is scored."""

    name: str  #: the assignment, «week04»
    title: str
    state: State
    points: Fraction | None = None  #: before what lateness takes
    maximum: Fraction = Fraction(0)
    lost: Fraction = Fraction(0)  #: the fraction of the maximum that lateness takes
    note: str = ""  #: why it is missing or waits, or what lateness took

    @property
    def fraction(self) -> Fraction | None:
        """Of its maximum, after lateness, never below zero; None where it was not scored."""
        if self.points is None or self.maximum == 0:
            return None
        return max(Fraction(0), self.points / self.maximum - self.lost)


@dataclass(frozen=True)
class Policy:
    """How parts become a grade (`weights` and `grades` in course_config.py)."""

    weights: Mapping[PartName, Fraction]  #: percent, together 100
    drop_lowest: int = 0
    missing_is_zero: bool = False
    letters: Sequence[tuple[str, Fraction]] = ()  #: from the highest bound down
    decimals: int = 2


@dataclass(frozen=True)
class Part:
    """One part of a grade."""

    name: PartName
    weight: Fraction  #: percent of the grade
    items: tuple[Item, ...]
    fraction: Fraction | None  #: the mean of what counts; None if nothing does yet

    @property
    def title(self) -> str:
        return TITLES[self.name]

    @property
    def missing(self) -> tuple[Item, ...]:
        return tuple(i for i in self.items if i.state == "missing")

    @property
    def pending(self) -> tuple[Item, ...]:
        """What is still to come: waits for staff, or is not due yet."""
        return tuple(i for i in self.items if i.state in _OPEN)


@dataclass(frozen=True)
class Grade:
    """One student's grade and what it was made of."""

    student: str
    name: str
    parts: tuple[Part, ...]
    final: Fraction | None  #: percent; None while something is open
    so_far: Fraction | None  #: percent of the weights that have something; None if nothing does
    shown: Decimal | None  #: `final`, rounded half up; what a letter is read from
    letter: str | None

    def part(self, name: PartName) -> Part:
        return next(p for p in self.parts if p.name == name)

    @property
    def open_because(self) -> tuple[str, ...]:
        """What keeps the grade open, in words; empty for a final grade."""
        reasons = []
        for part in self.parts:
            if self.final is not None or part.weight == 0:
                continue
            if not part.items:
                reasons.append(told.open_part(part.title))
            reasons += [told.open_item(part.title, i.name, i.state) for i in (*part.missing, *part.pending)]
        return tuple(reasons)


def exact(number: float | str) -> Fraction:
    """The decimal number that was written, exactly: 0.1 is a tenth."""
    return Fraction(repr(number) if isinstance(number, float) else number)


def rounded(percent: Fraction, decimals: int) -> Decimal:
    """Half up, exactly."""
    step = Fraction(10) ** decimals
    return Decimal((percent * step + Fraction(1, 2)).__floor__()).scaleb(-decimals)


def compute(policy: Policy, student: str, name: str, items: Mapping[PartName, Sequence[Item]]) -> Grade:
    """The grade of one student."""
    parts = tuple(_part(policy, part, tuple(items.get(part, ()))) for part in PARTS)
    counted = [p for p in parts if p.weight > 0]
    there = [(p.weight, p.fraction) for p in counted if p.fraction is not None]
    weight = sum((w for w, _ in there), Fraction(0))
    total = sum((w * f for w, f in there), Fraction(0))
    so_far = total / weight * 100 if weight else None
    closed = all(p.fraction is not None and not p.pending and _settled(policy, p) for p in counted)
    final = total if closed else None
    shown = None if final is None else rounded(final, policy.decimals)
    letter = None
    if shown is not None:
        letter = next((name for name, bound in policy.letters if Fraction(shown) >= bound), None)
    return Grade(student, name, parts, final, so_far, shown, letter)


def _settled(policy: Policy, part: Part) -> bool:
    return policy.missing_is_zero or not part.missing


def _part(policy: Policy, name: PartName, items: tuple[Item, ...]) -> Part:
    if name == "exercises":
        items = _without_lowest(policy.drop_lowest, items)
    values = [f for i in items if (f := _counts(policy, i)) is not None]
    mean = sum(values, Fraction(0)) / len(values) if values else None
    return Part(name, policy.weights[name], items, mean)


def _counts(policy: Policy, item: Item) -> Fraction | None:
    """What an item adds to the mean; None if it does not count."""
    if item.state == "graded":
        return item.fraction
    return Fraction(0) if item.state == "missing" and policy.missing_is_zero else None


def _without_lowest(count: int, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The `count` lowest do not count; what is missing is the lowest. One that is due always stays."""
    due = [i for i in items if i.state in ("graded", "missing")]
    order = sorted(due, key=lambda i: (i.state != "missing", i.fraction or Fraction(0)))
    dropped = order[: max(0, min(count, len(due) - 1))]
    return tuple(replace(i, state="dropped") if i in dropped else i for i in items)
