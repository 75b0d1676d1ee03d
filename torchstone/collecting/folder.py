"""A folder on disk, or one notebook in it, as a source."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from torchstone.collecting.entries import Bounds, Contents, Damaged, Entry, check_amount, checked_name, read_within
from torchstone.errors import CourseError


class Folder:
    """The plain files under a folder. Links are listed, so that they can be refused, and never followed."""

    def __init__(self, path: Path, bounds: Bounds, only: str | None = None) -> None:
        self._path = path
        self._bounds = bounds
        found = [path / only] if only else sorted(_files(path, bounds.depth))
        check_amount(str(path), len(found), 0, bounds)
        entries: list[Entry] = []
        for i, file in enumerate(found):
            state = file.lstat()
            name = checked_name(str(path), file.relative_to(path).as_posix())
            entries.append(Entry(name, state.st_size, datetime.fromtimestamp(state.st_mtime, UTC), i))
        self.entries = tuple(entries)

    def read(self, entry: Entry) -> Contents:
        try:
            fd = os.open(self._path / entry.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(fd, "rb") as file:
                if not stat.S_ISREG(os.fstat(fd).st_mode):
                    raise Damaged("it is a link or no plain file")
                return read_within(file, entry.size, self._bounds)
        except OSError as e:
            raise Damaged(f"it cannot be read ({e.strerror}); a link is not followed") from None


def _files(folder: Path, depth: int) -> Iterator[Path]:
    """Everything under the folder that is not a folder; links are listed and never followed."""
    try:
        with os.scandir(folder) as scan:
            for item in scan:
                if item.is_dir(follow_symlinks=False):
                    if depth > 0 and not item.name.startswith("."):
                        yield from _files(Path(item.path), depth - 1)
                else:
                    yield Path(item.path)
    except OSError as e:
        raise CourseError(f"{folder} cannot be read: {e.strerror}") from None
