"""The sheet of extensions."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from torchstone.collecting.extensions import Extension, read_extensions, write_extensions
from torchstone.errors import CourseError

DUE = {"week04": datetime(2021, 10, 18, 9, 0, tzinfo=ZoneInfo("America/New_York"))}


@pytest.fixture
def read(tmp_path):
    def read(*rows):
        path = tmp_path / "extensions.csv"
        path.write_text("\n".join(["id,assignment,days,until,reason", *rows]) + "\n")
        return read_extensions(path, DUE.get, ["ann", "bob"])

    return read


def test_days_and_times_are_read(read):
    assert read('ann,week04,1.5,,"ill, at home"', "bob,week04,,2021-10-19 10:30,") == (
        Extension("ann", "week04", timedelta(hours=36), "ill, at home"),
        Extension("bob", "week04", timedelta(hours=25, minutes=30)),
    )


def test_what_was_written_is_read(tmp_path):
    path = tmp_path / "seminar" / "extensions.csv"
    assert read_extensions(path, DUE.get) == ()
    written = (Extension("ann", "week04", timedelta(hours=31), "ünal, reason"),)
    write_extensions(path, written)
    assert read_extensions(path, DUE.get) == written


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["eve,week04,1,,"], "row 2: 'eve' is not in the roster"),
        (["ann,week99,1,,"], "row 2: there is no assignment 'week99'"),
        (["ann,week04,1,,", "ann,week04,2,,"], "row 3: ann, week04 is in row 2 already"),
        (["ann,week04,,,"], "row 2: give either days or until"),
        (["ann,week04,1,2021-10-19,"], "row 2: give either days or until"),
        (["ann,week04,-1,,"], "row 2: days is '-1'"),
        (["ann,week04,nan,,"], "row 2: days is 'nan'"),
        (["ann,week04,,tomorrow,"], "row 2: until is 'tomorrow'"),
        (["ann,week04,,2021-10-18,", "bob,week04,,2021-10-01,"], "row 3: until 2021-10-01 is not after the deadline"),
    ],
)
def test_what_cannot_be_used_is_named(read, rows, message):
    with pytest.raises(CourseError, match=message):
        read(*rows)
