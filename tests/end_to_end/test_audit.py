"""`torchstone audit` at the command line, on a class that was really graded: whatever nobody earned is named."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from nbgrader.api import Grade, Gradebook

from tests.faults.class_of_fifty import WEEK, Runs, make_course
from torchstone.config import Course

OF_S00 = """(SELECT g.id FROM grade g JOIN base_cell b ON b.id = g.cell_id
    JOIN submitted_notebook n ON g.notebook_id = n.id JOIN submitted_assignment a ON n.assignment_id = a.id
    WHERE a.student_id = 's00' AND b.name = '{}')"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Two of the class, graded in the jail by the command line."""
    folder = tmp_path_factory.mktemp("audit")
    course = make_course(folder / "course")
    for place in course.submitted.iterdir():
        if place.name not in ("s00", "s01"):
            shutil.rmtree(place)
    Runs(course, folder / "tmp").finish()
    return course


def tamper(course: Course) -> None:
    """What can stand in a gradebook that nobody earned, one of each kind."""
    with Gradebook(f"sqlite:///{course.gradebook_path}") as book:
        bonus = book.add_grade_cell("bonus", WEEK, WEEK, max_score=50, cell_type="code")
        book.add_student("ghost")
        with book.db.no_autoflush:
            book.add_submission(WEEK, "ghost")
            theirs = book.find_submission_notebook(WEEK, WEEK, "s00")
            book.db.add(Grade(cell=bonus, notebook=theirs, auto_score=50))
        book.db.commit()
    with closing(sqlite3.connect(str(course.gradebook_path))) as db:
        for change, cell in (
            ("extra_credit = 3", "double_check"),
            ("manual_score = 1.5", "triple_check"),
            ("auto_score = 0.5", "double_check"),
        ):
            db.execute(f"UPDATE grade SET {change} WHERE id = {OF_S00.format(cell)}")
        db.execute("CREATE TRIGGER kind AFTER UPDATE ON grade BEGIN UPDATE grade SET extra_credit = 1; END")
        db.commit()


FOUND = {
    ("trigger", "trigger kind"),
    ("row", f"ghost, {WEEK}"),
    ("row", "s00, bonus"),
    ("extra credit", "s00, double_check"),
    ("manual score", "s00, triple_check"),
    ("points", "s00, double_check"),
}


def audit(course: Course, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "torchstone", "audit", WEEK, *options]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.mark.slow  # grading by the command line, and four runs of it: 22 seconds of CPU
def test_what_nobody_earned_is_named_until_it_is_accepted(course: Course) -> None:
    status, said = audit(course)
    assert (status, "Everything in the gradebook is explained" in said) == (0, True), said
    tamper(course)
    status, said = audit(course, "--json")
    assert status == 1
    assert {(item["kind"], item["where"]) for item in json.loads(said)} >= FOUND
    assert all(item["told"] for item in json.loads(said))
    status, said = audit(course, "--accept")
    assert (status, "accepted from now on" in said) == (0, True), said
    assert audit(course)[0] == 0
