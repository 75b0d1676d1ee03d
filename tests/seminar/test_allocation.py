"""The record of who was given which topic."""

import stat

import pytest

from torchstone.errors import CourseError
from torchstone.seminar.allocation import Allocation, load_allocation, path_of, save_allocation

GIVEN = Allocation(
    {"ann": "week01", "böb": "week02"},
    {"ann": ("week02", "week03", "week04"), "böb": ("week01", "week03", "week06")},
)


def test_what_was_written_is_read_and_is_private(course):
    save_allocation(course, GIVEN)
    assert load_allocation(course) == GIVEN
    assert load_allocation(course).students == ("ann", "böb")
    assert stat.S_IMODE(path_of(course).stat().st_mode) == 0o600
    assert stat.S_IMODE(course.seminar.stat().st_mode) == 0o700


def test_without_an_allocation_the_verb_is_named(course):
    with pytest.raises(CourseError, match="torchstone topics allocate"):
        load_allocation(course)


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"version": 9}', '{"version": 1, "students": {"a": {"presentation": "week01", "notebooks": ["x"]}}}'],
)
def test_a_damaged_record_is_named_and_left_alone(course, text):
    course.seminar.mkdir()
    path_of(course).write_text(text)
    with pytest.raises(CourseError, match=r"allocation\.json"):
        load_allocation(course)
    assert path_of(course).read_text() == text
