"""The page of a class's insights, and where the results come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torchstone.errors import CourseError
from torchstone.feedback import words
from torchstone.feedback.inline import inline
from torchstone.feedback.insights import Insights, insights
from torchstone.feedback.page import environment
from torchstone.feedback.texts import one_line

if TYPE_CHECKING:
    from torchstone.config import Course

#: The plot's drawing area, in the units of its SVG.
_HEIGHT, _WIDTH = 180.0, 600.0
#: Somebody is there: a bar that can be seen.
_THINNEST = 3.0


@dataclass(frozen=True)
class _Bar:
    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    count: int


def class_insights(course: Course, assignment: str) -> Insights:
    """The insights of an assignment from the results store: the latest result of everyone who was graded.

    Raises CourseError for an unknown assignment or fewer than five results, StoreError, SecretError.
    """
    from torchstone.batch import GradingService

    course.topic(assignment)
    with GradingService(course) as service:
        keys = [grading.key for grading in service.store.gradings(assignment)]
        results = [result for key in keys if (result := service.store.latest(key)) is not None]
    if not results:
        raise CourseError(f"{assignment} has no results yet; run `torchstone grade {assignment}`")
    return insights(assignment, results)


def insights_page(facts: Insights, title: str) -> str:
    """One self-contained page: what to take up first, the scores, the checks."""
    hidden = [check for check in facts.checks if check.failed is None]
    return (
        environment()
        .get_template("insights.html.j2")
        .render(
            facts=facts,
            title=title,
            mean=words.number(facts.mean),
            median=words.number(facts.median),
            maximum=words.number(facts.maximum),
            bars=_bars(facts),
            height=_HEIGHT,
            width=_WIDTH,
            findings=[
                (f, inline(f.group.text), inline(f.title), _percent(f.group.count, f.of)) for f in facts.findings
            ],
            checks=[
                (check, inline(check.title), _percent(check.failed, check.settled))
                for check in facts.checks
                if check.failed is not None and check.settled
            ],
            hidden=len(hidden),
            hidden_titles=[inline(check.title) for check in hidden],
            one_line=one_line,
        )
    )


def write_insights(course: Course, assignment: str, facts: Insights) -> Path:
    """Put the page into the feedback folder (mode 0600) and return its path. Raises CourseError."""
    from torchstone.collecting.files import write_private

    path = course.feedback / f"{assignment}-insights.html"
    write_private(path, insights_page(facts, course.topic(assignment).title).encode())
    return path


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole)


def _bars(facts: Insights) -> list[_Bar]:
    """The histogram by density: a range that is twice as wide stands half as high for as many people."""
    densities = [b.count / (b.high - b.low) for b in facts.bins]
    highest = max(densities) or 1.0
    bars = []
    for b, density in zip(facts.bins, densities, strict=True):
        x, width = _WIDTH * b.low / facts.maximum, _WIDTH * (b.high - b.low) / facts.maximum
        height = max(_HEIGHT * density / highest, _THINNEST if b.count else 0.0)
        label = f"{words.number(b.low)} to {words.number(b.high)}"
        bars.append(_Bar(x, _HEIGHT - height, width, height, x + width / 2, label, b.count))
    return bars
