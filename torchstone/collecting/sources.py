"""What a source offers: which file, in the layouts that platforms and people use, is whose notebook.

Moodle   Ada Lovelace_1234_assignsubmission_file_/week04.ipynb   (also without the folder)
Canvas   lovelaceada_1234_5678_week04.ipynb                      (also …_LATE_…)
nbgrader submitted/ada/week04/week04.ipynb
folders  ada.ipynb, ada_week04.ipynb, ada/anything.ipynb
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from torchstone.collecting.entries import Entry
from torchstone.collecting.match import Matcher
from torchstone.collecting.roster import Student

_MOODLE: Final = re.compile(r"(?P<who>.+?)_\d+_assignsubmission_file_(?P<rest>.*)")
_CANVAS: Final = re.compile(r"(?P<who>[^_]+)_(?:LATE_)?\d+_\d+_(?P<rest>.+)")
_ARCHIVE: Final = re.compile(r"\.(?:zip|tar|tgz|tar\.gz)$", re.IGNORECASE)
_NOTEBOOK: Final = re.compile(r"\.ipynb$", re.IGNORECASE)


@dataclass(frozen=True)
class Listed:
    """A file that is not taken, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Offer:
    """A student's file for an assignment."""

    student: Student
    entry: Entry
    file: str  #: its name as the student gave it
    is_archive: bool  #: an archive that the student handed in instead of a notebook


@dataclass(frozen=True)
class _Reading:
    """What a path says."""

    file: str
    names: tuple[str, ...] = ()
    squeezed: tuple[str, ...] = ()


def offers(entries: Sequence[Entry], assignment: str, matcher: Matcher) -> tuple[list[Offer], list[Listed]]:
    """One offer for each student that the entries hold a file of, and every file that nobody can be given."""
    by_student: defaultdict[Student, list[Offer]] = defaultdict(list)
    unmatched: list[Listed] = []
    for entry in entries:
        is_archive = bool(_ARCHIVE.search(entry.name))
        if _is_junk(entry.name) or not (is_archive or _NOTEBOOK.search(entry.name)):
            continue
        reading = _read(entry.name.split("/"), assignment)
        if reading is None:
            continue
        match = matcher.match(reading.names, squeezed=reading.squeezed)
        if match.student is None:
            unmatched.append(Listed(entry.name, match.reason))
        else:
            by_student[match.student].append(Offer(match.student, entry, reading.file, is_archive))
    chosen: list[Offer] = []
    for student, candidates in by_student.items():
        best = preferred([o.file for o in candidates], assignment)
        if len(best) == 1:
            chosen.append(candidates[best[0]])
        else:
            files = ", ".join(candidates[i].entry.name for i in best)
            reason = (
                f"{student.id} has {len(best)} files that could be {assignment}; keep one, named {assignment}.ipynb"
            )
            unmatched.append(Listed(files, reason))
    return chosen, unmatched


def preferred(files: Sequence[str], assignment: str) -> list[int]:
    """Which of a student's files is the assignment's notebook: by name if one has it, else the only one.

    More than one index means that it cannot be told.
    """
    stems = [_stem(file).casefold() for file in files]
    wanted = assignment.casefold()
    for ranked in (
        [i for i, file in enumerate(files) if _NOTEBOOK.search(file) and stems[i] == wanted],
        [i for i, file in enumerate(files) if _NOTEBOOK.search(file) and wanted in stems[i]],
        [i for i, file in enumerate(files) if _NOTEBOOK.search(file)],
    ):
        if ranked:
            return ranked
    return list(range(len(files)))


def _read(parts: Sequence[str], assignment: str) -> _Reading | None:
    """What a path says of its student and file; None if it belongs to another assignment."""
    for part in parts:
        moodle = _MOODLE.fullmatch(part)
        if moodle:
            return _Reading(moodle["rest"] if part is parts[-1] else parts[-1], (moodle["who"],))
    canvas = _CANVAS.fullmatch(parts[-1])
    if canvas:
        return _Reading(canvas["rest"], squeezed=(canvas["who"],))
    if len(parts) >= 3 and parts[-2] == assignment:
        return _Reading(parts[-1], (parts[-3],))
    if len(parts) >= 3 and parts[-2] == _stem(parts[-1]):
        return None  # nbgrader's folder of another assignment
    return _Reading(parts[-1], tuple(dict.fromkeys(_names(parts, assignment))))


def _names(parts: Sequence[str], assignment: str) -> Iterator[str]:
    stem = _stem(parts[-1])
    week = re.escape(assignment)
    bare = re.sub(rf"^{week}[\s_-]+|[\s_-]+{week}$", "", stem, flags=re.IGNORECASE)
    if bare.casefold() != assignment.casefold():
        yield bare
    if len(parts) >= 2 and parts[-2] != assignment:
        yield parts[-2]


def _stem(file: str) -> str:
    return _NOTEBOOK.sub("", _ARCHIVE.sub("", file))


def _is_junk(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))
