"""A scratch semester: four weeks, six people, scores by checks and by people, written into a real gradebook."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from torchstone import config, secret
from torchstone.collecting.manifest import Attempt, Manifest
from torchstone.gradebook.late import apply_penalties
from torchstone.gradebook.rehearsal import enter_scores
from torchstone.seminar import ledger
from torchstone.seminar.allocation import Allocation, save_allocation
from torchstone.seminar.ledger import New, Score

SETTINGS = {
    "id": "scratch",
    "title": "A scratch course",
    "timezone": "America/New_York",
    "topics": [
        {"week": n, "date": date(2021, 10, 18) + timedelta(days=7 * (n - 1)), "title": f"Topic {n}", "reading": "1"}
        for n in range(1, 5)
    ],
    "weights": {"notebooks": {"exercises": 25, "explorations": 25}, "presentation": 25, "participation": 25},
    "late": {"grace_minutes": 0, "per_day": 0.1, "at_most": 0.5, "closes_days": 7, "bank_days": 1},
}
CELLS = {"a_check": 10.0, "b_check": 20.0, "exploration": 10.0}
PEOPLE = ("ann", "bob", "cyd", "dan", "eve", "flo")


def make(root, **settings):
    root.mkdir(exist_ok=True)
    (root / config.FILE).write_text(f"import datetime\ncourse = { {**SETTINGS, **settings}!r}\n")
    course = config.load(root)
    rows = [f'{p},"Last, {p}",Ünal {p},{p}@example.org' for p in PEOPLE]
    course.roster.write_text("\n".join(["id,last_name,first_name,email", *rows, ""]), encoding="utf-8")
    if not course.secret_path.exists():
        secret.create(course.secret_path)
    return course


@pytest.fixture(scope="session")
def gradebook(tmp_path_factory):
    """The semester's gradebook, made once. Person n loses n points in each week's exercises; flo skips week 2."""
    course = make(tmp_path_factory.mktemp("semester") / "course")
    weeks = [t.assignment for t in course.topics]
    scores = {
        week: {
            p: {"a_check": 10.0 - n, "b_check": 20.0, "exploration": None}
            for n, p in enumerate(PEOPLE)
            if (p, week) != ("flo", "week02")
        }
        for week in weeks
    }
    enter_scores(course, dict.fromkeys(weeks, CELLS), scores)
    return course.gradebook_path.read_bytes()


@pytest.fixture
def semester(tmp_path, gradebook):
    """A whole course that ended: bob was two days late in week 1, flo handed in nothing in week 2."""

    def build(**settings):
        course = make(tmp_path / "course", **settings)
        course.gradebook_path.write_bytes(gradebook)
        weeks = [t.assignment for t in course.topics]
        records = []
        for p in PEOPLE:
            for week in weeks:
                if (p, week) != ("flo", "week02"):
                    late = timedelta(hours=47 if (p, week) == ("bob", "week01") else -1)
                    at = course.due(week).astimezone(UTC) + late
                    records.append(Attempt(p, week, 1, "0" * 64, 1, at, "given", "a.zip", "kept.ipynb"))
        Manifest(tuple(records)).write(course.manifest)
        apply_penalties(course)
        topics = {p: weeks[n % 4] for n, p in enumerate(PEOPLE)}
        save_allocation(course, Allocation(topics, {p: tuple(w for w in weeks if w != t) for p, t in topics.items()}))
        new = []
        for n, p in enumerate(PEOPLE):
            new.append(New(Score("presentation", p, topics[p], 40.0 - n, 50.0), "grader-1"))
            new += [New(Score("notebook", p, w, 8.0, 10.0), "grader-1") for w in weeks if w != topics[p]]
            new += [New(Score("participation", p, w, 2.0 - (n % 2), 2.0), "grader-1") for w in weeks]
        ledger.append(course, new)
        return course

    return build


AFTER = datetime(2022, 1, 31, tzinfo=UTC)


@pytest.fixture
def after():
    """A time when everything is over."""
    return AFTER
