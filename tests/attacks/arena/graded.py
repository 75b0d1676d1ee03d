"""Notebooks that are handed in whole: graded as many do, and by ours, up to the program that reaches the judge."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from arena.files import naively_graded
from tests.benign.oddities import ANSWERS, cell, data, release
from torchstone import config
from torchstone.config import Course
from torchstone.gradebook.scoring import score
from torchstone.model import CheckResult, ExerciseResult, Result
from torchstone.notebook import declared, read, read_submission

_CONFIG = """
from datetime import date, datetime
course = {
    "id": "attacked", "title": "A course", "timezone": "America/New_York",
    "topics": [{"week": 1, "date": date(2021, 11, 1), "title": "Layers", "reading": "1",
                "due": datetime(2021, 11, 6, 23, 59)}],
    "weights": {"notebooks": {"exercises": 25, "explorations": 25}, "presentation": 25, "participation": 25},
}
"""


def handed_in(
    change: Callable[[dict[str, Any]], None], *, honest: float, right: Sequence[str], naive: bool = False
) -> bool:
    """Whether a changed notebook, in which only `right` are answered, gets more than the honest score.

    Ours: points, ids and checks are the release's; an exercise is worth something where its answer reaches the judge.
    """
    notebook = release()
    for name in right:
        cell(notebook, name)["source"] = ANSWERS[name]
    for name in ANSWERS.keys() - set(right):
        cell(notebook, f"{name}_check")["source"] = f"assert {name}(1, 2, 3) == 1"
    change(notebook)
    if naive:
        return naively_graded(json.loads(data(notebook))) > honest
    pristine = read(data(release()))
    reading = read_submission(data(notebook), pristine, "week01")
    told = {c.name: c.source for c in reading.program.cells}
    results = tuple(_as_judged(name, told.get(name, "") == ANSWERS[name]) for name in ANSWERS)
    result = Result("week01", reading.program.digest, "key", results, "namespaces")
    there = declared(reading.notebook)
    given = [score(result, e.id, e.points).points or 0.0 for e in there if not e.manual]
    return sum(given) > honest or sum(e.points for e in there) != 6


def _as_judged(name: str, right: bool) -> ExerciseResult:
    """What the judge says of an answer, by its text: what it does with programs is tried by the other families."""
    earned = 2.0 if right else 0.0
    check = CheckResult(name, "test", "A check", 2.0, earned, "passed" if right else "failed")
    return ExerciseResult(name, 2.0, earned, (check,))


def course_with(folder: Path) -> Course:
    """A course directory with the release of one week."""
    (folder / "course_config.py").write_text(_CONFIG)
    course = config.load(folder)
    (course.release / "week01").mkdir(parents=True)
    (course.release / "week01" / "week01.ipynb").write_bytes(data(release()))
    return course


def wrong() -> str:
    """A notebook as it was handed out."""
    return data(release()).decode()


def answered_text() -> str:
    """A notebook with right answers."""
    notebook = release()
    for name, text in ANSWERS.items():
        cell(notebook, name)["source"] = text
    return data(notebook).decode()
