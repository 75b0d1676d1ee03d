"""What to do next: at most four recommendations, the one that helps most first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from torchstone.feedback import words
from torchstone.feedback.texts import one_line
from torchstone.model import CheckResult, ExerciseResult, ExerciseScore, StudentReport

_MOST_EXERCISES: Final = 3


@dataclass(frozen=True)
class Step:
    """One recommendation, in plain text (a page escapes it; a terminal prints it)."""

    text: str
    exercise: str = ""  #: the exercise it is about, for a link; "" for none


def next_steps(report: StudentReport) -> tuple[Step, ...]:
    """What this student gains most from doing next.

    First what keeps everything else from being seen (a file that could not be read, a cell that stops), then the
    exercises with the most points open, each with its first check that does not pass.
    """
    if any(r.kind == "unreadable" for r in report.repairs):
        return (
            Step(
                "Your file could not be read, so nothing in it was graded. Open it in Jupyter, save it, run "
                f"`torchstone check {one_line(report.assignment)}.ipynb`, and ask your instructor how to hand it in "
                "again."
            ),
        )
    if any(r.kind == "nothing-handed-in" for r in report.repairs) or not was_graded(report):
        return (Step("There was nothing of yours to grade here. If you handed it in, tell your instructor."),)
    if report.result is None:
        return (Step("Nothing for you to do yet: what the checks found was not kept, on our side. Staff see to it."),)
    steps: list[Step] = []
    cells = [one_line(cell.cell) for cell in report.result.broken_cells]
    if cells:
        named = ", ".join(cells[:3]) + (" and others" if len(cells) > 3 else "")
        stop = "It stops when your notebook runs" if len(cells) == 1 else "They stop when your notebook runs"
        steps.append(Step(f"Mend {named} first. {stop} from the top, and what comes later may depend on it."))
    results = {e.exercise: e for e in report.result.exercises}
    gains = [(_gain(score, results.get(score.exercise)), score) for score in report.exercises]
    gains.sort(key=lambda item: -item[0])  # stable: ties stay in the notebook's order
    for gain, score in gains[:_MOST_EXERCISES]:
        if gain > 0:
            steps.append(Step(_look_at(score, results.get(score.exercise), gain, first=not steps), score.exercise))
    return tuple(steps) or (Step(_done(report)),)


def was_graded(report: StudentReport) -> bool:
    """Whether the gradebook holds anything for this student, be it only that a grader has still to look."""
    entered = (s.needs_manual or s.auto is not None or s.manual is not None for s in report.exercises)
    return report.result is not None or any(entered)


def _gain(score: ExerciseScore, result: ExerciseResult | None) -> float:
    """Points that mended code would bring here: not what a grader settled, nor what is open on our side."""
    checks = result.checks if result and score.manual is None else ()
    return sum(check.points - check.earned for check in checks if check.status in ("failed", "skipped"))


def _look_at(score: ExerciseScore, result: ExerciseResult | None, gain: float, *, first: bool) -> str:
    opening = "Start with" if first else "Then look at"
    text = f"{opening} {one_line(score.title or score.exercise)} ({words.points(gain)} to gain)"
    check = first_failed(result)
    if check is None or check.verdict is None:
        return f"{text}."
    stage = words.STAGE[check.verdict.stage]
    hint = " There is a hint." if check.verdict.hint else ""
    return f"{text}. In “{one_line(check.title)}”: {stage[0].lower()}{stage[1:]}.{hint}"


def first_failed(result: ExerciseResult | None) -> CheckResult | None:
    """The first check of an exercise that the student's code does not pass."""
    return next((c for c in result.checks if c.status == "failed"), None) if result else None


def _done(report: StudentReport) -> str:
    if report.result is not None and any(first_failed(exercise) for exercise in report.result.exercises):
        return "A grader has settled your points; the comments below say more."
    if report.result is not None and not report.result.complete:
        return "Nothing for you to do: every check that ran passed, and the rest is on our side."
    if any(score.needs_manual for score in report.exercises):
        return "Nothing to mend: every check passed. A grader still reads the rest."
    return "Nothing to mend: every check passed. Well done."
