"""Where in a student's source something happened."""

import linecache
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import torch
from torch import Tensor

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
        name = self.file
        if name.startswith("<") and name.endswith(">"):
            name = name[1:-1] if name.startswith("<cell ") else f"cell {name[1:-1]}"
        where = f"{name}, line {self.line}"
        return f"{where}: `{self.code}`" if self.code else where


def born_at(tensor: Tensor) -> Place | None:
    """The line that made a CPU tensor, if it was made inside `Births`; its views and its parameters know it too."""
    if tensor.layout is not torch.strided:
        return None
    place = getattr(tensor.untyped_storage(), "_born_at", None)
    return place if isinstance(place, Place) else None


def mark_birth(tensor: Tensor, place: Place) -> None:
    """Write the line that made a tensor onto its memory."""
    if tensor.layout is torch.strided:
        tensor.untyped_storage()._born_at = place  # type: ignore[attr-defined]


def is_theirs(frame: FrameType, skip: tuple[str, ...] = ()) -> bool:
    """Whether a frame runs a student's code; `skip` adds prefixes of file names that do not count."""
    return not frame.f_code.co_filename.startswith(LIBRARIES + skip)


def frames(skip: tuple[str, ...] = ()) -> Iterator[FrameType]:
    """The frames of the running thread that are a student's, innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if is_theirs(frame, skip):
            yield frame
        frame = frame.f_back


def here(skip: tuple[str, ...] = ()) -> Place | None:
    """The student's line that is being run, or None where no student's frame is on the stack."""
    return next((place_of(frame.f_code.co_filename, frame.f_lineno) for frame in frames(skip)), None)


def place_of(file: str, line: int) -> Place:
    """A line with its text, where Python's line cache has it."""
    return Place(file, line, linecache.getline(file, line).strip())
