"""What a cell is: small, defensive questions to one cell of nbformat 4 JSON."""

from __future__ import annotations

import functools
import re
from enum import StrEnum
from typing import Any, Final

from torchstone.notebook.statements import statements

#: JSON as the parser gives it. Inside this package only; what leaves it is typed in `torchstone.model`.
Json = dict[str, Any]

_DEFINITION: Final = re.compile(r"(?:async\s+def|def|class)\s+([^\W\d]\w*)")


class Role(StrEnum):
    """What part a cell plays in grading. Asked of a release only: a submission's own claims are not believed."""

    ANSWER = "answer"  #: a student's code for an exercise: runs
    MANUAL = "manual"  #: a student's text that staff grade: never runs
    CHECK = "check"  #: a locked grade cell: never runs
    SETUP = "setup"  #: read-only code that the answers need: runs, always as the release has it
    DEMONSTRATION = "demonstration"  #: training runs and figures: never runs
    CODE = "code"  #: other code of the release, free to edit: runs
    LOCKED = "locked"  #: read-only text
    TEXT = "text"  #: text that may be edited
    EXTRA = "extra"  #: a code cell that the student added: runs


#: Roles that `role` gives to cells whose content is ours, whatever a submission says.
OURS: Final = frozenset({Role.CHECK, Role.SETUP, Role.LOCKED})


def grade_id(cell: Json) -> str | None:
    """The cell's `grade_id` if nbgrader marked it."""
    name = _nbgrader(cell).get("grade_id")
    return name if isinstance(name, str) and name else None


def is_grade(cell: Json) -> bool:
    """Whether the cell says that it carries points."""
    return _nbgrader(cell).get("grade") is True


def points(cell: Json) -> float:
    """The points that a grade cell of the release is worth; 0 if it says none."""
    value = _nbgrader(cell).get("points", 0)
    return float(value) if isinstance(value, int | float) else 0.0


def tags(cell: Json) -> frozenset[str]:
    """The cell's tags."""
    value = cell["metadata"].get("tags")
    return frozenset(tag for tag in value if isinstance(tag, str)) if isinstance(value, list) else frozenset()


def role(cell: Json) -> Role:
    """What a cell of the release is. nbgrader's marks count before tags."""
    mark = _nbgrader(cell)
    code = cell["cell_type"] == "code"
    if mark.get("solution") is True:
        return Role.ANSWER if code and mark.get("grade") is not True else Role.MANUAL
    if mark.get("task") is True:
        return Role.MANUAL
    if mark.get("grade") is True:
        return Role.CHECK
    if not code:
        return Role.LOCKED if mark.get("locked") is True else Role.TEXT
    if "demonstration" in tags(cell):
        return Role.DEMONSTRATION
    return Role.SETUP if "setup" in tags(cell) or mark.get("locked") is True else Role.CODE


@functools.lru_cache(maxsize=1024)  # a class has much of its text in common
def defined(source: str) -> frozenset[str]:
    """The functions and classes that a cell's code defines at its top level; found without parsing it."""
    if "def " not in source and "class " not in source:
        return frozenset()
    lines = source.split("\n")
    found = (_DEFINITION.match(lines[s.first]) for s in statements(source))
    return frozenset(match[1] for match in found if match)


def same_text(a: str, b: str) -> bool:
    """Equal but for white space at the ends of lines and of the cell."""
    return _trimmed(a) == _trimmed(b)


def _trimmed(source: str) -> list[str]:
    return [line.rstrip() for line in source.strip().split("\n")]


def _nbgrader(cell: Json) -> Json:
    mark = cell["metadata"].get("nbgrader")
    return mark if isinstance(mark, dict) else {}
