"""`pytest graders/week01 --submission FILE` on a terminal: what a student reads, and an exit status."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from torchstone.errors import CourseError
from torchstone.judge.plugin import Ask, whom
from torchstone.judge.week import script_cells
from torchstone.model import Program

CONFTEST = "from torchstone.judge.plugin import pytest_addoption, pytest_configure\n"
SOLUTION = "# %% e\ndef f(x): return x + 1\n"


@pytest.fixture
def week(bench: Any) -> Path:
    week: Path = bench.week(
        bench.one("agree(student.f(draw(3)))", points=2),
        misconceptions="""
        from torchstone.judge import edit, misconception
        wrong_sign = misconception("e", edit("x + 1", "x - 1"), "Which sign?")
        """,
    )
    (week.parent / "conftest.py").write_text(CONFTEST)
    (week / "alternatives").mkdir()
    (week / "alternatives" / "other.py").write_text("# %% helpers\ndef add(x): return 1 + x\n# %% e\nf = add\n")
    (week.parent.parent / "solution.py").write_text(SOLUTION)
    return week


def run(week: Path, *arguments: str) -> tuple[int, str]:
    root = week.parent.parent
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", str(week)]
    done = subprocess.run(
        [*command, "--rootdir", str(root), "-c", os.devnull, "--solution", str(root / "solution.py"), *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_wrong_one_with_evidence_place_and_hint(week: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("# %% e\ndef f(x):\n    return x.add(-1)\n")
    code, text = run(week, "--submission", str(tmp_path / "mine.py"), "--devices", "cpu")
    assert code == 1
    assert "✗ Title of a: 0 of 2" in text
    assert "3 of 3 entries differ" in text
    assert "hint: Which sign? [wrong sign]" in text
    assert "total: 0 of 3" in text


def test_replay_of_an_alternative(week: Path) -> None:
    code, text = run(week, "--as", "other", "--devices", "cpu")
    assert code == 0, text
    assert "✓ Title of a: 2 of 2" in text
    assert "total: 3 of 3" in text


def test_nobody_of_that_name(week: Path) -> None:
    solution = Program("week01", script_cells(SOLUTION))
    with pytest.raises(CourseError, match="there are: solution, stub, other, wrong sign"):
        whom(week, Ask(("cpu",), "nobody", None, None), solution)


@pytest.mark.parametrize(
    "ask", [Ask((), "stub", None, None), Ask((), "solution", Path(__file__).with_suffix(".ipynb"), None)]
)
def test_a_stub_or_a_notebook_needs_a_release(week: Path, ask: Ask, tmp_path: Path) -> None:
    if ask.submission:
        ask = dataclasses.replace(ask, submission=tmp_path / "mine.ipynb")
        (tmp_path / "mine.ipynb").write_text("{}")
    with pytest.raises(CourseError, match="is not released"):
        whom(week, ask, None)


def test_without_a_solution_nobody_can_stand_in(week: Path) -> None:
    with pytest.raises(CourseError, match="has no solution"):
        whom(week, Ask((), "solution", None, None), None)
