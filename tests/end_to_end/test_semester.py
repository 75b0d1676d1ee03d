"""The semester of `torchstone demo --seminar`: every number of the final table, computed again by other means.

This file knows the rules of the syllabus and reads the records as they lie on the disk (SQL, JSON, CSV). It calls none
of the code that computes grades.
"""

import csv
import json
import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from torchstone import config
from torchstone.demo.semester import play_semester

ROOT = Path(__file__).parents[2]
LETTERS = ((90, "A"), (80, "B"), (70, "C"), (60, "D"), (0, "F"))


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The semester without the week that is graded in the jail: its scores, too, are written."""
    return play_semester(
        config.load(ROOT), tmp_path_factory.mktemp("semester") / "course", lambda line: None, real=None
    )


def rows_of(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


class Records:
    """What lies on the disk."""

    def __init__(self, course):
        self.root = course.root
        self.weeks = [t.assignment for t in course.topics]
        self.due = {t.assignment: course.due(t.assignment) for t in course.topics}
        self.students = [r["id"] for r in rows_of(self.root / "roster.csv")]
        self.given = json.loads((self.root / "seminar/allocation.json").read_text())["students"]
        self.late = self._late()
        self.maxima = self._maxima()
        self.cells = self._cells()
        self.people = self._people()

    def _maxima(self):
        query = """
            SELECT a.name, bc.name, gc.max_score FROM grade_cells gc JOIN base_cell bc ON gc.id = bc.id
            JOIN notebook n ON bc.notebook_id = n.id JOIN assignment a ON n.assignment_id = a.id
        """
        found = defaultdict(dict)
        with closing(sqlite3.connect(self.root / "gradebook.db")) as db:
            for week, cell, maximum in db.execute(query):
                found[week][cell] = maximum
        return found

    def _cells(self):
        query = """
            SELECT sa.student_id, a.name, bc.name, g.auto_score, g.manual_score
            FROM grade g JOIN submitted_notebook sn ON g.notebook_id = sn.id
            JOIN submitted_assignment sa ON sn.assignment_id = sa.id JOIN assignment a ON sa.assignment_id = a.id
            JOIN base_cell bc ON g.cell_id = bc.id
        """
        found = defaultdict(dict)
        with closing(sqlite3.connect(self.root / "gradebook.db")) as db:
            for student, week, cell, auto, manual in db.execute(query):
                found[student, week][cell] = manual if manual is not None else auto
            self.stored = {
                (s, w): p or 0.0
                for s, w, p in db.execute(
                    "SELECT sa.student_id, a.name, sn.late_submission_penalty FROM submitted_notebook sn JOIN "
                    "submitted_assignment sa ON sn.assignment_id = sa.id JOIN assignment a ON sa.assignment_id = a.id"
                )
            }
        return found

    def _late(self):
        """(student, week) → the fraction of the maximum that lateness takes: 10 % a charged day, at most 50 %, all
        after 7; an hour's grace; 2 free days each, spent in the order of deadlines.
        """
        attempts = json.loads((self.root / "collected/manifest.json").read_text())["attempts"]
        received = {(a["student"], a["assignment"]): datetime.fromisoformat(a["received"]) for a in attempts}
        rows = rows_of(self.root / "seminar/extensions.csv")
        extension = {(r["id"], r["assignment"]): float(r["days"]) for r in rows}
        found = {}
        for student in self.students:
            bank = 2
            for week in sorted(self.weeks, key=lambda w: self.due[w]):
                if (student, week) not in received:
                    continue
                due = self.due[week] + timedelta(days=extension.get((student, week), 0))
                days = 0
                while received[student, week] > (due + timedelta(days=days)).astimezone(UTC) + timedelta(hours=1):
                    days += 1
                charged = max(0, days - bank)
                bank = max(0, bank - days)
                found[student, week] = 1.0 if charged > 7 else min(0.5, 0.1 * charged)
        return found

    def _people(self):
        """(kind, student, topic) → the mean over graders of their last word, as a fraction."""
        last = {}
        for line in (self.root / "seminar/scores.jsonl").read_text().splitlines():
            entry = json.loads(line)
            what = entry["what"]
            last[what["kind"], what["student"], what["topic"], entry["by"]] = what["points"] / what["maximum"]
        found = defaultdict(list)
        for (*key, _), value in last.items():
            found[tuple(key)].append(value)
        return {key: sum(values) / len(values) for key, values in found.items()}

    def parts(self, student):
        """The four means, and what is missing."""
        weeks, missing = [], 0
        for week in self.weeks:
            cells = self.cells.get((student, week))
            if cells is None:
                missing += 1
                continue
            earned = sum(v for c, v in cells.items() if c != "exploration")
            maximum = sum(m for c, m in self.maxima[week].items() if c != "exploration")
            weeks.append(max(0.0, earned / maximum - self.late[student, week]))
        drop = max(0, 1 - missing)
        weeks = sorted(weeks)[drop:]
        explorations, open_parts = [], max(0, missing - 1)
        for topic in self.given[student]["notebooks"]:
            value = self.people.get(("notebook", student, topic))
            if value is None:
                open_parts += 1
            else:
                explorations.append(max(0.0, value - self.late[student, topic]))
        presentation = [self.people["presentation", student, self.given[student]["presentation"]]]
        participation = [self.people["participation", student, week] for week in self.weeks]
        means = [sum(p) / len(p) for p in (weeks, explorations, presentation, participation)]
        return means, open_parts


def test_every_number_of_the_final_table_is_derived_again(played):
    records = Records(played.course)
    assert [g.student for g in played.grades.grades] == records.students
    assert len(records.students) == 30
    still_open = 0
    for grade in played.grades.grades:
        means, missing = records.parts(grade.student)
        assert [float(p.fraction) for p in grade.parts] == pytest.approx(means, abs=1e-9), grade.student
        total = 25 * sum(means)
        assert float(grade.so_far) == pytest.approx(total, abs=1e-9)
        if missing:
            still_open += 1
            assert (grade.final, grade.letter) == (None, None)
            continue
        assert float(grade.shown) == pytest.approx(total, abs=0.005 + 1e-9)
        assert grade.letter == next(letter for bound, letter in LETTERS if float(grade.shown) >= bound)
    assert 0 < still_open < 5


def test_the_exported_table_says_the_same(played):
    records = Records(played.course)
    for row in rows_of(played.course.root / "exports/grades.csv"):
        means, missing = records.parts(row["id"])
        shown = [float(row[p]) for p in ("exercises", "explorations", "presentation", "participation")]
        assert shown == pytest.approx([100 * m for m in means], abs=0.0051)
        assert row["final"] == "" if missing else float(row["final"]) == pytest.approx(25 * sum(means), abs=0.0051)


def test_the_penalties_in_the_gradebook_are_the_policys(played):
    records = Records(played.course)
    for (student, week), stored in records.stored.items():
        score = sum(v or 0.0 for v in records.cells[student, week].values())
        wanted = min(score, records.late[student, week] * sum(records.maxima[week].values()))
        assert stored == pytest.approx(wanted, abs=1e-6), (student, week)
    assert sum(p > 0 for p in records.stored.values()) >= 3


def test_everything_that_had_to_hold_held(played):
    assert played.as_expected, played.checks
    assert len(played.checks) >= 6
    pages = list((played.course.seminar / "grades").glob("*.html"))
    assert len(pages) == 30
    assert all("<script" not in p.read_text() for p in pages)
