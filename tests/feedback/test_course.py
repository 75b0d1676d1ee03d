"""`write_feedback`, between a gradebook and a disk; what a report holds is the gradebook's own test."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from torchstone.errors import CourseError
from torchstone.feedback import write_feedback


@pytest.fixture
def course(tmp_path, good, mixed, monkeypatch):
    """A course whose gradebook has two submissions, and a student who handed in nothing."""
    absent = replace(good, student="cn99", name="Chidi Nwosu", result=None, exercises=(), total=0.0, received=None)
    reports = {report.student: report for report in (good, mixed, absent)}
    rows = tuple(SimpleNamespace(student=s, submitted=s != "cn99") for s in reports)

    class Service:
        store = object()

        def __init__(self, course):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    monkeypatch.setattr("torchstone.batch.GradingService", Service)
    monkeypatch.setattr("torchstone.gradebook.book.gradebook_table", lambda course, assignment: rows)
    monkeypatch.setattr(
        "torchstone.gradebook.report.student_report", lambda course, assignment, student, store: reports[student]
    )
    return SimpleNamespace(feedback=tmp_path / "feedback", submitted=tmp_path / "submitted")


def test_everyone_who_was_graded_gets_a_page_and_staff_see_all(course, read):
    written = write_feedback(course, "week04")
    assert set(written.pages) == {"aj42", "bk17"}
    assert written.pages["bk17"] == course.feedback / "bk17" / "week04" / "week04.html"
    assert "Bjørn Kowalski" in written.pages["bk17"].read_text()
    assert written.index == course.feedback / "week04.html"
    names = [a.text for a in read(written.index.read_text()).all("tbody")[0].all("a")]
    assert names == ["Amina Jansen", "Bjørn Kowalski", "Chidi Nwosu"]
    assert set(written.all) == set(course.feedback.rglob("*.html"))


def test_one_student_alone(course):
    written = write_feedback(course, "week04", ["aj42"])
    assert set(written.pages) == {"aj42"}
    assert not (course.feedback / "bk17").exists()
    assert len(written.staff) == 3, "the staff's pages cover the class"


def test_the_exchanges_secret_is_taken_from_the_submission(course):
    folder = course.submitted / "aj42" / "week04"
    folder.mkdir(parents=True)
    (folder / "submission_secret.txt").write_text("c0ffee" * 20)
    page = write_feedback(course, "week04").pages["aj42"]
    assert (page.parent / "submission_secret.txt").read_text() == "c0ffee" * 20


def test_a_student_without_a_submission_is_one_clear_line(course):
    with pytest.raises(CourseError, match="cn99 has no graded week04; there are aj42, bk17"):
        write_feedback(course, "week04", ["cn99"])


def test_nobody_graded_is_one_clear_line(course, monkeypatch):
    monkeypatch.setattr("torchstone.gradebook.book.gradebook_table", lambda course, assignment: ())
    with pytest.raises(CourseError, match="run `torchstone grade week04`"):
        write_feedback(course, "week04")
