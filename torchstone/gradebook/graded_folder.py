"""autograded/<student>/<assignment>: the graded notebook, and what lies beside it."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files

from torchstone.config import Course

_FOLDER, _FILE = 0o700, 0o600


class GradedFolders:
    """Where the graded notebooks of one assignment go, as nbgrader's Autograde lays them out; for their owner only."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course, self._assignment = course, assignment
        self._ignored = [*CourseDirectory().ignore, "*.ipynb"]
        self._handed_out = self._files(course.source / assignment)

    def write(self, student: str, notebook: NotebookNode) -> None:
        """Put `notebook` into the student's folder, with the files that came with the submission and those that were
        handed out with the assignment; anything else there goes. Raises OSError.
        """
        folder = self._course.autograded / student / self._assignment
        folder.mkdir(parents=True, exist_ok=True)
        for own in (folder, folder.parent):
            own.chmod(_FOLDER)
        files = {**self._files(self._course.submitted / student / self._assignment), **self._handed_out}
        name = f"{self._assignment}.ipynb"
        self._clear(folder, {*files, name})
        for relative, origin in files.items():
            (folder / relative).parent.mkdir(parents=True, exist_ok=True, mode=_FOLDER)
            shutil.copyfile(origin, folder / relative)
            (folder / relative).chmod(_FILE)
        _replace(folder / name, nbformat.writes(notebook, version=4).rstrip("\n") + "\n")

    def _files(self, folder: Path) -> dict[str, Path]:
        """The plain files of a folder that are no notebooks, by their path in it. A link shows another file."""
        paths = [Path(p) for p in find_all_files(str(folder), self._ignored)]
        return {str(p.relative_to(folder)): p for p in paths if p.is_file() and not p.is_symlink()}

    @staticmethod
    def _clear(folder: Path, kept: set[str]) -> None:
        for where, _, names in os.walk(folder, topdown=False):
            for name in names:
                path = Path(where, name)
                if str(path.relative_to(folder)) not in kept or path.is_symlink():
                    path.unlink()
            if Path(where) != folder:
                with suppress(OSError):  # it holds what stays
                    Path(where).rmdir()


def _replace(path: Path, text: str) -> None:
    """The old file or the new one, never a half."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
