"""Large pages for what a zygote's children share, so that a fork copies and drops few entries, and code has no faults.

Linux gathers the small pages of a region into large ones when it is told to (MADV_COLLAPSE, from 6.1). A child that
writes gets a small page of its own, as ever. Where the kernel does not know or do it, forks take longer; nothing else.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import platform
from typing import Final

from torchstone.jail import syscalls

_MADV_COLLAPSE: Final = 25
_LARGE: Final = 2 << 20
_OBJECTS: Final = 512  # bytes of what Python keeps by size, in places of its own
_BESIDE: Final = 20  # so many side by side are not free places between others
_AT_MOST: Final = 1000
_HEADER: Final = 32
_SMALL: Final = 4096
_WORTH: Final = 200  #: small pages in use that make a large one of code worth its memory
_READ: Final = 1 << 16
_DATA: Final = "rw-p"  # as maps tell it
_CODE: Final = "r-xp"
_MADV_HUGEPAGE: Final = 14
_READ_WRITE: Final = 3
_READ_EXECUTE: Final = 5
_PRIVATE_ANONYMOUS: Final = 0x22
_MOVE_PAGES_ONLY: Final = 7  # MREMAP_MAYMOVE, MREMAP_FIXED, MREMAP_DONTUNMAP: the desk stays


def gather(maps: int) -> None:
    """Gather this process's heap and other anonymous memory. `maps` is its open `/proc/self/maps`."""
    for start, end in _regions(_text(maps), _DATA):
        for place in range(-(-start // _LARGE) * _LARGE, end - _LARGE + 1, _LARGE):
            with contextlib.suppress(OSError):  # partly mapped, or no large page is free
                syscalls.call("madvise", place, _LARGE, _MADV_COLLAPSE)


def gather_code(maps: int, pagemap: int) -> None:
    """Move those parts of libraries' code that are in use into large pages, so that a child meets them without a fault.

    Files have none on most file systems: the code is copied, and the copy takes its place, for good. `pagemap` is this
    process's open `/proc/self/pagemap`.
    """
    if platform.machine() != "x86_64":  # elsewhere what is written is not seen at once by what is run
        return
    runs = [run for start, end in _regions(_text(maps), _CODE) for run in _runs(start, end, pagemap)]
    size = max((end - start for start, end in runs), default=0)
    room = syscalls.call("mmap", 0, size + _LARGE, _READ_WRITE, _PRIVATE_ANONYMOUS, -1, 0)
    desk = -(-room // _LARGE) * _LARGE
    with contextlib.suppress(OSError):  # no large page is free, or code may not be written here
        syscalls.call("madvise", desk, size, _MADV_HUGEPAGE)
        for start, end in runs:
            _replace(start, end - start, desk)
    syscalls.call("munmap", room, size + _LARGE)


def _runs(start: int, end: int, pagemap: int) -> list[tuple[int, int]]:
    """The large pages of a region that are worth it, neighbours together."""
    runs: list[tuple[int, int]] = []
    for place in range(-(-start // _LARGE) * _LARGE, end - _LARGE + 1, _LARGE):
        if _in_use(pagemap, place) >= _WORTH:
            before = runs.pop() if runs and runs[-1][1] == place else (place, place)
            runs.append((before[0], place + _LARGE))
    return runs


def _in_use(pagemap: int, place: int) -> int:
    """How many small pages of a large one are there."""
    entries = os.pread(pagemap, _LARGE // _SMALL * 8, place // _SMALL * 8)
    return sum(byte >> 7 for byte in entries[7::8])


def _replace(place: int, size: int, desk: int) -> None:
    """Put a copy, made at `desk`, over a part of the code that may be running: the kernel does it in one step."""
    syscalls.call("mprotect", desk, size, _READ_WRITE)
    ctypes.memmove(desk, place, size)
    syscalls.call("madvise", desk, size, _MADV_COLLAPSE)
    syscalls.call("mprotect", desk, size, _READ_EXECUTE)
    syscalls.call("mremap", desk, size, size, _MOVE_PAGES_ONLY, place)


def _regions(text: str, wanted: str) -> list[tuple[int, int]]:
    """Anonymous memory and the heap with these permissions; of code, what comes from files."""
    found = []
    for line in text.splitlines():
        place, permissions, _, _, _, *name = line.split(maxsplit=5)
        from_file = bool(name) and name[0].startswith("/")
        if permissions == wanted and (from_file if wanted == _CODE else not name or name == ["[heap]"]):
            start, _, end = place.partition("-")
            found.append((int(start, 16), int(end, 16)))
    return found


def _text(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    parts = []
    while part := os.read(file, _READ):
        parts.append(part)
    return b"".join(parts).decode()


def fill() -> list[object]:
    """Take the free places between the objects that are there, so that what a child makes lies together on few pages,
    and not on one of many that it would have to copy. Keep what comes back.
    """
    kept: list[object] = []
    for size in range(16, _OBJECTS + 1, 16):
        for _ in range(_AT_MOST):
            kept += [object() if size == 16 else float(size) if size == 32 else bytes(size - 33) for _ in range(64)]
            places = [id(made) for made in kept[-_BESIDE:]]
            if all(after - before == size for before, after in itertools.pairwise(places)):
                break
    for size in (*range(24, 1100, 16), *range(1100, 8192, 256), *range(8192, 131072, 4096)):
        beside, before = 0, 0
        while beside < _BESIDE:
            place = syscalls.memory(size)
            beside = beside + 1 if 0 <= place - before - size < _HEADER else 0
            before = place
    return kept
