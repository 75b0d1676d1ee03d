"""A scratch course of one week with two exercises and an exploration, and a judge that reads instead of running."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.apps import AutogradeApp

from torchstone import config, secret
from torchstone.collecting.manifest import Attempt, Manifest
from torchstone.config import Course
from torchstone.gradebook.converters import quiet_nbgrader
from torchstone.gradebook.release import generate
from torchstone.model import CheckResult, ExerciseResult, Hint, Program, Result, Stage, Verdict, Where
from torchstone.notebook import dumps, normalize, read
from torchstone.results import Store

WEEK = "week01"
POINTS = {"double": (2.0, 2.0), "triple": (3.0,)}

CONFIG = """
from datetime import date, datetime
course = {
    "id": "scratch",
    "title": "A scratch course",
    "timezone": "America/New_York",
    "topics": [
        {"week": 1, "date": date(2021, 11, 1),
         "title": "Doubling", "reading": "1", "due": datetime(2021, 11, 6, 23, 59)},
    ],
    "weights": {"notebooks": {"exercises": 25, "explorations": 25}, "presentation": 25, "participation": 25},
    "late": {"grace_minutes": 10, "per_day": 0.10, "at_most": 0.50, "closes_days": 7},
}
if "get_config" in globals():
    from torchstone import config
    from torchstone.gradebook.settings import configure
    configure(get_config(), config.at(__file__, course))
"""

GRADER = '''
"""double: twice a number."""
canary = "grader-canary-7d1f0c2a"

def test_doubles_hidden(student, draw):
    """Twice a number"""
    agree(student.double(draw.secret_hidden_probe_of_the_grader(7)))
'''


def cell(kind: str, source: str, grade_id: str | None = None, **marks: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if grade_id is not None:
        base = {"grade": False, "solution": False, "locked": False, "schema_version": 3, "cell_type": kind}
        metadata["nbgrader"] = {**base, "grade_id": grade_id, **marks}
    made = {"cell_type": kind, "metadata": metadata, "source": textwrap.dedent(source).strip()}
    return {**made, "outputs": [], "execution_count": None} if kind == "code" else made


def source_notebook() -> dict[str, Any]:
    def answer(name: str, factor: int) -> dict[str, Any]:
        source = f"""
            def {name}(x):
                ### BEGIN SOLUTION
                answer_of_the_instructor = {factor} * x
                return answer_of_the_instructor
                ### END SOLUTION
        """
        return cell("code", source, name, solution=True)

    def check(name: str, factor: int) -> dict[str, Any]:
        points = sum(POINTS[name])
        return cell(
            "code", f"assert {name}(2) == {2 * factor}", f"{name}_check", grade=True, locked=True, points=points
        )

    cells = [
        cell("markdown", "# Doubling"),
        cell("markdown", "## Twice"),
        answer("double", 2),
        check("double", 2),
        cell("markdown", "## Thrice"),
        answer("triple", 3),
        check("triple", 3),
        cell("markdown", "## Explore"),
        cell("markdown", "What a model answer says.", "exploration", grade=True, solution=True, points=5),
    ]
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write_source(course: Course, notebook: dict[str, Any]) -> None:
    folder = course.source / WEEK
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{WEEK}.ipynb").write_text(dumps(normalize(notebook)))


def make_course(root: Path) -> Course:
    root.mkdir()
    (root / "course_config.py").write_text(CONFIG)
    (root / "nbgrader_config.py").write_text('load_subconfig("course_config.py")\n')
    made = config.load(root)
    write_source(made, source_notebook())
    (made.source / WEEK / "numbers.csv").write_text("x\n1\n")
    (made.graders / WEEK).mkdir(parents=True)
    (made.graders / WEEK / "test_double.py").write_text(GRADER)
    secret.create(made.secret_path)
    return made


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The scratch course before its first release."""
    return make_course(tmp_path / "course")


@pytest.fixture(scope="session")
def released_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = make_course(tmp_path_factory.mktemp("released") / "course")
    generate(course, WEEK)
    return course.root


WRONG = Verdict(
    Stage.VALUE, "2 of 3 entries differ <script>", where=Where("cell 1", 2, "return x<1"), hint=Hint("h", "Look & see")
)


@dataclass
class FakeGrader:
    """Gives what the answer's text asks for: «2 * x» is right, «HALF» earns the first check; «FAULT», «NODEVICE»."""

    store: Store
    asked: list[str] = field(default_factory=list)

    def grade(self, assignment: str, program: Program) -> Result:
        text = {c.name: c.source for c in program.cells}
        self.asked.append("\n".join(text.values()))
        if "BREAK THE JUDGE" in self.asked[-1]:
            raise RuntimeError("the judge broke")
        exercises = tuple(self._exercise(name, text.get(name, "")) for name in POINTS)
        missing = ("sim",) if any("NODEVICE" in source for source in text.values()) else ()
        result = Result(
            assignment, program.digest, f"key-{program.digest}", exercises, "namespaces", missing_devices=missing
        )
        self.store.put(result)
        return result

    def _exercise(self, name: str, source: str) -> ExerciseResult:
        right = re.search(r"return (2|3) \* x|answer_of_the_instructor", source)
        checks = []
        for number, points in enumerate(POINTS[name]):
            passed = bool(right) or ("HALF" in source and number == 0)
            status = "course_fault" if "FAULT" in source else "passed" if passed else "failed"
            status = "incomplete" if "NODEVICE" in source and number == len(POINTS[name]) - 1 else status
            verdict = None if passed else WRONG
            earned = points if status == "passed" else 0.0
            checks.append(
                CheckResult(
                    name, f"test_{number}", f"Check {number} of {name}", points, earned, status, verdict=verdict
                )
            )
        return ExerciseResult(name, sum(POINTS[name]), sum(c.earned for c in checks), tuple(checks))


@pytest.fixture
def grader(course: Course) -> Iterator[FakeGrader]:
    known = secret.fingerprint(secret.load(course.secret_path))
    with Store(course.state / "results.sqlite", known) as store:
        yield FakeGrader(store)


NoteTime = Callable[..., None]


@pytest.fixture
def note_time(course: Course) -> NoteTime:
    """Writes into the manifest when a student's attempt came in."""

    def note(student: str, received: datetime, data: bytes = b"", source: Any = "given") -> None:
        manifest = Manifest.load(course.manifest)
        number = len(manifest.attempts(student, WEEK)) + 1
        digest = hashlib.sha256(data).hexdigest()
        attempt = Attempt(student, WEEK, number, digest, len(data), received, source, "a.zip", "kept.ipynb")
        manifest.with_record(attempt).write(course.manifest)

    return note


IN_TIME = datetime(2021, 11, 6, 12, 0, tzinfo=UTC)

HandIn = Callable[..., Path]


@pytest.fixture
def hand_in(course: Course, note_time: NoteTime) -> HandIn:
    """Hands in the release with some answers written into it, or other bytes."""

    def hand_in(student: str, data: bytes | None = None, received: datetime | None = IN_TIME, **answers: str) -> Path:
        folder = course.submitted / student / WEEK
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{WEEK}.ipynb"
        if data is None:
            notebook = read((course.release / WEEK / f"{WEEK}.ipynb").read_bytes())
            for c in notebook["cells"]:
                grade_id = c["metadata"].get("nbgrader", {}).get("grade_id")
                c["source"] = answers.get(grade_id, c["source"])
            data = json.dumps(notebook).encode()
        path.write_bytes(data)
        if received is not None:
            note_time(student, received, data)
        return path

    return hand_in


@pytest.fixture
def open_fake(grader: FakeGrader) -> Callable[[Course], Any]:
    @contextmanager
    def opened(course: Course) -> Iterator[FakeGrader]:
        yield grader

    return opened


@pytest.fixture
def released(course: Course, released_once: Path) -> Course:
    """The scratch course with its week released. (Making a gradebook takes seconds: it is made once and copied.)"""
    shutil.copytree(released_once, course.root, dirs_exist_ok=True)
    return course


@pytest.fixture
def rewrite_source(course: Course) -> Callable[[Callable[[dict[str, Any]], None]], None]:
    """Changes the source notebook: `rewrite_source(change)` with `change(notebook by grade_id → cell)`."""

    def rewrite(change: Callable[[dict[str, Any]], None]) -> None:
        notebook = source_notebook()
        change({c["metadata"]["nbgrader"]["grade_id"]: c for c in notebook["cells"] if c["metadata"]})
        write_source(course, notebook)

    return rewrite


@pytest.fixture
def by_nbgrader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, open_fake: Any) -> Callable[..., None]:
    """`nbgrader autograde week01` in this process, in the course's directory, with the course's configuration."""

    def run(course: Course, *arguments: str) -> None:
        monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "no-config"))
        monkeypatch.setenv("JUPYTER_NO_CONFIG", "1")
        monkeypatch.chdir(course.root)
        app = AutogradeApp()
        app.initialize([WEEK, *arguments])
        app.config.StrictNotebookExporter.open_grader = open_fake
        with quiet_nbgrader():
            app.start()

    return run
