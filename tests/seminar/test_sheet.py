"""Scores by spreadsheet: filled in anywhere, taken in whole or not at all."""

import csv
import io

import pytest

from torchstone.errors import CourseError
from torchstone.seminar import ledger
from torchstone.seminar.allocation import Allocation, save_allocation
from torchstone.seminar.people import anonymous_ids
from torchstone.seminar.sheet import sheet, take_in
from torchstone.seminar.standing import standings


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def write(tmp_path, rows, name="marks.csv"):
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / name
    path.write_text(out.getvalue())
    return path


FULL = {"hypothesis": "2", "comparison": "2,5", "figure": "x", "interpretation": "1", "reruns": "0"}


def test_a_sheet_that_was_filled_in_is_taken_in(course, tmp_path):
    rows = rows_of(sheet(course, "notebook", "week04", "ta1"))
    assert [row["student"] for row in rows] == [f"s{n:02d}" for n in range(1, 13)]
    rows[0] |= FULL | {"bank": "seeds alt", "comment": "A fine question, well asked."}
    entered = take_in(course, "notebook", write(tmp_path, rows), "ta1")
    assert len(entered.entries) == 1
    (entry,) = ledger.read(course)
    assert (entry.what.points, entry.source, entry.by) == (7.5, "marks.csv, row 2", "ta1")
    assert entry.what.comment.endswith("A fine question, well asked.")
    assert "three seeds" in entry.what.comment


def test_taking_a_sheet_in_again_changes_nothing(course, tmp_path):
    rows = rows_of(sheet(course, "notebook", "week04", "ta1"))
    rows[0] |= FULL | {"comment": "=1+1 is no formula\nand this is a second line"}
    rows[1] |= {"points": "6"}
    take_in(course, "notebook", write(tmp_path, rows), "ta1")
    again = tmp_path / "again.csv"
    again.write_text(sheet(course, "notebook", "week04", "ta1"))
    entered = take_in(course, "notebook", again, "ta1")
    assert (len(entered.entries), entered.unchanged) == (0, 2)
    assert len(ledger.read(course)) == 2


def test_no_cell_of_a_sheet_is_a_formula(course, tmp_path):
    rows = rows_of(sheet(course, "notebook", "week04", "ta1"))
    rows[0] |= FULL | {"comment": '=HYPERLINK("http://example.org")'}
    take_in(course, "notebook", write(tmp_path, rows), "ta1")
    for row in rows_of(sheet(course, "notebook", "week04", "ta1")):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_one_grader_does_not_see_another_ones_points(course, tmp_path):
    rows = rows_of(sheet(course, "notebook", "week04", "ta1"))
    rows[0] |= FULL
    take_in(course, "notebook", write(tmp_path, rows), "ta1")
    assert all(not row["hypothesis"] for row in rows_of(sheet(course, "notebook", "week04", "ta2")))


def test_a_sheet_is_for_those_whose_topic_it_is(course):
    students = ("s01", "s02", "s03")
    notebooks = {"s01": ("week05", "week06", "week07"), "s02": ("week04", "week06", "week07")}
    save_allocation(
        course,
        Allocation(
            {"s01": "week04", "s02": "week05", "s03": "week08"},
            {**notebooks, "s03": ("week04", "week05", "week06")},
        ),
    )

    def whose(kind):
        return [row["student"] for row in rows_of(sheet(course, kind, "week04", "ta1"))]

    assert whose("presentation") == ["s01"]
    assert whose("notebook") == ["s02", "s03"]
    assert len(whose("participation")) == 12
    chosen = rows_of(sheet(course, "notebook", "week04", "ta1", students))
    assert [row["student"] for row in chosen] == list(students)


def test_every_wrong_row_is_named_and_nothing_is_entered(course, tmp_path):
    rows = [
        {"student": "s01", "topic": "week04", **FULL, "comment": ""},
        {"student": "s99", "topic": "week04", **FULL, "comment": ""},
        {"student": "s03", "topic": "week77", **FULL, "comment": ""},
        {"student": "s04", "topic": "week04", **FULL, "hypothesis": "3", "comment": ""},
        {"student": "s05", "topic": "week04", **FULL, "figure": "", "comment": ""},
        {"student": "s01", "topic": "4", **FULL, "comment": ""},
        {"student": "s06", "topic": "week04", **FULL, "figure": "good", "comment": ""},
        {"student": "", "topic": "week04", **FULL, "comment": ""},
        {"student": "s07", "topic": "week04", **dict.fromkeys(FULL, ""), "comment": "nothing there"},
    ]
    with pytest.raises(CourseError) as error:
        take_in(course, "notebook", write(tmp_path, rows), "ta1")
    lines = str(error.value).splitlines()
    assert "nothing was entered" in lines[0]
    expected = [
        "row 3: 's99' is not in roster.csv",
        "row 4: there is no assignment 'week77'",
        "row 5: hypothesis: 3 is not between 0 and 2",
        "row 6: no points for figure",
        "row 7: s01, week04: scored in row 2 already",
        "row 8: 'good' is no number of points",
        "row 9: the student is missing",
        "row 10: a comment without points",
    ]
    assert len(lines) == 1 + len(expected)
    for line, text in zip(lines[1:], expected, strict=True):
        assert line.strip().startswith(text)
    assert ledger.read(course) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "row 1: it lacks student, topic, points"),
        ("student,topic\ns01,week04\n", "row 1: it lacks points"),
        ("student,topic,points,mood\ns01,week04,3,good\n", "holds 'mood'"),
        ("student,student,points\n", "two columns are called 'student'"),
        ("student,topic,points\ns01,week04\n", "row 2: it has 2 cells"),
        ('student,topic,points\n"s01,week04,3\n', "row 2"),
        ("student,topic,points\n", "holds no scores"),
        ("student,topic,points\ns01,week04,11\n", "points: 11 is not between 0 and 10"),
    ],
)
def test_what_is_no_sheet_is_refused(course, tmp_path, text, says):
    path = tmp_path / "marks.csv"
    path.write_text(text)
    with pytest.raises(CourseError, match=says):
        take_in(course, "notebook", path, "ta1")


def test_semicolons_a_byte_order_mark_and_a_week_column_are_read(course, tmp_path):
    path = tmp_path / "marks.csv"
    path.write_bytes("\ufeffStudent;Week;Points\ns01;4;1,5\ns02;week05;0\n".encode())
    take_in(course, "participation", path, "ta1")
    found = standings(course, "participation")
    assert {key: s.points for key, s in found.items()} == {("s01", "week04"): 1.5, ("s02", "week05"): 0}


def test_neutral_ids_tell_nothing_and_find_home(course, tmp_path):
    rows = rows_of(sheet(course, "notebook", "week04", "ta1", anonymous=True))
    names = [row["student"] for row in rows]
    assert names == sorted(names)
    assert not any(f"s{n:02d}" in name for n in range(1, 13) for name in names)
    students = [f"s{n:02d}" for n in range(1, 13)]
    ids = anonymous_ids(course, "notebook", "week04", students)
    assert set(ids.values()).isdisjoint(anonymous_ids(course, "notebook", "week05", students).values())
    chosen = next(row for row in rows if row["student"] == ids["s07"])
    chosen |= FULL
    take_in(course, "notebook", write(tmp_path, rows), "ta1")
    assert set(standings(course, "notebook")) == {("s07", "week04")}
    chosen["topic"] = "week05"
    with pytest.raises(CourseError, match="nobody's neutral id in week05"):
        take_in(course, "notebook", write(tmp_path, rows), "ta2")
