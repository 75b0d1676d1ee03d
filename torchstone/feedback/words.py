"""Marks, numbers and moments as pages show them. The words themselves: `torchstone.messages.page`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from torchstone.messages import page
from torchstone.model import Basis, Stage, Status

#: A symbol is never alone: the words stand beside it, and the tone only adds a colour.
Tone = str


@dataclass(frozen=True)
class Mark:
    """A status as a reader meets it: a symbol, words, and a tone that styles may use."""

    symbol: str
    words: str
    tone: Tone


#: What a check ended as.
STATUS: Final[dict[Status, Mark]] = {
    "passed": Mark("✓", page.status("passed"), "good"),
    "failed": Mark("✗", page.status("failed"), "bad"),
    "skipped": Mark("–", page.status("skipped"), "bad"),
    "course_fault": Mark("!", page.status("course_fault"), "ours"),
    "incomplete": Mark("!", page.status("incomplete"), "ours"),
}

#: What an exercise stands at.
FULL: Final = Mark("✓", page.standing("full"), "good")
PART: Final = Mark("◐", page.standing("part"), "part")
NONE: Final = Mark("✗", page.standing("none"), "bad")
WAITING: Final = Mark("…", page.standing("waiting"), "ours")
UNSETTLED: Final = Mark("!", page.standing("unsettled"), "ours")

#: What the first failing stage means.
STAGE: Final[dict[Stage, str]] = {stage: page.stage(stage) for stage in Stage}

#: For staff: what a verdict rests on.
BASIS: Final[dict[Basis, str]] = {
    Basis.BOUNDARY: "boundary evidence: data that crossed the boundary, or its absence; it cannot be forged",
    Basis.SELF_REPORTED: "self-reported: seen inside the student's own process, whose code could have changed it",
}

#: What a student reads where the fault is not theirs. Fixed texts: nothing of the fault itself is shown.
COURSE_FAULT: Final = page.course_fault()
INCOMPLETE: Final = page.incomplete()

DEVICE: Final = {name: page.device(name) for name in ("cpu", "sim", "cuda")}
WORLD: Final = {name: page.world(name) for name in ("float32", "float64", "strided", "accelerator", "sim", "cuda")}

#: Written out: a page must not depend on the machine's locale.
_MONTHS: Final = "January February March April May June July August September October November December"


def number(value: float) -> str:
    """Points as people write them: `6`, `5.5`, `0.33`."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def points(value: float) -> str:
    """`1 point`, `2.5 points`."""
    text = number(value)
    return f"{text} point" if text == "1" else f"{text} points"


def plural(count: int, one: str, many: str) -> str:
    """`1 cell`, `3 cells`."""
    return f"{count} {one if count == 1 else many}"


def moment(when: datetime) -> str:
    """`4 October 2021, 23:10 (EDT)`: the time as the course's clock showed it, with its zone."""
    zone = when.tzname()
    text = f"{when.day} {_MONTHS.split()[when.month - 1]} {when.year}, {when:%H:%M}"
    return f"{text} ({zone})" if zone else text
