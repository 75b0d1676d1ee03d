"""The page about a final grade: what it is made of, and what is open."""

from __future__ import annotations

from typing import Final

from torchstone.messages._message import Kind, message, plural

_STATE: Final = {
    "graded": "Scored",
    "missing": "Missing",
    "waiting": "Still to be scored",
    "ahead": "Not due yet",
    "dropped": "Does not count",
    "excused": "Not scored",
}
_HEADING: Final = {
    "title": "Your grade and what it is made of",
    "skip": "Skip to the grade",
    "open": "What is open",
    "parts": "The parts",
    "part": "Part",
    "mean": "Mean",
    "share": "Percent of the grade",
    "item": "Item",
    "state": "State",
    "points": "Points",
    "late": "Late",
    "percent": "Percent",
    "nothing": "Nothing yet",
}
_PART: Final = {
    "exercises": "Weekly exercises",
    "explorations": "Explorations",
    "presentation": "Presentation",
    "participation": "Attendance and participation",
}


@message(Kind.LABEL, *({"name": name} for name in _HEADING))
def heading(name: str) -> str:
    return _HEADING[name]


@message(Kind.LABEL, *({"name": name} for name in _PART))
def part(name: str) -> str:
    """A part of the grade."""
    return _PART[name]


@message(Kind.LABEL, *({"state": name} for name in _STATE))
def state(state: str) -> str:
    """What an item stands at."""
    return _STATE[state]


@message(Kind.LABEL, {"percent": "91.25", "letter": "A"}, {"percent": "91.25", "letter": None})
def final(percent: str, letter: str | None) -> str:
    return f"{percent} percent" + (f", grade {letter}" if letter else "")


@message(Kind.LABEL, {"percent": "91.25"})
def so_far(percent: str) -> str:
    return f"{percent} percent of what was scored so far"


@message(Kind.LABEL)
def nothing_scored() -> str:
    return "Nothing was scored yet"


@message(Kind.LABEL, {"part": "Weekly exercises", "item": "week02", "state": "missing"})
def open_item(part: str, item: str, state: str) -> str:
    """One reason why a grade is open."""
    return f"{part}, {item}: {_STATE[state].lower()}"


@message(Kind.LABEL, {"part": "Explorations"})
def open_part(part: str) -> str:
    return f"{part}: nothing yet"


@message(Kind.SENTENCE)
def not_final() -> str:
    return "This is not your final grade: what is missing or still to come counts neither for nor against you here."


@message(Kind.ADVICE)
def ask() -> str:
    return "Tell your instructor if something is listed as missing that you handed in."


@message(
    Kind.SENTENCE,
    {"dropped": 0, "zero": False},
    {"dropped": 1, "zero": True},
    {"dropped": 2, "zero": False},
)
def how(dropped: int, zero: bool) -> str:
    """How the grade is computed."""
    said = "Each part is the mean of its items in percent, so every week counts alike. The grade is rounded once."
    if dropped:
        said += f" Of the weekly exercises the lowest {'one does' if dropped == 1 else f'{dropped} do'} not count."
    return said + (" What is missing counts as zero." if zero else "")


# ---- notes beside an item -------------------------------------------------------------------------------------------


@message(Kind.SENTENCE, {"zero": False}, {"zero": True})
def nothing_handed_in(zero: bool) -> str:
    return "Nothing was handed in." + (" It counts as zero by the course's policy." if zero else "")


@message(Kind.SENTENCE, {"cells": ["activations_check"]}, {"cells": ["a_check", "b_check"]})
def not_scored_yet(cells: list[str]) -> str:
    return f"The staff have still to score {plural(len(cells), 'exercise', 'exercises')}: {', '.join(cells)}."


@message(Kind.SENTENCE)
def waits_for_a_grader() -> str:
    return "It was handed in and waits for a grader."


@message(Kind.SENTENCE, {"when": "2021-10-18 09:00"})
def due(when: str) -> str:
    return f"It is due on {when}."


@message(Kind.SENTENCE, {"when": "2021-10-18"})
def session(when: str) -> str:
    return f"The session is on {when}."


@message(Kind.SENTENCE, {"when": "2021-10-18", "zero": False}, {"when": "2021-10-18", "zero": True})
def no_presentation(when: str, zero: bool) -> str:
    return f"The session was on {when}, and no score was entered." + (
        " It counts as zero by the course's policy." if zero else ""
    )


@message(Kind.SENTENCE)
def excused() -> str:
    return "This session was not scored for you, so it does not count."
