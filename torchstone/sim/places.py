"""Where in a student's source something happened."""

import linecache
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

#: Files below these are nobody's homework: the standard library, installed packages (torch, IPython), this package.
LIBRARIES: Final = (
    *sorted({sysconfig.get_path(key) for key in ("stdlib", "platstdlib", "purelib", "platlib")}),
    str(Path(__file__).resolve().parent),
    "<frozen ",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of source: the file (or a notebook cell's name), the line from 1, and its text."""

    file: str
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: `{self.code}`" if self.code else f"{self.file}, line {self.line}"


def frames(skip: tuple[str, ...] = ()) -> Iterator[FrameType]:
    """The frames of the running thread that are a student's, innermost first; `skip` adds prefixes of file names."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not frame.f_code.co_filename.startswith(LIBRARIES + skip):
            yield frame
        frame = frame.f_back


def here(skip: tuple[str, ...] = ()) -> Place | None:
    """The student's line that is being run, or None where no student's frame is on the stack."""
    for frame in frames(skip):
        file, line = frame.f_code.co_filename, frame.f_lineno
        return Place(file, line, linecache.getline(file, line).strip())
    return None
