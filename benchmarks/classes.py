"""Synthetic classes in scratch courses: as many submissions as wanted, nearly all of them different programs."""

from __future__ import annotations

import copy
import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from torchstone import config
from torchstone.batch.engine import Brief, Keep, Outcome
from torchstone.batch.local import LocalJudges
from torchstone.collecting import Attempt, Manifest
from torchstone.config import Course
from torchstone.contracts.scaffold import scaffold
from torchstone.gradebook.release import generate
from torchstone.judge.keys import WeekKeys
from torchstone.model import Program, Result, Tier
from torchstone.notebook import read

WEEK: Final = "week01"
RECEIVED: Final = datetime(2021, 10, 1, 12, tzinfo=UTC)

_SETTINGS: Final = """\
from datetime import date, datetime

course = {
    "id": "scale",
    "title": "A scratch course",
    "timezone": "America/New_York",
    "topics": [{"week": 1, "date": date(2021, 9, 13), "title": "An affine layer", "reading": "3.1",
                "due": datetime(2021, 10, 18, 9, 0)}],
    "weights": {"notebooks": {"exercises": 25, "explorations": 25}, "presentation": 25, "participation": 25},
    "late": {"grace_minutes": 60, "per_day": 0.10, "at_most": 0.50},
}

if "get_config" in globals():  # nbgrader is reading
    from torchstone import config
    from torchstone.gradebook.settings import configure

    configure(get_config(), config.at(__file__, course))  # noqa: F821
"""

#: Ways of writing the scaffolded week's exercise; the first are right.
_WAYS: Final = (
    "X @ W + b",
    "torch.einsum('nd,dk->nk', X, W) + b",
    "torch.addmm(b, X, W)",
    "X @ W - b",
    "(X @ W + b).detach()",
)
_ANSWER: Final = '''\
def linear(X, W, b):
    """Written by {student}."""
    return {way}


def linear_backward(upstream, X, W):
    return {{"X": upstream @ W.T, "W": X.T @ upstream, "b": upstream.{total}(0)}}
'''


def scaffolded(root: Path) -> Course:
    """A course of one week, as `torchstone week new` makes it, released."""
    root.mkdir(parents=True, mode=0o700)
    (root / config.FILE).write_text(_SETTINGS, encoding="utf-8")
    (root / "nbgrader_config.py").write_text('load_subconfig("course_config.py")\n', encoding="utf-8")
    course = config.load(root)
    scaffold(course, WEEK)
    generate(course, WEEK)
    return course


def hand_in(course: Course, size: int, week: str = WEEK, seed: int = 0) -> tuple[str, ...]:
    """`size` students hand in `week`, as `torchstone collect` would leave it; gives their ids.

    One in twenty hands in the notebook of the one before. The others' programs are all different: each exercise's
    answer is the release's own with a line that names the student, or, of the scaffolded week, one of several ways.
    """
    release = read((course.release / week / f"{week}.ipynb").read_bytes())
    attempts = []
    data = b""
    for number, student in enumerate(students(size)):
        if not data or number % 20 != 19:
            source = random.Random(f"{seed} {student}")
            data = json.dumps(_written(release, student, source), indent=1).encode()
        path = course.submitted / student / week / f"{week}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(data)
        sha = hashlib.sha256(data).hexdigest()
        attempts.append(Attempt(student, week, 1, sha, len(data), RECEIVED, "given", "synthetic", f"{week}/{student}"))
    course.collected.mkdir(exist_ok=True, mode=0o700)
    Manifest(tuple(attempts)).write(course.manifest)
    return tuple(students(size))


def students(size: int) -> Iterator[str]:
    """`student-00001` and so on."""
    return (f"student-{n:05d}" for n in range(1, size + 1))


def _written(release: dict[str, Any], student: str, source: random.Random) -> dict[str, Any]:
    notebook = copy.deepcopy(release)
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if not marks.get("solution") or cell["cell_type"] != "code":
            continue
        if marks["grade_id"] == "linear":
            total = "sum" if source.random() < 0.8 else "mean"
            cell["source"] = _ANSWER.format(student=student, way=source.choice(_WAYS), total=total)
        else:
            cell["source"] += f"\n# {student}"
    return notebook


class Replay:
    """Judges that grade one program for real and give everyone its result: a gradebook of a size, without the hours."""

    def __init__(self, brief: Brief) -> None:
        self._real = LocalJudges(brief)
        self._keys = WeekKeys(brief.folder, brief.policy, self._real.tier, brief.solution)
        self._result: Result | None = None

    @property
    def tier(self) -> Tier:
        return self._real.tier

    def begin(self) -> None: ...

    def judge(self, programs: Iterable[Program], keep: Keep) -> Iterator[Outcome]:
        for program in programs:
            if self._result is None:
                (outcome,) = self._real.judge([program], lambda result: None)
                self._result = outcome.result
                assert self._result is not None, outcome.fault
            result = replace(self._result, program=program.digest, key=self._keys.key(program))
            keep(result)
            yield Outcome(program, result)

    def close(self) -> None:
        self._real.close()


def change(course: Course, students: Iterable[str], what: str, week: str = WEEK) -> None:
    """Each of `students` hands in another program: their own with a line more."""
    for student in students:
        path = course.submitted / student / week / f"{week}.ipynb"
        notebook = json.loads(path.read_bytes())
        answer = next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("solution"))
        answer["source"] += f"\n# {student}: {what}"
        path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
