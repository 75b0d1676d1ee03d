"""Large pages for what a zygote's children share, so that a fork copies and drops hundreds of entries, not 60,000.

Linux gathers the small pages of a region into large ones when it is told to (MADV_COLLAPSE, from 6.1). A child that
writes gets a small page of its own, as ever. Where the kernel does not know or do it, forks take longer; nothing else.
"""

from __future__ import annotations

import contextlib
import os
from typing import Final

from torchstone.jail import syscalls

_MADV_COLLAPSE: Final = 25
_LARGE: Final = 2 << 20
_READ: Final = 1 << 16


def gather(maps: int) -> None:
    """Gather this process's heap and other anonymous memory. `maps` is its open `/proc/self/maps`."""
    for start, end in _regions(_text(maps)):
        for place in range(-(-start // _LARGE) * _LARGE, end - _LARGE + 1, _LARGE):
            with contextlib.suppress(OSError):  # partly mapped, or no large page is free
                syscalls.call("madvise", place, _LARGE, _MADV_COLLAPSE)


def _regions(text: str) -> list[tuple[int, int]]:
    found = []
    for line in text.splitlines():
        place, permissions, _, _, _, *name = line.split(maxsplit=5)
        if permissions.startswith("rw") and (not name or name == ["[heap]"]):
            start, _, end = place.partition("-")
            found.append((int(start, 16), int(end, 16)))
    return found


def _text(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    parts = []
    while part := os.read(file, _READ):
        parts.append(part)
    return b"".join(parts).decode()
