"""Does it hold at any size? A class of 100 and one of 10,000, a second run, feedback, and how soon a command answers.

    python -m benchmarks.scale --sizes 100,10000

The classes are graded for real, in the jail and into nbgrader's gradebook: one exercise of two checks, as
`torchstone week new` makes it, nearly every program another. 10,000 submissions take six minutes on two cores.
For the second run and for feedback, a class of week 4 is given one real result, so that notebooks, pages and the
gradebook have their true size. Processor time of everything that a command starts.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks import classes
from benchmarks.classroom import our_course
from benchmarks.rows import Row, alone, at_least, at_most, figure
from benchmarks.whole_tree import ROOT, Used, used
from torchstone.batch import GradingService
from torchstone.config import Course
from torchstone.demo.play import copy_course
from torchstone.gradebook.grading import grade_with
from torchstone.gradebook.release import generate

_TORCHSTONE: Final = (sys.executable, "-m", "torchstone")
_NBGRADER: Final = (sys.executable, "-m", "nbgrader")
_REAL: Final = "week04"

#: What is ours and trusted: not the fork servers and what they start.
_OUR_SIDE: Final = ("torchstone grade", "judge: ", "judge house: ")
_CHANGED: Final = (5, 100)
_EXERCISE: Final = "activations"
_TRIES: Final = 5


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--sizes", type=_sizes, default=(100, 10000), help="of two classes (default: 100,10000)")
    made.add_argument("--rerun", type=int, default=500, help="submissions of a second run (default: %(default)s)")
    made.add_argument("--feedback", type=int, default=100, help="students who get pages (default: %(default)s)")
    made.add_argument("--jobs", type=int, default=2, help="judges at once (default: %(default)s)")
    return made


def _sizes(text: str) -> tuple[int, int]:
    small, large = sorted(map(int, text.split(",")))
    return small, large


def measure(options: argparse.Namespace) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="torchstone-bench-") as folder:
        yield from _commands(Path(folder))
        yield from _again(Path(folder), options)
        yield from _pages(Path(folder), options.feedback)
        yield from _sizes_compared(Path(folder), options)


# ---- a class of any size --------------------------------------------------------------------------------------------


def _sizes_compared(folder: Path, options: argparse.Namespace) -> Iterator[Row]:
    start = _of_size(folder, 1, options.jobs).cpu  # judges, torch and nbgrader: the same for a class of any size
    yield figure("a class of one: processor time", start, "s")
    beyond = {}
    for size in options.sizes:
        spent = _of_size(folder, size, options.jobs)
        beyond[size] = (spent.cpu - start) / (size - 1)
        yield figure(f"{size:,} submissions: processor time each", 1000 * spent.cpu / size, "ms")
        yield figure(f"{size:,} submissions: processor time each, beyond the start", 1000 * beyond[size], "ms")
        yield figure(f"{size:,} submissions: clock, {options.jobs} judges", spent.clock, "s")
        what = f"{size:,} submissions: most memory of the command and its judges together"
        yield at_most(what, spent.memory / 1e6, 1500, "MB")
    small, large = options.sizes
    what = f"processor time a submission beyond the start, {large:,} against {small:,}"
    yield at_most(what, beyond[large] / beyond[small], 1.25, "×")


def _of_size(folder: Path, size: int, jobs: int) -> Used:
    course = classes.scaffolded(folder / f"class-{size}")
    classes.hand_in(course, size)
    spent = _graded(course, classes.WEEK, jobs)
    shutil.rmtree(course.root)
    return spent


def _graded(course: Course, week: str, jobs: int = 2) -> Used:
    return used([*_TORCHSTONE, "grade", week, "--jobs", str(jobs)], course.root, marks=_OUR_SIDE)


# ---- a second run ---------------------------------------------------------------------------------------------------


def _again(folder: Path, options: argparse.Namespace) -> Iterator[Row]:
    course = _week_4(folder / "again", options.rerun)
    least = min((_graded(course, _REAL) for _ in range(_TRIES)), key=lambda spent: spent.cpu)
    what = f"a second run, {options.rerun} submissions of week 4, nothing changed"
    yield at_most(f"{what}: processor time", least.cpu, 2, "s")
    yield at_most(f"{what}: clock", least.clock, 2, "s")
    shutil.rmtree(course.root)

    course = classes.scaffolded(folder / "changed")
    students = classes.hand_in(course, options.rerun)
    first = _graded(course, classes.WEEK, options.jobs).cpu
    still = _graded(course, classes.WEEK, options.jobs).cpu
    counts = [min(count, len(students)) for count in _CHANGED]
    few, more = (_with_changes(course, students[:count], options.jobs) for count in counts)
    each = (more - few) / (counts[1] - counts[0])
    yield figure(f"a second run of the synthetic week, nothing changed of {options.rerun}", still, "s")
    yield figure(f"the same with {counts[0]} changed (judges start, nbgrader is loaded)", few, "s")
    what = f"each further one that changed, against one of the first run ({1000 * first / options.rerun:.0f} ms)"
    yield at_most(what, each * options.rerun / first, 1.25, "×")
    shutil.rmtree(course.root)


def _with_changes(course: Course, students: Sequence[str], jobs: int) -> float:
    """Processor time of a run after each of `students` has handed in something else."""
    classes.change(course, students, f"one of {len(students)}")
    return _graded(course, classes.WEEK, jobs).cpu


def _week_4(root: Path, size: int) -> Course:
    """A class of week 4 in the gradebook, everyone with the same result."""
    course = copy_course(our_course(), root)
    generate(course, _REAL)
    classes.hand_in(course, size, _REAL)
    with GradingService(course, engine=classes.Replay) as service:
        report = grade_with(service, course, _REAL)
    assert report.clean, report.faults
    return course


# ---- pages ----------------------------------------------------------------------------------------------------------


def _pages(folder: Path, size: int) -> Iterator[Row]:
    course = _week_4(folder / "pages", size)
    command = ["feedback", _REAL, "--jobs", "1"]  # in one process: all of its time is counted, and nothing else
    ours = used([*_TORCHSTONE, *command], course.root).cpu / size
    again = used([*_TORCHSTONE, *command], course.root).cpu / size
    elsewhere = "--CourseDirectory.feedback_directory=theirs"
    theirs = used([*_NBGRADER, "generate_feedback", _REAL, elsewhere], course.root).cpu / size
    assert len(list(course.root.glob(f"theirs/*/{_REAL}/*.html"))) == size
    yield figure("nbgrader generate_feedback: processor time a student", 1000 * theirs, "ms")
    yield figure("torchstone feedback, the student's page and the staff's: a student", 1000 * ours, "ms")
    yield figure("torchstone feedback again, nothing changed: a student", 1000 * again, "ms")
    yield at_least("feedback: our rate against nbgrader's", theirs / ours, 10, "×")
    shutil.rmtree(course.root)


# ---- a command ------------------------------------------------------------------------------------------------------


def _commands(folder: Path) -> Iterator[Row]:
    yield at_most("torchstone --help: processor time", _least([*_TORCHSTONE, "--help"], folder), 0.3, "s")
    notebook = str(ROOT / "source" / _REAL / f"{_REAL}.ipynb")
    torch = _least([sys.executable, "-c", "import torch"], folder)
    check = _least([*_TORCHSTONE, "check", notebook, "--exercise", _EXERCISE], folder)
    yield figure("import torch", torch, "s")
    yield at_most(f"torchstone check of one exercise ({_EXERCISE}), beyond torch's import", check - torch, 1, "s")


def _least(command: Sequence[str], folder: Path) -> float:
    return min(used(command, folder).cpu for _ in range(_TRIES))


if __name__ == "__main__":
    sys.exit(alone(parser(), measure))
