"""What nbgrader's own Autograde would do wrong with a folder of submissions, put right before it starts."""

from __future__ import annotations

import glob
import logging
import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from nbgrader.utils import parse_utc

from torchstone.config import Course
from torchstone.gradebook.backup import backup
from torchstone.gradebook.book import enter_roster

#: formgrader grades one student at a time; a backup at each click would push out the ones that matter.
_BETWEEN_BACKUPS: Final = timedelta(minutes=10)


def prepare(converter: Any, course: Course) -> None:
    """Back up the gradebook, enter the roster, and correct `converter.assignments`: each student's folder, each with
    its one notebook.

    nbgrader leaves a folder without a notebook out in silence, fails one whose notebook has another name, and ends a
    student's grading at a `timestamp.txt` that is no time. Raises GradebookError if the gradebook cannot be written,
    CourseError for a roster that cannot be used.
    """
    backup(course, not_sooner_than=_BETWEEN_BACKUPS)
    enter_roster(course)
    coursedir = converter.coursedir
    pattern = coursedir.format_path(coursedir.submitted_directory, coursedir.student_id, coursedir.assignment_id)
    folders = [f for f in sorted(glob.glob(pattern)) if os.path.isdir(f)]
    converter.assignments = {f: [os.path.join(f, f"{os.path.basename(f)}.ipynb")] for f in folders}
    for folder in folders:
        set_aside_timestamp(Path(folder), converter.log)


def set_aside_timestamp(folder: Path, log: logging.Logger) -> None:
    """Rename a `timestamp.txt` that cannot be read as a time. (Lateness is the manifest's alone in any case.)"""
    path = folder / "timestamp.txt"
    if not path.exists():
        return
    try:
        parse_utc(path.read_text(encoding="utf-8").strip())
    except (ValueError, OverflowError, TypeError, OSError):
        path.rename(path.with_suffix(".txt.unreadable"))
        log.warning("%s is no time; set aside", path)
