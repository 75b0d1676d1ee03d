"""A class's report as JSON for other programs, in pieces: no more than one student's result is in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from torchstone.gradebook.grading import ClassReport, Row
from torchstone.model import CheckResult, Result


def report_json(report: ClassReport, result_of: Callable[[str], Result | None]) -> Iterator[str]:
    """Per student and exercise points and max; per check title, stage, diagnosis, device. `result_of` a key."""
    yield f'{{\n  "assignment": {_dumped(report.assignment)},\n  "students": {{'
    for number, row in enumerate(report.rows):
        told = _student(row, result_of(row.key) if row.summary else None)
        yield f"{',' if number else ''}\n    {_dumped(row.student)}: {_indented(told, 4)}"
    end = "\n  " if report.rows else ""
    yield f'{end}}},\n  "faults": {_indented(list(report.faults), 2)}\n}}\n'


def _student(row: Row, result: Result | None) -> dict[str, Any]:
    exercises = {}
    for e in result.exercises if result else ():
        exercises[e.exercise] = {"points": e.earned, "max": e.points, "checks": [_check(c) for c in e.checks]}
    diagnosed = result is not None and result.diagnosed  # a check without a diagnosis: no known pattern fits
    return {
        "points": row.earned,
        "max": row.points,
        "notes": list(row.notes),
        "exercises": exercises,
        "diagnosed": diagnosed,
    }


def _check(check: CheckResult) -> dict[str, Any]:
    verdict = check.verdict
    return {
        "title": check.title,
        "points": check.earned,
        "max": check.points,
        "status": check.status,
        "device": check.device,
        "stage": verdict.stage if verdict else None,
        "message": verdict.message if verdict else None,
        "basis": verdict.basis if verdict else None,
        "where": asdict(verdict.where) if verdict and verdict.where else None,
        "diagnosis": asdict(verdict.hint) if verdict and verdict.hint else None,
    }


def _indented(value: object, columns: int) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False).replace("\n", "\n" + " " * columns)


def _dumped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
