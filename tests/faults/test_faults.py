"""Whatever of ours dies or fails in the middle of a class, a re-run gives the gradebook of an undisturbed one."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.faults.class_of_fifty import ROLES, STUDENTS, WEEK, Runs, copied, make_course
from torchstone.config import Course

KILLS = 20


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make_course(tmp_path_factory.mktemp("course") / "pristine")


@pytest.fixture(scope="module")
def undisturbed(pristine: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("undisturbed")
    runs = Runs(copied(pristine, folder / "course"), folder / "tmp")
    runs.finish("--jobs", "2")
    assert runs.left() == []
    found = runs.dump()
    assert len(found) == STUDENTS
    scores = {sum(grade[0] or 0 for grade in s[WEEK]["grades"].values()) for s in found.values()}
    assert len(scores) > 2  # not all alike: there is something to lose
    return found


@pytest.fixture
def runs(pristine: Course, tmp_path: Path) -> Runs:
    return Runs(copied(pristine, tmp_path / "course"), tmp_path / "tmp")


@pytest.mark.timeout(900)
def test_kills_at_random_moments_change_nothing(runs: Runs, undisturbed: dict[str, Any]) -> None:
    """`python -m benchmarks.attacks kills` goes on for longer."""
    killed = list(runs.killing(KILLS, seed=20211101))
    runs.finish("--jobs", "2")
    assert runs.dump() == undisturbed, killed
    assert runs.left() == []
    assert set(killed) == set(ROLES)


def test_two_grades_at_once(runs: Runs, undisturbed: dict[str, Any]) -> None:
    first, second = runs.start(), runs.start()
    outs = [run.communicate(timeout=250)[0] for run in (first, second)]
    codes = sorted(run.returncode for run in (first, second))
    assert codes == [0, 4], outs
    assert sum("is at work in" in out for out in outs) == 1
    assert runs.dump() == undisturbed
    assert runs.left() == []


Refused = Callable[[str], None]


@pytest.fixture
def refused(runs: Runs) -> Refused:
    """One clear line, nothing half-written, and afterwards the whole class."""

    def check(words: str) -> None:
        run = runs.start()
        out, _ = run.communicate(timeout=250)
        assert run.returncode != 0, out
        assert words in out
        assert "Traceback" not in out
        assert runs.left() == []

    return check


def test_a_gradebook_that_is_read_only(runs: Runs, refused: Refused, undisturbed: dict[str, Any]) -> None:
    book = runs.course.gradebook_path
    assert book is not None
    if os.geteuid() == 0 and subprocess.run(["chattr", "+i", book], capture_output=True, check=False).returncode:
        book.rename(book.with_suffix(".kept"))  # root writes whatever the mode says: a folder refuses in its place
        book.mkdir()
        refused("gradebook")
        book.rmdir()
        book.with_suffix(".kept").rename(book)
    elif os.geteuid() == 0:
        refused("read-only")
        subprocess.run(["chattr", "-i", book], check=True)
    else:
        book.chmod(0o400)
        refused("read-only")
        book.chmod(0o600)
    runs.finish()
    assert runs.dump() == undisturbed


def test_a_gradebook_that_another_process_holds(runs: Runs, refused: Refused, undisturbed: dict[str, Any]) -> None:
    with closing(sqlite3.connect(runs.course.gradebook_path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        refused("locked by another program")
        other.execute("ROLLBACK")
    runs.finish()
    assert runs.dump() == undisturbed


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_disk_that_is_full(runs: Runs, undisturbed: dict[str, Any]) -> None:
    """RLIMIT_FSIZE stands in for a full disk: every write beyond it fails, wherever it happens."""
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2);"
        "from torchstone.cli import main; main()"
    )
    environment = {**os.environ, "TMPDIR": str(runs.temporary), "OMP_NUM_THREADS": "1"}
    runs.temporary.mkdir()
    for limit in (0, 50_000):
        done = subprocess.run(
            [sys.executable, "-c", program, str(limit), "grade", WEEK],
            cwd=runs.course.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )
        assert done.returncode != 0, done.stdout + done.stderr
        assert "error: " in done.stderr, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        assert runs.left() == []
    runs.finish()
    assert runs.dump() == undisturbed


def _of_another_week(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        if marks := cell["metadata"].get("nbgrader"):
            marks["grade_id"] = cell["id"] = f"other_{marks['grade_id']}"


def _of_another_kernel(notebook: dict[str, Any]) -> None:
    notebook["metadata"] = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}


@pytest.mark.slow
def test_files_that_cannot_be_graded_take_nobody_down(runs: Runs, undisturbed: dict[str, Any]) -> None:
    """Each is told why in one sentence and stays as it came; whoever is beside it has the score of a calm run."""
    told = {"s01": "stops being JSON", "s02": "200 MB", "s03": "another assignment", "s04": "speaks R"}
    for place in runs.course.submitted.iterdir():
        if place.name not in ("s00", *told):
            shutil.rmtree(place)
    file = {student: runs.course.submitted / student / WEEK / f"{WEEK}.ipynb" for student in told}
    file["s01"].write_text("this is prose")
    os.truncate(file["s02"], 200_000_000)
    for student, change in (("s03", _of_another_week), ("s04", _of_another_kernel)):
        notebook = json.loads(file[student].read_bytes())
        change(notebook)
        file[student].write_text(json.dumps(notebook))
    before = {student: (path.stat().st_size, path.read_bytes()[:1000]) for student, path in file.items()}
    said = runs.finish("--json")
    students = json.loads(said[said.index("{") :])["students"]
    for student, words in told.items():
        assert any(words in note for note in students[student]["notes"]), students[student]["notes"]
        assert students[student]["points"] == 0
    assert {student: (path.stat().st_size, path.read_bytes()[:1000]) for student, path in file.items()} == before
    assert runs.dump()["s00"] == undisturbed["s00"]
    assert runs.left() == []


def test_the_lock_is_the_kernels(runs: Runs) -> None:
    """A lock whose holder was killed holds nobody up."""
    path = runs.course.state / "lock"
    path.parent.mkdir(exist_ok=True)
    fd = os.open(path, os.O_CREAT | os.O_RDWR)
    fcntl.flock(fd, fcntl.LOCK_EX)
    os.close(fd)
    runs.finish("--student", "s00")
