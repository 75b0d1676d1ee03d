"""The next term: dates moved, nothing lost, wherever it is interrupted."""

import hashlib
import os
import stat
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from torchstone import config, secret
from torchstone.cli._main import torchstone
from torchstone.errors import CourseError, GradebookError
from torchstone.gradebook.book import open_book
from torchstone.gradebook.rehearsal import enter_scores
from torchstone.seminar.shift import checked, shifted
from torchstone.seminar.term import new_term

ROOT = Path(__file__).parents[2]
KEPT = {"course_config.py", "source/week04/week04.ipynb", "autograded/README.md"}


@pytest.fixture(scope="session")
def old_term(tmp_path_factory):
    """A course directory at the end of a term, made once."""
    root = tmp_path_factory.mktemp("term") / "course"
    root.mkdir()
    (root / "course_config.py").write_text((ROOT / "course_config.py").read_text())
    course = config.load(root)
    secret.create(course.secret_path)
    enter_scores(course, {"week04": {"a_check": 1.0}}, {"week04": {"ann": {"a_check": 1.0}}})
    for name in (
        "source/week04/week04.ipynb",
        "submitted/ann/week04/week04.ipynb",
        "autograded/README.md",
        "autograded/ann/week04.ipynb",
        "collected/manifest.json",
        "seminar/scores.jsonl",
        "feedback/ann/week04/week04.html",
        "roster.csv",
        ".torchstone/results.sqlite",
        ".torchstone/lock",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"the old {name}")
    return root


@pytest.fixture
def term(tmp_path, old_term):
    import shutil

    shutil.copytree(old_term, tmp_path / "course")
    return config.load(tmp_path / "course")


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory):
    """The bytes of one. (nbgrader takes two seconds of CPU to make it.)"""
    root = tmp_path_factory.mktemp("empty") / "course"
    root.mkdir()
    (root / "course_config.py").write_text((ROOT / "course_config.py").read_text())
    course = config.load(root)
    with open_book(course, create=True):
        pass
    return course.gradebook_path.read_bytes()


@pytest.fixture
def quickly_made(monkeypatch, empty_gradebook):
    """A new gradebook is a copy of an empty one."""

    def opened(course, *, create=False):
        if not course.gradebook_path.exists():
            course.gradebook_path.write_bytes(empty_gradebook)
        return open_book(course)

    monkeypatch.setattr("torchstone.seminar.term.open_book", opened)


def contents(root):
    """Hash of each file's bytes → how many files have it."""
    found = {}
    for path in root.rglob("*"):
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[digest] = found.get(digest, 0) + 1
    return found


def test_a_new_term_has_new_dates_a_new_secret_and_an_empty_gradebook(term):
    before = contents(term.root)
    old_secret = secret.load(term.secret_path)
    made = new_term(term, None, None)
    course = made.course
    assert course.id == "nndl-2022"
    for old, new in zip(term.topics, course.topics, strict=True):
        assert new.date - old.date == timedelta(weeks=52)
        assert course.due(new.assignment).replace(tzinfo=None) - term.due(old.assignment).replace(
            tzinfo=None
        ) == timedelta(weeks=52)
    assert secret.load(course.secret_path) != old_secret
    with open_book(course) as book:
        assert (list(book.students), list(book.assignments)) == ([], [])
    assert stat.S_IMODE(course.gradebook_path.stat().st_mode) == 0o600
    archive = course.root / "archive" / "nndl-2021"
    assert made.archive == archive
    assert stat.S_IMODE(archive.stat().st_mode) == 0o700
    assert (archive / "submitted/ann/week04/week04.ipynb").read_text() == "the old submitted/ann/week04/week04.ipynb"
    assert (archive / "course_config.py").read_text() == (ROOT / "course_config.py").read_text()
    assert secret.load(archive / ".torchstone" / "secret") == old_secret
    assert (course.root / "source/week04/week04.ipynb").exists()
    assert (course.root / "autograded/README.md").exists()
    assert not (course.root / "submitted").exists()
    assert not (course.root / "roster.csv").exists()
    after = contents(course.root)
    assert all(after.get(digest, 0) >= count for digest, count in before.items())


def test_comments_and_everything_but_the_dates_stay_as_written():
    text = (ROOT / "course_config.py").read_text()
    new = shifted(text, 364, "nndl-2022")
    changed = [(a, b) for a, b in zip(text.splitlines(), new.splitlines(), strict=True) if a != b]
    assert len(changed) == 15
    assert changed[0] == ('    "id": "nndl-2021",', '    "id": "nndl-2022",')
    week4 = next(b for _, b in changed if "Multilayer" in b)
    assert "topic(4, date(2022, 10, 3)," in week4
    assert "due=datetime(2022, 10, 17, 9, 0)" in week4
    assert shifted(new, -364, "nndl-2021") == text


def test_dates_over_several_lines_and_signs_that_are_wider_than_a_byte():
    text = (
        'import datetime as d\ncourse = {"title": "Grüße 神経", "id": "x-2021", "a": d.date(\n    2021,\n    2, 28)}\n'
    )
    new = shifted(text, 7, "x-2022")
    assert "d.date(\n    2021, 3, 7)" in new
    assert "Grüße 神経" in new


@pytest.mark.usefixtures("quickly_made")
@pytest.mark.parametrize("fails_at", range(1, 14))
def test_wherever_it_is_interrupted_nothing_is_lost_and_running_it_again_finishes(term, monkeypatch, fails_at):
    before = contents(term.root)
    calls = []
    rename, replace = Path.rename, os.replace

    def counting(function):
        def called(*args, **more):
            calls.append(args)
            if len(calls) == fails_at:
                raise KeyboardInterrupt
            return function(*args, **more)

        return called

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", counting(rename))
        patch.setattr(os, "replace", counting(replace))
        with pytest.raises(KeyboardInterrupt):
            new_term(term, None, None)
    now = contents(term.root)
    assert all(now.get(digest, 0) >= count for digest, count in before.items() if count)
    made = new_term(config.load(term.root), None, None)
    assert made.resumed == (fails_at > 2)  # the first two write the copy and the plan
    assert made.course.id == "nndl-2022"
    assert not list((term.root / "archive").glob("*.partial"))
    after = contents(term.root)
    assert all(after.get(digest, 0) >= count for digest, count in before.items())
    with open_book(made.course) as book:
        assert list(book.students) == []


@pytest.mark.parametrize(
    ("start", "new_id", "message"),
    [
        (date(2022, 9, 13), None, "starts on a later Monday, for example 2022-09-19"),
        (date(2020, 9, 14), None, "starts on a later Monday"),
        (None, "nndl-2021", "has the old one's id"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_moved(term, start, new_id, message):
    before = contents(term.root)
    with pytest.raises(CourseError, match=message):
        new_term(term, start, new_id)
    assert contents(term.root) == before


def test_dates_that_are_computed_are_not_guessed(term):
    path = term.root / "course_config.py"
    path.write_text(path.read_text().replace("date(2021, 9, 20)", "date.fromisoformat('2021-09-20')"))
    course = config.load(term.root)
    text = shifted(path.read_text(), 364, "nndl-2022")
    with pytest.raises(CourseError, match="the dates of week 2 are not written"):
        checked(course, text, 364, "nndl-2022")
    with pytest.raises(CourseError, match="Nothing was changed"):
        new_term(course, None, None)
    assert not (term.root / "archive").exists()


def test_an_archive_that_is_there_is_not_written_over(term):
    (term.root / "archive" / "nndl-2021").mkdir(parents=True)
    with pytest.raises(CourseError, match="archive of nndl-2021 already"):
        new_term(term, None, None)


def test_a_gradebook_in_use_refuses(term, monkeypatch):
    import sqlite3

    monkeypatch.setattr("torchstone.gradebook.backup.PATIENCE", 0.1)
    with sqlite3.connect(term.gradebook_path) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(GradebookError, match="locked"):
            new_term(term, None, None)
    assert not (term.root / "archive").exists()


@pytest.mark.usefixtures("quickly_made")
def test_the_command_line_asks_first(term):
    run = CliRunner()
    there = ["term", "new", "--course", str(term.root)]
    assert run.invoke(torchstone, there, input="n\n").exit_code != 0
    assert not (term.root / "archive").exists()
    done = run.invoke(torchstone, [*there, "--yes", "--start", "2022-09-19", "--id", "spring"])
    assert done.exit_code == 0
    assert "spring: 2022-09-19 to" in done.output
