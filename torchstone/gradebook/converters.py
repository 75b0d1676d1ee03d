"""nbgrader's GenerateAssignment for one assignment, with the reason of a failure kept; and nbgrader made quiet."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from torchstone.errors import GradebookError, TorchstoneError


class _Telling:
    """Mixed into a converter: nbgrader only logs what went wrong and raises «see the log»; this keeps the exception."""

    failure: Exception | None = None

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        with _keeping(self):
            super().init_assignment(assignment_id, student_id)  # type: ignore[misc]

    def convert_single_notebook(self, notebook_filename: str) -> None:
        with _keeping(self):
            super().convert_single_notebook(notebook_filename)  # type: ignore[misc]


class _keeping:  # noqa: N801  (reads as a statement)
    def __init__(self, converter: _Telling) -> None:
        self._converter = converter

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: object) -> None:
        if isinstance(error, Exception):
            self._converter.failure = error


class _OneRelease(_Telling, GenerateAssignment):
    pass


def generate_assignment(config: Config, assignment: str) -> None:
    """Run nbgrader's GenerateAssignment for one assignment, also if it was run before.

    Raises TorchstoneError: our own if one of our parts raised it, else GradebookError with nbgrader's reason.
    """
    coursedir = CourseDirectory(config=config, student_id=".", assignment_id=assignment)
    converter = _OneRelease(coursedir=coursedir, config=config, force=True, log=quiet_log())
    try:
        with quiet_nbgrader():
            converter.start()
    except NbGraderException as e:
        cause = converter.failure or e
        if isinstance(cause, TorchstoneError):
            raise cause from e
        reason = (str(cause).splitlines() or [""])[0]
        raise GradebookError(f"nbgrader could not finish {assignment} ({type(cause).__name__}: {reason})") from cause


@contextmanager
def quiet_nbgrader() -> Iterator[None]:
    """Keep warnings about nbgrader's own code (of SQLAlchemy, of newer Pythons) from people who can do nothing about
    them.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Object of type <", SAWarning)
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"nbgrader\b")
        yield


def quiet_log() -> logging.Logger:
    """Nbgrader's talk goes into Python's logging under our name; it prints nothing by itself."""
    log = logging.getLogger("torchstone.nbgrader")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    log.propagate = False
    return log
