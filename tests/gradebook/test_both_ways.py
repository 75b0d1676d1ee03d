"""`torchstone grade` and `nbgrader autograde` give the same gradebook, and what is in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest

from torchstone import config
from torchstone.config import Course
from torchstone.gradebook.book import dump, gradebook_table, open_book
from torchstone.gradebook.scores import Graded, write_scores

WEEK = "week01"
DUE = datetime(2021, 11, 7, 3, 59, tzinfo=UTC)  # 23:59 in New York
RIGHT = {"double": "def double(x):\n    return 2 * x", "triple": "def triple(x):\n    return 3 * x"}
HALF = {"double": "def double(x):\n    return x  # HALF"}


@pytest.fixture
def klass(released: Course, hand_in: Any, tmp_path: Path) -> tuple[str, ...]:
    """Seventeen students, each with a way of their own of handing in."""
    hand_in("right", **RIGHT)
    hand_in("half", **HALF)
    hand_in("stub")
    hand_in("explorer", **RIGHT, exploration="I memorised the labels.")
    hand_in("damaged", data=b'{"cells": [')
    hand_in("empty", data=b"")
    hand_in("late", **RIGHT, received=DUE + timedelta(hours=24, minutes=40))
    hand_in("closed", **RIGHT, received=DUE + timedelta(days=20))
    hand_in("unlisted", **RIGHT, received=None)
    hand_in("fault", double="def double(x):\n    FAULT", triple=RIGHT["triple"])
    hand_in("device", **(RIGHT | {"triple": "def triple(x):\n    return 3 * x  # NODEVICE"}))
    forger = hand_in("forger", **RIGHT, received=DUE + timedelta(days=2))
    (forger.parent / "timestamp.txt").write_text("2021-11-01 00:00:00 UTC")
    (hand_in("beside", **RIGHT).parent / "figures").mkdir()
    (released.submitted / "beside" / WEEK / "figures" / "loss.txt").write_text("0.1")
    (released.submitted / "beside" / WEEK / "numbers.csv").write_text("not those that were handed out")
    vandal = hand_in("vandal", **RIGHT)
    (vandal.parent / "timestamp.txt").write_text("the day before yesterday")
    hand_in("renamed", **RIGHT).rename(released.submitted / "renamed" / WEEK / "my solution.ipynb")
    hand_in("nothing").unlink()
    secret = tmp_path / "elsewhere.ipynb"
    shutil.copy(hand_in("linked", **RIGHT), secret)
    linked = released.submitted / "linked" / WEEK / f"{WEEK}.ipynb"
    linked.unlink()
    linked.symlink_to(secret)
    return tuple(sorted(p.name for p in released.submitted.iterdir()))


def copy_of(course: Course, to: Path) -> Course:
    shutil.copytree(course.root, to, symlinks=True)
    return config.load(to)


def graded_files(course: Course) -> dict[str, tuple[int, bytes]]:
    """Everything below autograded/: mode and content. (nbgrader's way renames a timestamp.txt that is no time.)"""
    files = (p for p in course.autograded.rglob("*") if p.is_file() and "timestamp" not in p.name)
    return {str(p.relative_to(course.autograded)): (p.stat().st_mode & 0o777, p.read_bytes()) for p in files}


def test_both_ways_give_the_same_gradebook(
    released: Course, klass: tuple[str, ...], tmp_path: Path, grader: Any, by_nbgrader: Callable[..., None]
) -> None:
    other = copy_of(released, tmp_path / "other")
    written = write_scores(released, WEEK, klass, grader=grader)
    by_nbgrader(other)

    assert (written.students, written.failed) == (klass, ())
    ours, theirs = dump(released, WEEK), dump(other, WEEK)
    assert ours == theirs
    assert set(ours) == set(klass)
    assert graded_files(released) == graded_files(other)

    autos = {s: [g[0] for g in book[WEEK]["grades"].values()] for s, book in ours.items()}
    totals = {s: sum(a or 0 for a in autos[s]) for s in klass}
    assert totals == {
        **dict.fromkeys(("right", "beside", "explorer", "late", "closed", "unlisted", "forger", "vandal"), 7.0),
        "half": 2.0,
        **dict.fromkeys(("stub", "damaged", "empty", "renamed", "nothing", "linked"), 0.0),
        "fault": 3.0,
        "device": 4.0,
    }
    penalties = {s: ours[s][WEEK]["penalty"] for s in klass if ours[s][WEEK]["penalty"]}
    # A tenth of all 12 points for each started day; the day after this deadline has 25 hours.
    assert penalties == {"late": pytest.approx(1.2), "forger": pytest.approx(2.4), "closed": 7.0}


def test_a_fault_of_the_course_leaves_the_score_open_for_staff(released: Course, klass: Any, grader: Any) -> None:
    write_scores(released, WEEK, ["fault", "device"], grader=grader)
    book = dump(released, WEEK)
    assert book["fault"][WEEK]["grades"]["double_check"] == (None, None, None, True, 4.0)
    assert book["fault"][WEEK]["grades"]["triple_check"] == (3.0, None, None, False, 3.0)
    assert "lies with the course" in book["fault"][WEEK]["comments"]["double"][0]
    assert book["device"][WEEK]["grades"]["triple_check"][0] is None


def test_a_student_is_told_why_nothing_could_be_graded(released: Course, klass: Any, grader: Any) -> None:
    write_scores(released, WEEK, ["damaged", "nothing"], grader=grader)
    book = dump(released, WEEK)
    assert "No notebook named week01.ipynb" in book["nothing"][WEEK]["comments"]["double"][0]
    assert book["damaged"][WEEK]["comments"]["double"][0] not in (None, "No response.")
    assert all(g[:1] == (0.0,) and not g[3] for g in book["damaged"][WEEK]["grades"].values())


def test_manual_scores_and_comments_survive_both_ways(
    released: Course, hand_in: Any, tmp_path: Path, grader: Any, by_nbgrader: Callable[..., None]
) -> None:
    hand_in("ann", **HALF, exploration="Noise helps.")
    write_scores(released, WEEK, ["ann"], grader=grader)
    with open_book(released) as book:
        book.find_grade("exploration", WEEK, WEEK, "ann").manual_score = 4.5
        book.find_grade("double_check", WEEK, WEEK, "ann").extra_credit = 1.0
        book.find_comment("exploration", WEEK, WEEK, "ann").manual_comment = "Well seen."
        book.db.commit()
    other = copy_of(released, tmp_path / "other")
    hand_in("ann", **RIGHT, exploration="Noise helps.")
    shutil.copytree(released.submitted, other.submitted, dirs_exist_ok=True)

    write_scores(released, WEEK, ["ann"], grader=grader)
    by_nbgrader(other, "--force")

    book = dump(released, WEEK)
    assert book == dump(other, WEEK)
    assert book["ann"][WEEK]["grades"]["exploration"][1] == 4.5
    assert book["ann"][WEEK]["grades"]["double_check"][:3] == (4.0, None, 1.0)
    assert book["ann"][WEEK]["comments"]["exploration"][1] == "Well seen."
    (row,) = gradebook_table(released, WEEK)
    assert (row.auto, row.manual, row.extra_credit, row.total, row.maximum) == (7.0, 4.5, 1.0, 12.5, 12.0)


def test_the_graded_notebook_has_one_report_in_each_grade_cell(released: Course, hand_in: Any, grader: Any) -> None:
    path = hand_in("ann", **HALF)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", name="stderr", text="a warning")]
    nbformat.write(notebook, path)
    write_scores(released, WEEK, ["ann"], grader=grader)
    graded = released.autograded / "ann" / WEEK / f"{WEEK}.ipynb"
    notebook = nbformat.read(graded, as_version=4)
    cells = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    (output,) = cells["double_check"].outputs
    assert output.output_type == "execute_result"
    assert output.data["text/plain"] == "2.0"
    html = output.data["text/html"]
    assert "2 of 4 points" in html
    assert "✓ passed: Check 0 of double" in html
    assert "Hint: Look &amp; see" in html
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert graded.stat().st_mode & 0o777 == 0o600
    assert graded.parent.parent.stat().st_mode & 0o777 == 0o700
    assert released.gradebook_path is not None
    assert released.gradebook_path.stat().st_mode & 0o777 == 0o600


def test_one_bad_student_never_stops_the_rest(released: Course, hand_in: Any, grader: Any) -> None:
    hand_in("anna", double="BREAK THE JUDGE")
    hand_in("bert", **RIGHT)
    told = []
    students = ["absent", "anna", "bert"]
    written = write_scores(released, WEEK, students, lambda o: told.append((o.student, isinstance(o, Graded))), grader)
    assert written.students == ("bert",)
    assert [(s, str(e)) for s, e in written.failed] == [
        ("absent", "absent has handed in nothing for week01"),
        ("anna", "week01 could not be written into the gradebook (RuntimeError: the judge broke)"),
    ]
    assert told == [("absent", False), ("anna", False), ("bert", True)]


def test_every_grading_is_recorded(released: Course, hand_in: Any, grader: Any) -> None:
    hand_in("damaged", data=b"{")
    write_scores(released, WEEK, ["damaged"], grader=grader)
    grading = grader.store.grading(WEEK, "damaged")
    assert [r.kind for r in grading.repairs] == ["unreadable"]
    assert grading.received == datetime(2021, 11, 6, 12, 0, tzinfo=UTC)
    assert grader.store.latest(grading.key) is not None


def test_the_table_lists_students_without_a_submission(released: Course, hand_in: Any, grader: Any) -> None:
    released.roster.write_text('id,last_name,first_name,email\nann,,,\nzoe,"Zweig, Jr.",Zoë,\n')
    hand_in("ann", **RIGHT, received=DUE + timedelta(hours=1))
    write_scores(released, WEEK, ["ann"], grader=grader)
    ann, zoe = gradebook_table(released, WEEK)
    assert (ann.total, ann.penalty, ann.needs_manual) == (pytest.approx(5.8), pytest.approx(1.2), False)
    assert (zoe.name, zoe.total, zoe.maximum, zoe.submitted) == ("Zoë Zweig, Jr.", 0.0, 12.0, False)
