"""Bad input at the command line: one clear line, a non-zero exit, and nothing is lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from torchstone import config, secret
from torchstone.batch import course_lock
from torchstone.config import Course
from torchstone.demo.play import copy_course
from torchstone.gradebook.releasing import generate
from torchstone.results import Store

WEEK = "week04"
COURSE = Path(__file__).resolve().parents[2]
TORCHSTONE = (sys.executable, "-m", "torchstone")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A scratch copy of the course with week 4 in its gradebook; nobody has handed in."""
    course = copy_course(config.load(COURSE), tmp_path_factory.mktemp("bad") / "course")
    secret.create(course.secret_path)
    generate(course, WEEK)
    return course


@pytest.fixture
def course(released: Course, tmp_path: Path) -> Course:
    """One of its own for a test, in which one participant has handed in."""
    shutil.copytree(released.root, tmp_path / "course")
    course = config.load(tmp_path / "course")
    course.roster.write_text("id,last_name,first_name,email\nparticipant-01,Participant,One,one@example.org\n")
    folder = course.submitted / "participant-01" / WEEK
    folder.mkdir(parents=True)
    shutil.copy(course.release / WEEK / f"{WEEK}.ipynb", folder)
    return course


def run(course: Course, *arguments: object, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [*prefix, *TORCHSTONE, *map(str, arguments)]
    return subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=120, check=False)


def kept(course: Course) -> dict[str, bytes]:
    """What may not be lost: submissions, the gradebook's rows, results."""
    files = {str(p): p.read_bytes() for p in sorted(course.submitted.rglob("*")) if p.is_file()}
    gradebook = course.root / "gradebook.db"
    if gradebook.exists():
        with sqlite3.connect(f"file:{gradebook}?mode=ro", uri=True) as db:
            files["gradebook"] = "\n".join(db.iterdump()).encode()
    return files


def refused(done: subprocess.CompletedProcess[str], *says: str) -> None:
    """One line that says `says`, no traceback, and a status that is not 0."""
    assert done.returncode not in (0, None), done.stdout
    lines = [line for line in done.stderr.strip().splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in says:
        assert word in lines[0]


VERBS = {
    "grade": ("grade",),
    "feedback": ("feedback",),
    "release": ("release",),
    "publish": ("publish", "--to", "bundle"),
    "collect": ("collect", "."),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_missing_week(released: Course, verb: str) -> None:
    refused(run(released, *VERBS[verb], "week99"), "week99")


def test_an_unknown_student(course: Course) -> None:
    before = kept(course)
    refused(run(course, "grade", WEEK, "--student", "nobody"), "nobody", "participant-01")
    refused(run(course, "feedback", WEEK, "--student", "nobody"), "nobody")
    assert kept(course) == before


def test_an_empty_class(released: Course) -> None:
    refused(run(released, "grade", WEEK), WEEK, "torchstone collect")
    refused(run(released, "feedback", WEEK), WEEK)


def test_a_course_without_a_gradebook(course: Course) -> None:
    (course.root / "gradebook.db").unlink()
    refused(run(course, "grade", WEEK), "gradebook")
    assert not (course.root / "gradebook.db").exists()


def test_no_course_here(tmp_path: Path) -> None:
    done = subprocess.run(
        [*TORCHSTONE, "grade", WEEK], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    refused(done, "course_config.py")


def test_a_results_store_of_another_version(course: Course) -> None:
    path = course.state / "results.sqlite"
    with Store(path, secret.fingerprint(secret.load(course.secret_path))):
        pass
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    refused(run(course, "grade", WEEK), "99")
    assert path.read_bytes() == before


def test_a_secret_that_does_not_match(course: Course) -> None:
    for made_by_the_release in course.state.glob("results.sqlite*"):
        made_by_the_release.unlink()
    with Store(course.state / "results.sqlite", "0123456789abcdef"):
        pass
    before = kept(course)
    refused(run(course, "grade", WEEK), "secret")
    assert kept(course) == before


def test_two_runs_at_once(course: Course) -> None:
    with course_lock(course.state, f"grade {WEEK}"):
        done = run(course, "grade", WEEK)
    refused(done, f"grade {WEEK}")
    assert done.returncode == 4


@dataclass(frozen=True)
class Bad:
    """A file that is no notebook of this week, and what its author reads."""

    data: bytes
    says: str


def _notebook(**metadata: object) -> dict[str, object]:
    text = (COURSE / "release" / WEEK / f"{WEEK}.ipynb").read_text()
    notebook: dict[str, object] = json.loads(text)
    notebook["metadata"] = {**notebook["metadata"], **metadata}  # type: ignore[dict-item]
    return notebook


def bad_notebooks() -> Iterator[tuple[str, Bad]]:
    yield "no JSON", Bad(b"this is prose", "JSON")
    yield "200 MB", Bad(b'{"cells": "' + b"x" * 200_000_000 + b'"}', "MB")
    other = _notebook(kernelspec={"name": "ir", "language": "R", "display_name": "R"}, language_info={"name": "R"})
    yield "another kernel", Bad(json.dumps(other).encode(), "Python")


@pytest.mark.parametrize("name", [name for name, _ in bad_notebooks()])
def test_a_file_that_is_no_notebook(course: Course, tmp_path: Path, name: str) -> None:
    bad = dict(bad_notebooks())[name]
    path = tmp_path / f"{WEEK}.ipynb"
    path.write_bytes(bad.data)
    done = run(course, "check", path)
    refused(done, bad.says)
    assert path.read_bytes() == bad.data


def test_a_notebook_of_another_week(course: Course, tmp_path: Path) -> None:
    """It is kept as it came; the participant reads why it earned nothing."""
    other = _notebook()
    for cell in other["cells"]:  # type: ignore[attr-defined]
        cell["source"] = "print('of another week')"
        if (marks := cell["metadata"].get("nbgrader")) is not None:
            marks["grade_id"] = cell["id"] = f"other_{marks['grade_id']}"[:64]
    path = course.submitted / "participant-01" / WEEK / f"{WEEK}.ipynb"
    path.write_text(json.dumps(other))
    before = path.read_bytes()
    done = by_pytest(path)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "another assignment" in done.stdout + done.stderr
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert path.read_bytes() == before


def test_pytest_alone_grades_a_notebook(tmp_path: Path) -> None:
    """`pytest graders/week04 --submission FILE` on an untouched release: no point, and each exercise named."""
    shutil.copy(COURSE / "release" / WEEK / f"{WEEK}.ipynb", tmp_path)
    done = by_pytest(tmp_path / f"{WEEK}.ipynb", "--devices", "cpu")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stderr
    assert "mlp_forward_backward: 0 of" in done.stdout
    assert "total: 0 of" in done.stdout


def by_pytest(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", str(COURSE / "graders" / WEEK), "--submission", str(path), "-q", *more]
    return subprocess.run(command, cwd=COURSE, capture_output=True, text=True, timeout=300, check=False)


#: Runs what follows with the course directory on a read-only disk.
READ_ONLY = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")


def test_a_read_only_disk(course: Course) -> None:
    script = 'mount --bind . . && mount -o remount,ro,bind . && cd "$PWD" && exec "$@"'
    if subprocess.run([*READ_ONLY, script, "-", "true"], cwd=course.root, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount in a namespace of their own")
    before = kept(course)
    for verb in ("grade", "feedback", "release"):
        refused(run(course, verb, WEEK, prefix=(*READ_ONLY, script, "-")), "Read-only file system")
    assert kept(course) == before
