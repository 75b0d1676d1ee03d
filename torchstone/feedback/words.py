"""The plain words that pages use for stages, statuses, devices and numbers, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

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
    "passed": Mark("✓", "Passed", "good"),
    "failed": Mark("✗", "Not yet", "bad"),
    "skipped": Mark("–", "Skipped", "bad"),
    "course_fault": Mark("!", "Our fault", "ours"),
    "incomplete": Mark("!", "Not run yet", "ours"),
}

#: What an exercise stands at.
FULL: Final = Mark("✓", "Full points", "good")
PART: Final = Mark("◐", "Part of the points", "part")
NONE: Final = Mark("✗", "No points yet", "bad")
WAITING: Final = Mark("…", "A grader reads this", "ours")
UNSETTLED: Final = Mark("!", "Not settled, on our side", "ours")

#: What the first failing stage means.
STAGE: Final[dict[Stage, str]] = {
    Stage.RAN: "The code did not run to its end",
    Stage.TYPE: "The kind of value that came back differs",
    Stage.SHAPE: "The shape differs",
    Stage.DTYPE: "The number type (dtype) differs",
    Stage.DEVICE: "A tensor is on another device than it should be",
    Stage.INPUTS: "An input was changed",
    Stage.FINITE: "Infinite or undefined numbers (inf, nan) in the wrong places",
    Stage.VALUE: "The values differ",
    Stage.GRADIENT: "The gradients differ",
    Stage.PROPERTY: "A property that must hold does not",
}

#: For staff: what a verdict rests on.
BASIS: Final[dict[Basis, str]] = {
    Basis.BOUNDARY: "boundary evidence: data that crossed the boundary, or its absence; it cannot be forged",
    Basis.SELF_REPORTED: "self-reported: seen inside the student's own process, whose code could have changed it",
}

#: What a student reads where the fault is not theirs. Fixed texts: nothing of the fault itself is shown.
COURSE_FAULT: Final = (
    "This check has a fault on our side. It says nothing about your code, and it is not a zero: "
    "your instructor has been told and will settle these points."
)
INCOMPLETE: Final = (
    "This check could not be run on our side yet, because something it needs was missing on the grading machine. "
    "It says nothing about your code; these points are still open and there is nothing for you to do."
)

DEVICE: Final[dict[str, str]] = {
    "cpu": "the CPU",
    "sim": "the simulated accelerator",
    "cuda": "the GPU",
}

WORLD: Final[dict[str, str]] = {
    "float32": "float32",
    "float64": "float64",
    "strided": "non-contiguous inputs",
    "accelerator": "tensors on the accelerator",
    "sim": "tensors on the simulated accelerator",
    "cuda": "tensors on the GPU",
}

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
