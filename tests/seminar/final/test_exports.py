"""Grades to other systems and back: what was exported and is read again changes nothing."""

import csv
import io
import json
import stat
from decimal import Decimal
from fractions import Fraction

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from torchstone.cli._main import torchstone
from torchstone.collecting import read_roster
from torchstone.errors import CourseError
from torchstone.model import CheckResult, ExerciseResult, ExerciseScore, LateNote, Result, StudentReport
from torchstone.seminar.exports.canvas import merge
from torchstone.seminar.exports.columns import columns_of, key_of, number, parsed
from torchstone.seminar.exports.compare import differences
from torchstone.seminar.exports.gradescope import results_json
from torchstone.seminar.exports.tables import moodle_table, own_table
from torchstone.seminar.grades.facts import class_grades

COLUMNS = [
    *("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
    *(
        "Week 1 (11)",
        "Week 2 exploration (12)",
        "Participation (13)",
        "Poster (14)",
        "Final grade (15)",
        "Current Score",
    ),
]
CANVAS = f"""\ufeff{",".join(COLUMNS)}
,,,,,Manual Posting,,,,,(read only)
    Points Possible,,,,,30,10,100,10,100,(read only)
"Last, ann, Ünal ann",901,ann,ann@example.org,"S1, morning",,,,7,,88.1
"Last, bob",902,,bob@example.org,S1,26.0,EX,50,8,12.5,70
"Last, flo",903,flo,,S1,,,,,77,0
"Somebody, Else",904,else,else@example.org,S1,1,2,3,4,5,6
"Student, Test",,,,S1,,,,,,
"""


@pytest.fixture
def final(semester, after):
    """Course, roster, grades and columns of the scratch semester."""
    course = semester()
    grades = class_grades(course, after)
    return course, read_roster(course.roster), grades, columns_of(course, grades)


@pytest.fixture
def export(tmp_path):
    def write(text=CANVAS, name="export.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return write


def rows(text):
    return {r["SIS Login ID"] or r["SIS User ID"]: r for r in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))}


def test_canvas_gets_our_cells_and_keeps_everything_else(final, export):
    course, roster, _, columns = final
    merged = merge(export(), course, roster, columns)
    before, after = rows(CANVAS), rows(merged.text)
    assert dict(merged.filled) == {
        "Week 1 (11)": "week01",
        "Week 2 exploration (12)": "week02 exploration",
        "Participation (13)": "participation",
        "Final grade (15)": "final",
    }
    ann, bob = after["ann@example.org"], after["bob@example.org"]
    assert (ann["Week 1 (11)"], ann["Week 2 exploration (12)"], ann["Final grade (15)"]) == ("30", "8", "90")
    assert bob["Week 1 (11)"] == "26.0"  # 29 of 30 less a tenth of 30: the number was right, its text stays
    assert bob["Week 2 exploration (12)"] == "EX"  # bob presents week 2: nothing of ours to say
    assert after["flo"]["Final grade (15)"] == "77"  # flo's grade is open: missing is not zero
    for who, row in before.items():
        for name, text in row.items():
            if name not in dict(merged.filled):
                assert after[who][name] == text
    assert after["else@example.org"] == before["else@example.org"]
    assert len(merged.unmatched) == 1
    assert merged.unmatched[0].startswith("row 7: nobody in the roster is called")
    assert merged.text.startswith("\ufeff")


def test_ids_of_two_people_in_one_row_are_no_match_whatever_the_name(final, export):
    course, roster, _, columns = final
    merged = merge(
        export(CANVAS.replace("901,ann,ann@example.org", "901,ann,cyd@example.org")), course, roster, columns
    )
    assert "row 4: 'ann' or 'cyd@example.org' fits ann and cyd" in merged.unmatched[0]
    assert rows(merged.text)["cyd@example.org"]["Week 1 (11)"] == ""


def test_a_name_finds_its_person_where_no_id_is_known(final, export):
    course, roster, _, columns = final
    merged = merge(export(CANVAS.replace("901,ann,ann@example.org", "901,,x7")), course, roster, columns)
    assert rows(merged.text)["x7"]["Week 1 (11)"] == "30"


def test_the_diff_names_each_cell_before_and_after(final, export):
    course, roster, _, columns = final
    changes = merge(export(), course, roster, columns).changes
    assert ("ann", "Week 1 (11)", "", "30") in [(c.student, c.column, c.before, c.after) for c in changes]
    text = merge(export(), course, roster, columns).text
    cells = [
        (old, new) for old, new in zip(csv.reader(io.StringIO(CANVAS)), csv.reader(io.StringIO(text)), strict=True)
    ]
    assert sum(a != b for old, new in cells for a, b in zip(old, new, strict=True)) == len(changes)


def test_merging_the_merged_again_changes_nothing(final, export):
    course, roster, _, columns = final
    once = merge(export(), course, roster, columns)
    twice = merge(export(once.text, "again.csv"), course, roster, columns)
    assert twice.changes == ()
    assert twice.text == once.text
    assert differences(export(once.text, "again.csv"), course, roster, columns) == ()


def test_line_ends_stay(final, export):
    course, roster, _, columns = final
    text = merge(export(CANVAS.replace("\n", "\r\n")), course, roster, columns).text
    assert text.count("\r\n") == text.count("\n")


def test_columns_can_be_named(final, export):
    course, roster, _, columns = final
    merged = merge(export(), course, roster, columns, {"presentation": "Poster"})
    assert rows(merged.text)["ann@example.org"]["Poster (14)"] == "8"
    with pytest.raises(CourseError, match="has no column 'Postr'"):
        merge(export(), course, roster, columns, {"presentation": "Postr"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.replace("Student,ID", "Name,ID"), "no gradebook export of Canvas: its first row lacks Student"),
        (lambda t: "\n".join(t.splitlines()[:3] + t.splitlines()[6:7]) + "\n", "of another course: nobody in it"),
        (lambda t: t.replace("    Points Possible", "Points"), "no row «Points Possible»"),
        (lambda t: t.replace("Poster (14)", "Week 01 (14)"), "both mean week01"),
        (lambda t: t.replace(",,30,10,", ",,,10,"), r"'Week 1 \(11\)' has no Points Possible"),
        (lambda t: t.replace("903,flo,", "903,ann,"), "row 6: ann is in another row already"),
        (
            lambda t: t.replace("Week 1", "X").replace("Week 2", "Y").replace("Part", "Z").replace("Final grade", "Q"),
            "no column of this course",
        ),
        (lambda t: t + "a,b\n", "row 9: it has another number of cells"),
    ],
)
def test_what_is_no_export_of_this_course_is_refused(final, export, change, message):
    course, roster, _, columns = final
    with pytest.raises(CourseError, match=message):
        merge(export(change(CANVAS)), course, roster, columns)


def test_our_table_and_moodles_are_read_back_without_a_difference(final, export):
    course, roster, grades, columns = final
    ours, moodle = own_table(grades, columns), moodle_table(roster, columns)
    for text in (ours, moodle):
        assert differences(export(text), course, roster, columns) == ()
    assert {r["week02"] for r in csv.DictReader(io.StringIO(moodle)) if r["ID number"] == "flo"} == {"-"}
    table = list(csv.DictReader(io.StringIO(ours)))
    assert table[5]["week02"] == ""  # flo's: missing, not zero
    assert "Weekly exercises, week02: missing" in table[5]["open"]
    assert table[0]["name"] == "Ünal ann Last, ann"


def test_a_changed_cell_is_found(final, export):
    course, roster, grades, columns = final
    lines = own_table(grades, columns).splitlines()
    lines[1] = lines[1].replace(",100,", ",99,", 1)
    lines[6] = lines[6].replace(",,", ",0,", 1)  # somebody made a zero of what is missing
    found = differences(export("\n".join(lines) + "\n"), course, roster, columns)
    assert [(c.student, c.before, c.after) for c in found] == [("ann", "99", "100"), ("flo", "0", "")]


def test_strangers_in_a_table_are_named(final, export):
    course, roster, _, columns = final
    with pytest.raises(CourseError, match="row 2: nobody in the roster is called 'zoe'"):
        differences(export("id,final\nzoe,50\n"), course, roster, columns)
    with pytest.raises(CourseError, match="no table of grades"):
        differences(export("id,shoe size\nann,40\n"), course, roster, columns)


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Week 4", "week04"),
        ("week04", "week04"),
        ("WEEK 04: exploration", "week04 exploration"),
        ("Topic 3", "week03"),
        ("Presentation", "presentation"),
        ("Final Grade", "final"),
        ("Week 4 quiz", None),
        ("Final Score", None),
        ("Weekend reading", None),
    ],
)
def test_titles_are_understood_and_never_guessed(final, title, key):
    assert key_of(final[0], title) == key


@given(st.fractions(0, 2), st.integers(1, 500).map(Fraction))
def test_a_number_that_was_written_is_read_as_itself(fraction, maximum):
    text = number(fraction, maximum)
    assert parsed(text) == Decimal(text)
    assert abs(Fraction(Decimal(text)) - fraction * maximum) <= Fraction(1, 200)


@pytest.mark.parametrize(("text", "value"), [("", None), ("EX", None), ("-", None), ("88,5 %", "88.5"), ("0", "0")])
def test_words_and_dashes_are_no_numbers(text, value):
    assert parsed(text) == (None if value is None else Decimal(value))


def test_gradescope_gets_every_check_and_no_total_while_something_waits():
    checks = (
        CheckResult("dropout", "test_mask", "The mask", 6.0, 6.0, "passed"),
        CheckResult("dropout", "test_scale", "The scale", 4.0, 0.0, "failed"),
    )
    result = Result("week04", "p", "k", (ExerciseResult("dropout", 10.0, 6.0, checks),), "namespaces")
    scores = (
        ExerciseScore("dropout", "Dropout", 6.0, None, 10.0),
        ExerciseScore("exploration", "Exploration", None, None, 10.0, needs_manual=True),
    )
    late = LateNote(1, 1.0, "late")
    report = StudentReport("ann", "Ann", "week04", "T", result, (), scores, late, None, 5.0, 20.0)
    content = results_json(report)
    assert [(t["score"], t["max_score"], t["status"]) for t in content["tests"]] == [(6, 6, "passed"), (0, 4, "failed")]
    assert "score" not in content
    assert "Not scored yet: exploration" in content["output"]
    assert json.loads(json.dumps(content)) == content
    scored = (scores[0], ExerciseScore("exploration", "Exploration", None, 7.0, 10.0, comment="Good figures."))
    done = results_json(StudentReport("ann", "Ann", "week04", "T", result, (), scored, late, None, 12.0, 20.0))
    assert done["score"] == 12.0
    assert sum(t["score"] for t in done["tests"]) - late.penalty == done["score"]


def test_the_command_line_shows_writes_and_exits(semester, after, export, tmp_path):
    course = semester()
    there = ["--course", str(course.root)]
    run = CliRunner()

    def call(*arguments):
        return run.invoke(torchstone, ["grades", *arguments])

    shown = call(*there)
    assert shown.exit_code == 0
    assert "6 participants stand between" in shown.output
    assert stat.S_IMODE((course.seminar / "grades.png").stat().st_mode) == 0o600
    told = json.loads(call(*there, "--json").output)
    assert told[0]["final"] == 90.0
    assert told[5]["final"] is None
    out = tmp_path / "out.csv"
    assert call("csv", "--to", str(out), *there).exit_code == 0
    assert call("compare", str(out), *there).exit_code == 0
    assert call(*there, "compare", str(out)).exit_code == 0  # the course may be named before the verb, too
    assert call("moodle", "--to", str(out), *there).exit_code == 0
    assert call("compare", str(out), *there).exit_code == 0
    theirs = export()
    assert call("canvas", str(theirs), "--to", str(theirs), *there).exit_code == 2
    assert theirs.read_text(encoding="utf-8") == CANVAS
    merged = call("canvas", str(export()), "--to", str(out), *there)
    assert merged.exit_code == 1  # somebody of the export is not in the roster
    assert "row 4, ann, Week 1 (11): empty → 30" in merged.output
    assert call("pages", *there).exit_code == 0
    page = (course.seminar / "grades" / "flo.html").read_text()
    assert "Weekly exercises, week02: missing" in page
    assert "This is not your final grade" in page
    assert "<script" not in page
    final = (course.seminar / "grades" / "ann.html").read_text()
    assert "<strong>90.00</strong> percent" in final


def test_a_class_too_small_to_hide_anybody_is_not_drawn(semester):
    course = semester()
    course.roster.write_text("\n".join(course.roster.read_text().splitlines()[:5]) + "\n")
    shown = CliRunner().invoke(torchstone, ["grades", "--course", str(course.root)])
    assert "no distribution is drawn" in shown.output
    assert not (course.seminar / "grades.png").exists()
