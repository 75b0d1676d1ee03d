"""Every sentence about a repair that a student reads: what was found, what was done, what to do next time."""

from __future__ import annotations

from collections.abc import Sequence

from torchstone.model import Repair
from torchstone.notebook.magics import Escape


def listed(items: Sequence[str]) -> str:
    """«a», «a and b», «a, b and c»; beyond six, the rest as a number."""
    if len(items) > 6:
        items = [*items[:5], f"{len(items) - 5} more"]
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def copied(exercise: str, chosen: str, others: Sequence[str]) -> Repair:
    return Repair(
        "duplicate",
        f"The answer cell of {exercise} is in your notebook {len(others) + 1} times. {_first_up(chosen)} is the last "
        f"one that you changed and counts as the answer; {listed(others)} ran as well, in the notebook's order. "
        "Next time, keep one answer cell and copy text rather than cells.",
        exercise,
    )


def untouched_copies(exercise: str, chosen: str, others: Sequence[str]) -> Repair:
    return Repair(
        "duplicate",
        f"The answer cell of {exercise} is in your notebook {len(others) + 1} times. {_first_up(chosen)} counts; "
        f"{listed(others)} still held the text we handed out, so it was left out. Next time, delete such copies.",
        exercise,
    )


def split(exercise: str, parts: Sequence[str]) -> Repair:
    return Repair(
        "split",
        f"The answer to {exercise} is spread over {listed(parts)}. All parts ran, in that order. "
        "Next time, keep an answer in its one cell (Edit → Merge Selected Cells).",
        exercise,
    )


def doubled(name: str, others: Sequence[str]) -> Repair:
    return Repair(
        "duplicate",
        f"A copy of the assignment's own cell {name} was in your notebook ({listed(others)}). It was left out, and our "
        "version counts. Next time, delete such copies.",
        name,
    )


def manual_copies(name: str, chosen: str) -> Repair:
    return Repair(
        "duplicate",
        f"The answer {name} is in your notebook more than once. {_first_up(chosen)} counts, and the others are shown "
        "to whoever reads it. Next time, keep one.",
        name,
    )


def missing(exercises: Sequence[str], others: Sequence[str]) -> Repair:
    names = [*exercises, *others]
    they, were = ("They were", "were") if len(names) > 1 else ("It was", "was")
    grade = " An exercise without an answer cell has no answer we could grade." if exercises else ""
    return Repair(
        "missing",
        f"{listed(names)} {were} missing from your notebook. {they} put back from the assignment.{grade} "
        "Next time, start from the notebook that was handed out, and leave its cells in place.",
        names[0] if len(names) == 1 else None,
    )


def found_again(names: Sequence[str], labels: Sequence[str]) -> Repair:
    marks, cells = ("their marks", "cells") if len(names) > 1 else ("its mark", "cell")
    return Repair(
        "metadata",
        f"{_first_up(listed(labels))} had lost {marks} as the {cells} {listed(names)}; we recognised what was written. "
        "This happens when text is copied into another notebook. Next time, work in the notebook that was handed out.",
        names[0] if len(names) == 1 else None,
    )


def restored(name: str, label: str, *, also_run: bool) -> Repair:
    done = "Ours was run first and your version after it" if also_run else "Ours was put back, and yours was not used"
    return Repair(
        "restored",
        f"{_first_up(label)} ({name}) is the assignment's own and was changed. {done}. "
        "Next time, leave it as it is and write into a cell of your own.",
        label,
    )


def retyped(name: str, label: str, kind: str) -> Repair:
    wanted = "code" if kind == "code" else "text"
    return Repair(
        "type",
        f"The answer cell {name} ({label}) was no longer a {wanted} cell. It was read as one. "
        f"Next time, choose «{kind.capitalize()}» for it in the toolbar.",
        name,
    )


def reordered() -> Repair:
    return Repair(
        "reordered",
        "The exercises stand in another order than in the assignment. Your cells ran in your order. "
        "Next time, keep the assignment's order, so that cells you did not write still fit.",
    )


def foreign(labels: Sequence[str], ids: Sequence[str], *, run: bool) -> Repair:
    done = "ran as cells of your own" if run else "were left out"
    return Repair(
        "foreign",
        f"Cells marked as {listed(ids)} ({listed(labels)}) are not part of this assignment; they {done}. "
        "Next time, copy the text of such a cell into a new one.",
    )


def shadowed(exercise: str, names: Sequence[str], label: str) -> Repair:
    return Repair(
        "stub",
        f"The answer cell of {exercise} still holds the text we handed out, while {label} defines {listed(names)}. "
        "The handed-out text was left out, so that your definition counts. Next time, write into the answer cell.",
        exercise,
    )


def demonstration(label: str) -> Repair:
    return Repair(
        "demonstration",
        f"{_first_up(label)} is much like one of the assignment's demonstrations, so it was not run for grading. "
        "If an answer needs something from it, define that in the answer's cell.",
        label,
    )


def not_run(label: str, names: Sequence[str]) -> Repair:
    return Repair(
        "exploration",
        f"{_first_up(label)} comes after the last exercise and belongs to your exploration, so it was not run for "
        f"grading; an answer mentions {listed(names)}, which it defines. Move that definition into the answer's cell.",
        label,
    )


def left_out(label: str, escapes: Sequence[Escape]) -> Repair:
    shown = [f"line {e.line} (`{_short(e.text)}`)" for e in escapes]
    return Repair(
        "magic",
        f"In {label}, {listed(shown)} is for Jupyter and not Python, so it was left out for grading; code that %time "
        "or %%time measures was kept. The grader has the course's packages, and installs nothing.",
        label,
    )


def whole_cell_left_out(label: str, escape: Escape) -> Repair:
    return Repair(
        "magic",
        f"{_first_up(label)} begins with `{_short(escape.text)}`, which makes all of it something else than the "
        "notebook's Python, so it was left out for grading. Move code that your answers need into another cell.",
        label,
    )


def unreadable(message: str) -> Repair:
    return Repair("unreadable", f"{message} Until then, there is nothing we could grade.")


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(text: str, width: int = 60) -> str:
    short = text if len(text) <= width else text[:width] + "…"
    return "".join(c if c.isprintable() else "�" for c in short).replace("`", "'")
