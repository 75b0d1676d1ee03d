"""nbgrader's configuration, made from ours. Both ways of grading use this one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from traitlets.config import Config

from torchstone.config import Course
from torchstone.gradebook.grader import OpenGrader

_OURS: Final = "torchstone.gradebook"
_THEIRS: Final = "nbgrader.preprocessors"

#: First pass: from submitted/ to autograded/. The exporter has put the cells back in their places before. There is no
#: ClearOutput: nothing is run again here, and the figures of an exploration are for the eyes of whoever grades it.
SANITIZE: Final = (
    f"{_THEIRS}.DeduplicateIds",
    f"{_THEIRS}.OverwriteKernelspec",
    f"{_THEIRS}.OverwriteCells",
    f"{_THEIRS}.CheckCellMetadata",
)
#: Second pass: the judge's scores into the grade cells, and from there into the gradebook.
AUTOGRADE: Final = (
    f"{_OURS}.preprocessors.TorchstoneGrade",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    f"{_THEIRS}.LimitOutput",
    f"{_OURS}.preprocessors.SaveScores",
    f"{_OURS}.late.ManifestLatePenalties",
    f"{_THEIRS}.CheckCellMetadata",
)


def configure(c: Config, course: Course, open_grader: OpenGrader | None = None) -> None:
    """Set nbgrader's configuration `c` for `course`.

    Lists are assigned whole: nbgrader loads its configuration twice, and appended entries would come twice.
    `open_grader` replaces the way to the judge (for trials).
    """
    c.CourseDirectory.course_id = course.id
    c.CourseDirectory.root = str(course.root)
    c.CourseDirectory.db_url = course.gradebook_url
    for step in ("source", "release", "submitted", "autograded", "feedback"):
        folder: Path = getattr(course, step)
        setattr(c.CourseDirectory, f"{step}_directory", str(folder.relative_to(course.root)))
    c.Exchange.timezone = course.settings.timezone

    c.Autograde.exporter_class = f"{_OURS}.exporter.StrictNotebookExporter"
    c.Autograde.sanitize_preprocessors = list(SANITIZE)
    c.Autograde.autograde_preprocessors = list(AUTOGRADE)
    c.Autograde.permissions = 600  # students' work: read by nobody else. (nbgrader reads the digits as octal.)
    c.GenerateFeedback.permissions = 600
    c.StrictNotebookExporter.course = course
    if open_grader is not None:
        c.StrictNotebookExporter.open_grader = open_grader
    c.AssignLatePenalties.plugin_class = f"{_OURS}.late.ManifestLatePlugin"
    c.ManifestLatePenalties.course = course
    alembic_on_path()


def nbgrader_config(course: Course, open_grader: OpenGrader | None = None) -> Config:
    """The configuration that nbgrader would read from the course directory, for use in this process."""
    c = Config()
    configure(c, course, open_grader)
    return c


def alembic_on_path() -> None:
    """Let nbgrader find `alembic`, which it runs by name when it makes a gradebook.

    A virtual environment that was not activated has its commands beside its Python, but not on PATH.
    """
    here = Path(sys.executable).parent
    if shutil.which("alembic") is None and (here / "alembic").exists():
        os.environ["PATH"] = os.pathsep.join(filter(None, (os.environ.get("PATH"), str(here))))
