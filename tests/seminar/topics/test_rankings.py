"""The ranking sheet, and everything that people write into one."""

import pytest

from torchstone.collecting import read_roster
from torchstone.errors import CourseError
from torchstone.seminar.topics.rankings import read_fixed, read_rankings, template


@pytest.fixture
def read(course):
    return lambda path: read_rankings(path, read_roster(course.roster), course.topics)


def test_a_filled_template_is_read(course, sheet, read):
    rankings = read(sheet(lambda rows: rows[2].__setitem__(2, "week05 2021-10-25")))
    assert len(rankings.people) == 12
    assert rankings.missing == ()
    assert sorted(rankings.people[0].ranks.values()) == list(range(1, 15))
    assert rankings.people[1].away == {"week05", "week06"}


def test_the_template_has_a_row_for_everyone_and_survives_a_comma(course, tmp_path):
    course.roster.write_text('id,last_name,first_name,email\nann,"Ünal, Countess",梅,a@example.org\n', encoding="utf-8")
    text = template(read_roster(course.roster), course.topics)
    path = tmp_path / "sheet.csv"
    path.write_text(text, encoding="utf-8-sig", newline="")
    with pytest.raises(CourseError, match=r"row 2 \(ann\): no rank for week01, week02"):
        read_rankings(path, read_roster(course.roster), course.topics)
    assert '"梅 Ünal, Countess"' in text


def test_a_spreadsheet_with_semicolons_is_read(sheet, read):
    path = sheet()
    path.write_text(path.read_text().replace(",", ";"))
    assert len(read(path).people) == 12


def put(row, column, value):
    return lambda rows: rows[row].__setitem__(column, value)


def swap(row, old, new):
    return lambda rows: rows[row].__setitem__(rows[row].index(old), new)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (swap(3, "7", "8"), r"row 4 \(s03\): week\d\d and week\d\d share the rank 8; give each its own"),
        (swap(3, "7", ""), r"row 4 \(s03\): no rank for week\d\d \(free: 7\)"),
        (swap(3, "7", "15"), r"row 4 \(s03\): week\d\d has the rank '15'; ranks are 1 to 14"),
        (swap(3, "7", "first"), r"row 4 \(s03\): week\d\d has the rank 'first'"),
        (swap(3, "7", "²"), r"row 4 \(s03\): week\d\d has the rank '²'"),
        (put(5, 0, "nobody"), r"row 6: 'nobody' is not in the roster"),
        (put(5, 0, "s01"), r"row 6: 's01' is in row 2 already"),
        (put(5, 2, "week77"), r"row 6 \(s05\): away 'week77' is neither a week"),
        (put(0, 5, "week33 Knitting"), r"row 1: column 6 is 'week33 Knitting', which is no topic"),
        (put(0, 5, "week01 again"), r"row 1: column 6 ranks week01 a second time.*no column for week03"),
        (lambda rows: rows[4].append("9"), r"row 5: it has 18 fields, the first row 17"),
        (lambda rows: [row.pop() for row in rows], r"row 1: no column for week14"),
    ],
)
def test_what_cannot_be_used_is_named_with_row_and_reason(sheet, read, change, message):
    with pytest.raises(CourseError, match=message):
        read(sheet(change))


def test_the_same_topic_in_two_columns_of_one_name_is_named(sheet, read):
    def same(rows):
        rows[0][5] = rows[0][3]

    with pytest.raises(CourseError, match=r"row 1: the column 'week01 .*' is there twice"):
        read(sheet(same))


def test_every_faulty_row_is_named(sheet, read):
    def two(rows):
        swap(2, "1", "2")(rows)
        swap(4, "1", "")(rows)

    with pytest.raises(CourseError, match=r"row 3 \(s02\).*row 5 \(s04\)"):
        read(sheet(two))


def test_who_is_missing_is_told(sheet, read):
    assert read(sheet(people=10)).missing == ("s11", "s12")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("nobody,notebook,week01", "row 2: 'nobody' is not in the roster"),
        ("s01,notebook,week99", "row 2: 'week99' is no topic"),
        ("s01,poster,week01", "row 2: the kind 'poster' is neither"),
        ("s01,notebook,week01\ns01,presentation,week01", "row 3: s01 has week01 fixed already as notebook"),
        ("s01,presentation,week01\ns01,presentation,week02", "row 3: s01 has no further presentation"),
    ],
)
def test_what_cannot_be_fixed_is_named(course, tmp_path, rows, message):
    path = tmp_path / "fixed.csv"
    path.write_text(f"id,kind,topic\n{rows}\n")
    with pytest.raises(CourseError, match=message):
        read_fixed(path, read_roster(course.roster), course.topics)
