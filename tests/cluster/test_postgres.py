"""A gradebook on a real PostgreSQL server holds what an SQLite one does, and loses nothing when several write."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("psycopg", reason='PostgreSQL needs `pip install "torchstone[cluster]"`')

import psycopg

from tests.cluster.conftest import STUDENTS
from tests.cluster.postgres import PASSWORD, server
from tests.faults.class_of_fifty import WEEK, Runs, copied
from torchstone import config
from torchstone.config import Course
from torchstone.demo.play import copy_course
from torchstone.errors import BusyError, GradebookError
from torchstone.feedback import write_feedback
from torchstone.gradebook.audit import audit
from torchstone.gradebook.backup import backup
from torchstone.gradebook.book import dump
from torchstone.gradebook.release import generate
from torchstone.gradebook.server import gradebook_lock

pytestmark = pytest.mark.timeout(600)  # the first test waits for two gradings


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server() as found:
        yield found


def on_server(course: Course, root: Path, url: str) -> Course:
    """The same course elsewhere, released and graded into a new database on the server."""
    made = copied(course, root)
    text = (made.root / config.FILE).read_text()
    (made.root / config.FILE).write_text(text.replace('"id": "faults"', f'"id": "faults", "gradebook": "{url}"'))
    (made.root / "gradebook.db").unlink()
    return config.load(made.root)


@pytest.fixture(scope="module")
def graded(pristine: Course, url: str, tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("server")
    course = on_server(pristine, folder / "course", url)
    with pytest.raises(GradebookError, match=r"there is no gradebook .* makes one"):
        dump(course, WEEK)
    generate(course, WEEK)
    Runs(course, folder / "tmp").finish()
    return course


def test_the_same_gradebook_as_sqlites(graded: Course, graded_here: dict[str, Any]) -> None:
    assert dump(graded, WEEK) == graded_here


MANUAL = """
import sys, time
from nbgrader.api import Gradebook
url, week, cell, points = sys.argv[1:]
with Gradebook(url, "faults") as book:
    print("there", flush=True)
    sys.stdin.readline()
    for student in sorted(row.student.id for row in book.assignment_submissions(week)):
        grade = book.find_grade(cell, week, week, student)
        grade.manual_score, grade.needs_manual_grade = float(points), False
        book.db.commit()
        comment = book.find_comment(cell.removesuffix("_check"), week, week, student)
        comment.manual_comment = f"{points} by hand"
        book.db.commit()
        time.sleep(0.3)
"""


def test_two_assistants_enter_scores_while_a_run_writes(
    graded: Course, graded_here: dict[str, Any], tmp_path: Path
) -> None:
    """As formgrader does it: row by row, once each, committed; spread over the time in which the run writes."""
    entered = {"exploration": 4.0, "double_check": 1.5}
    assistants = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", MANUAL, graded.gradebook_url, WEEK, cell, str(points)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for cell, points in entered.items()
    ]
    runs = Runs(graded, tmp_path / "tmp")
    for assistant in assistants:
        assert assistant.stdout
        assert assistant.stdout.readline() == "there\n"
    with runs.start("--fresh") as run:
        assert run.stdout
        for line in run.stdout:
            if f"{STUDENTS} of {STUDENTS}: judging" in line:
                for assistant in assistants:
                    assert assistant.stdin
                    assistant.stdin.close()
    assert run.returncode == 0
    for assistant in assistants:
        with assistant:
            assert assistant.wait(60) == 0
    found = dump(graded, WEEK)
    assert found.keys() == graded_here.keys()
    for student, rows in found.items():
        grades, before = rows[WEEK]["grades"], graded_here[student][WEEK]["grades"]
        for cell, (auto, manual, *_rest) in grades.items():
            assert auto == before[cell][0]
            assert manual == entered.get(cell)
        assert rows[WEEK]["comments"]["exploration"][1] == "4.0 by hand"
    told = {(u.kind, u.where.partition(", ")[2]) for u in audit(graded, WEEK)}
    assert told == {("manual score", cell) for cell in entered}
    pages = write_feedback(graded, WEEK, ()).pages
    assert pages.keys() == found.keys()
    assert "by hand" in next(iter(pages.values())).read_text()


def test_one_run_at_a_time_whatever_directory_it_is_in(graded: Course) -> None:
    with (
        gradebook_lock(graded, f"grade {WEEK}"),
        pytest.raises(BusyError, match=rf"`torchstone grade {WEEK} on .*` is at work in the gradebook") as busy,
        gradebook_lock(graded, "late apply"),
    ):
        pytest.fail("two runs at once")
    assert PASSWORD not in str(busy.value)
    with gradebook_lock(graded, "late apply"):
        pass


def test_a_backup_is_whole_private_and_can_be_put_back(graded: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dump(graded, WEEK)
    started: list[str] = []
    real = subprocess.run

    def run(command: list[str], **options: Any) -> Any:
        started.extend(map(str, command))
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", run)
    copy = backup(graded)
    assert any("pg_dump" in word for word in started)
    assert not any(PASSWORD in word for word in started)
    assert copy is not None
    assert copy.suffix == ".dump"
    assert copy.stat().st_mode & 0o777 == 0o600
    dsn = graded.gradebook_url.replace("+psycopg", "")
    with psycopg.connect(dsn) as db:
        db.execute("UPDATE grade SET auto_score = 0, manual_score = 0")
    restore = ["pg_restore", "--clean", "--if-exists", "--dbname", dsn, str(copy)]
    subprocess.run(restore, check=True, capture_output=True)
    assert dump(graded, WEEK) == before
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GradebookError, match="no pg_dump here") as refused:
        backup(graded)
    assert PASSWORD not in str(refused.value)


def test_what_acts_in_the_database_is_found(graded: Course) -> None:
    dsn = graded.gradebook_url.replace("+psycopg", "")
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("CREATE RULE kind AS ON UPDATE TO grade DO ALSO UPDATE grade SET extra_credit = 1 WHERE false")
        db.execute("CREATE VIEW nicer AS SELECT 1 AS score")
        try:
            told = {u.where for u in audit(graded, WEEK) if u.kind == "trigger"}
        finally:
            db.execute("DROP RULE kind ON grade")
            db.execute("DROP VIEW nicer")
    assert told == {"rule kind", "view nicer"}


def test_a_server_that_is_out_of_reach(graded: Course) -> None:
    gone = graded.gradebook_url.replace("/torchstone-pg-", "/nowhere-")
    course = Course(graded.root, graded.settings.model_copy(update={"gradebook": gone}))
    with pytest.raises(GradebookError, match=r"cannot be used: ") as refused:
        backup(course)
    assert PASSWORD not in str(refused.value)


def test_a_demonstration_never_writes_to_the_real_gradebook(graded: Course, tmp_path: Path) -> None:
    assert copy_course(graded, tmp_path / "demo").gradebook_path == tmp_path / "demo" / "gradebook.db"
