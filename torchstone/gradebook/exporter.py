"""How nbgrader's Autograde comes by a notebook: through our reader, never through its own."""

from __future__ import annotations

import json
import os
import weakref
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde
from traitlets import Any as AnyTrait

from torchstone.config import Course
from torchstone.errors import GradebookError
from torchstone.gradebook import intake, submission
from torchstone.gradebook.grader import Grader, open_grader
from torchstone.gradebook.submission import Submission

#: Our entry in nbconvert's resources.
RESOURCES_KEY: Final = "torchstone"


class StrictNotebookExporter(NotebookExporter):
    """Reads a submission with `torchstone.gradebook.submission`; what it found travels in `resources["torchstone"]`.

    nbgrader converts a notebook twice: from submitted/ to autograded/ (cleaned), then in autograded/ (graded). Only the
    first file is a student's; the second is what we wrote ourselves a moment before. Each is told by its exact path.
    """

    course: Course = AnyTrait(None, help="The course whose submissions are read.").tag(config=True)
    open_grader = AnyTrait(open_grader, help="Opens the way to the judge, given the course.").tag(config=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not isinstance(self.course, Course):
            raise GradebookError(
                "StrictNotebookExporter.course is not set; use torchstone.gradebook.settings.configure"
            )
        self._read: Submission | None = None
        self._grader: Grader | None = None
        self._open = ExitStack()
        weakref.finalize(self, self._open.close)  # nbgrader has no word for «the last notebook is done»
        if type(self.parent) is Autograde:  # nbgrader's own run, not `torchstone grade`
            intake.prepare(self.parent, self.course)

    @property
    def grader(self) -> Grader:
        """The way to the judge: opened at the first question, and kept for the whole run."""
        if self._grader is None:
            self._grader = self._open.enter_context(self.open_grader(self.course))
        return self._grader

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Nbconvert's entry: the notebook at `filename`, preprocessed. Raises GradebookError for a path that is neither
        the submission nor its cleaned copy, CourseError if the assignment was not released.
        """
        handed_in, cleaned = self._paths(resources["nbgrader"])
        path = Path(os.path.normpath(filename))
        if path == handed_in:
            ids = resources["nbgrader"]
            self._read = submission.read(self.course, ids["student"], ids["assignment"])
            notebook = nbformat.from_dict(json.loads(json.dumps(self._read.reading.notebook)))
        elif path == cleaned and self._is_of(resources["nbgrader"]):
            notebook = nbformat.read(path, as_version=4)
            for folder in (path.parent, path.parent.parent):
                folder.chmod(0o700)
        else:
            raise GradebookError(f"{filename} is neither {handed_in} nor its cleaned copy; nothing else is graded")
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        resources[RESOURCES_KEY] = {"submission": self._read, "scores": {}}
        return self.from_notebook_node(notebook, resources=resources, **kw)

    def _paths(self, ids: dict[str, str]) -> tuple[Path, Path]:
        coursedir = self.parent.coursedir
        return tuple(  # type: ignore[return-value]
            Path(os.path.normpath(coursedir.format_path(step, ids["student"], ids["assignment"])))
            / f"{ids['notebook']}.ipynb"
            for step in (coursedir.submitted_directory, coursedir.autograded_directory)
        )

    def _is_of(self, ids: dict[str, str]) -> bool:
        """Whether the submission read last is this student's: a cleaned copy is never graded without its original."""
        read = self._read
        return read is not None and (read.student, read.assignment) == (ids["student"], ids["assignment"])
