"""Scores and cell reports as pure functions; what importing the package brings in."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchstone.gradebook.cell_report import cell_report
from torchstone.gradebook.scoring import CellScore, score
from torchstone.model import CheckResult, ExerciseResult, Repair, Result

CHECK = CheckResult("mlp", "test_a", "A title", 4.0, 4.0, "passed")
GOOD = Result("week01", "p", "k", (ExerciseResult("mlp", 4.0, 4.0, (CHECK,)),), "namespaces")


def with_exercise(**changes: object) -> Result:
    return replace(GOOD, exercises=(replace(GOOD.exercises[0], **changes),))  # type: ignore[arg-type]


@given(st.floats(0, 4))
def test_a_score_is_what_was_earned(earned: float) -> None:
    given_score = score(with_exercise(earned=earned), "mlp", 4.0)
    assert (given_score.points, given_score.fault) == (earned, None)


@pytest.mark.parametrize("earned", [float("nan"), float("inf"), -1.0, 4.5])
def test_points_that_cannot_be_are_a_fault_and_no_score(earned: float) -> None:
    assert score(with_exercise(earned=earned), "mlp", 4.0).points is None


def test_no_fault_of_ours_becomes_a_zero() -> None:
    faulty = with_exercise(
        checks=(replace(CHECK, status="course_fault", earned=0.0, staff="no reference"),), earned=0.0
    )
    assert score(faulty, "mlp", 4.0) == CellScore(
        None, faulty.exercises[0], "a fault of the course in test_a: no reference"
    )
    assert score(replace(GOOD, missing_devices=("sim",)), "mlp", 4.0).points is None
    assert score(GOOD, "cnn", 4.0).points is None
    assert "5" in (score(GOOD, "mlp", 5.0).fault or "")


def test_an_incomplete_exercise_leaves_the_complete_ones_alone() -> None:
    waiting = ExerciseResult("cnn", 1.0, 0.0, (replace(CHECK, exercise="cnn", status="incomplete"),))
    result = replace(GOOD, exercises=(*GOOD.exercises, waiting), missing_devices=("sim",))
    assert score(result, "mlp", 4.0).points == 4.0
    assert score(result, "cnn", 1.0).points is None


@given(st.text())
def test_nothing_in_a_report_is_markup_or_invisible(text: str) -> None:
    exercise = replace(GOOD.exercises[0], checks=(replace(CHECK, title=text),))
    html = cell_report(CellScore(4.0, exercise), 4.0, Repair("unreadable", text))
    for tag in ("div", "p", "ul", "li", "br", "strong"):
        html = html.replace(f'<{tag} class="torchstone">', "").replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    assert "<" not in html
    assert ">" not in html
    assert all(c.isprintable() or c == "\n" for c in html)


def test_the_package_brings_neither_torch_nor_pytest_into_jupyters_server() -> None:
    modules = "settings exporter preprocessors late scores report release gate publish backup book grader"
    program = f"""
import sys
for name in {modules.split()!r}:
    __import__("torchstone.gradebook." + name)
import torchstone.collecting.manifest
assert not {{"torch", "_pytest", "torchstone.judge.plugin"}} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
