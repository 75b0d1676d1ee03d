"""`torchstone release` of several assignments: each passes or fails alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from torchstone import config
from torchstone.cli.release import command
from torchstone.contracts.scaffold import scaffold
from torchstone.errors import GateError
from torchstone.gradebook import releasing

ROOT = Path(__file__).parents[2]
WEEKS = ("week01", "week02", "week03")


@pytest.fixture
def course(tmp_path):
    """A course of three assignments, and one topic without a source."""
    shutil.copy(ROOT / config.FILE, tmp_path)
    made = config.load(tmp_path)
    for week in WEEKS:
        scaffold(made, week)
    return made


@pytest.fixture
def run(course, monkeypatch):
    """The command with one job, and a gate that week02 does not pass."""
    written = []

    def gate(course, assignment):
        if assignment == "week02":
            raise GateError("week02, linear: the solution earns 0 of 5 points")
        return (f"{assignment} is right",)

    monkeypatch.setattr(releasing, "gate", gate)
    monkeypatch.setattr(releasing, "generate", lambda course, a: written.append(a) or course.release / a)

    def run(*arguments):
        done = CliRunner().invoke(command, ["--course", str(course.root), "--jobs", "1", *arguments])
        return done, written

    return run


def test_the_others_are_released_where_one_fails(run):
    done, written = run("--all")
    assert done.exit_code == 1
    assert written == ["week01", "week03"]
    assert "✓ week01 is right" in done.output
    assert "✗ week02, linear: the solution earns 0 of 5 points" in done.output
    assert "1 of 3 assignments are not released" in done.output


def test_several_by_name_each_once(run):
    done, written = run("week03", "week01", "week03")
    assert (done.exit_code, written) == (0, ["week03", "week01"])


def test_check_only_writes_nothing(run):
    done, written = run("--all", "--check-only")
    assert (done.exit_code, written) == (1, [])


@pytest.mark.parametrize("arguments", [(), ("--all", "week01")])
def test_wrong_use(run, arguments):
    done, written = run(*arguments)
    assert (done.exit_code, written) == (2, [])
    assert "name one assignment or several, or --all" in done.output


@pytest.mark.slow
def test_gates_side_by_side(course):
    """For real, with a judge each."""
    notebook = course.source / "week02" / "week02.ipynb"
    content = json.loads(notebook.read_text())
    answer = next(c for c in content["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "linear")
    answer["source"] = "".join(answer["source"]).replace("X @ W + b", "X @ W - b")
    notebook.write_text(json.dumps(content))
    subprocess.run(
        [sys.executable, "-m", "torchstone", "normalize", "week02"], cwd=course.root, check=True, capture_output=True
    )
    done = subprocess.run(
        [sys.executable, "-m", "torchstone", "release", *WEEKS, "--jobs", "2"],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert sorted(p.name for p in course.release.iterdir()) == ["week01", "week03"]
    assert "✗ week02, linear" in done.stderr
