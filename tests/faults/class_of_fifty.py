"""A course with one small week and fifty submissions, graded by the command line in a process of its own."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torchstone import config, secret
from torchstone.config import Course
from torchstone.gradebook.book import dump
from torchstone.gradebook.release import generate
from torchstone.notebook import dumps, normalize, read

WEEK: Final = "week01"
STUDENTS: Final = 50
#: Whose turn it is to be killed. The keeper goes with its zygote.
ROLES: Final = ("worker", "judge", "zygote", "judge house", "command line")

_CONFIG: Final = """
from datetime import date, datetime
course = {
    "id": "faults", "title": "A course", "timezone": "America/New_York",
    "topics": [{"week": 1, "date": date(2021, 11, 1), "title": "Doubling", "reading": "1",
                "due": datetime(2021, 11, 6, 23, 59)}],
    "weights": {"notebooks": {"exercises": 25, "explorations": 25}, "presentation": 25, "participation": 25},
    "devices": {"scored": ("cpu",)},
    "limits": {"cpu_seconds": 5, "wall_factor": 8},
    "jail": {"preload": ()},
}
if "get_config" in globals():
    from torchstone import config
    from torchstone.gradebook.settings import configure
    configure(get_config(), config.at(__file__, course))
"""
_GRADER: Final = '''
from torchstone.judge import agree, exercise, points

pytestmark = exercise("{name}", worlds=["float32"])

@points(2)
def test_value(student, draw):
    """The value"""
    agree(student.{name}(draw(4, 3)))
'''
_FACTORS: Final = {"double": 2, "triple": 3}


def make_course(root: Path, students: int = STUDENTS) -> Course:
    """The course, released, with different submissions of five kinds."""
    root.mkdir(parents=True)
    (root / "course_config.py").write_text(_CONFIG)
    (root / "nbgrader_config.py").write_text('load_subconfig("course_config.py")\n')
    course = config.load(root)
    for name in _FACTORS:
        path = course.graders / WEEK / f"test_{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_GRADER.format(name=name))
    source = course.source / WEEK / f"{WEEK}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(dumps(normalize(_notebook())))
    secret.create(course.secret_path)
    generate(course, WEEK)
    release = (course.release / WEEK / f"{WEEK}.ipynb").read_bytes()
    for number in range(students):
        notebook = read(release)
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in _FACTORS:
                cell["source"] = _answer(name, number)
        path = course.submitted / f"s{number:02}" / WEEK / f"{WEEK}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook))
    return course


def _answer(name: str, number: int) -> str:
    bodies = (
        f"return {_FACTORS[name]} * x",
        "return x",
        "raise ValueError('no')",
        f"return x.sum() * {_FACTORS[name]}",
        f"return x * {_FACTORS[name]}.0",
    )
    return f"def {name}(x):\n    # student {number}\n    {bodies[(number * _FACTORS[name]) % len(bodies)]}"


def _notebook() -> dict[str, Any]:
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "metadata": {}, "source": "# Doubling"}]
    for name, factor in _FACTORS.items():
        body = f"    ### BEGIN SOLUTION\n    return {factor} * x\n    ### END SOLUTION"
        cells.append(_cell(f"def {name}(x):\n{body}", name, solution=True))
        cells.append(_cell(f"assert {name}(2) == {2 * factor}", f"{name}_check", grade=True, locked=True, points=2))
    mark = {"grade": True, "solution": True, "locked": False, "points": 5, "grade_id": "exploration"}
    text = {"nbgrader": {**mark, "schema_version": 3, "cell_type": "markdown"}}
    cells.append({"cell_type": "markdown", "metadata": text, "source": "Explore."})
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cell(source: str, grade_id: str, **marks: Any) -> dict[str, Any]:
    base = {"grade": False, "solution": False, "locked": False, "schema_version": 3, "cell_type": "code"}
    metadata = {"nbgrader": {**base, "grade_id": grade_id, **marks}}
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


@dataclass
class Runs:
    """Runs of `torchstone grade` on one course; `temporary` is where they put temporary files."""

    course: Course
    temporary: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        self.temporary.mkdir(exist_ok=True)
        return subprocess.Popen(
            [sys.executable, "-m", "torchstone", "grade", WEEK, *arguments],
            cwd=self.course.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "TMPDIR": str(self.temporary), "OMP_NUM_THREADS": "1"},
        )

    def finish(self, *arguments: str) -> str:
        """A run to its end; its output. Fails if it does not end well."""
        run = self.start(*arguments)
        out, _ = run.communicate(timeout=250)
        assert run.returncode == 0, out
        return out

    def killing(self, number: int, seed: int) -> Iterator[str]:
        """Let runs start, and kill that many of their processes, each kind in turn, at random moments of its life.

        Gives the role of each that was killed.
        """
        draw = random.Random(seed)
        run = self.start("--jobs", "2", "--fresh")
        try:
            for turn in range(number):
                role = ROLES[turn % len(ROLES)]
                run = self._kill_one(run, role, draw)
                yield role
        finally:
            run.kill()
            run.communicate(timeout=60)

    def _kill_one(self, run: subprocess.Popen[str], role: str, draw: random.Random) -> subprocess.Popen[str]:
        """Kill one process of that role, starting the run anew where it has ended; the run that it was of."""
        while True:
            if run.poll() is not None:
                assert run.stdout
                run.stdout.close()
                run = self.start("--jobs", "2", "--fresh")
            there = self._by_role(run.pid)
            # The command line is killed at work, not while it starts.
            if there.get(role) and (role != "command line" or len(there) > 1):
                time.sleep(draw.uniform(0, 0.5))
                try:
                    os.kill(draw.choice(there[role]), signal.SIGKILL)
                except ProcessLookupError:
                    continue
                return run
            time.sleep(0.05)

    def _by_role(self, cli: int) -> dict[str, list[int]]:
        """The processes of a run, by what they are called. All zygotes of a run end with the first."""
        found: dict[str, list[int]] = {"command line": [cli]}
        for pid in below(cli):
            with suppress(OSError):
                found.setdefault(Path(f"/proc/{pid}/comm").read_text().strip(), []).append(pid)
        return found

    def dump(self) -> dict[str, Any]:
        return dump(self.course, WEEK)

    def left(self) -> list[str]:
        """Processes, mounts and temporary files that runs left behind; waits a little for the last to go."""
        deadline = time.monotonic() + 20
        while (found := self._left()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    def _left(self) -> list[str]:
        found = [f"file {p}" for p in self.temporary.rglob("*")]
        found += [f"file {p}" for p in self.course.root.rglob(".*.ipynb*") if p.is_file()]
        with open("/proc/self/mountinfo") as mounts:
            found += [line for line in mounts if str(self.temporary) in line or " /box " in line]
        for pid in os.listdir("/proc"):
            if pid.isdigit():
                try:
                    environment = Path(f"/proc/{pid}/environ").read_bytes()
                    cwd = os.readlink(f"/proc/{pid}/cwd")
                except OSError:
                    continue
                if cwd == str(self.course.root) or f"TMPDIR={self.temporary}".encode() in environment:
                    found.append(f"process {pid}")
        return found


def below(pid: int) -> set[int]:
    """All living descendants of a process."""
    parents: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] not in "ZX":
                parents[int(name)] = int(fields[1])
    found: set[int] = set()
    layer = {pid}
    while layer := {p for p, parent in parents.items() if parent in layer}:
        found |= layer
    return found


def copied(course: Course, root: Path) -> Course:
    """The same course elsewhere, ungraded."""
    shutil.copytree(course.root, root)
    return config.load(root)
