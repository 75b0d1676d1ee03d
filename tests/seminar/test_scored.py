"""What a student reads of the scores that people gave."""

from __future__ import annotations

import pytest

from torchstone.errors import CourseError
from torchstone.seminar import ledger
from torchstone.seminar.ledger import New
from torchstone.seminar.marking import enter, mark, mark_total
from torchstone.seminar.rubric import load_rubric
from torchstone.seminar.scored import works, write_scored_pages
from torchstone.seminar.standing import differing

FULL = {"hypothesis": 2, "comparison": 3, "figure": 2, "interpretation": 2, "reruns": 1}


@pytest.fixture
def rubric(course):
    return load_rubric(course, "notebook")


def page(course, student):
    (path,) = write_scored_pages(course, [student])
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text()


def test_items_comments_and_the_mean_are_there_and_no_grader_is(course, rubric):
    first = mark(rubric, "s01", "week04", FULL, "Add <b>seeds</b>.", ["limits"])
    second = mark(rubric, "s01", "week04", FULL | {"comparison": 2}, "Well asked.")
    enter(course, [New(first, "secret-ta1"), New(second, "secret-ta2")])
    text = page(course, "s01")
    assert "<strong>9.5 of 10</strong>" in text
    assert "2.5 of 3" in text
    assert "Add &lt;b&gt;seeds&lt;/b&gt;." in text
    assert "Name one thing that your experiment cannot show" in text
    assert "Well asked." in text
    assert "The mean of 2 graders." in text
    assert "secret-ta" not in text
    assert all(item.grader_note not in text for item in rubric.items)
    assert "<script" not in text


def test_what_is_not_settled_says_so_and_staff_see_both_sides(course, rubric):
    enter(course, [New(mark(rubric, "s01", "week04", FULL), "ta1")])
    enter(course, [New(mark(rubric, "s01", "week04", FULL | {"comparison": 0}), "ta2")])
    assert "Not settled yet" in page(course, "s01")
    assert differing(course, "notebook") == {
        ("s01", "week04"): {"ta1": FULL | {"total": 10.0}, "ta2": FULL | {"comparison": 0, "total": 7.0}}
    }


def test_of_choices_the_given_one_is_shown(course):
    rubric = load_rubric(course, "participation")
    enter(course, [New(mark(rubric, "s01", "week04", {"partly": 1, "contributes": 0}), "ta1")])
    (work,) = works(
        {"participation": rubric} | dict.fromkeys(("notebook", "presentation"), rubric), ledger.read(course), "s01"
    )
    assert [(i.title, i.points) for i in work.items] == [
        ("There for part of it", 1.0),
        ("Moved the discussion on", 0.0),
    ]


def test_a_sum_alone_has_no_items(course, rubric):
    enter(course, [New(mark_total(rubric, "s01", "week04", 7.5), "ta1")])
    text = page(course, "s01")
    assert "7.5" in text
    assert "What it was scored by" not in text


def test_pages_are_for_those_of_whom_something_was_scored(course, rubric):
    enter(course, [New(mark(rubric, "s02", "week04", FULL), "ta1")])
    assert [path.name for path in write_scored_pages(course)] == ["s02.html"]
    with pytest.raises(CourseError, match="not in roster"):
        write_scored_pages(course, ["s99"])
