"""What was mended in a notebook before it was graded: what was found, what was done, what to do next time."""

from __future__ import annotations

from collections.abc import Sequence

from torchstone.messages._message import Kind, message


def listed(items: Sequence[str]) -> str:
    """«a», «a and b», «a, b and c»; beyond six, the rest as a number."""
    if len(items) > 6:
        items = [*items[:5], f"{len(items) - 5} more"]
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


@message(Kind.SENTENCE, {"exercise": "dropout", "chosen": "cell 7", "others": ["cell 5", "cell 6"]})
def copied(exercise: str, chosen: str, others: Sequence[str]) -> str:
    return (
        f"The answer cell of {exercise} is in your notebook {len(others) + 1} times. {_first_up(chosen)} is the last "
        f"one that you changed and counts as the answer; {listed(others)} ran as well, in the notebook's order. "
        "Next time, keep one answer cell and copy text rather than cells."
    )


@message(Kind.SENTENCE, {"exercise": "dropout", "chosen": "cell 7", "others": ["cell 5"]})
def untouched_copies(exercise: str, chosen: str, others: Sequence[str]) -> str:
    return (
        f"The answer cell of {exercise} is in your notebook {len(others) + 1} times. {_first_up(chosen)} counts; "
        f"{listed(others)} still held the text we handed out, so it was left out. Next time, delete such copies."
    )


@message(Kind.SENTENCE, {"exercise": "dropout", "parts": ["cell 5", "cell 6"]})
def split(exercise: str, parts: Sequence[str]) -> str:
    return (
        f"The answer to {exercise} is spread over {listed(parts)}. All parts ran, in that order. "
        "Next time, keep an answer in its one cell (Edit → Merge Selected Cells)."
    )


@message(Kind.SENTENCE, {"name": "dropout_check", "others": ["cell 5"]})
def doubled(name: str, others: Sequence[str]) -> str:
    return (
        f"A copy of the assignment's own cell {name} was in your notebook ({listed(others)}). It was left out, and our "
        "version counts. Next time, delete such copies."
    )


@message(Kind.SENTENCE, {"name": "reflection", "chosen": "cell 7"})
def manual_copies(name: str, chosen: str) -> str:
    return (
        f"The answer {name} is in your notebook more than once. {_first_up(chosen)} counts, and the others are shown "
        "to whoever reads it. Next time, keep one."
    )


@message(
    Kind.SENTENCE,
    {"exercises": ["dropout"], "others": []},
    {"exercises": ["dropout", "activations"], "others": ["imports"]},
    {"exercises": [], "others": ["imports"]},
)
def missing(exercises: Sequence[str], others: Sequence[str]) -> str:
    names = [*exercises, *others]
    cells, they, were = ("Cells", "They were", "were") if len(names) > 1 else ("Cell", "It was", "was")
    grade = " An exercise without an answer cell has no answer we could grade." if exercises else ""
    return (
        f"{cells} {listed(names)} {were} missing from your notebook. {they} put back from the assignment.{grade} "
        "Next time, start from the notebook that was handed out, and leave its cells in place."
    )


@message(
    Kind.SENTENCE,
    {"names": ["dropout"], "labels": ["cell 5"]},
    {"names": ["dropout", "k_fold"], "labels": ["cell 5", "cell 7"]},
)
def found_again(names: Sequence[str], labels: Sequence[str]) -> str:
    marks, cells = ("their marks", "cells") if len(names) > 1 else ("its mark", "cell")
    return (
        f"{_first_up(listed(labels))} had lost {marks} as the {cells} {listed(names)}; we recognised what was written. "
        "This happens when text is copied into another notebook. Next time, work in the notebook that was handed out."
    )


@message(
    Kind.SENTENCE,
    {"name": "imports", "label": "cell 1", "also_run": True},
    {"name": "dropout_check", "label": "cell 8", "also_run": False},
)
def restored(name: str, label: str, *, also_run: bool) -> str:
    done = "Ours was run first and your version after it" if also_run else "Ours was put back, and yours was not used"
    return (
        f"{_first_up(label)} ({name}) is the assignment's own and was changed. {done}. "
        "Next time, leave it as it is and write into a cell of your own."
    )


@message(
    Kind.SENTENCE,
    {"name": "dropout", "label": "cell 5", "kind": "code"},
    {"name": "reflection", "label": "cell 50", "kind": "markdown"},
)
def retyped(name: str, label: str, kind: str) -> str:
    wanted = "code" if kind == "code" else "text"
    return (
        f"The answer cell {name} ({label}) was no longer a {wanted} cell. It was read as one. "
        f"Next time, choose «{kind.capitalize()}» for it in the toolbar."
    )


@message(Kind.SENTENCE)
def reordered() -> str:
    return (
        "The exercises stand in another order than in the assignment. Your cells ran in your order. "
        "Next time, keep the assignment's order, so that cells you did not write still fit."
    )


@message(
    Kind.SENTENCE,
    {"labels": ["cell 3"], "ids": ["softmax"], "run": True},
    {"labels": ["cell 3", "cell 4"], "ids": ["softmax", "loss"], "run": False},
)
def foreign(labels: Sequence[str], ids: Sequence[str], *, run: bool) -> str:
    done = "ran as cells of your own" if run else "were left out"
    return (
        f"Cells marked as {listed(ids)} ({listed(labels)}) are not part of this assignment; they {done}. "
        "Next time, copy the text of such a cell into a new one."
    )


@message(Kind.SENTENCE, {"exercise": "dropout", "names": ["dropout"], "label": "cell 9"})
def shadowed(exercise: str, names: Sequence[str], label: str) -> str:
    return (
        f"The answer cell of {exercise} still holds the text we handed out, while {label} defines {listed(names)}. "
        "The handed-out text was left out, so that your definition counts. Next time, write into the answer cell."
    )


@message(Kind.SENTENCE, {"label": "cell 30"})
def demonstration(label: str) -> str:
    return (
        f"{_first_up(label)} is much like one of the assignment's demonstrations, so it was not run for grading. "
        "If an answer needs something from it, define that in the answer's cell."
    )


@message(Kind.SENTENCE, {"label": "cell 30", "names": ["helper", "scale"]})
def not_run(label: str, names: Sequence[str]) -> str:
    return (
        f"{_first_up(label)} comes after the last exercise and belongs to your exploration, so it was not run for "
        f"grading; an answer mentions {listed(names)}, which it defines. Move that definition into the answer's cell."
    )


@message(Kind.SENTENCE, {"label": "cell 2", "lines": [(1, "%matplotlib inline"), (2, "!pip install d2l")]})
def left_out(label: str, lines: Sequence[tuple[int, str]]) -> str:
    """`lines`: number and text of each."""
    shown = [f"line {number} (`{_short(text)}`)" for number, text in lines]
    return (
        f"In {label}, {listed(shown)} is for Jupyter and not Python, so it was left out for grading; code that %time "
        "or %%time measures was kept. The grader has the course's packages, and installs nothing."
    )


@message(Kind.SENTENCE, {"label": "cell 2", "line": "%%bash"})
def whole_cell_left_out(label: str, line: str) -> str:
    return (
        f"{_first_up(label)} begins with `{_short(line)}`, which makes all of it something else than the "
        "notebook's Python, so it was left out for grading. Move code that your answers need into another cell."
    )


@message(Kind.SENTENCE, {"why": "The file is not a notebook. Save it in Jupyter and hand it in again."})
def unreadable(why: str) -> str:
    return f"{why} Until then, there is nothing we could grade."


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(text: str, width: int = 60) -> str:
    short = text if len(text) <= width else text[:width] + "…"
    return "".join(c if c.isprintable() else "�" for c in short).replace("`", "'")
