"""Scores that people enter, from the terminal."""

import json
import shutil
from pathlib import Path

import pytest

from torchstone.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path, capsys):
    (tmp_path / "course_config.py").write_text((ROOT / "course_config.py").read_text())
    shutil.copytree(ROOT / "rubrics", tmp_path / "rubrics")
    rows = [f"s{n:02d},Last{n:02d},First{n:02d},s{n:02d}@example.org" for n in range(1, 6)]
    (tmp_path / "roster.csv").write_text("\n".join(["id,last_name,first_name,email", *rows, ""]))

    def run(*arguments, code=0):
        with pytest.raises(SystemExit) as done:
            main([*arguments, "--course", str(tmp_path)])
        captured = capsys.readouterr()
        assert done.value.code == code, captured.err
        return captured.out if code == 0 else captured.err

    return run


NOTEBOOK = ["-i", "hypothesis", "-i", "comparison=2.5", "-i", "figure=1", "-i", "interpretation=2", "-i", "reruns"]


def test_two_graders_in_the_terminal(run):
    run("rubric", "score", "notebook", "s01", "week04", *NOTEBOOK, "--by", "ta1", "--bank", "seeds")
    second = [*NOTEBOOK[:-4], "-i", "interpretation=0", "-i", "reruns=0"]
    run("rubric", "score", "notebook", "s01", "4", *second, "--by", "ta2")
    (row,) = json.loads(run("rubric", "standings", "notebook", "--json"))
    assert (row["points"], row["maximum"], row["differs"], row["graders"]) == (7, 10, True, ["ta1", "ta2"])
    assert "the graders differ" in run("rubric", "standings", "notebook")
    run("rubric", "withdraw", "notebook", "s01", "week04", "--why", "the wrong person", "--by", "ta2")
    (row,) = json.loads(run("rubric", "standings", "notebook", "--json"))
    assert (row["points"], row["differs"]) == (8.5, False)
    log = run("rubric", "log", "--student", "s01")
    assert "ta2 withdrew their score, 5.5 of 10, for s01's notebook of week04 (the wrong person)" in log


def test_withdrawing_what_one_has_not_entered_is_refused(run):
    run("rubric", "score", "notebook", "s01", "week04", *NOTEBOOK, "--by", "ta1")
    error = run("rubric", "withdraw", "notebook", "s01", "week04", "--why", "x", "--by", "ta2", code=2)
    assert "ta2 has entered no notebook of s01 for week04; ta1 did" in error


def test_a_week_of_participation_for_many_or_for_none(run):
    run("participation", "score", "week04", "s01", "s02", "-i", "present", "-i", "attends", "--by", "i1")
    error = run("participation", "score", "week04", "s03", "s9", "-i", "present", "-i", "attends", code=2)
    assert "'s9' is not in roster.csv" in error
    rows = json.loads(run("participation", "show", "--week", "4", "--json"))
    assert [(row["student"], row["points"]) for row in rows] == [("s01", 3), ("s02", 3)]


def test_a_sheet_goes_out_and_comes_back(run, tmp_path):
    path = tmp_path / "presentations.csv"
    run("presentation", "sheet", "week04", "--to", str(path), "--student", "s02")
    assert "there already" in run("presentation", "sheet", "week04", "--to", str(path), code=2)
    path.write_text(path.read_text().replace("s02,week04,,,,,,", "s02,week04,2,3,1.5,2,x,"))
    assert "1 entered" in run("presentation", "import", str(path))
    assert "0 entered, 1 were entered before" in run("presentation", "import", str(path))
    (row,) = json.loads(run("presentation", "show", "--json"))
    assert row["points"] == 9.5


def test_the_rubric_is_shown_and_students_see_no_notes(run):
    staff, student = (
        json.loads(run("rubric", "show", "notebook", "--json", *view)) for view in ([], ["--student-view"])
    )
    assert all(item["grader_note"] for item in staff["items"])
    assert "grader_note" not in str(student)
    assert "comments" not in student
    assert "seeds" in run("rubric", "show", "notebook")


def test_a_score_that_counts_nowhere_is_entered_and_told(run, tmp_path):
    from torchstone import config
    from torchstone.seminar.allocation import Allocation, save_allocation

    given = Allocation({"s01": "week05"}, {"s01": ("week06", "week07", "week08")})
    save_allocation(config.load(tmp_path), given)
    facts = json.loads(run("rubric", "score", "notebook", "s01", "week04", *NOTEBOOK, "--json"))
    assert facts["notes"] == ["s01's notebooks are week06, week07, week08, not week04: this score counts nowhere"]
    assert json.loads(run("rubric", "score", "notebook", "s01", "week06", *NOTEBOOK, "--json"))["notes"] == []
