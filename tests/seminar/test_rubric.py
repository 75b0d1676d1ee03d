"""Rubrics: the course's own, what is refused, and which scores one allows."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchstone.errors import CourseError
from torchstone.notebook import declared, read
from torchstone.seminar.ledger import KINDS
from torchstone.seminar.marking import amount, mark, mark_total
from torchstone.seminar.rubric import load_rubric, parse

ROOT = Path(__file__).parents[2]

GOOD = """
kind: participation
title: Participation
points: 4
items:
  - {id: present, points: 2, title: There, student_explanation: You were there., group: a, exclusive: true}
  - {id: partly, points: 1, title: Partly, student_explanation: For a part., group: a, exclusive: true}
  - {id: speaks, points: 2, title: Speaks, student_explanation: You spoke.}
comments:
  - {id: more, text: Say more.}
"""


@pytest.mark.parametrize("kind", KINDS)
def test_the_courses_rubrics_hold(course, kind):
    rubric = load_rubric(course, kind)
    assert rubric.kind == kind
    assert all(item.student_explanation and item.grader_note for item in rubric.items)


def test_the_notebook_rubric_is_worth_what_the_notebooks_say(course):
    rubric = load_rubric(course, "notebook")
    for path in sorted(ROOT.glob("release/week*/week*.ipynb")):
        manual = [e for e in declared(read(path.read_bytes())) if e.manual]
        assert [e.points for e in manual] == [rubric.points], path.name


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("id: partly, points: 1", "id: partly, points: -1", r"item 'partly', points: -1; allowed: greater than 0"),
        ("id: partly, points: 1", "id: partly, points: two", r"item 'partly', points: 'two'; allowed"),
        ("id: partly, points: 1", "id: partly", r"item 'partly', points: missing"),
        ("id: partly", "id: present", r"item 'present', id: there twice"),
        ("id: partly", "id: week", r"item 'week', id: a sheet has a column of that name"),
        ("id: partly", "id: 7", r"items?.*id: 7; allowed"),
        ("points: 4", "points: 5", r"points: 5, but the items give 4 at most"),
        (
            "group: a, exclusive: true}\n  - {id: speaks",
            "exclusive: true}\n  - {id: speaks",
            r"'partly', group: missing",
        ),
        ("You spoke.", "You spoke., group: a", r"item 'speaks', exclusive: all items of group 'a' must agree"),
        ("You spoke.", "You spoke., gruop: a", r"item 'speaks', gruop: not a key of a rubric"),
        ("title: There,", "title: There, title: Here,", r"line 6: 'title' is there twice"),
        ("kind: participation", "kind: homework", r"kind: 'homework'; allowed: 'notebook'"),
        ("id: more, text: Say more.", "id: more", r"comment 'more', text: missing"),
        ("title: Participation", "title: [", r"line \d"),
    ],
)
def test_a_fault_is_named_with_file_item_and_key(course, old, new, says):
    assert old in GOOD
    course.rubrics.mkdir(exist_ok=True)
    (course.rubrics / "participation.yaml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(CourseError, match=says) as error:
        load_rubric(course, "participation")
    assert all("participation.yaml" in line for line in str(error.value).splitlines())


@pytest.mark.parametrize("text", ["", "[]", "!!python/object/apply:os.system [true]", "kind: notebook"])
def test_what_is_no_rubric_is_refused(text):
    with pytest.raises(CourseError):
        parse(text)


def test_a_rubric_under_another_kinds_name_is_refused(course):
    (course.rubrics / "notebook.yaml").write_text(GOOD)
    with pytest.raises(CourseError, match="the file's name says 'notebook'"):
        load_rubric(course, "notebook")


def test_texts_may_be_improved_but_points_change_the_fingerprint():
    rubric = parse(GOOD)
    assert parse(GOOD.replace("You spoke.", "You said something.")).fingerprint == rubric.fingerprint
    assert (
        parse(GOOD.replace("points: 2", "points: 3").replace("points: 4", "points: 6")).fingerprint
        != rubric.fingerprint
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"present": 2}, "no points for speaks"),
        ({"speaks": 1}, "no points for one of present, partly"),
        ({"present": 2, "partly": 1, "speaks": 0}, "present and partly exclude each other"),
        ({"present": 1.5, "speaks": 0}, "it is a choice, which gives 2 or 0"),
        ({"present": 2, "speaks": 2.5}, "speaks: 2.5 is not between 0 and 2"),
        ({"present": 2, "speaks": -0.5}, "speaks: -0.5 is not between"),
        ({"present": 2, "speaks": float("nan")}, "speaks: nan"),
        ({"present": 2, "sings": 1}, "no item 'sings'; it has present, partly, speaks"),
    ],
)
def test_points_that_break_the_rubric_are_refused(given, says):
    with pytest.raises(CourseError, match=says):
        mark(parse(GOOD), "s01", "week04", given)


def test_every_score_that_the_rubric_allows_is_its_sum_and_within_bounds():
    rubric = parse(GOOD)
    sums = set()
    for present, partly, speaks in product((0, 2), (0, 1), (0, 0.5, 2)):
        if present and partly:
            continue
        score = mark(rubric, "s01", "week04", {"present": present, "partly": partly, "speaks": speaks})
        assert score.points == present + partly + speaks
        sums.add(score.points)
    assert max(sums) == rubric.points
    assert min(sums) == 0


def test_the_banks_comments_go_before_the_graders_own():
    score = mark(parse(GOOD), "s01", "week04", {"present": 2, "speaks": 1}, " Well asked. ", ["more"])
    assert score.comment == "Say more.\nWell asked."
    with pytest.raises(CourseError, match="no comment 'less' in its bank; it has more"):
        mark_total(parse(GOOD), "s01", "week04", 1, bank=["less"])


@given(st.floats(0, 1000))
def test_points_may_be_typed_with_a_point_or_a_comma(value):
    assert amount(f"{value!r}", 3) == value
    if "e" not in repr(value):
        assert amount(repr(value).replace(".", ","), 3) == value


@pytest.mark.parametrize("text", ["", "one", "nan", "inf", "1 2", "1.2.3"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(CourseError, match="no number of points"):
        amount(text, 3)
    assert amount("X", 3) == 3
