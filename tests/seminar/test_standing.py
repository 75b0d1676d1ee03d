"""Scores that people enter: the append-only ledger, and where everyone stands by it."""

import json
from datetime import UTC, datetime
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone.errors import CourseError
from torchstone.seminar import ledger
from torchstone.seminar.ledger import Entry, New, Score, Withdrawal
from torchstone.seminar.standing import of_entries, standings

WHEN = datetime(2021, 10, 20, 12, 0, tzinfo=UTC)


def score(points, student="s01", by="ta1", *, topic="week04", kind="notebook", maximum=10.0, tolerance=1.0):
    return New(Score(kind, student, topic, float(points), maximum, tolerance=tolerance), by)


def withdrawal(student="s01", by="ta1"):
    return New(Withdrawal("notebook", student, "week04"), by)


def test_nothing_entered_is_nobody_graded(course):
    assert standings(course, "notebook") == {}


def test_two_graders_give_their_mean_and_a_flag_beyond_the_tolerance(course):
    ledger.append(course, [score(7), score(8, by="ta2"), score(5, "s02"), score(8, "s02", "ta2")])
    found = standings(course, "notebook")
    assert (found["s01", "week04"].points, found["s01", "week04"].differs) == (7.5, False)
    assert (found["s02", "week04"].points, found["s02", "week04"].differs) == (6.5, True)
    assert found["s01", "week04"].graders == ("ta1", "ta2")
    assert found["s01", "week04"].maximum == 10


def test_a_graders_latest_word_counts_and_the_first_stays_readable(course):
    ledger.append(course, [score(3)])
    ledger.append(course, [score(9)])
    assert standings(course, "notebook")["s01", "week04"].points == 9
    assert [e.what.points for e in ledger.read(course)] == [3, 9]


def test_withdrawn_is_ungraded_not_zero(course):
    ledger.append(course, [score(3), score(4, "s02"), withdrawal()])
    assert set(standings(course, "notebook")) == {("s02", "week04")}


def test_kinds_do_not_mix(course):
    ledger.append(course, [score(3), score(2, kind="participation", maximum=4)])
    assert standings(course, "participation")["s01", "week04"].maximum == 4
    assert standings(course, "presentation") == {}


def test_another_maximum_is_averaged_by_fractions_and_flagged(course):
    ledger.append(course, [score(5), score(10, by="ta2", maximum=20.0)])
    found = standings(course, "notebook")["s01", "week04"]
    assert (found.points, found.maximum, found.differs) == (10, 20, True)


@pytest.mark.parametrize("points", [-1.0, float("nan"), float("inf")])
def test_a_value_that_is_no_score_enters_nothing_at_all(course, points):
    ledger.append(course, [score(5)])
    with pytest.raises(CourseError, match=r"s02, week04: what\.points.*nothing was entered"):
        ledger.append(course, [score(6, "s03"), score(points, "s02")])
    assert len(ledger.read(course)) == 1


def test_the_ledger_is_for_its_owner_only(course):
    ledger.append(course, [score(5)])
    path = ledger.path_of(course)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [lines[0].replace('"points": 5.0', '"points": 9.0'), *lines[1:]],
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0], lines[0], *lines[1:]],
        lambda lines: [*lines[:2], lines[2][:40]],
    ],
    ids=["changed", "first dropped", "middle dropped", "swapped", "doubled", "cut"],
)
def test_a_ledger_that_was_tampered_with_is_refused_with_the_line(course, tamper):
    ledger.append(course, [score(5), score(6, "s02"), score(7, "s03")])
    path = ledger.path_of(course)
    path.write_text("".join(f"{line}\n" for line in tamper(path.read_text().splitlines())))
    with pytest.raises(CourseError, match=r"line \d"):
        standings(course, "notebook")
    damaged = path.read_text()
    with pytest.raises(CourseError):
        ledger.append(course, [score(1)])
    assert path.read_text() == damaged


def test_a_line_is_plain_json_with_who_when_and_what(course):
    ledger.append(course, [score(5)], now=WHEN)
    record = json.loads(ledger.path_of(course).read_text())
    assert (record["by"], record["when"], record["what"]["points"]) == ("ta1", "2021-10-20T12:00:00+00:00", 5.0)


def test_an_entry_is_explained_with_what_it_replaces(course):
    ledger.append(course, [score(3), score(9), withdrawal()], now=WHEN)
    first, second, third = ledger.explained(ledger.read(course))
    assert first == "#1 2021-10-20 12:00 UTC: ta1 gave s01's notebook of week04 3 of 10; by terminal"
    assert second.endswith("9 of 10 instead of 3 of 10; by terminal")
    assert "withdrew their score, 9 of 10," in third


scores = st.lists(
    st.tuples(st.sampled_from(["s1", "s2"]), st.sampled_from(["a", "b", "c"]), st.none() | st.floats(0, 10)),
    max_size=12,
)


@settings(deadline=None)
@given(scores)
def test_standing_is_the_mean_of_each_graders_last_word(said):
    entries = []
    for number, (student, by, points) in enumerate(said, 1):
        what = Withdrawal("notebook", student, "t") if points is None else Score("notebook", student, "t", points, 10)
        entries.append(Entry(number, WHEN, by, "terminal", what, ""))
    last = {(student, by): points for student, by, points in said}
    for student in ("s1", "s2"):
        points = [p for (s, _), p in last.items() if s == student and p is not None]
        found = of_entries(entries, "notebook").get((student, "t"))
        assert (found is None) == (not points)
        if found is not None:
            assert found.points == pytest.approx(fmean(points))
            assert found.differs == (max(points) - min(points) > 1e-9) or max(points) - min(points) < 1e-6
