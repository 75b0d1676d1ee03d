"""Times from a platform's listing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from torchstone.collecting.match import Matcher
from torchstone.collecting.times import read_listing
from torchstone.errors import CourseError


@pytest.fixture
def listing(tmp_path, roster, made):
    def read(text):
        path = tmp_path / "times.csv"
        path.write_text(text)
        return read_listing(path, Matcher(roster), made.zone)

    return read


def test_moodles_grading_worksheet(listing, made):
    found = listing(
        "Identifier,Full name,Email address,Status,Last modified (submission),Grade\n"
        'Participant 1,"Ada Lovelace, Countess",ada@example.org,Submitted,"Monday, 4 October 2021, 9:15 AM",\n'
        "Participant 2,梅 李,mei@example.org,No submission,-,\n"
        'Participant 3,Eve,eve@example.org,Submitted,"Monday, 4 October 2021, 9:15 PM",\n'
    )
    assert found.times == {"ada": datetime(2021, 10, 4, 9, 15, tzinfo=made.zone)}
    (row,) = found.unmatched
    assert row.startswith("row 4: nobody")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2021-10-04 09:15", datetime(2021, 10, 4, 13, 15, tzinfo=UTC)),
        ("2021-10-04T09:15:30+02:00", datetime(2021, 10, 4, 7, 15, 30, tzinfo=UTC)),
        ("2021-10-04 13:15:00 UTC", datetime(2021, 10, 4, 13, 15, tzinfo=UTC)),
        ("2021-11-07 01:30", datetime(2021, 11, 7, 5, 30, tzinfo=UTC)),  # twice that night: the earlier counts
        ("2021-11-08 01:30", datetime(2021, 11, 8, 6, 30, tzinfo=UTC)),
    ],
)
def test_forms_of_time(listing, text, instant):
    assert listing(f"student,received\nada,{text}\n").times["ada"].astimezone(UTC) == instant


def test_faults_are_named(listing, tmp_path, roster, made):
    with pytest.raises(CourseError, match="row 3: 'soon' is not a time"):
        listing("id,received\nada,2021-10-04\nmei,soon\n")
    with pytest.raises(CourseError, match="needs a column"):
        listing("id,grade\nada,3\n")
    with pytest.raises(CourseError, match="needs a column"):
        listing("")
    with pytest.raises(CourseError, match="cannot be read"):
        read_listing(tmp_path / "none.csv", Matcher(roster), made.zone)
