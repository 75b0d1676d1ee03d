"""The gate: each fault of a source stops it, with the exercise and the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import pytest

from torchstone.config import Course
from torchstone.errors import GateError
from torchstone.gradebook.gate import Pieces, gate
from torchstone.model import Program, Result

WEEK = "week01"


@dataclass(frozen=True)
class Exercise:
    id: str
    points: float


class FakeJudge:
    """The fake grader as a judge; `change` alters what it says."""

    def __init__(self, grader: Any, change: Callable[[Result], Result]) -> None:
        self._grader, self._change = grader, change

    def grade(self, program: Program, solution: Program | None = None) -> Result:
        assert solution is not None
        return self._change(self._grader.grade(WEEK, program))


def public_checks(notebook: Mapping[str, Any]) -> dict[str, str | None]:
    solved = any("answer_of_the_instructor" in c["source"] for c in notebook["cells"])
    return dict.fromkeys(("double", "triple"), None if solved else "not written yet")


@pytest.fixture
def pieces(grader: Any) -> Callable[..., Pieces]:
    def make(change: Callable[[Result], Result] = lambda r: r, **changes: Any) -> Pieces:
        declared = (Exercise("double", 4.0), Exercise("triple", 3.0))
        good = Pieces(lambda folder: declared, lambda: nullcontext(FakeJudge(grader, change)), public_checks)
        return replace(good, **changes)

    return make


def test_a_good_week_passes(course: Course, pieces: Any) -> None:
    report = gate(course, WEEK, pieces())
    assert (report.exercises, report.points) == (("double", "triple"), 7.0)
    assert len(report.proved) == 4
    assert not course.release.exists()
    assert not (course.root / "gradebook.db").exists()


def refused(course: Course, pieces: Pieces, *words: str) -> None:
    with pytest.raises(GateError) as caught:
        gate(course, WEEK, pieces)
    for word in (WEEK, *words):
        assert word in str(caught.value)


def test_an_exercise_that_only_one_side_knows(course: Course, pieces: Any) -> None:
    declared = (Exercise("double", 4.0), Exercise("thrice", 3.0))
    refused(course, pieces(declared_exercises=lambda _: declared), "thrice", "the graders declare it")
    refused(course, pieces(declared_exercises=lambda _: declared[:1]), "triple", "the notebook declare it")


def test_points_that_differ(course: Course, pieces: Any) -> None:
    declared = (Exercise("double", 5.0), Exercise("triple", 3.0))
    refused(
        course, pieces(declared_exercises=lambda _: declared), "double", "4 points in the notebook, 5 in the graders"
    )


def test_a_solution_that_loses_points(course: Course, pieces: Any, rewrite_source: Any) -> None:
    def spoil(cells: dict[str, Any]) -> None:
        cells["double"]["source"] = cells["double"]["source"].replace("answer_of_the_instructor", "y").replace("2", "1")

    rewrite_source(spoil)
    refused(
        course, pieces(), "double", "the solution earns 0 of 4 points", "Check 0 of double", "2 of 3 entries differ"
    )


def test_a_stub_that_earns_points(course: Course, pieces: Any, rewrite_source: Any) -> None:
    def give_away(cells: dict[str, Any]) -> None:
        cells["double"]["source"] = "# HALF of it is written for you\n" + cells["double"]["source"]

    rewrite_source(give_away)
    refused(course, pieces(), "double", "the stub earns 2 points")


def test_a_fault_of_the_course(course: Course, pieces: Any) -> None:
    def fault(result: Result) -> Result:
        first, *rest = result.exercises
        check = replace(first.checks[0], status="course_fault", staff="no reference")
        return replace(result, exercises=(replace(first, checks=(check, *first.checks[1:])), *rest))

    refused(course, pieces(fault), "double", "Check 0 of double", "no reference")


def test_a_scored_device_that_is_missing(course: Course, pieces: Any) -> None:
    refused(course, pieces(lambda r: replace(r, missing_devices=("sim",))), "sim")


def test_public_checks_must_tell_solution_and_stub_apart(course: Course, pieces: Any) -> None:
    both = {"double": None, "triple": None}
    refused(course, pieces(public_checks=lambda n: both), "double", "passes on the stub")
    neither = dict.fromkeys(both, "no")
    refused(course, pieces(public_checks=lambda n: neither), "double", "fails on the solution: no")
    refused(course, pieces(public_checks=lambda n: {}), "double", "did not run")


def test_a_source_out_of_normal_form(course: Course, pieces: Any) -> None:
    path = course.source / WEEK / f"{WEEK}.ipynb"
    path.write_text(path.read_text().replace('"execution_count": null', '"execution_count": 7', 1))
    refused(course, pieces(), "normal form", "torchstone normalize")


def test_a_grader_in_a_public_cell(course: Course, pieces: Any, rewrite_source: Any) -> None:
    def leak(cells: dict[str, Any]) -> None:
        cells["double_check"]["source"] += '\ncanary = "grader-canary-7d1f0c2a"'

    rewrite_source(leak)
    refused(course, pieces(), "give away a secret", "test_double.py")


def test_a_solution_in_a_data_file(course: Course, pieces: Any) -> None:
    (course.source / WEEK / "hints.txt").write_text("answer_of_the_instructor = 2 * x\n")
    refused(course, pieces(), "hints.txt", "the solution")
