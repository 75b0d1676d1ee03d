"""A scratch course of one scaffolded week: a class is graded, every point explained, a corrected grader tried out."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from torchstone import config
from torchstone.cli._main import torchstone
from torchstone.collecting import collect
from torchstone.config import Course
from torchstone.contracts.bench import Bench
from torchstone.contracts.scaffold import scaffold
from torchstone.gradebook.grading import grade_assignment
from torchstone.gradebook.release import generate
from torchstone.notebook import dumps, read

WEEK = "week15"
CONFIG = """
from datetime import date
course = {
    "id": "scratch", "title": "A scratch course", "timezone": "UTC",
    "topics": [{"week": 15, "date": date(2021, 12, 27), "title": "An affine layer", "reading": "3"}],
    "weights": {"notebooks": {"exercises": 25, "explorations": 25}, "presentation": 25, "participation": 25},
    "jail": {"preload": ("torchstone.kit.check",)},
}
if "get_config" in globals():
    from torchstone import config
    from torchstone.gradebook.settings import configure
    configure(get_config(), config.at(__file__, course))
"""

pytestmark = [
    pytest.mark.slow,  # nbgrader and judges, for a class of two
    # nbgrader's own code still calls what its libraries have deprecated.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Ada's answer is right; Ben takes the mean of the bias gradient. Both are graded."""
    root = tmp_path_factory.mktemp("course")
    (root / "course_config.py").write_text(CONFIG)
    (root / "nbgrader_config.py").write_text('load_subconfig("course_config.py")\n')
    made = config.load(root)
    scaffold(made, WEEK)
    generate(made, WEEK)
    bench = Bench(made, WEEK)
    mistaken = bench.week.misconception("bias gradient is a mean")
    handed_in = root / "handed-in"
    for student, program in {"ada": bench.solution, "ben": mistaken}.items():
        (answer,) = (c.source for c in program.cells if c.name == "linear")
        notebook = read((made.release / WEEK / f"{WEEK}.ipynb").read_bytes())
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "linear":
                cell["source"] = answer
        (handed_in / student / WEEK).mkdir(parents=True)
        (handed_in / student / WEEK / f"{WEEK}.ipynb").write_text(dumps(notebook))
    made.roster.write_text("id,last_name,first_name,email\nada,Lovelace,Ada,\nben,Franklin,Ben,\n")
    collect(
        handed_in,
        WEEK,
        collected=made.collected,
        submitted=made.submitted,
        roster=made.roster,
        timezone=made.timezone,
        received=datetime(2021, 12, 28, tzinfo=UTC),
        times=None,
    )
    report = grade_assignment(made, WEEK)
    assert {r.student: r.earned for r in report.rows} == {"ada": 5.0, "ben": 2.0}, (
        report.faults
    )  # at a batch of one, on the accelerator, a mean is a sum
    return made


def ask(course: Course, *arguments: str) -> Any:
    done = CliRunner().invoke(torchstone, [*arguments, "--course", str(course.root), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_every_point_is_traced(course: Course):
    found = ask(course, "explain", "ben", WEEK)
    checks = {c["check"]: c for c in found["checks"]}
    assert sum(c["earned"] for c in checks.values()) == found["total"] == 2.0
    assert sum(c["points"] for c in checks.values()) == 5.0
    failed = checks["test_gradients"]
    assert (failed["status"], failed["verdict"]["stage"], failed["evidence"]) == ("failed", "value", "boundary")
    assert failed["verdict"]["hint"]["name"] == "bias gradient is a mean"
    assert len({c["seed"] for c in checks.values()}) == len(checks)
    assert found["graders"] == hashes_of_graders(course)
    assert all(c["graders"] == found["graders"] for c in checks.values())
    assert not found["graders_changed"]
    assert (
        found["attempt"] == hashlib.sha256((course.submitted / "ben" / WEEK / f"{WEEK}.ipynb").read_bytes()).hexdigest()
    )
    assert (found["tier"], found["trusted"], found["devices"]) != ("none", True, [])
    assert "CPU s a check" in found["policy"]


def hashes_of_graders(course: Course) -> str:
    from torchstone.judge import grader_digest

    return grader_digest(course.graders / WEEK)


def test_it_reads_well_and_names_what_there_is_not(course: Course):
    arguments = ["explain", "ben", WEEK, "--course", str(course.root)]
    told = CliRunner().invoke(torchstone, arguments).output
    assert "✗ The gradients of X, W and b, from a random upstream gradient: 0 of 3" in told
    assert "diagnosis: bias gradient is a mean" in told
    assert "evidence: boundary" in told
    for wrong in (["explain", "cleo", WEEK], ["explain", "ben", WEEK, "-e", "quadratic"]):
        done = CliRunner().invoke(torchstone, [*wrong, "--course", str(course.root)])
        assert type(done.exception).__name__ == "CourseError"
        assert str(done.exception)


def test_a_corrected_grader_is_tried_before_it_is_applied(course: Course):
    nobody = ask(course, "regrade", WEEK, "--what-if")
    assert all(s["before"] == s["after"] and not s["changes"] for s in nobody["students"])

    grader = course.graders / WEEK / "test_linear.py"
    strict = grader.read_text()
    lenient = strict.replace(
        "    agree(student.linear_backward(draw(n, k), draw(n, d), draw(d, k)), scale=OPERANDS)",
        "    found = student.linear_backward(draw(n, k), draw(n, d), draw(d, k))\n"
        '    agree({name: found[name] for name in ("X", "W")}, scale=OPERANDS)',
    )
    assert lenient != strict
    grader.write_text(lenient)
    before = snapshot(course.root)
    students = {s["student"]: s for s in ask(course, "regrade", WEEK, "--what-if")["students"]}
    assert snapshot(course.root) == before, "something was written"
    assert (students["ada"]["before"], students["ada"]["after"], students["ada"]["changes"]) == (5.0, 5.0, [])
    assert (students["ben"]["before"], students["ben"]["after"]) == (2.0, 5.0)
    (change,) = students["ben"]["changes"]
    assert (change["exercise"], change["before"], change["after"]) == ("linear", 2.0, 5.0)
    assert any("failed → passed" in c for c in change["checks"])
    assert ask(course, "explain", "ben", WEEK)["graders_changed"]

    applied = grade_assignment(course, WEEK)
    assert {r.student: r.earned for r in applied.rows} == {"ada": 5.0, "ben": 5.0}
    assert ask(course, "explain", "ben", WEEK)["total"] == 5.0


def test_regrade_without_what_if_says_what_applies(course: Course):
    done = CliRunner().invoke(torchstone, ["regrade", WEEK, "--course", str(course.root)])
    assert done.exit_code == 2
    assert f"torchstone grade {WEEK}" in done.output


def snapshot(root: Path) -> dict[str, str]:
    """The bytes of every file; a database's side files come and go with whoever reads it."""
    files = (p for p in root.rglob("*") if p.is_file() and not p.name.endswith(("-wal", "-shm")))
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
