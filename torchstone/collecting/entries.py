"""What every kind of source has in common: entries, what is read of one, and the bounds on both."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final, Protocol

from torchstone.errors import UnsafeArchive

#: Bytes that are read at a time.
CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Bounds:
    """How much of an archive is read before it is refused."""

    members: int = 10_000
    member: int = 1 << 30  #: bytes of one member that are read at all (to hash it)
    total: int = 8 << 30  #: bytes of all members together
    kept: int = 20_000_000  #: bytes of one member that are kept; a longer one is hashed only
    depth: int = 8  #: folders inside folders


DEFAULT_BOUNDS: Final = Bounds()
#: Characters between two slashes of a name, as on any file system. Who handed a file in is looked for in its name, by
#: patterns that take the square of its length.
LONGEST_NAME: Final = 255


@dataclass(frozen=True)
class Entry:
    """A plain file in a source."""

    name: str  #: with `/` between folders, checked: relative, without `..` and control characters
    size: int
    modified: datetime | None
    key: int  #: for the source's own use


@dataclass(frozen=True)
class Contents:
    """What was read of an entry."""

    size: int
    sha256: str
    data: bytes | None  #: None if it is longer than `Bounds.kept`


class Damaged(Exception):
    """One entry cannot be read; the others can. The text says why."""


class Source(Protocol):
    """What submissions are read from."""

    entries: tuple[Entry, ...]

    def read(self, entry: Entry) -> Contents:
        """Reads one entry within the bounds. Raises Damaged."""


def read_within(file: IO[bytes], size: int, bounds: Bounds) -> Contents:
    """Reads in pieces, by what is there and not by what a header says."""
    if size > bounds.member:
        raise Damaged(f"it has {megabytes(size)}, far more than a notebook")
    digest, kept, read = hashlib.sha256(), bytearray(), 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        read += len(chunk)
        if read > bounds.member:
            raise Damaged(f"it has more than {megabytes(bounds.member)}, far more than a notebook")
        if read <= bounds.kept:
            kept += chunk
    return Contents(read, digest.hexdigest(), bytes(kept) if read <= bounds.kept else None)


def check_amount(name: str, count: int, total: int, bounds: Bounds) -> None:
    if count > bounds.members:
        raise UnsafeArchive(f"{name} holds more than {bounds.members} files, so it was not read")
    if total > bounds.total:
        raise UnsafeArchive(f"{name} unpacks to {megabytes(total)}; more than {megabytes(bounds.total)} is not read")


def checked_name(source: str, name: str) -> str:
    clean = name.replace("\\", "/")
    parts = clean.split("/")
    if clean.startswith("/") or re.match(r"[A-Za-z]:", clean) or ".." in parts or not clean.isprintable():
        raise UnsafeArchive(f"{source} holds a file named {shown(name)}, which leads out of it or cannot be printed")
    if any(len(part) > LONGEST_NAME for part in parts):
        raise UnsafeArchive(f"{source} holds a file named {shown(name)}: no file system takes a name that long")
    return "/".join(part for part in parts if part not in ("", "."))


def megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def shown(name: str) -> str:
    return repr(name if len(name) <= 80 else name[:80] + "…")
