from __future__ import annotations

import os
import stat
from dataclasses import replace

import pytest

from torchstone.errors import CourseError
from torchstone.feedback import student_page, write_pages, write_staff_pages


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def layout(tmp_path):
    return lambda report: tmp_path / "feedback" / report.student / report.assignment


def test_pages_lie_where_nbgrader_looks_for_them(good, mixed, layout, tmp_path):
    written = write_pages([good, mixed], layout)
    assert written == (
        tmp_path / "feedback/aj42/week04/week04.html",
        tmp_path / "feedback/bk17/week04/week04.html",
    )
    assert written[1].read_text(encoding="utf-8") == student_page(mixed)


def test_only_the_owner_reads(good, layout, tmp_path):
    previous = os.umask(0)
    try:
        (page,) = write_pages([good], layout)
    finally:
        os.umask(previous)
    assert mode(page) == 0o600
    assert {mode(folder) for folder in (page.parent, page.parent.parent, tmp_path / "feedback")} == {0o700}
    assert {mode(path) for path in page.parent.iterdir()} == {0o600}


def test_an_open_folder_is_closed(good, layout):
    layout(good).mkdir(parents=True, mode=0o755)
    (page,) = write_pages([good], layout)
    assert mode(page.parent) == 0o700


def test_a_page_is_replaced_whole_or_not_at_all(good, layout, monkeypatch):
    (page,) = write_pages([good], layout)
    before = page.read_text()

    def full_disk(_descriptor: int, _mode: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full_disk)
    with pytest.raises(CourseError, match="No space left on device"):
        write_pages([replace(good, name="Another Name")], layout)
    assert page.read_text() == before
    assert not [path for path in page.parent.iterdir() if path.name.startswith(".")], "nothing half-written is left"


def test_a_reader_of_the_old_page_keeps_it(good, layout):
    (page,) = write_pages([good], layout)
    with page.open() as old:
        write_pages([replace(good, name="Another Name")], layout)
        assert "Amina Jansen" in old.read()
    assert "Another Name" in page.read_text()


def test_a_folder_that_cannot_be_made_is_one_clear_line(good, tmp_path):
    (tmp_path / "feedback").write_text("a file")
    with pytest.raises(CourseError, match=r"feedback folder .* cannot be made"):
        write_pages([good], lambda report: tmp_path / "feedback" / report.student)


class TestExchange:
    """nbgrader's release_feedback opens timestamp.txt and submission_secret.txt beside each page."""

    @pytest.fixture
    def submitted(self, tmp_path):
        folder = tmp_path / "submitted"
        folder.mkdir()
        return folder

    def test_the_submissions_secret_lets_the_student_fetch_it(self, good, layout, submitted):
        (submitted / "submission_secret.txt").write_text("ab12" * 32)
        (page,) = write_pages([good], layout, lambda _: submitted)
        assert (page.parent / "submission_secret.txt").read_text() == "ab12" * 32
        assert (page.parent / "timestamp.txt").read_text() == "2021-10-10 21:04:00.000000 EDT"
        assert mode(page) == 0o644, "the exchange copies the mode, and the student reads the copy"
        assert mode(page.parent) == 0o700, "nobody else reaches the original"

    @pytest.mark.parametrize("content", [b"", b"../../x", b"a" * 2000, b"\xff\xfe", b"two\nlines"])
    def test_what_nbgrader_does_not_write_is_not_taken(self, good, layout, submitted, content):
        (submitted / "submission_secret.txt").write_bytes(content)
        (page,) = write_pages([good], layout, lambda _: submitted)
        assert (page.parent / "submission_secret.txt").read_bytes() != content
        assert mode(page) == 0o600

    def test_a_link_is_not_followed(self, good, layout, submitted, tmp_path):
        (tmp_path / "other").write_text("secretofanother")
        (submitted / "submission_secret.txt").symlink_to(tmp_path / "other")
        (page,) = write_pages([good], layout, lambda _: submitted)
        assert (page.parent / "submission_secret.txt").read_text() != "secretofanother"

    def test_a_named_pipe_does_not_hang(self, good, layout, submitted):
        os.mkfifo(submitted / "submission_secret.txt")
        (page,) = write_pages([good], layout, lambda _: submitted)
        assert page.exists()

    def test_another_way_in_gets_a_random_name_that_stays(self, good, mixed, layout):
        pages = write_pages([good, mixed], layout)
        secrets = [(page.parent / "submission_secret.txt").read_text() for page in pages]
        assert len(set(secrets)) == 2
        assert all(len(secret) == 128 for secret in secrets)
        write_pages([good, mixed], layout)
        assert [(page.parent / "submission_secret.txt").read_text() for page in pages] == secrets


class TestStaffPages:
    def test_lie_outside_what_is_handed_out(self, good, mixed, layout, tmp_path):
        write_pages([good, mixed], layout)
        index, *pages = write_staff_pages([good, mixed], tmp_path / "feedback" / "week04.html")
        handed_out = set((tmp_path / "feedback").glob("*/week04/*.html"))
        assert len(handed_out) == 2
        assert not handed_out & {index, *pages}
        assert {mode(path) for path in (index, *pages)} == {0o600}
        assert mode(pages[0].parent) == 0o700

    def test_links_of_the_index_lead_to_them(self, good, mixed, read, tmp_path):
        index, *pages = write_staff_pages([good, mixed], tmp_path / "week04.html")
        hrefs = [a.attributes["href"] for a in read(index.read_text()).all("tbody")[0].all("a")]
        assert sorted(index.parent / href for href in hrefs) == sorted(pages)

    def test_an_odd_student_id_stays_in_the_folder(self, good, tmp_path):
        _, page = write_staff_pages([replace(good, student="../../x")], tmp_path / "week04.html")
        assert page.exists()
        assert page.resolve().parent == (tmp_path / "week04-staff").resolve()
