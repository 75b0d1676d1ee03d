"""Where in a student's source something happened."""

import linecache
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, Literal

import torch
from torch import Tensor

from . import private

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


#: How a CPU tensor came to be there: made there, at each call or once, when its cell was run; drawn by a generator that
#: was handed in, which draws where it lies; moved there from the device.
Manner = Literal["made", "made once", "drawn", "moved"]


@dataclass(frozen=True, slots=True)
class Birth:
    """Where a CPU tensor comes from."""

    place: Place
    manner: Manner = "made"


def born_at(tensor: Tensor) -> Place | None:
    """The line that made a CPU tensor, if it was made inside `Births`; its views and its parameters know it too."""
    birth = birth_of(tensor)
    return None if birth is None else birth.place


def birth_of(tensor: Tensor) -> Birth | None:
    """Where a CPU tensor comes from, if it was made inside `Births`."""
    if tensor.layout is not torch.strided:
        return None
    birth = getattr(private.storage_of(tensor), "_birth", None)
    return birth if isinstance(birth, Birth) else None


def mark_birth(tensor: Tensor, birth: Birth) -> None:
    """Write where a tensor comes from onto its memory."""
    if tensor.layout is torch.strided:
        tensor.untyped_storage()._birth = birth  # type: ignore[attr-defined]


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
    return next((_line_of(frame) for frame in frames(skip)), None)


def born_here(manner: Manner, skip: tuple[str, ...] = ()) -> Birth | None:
    """A birth on the student's line that is being run; at the top of a cell, what is made is made once."""
    frame = next(frames(skip), None)
    if frame is None:
        return None
    once = manner == "made" and frame.f_code.co_name == "<module>"
    return Birth(_line_of(frame), "made once" if once else manner)


def _line_of(frame: FrameType) -> Place:
    return place_of(frame.f_code.co_filename, frame.f_lineno)


def place_of(file: str, line: int) -> Place:
    """A line with its text, where Python's line cache has it."""
    return Place(file, line, linecache.getline(file, line).strip())
