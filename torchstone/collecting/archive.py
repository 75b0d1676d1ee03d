"""Archives, read member by member within bounds. Nothing is ever extracted.

What a platform never writes (links, devices, names that climb out, other compression) refuses the whole archive. What
one student can cause (a huge or damaged file) refuses that member only, so that nobody can stop the class's collection.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import IO, Final, cast

from torchstone.collecting.entries import (
    CHUNK,
    DEFAULT_BOUNDS,
    Bounds,
    Contents,
    Damaged,
    Entry,
    Source,
    check_amount,
    checked_name,
    megabytes,
    read_within,
    shown,
)
from torchstone.collecting.folder import Folder
from torchstone.errors import CourseError, UnsafeArchive

_DAMAGED: Final = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)
_NO_TIME: Final = datetime(1980, 1, 1)  # what ZIP writers put that know no time


@contextmanager
def open_source(path: Path, zone: tzinfo, bounds: Bounds = DEFAULT_BOUNDS) -> Iterator[Source]:
    """Opens a ZIP, a tar (also compressed), a folder, or a single notebook.

    Times inside a ZIP have no time zone; they are taken to be in `zone`.
    Raises CourseError if there is no such thing, UnsafeArchive if it breaks a bound or holds what it should not.
    """
    if path.is_dir():
        yield Folder(path, bounds)
        return
    try:
        file = path.open("rb")
    except OSError as e:
        raise CourseError(f"{path} cannot be read: {e.strerror}") from None
    if path.suffix.lower() == ".ipynb":
        file.close()
        yield Folder(path.parent, bounds, only=path.name)
    else:
        with open_archive(file, path.name, zone, bounds) as source:
            yield source


@contextmanager
def open_archive(file: IO[bytes], name: str, zone: tzinfo, bounds: Bounds) -> Iterator[Source]:
    """Opens a ZIP or tar from a binary file, which it closes. Raises UnsafeArchive."""
    with file:
        try:
            is_zip = zipfile.is_zipfile(file)
            file.seek(0)
            source: Source = _Zip(file, name, zone, bounds) if is_zip else _Tar(file, name, bounds)
        except UnsafeArchive:
            raise
        except (*_DAMAGED, NotImplementedError, RuntimeError, MemoryError) as e:
            raise UnsafeArchive(f"{name} is not a ZIP or tar that can be read ({type(e).__name__}: {e})") from None
        yield source


# ---- kinds of sources -----------------------------------------------------------------------------------------------


class _Zip:
    def __init__(self, file: IO[bytes], name: str, zone: tzinfo, bounds: Bounds) -> None:
        size = file.seek(0, os.SEEK_END)
        if _occurrences(file, b"PK\x01\x02", 20 * bounds.members) > 20 * bounds.members:
            raise UnsafeArchive(f"{name} lists far more than {bounds.members} files, so it was not read")
        self._zip = zipfile.ZipFile(file)
        self._bounds = bounds
        self._infos = [info for info in self._zip.infolist() if not info.is_dir()]
        check_amount(name, len(self._infos), sum(i.file_size for i in self._infos), bounds)
        if sum(info.compress_size for info in self._infos) > size:
            raise UnsafeArchive(f"{name} holds files that share their bytes, so it was not read")
        for info in self._infos:
            _check_zip_member(name, info)
        self.entries: tuple[Entry, ...] = tuple(
            Entry(checked_name(name, info.filename), info.file_size, _zip_time(info, zone), i)
            for i, info in enumerate(self._infos)
        )

    def read(self, entry: Entry) -> Contents:
        try:
            with self._zip.open(self._infos[entry.key]) as file:
                return read_within(file, entry.size, self._bounds)
        except (*_DAMAGED, NotImplementedError, RuntimeError) as e:
            raise Damaged(f"it is damaged inside the archive ({e})") from None


class _Tar:
    def __init__(self, file: IO[bytes], name: str, bounds: Bounds) -> None:
        self._tar = tarfile.open(fileobj=cast(IO[bytes], _Metered(_decompressed(file), name, bounds)), mode="r:")  # noqa: SIM115
        self._bounds = bounds
        self._members: list[tarfile.TarInfo] = []
        entries: list[Entry] = []
        total = 0
        while (member := self._tar.next()) is not None:
            if member.isdir():
                continue
            if not member.isreg() or member.issparse():
                raise UnsafeArchive(f"{name} holds {shown(member.name)}, which is a link or no plain file")
            total += member.size
            check_amount(name, len(entries) + 1, total, bounds)
            modified = datetime.fromtimestamp(member.mtime, UTC) if 0 < member.mtime < 1e11 else None
            entries.append(Entry(checked_name(name, member.name), member.size, modified, len(entries)))
            self._members.append(member)
        self.entries = tuple(entries)

    def read(self, entry: Entry) -> Contents:
        try:
            file = self._tar.extractfile(self._members[entry.key])
            if file is None:
                raise Damaged("it is no plain file")
            with file:
                return read_within(file, entry.size, self._bounds)
        except _DAMAGED as e:
            raise Damaged(f"it is damaged inside the archive ({e})") from None


# ---- bounds ---------------------------------------------------------------------------------------------------------


class _Metered:
    """A decompressed stream for tarfile that refuses to be read or skipped without bound."""

    def __init__(self, file: IO[bytes], name: str, bounds: Bounds) -> None:
        self._file, self._name, self._bounds = file, name, bounds

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= 64 * CHUNK:  # tarfile reads headers whole: a long one is an attack on memory
            raise UnsafeArchive(f"{self._name} has a header of {size} bytes, so it was not read")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence != os.SEEK_SET or offset > self._bounds.total + (self._bounds.members << 12):
            raise UnsafeArchive(
                f"{self._name} unpacks to more than {megabytes(self._bounds.total)}, so it was not read"
            )
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


def _decompressed(file: IO[bytes]) -> IO[bytes]:
    head = file.read(6)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=file))
    if head.startswith(b"BZh"):
        return bz2.BZ2File(file)
    if head == b"\xfd7zXZ\0":
        return lzma.LZMAFile(file)
    return file


def _check_zip_member(name: str, info: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise UnsafeArchive(f"{name} holds {shown(info.filename)}, which is a link or no plain file")
    if info.flag_bits & 1:
        raise UnsafeArchive(f"{name} holds {shown(info.filename)}, which is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnsafeArchive(f"{name} holds {shown(info.filename)}, compressed in an unusual way")


def _zip_time(info: zipfile.ZipInfo, zone: tzinfo) -> datetime | None:
    try:
        local = datetime(*info.date_time)
    except ValueError:
        return None
    return None if local == _NO_TIME else local.replace(tzinfo=zone)


def _occurrences(file: IO[bytes], mark: bytes, enough: int) -> int:
    """How often `mark` stands in the file, counted to a little over `enough`: bounds what ZipFile would allocate."""
    file.seek(0)
    count, before = 0, b""
    while count <= enough and (chunk := file.read(CHUNK)):
        window = before + chunk
        count += window.count(mark)
        before = window[-len(mark) + 1 :]
    return count
