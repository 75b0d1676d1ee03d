"""Pages on disk: whole or not at all, and for their reader only.

nbgrader's layout is `feedback/<student>/<assignment>/<notebook>.html`. Its `release_feedback` also opens two files
beside the page, `timestamp.txt` and `submission_secret.txt`, for every page it finds: the page goes out under a name
made from the secret, by which `fetch_feedback` finds it again. The secret is the one that `nbgrader submit` left in the
submission's folder. A submission that came another way has none; it gets a random one, under which nobody can ask for
the page, so that one such student does not stop the release for all.
"""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from torchstone.errors import CourseError
from torchstone.feedback.page import ClassLine, class_line, class_page_of, staff_file, staff_page, student_page
from torchstone.model import StudentReport

_PRIVATE: Final = 0o600
#: `release_feedback` copies a page together with its mode, and students read the copy: the page itself must be readable
#: then. What keeps the original private is its folder, which only its owner may enter.
_RELEASED: Final = 0o644
_FOLDER: Final = 0o700
_SECRET_FILE: Final = "submission_secret.txt"
_TIME_FILE: Final = "timestamp.txt"
_LONGEST_SECRET: Final = 1024


def nowhere(_report: StudentReport) -> Path | None:
    """No submission came through nbgrader's exchange."""
    return None


def write_pages(
    reports: Iterable[StudentReport],
    directory_for: Callable[[StudentReport], Path],
    submitted_for: Callable[[StudentReport], Path | None] = nowhere,
) -> tuple[Path, ...]:
    """`write_page` for each report; return the pages' paths.

    `directory_for` gives nbgrader's `feedback/<student>/<assignment>`; `submitted_for` the folder that
    `nbgrader submit` filled, where there is one: its secret lets the student fetch the page.
    """
    return tuple(
        write_page(report, directory_for(report), exchange_secret(submitted_for(report))) for report in reports
    )


def write_page(report: StudentReport, directory: Path, secret: str | None = None) -> Path:
    """Write a student's page to `directory/<assignment>.html`, with the two files that nbgrader's exchange asks for.

    Folders get mode 0700, pages 0600 (0644 for a page that the exchange hands out: one with a `secret`). A page is
    replaced whole. Raises CourseError where a folder or a file cannot be written.
    """
    _make_private(directory)
    page = directory / f"{report.assignment}.html"
    _replace(page, student_page(report), _PRIVATE if secret is None else _RELEASED)
    received = report.received.strftime("%Y-%m-%d %H:%M:%S.%f %Z") if report.received else ""
    _replace(directory / _TIME_FILE, received, _PRIVATE)  # from our manifest: the submission's own claim is not read
    if secret is not None:
        _replace(directory / _SECRET_FILE, secret, _PRIVATE)
    elif not (directory / _SECRET_FILE).exists():
        _replace(directory / _SECRET_FILE, secrets.token_hex(64), _PRIVATE)
    return page


def write_staff_pages(reports: Iterable[StudentReport], index: Path) -> tuple[Path, ...]:
    """Write the class's page to `index` and every student's staff page into a folder beside it; return all paths.

    For `feedback/week04.html` the folder is `feedback/week04-staff/`: nbgrader hands out every page that lies in
    `feedback/<student>/<assignment>/`, and these do not. Folders get mode 0700, pages 0600.

    Raises CourseError where a folder or a file cannot be written.
    """
    listed = tuple(reports)
    pages = tuple(write_staff_page(report, index) for report in listed)
    write_class_page([class_line(report, staff_href(report, index)) for report in listed], index)
    return (index, *pages)


def write_staff_page(report: StudentReport, index: Path) -> Path:
    """Write one student's staff page into the folder beside `index`. Raises CourseError."""
    page = index.parent / staff_href(report, index)
    _make_private(page.parent)
    _replace(page, staff_page(report), _PRIVATE)
    return page


def staff_href(report: StudentReport, index: Path) -> str:
    """Where a student's staff page lies, from the class's page."""
    return f"{index.stem}-staff/{staff_file(report)}"


def write_class_page(lines: Iterable[ClassLine], index: Path) -> None:
    """Write the class's page. Raises CourseError."""
    _make_private(index.parent)
    _replace(index, class_page_of(lines), _PRIVATE)


def beside_is(directory: Path, secret: str | None) -> bool:
    """Whether the two files of the exchange are there, and are those of `secret`."""
    kept = exchange_secret(directory)
    return (directory / _TIME_FILE).is_file() and kept is not None and secret in (None, kept)


def exchange_secret(submitted: Path | None) -> str | None:
    """What `nbgrader submit` left, if it is what nbgrader writes: a short line of plain letters and digits."""
    if submitted is None:
        return None
    try:
        descriptor = os.open(submitted / _SECRET_FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        data = file.read(_LONGEST_SECRET + 1)
    if len(data) > _LONGEST_SECRET or not data.isalnum():
        return None
    return data.decode("ascii")


def _make_private(directory: Path) -> None:
    """Make `directory`; it and the folders made on the way may be entered by their owner only."""
    missing = [folder for folder in (directory, *directory.parents) if not folder.exists()]
    try:
        for folder in reversed(missing):
            folder.mkdir(mode=_FOLDER, exist_ok=True)
        directory.chmod(_FOLDER)
    except OSError as error:
        raise CourseError(f"The feedback folder {directory} cannot be made: {error.strerror or error}.") from error


def _replace(path: Path, text: str, mode: int) -> None:
    """Put `text` at `path` in one step: a reader sees the old file or the new one, never half of either.

    Not synced to the disk: a page that a power failure took is made again by the next run, which compares.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                os.fchmod(file.fileno(), mode)
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        raise CourseError(f"The feedback page {path} cannot be written: {error.strerror or error}.") from error
