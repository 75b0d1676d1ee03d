"""The feedback page: labels, sentences, and what to do next. A terminal prints the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from torchstone.messages._message import Kind, message, plural
from torchstone.model import Stage, Status

_STATUS: Final[dict[Status, str]] = {
    "passed": "Passed",
    "failed": "Not yet",
    "skipped": "Skipped",
    "course_fault": "Our fault",
    "incomplete": "Not run yet",
}
_STAGE: Final[dict[Stage, str]] = {
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
_IN_A_CELL: Final[dict[Status, str]] = {
    "passed": "✓ passed",
    "failed": "✗ not yet",
    "skipped": "– not run",
    "course_fault": "? the staff look at it",
    "incomplete": "? the staff look at it",
}
_DEVICE: Final = {"cpu": "the CPU", "sim": "the simulated accelerator", "cuda": "the GPU"}
_WORLD: Final = {
    "float32": "float32",
    "float64": "float64",
    "strided": "non-contiguous inputs",
    "accelerator": "tensors on the accelerator",
    "sim": "tensors on the simulated accelerator",
    "cuda": "tensors on the GPU",
}
_STANDING: Final = {
    "full": "Full points",
    "part": "Part of the points",
    "none": "No points yet",
    "waiting": "A grader reads this",
    "unsettled": "Not settled, on our side",
}
_HEADING: Final = {
    "next": "What to do next",
    "points": "Your points",
    "exercise": "Exercise",
    "state": "State",
    "amount": "Points",
    "sum": "Sum of the exercises",
    "late": "Late penalty",
    "why_late": "Why a late penalty:",
    "other": "Other changes in the gradebook",
    "total": "Total",
    "grader": "From your grader",
    "hint": "A hint",
    "more": "Read more",
    "broken": "Cells that stopped",
    "mended": "What we mended before grading",
    "skip": "Skip to the result",
    "go": "Go there",
}


# ---- labels ---------------------------------------------------------------------------------------------------------


@message(Kind.LABEL, *({"status": s} for s in _STATUS))
def status(status: Status) -> str:
    """What a check ended as."""
    return _STATUS[status]


@message(Kind.LABEL, *({"status": s} for s in _IN_A_CELL))
def status_in_a_cell(status: Status) -> str:
    """The same in the short report below a grade cell."""
    return _IN_A_CELL[status]


@message(Kind.LABEL, {"earned": 3.0, "maximum": 4.5})
def points_of(earned: float, maximum: float) -> str:
    return f"{earned:g} of {maximum:g} points"


@message(Kind.LABEL, {"text": "Which sign?"})
def hint(text: str) -> str:
    return f"Hint: {text}"


@message(Kind.LABEL, *({"stage": s} for s in Stage))
def stage(stage: Stage) -> str:
    """What the first failing stage means."""
    return _STAGE[stage]


@message(Kind.LABEL, *({"name": name} for name in _DEVICE))
def device(name: str) -> str:
    return _DEVICE[name]


@message(Kind.LABEL, *({"name": name} for name in _WORLD))
def world(name: str) -> str:
    """How inputs were presented."""
    return _WORLD[name]


@message(Kind.LABEL, *({"where": where} for where in _STANDING))
def standing(where: str) -> str:
    """What an exercise stands at."""
    return _STANDING[where]


@message(Kind.LABEL, *({"of": of} for of in _HEADING))
def heading(of: str) -> str:
    return _HEADING[of]


@message(Kind.LABEL, {"cell": "cell 7", "line": 3}, {"cell": "cell 7", "line": None})
def place(cell: str, line: int | None) -> str:
    return cell if line is None else f"{cell}, line {line}"


@message(Kind.LABEL, {"place": "cell 7, line 3"})
def your_code(place: str) -> str:
    return f"Your code, {place}"


@message(Kind.LABEL, {"inputs": "n=7, d=5 (float64)"})
def seen_with(inputs: str) -> str:
    return f"Seen with {inputs}"


@message(Kind.LABEL, {"number": 2})
def go_to_recommendation(number: int) -> str:
    return f"Go to recommendation {number}"


# ---- sentences ------------------------------------------------------------------------------------------------------


@message(Kind.SENTENCE)
def course_fault() -> str:
    """Where the fault is not the student's: nothing of the fault itself is shown."""
    return (
        "This check has a fault on our side. It says nothing about your code, and it is not a zero: "
        "your instructor has been told and will settle these points."
    )


@message(Kind.SENTENCE)
def incomplete() -> str:
    return (
        "This check could not be run on our side yet, because something it needs was missing on the grading machine. "
        "It says nothing about your code; these points are still open and there is nothing for you to do."
    )


@message(Kind.SENTENCE)
def not_counted_yet() -> str:
    return "A grader reads this answer; its points are not counted yet."


@message(Kind.SENTENCE)
def given_by_a_grader() -> str:
    return "A grader gave these points."


@message(Kind.SENTENCE)
def confirmed_by_a_grader() -> str:
    return "A grader confirmed these points."


@message(Kind.SENTENCE, {"by_checks": "2.5"})
def set_by_a_grader(by_checks: str) -> str:
    return f"A grader set these points; the checks alone gave {by_checks}."


@message(Kind.SENTENCE, {"points": "3 points"})
def still_to_be_read(points: str) -> str:
    return f"A grader has still to read answers worth {points}."


@message(Kind.SENTENCE)
def not_settled() -> str:
    return "Some checks are not settled yet, on our side. That is not your doing, and they are not zeros."


@message(Kind.SENTENCE)
def stopped_cells() -> str:
    return "These cells stopped with an error when your notebook ran from the top. The other cells went on."


@message(Kind.SENTENCE, {"count": 1}, {"count": 4})
def notes_left_out(count: int) -> str:
    return f"{plural(count, 'more note is', 'more notes are')} not shown here."


@message(Kind.SENTENCE)
def objection() -> str:
    return "Think a check is wrong? Write to your instructor and name the exercise and the title of the check."


@message(Kind.SENTENCE, {"assignment": "week04"})
def nothing_handed_in(assignment: str) -> str:
    return f"No notebook named {assignment}.ipynb was handed in, so there was nothing to grade."


@message(Kind.SENTENCE)
def not_graded_yet() -> str:
    return (
        "This exercise could not be graded yet, for a reason that lies with the course and not with your code. "
        "The staff have been told and will see to it; it costs you nothing."
    )


# ---- what to do next ------------------------------------------------------------------------------------------------


@message(Kind.ADVICE, {"assignment": "week04"})
def hand_in_again(assignment: str) -> str:
    return (
        f"Open your file in Jupyter and save it, run `torchstone check {assignment}.ipynb`, and ask your instructor "
        "how to hand it in again. The file that came could not be read, so nothing in it was graded."
    )


@message(Kind.ADVICE)
def tell_your_instructor() -> str:
    return "Tell your instructor if you handed something in: there was nothing of yours to grade here."


@message(Kind.SENTENCE)
def not_kept() -> str:
    return "Nothing for you to do yet: what the checks found was not kept, on our side. Staff see to it."


@message(Kind.ADVICE, {"cells": ["cell 7"]}, {"cells": ["cell 7", "cell 8", "cell 9", "cell 12"]})
def mend_first(cells: Sequence[str]) -> str:
    named = ", ".join(cells[:3]) + (" and others" if len(cells) > 3 else "")
    stop = "It stops when your notebook runs" if len(cells) == 1 else "They stop when your notebook runs"
    return f"Mend {named} first. {stop} from the top, and what comes later may depend on it."


@message(
    Kind.ADVICE,
    {"title": "Dropout", "points": "3 points", "first": True, "check": "", "stage": "", "hint": False},
    {
        "title": "Dropout",
        "points": "3 points",
        "first": False,
        "check": "In training",
        "stage": "The values differ",
        "hint": True,
    },
)
def look_at(title: str, points: str, *, first: bool, check: str, stage: str, hint: bool) -> str:
    """An exercise with points to gain, and its first check that does not pass ("" for none)."""
    text = f"{'Start with' if first else 'Then look at'} {title} ({points} to gain)"
    if not check:
        return f"{text}."
    told = " There is a hint." if hint else ""
    return f"{text}. In “{check}”: {stage[0].lower()}{stage[1:]}.{told}"


@message(Kind.SENTENCE)
def settled_by_a_grader() -> str:
    return "A grader has settled your points; the comments below say more."


@message(Kind.SENTENCE)
def rest_is_ours() -> str:
    return "Nothing for you to do: every check that ran passed, and the rest is on our side."


@message(Kind.SENTENCE)
def grader_still_reads() -> str:
    return "Nothing to mend: every check passed. A grader still reads the rest."


@message(Kind.SENTENCE)
def well_done() -> str:
    return "Nothing to mend: every check passed. Well done."
