"""What feedback is written from."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from torchstone.cli._main import torchstone
from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.gradebook.book import enter_roster, open_book
from torchstone.gradebook.report import student_report
from torchstone.gradebook.scores import write_scores

WEEK = "week01"
RIGHT = "def double(x):\n    return 2 * x"


def test_a_report_has_scores_comments_penalty_and_reason(released: Course, hand_in: Any, grader: Any) -> None:
    released.roster.write_text("id,last_name,first_name,email\nann,Other,Ann,\n")
    late = released.due(WEEK).astimezone(UTC) + timedelta(hours=2)
    hand_in("ann", double=RIGHT, exploration="Noise helps.", received=late)
    write_scores(released, WEEK, ["ann"], grader=grader)
    with open_book(released) as book:
        book.find_grade("exploration", WEEK, WEEK, "ann").manual_score = 4.0
        book.find_comment("exploration", WEEK, WEEK, "ann").manual_comment = "Well seen."
        book.find_grade("triple_check", WEEK, WEEK, "ann").extra_credit = 0.5
        book.db.commit()

    report = student_report(released, WEEK, "ann", grader.store)

    assert (report.student, report.name, report.title) == ("ann", "Ann Other", "Doubling")
    assert {e.exercise: (e.title, e.auto, e.manual, e.score, e.maximum) for e in report.exercises} == {
        "double": ("Twice", 4.0, None, 4.0, 4.0),
        "triple": ("Thrice", 0.0, 0.5, 0.5, 3.0),
        "exploration": ("Explore", None, 4.0, 4.0, 5.0),
    }
    assert [e.comment for e in report.exercises] == ["", "No response.", "Well seen."]
    assert report.late is not None
    assert (report.late.days, report.late.penalty) == (1, pytest.approx(1.2))
    assert "costs 10% of the 12 points" in report.late.reason
    assert report.received == late
    assert (report.total, report.maximum) == (pytest.approx(7.3), 12.0)
    assert report.result is not None
    assert report.result.earned == 4.0
    assert report.flags == ("triple_check: extra credit of 0.5 points",)


def test_a_report_tells_staff_what_is_odd(released: Course, hand_in: Any, grader: Any, note_time: Any) -> None:
    def flags() -> str:
        return "\n".join(student_report(released, WEEK, "ann", grader.store).flags)

    path = hand_in("ann", double=RIGHT, received=None)
    write_scores(released, WEEK, ["ann"], grader=grader)
    assert "not in the manifest" in flags()
    note_time("ann", released.due(WEEK) + timedelta(days=3), path.read_bytes(), "file")
    assert "the gradebook's late penalty is 0" in flags()
    assert "the file's own" in flags()
    assert "not what was graded" not in flags()
    path.write_bytes(path.read_bytes() + b" ")
    assert "not what was graded" in flags()
    assert "not attempt 1" in flags()


def test_a_fault_of_the_course_is_flagged_and_waits_for_staff(released: Course, hand_in: Any, grader: Any) -> None:
    hand_in("ann", double="FAULT")
    write_scores(released, WEEK, ["ann"], grader=grader)
    report = student_report(released, WEEK, "ann", grader.store)
    double = next(e for e in report.exercises if e.exercise == "double")
    assert (double.auto, double.needs_manual) == (None, True)
    assert "lies with the course" in double.comment
    assert any("fault of the course" in f for f in report.flags)


def test_repairs_are_told(released: Course, hand_in: Any, grader: Any) -> None:
    hand_in("ann", data=b"PK\x03\x04 not a notebook")
    write_scores(released, WEEK, ["ann"], grader=grader)
    report = student_report(released, WEEK, "ann", grader.store)
    assert [r.kind for r in report.repairs] == ["unreadable"]
    assert report.total == 0.0


def test_who_handed_in_nothing_has_a_report_too(released: Course, grader: Any) -> None:
    released.roster.write_text("id,last_name,first_name,email\nzoe,,,\n")
    enter_roster(released)
    report = student_report(released, WEEK, "zoe", grader.store)
    assert (report.name, report.result, report.total, report.maximum, report.late) == ("zoe", None, 0.0, 12.0, None)
    with pytest.raises(CourseError, match="no student 'nobody'"):
        student_report(released, WEEK, "nobody", grader.store)
    with pytest.raises(CourseError, match="week02"):
        student_report(released, "week02", "zoe", grader.store)


def test_results_for_gradescope_are_of_those_who_handed_in(
    released: Course, hand_in: Any, grader: Any, tmp_path: Path
) -> None:
    released.roster.write_text("id,last_name,first_name,email\nann,Other,Ann,\nzoe,Other,Zoe,\n")
    enter_roster(released)
    hand_in("ann", double=RIGHT)
    write_scores(released, WEEK, ["ann"], grader=grader)
    where = ["--to", str(tmp_path / "made"), "--course", str(released.root)]
    done = CliRunner().invoke(torchstone, ["grades", "gradescope", WEEK, *where])
    assert (done.exit_code, [p.name for p in (tmp_path / "made").iterdir()]) == (0, ["ann"])
    assert json.loads((tmp_path / "made" / "ann" / "results.json").read_text())["score"] == pytest.approx(4.0)
