"""Our pages through nbgrader's own release_feedback and fetch_feedback, unmodified."""

from __future__ import annotations

import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeFetchFeedback, ExchangeReleaseFeedback
from traitlets.config import Config

from torchstone.feedback import student_page, write_pages, write_staff_pages

RECEIVED = "2021-10-10 21:04:00.000000 EDT"


@pytest.fixture
def config(tmp_path):
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    c = Config()
    c.CourseDirectory.course_id = "nndl-2021"
    c.CourseDirectory.root = str(tmp_path / "course")
    c.Exchange.root = str(exchange)
    c.Exchange.cache = str(tmp_path / "cache")
    c.Exchange.assignment_dir = str(tmp_path / "student")
    return c


# nbgrader 0.9.6 opens timestamp.txt and leaves it to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed file .*timestamp.txt:ResourceWarning")
def test_a_student_fetches_the_page_and_no_one_elses(config, good, mixed, tmp_path):
    submitted = tmp_path / "submitted"
    cached = tmp_path / "cache" / "nndl-2021" / f"aj42+week04+{RECEIVED}"
    for folder in (submitted, cached):  # `nbgrader submit` leaves the secret in both
        folder.mkdir(parents=True)
        (folder / "submission_secret.txt").write_text("0123456789abcdef" * 8)
    (cached / "week04.ipynb").write_text("{}")
    feedback = tmp_path / "course" / "feedback"
    write_pages(
        [good, mixed],  # the second did not come through the exchange, and does not stop the release
        lambda report: feedback / report.student / report.assignment,
        lambda report: submitted if report is good else None,
    )
    write_staff_pages([good, mixed], feedback / "week04.html")

    release = CourseDirectory(config=config, assignment_id="week04", student_id="*")
    ExchangeReleaseFeedback(coursedir=release, config=config).start()
    handed_out = list((tmp_path / "exchange" / "nndl-2021" / "feedback").iterdir())
    assert sorted(path.read_text() for path in handed_out) == sorted([student_page(good), student_page(mixed)])

    fetch = CourseDirectory(config=config, assignment_id="week04", student_id="aj42")
    ExchangeFetchFeedback(coursedir=fetch, config=config).start()
    (fetched,) = (tmp_path / "student").rglob("*.html")
    assert fetched.name == "week04.html"
    assert fetched.read_text() == student_page(good)
    assert fetched.stat().st_mode & 0o044, "another user than the instructor can read the copy"
