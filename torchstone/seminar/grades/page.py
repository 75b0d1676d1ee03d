"""The receipt of one student's grade: every number that it was made of, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Final

from torchstone.collecting.files import write_private
from torchstone.config import Course
from torchstone.feedback.words import Mark
from torchstone.messages import grades as told
from torchstone.seminar import pages
from torchstone.seminar.exports.columns import number
from torchstone.seminar.grades.facts import Class
from torchstone.seminar.grades.grade import Grade, Item, Part, Policy, rounded

_SIGNS: Final[Mapping[str, tuple[str, str]]] = {
    "graded": ("✓", "good"),
    "missing": ("✗", "bad"),
    "waiting": ("…", "ours"),
    "ahead": ("…", "ours"),
    "dropped": ("–", "part"),
    "excused": ("–", "part"),
}
_ONE: Final = Fraction(1)


def grade_page(course_title: str, policy: Policy, grade: Grade) -> str:
    """The page that a student reads (HTML, self-contained, without scripts)."""
    template = pages.environment().get_template("grade.html.j2")
    return template.render(
        course=course_title,
        grade=grade,
        total=_total(policy, grade),
        parts=[_part(policy, p) for p in grade.parts if p.weight > 0],
        how=told.how(policy.drop_lowest, policy.missing_is_zero),
        told=told,
    )


def write_pages(course: Course, grades: Class) -> tuple[Path, ...]:
    """Writes everyone's page to `seminar/grades/<student>.html` (mode 600). Raises CourseError."""
    folder = course.seminar / "grades"
    written = []
    for grade in grades.grades:
        path = folder / f"{grade.student}.html"
        write_private(path, grade_page(course.title, grades.policy, grade).encode())
        written.append(path)
    return tuple(written)


def _total(policy: Policy, grade: Grade) -> str:
    if grade.shown is not None:
        return told.final(f"{grade.shown:f}", grade.letter)
    if grade.so_far is not None:
        return told.so_far(f"{rounded(grade.so_far, policy.decimals):f}")
    return told.nothing_scored()


def _part(policy: Policy, part: Part) -> dict[str, object]:
    earned = None if part.fraction is None else number(part.fraction, part.weight, policy.decimals)
    return {
        "title": part.title,
        "name": part.name,
        "weight": number(_ONE, part.weight),
        "earned": earned,
        "mean": None if part.fraction is None else number(part.fraction, Fraction(100), policy.decimals),
        "items": [_item(i, policy) for i in part.items],
    }


def _item(item: Item, policy: Policy) -> dict[str, object]:
    scored = item.points is not None and item.fraction is not None
    return {
        "name": item.name,
        "title": item.title,
        "mark": Mark(_SIGNS[item.state][0], told.state(item.state), _SIGNS[item.state][1]),
        "points": number(item.points, _ONE) if item.points is not None else "",
        "maximum": number(_ONE, item.maximum) if scored else "",
        "lost": number(item.lost, Fraction(100)) if item.lost else "",
        "percent": number(item.fraction, Fraction(100), policy.decimals) if item.fraction is not None else "",
        "note": item.note,
    }
