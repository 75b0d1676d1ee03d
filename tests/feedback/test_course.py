"""`write_feedback`, between a gradebook and a disk; what a report holds is the gradebook's own test."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest

from torchstone.errors import CourseError
from torchstone.feedback import write_feedback
from torchstone.feedback.render import FEW


class Reports:
    """What a gradebook has, as `torchstone.gradebook.report.Reports` gives it."""

    def __init__(self, reports):
        self.reports = reports

    def __call__(self, course, assignment, store, book):
        return self

    def everyone(self):
        return {student: student != "cn99" for student in self.reports}

    def of(self, students):
        return (self.reports[student] for student in students)


@pytest.fixture
def reports(good, mixed):
    absent = replace(good, student="cn99", name="Chidi Nwosu", result=None, exercises=(), total=0.0, received=None)
    return {report.student: report for report in (good, mixed, absent)}


@pytest.fixture
def course(tmp_path, reports, monkeypatch):
    """A course whose gradebook has two submissions, and a student who handed in nothing."""
    service = SimpleNamespace(store=object())
    monkeypatch.setattr("torchstone.batch.GradingService", lambda course: nullcontext(service))
    monkeypatch.setattr("torchstone.gradebook.book.open_book", lambda course: nullcontext())
    monkeypatch.setattr("torchstone.gradebook.report.Reports", Reports(reports))
    return SimpleNamespace(feedback=tmp_path / "feedback", submitted=tmp_path / "submitted", state=tmp_path / "state")


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


def test_nobody_graded_is_one_clear_line(course, reports):
    reports.clear()
    with pytest.raises(CourseError, match="run `torchstone grade week04`"):
        write_feedback(course, "week04")


def times(course):
    index = course.feedback / "week04.html"
    return {path: path.stat().st_mtime_ns for path in course.feedback.rglob("*.html") if path != index}


def test_pages_that_would_be_the_same_are_not_made(course):
    first = write_feedback(course, "week04")
    before = times(course)
    again = write_feedback(course, "week04")
    assert (first.made, again.made) == (5, 0)
    assert again.all == first.all
    assert times(course) == before


def shown_otherwise(reports, course):
    reports["bk17"] = replace(reports["bk17"], name="Bjørn K. Kowalski")


def seen_by_staff_only(reports, course):
    reports["bk17"] = replace(reports["bk17"], flags=("something odd",))


def edited(reports, course):
    page = course.feedback / "bk17" / "week04" / "week04.html"
    page.write_text(page.read_text().replace("Bjørn", "Somebody"))


def removed(reports, course):
    (course.feedback / "bk17" / "week04" / "week04.html").unlink()


def without_its_secret(reports, course):
    (course.feedback / "bk17" / "week04" / "submission_secret.txt").unlink()


def handed_in_by_the_exchange(reports, course):
    (course.submitted / "bk17" / "week04").mkdir(parents=True)
    (course.submitted / "bk17" / "week04" / "submission_secret.txt").write_text("c0ffee" * 20)


@pytest.mark.parametrize(
    ("change", "made"),
    [
        (shown_otherwise, 2),
        (seen_by_staff_only, 2),
        (edited, 1),
        (removed, 1),
        (without_its_secret, 1),
        (handed_in_by_the_exchange, 1),
    ],
)
def test_whatever_changed_of_a_page_is_made_again(course, reports, tmp_path, change, made):
    write_feedback(course, "week04")
    change(reports, course)
    assert write_feedback(course, "week04").made == made
    elsewhere = SimpleNamespace(**{**vars(course), "feedback": tmp_path / "new", "state": tmp_path / "new-state"})
    write_feedback(elsewhere, "week04")
    for page in elsewhere.feedback.rglob("*.html"):
        stands = course.feedback / page.relative_to(elsewhere.feedback)
        assert stands.read_text() == page.read_text()
        assert stands.stat().st_mode == page.stat().st_mode


def test_a_record_that_is_lost_or_damaged_costs_time_only(course):
    write_feedback(course, "week04")
    (record,) = (course.state / "pages").iterdir()
    assert record.stat().st_mode & 0o777 == 0o600
    record.write_text("no JSON")
    assert write_feedback(course, "week04").made == 5


def test_several_processes_make_the_same_pages(course, reports, good, tmp_path):
    for number in range(2 * FEW):
        student = f"s{number:03d}"
        reports[student] = replace(good, student=student, name=f"Student {number}")
    told = []
    write_feedback(course, "week04", jobs=2, progress=lambda what, done, total: told.append((done, total)))
    assert told[-1] == (2 * FEW + 3, 2 * FEW + 3)
    alone = SimpleNamespace(**{**vars(course), "feedback": tmp_path / "alone", "state": tmp_path / "alone-state"})
    write_feedback(alone, "week04")
    pages = sorted(alone.feedback.rglob("*.html"))
    assert len(pages) == 2 * (2 * FEW) + 6
    for page in pages:
        assert (course.feedback / page.relative_to(alone.feedback)).read_text() == page.read_text()
