"""Collecting end to end: every attempt kept, nothing changed by repetition, times from our side alone."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone.collecting import collect
from torchstone.errors import CourseError, UnreadableNotebook, UnsafeArchive
from torchstone.notebook import MAX_BYTES, read

MOODLE = "Ada Lovelace, Countess_77_assignsubmission_file_/week04.ipynb"


def test_a_moodle_download(course, made):
    data = made.notebook("ada")
    report = course.collect(course.zip({MOODLE: data, "梅 李_78_assignsubmission_file_/x.ipynb": b"not json"}))
    assert report.clean
    assert [(t.student, t.attempt, t.counts) for t in report.taken] == [("ada", 1, True), ("mei", 1, True)]
    assert report.absent == ("jose", "sam1", "sam2")
    sha = hashlib.sha256(data).hexdigest()
    assert (course.collected / f"week04/ada/1-{sha[:8]}.ipynb").read_bytes() == data
    assert course.handed_in("ada") == data
    assert course.handed_in("mei") == b"not json"
    latest = course.manifest.latest("ada", "week04")
    assert (latest.sha256, latest.bytes, latest.source) == (sha, len(data), f"download.zip: {MOODLE}")
    assert (latest.received, latest.source_of_time) == (datetime(2021, 10, 4, 9, 15, tzinfo=made.zone), "archive")


def test_files_and_folders_are_private(course, made):
    course.collect(course.zip({MOODLE: made.notebook("x")}))
    for top in (course.collected, course.submitted):
        for path in (top, *top.rglob("*")):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_same_again_changes_nothing(course, made):
    source = course.zip({MOODLE: made.notebook("x"), "mei.ipynb": made.notebook("y")})
    course.collect(source)
    before = course.tree()
    report = course.collect(source)
    assert (report.taken, report.repeated) == ((), ("ada", "mei"))
    assert course.tree() == before


def test_two_attempts_are_both_kept_and_the_later_counts(course, made):
    course.collect(course.folder({"ada.ipynb": made.notebook("first")}, "one"))
    evening = datetime(2021, 10, 4, 20, 0, tzinfo=made.zone)
    course.collect(course.folder({"ada.ipynb": made.notebook("second")}, "two", evening))
    assert [a.number for a in course.manifest.attempts("ada", "week04")] == [1, 2]
    assert len(list((course.collected / "week04/ada").iterdir())) == 2
    assert course.handed_in("ada") == made.notebook("second")


def test_an_older_download_does_not_replace_a_later_attempt(course, made):
    evening = datetime(2021, 10, 4, 20, 0, tzinfo=made.zone)
    course.collect(course.folder({"ada.ipynb": made.notebook("second")}, "two", evening))
    report = course.collect(course.folder({"ada.ipynb": made.notebook("first")}, "one"))
    assert course.handed_in("ada") == made.notebook("second")
    (taken,) = report.taken
    assert not taken.counts
    assert "received later counts" in taken.note


def test_going_back_to_an_earlier_text_is_a_new_attempt(course, made):
    for hour, text in ((9, "a"), (10, "b"), (11, "a")):
        when = datetime(2021, 10, 4, hour, tzinfo=made.zone)
        course.collect(course.folder({"ada.ipynb": made.notebook(text)}, "again", when))
    assert course.handed_in("ada") == made.notebook("a")
    assert course.manifest.latest("ada", "week04").number == 3


def test_the_timestamp_is_ours_and_in_utc(course, made):
    """nbgrader reads timestamp.txt from the submitted folder; a student's own must not count."""
    folder = course.submitted / "ada" / "week04"
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("1999-01-01 00:00:00 UTC")
    course.collect(course.zip({MOODLE: made.notebook("x")}))
    assert (folder / "timestamp.txt").read_text() == "2021-10-04 13:15:00 UTC\n"


def test_nbgraders_own_folder_as_the_source(course, made):
    folder = course.folder(
        {"ada/week04/week04.ipynb": made.notebook("x"), "ada/week04/timestamp.txt": b""}, "submitted"
    )
    report = course.collect(folder)
    assert [t.source_of_time for t in report.taken] == ["file"]
    before = course.tree()
    assert course.collect(folder).repeated == ("ada",)
    assert course.tree() == before


def test_a_given_time_counts_most_then_the_listing(course, made):
    source = course.zip({MOODLE: made.notebook("x")})
    times = course.root / "times.csv"
    times.write_text("id,received\nada,2021-10-03 08:00\n")
    course.collect(source)
    (taken,) = course.collect(source, times=times).taken
    assert (taken.attempt, taken.source_of_time) == (1, "listing")
    assert "its time was 2021-10-04 09:15" in taken.note
    assert course.manifest.latest("ada", "week04").received == datetime(2021, 10, 3, 8, tzinfo=made.zone)
    course.collect(source, received=datetime(2021, 10, 5, tzinfo=UTC))
    latest = course.manifest.latest("ada", "week04")
    assert (latest.number, latest.received, latest.source_of_time) == (1, datetime(2021, 10, 5, tzinfo=UTC), "given")
    assert len(course.manifest.records) == 3
    assert course.collect(source).taken == ()
    assert (course.submitted / "ada/week04/timestamp.txt").read_text() == "2021-10-05 00:00:00 UTC\n"


def test_an_archive_without_times_takes_that_of_the_download(course, made):
    source = course.zip({MOODLE: made.notebook("x")}, when=(1980, 1, 1, 0, 0, 0))
    when = datetime(2021, 10, 6, tzinfo=UTC).timestamp()
    os.utime(source, (when, when))
    (taken,) = course.collect(source).taken
    assert (taken.received.timestamp(), taken.source_of_time) == (when, "file")


def test_a_time_without_zone_is_refused(course, made):
    with pytest.raises(CourseError, match="no time zone"):
        course.collect(course.zip({}), received=datetime(2021, 10, 4))


def test_a_file_over_the_cap_is_recorded_by_its_hash(course):
    large = b" " * (MAX_BYTES + 1)
    report = course.collect(course.zip({MOODLE: large}))
    assert "only its hash was kept" in report.taken[0].note
    latest = course.manifest.latest("ada", "week04")
    assert (latest.bytes, latest.sha256, latest.kept) == (len(large), hashlib.sha256(large).hexdigest(), False)
    assert len(course.handed_in("ada")) < 300
    with pytest.raises(UnreadableNotebook, match="20 MB"):
        read(course.handed_in("ada"))
    assert course.collect(course.zip({MOODLE: large})).taken == ()


def test_an_archive_handed_in_instead_of_a_notebook(course, made):
    inner = made.zipped({"work/week04.ipynb": made.notebook("x"), "work/notes.ipynb": b"", "__MACOSX/a": b""})
    report = course.collect(course.zip({"ada/homework.zip": inner}))
    assert report.clean
    assert course.handed_in("ada") == made.notebook("x")
    assert course.manifest.latest("ada", "week04").source == "download.zip: ada/homework.zip: work/week04.ipynb"


@pytest.mark.parametrize("name", ["../week04.ipynb", "/week04.ipynb"])
def test_one_students_unsafe_archive_does_not_stop_the_others(course, made, name):
    inner = made.zipped({name: made.notebook("x")})
    report = course.collect(course.zip({"ada/homework.zip": inner, "mei.ipynb": made.notebook("y")}))
    assert [t.student for t in report.taken] == ["mei"]
    (refused,) = report.refused
    assert "leads out" in refused.reason
    assert not report.clean


def test_a_damaged_member_does_not_stop_the_others(course, made):
    data = bytearray(made.zipped({"ada.ipynb": made.notebook("x" * 500), "mei.ipynb": made.notebook("y")}))
    data[60] ^= 0xFF
    (course.root / "broken.zip").write_bytes(data)
    report = course.collect(course.root / "broken.zip")
    assert [t.student for t in report.taken] == ["mei"]
    assert [r.path for r in report.refused] == ["ada.ipynb"]


def test_an_unsafe_download_takes_nothing(course, made):
    source = course.zip({"ada.ipynb": made.notebook("x"), "../../evil.ipynb": b""})
    before = course.tree()
    with pytest.raises(UnsafeArchive):
        course.collect(source)
    assert course.tree() == before


def test_what_nobody_can_be_given_is_listed(course, made):
    report = course.collect(course.zip({"Sam Smith_3_assignsubmission_file_/week04.ipynb": b"", "eve.ipynb": b""}))
    assert [u.path for u in report.unmatched] == ["Sam Smith_3_assignsubmission_file_/week04.ipynb", "eve.ipynb"]
    assert not report.clean
    assert not course.submitted.exists()


def test_the_report_for_people_and_machines(course, made):
    report = course.collect(course.zip({MOODLE: made.notebook("x"), "eve.ipynb": b""}))
    text = "\n".join(report.lines())
    assert "week04: 1 taken, 0 known already" in text
    assert "ada, attempt 1, received 2021-10-04 09:15 UTC-04:00 (archive)" in text
    assert "not matched: eve.ipynb: nobody" in text
    assert "nothing from jose, mei, sam1, sam2" in text
    assert json.loads(json.dumps(report.as_json()))["taken"][0]["received"] == "2021-10-04T09:15:00-04:00"


def test_a_submitted_link_is_replaced_and_not_written_through(course, made):
    target = course.root / "elsewhere"
    target.write_bytes(b"keep me")
    folder = course.submitted / "ada" / "week04"
    folder.mkdir(parents=True)
    (folder / "week04.ipynb").symlink_to(target)
    course.collect(course.zip({MOODLE: made.notebook("x")}))
    assert target.read_bytes() == b"keep me"
    assert course.handed_in("ada") == made.notebook("x")


def test_a_disk_that_cannot_be_written_gives_one_line(course, made):
    course.collected.write_text("a file where the folder should be")
    with pytest.raises(CourseError, match="cannot be"):
        course.collect(course.zip({MOODLE: made.notebook("x")}))
    assert course.collected.read_text() == "a file where the folder should be"


def test_interrupted_before_the_manifest_was_written_it_can_be_repeated(course, made, monkeypatch):
    source = course.zip({MOODLE: made.notebook("x")})

    def full(self, path):
        raise CourseError("no space")

    with monkeypatch.context() as patched:
        patched.setattr("torchstone.collecting.manifest.Manifest.write", full)
        with pytest.raises(CourseError):
            course.collect(source)
    assert [t.attempt for t in course.collect(source).taken] == [1]
    assert len(list((course.collected / "week04/ada").iterdir())) == 1


@settings(deadline=None, max_examples=15)
@given(
    st.lists(
        st.tuples(st.sampled_from(["ada", "jose", "mei"]), st.sampled_from("ABC"), st.integers(0, 23)),
        max_size=5,
    )
)
def test_nothing_handed_in_is_ever_lost(new_course, made, arrivals):
    """After any sequence of collections: every text is kept, and the one received last is handed on.

    What is handed in again unchanged, while it is what counts, keeps its first time: it must not become late by that.
    """
    with tempfile.TemporaryDirectory() as folder:
        course = new_course(Path(folder))
        for i, (student, text, hour) in enumerate(arrivals):
            when = datetime(2021, 10, 4, hour, i, tzinfo=made.zone)
            source = course.folder({f"{student}.ipynb": made.notebook(text)}, f"source{i}", when)
            course.collect(source)
            assert course.collect(source).taken == ()
        for student in ("ada", "jose", "mei"):
            mine = [(hour, i, made.notebook(text)) for i, (who, text, hour) in enumerate(arrivals) if who == student]
            counted = []
            for attempt in mine:
                if not counted or attempt[2] != max(counted)[2]:
                    counted.append(attempt)
            kept = {p.read_bytes() for p in (course.collected / "week04" / student).glob("*")}
            assert kept == {data for _, _, data in mine}
            if mine:
                assert course.handed_in(student) == max(counted)[2]


def test_paths_are_plain_arguments(course, made):
    source = course.zip({MOODLE: made.notebook("x")})
    collect(
        source,
        "week05",
        collected=course.root / "c",
        submitted=course.root / "s",
        roster=course.roster,
        timezone=UTC,
    )
    assert (course.root / "s/ada/week05/week05.ipynb").exists()


def test_in_the_hour_that_the_clocks_repeat_the_later_instant_counts(course, made):
    for minute, zone_hour, text in ((50, 5, "first"), (10, 6, "second")):  # 01:50 EDT, then 01:10 EST
        when = datetime(2021, 11, 7, zone_hour, minute, tzinfo=UTC)
        course.collect(course.folder({"ada.ipynb": made.notebook(text)}, text, when))
    assert course.handed_in("ada") == made.notebook("second")
    assert course.manifest.latest("ada", "week04").received == datetime(2021, 11, 7, 6, 10, tzinfo=UTC)
