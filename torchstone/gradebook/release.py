"""release/<assignment>: what nbgrader makes of the source, in normal form, put in place whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from traitlets.config import Config

from torchstone.config import Course
from torchstone.errors import CourseError, GateError, GradebookError
from torchstone.gradebook.backup import backup
from torchstone.gradebook.book import open_book, there_is_a_book
from torchstone.gradebook.converters import generate_assignment
from torchstone.gradebook.settings import nbgrader_config
from torchstone.notebook import dumps, normalize, read

_JUNK = ("__pycache__", ".ipynb_checkpoints")


def source_notebook(course: Course, assignment: str) -> Path:
    """The instructor's notebook. Raises CourseError if there is none, GateError if there are others beside it."""
    folder = course.source / assignment
    path = folder / f"{assignment}.ipynb"
    if not path.is_file():
        raise CourseError(f"there is no source for {assignment}: {path} is missing")
    others = sorted(p.name for p in folder.glob("*.ipynb") if p != path)
    if others:
        raise GateError(
            f"{assignment}: an assignment has one notebook, {path.name}; move {', '.join(others)} elsewhere"
        )
    return path


def render(course: Course, assignment: str, into: Path) -> Path:
    """Generate the release below `into` (into/<assignment>/), and give that folder. The same source gives the same
    bytes.

    The gradebook is not touched. Raises GateError if nbgrader cannot make a release of the source.
    """
    config = nbgrader_config(course)
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    return _render(course, assignment, into, config)


def generate(course: Course, assignment: str) -> Path:
    """Write release/<assignment>/ and enter the assignment, with its deadline, into the gradebook.

    The new release takes the old one's place when it is whole. The gradebook is made if there is none, else backed up
    first. Raises GateError (the source), GradebookError, CourseError.
    """
    course.topic(assignment)
    source_notebook(course, assignment)
    if there_is_a_book(course):
        backup(course)
    with open_book(course, create=True):
        pass  # made now, so that no other program finds it half made, or readable by others
    with _beside(course.release) as building:
        folder = _render(course, assignment, building, nbgrader_config(course))
        with open_book(course) as book:
            due = course.due(assignment).astimezone(UTC).replace(tzinfo=None)
            book.update_or_create_assignment(assignment, duedate=due)
        return _swap(folder, course.release / assignment)


def _render(course: Course, assignment: str, into: Path, config: Config) -> Path:
    source_notebook(course, assignment)
    config.CourseDirectory.release_directory = str(into.resolve())
    try:
        generate_assignment(config, assignment)
    except GradebookError as e:
        raise GateError(f"{assignment}: no release can be made of source/{assignment}: {e}") from e
    folder = into / assignment
    notebook = folder / f"{assignment}.ipynb"
    notebook.write_text(dumps(normalize(read(notebook.read_bytes()))), encoding="utf-8")
    for name in _JUNK:
        shutil.rmtree(folder / name, ignore_errors=True)
    return folder


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A scratch folder on the same disk as `folder`'s contents."""
    folder.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
    try:
        yield building
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _swap(new: Path, place: Path) -> Path:
    """Put `new` in the place of `place`; if that fails, the old one is back where it was."""
    old = new.with_name(new.name + ".old")
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    place.chmod(0o755)
    return place
