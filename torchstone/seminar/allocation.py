"""Who presents which topic and writes notebooks about which: the seminar's record, `seminar/allocation.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torchstone.collecting.files import write_private
from torchstone.config import Course
from torchstone.errors import CourseError

#: Notebooks of each participant, beside the presentation.
NOTEBOOKS: Final = 3
_VERSION: Final = 1


@dataclass(frozen=True)
class Allocation:
    """What each participant was given. A topic is named by its assignment («week04»)."""

    presentations: Mapping[str, str]  #: student → topic
    notebooks: Mapping[str, tuple[str, str, str]]  #: student → three other topics, in the course's order

    @property
    def students(self) -> tuple[str, ...]:
        """Everyone who was given topics, sorted."""
        return tuple(sorted(self.presentations))


def path_of(course: Course) -> Path:
    """Where the allocation is kept."""
    return course.seminar / "allocation.json"


def load_allocation(course: Course) -> Allocation:
    """The allocation that stands. Raises CourseError if topics were not given out yet, or the record is damaged."""
    path = path_of(course)
    try:
        content = json.loads(path.read_bytes())
        if content["version"] != _VERSION:
            raise CourseError(
                f"{path} is not an allocation of version {_VERSION}; it was written by another Torchstone"
            )
        given = content["students"]
        return Allocation(
            {student: str(topics["presentation"]) for student, topics in given.items()},
            {student: _three(topics["notebooks"]) for student, topics in given.items()},
        )
    except FileNotFoundError:
        raise CourseError(
            f"no topics were given out yet ({path} is missing); run `torchstone topics allocate rankings.csv`"
        ) from None
    except OSError as e:
        raise CourseError(f"{path} cannot be read: {e.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise CourseError(f"{path} is damaged ({e}); restore it from a backup. Nothing was changed.") from None


def save_allocation(course: Course, allocation: Allocation) -> None:
    """Writes the allocation in one step, open to its owner only. Raises CourseError."""
    students = {
        student: {"presentation": allocation.presentations[student], "notebooks": list(allocation.notebooks[student])}
        for student in allocation.students
    }
    text = json.dumps({"version": _VERSION, "students": students}, indent=1, ensure_ascii=False)
    write_private(path_of(course), f"{text}\n".encode())


def _three(topics: Any) -> tuple[str, str, str]:
    first, second, third = (str(topic) for topic in topics)
    return first, second, third
