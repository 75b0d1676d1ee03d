"""A file in the submitted folder says that it came in long before the deadline."""

from datetime import UTC, datetime

from arena.graded import course_with

from torchstone.collecting.manifest import Attempt, Manifest
from torchstone.gradebook.late import received

LATE = datetime(2021, 11, 20, 12, 0, tzinfo=UTC)


def control(folder, patch):
    (folder / "timestamp.txt").write_text("2021-09-01 00:00:00 UTC")
    return (folder / "timestamp.txt").read_text().startswith("2021-09-01")


def ours(folder, patch):
    course = course_with(folder)
    place = course.submitted / "ann" / "week01"
    place.mkdir(parents=True)
    (place / "timestamp.txt").write_text("2021-09-01 00:00:00 UTC")
    attempt = Attempt("ann", "week01", 1, "0" * 64, 1, LATE, "given", "a.zip", "kept.ipynb")
    course.collected.mkdir()
    Manifest().with_record(attempt).write(course.manifest)
    return received(course, "ann", "week01") != LATE
