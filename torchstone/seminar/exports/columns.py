"""What is exported: columns of fractions, by keys that every format uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from torchstone.config import Course
from torchstone.seminar.grades.facts import Class
from torchstone.seminar.grades.grade import PARTS, TITLES, Grade, Item, rounded

FINAL: Final = "final"
_EXPLORATION: Final = " exploration"
_WEEK: Final = re.compile(r"week\s*0*(\d{1,3})(?P<rest>.*)")


@dataclass(frozen=True)
class Column:
    """One column: a fraction of the full score for each student who has one; who has none is missing, not zero."""

    key: str  #: «week04», «week04 exploration», «exercises», …, «final»
    title: str
    values: Mapping[str, Fraction]


def columns_of(course: Course, grades: Class) -> tuple[Column, ...]:
    """Every column, weeks first. A week is that week's exercises; what is open has no value."""
    found: list[Column] = []
    for week in grades.weeks:
        title = course.topic(week).title
        found.append(Column(week, title, _items(grades, "exercises", week)))
    topics = [t.assignment for t in course.topics]
    for topic in topics:
        values = _items(grades, "explorations", topic)
        if values:
            title = f"{course.topic(topic).title}: exploration"
            found.append(Column(f"{topic}{_EXPLORATION}", title, values))
    for name in PARTS:
        values = {g.student: f for g in grades.grades if (f := g.part(name).fraction) is not None}
        found.append(Column(name, TITLES[name], values))
    decimals = grades.policy.decimals
    finals = {g.student: Fraction(rounded(g.final, decimals)) / 100 for g in grades.grades if g.final is not None}
    return (*found, Column(FINAL, "Final grade", finals))


def key_of(course: Course, name: str) -> str | None:
    """The column that a platform's title means («Week 4», «week04», «Multilayer perceptrons», «Final grade»)."""
    folded = " ".join(name.casefold().replace(":", " ").replace("_", " ").split())
    if folded in (FINAL, "final grade"):
        return FINAL
    for part in PARTS:
        if folded in (part, TITLES[part].casefold()):
            return part
    match = _WEEK.fullmatch(folded)
    if match and match["rest"].strip() in ("", "exploration", "exercises"):
        week = f"week{int(match[1]):02d}"
        return week + (_EXPLORATION if match["rest"].strip() == "exploration" else "")
    for topic in course.topics:
        if folded == topic.title.casefold():
            return topic.assignment
        if folded == f"{topic.title.casefold()} exploration":
            return topic.assignment + _EXPLORATION
    return None


def number(fraction: Fraction, maximum: Fraction, decimals: int = 2) -> str:
    """Points out of `maximum` as decimal text without needless zeros."""
    text = f"{rounded(fraction * maximum, decimals):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def parsed(text: str) -> Decimal | None:
    """A number as platforms write it; None for an empty cell, a dash or words («EX»)."""
    cleaned = text.strip().removesuffix("%").strip().replace(",", ".")
    return Decimal(cleaned) if re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", cleaned) else None


def _items(grades: Class, part: str, name: str) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for grade in grades.grades:
        item = _item(grade, part, name)
        if item is not None and item.fraction is not None:
            found[grade.student] = item.fraction
    return found


def _item(grade: Grade, part: str, name: str) -> Item | None:
    items = next(p.items for p in grade.parts if p.name == part)
    return next((i for i in items if i.name == name), None)
