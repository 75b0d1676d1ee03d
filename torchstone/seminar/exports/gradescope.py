"""Gradescope's `results.json`: one student's assignment as an autograder there would report it. Pure."""

from __future__ import annotations

from typing import Any, Final

from torchstone.model import CheckResult, ExerciseScore, StudentReport

_STATUS: Final = {"passed": "passed"}


def results_json(report: StudentReport) -> dict[str, Any]:
    """The report of one student. What nobody scored yet is left out of `tests`, and then there is no total `score`:
    missing is not zero. Nothing that only staff read is in it.
    """
    results = {e.exercise: e for e in report.result.exercises} if report.result else {}
    tests: list[dict[str, Any]] = []
    for number, exercise in enumerate(report.exercises, 1):
        result = results.get(exercise.exercise)
        if exercise.needs_manual or (exercise.auto is None and exercise.manual is None):
            continue
        if exercise.manual is not None or result is None:
            tests.append(_by_hand(exercise, str(number)))
        else:
            tests += [_check(exercise, c, f"{number}.{n}") for n, c in enumerate(result.checks, 1)]
    waiting = [e.exercise for e in report.exercises if e.needs_manual or (e.auto is None and e.manual is None)]
    content: dict[str, Any] = {"tests": tests, "visibility": "after_published", "stdout_visibility": "hidden"}
    if not waiting and report.result is not None:
        content["score"] = report.total
    said = [f"Not scored yet: {', '.join(waiting)}."] if waiting else []
    if report.late is not None:
        said.append(f"Late penalty {report.late.penalty:g}: {report.late.reason}")
    content["output"] = "\n".join(said)
    content["extra_data"] = {"assignment": report.assignment, "maximum": report.maximum}
    return content


def _by_hand(exercise: ExerciseScore, number: str) -> dict[str, Any]:
    return {
        "name": exercise.title,
        "number": number,
        "score": exercise.score,
        "max_score": exercise.maximum,
        "status": "passed" if exercise.score >= exercise.maximum else "failed",
        "output": exercise.comment,
        "output_format": "text",
        "visibility": "after_published",
        "tags": [exercise.exercise],
    }


def _check(exercise: ExerciseScore, check: CheckResult, number: str) -> dict[str, Any]:
    verdict = check.verdict
    said = [verdict.message] if verdict else []
    if verdict and verdict.hint:
        said.append(verdict.hint.text)
    return {
        "name": f"{exercise.title}: {check.title}",
        "number": number,
        "score": check.earned,
        "max_score": check.points,
        "status": _STATUS.get(check.status, "failed"),
        "output": "\n".join(said),
        "output_format": "text",
        "visibility": "after_published",
        "tags": [exercise.exercise, check.check],
        "extra_data": {"stage": str(verdict.stage) if verdict else None, "device": check.device},
    }
