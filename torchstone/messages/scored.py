"""The page of what people scored: explorations, presentation, participation."""

from __future__ import annotations

from typing import Final

from torchstone.messages._message import Kind, message, plural

_HEADING: Final = {
    "title": "Explorations, presentation and participation",
    "skip": "Skip to the scores",
    "notebook": "Explorations",
    "presentation": "Presentation",
    "participation": "Attendance and participation",
    "grader": "From a grader",
    "item": "What it was scored by",
    "points": "Points",
}


@message(Kind.LABEL, *({"name": name} for name in _HEADING))
def heading(name: str) -> str:
    return _HEADING[name]


@message(Kind.SENTENCE, {"name": "Participant 07"})
def opening(name: str) -> str:
    return (
        f"For {name}. These were scored by people, by a rubric; where several graders read the same work, their mean "
        "counts."
    )


@message(Kind.LABEL, {"points": "2.5", "maximum": "3"})
def of(points: str, maximum: str) -> str:
    return f"{points} of {maximum}"


@message(Kind.SENTENCE)
def not_settled() -> str:
    return "Not settled yet: the graders are further apart than they should be and will talk about it."


@message(Kind.SENTENCE, {"count": 2})
def mean_of(count: int) -> str:
    return f"The mean of {plural(count, 'grader', 'graders')}."


@message(Kind.SENTENCE)
def ask() -> str:
    return "Do you think that something was overlooked? Write to your instructor and name the item."
