"""What of the file system a jailed process sees: the interpreter's libraries and the system's. Never a course."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from torchstone.errors import JailUnavailable

#: Where shared libraries lie, and what the loader reads to find them.
_SYSTEM: Final = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
#: Devices that torch, numpy and Python themselves need.
DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def package_directory() -> str:
    """The directory of the `torchstone` package this code runs from."""
    return str(Path(__file__).resolve().parent.parent)


def readable() -> tuple[str, ...]:
    """Paths a jail shows, read-only: library folders, and of this project the `torchstone` package alone. The folder
    that one lies in may be the course's repository, with `graders/`.

    Raises JailUnavailable if a library folder holds the repository: then hiding one would hide the other.
    """
    package = package_directory()
    found = _outermost([*_interpreter(), *_SYSTEM, package])
    repository = os.path.dirname(package)
    if os.path.basename(repository) not in ("site-packages", "dist-packages"):
        for path in found:
            if not os.path.islink(path) and _within(repository, path):
                raise JailUnavailable(
                    f"the course's folder {repository} lies inside {path}, which jailed programs must be able to "
                    "read; move the course elsewhere, or install Python elsewhere"
                )
    return found


def _interpreter() -> list[str]:
    """Library folders of this Python and of its virtual environment, and those libpython lies in."""
    folders = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += site.getsitepackages()
    for prefix in (sys.prefix, sys.base_prefix):
        folders += [os.path.join(prefix, name) for name in ("lib", "lib64")]
    return folders


def _outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """Those that exist, without what lies inside another. A link stays a link, and what it points to comes along."""
    absolute = {os.path.abspath(path) for path in paths if os.path.exists(path)}
    links = {path for path in absolute if os.path.islink(path)}
    kept: list[str] = []
    for path in sorted((absolute - links) | {os.path.realpath(link) for link in links}, key=len):
        if not any(_within(path, outer) for outer in kept):
            kept.append(path)
    return (*sorted(links), *kept)


def _within(path: str, outer: str) -> bool:
    return os.path.commonpath([os.path.realpath(path), os.path.realpath(outer)]) == os.path.realpath(outer)
