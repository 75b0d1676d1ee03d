"""Writing what nobody else may read, so that a reader sees the old file or the new one and never a half."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from torchstone.errors import CourseError


def private_folder(path: Path) -> None:
    """Makes the folder and its missing parents, open to their owner only. Raises CourseError."""
    try:
        for folder in (*reversed(path.parents), path):
            if not folder.is_dir():
                folder.mkdir(mode=0o700)
    except OSError as e:
        raise CourseError(f"{path} cannot be made: {e.strerror}. Check the disk and its permissions.") from None


def write_private(path: Path, data: bytes) -> None:
    """Puts `data` at `path` in one step, mode 0600, durable when it returns. Raises CourseError."""
    private_folder(path.parent)
    temporary = ""
    try:
        fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")  # made with mode 0600
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as e:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise CourseError(f"{path} cannot be written: {e.strerror}. Check the disk and its permissions.") from None


def holds(path: Path, data: bytes) -> bool:
    """Whether there is a plain file at `path` with exactly these bytes."""
    try:
        return not path.is_symlink() and path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
