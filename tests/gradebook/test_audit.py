"""The audit names whatever no receipt explains; forgetting leaves nothing of a student."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from click.testing import CliRunner

from torchstone.cli._main import torchstone
from torchstone.config import Course
from torchstone.gradebook.audit import accept, audit
from torchstone.gradebook.scores import write_scores

WEEK = "week01"
RIGHT = {"double": "def double(x):\n    return 2 * x", "triple": "def triple(x):\n    return 3 * x"}


@pytest.fixture
def graded(released: Course, hand_in: Any, grader: Any) -> Course:
    for student in ("ann", "bob"):
        hand_in(student, **RIGHT)
    write_scores(released, WEEK, ["ann", "bob"], grader=grader)
    return released


Sql = Callable[..., None]


@pytest.fixture
def sql(graded: Course) -> Sql:
    def run(*statements: str) -> None:
        with closing(sqlite3.connect(graded.gradebook_path)) as db:
            for statement in statements:
                db.execute(statement)
            db.commit()

    return run


def kinds(course: Course, *explainers: Any) -> list[tuple[str, str]]:
    return [(u.kind, u.where) for u in audit(course, WEEK, explainers)]


OF_ANN = """SELECT g.id FROM grade g JOIN grade_cells c ON g.cell_id = c.id JOIN base_cell b ON b.id = c.id
    JOIN submitted_notebook n ON g.notebook_id = n.id JOIN submitted_assignment a ON n.assignment_id = a.id
    WHERE a.student_id = 'ann' AND b.name = """


def ann(cell: str, change: str) -> str:
    return f"UPDATE grade SET {change} WHERE id = ({OF_ANN} '{cell}')"


def test_what_was_graded_is_explained(graded: Course) -> None:
    assert kinds(graded) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            ann("double_check", "extra_credit = 3"),
            ("extra credit", "ann, double_check"),
        ),
        (
            ann("triple_check", "manual_score = 4"),
            ("manual score", "ann, triple_check"),
        ),
        (ann("double_check", "auto_score = 1"), ("points", "ann, double_check")),
        ("UPDATE grade_cells SET max_score = 9 WHERE max_score = 4", ("points", "ann, double_check, maximum")),
        (
            "CREATE TRIGGER t AFTER UPDATE ON grade BEGIN UPDATE grade SET extra_credit = 1; END",
            ("trigger", "trigger t"),
        ),
        ("CREATE VIEW v AS SELECT * FROM grade", ("trigger", "view v")),
        ("UPDATE submitted_notebook SET late_submission_penalty = 2", ("penalty", f"ann, {WEEK}")),
    ],
)
def test_what_nobody_earned_is_found_until_it_is_accepted(
    graded: Course, sql: Sql, change: str, found: tuple[str, str]
) -> None:
    sql(change)
    assert kinds(graded)[:1] == [found]
    accept(graded, audit(graded, WEEK))
    assert kinds(graded) == []
    assert (graded.state / "audit.json").stat().st_mode & 0o777 == 0o600


def test_what_was_accepted_is_found_again_when_it_changes(graded: Course, sql: Sql) -> None:
    sql(ann("double_check", "extra_credit = 3"))
    accept(graded, audit(graded, WEEK))
    sql(ann("double_check", "extra_credit = 4"))
    assert kinds(graded) == [("extra credit", "ann, double_check")]


def test_a_submission_without_a_receipt_is_found(graded: Course, grader: Any) -> None:
    grader.store.forget("bob")
    assert ("row", f"bob, {WEEK}") in kinds(graded)


def test_a_record_kept_elsewhere_explains_a_manual_score(graded: Course, sql: Sql) -> None:
    sql(ann("exploration", "manual_score = 4"))
    assert kinds(graded) == [("manual score", "ann, exploration")]
    assert kinds(graded, lambda course, week, student, cell: [4.0] if cell == "exploration" else []) == []
    assert kinds(graded, lambda *_: [3.0]) == [("manual score", "ann, exploration")]


def test_the_verb_tells_machines_and_exits_with_1(graded: Course, sql: Sql) -> None:
    where = ["--course", str(graded.root)]
    clean = CliRunner().invoke(torchstone, ["audit", WEEK, *where])
    assert (clean.exit_code, clean.output.count("explained by a receipt")) == (0, 1)
    sql(ann("double_check", "extra_credit = 3"))
    found = CliRunner().invoke(torchstone, ["audit", WEEK, "--json", *where])
    assert found.exit_code == 1
    assert [(u["kind"], u["value"]) for u in json.loads(found.output.partition("\n1 thing")[0])] == [
        ("extra credit", "3")
    ]


def test_forgetting_leaves_nothing_of_a_student_and_all_of_the_others(graded: Course, grader: Any) -> None:
    (graded.feedback / "ann" / WEEK).mkdir(parents=True)
    (graded.feedback / f"{WEEK}-staff").mkdir()
    (graded.feedback / f"{WEEK}-staff" / "student-ann.html").write_text("ann")
    graded.roster.write_text("id,last_name,first_name,email\nann,,,\n")
    where = ["--course", str(graded.root)]
    refused = CliRunner().invoke(torchstone, ["forget", "ann", *where], input="n\n")
    assert refused.exit_code == 1
    assert (graded.submitted / "ann").exists()
    done = CliRunner().invoke(torchstone, ["forget", "ann", "--yes", *where])
    assert done.exit_code == 0, done.output
    for told in ("submitted/ann", "autograded/ann", "feedback/ann", "student-ann.html", "gradings", "in the gradebook"):
        assert told in done.output
    assert "still there: " in done.output
    assert "backups of the gradebook" in done.output
    assert "the roster" in done.output
    left = [p for p in graded.root.rglob("*") if p.is_file() and "backups" not in p.parts and p != graded.roster]
    assert [p for p in left if "ann" in p.name or b'"ann"' in p.read_bytes()] == []
    assert grader.store.grading(WEEK, "ann") is None
    assert grader.store.grading(WEEK, "bob") is not None
    assert kinds(graded) == []
    again = CliRunner().invoke(torchstone, ["forget", "ann", "--yes", *where])
    assert (again.exit_code, "there is nothing of ann here" in again.output) == (1, True)


@pytest.mark.parametrize("name", ["..", "a/b", ""])
def test_forgetting_takes_no_path_for_a_student(graded: Course, name: str) -> None:
    result = CliRunner().invoke(torchstone, ["forget", name, "--yes", "--course", str(graded.root)])
    assert result.exit_code == 1
    assert "is not a student's id" in str(result.exception)
