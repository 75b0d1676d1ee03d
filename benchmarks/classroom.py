"""Scratch courses with a class that has handed in week 4: honest work, right and wrong, no two notebooks alike.

A third is the solution, a third an alternative (right, written otherwise), a third the solution with one misconception.
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from nbgrader.api import Gradebook

from torchstone import config
from torchstone.config import Course
from torchstone.demo import handins
from torchstone.demo.participants import Participant
from torchstone.demo.play import copy_course, week_of
from torchstone.gradebook.releasing import generate
from torchstone.judge import Week
from torchstone.judge.week import script_cells
from torchstone.notebook import dumps, read

#: Student → answer cell → source.
HandedIn = Mapping[str, Mapping[str, str]]

WEEK: Final = "week04"
LIGHT: Final = Path(__file__).with_name("light")

_CHECK: Final = "_check"
_AS_SHIPPED: Final = "PROBES = 2"
_NBGRADER: Final = 'c = get_config()\nc.CourseDirectory.course_id = "light"\n'


def our_course() -> Course:
    """The repository's own course."""
    return config.load(Path(__file__).parents[1])


# ---- the class ------------------------------------------------------------------------------------------------------


def answers(count: int) -> HandedIn:
    """What `count` people hand in."""
    week: Week = week_of(our_course(), WEEK)
    alternatives, misconceptions = list(week.alternatives), [m.name for m in week.misconceptions]
    found = {}
    for number in range(count):
        student, turn = f"participant-{number:05d}", number // 3
        kind = (
            Participant(id=student, title="the solution"),
            Participant(
                id=student,
                title="an alternative",
                base="alternative",
                alternative=alternatives[turn % len(alternatives)],
            ),
            Participant(
                id=student,
                title="a misconception",
                misconceptions=(misconceptions[turn % len(misconceptions)],),
            ),
        )[number % 3]
        cells = handins.answer_cells(kind, week)
        found[student] = {name: f"{source}\n# {student}\n" for name, source in cells.items()}
    return found


def hand_in(root: Path, release: Mapping[str, Any], handed_in: HandedIn) -> None:
    """Put everyone's notebook into root/submitted/."""
    for student, cells in handed_in.items():
        folder = root / "submitted" / student / WEEK
        folder.mkdir(parents=True)
        (folder / f"{WEEK}.ipynb").write_text(dumps(_filled(release, cells)), encoding="utf-8")


def _filled(notebook: Mapping[str, Any], sources: Mapping[str, str]) -> dict[str, Any]:
    filled = copy.deepcopy(dict(notebook))
    for cell in filled["cells"]:
        cell["source"] = sources.get(_grade_id(cell), cell["source"])
    return filled


def _grade_id(cell: Mapping[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


# ---- courses --------------------------------------------------------------------------------------------------------


def full(root: Path, handed_in: HandedIn) -> Course:
    """A copy of our course in which this class has handed in week 4."""
    course = copy_course(our_course(), root)
    generate(course, WEEK)
    hand_in(root, _release(root), handed_in)
    return course


def light(root: Path, handed_in: HandedIn, probes: int) -> Course:
    """The same class under the light graders: `probes` probes an exercise, on the CPU, nothing to diagnose with."""
    course = copy_course(our_course(), root, 'course["devices"]["scored"] = ["cpu"]')
    graders = course.graders / WEEK
    for path in graders.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "reference.py":
            path.unlink()
    (graders / "test_light.py").write_text(_sized("graders.py", probes))
    (course.source / WEEK / f"{WEEK}.ipynb").write_text(dumps(light_notebook(probes)), encoding="utf-8")
    generate(course, WEEK)
    hand_in(root, _release(root), handed_in)
    return course


def plain(root: Path, handed_in: HandedIn, probes: int) -> None:
    """The same class in a stock nbgrader course whose test cells ask the same. It is yet to be released."""
    (root / "source" / WEEK).mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(_NBGRADER)
    source = light_notebook(probes)
    (root / "source" / WEEK / f"{WEEK}.ipynb").write_text(dumps(source), encoding="utf-8")
    hand_in(root, source, handed_in)


def light_notebook(probes: int) -> dict[str, Any]:
    """Week 4 reduced to its answers, and to test cells that hold the checks and their reference."""
    cells = {c.name: c.source for c in script_cells(_sized("cells.py", probes))}
    wanted = {"setup": cells.pop("setup")} | {f"{name}{_CHECK}": text for name, text in cells.items()}
    notebook = copy.deepcopy(read((our_course().source / WEEK / f"{WEEK}.ipynb").read_bytes()))
    kept = {*wanted, *cells}
    notebook["cells"] = [c for c in notebook["cells"] if _grade_id(c) in kept]
    return _filled(notebook, wanted)


def _sized(file: str, probes: int) -> str:
    return (LIGHT / file).read_text(encoding="utf-8").replace(_AS_SHIPPED, f"PROBES = {probes}")


def _release(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "release" / WEEK / f"{WEEK}.ipynb").read_text(encoding="utf-8"))
    return found


# ---- what came of it ------------------------------------------------------------------------------------------------


def scores(root: Path) -> dict[str, dict[str, float]]:
    """Student → exercise → points in the gradebook of the course at `root`."""
    found = {}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        for submission in book.assignment_submissions(WEEK):
            (notebook,) = submission.notebooks
            found[submission.student.id] = {
                g.name.removesuffix(_CHECK): g.auto_score for g in notebook.grades if g.name.endswith(_CHECK)
            }
    return found
